"""Question words and codes -> the corpus's own spelling of them. Knows the words of the documents and of the encoder; knows no grammar.

Only words that neither knows, in no form, are touched: one with a slip of the keyboard becomes the word that either knows, a clipped one
the corpus's word that begins with it and is no other form of it, a misspelt one the corpus's word that it nearly is. A code that is spaced
out, or run together with letters, is written as the corpus writes it where the corpus has it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel, JaroWinkler

from assistant.index import Index
from assistant.lexical import FUNCTION_FORMS
from assistant.quantities import quantities
from assistant.tokens import tokenize

SHORTEST = 4
NEARLY = 0.92
"""Jaro-Winkler likeness from which an unknown word counts as a misspelling."""
SHORTEST_FUNCTION_WORD = 3
LONG_WORD = 5
"""Letters from which on two exchanged ones, or one too few or too many of the same, leave no doubt of a word that the model knows."""
MORE_OR_FEWER = 1
"""A misspelling has so many letters more or fewer; with two, it may well be another name."""
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST_FUNCTION_WORD},}}")
_ENDINGS = ("s", "es", "d", "ed", "r", "er", "st", "est")


_SPACED = re.compile(r"(?<![^\W_])(?<!\d[.,])(?:[^\W\d_][ -]?)?\d(?:[ -]?\d){2,5}(?![^\W_])(?![.,]\d)")
"""Digits, a letter before them, apart by one blank or hyphen each: together they may be a code."""
LONG = 5
"""Characters of a code that is told inside a longer word; a shorter one may be part of the word."""
_NEXT_WORD = re.compile(r"\s*[^\W\d_]+")
_ALONE = re.compile(r"(?<![^\W_])(?<!\d[.,])(?<![$€£#])(?<!\d[-–/])(\d{4,6})(?![^\W_]|[.,]\d|[-–/]\d)(?:\s+[^\W\d_]+)?")
"""The digits of a code without its letter, no price and no part of a longer number, and the word after them, which may be a unit."""
_NUMBERED = re.compile(
    r"\b(?:no|numbers?|order|claim|room|suite|zip|box|ext|extension|phone|call|patient|member|id|invoice|account|page)\b[.:]?\s*#?\Z",
    re.IGNORECASE,
)
"""What says right before digits what other than a code they number."""
LIKE_CODE = 0.3
"""A known code is named in place of an unknown one where so large a part of their characters is the same."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE_YEAR = re.compile(
    r"\b(?:in|since|year|until|till|before|after|during|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\W*\Z", re.IGNORECASE
)
_CHARACTERS = re.compile(r"[^\W_]+")


def spell_codes(index: Index, text: str) -> str:
    """Return `text` with the corpus's codes written plainly that are spaced out, run together with letters, or lack their letter.

    Digits beside a code make it another one; digits without a letter are a code where just one has them and they are no amount.
    """
    pattern = index.settings.code_pattern
    if not pattern:
        return text

    def joined(match: re.Match[str]) -> str:
        code, unit = re.sub(r"[ -]", "", match.group()).upper(), _NEXT_WORD.match(match.string, match.end())
        amount = unit and quantities(f"{code[1:]} {unit.group()}")
        return code if code in index.by_code and not amount else match.group()

    def parted(match: re.Match[str]) -> str:
        word = match.group()
        inside = [one for one in re.finditer(pattern, word, re.IGNORECASE) if one.group().upper() in index.by_code]
        if word.upper() in index.by_code or len(inside) != 1 or len(inside[0].group()) < LONG:
            return word
        (one,) = inside
        around = word[: one.start()], word[one.end() :]
        return " ".join(filter(None, (around[0], one.group().upper(), around[1]))) if all(not p or p.isalpha() for p in around) else word

    def lettered(match: re.Match[str]) -> str:
        digits = match.group(1)
        before = match.string[: match.start()]
        if _NUMBERED.search(before) or (_YEAR.fullmatch(digits) and _BEFORE_YEAR.search(before)):
            return match.group()
        owners = [code for code in index.by_code if code[0].isalpha() and code[1:] == digits]
        return match.group().replace(digits, owners[0], 1) if len(owners) == 1 and not quantities(match.group()) else match.group()

    return _ALONE.sub(lettered, _CHARACTERS.sub(parted, _SPACED.sub(joined, text)))


def nearest_codes(index: Index, unknown: str, most: int) -> list[str]:
    """Return at most so many codes of the corpus that are most like an unknown one, nearest first; those unlike it left out."""
    codes = list(index.by_code)
    close = process.extract(unknown, codes, scorer=Indel.normalized_similarity, limit=most, score_cutoff=LIKE_CODE)
    return [code for code, _, _ in close]


_UNMARKED = re.compile(r"(?:ca|do|does|did|is|are|was|were|wo|would|could|should|has|have|had|must|need)nt")
"""A denial without its apostrophe: "cant" is no slip of "can"."""


def correct(index: Index, text: str) -> str:
    """Return `text` with clipped and misspelt words replaced by words of the corpus; other words stay as they are."""
    return _WORD.sub(lambda match: _corrected(index, match.group()), text)


def _corrected(index: Index, word: str) -> str:
    folded = word.casefold()
    if folded in index.words.word_counts or index.encoder.knows(folded):
        return word
    if _UNMARKED.fullmatch(folded):
        return f"{word[:-1]}'t"
    if word.islower() and (meant := _function_word(folded)):
        return meant
    if len(folded) < SHORTEST:
        return word
    slips = _slips(folded) if len(folded) >= LONG_WORD and not any(map(index.encoder.knows, _uninflected(folded))) else ()
    known_slips = [one for one in slips if one in index.words.word_counts or index.encoder.knows(one)]
    if len(known_slips) == 1:
        return known_slips[0]
    begun = [known for known in index.words.word_counts if known.startswith(folded)]
    forms = [known for known in begun if tokenize(known) == tokenize(folded)]
    if forms and min(map(len, forms)) > len(folded) + MORE_OR_FEWER:
        return word
    if begun:
        return max(begun, key=lambda known: (index.words.word_counts[known], known))
    if any(one in index.words.word_counts for one in _uninflected(folded)):
        return word
    found = process.extractOne(folded, index.words.words, scorer=JaroWinkler.normalized_similarity, score_cutoff=NEARLY)
    return str(found[0]) if found and abs(len(found[0]) - len(folded)) <= MORE_OR_FEWER else word


def _uninflected(word: str) -> list[str]:
    """Return what a word may be a form of: its beginnings before the endings of plural, past and comparison."""
    singular = [f"{word.removesuffix('ies')}y"] if word.endswith("ies") else []
    return singular + [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]


def _slips(word: str) -> list[str]:
    """Return what a word may have been meant as: two neighbouring letters exchanged, one written once instead of twice, or the reverse."""
    exchanged = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    doubled = {word[: i + 1] + word[i:] for i in range(len(word))}
    single = {word[:i] + word[i + 1 :] for i in range(1, len(word)) if word[i] == word[i - 1]}
    return sorted((exchanged | doubled | single) - {word})


@lru_cache(maxsize=4096)
def _function_word(word: str) -> str:
    """Return the function word that begins like `word` and of which it has two letters exchanged, or one too many or, if long, too few."""
    begun = [one for one in FUNCTION_FORMS if one[0] == word[0] and one.isalpha() and f"{one}'t" not in FUNCTION_FORMS]
    near = [one for one in begun if sorted(one) == sorted(word) or (len(one) != len(word) >= SHORTEST and len(one) >= SHORTEST)]
    near = [one for one in near if OSA.distance(one, word) == 1]
    return max(near, key=lambda one: (JaroWinkler.normalized_similarity(one, word), one), default="")
