"""Document -> the codes it is about. Knows how documents name their own codes and those of their neighbours; no code by name.

A code counts where the document says what it is: in a labelled field, table row or definition, in the title, in the opening lines,
and last in the file's name. What stands under "Similar codes" or in a remark ("not to be confused with …", "replaces …") is a neighbour's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import PurePosixPath

from assistant.cells import cells_in
from assistant.labels import is_sentence
from assistant.numbering import ordinals_of
from assistant.tokens import code_spans, codes_in, is_code, outside
from assistant.types import Section, SectionKind, Span, Unit, UnitKind

_REMARK = re.compile(r"\([^()]*\b(?:not|never|see|instead)\b[^()]*\)", re.IGNORECASE)
_ASIDE = re.compile(
    r"\b(?:not|never|nor|see|instead|rather\s+than|other\s+than|unlike|compared?|confused?|confuse|replac\w+|supersed\w+|formerly|previously|"
    r"similar|related|crosswalk\w*|deleted|discontinued|differs?|distinct|versus|vs|"
    r"siblings?|sister|neighbou?rs?|neighbou?ring)\b(?:\([^()\d]*\)|[^.;()\n|]|\.(?=\w))*",
    re.IGNORECASE,
)
"""A remark about a neighbour, from the word that opens it to the end of its clause."""
NEIGHBOURS = re.compile(
    r"\b(?:similar|related|relevant|see\s+also|others?|associated|additional|alternatives?|compare\w*|comparison|crosswalk\w*|replac\w+|"
    r"supersed\w+|former|previous|deleted|discontinued|retired|old|not|excluded?|exclusions?|add-?on|companion|nearby|neighbou?r\w*|siblings?|"
    r"sister|series|family|look-?alikes?|separate(?:ly)?|bundled|"
    r"modifiers?|zip|post(?:al)?|area|country|dialling|dialing|access|promo(?:tional)?|dress|building|error)\b",
    re.IGNORECASE,
)
"""What a heading or label says where the codes under it are another's, or of no code system at all."""
_BOX = re.compile(
    r"(?:similar|related|neighbou?r\w*|nearby|adjacent|other)\s+(?:\w+\s+){0,2}(?:codes?|procedures?|services?)|"
    r"see\s+also|neighbou?rs?|related|similar",
    re.IGNORECASE,
)
"""Headings of the boxes in which pages list codes near their own."""
_ADVICE = re.compile(r"\b(?:use[ds]?|when|if|instead|bill\w*|report\w*|unless|must|may|is|are|covers?|pays?)\b", re.IGNORECASE)
"""Words that a code's name rarely has and what is said of a code nearly always."""
_SYSTEM = r"\b(?:codes?|hcpcs|cpt|cdt|icd(?:-?10)?(?:-?cm)?)"
_FIELD = re.compile(rf"{_SYSTEM}\b(?:\s*\([^()]*\))?[*_]*\s*[:|][*_]*\s*(?P<value>[^\n|]*)", re.IGNORECASE)
_NAMES_CODES = re.compile(rf"{_SYSTEM}(?:\s*\([^()]*\))?\W*\Z", re.IGNORECASE)
_CAPTION = re.compile(rf"\W*(?:\w+\s+)?{_SYSTEM}(?:\s+codes?)?\W*", re.IGNORECASE)
_DENIED = re.compile(r"\s+(?:\w+\s+){0,2}(?:not|never|cannot)\b", re.IGNORECASE)
OF_ANOTHER = re.compile(
    r"\b(?:see|instead|compared?|comparison|confused?|replace[ds]|superseded?|formerly|previously|similar|related|deleted|discontinued|retired|"
    r"versus|vs|(?:is|are|may|must|do|does|can)\s+not|cannot|never)\b",
    re.IGNORECASE,
)
"""What a heading that opens with a code says where that code is another document's."""
_ANNOUNCED = re.compile(
    rf"(?:{_SYSTEM}\W*|\bprocedures?\W*|\b(?:reported|billed|coded|claimed)\s+(?:with|under|as|by|using)\s+|[(\[]|^\W*)\Z",
    re.IGNORECASE,
)
_GLOSS = r"\s*\([^()\n]{1,60}\)(?=\s*(?:[,;/&+]|and\b|or\b))"
_JOINED = re.compile(rf"(?:{_GLOSS})?[\s,;/&+]*(?:(?:and|or)\s+)?", re.IGNORECASE)
"""What stands between two codes of one list: a mark or word that joins them, and what is said of the first in parentheses."""
_CLOSES = re.compile(r"\s*(?:\([^()\n]{1,60}\))?[\s.)\]*_]*\Z")
"""What stands between the last code of a list and the end of its line, where nothing else does."""
FIELD_WORDS = 7
"""What stands before the colon of a field is a label of at most so many words; more is a sentence."""


def codes_of(text: str, title: Span, sections: Sequence[Section], units: Sequence[Unit], file: str, pattern: str) -> tuple[str, ...]:
    """Return the codes that a document is about, in the order in which it names them; none where `pattern` is empty.

    The first place that states any decides: above the first section a labelled field (or the title, where it picks from the field's
    list), the title, the first heading or an opening line; then a field in a section, a mention in the opening, the name of the `file`.
    Where several headings open with different codes, and what is stated above is among these, the document is about all of them.
    """
    if not pattern:
        return ()
    body = next((s.span.end for s in sections if s.kind is SectionKind.BODY), len(text))
    first = next((s.span.start for s in sections if s.kind is SectionKind.BODY), len(text))
    above = [line for line in text[: title.start].splitlines() if _says_code(line)]
    head = [unit for unit in units if unit.span.start < first]
    opening = [unit.span.of(text) for unit in units if unit.span.start < body and not _of_neighbours(unit.path)]
    heading = [s.heading for s in sections if s.kind is SectionKind.BODY and not _of_neighbours([s.heading])][:1]
    titled = stated_codes([title.of(text)], pattern)
    labelled = _labelled(text, head, pattern)
    top = (titled if set(titled) <= set(labelled) else labelled) or titled or labelled
    headed = _headed([s.heading for s in sections if s.kind is SectionKind.BODY], pattern)
    if headed and set(top or stated_codes(above, pattern)) <= set(headed):
        return headed
    return (
        top
        or stated_codes([*above, *heading, *opening], pattern)
        or _labelled(text, units, pattern)
        or _mentioned([title.of(text), *opening], pattern)
        or tuple(code for code in codes_in(PurePosixPath(file).stem.replace("_", " "), pattern) if is_code(code, pattern))
    )


def _headed(headings: Iterable[str], pattern: str) -> tuple[str, ...]:
    """Return the codes that headings open with, where two of them open with different ones."""
    opening = [codes for one in headings if (codes := leading_codes(one, pattern)) and not OF_ANOTHER.search(one)]
    return tuple(dict.fromkeys(code for codes in opening for code in codes)) if len(set(opening)) > 1 else ()


def _of_neighbours(path: Iterable[str]) -> bool:
    return any(NEIGHBOURS.search(label) for label in path)


def _labelled(text: str, units: Sequence[Unit], pattern: str) -> tuple[str, ...]:
    """Return the codes of the first field such as "HCPCS Code: …", of the row "Code | …", or of the list under the label "Code"."""
    for i, unit in enumerate(units):
        own = unit.path[-1] if len(unit.path) > 1 or _NAMES_CODES.search(unit.path[0]) else ""
        if _of_neighbours(unit.path):
            continue
        words = unit.span.of(text)
        for match in _FIELD.finditer(words):
            label = re.split(r"[|.;:\n(]", words[: match.start("value")].rstrip(" |:*_"))[-1]
            if not NEIGHBOURS.search(label) and len(label.split()) <= FIELD_WORDS and (found := leading_codes(match["value"], pattern)):
                return found
        if _NAMES_CODES.search(own) and _stating(own, words, pattern):
            run = [words, *_under_the_same(text, units, i)]
            return tuple(dict.fromkeys(code for said in run for code in _stating(own, said, pattern)))
        if found := _column(text, units, i, pattern):
            return found
    return ()


def _list_after(units: Sequence[Unit], i: int) -> list[Unit]:
    """Return the units after unit i that belong to the same list or table."""
    return [*takewhile(lambda one: one.list_number == units[i].list_number >= 0, units[i + 1 :])]


def _under_the_same(text: str, units: Sequence[Unit], i: int) -> list[str]:
    """Return what stands below unit i under the same labels: the rest of its list, and lines that are no sentences."""
    own = units[i]
    below = [(one.list_number == own.list_number >= 0, one.span.of(text)) for one in units[i + 1 :] if one.path == own.path]
    return [words for listed, words in below if listed or not is_sentence(words)]


def _stating(label: str, words: str, pattern: str) -> tuple[str, ...]:
    """Return the codes that words under a label open with, where they are no remark on them."""
    found = leading_codes(words, pattern)
    return found if found and not _advises(label, words, pattern) else ()


def valued_codes(line: str, pattern: str) -> tuple[str, tuple[str, ...]]:
    """Return the label and the codes of a line that is a field of codes, as "HCPCS code: F1001"; no codes where it is none.

    >>> valued_codes("HCPCS code: F1001 (per crossing)", r"[A-Z][0-9]{4}")
    ('HCPCS code', ('F1001',))
    """
    found = _FIELD.search(line)
    label = line[: found.start("value")].strip(" |:*_") if found else ""
    stated = found and len(label.split()) <= FIELD_WORDS and not NEIGHBOURS.search(label)
    return label, leading_codes(found["value"], pattern) if found and stated else ()


def is_advice(line: str, pattern: str) -> bool:
    """Say whether a line that begins with a code is a sentence on it, as "F1001 is billed daily.", and not its name."""
    said = re.split(rf"(?:{pattern})", line, flags=re.IGNORECASE)[-1]
    return is_sentence(line) and bool(_ADVICE.search(said) or _DENIED.match(said))


def _advises(label: str, words: str, pattern: str) -> bool:
    """Say whether a line that begins with a code is a remark on it: under a label that says more than "Code", or one that denies it."""
    said = re.split(rf"(?:{pattern})", words, flags=re.IGNORECASE)[-1]
    return is_advice(words, pattern) and bool(not _CAPTION.fullmatch(label) or _DENIED.match(said))


def lists_neighbours(heading: str, texts: Sequence[str], own: Sequence[str], pattern: str) -> bool:
    """Say whether a section holds nothing but other codes with their names, under a heading such as "Similar codes".

    Its `texts` each begin with a code or end with one in parentheses; a section that says when to use another code is none such.
    """
    if not own or not texts or not _BOX.fullmatch(heading.strip(" :*_")):
        return False
    first = re.compile(rf"(?:{pattern})(?:\s*[-–—:|,;.\t]|\s+(?=[A-Z0-9])|\s*\Z)")
    last = re.compile(rf"\((?:{pattern})\)\W*\Z")
    for text in texts:
        bare = text.removeprefix(heading).strip(" :*_\n\r\t")
        if _ADVICE.search(bare) or not (first.match(bare) or last.search(bare)) or not set(own).isdisjoint(codes_in(bare, pattern)):
            return False
    return True


def _column(text: str, units: Sequence[Unit], i: int, pattern: str) -> tuple[str, ...]:
    """Return the codes in the column "Code" of a table whose first row is unit i; of several rows only under a heading that names codes."""
    group = units[i].group
    if group is None or units[group].kind is not UnitKind.LABEL or group + 1 != i or units[group].list_number != units[i].list_number:
        return ()
    rows = [units[i], *_list_after(units, i)]
    if len(rows) > 1 and not any(_NAMES_CODES.search(label) for label in units[group].path):
        return ()
    table = Span(units[group].span.start, rows[-1].span.end)
    names = cells_in(text, units[group].span, table)
    column = next((n for n, name in enumerate(names) if _NAMES_CODES.search(name) and not NEIGHBOURS.search(name)), None)
    if column is None:
        return ()
    cells = (cells_in(text, row.span, table)[column : column + 1] for row in rows)
    return tuple(dict.fromkeys(code for row in cells for cell in row for code in leading_codes(cell, pattern)))


def leading_codes(value: str, pattern: str) -> tuple[str, ...]:
    r"""Return the codes that stand in an unbroken list at the start of `value`, each maybe with what it is in parentheses.

    >>> leading_codes("K0001, K0002 and K0003 (not K0004)", r"[A-Z]\d{4}")
    ('K0001', 'K0002', 'K0003')
    >>> leading_codes("K0001 (to own) or K0002 (rented)", r"[A-Z]\d{4}")
    ('K0001', 'K0002')
    >>> leading_codes("Part B: K0002 rented", r"[A-Z]\d{4}")
    ('K0002',)
    """
    return _list_of_codes(value, pattern)[0]


def is_list_of_codes(value: str, pattern: str) -> bool:
    """Say whether `value` is a list as `leading_codes` reads it and nothing more but remarks about neighbours."""
    said = _without_remarks(value).rstrip(" ,;")
    codes, end = _list_of_codes(said, pattern)
    return bool(codes) and _CLOSES.match(said, end) is not None


def _list_of_codes(value: str, pattern: str) -> tuple[tuple[str, ...], int]:
    """Return the codes that stand in a list at the start of `value`, and where the last ends."""
    code = re.compile(rf"(?:{pattern})(?![^\W_]|\.\w)", re.IGNORECASE)
    part = part_length(value)
    start = len(value) - len(value[part:].lstrip("*_ ([`"))
    kept: list[str] = []
    end = 0
    while (match := code.match(value, start)) and match.group():
        kept.append(match.group().upper())
        end = match.end()
        start = _JOINED.match(value, end).end()  # type: ignore[union-attr]
    return tuple(dict.fromkeys(kept)), end


def part_length(value: str) -> int:
    """Return how many characters number the part that a heading opens, as "Part B: ", with what marks them; 0 where none do."""
    bare = value.lstrip("*_ ")
    ordinal = next((one for one in ordinals_of(bare) if one.named), None)
    return len(value) - len(bare) + ordinal.length if ordinal else 0


def stated_codes(texts: Iterable[str], pattern: str) -> tuple[str, ...]:
    """Return the codes of the first text that states any, and of those right after it that begin with a code too and are no sentences.

    A code is stated after the word "code", in parentheses, or where it opens or ends a line; remarks about neighbours are left out, what
    follows the first semicolon of a sentence, and rows of nothing but codes, which lead to other pages.
    """
    found: list[str] = []
    for text in texts:
        said = _without_remarks(text)
        first = re.split(rf";\s+(?!{pattern})", said, maxsplit=1, flags=re.IGNORECASE)[0] if is_sentence(text) else said
        own = [code for line in first.splitlines() for code in _announced(line, pattern)]
        if found and (not own or is_sentence(text) or not leading_codes(text, pattern)):
            break
        found += own
        if found and (is_sentence(text) or not leading_codes(text, pattern)):
            break
    return tuple(dict.fromkeys(found))


def _without_remarks(text: str) -> str:
    """Return `text` with what it says about neighbours left out."""
    return _ASIDE.sub(" ", _REMARK.sub(" ", text))


def _announced(line: str, pattern: str) -> list[str]:
    """Return the codes that a line states."""
    spans = [(a, b) for a, b in code_spans(line, pattern) if is_code(line[a:b], pattern)]
    if len(spans) > 1 and not any(c.isalnum() for c in outside(line, spans)):
        return []
    found: list[str] = []
    listed = 0
    for start in (start for start, _ in spans):
        if start < listed:
            continue
        codes, length = _list_of_codes(line[start:], pattern)
        listed = start + length
        ends = _CLOSES.match(line, listed) and line[:start].rstrip().endswith((",", "-", "–", "—", ":", "|"))
        if ends or _ANNOUNCED.search(line[:start]):
            found += codes
    return found


def _mentioned(texts: Iterable[str], pattern: str) -> tuple[str, ...]:
    """Return the list of codes that the first text to mention any outside remarks about neighbours begins with; a mere number is none."""
    for text in texts:
        said = _without_remarks(text)
        first = next((a for a, b in code_spans(said, pattern) if is_code(said[a:b], pattern) and not said[a:b].isdigit()), None)
        if first is not None:
            return tuple(code for code in leading_codes(said[first:], pattern) if not code.isdigit())
    return ()


def _says_code(line: str) -> bool:
    return re.search(_SYSTEM + r"\b", line, re.IGNORECASE) is not None
