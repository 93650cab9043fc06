"""`Assistant`: the one object that every surface uses. Opens an index and answers; keeps no conversation of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering import Answerer
from assistant.comparing import Row, compare_documents
from assistant.config import Settings, default_corpus, default_index, make_settings
from assistant.crossing import CrossReader
from assistant.errors import CorpusError, IndexMismatch, IndexNotFound, QueryError
from assistant.freshness import is_current, was_built_from
from assistant.garbage import no_collection
from assistant.index import Index, open_index
from assistant.kinds import Kind
from assistant.manifest import stamp
from assistant.query import Query
from assistant.quoting import sections_about, title_of
from assistant.reading import EncoderReader
from assistant.reranking import rerank
from assistant.retrieval import DEPTH, retrieve
from assistant.spelling import nearest_codes
from assistant.tokens import codes_in, normalize
from assistant.turns import documents_of_codes
from assistant.types import Answer, Document, Hit, Reason, Section, SectionKind
from assistant.understanding import about, understand

if TYPE_CHECKING:
    from assistant.verifying import Mismatch
    from assistant.writing import Progress


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code of the corpus with a document that describes it and the title there; `code` is empty for a document without codes."""

    code: str
    title: str
    document: str


NEAREST = 8
"""So many known codes are named in place of one that no document describes."""
TURNS = 50
"""So many earlier questions count at most."""


class Assistant:
    """Answers questions from an open index with exact quotations.

    >>> assistant = Assistant.open(corpus="corpus", index="index")          # doctest: +SKIP
    >>> assistant.ask("how long does portable oxygen last?").quotes[0].text  # doctest: +SKIP
    """

    def __init__(self, index: Index, corpus: Path, folder: Path, seen: tuple[int, int]) -> None:
        """Hold an index of a corpus, opened from a folder after `stamp` of it was `seen`."""
        self.index = index
        self.corpus = corpus
        self.folder = folder
        self._seen = seen
        self._reader = CrossReader(index.settings.cross_encoder) if index.settings.cross_encoder else EncoderReader()
        self._answerer = Answerer(index, self._reader)

    @classmethod
    def open(
        cls,
        corpus: str | Path | None = None,
        index: str | Path | None = None,
        settings: Settings | None = None,
        *,
        progress: Progress | None = None,
        build: bool = True,
    ) -> Assistant:
        """Return an assistant over a corpus folder; builds a missing index and updates a stale one unless `build` is False.

        Raises:
            CorpusError: the corpus is missing or unreadable.
            IndexNotFound: there is no index and `build` is False.
            IndexMismatch: the index is damaged, or was built with other models or chunk settings and `build` is False; or it cannot be
                written.
            ModelError: an index is to be built, and a model that the settings name cannot be loaded.
        """
        settings = settings or make_settings()
        source = Path(corpus) if corpus is not None else default_corpus()
        folder = Path(index) if index is not None else default_index(source)
        with no_collection():
            stale = build and not is_current(folder, source, settings)
        if stale:
            from assistant.building import build_index

            build_index(source, folder, settings, progress)
        seen = stamp(folder)
        with no_collection():
            return cls(open_index(folder, settings), source, folder, seen)

    def load_models(self) -> None:
        """Load all models now, so that no question waits for one or finds that it is missing.

        Raises:
            ModelError: one is missing or damaged.
        """
        self.index.load_models()
        if isinstance(self._reader, CrossReader):
            self._reader.load()

    def current(self) -> Assistant:
        """Return this assistant, or one over the index that a build of its corpus has put in the place of this one's since.

        What goes on for long calls it for each request. An index of another corpus, or of other files than are there now, is passed over
        until the next build, and not looked at again for each request; one that cannot be opened is left for the next time.
        """
        seen = stamp(self.folder)
        if seen == self._seen:
            return self
        try:
            index = open_index(self.folder, self.index.settings)
            if was_built_from(index.manifest, self.corpus, index.settings, self.folder):
                return Assistant(index, self.corpus, self.folder, seen)
        except (CorpusError, IndexNotFound, IndexMismatch):
            return self
        self._seen = seen
        return self

    def ask(self, question: str, history: Sequence[str] = (), *, code: str | None = None) -> Answer:
        """Return the answer to `question` after the earlier questions in `history`; only about `code` where given.

        Raises:
            QueryError: no document describes `code`, or `history` is a text and not a list of them.
        """
        began = time.perf_counter()
        text = normalize(question)
        if reason := self._unanswerable(question):
            answer = self._answerer.refuse(text[: self.index.settings.max_question_characters], reason)
        else:
            query = understand(self.index, text, self._spoken(history))
            answer = self._answerer.answer(about(self.index, query, self.known_code(code)) if code is not None else query)
        return replace(answer, elapsed_ms=round((time.perf_counter() - began) * 1000, 2))

    def _unanswerable(self, question: str) -> Reason | None:
        """Return why a text is no question that could be answered, whatever the documents say; None where it is one."""
        most = self.index.settings.max_question_characters
        text = normalize(question) if len(question) <= most else question
        if len(text) > most:
            return Reason.QUESTION_TOO_LONG
        return None if any(c.isalnum() for c in text) else Reason.EMPTY_QUESTION

    def understood(self, question: str, history: Sequence[str] = ()) -> Query:
        """Return what `ask` would take the same question and history to mean."""
        return understand(self.index, normalize(question), self._spoken(history))

    def _spoken(self, history: Sequence[str]) -> Sequence[str]:
        """Return the earlier questions that count: the last ones, without those too long to be answered."""
        if isinstance(history, str):
            raise QueryError("the earlier questions are one text; give them as a list")
        return [turn for turn in history[-TURNS:] if self._unanswerable(turn) is not Reason.QUESTION_TOO_LONG]

    def carried(self, question: str, history: Sequence[str]) -> tuple[str, ...]:
        """Return what `ask` would take over from the earlier questions: the codes or titles, or the words of the question, kept.

        Empty where the question means the same without them.
        """
        if not history or self._unanswerable(question):
            return ()
        query, alone = self.understood(question, history), self.understood(question)
        if query.kind is Kind.LISTING or (query.documents, query.text) == (alone.documents, alone.text):
            return ()
        if "codes" in query.carried:
            return query.codes or tuple(self.index.by_id[name].label for name in query.documents)
        return (query.text if "topic" in query.carried else self.understood(history[-1], history[:-1]).text,)

    def fit(self, scenario: str) -> Answer:
        """Return which code fits a scenario: codes ranked, with quotes for and against, or that no code fits."""
        began = time.perf_counter()
        if self._unanswerable(scenario):
            return self.ask(scenario)
        answer = self._answerer.fit(understand(self.index, normalize(scenario), ()))
        return replace(answer, elapsed_ms=round((time.perf_counter() - began) * 1000, 2))

    def search(self, question: str, k: int = 10, *, code: str | None = None) -> list[Hit]:
        """Return the `k` passages that fit best, without an answer; a code or clear subject in the question, or `code`, restricts them.

        Raises:
            QueryError: the question is empty or too long, `k` is below 1, or no document describes `code`.
        """
        reason, most = self._unanswerable(question), self.index.settings.max_question_characters
        if reason is Reason.EMPTY_QUESTION:
            raise QueryError("the question is empty; type what to search for")
        if reason is Reason.QUESTION_TOO_LONG:
            length = max(len(question), len(normalize(question)))
            raise QueryError(f"the question has {length:,} characters, over the limit of {most:,}; search for fewer words")
        _check_count(k)
        query = understand(self.index, normalize(question), ())
        if code is not None:
            query = replace(query, documents=documents_of_codes(self.index, (self.known_code(code),)))
        return self._ranked(query, k)

    def hits(self, question: str, history: Sequence[str] = (), k: int = 10) -> list[Hit]:
        """Return the `k` passages that `ask` would look at first for the same question and history.

        Raises:
            QueryError: `k` is below 1.
        """
        _check_count(k)
        return [] if self._unanswerable(question) else self._ranked(self.understood(question, history), k)

    def _ranked(self, query: Query, k: int) -> list[Hit]:
        """Retrieve, then order what was retrieved as the reader would."""
        text = query.text or query.question
        hits = retrieve(self.index, text, self.index.encoder.encode_one(text), max(k, DEPTH), query.documents or None)
        shares = dict.fromkeys(query.documents, 1.0) or {subject.document: subject.share for subject in query.subjects}
        return rerank(self.index, self._reader, text, hits, shares)[:k]

    def compare(self, codes: Sequence[str], section: str | None = None) -> list[Row]:
        """Return the sections of two or more codes side by side, or one section of them.

        Of the documents of one code, the first that has the section is taken, or else the one with most sections.

        Raises:
            QueryError: fewer than two codes, or a code or section that does not exist.
        """
        described = [[(code, one) for one in self.documents(code)] for code in dict.fromkeys(map(self.known_code, codes))]
        if len(described) < 2:
            raise QueryError("comparing takes two or more different codes; name them one after the other")
        if section is None:
            own = [[side for side in some if side[1].id not in self.index.around] or some for some in described]
            return compare_documents(self.index, [max(some, key=lambda side: len(side[1].sections)) for some in own])
        sides = [next((side for side in some if _section_named(*side, section)), some[0]) for some in described]
        wanted = next((found for side in sides if (found := _section_named(*side, section))), None) or self.section(*sides[-1], section)
        return compare_documents(self.index, sides, wanted)

    def codes(self) -> list[CodeEntry]:
        """Return every code of the corpus in order, once for each document of it, then documents without a code under an empty code."""
        index = self.index
        described = ((code, index.by_id[name]) for code, names in index.by_code.items() for name in names if name not in index.around)
        entries = [CodeEntry(code, title_of(document, code), document.id) for code, document in described]
        uncoded = [i for i, codes in enumerate(index.documents.codes) if not codes]
        return entries + [CodeEntry("", d.title_text, d.id) for d in map(index.documents.__getitem__, uncoded)]

    def known_code(self, code: str) -> str:
        """Return `code` as the corpus writes it.

        Raises:
            QueryError: no document describes it; names the nearest ones.
        """
        found = codes_in(normalize(code), self.index.settings.code_pattern)
        if len(found) == 1 and found[0] in self.index.by_code:
            return found[0]
        known = "'assistant codes' lists those that are known" if self.index.by_code else "the documents have no codes"
        if near := nearest_codes(self.index, normalize(code).upper(), NEAREST):
            known = f"the nearest known ones are {', '.join(near)}"
        raise QueryError(f"no document describes the code '{code}'; {known}")

    def documents(self, code: str) -> tuple[Document, ...]:
        """Return the documents that describe `code`.

        Raises:
            QueryError: there are none.
        """
        return tuple(self.index.by_id[name] for name in self.index.by_code[self.known_code(code)])

    def sections(self, code: str, name: str) -> list[tuple[Document, Section]]:
        """Return the section `name` of every document of `code` that has it.

        Raises:
            QueryError: none has it, or no document describes `code`.
        """
        known = self.known_code(code)
        documents = self.documents(known)
        found = [(document, section) for document in documents if (section := _section_named(known, document, name))]
        return found or [(documents[0], self.section(known, documents[0], name))]

    def section(self, code: str, document: Document, name: str) -> Section:
        """Return the section of a document about `code` whose heading begins with, or else holds, `name`.

        Raises:
            QueryError: there is none; names those there are.
        """
        if found := _section_named(code, document, name):
            return found
        headings = ", ".join(section.heading for section in _named_sections(code, document))
        raise QueryError(f"{document.label} has no section '{name}'; it has {headings}")

    def verify(self, answer: Answer) -> list[Mismatch]:
        """Return the quotes of `answer` that the source files do not bear out."""
        from assistant.verifying import verify

        return verify(answer, self.corpus, self.index.settings)


class Latest:
    """The assistant over the index as it is now: a build that another process makes is seen with the next request."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def __call__(self) -> Assistant:
        """Return it."""
        self._assistant = self._assistant.current()
        return self._assistant


def _named_sections(code: str, document: Document) -> list[Section]:
    """Return the sections about a code that a person can ask for by heading."""
    return [section for i in sections_about(document, code) if (section := document.sections[i]).kind is not SectionKind.FURNITURE]


def _section_named(code: str, document: Document, name: str) -> Section | None:
    """Return the section about a code whose heading is `name`, or else begins with it, or else holds it; None where there is none."""
    wanted = normalize(name).casefold()
    for test in (str.__eq__, str.startswith, str.__contains__):
        for section in _named_sections(code, document):
            if test(section.heading.casefold(), wanted):
                return section
    return None


def _check_count(k: int) -> None:
    """Raise QueryError where no `k` passages can be returned."""
    if k < 1:
        raise QueryError(f"cannot return {k} passages; ask for 1 or more")
