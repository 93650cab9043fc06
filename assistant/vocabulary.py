"""Which words stand in which document: in its text, opening, title and headings. Counts them; knows no question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.chunking import opening_text
from assistant.storage import Integers, Ragged, load_array, read_json, write_json
from assistant.tokens import stem
from assistant.types import Document, SectionKind

WORDS, COUNTS, FREQUENCIES = "words.json", "text-counts.npy", "frequencies.npy"
PARTS = ("text", "opening", "title", "headings")


def part_texts(document: Document) -> tuple[str, str, str, str]:
    """Return the text of each of `PARTS`."""
    headings = " ".join(section.heading for section in document.sections if section.kind is SectionKind.BODY)
    return document.text, opening_text(document), document.title_text, headings


class Vocabulary:
    """The words of all documents of an index, case-folded, and their stems."""

    def __init__(self, all_words: Sequence[str], parts: dict[str, Ragged], counts: npt.NDArray[Any], frequencies: npt.NDArray[Any]) -> None:
        """Hold `parts`, which number words by their place in `all_words`; `counts` stands beside `parts["text"].values`."""
        self.words = all_words
        self.parts = parts
        self.counts = counts
        self._frequencies = frequencies

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Return the vocabulary in `folder`, mapped into memory.

        Raises:
            IndexMismatch: a file is missing or damaged.
        """
        parts = {part: Ragged.load(folder, f"{part}-words") for part in PARTS}
        return cls(read_json(folder / WORDS), parts, load_array(folder / COUNTS), load_array(folder / FREQUENCIES))

    @classmethod
    def build(cls, all_words: Sequence[str], parts: dict[str, Ragged], counts: npt.NDArray[Any]) -> Vocabulary:
        """Return a vocabulary, its stems counted."""
        made = cls(all_words, parts, counts, np.zeros((0, 2), dtype=np.int32))
        made._frequencies = np.stack([made._count_stems(parts["text"]), made._count_stems(parts["title"])], axis=1)
        return made

    def save(self, folder: Path) -> None:
        """Write the vocabulary to `folder`."""
        write_json(folder / WORDS, list(self.words))
        for part, runs in self.parts.items():
            runs.save(folder, f"{part}-words")
        np.save(folder / COUNTS, self.counts, allow_pickle=False)
        np.save(folder / FREQUENCIES, self._frequencies, allow_pickle=False)

    def _count_stems(self, runs: Ragged) -> npt.NDArray[np.int32]:
        """Return in how many runs each stem occurs."""
        number = max(len(self.stems), 1)
        pairs = np.sort(runs.owners() * number + self.stem_of[runs.values])
        once = pairs[np.diff(pairs, prepend=-1) > 0]
        return np.bincount(once % number, minlength=len(self.stems)).astype(np.int32)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Return the distinct stems, sorted."""
        return tuple(sorted(set(map(stem, self.words))))

    @cached_property
    def _stem_number(self) -> dict[str, int]:
        return {one: i for i, one in enumerate(self.stems)}

    @cached_property
    def stem_of(self) -> Integers:
        """Return `(words,)`: the place in `stems` of each word's stem."""
        return np.asarray([self._stem_number[stem(word)] for word in self.words], dtype=np.int64)

    def stems_in(self, part: str, document: int) -> frozenset[str]:
        """Return the stems in one of `PARTS` of the document at that position."""
        return frozenset(stem(self.words[i]) for i in self.parts[part].row(document).tolist())

    def document_frequency(self, token: str) -> int:
        """Return in how many documents a stem occurs."""
        number = self._stem_number.get(token)
        return 0 if number is None else int(self._frequencies[number, 0])

    def title_frequency(self, token: str) -> int:
        """Return in how many titles a stem occurs."""
        number = self._stem_number.get(token)
        return 0 if number is None else int(self._frequencies[number, 1])

    @cached_property
    def heading_stems(self) -> frozenset[str]:
        """Return the stems of all section headings."""
        used = np.flatnonzero(np.bincount(self.parts["headings"].values, minlength=len(self.words)))
        return frozenset(stem(self.words[i]) for i in used.tolist())

    @cached_property
    def word_counts(self) -> dict[str, int]:
        """Return how often each word occurs in all texts."""
        totals = np.bincount(self.parts["text"].values, weights=self.counts, minlength=len(self.words))
        return {word: int(n) for word, n in zip(self.words, totals, strict=True) if n}
