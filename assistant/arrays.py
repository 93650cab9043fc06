"""Arrays and JSON values as files of an index, and back. Knows neither what they hold nor what they are for.

Arrays are mapped into memory and read where they are looked at, so that opening takes the same time however many rows there are.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import IndexMismatch

Integers = npt.NDArray[np.int64]


def write_json(path: Path, value: object) -> None:
    """Write one JSON value, UTF-8."""
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def read_json(path: Path) -> Any:  # noqa: ANN401 -- whatever the file holds
    """Return the JSON value in a file.

    Raises:
        IndexMismatch: it is missing or damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise damaged(path) from error


def damaged(path: Path) -> IndexMismatch:
    """Return the error for an index file that is not what it should be."""
    return IndexMismatch(f"the index file '{path}' is missing or damaged; run 'assistant index --rebuild'")


def load_array(path: Path) -> npt.NDArray[Any]:
    """Return the array in a file, mapped into memory.

    Raises:
        IndexMismatch: it is missing or damaged.
    """
    try:
        array: npt.NDArray[Any] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))  # plain: a memmap is slow to slice
    except (OSError, ValueError, EOFError) as error:
        raise damaged(path) from error
    return array


def release(array: npt.NDArray[Any]) -> None:
    """Let go of the memory that what was looked at of a mapped array takes; it is mapped again where it is looked at again."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


class ArrayFile:
    """An array on its way into a file, rows added at the end; when closed, the file is as `np.save` would write the whole."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")
        self._like: npt.NDArray[Any] | None = None
        self._total = 0

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Write more rows.

        Raises:
            ValueError: they are not of the type and width of the first.
        """
        if self._like is None:
            self._like = rows[:0].copy()
            self._write_header()
        if (rows.dtype, rows.shape[1:]) != (self._like.dtype, self._like.shape[1:]):
            raise ValueError(f"rows of {rows.dtype} {rows.shape[1:]} after rows of {self._like.dtype} {self._like.shape[1:]}")
        np.ascontiguousarray(rows).tofile(self._file)
        self._total += len(rows)

    def close(self) -> None:
        """Say in the header how many rows there are."""
        if self._like is None:
            self._like = np.zeros(0)
        self._file.seek(0)
        self._write_header()
        self._file.close()

    def _write_header(self) -> None:
        if self._like is not None:
            shape = (self._total, *self._like.shape[1:])
            header = {**np.lib.format.header_data_from_array_1_0(self._like), "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(self._file, header)
            self._file.flush()


def edges(lengths: Sequence[int] | Integers) -> Integers:
    """Return `(n + 1)`: where each of n runs begins, and where the last one ends."""
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


@dataclass(frozen=True, slots=True)
class Ragged:
    """Runs of different length along the first axis of one array: run i is `values[starts[i]:starts[i + 1]]`."""

    values: npt.NDArray[Any]
    starts: Integers

    @classmethod
    def of(cls, rows: Sequence[npt.NDArray[Any]]) -> Ragged:
        """Return at least one array, put together along the first axis."""
        return cls(np.concatenate(rows), edges([len(row) for row in rows]))

    def between(self, first: int, last: int) -> Ragged:
        """Return runs `[first, last)`."""
        starts = np.asarray(self.starts[first : last + 1])
        return Ragged(np.asarray(self.values[starts[0] : starts[-1]]), starts - starts[0])

    @classmethod
    def load(cls, folder: Path, name: str) -> Ragged:
        """Return the runs saved as `name`, mapped into memory."""
        return cls(load_array(folder / f"{name}.npy"), load_array(folder / f"{name}-starts.npy"))

    def save(self, folder: Path, name: str) -> None:
        """Write two files."""
        file = RaggedFile(folder, name)
        file.add(self)
        file.close()

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.starts) - 1

    def row(self, i: int) -> npt.NDArray[Any]:
        """Return run i."""
        return self.values[self.starts[i] : self.starts[i + 1]]

    def range(self, i: int) -> range:
        """Return the positions that run i takes."""
        return range(int(self.starts[i]), int(self.starts[i + 1]))

    def owners(self) -> Integers:
        """Return the run that each value belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))


class RaggedFile:
    """Runs on their way into the two files that `Ragged.load` reads."""

    def __init__(self, folder: Path, name: str) -> None:
        self._values, self._starts = ArrayFile(folder / f"{name}.npy"), ArrayFile(folder / f"{name}-starts.npy")
        self._last = np.zeros(1, dtype=np.int64)
        self._starts.add(self._last)

    def add(self, runs: Ragged) -> None:
        """Write more runs."""
        self._values.add(runs.values)
        starts = runs.starts[1:] - runs.starts[0] + self._last
        self._starts.add(starts)
        self._last = starts[-1:] if len(starts) else self._last

    def close(self) -> None:
        """Finish both files."""
        self._values.close()
        self._starts.close()
