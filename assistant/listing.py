"""A question about all codes -> the passages of one document that hold an amount as asked."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.chunking import Level
from assistant.index import Index
from assistant.quantities import quantities
from assistant.reading import Reading


def with_amount(index: Index, text: str, document: str, readings: Sequence[Reading]) -> list[Reading]:
    """Return the single units of a document that hold an amount that meets one in the question, best first; empty where it has none.

    A title that rules the amount out rules the document out.
    """
    asked = quantities(text)
    title = quantities(index.by_id[document].title_text)
    if any(t.dimension == a.dimension for t in title for a in asked) and not any(t.meets(a) for t in title for a in asked):
        return []
    units = [reading for reading in readings if reading.candidate.level is Level.UNIT]
    return [reading for reading in units if any(q.meets(a) for q in quantities(_text(index, document, reading)) for a in asked)]


def _text(index: Index, document: str, reading: Reading) -> str:
    owner = index.by_id[document]
    return reading.candidate.span(owner).of(owner.text)
