"""One line of text -> what it looks like on its own: list item, labelled line, rule, and which lines break off at the width of a page.

Knows no heading, no section and no table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.cells import is_frame, is_row
from assistant.labels import is_sentence, labelled
from assistant.types import Span

BULLETS = "•‣◦▪●○∙·–*+-⁃➢➤►▶■□❖✓✔◆◇\uf0b7\uf0a7\uf0d8\uf0fc\uf076"
_BULLET = re.compile(rf"[{re.escape(BULLETS)}](?=\s)\s+(?=\S)|[•‣◦▪●○∙](?=\S)")
_LETTER_BULLET = re.compile(r"o\s+(?=\S)")
"""What word processors leave of a hollow bullet; only of a line that is set in, as "o" is a word in other languages."""
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{2,5})(?:\.?\)|\.)\s+(?=\S)")
_INLINE_BULLET = re.compile(r"\s+[•‣▪●]\s+(?=\S)")
_HASHES = re.compile(r"(#{1,6}|={2,6}(?=\s+[^=]+\s={2,6}\Z))\s+(?=\S)")
_CLOSING_HASHES = re.compile(r"\s+[#=]+\Z")
_RULE = re.compile(r"(?:-{3,}|={3,}|_{3,}|\*{3,}|-{2,}(?:\s+-{2,})+|={2,}(?:\s+={2,})+)\s*$")
_LEADING_RULE = re.compile(r"(?:-{3,}|_{3,}|\*{3,})\s+(?=\S)")
_APART = re.compile(r"\S+(?: \S+)*")
_QUOTED = re.compile(r">(?:\s*>)*\s+(?=\S)")
SHORTEST_WRAPPED = 40
"""A line that was cut by width has more characters."""
SLACK = 8
"""A line that sticks out of the width by more characters was not cut at it."""
KEEP_TO_WIDTH = 0.9
"""This part of the lines of a document that is cut by width keep to it."""
BREAKS_OFF = (",", " and", " or", " the", " of", " to")
"""A line that ends so goes on in the next one."""


class Shape(Enum):
    """What one line looks like on its own."""

    TEXT = "text"
    LABEL = "label"
    FIELD = "field"
    RULE = "rule"
    HEADER = "header"
    ROW = "row"
    CODE = "code"
    FRAME = "frame"


FURNISHED = frozenset({Shape.RULE, Shape.HEADER, Shape.ROW, Shape.CODE, Shape.FRAME})
"""Shapes of lines that never head anything: rules, what stands in a table or in fenced code, and what frames the two."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or one bullet of a line that joins several.

    `span` runs from the line's first to its last visible character, `content` leaves the bullet, number or `#` out. `indent` counts
    columns. `marker` is "-" for a bullet, "1" for a number, "#" for a heading mark with `level`, "" for none. `label` is the text
    before a colon where the shape is LABEL or FIELD. HEADER and ROW are lines of a table, with the outer pipes left out of `content`;
    FRAME is a rule between them or the fence of CODE, and is never quoted. `bold` says that the file shows the line so, as a whole.
    """

    span: Span
    content: Span
    indent: int
    marker: str
    level: int
    shape: Shape
    label: str
    blank_before: bool
    blank_after: bool
    bold: bool = False

    @property
    def is_item(self) -> bool:
        """Say whether the line opens a list item."""
        return self.marker in ("-", "1")


def line_width(lines: Sequence[Line]) -> int:
    """Return the width that nearly all lines of text in a document keep to: where lines are cut by width, that width."""
    lengths = sorted(line.indent + line.span.end - line.span.start for line in lines if line.shape not in FURNISHED)
    return lengths[int(len(lengths) * KEEP_TO_WIDTH)] if lengths else 0


def is_wrapped(text: str, before: Line, line: Line, width: int) -> bool:
    """Say whether the first word of a line had no room at the end of the line above, in a document whose lines are cut at one width."""
    used = before.indent + before.span.end - before.span.start
    first = line.span.of(text).split(None, 1)[0]
    return used > SHORTEST_WRAPPED and used + 1 + len(first) > width >= used - SLACK


def is_definition(line: Line, text: str) -> bool:
    """Say whether a line is an item of a definition list."""
    return line.is_item and text[line.span.start] == ":"


def indent_of(raw: str) -> int:
    """Return how many columns a line is set in by."""
    return len(raw[: len(raw) - len(raw.lstrip())].expandtabs(4))


def read_line(text: str, offset: int, raw: str, blank: bool) -> list[Line]:
    """Return what stands in a line: one `Line`, or several where bullets, labelled values or a rule stand beside one another.

    `raw` is the line without white space at its end, `offset` where it begins in `text`; `blank` says that the line above is blank.
    """
    stripped = raw.lstrip()
    start, end = offset + len(raw) - len(stripped), offset + len(raw)
    indent = indent_of(raw)
    rule = _LEADING_RULE.match(stripped)
    if rule and not is_frame(stripped) and not _RULE.match(stripped):
        mark = Span(start, start + len(rule.group().rstrip()))
        return [Line(mark, mark, indent, "", 0, Shape.RULE, "", blank, False), line_between(text, Span(start + rule.end(), end), indent)]
    fields = _fields_beside(stripped) if ":" in stripped and ("\t" in stripped or "  " in stripped) else []
    parts = [(0, len(stripped))] if is_row(stripped) else fields or _inline_bullets(stripped)
    inner = indent if fields or stripped[0] in BULLETS else indent + 1
    spans = [Span(start + a, start + b) for a, b in parts]
    return [line_between(text, spans[0], indent, blank), *(line_between(text, span, inner) for span in spans[1:])]


def _fields_beside(stripped: str) -> list[tuple[int, int]]:
    """Return the ranges of the labelled values that tabs or wide gaps set apart on one line; nothing where they are not several."""
    found: list[tuple[int, int]] = []
    for piece in _APART.finditer(stripped):
        labelled = shape_of(piece.group())[1] != ""
        if not found and not labelled:
            return []
        if labelled and (not found or shape_of(stripped[found[-1][0] : found[-1][1]])[0] is Shape.FIELD):
            found.append(piece.span())
        else:
            found[-1] = (found[-1][0], piece.end())
    several = len(found) > 1 and not any(is_sentence(stripped[a:b]) for a, b in found[:-1])
    return found if several and all(shape_of(stripped[a:b])[0] is Shape.FIELD for a, b in found) else []


def _inline_bullets(stripped: str) -> list[tuple[int, int]]:
    """Return the ranges of the bullets that one line joins; the whole line where it joins none."""
    marks = [m.start() + len(m.group()) - len(m.group().lstrip()) for m in _INLINE_BULLET.finditer(stripped)]
    if len(marks) + (stripped[0] in "•‣▪●") < 2:
        return [(0, len(stripped))]
    edges = [0, *marks, len(stripped)]
    return [(a, a + len(stripped[a:b].rstrip())) for a, b in zip(edges, edges[1:], strict=False)]


def line_between(text: str, span: Span, indent: int, blank: bool = False) -> Line:
    """Return what stands in a span of one line, read by itself."""
    raw = span.of(text)
    if _RULE.match(raw):
        return Line(span, span, indent, "", 0, Shape.RULE, "", blank, False)
    quoted = _QUOTED.match(raw)
    marker, level, skip, end = "", 0, quoted.end() if quoted else 0, span.end
    for name, pattern in (("#", _HASHES), ("-", _BULLET), ("-", _LETTER_BULLET), ("1", _NUMBER)):
        found = pattern.match(raw)
        if found and (indent or pattern is not _LETTER_BULLET):
            marker, skip = name, found.end()
            level = len(found.group(1)) if name == "#" else 0
            break
    if marker == "#":
        end -= len(found.group()) if (found := _CLOSING_HASHES.search(raw[skip:])) else 0
    content = Span(span.start + skip, end)
    shape, label = shape_of(content.of(text))
    return Line(span, content, indent, marker, level, shape, label, blank, False)


def bold_line(text: str, span: Span, blank: bool) -> Line:
    """Return a line that is bold as a whole, whatever it begins with."""
    shape, label = shape_of(span.of(text))
    return Line(span, span, 0, "", 0, shape, label, blank, False, bold=True)


def shape_of(content: str) -> tuple[Shape, str]:
    """Return whether words are a label, a label with its text or neither, and the label."""
    label, start = labelled(content)
    return (Shape.TEXT if not label else Shape.FIELD if start < len(content) else Shape.LABEL), label
