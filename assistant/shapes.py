"""Lines -> the ways in which each may be a heading. Looks at a line and its neighbours; decides nothing about the document."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.labels import is_question, is_sentence, value_start
from assistant.lines import FURNISHED, Line, Shape, is_definition
from assistant.numbering import Ordinal, counted_rows, ordinals_of
from assistant.sentences import ABBREVIATIONS
from assistant.tokens import tokenize

HEADING_WORDS = 10
"""A plain line of more words is prose or a title, not a heading."""
LONGER_WORDS = 14
"""A question on a line of its own, or one that is bold throughout, may have more words than another heading."""
LONGEST_SIGNATURE = 4
"""Names and offices below a letter's closing words take at most so many lines."""
CLOSING_WORDS = 4
"""A letter's closing words are at most so many."""
CAPTION_WORDS = 4
"""A caption over codes has at most so many words."""
PHONE_DIGITS = 7
"""A value of so many digits and no letters is a number to call."""
_EDGE = "*_#: \t"
_TRAILING = " -–—=~"
"""Marks that draw a line behind a heading."""
AROUND = " \t.,;:()[]*_"
"""Marks that stand around a code and are no part of it."""
_STOP = re.compile(r"\b(?P<word>[^\W\d_]{3,}|[A-Z]{2})\.\s+(?=[A-Z][a-z])")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_CODE_WORDS = frozenset(("code", "codes", "hcpcs", "cpt", "cdt", "icd", "procedure", "service", "billing", "and", "/", "&", "-", "–"))


class Style(Enum):
    """How the headings of a document look, most explicit first."""

    MARKED = "marked"
    NUMBERED = "numbered"
    CAPITALS = "capitals"
    BOLD = "bold"
    PLAIN = "plain"
    LABEL = "label"
    FIELD = "field"


def heading_name(line: Line, text: str) -> str:
    """Return the words of a heading without numbering, markup and colon; a division's name, as "Part B. Units", is kept whole."""
    raw = line.label if line.shape is not Shape.TEXT and not _names_division(line, text) else line.content.of(text)
    bare = " ".join(raw.strip(_EDGE).rstrip(_TRAILING).split())
    ordinals = ordinals_of(bare)
    return bare[ordinals[0].length :] if ordinals and not ordinals[0].named else bare


def has_text(line: Line, text: str) -> bool:
    """Say whether a heading's text begins on its own line, after a colon that does not belong to its number."""
    return line.shape is Shape.FIELD and not _names_division(line, text)


def _names_division(line: Line, text: str) -> bool:
    """Say whether a line is a heading such as "Section 2: Units", whose colon announces the heading itself."""
    content = line.content.of(text)
    return _is_brief(content, line.bold) and any(ordinal.named and ordinal.length > len(line.label) for ordinal in ordinals_of(content))


def normal_name(name: str) -> str:
    """Return a heading's words in the form in which two documents' headings are compared."""
    ordinals = ordinals_of(name)
    return " ".join(tokenize(name[ordinals[0].length :] if ordinals else name))


def _asks(content: str) -> bool:
    """Say whether a line is one question, counted or not."""
    bare = content.strip("*_ ")
    ordinals = ordinals_of(bare)
    return is_question(bare[ordinals[0].length :] if ordinals else bare)


def _is_brief(content: str, bold: bool) -> bool:
    """Say whether words are as few as a heading's and end as no sentence does but a question."""
    asked = _asks(content)
    most = LONGER_WORDS if asked or bold or _is_emphasized(content) else HEADING_WORDS
    return len(content.split()) <= most and len(content) <= 10 * most and (asked or not is_sentence(content))


@dataclass(frozen=True, slots=True)
class View:
    """The lines of one document with the questions that heading rules ask of them."""

    text: str
    lines: Sequence[Line]
    codes: re.Pattern[str]
    known: frozenset[str]

    def of(self, i: int) -> str:
        """Return the text of line i without its marker."""
        return self.lines[i].content.of(self.text)

    def name(self, i: int) -> str:
        """Return the words of line i as a heading."""
        return heading_name(self.lines[i], self.text)

    def has_text(self, i: int) -> bool:
        """Say whether line i, as a heading, has its text beside it."""
        return has_text(self.lines[i], self.text)

    def is_emphasized(self, i: int) -> bool:
        """Say whether line i is bold as a whole, by its marks or by what its file says."""
        return self.lines[i].bold or _is_emphasized(self.of(i))

    def ordinals(self, i: int) -> tuple[Ordinal, ...]:
        """Return what line i is counted by; nothing in a table, beside another mark, or where it is set in and no clause."""
        line = self.lines[i]
        if line.marker not in ("", "1") or line.shape in FURNISHED:
            return ()
        found = ordinals_of(line.span.of(self.text), bare=True)
        return tuple(own for own in found if line.indent == 0 or len(own.numbers) > 1)

    def is_short(self, i: int) -> bool:
        """Say whether line i is short enough, and ends as no sentence does but a question."""
        line, content = self.lines[i], self.of(i)
        bare = self.name(i) if self.ordinals(i) else content.strip(_EDGE)
        return (
            _is_brief(content, line.bold)
            and bool(bare)
            and not self._goes_on(i)
            and (bare[0].isupper() or bare[0].isdigit())
            and any(c.isalpha() for c in bare)
            and "|" not in content
            and not self.states_code(i)
            and line.shape not in FURNISHED
        )

    def _goes_on(self, i: int) -> bool:
        """Say whether a full stop inside line i ends a sentence there, and no number or abbreviation."""
        words = self.of(i).strip(_EDGE)
        own = ordinals_of(words)
        stops = _STOP.finditer(words, own[0].length if own else 0)
        return any(stop["word"].casefold() not in ABBREVIATIONS for stop in stops)

    def asks(self, i: int) -> bool:
        """Say whether line i is a question that stands over its answer: apart from what is above, and from a text below it."""
        if not _asks(self.of(i)) or i + 1 == len(self.lines):
            return False
        if not self.lines[i].blank_before and (self.lines[i].blank_after or not self.ended(i - 1)):
            return False
        below = self.lines[i + 1]
        return below.is_item or below.shape is not Shape.TEXT or not self.is_short(i + 1) or self.heads_list(i + 1)

    def heads_list(self, i: int) -> bool:
        """Say whether a list or lines set in stand right below line i."""
        below = self.lines[i + 1] if i + 1 < len(self.lines) else None
        return below is not None and (below.is_item or below.indent > self.lines[i].indent + 1) and not self.lines[i].is_item

    def is_term(self, i: int) -> bool:
        """Say whether line i is the term that the line below defines."""
        return i + 1 < len(self.lines) and not self.lines[i].is_item and is_definition(self.lines[i + 1], self.text)

    def ended(self, i: int) -> bool:
        """Say whether what stands in line i has come to an end there."""
        return self.lines[i].is_item or self.lines[i].shape is not Shape.TEXT or is_sentence(self.of(i))

    def is_code(self, word: str) -> bool:
        """Say whether a word is a code, whatever marks stand around it; none is where codes have no pattern."""
        return bool(self.codes.pattern) and bool(self.codes.fullmatch(word.strip(AROUND).upper()))

    def holds_code(self, i: int) -> bool:
        """Say whether a word of line i is a code."""
        return any(map(self.is_code, self.of(i).split()))

    def states_code(self, i: int) -> bool:
        """Say whether line i holds nothing but codes and the words that announce them, as "HCPCS code E0100" does."""
        content = self.of(i)
        if not any(c.isdigit() for c in content):
            return False
        found = content.split()
        return any(map(self.is_code, found)) and all(word.strip(AROUND).casefold() in _CODE_WORDS or self.is_code(word) for word in found)

    def is_recurrent(self, i: int) -> bool:
        """Say whether line i bears the name of a heading that other documents have."""
        return normal_name(self.name(i)) in self.known

    def underlined(self, i: int) -> bool:
        """Say whether a rule right below makes line i a heading."""
        following = self.lines[i + 1] if i + 1 < len(self.lines) else None
        return (
            following is not None
            and following.shape is Shape.RULE
            and following.span.of(self.text)[0] in "=-"
            and (self.lines[i].shape is not Shape.FIELD or self.lines[i].blank_before)
            and not following.blank_before
            and not self.lines[i].is_item
            and self.is_short(i)
        )

    def after_value(self, i: int) -> bool:
        """Say whether line i can be the text that a heading with a colon announces on the line above."""
        return i > 0 and self.lines[i - 1].shape is Shape.LABEL and not self.lines[i - 1].is_item


def _is_marked(view: View, i: int) -> bool:
    return view.lines[i].marker == "#" or view.underlined(i)


def numbered(view: View) -> list[list[int]]:
    """Return the rows of lines that count on and may each head something, higher levels first; mere numbers count from 1 on."""
    rows = counted_rows(_numbered(view))
    return [row for row in rows if not any(own.bare and own.numbers != (1,) for own in view.ordinals(row[0]))]


def clauses(view: View) -> list[int]:
    """Return the lines that may each head a clause of a numbered section, as "2.1 Units" and "B. Units" do."""
    return sorted({i for i, own in _numbered(view) if (len(own.numbers) > 1 or own.lettered) and _heads_clause(view, i)})


def _heads_clause(view: View, i: int) -> bool:
    return view.lines[i].shape is Shape.TEXT and not view.lines[i].is_item and not view.of(i).endswith(":")


def _numbered(view: View) -> list[tuple[int, Ordinal]]:
    """Return the lines that may each head something with what they are counted by."""
    ordinals = [view.ordinals(i) for i in range(len(view.lines))]
    short = [i for i, own in enumerate(ordinals) if own and _may_be_numbered(view, i)]
    return [(i, ordinal) for i in short for ordinal in ordinals[i] if not _is_listed(view, ordinals, i, ordinal)]


def _may_be_numbered(view: View, i: int) -> bool:
    brief = view.is_short(i) or view.lines[i].shape is not Shape.TEXT
    return brief and len(view.name(i).split()) <= HEADING_WORDS and (view.has_text(i) or i + 1 < len(view.lines))


def _is_listed(view: View, ordinals: Sequence[tuple[Ordinal, ...]], i: int, own: Ordinal) -> bool:
    """Say whether line i is an item among others: the next number stands right below it, or the one before right above and alike."""
    if view.lines[i].shape is Shape.FIELD:
        return False
    if any(other.is_next(own) for following in ordinals[i + 1 : i + 2] for other in following):
        return True
    alike = i > 0 and view.is_short(i - 1) and (view.lines[i - 1].blank_before or not view.lines[i].blank_before)
    return alike and any(own.is_next(other) for other in ordinals[i - 1])


def _is_capitals(view: View, i: int) -> bool:
    line = view.lines[i]
    name = view.name(i)
    bare = _BRACKETS.sub("", name)
    letters = [c for c in bare if c.isalpha()]
    return (
        not line.is_item
        and line.shape not in FURNISHED
        and len(letters) >= 4
        and len(letters) >= 0.6 * len(bare.replace(" ", ""))
        and all(c.isupper() for c in letters)
        and len(name.split()) <= HEADING_WORDS
        and (line.shape is not Shape.TEXT or view.is_short(i))
        and not _holds_code(view, i)
    )


def _is_bold(view: View, i: int) -> bool:
    return not view.lines[i].is_item and view.is_emphasized(i) and view.is_short(i)


def _is_emphasized(content: str) -> bool:
    return content.startswith(("**", "__")) and content.rstrip(":").endswith(("**", "__"))


def is_plain(view: View, i: int) -> bool:
    """Say whether a line looks like a heading without any mark: short, unpunctuated, after something that ended."""
    line = view.lines[i]
    if line.marker or line.shape is not Shape.TEXT or line.indent > 3 or not view.is_short(i) or view.after_value(i):
        return False
    if view.of(i).endswith(":") or is_code_caption(view, i):
        return False
    if _asks(view.of(i)):
        return view.asks(i)
    if line.content.start > line.span.start:
        return False
    if i == 0 or line.blank_before:
        return line.blank_after or view.of(i).lstrip(_EDGE)[:1].isupper()
    apart = view.lines[i - 1].indent > line.indent + 1 and view.heads_list(i)
    return (apart or view.ended(i - 1) or view.is_short(i - 1) or view.is_recurrent(i)) and not view.of(i)[0].isdigit()


def _is_label(view: View, i: int) -> bool:
    line = view.lines[i]
    return line.shape is Shape.LABEL and not line.marker and line.indent <= 3 and view.name(i)[:1].isupper()


def _is_field(view: View, i: int) -> bool:
    line = view.lines[i]
    if line.shape is not Shape.FIELD or line.marker or line.indent > 3 or not view.name(i)[:1].isupper():
        return False
    value = view.of(i)[value_start(view.of(i)) :]
    calls = sum(map(str.isdigit, value)) >= PHONE_DIGITS and not any(map(str.isalpha, value))
    return not calls and not _holds_code(view, i)


def _holds_code(view: View, i: int) -> bool:
    """Say whether a labelled line has a code as its value and nothing else."""
    return view.lines[i].shape is Shape.FIELD and view.is_code(view.of(i)[value_start(view.of(i)) :])


_TESTS: dict[Style, Callable[[View, int], bool]] = {
    Style.MARKED: _is_marked,
    Style.CAPITALS: _is_capitals,
    Style.BOLD: _is_bold,
    Style.PLAIN: is_plain,
    Style.LABEL: _is_label,
    Style.FIELD: _is_field,
}


def is_code_caption(view: View, i: int) -> bool:
    """Say whether a short line only announces codes ("HCPCS code", "Related Codes") that do not follow, and nothing else does."""
    line, content = view.lines[i], view.of(i).casefold().rstrip(":")
    if line.marker or view.underlined(i):
        return False
    if line.is_item or line.shape in FURNISHED or not content.endswith((" code", " codes")) or len(content.split()) > CAPTION_WORDS:
        return False
    if i + 1 == len(view.lines):
        return True
    below, following = view.of(i + 1), view.lines[i + 1]
    says = following.is_item or following.shape in FURNISHED or is_sentence(below)
    return not (says or any(map(view.is_code, below.split())))


def candidates(view: View) -> dict[Style, list[int]]:
    """Return the positions of the lines that look like a heading in each style but NUMBERED, which lines only have together."""
    possible = [i for i in range(_sign_off(view)) if not view.is_term(i)]
    return {style: [i for i in possible if test(view, i)] for style, test in _TESTS.items()}


def _sign_off(view: View) -> int:
    """Return the position after the closing words of a letter, such as "Yours," over names; after the last line where there are none."""
    last = len(view.lines)
    for i in range(max(1, last - LONGEST_SIGNATURE - 1), last - 1):
        line, words = view.lines[i], view.of(i)
        closes = (
            line.blank_before
            and line.shape is Shape.TEXT
            and not line.marker
            and words.endswith(",")
            and len(words.split()) <= CLOSING_WORDS
        )
        if closes and all(view.lines[j].shape is Shape.TEXT and view.is_short(j) and not view.lines[j].marker for j in range(i + 1, last)):
            return i + 1
    return last
