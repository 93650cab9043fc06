"""Lines of one section -> units: sentences, list items, table rows, labelled fields and labels, each with the labels it stands under.

Knows nothing of headings' meaning; nesting comes from indentation, markers and colons alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sentencex import get_sentence_boundaries

from assistant.lines import FURNISHED, LABEL_WORDS, Line, Shape, is_question, is_sentence
from assistant.tables import cells_in, header_name
from assistant.types import Span, Unit, UnitKind

_EDGE = "*_ \t"
_TABULAR = (Shape.HEADER, Shape.ROW, Shape.FRAME)
_NOWHERE = 1_000_000
"""Indentation that no line has: nothing is set in below a table."""
_TABLE = (3, 0)
"""Depth of a table's header: below every label, list item and sub-heading."""


@dataclass(slots=True)
class _Open:
    """A label that still collects the lines under it. `depth` orders nesting; `unit` is the position of the label's unit."""

    depth: tuple[int, int]
    name: str | None
    unit: int


def sentences(text: str, span: Span) -> list[Span]:
    """Return the sentences of `span` in order, white space at their edges left out."""
    raw = span.of(text)
    found: list[Span] = []
    for edge in get_sentence_boundaries("en", raw):
        start, end = edge["start_index"], edge["end_index"]
        piece = raw[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            found.append(Span(span.start + left, span.start + right))
    return _rejoin(text, found) or [span]


_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|incl|max|min|no|Dr|Mr|Ms|Mrs|St|Inc|Ltd|fig|[A-Z])\.|\([^()]*)$")


def _rejoin(text: str, found: list[Span]) -> list[Span]:
    """Join what was split inside parentheses or after an abbreviation that a lower-case word or digit follows."""
    joined: list[Span] = []
    for span in found:
        if joined:
            before = joined[-1].of(text)
            follows = span.of(text)[0]
            if before.count("(") > before.count(")") or (_ABBREVIATED.search(before) and not follows.isupper()):
                joined[-1] = Span(joined[-1].start, span.end)
                continue
        joined.append(span)
    return joined


def _opens_table(line: Line) -> bool:
    """Say whether a line of a table is the first of another one."""
    return line.blank_before or line.shape is Shape.HEADER


def _holds_value(header: Sequence[str]) -> bool:
    """Say whether the first of two-celled rows, which Markdown makes a header, is a field like the others: "Code | K0001"."""
    return len(header) == 2 and len(header[1].split()) == 1 and any(c.isdigit() for c in header[1])


def _row_labels(found: Sequence[Sequence[str]]) -> list[str]:
    """Return the first cells of rows of two where each is a short name of its own; [] where they are not."""
    names = [row[0].strip(_EDGE).rstrip(": ") for row in found]
    labels = all(name and any(c.isalpha() for c in name) and len(name.split()) <= LABEL_WORDS and not is_sentence(name) for name in names)
    distinct = len({name.casefold() for name in names}) == len(names)
    return names if labels and distinct and all(len(row) == 2 for row in found) else []


def units_of_section(text: str, lines: Sequence[Line], section: int, heading: str, first: int, lists: int) -> list[Unit]:
    """Return the units of the `lines` under one heading, in order.

    `first` is the position that the first unit will have in `Document.units`; `lists` is the number of the first list.
    """
    return _Reader(text, section, heading, first, lists).read(lines)


class _Reader:
    """Walks down the lines of one section with a stack of open labels."""

    def __init__(self, text: str, section: int, heading: str, first: int, lists: int) -> None:
        self.text, self.section, self.heading, self.first = text, section, heading, first
        self.units: list[Unit] = []
        self.stack: list[_Open] = []
        self.list_number = lists - 1
        self.in_list = False
        self.item_indent = 0

    def read(self, lines: Sequence[Line]) -> list[Unit]:
        i = 0
        while i < len(lines):
            line = lines[i]
            end = i + 1
            if line.shape in _TABULAR:
                end = next((j for j in range(i + 1, len(lines)) if lines[j].shape not in _TABULAR or _opens_table(lines[j])), len(lines))
                self._add_table(lines[i:end])
                i = end
                continue
            if line.shape is not Shape.LABEL and line.shape not in FURNISHED and line.marker != "#":
                while end < len(lines) and self._continues(lines[end - 1], lines[end]):
                    end += 1
            if line.shape not in (Shape.RULE, Shape.FRAME):
                self._add(line, Span(line.content.start, lines[end - 1].content.end), lines[end] if end < len(lines) else None)
            i = end
        return self.units

    def _continues(self, before: Line, line: Line) -> bool:
        """Say whether `line` goes on with the sentence that `before` broke off."""
        if line.marker or line.blank_before or line.shape is Shape.LABEL or line.shape in FURNISHED:
            return False
        start, tail = line.content.of(self.text)[0], before.content.of(self.text)
        if line.shape is Shape.FIELD and start.isupper():
            return False
        open_end = not is_sentence(tail) or tail.endswith(",")
        return open_end and (start.islower() or start in "(" or tail.endswith((",", " and", " or", " the", " of", " to")) or len(tail) > 60)

    def _add(self, line: Line, span: Span, following: Line | None) -> None:
        depth = self._depth(line)
        inside = self._inside_item(line)
        if not inside:
            self._close(line, depth)
        if line.is_item and not self.in_list:
            self.list_number += 1
        self.in_list = line.is_item or inside
        self.item_indent = line.indent if line.is_item else self.item_indent
        name = line.label if line.shape is not Shape.TEXT else None
        introduces = self._introduces(line, span, following)
        nests = line.is_item and following is not None and following.is_item and following.indent > line.indent
        if line.marker == "#":
            self._append(span, UnitKind.LABEL, line, None)
            self.stack.append(_Open(depth, span.of(self.text).strip("#*_: "), self.first + len(self.units) - 1))
        elif following is not None and self._is_bold(line):
            self._append(span, UnitKind.LABEL, line, None)
            self.stack.append(_Open(depth, span.of(self.text).strip(_EDGE), self.first + len(self.units) - 1))
        elif line.shape is Shape.LABEL or introduces or (nests and line.shape is Shape.TEXT and not is_sentence(span.of(self.text))):
            self._append(span, UnitKind.LABEL, line, None)
            short = (line.label or span.of(self.text).rstrip(": ")) if line.shape is Shape.LABEL or line.is_item else None
            self.stack.append(_Open(depth, short, self.first + len(self.units) - 1))
        else:
            self._append_sentences(line, span, name, line.is_item or inside)
            if nests:
                self.stack.append(_Open(depth, line.label or span.of(self.text).rstrip(".: "), self.first + len(self.units) - 1))

    def _inside_item(self, line: Line) -> bool:
        """Say whether a text line is set in below the list item above it, and so is part of that item."""
        return self.in_list and line.shape is Shape.TEXT and not line.marker and line.indent >= self.item_indent + 2

    def _introduces(self, line: Line, span: Span, following: Line | None) -> bool:
        """Say whether a text line stands over a list or a table: it ends in a colon."""
        listed = following is not None and (following.is_item or following.shape in _TABULAR)
        return listed and line.shape is Shape.TEXT and span.of(self.text).endswith(":")

    def _is_bold(self, line: Line) -> bool:
        """Say whether a short line is bold as a whole, as a heading inside a section is."""
        content = line.content.of(self.text)
        bold = len(content) > 4 and content.startswith(("**", "__")) and content.endswith(content[:2]) and content[:2] not in content[2:-2]
        heads = is_question(content) or (len(content.split()) <= LABEL_WORDS and not is_sentence(content))
        return bold and not line.is_item and line.shape is Shape.TEXT and heads

    def _add_table(self, lines: Sequence[Line]) -> None:
        """Add the rows of one table as one list under its header; the first cell of two names its row where all such cells are labels."""
        table = Span(lines[0].span.start, lines[-1].span.end)
        filled = [line for line in lines if line.shape is not Shape.FRAME and any(c.isalnum() for c in line.content.of(self.text))]
        cells = [cells_in(self.text, line.content, table) for line in filled]
        header = next((n for n, line in enumerate(filled) if line.shape is Shape.HEADER and not _holds_value(cells[n])), None)
        self._close(lines[0], _TABLE)
        self.list_number += 1
        self.in_list = True
        rows = [line for n, line in enumerate(filled) if n != header]
        names = _row_labels([row for n, row in enumerate(cells) if n != header])
        if header is not None:
            self._append(filled[header].content, UnitKind.LABEL, filled[header], None)
            name = None if names else header_name(filled[header].content.of(self.text), cells[header])
            self.stack.append(_Open(_TABLE, name, self.first + len(self.units) - 1))
        for n, line in enumerate(rows):
            self._append(line.content, UnitKind.FIELD if names else UnitKind.ITEM, line, names[n] if names else None)
        self.item_indent = _NOWHERE

    def _depth(self, line: Line) -> tuple[int, int]:
        """Order nesting: marked sub-headings by level, then labels at the margin, then list items by indentation."""
        if line.marker == "#":
            return (0, line.level)
        if not line.is_item:
            return (1, line.indent if line.shape is Shape.LABEL else 0)
        return (2, line.indent)

    def _close(self, line: Line, depth: tuple[int, int]) -> None:
        """Drop the labels that do not reach this line."""
        plain = not line.is_item and line.shape in (Shape.TEXT, Shape.CODE) and line.marker != "#"
        while self.stack:
            top = self.stack[-1].depth
            if line.shape is Shape.FIELD and not line.is_item and top[0] == 1 and self._is_below(self.stack[-1]):
                return
            if plain:
                if top[0] >= 2 or (top[0] == 1 and self.in_list):
                    self.stack.pop()
                    continue
                return
            if top < depth:
                return
            self.stack.pop()

    def _is_below(self, label: _Open) -> bool:
        """Say whether nothing but fields has come between a label and the next line."""
        last = self.units[-1]
        return label.unit == self.first + len(self.units) - 1 or (
            last.kind is UnitKind.FIELD and last.list_number < 0 and last.group == label.unit
        )

    def _path(self, own: str | None = None) -> tuple[str, ...]:
        names = [opened.name for opened in self.stack if opened.name]
        return (self.heading, *names, *([own] if own and own != self.heading else []))

    def _append(self, span: Span, kind: UnitKind, line: Line, own: str | None, listed: bool = False) -> None:
        group = self.stack[-1].unit if self.stack else None
        number = self.list_number if listed or line.is_item or line.shape in _TABULAR else -1
        self.units.append(Unit(span, kind, self.section, self._path(own), group, number))

    def _append_sentences(self, line: Line, span: Span, name: str | None, listed: bool) -> None:
        kind = UnitKind.FIELD if name else UnitKind.ITEM if listed else UnitKind.SENTENCE
        for sentence in [span] if line.shape is Shape.CODE else sentences(self.text, span):
            self._append(sentence, kind, line, name.strip(_EDGE) if name else None, listed)
