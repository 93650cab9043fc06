"""Question -> the documents it may be about. Weighs how alike they are in meaning and which telling words they share; knows no topic.

A word tells documents apart when few of them use it; it weighs more in a title or an opening than further down.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assistant.config import PACKAGED_ENCODER
from assistant.fusion import Ranked
from assistant.glossary import explained, names_drug
from assistant.index import Index
from assistant.inference import packaged_values, several
from assistant.lexical import FUNCTION_WORDS
from assistant.names import of_other_amounts
from assistant.phrases import AMONG, beyond_others, phrases
from assistant.tokens import normalize, tokenize
from assistant.types import Document

if TYPE_CHECKING:
    from assistant.inference import Vectors

DEPTH = 200
"""Chunks looked at to find the documents that are weighed."""
NEAREST_CHUNKS = 3
"""A document's likeness is also that of so many of its chunks, so that one chance likeness does not decide."""
MOST_ODDS = 5.0
"""Log odds beyond which a share says nothing more."""
FITTED_ON = 8
"""So many documents the families have that the weights were fitted on: among more, rare words are rarer."""
EXPLAINED_BELOW, DRUG_BELOW = 0.35, 0.6
"""A text that is about its first document with less belief is read with what the names in it mean; the second, where one is a drug's."""
SAID = 12.0
"""What a document gains that says the question's own words as one of its units: whoever types a description means its document."""
FEWEST_SAID = 2
"""So many words are said, not just mentioned."""
OTHER_AMOUNT, AMOUNTS_AMONG = 4.0, 20
"""What a document loses whose name states other amounts than a text where that of one called alike states the very same; among so many."""
SMALLEST = 1e-4
"""The least share of which log odds are taken."""
WEIGHTS_FILE = PACKAGED_ENCODER / "subjects.json"
COUNTS = {"share": 9, "clear": 8, "sides": 16}
"""How many weights there are of each sort."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How features become shares and beliefs; fitted by training/fit_subjects.py on authored families of documents.

    `share` weighs `Subject.features` in a conditional logit; the others weigh features in logistic models, the last value alone.
    `clear` weighs `odds_features`: whether the document is the one that a question means. `sides` weighs `sides.Sides.features`: whether
    a question sets two documents side by side.
    """

    share: tuple[float, ...]
    clear: tuple[float, ...]
    sides: tuple[float, ...]


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the weights that come with the package.

    Raises:
        ModelError: they are missing or damaged.
    """
    with packaged_values(WEIGHTS_FILE) as values:
        return Weights(**{name: several(values[name], n) for name, n in COUNTS.items()})


@dataclass(frozen=True, slots=True)
class Subject:
    """A document that a question may be about.

    Documents that describe the same code are one subject, under the one whose word counts most. `share` is its part among all
    documents, `belief` how sure it is that the question is about it and not about any or none. `features` are those of `features_of` and
    `with_phrases`.
    """

    document: str
    share: float
    belief: float
    features: tuple[float, ...]

    @property
    def similarity(self) -> float:
        """Return how like the question the nearest chunk is."""
        return self.features[0]

    @property
    def opening_similarity(self) -> float:
        """Return how like the question the document's opening is, which says what it is about."""
        return self.features[2]

    @property
    def telling(self) -> float:
        """Return the weight of the words that the document shares with the question and others do not have."""
        return self.features[4]


def certain(document: str) -> Subject:
    """Return a document as the subject of what leaves no doubt of it."""
    return Subject(document, 1.0, 1.0, (1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))


def subjects(index: Index, text: str) -> tuple[Subject, ...]:
    """Return the documents that `text` may be about, most likely first; shares sum to 1.

    Names that no document uses count by what they mean where the text does not tell by itself what it is about: those of drugs always, as
    no likeness tells what they are, others where that tells it.
    """
    found = _subjects(index, text, worded(index, text))
    if not found or found[0].belief >= DRUG_BELOW:
        return found
    drug = names_drug(index, text)
    told = explained(index, text) if drug or found[0].belief < EXPLAINED_BELOW else text
    if told == text:
        return found
    meant = _subjects(index, told, worded(index, text))
    if not drug and meant[0].belief < max(found[0].belief, EXPLAINED_BELOW):
        return found
    return max(found, meant, key=_likeness) if meant[0].document == found[0].document else meant


def _likeness(found: Sequence[Subject]) -> float:
    """Return how like a text the first of its subjects is."""
    return found[0].similarity + found[0].opening_similarity


def _subjects(index: Index, text: str, asked: tuple[int, int]) -> tuple[Subject, ...]:
    """Return the subjects of a text; `asked` counts the words of the question that it comes from."""
    vector = index.encoder.encode_one(text)
    likeness: dict[str, list[float]] = {}
    for name, score in _owned(index, index.vectors.search(vector, DEPTH)):
        likeness.setdefault(name, []).append(score)
    matches: dict[str, float] = {}
    rarity = _rarity(len(index.documents))
    for name, score in _owned(index, index.lexical.search(text, DEPTH)):
        matches.setdefault(name, score * rarity)
    documents = sorted((likeness.keys() | matches.keys()) - index.around)
    if not documents:
        return ()
    words = [{word: weight * rarity for word, weight in some.items()} for some in (telling_words(index, text), naming_words(index, text))]
    rows = features_of(
        index, documents, [likeness.get(d, [0.0]) for d in documents], [matches.get(d, 0.0) for d in documents], vector, *words
    )
    rows = with_phrases(index, text, documents, rows)
    saying = says(index, documents, text)
    said = [SAID if d in saying else 0.0 for d in documents]
    scores = np.asarray(rows) @ np.asarray(weights().share) / math.sqrt(rarity) + np.asarray(said)
    others = of_other_amounts(index, [documents[i] for i in _highest(scores, AMOUNTS_AMONG)], text)
    scores -= OTHER_AMOUNT * np.asarray([name in others for name in documents])
    powers = np.exp(scores - scores.max())
    shares = powers / powers.sum()
    each = shares.tolist()
    services: dict[str, list[int]] = {}
    for i in _most_first(each):
        services.setdefault(index.service(documents[i])[0], []).append(i)
    summed = {name: float(shares[owned].sum()) if len(owned) > 1 else each[owned[0]] for name, owned in sorted(services.items())}
    names = [*summed]
    order = [names[i] for i in _most_first([*summed.values()])]
    first = order[0]
    clear = logistic(weights().clear, odds_features(summed[first], rows[services[first][0]], asked))
    clear = max(clear, summed[first]) if said[services[first][0]] else clear
    rest = max(1.0 - summed[first], 1e-9)
    beliefs = {name: clear if name == first else summed[name] / rest * (1.0 - clear) for name in order}
    return tuple(Subject(name, round(summed[name], 6), round(beliefs[name], 6), rows[services[name][0]]) for name in order)


def _most_first(shares: Sequence[float]) -> list[int]:
    """Return the places of shares, the highest first; equal ones in order."""
    rounded = [-round(share, 6) for share in shares]
    return sorted(range(len(rounded)), key=rounded.__getitem__)


def _highest(scores: npt.NDArray[np.float64], count: int) -> list[int]:
    """Return the places of the `count` highest scores, highest first; of equal ones the first."""
    order: list[int] = np.lexsort((np.arange(len(scores)), -np.round(scores, 6)))[:count].tolist()
    return order


def _owned(index: Index, found: Ranked) -> Iterator[tuple[str, float]]:
    """Yield the document of each chunk found, with the chunk's score."""
    owners = index.chunks.owners([row for row, _ in found])
    yield from ((index.documents.ids[owner], score) for owner, (_, score) in zip(owners, found, strict=True))


def log_odds(share: float) -> float:
    """Return the log odds of a share, of at least `SMALLEST` and at most what that leaves."""
    return math.log(max(share, SMALLEST) / max(1 - share, SMALLEST))


def odds_features(share: float, features: Sequence[float], words: tuple[int, int]) -> list[float]:
    """Return what tells whether a document with a share is the one that a question of so many `words` means.

    These are the log odds of its share, how like the question its nearest chunk and its opening are, and its telling words. What says much,
    even in words that no document has, leaves the subject out less often than what is short.
    """
    nearest, _, opening, _, _, in_opening, in_title, *_ = features
    return [max(min(log_odds(share), MOST_ODDS), -MOST_ODDS), nearest, opening, in_opening, in_title, *map(float, words)]


def worded(index: Index, text: str) -> tuple[int, int]:
    """Return how many words a question has, function words left out, and how many of these no document has."""
    words = set(tokenize(text)) - FUNCTION_WORDS
    return len(words), sum(index.words.document_frequency(word) == 0 for word in words)


def logistic(fitted: Sequence[float], features: Sequence[float]) -> float:
    """Return the belief in [0, 1] of a logistic model in features; `fitted` holds a slope for each and the constant last."""
    *slopes, alone = fitted
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(slopes, features, strict=True)) - alone))


def says(index: Index, documents: Sequence[str], text: str) -> frozenset[str]:
    """Return those of some documents one of whose units, or whose title, is the question word for word."""
    if len(text.split()) < FEWEST_SAID:
        return frozenset()
    held = index.words.holding("text", [index.documents.position[name] for name in documents], list(dict.fromkeys(tokenize(text))))
    likely, typed = [documents[i] for i in np.flatnonzero(held.all(axis=1)).tolist()], _squash(text)
    return frozenset(name for name in likely if _says(index.by_id[name], typed))


def _says(document: Document, typed: str) -> bool:
    spans = (document.title, *(unit.span for unit in document.units))
    return any(_squash(span.of(document.text)) == typed for span in spans if span.end - span.start >= len(typed))


def names_none(index: Index, text: str) -> bool:
    """Say whether a text has no word that could tell documents apart: none but those of headings, of most documents, and function words."""
    most = len(index.documents) / 2
    return all(
        index.words.title_frequency(word) == 0 and (is_topic(index, word) or index.words.document_frequency(word) > most)
        for word in tokenize(text)
        if word not in FUNCTION_WORDS
    )


def is_topic(index: Index, word: str) -> bool:
    """Say whether a stem is a word of headings, which say what is asked and not of what."""
    return word in index.heading_words


def without_title(index: Index, text: str, document: str) -> str:
    """Return a question without the words of a document's title that head no section; as it is if nothing would be left to ask."""
    title = index.vocabulary(document)[2] - FUNCTION_WORDS - index.heading_words
    kept = [word for word in text.split() if not (stems := tokenize(word)) or not title.issuperset(stems)]
    return " ".join(kept) if not FUNCTION_WORDS.issuperset(tokenize(" ".join(kept))) else text


def _squash(text: str) -> str:
    return normalize(text).casefold().rstrip(".")


def _rarity(total: int) -> float:
    """Return what the weight of a word among `total` documents is multiplied by; 1 for as few as `FITTED_ON`.

    Inverse document frequency grows with the logarithm of `total`, what it tells by its root: among CMS's 7,196 rows, the whole
    growth lets one rare word outweigh likeness (4 of 10 services without a code were given one), and none of it finds fewer. Scores are
    divided by the root of it: among so many documents, more that are alike share what one should have (46 of 60 cases instead of 44).
    """
    return math.sqrt(math.log((FITTED_ON + 1) / 1.5) / math.log((max(total, FITTED_ON) + 1) / 1.5))


def telling_words(index: Index, text: str) -> dict[str, float]:
    """Return the words of a question that some documents use and others do not, with their inverse document frequency."""
    return _rare(index, text, index.words.document_frequency)


def naming_words(index: Index, text: str) -> dict[str, float]:
    """Return the words of a question that some titles have and others do not, with their inverse frequency among titles."""
    return _rare(index, text, index.words.title_frequency)


def _rare(index: Index, text: str, frequency: Callable[[str], int]) -> dict[str, float]:
    total = len(index.documents)
    counts = {word: frequency(word) for word in dict.fromkeys(tokenize(text))}
    return {word: math.log((total + 1) / (n + 0.5)) for word, n in counts.items() if 0 < n < total and word not in FUNCTION_WORDS}


def features_of(
    index: Index,
    documents: Sequence[str],
    likeness: Sequence[Sequence[float]],
    matches: Sequence[float],
    vector: Vectors,
    telling: Mapping[str, float],
    naming: Mapping[str, float],
) -> list[tuple[float, ...]]:
    """Return likeness of the nearest chunk, the nearest three, the opening; BM25; telling words of text and opening, naming of title.

    There is a tuple for each document, whose chunks found have the given likeness, nearest first, and the best of them that match.
    """
    positions = [index.documents.position[name] for name in documents]
    shared = [
        index.words.holding(part, positions, list(words)) @ np.asarray(list(words.values()), dtype=np.float64)
        for part, words in (("text", telling), ("opening", telling), ("title", naming))
    ]
    nearest = [one[:NEAREST_CHUNKS] for one in likeness]
    columns = ([one[0] for one in nearest], [sum(one) / len(one) for one in nearest], index.openings[positions] @ vector, matches, *shared)
    return [tuple(row) for row in np.round(np.stack([np.asarray(one, dtype=np.float64) for one in columns], axis=1), 6).tolist()]


def with_phrases(index: Index, text: str, documents: Sequence[str], rows: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Return the features of documents with how much more like each of the likeliest, and like its opening, a phrase is than like the rest.

    Of a document that the other features leave far behind, no phrase is looked at.
    """
    scores = np.asarray(rows) @ np.asarray(weights().share)[: len(rows[0])]
    order = _highest(scores, AMONG)
    spans = phrases(text)
    added = np.zeros((len(rows), 2))
    if spans and len(order) > 1:
        added[order] = beyond_others(index, text, spans, [documents[i] for i in order]).max(axis=1).T
    return [(*row, *more) for row, more in zip(rows, np.round(added, 6).tolist(), strict=True)]
