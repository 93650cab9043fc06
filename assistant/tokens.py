"""Words as the lexical index sees them, and codes as people type them. Knows no document.

>>> tokenize("Are E-0431's TANKS billed separately?")
('are', 'e0431', 'tank', 'bill', 'separ')
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

# A run of letters and digits; inner apostrophes and decimals stay (1.5; 24-hour splits at the hyphen).
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:['’][^\W_]+)?")
_POSSESSIVE = re.compile(r"['’]s$")
_HYPHENS = "-‐‑‒–—−"
# One letter, then four digits with letter O, I or L typed for a digit, with at most one separator after the letter.
_TYPED_CODE = re.compile(rf"(?<![^\W_])([A-Za-z])([ {re.escape(_HYPHENS)}]?)([0-9OoIl]{{4}})(?![^\W_]|[.,]\d)")
# A letter and almost as many digits as a code has: a code with a digit too many or too few.
_NEAR_CODE = re.compile(r"[A-Za-z]\d{3,6}")
_LOOKALIKE = str.maketrans("OoIl", "0011")
_ARTICLES = frozenset("ai")
# Where a digit meets a fraction such as ½, which NFKC turns into further digits.
_BEFORE_FRACTION = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_local = threading.local()


def _stemmer() -> Stemmer.Stemmer:
    """Return this thread's stemmer; the library's objects must not be shared between threads."""
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")
    stemmer: Stemmer.Stemmer = _local.stemmer
    return stemmer


def normalize(text: str) -> str:
    """Return `text` in NFKC form without zero-width characters, control characters or runs of white space.

    A fraction that stands beside a digit is kept apart from it.

    >>> normalize("18½ hours")
    '18 1⁄2 hours'
    """
    folded = " ".join(unicodedata.normalize("NFKC", _BEFORE_FRACTION.sub(" ", text)).translate(_ZERO_WIDTH).split())
    if folded.isprintable():
        return folded  # without a look at every character
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in folded)
    return " ".join(kept.split())


def words(text: str) -> tuple[str, ...]:
    """Return the case-folded words of `text`, codes joined ("e-0431" is "e0431"), unstemmed, in order."""
    joined = _TYPED_CODE.sub(_join_code, text)
    return tuple(_POSSESSIVE.sub("", m.group().casefold()) for m in _WORD.finditer(joined))


def _join_code(match: re.Match[str]) -> str:
    letter, separator, digits = match.groups()
    if separator == " " and letter.casefold() in _ARTICLES:
        return match.group()
    if sum(c.isdigit() for c in digits) < 2:
        return match.group()
    return letter + digits.translate(_LOOKALIKE)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the Snowball English stem of one case-folded word."""
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


@lru_cache(maxsize=8192)
def tokenize(text: str) -> tuple[str, ...]:
    """Return the stems of `words(text)`; what is indexed and what is searched for."""
    return tuple(stem(word) for word in words(text))


def is_code(word: str, pattern: str) -> bool:
    """Say whether a word is a code of the system that `pattern` describes; nothing is where it is empty."""
    return bool(pattern) and re.fullmatch(pattern, word.upper()) is not None


@lru_cache(maxsize=64)
def _in_place(pattern: str) -> re.Pattern[str]:
    """Return the pattern of a code inside a text, apart from the letters, digits and decimals around it."""
    return re.compile(rf"(?<![^\W_])(?<!\d[.,])(?:{pattern})(?![^\W_]|[.,]\d)", re.IGNORECASE)


def _is_near(word: str, pattern: str) -> bool:
    """Say whether a word is a code with a digit too many or too few, in a system whose codes are a letter and digits."""
    return _NEAR_CODE.fullmatch(word) is not None and is_code(f"{word[0]}0000", pattern)


def code_spans(text: str, pattern: str) -> list[tuple[int, int]]:
    """Return where codes stand in `text`, in whatever way they are typed, as half-open offsets; none where `pattern` is empty."""
    if not pattern:
        return []
    found = {m.span() for m in _WORD.finditer(text) if is_code(m.group(), pattern) or _is_near(m.group(), pattern)}
    found |= {m.span() for m in _in_place(pattern).finditer(text) if m.group()}
    for match in _TYPED_CODE.finditer(text):
        if is_code(_join_code(match), pattern):
            found.add(match.span())
    outer: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not outer or end > outer[-1][1]:
            outer.append((start, end))
    return outer


def outside(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return what of `text` stands outside of spans, which are half-open, in order and apart.

    >>> outside("see E0431 first", [(4, 10)])
    'see first'
    """
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    return "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


def codes_in(text: str, pattern: str) -> tuple[str, ...]:
    """Return the distinct codes written in `text`, upper-cased, in order of appearance; none where `pattern` is empty.

    A code is a word that matches `pattern` whole once separators are dropped and look-alike letters are read as digits, or that
    nearly does: one letter and three to six digits are a mistyped code, and no document can describe it.

    >>> codes_in("e 0431 or E-O260, HCPCS K0001", r"[A-Z][0-9]{4}")
    ('E0431', 'E0260', 'K0001')
    """
    return tuple(dict.fromkeys(_typed(text[a:b]) for a, b in code_spans(text, pattern)))


def _typed(word: str) -> str:
    """Return a code as it is meant, whatever way it was typed."""
    return _TYPED_CODE.sub(_join_code, word).upper()
