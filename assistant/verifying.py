"""Answer + source files -> what does not match. Reads the files themselves, not the index, and fails closed."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.chunking import Candidate, Level
from assistant.config import Settings
from assistant.documents import Refusal, Source, corpus_files, fault, read_file
from assistant.quoting import bare_words, codes_at, page_at
from assistant.sections import Outlook, add_votes, outlook, parse_document
from assistant.types import Answer, Document, Quote


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A quote that its source does not bear out."""

    quote: Quote
    why: str


def verify(answer: Answer, corpus: Path, settings: Settings) -> list[Mismatch]:
    """Return every quote of `answer` that is not the slice that it claims, or not on the page or under the codes and headings."""
    return Library(corpus, settings).verify(answer)


class Library:
    """The files of a corpus, each read and parsed once, when it is first asked for, however many answers are compared with it."""

    def __init__(self, corpus: Path, settings: Settings) -> None:
        self._corpus = Path(os.path.realpath(corpus))
        self._settings = settings
        self._files: dict[Path, list[Source] | Refusal] = {}
        self._alone: dict[str, Document] = {}

    def verify(self, answer: Answer) -> list[Mismatch]:
        """Return what the function `verify` does."""
        return [Mismatch(quote, why) for quote in answer.quotes if (why := _checked(quote, self.source(quote.document), self))]

    def source(self, identity: str) -> Source | Refusal:
        """Return the one document of that id, or why it cannot be had."""
        for name in dict.fromkeys((identity, identity.rpartition("#")[0])):
            if path := self._inside(name):
                found = self._read(path)
                if isinstance(found, Refusal):
                    return found
                return next((source for source in found if source.id == identity), Refusal(identity, "is no longer in its file"))
        return Refusal(identity, "is not in the corpus")

    def _inside(self, name: str) -> Path | None:
        """Return the path of a file if there is one of that name below the corpus, links resolved."""
        try:
            path = (self._corpus / name).resolve()
            return path if path.is_relative_to(self._corpus) and path.is_file() else None
        except (OSError, ValueError, RuntimeError):  # too long, a NUL, a loop of links
            return None

    def _read(self, path: Path) -> list[Source] | Refusal:
        if path not in self._files:
            self._files[path] = read_file(path, self._corpus, self._settings)
        return self._files[path]

    @cached_property
    def sources(self) -> list[Source]:
        """Return what can be read of the whole corpus."""
        found = [self._read(Path(path)) for path in corpus_files(self._corpus).values()]
        return [source for one in found if not isinstance(one, Refusal) for source in one]

    @cached_property
    def _votes(self) -> Counter[str]:
        return add_votes(self._outlooks())

    def _outlooks(self) -> Iterator[Outlook]:
        """Yield what documents say of names of headings, those left out that an index refuses."""
        for source in self.sources:
            try:
                yield outlook(source, self._settings)
            except Exception as error:
                fault(source.file, error)

    def alone(self, source: Source) -> Document:
        """Return the document in a source, parsed without a look at the others."""
        if source.id not in self._alone:
            self._alone[source.id] = parse_document(source, self._settings)
        return self._alone[source.id]

    def parsed(self, source: Source) -> Iterator[Document]:
        """Yield the document in a source parsed alone, which mostly suffices, then as an index has it, for which all others are read."""
        yield self.alone(source)
        yield parse_document(source, self._settings, outlook(source, self._settings).known(self._votes))


def _checked(quote: Quote, source: Source | Refusal, library: Library) -> str:
    """Return what `_fault` does, or that a document cannot be parsed to tell."""
    try:
        return _fault(quote, source, library)
    except BaseException as error:
        return f"a document {fault(quote.document, error)}"


def _fault(quote: Quote, source: Source | Refusal, library: Library) -> str:
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
    return _misplaced(quote, source, library)


def _page_name(page: int | None) -> str:
    return "no page" if page is None else f"page {page}"


def _misplaced(quote: Quote, source: Source, library: Library) -> str:
    """Return why a quote does not stand where it claims; empty where its document, as one parse has it, agrees in all.

    It claims a title, a section, labels and codes; after its document's own codes may stand those of others that hold the same words.
    """
    why = ""
    for document in library.parsed(source):
        labels, codes = _labels_over(document, quote.start, quote.end)
        section = next(one for one in document.sections if one.span.start <= quote.start < one.span.end)
        strange = [label for label in quote.path if label not in {section.heading, *labels}]
        if quote.title != document.title_text:
            why = "the document has another title"
        elif quote.section != section.heading:
            why = f"it stands in the section '{section.heading}', not in '{quote.section}'"
        elif strange:
            why = f"it does not stand under the label '{strange[0]}'"
        elif quote.code != next(iter(codes), None) or quote.codes[: len(codes)] != codes:
            claimed = sorted({str(code) for code in (quote.code, *quote.codes) if code})
            why = f"the document gives it other codes than {', '.join(claimed) or 'none'}"
        else:
            unsaid = next((code for code in quote.codes[len(codes) :] if not _says_too(code, quote.text, library)), None)
            return "" if unsaid is None else f"no document of the code {unsaid} holds these words"
    return why


def _labels_over(document: Document, start: int, end: int) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the labels over what stands at these offsets, and the codes that it is about."""
    held = [i for i, unit in enumerate(document.units) if unit.span.start < end and start < unit.span.end]
    if not held:
        return frozenset(), document.codes
    run = Candidate(document.id, Level.GROUP, document.units[held[0]].section, held[0], held[-1] + 1)
    return frozenset(label for i in held for label in document.units[i].path), codes_at(document, run.path(document))


def _says_too(code: str, text: str, library: Library) -> bool:
    """Say whether some document holds the words of `text`, white space, case and end marks aside, where it is about `code`."""
    words = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, bare_words(text).split())) + r"(?!\w)", re.IGNORECASE)
    return any(
        code in _labels_over(document, *match.span())[1]
        for source in library.sources
        if words.search(source.text)
        for document in library.parsed(source)
        for match in words.finditer(source.text)
    )
