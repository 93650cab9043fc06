"""One text that describes codes one after the other -> a document for each. Knows how such blocks begin, not what they say.

A row of a table that has one for each code is such a block too, under the names of the columns, and so is a paragraph or item that opens
with a code and says what it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median
from typing import NamedTuple

from assistant.cells import FEWEST_COLUMNS, cell_texts, is_row
from assistant.codes import NEIGHBOURS, OF_ANOTHER, is_advice, leading_codes, valued_codes
from assistant.formats.extract import Extract
from assistant.formats.table import Table, title_column
from assistant.labels import is_sentence, value_start
from assistant.lines import FURNISHED, Line, Shape
from assistant.numbering import ordinals_of
from assistant.splitting import split_lines
from assistant.tokens import codes_in
from assistant.types import Place, Span

FEWEST_BLOCKS = 2
"""A text is taken apart where so many blocks begin alike, each with other codes."""
NAME_WORDS = 16
"""A line that opens a block has at most so many words, and a line that heads something in it no more."""
HEADING_WORDS = 8
"""A heading right over its text has at most so many words; more are the first line of a paragraph."""
MOST_ABOVE = 3
"""In a form, the line of the code may have so many lines above it."""
FEWEST_LINES, TOLD = 3, 0.75
"""This part of the blocks has so many lines at least; fewer tell nothing of a code but its name."""
SHARE = 0.5
"""The blocks hold this part of the text at least; else the text is about something else and only names them."""
TABLE_SHARE = 0.25
"""Tables with a row for each code, above all sections, hold this part of the text at least; rules for all of them may well be longer."""
UNEVEN = 8
"""No block is so many times as long as half of them; else it is the text, and the others are remarks in it."""
DEEPEST = 200
"""A line is set in by at most so many characters."""
TOLD_WORDS = 8
"""A sentence that says what a code is says something of it where it has so many words; a mere name needs more after it."""
_IS = re.compile(
    r"\s*(?:(?:is|are)\s+(?:the|an?)|(?:means|describes|denotes|represents|stands\s+for|refers\s+to)(?:\s+(?:the|an?))?)\s+"
    r"(?:(?:\w+\s+)?codes?\s+for\s+(?:(?:the|an?)\s+)?)?",
    re.IGNORECASE,
)
"""What stands between a code and what it is."""
_SENTENCE_END = re.compile(r"[.;!?](?=\s|[*_)]*\Z)")
_EMPHASIS = "*_ \t"
_SYSTEM = r"(?:(?:hcpcs|cpt|cdt)(?:\s+codes?)?|(?:billing\s+|procedure\s+)?codes?)\b[\s:#]*"
_SYSTEM_NAME = re.compile(_SYSTEM, re.IGNORECASE)
"""The name of a code system right before a code."""


class _Opening(NamedTuple):
    """A line at which a block may begin, the codes that it is about, and how it names them."""

    line: int
    codes: tuple[str, ...]
    form: tuple[str, str, int]


@dataclass(frozen=True)
class _Text:
    """An extract in lines."""

    one: Extract
    lines: Sequence[Line]
    pattern: str

    def of(self, i: int) -> str:
        return self.lines[i].content.of(self.one.text).strip(_EMPHASIS)

    def start(self, i: int) -> int:
        """Return where line i begins, what it is set in by included; the end of the text after the last line."""
        if i >= len(self.lines):
            return len(self.one.text)
        at = self.lines[i].span.start
        return at - len(self.one.text[max(at - DEEPEST, 0) : at]) + len(self.one.text[max(at - DEEPEST, 0) : at].rstrip(" \t"))

    def heads(self, i: int) -> bool:
        """Say whether line i may head something: it is short, no sentence, no field and no item."""
        line, words = self.lines[i], self.of(i)
        shaped = line.shape in (Shape.TEXT, Shape.LABEL) and not line.is_item and not is_sentence(words)
        most = NAME_WORDS if line.blank_after or line.marker == "#" else HEADING_WORDS
        return shaped and self.is_apart(i) and len(words.split()) <= most

    def is_apart(self, i: int) -> bool:
        """Say whether line i is a heading by its mark, or stands below a blank line or a rule."""
        line = self.lines[i]
        return i == 0 or line.blank_before or line.marker == "#" or self.lines[i - 1].shape is Shape.RULE

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Return the lines of the file, where that is what the text is."""
        ends = [match.start() for match in re.finditer("\n", self.one.text)]
        return tuple(Place(self.start(i), "line", bisect_left(ends, line.span.start) + 1) for i, line in enumerate(self.lines))


def blocks_of(one: Extract, pattern: str) -> list[Extract]:
    """Return a document for each block of a text that describes codes one after the other, after what stands around them.

    A text that does not do so, rows of tables, and a text that says itself which codes it is about come back as they are.
    """
    if not pattern or one.key or one.codes is not None or (one.places and one.places[0].kind == "row"):
        return [one]
    if len(codes_in(one.text, pattern)) < FEWEST_BLOCKS:
        return [one]
    text = _Text(one, split_lines(one.text, one.hidden, one.bold), pattern)
    groups: dict[tuple[str, str, int], list[_Opening]] = defaultdict(list)
    for i in range(len(text.lines)):
        if (opening := _opening(text, i)) and not _among_neighbours(text, i):
            groups[opening.form].append(opening)
    for group in sorted(groups.values(), key=len, reverse=True):
        starts = _starts(text, group)
        end = _end(text, group, starts)
        if starts and _are_blocks(text, group, starts, end):
            return _taken_apart(text, group, starts, end)
    return _rows_apart(text) or _told_apart(text) or [one]


def _opening(text: _Text, i: int) -> _Opening | None:
    """Return what line i says of the code that it names, None where it opens no block: its field, its name after it, or before it."""
    line, words = text.lines[i], text.of(i)
    if line.marker == "-" or line.shape in FURNISHED - {Shape.ROW} or len(words.split()) > NAME_WORDS or OF_ANOTHER.search(words):
        return None
    label, codes = valued_codes(words, text.pattern)
    if codes and not set(label) & set("(["):
        return _Opening(i, codes, ("field", label.casefold(), 0))
    if line.shape is Shape.ROW or not text.is_apart(i):
        return None
    codes = leading_codes(words[_before_code(words) :], text.pattern)
    if codes and not is_advice(words, text.pattern):
        return _Opening(i, codes, ("name", line.marker, line.level))
    codes = codes_in(words, text.pattern)
    last = codes and re.search(rf"(?:[(\[–—:-]\s*(?:{_SYSTEM})?|,\s*{_SYSTEM})(?:{text.pattern})\W*\Z", words, re.IGNORECASE)
    if not last or is_sentence(words) or NEIGHBOURS.search(words):
        return None
    return _Opening(i, codes, ("last", line.marker, line.level))


def _before_code(words: str) -> int:
    """Return how many characters of a line number what it heads and name the code system, as in "B. HCPCS "; 0 where none do."""
    bare = words.lstrip(_EMPHASIS)
    ordinal = next(iter(ordinals_of(bare)), None)
    length = len(words) - len(bare) + ordinal.length if ordinal else 0
    system = _SYSTEM_NAME.match(words, length)
    return system.end() if system else length


def _among_neighbours(text: _Text, i: int) -> bool:
    """Say whether the nearest line above that heads something without a code announces other codes."""
    for j in range(i - 1, -1, -1):
        if text.heads(j) and not codes_in(text.of(j), text.pattern):
            return bool(NEIGHBOURS.search(text.of(j)))
    return False


def _starts(text: _Text, group: Sequence[_Opening]) -> list[int]:
    """Return the line at which each block begins: that of its code, or what stands above it alike in all of them."""
    starts: list[int] = []
    after = 0
    for opening in group:
        i = opening.line
        while i > after and not text.is_apart(i):
            i -= 1
        if opening.line - i > MOST_ABOVE:
            return []
        starts.append(i)
        after = opening.line + 1
    edges = [0, *(opening.line + 1 for opening in group)]
    headed = all(i > edge and text.heads(i - 1) for i, edge in zip(starts, edges, strict=False))
    return [i - 1 for i in starts] if headed else starts


def _end(text: _Text, group: Sequence[_Opening], starts: Sequence[int]) -> int:
    """Return the line after the last block: a heading of its level without a code, or what looks like one where no other block has any."""
    if not starts:
        return 0
    marked = text.lines[starts[-1]].marker == "#"
    level = text.lines[starts[-1]].level
    heads = [i for i in range(starts[0], len(text.lines)) if text.heads(i) and not codes_in(text.of(i), text.pattern)]
    own = [i for i in heads if i > group[-1].line]
    if marked:
        return next((i for i in own if text.lines[i].marker == "#" and text.lines[i].level <= level), len(text.lines))
    elsewhere = [i for n, i in enumerate(heads) if i not in starts and i <= starts[-1]]
    return own[0] if own and not elsewhere else len(text.lines)


def _are_blocks(text: _Text, group: Sequence[_Opening], starts: Sequence[int], end: int) -> bool:
    """Say whether each block is about other codes, most say something of them, and together they are what the text is about."""
    named = [code for opening in group for code in opening.codes]
    if len(group) < FEWEST_BLOCKS or len(set(named)) < len(named):
        return False
    if not set(codes_in(text.one.text[: text.start(starts[0])], text.pattern)) <= set(named):
        return False
    lengths = [b - a for a, b in zip(starts, [*starts[1:], end], strict=True)]
    held = text.start(end) - text.start(starts[0])
    told = sum(n >= FEWEST_LINES for n in lengths) >= TOLD * len(lengths)
    return told and held >= SHARE * len(text.one.text) and max(lengths) <= UNEVEN * median(lengths)


def _taken_apart(text: _Text, group: Sequence[_Opening], starts: Sequence[int], end: int) -> list[Extract]:
    edges = [text.start(i) for i in (*starts, end)]
    whole = [Span(a, b) for a, b in ((0, edges[0]), (edges[-1], len(text.one.text))) if a < b]
    around = [i for i in range(len(text.lines)) if not starts[0] <= i < end]
    found = [_part(text, whole, tuple(code for opening in group for code in opening.codes))] if len(around) > 1 else []
    for opening, first, a, b in zip(group, starts, edges, edges[1:], strict=False):
        part = replace(_part(text, [Span(a, b)], opening.codes), key="+".join(opening.codes))
        title = _title(text, opening, first)
        found.append(replace(part, title=title and Span(title.start - a, title.end - a)))
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with a row for each code: its header's lines, the codes of each row, and the column that says what they are called."""

    head: range
    codes: dict[int, tuple[str, ...]]
    called: int


def _rows_apart(text: _Text) -> list[Extract]:
    """Return a document for each code that has rows of its own in tables, after what stands around these; [] where there is none.

    A text that names one code above is about that one, and its table compares it.
    """
    tables = [table for i, line in enumerate(text.lines) if line.shape is Shape.HEADER and (table := _coded_rows(text, i))]
    rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for table in tables:
        for i, codes in table.codes.items():
            rows[codes].append(i)
    named = tuple(code for codes in rows for code in codes)
    if len(rows) < FEWEST_BLOCKS or len(set(named)) < len(named):
        return []
    above = set(codes_in(text.one.text[: text.start(tables[0].head[0])], text.pattern))
    taken = {i for table in tables for i in (*table.head, *table.codes)}
    around = [i for i in range(len(text.lines)) if i not in taken]
    held = sum(len(text.lines[i].span.of(text.one.text)) for i in taken)
    sections = any(text.heads(i) for i in range(1, tables[0].head[0] - 1))
    if held < (SHARE if sections else TABLE_SHARE) * len(text.one.text) or (above and (len(above) == 1 or not above <= set(named))):
        return []
    found = [_part(text, [_line(text, i) for i in around], named)] if len(around) > 1 else []
    for codes, own in rows.items():
        spans: list[Span] = []
        for table in tables:
            if lines := [i for i in own if i in table.codes]:
                head = _line(text, table.head[0])
                spans += [Span(head.start - 1, head.end) if spans else head, *(_line(text, i) for i in (*table.head[1:], *lines))]
        part = _part(text, spans, codes)
        called = next(table.called for table in tables if own[0] in table.codes)
        found.append(replace(part, key="+".join(codes), title=_called(text, part.text, own[0], called)))
    return found


def _coded_rows(text: _Text, header: int) -> _Table | None:
    """Return the table below a header between pipes where each row opens with codes, or has them in one column, and says more of them."""
    end = next((i for i in range(header + 1, len(text.lines)) if not _goes_on(text, i)), len(text.lines))
    head = range(header, next((i for i in range(header, end) if text.lines[i].shape is Shape.ROW), end))
    rows = [(i, cell_texts(text.lines[i].content.of(text.one.text))) for i in range(head.stop, end) if text.lines[i].shape is Shape.ROW]
    names = cell_texts(text.lines[header].content.of(text.one.text))
    if (
        not is_row(text.lines[header].span.of(text.one.text))
        or len(names) < FEWEST_COLUMNS
        or any(len(row) != len(names) for _, row in rows)
    ):
        return None
    coded = [n for n in range(len(names)) if rows and all(leading_codes(row[n], text.pattern) for _, row in rows)]
    if not coded or NEIGHBOURS.search(names[coded[0]]) or _among_neighbours(text, header):
        return None
    cells = tuple((i, tuple(cell.strip(_EMPHASIS) for cell in row)) for i, row in rows)
    codes = {i: leading_codes(row[coded[0]], text.pattern) for i, row in rows}
    beside = all(any(map(str.isalpha, row[coded[0]][_after_codes(row[coded[0]], text.pattern) :])) for _, row in cells)
    return _Table(head, codes, coded[0] if beside else title_column(Table("", tuple(names), cells), coded[0]))


def _goes_on(text: _Text, i: int) -> bool:
    """Say whether line i is one of the same table as the line above it."""
    return text.lines[i].shape in (Shape.ROW, Shape.FRAME) and not text.lines[i].blank_before


def _line(text: _Text, i: int) -> Span:
    """Return line i as a whole, up to the next."""
    return Span(text.start(i), text.start(i + 1))


def _called(text: _Text, part: str, row: int, column: int) -> Span | None:
    """Return what the cell of a row calls its codes, where it stands in the part that has the row; None where that is nothing but codes."""
    words = cell_texts(text.lines[row].content.of(text.one.text))[column]
    kept = words[_after_codes(words, text.pattern) :].strip(_EMPHASIS)
    at = part.find(kept, part.find(text.lines[row].content.of(text.one.text)))
    return Span(at, at + len(kept)) if any(map(str.isalpha, kept)) else None


class _Told(NamedTuple):
    """A paragraph or item that says what its codes are: its first line, the line after it, its codes, and where their name stands."""

    line: int
    end: int
    codes: tuple[str, ...]
    title: Span


def _told_apart(text: _Text) -> list[Extract]:
    """Return a document for each paragraph or outer item that opens with codes of its own and says what they are; [] where few do.

    Paragraphs without a code that stand between two go with the first. A text that names one code above is about that one.
    """
    told = [one for i in range(len(text.lines)) if (one := _told(text, i)) and not _among_neighbours(text, i)]
    items = [one for one in told if text.lines[one.line].is_item]
    outer = min((text.lines[one.line].indent for one in items), default=0)
    listed = [one for one in items if text.lines[one.line].indent == outer]
    for group in ([one for one in told if one not in items], listed):
        named = tuple(code for one in group for code in one.codes)
        if len(group) < FEWEST_BLOCKS or len(set(named)) < len(named):
            continue
        first = group[0].line
        between = {i for one, after in zip(group, group[1:], strict=False) for i in range(one.end, after.line)}
        heads = (i for i in range(group[-1].end, len(text.lines)) if text.heads(i))
        end = next(heads, len(text.lines)) if between and group is not listed else group[-1].end
        edges = [*(text.start(one.line) for one in group), text.start(end)]
        lengths = [b - a for a, b in zip(edges, edges[1:], strict=False)]
        above = set(codes_in(text.one.text[: edges[0]], text.pattern))
        divided = between and (group is listed or any(text.heads(i) for i in between))
        apart = not divided and len(above) != 1 and above <= set(named)
        if apart and edges[-1] - edges[0] >= SHARE * len(text.one.text) and max(lengths) <= UNEVEN * median(lengths):
            whole = [Span(a, b) for a, b in ((0, edges[0]), (edges[-1], len(text.one.text))) if a < b]
            found = [_part(text, whole, named)] if len(text.lines) - (end - first) > 1 else []
            for one, a, b in zip(group, edges, edges[1:], strict=False):
                title = Span(one.title.start - a, one.title.end - a)
                found.append(replace(_part(text, [Span(a, b)], one.codes), key="+".join(one.codes), title=title))
            return found
    return []


def _told(text: _Text, i: int) -> _Told | None:
    """Return what line i opens where that is a paragraph or an item which says what a code is, and more than its name."""
    line = text.lines[i]
    if line.shape in FURNISHED or line.marker == "#" or not (line.is_item or text.is_apart(i)):
        return None
    end = i + 1
    while end < len(text.lines) and not _begins(text, i, end):
        end += 1
    words = text.one.text[line.content.start : text.lines[end - 1].span.end]
    codes = leading_codes(words, text.pattern)
    start = _after_codes(words, text.pattern)
    start += len(words[start:]) - len(words[start:].lstrip(_EMPHASIS))
    defined = _IS.match(words, max(start - 1, 0)) if codes else None
    start = defined.end() if defined else start
    closed = _SENTENCE_END.search(words, start)
    name = words[start : closed.start() if closed else len(words)]
    rest = words[start + len(name) :].strip(" .;*_\n")
    if not codes or not name[:1].isalpha() or OF_ANOTHER.search(name) or len(name.split()) < 2:
        return None
    says_more = rest or (defined and len(name.split()) >= TOLD_WORDS)
    if not says_more or not (defined or not is_advice(f"{codes[0]} {name}.", text.pattern)):
        return None
    title = name.split("\n", 1)[0].strip(_EMPHASIS)
    at = line.content.start + words.index(title, start)
    return _Told(i, end, codes, Span(at, at + len(title)))


def _begins(text: _Text, i: int, j: int) -> bool:
    """Say whether line j begins something else than the paragraph, or the item with what is set in below it, that line i opens."""
    line, first = text.lines[j], text.lines[i]
    if first.is_item:
        return line.indent <= first.indent and (line.is_item or line.blank_before or line.marker == "#")
    return line.blank_before or line.shape in FURNISHED or bool(line.marker)


def _title(text: _Text, opening: _Opening, first: int) -> Span | None:
    """Return what names the block that begins at line `first`: its first line that says more than a code, without its label."""
    for i in range(first, min(opening.line + 2, len(text.lines))):
        content = text.lines[i].content
        words = content.of(text.one.text)
        label = value_start(words) if text.lines[i].shape is Shape.FIELD and opening.form[0] != "last" else 0
        if opening.form[0] == "name" and i == opening.line:
            label = max(label, _after_codes(words, text.pattern))
        named = re.sub(rf"(?:{text.pattern})|\W", "", words[label:], flags=re.IGNORECASE)
        if any(map(str.isalpha, named)) and text.lines[i].shape in (Shape.TEXT, Shape.FIELD):
            kept = words[label:].strip(_EMPHASIS)
            start = content.start + words.index(kept, label)
            return Span(start, start + len(kept))
    return None


def _after_codes(words: str, pattern: str) -> int:
    """Return where the words go on after the codes that they open with."""
    named = re.compile(rf"[*_ ]*(?:(?:{pattern})[\s,;/&]*(?:and\s+)?)+[\s:–—-]*", re.IGNORECASE)
    found = named.match(words, _before_code(words))
    return found.end() if found else 0


def _part(text: _Text, spans: Sequence[Span], codes: tuple[str, ...]) -> Extract:
    """Return a document of some parts of the text, its places and what is hidden or bold counted anew."""
    places = text.one.places or text.places
    words, kept, hidden, bold = "", [], [], []
    for span in spans:
        shift = len(words) - span.start
        above = [place for place in places if place.start <= span.start][-1:]
        inside = [place for place in places if span.start < place.start < span.end]
        kept += [replace(place, start=max(place.start, span.start) + shift) for place in (*above, *inside)]
        for veil in text.one.hidden:
            if veil.start < span.end and span.start < veil.end:
                hidden.append(Span(max(veil.start, span.start) + shift, min(veil.end, span.end) + shift))
        bold += [Span(one.start + shift, one.end + shift) for one in text.one.bold if span.contains(one)]
        words += span.of(text.one.text)
    title = text.one.title if text.one.title and spans[0].start == 0 and text.one.title.end <= spans[0].end else None
    return replace(text.one, text=words, codes=codes, title=title, places=tuple(kept), hidden=tuple(hidden), bold=tuple(bold))
