"""Lines -> the lines that head a section. Decides by shape, position and recurrence; knows no heading by name.

A document has one dominant style of heading. Whatever else looks like a heading is then a label inside a section, unless its
position says that it closes the section before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.divisions import nested, twins, with_questions, without_sublabels
from assistant.furniture import furniture_of
from assistant.labels import dashed_label, is_sentence
from assistant.lines import Line, Shape
from assistant.numbering import counted_rows, ordinals_of
from assistant.shapes import Style, View, candidates, clauses, is_plain, numbered
from assistant.titles import CONTENT, entries_of_form, find_title, value_of
from assistant.tokens import tokenize

FEWEST_HEADINGS = 3
"""A style that occurs less often does not rule a document."""
FEWEST_MARKS = 2
"""Lines with the mark of a heading rule where there are so many, for nothing else is marked so."""
PLAIN_SHARE = 0.34
"""Plain headings rule when there are at least this many for each labelled line."""
NAME_SHARE = 0.6
"""A short line is the service's name, not a heading, when this share of its words stands in the title."""
_SHORT_CAPITALS = re.compile(r"[A-Z]{3}\??")
BESIDE_WORDS = 4
"""Where headings stand over their text, one with its text beside it has at most so many words."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that heads a section. `has_text` says that the section's text begins on the same line, after the colon."""

    line: int
    name: str
    has_text: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What the lines of one document amount to: where its title stands, its headings and its furniture.

    `labels` are the lines inside sections that head what is below them without a colon: questions, clauses, sub-headings.
    """

    title: int
    headings: tuple[Heading, ...]
    furniture: frozenset[int]
    labels: frozenset[int] = frozenset()


def find_outline(text: str, lines: Sequence[Line], code_pattern: str, known: frozenset[str] = frozenset()) -> Outline:
    """Return the title, the section headings and the furniture of one document.

    `known` holds the normal names of headings that other documents of the corpus have text under; a labelled line with such a name
    heads a section here too.
    """
    view = View(text, lines, re.compile(code_pattern), known)
    found, rows = candidates(view), numbered(view)
    found[Style.MARKED] = _without_masthead(view, found[Style.MARKED])
    opening = {style: [i for i in positions if _opens(view, i)] for style, positions in found.items()}
    counted = next((row for row in rows if _spans(opening, row, sum(_opens(view, i) for i in row))), [])
    labelled = sorted({*found[Style.LABEL], *found[Style.FIELD]})
    style = Style.NUMBERED if counted and len(opening[Style.MARKED]) < FEWEST_MARKS else _ruling_style(view, found, opening)
    found[Style.NUMBERED] = counted
    ruling = _standing_apart(view, labelled) if style is Style.LABEL else _ruling_lines(view, style, found, opening)
    entries = entries_of_form(view) if style in (Style.LABEL, Style.CAPITALS) else range(0)
    over_all = {0} if found[Style.MARKED] == [0] or any(view.is_code(line.label) for line in lines[:1]) else set()
    ruling = [i for i in ruling if i not in entries and i not in over_all]
    title = find_title(view, ruling, found[Style.MARKED], entries)
    chosen, labelled = [i for i in ruling if i > title], [i for i in labelled if i > title]
    asked = {i for i in found[Style.PLAIN] if i > title and view.asks(i)}
    labels = asked | _labels_within(view, found, opening, rows, title)
    if style is Style.LABEL:
        remarks = {i for i in chosen if len(labelled) < FEWEST_HEADINGS and _is_remark(view, i)}
        chosen = without_sublabels(view, [i for i in chosen if i not in remarks])
    elif style is Style.PLAIN:
        chosen = with_questions(_without_names(view, [i for i in chosen if i not in asked], title), asked)
        chosen = [i for i in chosen if not _says_all(view, i, chosen)]
    elif style in (Style.CAPITALS, Style.BOLD):
        chosen = with_questions(chosen, asked.difference(chosen))
    if style not in (Style.LABEL, Style.MARKED, Style.NUMBERED):
        divided = nested(view, chosen)
        labels |= divided
        chosen = _with_closing_labels(view, [i for i in chosen if i not in divided], labelled)
    labels |= {i for i in found[Style.PLAIN] if i > title and (i + 1 in labels or _is_caption(view, i))}
    labels = {i for i in labels.difference(chosen) if i + 1 not in chosen}
    return replace(_finish(view, chosen, title), labels=frozenset(labels))


def _labels_within(
    view: View, found: dict[Style, list[int]], opening: dict[Style, list[int]], rows: Sequence[Sequence[int]], title: int
) -> set[int]:
    """Return the lines below the title that head what is below them, in a section if they do not head one.

    They stand over a list, hold nothing but codes, stand over fields of the same names, open clauses or are in capitals.
    """
    labels = set(_codes_over_text(view, title)) | {i for i in found[Style.PLAIN] if view.heads_list(i)} | twins(view, found[Style.PLAIN])
    within = [i for i in clauses(view) if i > title]
    labels |= set(within) if len(within) >= FEWEST_MARKS else {i for row in rows for i in row if i in within}
    labels |= {i for i in opening[Style.CAPITALS] if view.lines[i].shape is Shape.TEXT}
    return {i for i in labels if i > title}


def _ruling_lines(view: View, style: Style, found: dict[Style, list[int]], opening: dict[Style, list[int]]) -> list[int]:
    """Return the lines of the ruling style that may head sections: marks of one level, plain lines without emphasis where enough are.

    Where plain headings stand right over their text, lines in capitals that do so head sections beside them; where capitals rule, words too
    that are as short as abbreviations.
    """
    if style is Style.MARKED:
        return _section_level(view, found[style])
    if style is Style.CAPITALS:
        words = {i for i in found[Style.PLAIN] if view.lines[i].blank_before and _SHORT_CAPITALS.fullmatch(view.name(i))}
        return sorted({*found[style], *words})
    others = {*found[Style.BOLD], *found[Style.CAPITALS]}
    plain = [i for i in opening[Style.PLAIN] if i not in others]
    if style is Style.PLAIN and len(plain) >= FEWEST_HEADINGS:
        close = sum(_stands_close(view, i) for i in plain) > len(plain) / 2
        equals = {i for i in found[Style.CAPITALS] if close and _stands_close(view, i)}
        return sorted({i for i in found[style] if i not in others} | equals)
    return found[style]


def _says_all(view: View, i: int, headings: list[int]) -> bool:
    """Say whether line i, as "Fare – two coins", is no heading: it stands alone over another one, which has its text right below."""
    return i + 1 in headings and view.lines[i].blank_after > view.lines[i + 1].blank_after and dashed_label(view.of(i)) != ""


def _codes_over_text(view: View, title: int) -> list[int]:
    """Return the lines below the title that hold codes and nothing else, each right over what is said of them, where there are several."""
    lines = view.lines
    may_be = (i for i in range(title + 1, len(lines) - 1) if view.states_code(i) and lines[i].shape is Shape.TEXT and not lines[i].marker)
    found = [i for i in may_be if _stands_close(view, i) and not view.states_code(i + 1)]
    return found if len(found) >= FEWEST_MARKS else []


def _is_caption(view: View, i: int) -> bool:
    """Say whether a table stands right below line i."""
    return i + 1 < len(view.lines) and view.lines[i + 1].shape in (Shape.HEADER, Shape.ROW)


def _stands_close(view: View, i: int) -> bool:
    """Say whether line i is set apart from what is above it and stands right over what is below."""
    return view.lines[i].blank_before and not view.lines[i].blank_after


def _is_remark(view: View, i: int) -> bool:
    """Say whether a field, as "Note: closed on Mondays.", or a label right over a list is complete: other sentences follow, set apart."""
    listed = view.lines[i].shape is Shape.LABEL and not view.lines[i].blank_after
    end = i + 1
    while listed and end < len(view.lines) and view.lines[end].is_item and not view.lines[end].blank_before:
        end += 1
    complete = end > i + 1 or (view.has_text(i) and is_sentence(view.of(i)))
    if not complete or view.is_recurrent(i) or end == len(view.lines):
        return False
    below = view.lines[end]
    return below.blank_before and below.shape is Shape.TEXT and not below.is_item and is_sentence(view.of(end))


def _spans(opening: dict[Style, list[int]], headings: list[int], texts: int) -> bool:
    """Say whether enough lines of one style have `texts` below them, and stand all over the document, not in one of its sections."""
    if texts < FEWEST_HEADINGS:
        return False
    others = set().union(*(opening[style] for style in (Style.CAPITALS, Style.BOLD, Style.PLAIN, Style.LABEL)))
    own = [i for i in headings if i > 0]
    outside = sum(0 < i < own[0] or i > own[-1] for i in others)
    return outside < max(FEWEST_HEADINGS, len(own))


def _ruling_style(view: View, found: dict[Style, list[int]], opening: dict[Style, list[int]]) -> Style:
    """Return the most explicit style that enough headings with text below them have; LABEL stands for FIELD too."""
    if len(opening[Style.MARKED]) >= FEWEST_MARKS:
        return Style.MARKED
    for style in (Style.CAPITALS, Style.BOLD):
        if _spans(opening, found[style], len(opening[style])) and not _stands_inside(view, found[style], opening[Style.PLAIN]):
            return style
    labelled = sorted({*opening[Style.LABEL], *opening[Style.FIELD]})
    return Style.PLAIN if _rules_plainly(view, opening[Style.PLAIN], labelled) else Style.LABEL


def _stands_inside(view: View, headings: list[int], plain: list[int]) -> bool:
    """Say whether few of some headings are set apart from what is above them, while enough others, which are plain, are."""
    apart = sum(view.lines[i].blank_before for i in headings)
    others = sum(view.lines[i].blank_before for i in plain if i not in headings)
    return others >= FEWEST_HEADINGS and 2 * apart < len(headings)


def _rules_plainly(view: View, plain: list[int], labelled: list[int]) -> bool:
    """Say whether plain headings rule: they are many beside the labelled lines, or set apart among rows of them."""
    if not labelled or len(plain) >= max(FEWEST_HEADINGS, PLAIN_SHARE * len(labelled)):
        return True
    apart = [i for i in plain if view.lines[i].blank_before]
    among = min(1, sum(i < labelled[0] for i in apart)) + sum(i > labelled[0] for i in apart)
    rows = len(set(labelled).difference(i + 1 for i in labelled))
    return among >= max(FEWEST_HEADINGS, PLAIN_SHARE * rows)


def _opens(view: View, i: int) -> bool:
    """Say whether text stands under line i, or beside it after a colon; under a `#` or bold words a plain short line is text too."""
    if view.has_text(i):
        return True
    following = i + 2 if view.underlined(i) else i + 1
    if following >= len(view.lines):
        return False
    if view.lines[i].marker == "#" or (view.lines[i].bold and not view.lines[following].bold):
        return True
    return bool(view.ordinals(following)) or not is_plain(view, following)


def _mark_level(view: View, i: int) -> int:
    return view.lines[i].level or (1 if view.lines[i + 1].span.of(view.text)[0] == "=" else 2)


def _section_level(view: View, marked: list[int]) -> list[int]:
    """Return the headings of the shallowest level that occurs more than once, or stands below the first, and any above it but the first."""
    levels = [_mark_level(view, i) for i in marked]
    section = min((level for level in levels if levels.count(level) > 1 or level > levels[0]), default=levels[0])
    return [i for n, (i, level) in enumerate(zip(marked, levels, strict=True)) if level == section or (level < section and n > 0)]


def _without_masthead(view: View, marked: list[int]) -> list[int]:
    """Return marked lines without those at the top that stand right over another of their level, as the writer's name over the title.

    Below the title there are marks of deeper levels; where all are of one, the second heads the first section.
    """
    levels = [_mark_level(view, i) for i in marked]
    n = 0
    while n + 1 < len(marked) and levels[n + 1] == levels[n] and marked[n + 1] == marked[n] + (2 if view.underlined(marked[n]) else 1):
        n += 1
    return marked[n:] if any(level > levels[n] for level in levels[n + 1 :]) else marked


def _standing_apart(view: View, labelled: list[int]) -> list[int]:
    """Return the labelled lines that are set apart as most are; where most have their text below, fields in a row stand in a section."""
    bare = [i for i in labelled if view.lines[i].shape is Shape.LABEL and _opens(view, i)]
    model = bare if len(bare) >= FEWEST_HEADINGS else labelled
    spaced = sum(view.lines[i].blank_before for i in model) >= len(model) / 2
    row = set() if model is labelled or not spaced else {i for i in labelled if _is_in_row(view, i)}
    heads = {i for i in labelled if model is labelled or len(view.name(i).split()) <= BESIDE_WORDS}
    fields = {i for i in heads if (view.lines[i].blank_before or not spaced) and i not in row}
    return [i for i in labelled if view.lines[i].shape is Shape.LABEL or i in fields]


def _is_in_row(view: View, i: int) -> bool:
    """Say whether another field stands right above or below the field i, so that both are lines of a form."""
    near = [j for j in (i - 1, i + 1) if 0 <= j < len(view.lines) and not view.lines[max(i, j)].blank_before]
    return view.has_text(i) and any(view.has_text(j) and not view.lines[j].is_item and not view.is_recurrent(j) for j in near)


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
    return view.holds_code(i) or (len(mine) >= 2 and len(mine & title_words) >= NAME_SHARE * len(mine))


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
    spaced = view.lines[heading].blank_before
    if (not between and not view.has_text(heading)) or (spaced and _is_in_row(view, i)):
        return False
    if view.is_recurrent(i) and (line.blank_before or not spaced):
        return True
    divided = any(view.lines[j].shape not in (Shape.TEXT, *CONTENT) and not view.lines[j].is_item for j in between)
    apart = line.blank_before or not spaced
    return before.is_item and line.indent <= view.lines[heading].indent and not divided and apart


def _finish(view: View, chosen: list[int], title: int) -> Outline:
    """Return the outline; what heads nothing, stands above the title, repeats it or closes the page becomes furniture.

    A line that heads nothing and is no mere name, as "Fare – two coins", is text.
    """
    furniture = furniture_of(view, chosen, title)
    counted, marked = _counted(view, chosen), _marked_topics(view, chosen)
    headings: list[Heading] = []
    for i, after in zip(chosen, [*chosen, len(view.lines)][1:], strict=True):
        if i in furniture:
            continue
        first = i + 2 if view.underlined(i) else i + 1
        if i in marked:
            headings.append(Heading(i, value_of(view, i), has_text=False))
        elif view.has_text(i) or any(j not in furniture for j in range(first, after)):
            headings.append(Heading(i, view.name(i)[counted.get(i, 0) :], view.has_text(i)))
        elif (headings or after == len(view.lines)) and not dashed_label(view.of(i)):
            furniture.update(range(i, after))
    return Outline(title, tuple(headings), frozenset(furniture))


def _marked_topics(view: View, chosen: Sequence[int]) -> set[int]:
    """Return the fields that each head a section by their value, as "Re: dogs" does: some have the same label, a topic and text below."""
    fields = [i for i, after in zip(chosen, [*chosen, len(view.lines)][1:], strict=True) if view.has_text(i) and after > i + 1]
    topics = [i for i in fields if len(value_of(view, i).split()) <= BESIDE_WORDS * 2 and not is_sentence(value_of(view, i).rstrip("?"))]
    times = Counter(view.name(i) for i in topics)
    return {i for i in topics if times[view.name(i)] >= FEWEST_HEADINGS and 2 * times[view.name(i)] > len(chosen)}


def _counted(view: View, chosen: Sequence[int]) -> dict[int, int]:
    """Return how many characters mere numbers take of the names of headings that they count from 1 on, by line."""
    bare = {i: own for i in chosen for own in ordinals_of(view.name(i), bare=True) if own.bare}
    row = next(iter(counted_rows(bare.items())), [])
    return {i: bare[i].length for i in row} if len(row) >= FEWEST_HEADINGS and bare[row[0]].numbers == (1,) else {}
