"""Grid of cells -> table: where its header stands, which column is its key, which its codes, which its title.

Knows shapes of cells and columns; refuses to know file formats and what any column means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from assistant.labels import is_sentence

Row = tuple[int, tuple[str, ...]]
"""The row's number in its sheet, counted from 1, and its cells, as many as the sheet has columns."""

LOOKED_AT = 60
"""A header stands among so many rows from the top."""
MOST_FILLED = 0.6
"""A header names at least this part of the columns that a row usually fills."""
LONGEST_NAME = 80
"""A longer cell names no column."""
CODED = 0.6
"""A column holds the codes when this part of its filled cells are codes."""
DISTINCT = 0.8
"""A column can be the title when this part of its cells differ from one another."""
_NUMBER = re.compile(r"[-+]?[$€£]?[\d.,/:%\s-]+%?")
_TITLE = re.compile(r"\b(?:title|name|descriptions?|descriptor|service|procedure|item|term|label)\b", re.IGNORECASE)
_SHORTER = re.compile(r"\b(?:short|brief|abbreviat\w*|abbr|code|id|date|type|type\s+of|class|status|plan|provider|unit)\b", re.IGNORECASE)
_BETWEEN_CODES = re.compile(r"[\s,;/&]+")
FEWEST_TOPICS, TOPIC_WORDS, LONG_WORDS = 4, 10, 15
"""Rows of two cells set topics beside their text where there are so many, with so few words in the first and, usually, so many beside."""
FEWEST_SET_OFF, SAID_WORDS = 3, 5
"""So many topics that look otherwise than their text are enough, with so many words beside each as a rule, half of it in sentences."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it. `names` has one name for each column and is empty where the sheet has no header.

    `above` are the rows above the header.
    """

    sheet: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    above: tuple[Row, ...] = ()

    @property
    def notes(self) -> tuple[tuple[int, str], ...]:
        """Return what stands alone in rows above the header, with the numbers of these rows."""
        return tuple((number, next(filter(None, cells))) for number, cells in self.above if len({cell for cell in cells if cell}) == 1)

    def column(self, i: int) -> list[str]:
        """Return the filled cells of a column."""
        return [cells[i] for _, cells in self.rows if cells[i]]

    @property
    def filled(self) -> list[int]:
        """Return the columns that hold anything below the header."""
        return [i for i in range(self.width) if any(cells[i] for _, cells in self.rows)]

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.rows[0][1]) if self.rows else 0


def find_table(sheet: str, grid: Sequence[Row], code_pattern: str) -> Table:
    """Return the table in a grid of equally long rows; titles and notes above its header are left out.

    Rows without any cell, and those that repeat the header, are left out. Without a header every row counts and columns have no names.
    """
    rows = [row for row in grid if any(row[1])]
    at = _header(rows, re.compile(code_pattern))
    if at is None:
        return Table(sheet, (), tuple(rows))
    above = rows[at - 1] if at and rows[at - 1][0] == rows[at][0] - 1 else None
    below = tuple(row for row in rows[at + 1 :] if row[1] != rows[at][1])
    return Table(sheet, _names(rows[at][1], above[1] if above else ()), below, tuple(rows[:at]))


def _header(rows: Sequence[Row], codes: re.Pattern[str]) -> int | None:
    """Return the position of the first row that can name the columns of those below it; a code beside its label names none."""
    if len(rows) < 2:
        return None
    usual = median(sum(map(bool, cells)) for _, cells in rows)
    for at, (_, cells) in enumerate(rows[: min(LOOKED_AT, len(rows) - 1)]):
        named = [cell for cell in cells if cell]
        if len(named) >= max(2, MOST_FILLED * usual) and not (len(named) == 2 < usual and codes.fullmatch(named[1].upper())):
            at = _lowest(at, rows, codes)
            named = [cell for cell in rows[at][1] if cell]
            return at if all(_may_name(cell, codes) for cell in named) and not _recurs(at, rows[at][1], rows) else None
    return None


def _lowest(at: int, rows: Sequence[Row], codes: re.Pattern[str]) -> int:
    """Return the last row of a header of several, which merged cells bind together: they stand in each of them."""
    while at + 2 < len(rows):
        cells, below = rows[at][1], rows[at + 1][1]
        bound = any(cell and cell == other for cell, other in zip(cells, below, strict=True))
        if cells == below or not bound or not all(_may_name(cell, codes) for cell in below if cell):
            break
        at += 1
    return at


def _may_name(cell: str, codes: re.Pattern[str]) -> bool:
    return len(cell) <= LONGEST_NAME and not _NUMBER.fullmatch(cell) and not codes.fullmatch(cell.upper()) and any(map(str.isalpha, cell))


def _recurs(at: int, cells: Sequence[str], rows: Sequence[Row]) -> bool:
    """Say whether a cell stands again further down its own column, as values do and names do not, unless the whole header does."""
    below = [row for row in rows[at + 1 :] if row[1] != cells]
    return any(cell and any(other[i] == cell for _, other in below) for i, cell in enumerate(cells))


def _names(cells: Sequence[str], above: Sequence[str]) -> tuple[str, ...]:
    """Return one distinct name for each column: its own, under the name that a merged cell above gives to several."""
    groups = Counter(cell for cell in above if cell)
    names: list[str] = []
    for i, cell in enumerate(cells):
        group = above[i] if i < len(above) and 1 < groups[above[i]] < len(cells) and above[i] != cell else ""
        name = " ".join(f"{group} {cell}".split()) or f"Column {column_letters(i)}"
        taken = sum(one == name or one.startswith(f"{name} (") for one in names)
        names.append(f"{name} ({taken + 1})" if taken else name)
    return tuple(names)


def column_letters(i: int) -> str:
    """Return a column's letters as spreadsheets show them.

    >>> [column_letters(i) for i in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    while i >= 0:
        i, last = divmod(i, 26)
        letters = chr(ord("A") + last) + letters
        i -= 1
    return letters


def codes_of(cell: str, code_pattern: str) -> tuple[str, ...]:
    """Return the codes of a cell that holds nothing but codes, in upper case.

    >>> codes_of("E0431, e0433", r"[A-Z][0-9]{4}"), codes_of("see E0431", r"[A-Z][0-9]{4}")
    (('E0431', 'E0433'), ())
    """
    parts = [part for part in _BETWEEN_CODES.split(cell.upper()) if part]
    return tuple(dict.fromkeys(parts)) if parts and all(re.fullmatch(code_pattern, part) for part in parts) else ()


def code_column(table: Table, code_pattern: str) -> int | None:
    """Return the column of the codes that the rows are about: the fullest one that holds codes, the first of equals."""
    held = {i: sum(bool(codes_of(cell, code_pattern)) for cell in table.column(i)) for i in table.filled}
    coded = [i for i, n in held.items() if n and n >= CODED * len(table.column(i)) and n >= len(table.rows) / 2]
    return max(coded, key=lambda i: (held[i], -i), default=None)


def coded_columns(table: Table, code_pattern: str) -> tuple[int, tuple[int, ...]] | None:
    """Return the position of the row that names codes, each over its own column, and these columns; None where there is none.

    Names of what the rows say stand left of them.
    """
    for at, (_, cells) in enumerate(table.rows[:LOOKED_AT]):
        coded = {i: found for i, cell in enumerate(cells) if (found := codes_of(cell, code_pattern))}
        columns = tuple(coded)
        if len(columns) > 1 and columns[0] > 0 and len(set(coded.values())) == len(columns) and at + 1 < len(table.rows):
            below = [row for _, row in table.rows[at + 1 :]]
            named = sum(any(row[: columns[0]]) for row in below)
            filled = sum(bool(row[i]) for row in below for i in columns)
            fit = columns == tuple(range(columns[0], columns[-1] + 1)) and named >= DISTINCT * len(below)
            return (at, columns) if fit and filled >= MOST_FILLED * len(below) * len(columns) else None
    return None


def sets_topics(rows: Sequence[Sequence[str]], laid_out: bool = False, set_off: bool = False) -> bool:
    """Say whether rows set topics, each its own, beside what is said of them: half of it in many words, unless it is `laid_out`.

    Where the topics are `set_off` from their text, as bold words are, fewer are enough that say something in sentences.
    """
    if len(rows) < (FEWEST_SET_OFF if set_off else FEWEST_TOPICS) or any(len(row) != 2 for row in rows):
        return False
    names = [name for name, _ in rows]
    named = all(0 < len(name.split()) <= TOPIC_WORDS and not is_sentence(name) for name in names) and len(set(names)) == len(names)
    words = median(len(text.split()) for _, text in rows)
    said = set_off and words >= SAID_WORDS and 2 * sum(is_sentence(text) for _, text in rows) >= len(rows)
    return named and (said or (len(rows) >= FEWEST_TOPICS and (laid_out or words >= LONG_WORDS)))


def key_column(table: Table) -> int:
    """Return the column that tells rows without codes apart: the first whose cells are words and differ, else the first."""
    return next((i for i in table.filled if _tells(table.column(i)) and not _is_remark(table, i)), table.filled[0])


def names_title(name: str, short: bool = False) -> bool:
    """Say whether a column's name announces what its rows are about: in full, or in `short` too."""
    return bool(_TITLE.search(name)) and (short or not _SHORTER.search(name))


def title_column(table: Table, key: int) -> int:
    """Return the column whose cells tell best what a row is about: one named so, else the first of distinct words, else the key.

    Of several that are named so the one with the longest cells is taken, for an official description tells more than its short form. A
    column whose name announces a short form or a date is taken only where no other has distinct words.
    """
    texts = [i for i in table.filled if _tells(table.column(i))]
    named = [i for i in texts if table.names and names_title(table.names[i])]
    if named:
        return max(named, key=lambda i: (len(table.column(i)) >= len(table.rows) / 2, median(map(len, table.column(i))), -i))
    others = [i for i in texts if i != key and not _is_remark(table, i)]
    told = [i for i in others if not (table.names and _SHORTER.search(table.names[i]))]
    return next(iter(told or others), key)


def _tells(cells: Sequence[str]) -> bool:
    """Say whether the cells of a column are words and differ."""
    worded = sum(any(map(str.isalpha, cell)) and len(cell) > 2 for cell in cells)
    return worded >= DISTINCT * len(cells) and len(set(cells)) >= DISTINCT * len(cells)


def _is_remark(table: Table, i: int) -> bool:
    return len(table.column(i)) < len(table.rows) / 2
