"""Text -> lines with their shape: list item, labelled line, table row, code, markup. Knows no heading and no section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from assistant.numbering import Ordinal, counted_rows, ordinals_of
from assistant.tables import (
    FEWEST_COLUMNS,
    TAB,
    cell_texts,
    cells_in,
    has_pipe,
    inside,
    is_frame,
    is_row,
    leader_cells,
    merged,
    names_columns,
    pieces,
)
from assistant.types import Span

BULLETS = "•‣◦▪●○∙·–*+-"
_BULLET = re.compile(rf"[{re.escape(BULLETS)}](?=\s)\s+(?=\S)|[•‣◦▪●○∙](?=\S)")
_LETTER_BULLET = re.compile(r"o\s+(?=\S)")
"""What word processors leave of a hollow bullet; only of a line that is set in, as "o" is a word in other languages."""
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{2,5})(?:\.?\)|\.)\s+(?=\S)")
_CAPITALS = frozenset("(ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LETTERED = frozenset((" A.", " A)", " A.)"))
_INLINE_BULLET = re.compile(r"\s+[•‣▪●]\s+(?=\S)")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_CLOSING_HASHES = re.compile(r"\s+#+\Z")
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)\Z")
_RULE = re.compile(r"(?:-{3,}|={3,}|_{3,}|\*{3,}|-{2,}(?:\s+-{2,})+|={2,}(?:\s+={2,})+)\s*$")
_LEADING_RULE = re.compile(r"(?:-{3,}|_{3,}|\*{3,})\s+(?=\S)")
_LABEL = re.compile(r"(?P<label>[*_]{0,2}[^\W\d_][^:.!?\n]{0,79}?)(?:\([^()\n]{1,20}\))?[*_]{0,2}:[*_]{0,2}(?P<gap>\s+|$)")
_RUN_IN = (
    re.compile(r"(?P<mark>[*_]{1,3})(?=\S)(?P<label>[^*_.!?:\n]{1,79})(?:\.(?P=mark)|(?P=mark)\.)\s+(?=\S)"),
    re.compile(r"(?P<mark>[*_]{1,3})(?=\S)(?P<label>[^*_.!?:\n]{1,79})(?P=mark)\s+[–—-]{1,2}\s+(?=\S)"),
    re.compile(r"(?P<label>(?=[^.]*[A-Z]{4})[A-Z][A-Z0-9 ,/&'’-]{2,79}(?:\([^()\n]{1,40}\))?)\.\s+(?=[\"“(]?[A-Z0-9][^.]*[a-z])"),
)
"""What runs into its text without a colon: "**Limits.** Two a year.", "**Nurse** – near by", "LIMITS. Two a year."."""
_RUN_IN_TITLE = re.compile(r"(?P<label>[A-Z](?:[^\s.!?:;]*\s+){0,7}[^\s.!?:;]*)\.(?:\s+(?=[\"“(]?[A-Z0-9])|\Z)")
_APART = re.compile(r"\S+(?: \S+)*")
_BRACKETED = re.compile(r"\([^()]*\)")
_ASKED, _ANSWERED = (
    re.compile(rf"(?P<mark>[*_]{{0,2}}){word}\s?\d{{0,3}}[:.)][*_]{{0,2}}\s+(?=\S)") for word in ("Q(?:uestion)?", "A(?:nswer)?")
)
_DEFINITION = re.compile(r":\s+(?=\S)")
_QUOTED = re.compile(r">(?:\s*>)*\s+(?=\S)")
_INNER_END = re.compile(r"[.!?](?=\s|\Z)")
_EMPHASIS = "*_ \t"
LABEL_WORDS = 7
"""A label has at most so many words outside brackets; a longer line that ends in a colon introduces a list and names nothing."""
RUN_IN_WORDS = 10
"""A label that emphasis or capitals set off has at most so many words."""
FEWEST_ROWS = 3
"""Lines in columns are a table when there are so many of them, or one less with a rule or tabs between the cells."""
ALIGNED = 0.8
"""This part of the cells of a second and last column begin at one place, or end at one, or what looks like a column is chance."""

WIDEST, FEWEST_SET_IN = 1000, 8
"""A margin has at most so many columns, and so many lines at least that keep to it."""
SHORTEST_WRAPPED = 40
"""A line that was cut by width has more characters."""
SLACK = 8
"""A line that sticks out of the width by more characters was not cut at it."""
KEEP_TO_WIDTH = 0.9
"""This part of the lines of a document that is cut by width keep to it."""
BREAKS_OFF = (",", " and", " or", " the", " of", " to")
"""A line that ends so goes on in the next one."""
MOST_TRIED = 50
"""Of lines in columns that are no table, so many at the end are looked at again for one that begins there."""


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
    """Return the non-blank lines of `text` in order. Lines that begin in one of the `hidden` spans are left out, as if blank.

    What all are set in by is the margin of the page and no indent.
    """
    lines: list[Line] = []
    blank, margin = True, WIDEST
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
        margin = min(margin, _indent(raw))
        blank = False
    if margin and len(lines) >= FEWEST_SET_IN:
        lines = [replace(line, indent=max(line.indent - margin, 0)) for line in lines]
    if lines:
        lines[-1] = replace(lines[-1], blank_after=True)
    return _with_tables(
        text,
        _with_code(
            text,
            _with_definitions(
                text, _with_answers(text, _with_titles(text, _with_wrapped_numbers(text, _aligned(_with_letters(text, lines)))))
            ),
        ),
    )


def line_width(lines: Sequence[Line]) -> int:
    """Return the width that nearly all lines of text in a document keep to: where lines are cut by width, that width."""
    lengths = sorted(line.indent + line.span.end - line.span.start for line in lines if line.shape not in FURNISHED)
    return lengths[int(len(lengths) * KEEP_TO_WIDTH)] if lengths else 0


def is_wrapped(text: str, before: Line, line: Line, width: int) -> bool:
    """Say whether the first word of a line had no room at the end of the line above, in a document whose lines are cut at one width."""
    used = before.indent + before.span.end - before.span.start
    first = line.span.of(text).split(None, 1)[0]
    return used > SHORTEST_WRAPPED and used + 1 + len(first) > width >= used - SLACK


def _with_letters(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with those that capital letters count from A on, with no blank line between them, as items."""
    found = list(lines)
    row: list[tuple[int, Ordinal]] = []
    for i, line in enumerate(lines):
        first = line.span.of(text)[0]
        counted = ordinals_of(line.span.of(text)) if first in _CAPITALS and not line.marker else ()
        own = next((ordinal for ordinal in counted if ordinal.scheme in _LETTERED), None)
        if not line.blank_before and row and own and own.is_next(row[-1][1]):
            row.append((i, own))
            for j, ordinal in row if len(row) == 2 else row[-1:]:
                content = Span(lines[j].span.start + ordinal.length, lines[j].span.end)
                shape, label = _label(content.of(text))
                found[j] = replace(lines[j], content=content, marker="1", shape=shape, label=label)
        elif line.blank_before or not first.islower():
            row = [(i, own)] if own and own.numbers == (1,) else []
    return found


def _aligned(lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with items set in alike whose numbers, short and long, end in one column."""
    found, column, indent = list(lines), -1, 0
    for i, line in enumerate(lines):
        if line.marker == "1":
            above, column = column, line.indent + line.content.start - line.span.start
            indent = indent if column == above else line.indent
            found[i] = replace(line, indent=indent)
    return found


def _with_wrapped_numbers(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return `lines` without the marks of those that begin with a number only because the sentence above was cut before it."""
    found, width, listed = list(lines), line_width(lines), _listed(text, lines)
    for i, line in enumerate(lines):
        if line.marker != "1" or line.shape is not Shape.TEXT or line.blank_before or i in listed or i == 0:
            continue
        before = found[i - 1]
        inside = not before.marker or (before.is_item and line.indent > before.indent)
        tail = before.content.of(text)
        is_open = before.shape in (Shape.TEXT, Shape.FIELD) and not is_sentence(tail) and not tail.endswith(":")
        if inside and (tail.endswith(BREAKS_OFF) or (is_open and is_wrapped(text, before, line, width))):
            found[i] = replace(line, content=line.span, marker="")
    return found


def _with_titles(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with paragraphs that count on from 1 as fields where a title opens nearly all, as in "1. Fares. Two coins."."""
    counted = [i for i, line in enumerate(lines) if line.marker == "1" and line.indent == 0 and line.blank_before]
    row = next(iter(counted_rows((i, own) for i in counted for own in ordinals_of(lines[i].span.of(text)))), [])
    titled = {i: title for i in row if (title := _RUN_IN_TITLE.match(lines[i].content.of(text)))}
    from_one = row and any(own.numbers == (1,) for own in ordinals_of(lines[row[0]].span.of(text)))
    bare = {i for i, title in titled.items() if title.end() == len(title.string)}
    if not from_one or len(titled) - len(bare) < max(FEWEST_ROWS, len(bare) + 1) or len(titled) < KEEP_TO_WIDTH * len(row):
        return list(lines)
    found = list(lines)
    for i, title in titled.items():
        content = lines[i].content if i in bare else Span(lines[i].content.start + title.end(), lines[i].content.end)
        found[i] = replace(lines[i], content=content, marker="", shape=Shape.LABEL if i in bare else Shape.FIELD, label=title["label"])
    return found


def _listed(text: str, lines: Sequence[Line]) -> set[int]:
    """Return the lines that begin with the first number of a list, or with one that counts on from another line, or to one."""
    found: set[int] = set()
    last: dict[tuple[int, str], tuple[int, Ordinal]] = {}
    for i, line in enumerate(lines):
        for own in ordinals_of(line.span.of(text).upper()) if line.marker == "1" else ():
            above = last.get((line.indent, own.scheme))
            last[line.indent, own.scheme] = i, own
            if own.numbers == (1,):
                found.add(i)
            if above and own.is_next(above[1]):
                found.update((above[0], i))
    return found


def _with_answers(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with questions that "Q:" opens, and answers right below that "A:" opens, without those marks."""
    found, asked = list(lines), False
    for i, line in enumerate(lines):
        words = line.content.of(text)
        may_be = line.marker in ("", "#") and line.shape not in FURNISHED
        mark = (_ASKED.match(words) or (asked and _ANSWERED.match(words))) if may_be else None
        rest = words[mark.end() :] if mark else ""
        asked = is_question(rest)
        if mark and (asked or mark.re is _ANSWERED):
            start, emphasis = line.content.start + mark.end(), mark["mark"]
            rest = rest.removesuffix(emphasis) if emphasis and rest.count(emphasis) % 2 else rest
            if asked:
                found[i] = replace(line, content=Span(start, start + len(rest)), shape=Shape.TEXT, label="")
                continue
            own = _shape(text, start, start + len(rest), line.indent + start - line.content.start, False, rest)
            found[i] = replace(line, content=own.content, shape=own.shape, label=own.label)
            if own.is_item:
                found[i] = replace(found[i], marker=own.marker, indent=own.indent)
    return found


def _with_definitions(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with the terms of definition lists as labels, and the lines below that open with a colon as items."""
    found: list[Line] = []
    for line in lines:
        mark = _DEFINITION.match(line.span.of(text))
        above = found[-1] if found else None
        if mark and above and not line.blank_before and (is_definition(above, text) or _may_be_term(above, text)):
            if not above.is_item:
                found[-1] = replace(above, shape=Shape.LABEL, label=above.content.of(text).strip(_EMPHASIS))
            content = Span(line.span.start + mark.end(), line.span.end)
            shape, label = _label(content.of(text))
            line = replace(line, content=content, marker="-", shape=shape, label=label)
        found.append(line)
    return found


def is_definition(line: Line, text: str) -> bool:
    """Say whether a line is an item of a definition list."""
    return line.is_item and text[line.span.start] == ":"


def _may_be_term(line: Line, text: str) -> bool:
    words = line.content.of(text)
    return line.shape is Shape.TEXT and not line.marker and len(words.split()) <= LABEL_WORDS and not is_sentence(words)


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
    """Return `lines` with the rows of tables as such.

    They are lines fenced by pipes, lines with pipes right under a rule between columns, and lines that tabs or blanks set in columns.
    """
    found: list[Line] = []
    i = untried = 0
    while i < len(lines):
        end = _table_end(text, lines, i)
        if end > i and not all(is_frame(line.span.of(text)) for line in lines[i:end]):
            found.extend(_table(text, lines[i:end]))
        elif end == i and (end := _piped_end(text, lines, i)) > i:
            found.extend(_piped(text, lines[i:end]))
        elif end == i and (end := _leaders_end(text, lines, i)) > i:
            found.extend(replace(line, content=line.span, shape=Shape.ROW, label="") for line in lines[i:end])
        elif end == i and i >= untried:
            stop, is_table = _columns_end(text, lines, i)
            end, untried = (stop, i) if is_table else (i, stop - MOST_TRIED)
            found.extend(_columned(text, lines[i:end]) if is_table else lines[i : i + 1])
        else:
            found.extend(lines[i : max(end, i + 1)])
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


def _piped_end(text: str, lines: Sequence[Line], first: int) -> int:
    """Return the position after the lines with equally many pipes that begin at `first`; `first` where they are few, or mostly fields."""
    many = _pipes(text, lines[first])
    end = first
    while end < len(lines) and many and _pipes(text, lines[end]) == many and (end == first or not lines[end].blank_before):
        end += 1
    fields = sum(line.shape is Shape.FIELD for line in lines[first:end])
    return end if end - first >= FEWEST_ROWS and 2 * fields <= end - first else first


def _pipes(text: str, line: Line) -> int:
    """Return how many pipes with blanks on both sides stand in a line that may be a row."""
    return line.span.of(text).count(" | ") if _may_be_row(line) else 0


def _piped(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a table that has nothing but pipes between its cells."""
    headed = names_columns([cell_texts(line.span.of(text)) for line in lines])
    shapes = [Shape.HEADER if headed and i == 0 else Shape.ROW for i in range(len(lines))]
    return [replace(line, content=line.span, shape=shape, label="") for line, shape in zip(lines, shapes, strict=True)]


def _leaders_end(text: str, lines: Sequence[Line], first: int) -> int:
    """Return the position after the rows in which dots lead to the second cell that begin at `first`; `first` where no two do."""
    end = first
    while end < len(lines) and _may_be_row(lines[end]) and leader_cells(lines[end].span.of(text)):
        end += 1
        if end < len(lines) and lines[end].blank_before:
            break
    return end if end - first > 1 else first


def _columns_end(text: str, lines: Sequence[Line], first: int) -> tuple[int, bool]:
    """Return the position after the lines in columns that begin at `first`, and whether they are a table without pipes."""
    if lines[first].shape is Shape.RULE and lines[first].blank_before and first + 1 < len(lines) and not lines[first + 1].blank_before:
        return _columns_end(text, lines, first + 1)
    tabbed, is_table = _tabs_end(text, lines, first)
    if is_table:
        return tabbed, True
    end, is_table = _blanks_end(text, lines, first)
    return (end if is_table else max(tabbed, end)), is_table


def _tabs_end(text: str, lines: Sequence[Line], first: int) -> tuple[int, bool]:
    """Return the position after the lines with tabs that begin at `first`, and whether tabs stand between cells of at least two rows."""
    counts: list[int] = []
    labels = 0
    for i in range(first, len(lines)):
        line = lines[i]
        tabs = _whole(text, line).count("\t")
        if not tabs or (counts and line.blank_before) or not _may_be_row(line) or (counts and tabs > counts[0]):
            break
        if "\t" not in line.span.of(text) and (not counts or tabs < counts[0]):
            break
        counts.append(tabs)
        labels += line.label != "" and line.shape is Shape.FIELD
    return first + len(counts), len(counts) > 1 and labels <= len(counts) / 2


def _blanks_end(text: str, lines: Sequence[Line], first: int) -> tuple[int, bool]:
    """Return the position after the lines in columns with blanks between them that begin at `first`, and whether they are a table."""
    columns: list[tuple[int, int]] = []
    rows: list[list[tuple[int, int]]] = []
    end, ruled, labels = first, False, 0
    while end < len(lines) and (end == first or not lines[end].blank_before):
        line = lines[end]
        if line.shape is Shape.RULE and rows:
            ruled = ruled or len(rows) == 1
            end += 1
            continue
        own = pieces(_whole(text, line)) if _may_be_row(line) else []
        joined = merged([*columns, *own])
        if len(own) > 1:
            rows.append(own)
            labels += line.shape is Shape.FIELD
        elif not own or not columns or not _goes_on_in_cell(own[0], columns):
            break
        if len(joined) < 2 or len({_column_of(piece, joined) for piece in own}) < min(len(own), 2):
            rows = rows[:-1] if len(own) > 1 else rows
            break
        columns = joined
        end += 1
    enough = len(rows) >= FEWEST_ROWS - ruled and labels <= len(rows) / 2
    return end, enough and (len(columns) >= FEWEST_COLUMNS or _is_second_column(rows, columns))


def _whole(text: str, line: Line) -> str:
    """Return a line with the blanks before it and the tabs after it."""
    start = line.span.start
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    end = line.span.end
    while end < len(text) and text[end] in " \t":
        end += 1
    return text[start:end].rstrip(" ")


def _may_be_row(line: Line) -> bool:
    return not line.marker and line.shape in (Shape.TEXT, Shape.FIELD, Shape.LABEL)


def _goes_on_in_cell(piece: tuple[int, int], columns: Sequence[tuple[int, int]]) -> bool:
    """Say whether the only words of a line stand below a column other than the first, and so go on with a cell of the line above."""
    return any(piece[0] == left and piece[1] <= right + TAB for left, right in columns[1:])


def _column_of(piece: tuple[int, int], columns: Sequence[tuple[int, int]]) -> int:
    return next(n for n, (left, right) in enumerate(columns) if left <= piece[0] < right)


def _is_second_column(rows: Sequence[Sequence[tuple[int, int]]], columns: Sequence[tuple[int, int]]) -> bool:
    """Say whether the second and last pieces of rows begin or end at one place, as chance does not make them."""
    seconds = [next((piece for piece in row if _column_of(piece, columns) == 1), row[-1]) for row in rows]
    gaps = {row[0][1] for row in rows}
    aligned = max(max(Counter(edge).values()) for edge in zip(*seconds, strict=True))
    return len(gaps) > 1 and aligned >= ALIGNED * len(rows)


def _columned(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return the lines of one table without pipes, those that go on with cells of the row above as part of it."""
    rows: list[Line] = []
    tabbed = all("\t" in _whole(text, line) for line in lines if line.shape is not Shape.RULE)
    for line in lines:
        if line.shape is Shape.RULE:
            rows.append(replace(line, shape=Shape.FRAME))
        elif not tabbed and rows and len(pieces(_whole(text, line))) == 1 and rows[-1].shape is Shape.ROW:
            span = Span(rows[-1].span.start, line.span.end)
            rows[-1] = replace(rows[-1], span=span, content=span, blank_after=line.blank_after)
        else:
            rows.append(replace(line, content=line.span, shape=Shape.ROW, label=""))
    filled = [n for n, row in enumerate(rows) if row.shape is Shape.ROW]
    table = Span(rows[0].span.start, rows[-1].span.end)
    ruled = len(filled) > 1 and filled[0] + 1 < filled[1] and sum(row.shape is Shape.FRAME for row in rows[filled[0] : filled[-1]]) == 1
    if ruled or names_columns([cells_in(text, rows[n].span, table) for n in filled]):
        rows[filled[0]] = replace(rows[filled[0]], shape=Shape.HEADER)
    return rows


def _indent(raw: str) -> int:
    return len(raw[: len(raw) - len(raw.lstrip())].expandtabs(4))


def _read_line(text: str, offset: int, raw: str, blank: bool) -> list[Line]:
    stripped = raw.lstrip()
    start, end = offset + len(raw) - len(stripped), offset + len(raw)
    indent = _indent(raw)
    rule = _LEADING_RULE.match(stripped)
    if rule and not is_frame(stripped) and not _RULE.match(stripped):
        mark = Span(start, start + len(rule.group().rstrip()))
        rest = text[start + rule.end() : end]
        first = Line(mark, mark, indent, "", 0, Shape.RULE, "", blank, False)
        return [first, _shape(text, start + rule.end(), end, indent, False, rest)]
    fields = _fields_beside(stripped) if ":" in stripped and ("\t" in stripped or "  " in stripped) else []
    parts = [(0, len(stripped))] if is_row(stripped) else fields or _inline_bullets(stripped)
    inner = indent if fields or stripped[0] in BULLETS else indent + 1
    return [
        _shape(text, start + a, start + b, indent if n == 0 else inner, blank and n == 0, stripped[a:b]) for n, (a, b) in enumerate(parts)
    ]


def _fields_beside(stripped: str) -> list[tuple[int, int]]:
    """Return the ranges of the labelled values that tabs or wide gaps set apart on one line; nothing where they are not several."""
    found: list[tuple[int, int]] = []
    for piece in _APART.finditer(stripped):
        labelled = _label(piece.group())[1] != ""
        if not found and not labelled:
            return []
        if labelled and (not found or _label(stripped[found[-1][0] : found[-1][1]])[0] is Shape.FIELD):
            found.append(piece.span())
        else:
            found[-1] = (found[-1][0], piece.end())
    several = len(found) > 1 and not any(is_sentence(stripped[a:b]) for a, b in found[:-1])
    return found if several and all(_label(stripped[a:b])[0] is Shape.FIELD for a, b in found) else []


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
    quoted = _QUOTED.match(raw)
    marker, level, skip = "", 0, quoted.end() if quoted else 0
    for name, pattern in (("#", _HASHES), ("-", _BULLET), ("-", _LETTER_BULLET), ("1", _NUMBER)):
        found = pattern.match(raw)
        if found and (indent or pattern is not _LETTER_BULLET):
            marker, skip = name, found.end()
            level = len(found.group(1)) if name == "#" else 0
            break
    if marker == "#":
        end -= len(found.group()) if (found := _CLOSING_HASHES.search(raw[skip:])) else 0
    content = Span(start + skip, end)
    shape, label = _label(content.of(text))
    return Line(span, content, indent, marker, level, shape, label, blank, False)


def _label(content: str) -> tuple[Shape, str]:
    label, start = _labelled(content)
    return (Shape.TEXT if not label else Shape.FIELD if start < len(content) else Shape.LABEL), label


def value_start(content: str) -> int:
    """Return where the text begins that a label runs into or announces; 0 where `content` opens with no label.

    >>> [words[value_start(words):] for words in ("Limits: two", "**Limits.** Two", "LIMITS. Two a year", "Two a year")]
    ['two', 'Two', 'Two a year', 'Two a year']
    """
    return _labelled(content)[1]


def label_of(content: str) -> str:
    """Return the label that runs into the text of `content`; "" where none does, or where nothing follows it."""
    label, start = _labelled(content)
    return label if start < len(content) else ""


def _labelled(content: str) -> tuple[str, int]:
    """Return the label that `content` opens with and where its text begins; "" and 0 where it opens with none."""
    for pattern in _RUN_IN:
        found = pattern.match(content)
        if found and len(found["label"].split()) <= RUN_IN_WORDS and found["label"][0].isalpha() and not ordinals_of(content):
            return found["label"].strip(_EMPHASIS), found.end()
    found = _LABEL.match(content)
    if not found:
        return "", 0
    label = content[: found.end()].rstrip().rstrip(_EMPHASIS).rstrip(":").strip(_EMPHASIS)
    if not label or len(_BRACKETED.sub("", label).split()) > LABEL_WORDS or "://" in content[: found.end() + 2]:
        return "", 0
    return label, found.end()


def is_sentence(content: str) -> bool:
    """Say whether a line ends as prose does; an ellipsis marks a cut title, not a sentence."""
    bare = content.rstrip("*_)\"'’” ")
    return bare.endswith((".", "!", "?", ";", ",")) and not bare.endswith("...")


def is_question(content: str) -> bool:
    """Say whether a line is one question and nothing else."""
    bare = content.strip("*_\"'’”“ ")
    return bare.endswith("?") and not _INNER_END.search(bare[:-1])
