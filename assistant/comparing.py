"""Codes -> a table of their sections side by side, every cell a slice. Aligns headings; refuses to judge what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.index import Index
from assistant.quoting import quote_span, sections_about
from assistant.shapes import normal_name
from assistant.types import Document, Quote, Role, Section, SectionKind

SAME_HEADING = 0.7
"""Headings this similar by the encoder head the same row; equal words do in any case."""


@dataclass(frozen=True, slots=True)
class Row:
    """One section of several documents; a cell is None where a document has no such section."""

    heading: str
    cells: tuple[Quote | None, ...]


def compare_documents(index: Index, sides: Sequence[tuple[str, Document]], section: Section | None = None) -> list[Row]:
    """Return a row for each section that the first document has about its code, or for `section` alone, then for what only others have."""
    rows: list[Row] = []
    documents = [document for _, document in sides]
    about = [sections_about(document, code) for code, document in sides]
    taken = [set(range(len(document.sections))) - set(own) for document, own in zip(documents, about, strict=True)]
    for owner, document in enumerate(documents):
        for number, own in enumerate(document.sections):
            if own.kind is SectionKind.FURNITURE or own.body is None or number in taken[owner] or (section and own is not section):
                continue
            matches = [number if other == owner else _match(index, own, documents[other], taken[other]) for other in range(len(documents))]
            for other, match in enumerate(matches):
                if match is not None:
                    taken[other].add(match)
            rows.append(Row(own.heading, tuple(_cell(documents[other], match) for other, match in enumerate(matches))))
    return rows


def _match(index: Index, section: Section, document: Document, taken: set[int]) -> int | None:
    """Return the section of `document` under the same heading in the same or in like words."""
    free = [i for i, s in enumerate(document.sections) if s.kind is section.kind and s.body is not None and i not in taken]
    equal = [i for i in free if normal_name(document.sections[i].heading) == normal_name(section.heading)]
    if equal or not free:
        return equal[0] if equal else None
    likeness = index.encoder.encode([document.sections[i].heading for i in free]) @ index.encoder.encode([section.heading])[0]
    best = int(likeness.argmax())
    return free[best] if float(likeness[best]) >= SAME_HEADING else None


def _cell(document: Document, section: int | None) -> Quote | None:
    if section is None:
        return None
    body = document.sections[section].body
    return quote_span(document, body, section, (document.sections[section].heading,), Role.ANSWER) if body else None
