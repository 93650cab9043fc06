"""Question + document -> candidates with scores. Chooses what answers; refuses to know how it is shown.

`EncoderReader` compares the question with candidates whose vectors the index holds, and the nearest of them word by word. Another
reader needs only `score` and `compare`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.chunking import Candidate, column_of, read_texts
from assistant.contrasts import one_side
from assistant.index import Index
from assistant.inference import Vectors, products
from assistant.quantities import asked_dimension, quantities
from assistant.steps import asked_step, step_of
from assistant.subjects import logistic, without_title
from assistant.wordings import counts_in, presumes

AVERAGED_OVER, AS_IF, USUAL = 64, 16, 0.1
"""So many candidates' scores are averaged, with so many more of the usual score, since a short document has few, all alike perhaps."""
LACKING = 0.2
"""A document lacks what another document's best candidate answers so much better; no answerable question of `eval/` dev is lost by it."""
MOST = 1.01
"""No cosine is more; rows whose numbers have 16 bits are of unit length to within a thousandth."""
AMOUNT = 0.08
"""What a candidate gains that holds an amount of the dimension asked for; chosen on `eval/` dev."""
BESIDE, BESIDE_FROM = 0.5, 0.5
"""What a candidate gains by its cosine with what answers in another document, and from which on; chosen on `eval/` dev."""
COMPARED, COMPARED_WITHIN = 8, 0.12
"""So many of the best candidates, and no further below the best, are compared with the question word by word; more change nothing."""
MUST_NOT, MAY = "who must not have it: contraindications", "who may have it: indications"
"""Between what is like one of these and what is like the other, the reader tells who is ruled out from who is meant."""
ASKED_LIKE, ASKED_BEYOND = 0.4, 0.15
"""How like `MUST_NOT` a question is that asks for it, and how much more than like `MAY`."""
SAID_BEYOND = 0.1
"""How much more like `MAY` than like `MUST_NOT` a candidate is that says the opposite; of what rules out, nearly none is."""
COLUMN = 0.2
"""How much less than the best cell the others of a column score at most where the column is asked for; other items score less."""
RULES_OUT_LIKE, RULES_OUT = 0.3, 0.1
"""How like `MUST_NOT` a candidate is that rules a case out, and how much more than like `MAY`; how much less at most if it denies."""
_DENIES = re.compile(
    r"\b(?:never|(?:is|are|must|may|do|does|can)(?:\s+not|n['’]t)|cannot|not\s+(?:for|suitable|appropriate|eligible|accepted|allowed)|excluded)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\W*(?:yes|no|maybe|perhaps|sometimes|usually|certainly|of\s+course|(?:it|that)\s+depends|not\s+(?:always|usually|yet|at\s+all))\W*",
    re.IGNORECASE,
)
OPPOSED = 0.3
"""What such a candidate loses."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate with its score for one question, higher is better, and the row of `index.candidate_vectors` that has it."""

    candidate: Candidate
    score: float
    row: int


class Reader(Protocol):
    """Scores the candidates of one document for a question."""

    def score(self, index: Index, text: str, document: str) -> Vectors:
        """Return one score for each row of `index.candidates.of(document)`, comparable over documents."""
        ...

    def compare(self, index: Index, text: str, readings: Sequence[Reading]) -> Vectors:
        """Return what a second look adds to the score of some readings of one document, `(len(readings),)`; `(0,)` to leave it at that."""
        ...


class EncoderReader:
    """Scores by cosine similarity between the question and a candidate under its headings.

    The question counts once as it is and once without the words of the document's title: they name the subject, which every
    candidate shares, and would draw the choice to where they are repeated. A question for an amount of time prefers what holds one.
    Where another document of the kind answers far better, this one lacks what was asked, and its scores fall by as much.

    One vector blurs what a long question asks and what a list holds. The best candidates are therefore compared word by word as well
    before one is chosen (late interaction; Khattab and Zaharia, SIGIR 2020). Whether any answers is told better by one vector alone.
    """

    def score(self, index: Index, text: str, document: str) -> Vectors:
        """Return the mean of both cosines, less what the documents most alike answer better."""
        scores = self._cosines(index, text, document)
        dimension = asked_dimension(text)
        amounts = [AMOUNT if dimension in held else 0.0 for held in index.candidate_dimensions(document)] if dimension else 0.0
        total: Vectors = scores + np.asarray(amounts, dtype=np.float32)
        total -= np.float32(OPPOSED) * opposed(index, text, np.asarray(index.candidates.of(document)))
        own = float(total.max())
        lacking = self._best(index, text, index.alike(document), own + LACKING) - own
        return total - np.float32(lacking) if lacking > LACKING else total

    def compare(self, index: Index, text: str, readings: Sequence[Reading]) -> Vectors:
        """Return, for each reading, the weighed mean over the question's word pieces of the cosine with the candidate's most like one."""
        weight = index.reader.calibration.reading_words
        if not weight or not readings:
            return np.zeros(0, dtype=np.float32)
        added: Vectors = word_likeness(index, text, readings) * np.float32(weight)
        return added

    def _best(self, index: Index, text: str, documents: Sequence[str], beyond: float) -> float:
        """Return the highest of the mean cosines with the candidates of some documents; what is not beyond a bound may be left out.

        A mean is no more than that of one cosine and 1, so that of most documents the question need not be read without their titles.
        """
        question = index.reader.encode_one(text)
        held = [document for document in documents if index.candidates.of(document)]
        likely = [document for document in held if (float((index.vectors_of(document) @ question).max()) + MOST) / 2 > beyond]
        index.reader.encode_words([without_title(index, text, document) for document in likely])  # several at once
        return max((float(self._cosines(index, text, document).max()) for document in likely), default=0.0)

    def _cosines(self, index: Index, text: str, document: str) -> Vectors:
        question = index.reader.encode_one(text) + index.reader.encode_one(without_title(index, text, document))
        cosines: Vectors = index.vectors_of(document) @ (question * np.float32(0.5))
        return cosines


def opposed(index: Index, text: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return `(len(rows),)`: which candidates say the opposite of what a question asks for.

    Who may have something where it asks who must not; what is left out, by the labels above it, where it asks what is included, and the
    other way round, also where no label but its own words say that it is included.
    """
    return _of_the_others(index, text, rows) | _on_the_other_side(index, text, rows)


def _on_the_other_side(index: Index, text: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    asked = None if presumes(text) else counts_in(text)
    if asked is None:
        return np.zeros(len(rows), dtype=np.bool_)

    def opposes(candidate: Candidate) -> bool:
        document = index.by_id[candidate.document]
        told = [one for label in candidate.path(document) if (one := counts_in(label)) is not None]
        return told[-1] is not asked if told else not asked and counts_in(candidate.text(document)) is True

    return np.asarray([opposes(candidate) for candidate in map(index.candidates.__getitem__, rows.tolist())], dtype=np.bool_)


def _of_the_others(index: Index, text: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    if not asks_who_must_not(index, text):
        return np.zeros(len(rows), dtype=np.bool_)
    must_not, may = map(index.reader.encode_one, (MUST_NOT, MAY))
    held: npt.NDArray[np.bool_] = index.candidate_vectors[rows] @ (may - must_not) >= SAID_BEYOND
    return held


def asks_who_must_not(index: Index, text: str) -> bool:
    """Say whether a question asks who is ruled out."""
    must_not, may, question = map(index.reader.encode_one, (MUST_NOT, MAY, text))
    return bool(question @ must_not >= ASKED_LIKE and question @ (must_not - may) >= ASKED_BEYOND)


def rules_out(index: Index, reading: Reading) -> bool:
    """Say whether a reading says who must not have something: more than who may, or denying it where it says both alike."""
    like, may = (float(index.candidate_vectors[reading.row] @ index.reader.encode_one(one)) for one in (MUST_NOT, MAY))
    if like < RULES_OUT_LIKE:
        return False
    beyond, document = like - may, index.by_id[reading.candidate.document]
    return beyond >= RULES_OUT or (beyond >= -RULES_OUT and bool(_DENIES.search(reading.candidate.text(document))))


def word_likeness(index: Index, text: str, readings: Sequence[Reading]) -> Vectors:
    """Return `(len(readings),)`: the mean over the question's word pieces of the cosine with the candidate's most like one.

    The readings, at least one, are of one document; `(0,)` where there are no words to compare.
    """
    document = index.by_id[readings[0].candidate.document]
    asked, *held = index.reader.encode_words([text, *(read_texts(document, reading.candidate)[0] for reading in readings)])
    if not asked.size or not all(map(len, held)):
        return np.zeros(0, dtype=np.float32)
    pieces, starts = np.concatenate(held), np.cumsum([0, *map(len, held[:-1])])
    alike: Vectors = np.maximum.reduceat(products(asked, pieces), starts, axis=1).mean(axis=0)
    return alike


def read(index: Index, reader: Reader, text: str, document: str) -> list[Reading]:
    """Return the candidates of one document, best first, each with the score of its best part; equal scores in order of place."""
    rows = index.candidates.of(document)
    if not rows:
        return []
    scores = reader.score(index, text, document)
    held = index.candidates.all_of(document)
    best: dict[Candidate, Reading] = {}
    for i in np.lexsort((np.arange(len(rows)), -np.round(scores, 6))).tolist():
        best.setdefault(held[i], Reading(held[i], float(scores[i]), rows[i]))
    return [*best.values()]


def beside(index: Index, readings: Sequence[Reading], other: Reading) -> list[Reading]:
    """Return the readings of one document, best first, when `other` answers the same question in another document.

    What answers one question in two documents is alike; a candidate gains by how much it is.
    """
    cosines = index.candidate_vectors[[reading.row for reading in readings]] @ index.candidate_vectors[other.row]
    gained = [
        replace(reading, score=reading.score + BESIDE * (float(cosine) - BESIDE_FROM))
        for reading, cosine in zip(readings, cosines, strict=True)
    ]
    return sorted(gained, key=lambda reading: -round(reading.score, 6))


def nearest(readings: Sequence[Reading]) -> Sequence[Reading]:
    """Return the first of some readings, best first, that a second look may put first."""
    return [reading for reading in readings[:COMPARED] if reading.score >= readings[0].score - COMPARED_WITHIN]


def choose(index: Index, reader: Reader, text: str, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings of one document to quote, best first.

    They are ranked by score and what the second look adds; to those not looked at, no more than the least of the others. A single one near
    the best needs no second look.
    The first is the best, or a larger one around it that scores nearly as well, so that nothing asked for is cut off. That may score less
    where the question asks for several things, and anything where the best is said of other amounts than the question states ("up to 2
    hours late: …") or is a mere yes or no: the rest stands beside it. A second, elsewhere, is added where it all but ties with the best.
    Of a table whose columns are lists, the best is a cell, or its whole column where all its cells score nearly as well and no yes or no is
    asked for. Of a numbered list, it is the one step that a question asks for by its number; of pros and cons, or what is common and
    what is rare, the side that it asks for.
    """
    calibration = index.reader.calibration
    near, alone = nearest(readings), {reading.candidate: reading for reading in readings}
    added = reader.compare(index, text, near) if len(near) > 1 else np.zeros(0, dtype=np.float32)
    if added.size:
        added = np.append(added, np.full(len(readings) - added.size, added.min()))
        both = [Reading(one.candidate, one.score + more, one.row) for one, more in zip(readings, added.tolist(), strict=True)]
        readings = sorted(both, key=lambda reading: -round(reading.score, 6))
    several = index.forms.read(text).several >= index.forms.cuts.several
    widen = calibration.reading_widen_several if several else calibration.reading_widen
    best = chosen = readings[0]
    column = column_of(index.by_id[best.candidate.document], best.candidate)
    if len(column) > 1:
        least = min(alone[cell].score for cell in column)
        whole = least >= alone[best.candidate].score - COLUMN and not presumes(text)
        return [alone[cell] for cell in column] if whole else [best]
    for reading in readings[1:AVERAGED_OVER]:
        if reading.score < best.score - widen:
            break
        if _inside(best.candidate, reading.candidate):
            chosen = reading
            break
    if _is_for_another_amount(index, text, chosen.candidate) or _is_bare(index, chosen.candidate):
        around = (reading for reading in readings if reading is not chosen and _inside(chosen.candidate, reading.candidate))
        chosen = min(around, key=lambda reading: reading.candidate.last - reading.candidate.first, default=chosen)
    step = asked_step(text)
    one = step_of(index.by_id[chosen.candidate.document], chosen.candidate, step) if step else None
    if one:
        return [replace(chosen, candidate=one)]
    if sided := one_side(index, text, chosen.candidate, alone):
        seen = [reading for reading in readings if reading.candidate in sided]
        return [reading for reading in seen if reading.score >= seen[0].score - calibration.reading_widen]
    tied = (r for r in readings[1:] if r.score >= best.score - calibration.reading_tie and not _overlap(r.candidate, chosen.candidate))
    return [chosen, *list(tied)[:1]]


def _is_for_another_amount(index: Index, text: str, candidate: Candidate) -> bool:
    """Say whether a candidate speaks of a range of amounts, and of none with an amount that the question states."""
    stated = [one for one in quantities(text) if one.low == one.high]
    if not stated:
        return False
    document = index.by_id[candidate.document]
    ranges = [one for one in quantities(candidate.text(document)) if one.low < one.high]
    alike = {one.dimension for one in stated} & {one.dimension for one in ranges}
    return bool(alike) and not any(one.meets(other) for one in stated for other in ranges)


def _is_bare(index: Index, candidate: Candidate) -> bool:
    """Say whether a candidate is no more than a yes or no, or a question, which answer nothing without the sentences after them."""
    document = index.by_id[candidate.document]
    said = candidate.text(document)
    return bool(_BARE.fullmatch(said)) or said.rstrip().endswith("?")


def _inside(one: Candidate, other: Candidate) -> bool:
    return other.first <= one.first and one.last <= other.last


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.first < other.last and other.first < one.last


def answerability(index: Index, text: str, readings: Sequence[Reading]) -> float:
    """Return the belief in [0, 1] that the document of `readings` answers `text`."""
    if not readings:
        return 0.0
    return logistic(index.reader.calibration.reading_belief, evidence(index, text, readings))


def evidence(index: Index, text: str, readings: Sequence[Reading]) -> list[float]:
    """Return what tells whether a document answers a question; `readings` are its candidates, best first, at least one.

    These are the best score and the mean of the first ones; the best cosine with the question as it is, and without the words of the
    title, among those that do not say the opposite, and what a best candidate with an amount asked for gains; and how much of the
    question it covers.
    """
    first = readings[:AVERAGED_OVER]
    rows = np.asarray([reading.row for reading in first])
    kept = ~opposed(index, text, rows)
    vectors = index.candidate_vectors[rows[kept] if kept.any() else rows].astype(np.float32)
    document = first[0].candidate.document
    gain = (
        AMOUNT if asked_dimension(text) in index.candidate_dimensions(document)[first[0].row - index.candidates.of(document).start] else 0.0
    )
    asked = (text, without_title(index, text, document))
    whole, rest = (float((vectors @ index.reader.encode_one(one)).max()) + gain for one in asked)
    mean = (sum(reading.score for reading in first) + AS_IF * USUAL) / (len(first) + AS_IF)
    return [first[0].score, mean, whole, rest, coverage(index, text, first[0])]


def coverage(index: Index, text: str, reading: Reading) -> float:
    """Return how much of a question a candidate and its title speak of: the mean cosine of its word pieces with the most like them."""
    asked, *held = index.reader.encode_words([text, *covering_texts(index, reading)])
    pieces = np.concatenate(held)
    return float(products(asked, pieces).max(axis=1).mean()) if asked.size and pieces.size else 0.0


def covering_texts(index: Index, reading: Reading) -> tuple[str, str]:
    """Return the texts whose words tell what a reading covers: the candidate under its headings, and its document's title."""
    document = index.by_id[reading.candidate.document]
    return read_texts(document, reading.candidate)[0], document.title_text
