"""Question + candidate -> the parts of it under labels for the side that the question asks for, as "Pros" for "what speaks for it?".

A list of pros and cons, or of what happens often and what seldom, is near a question for either. The reader tells one side from the other
by which of two wordings a label, or a question, is more like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from assistant.chunking import Candidate
from assistant.index import Index
from assistant.inference import Vectors
from assistant.types import Document, UnitKind

CONTRASTS = (
    ("Pros", "Cons", "alternatives: other options instead of this"),
    ("common: happens often", "rare: happens seldom", "risks: what can go wrong"),
)
"""Wordings of the two sides of what labels set against each other, and of what is of neither."""
LIKE, BEYOND = 0.45, 0.15
"""How like the wording of a side a label or a question is that stands for it, and how much more than like that of the other side."""
_FOR_NEITHER = re.compile(
    r"\bhow\s+(?:\w+\s+)?(?:(?:un)?common|(?:un)?usual|typical|often|frequent|rare|(?:un)?likely)(?:ly)?\b"
    r"|\b(?:plus(?:es)?|pros?|good|up(?:side)?s?|(?:dis)?advantages?|benefits?|for|(?:un)?common|everyday|frequent|often|(?:un)?usual|rare|seldom)"
    r"\s*(?:and|or|&|/|,)\s*(?:the\s+)?"
    r"(?:minus(?:es)?|cons?|bad|down(?:side)?s?|(?:dis)?advantages?|drawbacks?|against|(?:un)?common|(?:in)?frequent|(?:un)?usual|rare|seldom|(?:un)?likely)\b",
    re.IGNORECASE,
)
"""Asks which side something is on, or for both."""
Stance = tuple[int, ...]
"""For each of `CONTRASTS`, 1 for its first side, -1 for its second, 0 for neither."""


def one_side(index: Index, text: str, candidate: Candidate, among: Iterable[Candidate]) -> list[Candidate]:
    """Return the widest candidates `among` those given that are wholly of the side that a question asks for, as they are ordered there.

    They are parts of the candidate, or where that is of the other side alone, of the least around it that holds both. Empty where the
    question asks for no side, where the candidate is of that side already, and where no label stands for the other one.
    """
    asked = index.recall(_asked, text)
    if not any(asked):
        return []
    document = index.by_id[candidate.document]
    inside = [one for one in among if candidate.section == one.section]
    around = sorted((one for one in inside if _holds(one, candidate)), key=lambda one: one.last - one.first)
    first = next(i for i, unit in enumerate(document.units) if unit.section == candidate.section)
    told = _told(index, document, candidate.section)
    for contrast, side in ((i, side) for i, side in enumerate(asked) if side):
        for one in around:
            held = {told[i - first][contrast] for i in range(one.first, one.last) if document.units[i].kind is not UnitKind.LABEL}
            if held == {side} or -side not in held:
                break
            if side in held:
                pure = [c for c in inside if _holds(one, c) and all(told[i - first][contrast] == side for i in range(c.first, c.last))]
                return [c for c in pure if not any(_holds(other, c) for other in pure if other != c)]
    return []


def _holds(one: Candidate, other: Candidate) -> bool:
    """Say whether one candidate of a section holds all units of another, itself among them."""
    return one.first <= other.first and other.last <= one.last


def _asked(index: Index, text: str) -> Stance:
    """Return the sides that a question asks for."""
    return (0,) * len(CONTRASTS) if _FOR_NEITHER.search(text) else _sides_of(index, index.reader.encode_one(text)[np.newaxis])[0]


def _told(index: Index, document: Document, section: int) -> list[Stance]:
    """Return, for each unit of a section, the sides that its labels stand for, of each contrast by the innermost that stands for one."""
    units = [unit for unit in document.units if unit.section == section]
    labels = list(dict.fromkeys(label for unit in units for label in unit.path))
    known = dict(zip(labels, index.recall_all(_stances, labels), strict=True))
    return [
        tuple(next(filter(None, one), 0) for one in zip(*(known[label] for label in reversed(unit.path)), strict=True)) for unit in units
    ]


def _stances(index: Index, labels: Sequence[str]) -> list[Stance]:
    """Return the sides that each of some labels stands for."""
    return _sides_of(index, index.reader.encode(labels))


def _sides_of(index: Index, vectors: Vectors) -> list[Stance]:
    """Return the sides that labels or questions with some vectors stand for.

    Each stands for the one that it is like, much more than like the other and no less than like what is of neither.
    """
    found = []
    for contrast in CONTRASTS:
        one, other, *neither = (vectors @ index.reader.encode_one(wording) for wording in contrast)
        plain = (np.maximum(one, other) >= np.maximum(LIKE, np.max(neither, axis=0))) & (abs(one - other) >= BEYOND)
        found.append(np.where(plain, np.sign(one - other), 0).astype(int).tolist())
    return list(zip(*found, strict=True))
