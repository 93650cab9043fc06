"""Question and earlier questions -> what is asked, about which documents. Rules that can be read; no state, no model of its own.

Codes gate; without a code the subject is recognised by meaning, from the chunks (which carry their titles) most similar to the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.cases import named_by_route, weighed
from assistant.followups import (
    asked_of_others,
    asks_nothing,
    asks_on,
    asks_the_same,
    changed_case,
    context_of,
    followed,
    leans,
    led_to,
    only_subject,
    pointed,
    points_back,
    points_to_others,
    sibling,
    so_many_spoken,
    topic_for,
    without_pointing,
)
from assistant.index import Index
from assistant.kinds import Kind
from assistant.language import is_foreign
from assistant.lexical import FUNCTION_WORDS
from assistant.names import called_alike, in_most_titles, named_by_amounts, opens_with
from assistant.query import Query
from assistant.sides import sides
from assistant.spelling import spell_codes
from assistant.subjects import Subject, is_topic, names_none, subjects, without_title
from assistant.tokens import normalize, tokenize, words
from assistant.turns import SIDE, SURE, SURE_ENOUGH_TO_LEAVE, Spoken, documents_of_codes, hear, left_of, unquoted, without_denials
from assistant.wordings import (
    REQUESTS,
    asking_sentence,
    asks_for_code,
    asks_of_each,
    asks_something,
    asks_what_to_do,
    is_small_talk,
    joins,
    lists,
    lists_among_all,
    lists_codes,
    of_one_side,
    of_those,
    present,
    questions_in,
    uncompared,
)

SIDES = 0.5
"""A question sets documents side by side when this is how sure it is; see training/fit_subjects.py."""
NAMED = 0.5
"""A question without a code is about a document also from this share among all on, where it has a word by which its title differs."""
RIVALS, TWIN = 0.15, 0.3
"""Another document rivals the first one from this part of its share on, and from the second one that is called alike is meant as well."""
ITS_OWN, KEPT_USING = 0.3, 3
"""… or this one, where the question has a word that stands so often in the document, one time less if the model does not know it, and in
no other."""
NO_DOUBT = 0.9
"""How sure a question's form must be where an earlier turn, a clear subject, or few words speak against it."""
MOST_AT_ONCE = 8
"""So many services are asked the same at once by a question that names all of them."""
CASE_WORDS = 6
"""A case is described in so many words at least; chosen on `eval/` dev."""
REMEMBERED = 256
"""Conversations kept at hand: each turn comes with those before it again."""
_RESTRICTS = re.compile(r"\bif\b|\bnot\s+(?:for|in|with)\b|\bwhat\b[^,;?]*\bfor\W*$", re.IGNORECASE)
"""Asks for a condition, an exception or what something is for, if only in function words."""
_ASKS_BESIDE = re.compile(r"\b(?:who|whom|whose|when|where|how\s+(?:long|often|many|much))\b", re.IGNORECASE)
"""Asks something of what is set side by side."""


def understand(index: Index, question: str, history: Sequence[str]) -> Query:
    """Return the complete query that `question` stands for after `history`, the earlier questions in order.

    A turn that names codes or a clear subject speaks of these; another speaks of what the turn before it spoke of. A turn that names
    a subject and nothing to ask of it asks again what was asked before; one that only leans on it ("why?") asks on.
    """
    said = (one for one in history if not is_small_talk(one))
    query = index.recall(_after, (*said, question), REMEMBERED)
    return replace(query, foreign=is_foreign(index, spell_codes(index, query.question)))


def _after(index: Index, turns: tuple[str, ...]) -> Query:
    """Return the query that the last of some turns stands for."""
    before = index.recall(_after, turns[:-1], REMEMBERED) if len(turns) > 1 else None
    turn = normalize(unquoted(turns[-1])).replace("’", "'")
    if is_small_talk(turn):
        return Query(turn, "", Kind.FACT, (), (), ())
    return _of_several(index, turn, before) or _completed(index, turn, before)


def about(index: Index, query: Query, code: str) -> Query:
    """Return a query as it is asked of one code of the corpus, whatever else it names."""
    documents = documents_of_codes(index, (code,))
    only = _names_only(index, query.text, documents, Kind.FACT)
    asked = Query(query.question, query.text, Kind.FACT, (code,), (), documents, foreign=query.foreign, names_only=only)
    return _apart(asked, query.text)


def asked_of_documents(index: Index, query: Query) -> dict[str, str]:
    """Return what a query asks of each of its documents; of several, without the words of their titles and those that compare."""
    asked = {document: query.asked_of(document) for document in query.documents}
    if len(asked) < 2:
        return asked
    for name in query.documents:
        asked = {document: without_title(index, text, name) for document, text in asked.items()}
    return {document: of_one_side(text) for document, text in asked.items()}


def _of_several(index: Index, turn: str, before: Query | None) -> Query | None:
    """Return a turn that asks one question after the other, each of another document; None for any other turn."""
    found: list[Query] = []
    parts = questions_in(turn)
    if any(map(leans, parts[1:])):
        return None
    for part in parts:
        found.append(_completed(index, part, found[-1] if found else before))
    own = [one.documents for one in found if one.kind is Kind.FACT and len(one.documents) == 1 and not one.unknown]
    if len(own) < len(found) or len(set(own)) < 2:
        return None
    documents = tuple(dict.fromkeys(name for names in own for name in names))
    codes = tuple(dict.fromkeys(code for one in found for code in one.codes))
    heard = hear(index, turn)
    alike = all(_leaves_topic_out(index, one) for one in found[1:])
    text, questions = (found[0].text, ()) if alike else (heard.text, tuple(found))
    return Query(turn, text, Kind.COMPARISON, codes, (), documents, heard.found, questions=questions, spoken=found[-1].spoken)


def _leaves_topic_out(index: Index, query: Query) -> bool:
    """Say whether a question asks nothing by itself but of whom: "…, and who does it for the boat?"."""
    return FUNCTION_WORDS.issuperset(tokenize(without_title(index, query.text, query.documents[0])))


def _completed(index: Index, turn: str, before: Query | None) -> Query:
    """Return the query that a turn stands for as one question: its own codes, subjects and words, and what the query before it lends."""
    heard = hear(index, turn)
    before = None if heard.ruled_out else before
    own, found = _named(index, heard, before)
    if heard.known:
        beside = own[len(documents_of_codes(index, heard.known)) :]
        heard = replace(heard, known=(*heard.known, *(code for name in beside for code in index.by_id[name].codes)))
    text = heard.text
    if before and before.documents and not (heard.named or own):
        own, text = pointed(text, before) or so_many_spoken(text, before), without_pointing(text)
        if not own and points_to_others(index, heard, text, before):
            return asked_of_others(index, turn, before)
    if before and not heard.named and (case := changed_case(index, before, heard.turn, text, own)):
        return _case(index, turn, case, before)
    meant = _lent(index, heard, text, own, before) if before else _Meant(own, heard.known, text)
    return _as_asked(index, heard, meant, found, before)


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a turn is about, the codes of that, and what it asks; `carried` as in `Query`."""

    documents: tuple[str, ...]
    codes: tuple[str, ...]
    text: str
    carried: tuple[str, ...] = ()


def _lent(index: Index, heard: Spoken, text: str, own: tuple[str, ...], before: Query) -> _Meant:
    """Return what a turn means that says `text` and names its `own` documents, with the subject or the topic that the turn before lends."""
    if before.documents and not (heard.named or own):
        if before.text and asks_on(text):
            return _Meant(before.documents, before.codes, f"{before.text} {text}", ("codes", "topic"))
        return _Meant(before.documents, before.codes, text, ("codes",))
    if before.text and own and asks_nothing(index, heard.turn, text, own, asked_back=not before.documents):
        same = own == before.documents and bool(text)
        return _Meant(own, heard.known, text, ("codes",)) if same else _Meant(own, heard.known, before.text, ("topic",))
    if own and own != before.documents:
        text = led_to(text)[1] or text
    return _Meant(own, heard.known, text)


def _as_asked(index: Index, heard: Spoken, meant: _Meant, found: tuple[Subject, ...], before: Query | None) -> Query:
    """Return the query of what a turn means, by its kind: a case is about what it fits, a question about one document has its parts."""
    documents, text, carried = meant.documents, meant.text, meant.carried
    kind = _kind(index, text, documents, heard.named, before, carried)
    if kind is Kind.SCENARIO:
        if (now := present(text)) != text:
            text, found = now, left_of(subjects(index, now), heard.ruled_out)
        documents = documents if carried else _fitting(index, text, found)
    asked = tuple((document, topic_for(index, before, document)) for document in documents) if before and carried == ("topic",) else ()
    query = Query(
        heard.question,
        text,
        kind,
        meant.codes,
        heard.unknown,
        documents,
        found,
        carried,
        asked,
        names_only=bool(documents) and kind in (Kind.FACT, Kind.COMPARISON) and _names_only(index, text, documents, kind),
        context=context_of(before, carried) if before else "",
        spoken=(*(before.spoken if before else ()), *documents),
        follows=followed(heard.turn, documents, before),
    )
    return _apart(query, query.asked_of(documents[0])) if len(documents) == 1 and kind is Kind.FACT else query


def _apart(query: Query, text: str) -> Query:
    """Return a query about one document with the several questions that are asked of it."""
    return replace(query, questions=tuple(replace(query, text=one, asked=()) for one in questions_in(text)))


def _named(index: Index, heard: Spoken, before: Query | None) -> tuple[tuple[str, ...], tuple[Subject, ...]]:
    """Return the documents that a turn itself names, by codes or in words, and all it may be about; with an unclear turn before."""
    if not heard.known and index.services <= MOST_AT_ONCE and asks_of_each(heard.text):
        return tuple(sorted({index.service(one.document)[0] for one in heard.found})), heard.found
    own = documents_of_codes(index, heard.known)
    if before and not own and asks_the_same(heard.text) and (only := only_subject(index, heard.text)):
        return only, heard.found
    own = (*own, *_beside(index, heard, own)) or _clear_subjects(index, heard.affirmed, heard.found, before)
    if own or not before:
        return own, heard.found
    if before.documents:
        only = only_subject(index, heard.text) or sibling(index, heard, before)
        return only if only != before.documents else (), heard.found
    if before.text and heard.text:
        both = subjects(index, f"{before.text} {heard.text}")
        if both and both[0].share >= SIDE:
            return (both[0].document,), both
    return (), heard.found


def _beside(index: Index, heard: Spoken, own: Sequence[str]) -> tuple[str, ...]:
    """Return the document that a turn sets in words beside the one whose code it names: "S9000 or the drip, which is quicker?"."""
    if len(own) != 1 or questions_in(heard.turn) or index.forms.read(heard.turn).comparison < index.forms.cuts.comparison:
        return ()
    others = left_of(heard.found, own)
    text = without_denials(heard.text)
    clear = bool(others) and others[0].share >= SIDE and _in_title(index, others[0].document, text, own)
    return (others[0].document,) if clear and joins(text) else ()


def _clear_subjects(index: Index, text: str, found: Sequence[Subject], before: Query | None) -> tuple[str, ...]:
    """Return the documents that a turn without codes is clearly about: one, or the several that it sets side by side."""
    if not (before and points_back(text)) and (together := _set_side_by_side(index, text, found)):
        return together
    if not found:
        return ()
    top = found[0]
    named = named_by_amounts(index, text, top.document, [one.document for one in found])
    if len(named) > 1 or (named == (top.document,) and top.share >= NAMED):
        return named
    rivals = [one.document for one in found if one.share >= RIVALS * top.share or called_alike(index, one.document, top.document)]
    if routed := named_by_route(index, text, rivals):
        return routed
    leaves = before is not None and bool(before.documents) and top.document not in before.documents
    if leaves and names_none(index, text):
        return ()
    return (top.document,) if _is_clear(index, text, found, leaves) else _named_beside_topic(index, text, top)


def _named_beside_topic(index: Index, text: str, top: Subject) -> tuple[str, ...]:
    """Return the document that the rest of a text names by its title, where words of headings draw the whole to another.

    What but one document has a section on is asked of the others too.
    """
    rest = " ".join(word for word in text.split() if not all(is_topic(index, stem) for stem in tokenize(word)))
    found = subjects(index, rest) if rest != text else ()
    named = found and found[0].document != top.document and found[0].belief >= SURE_ENOUGH_TO_LEAVE
    return (found[0].document,) if named and _in_title(index, found[0].document, rest, [top.document]) else ()


def _set_side_by_side(index: Index, text: str, found: Sequence[Subject]) -> tuple[str, ...]:
    """Return the documents that a text sets side by side; what it tells before a question that names one of them by itself, sets none."""
    together = sides(index, text, found)
    if together is None or together.belief < SIDES:
        return ()
    asking = asking_sentence(text)
    if asking != text:
        own = subjects(index, asking)
        if own and own[0].belief >= SURE:
            within = sides(index, asking, own)
            return within.documents if within and within.belief >= SIDES else (own[0].document,)
    return together.documents


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


def _in_title(index: Index, document: str, text: str, rivals: Sequence[str]) -> bool:
    """Say whether a text holds a word by which a document's title differs from most other titles, and from those of its rivals."""
    title = index.vocabulary(document)[2].difference(FUNCTION_WORDS, *(index.vocabulary(one)[2] for one in rivals))
    return any(word in title and not in_most_titles(index, word) for word in tokenize(text))


def _is_its_own(index: Index, document: str, text: str) -> bool:
    """Say whether a text holds a word, such as a drug's name, that a document keeps using and no other has."""
    held = index.vocabulary(document)[0] - FUNCTION_WORDS
    alone = [w for w in tokenize(text) if w in held and index.words.document_frequency(w) == 1 and not is_topic(index, w)]
    said = index.by_id[document].text.casefold() if alone and len(index.documents) > 1 else ""
    strange = {stem for word in words(text) if not index.encoder.knows(word) for stem in tokenize(word)}

    def often(word: str) -> int:
        return sum(tokenize(form) == (word,) for form in re.findall(rf"\b{re.escape(word)}\w*", said))

    return any(often(word) >= (KEPT_USING - (word in strange)) for word in alone)


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


def _names_only(index: Index, text: str, documents: Sequence[str], kind: Kind) -> bool:
    """Say whether a question about codes only asks what they are, or a comparison holds no word but those that compare and name."""
    words = set(tokenize(uncompared(text) if kind is Kind.COMPARISON else text)) - FUNCTION_WORDS - REQUESTS
    if _RESTRICTS.search(text):
        return False
    if kind is not Kind.COMPARISON:
        return not words and not asks_something(text)
    titles = [index.vocabulary(document)[2] for document in documents]
    return words.issubset(frozenset().union(*titles) - _told_alike(index, documents)) and not _ASKS_BESIDE.search(text)


def _told_alike(index: Index, documents: Sequence[str]) -> frozenset[str]:
    """Return the words that the titles of documents share behind what they open with: these say what all include, and name none."""
    alike = frozenset.intersection(*(index.vocabulary(document)[2] for document in documents))
    return alike.difference(*(opens_with(index, document) for document in documents))


def _case(index: Index, turn: str, text: str, before: Query) -> Query:
    """Return the case that the turn before described as a turn alters it: asked of all documents again."""
    found = subjects(index, text)
    documents = _fitting(index, text, found)
    return Query(turn, text, Kind.SCENARIO, (), (), documents, found, ("topic",), spoken=(*before.spoken, *documents))


def _fitting(index: Index, text: str, found: Sequence[Subject]) -> tuple[str, ...]:
    """Return the document that a case fits, which the turns after it are about; none where it fits none."""
    return tuple(one.document for one in weighed(index, text, found) if one.fits)
