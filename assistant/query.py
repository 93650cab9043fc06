"""Question and earlier questions -> what is asked, about which documents. Rules that can be read; no state, no model of its own.

Codes gate; without a code the subject is recognised by meaning, from the chunks (which carry their titles) most similar to the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from assistant.index import Index
from assistant.inference import Vectors
from assistant.retrieval import dense_search, lexical_search
from assistant.tokens import code_spans, codes_in, normalize, tokenize
from assistant.types import SectionKind

SUBJECT_DEPTH = 200
"""Chunks looked at to tell which documents a question is about."""


class Kind(Enum):
    """What sort of answer a question asks for."""

    FACT = "fact"
    SCENARIO = "scenario"
    COMPARISON = "comparison"
    LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Subject:
    """A document that a question may be about, with the share of belief it gets; shares of all documents and of none sum to 1."""

    document: str
    share: float


@dataclass(frozen=True, slots=True)
class Query:
    """A question made complete. `text` is what is searched for, codes left out; `documents` are those it is surely about.

    `unknown` holds codes that no document describes. `carried` names what came from earlier questions: "codes", "topic".
    """

    question: str
    text: str
    kind: Kind
    codes: tuple[str, ...]
    unknown: tuple[str, ...]
    documents: tuple[str, ...]
    subjects: tuple[Subject, ...]
    carried: tuple[str, ...] = ()


_SYSTEM = re.compile(r"\b(?:hcpcs|cpt)\b(?:\s+codes?\b)?", re.IGNORECASE)
_EMPTY = re.compile(r"[\s:;,.?!/()-]+")


def bare_text(text: str, pattern: str) -> str:
    """Return a question without the codes in it, for these decide by the gate and not by similarity."""
    spans = code_spans(text, pattern)
    if not spans:
        return text
    for start, end in reversed(spans):
        text = text[:start] + " " + text[end:]
    left = " ".join(_SYSTEM.sub(" ", text).split())
    return left.strip(" :,;-–—") if _EMPTY.sub("", left) else ""


def documents_of_codes(index: Index, codes: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the documents that describe some codes, in the order of the codes."""
    return tuple(dict.fromkeys(document.id for code in codes for document in index.by_code.get(code, ())))


def subjects(index: Index, text: str, vector: Vectors) -> tuple[Subject, ...]:
    """Return the documents that `text` may be about, most likely first; what is missing to 1 is the share of none.

    A document's score is that of its chunk most similar to the question, plus how well its rare words are matched; shares are a
    softmax over documents and the threshold at which a question names no subject (`Calibration`).
    """
    calibration = index.encoder.calibration
    best: dict[str, float] = {}
    for row, score in dense_search(index, vector, SUBJECT_DEPTH):
        best.setdefault(index.chunks[row].document, score)
    words: dict[str, float] = {}
    ranking = lexical_search(index, text, SUBJECT_DEPTH)
    top = ranking[0][1] if ranking else 1.0
    for row, score in ranking:
        words.setdefault(index.chunks[row].document, score / top)
    order = sorted(best)
    scores = np.array([best[d] + calibration.subject_lexical * words.get(d, 0.0) for d in order] + [calibration.subject_threshold])
    powers = np.exp((scores - scores.max()) * calibration.subject_scale)
    shares = powers / powers.sum()
    found = [Subject(document, round(float(share), 6)) for document, share in zip(order, shares, strict=False)]
    return tuple(sorted(found, key=lambda subject: (-subject.share, subject.document)))


_FOLLOWS = re.compile(
    r"^(?:(?:and|n|ok|okay|so|now|then|but|also|plus)\b[\s,]*)*"
    r"(?:(?:what|how)\s+about|(?:the\s+)?same(?:\s+(?:thing|question))?(?:\s+(?:for|with|about))?|for|with|about|and)\b[\s,]*",
    re.IGNORECASE,
)
_LEADS = re.compile(r"^(?:and|n|ok|okay|so|now|then|but|also|plus)\b[\s,]*", re.IGNORECASE)
_FILLERS = frozenset(
    [
        "a",
        "an",
        "the",
        "one",
        "ones",
        "of",
        "for",
        "in",
        "on",
        "at",
        "to",
        "with",
        "about",
        "and",
        "or",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "code",
        "codes",
        "therapy",
        "infusion",
        "service",
        "what",
        "how",
        "please",
        "then",
    ]
)


def understand(index: Index, question: str, history: Sequence[str]) -> Query:
    """Return the complete query that `question` stands for after `history`, the earlier questions in order.

    A turn that names codes or a clear subject speaks of these; another speaks of what the turn before it spoke of. A turn that names
    a subject and nothing to ask of it asks again what was asked before.
    """
    query: Query | None = None
    for turn in [*history, question]:
        query = _next(index, normalize(turn), query)
    if query is None:
        raise AssertionError("there is always a question")
    return query


def _next(index: Index, turn: str, before: Query | None) -> Query:
    pattern = index.settings.code_pattern
    named = codes_in(turn, pattern)
    known = tuple(code for code in named if code in index.by_code)
    unknown = tuple(code for code in named if code not in index.by_code)
    text = bare_text(turn, pattern)
    found = subjects(index, text, index.encoder.encode([text])[0]) if text else ()
    documents = documents_of_codes(index, known)
    carried: list[str] = []
    if before and not named and before.documents and not _names_subject(index, found, before):
        documents, known = before.documents, before.codes
        carried.append("codes")
    elif not named and found and found[0].share >= index.encoder.calibration.subject_sure:
        documents = (found[0].document,)
    if before and before.text and documents and "codes" not in carried and _asks_nothing(index, turn, text, documents):
        text = before.text
        carried.append("topic")
    return Query(turn, text, _kind(turn, text, documents), known, unknown, documents, found, tuple(carried))


def _names_subject(index: Index, found: Sequence[Subject], before: Query) -> bool:
    """Say whether a later turn speaks of another document than the one before so clearly that nothing is inherited."""
    return bool(found) and found[0].document not in before.documents and found[0].share >= index.encoder.calibration.subject_sure


def _asks_nothing(index: Index, turn: str, text: str, documents: Sequence[str]) -> bool:
    """Say whether a turn only names a subject ("and S9338?", "same for the second one") and asks nothing of it."""
    if not text:
        return True
    led = _FOLLOWS.match(turn) or _FOLLOWS.match(text)
    rest = _FOLLOWS.sub("", text) if led else _LEADS.sub("", text)
    content = [word for word in tokenize(rest) if word not in _FILLERS]
    if not content:
        return True
    if not led:
        return False
    headings = {
        token
        for document in documents
        for section in index.by_id[document].sections
        if section.kind is SectionKind.BODY
        for token in tokenize(section.heading)
    }
    return not headings.intersection(content)


def _kind(turn: str, text: str, documents: Sequence[str]) -> Kind:
    return Kind.COMPARISON if len(documents) > 1 else Kind.FACT
