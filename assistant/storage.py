"""Documents, chunks and candidates as JSON lines, and back. Knows the shape of the files and nothing of their use."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from assistant.chunking import Candidate, Level
from assistant.errors import IndexMismatch
from assistant.types import Chunk, Document, Place, Section, SectionKind, Span, Unit, UnitKind

T = TypeVar("T")
Row = list[object] | dict[str, object]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write one JSON value a line, UTF-8."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def _read_rows(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def document_row(document: Document) -> Row:
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
    }


def _span_row(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None


def load_documents(path: Path) -> tuple[Document, ...]:
    """Return the documents of an index in order.

    Raises:
        IndexMismatch: the file is missing or damaged.
    """
    return _load(path, _document)


def _document(row: dict[str, Any]) -> Document:
    sections = tuple(
        Section(name, SectionKind(kind), Span(*span), Span(*body) if body else None) for name, kind, span, body in row["sections"]
    )
    units = tuple(
        Unit(Span(*span), UnitKind(kind), section, tuple(path), group, number) for span, kind, section, path, group, number in row["units"]
    )
    codes, places = tuple(row["codes"]), tuple(Place(*place) for place in row["places"])
    return Document(row["id"], codes, Span(*row["title"]), row["text"], row["sha256"], sections, units, row["file"], places, *row["rank"])


def chunk_row(chunk: Chunk) -> Row:
    """Return a chunk as JSON."""
    place = [chunk.span.start, chunk.span.end, *chunk.units]
    return {
        "id": chunk.id,
        "document": chunk.document,
        "codes": list(chunk.codes),
        "section": chunk.section,
        "heading": chunk.heading,
        "at": place,
    }


def load_chunks(path: Path) -> tuple[Chunk, ...]:
    """Return the chunks of an index in the order of their rows.

    Raises:
        IndexMismatch: the file is missing or damaged.
    """
    return _load(path, _chunk)


def _chunk(row: dict[str, Any]) -> Chunk:
    start, end, first, last = row["at"]
    return Chunk(row["id"], row["document"], tuple(row["codes"]), row["section"], row["heading"], Span(start, end), (first, last))


def candidate_row(candidate: Candidate) -> Row:
    """Return a candidate as JSON."""
    return {"document": candidate.document, "level": candidate.level.value, "at": [candidate.section, candidate.first, candidate.last]}


def load_candidates(path: Path) -> tuple[Candidate, ...]:
    """Return the candidates of an index in the order of their rows.

    Raises:
        IndexMismatch: the file is missing or damaged.
    """
    return _load(path, _candidate)


def _candidate(row: dict[str, Any]) -> Candidate:
    return Candidate(row["document"], Level(row["level"]), *row["at"])


def _load(path: Path, make: Callable[[dict[str, Any]], T]) -> tuple[T, ...]:
    try:
        return tuple(make(row) for row in _read_rows(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> IndexMismatch:
    return IndexMismatch(f"the index file '{path}' is missing or damaged; run 'assistant index --rebuild'")
