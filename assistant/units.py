"""Lines of one section -> units: sentences, list items, labelled fields and labels, each with the labels it stands under.

Knows nothing of headings' meaning; nesting comes from indentation, markers and colons alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sentencex import get_sentence_boundaries

from assistant.lines import Line, Shape, is_sentence
from assistant.types import Span, Unit, UnitKind

_EDGE = "*_ \t"
_TOP = -1
"""Indentation of what stands directly under the section heading."""


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

    def read(self, lines: Sequence[Line]) -> list[Unit]:
        i = 0
        while i < len(lines):
            line = lines[i]
            end = i + 1
            if line.shape not in (Shape.LABEL, Shape.RULE) and line.marker != "#":
                while end < len(lines) and self._continues(lines[end - 1], lines[end]):
                    end += 1
            if line.shape is not Shape.RULE:
                self._add(line, Span(line.content.start, lines[end - 1].content.end), lines[end] if end < len(lines) else None)
            i = end
        return self.units

    def _continues(self, before: Line, line: Line) -> bool:
        """Say whether `line` goes on with the sentence that `before` broke off."""
        if line.marker or line.blank_before or line.shape in (Shape.LABEL, Shape.RULE):
            return False
        start, tail = line.content.of(self.text)[0], before.content.of(self.text)
        open_end = not is_sentence(tail) or tail.endswith(",")
        return open_end and (start.islower() or start in "(" or tail.endswith((",", " and", " or", " the", " of", " to")) or len(tail) > 60)

    def _add(self, line: Line, span: Span, following: Line | None) -> None:
        depth = self._depth(line)
        self._close(line, depth)
        if line.is_item and not self.in_list:
            self.list_number += 1
        self.in_list = line.is_item
        name = line.label if line.shape is not Shape.TEXT else None
        introduces = self._introduces(line, span, following)
        if line.marker == "#":
            self._append(span, UnitKind.LABEL, line, None)
            self.stack.append(_Open(depth, span.of(self.text).strip("#*_: "), self.first + len(self.units) - 1))
        elif line.shape is Shape.LABEL or introduces:
            self._append(span, UnitKind.LABEL, line, None)
            short = (line.label or span.of(self.text).rstrip(": ")) if line.shape is Shape.LABEL or line.is_item else None
            self.stack.append(_Open(depth, short, self.first + len(self.units) - 1))
        else:
            self._append_sentences(line, span, name)
            if line.is_item and following is not None and following.is_item and following.indent > line.indent:
                self.stack.append(_Open(depth, line.label or span.of(self.text).rstrip(".: "), self.first + len(self.units) - 1))

    def _introduces(self, line: Line, span: Span, following: Line | None) -> bool:
        """Say whether a text line stands over a list: it ends in a colon."""
        return following is not None and following.is_item and line.shape is Shape.TEXT and span.of(self.text).endswith(":")

    def _depth(self, line: Line) -> tuple[int, int]:
        """Order nesting: marked sub-headings by level, then labels at the margin, then list items by indentation."""
        if line.marker == "#":
            return (0, line.level)
        if not line.is_item:
            return (1, line.indent if line.shape is Shape.LABEL else 0)
        return (2, line.indent)

    def _close(self, line: Line, depth: tuple[int, int]) -> None:
        """Drop the labels that do not reach this line."""
        plain = not line.is_item and line.shape is Shape.TEXT and line.marker != "#"
        while self.stack:
            top = self.stack[-1].depth
            if plain:
                if top[0] == 2 or (top[0] == 1 and self.in_list):
                    self.stack.pop()
                    continue
                return
            if top < depth:
                return
            self.stack.pop()

    def _path(self, own: str | None = None) -> tuple[str, ...]:
        names = [opened.name for opened in self.stack if opened.name]
        return (self.heading, *names, *([own] if own and own != self.heading else []))

    def _append(self, span: Span, kind: UnitKind, line: Line, own: str | None) -> None:
        group = self.stack[-1].unit if self.stack else None
        number = self.list_number if line.is_item else -1
        self.units.append(Unit(span, kind, self.section, self._path(own), group, number))

    def _append_sentences(self, line: Line, span: Span, name: str | None) -> None:
        kind = UnitKind.FIELD if name else UnitKind.ITEM if line.is_item else UnitKind.SENTENCE
        for sentence in sentences(self.text, span):
            self._append(sentence, kind, line, name.strip(_EDGE) if name else None)
