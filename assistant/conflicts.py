"""Answer quotes -> what the same documents say against them. Compares polarity and quantities; knows no particular sentence.

The title is the official descriptor and outranks the prose: a sentence that counts in what the title bills separately, or gives an
amount that the title rules out, is shown as a conflict and never as the answer alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from assistant.index import Index
from assistant.lexical import FUNCTION_WORDS
from assistant.quantities import asked_dimension, quantities
from assistant.quoting import is_about, quote_span
from assistant.tokens import stem, tokenize, words
from assistant.types import Document, Quote, Role, SectionKind, Unit, UnitKind
from assistant.wordings import REQUESTS

if TYPE_CHECKING:
    from assistant.inference import Vectors

_APART = re.compile(
    r"\b(?:separate(?:ly)?|exclud\w*|(?:are|is)(?:\s+not|n['’]t)\s+(?:part|covered)|extra\s+charge)\b|"
    r"(?:\b(?:not|cannot|never)|n['’]t)\s+includ\w*",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\b(?:includ\w*|(?<!\ba )(?<!\bany )(?<!\bthe )(?<!\beach )cover(?:s|ed|ing)?|everything|bundled?|compris\w*|consists?)\b",
    re.IGNORECASE,
)
"""Says that something is counted in; "a covered stay" does not."""
_NOT_WITHIN = re.compile(
    r"(?:\b(?:not|non|without|except|exclud\w*|cannot|never|nothing|neither|no)|n['’]t)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_BUT = re.compile(
    r";|\b(?:not(?!\s+(?:only|just|limited))|but(?!\s+(?:also|not\s+(?:only|limited)))|except|excluding|without(?!\s+limit)|neither|nor|"
    r"(?<!at\s)no)\b",
    re.IGNORECASE,
)
"""Where what a sentence counts in ends, and what it leaves out begins."""
STATEMENT_WORDS = 30
"""A quote of at most so many words that says what is billed apart says little else."""
_OF_ONE_THING = ("volume", "mass", "length")
"""Dimensions in which a document has few amounts but those that its title names."""
SAME_THING = 0.7
"""Two words this similar by the encoder mean the same thing where a conflict is looked for."""
FEWEST_LETTERS = 4
_TIMING = frozenset(
    tokenize("long often last take run go time minute hour day week duration length session course dose infusion drip pump treatment")
    + tokenize("therapy usual usually typical typically normally total whole entire single one each every per patient home give given")
)
"""Stems of words that ask for a time and of no more than what is given."""
_MINOR = frozenset(
    tokenize("code coded bill billed separately separate service services include includes necessary all visit visits day diem")
)


def is_of_inclusion(index: Index, text: str) -> bool:
    """Say whether a question is about what a code includes and what is billed apart."""
    return index.forms.read(text).inclusion >= index.forms.cuts.inclusion


def title_rules(document: Document) -> bool:
    """Say whether a document's official title says what is billed apart."""
    return bool(_APART.search(document.official.of(document.text)))


def title_quote(document: Document, role: Role = Role.ANSWER) -> Quote:
    """Return the official title."""
    official = document.official
    section = next(i for i, s in enumerate(document.sections) if s.span.contains(official))
    return quote_span(document, official, section, (document.sections[section].heading,), role)


def title_first(index: Index, text: str, quotes: Sequence[Quote]) -> list[Quote]:
    """Return the quotes with the official title before, where it says what is billed apart and the question or quote is about that."""
    ordered: list[Quote] = []
    for quote in quotes:
        document = index.by_id[quote.document]
        inside = _holds_title(document, quote)
        rules = title_rules(document)
        alike = {stem(w) for w in _things(quote.text)} & {stem(w) for w in _things(document.official.of(document.text))}
        states = len(quote.text.split()) <= STATEMENT_WORDS and _APART.search(quote.text) and alike
        if rules and not inside and (is_of_inclusion(index, text) or states):
            ordered.append(title_quote(document))
        ordered.append(quote)
    return ordered


def conflicting(index: Index, text: str, quotes: Sequence[Quote]) -> list[Quote]:
    """Return the sentences of the quoted documents that contradict an answer quote, each once, in order of place.

    What a title bills apart is only held against what else is said where the question is about that, or another quote.
    """
    found: dict[tuple[str, int], Quote] = {}
    about_it = is_of_inclusion(index, text)
    for quote in quotes:
        document = index.by_id[quote.document]
        if not _APART.search(quote.text) or (_holds_title(document, quote) and not about_it):
            continue
        apart = _billed_apart(quote.text)
        for unit in _claims(document, quote) if apart else ():
            if _counts_in(index, unit.span.of(document.text), apart):
                found.setdefault((document.id, unit.span.start), quote_span(document, unit.span, unit.section, unit.path, Role.CONFLICT))
    return [found[key] for key in sorted(found)] + _other_amounts(index, text, quotes)


def _holds_title(document: Document, quote: Quote) -> bool:
    return quote.start <= document.title.start < quote.end


def contradict(index: Index, quote: Quote, other: Quote) -> bool:
    """Say whether two quotes of one code cannot both be right: their amounts differ, or one counts in what the other bills apart."""
    said, against = quantities(quote.text), quantities(other.text)
    alike = [(one, two) for one in said for two in against if one.dimension == two.dimension]
    if alike and not any(one.meets(two) for one, two in alike):
        return True
    return any(
        _APART.search(a.text) and not _APART.search(b.text) and _counts_in(index, b.text, _billed_apart(a.text))
        for a, b in ((quote, other), (other, quote))
    )


def _billed_apart(text: str) -> list[str]:
    """Return the things in the clauses of a text that say that something is billed apart."""
    return _things(" ".join(m.group() for m in re.finditer(r"[^.;()]*", text) if _APART.search(m.group())))


def _claims(document: Document, quote: Quote) -> list[Unit]:
    """Return the units outside the quote that say that something is included."""
    return [
        unit
        for unit in document.units
        if unit.kind is not UnitKind.LABEL
        and not (quote.start <= unit.span.start < quote.end)
        and document.sections[unit.section].kind is SectionKind.BODY
        and is_about(document, unit.path, quote.codes)
        and _WITHIN.search(unit.span.of(document.text))
        and not _APART.search(unit.span.of(document.text))
    ]


def _things(text: str) -> list[str]:
    return [word for word in dict.fromkeys(words(text)) if len(word) >= FEWEST_LETTERS and stem(word) not in _MINOR]


def _counts_in(index: Index, sentence: str, apart: Sequence[str]) -> bool:
    """Say whether what follows "includes" in a sentence names one of the things billed apart."""
    match = _WITHIN.search(sentence) if apart else None
    if match is None or _NOT_WITHIN.search(sentence[: match.start()]):
        return False
    inside = _things(_BUT.split(sentence[match.end() :], maxsplit=1)[0])
    if not inside:
        return False
    if {stem(word) for word in inside} & {stem(word) for word in apart}:
        return True
    return bool((_vectors(index, inside) @ _vectors(index, apart).T).max() >= SAME_THING)


def _vectors(index: Index, things: Sequence[str]) -> Vectors:
    return np.stack(index.recall_all(_encoded, things))


def _encoded(index: Index, things: Sequence[str]) -> Vectors:
    return index.encoder.encode(things)


def _asks_of_title(text: str, document: Document) -> bool:
    """Say whether a question holds no words but those of a title's first clause, and those that ask for time."""
    named = tokenize(document.named.split(";")[0])
    return {word for word in tokenize(text) if not word.isdigit()} <= {*named, *FUNCTION_WORDS, *REQUESTS, *_TIMING}


def _other_amounts(index: Index, text: str, quotes: Sequence[Quote]) -> list[Quote]:
    """Return the title of a document whose title rules out every amount of the same dimension in a quote.

    Times are of many things: how long the pump may be off says nothing against a continuous infusion. They count where time is asked for,
    and of nothing else than what the title names.
    """
    found: dict[str, Quote] = {}
    for quote in quotes:
        document = index.by_id[quote.document]
        if document.id in found or _holds_title(document, quote):
            continue
        asked = asked_dimension(text) if _asks_of_title(text, document) else None
        said, limits = quantities(quote.text), quantities(document.named)
        alike = [(s, limit) for s in said for limit in limits if s.dimension == limit.dimension and s.dimension in (asked, *_OF_ONE_THING)]
        if alike and not any(s.meets(limit) for s, limit in alike):
            found[document.id] = title_quote(document, Role.CONFLICT)
    return [*found.values()]
