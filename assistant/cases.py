"""Case -> which documents' services it may be, and which its amounts, its place or its route rule out. Knows no words but these.

Similarity finds the documents that a case may belong to; quantities, place and route of care decide where similarity cannot:
an amount outside the interval in a title, a hospital stay for a service at home, tablets for an infusion.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from assistant.index import Index
from assistant.lexical import FUNCTION_WORDS
from assistant.names import called_alike, telling_names
from assistant.quantities import DAY, Quantity, quantities, without_amounts
from assistant.subjects import Subject
from assistant.tokens import tokenize
from assistant.types import Document
from assistant.wordings import case_of

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
FEWEST_OF_COURSE = 5 * DAY
"""A time of so many hours is that of a course of treatment, where a shorter one is stated too."""
OFTEN, FAR_MORE = 3, 2
"""A text is about a place or a route that it names so often, and so many times as often as the other."""
DISQUALIFIED = 0.05
"""Score of a document that the scenario contradicts, as a part of what it had."""

_HOME = re.compile(
    r"\b(?:(?<!nursing )(?<!care )home|house|apartment|flat|bedroom|living\s+room|residence"
    r"|(?:his|her|their|my|own)\s+(?:own\s+)?(?:room|bed|place))\b",
    re.IGNORECASE,
)
_FACILITY = re.compile(
    r"\b(?:hospital|inpatient|in-patient|wards?|icu|clinic|outpatient|admitted|emergency\s+(?:room|department)|"
    r"(?:infusion|dialysis|cancer|treatment|surgery|surgical|medical|health|day)\s+(?:cent(?:er|re)s?|unit|suite)|"
    r"\w+['’]s\s+office|(?:doctor|physician|provider)s?['’]?\s+office|(?:nursing|care)\s+home|skilled\s+nursing|rehab(?:ilitation)?\s+(?:facility|hospital|unit|cent(?:er|re)))\b",
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
    r"\b(?:no|not|nothing|never|without|cannot|\w+n['’]t|unable|stopped|instead\s+of|rather\s+than|(?:hours?|miles?|far|away)\s+from|out\s+of|avoid"
    r"|leav(?:e|es|ing)|(?:discharged?|released?|home|back|just|fresh)\s+from)\b"
    r"(?:(?!\s[-–—]+\s)[^,.;]){0,30}$",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"\b(?:no|without|not\s+(?:by|via|on|with|using))\s+(?:an?\s+|any\s+|the\s+)?(?P<what>[\w-]+(?:\s+[\w-]+)?)(?=\s*(?:[,.;:?!)]|\Z|(?:at\s+all|needed|used|involved|required|either)\b))",
    re.IGNORECASE,
)
"""What a case does without."""
_LEFT = re.compile(r"\b(?:at|in|for|over|by|every|each|about)\s+(?=(?:at|in|for|over|by)\b|\W|\Z)", re.IGNORECASE)
"""A word that led up to what was taken out."""
_APART = re.compile(r"\s+(?=[,.;:?!])")
_KINDS = ((_HOME, _FACILITY), (_SWALLOWED, _INFUSED, _INJECTED))
"""Places, and routes: a case has one of each."""
_GOING_ON = re.compile(r"\b(?:continuous|intermittent)(?:ly)?\b", re.IGNORECASE)
_BILLED_BY = re.compile(
    r"\b(?:per|each)\s+(?:additional\s+)?\d[\d.,]*[\s-]*[^\W\d]+|\(?\d[\d.,]*\s*[^\W\d]+\s*=\s*1\s*unit\)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A document weighed against a case: how much of the belief is left to it, and whether it fits or is ruled out."""

    document: str
    score: float
    fits: bool
    ruled_out: bool
    likely: bool


def weighed(index: Index, text: str, subjects: Sequence[Subject]) -> list[Weighed]:
    """Return the documents that a case may belong to, the one that fits first, by score."""
    asked = quantities(text)
    considered = subjects[:CONSIDERED]
    against = {s.document for s in considered if _is_ruled_out(index, s.document, text, asked)}
    inherited = _inherited(index, considered, against)
    open_share = 1.0 - sum(s.share for s in considered if s.document in against) + sum(inherited.values())

    def share_of(subject: Subject) -> float:
        if subject.document in against:
            return subject.share * DISQUALIFIED
        own = subject.share + inherited.get(subject.document, 0.0)
        return own / max(open_share, own, LEAST)

    found = []
    for subject in sorted(considered, key=share_of, reverse=True)[:SHOWN]:
        ruled_out = subject.document in against
        share = max(share_of(subject), _share_of_kind(index, subject, considered))
        left_over = 0.0 if _confirms(index.by_id[subject.document], asked) else 1.0 - open_share
        fits = not ruled_out and share >= FITS and _is_like(subject, left_over)
        found.append(Weighed(subject.document, round(share_of(subject), 4), fits, ruled_out, subject.share >= AGAINST_SHARE))
    found.sort(key=lambda one: (not one.fits, -one.score, one.document))
    return [replace(one, fits=one.fits and i == 0) for i, one in enumerate(found)]


def _inherited(index: Index, considered: Sequence[Subject], against: Collection[str]) -> dict[str, float]:
    """Return what each document takes over of the shares of those ruled out that are called as it is: an amount tells which is meant."""
    found: dict[str, float] = {}
    left = [one for one in considered if one.document not in against]
    for one in considered:
        heirs = [other for other in left if called_alike(index, other.document, one.document)] if one.document in against else []
        if heirs:
            heir = max(heirs, key=lambda other: other.share).document
            found[heir] = found.get(heir, 0.0) + one.share
    return found


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


def states_case(text: str) -> bool:
    """Say whether a text states an amount, a place or a route, by which cases are told apart."""
    return bool(quantities(text)) or any(_affirms(one, text) for kinds in _KINDS for one in kinds)


def amended(case: str, change: str) -> str:
    """Return a case as `change` alters it: without its own amounts, place or route where these are stated anew, and `change` after it.

    >>> amended("A drip for 20 hours at home", "and if it were 30 hours?")
    'A drip at home and if it were 30 hours?'
    """
    stated = {quantity.dimension for quantity in quantities(change)}
    if _affirms(_SWALLOWED, change) or _affirms(_INJECTED, change):
        stated.add("time")
    kept = without_amounts(case, stated) if stated else case
    for kinds in _KINDS:
        if any(_affirms(one, change) for one in kinds):
            for one in kinds:
                kept = one.sub(" ", kept)
    return f"{_APART.sub('', ' '.join(_LEFT.sub(' ', kept).split()))} {change}"


def _is_ruled_out(index: Index, name: str, text: str, asked: Sequence[Quantity]) -> bool:
    """Say whether any title under which a document's code is described contradicts a scenario, or the document that has such a title."""
    described = [index.by_id[one] for one in index.service(name) if one not in index.around]
    told = case_of(text)
    return any(
        contradicts(limits(one), asked) or _is_elsewhere(one, told) or _is_otherwise(one, told, asked) or _does_without(index, one, told)
        for one in described
    )


def contradicts(within: Sequence[Quantity], asked: Sequence[Quantity]) -> bool:
    """Say whether the bounds of what is covered rule out a quantity that is asked for; those that cannot both hold are alternatives."""
    for limit in within:
        alike = [quantity for quantity in asked if quantity.dimension == limit.dimension]
        if limit.dimension == "time" and _is_of_hours(limit):
            alike = [quantity for quantity in alike if _is_of_hours(quantity)] or alike
        instead = [other for other in within if other.dimension == limit.dimension and not other.meets(limit)]
        if alike and not any(one.meets(quantity) for one in (limit, *instead) for quantity in alike):
            return True
    return False


def _is_of_hours(time: Quantity) -> bool:
    """Say whether a time is how long one session runs rather than how long an illness or a course of treatment goes on."""
    return (time.low if math.isinf(time.high) else time.high) < FEWEST_OF_COURSE


def _confirms(document: Document, asked: Sequence[Quantity]) -> bool:
    """Say whether a document's title or descriptor states the very amount that is asked for, and no range of amounts."""
    return any(
        one.low == one.high == other.low == other.high for one in limits(document) for other in asked if one.dimension == other.dimension
    )


def _is_elsewhere(document: Document, text: str) -> bool:
    """Say whether a service is given at home and the case is cared for in a facility, or by its title the other way round."""
    title, home, facility = document.named, _affirms(_HOME, text), _affirms(_FACILITY, text)
    if home == facility:
        return False
    return _is_of(document, _HOME, _FACILITY) if facility else _affirms(_FACILITY, title) and not _affirms(_HOME, title)


def _is_otherwise(document: Document, text: str, asked: Sequence[Quantity]) -> bool:
    """Say whether a service is an infusion and a case is given what is swallowed or injected, or an injection and the case an infusion."""
    title = document.named
    if _affirms(_INFUSED, text) or any(one.dimension == "time" and one.high == math.inf for one in asked):
        return _affirms(_INJECTED, title) and not _affirms(_INFUSED, title) and not _affirms(_INJECTED, text)
    injected = _affirms(_INJECTED, text) and _affirms(_INFUSED, title) and not _affirms(_INJECTED, title)
    return injected or (_affirms(_SWALLOWED, text) and _is_of(document, _INFUSED, _SWALLOWED))


def named_by_route(index: Index, text: str, documents: Sequence[str]) -> tuple[str, ...]:
    """Return the one of some documents, likeliest first, that the route in a text leaves; none where it leaves several, or a stranger.

    "The pump for nausea" is not the shot for it.
    """
    asked = quantities(text)
    left = [one for one in documents if not _is_otherwise(index.by_id[one], text, asked)]
    alike = len(left) == 1 < len(documents) and (left[0] == documents[0] or called_alike(index, left[0], documents[0]))
    return tuple(left) if alike else ()


def _does_without(index: Index, document: Document, text: str) -> bool:
    """Say whether a case does without something that tells a service apart by its name: "no pump at all"."""
    lacking = {word for match in _WITHOUT.finditer(text) for word in tokenize(match["what"])} - FUNCTION_WORDS
    return not lacking.isdisjoint(telling_names(index, document.id))


def _is_of(document: Document, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Say whether a document's title affirms `one` and not `other`; where it is silent on both, whether its text does so far more often."""
    title, text = document.named, document.text
    if _affirms(one, title) or _affirms(other, title):
        return _affirms(one, title) and not _affirms(other, title)
    often = sum(1 for _ in one.finditer(text))
    return often >= OFTEN and often >= FAR_MORE * sum(1 for _ in other.finditer(text))


def limits(document: Document) -> list[Quantity]:
    """Return the amounts that bound what a document's code covers: those of its descriptor, and of its title in other dimensions."""
    found = bounds(document.official.of(document.text))
    told = {one.dimension for one in found}
    return found + [one for one in bounds(document.title_text) if one.dimension not in told]


def bounds(title: str) -> list[Quantity]:
    """Return the amounts in a title that bound what it covers; those by which it is billed ("per 15 minutes", a dose) bound nothing.

    What goes on without being given, as "continuous care", may be of any length.
    A volume is billed in whole units: one liter a day is any volume up to it, two liters what is above one.
    """
    given = title if _INFUSED.search(title) or _INJECTED.search(title) else _GOING_ON.sub(" ", title)
    found = quantities(_BILLED_BY.sub(" ", given))
    bounding = [quantity for quantity in found if not (quantity.dimension == "mass" and quantity.low == quantity.high)]
    return [
        replace(one, low=max(0.0, one.low - 1), low_open=True) if one.dimension == "volume" and one.low == one.high else one
        for one in bounding
    ]


def _affirms(pattern: re.Pattern[str], text: str) -> bool:
    """Say whether a word of `pattern` stands in `text` without a denial before it."""
    return any(not _DENIED.search(text[: match.start()]) for match in pattern.finditer(text))
