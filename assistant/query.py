"""`Query`: what is asked, about which documents. Made by `understanding`, read by all that answers; knows no rule."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.kinds import Kind
from assistant.lexical import FUNCTION_WORDS
from assistant.subjects import Subject
from assistant.tokens import tokenize
from assistant.wordings import REQUESTS


@dataclass(frozen=True, slots=True)
class Query:
    """A question made complete. `text` is what is searched for, codes left out; `documents` are those it is surely about.

    `asked` tells what is asked of some of `documents` where that is not `text`, `questions` the several questions that it consists of,
    `context` what the turn before asked of the same documents, in whose light a short turn is read. `spoken` lists all documents that
    the conversation has been about, a repeated one again. `follows` is the turn before where the question is what comes after its answer.
    `unknown` holds codes that no document describes. `carried` names what came from earlier questions: "codes", "topic". `foreign` says
    that it is asked in another language than the documents are written in, `names_only` that it names documents, or sets them side by
    side, and asks nothing of them but what they are.
    """

    question: str
    text: str
    kind: Kind
    codes: tuple[str, ...]
    unknown: tuple[str, ...]
    documents: tuple[str, ...]
    subjects: tuple[Subject, ...] = ()
    carried: tuple[str, ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    questions: tuple[Query, ...] = ()
    foreign: bool = False
    names_only: bool = False
    context: str = ""
    spoken: tuple[str, ...] = ()
    follows: Query | None = None

    def asked_of(self, document: str) -> str:
        """Return what is asked of one of the documents."""
        return dict(self.asked).get(document, self.text)

    @property
    def is_empty(self) -> bool:
        """Say whether the question names neither a subject nor anything to ask of it."""
        return not self.documents and all(word in FUNCTION_WORDS or word in REQUESTS for word in tokenize(self.text))
