"""Question -> the passage that contradicts what it takes for granted. Knows amounts and how they are put; knows no document.

"Who gives the two-hour infusion?" takes an amount for granted, "can it be given in two hours?" asks for one.
"""

from __future__ import annotations

import re

from assistant.cases import bounds, contradicts, limits
from assistant.conflicts import title_quote
from assistant.index import Index
from assistant.quantities import Quantity, digits, quantities
from assistant.quoting import quote_candidate
from assistant.reading import Reader, answerability, read
from assistant.types import Document, Quote, Role
from assistant.wordings import presumes

ASKS_TIME = "how long does it take: duration of one session"
"""What the reader is asked for where a document's title bounds no time."""
_GRANTED = re.compile(
    r"(?P<amount>\b\d+(?:\.\d+)?[\s-]?(?:hour|minute|day|week|month|liter|litre|milliliter|millilitre|ml|l))[\s-]+(?!intervals?\b|apart\b)(?:long\s+)?"
    r"(?:(?!(?:before|after|until|later|ago|and|or|to|if|intervals?|apart)\b)[\w'’-]+\s+){0,2}"
    r"(?:infus\w*|drips?|pump\w*|bags?|therap(?:y|ies)|treatments?|sessions?|doses?|courses?|push(?:es)?)\b",
    re.IGNORECASE,
)
"""An amount that says what kind of thing is given: after a number, the unit stands in the singular."""
_ONE = re.compile(r"1\D*")


def granted(text: str) -> list[Quantity]:
    """Return the amounts that a question takes for granted of what is given; none in one that asks for a yes or no.

    >>> [str(one) for one in granted("Who hooks up the two-hour infusion?")]
    ['time [2, 2] hour']
    >>> granted("Can a two-hour infusion be billed?")
    []
    """
    if presumes(text):
        return []
    found = [match["amount"] for match in _GRANTED.finditer(digits(text)) if not _ONE.fullmatch(match["amount"]) or "-" in match.group()]
    return [one for amount in found for one in quantities(amount)]


def contradicting(index: Index, reader: Reader, text: str, document: Document) -> Quote | None:
    """Return what rules out an amount that a question takes for granted: the title, or what a document surely says of time; else None."""
    amounts = granted(text)
    if not amounts:
        return None
    if {one.dimension for one in amounts} & {one.dimension for one in limits(document)}:
        return title_quote(document, Role.NEAREST) if contradicts(limits(document), amounts) else None
    readings = read(index, reader, ASKS_TIME, document.id)
    if answerability(index, ASKS_TIME, readings) < index.reader.calibration.reading_sure:
        return None
    told = quote_candidate(document, readings[0].candidate, Role.NEAREST)
    return told if contradicts(bounds(told.text), amounts) else None
