"""Lines of one section -> units: sentences, list items, table rows, labelled fields and labels, each with the labels it stands under.

Knows nothing of headings' meaning; nesting comes from indentation, markers and colons alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from assistant.cells import YEAR, are_lists, cells_in, has_pipe, header_name, holds_value, row_labels
from assistant.cells import cells as row_cells
from assistant.labels import EMPHASIS, LABEL_WORDS, is_question, is_sentence, label_of, value_start
from assistant.lines import BREAKS_OFF, FURNISHED, Line, Shape, is_wrapped
from assistant.numbering import ordinals_of
from assistant.sentences import is_abbreviated, sentences
from assistant.types import Span, Unit, UnitKind

_TABULAR = (Shape.HEADER, Shape.ROW, Shape.FRAME)
LONGEST_SENTENCE = 30
"""A sentence runs over at most so many lines."""
MANY_LABELS = 2
"""So many labels inside a labelled line, or so many lines with one label, make them fields of one row."""
FEWEST_TITLED = 3
"""So many paragraphs or items of a section that each begin with a few words and a full stop begin with their titles."""
_NOWHERE = 1_000_000
"""Indentation that no line has: nothing is set in below a table."""
_ITEM = 2
"""Depth of list items, by which they are ordered before their indentation."""
_BOLD = -2
"""Indentation of what is bold as a whole, in the order of labels: a label with a colon stands below it, and may stand over another."""
_TABLE = (3, 0)
"""Depth of a table's header: below every label, list item and sub-heading."""
_BEGUN = re.compile(r"[a-z)][.!?]\s+[A-Z][a-z]*(?:\s+[^\s.!?:]+){2,}\Z")
"""Ends in a line a sentence that begins in it, after another one: such lines are prose, and go on in the next."""
_TITLED = re.compile(
    r"(?P<number>\(?\d{1,2}(?:\.\d{1,2})+[.)]{0,2}\s+)?(?P<title>[A-Z][^\s.!?:;,]*(?:\s[^\s.!?:;,]+){0,2})\.\s+(?=[A-Z0-9\"“(])"
)


@dataclass(slots=True)
class _Open:
    """A label that still collects the lines under it. `depth` orders nesting; `unit` is the position of the label's unit.

    `is_close` says that it ends in a colon with its text right below, so that it reaches no further than to the next blank line.
    """

    depth: tuple[int, int]
    name: str | None
    unit: int
    is_close: bool = False


def _is_open(words: str) -> bool:
    return not is_sentence(words) or words.endswith(",")


def _opens_table(line: Line) -> bool:
    """Say whether a line of a table is the first of another one."""
    return line.blank_before or line.shape is Shape.HEADER


class UnitReader:
    """Reads the sections of one document one after the other; walks down the lines of each with a stack of open labels.

    `width` is the `line_width` of the document. `units` are those of all sections read so far, as `Document.units` has them.
    """

    def __init__(self, text: str, width: int) -> None:
        self.text, self.width = text, width
        self.units: list[Unit] = []
        self._last_list = -1

    def read(self, lines: Sequence[Line], section: int, heading: str) -> list[Unit]:
        """Return the units of the `lines` under the heading of a section, in order."""
        begin = len(self.units)
        self.section, self.heading = section, heading
        self.labels = Counter(line.label for line in lines)
        self.below_items = Counter(line.label for above, line in pairwise(lines) if above.is_item and not line.is_item)
        self.titled = Counter(line.is_item for line in lines if _TITLED.match(line.content.of(self.text)))
        self.stack: list[_Open] = []
        self.list_number = self._last_list
        self.in_list = False
        self.item_indent = 0
        self.opening: Line | None = None
        self.markers: set[str] = set()
        i = 0
        while i < len(lines):
            line = lines[i]
            end = i + 1
            if line.shape in _TABULAR:
                end = next((j for j in range(i + 1, len(lines)) if lines[j].shape not in _TABULAR or _opens_table(lines[j])), len(lines))
                self._add_table(lines[i:end])
                i = end
                continue
            if line.shape is not Shape.LABEL and line.shape not in FURNISHED and line.marker != "#":
                while end < len(lines) and self._continues(lines, end):
                    end += 1
            if line.shape not in (Shape.RULE, Shape.FRAME):
                self._add(line, Span(line.content.start, lines[end - 1].content.end), lines[end:])
            i = end
        return self.units[begin:]

    def _continues(self, lines: Sequence[Line], i: int) -> bool:
        """Say whether line i goes on with the sentence that the line above broke off."""
        before, line = lines[i - 1], lines[i]
        if line.marker or line.blank_before or line.shape is Shape.LABEL or line.shape in FURNISHED:
            return False
        start, tail = line.content.of(self.text)[0], before.content.of(self.text)
        if (line.shape is Shape.FIELD and start.isupper()) or (is_sentence(tail) and not tail.endswith(",")):
            return False
        if tail.endswith(BREAKS_OFF) or (line.shape is Shape.TEXT and _BEGUN.search(tail)):
            return True
        wrapped = is_wrapped(self.text, before, line, self.width)
        if line.shape is Shape.FIELD and (line.indent > before.indent or before.shape is Shape.FIELD):
            return False
        if (start.islower() or start in "(") and not (before.is_item and line.indent <= before.indent):
            return wrapped or before.is_item or self._ends_as_prose(lines, i)
        return wrapped

    def _ends_as_prose(self, lines: Sequence[Line], i: int) -> bool:
        """Say whether the lines from i on that begin with a small letter come to the end of a sentence, not too far below."""
        for n in range(i, min(i + LONGEST_SENTENCE, len(lines))):
            if n > i and not self._goes_on(lines[n]):
                return False
            if not _is_open(lines[n].content.of(self.text)):
                return True
        return False

    def _goes_on(self, line: Line) -> bool:
        return not (line.marker or line.blank_before or line.shape is not Shape.TEXT) and line.content.of(self.text)[0].islower()

    def _add(self, line: Line, span: Span, after: Sequence[Line]) -> None:
        following = after[0] if after else None
        bold = following is not None and self._is_bold(line)
        outer = self._stands_over_label(line, following)
        depth = (1, _BOLD) if bold else (1, line.indent - 1) if outer else self._depth(line)
        inside = self._inside_item(line)
        opens = line.is_item and (not self.in_list or self._counts_anew(line, after))
        if not inside:
            self._close(line, depth, opens, bold)
        if opens:
            self.list_number += 1
            self.opening, self.markers = line, set()
        if line.is_item:
            self.markers.add(line.marker)
        self.in_list = line.is_item or inside
        self.item_indent = line.indent if line.is_item else self.item_indent
        name = line.label if line.shape is not Shape.TEXT else None
        introduces = self._introduces(line, span, following)
        nests = line.is_item and following is not None and self._nests(line, following)
        if line.marker == "#":
            self._append(span, UnitKind.LABEL, line)
            self._open(depth, span.of(self.text).strip("#*_: "))
        elif bold:
            self._append(span, UnitKind.LABEL, line)
            self._open(depth, span.of(self.text).strip(EMPHASIS))
        elif line.shape is Shape.LABEL or introduces or (nests and line.shape is Shape.TEXT and not is_sentence(span.of(self.text))):
            self._append(span, UnitKind.LABEL, line)
            short = (line.label or span.of(self.text).rstrip(": ")) if line.shape is Shape.LABEL or line.is_item else None
            close = not line.blank_after and not outer and span.of(self.text).rstrip("*_ ").endswith(":")
            self._open(depth, short, close)
        else:
            self._append_sentences(line, span, name, line.is_item or inside)
            if nests:
                self._open(depth, line.label or span.of(self.text).rstrip(".: "))

    def _nests(self, line: Line, following: Line) -> bool:
        """Say whether an item names what is below it: other items set in, or where it is a few words, sentences or fields.

        Sentences are set in too, fields are or have the labels of others right below items.
        """
        if following.is_item:
            return following.indent > line.indent
        words = line.content.of(self.text)
        few = line.shape is Shape.TEXT and len(words.split()) <= LABEL_WORDS and not is_sentence(words)
        if not few or following.blank_before:
            return False
        if following.shape is Shape.FIELD:
            return following.indent >= line.indent + 2 or self.below_items[following.label] >= MANY_LABELS
        return following.shape is Shape.TEXT and is_sentence(following.content.of(self.text)) and following.indent >= line.indent + 2

    def _stands_over_label(self, line: Line, following: Line | None) -> bool:
        """Say whether one label stands right over another, so that it is the outer one."""
        over = line.shape is Shape.LABEL and following is not None and following.shape is Shape.LABEL
        return over and following is not None and not following.is_item and line.marker == following.marker == ""

    def _open(self, depth: tuple[int, int], name: str | None, is_close: bool = False) -> None:
        """Let the last unit stand as a label over what follows."""
        self.stack.append(_Open(depth, name, len(self.units) - 1, is_close))

    def _inside_item(self, line: Line) -> bool:
        """Say whether a line of text or a field is part of the list item above it: it is set in below it, or other items have its label."""
        if not self.in_list or line.marker or line.shape not in (Shape.TEXT, Shape.FIELD):
            return False
        headed = line.shape is Shape.FIELD and bool(self.stack) and self.stack[-1].depth[0] == _ITEM
        return line.indent >= self.item_indent + 2 or (headed and self.labels[line.label] >= MANY_LABELS)

    def _counts_anew(self, line: Line, after: Sequence[Line]) -> bool:
        """Say whether an item below a blank line is none of the list above.

        It is counted and stands further out, begins to count after bullets, or is a bullet after which nothing counts on.
        """
        if self.opening is None or not line.blank_before:
            return False
        if line.marker == "1" and line.indent < self.opening.indent:
            return True
        if self.markers != {self.opening.marker} or line.marker in self.markers or line.indent != self.opening.indent:
            return False
        items = list(takewhile(lambda one: one.is_item or one.indent > line.indent, after))
        counted = [one for one in (line, *items) if one.marker == "1" and one.indent == line.indent]
        return not counted or any(own.numbers == (1,) for own in ordinals_of(counted[0].span.of(self.text).upper()))

    def _introduces(self, line: Line, span: Span, following: Line | None) -> bool:
        """Say whether a text line stands over a list or a table: it ends in a colon."""
        listed = following is not None and (following.is_item or following.shape in _TABULAR)
        return listed and line.shape is Shape.TEXT and span.of(self.text).endswith(":")

    def _is_bold(self, line: Line) -> bool:
        """Say whether a short line is bold as a whole, as a heading inside a section is."""
        content = line.content.of(self.text)
        mark = content[:2]
        marked = len(content) > 4 and mark in ("**", "__") and content.endswith(mark) and mark not in content[2:-2]
        heads = is_question(content) or (len(content.split()) <= LABEL_WORDS and not is_sentence(content))
        return (marked or line.bold) and not line.is_item and line.shape is Shape.TEXT and heads

    def _add_table(self, lines: Sequence[Line]) -> None:
        """Add the rows of one table as one list under its header; the first cell of two names its row where all such cells are labels."""
        table = Span(lines[0].span.start, lines[-1].span.end)
        filled = [line for line in lines if line.shape is not Shape.FRAME and any(c.isalnum() for c in line.content.of(self.text))]
        cells = [cells_in(self.text, line.content, table) for line in filled]
        header = next((n for n, line in enumerate(filled) if line.shape is Shape.HEADER and not holds_value(cells, n)), None)
        lists = len(filled) > 1 and are_lists(cells[header or 0]) and all(has_pipe(line.content.of(self.text)) for line in filled)
        if lists:
            header = header or 0
        self._close(lines[0], _TABLE)
        self.list_number += 1
        self.in_list = True
        rows = [line for n, line in enumerate(filled) if n != header]
        names = row_labels([row for n, row in enumerate(cells) if n != header])
        if header is not None:
            self._append(filled[header].content, UnitKind.LABEL, filled[header])
            told = not names or any(YEAR.search(cell) for cell in cells[header])
            name = header_name(filled[header].content.of(self.text), cells[header]) if told else None
            self._open(_TABLE, None if lists else name)
        for n, line in enumerate(rows):
            if lists:
                self._add_cells(line, cells[header or 0])
                continue
            self._append(line.content, UnitKind.FIELD if names else UnitKind.ITEM, line, names[n : n + 1])
        self.item_indent = _NOWHERE

    def _add_cells(self, line: Line, names: Sequence[str]) -> None:
        """Add the cells of a row each by itself, under the name of its column."""
        for name, (start, end) in zip(names, row_cells(line.content.of(self.text)), strict=False):
            if start < end:
                self._append(Span(line.content.start + start, line.content.start + end), UnitKind.CELL, line, (name.strip(EMPHASIS),))

    def _depth(self, line: Line) -> tuple[int, int]:
        """Order nesting: marked sub-headings by level, then labels at the margin, then list items by indentation."""
        if line.marker == "#":
            return (0, line.level)
        if not line.is_item:
            return (1, line.indent if line.shape is Shape.LABEL else 0)
        return (_ITEM, line.indent)

    def _close(self, line: Line, depth: tuple[int, int], opens: bool = False, bold: bool = False) -> None:
        """Drop the labels that do not reach this line, which may be one that opens a list, or be bold as a whole."""
        text = not line.is_item and line.shape in (Shape.TEXT, Shape.CODE) and line.marker != "#" and not bold
        plain = (opens and self.in_list) or text
        while self.stack:
            top = self.stack[-1].depth
            if line.shape is Shape.FIELD and not line.is_item and top[0] == 1 and self._is_below(self.stack[-1]):
                return
            if plain:
                filled = self.stack[-1].unit < len(self.units) - 1
                if top[0] >= 2 or (top[0] == 1 and self.in_list) or (line.blank_before and filled and self.stack[-1].is_close):
                    self.stack.pop()
                    continue
                return
            if top < depth:
                return
            self.stack.pop()

    def _is_below(self, label: _Open) -> bool:
        """Say whether nothing but fields has come between a label and the next line."""
        last = self.units[-1]
        return label.unit == len(self.units) - 1 or (last.kind is UnitKind.FIELD and last.list_number < 0 and last.group == label.unit)

    def _path(self, own: Sequence[str] = ()) -> tuple[str, ...]:
        names = [opened.name for opened in self.stack if opened.name]
        return (self.heading, *names, *(label for label in own if label != self.heading))

    def _append(self, span: Span, kind: UnitKind, line: Line, own: Sequence[str] = (), listed: bool = False) -> None:
        group = self.stack[-1].unit if self.stack else None
        number = self.list_number if listed or line.is_item or line.shape in _TABULAR else -1
        self._last_list = max(self._last_list, number)
        self.units.append(Unit(span, kind, self.section, self._path(own), group, number))

    def _append_sentences(self, line: Line, span: Span, name: str | None, listed: bool) -> None:
        """Add the sentences of a line, the first with the label that runs into it; labels inside it come last in the paths of theirs."""
        words = span.of(self.text)
        title = None if name else self._title(line, words)
        skip = title.end() if title else value_start(words) if name else 0
        own = title["title"] if title else name.strip(EMPHASIS) if name else None
        if line.shape is Shape.CODE:
            found = [span]
        else:
            found = sentences(self.text, Span(span.start + skip, span.end) if skip < len(words) else span)
        for n, (sentence, path) in enumerate(zip(found, self._inner_paths(own, found), strict=True)):
            kind = UnitKind.FIELD if path else UnitKind.ITEM if listed else UnitKind.SENTENCE
            self._append(Span(span.start, sentence.end) if n == 0 else sentence, kind, line, path, listed)

    def _inner_paths(self, own: str | None, found: Sequence[Span]) -> list[tuple[str, ...]]:
        """Return the labels of each sentence of a labelled line: those inside it divide its text.

        They stand beside its own where they are many, or where other lines open with the same label, as "Pros: … Cons: …" lines do.
        """
        if not own:
            return [()] * len(found)
        inner = [label_of(sentence.of(self.text)) for sentence in found]
        if not any(inner):
            return [(own,)] * len(found)
        if inner[0] or (sum(map(bool, inner)) < MANY_LABELS and self.labels[own] < MANY_LABELS):
            return [(own, label) if label else (own,) for label in inner]
        return [(own,), *((label,) if label else () for label in inner[1:])]

    def _title(self, line: Line, words: str) -> re.Match[str] | None:
        """Return the few words that run into the text of a clause, an item or a paragraph as "Units." does in "2.1 Units. One is…"."""
        found = _TITLED.match(words)
        if not found or is_abbreviated(found["title"] + "."):
            return None
        return found if found["number"] or self.titled[line.is_item] >= FEWEST_TITLED else None
