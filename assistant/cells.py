"""Lines of a table -> their cells. Knows pipes, tabs and columns set apart by blanks, the rules between rows, and how a header looks.

Refuses to know where a table begins and what it says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from statistics import median

from assistant.labels import EMPHASIS, LABEL_WORDS, is_sentence
from assistant.types import Span

_PIPE = re.compile(r"(?<!\\)\|")
_FRAME = re.compile(r"[|+:=\-\s]*\Z")
_STROKE = re.compile(r"-|=")
_STROKES = re.compile(r"(?:[-=_]{3,}|[-=]{2,}(?:[ \t]+[-=]{2,})+)\s*\Z")
_LINE_END = re.compile(r"[\n\r\x0b\x0c\u2028\u2029]|\Z")
_PIECE = re.compile(r"\S+(?: \S+)*")
_DIGITS = re.compile(r"\d+(?:[.,:/]\d+)*")
_VALUE = re.compile(r"[-+<>≤≥~]?\s*[$€£]?\s*\d[\d.,:/]*\s*(?:%|\S+)?\Z")
_LEADER = re.compile(r"(?<=[^\s.])(?:\s*\.{4,}\s*|\s+(?:\.{3}|…)\s+|(?:\s\.){3,}\s+)(?=[^\s.])")
YEAR = re.compile(r"\b(?:FY)?(?:19|20)\d\d(?:[-–/]\d{2,4})?\b")
"""A year, or two in one, as they name columns."""
TAB = 8
"""Columns from one tab stop to the next."""
NAME_WORDS = 6
"""The name of a column has at most so many words."""
FEWEST_COLUMNS = 3
"""Rows of so many columns are not a list of labels and values."""
LONGER = 1.3
"""A cell is longer than the name above it when it has so many times its characters."""
_FOR = re.compile(
    r"\b(?:includ(?:ed?|es|ing)|bundled|inside|covered|covers|part|within|allowed|dos?|yes|pros?|plus(?:es)?|advantages?|benefits?|for|accepted"
    r"|suitable|eligible|payable|indications?)\b",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:separate(?:ly)?|apart|own|outside|not|no|extra|additional(?:ly)?|exclu(?:ded?|des|ding|sions?)|never|don['’]?ts?|cons?|minus(?:es)?"
    r"|disadvantages?|drawbacks?|against|contraindications?|refused|unsuitable|ineligible)\b",
    re.IGNORECASE,
)


def are_lists(names: Sequence[str]) -> bool:
    """Say whether two columns are lists side by side, told by names that speak for and against the same thing.

    >>> are_lists(["Included", "Billed separately"]), are_lists(["Item", "Billed separately"])
    (True, False)
    """
    if len(names) != 2:
        return False
    sides = [(bool(_AGAINST.search(name)), bool(_FOR.search(name) or _AGAINST.search(name))) for name in names]
    return all(named for _, named in sides) and sides[0][0] != sides[1][0]


def is_row(line: str) -> bool:
    """Say whether a stripped line is fenced by pipes as a row of a table is, whatever stands around it."""
    return len(line) > 2 and line[0] == "|" and line[-1] == "|" and not line.endswith("\\|")


def is_frame(line: str) -> bool:
    """Say whether a stripped line is a rule between rows: strokes between pipes or crosses, and nothing else."""
    return bool(line) and any(c in line for c in "|+") and bool(_STROKE.search(line)) and bool(_FRAME.match(line))


def has_pipe(line: str) -> bool:
    """Say whether a line may be a row without pipes at its edges."""
    return bool(_PIPE.search(line))


def inside(line: str) -> tuple[int, int]:
    """Return where a row begins and ends without the pipes and white space at its edges; the whole line where nothing else is in it."""
    left, right = 0, len(line)
    if line[:1] == "|":
        left = 1
    if right > left and line[-1] == "|" and not line.endswith("\\|"):
        right -= 1
    inner = line[left:right]
    left, right = left + len(inner) - len(inner.lstrip()), left + len(inner.rstrip())
    return (left, right) if left < right else (0, len(line))


def cells(row: str) -> list[tuple[int, int]]:
    """Return where the cells of a row without its outer pipes begin and end, white space left out; an empty cell has no length.

    >>> [row[a:b] for row in ["Fee | $40 |"] for a, b in cells(row)]
    ['Fee', '$40', '']
    """
    edges = [-1, *(mark.start() for mark in _PIPE.finditer(row)), len(row)]
    found = []
    for a, b in zip(edges, edges[1:], strict=False):
        piece = row[a + 1 : b]
        left = a + 1 + len(piece) - len(piece.lstrip())
        found.append((left, max(left, a + 1 + len(piece.rstrip()))))
    return found


def cell_texts(row: str) -> list[str]:
    """Return the words of the cells of a row without its outer pipes."""
    return [row[a:b] for a, b in cells(row)]


def is_strokes(line: str) -> bool:
    """Say whether a stripped line is a rule without pipes: one stroke, or one for each column."""
    return bool(_STROKES.match(line))


def pieces(line: str) -> list[tuple[int, int]]:
    """Return the columns in which words stand that at least two blanks set apart, tabs widened.

    >>> pieces("Low sodium   Under 800 mg   No")
    [(0, 10), (13, 25), (28, 30)]
    """
    return [match.span() for match in _PIECE.finditer(line.expandtabs(TAB))]


def merged(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return intervals in order, those that overlap or have less than two columns between them as one."""
    found: list[tuple[int, int]] = []
    for left, right in sorted(intervals):
        if found and left - found[-1][1] < 2:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


@lru_cache(maxsize=8)
def _layout(text: str, table: Span) -> tuple[bool, bool, list[tuple[int, int]]]:
    """Return whether dots lead from cell to cell in all rows of a table, whether tabs stand in all of them, and its columns."""
    lines = whole_lines(text, table).splitlines()
    rows = [line for line in lines if not is_strokes(line.strip())]
    led, tabbed = all(map(leader_cells, lines)), all("\t" in line for line in rows if line.strip())
    return led, tabbed, [] if led or tabbed else merged([piece for line in rows for piece in pieces(line)])


def may_be_columned(words: str) -> bool:
    """Say whether tabs or blanks set parts of some words apart."""
    return "\t" in words or any(len(pieces(line)) > 1 for line in words.splitlines())


def header_name(words: str, cells: Sequence[str]) -> str:
    """Return the words of a header as the label of the rows below it: on one line, its cells still told apart, nothing added but blanks."""
    return " ".join(words.split()) if has_pipe(words) or len(cells) < 2 else "   ".join(" ".join(cell.split()) for cell in cells if cell)


def is_header_name(label: str) -> bool:
    """Say whether a label is that of a table's rows, as `header_name` gives it."""
    return has_pipe(label) or may_be_columned(label)


def tab_cells(line: str) -> list[str]:
    """Return the words between the tabs of a line."""
    return [cell.strip() for cell in line.split("\t")]


def leader_cells(line: str) -> list[str]:
    """Return the words on both sides of the dots that lead from one to the other; [] where no dots do.

    >>> leader_cells("Length ........ 3 m")
    ['Length', '3 m']
    """
    found = _LEADER.split(line.strip())
    return found if len(found) == 2 else []


def whole_lines(text: str, span: Span) -> str:
    """Return the lines of `text` on which `span` stands, to the end of the last one."""
    start, end = span.start, _LINE_END.search(text, span.end)
    while start > 0 and not _LINE_END.match(text, start - 1):
        start -= 1
    return text[start : end.start() if end else len(text)]


def cells_in(text: str, row: Span, table: Span) -> list[str]:
    """Return the words of the cells of one row of the table that `table` covers, however that sets its cells apart.

    A row between pipes has its outer pipes left out of `row`. Where blanks set cells apart, a row of several lines has the words of each
    column put together, and columns are the same for all rows, so that an empty cell stays one.
    """
    own = whole_lines(text, row)
    if has_pipe(own) or own.strip() != row.of(text):
        return cell_texts(row.of(text))
    led, tabbed, columns = _layout(text, table)
    if led:
        return leader_cells(own)
    if tabbed:
        return tab_cells(own)
    found: list[list[str]] = [[] for _ in columns]
    for line in own.splitlines():
        wide = line.expandtabs(TAB)
        for left, right in pieces(line):
            at = next((n for n, (a, b) in enumerate(columns) if a <= left < b), 0)
            found[at].append(wide[left:right])
    return [" ".join(words) for words in found]


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first of several rows names the columns, told from its cells alone.

    They are short, none is a value, and what stands below is of another kind: numbers, or longer. A table of two columns may as well be a
    list of labels and values whose first row is like the others, so there all cells of one column have to be values of one kind below.
    """
    head, below = rows[0], rows[1:]
    if not below or len(head) < 2 or not all(map(_may_name, head[1:])) or (head[0] and not _may_name(head[0])):
        return False
    columns = [[row[i] for row in below if i < len(row) and row[i]] for i in range(len(head))]
    if len(head) < FEWEST_COLUMNS:
        return not any(map(_has_digit, head)) and any(_is_uniform(column, n == 0) for n, column in enumerate(columns))
    return any(column and _differs(name, column) for name, column in zip(head, columns, strict=True))


def _may_name(cell: str) -> bool:
    bare = cell.strip("*_ ")
    return (
        any(map(str.isalpha, bare))
        and len(bare.split()) <= NAME_WORDS
        and not _VALUE.match(bare)
        and not bare.endswith((".", "!", ";", ","))
    )


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell))


def _differs(name: str, column: Sequence[str]) -> bool:
    """Say whether most cells of a column hold numbers, which its name does not, or are longer than the name."""
    numbers = not _has_digit(name) and sum(map(_has_digit, column)) > len(column) / 2
    return numbers or median(map(len, column)) >= LONGER * len(name)


def _is_uniform(column: Sequence[str], first: bool) -> bool:
    """Say whether all cells are values of one kind, such as dates or amounts; of a first column, whether all hold numbers."""
    if not column or not all(map(_has_digit, column)):
        return False
    kinds = {_DIGITS.sub("0", cell.casefold()) for cell in column}
    return first or (len(column) > 1 and len(kinds) == 1 and bool(_VALUE.match(column[0])))


def holds_value(rows: Sequence[Sequence[str]], header: int) -> bool:
    """Say whether the first of two-celled rows, which Markdown makes a header, is a field like the others: "Code | K0001".

    The only year among the second cells is none: it names their column.
    """
    name = rows[header]
    years = [n for n, row in enumerate(rows) if len(row) == 2 and YEAR.fullmatch(row[1].strip(EMPHASIS))]
    return len(name) == 2 and len(name[1].split()) == 1 and any(c.isdigit() for c in name[1]) and years != [header]


def row_labels(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the first cells of rows of two where each is a short name of its own; [] where they are not."""
    names = [row[0].strip(EMPHASIS).rstrip(": ") for row in rows]
    labels = all(name and any(c.isalpha() for c in name) and len(name.split()) <= LABEL_WORDS and not is_sentence(name) for name in names)
    distinct = len({name.casefold() for name in names}) == len(names)
    return names if labels and distinct and all(len(row) == 2 for row in rows) else []
