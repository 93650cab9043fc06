"""Lines -> those that are no part of a document: what stands above its title, repeats it, frames the page or closes it. Knows no style."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.labels import is_sentence
from assistant.lines import Shape
from assistant.shapes import View, is_code_caption
from assistant.titles import has_content, is_content, is_navigation

_COPYRIGHT = re.compile(r"©|copyright\s+(?:©|\(c\))|(?:copyright|\(c\))\s+(?:(?:19|20)\d\d\b|.*\breserved\b)", re.IGNORECASE)


def furniture_of(view: View, headings: Sequence[int], title: int) -> set[int]:
    """Return the lines of a document with these headings and this title, -1 for none, that are no content."""
    found = {*_masthead(view, title), *_closing_note(view, headings), *_repeated_title(view, headings, title)}
    below = range(title + 1, len(view.lines))
    return found | {i for i in below if is_code_caption(view, i) or _COPYRIGHT.match(view.lines[i].span.of(view.text))}


def _masthead(view: View, title: int) -> set[int]:
    """Return the lines above the title that are no content: all where they are mere names, else navigation, captions and repeats."""
    above = range(max(title, 0))
    if not any(_says_more(view, i) for i in above):
        return set(above)
    return {i for i in above if is_navigation(view, i) or is_code_caption(view, i) or view.of(i) in view.of(title)}


def _says_more(view: View, i: int) -> bool:
    """Say whether line i holds more than names and codes: a sentence, an item, a row, a value after its label or a number."""
    if view.holds_code(i) or is_navigation(view, i):
        return False
    lone = view.lines[i].is_item and not any(view.lines[j].is_item for j in (i - 1, i + 1) if 0 <= j < len(view.lines))
    said = is_sentence(view.of(i)) if lone else is_content(view, i) or view.has_text(i)
    return said or any(c.isdigit() for c in view.of(i))


def _repeated_title(view: View, headings: Sequence[int], title: int) -> set[int]:
    """Return the lines of page templates that repeat the whole title, with what follows up to the next heading with content."""
    found: set[int] = set()
    title_text = view.of(title) if title >= 0 else ""
    if len(title_text.split()) < 5:
        return found
    repeating = [i for i in range(title + 1, len(view.lines)) if title_text in view.of(i) and title_text != view.of(i)]
    template = _template_lines(view) if repeating else set()
    for i in repeating:
        if i in template and i not in found:
            found.update(range(i, next((h for h in headings if h > i and has_content(view, h, headings)), len(view.lines))))
    return found


def _template_lines(view: View) -> set[int]:
    return {i for i, li in enumerate(view.lines) if li.shape is Shape.TEXT and not li.is_item and not is_sentence(view.of(i))}


def _closing_note(view: View, headings: Sequence[int]) -> range:
    """Return the lines after a rule that no heading follows: a remark about the page, not part of its last section.

    It stands on the line of the rule, is emphasized as a whole, or holds no sentence, item, row or value after its label.
    """
    last = max(headings, default=-1)
    rules = [i for i in range(last + 2, len(view.lines)) if view.lines[i].shape is Shape.RULE and not view.underlined(i - 1)]
    if not rules:
        return range(0)
    note = range(rules[-1], len(view.lines))
    gap = view.text[view.lines[note[0]].span.end : view.lines[note[1]].span.start] if len(note) > 1 else ""
    beside = gap != "" and not gap.strip(" \t")
    emphasized = all(view.lines[i].bold or view.of(i)[0] == view.of(i)[-1] in ("*", "_") for i in note[1:])
    return note if beside or emphasized or not any(is_content(view, i) or view.has_text(i) for i in note) else range(0)
