"""Which words stand in which document: in its text, opening, title and headings. Counts them; knows no question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.arrays import Integers, Ragged, damaged, edges, load_array, read_json, write_json
from assistant.chunking import opening_text
from assistant.segments import Segments
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
    totals = _totals(text, load_array(folder / COUNTS), len(words))
    frequencies = np.stack([_stem_frequencies(runs, stem_of, len(stems)) for runs in (text, title)], axis=1)
    write_json(folder / WORDS, list(words))
    write_json(folder / STEMS, stems)
    for name, values in ((STEM_OF, stem_of), (FREQUENCIES, frequencies), (TOTALS, totals)):
        np.save(folder / name, values, allow_pickle=False)
    return stems, stem_of


def _totals(runs: Ragged, counts: npt.NDArray[np.int32], words: int) -> Integers:
    """Return how often each word occurs in runs of words, the i-th of which occurs `counts[i]` times."""
    return np.bincount(runs.values, weights=counts, minlength=words).astype(np.int64)


def _stem_frequencies(runs: Ragged, stem_of: npt.NDArray[np.int32], stems: int) -> npt.NDArray[np.int32]:
    """Return in how many runs each stem occurs."""
    found = np.zeros(stems, dtype=np.int32)
    for first in range(0, len(runs), AT_ONCE):
        some = runs.between(first, min(first + AT_ONCE, len(runs)))
        pairs = np.sort(some.owners() * stems + stem_of[some.values])  # `np.unique` takes ten times as long
        once = pairs[np.diff(pairs, prepend=-1) > 0]
        found += np.bincount(once % max(stems, 1), minlength=stems).astype(np.int32)
    return found


def read_words(folder: Path, name: str = WORDS) -> list[str]:
    """Return the words, or stems, of the documents that are stored in `folder`, by their numbers.

    Raises:
        IndexMismatch: the file is missing or damaged.
    """
    found = read_json(folder / name)
    if not isinstance(found, list):
        raise damaged(folder / name)
    return found


class _Counted:
    """What `count_words` wrote of the documents of one segment, those that are gone no longer counted."""

    def __init__(self, folder: Path, gone: Integers) -> None:
        self.words, self.stems = (read_words(folder, name) for name in (WORDS, STEMS))
        self.numbers = {one: i for i, one in enumerate(self.stems)}
        self.parts = {part: Ragged.load(folder, words_file(part)) for part in PARTS}
        self.stem_of, self.frequencies, self.totals = (load_array(folder / name) for name in (STEM_OF, FREQUENCIES, TOTALS))
        counts, self._gone = load_array(folder / COUNTS), gone
        if len(gone):
            text, title = (_some(self.parts[part], gone) for part in ("text", "title"))
            lost = [_stem_frequencies(runs, self.stem_of, len(self.stems)) for runs in (text, title)]
            self.frequencies = self.frequencies - np.stack(lost, axis=1)
            self.totals = self.totals - _totals(text, _some(Ragged(counts, self.parts["text"].starts), gone).values, len(self.words))

    def headings(self) -> frozenset[str]:
        """Return the stems of all section headings."""
        runs = self.parts["headings"]
        times = np.bincount(self.stem_of[runs.values], minlength=len(self.stems))
        times -= np.bincount(self.stem_of[_some(runs, self._gone).values], minlength=len(self.stems))
        return frozenset(self.stems[i] for i in np.flatnonzero(times).tolist())

    def columns(self, part: str, documents: Integers, stems: Sequence[str]) -> tuple[Integers, Integers]:
        """Return pairs, place among some documents and place among some stems, of what occurs in one of `PARTS` of these documents."""
        column = np.full(len(self.stems), -1, dtype=np.int64)
        known = [(self.numbers[one], i) for i, one in enumerate(stems) if one in self.numbers]
        column[[number for number, _ in known]] = [i for _, i in known]
        some = _some(self.parts[part], documents)
        columns = column[self.stem_of[some.values]]
        return some.owners()[columns >= 0], columns[columns >= 0]


def _some(runs: Ragged, at: Integers) -> Ragged:
    """Return the runs in some places."""
    firsts, starts = runs.starts[at], edges(runs.starts[at + 1] - runs.starts[at])
    places = np.arange(starts[-1]) + np.repeat(firsts - starts[:-1], np.diff(starts))
    return Ragged(runs.values[places], starts)


class Vocabulary:
    """The words of all documents of an index, case-folded, and their stems; mapped into memory."""

    def __init__(self, segments: Segments) -> None:
        """Open what `count_words` wrote and counted.

        Raises:
            IndexMismatch: a file is missing or damaged.
        """
        sizes = [len(Ragged.load(folder, words_file("text"))) for folder in segments.folders]
        self._layout = segments.one_each(sizes)
        self._segments = [_Counted(folder, gone) for folder, gone in zip(segments.folders, self._layout.gone, strict=True)]

    @property
    def numbers(self) -> list[Mapping[str, int]]:
        """Return for each segment the numbers of the stems that occur in it."""
        return [one.numbers for one in self._segments]

    def stems_in(self, part: str, document: int) -> frozenset[str]:
        """Return the stems in one of `PARTS` of the document at that position."""
        segment, at = self._layout.place(document)
        one = self._segments[segment]
        return frozenset(one.stems[i] for i in one.stem_of[one.parts[part].row(at)].tolist())

    def holding(self, part: str, documents: Sequence[int], stems: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return `(documents, stems)`: which of some different stems stand in one of `PARTS` of the documents at those positions."""
        stored = self._layout.stored(np.asarray(documents, dtype=np.int64))
        held = np.zeros((len(stored), len(stems)), dtype=np.bool_)
        for one, first, last in zip(self._segments, self._layout.firsts.tolist(), self._layout.firsts[1:].tolist(), strict=False):
            own = np.flatnonzero((stored >= first) & (stored < last))
            rows, columns = one.columns(part, stored[own] - first, stems)
            held[own[rows], columns] = True
        return held

    def document_frequency(self, token: str) -> int:
        """Return in how many documents a stem occurs."""
        return self._frequency(token, 0)

    def title_frequency(self, token: str) -> int:
        """Return in how many titles a stem occurs."""
        return self._frequency(token, 1)

    def _frequency(self, token: str, column: int) -> int:
        numbers = ((one, one.numbers.get(token)) for one in self._segments)
        return sum(int(one.frequencies[number, column]) for one, number in numbers if number is not None)

    @cached_property
    def heading_stems(self) -> frozenset[str]:
        """Return the stems of all section headings."""
        return frozenset().union(*(one.headings() for one in self._segments))

    @cached_property
    def word_counts(self) -> dict[str, int]:
        """Return how often each word occurs in all texts; the words are sorted."""
        found: Counter[str] = Counter()
        for one in self._segments:
            found.update({word: n for word, n in zip(one.words, one.totals.tolist(), strict=True) if n})
        return dict(sorted(found.items()))

    @cached_property
    def words(self) -> list[str]:
        """Return all words of texts, sorted."""
        return list(self.word_counts)
