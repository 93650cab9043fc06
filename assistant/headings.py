"""Lines -> the lines that head a section. Decides by shape, position and recurrence; knows no heading by name.

A document has one dominant style of heading. Whatever else looks like a heading is then a label inside a section, unless its
position says that it closes the section before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.lines import FURNISHED, Line, Shape, is_sentence
from assistant.shapes import Style, View, candidates, is_code_caption, is_plain
from assistant.tokens import tokenize

FEWEST_HEADINGS = 3
"""A style that occurs less often does not rule a document."""
PLAIN_SHARE = 0.34
"""Plain headings rule when there are at least this many for each labelled line."""
TITLE_SHARE = 0.6
"""A line may be the title when it holds this share of the most words that an opening line has in common with the text."""
NAME_SHARE = 0.6
"""A short line is the service's name, not a heading, when this share of its words stands in the title."""
_CONTENT = FURNISHED - {Shape.RULE}
_SEPARATOR = re.compile(r"\s[|»›>·]\s")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that heads a section. `has_text` says that the section's text begins on the same line, after the colon."""

    line: int
    name: str
    has_text: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What the lines of one document amount to: where its title stands, its headings, its furniture, and questions inside sections."""

    title: int
    headings: tuple[Heading, ...]
    furniture: frozenset[int]
    questions: frozenset[int] = frozenset()


def find_outline(text: str, lines: Sequence[Line], code_pattern: str, known: frozenset[str] = frozenset()) -> Outline:
    """Return the title, the section headings and the furniture of one document.

    `known` holds the normal names of headings that other documents of the corpus have text under; a labelled line with such a name
    heads a section here too.
    """
    view = View(text, lines, re.compile(code_pattern), known)
    found = candidates(view)
    style = _ruling_style(view, found)
    ruling = _section_level(view, found[style]) if style is Style.MARKED else found[style]
    labelled = sorted({*found[Style.LABEL], *found[Style.FIELD]})
    if style in (Style.LABEL, Style.FIELD):
        ruling = [i for i in labelled if _stands_alone(view, i, labelled)]
    title = _title(view, ruling, found[Style.MARKED])
    questions = {i for i in found[Style.PLAIN] if i > title and view.asks(i)}
    chosen = [i for i in ruling if i > title]
    if style in (Style.LABEL, Style.FIELD):
        chosen = _without_sublabels(view, chosen)
    else:
        if style is Style.PLAIN:
            chosen = _with_questions(_without_names(view, [i for i in chosen if i not in questions], title), questions)
        chosen = _with_closing_labels(view, chosen, [i for i in labelled if i > title])
    return replace(_finish(view, chosen, title), questions=frozenset(questions.difference(chosen)))


def _with_questions(headings: list[int], questions: set[int]) -> list[int]:
    """Return plain headings with the questions that head sections; those that follow a heading at once divide its section."""
    chosen: list[int] = []
    divided, plain = False, set(headings)
    for i in sorted(plain | questions):
        divided = i in questions and (divided or i - 1 in plain)
        if not divided:
            chosen.append(i)
    return chosen


def _ruling_style(view: View, looks: dict[Style, list[int]]) -> Style:
    """Return the most explicit style that enough headings with text below them have."""
    opening = {style: sum(_opens(view, i) for i in found) for style, found in looks.items()}
    for style in (Style.MARKED, Style.NUMBERED, Style.CAPITALS, Style.BOLD):
        if opening[style] >= FEWEST_HEADINGS:
            return style
    labelled = opening[Style.LABEL] + opening[Style.FIELD]
    if opening[Style.PLAIN] >= max(FEWEST_HEADINGS, PLAIN_SHARE * labelled):
        return Style.PLAIN
    return Style.LABEL if labelled else Style.PLAIN


def _opens(view: View, i: int) -> bool:
    """Say whether text stands under line i, or beside it after a colon; under a `#` a short line without a mark is text too."""
    if view.lines[i].shape is Shape.FIELD:
        return True
    following = i + 2 if view.underlined(i) else i + 1
    return following < len(view.lines) and (view.lines[i].marker == "#" or not is_plain(view, following))


def _mark_level(view: View, i: int) -> int:
    return view.lines[i].level or (1 if view.lines[i + 1].span.of(view.text)[0] == "=" else 2)


def _section_level(view: View, marked: list[int]) -> list[int]:
    """Return the headings of the shallowest level that occurs more than once, and any above it but the first."""
    levels = [_mark_level(view, i) for i in marked]
    section = min((level for level in levels if levels.count(level) > 1), default=min(levels))
    return [i for n, (i, level) in enumerate(zip(marked, levels, strict=True)) if level == section or (level < section and n > 0)]


def _stands_alone(view: View, i: int, labelled: list[int]) -> bool:
    """Say whether a labelled line is set apart as the document's other labelled lines are."""
    apart = sum(view.lines[j].blank_before for j in labelled)
    return view.lines[i].blank_before or view.lines[i].shape is Shape.LABEL or apart < len(labelled) / 2


def _title(view: View, headings: list[int], marked: list[int]) -> int:
    """Return the position of the title, or -1: among the opening lines, the first whose words the document uses most.

    The opening reaches down to the first heading that has sentences or a list below it. A lone mark above the section level is the title.
    """
    stop = next((i for i in headings if _has_content(view, i, headings)), 0)
    if marked and marked[0] not in headings and marked[0] < max(stop, 1):
        return marked[0]
    if stop == 0 and view.lines and not view.is_recurrent(0) and view.lines[0].shape is Shape.TEXT and not view.lines[0].marker:
        stop = 1
    opening = [i for i in range(stop) if _may_be_title(view, i)]
    if not opening:
        return -1
    body = set(tokenize(view.text[view.lines[min(stop, len(view.lines) - 1)].span.start :]))
    used = {i: len({t for t in tokenize(view.of(i)) if len(t) > 3 and t in body}) for i in opening}
    best = max(used.values())
    return next(i for i, n in used.items() if n >= TITLE_SHARE * best)


def _may_be_title(view: View, i: int) -> bool:
    content = view.of(i)
    navigation = len(_SEPARATOR.findall(content)) >= 2
    return view.lines[i].shape is Shape.TEXT and not (navigation or view.is_recurrent(i) or is_sentence(content))


def _has_content(view: View, i: int, headings: list[int]) -> bool:
    """Say whether sentences, items or fields stand between line i and the next heading."""
    following = bisect_right(headings, i)
    after = headings[following] if following < len(headings) else len(view.lines)
    if view.lines[i].shape is Shape.FIELD:
        return True
    return any(view.lines[j].is_item or view.lines[j].shape in _CONTENT or is_sentence(view.of(j)) for j in range(i + 1, after))


def _without_names(view: View, chosen: list[int], title: int) -> list[int]:
    """Return plain headings without those that are text: the name of the service, or the one line under a heading.

    Among short lines that follow one another, the last one with text below is a heading; going up from it, lines pair up as
    heading and text. A run that ends the document stays as it is, to become furniture.
    """
    title_words = {t for t in tokenize(view.of(title)) if len(t) > 3} if title >= 0 else set()
    short = set(chosen)
    headings = {i for i in chosen if i - 1 not in short or view.is_recurrent(i) or not _is_name(view, i, title_words)}
    for i in sorted(headings, reverse=True):
        ends = i + 1 >= len(view.lines) or i + 1 in headings
        while not ends and {i, i - 1, i - 2} <= headings and not view.is_recurrent(i - 1):
            headings.discard(i - 1)
            i -= 2
    return sorted(headings)


def _is_name(view: View, i: int, title_words: set[str]) -> bool:
    """Say whether a short line repeats the title's words or holds a code, as the name of the service does."""
    content = view.of(i)
    mine = {t for t in tokenize(content) if len(t) > 3}
    has_code = any(view.is_code(word.strip("()[],;:")) for word in content.split())
    return has_code or (len(mine) >= 2 and len(mine & title_words) >= NAME_SHARE * len(mine))


def _without_sublabels(view: View, labels: list[int]) -> list[int]:
    """Return labelled headings without those that divide a section: the first follows its heading at once, the others its list."""
    kept: list[int] = []
    first: Line | None = None
    for i in labels:
        line = view.lines[i]
        below = bool(kept) and i == kept[-1] + 1 and view.lines[kept[-1]].shape is Shape.LABEL
        alike = first is not None and line.shape is Shape.LABEL and not (line.blank_before and not first.blank_before)
        if (below or alike) and not view.is_recurrent(i):
            first = first or line
            continue
        first = None
        kept.append(i)
    return kept


def _with_closing_labels(view: View, chosen: list[int], labelled: list[int]) -> list[int]:
    """Return `chosen` with the labelled lines that head a section although the document's headings look otherwise."""
    result = sorted(chosen)
    for i in labelled:
        place = bisect_left(result, i)
        above = result[place - 1] if place else -1
        unheaded = above < 0 and (view.lines[i].shape is Shape.LABEL or view.is_recurrent(i))
        if unheaded or (above >= 0 and _closes_section(view, above, i)):
            result[place:place] = [] if result[place : place + 1] == [i] else [i]
    return result


def _closes_section(view: View, heading: int, i: int) -> bool:
    """Say whether the labelled line i ends the section of `heading` and heads its own.

    It does where its name heads a section in other documents, or where it follows a list back at the margin and the section
    has not been divided by labels before.
    """
    line, before = view.lines[i], view.lines[i - 1]
    between = range(heading + (2 if view.underlined(heading) else 1), i)
    if not between and view.lines[heading].shape is not Shape.FIELD:
        return False
    if view.is_recurrent(i):
        return True
    divided = any(view.lines[j].shape not in (Shape.TEXT, *_CONTENT) and not view.lines[j].is_item for j in between)
    return before.is_item and line.indent <= view.lines[heading].indent and not divided


def _finish(view: View, chosen: list[int], title: int) -> Outline:
    """Return the outline; what heads nothing, stands above the title, repeats it or closes the page becomes furniture."""
    furniture = {*range(max(title, 0)), *_closing_note(view, chosen), *_repeated_title(view, chosen, title)}
    furniture |= {i for i in range(title + 1, len(view.lines)) if is_code_caption(view, i) or _COPYRIGHT.match(view.of(i))}
    headings: list[Heading] = []
    for i, after in zip(chosen, [*chosen, len(view.lines)][1:], strict=True):
        if i in furniture:
            continue
        has_text = view.lines[i].shape is Shape.FIELD
        first = i + 2 if view.underlined(i) else i + 1
        if has_text or any(j not in furniture for j in range(first, after)):
            headings.append(Heading(i, view.name(i), has_text))
        else:
            furniture.update(range(i, after))
    return Outline(title, tuple(headings), frozenset(furniture))


def _repeated_title(view: View, chosen: list[int], title: int) -> set[int]:
    """Return the lines of page templates that repeat the whole title, with what follows up to the next heading with content."""
    found: set[int] = set()
    title_text = view.of(title) if title >= 0 else ""
    if len(title_text.split()) < 5:
        return found
    repeating = [i for i in range(title + 1, len(view.lines)) if title_text in view.of(i) and title_text != view.of(i)]
    template = _template_lines(view) if repeating else set()
    for i in repeating:
        if i in template and i not in found:
            found.update(range(i, next((h for h in chosen if h > i and _has_content(view, h, chosen)), len(view.lines))))
    return found


def _template_lines(view: View) -> set[int]:
    return {i for i, li in enumerate(view.lines) if li.shape is Shape.TEXT and not li.is_item and not is_sentence(view.of(i))}


def _closing_note(view: View, chosen: list[int]) -> range:
    """Return the lines after a rule that no heading follows: a remark about the page, not part of its last section."""
    last = max(chosen, default=-1)
    rules = [i for i in range(last + 2, len(view.lines)) if view.lines[i].shape is Shape.RULE and not view.underlined(i - 1)]
    return range(rules[-1], len(view.lines)) if rules else range(0)
