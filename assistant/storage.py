"""What an index holds, as files, and back: documents as JSON lines, everything countable as NumPy arrays. Knows no use of them.

Files are mapped into memory and read where they are looked at, so that opening takes the same time however many documents there are.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np
import numpy.typing as npt

from assistant.chunking import Candidate, Level, chunk_id
from assistant.errors import IndexMismatch
from assistant.recent import keep
from assistant.types import Chunk, Document, Place, Section, SectionKind, Span, Unit, UnitKind

T = TypeVar("T")
Integers = npt.NDArray[np.int64]
LEVELS = tuple(Level)
REMEMBERED = 4096
"""Documents kept parsed."""


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


def document_row(document: Document) -> dict[str, object]:
    """Return a document as JSON."""
    return {
        "id": document.id,
        "codes": list(document.codes),
        "title": _span_row(document.title),
        "text": document.text,
        "sha256": document.sha256,
        "sections": [[s.heading, s.kind.value, _span_row(s.span), _span_row(s.body)] for s in document.sections],
        "units": [[_span_row(u.span), u.kind.value, u.section, list(u.path), u.group, u.list_number] for u in document.units],
        "file": document.file,
        "places": [[place.start, place.kind, place.number] for place in document.places],
        "rank": [document.authority, document.dated],
        "descriptor": _span_row(document.descriptor),
    }


def _span_row(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None


def parse_line(line: bytes) -> Document:
    """Return the document in the line of an entry.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    row = json.loads(line)
    sections = tuple(
        Section(name, SectionKind(kind), Span(*span), Span(*body) if body else None) for name, kind, span, body in row["sections"]
    )
    units = tuple(
        Unit(Span(*span), UnitKind(kind), section, tuple(path), group, number) for span, kind, section, path, group, number in row["units"]
    )
    codes, places = tuple(row["codes"]), tuple(Place(*place) for place in row["places"])
    descriptor = Span(*row["descriptor"]) if row["descriptor"] else None
    rank, dated = row["rank"]
    title = Span(*row["title"])
    return Document(row["id"], codes, title, row["text"], row["sha256"], sections, units, row["file"], places, rank, dated, descriptor)


class Entry(NamedTuple):
    """A document as it is stored: its line of JSON, and what is looked up without parsing it. `rank` is its authority and date."""

    line: bytes
    id: str
    file: str
    codes: tuple[str, ...]
    rank: tuple[int, str]

    @classmethod
    def of(cls, document: Document) -> Entry:
        """Return the entry of a document."""
        line = (json.dumps(document_row(document), ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8")
        return cls(line, document.id, document.file, document.codes, (document.authority, document.dated))


class Documents(Sequence[Document]):
    """The documents of an index in order, each parsed when it is first looked at; the last ones are kept."""

    LINES, STARTS, DIRECTORY = "documents.jsonl", "documents-starts.npy", "directory.json"

    def __init__(self, folder: Path) -> None:
        """Map the files of `folder`.

        Raises:
            IndexMismatch: one is missing or damaged.
        """
        self._path = folder / self.LINES
        directory = read_json(folder / self.DIRECTORY)
        self._starts = load_array(folder / self.STARTS)
        try:
            self.ids: tuple[str, ...] = tuple(directory["ids"])
            self.files: tuple[str, ...] = tuple(directory["files"])
            self.codes: tuple[tuple[str, ...], ...] = tuple(map(tuple, directory["codes"]))
            self.ranks: tuple[tuple[int, str], ...] = tuple(map(tuple, directory["ranks"]))
            with self._path.open("rb") as file:
                self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(self._path) from error
        self._parsed: dict[int, Document] = {}

    def entry(self, i: int) -> Entry:
        """Return document i as it is stored."""
        line = self._lines[int(self._starts[i]) : int(self._starts[i + 1])]
        return Entry(line, self.ids[i], self.files[i], self.codes[i], self.ranks[i])

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.ids)

    @overload
    def __getitem__(self, i: int) -> Document: ...

    @overload
    def __getitem__(self, i: slice) -> Sequence[Document]: ...

    def __getitem__(self, i: int | slice) -> Document | Sequence[Document]:
        """Return one document, or some.

        Raises:
            IndexMismatch: its line is damaged.
        """
        if isinstance(i, slice):
            return [self[n] for n in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        i %= len(self)
        found = self._parsed.get(i)
        if found is None:
            try:
                found = parse_line(self.entry(i).line)
            except (ValueError, KeyError, TypeError) as error:
                raise damaged(self._path) from error
            keep(self._parsed, i, found, REMEMBERED)
        return found

    @cached_property
    def position(self) -> dict[str, int]:
        """Return the place of each id."""
        return {name: i for i, name in enumerate(self.ids)}


class DocumentsFile:
    """Documents on their way into the files that `Documents` reads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines = (folder / Documents.LINES).open("wb")
        self._lengths: list[int] = []
        self._directory: list[tuple[str, str, tuple[str, ...], tuple[int, str]]] = []

    def add(self, entry: Entry) -> None:
        """Write one more document, with what is looked up without parsing it."""
        self._lengths.append(self._lines.write(entry.line))
        self._directory.append((entry.id, entry.file, entry.codes, entry.rank))

    def close(self) -> None:
        """Finish all files."""
        self._lines.close()
        np.save(self._folder / Documents.STARTS, edges(self._lengths), allow_pickle=False)
        columns = {name: [row[i] for row in self._directory] for i, name in enumerate(("ids", "files", "codes", "ranks"))}
        write_json(self._folder / Documents.DIRECTORY, columns)


class ById(Mapping[str, Document]):
    """Documents by id."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def __getitem__(self, name: str) -> Document:
        """Return the document of that id."""
        return self._documents[self._documents.position[name]]

    def __iter__(self) -> Iterator[str]:
        """Return the ids in order."""
        return iter(self._documents.ids)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._documents)

    def __contains__(self, name: object) -> bool:
        """Say whether there is a document of that id, without parsing it."""
        return name in self._documents.position


class Rows(Sequence[T]):
    """Chunks or candidates of an index, in order of document, each made from its row when it is looked at."""

    def __init__(self, rows: Ragged, documents: Documents) -> None:
        self.rows, self._documents = rows, documents

    def _make(self, document: int, row: Sequence[int]) -> T:
        raise NotImplementedError

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows.values)

    def owners(self, rows: Sequence[int]) -> list[int]:
        """Return the position of the document that each of some rows belongs to."""
        found: list[int] = (np.searchsorted(self.rows.starts, rows, side="right") - 1).tolist()
        return found

    def of(self, name: str) -> range:
        """Return the rows of the document of that id; none where there is none."""
        position = self._documents.position.get(name)
        return range(0) if position is None else self.rows.range(position)

    @overload
    def __getitem__(self, i: int) -> T: ...

    @overload
    def __getitem__(self, i: slice) -> Sequence[T]: ...

    def __getitem__(self, i: int | slice) -> T | Sequence[T]:
        """Return one, or some."""
        if isinstance(i, slice):
            return [self[n] for n in range(*i.indices(len(self)))]
        if not 0 <= i < len(self):
            raise IndexError(i)
        return self._make(self.owners([i])[0], self.rows.values[i].tolist())

    def all_of(self, name: str) -> list[T]:
        """Return those of the document of that id, in order."""
        rows, position = self.of(name), self._documents.position.get(name, 0)
        return [self._make(position, row) for row in self.rows.values[rows.start : rows.stop].tolist()]


class Chunks(Rows[Chunk]):
    """Rows of section, start, end, first unit and last unit."""

    COLUMNS = 5

    @staticmethod
    def row(chunk: Chunk) -> list[int]:
        """Return the row of a chunk."""
        return [chunk.section, chunk.span.start, chunk.span.end, *chunk.units]

    def _make(self, document: int, row: Sequence[int]) -> Chunk:
        owner = self._documents[document]
        section, start, end, first, last = row
        span = Span(start, end)
        return Chunk(chunk_id(owner.id, span), owner.id, owner.codes, section, owner.sections[section].heading, span, (first, last))


class Candidates(Rows[Candidate]):
    """Rows of level, section, first unit and last unit."""

    COLUMNS = 4

    @staticmethod
    def row(candidate: Candidate) -> list[int]:
        """Return the row of a candidate."""
        return [LEVELS.index(candidate.level), candidate.section, candidate.first, candidate.last]

    def _make(self, document: int, row: Sequence[int]) -> Candidate:
        level, section, first, last = row
        return Candidate(self._documents.ids[document], LEVELS[level], section, first, last)
