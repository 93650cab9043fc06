"""A turn and the query before it -> how the turn leans on that: what it points to, asks again of another, asks next or supposes instead.

Each function tells one way to lean; which of them counts for a turn is told in `understanding`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.cases import amended, states_case
from assistant.glossary import names_drug
from assistant.index import Index
from assistant.kinds import Kind
from assistant.lexical import FUNCTION_WORDS
from assistant.names import in_most_titles, named_by_amounts
from assistant.quantities import ORDINALS
from assistant.query import Query
from assistant.sides import POINTING
from assistant.subjects import is_topic, subjects, without_title
from assistant.tokens import tokenize
from assistant.turns import LEAST_NAMED, SIDE, SURE_ENOUGH_TO_LEAVE, Spoken
from assistant.types import SectionKind
from assistant.wordings import REQUESTS, asks_by_itself, asks_for_code, asks_next, asks_something, opens_question, so_many

SUBJECT_WORDS = 5
"""A follow-up that only names a subject does so in so many words."""
NAME_WORDS = 3
"""… or in so many words of a title, whole or cut short, without "and" or "what about" before them: "chemo?"."""
CUT_SHORT = 4
"""A word is cut short that has so many of the first letters of another."""
_LEANS = re.compile(
    r"^\W*(?:(?:how|what|who|when|where|why)\s+(?:about|for|on|with|in|of|at|to|from|during|by)|(?:is|are|does|do|can)\s+(?:it|he|she|they|this|that))\b"
    r"|\b(?:too|as\s+well|either|likewise)\W*$",
    re.IGNORECASE,
)
"""Asks what the question before it asks, of another service: "…, and how for the boat?"."""
_FOLLOWS = re.compile(
    r"^(?:(?:and|n|ok|okay|so|now|then|but|also|plus|no|sorry|wait|oops|actually)\b[\s,!.]*)*"
    r"(?:(?:what|how)\s+about|(?:no|sorry|wait|oops|actually)\b(?=\s*[,!.])|i\s+meant?|make\s+(?:that|it)|(?:switch|change|turn|move|go|on)(?:ing)?\s+(?:over\s+)?to|as\s+for|(?:the\s+)?same(?:\s+(?:thing|question))?(?:\s+(?:for|with|about))?|for|with|about|and)\b[\s,]*",
    re.IGNORECASE,
)
"""Leads to another subject: "what about …", "same for …", "no, I meant …"."""
_LEADS = re.compile(r"^(?:and|n|ok|okay|so|now|then|but|also|plus)\b[\s,]*", re.IGNORECASE)
"""A word that joins a turn to the one before."""
_SAME = re.compile(r"\bsame\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:?]")
_POINTS = re.compile(
    rf"\b(?:(?:go(?:ing)?\s+)?back\s+to\s+)?(?:the\s+)?(?P<which>{'|'.join(ORDINALS)}|other|previous|earlier)\s+"
    r"(?:one|code|service|therapy|treatment|procedure)s?\b|\bthe\s+(?P<side>former|latter|others?(?=\W*$))\b"
    rf"|\bthe\s+(?P<of>{'|'.join(ORDINALS)}|former|latter)\s+of\s+(?:the|those|these)\s+(?:two|three|four|five|ones?)\b"
    rf"|\bback\s+to\s+the\s+(?P<back>{'|'.join(ORDINALS)}|other|previous|earlier)\b(?=\W*$|\s*[,;:.–-])",
    re.IGNORECASE,
)
"""Points to something spoken of before: "the other one", "back to the first code", "the latter"."""
_IF = re.compile(
    r"^\W*(?:what\s+|how\s+)?(?:(?:about\s+)?(?:if|when|once)|about|instead|suppose|assume|say|make\s+(?:it|that))\b", re.IGNORECASE
)
"""Supposes something else of what was said before, from its first word on."""
_SUPPOSES = re.compile(r"\b(?:if|when|once|instead)\b", re.IGNORECASE)
"""The same wherever it stands."""


def leans(text: str) -> bool:
    """Say whether a turn asks what the question before it asks, of another service: "…, and how for the boat?"."""
    return bool(_LEANS.search(text))


def points_back(text: str) -> bool:
    """Say whether a turn points to something spoken of before: "the other one", "back to the first code", "the latter"."""
    return bool(_POINTS.search(text))


def without_pointing(text: str) -> str:
    """Return a turn with "it" in place of what points to something spoken of before."""
    return _POINTS.sub("it", text)


def pointed(text: str, before: Query) -> tuple[str, ...]:
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


def so_many_spoken(text: str, before: Query) -> tuple[str, ...]:
    """Return the last documents of a conversation where a turn sets so many beside each other, more than the turn before was about."""
    last, count = [*dict.fromkeys(reversed(before.spoken))], so_many(text)
    return tuple(reversed(last[:count])) if len(before.documents) < count <= len(last) else ()


def points_to_others(index: Index, heard: Spoken, text: str, before: Query) -> bool:
    """Say whether a turn points to another document than the one just spoken of and asks nothing of it, where no other was spoken of."""
    pointing = _POINTS.search(heard.text)
    if pointing is None or not before.text or len(before.documents) != 1:
        return False
    return _is_other(pointing) and asks_nothing(index, heard.turn, text, before.documents)


def asked_of_others(index: Index, turn: str, before: Query) -> Query:
    """Return what the turn before asked, as it is asked of any document but those that it was asked of."""
    text = topic_for(index, before, "")
    others = tuple(one for one in subjects(index, text) if one.document not in before.documents)
    return Query(turn, text, Kind.FACT, (), (), (), others, ("topic",), spoken=before.spoken)


def _is_other(pointing: re.Match[str]) -> bool:
    """Say whether what points to a document leaves out the one just spoken of."""
    return _which(pointing).startswith("other")


def _which(pointing: re.Match[str]) -> str:
    """Return the word by which something points: "first", "other", "latter"."""
    return (pointing["which"] or pointing["side"] or pointing["of"] or pointing["back"]).casefold()


def followed(turn: str, documents: Sequence[str], before: Query | None) -> Query | None:
    """Return the turn before one that asks for nothing but what comes next in the same document."""
    return before if before and tuple(documents) == before.documents and asks_next(turn) else None


def changed_case(index: Index, before: Query, turn: str, text: str, own: Sequence[str]) -> str:
    """Return the case before a turn as that alters it, or what it supposes instead by a drug or a service; "" where it does neither."""
    if before.kind is not Kind.SCENARIO:
        return ""
    if _alters_case(turn):
        return amended(before.text, text)
    rest = _LEADS.sub("", turn)
    supposed = _IF.match(rest)
    instead = rest[supposed.end() :] if supposed and (own or names_drug(index, turn)) else ""
    return "" if asks_something(instead) else instead


def _alters_case(turn: str) -> bool:
    """Say whether a turn supposes another amount, place or route of the case that the turn before described."""
    if not states_case(turn):
        return False
    rest = _LEADS.sub("", turn)
    short = len(rest.split()) <= SUBJECT_WORDS and not asks_something(rest)
    return short or bool(_IF.search(rest)) or (asks_for_code(turn) and bool(_SUPPOSES.search(rest)))


def asks_on(text: str) -> bool:
    """Say whether a turn only asks on from the one before: "why?", "and if not?"."""
    return all(word in FUNCTION_WORDS for word in tokenize(text)) and not asks_by_itself(text)


def topic_for(index: Index, before: Query, document: str) -> str:
    """Return what the turn before asked as it is asked of another document, without the words that name what it was asked of."""
    text = before.text
    for name in before.documents:
        text = text if name == document else without_title(index, text, name)
    return text


def context_of(before: Query, carried: tuple[str, ...]) -> str:
    """Return the earlier question in the light of which a turn is read: the one before, or with its topic that one's own."""
    return before.text if carried == ("codes",) else before.context if carried == ("topic",) else ""


def only_subject(index: Index, text: str) -> tuple[str, ...]:
    """Return the document that the rest of "what about …", "same for …" names; a question has to name it more surely."""
    rest, _ = led_to(text)
    words = [word for word in tokenize(rest) if word not in FUNCTION_WORDS]
    if not words or any(is_topic(index, word) for word in words):
        return ()
    found = subjects(index, rest)
    least = SURE_ENOUGH_TO_LEAVE if asks_something(rest) else LEAST_NAMED
    return (found[0].document,) if found and found[0].share >= SIDE and found[0].belief >= least else ()


def asks_the_same(text: str) -> bool:
    """Say whether a turn asks for something the same as the turn before: "same for the boat?"."""
    led = _FOLLOWS.match(text)
    return led is not None and bool(_SAME.search(led.group()))


def sibling(index: Index, heard: Spoken, before: Query) -> tuple[str, ...]:
    """Return the document called as the one spoken of is that a turn names by its amount alone: "and for every 8 hours?"."""
    last = before.documents[0]
    among = (*index.alike(last), *(one.document for one in heard.found))
    named = named_by_amounts(index, heard.text, last, dict.fromkeys(among)) if len(before.documents) == 1 else ()
    return named if len(named) == 1 else ()


def led_to(text: str) -> tuple[str, str]:
    """Return what a turn such as "as for the pump, who fills it?" changes to, and what it asks of that; nothing where it does not do so."""
    led = _FOLLOWS.match(text)
    if not led:
        return "", ""
    name, *rest = _CLAUSE_END.split(text[led.end() :], maxsplit=1)
    return (name, rest[0].strip()) if rest and asks_something(rest[0]) else (text[led.end() :], "")


def asks_nothing(index: Index, turn: str, text: str, documents: Sequence[str], *, asked_back: bool = False) -> bool:
    """Say whether a turn only names a subject ("and K0001?", "same for the second one") and asks nothing of it.

    A few words after a question that was `asked_back` about name one, whatever they are.
    """
    if not text:
        return True
    led = _FOLLOWS.match(turn) or _FOLLOWS.match(text)
    rest = _FOLLOWS.sub("", text) if led else _LEADS.sub("", text)
    if asks_something(rest) or led_to(text)[1]:
        return False
    asking_nothing = FUNCTION_WORDS | REQUESTS | POINTING
    content = [word for word in tokenize(rest) if word not in asking_nothing and not in_most_titles(index, word)]
    if not content:
        return True
    if asks_the_same(turn) or asks_the_same(text):
        return len(content) <= SUBJECT_WORDS
    if not led and (not asked_back or opens_question(text)):
        return len(documents) == 1 and len(content) <= NAME_WORDS and all(_names(index, documents[0], word) for word in content)
    headings = {
        token
        for document in documents
        for section in index.by_id[document].sections
        if section.kind is SectionKind.BODY
        for token in tokenize(section.heading)
    }
    return not headings.intersection(content) and len(content) <= SUBJECT_WORDS


def _names(index: Index, document: str, word: str) -> bool:
    """Say whether a stem is a word of a document's title, or one cut short, and heads nothing."""
    titled = index.vocabulary(document)[2]
    return not is_topic(index, word) and (word in titled or (len(word) >= CUT_SHORT and any(one.startswith(word) for one in titled)))
