"""Words of a page with their places -> its lines in reading order: columns one after the other, table rows cell by cell.

Knows geometry only; refuses to know any file format and what the lines mean. Lengths are in points, y counts upwards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.lines import BULLETS

DOT = 8.0
"""A drawn thing of less than this width and height may be a bullet, one of less than this in one of them a line."""
SPACE = 0.12
"""A gap between two words, in units of the font size, from which on a space stands between them."""
_THIN = 2.5
"""Height of a level line and width of an upright one at most."""
_NEAR = 3.0
"""Lines that come so close to one another meet."""
_MOST_RULES = 3_000
_MOST_SEGMENTS = 4_000
"""A page of more pieces is read as one column."""
_WIDE = 0.65
"""A gap on a line that may part columns or cells, in units of the font size."""
_GUTTER = 0.4
"""Free space between two columns of text in units of the font size at least."""
_COLUMN_LINES = 4
"""A text column has at least so many lines."""
_CELL_GAP = 1.2
"""Free space between two cells of a table without lines, in units of the font size at least."""
_ATTACHED = "•‣◦▪●○\uf0b7\uf0a7\uf0d8"
"""Marks that may stand at an item's first word without a gap."""
_MARKS = BULLETS + "−➔→\uf0e0\uf02d\uf06e\uf071\uf0a8"
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[A-Za-z]|[ivx]{2,4})[.)]")


class Word(NamedTuple):
    """Characters without a space between them. `y` is the base line; `spaced` says that a space stands before them in the file."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    spaced: bool


class Rule(NamedTuple):
    """A drawn line or small mark as a box."""

    x0: float
    x1: float
    y0: float
    y1: float

    @property
    def width(self) -> float:
        """Return its extent to the right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Return its extent upwards."""
        return self.y1 - self.y0


class Page(NamedTuple):
    """One page as it is seen: its number from 1, its edges, its words and what is drawn on it."""

    number: int
    left: float
    right: float
    bottom: float
    top: float
    words: tuple[Word, ...]
    rules: tuple[Rule, ...] = ()


class Region(NamedTuple):
    """The column that a line stands in: its place among the columns of its page, and its edges."""

    columns: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, or one row of a table.

    `marker` is "-" for a bullet, the number with its point or bracket for a numbered item, "" for none; `text` leaves it out. `x_text` is
    where the text begins after the marker. `first` is the width of the first word. `bold` says that all of it is bold, `bold_start` that
    it begins so.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    bold_start: bool
    page: int
    region: Region
    first: float
    marker: str = ""
    x_text: float = 0.0
    is_row: bool = False


Segment = tuple[Word, ...]
"""Words that follow one another on a line without a wide gap."""


def rows_of(words: Iterable[Word]) -> list[list[Word]]:
    """Return words that stand on one base line, raised and lowered ones with them, from the top down and left to right."""
    rows: list[list[Word]] = []
    widest: Word | None = None
    for word in sorted(words, key=lambda w: (-w.y, w.x0)):
        if widest is not None and _same_row(widest, word):
            rows[-1].append(word)
            if word.size > widest.size * 1.05:
                widest = word
        else:
            rows.append([word])
            widest = word
    return [sorted(row, key=lambda w: w.x0) for row in rows]


def _same_row(one: Word, other: Word) -> bool:
    overlap = min(one.y + 0.75 * one.size, other.y + 0.75 * other.size) - max(one.y - 0.2 * one.size, other.y - 0.2 * other.size)
    return overlap > 0.5 * 0.95 * min(one.size, other.size)


def joined(words: Sequence[Word]) -> str:
    """Return the text of words in one line; a gap of three letters' width or more stays visible."""
    pieces: list[str] = []
    for before, word in zip((None, *words), words, strict=False):
        if before is not None:
            gap = (word.x0 - before.x1) / max(word.size, before.size)
            wide = gap > 3 and not before.text.endswith(":") and not set(before.text) <= set(".…_")
            pieces.append("   " if wide else " " if word.spaced or gap > SPACE else "")
        pieces.append(word.text)
    return "".join(pieces)


def lines_of(page: Page, words: Sequence[Word]) -> list[Line]:
    """Return the lines of a page in reading order; `words` are those of its words that are to be read."""
    dots = _dots(page.rules, words)
    tables, rest = _ruled_tables(page, [*words, *dots])
    segments = [segment for row in rows_of(rest) for segment in _segments(row)]
    found: list[Line] = []
    for region, own in _columns(segments, "1"):
        found.extend(_region_lines(page.number, region, own))
    for table in sorted(tables, key=lambda rows: rows[0].y):
        at = next((i for i, line in enumerate(found) if _is_below(line, table)), len(found))
        found[at:at] = table
    return found


def _is_below(line: Line, table: list[Line]) -> bool:
    """Say whether a line comes after a table: it stands below it in the same column."""
    beside = line.x0 < table[0].x1 and line.x1 > table[0].x0
    return line.y < table[0].y and (beside or line.region.columns == "1")


def _dots(rules: Sequence[Rule], words: Sequence[Word]) -> list[Word]:
    """Return drawn bullets as words: small marks with text to the right of them and none to the left."""
    marks = [r for r in rules if 1.0 < r.width < DOT and 1.0 < r.height < DOT and 0.5 < r.width / r.height < 2][:_MOST_SEGMENTS]
    if not marks:
        return []
    rows = rows_of(words)
    tops = [-row[0].y - 0.2 * max(w.size for w in row) for row in rows]
    found = []
    for mark in marks:
        middle = (mark.y0 + mark.y1) / 2
        near = bisect_right(tops, -middle)
        for row in rows[max(near - 2, 0) : near + 2]:
            right = next((w for w in row if w.x0 >= mark.x1 - 1), None)
            if right is None or not right.y <= middle <= right.y + 0.8 * right.size or right.x0 - mark.x1 > 3 * right.size:
                continue
            left = [w for w in row if w.x0 < mark.x1 - 1]
            if not left or left[-1].x1 < mark.x0 - 2 * right.size:
                found.append(Word("•", mark.x0, mark.x1, right.y, right.size, False, True))
                break
    return found


def _is_mark(word: Word, after: Word | None) -> bool:
    """Say whether a word is a bullet or an item's number; an "o" or a number without a point is one where a wide gap follows."""
    if after is None:
        return False
    if word.text == "o" or re.fullmatch(r"\d{1,2}", word.text):
        return (0.6 if word.text == "o" else 0.9) * word.size < after.x0 - word.x1 < 5 * word.size
    return (len(word.text) == 1 and word.text in _MARKS) or bool(_NUMBERED.fullmatch(word.text))


def _segments(row: Sequence[Word]) -> list[Segment]:
    """Return a row cut where its gaps are wide; a bullet or number stays with its text."""
    found: list[list[Word]] = []
    for n, word in enumerate(row):
        if not found or (word.x0 - row[n - 1].x1 > _WIDE * max(word.size, row[n - 1].size) and not _marks_alone(found[-1], word)):
            found.append([word])
        else:
            found[-1].append(word)
    return [tuple(one) for one in found]


def _marks_alone(segment: Sequence[Word], after: Word) -> bool:
    """Say whether a segment is but the mark of an item that a word begins."""
    return len(segment) == 1 and _is_mark(segment[0], after) and after.x0 - segment[0].x1 < 5 * after.size


def _size(words: Iterable[Word]) -> float:
    """Return the size that most characters have."""
    counts: Counter[float] = Counter()
    for word in words:
        counts[word.size] += len(word.text)
    return max(counts, key=lambda size: (counts[size], size))


# Columns


def _columns(segments: list[Segment], name: str) -> list[tuple[Region, list[Segment]]]:
    """Return the columns of a page or of one of its columns in reading order."""
    bands = _bands(segments) if 2 * _COLUMN_LINES <= len(segments) <= _MOST_SEGMENTS and len(name) < 6 else []
    if not bands:
        region = Region(name, min((s[0].x0 for s in segments), default=0.0), max((s[-1].x1 for s in segments), default=0.0))
        return [(region, segments)] if segments else []
    found: list[tuple[Region, list[Segment]]] = []
    for number, (sides, own) in enumerate(bands):
        if sides is None:
            found.extend(_columns(own, name) if len(own) < len(segments) else [])
            continue
        for side, place in zip(sides, "LR", strict=True):
            found.extend(_columns(side, f"{name}{place}" if number < 99 else name))
    return found


_Bands = list[tuple[tuple[list[Segment], list[Segment]] | None, list[Segment]]]


def _bands(segments: list[Segment]) -> _Bands:
    """Return the segments cut into bands from the top down, two-column ones as (left, right); [] where no gutter divides them."""
    left_edge, right_edge = min(s[0].x0 for s in segments), max(s[-1].x1 for s in segments)
    starts = Counter(round(s[0].x0) for s in segments)
    likely = [x for x, _ in starts.most_common(12) if left_edge + 0.2 * (right_edge - left_edge) < x < right_edge]
    best: _Bands = []
    most = 0
    for x in sorted(likely):
        bands = _bands_at(segments, x - 1.5)
        inside = sum(len(own) for sides, own in bands if sides)
        if inside > most:
            best, most = bands, inside
    return best


def _bands_at(segments: list[Segment], x: float) -> _Bands:
    bands: _Bands = []
    run: list[Segment] = []
    other: list[Segment] = []

    def close() -> None:
        nonlocal run, other
        left, right = [s for s in run if s[-1].x1 <= x], [s for s in run if s[0].x0 >= x]
        if _are_columns(left, right):
            if other:
                bands.append((None, other))
            bands.append(((left, right), run))
            other = []
        else:
            other.extend(run)
        run = []

    for segment, following in zip(segments, [*segments[1:], None], strict=True):
        if segment[0].x0 < x < segment[-1].x1 + _GUTTER * segment[-1].size:
            close()
            other.append(segment)
        elif not run and other and _ends_paragraph(other[-1], segment, following):
            other.append(segment)
        else:
            run.append(segment)
    close()
    if other and bands:
        bands.append((None, other))
    return bands


def _ends_paragraph(before: Segment, segment: Segment, following: Segment | None) -> bool:
    """Say whether a segment alone on its line goes on with the line above it, which is set in the same way."""
    size = before[0].size
    close = 0 < before[0].y - segment[0].y < 1.6 * size and segment[0].size == size
    alone = following is None or segment[0].y - following[0].y > 0.5 * size
    return close and alone and abs(segment[0].x0 - before[0].x0) < 0.5 * size


def _are_columns(left: list[Segment], right: list[Segment]) -> bool:
    """Say whether two sides are columns of text to be read one after the other, not the cells of a table."""
    if min(len(left), len(right)) < _COLUMN_LINES:
        return False
    if min(s[0].y for s in right) > max(s[0].y for s in left) or min(s[0].y for s in left) > max(s[0].y for s in right):
        return False
    return _is_prose(left) and _is_prose(right) and not _aligned(left, right)


def _is_prose(side: list[Segment]) -> bool:
    """Say whether most lines of a side are long, list items or headings, and hold several words."""
    rows = rows_of(word for segment in side for word in segment)
    if len(_intervals([[segment] for segment in side])) == 1:
        side = [tuple(row) for row in rows]
    width = max(s[-1].x1 for s in side) - min(s[0].x0 for s in side)
    size = _size(word for segment in side for word in segment)
    words = sum(len(s) for s in side) / len(side)
    text = sum(s[-1].x1 - s[0].x0 > 0.6 * width or (len(s) > 1 and _is_mark(s[0], s[1])) or s[0].size > 1.06 * size for s in side)
    return words >= 3 and text >= 0.5 * len(side)


def _aligned(left: list[Segment], right: list[Segment]) -> bool:
    """Say whether the paragraphs of two sides, none of them a heading, begin at the same heights, as the cells of a table do."""
    size = _size(word for segment in left for word in segment)
    if any(segment[0].size > 1.1 * size for side in (left, right) for segment in side[1:]):
        return False
    tops = [_tops(side) for side in (left, right)]
    if min(map(len, tops)) < 2:
        return False
    fewer, more = sorted(tops, key=len)
    return sum(any(abs(y - other) < 3 for other in more) for y in fewer) >= 0.8 * len(fewer)


def _tops(side: list[Segment]) -> list[float]:
    """Return the base lines at which the paragraphs after the first one begin."""
    gaps = [a[0].y - b[0].y for a, b in zip(side, side[1:], strict=False)]
    usual = min((gap for gap in gaps if gap > 0.5 * side[0][0].size), default=0.0)
    return [b[0].y for b, gap in zip(side[1:], gaps, strict=True) if gap > 1.25 * usual]


# Lines of a column, and tables without drawn lines


def _region_lines(number: int, region: Region, segments: list[Segment]) -> list[Line]:
    rows = [_segments(row) for row in rows_of(word for segment in segments for word in segment)]
    found: list[Line] = []
    i = 0
    while i < len(rows):
        end, cuts = _table_end(rows, i)
        if end > i:
            found.extend(_table_lines(number, region, rows[i:end], cuts))
            i = end
        else:
            found.append(_line(number, region, [word for segment in rows[i] for word in segment]))
            i += 1
    return found


def _line(number: int, region: Region, words: Sequence[Word]) -> Line:
    marker, rest = _marker(words)
    lettered = [word for word in rest if any(c.isalnum() for c in word.text)] or rest
    text = joined(rest)
    return Line(
        text=(text[:-1] + "\xad" if text.endswith("\u2010") else text).replace("\u2010", "-"),
        x0=words[0].x0,
        x1=words[-1].x1,
        y=rest[0].y if len(rest) == 1 else _base(rest),
        size=_size(rest),
        bold=all(word.bold for word in lettered),
        bold_start=lettered[0].bold,
        page=number,
        region=region,
        first=_first_width(rest) if not marker else words[0].x1 - words[0].x0,
        marker=marker,
        x_text=rest[0].x0,
    )


def _base(words: Sequence[Word]) -> float:
    size = _size(words)
    return next(word.y for word in words if word.size == size)


def _first_width(words: Sequence[Word]) -> float:
    """Return the width of what stands before the first space."""
    end = words[0]
    for before, word in zip(words, words[1:], strict=False):
        if word.spaced or word.x0 - before.x1 > SPACE * word.size:
            break
        end = word
    return end.x1 - words[0].x0


def _marker(words: Sequence[Word]) -> tuple[str, Sequence[Word]]:
    """Return the marker of a line and the words without it."""
    first, after = words[0], words[1] if len(words) > 1 else None
    if after is None and not (len(first.text) > 1 and first.text[0] in _ATTACHED):
        return "", words
    if after is not None and _is_mark(first, after) and (after.spaced or after.x0 - first.x1 > 0.2 * after.size or first.text in _MARKS):
        number = f"{first.text}." if first.text.isdigit() else first.text
        return (number if _NUMBERED.fullmatch(number) else "-"), words[1:]
    if len(first.text) > 1 and first.text[0] in _ATTACHED:
        return "-", [first._replace(text=first.text[1:]), *words[1:]]
    return "", words


def _intervals(rows: Iterable[Sequence[Segment]]) -> list[tuple[float, float]]:
    """Return what the segments of several rows cover from left to right, neighbours closer than a cell gap joined."""
    found: list[tuple[float, float]] = []
    for x0, x1, size in sorted((s[0].x0, s[-1].x1, s[0].size) for row in rows for s in row):
        if found and x0 - found[-1][1] < _CELL_GAP * 0.8 * size:
            found[-1] = (found[-1][0], max(found[-1][1], x1))
        else:
            found.append((x0, x1))
    return found


def _table_end(rows: Sequence[Sequence[Segment]], start: int) -> tuple[int, list[float]]:
    """Return where the table that begins with a row ends and the left edges of its columns; `start` where none begins.

    A row belongs to it as long as the free space between the columns stays free. A row in one column only has to follow closely.
    """
    if len(rows[start]) < 2 or _begins_item(rows[start]):
        return start, []
    size = rows[start][0][0].size
    covered = _intervals(rows[start : start + 1])
    end, last_full = start + 1, start + 1
    full = 1
    while end < len(rows) and end - start < 500:
        wider = _intervals([*[[(_edge(a, b, size))] for a, b in covered], rows[end]])
        gap = rows[end - 1][0][0].y - rows[end][0][0].y
        single = len(rows[end]) == 1
        if len(wider) < 2 or (len(wider) < len(covered) and not (single and len(wider) > 1)) or gap > 4 * size or gap < 0:
            break
        if single and (gap > 1.6 * size or _begins_item(rows[end]) or len(wider) != len(covered)):
            break
        covered = wider
        end += 1
        if not single:
            full += 1
            last_full = end
    end = last_full if end < len(rows) and full > 1 and len(rows[end - 1]) == 1 and _starts_left(rows[end - 1], covered) else end
    if full < 2 or (full < 3 and len(covered) < 3):
        return start, []
    return end, [x0 for x0, _ in covered]


def _edge(x0: float, x1: float, size: float) -> Segment:
    return (Word("", x0, x1, 0.0, size, False, False),)


def _begins_item(row: Sequence[Segment]) -> bool:
    return len(row[0]) > 1 and _is_mark(row[0][0], row[0][1])


def _starts_left(row: Sequence[Segment], covered: Sequence[tuple[float, float]]) -> bool:
    return row[0][0].x0 < covered[0][1]


def _table_lines(number: int, region: Region, rows: Sequence[Sequence[Segment]], cuts: list[float]) -> list[Line]:
    """Return the rows of a table without drawn lines; a line that only continues cells is joined to the row above."""
    cells: list[list[list[Word]]] = []
    pitches = [a[0][0].y - b[0][0].y for a, b in zip(rows, rows[1:], strict=False)]
    close = min(pitches, default=0.0)
    mixed = bool(pitches) and max(pitches) > 1.2 * close
    for n, row in enumerate(rows):
        own: list[list[Word]] = [[] for _ in cuts]
        for segment in row:
            own[max(bisect_right(cuts, segment[0].x0 + 0.5) - 1, 0)].extend(segment)
        continues = n > 0 and (not own[0] or (mixed and pitches[n - 1] < 1.1 * close) or (len(row) == 1 and len(cuts) > 1))
        if continues:
            for cell, more in zip(cells[-1], own, strict=True):
                cell.extend(more)
        else:
            cells.append(own)
    return [_row(number, region, row) for row in cells]


def _row(number: int, region: Region, cells: Sequence[Sequence[Word]]) -> Line:
    """Return a table row as a line; a label and its value as one in two columns become a labelled line."""
    words = [word for cell in cells for word in cell]
    texts = [" ".join(joined(row) for row in rows_of(cell)).replace("|", "/") for cell in cells]
    labelled = len(texts) == 2 and texts[0].endswith(":") and texts[1]
    text = " ".join(texts) if labelled else "| " + " | ".join(texts) + " |"
    bold = all(word.bold for word in words)
    x0, x1 = min(w.x0 for w in words), max(w.x1 for w in words)
    return Line(text, x0, x1, max(w.y for w in words), _size(words), bold, bold, number, region, 0.0, "", x0, True)


# Tables with drawn lines


def _ruled_tables(page: Page, words: list[Word]) -> tuple[list[list[Line]], list[Word]]:
    """Return the rows of the tables whose cells are divided by drawn lines, and the words outside them."""
    level = [r for r in page.rules if r.height < _THIN and r.width > 4]
    upright = [r for r in page.rules if r.width < _THIN and r.height > 4]
    if not level or not upright or len(level) + len(upright) > _MOST_RULES:
        return [], words
    tables: list[list[Line]] = []
    for lines, posts in _grids(level, upright):
        ys = _distinct([(r.y0 + r.y1) / 2 for r in lines] + [y for r in posts for y in (r.y0, r.y1)])[::-1]
        edges = _distinct([(r.x0 + r.x1) / 2 for r in posts] + [min(r.x0 for r in lines), max(r.x1 for r in lines)])
        if len(ys) < 3 or len(edges) < 3:
            continue
        region = Region(f"T{len(tables)}", edges[0], edges[-1])
        table: list[Line] = []
        for high, low in zip(ys, ys[1:], strict=False):
            row, words = _cells(words, high, low, edges[0], edges[-1], posts)
            if any(row):
                table.append(_row(page.number, region, row))
        if table:
            tables.append(table)
    return tables, words


def _cells(
    words: list[Word], high: float, low: float, left: float, right: float, posts: Sequence[Rule]
) -> tuple[list[list[Word]], list[Word]]:
    """Return the words between two lines by cell, and the other words; a cell ends where an upright line crosses the row."""
    middle = (high + low) / 2
    cuts = [left, *_distinct([(p.x0 + p.x1) / 2 for p in posts if p.y0 < middle < p.y1 and left + _NEAR < p.x0 < right - _NEAR])]
    cells: list[list[Word]] = [[] for _ in cuts]
    rest = []
    for word in words:
        if low - 1 < word.y + 0.3 * word.size < high + 1 and left - 1 <= (word.x0 + word.x1) / 2 <= right + 1:
            cells[max(bisect_right(cuts, (word.x0 + min(word.x1, word.x0 + word.size)) / 2) - 1, 0)].append(word)
        else:
            rest.append(word)
    return cells, rest


def _distinct(values: Iterable[float]) -> list[float]:
    """Return values in order, those that are nearly equal once."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _grids(level: list[Rule], upright: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return the groups of lines that hang together by touching, each as its level and its upright lines."""
    every = [*level, *upright]
    group = list(range(len(every)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    order = sorted(range(len(every)), key=lambda i: every[i].x0)
    active: list[int] = []
    for i in order:
        active = [j for j in active if every[j].x1 + _NEAR >= every[i].x0]
        for j in active:
            if every[j].y0 - _NEAR <= every[i].y1 and every[i].y0 - _NEAR <= every[j].y1:
                group[root(i)] = root(j)
        active.append(i)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i in range(len(every)):
        found.setdefault(root(i), ([], []))[i >= len(level)].append(every[i])
    return [(lines, posts) for lines, posts in found.values() if lines and posts]
