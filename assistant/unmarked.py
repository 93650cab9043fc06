"""Lines -> the same lines, those of lists that have no bullets as items. Knows how such lists stand on the page, not what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.labels import is_question
from assistant.lines import Line, Shape, is_wrapped, line_width
from assistant.shapes import HEADING_WORDS, View
from assistant.tokens import is_code

FEWEST_ITEMS = 2
"""So many short lines one below the other are a list."""
FEWEST_GROUPS = 2
"""Short lines right over others head them where so many do, and more than stand alone over what they head."""
_SHORT_FORM = re.compile(r"\b[a-z]\.[a-z]\.$", re.IGNORECASE)


def with_items(text: str, lines: Sequence[Line], pattern: str) -> list[Line]:
    """Return `lines` with those as items that form a list without marks.

    They are codes with their descriptions one below the other, short lines right below one that ends in a colon, and those of groups.
    """
    found, view = list(lines), View(text, lines, re.compile(pattern), frozenset())
    for i in {*_coded(text, lines, pattern), *_announced(view), *_grouped(view)}:
        found[i] = replace(lines[i], marker="-")
    return found


def _coded(text: str, lines: Sequence[Line], pattern: str) -> set[int]:
    """Return the lines that open with one code each, one below the other."""
    width = line_width(lines)
    opening = [_opening_code(line, text, pattern) for line in lines]
    found: set[int] = set()
    for i in range(1, len(lines)):
        above, line = lines[i - 1], lines[i]
        wrapped = not above.blank_before and i > 1 and is_wrapped(text, lines[i - 2], above, width)
        begins = opening[i - 1] and (i - 1 in found or not wrapped)
        if begins and opening[i] and opening[i] != opening[i - 1] and not line.blank_before:
            found.update((i - 1, i))
    return found


def _opening_code(line: Line, text: str, pattern: str) -> str:
    """Return the code that opens a line of text with more words, "" where none does."""
    words = line.content.of(text).split(None, 1)
    listed = len(words) > 1 and not line.marker and line.shape is Shape.TEXT and is_code(words[0].strip("()[],;:"), pattern)
    return words[0].strip("()[],;:") if listed else ""


def _announced(view: View) -> set[int]:
    """Return the short lines that fill the rest of a paragraph, or reach down to a label, right below a line that ends in a colon."""
    found: set[int] = set()
    for i, line in enumerate(view.lines):
        if view.of(i).endswith(":") and line.shape in (Shape.LABEL, Shape.TEXT) and not line.marker and not line.blank_after:
            end = _run_end(view, i + 1)
            ended = end == len(view.lines) or view.lines[end].blank_before or view.lines[end].shape is Shape.LABEL
            if ended and end - i > FEWEST_ITEMS:
                found.update(range(i + 1, end))
    return found


def _grouped(view: View) -> set[int]:
    """Return the items of paragraphs that are short lines throughout: all lines but the first, which heads the others.

    One line below another is an item where other paragraphs are such too. The first line is one of the items as well where such headings
    are few, and a short line stands alone above the paragraph.
    """
    starts = [i for i, line in enumerate(view.lines) if i == 0 or line.blank_before]
    ends = [*starts[1:], len(view.lines)]
    short = [_run_end(view, start) for start in starts]
    alone = {n for n, start in enumerate(starts) if ends[n] == start + 1 == short[n]}
    groups = [n for n, start in enumerate(starts) if short[n] == ends[n] > start + 1]
    heads = {n for n, start in enumerate(starts) if start < short[n] and n not in alone and n - 1 not in alone}
    over = {n for n in alone if n + 1 < len(starts) and n + 1 not in alone}
    if len(heads) >= FEWEST_GROUPS and len(heads) > len(over):
        least = 1 if sum(n > 0 for n in groups) >= FEWEST_GROUPS else FEWEST_ITEMS
        listed = [n for n in groups if ends[n] - starts[n] > (least if n > 0 else FEWEST_ITEMS)]
        return {i for n in listed for i in range(starts[n] + 1, ends[n])}
    return {i for n in groups if n - 1 in over for i in range(starts[n], ends[n])}


def _run_end(view: View, first: int) -> int:
    """Return the position after the short lines that stand one below the other from `first` on; none but the first is a question."""
    end = first
    while (
        end < len(view.lines) and _is_short(view, end) and (end == first or not (view.lines[end].blank_before or is_question(view.of(end))))
    ):
        end += 1
    return end


def _is_short(view: View, i: int) -> bool:
    """Say whether line i may be an item of a list without marks, or head one: few words that are no sentence and open as one does."""
    line, words = view.lines[i], view.of(i)
    if line.shape is not Shape.TEXT or line.marker or line.content != line.span or words.endswith(":"):
        return False
    return view.is_short(i) or (_SHORT_FORM.search(words) is not None and len(words.split()) <= HEADING_WORDS and not words[0].islower())
