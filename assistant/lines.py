"""Text -> lines with their shape: list item, labelled line, markup. Looks at one line at a time; knows no heading and no section."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from assistant.types import Span

BULLETS = "•‣◦▪●○∙·–*+-"
_BULLET = re.compile(rf"[{re.escape(BULLETS)}](?=\s)\s+(?=\S)|[•‣◦▪●○∙](?=\S)")
_NUMBER = re.compile(r"(?:\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_INLINE_BULLET = re.compile(r"\s+[•‣▪●]\s+(?=\S)")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_RULE = re.compile(r"(?:-{3,}|={3,}|_{3,}|\*{3,})\s*$")
_LEADING_RULE = re.compile(r"(?:-{3,}|_{3,}|\*{3,})\s+(?=\S)")
_LABEL = re.compile(r"(?P<label>[*_]{0,2}[^\W\d_][^:.!?\n]{0,79}?)(?:\([^()\n]{1,20}\))?[*_]{0,2}:[*_]{0,2}(?P<gap>\s+|$)")
_EMPHASIS = "*_ \t"
LABEL_WORDS = 7
"""A label has at most so many words; a longer line that ends in a colon introduces a list and is quoted with it."""


class Shape(Enum):
    """What one line looks like on its own."""

    TEXT = "text"
    LABEL = "label"
    FIELD = "field"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or one bullet of a line that joins several.

    `span` runs from the line's first to its last visible character, `content` leaves the bullet, number or `#` out. `indent` counts
    columns. `marker` is "-" for a bullet, "1" for a number, "#" for a heading mark with `level`, "" for none. `label` is the text
    before a colon where the shape is LABEL or FIELD.
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

    @property
    def is_item(self) -> bool:
        """Say whether the line opens a list item."""
        return self.marker in ("-", "1")


def split_lines(text: str) -> list[Line]:
    """Return the non-blank lines of `text` in order."""
    lines: list[Line] = []
    blank = True
    for match in re.finditer(r"[^\r\n\x0b\x0c\u2028\u2029]*(?:\r\n|[\r\n\x0b\x0c\u2028\u2029]|\Z)", text):
        raw = match.group().rstrip()
        if not raw.strip():
            if match.end() > match.start() and lines and not blank:
                lines[-1] = replace(lines[-1], blank_after=True)
            blank = blank or bool(match.group())
            continue
        lines.extend(_read_line(text, match.start(), raw, blank))
        blank = False
    if lines:
        lines[-1] = replace(lines[-1], blank_after=True)
    return lines


def _read_line(text: str, offset: int, raw: str, blank: bool) -> list[Line]:
    stripped = raw.lstrip()
    start, end = offset + len(raw) - len(stripped), offset + len(raw)
    indent = len(raw[: len(raw) - len(stripped)].expandtabs(4))
    rule = _LEADING_RULE.match(stripped)
    if rule:
        mark = Span(start, start + len(rule.group().rstrip()))
        rest = text[start + rule.end() : end]
        first = Line(mark, mark, indent, "", 0, Shape.RULE, "", blank, False)
        return [first, _shape(text, start + rule.end(), end, indent, False, rest)]
    pieces = _inline_bullets(stripped)
    return [
        _shape(text, start + a, start + b, indent if n == 0 else indent + 1, blank and n == 0, stripped[a:b])
        for n, (a, b) in enumerate(pieces)
    ]


def _inline_bullets(stripped: str) -> list[tuple[int, int]]:
    """Return the ranges of the bullets that one line joins; the whole line where it joins none."""
    marks = [m.start() + len(m.group()) - len(m.group().lstrip()) for m in _INLINE_BULLET.finditer(stripped)]
    if len(marks) + (stripped[0] in "•‣▪●") < 2:
        return [(0, len(stripped))]
    edges = [0, *marks, len(stripped)]
    return [(a, a + len(stripped[a:b].rstrip())) for a, b in zip(edges, edges[1:], strict=False)]


def _shape(text: str, start: int, end: int, indent: int, blank: bool, raw: str) -> Line:
    span = Span(start, end)
    if _RULE.match(raw):
        return Line(span, span, indent, "", 0, Shape.RULE, "", blank, False)
    marker, level, skip = "", 0, 0
    for name, pattern in (("#", _HASHES), ("-", _BULLET), ("1", _NUMBER)):
        found = pattern.match(raw)
        if found:
            marker, skip = name, found.end()
            level = len(found.group(1)) if name == "#" else 0
            break
    content = Span(start + skip, end)
    shape, label = _label(content.of(text))
    return Line(span, content, indent, marker, level, shape, label, blank, False)


def _label(content: str) -> tuple[Shape, str]:
    found = _LABEL.match(content)
    if not found:
        return Shape.TEXT, ""
    whole = content[: found.end()].rstrip().rstrip(_EMPHASIS).rstrip(":")
    label = whole.strip(_EMPHASIS)
    if not label or len(label.split()) > LABEL_WORDS or "://" in content[: found.end() + 2]:
        return Shape.TEXT, ""
    return (Shape.LABEL if found.end() == len(content) else Shape.FIELD), label


def is_sentence(content: str) -> bool:
    """Say whether a line ends as prose does; an ellipsis marks a cut title, not a sentence."""
    bare = content.rstrip("*_)\"'’” ")
    return bare.endswith((".", "!", "?", ";", ",")) and not bare.endswith("...")
