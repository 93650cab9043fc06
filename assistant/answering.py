"""Query -> answer. Decides whether to answer, ask back or decline, and assembles quotes from slices.

Knows documents, readings and messages; refuses to know FAISS, models and surfaces.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from assistant.chunking import Candidate
from assistant.index import Index
from assistant.inference import Vectors
from assistant.messages import SEPARATOR, message_for
from assistant.query import Query
from assistant.reading import Reader, Reading, answerability, read
from assistant.types import Answer, Choice, CodeFit, Document, Quote, Reason, Role, Status

NEAREST_CODES = 3
"""So many known codes are offered in place of an unknown one."""
CHOICES = 8
"""So many choices are offered at most."""
QUOTED_CHOICES = 5
"""With at most so many choices, each is shown with its own quote."""
CONTENDING = 0.15
"""A document contends for an unclear question when it has this share of the best one's belief."""


def quote_of(document: Document, candidate: Candidate, role: Role, owners: Sequence[str] = ()) -> Quote:
    """Return the candidate as a cited slice; `owners` are the codes whose documents hold the same words."""
    span = candidate.span(document)
    return Quote(
        text=span.of(document.text),
        code=document.codes[0] if document.codes else None,
        codes=tuple(owners) or document.codes,
        document=document.id,
        title=document.title_text,
        section=document.sections[candidate.section].heading,
        path=candidate.path(document),
        start=span.start,
        end=span.end,
        sha256=document.sha256,
        role=role,
    )


class Answerer:
    """Answers queries from one index with one reader."""

    def __init__(self, index: Index, reader: Reader) -> None:
        self._index = index
        self._reader = reader

    def answer(self, query: Query) -> Answer:
        """Return the answer; `elapsed_ms` is left at zero for the caller to fill."""
        if query.unknown:
            return self._refuse(query, Reason.UNKNOWN_CODE, choices=self._nearest_codes(query.unknown[0]))
        if not query.text:
            return self._titles(query)
        vector = self._index.encoder.encode([query.text])[0]
        if query.documents:
            return self._from_documents(query, vector)
        return self._from_anywhere(query, vector)

    def refuse(self, question: str, reason: Reason) -> Answer:
        """Return a refusal that needs no look at the documents."""
        return self._make(question, "", Status.ABSTAINED, reason)

    def _titles(self, query: Query) -> Answer:
        """Answer a bare code with the official title of its documents."""
        quotes = []
        for document in map(self._index.by_id.__getitem__, query.documents):
            rows = self._index.candidate_rows[document.id]
            holder = next((c for c in map(self._index.candidates.__getitem__, rows) if c.span(document).contains(document.title)), None)
            if holder:
                quotes.append(quote_of(document, holder, Role.ANSWER))
        return self._answered(query, quotes, 1.0)

    def _from_documents(self, query: Query, vector: Vectors) -> Answer:
        """Answer from the documents that the query surely means; each contributes its best candidate."""
        found = {d: read(self._index, self._reader, query.text, vector, d) for d in query.documents}
        sure = self._index.encoder.calibration.reading_sure
        beliefs = {d: answerability(self._index, readings) for d, readings in found.items()}
        answering = [d for d in query.documents if found[d] and beliefs[d] >= sure]
        if not answering:
            nearest = [self._quote(d, found[d][0], Role.NEAREST) for d in query.documents if found[d]]
            return self._refuse(query, Reason.NOT_COVERED, nearest[:1], confidence=1 - max(beliefs.values(), default=0.0))
        quotes = [self._quote(d, found[d][0], Role.ANSWER) for d in answering]
        return self._answered(query, self._share(quotes), min(beliefs[d] for d in answering))

    def _from_anywhere(self, query: Query, vector: Vectors) -> Answer:
        """Answer a question that names no clear subject: from the one document that answers it, from all if they agree, or ask back."""
        top = query.subjects[0].share if query.subjects else 0.0
        contending = [s.document for s in query.subjects if s.share >= CONTENDING * top][:CHOICES]
        found = {d: read(self._index, self._reader, query.text, vector, d) for d in contending}
        beliefs = {d: answerability(self._index, readings) for d, readings in found.items()}
        sure = self._index.encoder.calibration.reading_sure
        answering = [d for d in contending if found[d] and beliefs[d] >= sure]
        if not answering:
            best = max(contending, key=lambda d: (beliefs[d], d), default=None)
            nearest = [self._quote(best, found[best][0], Role.NEAREST)] if best and found[best] else []
            return self._refuse(query, Reason.LOW_CONFIDENCE, nearest, confidence=1 - max(beliefs.values(), default=0.0))
        quotes = self._share([self._quote(d, found[d][0], Role.ANSWER) for d in answering])
        if len(quotes) == 1:
            return self._answered(query, quotes, max(beliefs[d] for d in answering))
        documents = [self._index.by_id[d] for d in answering]
        choices = [Choice(document.codes[0] if document.codes else "", document.title_text) for document in documents]
        shown = quotes if len(quotes) <= QUOTED_CHOICES else []
        return self._make(
            query.question, "", Status.CLARIFY, Reason.AMBIGUOUS, shown, choices=choices, confidence=max(beliefs[d] for d in answering)
        )

    def _quote(self, document: str, reading: Reading, role: Role) -> Quote:
        return quote_of(self._index.by_id[document], reading.candidate, role)

    def _share(self, quotes: Sequence[Quote]) -> list[Quote]:
        """Return quotes with equal words shown once, under all the codes that own them."""
        by_words: dict[str, list[Quote]] = {}
        for quote in quotes:
            by_words.setdefault(" ".join(quote.text.casefold().split()), []).append(quote)
        shared = []
        for same in by_words.values():
            owners = tuple(dict.fromkeys(code for quote in same for code in quote.codes))
            first = same[0]
            shared.append(first if len(same) == 1 else _with_owners(first, owners))
        return shared

    def _nearest_codes(self, unknown: str) -> list[Choice]:
        close = difflib.get_close_matches(unknown, list(self._index.by_code), n=NEAREST_CODES, cutoff=0.3)
        return [Choice(code, self._index.by_code[code][0].title_text) for code in close]

    def _answered(self, query: Query, quotes: Sequence[Quote], confidence: float) -> Answer:
        codes = dict.fromkeys(code for quote in quotes for code in quote.codes)
        sections = dict.fromkeys(quote.section for quote in quotes)
        resolved = SEPARATOR.join(part for part in (", ".join(codes), ", ".join(sections)) if part)
        return self._make(query.question, resolved, Status.ANSWERED, None, quotes, confidence=confidence)

    def _refuse(
        self, query: Query, reason: Reason, quotes: Sequence[Quote] = (), *, choices: Sequence[Choice] = (), confidence: float = 1.0
    ) -> Answer:
        resolved = ", ".join(query.codes)
        return self._make(query.question, resolved, Status.ABSTAINED, reason, quotes, choices=choices, confidence=confidence)

    def _make(
        self,
        question: str,
        resolved: str,
        status: Status,
        reason: Reason | None,
        quotes: Sequence[Quote] = (),
        *,
        codes: Sequence[CodeFit] = (),
        choices: Sequence[Choice] = (),
        confidence: float = 1.0,
    ) -> Answer:
        return Answer(
            question, resolved, status, reason, message_for(status, reason), tuple(quotes), tuple(codes), tuple(choices),
            round(min(max(confidence, 0.0), 1.0), 4), self._index.manifest.stamp, 0.0,
        )  # fmt: skip


def _with_owners(quote: Quote, owners: tuple[str, ...]) -> Quote:
    return replace(quote, codes=owners)
