"""Segments of an index -> one index. Knows where documents and their rows stand; knows neither what they hold nor what they are for.

Most documents of an index stand in a base, a folder that is written once. Those that came or changed since stand in a second folder of the
same kind, the changes, which every update writes anew, until they are so many that all are written as a new base. A document is never
changed where it stands: `order.npy` names the documents that there are, in order of the corpus, each by its number among all that are
stored, those of the base first. What it does not name is gone.

Whoever looks something up sees documents and their rows (passages, candidates) numbered in order of the corpus, as if all had just been
written. `Layout` translates these numbers into those of stored rows and back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.arrays import Integers, Ragged, damaged, edges, load_array, release

BASE, CHANGES, ORDER = "base", "changes", "order.npy"
Array = npt.NDArray[Any]


class Layout:
    """Rows of documents in order of the corpus <-> the same rows as they are stored, those of all segments counted one after the other."""

    def __init__(self, order: Integers, starts: Sequence[Integers]) -> None:
        """Hold the stored documents that there are, and for each segment where the rows of its documents begin and the last ones end."""
        lengths = np.concatenate([np.diff(one) for one in starts])
        self.firsts = edges([int(one[-1]) for one in starts])
        """Where the rows of each segment begin among all that are stored, and where those of the last one end."""
        self._firsts: list[int] = self.firsts.tolist()
        self._stored = edges(lengths)
        """The same for each stored document."""
        self._positions = np.full(len(lengths), -1, dtype=np.int64)
        self._positions[order] = np.arange(len(order))
        """The place of each stored document in the corpus, -1 of one that is gone."""
        self._lengths, self._stands = lengths[order], self._stored[order]
        """For each document of the corpus how many rows it has, and where they begin among all that are stored."""
        self.starts = edges(self._lengths)
        """Where the rows of each document of the corpus begin, and where those of the last one end."""
        self.is_stored = len(starts) == 1 and np.array_equal(order, np.arange(len(lengths)))
        """Whether all rows stand, in one segment, where they are numbered."""

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int(self.starts[-1])

    @cached_property
    def gone(self) -> list[Integers]:
        """Return, for each segment, the rows in it of documents that are gone, in order."""
        rows = np.flatnonzero(np.repeat(self._positions < 0, np.diff(self._stored)))
        return [some - first for some, first in zip(np.split(rows, np.searchsorted(rows, self.firsts[1:-1])), self.firsts, strict=False)]

    def stored(self, rows: Integers | np.int64) -> Integers:
        """Return where some rows stand."""
        owners = np.searchsorted(self.starts, rows, side="right") - 1
        found: Integers = rows - self.starts[owners] + self._stands[owners]
        return found

    def place(self, row: int) -> tuple[int, int]:
        """Return the segment that a row stands in, and its place there."""
        stored = int(self.stored(np.int64(row)))
        segment = bisect_right(self._firsts, stored) - 1
        return segment, stored - self._firsts[segment]

    def numbered(self, stored: Integers) -> Integers:
        """Return the rows that stand in some places, -1 where their document is gone."""
        owners = np.searchsorted(self._stored, stored, side="right") - 1
        places = self._positions[owners]
        return np.where(places < 0, -1, stored - self._stored[owners] + self.starts[places])

    def runs(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """Yield segment, begin and end in it of the stored rows that rows `[first, last)` are, in order, as few as may be."""
        if first >= last:
            return
        owner, beyond = int(np.searchsorted(self.starts, first, side="right")) - 1, int(np.searchsorted(self.starts, last, side="left"))
        if beyond == owner + 1:  # of one document, as most are
            segment, begin = self.place(first)
            yield segment, begin, begin + last - first
            return
        begins = self._stands[owner:beyond].copy()
        ends = begins + self._lengths[owner:beyond]
        begins[0] += first - self.starts[owner]
        ends[-1] -= self.starts[beyond] - last
        held = np.flatnonzero(ends > begins)
        begins, ends = begins[held], ends[held]
        segments = np.searchsorted(self.firsts, begins, side="right") - 1
        cuts = np.flatnonzero((begins[1:] != ends[:-1]) | (segments[1:] != segments[:-1])) + 1
        for i, j in zip([0, *cuts.tolist()], [*cuts.tolist(), len(begins)], strict=True):
            before = self.firsts[segments[i]]
            yield int(segments[i]), int(begins[i] - before), int(ends[j - 1] - before)


class Joined:
    """An array `(rows, …)` that stands in several segments, in order of the corpus; rows become a plain array where they are looked at."""

    def __init__(self, arrays: Sequence[Array], layout: Layout) -> None:
        self._arrays, self.layout = arrays, layout
        self.dtype, self.shape = arrays[0].dtype, (len(layout), *arrays[0].shape[1:])

    @classmethod
    def whole(cls, array: Array) -> Joined:
        """Return an array that stands in one segment, in order."""
        return cls([array], Layout(np.arange(len(array)), [np.arange(len(array) + 1)]))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int(self.shape[0])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:  # noqa: ANN401 -- as NumPy has it
        """Return all rows."""
        return self[:].astype(dtype or self.dtype, copy=bool(copy))

    def __getitem__(self, rows: int | slice | Sequence[int] | Integers) -> Array:
        """Return some rows: those of a slice, which has no step, without copying them where they stand together."""
        if self.layout.is_stored:
            return self._arrays[0][rows]
        if isinstance(rows, slice):
            first, last, _ = rows.indices(len(self))
            parts = [self._arrays[i][begin:end] for i, begin, end in self.layout.runs(first, last)]
            return parts[0] if len(parts) == 1 else np.concatenate([self._arrays[0][:0], *parts])
        stored = self.layout.stored(np.asarray(rows, dtype=np.int64))
        found = np.empty((*stored.shape, *self.shape[1:]), dtype=self.dtype)
        for first, array in zip(self.layout.firsts.tolist(), self._arrays, strict=False):
            own = (stored >= first) & (stored < first + len(array))
            found[own] = array[stored[own] - first]
        return found

    def release(self) -> None:
        """Let go of the memory that rows which were looked at take."""
        for array in self._arrays:
            release(array)

    def products(self, vectors: Array) -> Array:
        """Return `(vectors, rows)`: the inner product of each of some vectors with every row."""
        found = [vectors @ array.T for array in self._arrays]
        parts = [found[i][:, begin:end] for i, begin, end in self.layout.runs(0, len(self))]
        return parts[0] if len(parts) == 1 else np.concatenate([found[0][:, :0], *parts], axis=1)


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of rows, one for each document, or for each passage, in order of the corpus; run i is `values[starts[i]:starts[i + 1]]`."""

    values: Joined
    layout: Layout

    @classmethod
    def of(cls, segments: Sequence[Ragged], order: Integers) -> Runs:
        """Return the runs of stored documents or passages from those of each segment; `order` names them in order of the corpus."""
        layout = Layout(order, [one.starts for one in segments])
        return cls(Joined([one.values for one in segments], layout), layout)

    @property
    def starts(self) -> Integers:
        """Return `(runs + 1)`: where each run begins, and where the last one ends."""
        return self.layout.starts

    def between(self, first: int, last: int) -> Ragged:
        """Return runs `[first, last)`."""
        starts = self.starts[first : last + 1]
        return Ragged(self.values[int(starts[0]) : int(starts[-1])], starts - starts[0])

    def range(self, i: int) -> range:
        """Return the positions that run i takes."""
        return range(int(self.starts[i]), int(self.starts[i + 1]))


@dataclass(frozen=True, slots=True)
class Segments:
    """The folders of an index's segments, and the stored documents that there are, in order of the corpus."""

    folders: tuple[Path, ...]
    order: Integers

    @classmethod
    def open(cls, data: Path) -> Segments:
        """Return those of a folder of data.

        Raises:
            IndexMismatch: it says not which documents there are.
        """
        return cls((data / BASE, *(path for path in [data / CHANGES] if path.is_dir())), load_array(data / ORDER))

    def one_each(self, sizes: Sequence[int]) -> Layout:
        """Return the layout of arrays that hold a row for each document; `sizes` says how many documents each segment holds.

        Raises:
            IndexMismatch: documents are named that are not there.
        """
        if len(self.order) and not 0 <= int(self.order.min()) <= int(self.order.max()) < sum(sizes):
            raise damaged(self.folders[0].parent / ORDER)
        return Layout(self.order, [np.arange(n + 1) for n in sizes])

    def rows(self, name: str, layout: Layout) -> Joined:
        """Return the array that is saved as `name` in each segment, mapped into memory.

        Raises:
            IndexMismatch: one is missing or damaged.
        """
        arrays = [load_array(folder / name) for folder in self.folders]
        if [len(array) for array in arrays] != np.diff(layout.firsts).tolist():
            raise damaged(self.folders[0] / name)
        return Joined(arrays, layout)

    def runs(self, name: str) -> Runs:
        """Return the runs that are saved as `name` in each segment, one for each document, mapped into memory.

        Raises:
            IndexMismatch: one is missing or damaged.
        """
        return Runs.of([Ragged.load(folder, name) for folder in self.folders], self.order)
