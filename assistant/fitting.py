"""Scenario -> which code fits, with the source's words for and against each. Weighs documents; refuses to know how answers are shown.

Similarity finds the documents that a case may belong to; quantities, place and route of care decide where similarity cannot:
an amount outside the interval in a title, a hospital stay for a service at home, tablets for an infusion.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from assistant.chunking import Candidate
from assistant.index import Index
from assistant.kinds import case_of
from assistant.lexical import FUNCTION_WORDS
from assistant.quantities import Quantity, quantities
from assistant.quoting import codes_at, quote_candidate, speaks_of, title_of
from assistant.reading import Reader, asks_who_must_not, choose, read, rules_out
from assistant.subjects import Subject, without_title
from assistant.tokens import tokenize
from assistant.types import CodeFit, Document, Quote, Role

CONSIDERED = 20
"""So many documents are weighed for one scenario; a table has many that differ in an amount alone."""
SHOWN = 5
"""So many of them are told of."""
AGAINST_SHARE = 0.05
"""A document that does not fit is only shown when similarity gave it this share of belief."""
FITS = 0.6
"""A code fits when its document, with those that differ from it in little, has this share of what the case does not rule out."""
FITS_LIKE, OPENING_LIKE, FITS_SURE = 0.4, 0.34, 0.9
"""… and it, and its opening, are at least so much like the case, or the belief that it is meant is the third number: without this, the
likeliest of documents about something else would do.
Chosen on the families and on `eval/brought` c and d; see eval/reports/decisions.md."""
LEFT_OVER = 0.25
"""Both likenesses have to be greater on average by so much where the case rules out what has nearly all shares: what that leaves over
does not make a stranger fit.
Chosen on the families, `eval/` dev and `eval/brought` but for the sets left to measure; see eval/reports/decisions.md."""
DIFFER_IN_LITTLE = 0.9
"""Cosine of the openings of such documents."""
LEAST = 1e-9
REPEATED = 0.6
"""A candidate only says the title again when so large a part of its words stand there."""
OFTEN, FAR_MORE = 3, 2
"""A text is about a place or a route that it names so often, and so many times as often as the other."""
DISQUALIFIED = 0.05
"""Score of a document that the scenario contradicts, as a part of what it had."""
INSTEAD = "alternatives: other options instead of this"
INSTEAD_LIKE = 0.55
"""A heading this similar to `INSTEAD` opens a section about other services, whose words speak against a fit."""

_HOME = re.compile(
    r"\b(?:home|house|apartment|flat|bedroom|living\s+room|residence|(?:his|her|their|my|own)\s+(?:own\s+)?(?:room|bed|place))\b",
    re.IGNORECASE,
)
_FACILITY = re.compile(
    r"\b(?:hospital|inpatient|in-patient|wards?|icu|clinic|outpatient|admitted|emergency\s+(?:room|department)|infusion\s+(?:center|centre|suite)|"
    r"\w+['’]s\s+office|(?:doctor|physician|provider)s?['’]?\s+office|nursing\s+home|skilled\s+nursing)\b",
    re.IGNORECASE,
)
_SWALLOWED = re.compile(
    r"\b(?:tablets?|pills?|capsules?|by\s+mouth|orally|oral|patch(?:es)?|lozenges?|inhalers?|ointment|cream)\b", re.IGNORECASE
)
_INFUSED = re.compile(
    r"\b(?:infus\w*|intravenous\w*|iv|i\.v\.|vein|drips?|gtt|pump\w*|syringe[\s-]+drivers?|catheter|port|picc|bags?)\b", re.IGNORECASE
)
_INJECTED = re.compile(
    r"\b(?:(?:self[\s-]?)?inject\w*|shots?|jabs?|syringes?(?!\s+(?:driver|pump))|subcutaneous\w*|sub-?q|intramuscular\w*)\b", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b(?:no|not|nothing|never|without|cannot|\w+n['’]t|unable|stopped|instead\s+of|rather\s+than|(?:hours?|miles?|far|away)\s+from|out\s+of|avoid)\b[^,.;]{0,30}$",
    re.IGNORECASE,
)
_BILLED_BY = re.compile(
    r"\b(?:per|each)\s+(?:additional\s+)?\d[\d.,]*[\s-]*[^\W\d]+|\(?\d[\d.,]*\s*[^\W\d]+\s*=\s*1\s*unit\)?", re.IGNORECASE
)


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
    asked = quantities(text)
    considered = subjects[:CONSIDERED]
    against = {s.document for s in considered if _is_ruled_out(index, s.document, text, asked)}
    open_share = 1.0 - sum(s.share for s in considered if s.document in against)

    def share_of(subject: Subject) -> float:
        return subject.share * DISQUALIFIED if subject.document in against else subject.share / max(open_share, subject.share, LEAST)

    fits, likely = [], {subject.document for subject in considered if subject.share >= AGAINST_SHARE}
    for subject in sorted(considered, key=share_of, reverse=True)[:SHOWN]:
        document, ruled_out = index.by_id[subject.document], subject.document in against
        share = max(share_of(subject), _share_of_kind(index, subject, considered))
        fits_it = not ruled_out and share >= FITS and _is_like(subject, 1.0 - open_share)
        codes = document.codes if ruled_out else _codes_meant(index, case_of(text), document)
        fits.append(Fit(document, codes, fits_it, round(share_of(subject), 4), ()))
    fits.sort(key=lambda fit: (not fit.fits, -fit.score, fit.document.id))
    best = next((fit.document.id for fit in fits if fit.fits), None)
    fits = [replace(fit, fits=fit.document.id == best) for fit in fits]
    shown = {fit.document.id for fit in fits if fit.fits or fit.document.id in likely}
    case = case_of(text)
    if read_of := sorted(shown - against):
        index.all_alike(read_of)
        index.reader.remember([case, *(without_title(index, case, name) for name in read_of)])
    return [
        replace(fit, quotes=_evidence(index, reader, case, fit, against=fit.document.id in against)) if fit.document.id in shown else fit
        for fit in fits
    ]


def _is_like(subject: Subject, ruled_out: float) -> bool:
    """Say whether a document is like enough to a case to fit it, where documents with a share of `ruled_out` do not."""
    nearest, opening = subject.similarity, subject.opening_similarity
    alike = nearest >= FITS_LIKE and opening >= OPENING_LIKE and (nearest + opening) / 2 >= OPENING_LIKE + LEFT_OVER * ruled_out
    return alike or subject.belief >= FITS_SURE


def _share_of_kind(index: Index, subject: Subject, considered: Sequence[Subject]) -> float:
    """Return the share of a document and of those that differ from it in little, such as an amount."""
    rows = [index.documents.position[one.document] for one in considered]
    alike = index.openings[rows] @ index.openings[index.documents.position[subject.document]]
    return sum(one.share for one, cosine in zip(considered, alike.tolist(), strict=True) if one is subject or cosine >= DIFFER_IN_LITTLE)


def code_fits(fits: Sequence[Fit]) -> list[CodeFit]:
    """Return the codes of the weighed documents in the same order."""
    return [CodeFit(code, title_of(fit.document, code), fit.fits, fit.score) for fit in fits for code in fit.codes[:1]]


def _evidence(index: Index, reader: Reader, text: str, fit: Fit, *, against: bool) -> tuple[Quote, ...]:
    """Return the title and what the document says closest to the scenario, for it or against it; only of one that fits chosen with care."""
    document = fit.document
    title = next((c for c in index.candidates.all_of(document.id) if c.span(document).contains(document.title)), None)
    quotes = [quote_candidate(document, title, Role.AGAINST if against else Role.FOR)] if title else []
    readings = [r for r in read(index, reader, text, document.id) if not (title and _is_title(index, document, title, r.candidate))]
    if against or not readings:
        return tuple(quotes)
    about = [reading for reading in readings if speaks_of(document, reading.candidate, fit.codes)]
    closest = (choose(index, reader, text, about or readings) if fit.fits else about or readings)[0]
    instead = closest.candidate.section in _headings_instead(index, document.id)
    ruled_out = rules_out(index, closest) and not asks_who_must_not(index, text)
    role = Role.AGAINST if instead or ruled_out else Role.FOR
    return (*quotes, quote_candidate(document, closest.candidate, role))


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
    words = {word for word in tokenize(candidate.span(document).of(document.text)) if word not in FUNCTION_WORDS}
    return candidate.section == title.section or len(words & index.vocabulary(document.id)[2]) > REPEATED * len(words)


_SAY_INSTEAD: WeakKeyDictionary[Index, dict[str, bool]] = WeakKeyDictionary()
"""For each open index the headings met so far, and whether each opens a section about other services."""


def _headings_instead(index: Index, name: str) -> frozenset[int]:
    """Return the sections that are about other services, told by the meaning of their headings."""
    known = _SAY_INSTEAD.setdefault(index, {})
    headings = [section.heading or "-" for section in index.by_id[name].sections]
    fresh = [heading for heading in dict.fromkeys(headings) if heading not in known]
    if fresh:
        likeness = index.encoder.encode(fresh) @ index.encoder.encode_one(INSTEAD)
        known.update(zip(fresh, (likeness >= INSTEAD_LIKE).tolist(), strict=True))
    return frozenset(i for i, heading in enumerate(headings) if known[heading])


def _is_ruled_out(index: Index, name: str, text: str, asked: Sequence[Quantity]) -> bool:
    """Say whether any title under which a document's code is described contradicts a scenario, or the document that has such a title."""
    described = [index.by_id[one] for one in index.service(name) if one not in index.around]
    told = case_of(text)
    return any(contradicts(one.title_text, asked) or _is_elsewhere(one, told) or _is_otherwise(one, told, asked) for one in described)


def contradicts(title: str, asked: Sequence[Quantity]) -> bool:
    """Say whether a title, or another text, rules out a quantity that is asked for; amounts that cannot both hold are alternatives."""
    bounds = limits(title)
    for limit in bounds:
        alike = [quantity for quantity in asked if quantity.dimension == limit.dimension]
        instead = [other for other in bounds if other.dimension == limit.dimension and not other.meets(limit)]
        if alike and not any(one.meets(quantity) for one in (limit, *instead) for quantity in alike):
            return True
    return False


def _is_elsewhere(document: Document, text: str) -> bool:
    """Say whether a service is given at home and the case is cared for in a facility, or by its title the other way round."""
    title, home, facility = document.title_text, _affirms(_HOME, text), _affirms(_FACILITY, text)
    if home == facility:
        return False
    return _is_of(document, _HOME, _FACILITY) if facility else _affirms(_FACILITY, title) and not _affirms(_HOME, title)


def _is_otherwise(document: Document, text: str, asked: Sequence[Quantity]) -> bool:
    """Say whether a service is an infusion and what the case is given is swallowed or injected."""
    if _affirms(_INFUSED, text) or any(one.dimension == "time" and one.high == math.inf for one in asked):
        return False
    title = document.title_text
    injected = _affirms(_INJECTED, text) and _affirms(_INFUSED, title) and not _affirms(_INJECTED, title)
    return injected or (_affirms(_SWALLOWED, text) and _is_of(document, _INFUSED, _SWALLOWED))


def _is_of(document: Document, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Say whether a document's title affirms `one` and not `other`; where it is silent on both, whether its text does so far more often."""
    title, text = document.title_text, document.text
    if _affirms(one, title) or _affirms(other, title):
        return _affirms(one, title) and not _affirms(other, title)
    often = sum(1 for _ in one.finditer(text))
    return often >= OFTEN and often >= FAR_MORE * sum(1 for _ in other.finditer(text))


def limits(title: str) -> list[Quantity]:
    """Return the amounts in a title that bound what it covers; those by which it is billed ("per 15 minutes", a dose) bound nothing.

    A volume is billed in whole units: one liter a day is any volume up to it, two liters what is above one.
    """
    found = quantities(_BILLED_BY.sub(" ", title))
    bounding = [quantity for quantity in found if not (quantity.dimension == "mass" and quantity.low == quantity.high)]
    return [
        replace(one, low=max(0.0, one.low - 1), low_open=True) if one.dimension == "volume" and one.low == one.high else one
        for one in bounding
    ]


def _affirms(pattern: re.Pattern[str], text: str) -> bool:
    """Say whether a word of `pattern` stands in `text` without a denial before it."""
    return any(not _DENIED.search(text[: match.start()]) for match in pattern.finditer(text))
