"""Which words stand in which document: in its text, opening, title and headings. Counts them; knows no question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.arrays import Ragged, damaged, edges, load_array, read_json, write_json
from assistant.chunking import opening_text
from assistant.tokens import stem
from assistant.types import Document, SectionKind

WORDS, STEMS, COUNTS = "words.json", "stems.json", "text-counts.npy"
STEM_OF, FREQUENCIES, TOTALS = "stem-of.npy", "frequencies.npy", "totals.npy"
AT_ONCE = 2**14
"""Documents whose words are counted at once."""
PARTS = ("text", "opening", "title", "headings")


def part_texts(document: Document) -> tuple[str, str, str, str]:
    """Return the text of each of `PARTS`; of a descriptor beside the title its first clause, since the others are of what is included."""
    named = f"{document.title_text} {document.descriptor.of(document.text).split(';')[0]}" if document.descriptor else document.title_text
    headings = " ".join(section.heading for section in document.sections if section.kind is SectionKind.BODY)
    return document.text, opening_text(document), named, headings


def words_file(part: str) -> str:
    """Return the name under which the words of one of `PARTS` are saved as runs, one for each document, by their place in `WORDS`."""
    return f"{part}-words"


def count_words(folder: Path, words: Sequence[str]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Write all words, their stems, and how often they occur in the parts that are saved in `folder`.

    `COUNTS` says how often each word of a text occurs in it. Returns the stems, sorted, and for each word the place of its stem.
    """
    stemmed = list(map(stem, words))
    stems = sorted(set(stemmed))
    number = {one: i for i, one in enumerate(stems)}
    stem_of = np.asarray([number[one] for one in stemmed], dtype=np.int32)
    text, title = (Ragged.load(folder, words_file(part)) for part in ("text", "title"))
    totals = np.bincount(text.values, weights=load_array(folder / COUNTS), minlength=len(words)).astype(np.int64)
    frequencies = np.stack([_stem_frequencies(runs, stem_of, len(stems)) for runs in (text, title)], axis=1)
    write_json(folder / WORDS, list(words))
    write_json(folder / STEMS, stems)
    for name, values in ((STEM_OF, stem_of), (FREQUENCIES, frequencies), (TOTALS, totals)):
        np.save(folder / name, values, allow_pickle=False)
    return stems, stem_of


def _stem_frequencies(runs: Ragged, stem_of: npt.NDArray[np.int32], stems: int) -> npt.NDArray[np.int32]:
    """Return in how many runs each stem occurs."""
    found = np.zeros(stems, dtype=np.int32)
    for first in range(0, len(runs), AT_ONCE):
        some = runs.between(first, min(first + AT_ONCE, len(runs)))
        pairs = np.sort(some.owners() * stems + stem_of[some.values])  # `np.unique` takes ten times as long
        once = pairs[np.diff(pairs, prepend=-1) > 0]
        found += np.bincount(once % max(stems, 1), minlength=stems).astype(np.int32)
    return found


def _read_list(path: Path) -> list[str]:
    found = read_json(path)
    if not isinstance(found, list):
        raise damaged(path)
    return found


class Vocabulary:
    """The words of all documents of an index, case-folded, and their stems; mapped into memory. `numbers` are the places of the stems."""

    def __init__(self, folder: Path) -> None:
        """Open what `count_words` wrote and counted.

        Raises:
            IndexMismatch: a file is missing or damaged.
        """
        self.words, self._stems = (_read_list(folder / name) for name in (WORDS, STEMS))
        self.numbers = {one: i for i, one in enumerate(self._stems)}
        self.parts = {part: Ragged.load(folder, words_file(part)) for part in PARTS}
        self.counts = load_array(folder / COUNTS)
        self._stem_of, self._frequencies, self._totals = (load_array(folder / name) for name in (STEM_OF, FREQUENCIES, TOTALS))

    def stems_in(self, part: str, document: int) -> frozenset[str]:
        """Return the stems in one of `PARTS` of the document at that position."""
        return frozenset(self._stems[i] for i in self._stem_of[self.parts[part].row(document)].tolist())

    def holding(self, part: str, documents: Sequence[int], stems: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return `(documents, stems)`: which of some different stems stand in one of `PARTS` of the documents at those positions."""
        runs, at = self.parts[part], np.asarray(documents, dtype=np.int64)
        firsts, lengths = runs.starts[at], runs.starts[at + 1] - runs.starts[at]
        owners = np.repeat(np.arange(len(at)), lengths)
        places = np.arange(len(owners)) + np.repeat(firsts - edges(lengths)[:-1], lengths)
        column = np.full(len(self._stems), -1, dtype=np.int32)
        known = [(self.numbers[one], i) for i, one in enumerate(stems) if one in self.numbers]
        column[[number for number, _ in known]] = [i for _, i in known]
        columns = column[self._stem_of[runs.values[places]]]
        held = np.zeros((len(at), len(stems)), dtype=np.bool_)
        held[owners[columns >= 0], columns[columns >= 0]] = True
        return held

    def document_frequency(self, token: str) -> int:
        """Return in how many documents a stem occurs."""
        number = self.numbers.get(token)
        return 0 if number is None else int(self._frequencies[number, 0])

    def title_frequency(self, token: str) -> int:
        """Return in how many titles a stem occurs."""
        number = self.numbers.get(token)
        return 0 if number is None else int(self._frequencies[number, 1])

    @cached_property
    def heading_stems(self) -> frozenset[str]:
        """Return the stems of all section headings."""
        used = np.flatnonzero(np.bincount(self._stem_of[self.parts["headings"].values], minlength=len(self._stems)))
        return frozenset(self._stems[i] for i in used.tolist())

    @cached_property
    def word_counts(self) -> dict[str, int]:
        """Return how often each word occurs in all texts."""
        return {word: n for word, n in zip(self.words, self._totals.tolist(), strict=True) if n}
