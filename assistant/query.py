"""Question and earlier questions -> what is asked, about which documents. Rules that can be read; no state, no model of its own.

Codes gate; without a code the subject is recognised by meaning, from the chunks (which carry their titles) most similar to the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.index import Index
from assistant.kinds import Kind, asks_for_code, lists
from assistant.lexical import FUNCTION_WORDS
from assistant.spelling import correct
from assistant.subjects import Subject, sides, subjects
from assistant.tokens import code_spans, codes_in, normalize, tokenize, words
from assistant.types import SectionKind

_REQUESTS = frozenset(
    tokenize("tell info information detail more help please pls plz know say give show explain code thing something anything question")
    + tokenize("describe description define definition mean meaning stand")
    + tokenize("do go get ok okay yes no thanks thank hi hello hey good morning day evening there")
)
"""Stems of words that ask without saying for what."""


_ASKS_OTHERWISE = re.compile(r"\b(?:who|whom|whose|when|where|why|how|which)\b", re.IGNORECASE)
_COMPARING = frozenset(tokenize("compare comparing comparison vs versus difference differences differ different side apart distinguish"))
"""Stems of words that set things side by side without saying in what."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question made complete. `text` is what is searched for, codes left out; `documents` are those it is surely about.

    `unknown` holds codes that no document describes. `carried` names what came from earlier questions: "codes", "topic".
    `names_only` says that it names documents, or sets them side by side, and asks nothing of them but what they are.
    """

    question: str
    text: str
    kind: Kind
    codes: tuple[str, ...]
    unknown: tuple[str, ...]
    documents: tuple[str, ...]
    subjects: tuple[Subject, ...]
    carried: tuple[str, ...] = ()
    names_only: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether the question names neither a subject nor anything to ask of it."""
        return not self.documents and all(word in FUNCTION_WORDS or word in _REQUESTS for word in tokenize(self.text))


_SYSTEM = re.compile(r"\b(?:hcpcs|cpt)\b(?:\s+codes?\b)?", re.IGNORECASE)
_EMPTY = re.compile(r"[\s:;,.?!/()-]+")


def bare_text(text: str, pattern: str) -> str:
    """Return a question without the codes in it, for these decide by the gate and not by similarity; "it" stands in inside a sentence."""
    spans = code_spans(text, pattern)
    if not spans:
        return text
    for start, end in reversed(spans):
        before = _SYSTEM.sub(" ", text[:start]).rstrip(" -–—")
        stands_in = " it " if before[-1:].isalnum() or before[-2:-1].isalnum() and before[-1:] in "'’" else " "
        text = f"{before}{stands_in}{text[end:]}"
    left = " ".join(text.split())
    return left.strip(" :,;-–—") if _EMPTY.sub("", left.removesuffix(" it")) else ""


def documents_of_codes(index: Index, codes: Sequence[str]) -> tuple[str, ...]:
    """Return, for each code in order, the id of the document that describes it; of several the one whose word counts most."""
    return tuple(dict.fromkeys(index.by_code[code][0] for code in codes if code in index.by_code))


_FOLLOWS = re.compile(
    r"^(?:(?:and|n|ok|okay|so|now|then|but|also|plus)\b[\s,]*)*"
    r"(?:(?:what|how)\s+about|(?:the\s+)?same(?:\s+(?:thing|question))?(?:\s+(?:for|with|about))?|for|with|about|and)\b[\s,]*",
    re.IGNORECASE,
)
_LEADS = re.compile(r"^(?:and|n|ok|okay|so|now|then|but|also|plus)\b[\s,]*", re.IGNORECASE)
_APART_CODE = re.compile(r"\b([A-Za-z])\s(\d{4})\b")
"""A code with a blank in it, which with "a" before it could also be an article; the corpus tells."""
SURE = 0.45
"""A question without a code is about a document that has this belief: on `eval/` dev nearly always the right one."""
SIDES = 0.7
"""A question sets documents side by side when this is how sure it is; see training/fit_subjects.py."""
SIDE = 0.6
"""What follows "what about", or a question together with the one before it, names a document that has this share among all."""
NAMED = 0.5
"""… or this share among all, where the question has a word by which its title differs."""
SURE_ENOUGH_TO_LEAVE = 0.5
"""In a conversation, a question leaves the subject of the one before only for one with this belief."""
NO_DOUBT = 0.9
"""How sure a question's form must be where an earlier turn, a clear subject, or few words speak against it."""
CASE_WORDS = 6
"""A case is described in so many words at least; chosen on `eval/` dev."""
SUBJECT_WORDS = 5
"""A follow-up that only names a subject does so in so many words."""


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


_TAKEN_BACK = re.compile(
    r"^.*\b(?:(?:no|wait|sorry|oops|correction)\b[\s,]*)+(?:i\s+mean[t]?\b|make\s+that\b|rather\b)", re.IGNORECASE | re.DOTALL
)
"""What a speaker takes back within one question."""
_DENIED = re.compile(r"\b(?:not|aren['’]?t|isn['’]?t|instead\s+of|rather\s+than)\b[^,.;:!?]*", re.IGNORECASE)
"""What a question is said not to be about."""


def _next(index: Index, turn: str, before: Query | None) -> Query:
    pattern = index.settings.code_pattern
    meant = _TAKEN_BACK.sub("", turn)
    named = _named_codes(index, meant, pattern) or _named_codes(index, turn, pattern)
    known = tuple(code for code in named if code in index.by_code)
    unknown = tuple(code for code in named if code not in index.by_code)
    text = correct(index, bare_text(turn, pattern))
    vector = index.encoder.encode_one(text or turn)
    found = subjects(index, text, vector) if text else ()
    affirmed = _DENIED.sub(" ", text).strip()
    if affirmed not in ("", text):
        rest = subjects(index, affirmed, index.encoder.encode_one(affirmed))
        affirmed, found = (affirmed, rest) if rest and rest[0].belief >= SURE else (text, found)
    own = documents_of_codes(index, known) or _clear_subjects(index, affirmed or text, found, before)
    if not own and before and before.documents and (named_only := _only_subject(index, text)):
        own = named_only
    if not own and before and not before.documents and before.text and text:
        joined = f"{before.text} {text}"
        found = subjects(index, joined, index.encoder.encode_one(joined))
        own = (found[0].document,) if found and found[0].share >= SIDE else ()
    documents, carried = own, []
    if before and before.documents and not (named or own):
        documents, known = before.documents, before.codes
        carried.append("codes")
    elif before and before.text and own and _asks_nothing(index, turn, text, own):
        text = before.text
        carried.append("topic")
    kind = _kind(index, text, documents, named, before, carried)
    names_only = bool(documents) and kind in (Kind.FACT, Kind.COMPARISON) and _names_only(index, text, documents, kind)
    return Query(turn, text, kind, known, unknown, documents, found, tuple(carried), names_only)


def _names_only(index: Index, text: str, documents: Sequence[str], kind: Kind) -> bool:
    """Say whether a question about codes only asks what they are, or a comparison holds no word but those that compare and name."""
    words = set(tokenize(text)) - FUNCTION_WORDS - _REQUESTS
    if kind is not Kind.COMPARISON:
        return not words and not _ASKS_OTHERWISE.search(text)
    return words.issubset(_COMPARING.union(*(index.vocabulary(document)[2] for document in documents)))


def _named_codes(index: Index, turn: str, pattern: str) -> tuple[str, ...]:
    """Return the codes in a turn; digits alone count where just one code of the corpus has them."""
    named = list(codes_in(turn, pattern))
    named += [
        code for match in _APART_CODE.finditer(turn) if (code := "".join(match.groups()).upper()) in index.by_code and code not in named
    ]
    for word in words(turn):
        owners = [code for code in index.by_code if code[0].isalpha() and code[1:] == word] if len(word) >= 4 and word.isdigit() else []
        if len(owners) == 1 and owners[0] not in named:
            named.append(owners[0])
    return tuple(named)


def _clear_subjects(index: Index, text: str, found: Sequence[Subject], before: Query | None) -> tuple[str, ...]:
    """Return the documents that a turn without codes is clearly about: one, or the several that it sets side by side."""
    together = sides(index, text, found)
    if together and together.belief >= SIDES:
        return together.documents
    if not found:
        return ()
    top = found[0]
    named = top.share >= NAMED and _in_title(index, top.document, text)
    talking = before is not None and bool(before.documents)
    enough = SURE_ENOUGH_TO_LEAVE if talking and before and top.document not in before.documents else SURE
    return (top.document,) if named or top.belief >= enough else ()


def _is_topic(index: Index, word: str) -> bool:
    """Say whether a stem is a word of headings, which say what is asked and not of what."""
    return word in index.heading_words


def _only_subject(index: Index, text: str) -> tuple[str, ...]:
    """Return the document that the rest of "what about …", "same for …" names, where the rest names one."""
    if not _FOLLOWS.match(text):
        return ()
    rest = _FOLLOWS.sub("", text)
    if not rest or any(_is_topic(index, word) for word in tokenize(rest)):
        return ()
    found = subjects(index, rest, index.encoder.encode_one(rest))
    return (found[0].document,) if found and found[0].share >= SIDE else ()


def _in_title(index: Index, document: str, text: str) -> bool:
    """Say whether a text holds a word by which a document's title differs from most other titles."""
    return any(word in index.vocabulary(document)[2] and not _in_most_titles(index, word) for word in tokenize(text))


def _in_most_titles(index: Index, word: str) -> bool:
    return index.words.title_frequency(word) >= len(index.documents) / 2


def _asks_nothing(index: Index, turn: str, text: str, documents: Sequence[str]) -> bool:
    """Say whether a turn only names a subject ("and K0001?", "same for the second one") and asks nothing of it."""
    if not text:
        return True
    led = _FOLLOWS.match(turn) or _FOLLOWS.match(text)
    rest = _FOLLOWS.sub("", text) if led else _LEADS.sub("", text)
    content = [word for word in tokenize(rest) if word not in FUNCTION_WORDS and word not in _REQUESTS and not _in_most_titles(index, word)]
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
    return not headings.intersection(content) and len(content) <= SUBJECT_WORDS


def _kind(index: Index, text: str, documents: Sequence[str], named: Sequence[str], before: Query | None, carried: Sequence[str]) -> Kind:
    """Return the kind; where earlier questions gave the documents, only words that leave no doubt make it a case or a listing."""
    form, cuts = index.forms.read(text), index.forms.cuts
    told = before is None and len(text.split()) >= CASE_WORDS
    if "codes" in carried:
        case, listing = asks_for_code(text), lists(text)
    else:
        case = not named and form.scenario >= (cuts.scenario if told else NO_DOUBT)
        listing = not named and len(documents) < 2 and form.listing >= (NO_DOUBT if documents else cuts.listing)
    if case or listing:
        return Kind.SCENARIO if case else Kind.LISTING
    if len(documents) > 1:
        return Kind.COMPARISON
    return Kind.FACT
