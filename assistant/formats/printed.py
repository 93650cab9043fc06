"""Plain text that was printed in pages -> what is no part of the text: running heads and feet. Knows how pages are counted, no wording."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.types import Span

FEWEST_PAGES = 2
"""What stands at the edge of so many pages belongs to the pages."""
MOST_LINES = 4
"""A running head or foot has at most so many lines beside the one that counts the pages."""
_LINE = re.compile(r"[^\r\n\x0c]*(?:\r\n|[\r\n\x0c]|\Z)")
_COUNT = re.compile(r"\bpage\s*:?\s*(?P<page>\d{1,4})(?:\s*(?:of|/)\s*(?P<pages>\d{1,4}))?(?!\d)", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    words: str

    @property
    def form(self) -> str:
        """Return the words, spaces and numbers made alike."""
        return _DIGITS.sub("0", " ".join(self.words.split()))


def running_lines(text: str) -> tuple[Span, ...]:
    """Return the lines that repeat at the edges of pages, in order: those that count the pages, and what stands right beside these.

    What repeats is left where it stands first, at the top of the text; nothing is such where nothing else would be left.
    """
    if len(_COUNT.findall(text)) < FEWEST_PAGES:
        return ()
    lines = [_Line(Span(match.start(), match.end()), match.group().strip()) for match in _LINE.finditer(text) if match.group()]
    counting = _counting(lines)
    beside = [i for edge in counting for step in (-1, 1) for i in _beside(lines, edge, step)]
    often = {form for form, n in Counter(lines[i].form for i in {*beside, *_top(lines)}).items() if n >= FEWEST_PAGES}
    first = {lines[i].form: i for i in reversed(_top(lines))}
    gone = {*counting, *(i for i in beside if lines[i].form in often and first.get(lines[i].form) != i)}
    left = any(line.words for i, line in enumerate(lines) if i not in gone)
    return tuple(lines[i].span for i in sorted(gone)) if left else ()


def _counting(lines: Sequence[_Line]) -> list[int]:
    """Return the lines that count pages: alike but for their numbers, which grow; and others that count towards the same last page."""
    found = [(i, match) for i, line in enumerate(lines) if (match := _COUNT.search(line.words))]
    alike: dict[str, list[tuple[int, re.Match[str]]]] = defaultdict(list)
    for i, match in found:
        alike[lines[i].form].append((i, match))
    counted = [group for group in alike.values() if len(group) >= FEWEST_PAGES and _grows(int(match["page"]) for _, match in group)]
    lasts = {match["pages"] for group in counted for _, match in group if match["pages"]}
    return sorted({i for group in counted for i, _ in group} | {i for i, match in found if match["pages"] in lasts and _closes(match)})


def _grows(pages: Iterable[int]) -> bool:
    numbers = list(pages)
    return all(a < b for a, b in zip(numbers, numbers[1:], strict=False))


def _closes(match: re.Match[str]) -> bool:
    return not match.string[match.end() :].strip(" .|)-–—*")


def _top(lines: Sequence[_Line]) -> list[int]:
    """Return the first lines of the text, which may be the head of its first page."""
    return [i for i, line in enumerate(lines) if line.words][:MOST_LINES]


def _beside(lines: Sequence[_Line], edge: int, step: int) -> list[int]:
    """Return the lines of the paragraph right above or below the line `edge`, or next to it behind blank ones."""
    found: list[int] = []
    i = edge + step
    while 0 <= i < len(lines) and not lines[i].words:
        i += step
    while 0 <= i < len(lines) and lines[i].words and len(found) < MOST_LINES:
        found.append(i)
        i += step
    return found
