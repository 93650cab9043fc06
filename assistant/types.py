"""The nouns that every stage speaks. Imports nothing of ours; knows no engine, no file and no surface.

Offsets are half-open and count characters of `Document.text`. Text is always a slice, never stored apart from its offsets
where the document is at hand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum

_LINE_END = re.compile("\r\n|[\r\n\u2028\u2029]")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` of characters of one document."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span [{self.start}, {self.end}) is empty or negative")

    def of(self, text: str) -> str:
        """Return the slice of `text` that the span names."""
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        """Say whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


class SectionKind(Enum):
    """What a section is for: the document's title, its content, or the furniture of the page it was saved from."""

    TITLE = "title"
    BODY = "body"
    FURNITURE = "furniture"


class UnitKind(Enum):
    """The smallest things that can be quoted; a cell is one of a table whose columns are lists of their own."""

    SENTENCE = "sentence"
    ITEM = "item"
    FIELD = "field"
    CELL = "cell"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a document. The sections of a document cover its text without gap or overlap.

    `span` starts at the heading; `body` is what stands under the heading, or None where nothing does.
    """

    heading: str
    kind: SectionKind
    span: Span
    body: Span | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item, labelled field, or a label that opens a group; the smallest thing that is quoted.

    `section` is the position in `Document.sections`. `path` holds the section's heading and then the labels the unit stands under.
    `group` is the position of the unit (a label or an introducing line) that it stands under, or None.
    `list_number` numbers runs of items that form one list, so that a whole list can be quoted; -1 outside lists.
    """

    span: Span
    kind: UnitKind
    section: int
    path: tuple[str, ...]
    group: int | None
    list_number: int = -1


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file text comes from: from character `start` on, the `number`th `kind` ("page", "row"), counted from 1."""

    start: int
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source text with what was found in it.

    `text` is what offsets count in: the decoded file itself, or what was extracted from it. `file` is the corpus file it comes from;
    `id` is the same where the file holds one document, else it adds `#` and a key. `sha256` is of the file's bytes, or of `text` where
    the file holds several documents. `codes` are the codes the document describes, not every code it mentions. `title` is the
    official descriptor or page title. `places` are in order of `start`; there are none where the text is the file itself. Of documents that
    disagree the one of higher `authority` comes first, then the one `dated` later (ISO date, or empty). `descriptor` are the words that
    define the code where the title does not.
    """

    id: str
    codes: tuple[str, ...]
    title: Span
    text: str
    sha256: str
    sections: tuple[Section, ...]
    units: tuple[Unit, ...]
    file: str
    places: tuple[Place, ...] = ()
    authority: int = 0
    dated: str = ""
    descriptor: Span | None = None

    @property
    def title_text(self) -> str:
        """Return the title as it stands in the text."""
        return self.title.of(self.text)

    @property
    def official(self) -> Span:
        """Return where the text says what its code stands for: the descriptor, or else the title."""
        return self.descriptor or self.title

    @property
    def named(self) -> str:
        """Return the words that name what the document is about: its title, and its descriptor where that is another."""
        return f"{self.title_text}\n{self.descriptor.of(self.text)}" if self.descriptor else self.title_text

    @property
    def label(self) -> str:
        """Return the short name by which a person picks the document: its codes, or the title where it has none."""
        return ", ".join(self.codes) or self.title_text

    def line_of(self, offset: int) -> int:
        """Return the 1-based line on which a character stands, as an editor counts: a form feed begins a page and no line."""
        return sum(1 for _ in _LINE_END.finditer(self.text, 0, offset)) + 1

    def place_of(self, offset: int) -> Place | None:
        """Return where in the file a character comes from; None where the text is the file itself, which has lines."""
        before = bisect_right(self.places, offset, key=lambda place: place.start)
        return self.places[before - 1] if before else None


@dataclass(frozen=True, slots=True)
class Chunk:
    """An indexed run of units inside one section. `units` is a half-open range of positions in `Document.units`."""

    id: str
    document: str
    codes: tuple[str, ...]
    section: int
    heading: str
    span: Span
    units: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk as found by one query. Ranks are 1-based; a stage that did not find the chunk has rank None."""

    chunk: Chunk
    score: float
    rank: int
    dense_rank: int | None = None
    lexical_rank: int | None = None


class Status(Enum):
    """How a question ended."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    ABSTAINED = "abstained"


class Reason(Enum):
    """Why a question was not answered."""

    UNKNOWN_CODE = "unknown_code"
    NOT_COVERED = "not_covered"
    NO_CODE_FITS = "no_code_fits"
    OUT_OF_SCOPE = "out_of_scope"
    EMPTY_QUESTION = "empty_question"
    QUESTION_TOO_LONG = "question_too_long"
    LOW_CONFIDENCE = "low_confidence"
    AMBIGUOUS = "ambiguous"


class Role(Enum):
    """What a quote is there for."""

    ANSWER = "answer"
    FOR = "for"
    AGAINST = "against"
    CONFLICT = "conflict"
    NEAREST = "nearest"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Quote:
    """A cited slice. `codes` lists every code whose document holds the same words in the same role; `code` is the first."""

    text: str
    code: str | None
    codes: tuple[str, ...]
    document: str
    title: str
    section: str
    path: tuple[str, ...]
    start: int
    end: int
    sha256: str
    role: Role
    page: int | None = None


@dataclass(frozen=True, slots=True)
class CodeFit:
    """One code weighed against a scenario; `score` is in [0, 1]."""

    code: str
    title: str
    fits: bool
    score: float


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing an ambiguous question may have meant."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class IndexStamp:
    """Which index an answer was read from."""

    fingerprint: str
    encoder: str
    built_at: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything said in reply to one question: catalogue text, quotes, and what they were read from.

    `confidence` is in [0, 1]; `elapsed_ms` is wall time in milliseconds and the only field that differs between two runs.
    """

    question: str
    resolved: str
    status: Status
    reason: Reason | None
    message: str
    quotes: tuple[Quote, ...]
    codes: tuple[CodeFit, ...]
    choices: tuple[Choice, ...]
    confidence: float
    index: IndexStamp
    elapsed_ms: float
