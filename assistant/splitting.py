"""Text -> lines, each read on its own and then in the light of those around it: lists, questions with answers, code, tables.

Knows no heading and no section.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.labels import EMPHASIS, LABEL_WORDS, dashed_label, is_question, is_sentence, stopped_label
from assistant.lines import (
    BREAKS_OFF,
    FURNISHED,
    KEEP_TO_WIDTH,
    Line,
    Shape,
    bold_line,
    indent_of,
    is_definition,
    is_wrapped,
    line_between,
    line_width,
    read_line,
    shape_of,
)  # fmt: skip
from assistant.numbering import Ordinal, counted_rows, ordinals_of
from assistant.tables import with_tables
from assistant.types import Span

_CAPITALS = frozenset("(ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LETTERED = frozenset((" A.", " A)", " A.)"))
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)\Z")
_RUN_IN_TITLE = re.compile(r"(?P<label>[A-Z](?:[^\s.!?:;]*\s+){0,7}[^\s.!?:;]*)\.(?:\s+(?=[\"“(]?[A-Z0-9])|\Z)")
_ASKED, _ANSWERED = (
    re.compile(rf"(?P<mark>[*_]{{0,2}}){word}\s?\d{{0,3}}[:.)][*_]{{0,2}}\s+(?=\S)") for word in ("Q(?:uestion)?", "A(?:nswer)?")
)
_DEFINITION = re.compile(r":\s+(?=\S)")
FEWEST_TITLED = 3
"""So many counted paragraphs begin with titles, or what looks like titles is chance."""
WIDEST, FEWEST_SET_IN = 1000, 8
"""A margin has at most so many columns, and so many lines at least that keep to it."""


def split_lines(text: str, hidden: Sequence[Span] = (), bold: Sequence[Span] = ()) -> list[Line]:
    """Return the non-blank lines of `text` in order. Lines that begin in one of the `hidden` spans are left out, as if blank.

    What all are set in by is the margin of the page and no indent. Each of the `bold` spans is one line, and no list item.
    """
    lines: list[Line] = []
    blank, margin = True, WIDEST
    spans, shown_bold = iter(hidden), {span.start: span for span in bold}
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
        whole = shown_bold.get(match.start())
        lines.extend([bold_line(text, whole, blank)] if whole else read_line(text, match.start(), raw, blank))
        margin = min(margin, indent_of(raw))
        blank = False
    if margin and len(lines) >= FEWEST_SET_IN:
        lines = [replace(line, indent=max(line.indent - margin, 0)) for line in lines]
    if lines:
        lines[-1] = replace(lines[-1], blank_after=True)
    for told in _TOLD:
        lines = told(text, lines)
    return lines


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
                shape, label = shape_of(content.of(text))
                found[j] = replace(lines[j], content=content, marker="1", shape=shape, label=label)
        elif line.blank_before or not first.islower():
            row = [(i, own)] if own and own.numbers == (1,) else []
    return found


def _aligned(_: str, lines: Sequence[Line]) -> list[Line]:
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
    if not from_one or len(titled) - len(bare) < max(FEWEST_TITLED, len(bare) + 1) or len(titled) < KEEP_TO_WIDTH * len(row):
        return list(lines)
    found = list(lines)
    for i, title in titled.items():
        content = lines[i].content if i in bare else Span(lines[i].content.start + title.end(), lines[i].content.end)
        found[i] = replace(lines[i], content=content, marker="", shape=Shape.LABEL if i in bare else Shape.FIELD, label=title["label"])
    return found


def _with_stops(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with labels that a full stop closes above their text, as "FARES.", where others run into theirs, as "LIMITS. Two."."""
    found = list(lines)
    run_in = sum(line.shape is Shape.FIELD and _runs_in(line.content.of(text), line.label) for line in lines)
    for i, line in enumerate(lines[:-1] if run_in >= FEWEST_TITLED else ()):
        label = stopped_label(line.content.of(text)) if line.shape is Shape.TEXT and line.blank_before and not line.marker else ""
        if label:
            found[i] = replace(line, shape=Shape.LABEL, label=label)
    return found


def _with_dashes(text: str, lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with those as fields that dashes set off from their labels, as "Nurse – near by": two or more below one another.

    One that follows what has ended, below the first, is such a field too. There are so many in rows, or what looks like them is chance.
    """
    dashed = {i: label for i, line in enumerate(lines) if line.shape is Shape.TEXT and (label := dashed_label(line.content.of(text)))}
    row = {i for i in dashed if any(j in dashed and _are_alike(lines[i], lines[j]) for j in (i - 1, i + 1))}
    if len(row) < FEWEST_TITLED:
        return list(lines)
    alone = {i for i in dashed if i >= min(row) and not lines[i].marker and (lines[i].blank_before or _has_ended(text, lines[i - 1]))}
    return [replace(line, shape=Shape.FIELD, label=dashed[i]) if i in row | alone else line for i, line in enumerate(lines)]


def _has_ended(text: str, line: Line) -> bool:
    return line.is_item or line.shape is not Shape.TEXT or is_sentence(line.content.of(text))


def _are_alike(line: Line, other: Line) -> bool:
    return (line.marker, line.indent) == (other.marker, other.indent) and line.marker != "#"


def _runs_in(content: str, label: str) -> bool:
    """Say whether a full stop, and no colon, stands between a label and its text."""
    return content.partition(label)[2].lstrip(EMPHASIS).startswith(".")


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
            own = line_between(text, Span(start, start + len(rest)), line.indent + start - line.content.start)
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
                found[-1] = replace(above, shape=Shape.LABEL, label=above.content.of(text).strip(EMPHASIS))
            content = Span(line.span.start + mark.end(), line.span.end)
            shape, label = shape_of(content.of(text))
            line = replace(line, content=content, marker="-", shape=shape, label=label)
        found.append(line)
    return found


def _may_be_term(line: Line, text: str) -> bool:
    words = line.content.of(text)
    return line.shape is Shape.TEXT and not line.marker and len(words.split()) <= LABEL_WORDS and not is_sentence(words)


def _with_code(text: str, lines: Sequence[Line]) -> list[Line]:
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


_TOLD = (
    _with_letters,
    _aligned,
    _with_wrapped_numbers,
    _with_titles,
    _with_stops,
    _with_dashes,
    _with_answers,
    _with_definitions,
    _with_code,
    with_tables,
)
"""What is told of lines from those around them, in order."""
