"""Line -> the ordinal it begins with: "2.", "2.1", "IV.", "§ 3", "Part B.". Knows how divisions are counted, not what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.quantities import CARDINALS

_ORDINAL = re.compile(
    r"(?:(?P<word>(?i:part|section|article|chapter|clause|module|rule|appendix|annex|schedule))\s+|(?P<sign>§)\s*)?(?P<open>\()?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[IVXL]{1,6}(?![A-Za-z])|[A-Z](?![A-Za-z])|(?i:"
    + "|".join(CARDINALS)
    + r")\b)(?P<end>\.?\)|[.:]|\s*[–—-](?=\s))?\s+(?=\S)"
)
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}
LONGEST_STEP = 3
"""A row of headings goes on counting by at most so much from one to the next."""


@dataclass(frozen=True, slots=True)
class Ordinal:
    """What a line is counted by: the way of counting, one number per level, and how many characters of the line it takes.

    `named` says that a word such as "Part" belongs to it, which is a part of the heading's name then, `bare` that it is a mere number.
    """

    scheme: str
    numbers: tuple[int, ...]
    length: int
    named: bool
    bare: bool = False

    @property
    def lettered(self) -> bool:
        """Say whether it is a letter of the alphabet."""
        return self.scheme.lstrip().startswith("A")

    def is_next(self, before: Ordinal) -> bool:
        """Say whether this is the number after `before`, as in a list."""
        return (self.scheme, self.numbers) == (before.scheme, (*before.numbers[:-1], before.numbers[-1] + 1))


def ordinals_of(line: str, bare: bool = False) -> tuple[Ordinal, ...]:
    """Return the ordinal that `line` begins with; two where a letter may be a Roman number, none where it begins otherwise.

    Mere numbers, as in "3 Units", are looked for too where `bare` says so: they may as well count what the line speaks of.

    >>> [ordinal.numbers for ordinal in ordinals_of("2.1 Units")]
    [(2, 1)]
    >>> [ordinal.numbers for ordinal in ordinals_of("V. Units")]
    [(22,), (5,)]
    """
    found = _ORDINAL.match(line)
    if not found:
        return ()
    word, number, end = (found["word"] or found["sign"] or "").casefold(), found["number"], (found["end"] or "").strip()
    if number.casefold() in CARDINALS:
        number = str(CARDINALS.index(number.casefold()) + 1) if word else ""
    if not number:
        return ()
    decimal = "." in number
    unmarked = not (word or end or decimal)
    fit = (decimal or (bare and number.isdigit())) and line[found.end()].isupper()
    if not (word or end or fit) or (found["open"] and not end.endswith(")")):
        return ()
    values: list[tuple[str, tuple[int, ...]]] = []
    if number[0].isdigit():
        parts = tuple(int(part) for part in number.split("."))
        values.append(("1", parts[:-1] if decimal and parts[-1] == 0 else parts))
    else:
        values += [("A", (ord(number) - ord("A") + 1,))] if len(number) == 1 else []
        values += [("I", (_roman(number),))] if set(number) <= set(_ROMAN) else []
    style = "" if word else "." if decimal else end
    return tuple(Ordinal(f"{word} {kind}{style}", numbers, found.end(), found["word"] is not None, unmarked) for kind, numbers in values)


def _roman(number: str) -> int:
    values = [_ROMAN[letter] for letter in number]
    return sum(-own if own < after else own for own, after in zip(values, [*values[1:], 0], strict=True))


def counted_rows(counted: Iterable[tuple[int, Ordinal]]) -> list[list[int]]:
    """Return the longest row of positions that count on from one to the next, for each scheme and level, higher levels first."""
    ends: dict[tuple[str, int, tuple[int, ...]], int] = {}
    lengths: list[int] = []
    before: list[int] = []
    found = list(counted)
    for n, (_, ordinal) in enumerate(found):
        numbers, level = ordinal.numbers, len(ordinal.numbers)
        earlier = [(ordinal.scheme, level, (*numbers[:k], numbers[k] - step)) for k in range(level) for step in range(1, LONGEST_STEP + 1)]
        last = max((ends[key] for key in earlier if key in ends), key=lambda i: lengths[i], default=-1)
        before.append(last)
        lengths.append(1 + (lengths[last] if last >= 0 else 0))
        for k in range(level):
            key = (ordinal.scheme, level, numbers[: k + 1])
            if key not in ends or lengths[n] > lengths[ends[key]]:
                ends[key] = n
    longest: dict[tuple[int, str], int] = {}
    for n, (_, ordinal) in enumerate(found):
        group = (len(ordinal.numbers), ordinal.scheme)
        if group not in longest or lengths[n] > lengths[longest[group]]:
            longest[group] = n
    rows = []
    for (level, _), last in longest.items():
        row, n = [], last
        while n >= 0:
            row.append(found[n][0])
            n = before[n]
        rows.append((level, -len(row), row[::-1]))
    return [row for *_, row in sorted(rows)]
