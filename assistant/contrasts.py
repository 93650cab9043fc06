"""Question + candidate -> the parts of it under labels for the side that the question asks for, as "Pros" for "what speaks for it?".

A list of pros and cons, or of what happens often and what seldom, is near a question for either. The reader tells one side from the other
by which of two wordings a label, or a question, is more like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from assistant.chunking import Candidate
from assistant.index import Index
from assistant.inference import Vectors
from assistant.types import Document, UnitKind

CONTRASTS = (
    ("Pros", "Cons", "alternatives: other options instead of this"),
    ("common: happens often", "rare: happens seldom", "risks: what can go wrong"),
)
"""Wordings of the two sides of what labels set against each other, and of what is of neither."""
LIKE, BEYOND, LIKE_IN_PAIR = 0.45, 0.15, 0.35
"""How like the wording of a side a label or a question is that stands for it, and how much more than like that of the other side.
The third is how like it each of two labels is that stand beside each other."""
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
Likeness = npt.NDArray[np.float32]


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
    return (0,) * len(CONTRASTS) if _FOR_NEITHER.search(text) else _side(_likeness(index, index.reader.encode_one(text)[np.newaxis])[0])


def _told(index: Index, document: Document, section: int) -> list[Stance]:
    """Return, for each unit of a section, the sides that its labels stand for, of each contrast by the innermost that stands for one."""
    units = [unit for unit in document.units if unit.section == section]
    paths = dict.fromkeys(unit.path[: n + 1] for unit in units for n in range(len(unit.path)))
    labels = list(dict.fromkeys(path[-1] for path in paths))
    known = dict(zip(labels, index.recall_all(_likenesses, labels), strict=True))
    sides = {path: _side(known[path[-1]]) for path in paths}
    for parent in {path[:-1] for path in paths}:
        below = [path for path in paths if path[:-1] == parent]
        if len(below) == 2:
            sides.update(zip(below, _opposed(*(known[path[-1]] for path in below)), strict=True))
    return [
        tuple(next(filter(None, one), 0) for one in zip(*(sides[unit.path[:n]] for n in range(len(unit.path), 0, -1)), strict=True))
        for unit in units
    ]


def _likenesses(index: Index, labels: Sequence[str]) -> list[Likeness]:
    """Return how like the wordings of `CONTRASTS` each of some labels is."""
    return [*_likeness(index, index.reader.encode(labels))]


def _likeness(index: Index, vectors: Vectors) -> Likeness:
    """Return `(len(vectors), len(CONTRASTS), 3)`: how like each of the wordings of `CONTRASTS` some labels or questions are."""
    wordings = np.stack([index.reader.encode_one(wording) for contrast in CONTRASTS for wording in contrast])
    found: Likeness = (vectors @ wordings.T).reshape(len(vectors), len(CONTRASTS), 3)
    return found


def _side(likeness: Likeness) -> Stance:
    """Return the sides that a label or a question `(len(CONTRASTS), 3)` stands for.

    It stands for the one that it is like, much more than like the other and no less than like what is of neither.
    """
    one, other, neither = likeness.T
    plain = (np.maximum(one, other) >= np.maximum(LIKE, neither)) & (abs(one - other) >= BEYOND)
    return tuple(np.where(plain, np.sign(one - other), 0).astype(int).tolist())


def _opposed(first: Likeness, second: Likeness) -> tuple[Stance, Stance]:
    """Return the sides of two labels that stand alone under another: opposite ones where the first is much more for one than the second.

    "For" and "Against" are hardly for a side by themselves.
    """
    beyond = (first[:, 0] - first[:, 1]) - (second[:, 0] - second[:, 1])
    like = np.minimum(first[:, :2].max(axis=1), second[:, :2].max(axis=1)) >= LIKE_IN_PAIR
    signs = np.where(like & (abs(beyond) >= BEYOND), np.sign(beyond), 0).astype(int)
    one, other = _side(first), _side(second)
    pairs = [(int(sign), -int(sign)) if sign else (a, b) for sign, a, b in zip(signs, one, other, strict=True)]
    return tuple(a for a, _ in pairs), tuple(b for _, b in pairs)
