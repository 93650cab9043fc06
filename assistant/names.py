"""Documents -> what they are called: the words and amounts by which names tell them apart, and what most titles say of all of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.index import Index
from assistant.lexical import FUNCTION_WORDS
from assistant.quantities import Quantity, quantities, without_amounts
from assistant.tokens import tokenize, words

ALIKE = 0.5
"""Two documents are called alike when so large a part of the words by which either is called is the same."""
_PER_DIEM = re.compile(r"\bper\s+diem\b", re.IGNORECASE)
"""How a service is paid, which says nothing of what it is."""
_OPENING = re.compile(r"[,;:(]")
"""What ends the opening of a title."""
FORMULA_LETTERS, FEWEST_TITLES = 4, 4
"""Letters of the shortest word that titles of one kind are said to share, and the fewest titles that are a kind."""


def telling_names(index: Index, document: str) -> frozenset[str]:
    """Return the stems by which a document is called: of the first clause of its descriptor with any but amounts and words of most titles.

    Of several parts with a colon between them it is the first with a word that the document says again, else the first that tells: what is
    not said again, such as "Frequently asked questions", names nothing.
    """
    return index.recall(_telling_names, document)


def _telling_names(index: Index, name: str) -> frozenset[str]:
    document = index.by_id[name]
    text, codes = document.text.casefold(), {code.casefold() for code in document.codes}
    for clause in _PER_DIEM.sub("", document.official.of(document.text)).split(";"):
        found: list[frozenset[str]] = []
        for part in clause.split(":"):
            said = set(words(without_amounts(part, {one.dimension for one in quantities(part)}))) - codes
            stems = {stem: word for word in said if len(word) > 1 for stem in tokenize(word)}
            telling = {s: word for s, word in stems.items() if s not in FUNCTION_WORDS and not in_most_titles(index, s)}
            found += [frozenset(telling)] if telling else []
            if any(len(re.findall(rf"\b{re.escape(word)}", text)) > 1 for word in telling.values()):
                return found[-1]
        if found:
            return found[0]
    return frozenset()


def called_alike(index: Index, one: str, other: str) -> bool:
    """Say whether what two documents are about is called the same, amounts and what most titles hold aside."""
    ours, theirs = telling_names(index, one), telling_names(index, other)
    return len(ours & theirs) >= ALIKE * len(ours | theirs)


def named_by_amounts(index: Index, text: str, document: str, others: Iterable[str]) -> tuple[str, ...]:
    """Return which a text tells by an amount among a document and those others that are called alike: that of one name, and of no other.

    Several amounts may tell several documents; none is told where the text states no amount, or only such as several names have.
    """
    asked = quantities(text)
    if not asked:
        return ()  # and none of hundreds of documents is looked at
    told = {name: quantities(index.by_id[name].named) for name in (document, *others)}
    stating = {name: own for name, own in told.items() if any(_stating(amount, {name: own}) for amount in asked)}
    stated = {name: own for name, own in stating.items() if name == document or called_alike(index, name, document)}
    found = []
    for amount in asked:
        names = _stating(amount, stated)
        found += names if len(names) == 1 else []
    return tuple(dict.fromkeys(found))


def of_other_amounts(index: Index, documents: Sequence[str], text: str) -> frozenset[str]:
    """Return which of some documents differ in the amounts of their names from others of them that a text names by theirs.

    "The one of 2 to 3 liters", "that for every 8 hours": services alike in all else are told apart by nothing but that.
    """
    asked = quantities(text)
    if not asked:
        return frozenset()
    ends, dimensions = {_ends(one) for one in asked if _can_name(one)}, {one.dimension for one in asked}
    stated = {name: [one for one in quantities(index.by_id[name].named) if one.dimension in dimensions] for name in documents}
    same = {name for name, amounts in stated.items() if any(_ends(one) in ends for one in amounts)}
    others = [name for name, amounts in stated.items() if amounts and name not in same]
    return frozenset(name for name in others if any(called_alike(index, name, one) for one in same))


def _stating(asked: Quantity, stated: Mapping[str, Sequence[Quantity]]) -> list[str]:
    """Return those documents that state the very amount that is asked for; where none does, those that state a range which it meets."""
    same = [name for name, own in stated.items() if _can_name(asked) and any(_ends(one) == _ends(asked) for one in own)]
    return same or [name for name, own in stated.items() if any(one.low < one.high and _can_name(one) and one.meets(asked) for one in own)]


def _can_name(one: Quantity) -> bool:
    """Say whether an amount can name a service: what has a single bound cannot."""
    return one.low > 0 and one.high < math.inf


def _ends(one: Quantity) -> tuple[str, float, float]:
    """Return what two amounts have in common that are the same, however they are written."""
    return one.dimension, one.low, one.high


def in_most_titles(index: Index, word: str) -> bool:
    """Say whether more than half of all titles have a stem, which therefore tells none of them apart."""
    return index.words.title_frequency(word) > len(index.documents) / 2


def opens_with(index: Index, document: str) -> tuple[str, ...]:
    """Return the stems of the words that a title opens with, which call the service what it is."""
    return tokenize(_OPENING.split(index.by_id[document].title_text)[0])


def lacks_formula(index: Index, text: str, document: str) -> bool:
    """Say whether a question about a document has a word that most titles say of their service and no document of its code does.

    Titles of one kind say the same of each service ("…, per diem"): what leaves it out denies it, where there are titles enough to tell.
    What a title opens with is not said of the service.
    """
    if len(index.documents) < FEWEST_TITLES:
        return False
    shared = [
        w for w in dict.fromkeys(tokenize(text)) if len(w) >= FORMULA_LETTERS and w not in FUNCTION_WORDS and in_most_titles(index, w)
    ]
    if not shared:
        return False
    opening = {word for name in index.alike(document) for word in opens_with(index, name)}
    formula = [word for word in shared if word not in opening]
    described = [index.documents.position[name] for name in index.service(document)]
    return bool(formula) and not index.words.holding("text", described, formula).any(axis=0).all()
