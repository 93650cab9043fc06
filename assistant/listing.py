"""A question about all codes -> the documents that say it, and where: an amount as asked, the very words, or what is alike in meaning.

How alike is enough is told by a logistic model, fitted on questions over other families of documents (training/fit_listings.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.chunking import Level
from assistant.config import PACKAGED_READER
from assistant.index import Index
from assistant.inference import packaged_values, several
from assistant.lexical import FUNCTION_WORDS
from assistant.quantities import Quantity, quantities
from assistant.reading import Reading, nearest, word_likeness
from assistant.subjects import logistic, telling_words
from assistant.tokens import tokenize
from assistant.wordings import REQUESTS, affirmed, denying, listed, mentions

NEAREST = 4
"""So many of a document's best candidates are compared with the question word by word."""
FEATURES = 6
WEIGHTS_FILE = PACKAGED_READER / "listing.json"
DENIED = 0.02
"""How much more like a question for what is not so than like that for what is so a candidate is that denies it without such a word."""
_DENIES = re.compile(r"\W*(?:no|not|none|never|without)\b", re.IGNORECASE)
_ASKING = FUNCTION_WORDS.union(REQUESTS, tokenize("mention list name warn talk speak document service therapy procedure treatment"))
"""Stems of words that ask over all documents without saying for what."""


@lru_cache(maxsize=1)
def weights() -> tuple[float, ...]:
    """Return what `features` are weighed by, the constant last.

    Raises:
        ModelError: the file that comes with the package is missing or damaged.
    """
    with packaged_values(WEIGHTS_FILE) as values:
        return several(values, FEATURES + 1)


def features(index: Index, text: str, found: Mapping[str, Sequence[Reading]]) -> dict[str, tuple[float, ...]]:
    """Return, for each document with its readings, what tells whether it says what a question asks of all.

    These are how far its best score lies below the best of all and above the mean; its likeness word by word, and how far that lies
    below the best; the share of the telling words that its best candidate holds, and how far that lies below the best.
    """
    held = {document: readings for document, readings in found.items() if readings}
    if not held:
        return {}
    telling = telling_words(index, text)
    scores = {d: readings[0].score for d, readings in held.items()}
    words = {d: max(word_likeness(index, text, readings[:NEAREST]).tolist(), default=0.0) for d, readings in held.items()}
    total = sum(telling.values())
    shared = {
        d: sum(telling[w] for w in telling.keys() & set(tokenize(_text(index, r[0])))) / total if total else 0.0 for d, r in held.items()
    }
    mean, *best = sum(scores.values()) / len(scores), *(max(one.values()) for one in (scores, words, shared))
    return {d: (scores[d] - best[0], scores[d] - mean, words[d], words[d] - best[1], shared[d], shared[d] - best[2]) for d in held}


def beliefs(index: Index, text: str, found: Mapping[str, Sequence[Reading]]) -> dict[str, float]:
    """Return how sure it is, in [0, 1], that each document says what a question asks of all."""
    return {document: logistic(weights(), row) for document, row in features(index, text, found).items()}


def speaking(index: Index, text: str, documents: Sequence[str]) -> list[str]:
    """Return those documents that hold all words of a question that tell documents apart, in the same order; none where it has none."""
    words = telling_words(index, text).keys()
    return [document for document in documents if words and words <= index.vocabulary(document)[0]]


def asked_of_each(question: str) -> str:
    """Return what a question over all codes asks of each, as it is asked for what is so where it is for what is not."""
    return listed(affirmed(question))


def agreeing(index: Index, question: str, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings of a document for `asked_of_each(question)` that do not say the contrary of what the question asks of all.

    A question for what is so leaves out what opens with a denial; one for what is spoken of at all leaves out nothing. A question for what
    is not so keeps only what comes near and denies it, in a word of its own or of its labels, or by being more like that question.
    """
    if affirmed(question) == question:
        return [reading for reading in readings if mentions(question) or not _DENIES.match(_text(index, reading))]
    towards = index.reader.encode_one(listed(question)) - index.reader.encode_one(asked_of_each(question))

    def denies(reading: Reading) -> bool:
        labels = reading.candidate.path(index.by_id[reading.candidate.document])
        return any(map(denying, (_text(index, reading), *labels))) or float(index.candidate_vectors[reading.row] @ towards) >= DENIED

    return list(filter(denies, nearest(readings))) if readings else []


def matching(index: Index, text: str, document: str, readings: Sequence[Reading]) -> list[Reading]:
    """Return the single units of a document that hold an amount as asked, or else, with their labels, all words that tell documents apart.

    Best first. Empty where the question has neither or has a word that no document has, and where the document has none such. A title that
    rules the amount out rules the document out.
    """
    units = [reading for reading in readings if reading.candidate.level is Level.UNIT]
    asked = quantities(text)
    if asked:
        return _with_amount(index, document, units, asked)
    words = telling_words(index, text).keys()
    if any(index.words.document_frequency(word) == 0 for word in tokenize(text) if word not in _ASKING):
        return []
    return [reading for reading in units if words and words <= set(tokenize(_labelled(index, reading)))]


def _with_amount(index: Index, document: str, units: Sequence[Reading], asked: Sequence[Quantity]) -> list[Reading]:
    """Return the units of a document that hold an amount that is asked for; none where its title rules the amounts out."""
    title = quantities(index.by_id[document].named)
    if any(t.dimension == a.dimension for t in title for a in asked) and not any(t.meets(a) for t in title for a in asked):
        return []
    titled = index.by_id[document].official
    return [
        reading
        for reading in units
        if any(
            _is_as_asked(said, one, bounds=reading.candidate.span(index.by_id[document]).contains(titled))
            for said in quantities(_text(index, reading))
            for one in asked
        )
    ]


def _is_as_asked(said: Quantity, asked: Quantity, *, bounds: bool) -> bool:
    """Say whether an amount is one that is asked for: within what has one bound, or meeting an exact amount or one with two.

    What has a single bound is that amount, unless it `bounds` what is covered, as in a title.
    """
    if said.dimension == asked.dimension and said.high == asked.low == asked.high:
        return True
    if _is_one_sided(asked):
        return said.meets(asked) and asked.low <= said.low and said.high <= asked.high
    if _is_one_sided(said) and not bounds:
        return said.meets(asked) and asked.low <= (said.low or said.high) <= asked.high
    return said.meets(asked)


def _is_one_sided(one: Quantity) -> bool:
    """Say whether an amount has one bound: "up to 4 hours", "over 90 days"."""
    return one.low < one.high and (one.low == 0 or one.high == math.inf)


def _text(index: Index, reading: Reading) -> str:
    """Return the words of what was read."""
    return reading.candidate.text(index.by_id[reading.candidate.document])


def _labelled(index: Index, reading: Reading) -> str:
    """Return the words of what was read after those of the headings and labels above it."""
    return " ".join((*reading.candidate.path(index.by_id[reading.candidate.document]), _text(index, reading)))
