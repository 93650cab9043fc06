"""Headings -> those that divide the section of another one. Decides by place and by what stands below them; knows no style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile

from assistant.lines import Shape
from assistant.shapes import View

MOST_DIVISIONS = 3
"""A section that looks divided by more headings than these is one over others."""


def nested(view: View, chosen: list[int]) -> set[int]:
    """Return the headings that divide the section of another, which has nothing else right below it, or which only they are close to."""
    found: set[int] = set()
    first = next((n for n in range(len(chosen)) if not _is_bare(chosen, n)), len(chosen))
    for n in range(first + 1, len(chosen) - 1):
        if chosen[n] not in found and _is_divided(view, chosen, n):
            found.update(_divisions(view, chosen, n + 1))
    return found


def _is_divided(view: View, chosen: Sequence[int], n: int) -> bool:
    """Say whether the heading at position n is over the next one.

    That is told by what follows the next, a list or a field of the same name as after the one thereafter, or by blank lines that set the
    two apart otherwise. Where a text stands between the two, both the field and a blank line above the upper one only have to tell.
    """
    above, i = chosen[n], chosen[n + 1]
    if view.has_text(above) or view.has_text(i):
        return False
    upper, lower = view.lines[above], view.lines[i]
    close, twin = upper.blank_before > lower.blank_before, _is_twin(view, chosen, n + 1)
    if not _is_bare(chosen, n):
        return close and twin
    equal = view.is_recurrent(above) and view.is_recurrent(i)
    told = close or twin or (view.heads_list(i) and not equal) or upper.blank_after != lower.blank_after
    return told and not _is_bare(chosen, n + 1)


def twins(view: View, heads: Sequence[int]) -> set[int]:
    """Return the lines of `heads` that stand right over a field of the same name as another does, as "By bus" does over "For: cheap"."""
    names = Counter(name for i in heads if (name := _first_label(view, i)))
    return {i for i in heads if names[_first_label(view, i)] > 1}


def _first_label(view: View, i: int) -> str:
    """Return the name of the field right below line i; "" where there is none."""
    below = view.lines[i + 1] if i + 1 < len(view.lines) else None
    return below.label.casefold() if below and below.shape is Shape.FIELD else ""


def _is_twin(view: View, headings: Sequence[int], n: int) -> bool:
    """Say whether the headings at position n and after it stand over fields of the same name."""
    name = _first_label(view, headings[n])
    return name != "" and n + 1 < len(headings) and _first_label(view, headings[n + 1]) == name


def _is_bare(headings: Sequence[int], n: int) -> bool:
    """Say whether the next heading stands right below the heading at position n."""
    return n + 1 < len(headings) and headings[n + 1] == headings[n] + 1


def _divisions(view: View, headings: Sequence[int], n: int) -> list[int]:
    """Return the headings that divide a section: the one at position n, right below the section's own, and those after it that look alike.

    Where too many do, the sections that follow may look as they do, and only two are taken: nothing is divided into less.
    """
    above, first = view.lines[headings[n - 1]], view.lines[headings[n]]
    alike, close = [headings[n]], False
    if _is_twin(view, headings, n):
        name = _first_label(view, headings[n])
        return list(takewhile(lambda i: _first_label(view, i) == name or above.blank_before > view.lines[i].blank_before, headings[n:]))
    for m in range(n + 1, len(headings)):
        i = headings[m]
        was_close, close = close, above.blank_before and not view.lines[i].blank_before
        look = view.lines[i].blank_after == first.blank_after and view.heads_list(i) == view.heads_list(headings[n])
        if (
            view.has_text(i)
            or _is_bare(headings, m)
            or not (close or (look and not was_close))
            or (view.is_recurrent(i) and len(alike) > 1)
        ):
            break
        alike.append(i)
    told = first.blank_after != above.blank_after or (above.blank_before and not view.lines[alike[-1]].blank_before)
    return alike if told or len(alike) <= MOST_DIVISIONS else alike[:2]


def with_questions(headings: list[int], questions: set[int]) -> list[int]:
    """Return plain headings with the questions that head sections; those that follow a heading at once divide its section.

    What follows the only heading is no part of a section: that heading is a second title.
    """
    chosen: list[int] = []
    divided, plain = False, set(headings)
    for i in sorted(plain | questions):
        divided = i in questions and len(plain) > 1 and (divided or i - 1 in plain)
        if not divided:
            chosen.append(i)
    return chosen


def without_sublabels(view: View, labels: list[int]) -> list[int]:
    """Return labelled headings without those that divide a section: the first follows its heading at once."""
    dropped: set[int] = set()
    heads = {*labels, *(i for i, line in enumerate(view.lines) if line.is_item and not line.blank_after)}
    names = Counter(line.label for line in view.lines if line.shape is Shape.FIELD)
    below = {j for i in twins(view, [i for i in heads if not view.has_text(i)]) for j in _fields_below(view, i)}
    inner = {j for j in below if names[view.lines[j].label] > 1}
    labels = [i for i in labels if i not in inner]
    for n in range(1, len(labels)):
        above, i = labels[n - 1], labels[n]
        if above in dropped or i != above + 1 or view.lines[above].shape is not Shape.LABEL or view.is_recurrent(i):
            continue
        dropped.update(_row(view, labels, n) if view.has_text(i) else _divisions(view, labels, n))
    return [i for i in labels if i not in dropped]


def _fields_below(view: View, i: int) -> Iterator[int]:
    """Return the fields that stand right below line i, one below the other and all set apart as the first is."""
    below, apart = range(i + 1, len(view.lines)), view.lines[i].blank_after
    return takewhile(lambda j: view.has_text(j) and view.lines[j].blank_before == apart, below)


def _row(view: View, labels: Sequence[int], n: int) -> list[int]:
    """Return the fields that follow one another from position n on."""
    after = (m for m in range(n + 1, len(labels)) if labels[m] != labels[m - 1] + 1 or not view.has_text(labels[m]))
    return list(labels[n : next(after, len(labels))])
