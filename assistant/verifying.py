"""Answer + source files -> what does not match. Reads the files themselves, not the index, and fails closed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.chunking import Candidate, Level
from assistant.config import Settings
from assistant.documents import Refusal, Source, corpus_files, read_document, read_file
from assistant.quoting import bare_words, codes_at, page_at
from assistant.sections import TITLE_HEADING, add_votes, outlook, parse_document
from assistant.types import Answer, Document, Quote


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A quote that its source does not bear out."""

    quote: Quote
    why: str


def verify(answer: Answer, corpus: Path, settings: Settings) -> list[Mismatch]:
    """Return every quote of `answer` that is not the slice that it claims, or not on the page or under the codes and headings."""
    library = _Library(corpus, settings)
    sources = {name: read_document(name, corpus, settings) for name in dict.fromkeys(quote.document for quote in answer.quotes)}
    return [Mismatch(quote, why) for quote in answer.quotes if (why := _fault(quote, sources[quote.document], library))]


class _Library:
    """The documents of a corpus, read and parsed when they are first asked for."""

    def __init__(self, corpus: Path, settings: Settings) -> None:
        self._corpus = corpus
        self._settings = settings
        self._alone: dict[str, Document] = {}

    @cached_property
    def sources(self) -> list[Source]:
        """Return what can be read of the whole corpus."""
        found = [read_file(Path(path), self._corpus, self._settings) for path in corpus_files(self._corpus).values()]
        return [source for one in found if not isinstance(one, Refusal) for source in one]

    @cached_property
    def _votes(self) -> Counter[str]:
        return add_votes(outlook(source, self._settings) for source in self.sources)

    def alone(self, source: Source) -> Document:
        """Return the document in a source, parsed without a look at the others."""
        if source.id not in self._alone:
            self._alone[source.id] = parse_document(source, self._settings)
        return self._alone[source.id]

    def parsed(self, source: Source) -> Iterator[Document]:
        """Yield the document in a source parsed alone, which mostly suffices, then as an index has it, for which all others are read."""
        yield self.alone(source)
        yield parse_document(source, self._settings, outlook(source, self._settings).known(self._votes))


def _fault(quote: Quote, source: Source | Refusal, library: _Library) -> str:
    if isinstance(source, Refusal):
        return f"the document {source.why}"
    if source.sha256 != quote.sha256:
        return "the document has changed since it was quoted"
    if not 0 <= quote.start < quote.end <= len(source.text):
        return "the offsets lie outside the document"
    if source.text[quote.start : quote.end] != quote.text:
        return "the text at these offsets is different"
    if (page := page_at(library.alone(source), quote.start)) != quote.page:
        return f"the text stands on {_page_name(page)}, not on {_page_name(quote.page)}"
    return _stranger(quote, source.text) or _misattributed(quote, source, library)


def _page_name(page: int | None) -> str:
    return "no page" if page is None else f"page {page}"


def _stranger(quote: Quote, text: str) -> str:
    """Return which title or label the quote stands under although its document does not have it; empty where all are its own.

    White space in labels does not count.
    """
    if quote.title not in text:
        return "the title is not in the document"
    spaced = " ".join(text[: quote.end].split())
    for label in {quote.section, *quote.path} - {TITLE_HEADING}:
        if " ".join(label.split()) not in spaced:
            return f"the label '{label}' does not stand above it in the document"
    return ""


def _misattributed(quote: Quote, source: Source, library: _Library) -> str:
    """Return why the codes of a quote are not its own; empty where its document gives it the first, and others the same words the rest."""
    own = next((codes for one in library.parsed(source) if _begins_with(quote, codes := _codes_over(one, quote.start, quote.end))), None)
    if own is None:
        claimed = sorted({str(code) for code in (quote.code, *quote.codes) if code})
        return f"the document gives it other codes than {', '.join(claimed) or 'none'}"
    strange = next((code for code in quote.codes[len(own) :] if not _says_too(code, quote.text, library)), None)
    return "" if strange is None else f"no document of the code {strange} holds these words"


def _begins_with(quote: Quote, codes: tuple[str, ...]) -> bool:
    """Say whether a quote bears just these codes, or these and after them those of other documents that hold the same words."""
    return quote.code == next(iter(codes), None) and quote.codes[: len(codes)] == codes


def _codes_over(document: Document, start: int, end: int) -> tuple[str, ...]:
    """Return the codes that what stands at these offsets is about."""
    held = [i for i, unit in enumerate(document.units) if unit.span.start < end and start < unit.span.end]
    if not held:
        return document.codes
    run = Candidate(document.id, Level.GROUP, document.units[held[0]].section, held[0], held[-1] + 1)
    return codes_at(document, run.path(document))


def _says_too(code: str, text: str, library: _Library) -> bool:
    """Say whether some document holds the words of `text`, white space, case and end marks aside, where it is about `code`."""
    words = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, bare_words(text).split())) + r"(?!\w)", re.IGNORECASE)
    return any(
        code in _codes_over(document, *match.span())
        for source in library.sources
        if words.search(source.text)
        for document in library.parsed(source)
        for match in words.finditer(source.text)
    )
