"""Answer + source files -> what does not match. Reads the files themselves, not the index, and fails closed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.config import Settings
from assistant.documents import Refusal, Source, read_document
from assistant.sections import TITLE_HEADING
from assistant.tokens import codes_in
from assistant.types import Answer, Quote


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A quote that its source does not bear out."""

    quote: Quote
    why: str


def verify(answer: Answer, corpus: Path, settings: Settings) -> list[Mismatch]:
    """Return every quote of `answer` that is not the slice, or not under the code and headings, that it claims; none means that all are."""
    sources = {name: read_document(name, corpus, settings) for name in dict.fromkeys(quote.document for quote in answer.quotes)}
    return [Mismatch(quote, why) for quote in answer.quotes if (why := _fault(quote, sources[quote.document], settings))]


def _fault(quote: Quote, source: Source | Refusal, settings: Settings) -> str:
    if isinstance(source, Refusal):
        return f"the document {source.why}"
    if source.sha256 != quote.sha256:
        return "the document has changed since it was quoted"
    if not 0 <= quote.start < quote.end <= len(source.text):
        return "the offsets lie outside the document"
    if source.text[quote.start : quote.end] != quote.text:
        return "the text at these offsets is different"
    return _stranger(quote, source.text, settings)


def _stranger(quote: Quote, text: str, settings: Settings) -> str:
    """Return which code, title or label the quote stands under although its document does not have it; empty where all are its own.

    White space in labels does not count.
    """
    if quote.title not in text:
        return "the title is not in the document"
    spaced = " ".join(text[: quote.end].split())
    for label in {quote.section, *quote.path} - {TITLE_HEADING}:
        if " ".join(label.split()) not in spaced:
            return f"the label '{label}' does not stand above it in the document"
    if quote.code and quote.code not in codes_in(f"{quote.document} {text}", settings.code_pattern):
        return f"the code {quote.code} is not in the document"
    return ""
