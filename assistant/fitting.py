"""Scenario -> which code fits, with the source's words for and against each. Refuses to know how answers are shown."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.cases import weighed
from assistant.chunking import Candidate, Level
from assistant.conflicts import title_quote
from assistant.index import Index
from assistant.lexical import FUNCTION_WORDS
from assistant.quantities import quantities
from assistant.quoting import codes_at, quote_candidate, speaks_of, title_of
from assistant.reading import Reader, asks_who_must_not, choose, read, rules_out
from assistant.subjects import Subject, without_title
from assistant.tokens import codes_in, tokenize
from assistant.types import CodeFit, Document, Quote, Role
from assistant.wordings import case_of

REPEATED = 0.6
"""A candidate only says the title again when so large a part of its words stand there."""
FORBIDDING_AMONG = 5
"""So many of the candidates nearest to a case may send it elsewhere."""
_NOT_FOR = re.compile(r"\W*(?:not|never)\s+(?:to\s+be\s+)?(?:for|given|used|meant|under|before)\b", re.IGNORECASE)
MEANT_FOR = "Who gets it: indications."
"""What a case is read with, so that what comes close to it says for whom a service is. Of 36 cases with such a passage all show it, and 27
without these words."""
_ASKS = re.compile(r"\b(?:how|what|who|when|where|why)\b", re.IGNORECASE)
"""Asks something more than for a code."""
INSTEAD = "alternatives: other options instead of this"
INSTEAD_LIKE = 0.55
"""A heading this similar to `INSTEAD` opens a section about other services, whose words speak against a fit."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One document weighed against a scenario; `codes` are those of its part that is most like the scenario.

    There are quotes of the one that fits, and of those of which it is worth showing what speaks against them.
    """

    document: Document
    codes: tuple[str, ...]
    fits: bool
    score: float
    quotes: tuple[Quote, ...]


def weigh(index: Index, reader: Reader, text: str, subjects: Sequence[Subject]) -> list[Fit]:
    """Return the documents that a scenario may belong to, those that fit first, by score."""
    case = case_of(text)
    found = weighed(index, text, subjects)
    if read_of := sorted(one.document for one in found if (one.fits or one.likely) and not one.ruled_out):
        index.all_alike(read_of)
        asked = _asked_in(case)
        index.reader.encode_words([*asked, *(without_title(index, text, name) for text in asked for name in read_of)])  # several at once
    fits = []
    for one in found:
        document = index.by_id[one.document]
        codes = document.codes if one.ruled_out else _codes_meant(index, case, document)
        fit = Fit(document, codes, one.fits, one.score, ())
        if one.fits and (forbidding := _forbidding(index, reader, case, document)):
            fits.append(replace(fit, fits=False, quotes=(quote_candidate(document, forbidding, Role.AGAINST),)))
        elif one.fits or one.likely:
            fits.append(replace(fit, quotes=_evidence(index, reader, case, fit, against=one.ruled_out)))
        else:
            fits.append(fit)
    return fits


def _asked_in(case: str) -> list[str]:
    """Return what documents are read for where a case is weighed: the case and, unless that asks something, whom it is about."""
    return [case] if _ASKS.search(case) else [case, f"{MEANT_FOR} {case}"]


def code_fits(fits: Sequence[Fit]) -> list[CodeFit]:
    """Return the codes of the weighed documents in the same order."""
    return [CodeFit(code, title_of(fit.document, code), fit.fits, fit.score) for fit in fits for code in fit.codes[:1]]


def _evidence(index: Index, reader: Reader, text: str, fit: Fit, *, against: bool) -> tuple[Quote, ...]:
    """Return the title, what the document says closest to a scenario of those whom it is for, for it or against it, and what rules it out.

    Of a case that asks something as well, it is what is closest to that. Only of one that fits it is chosen with care.
    """
    document = fit.document
    title = next((c for c in index.candidates.all_of(document.id) if c.span(document).contains(document.title)), None)
    role = Role.AGAINST if against else Role.FOR
    quotes = [title_quote(document, role)] if document.descriptor else [quote_candidate(document, title, role)] if title else []
    if against:
        return tuple(quotes)

    def closest(asked: str) -> Quote | None:
        held = [r for r in read(index, reader, asked, document.id) if not (title and _is_title(index, document, title, r.candidate))]
        about = [reading for reading in held if speaks_of(document, reading.candidate, fit.codes)] or held
        if not about:
            return None
        reading = (choose(index, reader, asked, about) if fit.fits else about)[0]
        instead = reading.candidate.section in _headings_instead(index, document.id)
        ruled_out = instead or (rules_out(index, reading) and not asks_who_must_not(index, text))
        return quote_candidate(document, reading.candidate, Role.AGAINST if ruled_out else Role.FOR)

    nearest, *meant_for = map(closest, _asked_in(text))
    like = meant_for[0] if meant_for else nearest
    quotes += [like] if like else []
    quotes += [nearest] if nearest and nearest != like and nearest.role is Role.AGAINST else []
    return tuple(quotes)


def _forbidding(index: Index, reader: Reader, text: str, document: Document) -> Candidate | None:
    """Return what in a document that is near a case sends it elsewhere: for an amount in the case, or as what the service is not for.

    It names a code that is none of the document's with an open bound that the case meets, or denies with its first words an amount that
    the case meets, or what has such a code and a word of the case that no title has.
    """
    pattern, asked = index.settings.code_pattern, quantities(text)
    telling = set(tokenize(text)) - FUNCTION_WORDS - index.vocabulary(document.id)[2]
    for reading in read(index, reader, text, document.id)[:FORBIDDING_AMONG]:
        said = reading.candidate.text(document)
        if reading.candidate.level is not Level.UNIT:
            continue
        elsewhere = not set(codes_in(said, pattern)) <= set(document.codes)
        met = [one for one in quantities(said) if any(one.meets(other) for other in asked)]
        denied = _NOT_FOR.match(said) is not None and bool(met or (elsewhere and not telling.isdisjoint(tokenize(said))))
        if denied or (elsewhere and any(one.high == math.inf for one in met)):
            return reading.candidate
    return None


def _codes_meant(index: Index, text: str, document: Document) -> tuple[str, ...]:
    """Return the codes of the part of a document whose chunk is most like a scenario: a reader looks past what names a part."""
    rows = index.chunks.of(document.id)
    if len(document.codes) < 2 or not rows:
        return document.codes
    likeness = index.vectors.vectors()[rows.start : rows.stop] @ index.encoder.encode_one(text)
    nearest = index.chunks[rows[int(likeness.argmax())]]
    return codes_at(document, document.units[nearest.units[0]].path)


def _is_title(index: Index, document: Document, title: Candidate, candidate: Candidate) -> bool:
    """Say whether a candidate stands where the title does, or most of its words stand in the title, which is shown already."""
    words = {word for word in tokenize(candidate.text(document)) if word not in FUNCTION_WORDS}
    return candidate.section == title.section or len(words & index.vocabulary(document.id)[2]) > REPEATED * len(words)


def _headings_instead(index: Index, name: str) -> frozenset[int]:
    """Return the sections that are about other services, told by the meaning of their headings."""
    headings = [section.heading or "-" for section in index.by_id[name].sections]
    return frozenset(i for i, instead in enumerate(index.recall_all(_say_instead, headings)) if instead)


def _say_instead(index: Index, headings: Sequence[str]) -> list[bool]:
    """Say of each heading whether it opens a section about other services."""
    likeness = index.encoder.encode(headings) @ index.encoder.encode_one(INSTEAD)
    instead: list[bool] = (likeness >= INSTEAD_LIKE).tolist()
    return instead
