"""Text -> lines with their shape: list item, labelled line, table row, code, markup. Knows no heading and no section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from assistant.tables import has_pipe, inside, is_frame, is_row
from assistant.types import Span

BULLETS = "•‣◦▪●○∙·–*+-"
_BULLET = re.compile(rf"[{re.escape(BULLETS)}](?=\s)\s+(?=\S)|[•‣◦▪●○∙](?=\S)")
_NUMBER = re.compile(r"(?:\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_INLINE_BULLET = re.compile(r"\s+[•‣▪●]\s+(?=\S)")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_CLOSING_HASHES = re.compile(r"\s+#+\Z")
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)\Z")
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
    FRAME is a rule between them or the fence of CODE, and is never quoted.
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


def split_lines(text: str, hidden: Sequence[Span] = ()) -> list[Line]:
    """Return the non-blank lines of `text` in order. Lines that begin in one of the `hidden` spans are left out, as if blank."""
    lines: list[Line] = []
    blank = True
    spans = iter(hidden)
    veil = next(spans, None)
    for match in re.finditer(r"[^\r\n\x0b\x0c\u2028\u2029]*(?:\r\n|[\r\n\x0b\x0c\u2028\u2029]|\Z)", text):
        raw = match.group().rstrip()
        while veil and veil.end <= match.start():
            veil = next(spans, None)
        if not raw.strip() or (veil and veil.start <= match.start()):
            if match.end() > match.start() and lines and not blank:
                lines[-1] = replace(lines[-1], blank_after=True)
            blank = blank or bool(match.group())
            continue
        lines.extend(_read_line(text, match.start(), raw, blank))
        blank = False
    if lines:
        lines[-1] = replace(lines[-1], blank_after=True)
    return _with_tables(text, _with_code(text, lines))


def _with_code(text: str, lines: list[Line]) -> list[Line]:
    """Return `lines` with what stands between two fences as CODE and the fences as FRAME; a fence that is never closed is text."""
    fences = [i for i, line in enumerate(lines) if line.span.of(text).startswith(("```", "~~~"))]
    found = list(lines)
    after, open_ended = 0, {"`": len(text), "~": len(text)}
    for n, i in enumerate(fences):
        opening = _FENCE.match(lines[i].span.of(text))
        if i < after or not opening or len(opening["mark"]) >= open_ended[opening["mark"][0]]:
            continue
        closing = next((j for j in fences[n + 1 :] if _closes(lines[j].span.of(text), opening["mark"])), None)
        if closing is None:
            open_ended[opening["mark"][0]] = len(opening["mark"])
            continue
        for j in range(i, closing + 1):
            span, shape = lines[j].span, Shape.FRAME if j in (i, closing) else Shape.CODE
            found[j] = replace(lines[j], content=span, marker="", level=0, shape=shape, label="")
        after = closing + 1
    return found


def _closes(line: str, mark: str) -> bool:
    return len(line) >= len(mark) and not line.strip(mark[0])


def _with_tables(text: str, lines: list[Line]) -> list[Line]:
    """Return `lines` with the rows of tables as such: lines fenced by pipes, and lines with pipes right under a rule between columns."""
    found = list(lines)
    i = 0
    while i < len(lines):
        end = _table_end(text, lines, i)
        if not all(is_frame(line.span.of(text)) for line in lines[i:end]):
            found[i:end] = _table(text, lines[i:end])
        i = max(end, i + 1)
    return found


def _table_end(text: str, lines: Sequence[Line], first: int) -> int:
    """Return the position after the last line of the table, or of the mere rules, that begin at `first`; `first` where none do."""
    if lines[first].shape is Shape.CODE or lines[first].marker:
        return first
    fenced = is_row(lines[first].span.of(text)) or is_frame(lines[first].span.of(text))
    ruled = first + 1 < len(lines) and not lines[first + 1].blank_before and is_frame(lines[first + 1].span.of(text))
    if not fenced and not (ruled and has_pipe(lines[first].span.of(text))):
        return first
    end = first + 1
    while end < len(lines) and not lines[end].blank_before and lines[end].shape is not Shape.CODE and not lines[end].marker:
        line = lines[end].span.of(text)
        if not (is_row(line) or is_frame(line) or (ruled and has_pipe(line))):
            break
        end += 1
    return end


def _table(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return the lines of one table: the row that a rule stands under is the header, the other rules are frames."""
    frames = [is_frame(line.span.of(text)) for line in lines]
    top = frames.index(False)
    header = top if top + 1 < len(lines) and frames[top + 1] and not all(frames[top + 1 :]) else -1
    found = []
    for i, line in enumerate(lines):
        left, right = inside(line.span.of(text))
        content = line.span if frames[i] else Span(line.span.start + left, line.span.start + right)
        shape = Shape.FRAME if frames[i] else Shape.HEADER if i == header else Shape.ROW
        found.append(replace(line, content=content, shape=shape, label=""))
    return found


def _read_line(text: str, offset: int, raw: str, blank: bool) -> list[Line]:
    stripped = raw.lstrip()
    start, end = offset + len(raw) - len(stripped), offset + len(raw)
    indent = len(raw[: len(raw) - len(stripped)].expandtabs(4))
    rule = _LEADING_RULE.match(stripped)
    if rule and not is_frame(stripped):
        mark = Span(start, start + len(rule.group().rstrip()))
        rest = text[start + rule.end() : end]
        first = Line(mark, mark, indent, "", 0, Shape.RULE, "", blank, False)
        return [first, _shape(text, start + rule.end(), end, indent, False, rest)]
    pieces = [(0, len(stripped))] if is_row(stripped) else _inline_bullets(stripped)
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
    if marker == "#":
        end -= len(found.group()) if (found := _CLOSING_HASHES.search(raw[skip:])) else 0
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
