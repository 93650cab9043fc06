"""What answers -> the step of its numbered list that is asked for, or what stands next. Knows how steps are counted, not what is done."""

from __future__ import annotations

import re

from assistant.chunking import Candidate, Level
from assistant.quantities import CARDINALS, ORDINALS
from assistant.types import Document, UnitKind

LAST = -1
"""Stands for the last step."""
_STEP = re.compile(
    rf"\bsteps?\s+(?:number\s+|no\.?\s*|#\s*)?(?P<count>\d{{1,2}}|{'|'.join(CARDINALS)})\b(?!\s*(?:-|–|to|and|through)\s*\w)"
    rf"|(?<!from\s)(?<!from\sthe\s)\b(?P<nth>\d{{1,2}}(?=st|nd|rd|th)|{'|'.join(ORDINALS)}|last|final)(?:st|nd|rd|th)?\s+step\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:\A|\n)[ \t]*(?:\*\*)?(?:step\s+)?(?P<number>\d{1,2})[.):]?(?:\*\*)?[ \t]*\Z", re.IGNORECASE)
"""What stands on a line before the words of a numbered item."""
NUMBER_CHARACTERS = 20
"""It takes so many characters at most."""


def asked_step(text: str) -> int | None:
    """Return the number of the one step that a question asks for, `LAST` for the last one; None where it asks for none.

    >>> asked_step("what is step 3?"), asked_step("and the last step"), asked_step("how many steps are there?")
    (3, -1, None)
    """
    found = _STEP.search(text)
    if not found:
        return None
    word = (found["count"] or found["nth"]).casefold()
    if word in ("last", "final"):
        return LAST
    return int(word) if word.isdigit() else (CARDINALS if word in CARDINALS else ORDINALS).index(word) + 1


def step_of(document: Document, candidate: Candidate, step: int) -> Candidate | None:
    """Return what a numbered list says under one number: the list in which a candidate stands, or the first of its section that has it.

    None where no list of several numbers has it.
    """
    own = [i for i, unit in enumerate(document.units) if unit.section == candidate.section and unit.kind is not UnitKind.LABEL]
    lists = [document.units[i].list_number for i in range(candidate.first, candidate.last)] + [document.units[i].list_number for i in own]
    for number in dict.fromkeys(lists):
        items = [i for i in own if document.units[i].list_number == number >= 0]
        counted = {i: found for i in items if (found := _number_before(document, i))}
        wanted = max(counted.values(), default=0) if step == LAST else step
        first = next((i for i, found in counted.items() if found == wanted), None)
        if first is not None and len(counted) > 1:
            last = next((i for i in items if i > first and i in counted), items[-1] + 1)
            return Candidate(document.id, Level.UNIT if last == first + 1 else Level.GROUP, candidate.section, first, last)
    return None


def unit_after(document: Document, end: int) -> Candidate | None:
    """Return the unit, no label, that stands next in the section of the one that ends at offset `end`; None where there is none."""
    last = next((i for i, unit in enumerate(document.units) if unit.span.end == end), None)
    if last is None:
        return None
    section = document.units[last].section
    later = range(last + 1, len(document.units))
    after = next((i for i in later if document.units[i].section == section and document.units[i].kind is not UnitKind.LABEL), None)
    return None if after is None else Candidate(document.id, Level.UNIT, section, after, after + 1)


def _number_before(document: Document, i: int) -> int:
    """Return the number that a unit's line begins with; 0 for a unit that goes on with another, or has none."""
    start = document.units[i].span.start
    found = _NUMBER.search(document.text[max(start - NUMBER_CHARACTERS, 0) : start])
    return int(found["number"]) if found else 0
