"""Question -> the documents that it sets side by side, told by its parts and by the phrases that are like one document alone.

Knows likeness of meaning; knows no name. People name a service by what it is for, its drug or its pump, in words that no title has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.index import Index
from assistant.lexical import FUNCTION_WORDS
from assistant.phrases import AMONG, beyond_others, phrases
from assistant.quantities import quantities, without_amounts
from assistant.subjects import Subject, log_odds, logistic, subjects, weights
from assistant.tokens import tokenize
from assistant.types import Span

NO_DOUBT = 0.8
"""A part of a question that has this share for a document names it, though the question may name two others rather."""
SURE = 0.5
"""… and this belief, where two others are named already: "the first visit" is like a document that speaks of little else."""
LEAST_COMPARING = 0.03
"""A question that is less surely a comparison is not looked at in parts: two thirds of those without a code;
answers of `eval/` dev are the same from 0.01 on."""
PARTS = 5
"""Scale of the number of parts."""
NAMES, LOOKED_AT = 0.1, 4
"""A phrase may name a document when it is so much more like it than like the others on average; so many phrases are looked at."""
GROWS = 0.8
"""A longer phrase around it names it rather when it keeps so much of that."""
POINTING = frozenset(tokenize("one ones another first second third last next former latter"))
"""Stems of words that point to a service without naming it: "the other one, …"."""
_BETWEEN = re.compile(
    r"\b(?:vs?\.?|versus|and|or|than|but|compared\s+(?:to|with)|against|with|between|from|for|after|before|while|when|if)\b"
    r"|[,;:.?!/()]|\s[-–—]+\s",
    re.IGNORECASE,
)
"""What parts of a question stand between."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The documents that parts of a question are about, in their order, and what tells whether it is about the two likeliest ones."""

    documents: tuple[str, ...]
    features: tuple[float, ...]

    @property
    def belief(self) -> float:
        """Return how sure it is that the question sets them side by side."""
        return logistic(weights().sides, self.features)


def sides(index: Index, text: str, found: Sequence[Subject]) -> Sides | None:
    """Return the documents that a question may set side by side; None where its parts are about one. `found` are its subjects.

    Each part between conjunctions and marks is looked at by itself, and so are the phrases that are most like one document. The documents
    that come first for some part are ranked by their share of that part and of the whole; more than two are kept where a part leaves no
    doubt of them.
    """
    apart = FUNCTION_WORDS | index.heading_words | POINTING
    parts = [part for part in map(str.strip, _BETWEEN.split(text)) if any(word not in apart for word in tokenize(part))]
    compares = index.forms.read(text).comparison
    if not found or compares < LEAST_COMPARING:
        return None
    names = _names(index, text, [subject.document for subject in found[:AMONG]])
    likeliest = sorted(names, key=lambda name: -names[name][1])[:LOOKED_AT]
    naming = [phrase for name in likeliest if names[name][1] >= NAMES and _says_more(phrase := names[name][0].of(text))]
    looked_at = [*dict.fromkeys((*parts, *naming))]
    if len(looked_at) < 2:
        return None
    best: dict[str, Subject] = {}
    index.encoder.encode_words(looked_at)  # several at once
    for part in sorted(looked_at, key=text.find):
        first = next(iter(subjects(index, part)), None)
        if first and (first.document not in best or first.share > best[first.document].share):
            best.pop(first.document, None)
            best[first.document] = first
    whole = {subject.document: subject.share for subject in found}
    ranked = sorted(best, key=lambda name: (-round(best[name].share + whole.get(name, 0.0), 6), name))
    if len(ranked) < 2:
        return None
    one, other = best[ranked[0]], best[ranked[1]]
    odds = [
        one.share,
        other.share,
        other.belief,
        whole.get(one.document, 0.0),
        whole.get(other.document, 0.0),
        found[0].share,
        found[0].belief,
    ]
    named = sorted(names[name][1] if name in names else 0.0 for name in ranked[:2])
    seen = [*map(log_odds, (compares, *odds)), other.similarity, min(one.similarity, other.similarity)]
    third = (name for name in ranked[2:] if best[name].share >= NO_DOUBT and best[name].belief >= SURE)
    together = sorted((*ranked[:2], *third), key=[*best].index)
    return Sides(tuple(together), (*seen, *other.features[5:7], len(parts) / PARTS, *named))


def _says_more(phrase: str) -> bool:
    """Say whether a phrase holds more than an amount, which several services may have."""
    return not FUNCTION_WORDS.issuperset(tokenize(without_amounts(phrase, {one.dimension for one in quantities(phrase)})))


def _names(index: Index, text: str, documents: Sequence[str]) -> dict[str, tuple[Span, float]]:
    """Return, for each of several documents, the phrase most like it beside the others, and by how much; none for fewer than two."""
    spans = phrases(text)
    if not spans or len(documents) < 2:
        return {}
    found = {}
    for name, own in zip(documents, beyond_others(index, text, spans, documents)[0].T, strict=True):
        best = int(own.argmax())
        around = (span for span, more in zip(spans, own, strict=True) if span.contains(spans[best]) and more >= GROWS * own[best])
        found[name] = max(around, key=lambda span: span.end - span.start, default=spans[best]), float(own[best])
    return found
