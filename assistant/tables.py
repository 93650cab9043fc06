"""Lines -> the same, rows of tables told as such. Knows where a table begins and ends; its cells are another module's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from assistant.cells import (
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
from assistant.lines import Line, Shape
from assistant.types import Span

FEWEST_ROWS = 3
"""Lines in columns are a table when there are so many of them, or one less with a rule or tabs between the cells."""
ALIGNED = 0.8
"""This part of the cells of a second and last column begin at one place, or end at one, or what looks like a column is chance."""
MOST_TRIED = 50
"""Of lines in columns that are no table, so many at the end are looked at again for one that begins there."""


def with_tables(text: str, lines: Sequence[Line]) -> list[Line]:
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
