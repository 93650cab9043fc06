"""Document -> the codes it is about. Knows how documents name their own codes and those of their neighbours; no code by name.

A code counts where the document says what it is: in a labelled field, table row or definition, in the title, in the opening lines,
and last in the file's name. What stands under "Similar codes" or in a remark ("not to be confused with …", "replaces …") is a neighbour's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from assistant.tables import cell_texts
from assistant.tokens import codes_in, is_code
from assistant.types import Section, SectionKind, Span, Unit, UnitKind

_REMARK = re.compile(r"\([^()]*\b(?:not|never|see|instead)\b[^()]*\)", re.IGNORECASE)
_ASIDE = re.compile(
    r"\b(?:not|never|nor|see|instead|rather\s+than|other\s+than|unlike|compared?|confused?|confuse|replac\w+|supersed\w+|formerly|previously|"
    r"similar|related|crosswalk\w*|deleted|discontinued|differs?|distinct|versus|vs)\b(?:[^.;()\n|]|\.(?=\w))*",
    re.IGNORECASE,
)
"""A remark about a neighbour, from the word that opens it to the end of its clause."""
_NEIGHBOURS = re.compile(
    r"\b(?:similar|related|relevant|see\s+also|others?|associated|additional|alternatives?|compare\w*|comparison|crosswalk\w*|replac\w+|"
    r"supersed\w+|former|previous|deleted|discontinued|retired|old|not|excluded?|exclusions?|add-?on|companion|nearby|neighbou?ring|"
    r"modifiers?|zip|post(?:al)?|area|country|dialling|dialing|access|promo(?:tional)?|dress|building|error)\b",
    re.IGNORECASE,
)
"""What a heading or label says where the codes under it are another's, or of no code system at all."""
_SYSTEM = r"\b(?:codes?|hcpcs|cpt|cdt|icd(?:-?10)?(?:-?cm)?)"
_FIELD = re.compile(rf"{_SYSTEM}\b(?:\s*\([^()]*\))?[*_]*\s*[:|][*_]*\s*(?P<value>[^\n|]*)", re.IGNORECASE)
_NAMES_CODES = re.compile(rf"{_SYSTEM}(?:\s*\([^()]*\))?\W*\Z", re.IGNORECASE)
_ANNOUNCED = re.compile(rf"(?:{_SYSTEM}\W*|\bprocedures?\W*|[(\[]|^\W*)\Z", re.IGNORECASE)
_JOINED = re.compile(r"[\s,;/&]*(?:and\s+)?", re.IGNORECASE)
FIELD_WORDS = 7
"""What stands before the colon of a field is a label of at most so many words; more is a sentence."""


def codes_of(text: str, title: Span, sections: Sequence[Section], units: Sequence[Unit], file: str, pattern: str) -> tuple[str, ...]:
    """Return the codes that a document is about, in the order in which it names them; none where `pattern` is empty.

    The first place that names any decides: a labelled field, the title, the opening down to the end of the first section, the name of
    the `file`.
    """
    if not pattern:
        return ()
    first = next((s.span.end for s in sections if s.kind is SectionKind.BODY), len(text))
    opening = [unit.span.of(text) for unit in units if unit.span.start < first and not _of_neighbours(unit.path)]
    return (
        _labelled(text, units, pattern)
        or _stated([title.of(text)], pattern)
        or _stated(opening, pattern)
        or tuple(code for code in codes_in(PurePosixPath(file).stem.replace("_", " "), pattern) if is_code(code, pattern))
    )


def _of_neighbours(path: Iterable[str]) -> bool:
    return any(_NEIGHBOURS.search(label) for label in path)


def _labelled(text: str, units: Sequence[Unit], pattern: str) -> tuple[str, ...]:
    """Return the codes of the first field such as "HCPCS Code: …", of the row "Code | …", or under the label "Code"."""
    for i, unit in enumerate(units):
        own = unit.path[-1] if len(unit.path) > 1 or _NAMES_CODES.search(unit.path[0]) else ""
        if _of_neighbours(unit.path):
            continue
        words = unit.span.of(text)
        for match in _FIELD.finditer(words):
            label = re.split(r"[|.;:\n(]", words[: match.start("value")].rstrip(" |:*_"))[-1]
            if not _NEIGHBOURS.search(label) and len(label.split()) <= FIELD_WORDS and (found := leading_codes(match["value"], pattern)):
                return found
        if _NAMES_CODES.search(own) and (found := leading_codes(words, pattern)):
            return found
        if found := _column(text, units, i, pattern):
            return found
    return ()


def _column(text: str, units: Sequence[Unit], i: int, pattern: str) -> tuple[str, ...]:
    """Return the code in the column "Code" of a table that has one row, unit i."""
    group = units[i].group
    if group is None or units[group].kind is not UnitKind.LABEL or group + 1 != i or units[group].list_number != units[i].list_number:
        return ()
    if i + 1 < len(units) and units[i + 1].list_number == units[i].list_number:
        return ()
    for name, cell in zip(cell_texts(units[group].span.of(text)), cell_texts(units[i].span.of(text)), strict=False):
        if _NAMES_CODES.search(name) and not _NEIGHBOURS.search(name) and (found := leading_codes(cell, pattern)):
            return found
    return ()


def leading_codes(value: str, pattern: str) -> tuple[str, ...]:
    r"""Return the codes that stand in an unbroken list at the start of `value`.

    >>> leading_codes("K0001, K0002 and K0003 (not K0004)", r"[A-Z]\d{4}")
    ('K0001', 'K0002', 'K0003')
    """
    code = re.compile(rf"(?:{pattern})(?![^\W_]|\.\w)")
    rest = value.strip("*_ ([`").upper()
    kept: list[str] = []
    while match := code.match(rest):
        if not match.group():
            break
        kept.append(match.group())
        rest = rest[match.end() :]
        rest = rest[_JOINED.match(rest).end() :]  # type: ignore[union-attr]
    return tuple(dict.fromkeys(kept))


def _stated(texts: Iterable[str], pattern: str) -> tuple[str, ...]:
    """Return the codes of some lines, remarks about neighbours left out; a mere number counts only where it is announced as a code."""
    found: list[str] = []
    for text in texts:
        said = _ASIDE.sub(" ", _REMARK.sub(" ", text))
        for code in codes_in(said, pattern):
            if is_code(code, pattern) and (not code.isdigit() or _announced(code, said)):
                found.append(code)
    return tuple(dict.fromkeys(found))


def _announced(number: str, text: str) -> bool:
    """Say whether a number stands as a code does: after the word "code", opening a parenthesis or the line, or alone."""
    return any(_ANNOUNCED.search(text[: match.start()]) for match in re.finditer(rf"(?<!\w){number}(?![\w-]|[.,]\d)", text))
