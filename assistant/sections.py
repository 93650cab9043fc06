"""Source -> Document: sections that cover the text, their units, the title, and the codes the document is about.

Puts `lines`, `headings` and `units` together. Knows the genre's conventions (a title, headed sections, a code somewhere near the
top) but no heading, code or title by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.config import Settings
from assistant.documents import Source
from assistant.headings import Outline, find_outline
from assistant.lines import Line, split_lines
from assistant.shapes import heading_name, normal_name
from assistant.tokens import codes_in
from assistant.types import Document, Section, SectionKind, Span, Unit
from assistant.units import units_of_section

TITLE_HEADING = "Title"
"""Name of the section that holds the official descriptor and whatever stands between it and the first heading."""
LONGEST_NAME = 12
"""A line of more words heads no section."""
RECURRENT = 1
"""A name counts as known when it heads a section in so many more of the other documents than it labels lines in."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one document, looked at alone, says of names of headings.

    `votes` is 1 for each name that heads a section of it and -1 for each that only labels lines in it; `names` are those of its lines that
    could head a section if other documents say so.
    """

    votes: dict[str, int]
    names: frozenset[str]

    def known(self, totals: Mapping[str, int]) -> frozenset[str]:
        """Return the names that head sections in other documents, given the votes of all added up."""
        return frozenset(name for name in self.names if totals.get(name, 0) - self.votes.get(name, 0) >= RECURRENT)


def outlook(source: Source, settings: Settings) -> Outlook:
    """Return what a document says of names of headings."""
    lines = split_lines(source.text)
    found = find_outline(source.text, lines, settings.code_pattern)
    heads = {normal_name(heading.name) for heading in found.headings}
    labels = {normal_name(line.label) for line in lines if line.label}
    names = (heading_name(line, source.text) for line in lines)
    short = frozenset(normal_name(name) for name in names if len(name.split()) <= LONGEST_NAME)
    return Outlook({**dict.fromkeys(sorted(labels - heads), -1), **dict.fromkeys(sorted(heads), 1)}, short)


def add_votes(outlooks: Iterable[Outlook]) -> Counter[str]:
    """Return the votes of all documents added up."""
    totals: Counter[str] = Counter()
    for one in outlooks:
        totals.update(one.votes)
    return totals


def parse_corpus(sources: Sequence[Source], settings: Settings) -> list[Document]:
    """Return the documents of a corpus, each parsed with the headings of the others in mind."""
    outlooks = [outlook(source, settings) for source in sources]
    totals = add_votes(outlooks)
    return [parse_document(source, settings, one.known(totals)) for source, one in zip(sources, outlooks, strict=True)]


def parse_document(source: Source, settings: Settings, known: frozenset[str] = frozenset()) -> Document:
    """Return one document; `known` as for `find_outline`."""
    lines = split_lines(source.text)
    return _build(source, lines, find_outline(source.text, lines, settings.code_pattern, known), settings)


def _build(source: Source, lines: Sequence[Line], outline: Outline, settings: Settings) -> Document:
    sections = _sections(source.text, lines, outline)
    units = _units(source.text, lines, outline, sections)
    title = source.title or lines[max(outline.title, 0)].content
    codes = _codes(source, title, sections, settings.code_pattern) if source.codes is None else source.codes
    return Document(
        source.id,
        codes,
        title,
        source.text,
        source.sha256,
        tuple(sections),
        tuple(units),
        source.file,
        source.places,
        source.authority,
        source.dated,
    )


def _sections(text: str, lines: Sequence[Line], outline: Outline) -> list[Section]:
    """Return sections that cover the whole text: each runs from its heading to the next section's start."""
    starts: list[tuple[int, str, SectionKind, int | None]] = []
    heads = {heading.line: heading for heading in outline.headings}
    state: SectionKind | None = None
    for i, line in enumerate(lines):
        if i in heads:
            heading = heads[i]
            body = line.content.start if heading.has_text else None
            starts.append((line.span.start, heading.name, SectionKind.BODY, body))
            state = SectionKind.BODY
        elif i == outline.title:
            starts.append((line.span.start, TITLE_HEADING, SectionKind.TITLE, line.span.start))
            state = SectionKind.TITLE
        elif i in outline.furniture and state is not SectionKind.FURNITURE:
            starts.append((line.span.start, "", SectionKind.FURNITURE, None))
            state = SectionKind.FURNITURE
        elif state is None or (state is SectionKind.FURNITURE and i not in outline.furniture):
            starts.append((line.span.start, TITLE_HEADING, SectionKind.TITLE, line.span.start))
            state = SectionKind.TITLE
    return _close_sections(text, lines, starts)


def _close_sections(text: str, lines: Sequence[Line], starts: list[tuple[int, str, SectionKind, int | None]]) -> list[Section]:
    sections = []
    edges = [0, *(start for start, *_ in starts[1:]), len(text)]
    for (start, name, kind, body), left, right in zip(starts, edges, edges[1:], strict=False):
        first = body if body is not None else next((li.span.start for li in lines if li.span.start > start and li.span.start < right), None)
        last = max((li.span.end for li in lines if left <= li.span.start < right), default=right)
        has_body = kind is not SectionKind.FURNITURE and first is not None and first < last
        sections.append(Section(name, kind, Span(left, right), Span(first, last) if has_body and first is not None else None))
    return sections


def _units(text: str, lines: Sequence[Line], outline: Outline, sections: Sequence[Section]) -> list[Unit]:
    units: list[Unit] = []
    heads = {heading.line: heading for heading in outline.headings}
    for number, section in enumerate(sections):
        if section.kind is SectionKind.FURNITURE or section.body is None:
            continue
        own = [
            line
            for i, line in enumerate(lines)
            if section.span.start <= line.span.start < section.span.end and (i not in heads or heads[i].has_text)
        ]
        lists = max((unit.list_number for unit in units), default=-1) + 1
        units.extend(units_of_section(text, own, number, section.heading, len(units), lists))
    return units


def _codes(source: Source, title: Span, sections: Sequence[Section], pattern: str) -> tuple[str, ...]:
    """Return the codes that the document says it is about: a labelled field first, then its opening, then its file name."""
    body = [section for section in sections if section.kind is not SectionKind.FURNITURE]
    opening_end = next((s.span.end for s in body if s.kind is SectionKind.BODY), len(source.text))
    opening = source.text[:opening_end]
    field = _labelled_codes(source.text, pattern)
    return field or _about(title.of(source.text), pattern) or _about(opening, pattern) or codes_in(source.file, pattern)


_REMARK = re.compile(r"\([^()]*\b(?:not|never|see|instead)\b[^()]*\)", re.IGNORECASE)
_CODE_FIELD = re.compile(r"\bcodes?\b(?:\s*\([^()]*\))?[*_]*\s*[:|][*_]*\s*(?P<value>[^\n|]*)", re.IGNORECASE)


def _about(text: str, pattern: str) -> tuple[str, ...]:
    """Return the codes of `text`, remarks about neighbours in parentheses left out."""
    return codes_in(_REMARK.sub(" ", text), pattern)


def _labelled_codes(text: str, pattern: str) -> tuple[str, ...]:
    """Return the codes of the first field such as "HCPCS Code: …" whose value begins with a code."""
    for match in _CODE_FIELD.finditer(text):
        found = codes_in(match["value"], pattern)
        value = match["value"].strip("*_ (").upper()
        if found and re.match(pattern, value):
            return tuple(_leading(found, value))
    return ()


def _leading(codes: Iterable[str], value: str) -> list[str]:
    """Return the codes that stand in an unbroken list at the start of `value`."""
    kept: list[str] = []
    rest = value
    for code in codes:
        if not rest.startswith(code):
            break
        kept.append(code)
        rest = re.sub(r"^[\s,;/&]*(?:AND\s+)?", "", rest[len(code) :])
    return kept
