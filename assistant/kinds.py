"""Question -> what sort of answer it asks for. Knows English questions; knows no document and no code.

Linear heads tell it from the reader's vector of the question, its words and pairs of words, and wordings that leave little doubt ("which
code", "which of these", "billed separately"). They are fitted on questions about other services (training/fit_forms.py).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.inference import Encoder, packaged_values
from assistant.recent import keep, kept
from assistant.wordings import asks_for_code, asks_inclusion, lists, lists_codes

Scores = npt.NDArray[np.float64]
FORMS_FILE = "forms.json"
REMEMBERED = 256
"""Questions whose form is kept at hand: it is asked for at every turn of an answer."""
LONGEST = 40
"""Words from which on a question counts as long."""
_TERM = re.compile(r"\w+|\?")


class Kind(Enum):
    """What sort of answer a question asks for."""

    FACT = "fact"
    SCENARIO = "scenario"
    COMPARISON = "comparison"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Form:
    """How a question is put, each in [0, 1].

    How sure it is that it describes a case and wants its code, that it sets things side by side, that it asks which of all have something
    in common, that it is about what is included and what is billed apart, and that what answers it is several sentences or items.
    """

    scenario: float
    comparison: float
    listing: float
    inclusion: float
    several: float


def terms(text: str) -> list[str]:
    """Return the case-folded words and question marks of a question, and each two that follow each other."""
    found = _TERM.findall(text.casefold())
    return found + [f"{one} {other}" for one, other in pairwise(found)]


def surface(text: str) -> list[float]:
    """Return what a vector of meaning leaves out of a question: a question mark, its length, figures, and wordings that tell its form."""
    marks = "?" in text, bool(re.search(r"\d", text)), asks_for_code(text), lists(text), asks_inclusion(text)
    return [min(len(text.split()), LONGEST) / (LONGEST / 2), *map(float, marks)]


class Forms:
    """Tells the form of questions with one encoder, the one that the heads in `folder` were fitted with.

    `cuts` says from which belief on each is nearly always right.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        """Load the heads.

        Raises:
            ModelError: they are missing or damaged.
        """
        with packaged_values(folder / FORMS_FILE) as heads:
            self._heads = np.asarray(heads["heads"])
            self._terms: dict[str, list[float]] = heads["terms"]
            self.cuts = Form(**heads["cuts"])
            self._of_terms([*self._terms][:1])
        self._encoder = encoder
        self._recent: dict[str, Form] = {}

    def read(self, text: str) -> Form:
        """Return the form of a question, codes left out of it; what asks outright for one code is a case, whatever else is in it."""
        return kept(self._recent, text) or keep(self._recent, text, self._read(text), REMEMBERED)

    def _read(self, text: str) -> Form:
        features = np.concatenate([self._encoder.encode_one(text), surface(text), [1.0]])
        scores = self._heads @ features + self._of_terms(terms(text))
        of_kinds, alone = scores[: len(Kind)], scores[len(Kind) :]
        powers = np.exp(of_kinds - of_kinds.max())
        share = dict(zip(Kind, (powers / powers.sum()).tolist(), strict=True))
        inclusion, several = (1 / (1 + np.exp(-alone))).tolist()
        outright = asks_for_code(text) and not lists_codes(text)
        case = max(share[Kind.SCENARIO], self.cuts.scenario if outright else 0.0)
        return Form(case, share[Kind.COMPARISON], share[Kind.LISTING], inclusion, several)

    def _of_terms(self, found: Sequence[str]) -> Scores:
        """Return what the terms of a question add to each head: their weights by tf-idf, of unit length over those that are known."""
        rows = [(1 + math.log(n), self._terms[term]) for term, n in Counter(found).items() if term in self._terms]
        total = np.zeros(len(self._heads))
        if not rows:
            return total
        values = np.array([often * rarity for often, (rarity, *_) in rows])
        total += values / np.linalg.norm(values) @ np.array([weights for _, (_, *weights) in rows])
        return total
