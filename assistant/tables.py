"""A line of a table -> its cells. Knows pipes and the rules between rows; refuses to know where a table begins and what it says."""

from __future__ import annotations

import re

_PIPE = re.compile(r"(?<!\\)\|")
_FRAME = re.compile(r"[|+:=\-\s]*\Z")
_STROKE = re.compile(r"-|=")


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
