"""Lines -> the one that is the title, and the form at the top. Decides by place and by the words that a line shares with the text.

Knows what the fields that say what a form is about are called, but no title and no service.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from assistant.codes import is_list_of_codes
from assistant.labels import is_sentence, value_start
from assistant.lines import FURNISHED, Shape
from assistant.shapes import AROUND, View
from assistant.tokens import tokenize

TITLE_SHARE = 0.6
"""A line may be the title when it holds this share of the most words that an opening line has in common with the text."""
TOP_LINES, FEWEST_ENTRIES, ENTRY_WORDS = 6, 3, 25
"""A form begins in one of so many lines, has so many at least, and in each of them so many words at most."""
FORM_SHARE = 1.5
"""A field above the sections is the title when its value has so many times the words in common with the text that any line has."""
CONTENT = FURNISHED - {Shape.RULE}
"""Shapes of lines that are content: those of tables and code."""
_SEPARATOR = re.compile(r"\s[|»›>·]\s")
_CODE_FIELD = re.compile(r"[^:]*\bcodes?\b[^:]*:", re.IGNORECASE)
_TITLE_FIELD = re.compile(
    r"\b(?:title|subject|re|(?<!common )names?|service|therapy|treatment|procedure|description|descriptor|policy|item|codes?)\b"
    r"(?!\W*(?:numbers?|no|id|dates?)\b)",
    re.IGNORECASE,
)
_SUBJECTS = frozenset(("title", "subject", "re"))
"""Labels of the fields that say what a letter or form is about."""


def entries_of_form(view: View) -> range:
    """Return the fields of a form at the top, as a letter has: some in a row, of few words each, with more than fields below."""
    first = next((i for i in range(min(TOP_LINES, len(view.lines))) if view.has_text(i)), len(view.lines))
    end = first
    while end < len(view.lines) and view.has_text(end) and not view.lines[end].is_item and _is_entry(view, end):
        end += 1
    return range(first, end) if end - first >= FEWEST_ENTRIES and 2 * end < len(view.lines) else range(0)


def _is_entry(view: View, i: int) -> bool:
    return len(view.of(i).split()) <= ENTRY_WORDS and not is_sentence(view.of(i)) and not view.is_recurrent(i)


def find_title(view: View, headings: list[int], marked: list[int], entries: range) -> int:
    """Return the position of the title, or -1: among the opening lines, the first whose words the document uses most.

    The opening reaches down to the first heading that has sentences or a list below it, or that stands below the `entries` of a form. A
    lone mark above the section level is the title.
    """
    stop = next((i for i in headings if (entries and i >= entries.stop) or has_content(view, i, headings)), 0)
    if stop > 0 and _is_name_of_code(view, stop) and not any(view.holds_code(i) and not view.has_text(i) for i in range(stop)):
        return stop
    if marked and marked[0] not in headings and marked[0] < max(stop, 1):
        return _named_below(view, marked[0], stop)
    if stop == 0 and _heads_group(view, 0) and any(_heads_group(view, i) for i in headings if i > 0):
        return -1
    if stop == 0 and view.lines and not view.is_recurrent(0) and view.lines[0].shape is Shape.TEXT and not view.lines[0].marker:
        stop = 1
    opening = _opening(view, stop)
    below = next((i for i in headings if i > 0 and not view.has_text(i)), stop)
    form = [i for i in range(min(stop, below)) if i not in opening and _may_title(view, i)]
    if not opening and not form:
        return next((i for i in range(1, stop) if view.lines[i].shape not in FURNISHED), -1) if view.lines[0].shape in FURNISHED else -1
    subject = next((i for i in form if _is_subject(view, i)), None)
    return _most_used(view, headings, stop, opening, form) if subject is None else subject


def _named_below(view: View, marked: int, stop: int) -> int:
    """Return the field that says what the text is about, or the line beside the code, if the text uses its words more than those `marked`.

    A mark may as well stand at the name of those who wrote the text.
    """
    below = range(marked + 1, stop)
    naming = [i for i in below if _is_subject(view, i) or (_may_be_title(view, i) and _stands_by_code(view, i))]
    used = _used(view, stop, {marked: view.of(marked)} | {i: value_of(view, i) for i in naming})
    best = max(naming, key=lambda i: used[i], default=marked)
    return best if used[best] + _is_subject(view, best) > used[marked] else marked


def _is_subject(view: View, i: int) -> bool:
    return _may_title(view, i) and view.name(i).casefold() in _SUBJECTS


def _used(view: View, stop: int, said: dict[int, str]) -> dict[int, int]:
    """Return, for what each of some lines says, how many of its words the text from `stop` on uses; one more for a line with a code."""
    body = {token for line in view.lines[min(stop, len(view.lines) - 1) :] for token in tokenize(line.span.of(view.text))}
    return {i: len({t for t in tokenize(words) if len(t) > 3 and t in body}) + _names_code(view, i) for i, words in said.items()}


def _most_used(view: View, headings: list[int], stop: int, opening: list[int], form: list[int]) -> int:
    """Return the line of the opening, the field of the form, or the line beside the code, whose words the text from `stop` on uses most."""
    said = {i: view.of(i) for i in opening} | {i: value_of(view, i) for i in form}
    used = _used(view, stop, said)
    best = max((used[i] for i in opening), default=0)
    field = max(form, key=lambda i: used[i], default=None)
    if field is not None and (not opening or used[field] > FORM_SHARE * best):
        return field
    first = next(i for i in opening if used[i] >= TITLE_SHARE * best)
    beside = next((i for i in said if i > first and i - 1 not in headings and _stands_by_code(view, i)), first)
    return beside if used[beside] >= used[first] and not (view.has_text(beside) and beside in headings) else first


def _stands_by_code(view: View, i: int) -> bool:
    """Say whether a field that begins with a code stands right below line i, so that the two name and number one service."""
    below = view.lines[i + 1] if i + 1 < len(view.lines) else None
    if below is None or below.blank_before or not view.has_text(i + 1):
        return False
    return view.is_code(value_of(view, i + 1).split()[0])


def value_of(view: View, i: int) -> str:
    """Return what stands after the label of line i."""
    return view.of(i)[value_start(view.of(i)) :]


def _is_name_of_code(view: View, i: int) -> bool:
    """Say whether line i is the name of a code: it holds the code and is no field of a form and no question."""
    emphasized = view.lines[i].bold or view.of(i).startswith(("**", "__"))
    return _names_code(view, i) and (emphasized or not view.has_text(i)) and not view.of(i).rstrip("*_ ").endswith("?")


def _may_title(view: View, i: int) -> bool:
    """Say whether line i is a field whose value may be the title, as "Service: passenger crossing"."""
    if not view.has_text(i) or not _TITLE_FIELD.search(view.name(i)):
        return False
    value = value_of(view, i)
    codes = sum(map(view.is_code, value.split()))
    worded = sum(len(word) > 3 and word.isalpha() for word in value.split()) >= 2
    return worded and codes <= 1 and "|" not in value and (value.endswith("?") or not is_sentence(value))


def _heads_group(view: View, i: int) -> bool:
    """Say whether a list stands right below line i, with no blank line between."""
    return view.heads_list(i) and not view.lines[i].blank_after and view.lines[i].shape is Shape.TEXT


def _opening(view: View, stop: int) -> list[int]:
    """Return the lines above `stop` that may be the title: none stands below one that may and a sentence."""
    found: list[int] = []
    for i in range(stop):
        if _may_be_title(view, i):
            found.append(i)
        elif found and _closes_sentence(view, i):
            break
    return found


def _closes_sentence(view: View, i: int) -> bool:
    return is_sentence(view.of(i)) and not view.of(i).endswith((",", ";"))


def is_navigation(view: View, i: int) -> bool:
    """Say whether line i is a row of links."""
    return len(_SEPARATOR.findall(view.of(i))) >= 2


def _may_be_title(view: View, i: int) -> bool:
    content = view.of(i)
    navigation = is_navigation(view, i)
    field = view.has_text(i) and not _CODE_FIELD.match(content) and (i == 0 or _names_codes_beside(view, i))
    shaped = view.lines[i].shape is Shape.TEXT or field
    listed = view.lines[i].is_item and i + 1 < len(view.lines) and view.lines[i + 1].is_item
    return shaped and not (navigation or listed or view.is_recurrent(i) or is_sentence(content))


def _names_codes_beside(view: View, i: int) -> bool:
    """Say whether the field i is a name with its codes beside it, as "Ferries: F1001 (day) and F1002 (night)", and no line of a form."""
    named = not view.lines[i].is_item and not _TITLE_FIELD.search(view.name(i)) and _names_code(view, i)
    return named and is_list_of_codes(value_of(view, i), view.codes.pattern)


def _names_code(view: View, i: int) -> bool:
    """Say whether line i holds a code and words that may be its name."""
    words = [word.strip(AROUND) for word in view.of(i).split()]
    return view.holds_code(i) and sum(len(word) > 3 and word.isalpha() for word in words) >= 2


def has_content(view: View, i: int, headings: Sequence[int]) -> bool:
    """Say whether sentences, items or fields stand between line i and the next heading."""
    following = bisect_right(headings, i)
    after = headings[following] if following < len(headings) else len(view.lines)
    if view.has_text(i):
        return True
    return any(is_content(view, j) for j in range(i + 1, after))


def is_content(view: View, i: int) -> bool:
    """Say whether line i is a sentence, an item or a line of a table."""
    return view.lines[i].is_item or view.lines[i].shape in CONTENT or is_sentence(view.of(i))
