"""Answer + source files -> what does not match. Reads the files themselves, not the index, and fails closed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.config import Settings
from assistant.documents import Refusal, read_source
from assistant.types import Answer, Quote


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A quote that its source does not bear out."""

    quote: Quote
    why: str


def verify(answer: Answer, corpus: Path, settings: Settings) -> list[Mismatch]:
    """Return every quote of `answer` that is not the slice it claims to be; an empty list means that all are."""
    return [Mismatch(quote, why) for quote in answer.quotes if (why := _fault(quote, corpus, settings))]


def _fault(quote: Quote, corpus: Path, settings: Settings) -> str:
    root = corpus.resolve()
    path = (root / quote.document).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        return "the document is not in the corpus"
    source = read_source(path, root, settings)
    if isinstance(source, Refusal):
        return f"the document {source.why}"
    if source.sha256 != quote.sha256:
        return "the document has changed since it was quoted"
    if not 0 <= quote.start < quote.end <= len(source.text):
        return "the offsets lie outside the document"
    if source.text[quote.start : quote.end] != quote.text:
        return "the text at these offsets is different"
    return ""
