"""Source -> Document: sections that cover the text, their units, the title, and the codes the document is about.

Puts `lines`, `headings`, `units` and `codes` together. Knows the genre's conventions (a title, headed sections, a code somewhere near the
top) but no heading, code or title by name.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.codes import codes_of, lists_neighbours
from assistant.config import Settings
from assistant.descriptors import find_descriptor
from assistant.documents import Source
from assistant.headings import Outline, find_outline
from assistant.labels import value_start
from assistant.lines import FURNISHED, Line, Shape, line_width
from assistant.shapes import heading_name, normal_name
from assistant.splitting import split_lines
from assistant.tokens import codes_in
from assistant.types import Document, Section, SectionKind, Span, Unit
from assistant.units import UnitReader
from assistant.unmarked import with_items

TITLE_HEADING = "Title"
"""Name of the section that holds the official descriptor and whatever stands between it and the first heading."""
LABEL_WORDS = 4
"""What names the title in a form has at most so many words."""
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
    lines = _lines(source, settings)
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
    """Return the documents of a corpus, each parsed with the headings of the others in mind.

    An index holds just these. A build finds them one by one, so as to take from the index before it what has not changed; this says in one
    place what it is to find, for tests and for training.
    """
    outlooks = [outlook(source, settings) for source in sources]
    totals = add_votes(outlooks)
    return [parse_document(source, settings, one.known(totals)) for source, one in zip(sources, outlooks, strict=True)]


def parse_document(source: Source, settings: Settings, known: frozenset[str] = frozenset()) -> Document:
    """Return one document; `known` as for `find_outline`."""
    lines = _lines(source, settings)
    return _build(source, lines, find_outline(source.text, lines, settings.code_pattern, known), settings)


def _lines(source: Source, settings: Settings) -> list[Line]:
    """Return the lines of a source, those of lists without marks as items."""
    lines = split_lines(source.text, source.hidden, source.bold)
    return with_items(source.text, lines, settings.code_pattern)


def _build(source: Source, lines: Sequence[Line], outline: Outline, settings: Settings) -> Document:
    lines = _with_bare_title(source.text, _with_labels(source.text, lines, outline.labels), outline.title)
    sections = _sections(source.text, lines, outline, source.hidden)
    units = _units(source.text, lines, outline, sections)
    title = source.title or (lines[outline.title].content if outline.title >= 0 else _name(source.text, lines, settings.code_pattern))
    codes = source.codes
    if codes is None:
        codes = codes_of(source.text, title, sections, units, source.file, settings.code_pattern)
        sections, units = _without_neighbours(source.text, sections, units, codes, settings.code_pattern)
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
        find_descriptor(source.text, title, units, codes),
    )


def _name(text: str, lines: Sequence[Line], pattern: str) -> Span:
    """Return the words by which a document without a title is called: its first line, or the first that names a code after a table."""
    naming = (line.content for line in lines if line.shape not in FURNISHED and codes_in(line.content.of(text), pattern))
    return next(naming, lines[0].content) if lines[0].shape in FURNISHED else lines[0].content


def _without_neighbours(
    text: str, sections: list[Section], units: list[Unit], codes: Sequence[str], pattern: str
) -> tuple[list[Section], list[Unit]]:
    """Return sections and units with the boxes of neighbouring codes that close the document as furniture."""
    for number in reversed(range(len(sections))):
        section = sections[number]
        if section.kind is SectionKind.FURNITURE:
            continue
        said = [unit.span.of(text) for unit in units if unit.section == number]
        if section.kind is not SectionKind.BODY or not lists_neighbours(section.heading, said, codes, pattern):
            break
        sections = [*sections[:number], replace(section, heading="", kind=SectionKind.FURNITURE, body=None), *sections[number + 1 :]]
        units = [unit for unit in units if unit.section != number]
    return sections, units


def _with_bare_title(text: str, lines: Sequence[Line], title: int) -> Sequence[Line]:
    """Return `lines` with the title as a line like any other, so that every format quotes it alike; what is bold above it heads nothing.

    That is without heading mark, emphasis and, in a form, label.
    """
    if title < 0:
        return lines
    line = lines[title]
    words = line.content.of(text)
    fields = sum(lines[i].shape is Shape.FIELD for i in (title - 1, title + 1) if 0 <= i < len(lines))
    if title > 0 and line.shape is Shape.FIELD and fields and len(line.label.split()) <= LABEL_WORDS:
        words = words[value_start(words) :]
    bare = words.strip("*_ ")
    start = line.content.end - len(words) + words.find(bare)
    bold = bare and words[:1] in "*_" and words[-1:] in "*_"
    content = Span(start, start + len(bare)) if bold else Span(line.content.end - len(words), line.content.end)
    marker = "" if line.marker == "#" else line.marker
    bare_line = replace(line, content=content, marker=marker, level=0, shape=Shape.TEXT, label="", bold=False)
    return [*(replace(above, bold=False) for above in lines[:title]), bare_line, *lines[title + 1 :]]


def _with_labels(text: str, lines: Sequence[Line], labels: frozenset[int]) -> Sequence[Line]:
    """Return `lines` with the questions and sub-headings inside sections as labels of what is below them."""
    if not labels:
        return lines
    return [replace(line, shape=Shape.LABEL, label=heading_name(line, text)) if i in labels else line for i, line in enumerate(lines)]


def _sections(text: str, lines: Sequence[Line], outline: Outline, hidden: Sequence[Span]) -> list[Section]:
    """Return sections that cover the whole text: each runs from its heading to the next section's start.

    What is hidden above the first line is furniture. A section that furniture interrupts goes on below it under the same heading.
    """
    starts: list[tuple[int, str, SectionKind, int | None]] = []
    if hidden and lines[0].span.start > hidden[0].start:
        starts.append((0, "", SectionKind.FURNITURE, None))
    heads = {heading.line: heading for heading in outline.headings}
    state: SectionKind | None = None
    resumed = (TITLE_HEADING, SectionKind.TITLE)
    for i, line in enumerate(lines):
        if i in heads:
            heading = heads[i]
            body = line.content.start if heading.has_text else None
            starts.append((line.span.start, heading.name, SectionKind.BODY, body))
            state = SectionKind.BODY
            resumed = (heading.name, SectionKind.BODY)
        elif i == outline.title and state is not SectionKind.TITLE:
            starts.append((line.span.start, TITLE_HEADING, SectionKind.TITLE, line.content.start))
            state = SectionKind.TITLE
        elif i in outline.furniture and state is not SectionKind.FURNITURE:
            starts.append((line.span.start, "", SectionKind.FURNITURE, None))
            state = SectionKind.FURNITURE
        elif state is None or (state is SectionKind.FURNITURE and i not in outline.furniture):
            starts.append((line.span.start, *resumed, line.span.start))
            state = resumed[1]
    return _close_sections(text, lines, starts)


def _close_sections(text: str, lines: Sequence[Line], starts: list[tuple[int, str, SectionKind, int | None]]) -> list[Section]:
    sections = []
    begins = [line.span.start for line in lines]
    edges = [0, *(start for start, *_ in starts[1:]), len(text)]
    for (start, name, kind, body), left, right in zip(starts, edges, edges[1:], strict=False):
        above, below = bisect_left(begins, start), bisect_left(begins, right)
        next_line = above + 1 + (above + 1 < below and lines[above + 1].shape is Shape.RULE and not lines[above + 1].blank_before)
        first = body if body is not None else begins[next_line] if next_line < below else None
        last = lines[below - 1].span.end if above < below else right
        has_body = kind is not SectionKind.FURNITURE and first is not None and first < last
        sections.append(Section(name, kind, Span(left, right), Span(first, last) if has_body and first is not None else None))
    return sections


def _units(text: str, lines: Sequence[Line], outline: Outline, sections: Sequence[Section]) -> list[Unit]:
    begins = [line.span.start for line in lines]
    heads = {heading.line: heading for heading in outline.headings}
    reader = UnitReader(text, line_width(lines))
    for number, section in enumerate(sections):
        if section.kind is SectionKind.FURNITURE or section.body is None:
            continue
        own = range(bisect_left(begins, section.span.start), bisect_left(begins, section.span.end))
        reader.read([lines[i] for i in own if i not in heads or heads[i].has_text], number, section.heading)
    return reader.units
