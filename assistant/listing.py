"""A question about all codes -> the passages of one document that hold an amount as asked, or the very words."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.chunking import Level
from assistant.index import Index
from assistant.quantities import Quantity, quantities
from assistant.reading import Reading
from assistant.subjects import telling_words
from assistant.tokens import tokenize


def matching(index: Index, text: str, document: str, readings: Sequence[Reading]) -> list[Reading]:
    """Return the single units of a document that hold an amount as asked, or else all words that tell documents apart, best first.

    Empty where the question has neither, and where the document has none such. A title that rules the amount out rules the document out.
    """
    units = [reading for reading in readings if reading.candidate.level is Level.UNIT]
    asked = quantities(text)
    if asked:
        return _with_amount(index, document, units, asked)
    words = telling_words(index, text).keys()
    return [reading for reading in units if words and words <= set(tokenize(_text(index, reading)))]


def _with_amount(index: Index, document: str, units: Sequence[Reading], asked: Sequence[Quantity]) -> list[Reading]:
    title = quantities(index.by_id[document].title_text)
    if any(t.dimension == a.dimension for t in title for a in asked) and not any(t.meets(a) for t in title for a in asked):
        return []
    return [reading for reading in units if any(q.meets(a) for q in quantities(_text(index, reading)) for a in asked)]


def _text(index: Index, reading: Reading) -> str:
    owner = index.by_id[reading.candidate.document]
    return reading.candidate.span(owner).of(owner.text)
