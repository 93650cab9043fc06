"""Query -> answer. Decides whether to answer, ask back or decline, and assembles quotes from slices.

Knows documents, readings and messages; refuses to know FAISS, models and surfaces.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.cases import AGAINST_SHARE
from assistant.chunking import Candidate
from assistant.conflicts import conflicting, contradict, is_of_inclusion, title_first, title_quote, title_rules
from assistant.fitting import code_fits, weigh
from assistant.glossary import names_drug
from assistant.index import Index
from assistant.kinds import Kind
from assistant.lexical import FUNCTION_WORDS
from assistant.listing import agreeing, asked_of_each, matching, speaking
from assistant.listing import beliefs as saying
from assistant.messages import FOREIGN, LIKELIEST, PARTLY, SEPARATOR, message_for
from assistant.names import lacks_formula
from assistant.payment import asks_payment, says_payment
from assistant.premises import contradicting
from assistant.quantities import holds_number
from assistant.query import Query
from assistant.quoting import codes_at, quote_candidate, share_words, shared_clauses, speaks_of, title_of
from assistant.reading import Reader, Reading, answerability, beside, choose, covering_texts, read
from assistant.spelling import nearest_codes
from assistant.steps import unit_after
from assistant.subjects import certain, telling_words, without_title
from assistant.tokens import tokenize, words
from assistant.types import Answer, Choice, CodeFit, Quote, Reason, Role, Status
from assistant.understanding import asked_of_documents
from assistant.wordings import asks_number, asks_to_write, asks_which_not, counts_in, lists, mentions, names_all, presumes

NEAREST_CODES = 3
"""So many known codes are offered in place of an unknown one."""
CHOICES = 8
"""So many choices are offered at most."""
QUOTED_CHOICES = 5
"""With at most so many choices, each is shown with its own quote."""
CONTENDING = 0.02
"""A document contends for an unclear question when it has this share of the best one's belief."""
RIVAL, RIVAL_SURE, RIVAL_OWN = 0.9, 0.8, 0.03
"""A question contradicts the code it names when another document has the first share and the second belief, and the named one less than
the third share."""
OUT_OF_SCOPE, OUT_OF_SCOPE_SURE = 0.25, 0.8
"""A question that no chunk is so much like is out of scope, unless a document answers it with the second belief. Chosen on `eval/` dev."""
LEAST_KNOWN = 0.3
"""A question is out of scope as well where a document or the model knows no larger part of its words: gibberish, however it is spelt."""
ALONE = 0.35
"""A question that shares no telling word with the only document that seems to answer it is about it when this belief says so, else it is
asked back."""
LISTED_SURE = 0.1
"""In a question that is not about one document, this belief suffices for the others once one of them surely answers."""
SURELY_INCLUSION = 0.8
"""A question that is this surely about what is included is answered by the title that says so, even where the reader would decline."""
CLAUSE_NEAR = 0.1
"""A clause that all codes share answers when it scores so little less than what holds it: a part of a sentence says less than the whole."""
CONTEXT = 0.4
"""What the score of a turn together with the one before it counts beside its own; see eval/reports/decisions.md."""
DRUG_SHARE = 0.6
"""A drug that no document names is out of scope, unless a document has this share of what it means."""
LISTED_AMONG = 16
"""So many documents are read for a question about all codes, and all further ones that hold its telling words."""
MENTIONED = 0.7
"""A document that is asked whether it mentions something at all has to be so sure to answer: what only is near says no more than none."""
LISTED = 0.4
"""In a question about all codes, a document is listed from this belief on; see training/fit_listings.py."""


class Answerer:
    """Answers queries from one index with one reader."""

    def __init__(self, index: Index, reader: Reader) -> None:
        self._index = index
        self._reader = reader

    def answer(self, query: Query) -> Answer:
        """Return the answer; `elapsed_ms` is left at zero for the caller to fill."""
        if settled := self._settled(query):
            return settled
        if query.follows and (after := self._after(query, self.answer(query.follows))):
            return after
        if query.names_only:
            return self._titles(query)
        if query.is_empty:
            return self._refuse(query, Reason.EMPTY_QUESTION)
        if query.kind is Kind.SCENARIO:
            return self._fit(query)
        if query.questions:
            return self._several(query)
        if asks_payment(query.text) and not self._says_payment(query, among := self._among(query)):
            return self._refuse(query, Reason.NOT_COVERED, self._nearest(self._read(among, query.text)))
        if query.kind is Kind.LISTING:
            return self._list(query)
        if query.documents:
            return self._from_documents(query)
        return self._from_anywhere(query)

    def fit(self, query: Query) -> Answer:
        """Return which code fits the scenario in `query`, whatever its form."""
        return self._settled(query) or self._fit(query)

    def refuse(self, question: str, reason: Reason) -> Answer:
        """Return a refusal that needs no look at the documents."""
        return self._make(question, "", Status.ABSTAINED, reason)

    def _settled(self, query: Query) -> Answer | None:
        """Return the answer to what needs no reading: an unknown code, another language, a poem, a bare code; None for the rest."""
        if query.unknown:
            return self._refuse(query, Reason.UNKNOWN_CODE, choices=self._nearest_codes(query.unknown[0]))
        if query.foreign:
            return self._make(query.question, ", ".join(query.codes), Status.ABSTAINED, Reason.OUT_OF_SCOPE, message=FOREIGN)
        if asks_to_write(query.text):
            return self._refuse(query, Reason.OUT_OF_SCOPE)
        if asks_which_not(query.text):
            return self._refuse(query, Reason.LOW_CONFIDENCE)
        return self._titles(query) if query.documents and not query.text else None

    def _titles(self, query: Query) -> Answer:
        """Answer a bare code with the official title of its documents, or the opening of the part that it heads, or their own."""
        quotes = []
        for document in map(self._index.by_id.__getitem__, query.documents):
            held = self._index.candidates.all_of(document.id)
            own = [codes_at(document, c.path(document)) for c in held] if len(document.codes) > 1 else []
            parts = [held[own.index((code,))] for code in query.codes if (code,) in own]
            if document.descriptor and not parts:
                quotes.append(title_quote(document))
                continue
            holders = parts or [c for c in held if c.span(document).contains(document.title)][:1] or held[:1]
            quotes += [quote_candidate(document, holder, Role.ANSWER) for holder in holders]
        return self._answered(query, quotes, 1.0) if quotes else self._refuse(query, Reason.NOT_COVERED)

    def _fit(self, query: Query) -> Answer:
        """Answer a scenario with the code that fits, evidence for it, and evidence against those that do not."""
        among = query.subjects
        if "codes" in query.carried:
            likely = [subject.document for subject in query.subjects if subject.document in query.documents]
            among = tuple(map(certain, (likely or query.documents)[:1]))
        fits = weigh(self._index, self._reader, query.text, among)
        best = [fit for fit in fits if fit.fits][:1]
        others = [fit for fit in fits if not fit.fits and fit.score > 0 and any(q.role is Role.AGAINST for q in fit.quotes)]
        quotes = [quote for fit in best for quote in fit.quotes]
        quotes += [
            q for fit in others if self._share_of(query, fit.document.id) >= AGAINST_SHARE for q in fit.quotes if q.role is Role.AGAINST
        ]
        if not best:
            return self._make(
                query.question,
                "",
                Status.ABSTAINED,
                Reason.NO_CODE_FITS,
                quotes,
                codes=code_fits(fits),
                confidence=1 - fits[0].score if fits else 1.0,
            )
        resolved = ", ".join(best[0].codes) or best[0].document.label
        return self._make(query.question, resolved, Status.ANSWERED, None, quotes, codes=code_fits(fits), confidence=best[0].score)

    def _share_of(self, query: Query, document: str) -> float:
        return next((subject.share for subject in query.subjects if subject.document == document), 0.0)

    def _among(self, query: Query) -> Sequence[str]:
        """Return the documents that a query is about, or may be about."""
        return query.documents or [subject.document for subject in query.subjects[:CHOICES]]

    def _says_payment(self, query: Query, among: Sequence[str]) -> bool:
        documents = [self._index.by_id[one] for name in among for one in self._index.service(name)]
        return any(says_payment(query.text, unit.span.of(document.text)) for document in documents for unit in document.units)

    def _list(self, query: Query) -> Answer:
        """Answer a question about all codes, or those it names: by an amount or telling words in it, else by what is alike in meaning."""
        text = asked_of_each(query.text)
        likely = query.documents if len(query.documents) > 1 else [subject.document for subject in query.subjects]
        found = self._agreeing(query.text, likely[:LISTED_AMONG])
        further = self._agreeing(query.text, speaking(self._index, text, likely[LISTED_AMONG:]))
        holding = {d: kept for d, readings in (found | further).items() if (kept := matching(self._index, text, d, readings))}
        beliefs = self._beliefs(found, dict.fromkeys(found, text))
        if not holding and _is_strange(self._index, query) and not telling_words(self._index, text):
            return self._refuse(query, Reason.OUT_OF_SCOPE)
        if not holding:
            sure = saying(self._index, text, found)
            holding = {d: found[d] for d in sure if sure[d] >= LISTED and beliefs[d] >= LISTED_SURE}
            if (belief := _any(beliefs[d] for d in holding)) < self._index.reader.calibration.reading_sure:
                return self._refuse(query, Reason.NOT_COVERED, self._nearest(found), confidence=1 - belief)
            if 2 * len(holding) > self._index.services > 1 and not (lists(query.text) or names_all(query.text)):
                return self._from_anywhere(query)
        quotes = [quote for d in sorted(holding) for quote in self._chosen(text, holding[d])[:1]]
        message = LIKELIEST if len(found | further) < min(self._index.services, len(query.documents) or self._index.services) else ""
        beliefs |= self._beliefs({d: further[d] for d in holding.keys() - beliefs.keys()}, dict.fromkeys(further, text))
        return self._answered(query, share_words(quotes), max(beliefs[d] for d in holding), message)

    def _agreeing(self, question: str, documents: Sequence[str]) -> dict[str, list[Reading]]:
        """Return the readings of documents for a question about all codes, without those that say the contrary."""
        return {d: agreeing(self._index, question, readings) for d, readings in self._read(documents, asked_of_each(question)).items()}

    def _from_documents(self, query: Query) -> Answer:
        """Answer from the documents that the query surely means; each contributes its best candidate."""
        if rival := self._rival(query):
            if presumes(query.text):
                titled = title_quote(self._index.by_id[query.documents[0]], Role.NEAREST)
                return self._refuse(query, Reason.NOT_COVERED, [titled], choices=self._choices([*query.documents, rival]))
            return self._clarify(query, [*query.documents, rival], [], 1.0)
        if against := self._contrary(query):
            return self._refuse(query, Reason.NOT_COVERED, [against])
        if headed := self._headed(query):
            return self._answered(query, self._with_conflicts(query.text, headed), 1.0)
        asked = asked_of_documents(self._index, query)
        found = {d: self._best(self._read_service(d, asked[d], query.codes)) for d in query.documents}
        found = self._side_by_side(found, asked)
        beliefs = self._beliefs(found, asked)
        if query.context:
            found, beliefs = self._in_context(query, found, beliefs)
        enough = self._enough(query, beliefs)
        answering = [d for d in query.documents if found[d] and beliefs[d] >= enough]
        if not answering and self._index.forms.read(query.text).inclusion >= SURELY_INCLUSION:
            described = [self._index.by_id[d] for d in query.documents if found[d]]
            if ruled := [title_quote(document) for document in described if title_rules(document)]:
                return self._answered(query, share_words(ruled), self._index.forms.read(query.text).inclusion)
        if not answering:
            return self._refuse(query, Reason.NOT_COVERED, self._nearest(found), confidence=1 - max(beliefs.values(), default=0.0))
        parts = [(asked[d], part) for d in answering for part in self._parts(asked[d], found[d], query.codes)]
        chosen = [quote for text, part in parts for quote in self._chosen(text, part)]
        if asks_number(query.text) and not any(holds_number(quote.text) for quote in chosen):
            return self._refuse(query, Reason.NOT_COVERED, self._nearest(found))
        message = PARTLY if len(answering) < len(query.documents) else ""
        return self._answered(query, self._with_conflicts(query.text, chosen), min(beliefs[d] for d in answering), message)

    def _with_conflicts(self, text: str, chosen: Sequence[Quote]) -> list[Quote]:
        """Return what was chosen, after the official titles that outrank it, equal words once, and what speaks against it."""
        quotes = title_first(self._index, text, chosen)
        against = conflicting(self._index, text, quotes)
        quotes = [quote for quote in quotes if not any(_within(quote, other) for other in against)]
        return [*share_words(quotes), *against, *self._disagreeing(text, quotes)]

    def _in_context(
        self, query: Query, found: dict[str, list[Reading]], beliefs: dict[str, float]
    ) -> tuple[dict[str, list[Reading]], dict[str, float]]:
        """Return readings and beliefs of a turn in the light of the one before it, of which "and at night?" is the rest."""
        text = f"{query.context} {query.text}"
        whole = {d: self._best(self._read_service(d, text, query.codes)) for d in found}
        both = {}
        for d, readings in found.items():
            scores = {reading.candidate: reading.score for reading in whole[d]}
            mixed = [replace(r, score=(1 - CONTEXT) * r.score + CONTEXT * scores.get(r.candidate, r.score)) for r in readings]
            both[d] = sorted(mixed, key=lambda reading: -round(reading.score, 6))
        together = self._beliefs(whole, dict.fromkeys(whole, text))
        return both, {d: (belief + together[d]) / 2 for d, belief in beliefs.items()}

    def _side_by_side(self, found: dict[str, list[Reading]], asked: Mapping[str, str]) -> dict[str, list[Reading]]:
        """Return the readings of several documents, each in the light of the document that answers best what is asked of it."""
        if len(found) < 2:
            return found
        surest = max((d for d in found if found[d]), key=lambda d: (answerability(self._index, asked[d], found[d]), d), default=None)
        if surest is None:
            return found
        said = choose(self._index, self._reader, asked[surest], found[surest])[0]
        return {d: readings if d == surest or not readings else beside(self._index, readings, said) for d, readings in found.items()}

    def _several(self, query: Query) -> Answer:
        """Answer each of several questions; where none is, answer them as one."""
        answers = [self.answer(one) for one in query.questions]
        answered = [answer for answer in answers if answer.status is Status.ANSWERED]
        if not answered:
            return self.answer(replace(query, questions=()))
        quotes = [quote for answer in answered for quote in answer.quotes]
        spans = [(quote.role, quote.document, quote.start, quote.end) for quote in quotes]
        inside = [any(one.role is other.role and _within(one, other) and not _within(other, one) for other in quotes) for one in quotes]
        kept = [one for i, one in enumerate(quotes) if not inside[i] and spans[i] not in spans[:i]]
        message = PARTLY if len(answered) < len(answers) else ""
        return self._answered(query, kept, min(answer.confidence for answer in answered), message)

    def _after(self, query: Query, said: Answer) -> Answer | None:
        """Return what stands after the words that answered the turn before, if these are of one document and something does."""
        quotes = [quote for quote in said.quotes if quote.role is Role.ANSWER]
        if len({quote.document for quote in quotes}) != 1:
            return None
        document = self._index.by_id[quotes[0].document]
        candidate = unit_after(document, max(quote.end for quote in quotes))
        return self._answered(query, [quote_candidate(document, candidate, Role.ANSWER)], said.confidence) if candidate else None

    def _headed(self, query: Query) -> list[Quote]:
        """Return the whole sections that a question names by their heading and nothing else, one of each document; else none."""
        asked = [word for word in tokenize(query.text) if word not in FUNCTION_WORDS]
        quotes, included = [], counts_in(query.text)
        for name in query.documents if asked else ():
            held = (candidate for d in self._index.service(name) for candidate in self._index.candidates.all_of(d))
            own = (c for c in held if not query.codes or speaks_of(self._index.by_id[c.document], c, query.codes))
            widest = max((c for c in own if self._heads(c, asked, included)), key=lambda c: (c.last - c.first, -c.first), default=None)
            if widest is None:
                return []
            quotes.append(quote_candidate(self._index.by_id[widest.document], widest, Role.ANSWER))
        return quotes

    def _heads(self, candidate: Candidate, asked: Sequence[str], included: bool | None) -> bool:
        heading = self._index.by_id[candidate.document].sections[candidate.section].heading
        return [word for word in tokenize(heading) if word not in FUNCTION_WORDS] == list(asked) and counts_in(heading) is included

    def _rival(self, query: Query) -> str | None:
        """Return the document that the words of a question are about where they contradict the one code that it names."""
        if not query.codes or len(query.documents) != 1 or query.carried or not query.subjects:
            return None
        top, own = query.subjects[0], self._share_of(query, query.documents[0])
        if top.document == query.documents[0] or top.share < RIVAL or top.belief < RIVAL_SURE or own >= RIVAL_OWN:
            return None
        return top.document

    def _contrary(self, query: Query) -> Quote | None:
        """Return what contradicts an amount that a question about one document presumes, or the title that lacks what others say."""
        if len(query.documents) != 1:
            return None
        document = self._index.by_id[query.documents[0]]
        if against := contradicting(self._index, self._reader, query.text, document):
            return against
        return title_quote(document, Role.NEAREST) if lacks_formula(self._index, query.text, document.id) else None

    def _enough(self, query: Query, beliefs: Mapping[str, float]) -> float:
        """Return the belief from which on a document answers a question that is about it."""
        if _any(beliefs.values()) < self._index.reader.calibration.reading_sure:
            return 1.0
        return MENTIONED if presumes(query.text) and mentions(query.text) else LISTED_SURE

    def _from_anywhere(self, query: Query) -> Answer:
        """Answer a question that names no clear subject: from the one document that answers it, from all if they agree, or ask back.

        One that names a drug of which no document speaks, and none is likely to be about, is out of scope.
        """
        top = query.subjects[0].share if query.subjects else 0.0
        contending = [s.document for s in query.subjects if s.share >= CONTENDING * top][:CHOICES]
        found = self._read(contending, query.text)
        beliefs = self._beliefs(found, dict.fromkeys(found, query.text))
        belief = max(beliefs.values(), default=0.0)
        strange = _is_strange(self._index, query)
        enough = LISTED_SURE if belief >= (OUT_OF_SCOPE_SURE if strange else self._index.reader.calibration.reading_sure) else 1.0
        answering = [d for d in contending if found[d] and beliefs[d] >= enough]
        subject = next((s for s in query.subjects if answering == [s.document]), None)
        unnamed = subject is not None and subject.telling <= 0 and subject.belief < ALONE
        if not answering:
            return self._refuse(
                query,
                Reason.OUT_OF_SCOPE if strange else Reason.LOW_CONFIDENCE,
                [] if strange else self._nearest(found),
                confidence=1 - belief,
            )
        if top < DRUG_SHARE and names_drug(self._index, query.text):
            return self._refuse(query, Reason.OUT_OF_SCOPE, confidence=1 - belief)
        quotes = [quote for d in answering for quote in self._chosen(query.text, found[d])[:1]]
        shared = share_words(quotes)
        if len(shared) == 1 and not unnamed:
            return self._answered(query, shared, belief)
        described = [self._index.by_id[d] for d in contending]
        if is_of_inclusion(self._index, query.text) and all(map(title_rules, described)):
            quotes = [title_quote(document) for document in described]
        if len(contending) == self._index.services and (clause := self._shared_clause(query.text, quotes)):
            return self._answered(query, [clause], belief)
        return self._clarify(query, contending, shared, belief)

    def _shared_clause(self, text: str, quotes: Sequence[Quote]) -> Quote | None:
        """Return the clause that all the quotes hold word for word, where it answers by itself."""
        clauses = shared_clauses(quotes)
        if not clauses:
            return None
        asked = self._index.reader.encode_one(text)
        scores = self._index.reader.encode([f"{quote.path[0]}: {quote.text}" for quote in (*clauses, *quotes)]) @ asked
        own, whole = scores[: len(clauses)], scores[len(clauses) :]
        best = int(own.argmax())
        return clauses[best] if own[best] >= whole.max() - CLAUSE_NEAR else None

    def _clarify(self, query: Query, documents: Sequence[str], quotes: Sequence[Quote], confidence: float) -> Answer:
        choices = self._choices(documents)
        shown = quotes if len(quotes) <= QUOTED_CHOICES else []
        return self._make(query.question, "", Status.CLARIFY, Reason.AMBIGUOUS, shown, choices=choices, confidence=confidence)

    def _choices(self, documents: Sequence[str]) -> list[Choice]:
        """Return what may be meant: a document, under its code, or each of several codes that have a part of their own in it."""
        found = []
        for document in map(self._index.by_id.__getitem__, documents):
            parts = [Choice(code, title) for code in document.codes if (title := title_of(document, code)) != document.title_text]
            found += parts or [Choice(document.codes[0] if document.codes else "", document.title_text)]
        return found[:CHOICES]

    def _read(self, documents: Sequence[str], text: str) -> dict[str, list[Reading]]:
        """Return, for each document, its readings, or those of another that describes the same code and answers better."""
        self._index.reader.encode_words([text, *(without_title(self._index, text, d) for d in documents)])  # several at once
        self._index.all_alike(documents)
        return {d: self._best(self._read_service(d, text)) for d in documents}

    def _beliefs(self, found: Mapping[str, Sequence[Reading]], asked: Mapping[str, str]) -> dict[str, float]:
        """Return how sure it is that each document answers what is asked of it; the words of all best candidates are read at once."""
        best = (readings[0] for readings in found.values() if readings)
        self._index.reader.encode_words([text for one in best for text in covering_texts(self._index, one)])
        return {d: answerability(self._index, asked[d], readings) for d, readings in found.items()}

    def _read_service(self, document: str, text: str, codes: Sequence[str] = ()) -> list[list[Reading]]:
        """Return the readings of the documents that describe the same code as one, those first whose word counts most.

        Where `codes` are given, what a document of several says under the headings of others is left out.
        """
        found = [read(self._index, self._reader, text, d) for d in self._index.service(document)]
        if not codes:
            return found
        return [[r for r in one if speaks_of(self._index.by_id[r.candidate.document], r.candidate, codes)] for one in found]

    def _parts(self, text: str, readings: Sequence[Reading], codes: Sequence[str]) -> list[Sequence[Reading]]:
        """Return the readings of one document apart for each of several codes that it answers for; else together."""
        document = self._index.by_id[readings[0].candidate.document]
        if len(codes) < 2 or len(document.codes) < 2:
            return [readings]
        parts = [[r for r in readings if speaks_of(document, r.candidate, (code,))] for code in codes]
        return [part for part in parts if answerability(self._index, text, part) >= LISTED_SURE] or [readings]

    def _best(self, found: Sequence[list[Reading]]) -> list[Reading]:
        """Return the first readings that all but reach the best score of all."""
        calibration = self._index.reader.calibration
        top = max((readings[0].score for readings in found if readings), default=0.0)
        return next((readings for readings in found if readings and readings[0].score >= top - calibration.reading_widen), [])

    def _disagreeing(self, text: str, quotes: Sequence[Quote]) -> list[Quote]:
        """Return what other documents of the quoted codes answer to the same question where it contradicts a quote."""
        against: list[Quote] = []
        for name in dict.fromkeys(quote.document for quote in quotes if len(self._index.service(quote.document)) > 1):
            for readings in self._read_service(name, text):
                if not readings or answerability(self._index, text, readings) < self._index.reader.calibration.reading_sure:
                    continue
                other = self._quote(readings[0], Role.CONFLICT)
                against += [
                    other for quote in quotes if quote.document == name != other.document and contradict(self._index, quote, other)
                ][:1]
        return against

    def _nearest(self, found: dict[str, list[Reading]]) -> list[Quote]:
        """Return the one passage closest to the question, to be shown with a refusal."""
        best = max((d for d, readings in found.items() if readings), key=lambda d: (found[d][0].score, d), default=None)
        return [self._quote(found[best][0], Role.NEAREST)] if best else []

    def _chosen(self, text: str, readings: Sequence[Reading]) -> list[Quote]:
        return [self._quote(reading, Role.ANSWER) for reading in choose(self._index, self._reader, text, readings)]

    def _quote(self, reading: Reading, role: Role) -> Quote:
        return quote_candidate(self._index.by_id[reading.candidate.document], reading.candidate, role)

    def _nearest_codes(self, unknown: str) -> list[Choice]:
        near = nearest_codes(self._index, unknown, NEAREST_CODES)
        return [Choice(code, title_of(self._index.by_id[self._index.by_code[code][0]], code)) for code in near]

    def _answered(self, query: Query, quotes: Sequence[Quote], confidence: float, message: str = "") -> Answer:
        answering = [quote for quote in quotes if quote.role is Role.ANSWER]
        codes = dict.fromkeys(code for quote in answering for code in quote.codes)
        sections = dict.fromkeys(quote.section for quote in answering)
        resolved = SEPARATOR.join(part for part in (", ".join(codes), ", ".join(sections)) if part)
        return self._make(query.question, resolved, Status.ANSWERED, None, quotes, confidence=confidence, message=message)

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
        message: str = "",
    ) -> Answer:
        return Answer(
            question=question,
            resolved=resolved,
            status=status,
            reason=reason,
            message=message or message_for(status, reason),
            quotes=tuple(quotes),
            codes=tuple(codes),
            choices=tuple(choices),
            confidence=round(min(max(confidence, 0.0), 1.0), 4),
            index=self._index.manifest.stamp,
            elapsed_ms=0.0,
        )


def _is_strange(index: Index, query: Query) -> bool:
    """Say whether no chunk is like a question, or it has hardly a word that a document or the model knows."""
    said = {word for word in words(query.text) if not word.isdigit()} - FUNCTION_WORDS
    known = sum(index.encoder.knows(word) or any(map(index.words.document_frequency, tokenize(word))) for word in said)
    if known < LEAST_KNOWN * len(said):
        return True
    return max((subject.similarity for subject in query.subjects), default=0.0) < OUT_OF_SCOPE


def _any(beliefs: Iterable[float]) -> float:
    """Return the belief that some document answers, as if each did so by itself."""
    return 1 - math.prod(1 - belief for belief in beliefs)


def _within(one: Quote, other: Quote) -> bool:
    return one.document == other.document and other.start <= one.start and one.end <= other.end
