"""Question and earlier questions -> what is asked, about which documents. Rules that can be read; no state, no model of its own.

Codes gate; without a code the subject is recognised by meaning, from the chunks (which carry their titles) most similar to the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from rapidfuzz.distance import OSA

from assistant.cases import amended, states_case, weighed
from assistant.glossary import names_drug
from assistant.index import Index
from assistant.kinds import Kind
from assistant.language import is_foreign
from assistant.lexical import FUNCTION_WORDS
from assistant.quantities import ORDINALS
from assistant.sides import POINTING, sides
from assistant.spelling import correct, spell_codes
from assistant.subjects import Subject, called_alike, named_by_amounts, names_none, subjects, without_title
from assistant.tokens import code_spans, codes_in, is_code, normalize, tokenize, words
from assistant.types import SectionKind
from assistant.wordings import (
    REQUESTS,
    asks_for_code,
    asks_next,
    asks_what_to_do,
    lists,
    lists_among_all,
    lists_codes,
    of_those,
    present,
    so_many,
    uncompared,
)

_ASKS = "who|whom|whose|when|where|how|which"
_ASKS_OTHERWISE = re.compile(
    rf"\b(?:{_ASKS}|why)\b"
    r"|^\W*(?:does|do|did|is|are|can|could|will|would|should|may|must)\s+(?:i|it|we|he|she|they|the|my|our|his|her|their|this|that|an?|any|one)\b",
    re.IGNORECASE,
)
"""Asks something of what it names, if only in function words."""
_RESTRICTS = re.compile(r"\bif\b|\bnot\s+(?:for|in|with)\b|\bwhat\b[^,;?]*\bfor\W*$", re.IGNORECASE)
"""Asks for a condition, an exception or what something is for, if only in function words."""
_ASKS_BY_ITSELF = re.compile(rf"\b(?:{_ASKS})\b", re.IGNORECASE)
"""Asks something without a further word: "who?", "how long?"."""
_OPENS = (
    r"(?:(?:how|what(?:['’]?s)?|who(?:['’]?s)?|when|where|why)|(?:does|do|did|is|are|can|could|will|would|should|may|must)\s+"
    r"(?:i|it|you|we|he|she|they|the|my|our|your|his|her|their|this|that|these|those|there|an?|any|one))\b"
)
_ASKS_BESIDE = re.compile(r"\b(?:who|whom|whose|when|where|how\s+(?:long|often|many|much))\b", re.IGNORECASE)
"""Asks something of what is set side by side."""
_OPENING = re.compile(r"[,;:(]")
_NEXT_QUESTION = re.compile(rf"[?;.!]+\s*(?={_OPENS})|(?:[?;.!]+\s*|,?\s+)(?:(?:and|plus|also|&)\s+)+(?={_OPENS})", re.IGNORECASE)
"""What stands between two questions: a mark or a conjunction with words after it that open a question."""
_QUESTION = re.compile(rf"(?:^\W*|[,:–-]\s+)(?:(?:and|so|ok|okay|also|please)\W+)*{_OPENS}", re.IGNORECASE)
_LEANS = re.compile(
    r"^\W*(?:(?:how|what|who|when|where|why)\s+(?:about|for|on|with|in|of|at|to|from|during|by)|(?:is|are|does|do|can)\s+(?:it|he|she|they|this|that))\b"
    r"|\b(?:too|as\s+well|either|likewise)\W*$",
    re.IGNORECASE,
)
"""Asks what the question before it asks, of another service: "…, and how for the boat?"."""
QUESTION_WORDS = 3
"""A question that can stand alone has so many words."""


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


_SYSTEM = re.compile(r"\b(?:hcpcs|cpt)\b(?:\s+codes?\b)?\W*\Z", re.IGNORECASE)
"""The name of a code system right before a code."""
_CALLED = re.compile(r"\b(?:hcpcs|cpt|codes?)\b\W*\Z", re.IGNORECASE)
"""What says right before a word that it is a code."""
_CALLED_SO = re.compile(
    r"\b(?:hcpcs|cpt|codes?)\b\W*(?P<code>\d{5}|\d{4}[a-z])\b(?!\s*[-/.,]\d)"
    r"|\b(?:a|the|of|for|under|does|do|is|bill|report)\s+(?P<number>\d{5})(?=\W*$|\s+(?:is|are|does|run|runs|take|takes|last|lasts|cover|covers|include|includes|mean)\b)",
    re.IGNORECASE,
)
"""A code of another system, called one or spoken of as one: "CPT 99601", "code 0042T", "how long does a 99601 take"."""
_EMPTY = re.compile(r"[\s:;,.?!/()-]+")


def bare_text(text: str, pattern: str) -> str:
    """Return a question without the codes in it, for these decide by the gate and not by similarity; "it" stands in inside a sentence."""
    return _without_codes(text, code_spans(text, pattern))


def _without_codes(text: str, spans: Sequence[tuple[int, int]]) -> str:
    if not spans:
        return text
    for start, end in reversed(spans):
        before = _SYSTEM.sub(" ", text[:start]).rstrip(" -–—")
        stands_in = " it " if before[-1:].isalnum() or before[-2:-1].isalnum() and before[-1:] in "'’" else " "
        text = f"{before}{stands_in}{text[end:]}"
    left = " ".join(text.split())
    return left.strip(" :,;-–—") if _EMPTY.sub("", left.removesuffix(" it")) else ""


def _code_spans(index: Index, text: str) -> list[tuple[int, int]]:
    """Return where a text names codes of the corpus, or what must be meant as codes: other words of that form may be a dose or a room.

    What is typed in two words ("vitamin D 2000") is a code after the word "code"; what has a digit too few or too many, if it is one digit
    off a code of the corpus.
    """
    pattern = index.settings.code_pattern

    def is_meant(start: int, end: int) -> bool:
        word = text[start:end]
        (code,) = codes_in(word, pattern) or (word.upper(),)
        if code in index.by_code or _CALLED.search(text[:start]):
            return True
        return " " not in word and (is_code(code, pattern) or any(OSA.distance(code, one, score_cutoff=1) <= 1 for one in index.by_code))

    return [(start, end) for start, end in code_spans(text, pattern) if is_meant(start, end)]


def documents_of_codes(index: Index, codes: Sequence[str]) -> tuple[str, ...]:
    """Return, for each code in order, the id of the document that describes it; of several the one whose word counts most."""
    return tuple(dict.fromkeys(index.by_code[code][0] for code in codes if code in index.by_code))


_FOLLOWS = re.compile(
    r"^(?:(?:and|n|ok|okay|so|now|then|but|also|plus|no|sorry|wait|oops|actually)\b[\s,!.]*)*"
    r"(?:(?:what|how)\s+about|(?:no|sorry|wait|oops|actually)\b(?=\s*[,!.])|i\s+meant?|make\s+(?:that|it)|(?:switch|change|turn|move|go|on)(?:ing)?\s+(?:over\s+)?to|as\s+for|(?:the\s+)?same(?:\s+(?:thing|question))?(?:\s+(?:for|with|about))?|for|with|about|and)\b[\s,]*",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:?]")
_SAME = re.compile(r"\bsame\b", re.IGNORECASE)
_QUOTED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_POINTS = re.compile(
    rf"\b(?:(?:go(?:ing)?\s+)?back\s+to\s+)?(?:the\s+)?(?P<which>{'|'.join(ORDINALS)}|other|previous|earlier)\s+"
    r"(?:one|code|service|therapy|treatment|procedure)s?\b|\bthe\s+(?P<side>former|latter|others?(?=\W*$))\b"
    rf"|\bback\s+to\s+the\s+(?P<back>{'|'.join(ORDINALS)}|other|previous|earlier)\b(?=\W*$|\s*[,;:.–-])",
    re.IGNORECASE,
)
"""Points to something spoken of before: "the other one", "back to the first code", "the latter"."""
_IF = re.compile(
    r"^\W*(?:what\s+|how\s+)?(?:(?:about\s+)?(?:if|when|once)|about|instead|suppose|assume|say|make\s+(?:it|that))\b", re.IGNORECASE
)
"""Supposes something else of what was said before, from its first word on."""
_SUPPOSES = re.compile(r"\b(?:if|when|once|instead)\b", re.IGNORECASE)
_LEADS = re.compile(r"^(?:and|n|ok|okay|so|now|then|but|also|plus)\b[\s,]*", re.IGNORECASE)
SURE = 0.34
"""A question without a code is about a document that has this belief: on `eval/` dev nearly always the right one."""
SIDES = 0.5
"""A question sets documents side by side when this is how sure it is; see training/fit_subjects.py."""
SIDE = 0.6
"""What follows "what about", or a question together with the one before it, names a document that has this share among all."""
LEAST_NAMED = 0.2
"""What follows "what about" names a document only from this belief on."""
NAMED = 0.5
"""… or this share among all, where the question has a word by which its title differs."""
RIVALS, TWIN = 0.15, 0.3
"""Another document rivals the first one from this part of its share on, and from the second one that is called alike is meant as well."""
ITS_OWN, KEPT_USING = 0.3, 3
"""… or this one, where the question has a word that stands so often in the document, one time less if the model does not know it, and in
no other."""
SURE_ENOUGH_TO_LEAVE = 0.5
"""In a conversation, a question leaves the subject of the one before only for one with this belief."""
NO_DOUBT = 0.9
"""How sure a question's form must be where an earlier turn, a clear subject, or few words speak against it."""
CASE_WORDS = 6
"""A case is described in so many words at least; chosen on `eval/` dev."""
SUBJECT_WORDS = 5
"""A follow-up that only names a subject does so in so many words."""
NAME_WORDS = 3
"""… or in so many words of a title, whole or cut short, without "and" or "what about" before them: "chemo?"."""
CUT_SHORT = 4
"""A word is cut short that has so many of the first letters of another."""


REMEMBERED = 256
"""Conversations kept at hand: each turn comes with those before it again."""


def understand(index: Index, question: str, history: Sequence[str]) -> Query:
    """Return the complete query that `question` stands for after `history`, the earlier questions in order.

    A turn that names codes or a clear subject speaks of these; another speaks of what the turn before it spoke of. A turn that names
    a subject and nothing to ask of it asks again what was asked before; one that only leans on it ("why?") asks on.
    """
    query = index.recall(_after, (*history, question), REMEMBERED)
    return replace(query, foreign=is_foreign(index, spell_codes(index, query.question)))


def _after(index: Index, turns: tuple[str, ...]) -> Query:
    """Return the query that the last of some turns stands for."""
    before = index.recall(_after, turns[:-1], REMEMBERED) if len(turns) > 1 else None
    turn = normalize(_unquoted(turns[-1]))
    return _of_several(index, turn, before) or _next(index, turn, before)


def about(index: Index, query: Query, code: str) -> Query:
    """Return a query as it is asked of one code of the corpus, whatever else it names."""
    documents = documents_of_codes(index, (code,))
    only = _names_only(index, query.text, documents, Kind.FACT)
    asked = Query(query.question, query.text, Kind.FACT, (code,), (), documents, foreign=query.foreign, names_only=only)
    return _apart(asked, query.text)


def _unquoted(turn: str) -> str:
    """Return a turn that was pasted from an address as it was typed there; another as it is."""
    return unquote_plus(turn) if _QUOTED.search(turn) and not turn.count(" ") else turn


_TAKES_BACK = re.compile(r"\b(?:(?:no|wait|sorry|oops|correction)\b[\s,]*)+(?:i\s+mean[t]?\b|make\s+that\b|rather\b)", re.IGNORECASE)
"""Takes back what was said before it within one question."""
_RULES_OUT = re.compile(r"(?:\bnot|n['’]t\s+mean)\s+(?:(?:the|for|about|code|hcpcs|in)\s+)*\Z", re.IGNORECASE)
"""Says that the code after it is not meant."""
_DENIED = re.compile(
    r"\b(?:not?|without|aren['’]?t|isn['’]?t|don['’]?t\s+(?:want|mean|need|care)|instead\s+of|rather\s+than)\b[^,.;:!?]*", re.IGNORECASE
)
"""What a question is said not to be about."""
_NOT_THE = re.compile(r"not\s+(?:(?:for|about|of|in|with)\s+)?(?:the|that|those)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One turn by itself: the codes in it, those of the corpus and others, its further words, and the documents these may be about.

    `affirmed` is what is left of the words without what the turn says it is not about, where that names a subject.
    """

    turn: str
    named: tuple[str, ...]
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    text: str
    affirmed: str
    found: tuple[Subject, ...]


def _hear(index: Index, turn: str) -> _Spoken:
    pattern = index.settings.code_pattern
    spoken = spell_codes(index, turn)
    spans = _code_spans(index, spoken)
    mentioned = {span for span in spans if _mentioned(index, spoken, spans, span)}
    spans = [span for span in spans if span not in mentioned]
    meant = [(a, b) for a, b in spans if not _TAKES_BACK.search(spoken, b) and not _RULES_OUT.search(spoken[:a])] or spans
    named = tuple(dict.fromkeys(code for a, b in meant for code in codes_in(spoken[a:b], pattern)))
    known = tuple(code for code in named if code in index.by_code)
    unknown = tuple(code for code in named if code not in index.by_code and not (known and _may_be_amount(code, pattern)))
    if not named:
        named = unknown = _of_other_systems(index, spoken)
    text = correct(index, _without_codes(spoken, spans))
    affirmed = _DENIED.sub(" ", text).strip()
    if affirmed not in ("", text):
        found = subjects(index, affirmed)
        if found and (found[0].belief >= SURE or (found[0].share >= SIDE and found[0].belief >= LEAST_NAMED)):
            return _Spoken(spoken, named, known, unknown, text, affirmed, found)
        if left := _without_denied(index, found, _DENIED.findall(text)):
            return _Spoken(spoken, named, known, unknown, text, affirmed, left)
    return _Spoken(spoken, named, known, unknown, text, text, subjects(index, text) if text else ())


def _without_denied(index: Index, found: Sequence[Subject], denied: Sequence[str]) -> tuple[Subject, ...]:
    """Return the subjects of a text without those that it says it is not about, whose part the others take over; none if it names none."""
    if not found:
        return ()
    likely = [one.document for one in found]
    out = {name for part in denied if _NOT_THE.match(part) for name in named_by_amounts(index, part, likely[0], likely)}
    left = [one for one in found if one.document not in out]
    if not out or not left:
        return ()
    share, belief = sum(one.share for one in left), sum(one.belief for one in left)
    whole = sum(one.belief for one in found)
    return tuple(replace(one, share=one.share / share, belief=min(one.belief * whole / belief, 1.0)) for one in left)


def _context(before: Query, carried: tuple[str, ...]) -> str:
    """Return the earlier question in the light of which a turn is read: the one before, or with its topic that one's own."""
    return before.text if carried == ("codes",) else before.context if carried == ("topic",) else ""


def _mentioned(index: Index, text: str, spans: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Say whether what stands at `span` is a code that no document describes, but that the one which the rest is about speaks of.

    A comparison asks what that code is itself.
    """
    pattern = index.settings.code_pattern
    code = next(iter(codes_in(text[span[0] : span[1]], pattern)), "")
    word = code.casefold()
    if code in index.by_code or not is_code(code, pattern) or not index.words.document_frequency(word):
        return False
    if index.forms.read(text).comparison >= index.forms.cuts.comparison:
        return False
    documents = documents_of_codes(index, [one for a, b in spans for one in codes_in(text[a:b], pattern)])
    if not documents:
        found = subjects(index, rest) if (rest := _without_codes(text, spans)) else ()
        documents = tuple(one.document for one in found[:1] if one.belief >= SURE_ENOUGH_TO_LEAVE)
    return any(word in index.vocabulary(name)[0] for name in documents)


def _of_other_systems(index: Index, text: str) -> tuple[str, ...]:
    """Return the codes of other systems that a text names as such and no document speaks of."""
    called = dict.fromkeys((match["code"] or match["number"]).upper() for match in _CALLED_SO.finditer(text))
    return tuple(code for code in called if code not in index.by_code and not index.words.document_frequency(code.casefold()))


def _next(index: Index, turn: str, before: Query | None) -> Query:
    heard = _hear(index, turn)
    own, found = _named(index, heard, before)
    documents, codes, text = own, heard.known, heard.text
    if before and before.documents and not (heard.named or own):
        documents = own = _pointed(text, before) or _so_many_spoken(text, before)
        text = _POINTS.sub("it", text)
        if not own and _asks_of_others(index, heard, text, before):
            return _asked_of_others(index, turn, before)
    if before and not heard.named and (case := _changed_case(index, before, heard.turn, text, own)):
        return _case(index, turn, case, before)
    carried: tuple[str, ...] = ()
    if before and before.documents and not (heard.named or own):
        documents, codes, carried = before.documents, before.codes, ("codes",)
        if before.text and _asks_on(text):
            text, carried = f"{before.text} {text}", ("codes", "topic")
    elif before and before.text and own and _asks_nothing(index, heard.turn, text, own, asked_back=not before.documents):
        text, carried = (text, ("codes",)) if own == before.documents and text else (before.text, ("topic",))
    if before and own and own != before.documents and carried != ("topic",):
        text = _led(text)[1] or text
    kind = _kind(index, text, documents, heard.named, before, carried)
    if kind is Kind.SCENARIO and (now := present(text)) != text:
        text, found = now, subjects(index, now)
    if kind is Kind.SCENARIO and not carried:
        documents = own = _fitting(index, text, found)
    asked = tuple((document, _topic(index, before, document)) for document in documents) if before and carried == ("topic",) else ()
    query = Query(
        turn,
        text,
        kind,
        codes,
        heard.unknown,
        documents,
        found,
        carried,
        asked,
        names_only=bool(documents) and kind in (Kind.FACT, Kind.COMPARISON) and _names_only(index, text, documents, kind),
        context=_context(before, carried) if before else "",
        spoken=(*(before.spoken if before else ()), *documents),
        follows=_followed(heard.turn, documents, before),
    )
    return _apart(query, dict(asked).get(documents[0], text)) if len(documents) == 1 and kind is Kind.FACT else query


def _apart(query: Query, text: str) -> Query:
    """Return a query about one document with the several questions that are asked of it."""
    return replace(query, questions=tuple(replace(query, text=one, asked=()) for one in _questions(text)))


def _of_several(index: Index, turn: str, before: Query | None) -> Query | None:
    """Return a turn that asks one question after the other, each of another document; None for any other turn."""
    found: list[Query] = []
    parts = _questions(turn)
    if any(map(_LEANS.search, parts[1:])):
        return None
    for part in parts:
        found.append(_next(index, part, found[-1] if found else before))
    own = [one.documents for one in found if one.kind is Kind.FACT and len(one.documents) == 1 and not one.unknown]
    if len(own) < len(found) or len(set(own)) < 2:
        return None
    documents = tuple(dict.fromkeys(name for names in own for name in names))
    codes = tuple(dict.fromkeys(code for one in found for code in one.codes))
    heard = _hear(index, turn)
    return Query(turn, heard.text, Kind.COMPARISON, codes, (), documents, heard.found, questions=tuple(found), spoken=found[-1].spoken)


def _named(index: Index, heard: _Spoken, before: Query | None) -> tuple[tuple[str, ...], tuple[Subject, ...]]:
    """Return the documents that a turn itself names, by codes or in words, and all it may be about; with an unclear turn before."""
    own = documents_of_codes(index, heard.known) or _clear_subjects(index, heard.affirmed, heard.found, before)
    if own or not before:
        return own, heard.found
    if before.documents:
        only = _only_subject(index, heard.text) or _sibling(index, heard, before)
        return only if only != before.documents else (), heard.found
    if before.text and heard.text:
        both = subjects(index, f"{before.text} {heard.text}")
        if both and both[0].share >= SIDE:
            return (both[0].document,), both
    return (), heard.found


def _pointed(text: str, before: Query) -> tuple[str, ...]:
    """Return the documents that a turn points to among those that the conversation has been about; none where it points to none.

    "The first one" is the first of several that the turn before set side by side, else of all; "the other one" the last that was spoken
    of before the turn before changed to another, or beside it.
    """
    first, last = [*dict.fromkeys(before.spoken)], [*dict.fromkeys(reversed(before.spoken))]
    beside = before.documents if len(before.documents) > 1 else first
    others = [name for name in last if name not in before.documents] if len(before.documents) < 2 else []
    found: list[str] = []
    for match in _POINTS.finditer(text):
        which = _which(match)
        if which in ("former", "latter"):
            place = 0 if which == "former" else 1
            found += beside[place : place + 1] if len(beside) > 1 else []
        elif which in ORDINALS:
            found += beside[ORDINALS.index(which) :][:1]
        else:
            found += others if match.group().casefold().endswith("s") else others[:1]
    return tuple(dict.fromkeys(found))


def _so_many_spoken(text: str, before: Query) -> tuple[str, ...]:
    """Return the last documents of a conversation where a turn sets so many beside each other, more than the turn before was about."""
    last, count = [*dict.fromkeys(reversed(before.spoken))], so_many(text)
    return tuple(reversed(last[:count])) if len(before.documents) < count <= len(last) else ()


def _asks_of_others(index: Index, heard: _Spoken, text: str, before: Query) -> bool:
    """Say whether a turn points to another document than the one just spoken of and asks nothing of it, where no other was spoken of."""
    pointing = _POINTS.search(heard.text)
    if pointing is None or not before.text or len(before.documents) != 1:
        return False
    return _is_other(pointing) and _asks_nothing(index, heard.turn, text, before.documents)


def _asked_of_others(index: Index, turn: str, before: Query) -> Query:
    """Return what the turn before asked, as it is asked of any document but those that it was asked of."""
    text = _topic(index, before, "")
    others = tuple(one for one in subjects(index, text) if one.document not in before.documents)
    return Query(turn, text, Kind.FACT, (), (), (), others, ("topic",), spoken=before.spoken)


def _alters_case(turn: str) -> bool:
    """Say whether a turn supposes another amount, place or route of the case that the turn before described."""
    if not states_case(turn):
        return False
    rest = _LEADS.sub("", turn)
    short = len(rest.split()) <= SUBJECT_WORDS and not _ASKS_OTHERWISE.search(rest)
    return short or bool(_IF.search(rest)) or (asks_for_code(turn) and bool(_SUPPOSES.search(rest)))


def _followed(turn: str, documents: Sequence[str], before: Query | None) -> Query | None:
    """Return the turn before one that asks for nothing but what comes next in the same document."""
    return before if before and tuple(documents) == before.documents and asks_next(turn) else None


def _changed_case(index: Index, before: Query, turn: str, text: str, own: Sequence[str]) -> str:
    """Return the case before a turn as that alters it, or what it supposes instead by a drug or a service; "" where it does neither."""
    if before.kind is not Kind.SCENARIO:
        return ""
    if _alters_case(turn):
        return amended(before.text, text)
    rest = _LEADS.sub("", turn)
    supposed = _IF.match(rest)
    instead = rest[supposed.end() :] if supposed and (own or names_drug(index, turn)) else ""
    return "" if _ASKS_OTHERWISE.search(instead) else instead


def _case(index: Index, turn: str, text: str, before: Query) -> Query:
    """Return the case that the turn before described as a turn alters it: asked of all documents again."""
    found = subjects(index, text)
    documents = _fitting(index, text, found)
    return Query(turn, text, Kind.SCENARIO, (), (), documents, found, ("topic",), spoken=(*before.spoken, *documents))


def _fitting(index: Index, text: str, found: Sequence[Subject]) -> tuple[str, ...]:
    """Return the document that a case fits, which the turns after it are about; none where it fits none."""
    return tuple(one.document for one in weighed(index, text, found) if one.fits)


def _is_other(pointing: re.Match[str]) -> bool:
    """Say whether what points to a document leaves out the one just spoken of."""
    return _which(pointing).startswith("other")


def _which(pointing: re.Match[str]) -> str:
    return (pointing["which"] or pointing["side"] or pointing["back"]).casefold()


def _asks_on(text: str) -> bool:
    """Say whether a turn only asks on from the one before: "why?", "and if not?"."""
    return all(word in FUNCTION_WORDS for word in tokenize(text)) and not _ASKS_BY_ITSELF.search(text)


def _topic(index: Index, before: Query, document: str) -> str:
    """Return what the turn before asked as it is asked of another document, without the words that name what it was asked of."""
    text = before.text
    for name in before.documents:
        text = text if name == document else without_title(index, text, name)
    return text


def _may_be_amount(code: str, pattern: str) -> bool:
    """Say whether what looks like a code may be a number, or a strength such as U100, beside one that is a code without doubt."""
    return code.isdigit() or not is_code(code, pattern)


def _questions(text: str) -> tuple[str, ...]:
    """Return the questions that a text asks one after the other; none where it asks one alone, or says something else as well."""
    parts = [part.strip(" ,;") for part in _NEXT_QUESTION.split(text)]
    whole = all(_QUESTION.search(part) and len(part.split()) >= QUESTION_WORDS for part in parts)
    return tuple(parts) if whole and len(parts) > 1 else ()


def _names_only(index: Index, text: str, documents: Sequence[str], kind: Kind) -> bool:
    """Say whether a question about codes only asks what they are, or a comparison holds no word but those that compare and name."""
    words = set(tokenize(uncompared(text) if kind is Kind.COMPARISON else text)) - FUNCTION_WORDS - REQUESTS
    if _RESTRICTS.search(text):
        return False
    if kind is not Kind.COMPARISON:
        return not words and not _ASKS_OTHERWISE.search(text)
    titles = [index.vocabulary(document)[2] for document in documents]
    return words.issubset(frozenset().union(*titles) - _told_alike(index, documents)) and not _ASKS_BESIDE.search(text)


def _told_alike(index: Index, documents: Sequence[str]) -> frozenset[str]:
    """Return the words that the titles of documents share behind what they open with: these say what all include, and name none."""
    alike = frozenset.intersection(*(index.vocabulary(document)[2] for document in documents))
    return alike.difference(*(tokenize(_OPENING.split(index.by_id[document].title_text)[0]) for document in documents))


def _clear_subjects(index: Index, text: str, found: Sequence[Subject], before: Query | None) -> tuple[str, ...]:
    """Return the documents that a turn without codes is clearly about: one, or the several that it sets side by side."""
    together = sides(index, text, found) if not (before and _POINTS.search(text)) else None
    if together and together.belief >= SIDES:
        return together.documents
    if not found:
        return ()
    top = found[0]
    named = named_by_amounts(index, text, top.document, [one.document for one in found])
    if len(named) > 1 or (named == (top.document,) and top.share >= NAMED):
        return named
    leaves = before is not None and bool(before.documents) and top.document not in before.documents
    if leaves and names_none(index, text):
        return ()
    return (top.document,) if _is_clear(index, text, found, leaves) else ()


def _is_clear(index: Index, text: str, found: Sequence[Subject], leaves: bool) -> bool:
    """Say whether a text is about the first of its subjects: by belief, or by a word of its title, which alone leaves no other subject.

    A word that the title of another likely one has too names neither; of two called alike that are about as likely, neither is clear. One
    that the document keeps using, and no other has, names it.
    """
    top, *others = found
    rivals = [one.document for one in others if one.share >= RIVALS * top.share]
    named = top.share >= NAMED and _in_title(index, top.document, text, rivals)
    named = named or (top.share >= ITS_OWN and _is_its_own(index, top.document, text))
    twin = any(one.share >= TWIN * top.share and called_alike(index, one.document, top.document) for one in others)
    return (top.belief >= (SURE_ENOUGH_TO_LEAVE if leaves and not named else SURE) and not twin) or (named and not leaves)


def _is_topic(index: Index, word: str) -> bool:
    """Say whether a stem is a word of headings, which say what is asked and not of what."""
    return word in index.heading_words


def _only_subject(index: Index, text: str) -> tuple[str, ...]:
    """Return the document that the rest of "what about …", "same for …" names, where the rest names one."""
    rest, _ = _led(text)
    words = [word for word in tokenize(rest) if word not in FUNCTION_WORDS]
    if not words or any(_is_topic(index, word) for word in words):
        return ()
    found = subjects(index, rest)
    return (found[0].document,) if found and found[0].share >= SIDE and found[0].belief >= LEAST_NAMED else ()


def _sibling(index: Index, heard: _Spoken, before: Query) -> tuple[str, ...]:
    """Return the document called as the one spoken of is that a turn names by its amount alone: "and for every 8 hours?"."""
    last = before.documents[0]
    among = (*index.alike(last), *(one.document for one in heard.found))
    named = named_by_amounts(index, heard.text, last, dict.fromkeys(among)) if len(before.documents) == 1 else ()
    return named if len(named) == 1 else ()


def _led(text: str) -> tuple[str, str]:
    """Return what a turn such as "as for the pump, who fills it?" changes to, and what it asks of that; nothing where it does not do so."""
    led = _FOLLOWS.match(text)
    if not led:
        return "", ""
    name, *rest = _CLAUSE_END.split(text[led.end() :], maxsplit=1)
    return (name, rest[0].strip()) if rest and _ASKS_OTHERWISE.search(rest[0]) else (text[led.end() :], "")


def _in_title(index: Index, document: str, text: str, rivals: Sequence[str]) -> bool:
    """Say whether a text holds a word by which a document's title differs from most other titles, and from those of its rivals."""
    title = index.vocabulary(document)[2].difference(FUNCTION_WORDS, *(index.vocabulary(one)[2] for one in rivals))
    return any(word in title and not _in_most_titles(index, word) for word in tokenize(text))


def _is_its_own(index: Index, document: str, text: str) -> bool:
    """Say whether a text holds a word, such as a drug's name, that a document keeps using and no other has."""
    held = index.vocabulary(document)[0] - FUNCTION_WORDS
    alone = [w for w in tokenize(text) if w in held and index.words.document_frequency(w) == 1 and not _is_topic(index, w)]
    said = index.by_id[document].text.casefold() if alone and len(index.documents) > 1 else ""
    strange = {stem for word in words(text) if not index.encoder.knows(word) for stem in tokenize(word)}

    def often(word: str) -> int:
        return sum(tokenize(form) == (word,) for form in re.findall(rf"\b{re.escape(word)}\w*", said))

    return any(often(word) >= (KEPT_USING - (word in strange)) for word in alone)


def _names(index: Index, document: str, word: str) -> bool:
    """Say whether a stem is a word of a document's title, or one cut short, and heads nothing."""
    titled = index.vocabulary(document)[2]
    return not _is_topic(index, word) and (word in titled or (len(word) >= CUT_SHORT and any(one.startswith(word) for one in titled)))


def _in_most_titles(index: Index, word: str) -> bool:
    return index.words.title_frequency(word) > len(index.documents) / 2


def _asks_nothing(index: Index, turn: str, text: str, documents: Sequence[str], *, asked_back: bool = False) -> bool:
    """Say whether a turn only names a subject ("and K0001?", "same for the second one") and asks nothing of it.

    A few words after a question that was `asked_back` about name one, whatever they are.
    """
    if not text:
        return True
    led = _FOLLOWS.match(turn) or _FOLLOWS.match(text)
    rest = _FOLLOWS.sub("", text) if led else _LEADS.sub("", text)
    if _ASKS_OTHERWISE.search(rest) or _led(text)[1]:
        return False
    asking_nothing = FUNCTION_WORDS | REQUESTS | POINTING
    content = [word for word in tokenize(rest) if word not in asking_nothing and not _in_most_titles(index, word)]
    if not content:
        return True
    if led and _SAME.search(led.group()):
        return len(content) <= SUBJECT_WORDS
    if not led and (not asked_back or _QUESTION.search(text)):
        return len(documents) == 1 and len(content) <= NAME_WORDS and all(_names(index, documents[0], word) for word in content)
    headings = {
        token
        for document in documents
        for section in index.by_id[document].sections
        if section.kind is SectionKind.BODY
        for token in tokenize(section.heading)
    }
    return not headings.intersection(content) and len(content) <= SUBJECT_WORDS


def _kind(index: Index, text: str, documents: Sequence[str], named: Sequence[str], before: Query | None, carried: Sequence[str]) -> Kind:
    """Return the kind; where earlier questions gave the documents, only words that leave no doubt make it a case or a listing.

    What lists within a document that it is clearly about ("all the risks of …", "which of those …") is no listing over documents; one over
    several that it names is ("which of these needs a pump: …?").
    """
    form, cuts = index.forms.read(text), index.forms.cuts
    told = before is None and len(text.split()) >= CASE_WORDS
    if "codes" in carried:
        case, listing = asks_for_code(text), lists(text) and not (len(documents) == 1 and of_those(text))
    else:
        case = not named and form.scenario >= (cuts.scenario if told else NO_DOUBT) and not asks_what_to_do(text)
        sure = form.listing >= NO_DOUBT and lists_codes(text) if documents else form.listing >= cuts.listing
        listing = not named and len(documents) < 2 and (sure or lists_among_all(text))
        beside = form.comparison if len(documents) > 2 else NO_DOUBT
        listing = listing or (len(documents) > 1 and lists(text) and form.listing >= beside)
    if case or listing:
        return Kind.SCENARIO if case else Kind.LISTING
    if len(documents) > 1:
        return Kind.COMPARISON
    return Kind.FACT
