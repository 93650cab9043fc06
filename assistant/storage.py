"""Documents, chunks and candidates as files of an index, and back, each parsed when it is first looked at. Knows no use of them."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar, overload

import numpy as np

from assistant.arrays import damaged, edges, load_array, read_json, write_json
from assistant.chunking import Candidate, Level, chunk_id
from assistant.recent import keep
from assistant.segments import Runs, Segments
from assistant.types import Chunk, Document, Place, Section, SectionKind, Span, Unit, UnitKind

T = TypeVar("T")
LEVELS = tuple(Level)
REMEMBERED = 4096
"""Documents kept parsed."""


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


class _Lines:
    """The documents that are stored in one segment."""

    LINES, STARTS, DIRECTORY = "documents.jsonl", "documents-starts.npy", "directory.json"
    COLUMNS = ("ids", "files", "codes", "ranks")

    def __init__(self, folder: Path) -> None:
        """Map the files of `folder`.

        Raises:
            IndexMismatch: one is missing or damaged.
        """
        self.path = folder / self.LINES
        directory = read_json(folder / self.DIRECTORY)
        self._starts = load_array(folder / self.STARTS)
        try:
            self.ids, self.files, codes, ranks = (directory[name] for name in self.COLUMNS)
            self.codes, self.ranks = list(map(tuple, codes)), list(map(tuple, ranks))
            if not len(self.ids) == len(self.files) == len(self.codes) == len(self.ranks) == len(self._starts) - 1:
                raise ValueError("they are not as many")
            with self.path.open("rb") as file:
                self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(self.path) from error

    def line(self, i: int) -> bytes:
        """Return the line of document i."""
        return self._lines[int(self._starts[i]) : int(self._starts[i + 1])]


class Documents(Sequence[Document]):
    """The documents of an index in order, each parsed when it is first looked at; the last ones are kept.

    `layout` has one row for each.
    """

    LINES, STARTS, DIRECTORY = _Lines.LINES, _Lines.STARTS, _Lines.DIRECTORY

    def __init__(self, segments: Segments) -> None:
        """Map the files of the segments.

        Raises:
            IndexMismatch: one is missing or damaged.
        """
        self._lines = [_Lines(folder) for folder in segments.folders]
        self.layout = segments.one_each([len(lines.ids) for lines in self._lines])
        order = segments.order.tolist()
        self.ids: tuple[str, ...] = _in_order([lines.ids for lines in self._lines], order)
        self.files: tuple[str, ...] = _in_order([lines.files for lines in self._lines], order)
        self.codes: tuple[tuple[str, ...], ...] = _in_order([lines.codes for lines in self._lines], order)
        self.ranks: tuple[tuple[int, str], ...] = _in_order([lines.ranks for lines in self._lines], order)
        self._parsed: dict[int, Document] = {}

    def entry(self, i: int) -> Entry:
        """Return document i as it is stored."""
        segment, at = self.layout.place(i)
        return Entry(self._lines[segment].line(at), self.ids[i], self.files[i], self.codes[i], self.ranks[i])

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
        found = self._parsed.get(i)
        return self._parse(range(len(self))[i]) if found is None else found

    def _parse(self, i: int) -> Document:
        try:
            found = parse_line(self.entry(i).line)
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(self._lines[self.layout.place(i)[0]].path) from error
        return keep(self._parsed, i, found, REMEMBERED)

    @cached_property
    def position(self) -> dict[str, int]:
        """Return the place of each id."""
        return {name: i for i, name in enumerate(self.ids)}


def _in_order(columns: Sequence[Sequence[T]], order: Sequence[int]) -> tuple[T, ...]:
    """Return what columns, one after the other, hold at some places."""
    whole = [*chain.from_iterable(columns)]
    return tuple([whole[i] for i in order])


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
        columns = {name: [row[i] for row in self._directory] for i, name in enumerate(_Lines.COLUMNS)}
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

    def __init__(self, rows: Runs, documents: Documents) -> None:
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
