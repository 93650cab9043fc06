"""Text -> its sentences. Knows abbreviations and emphasis, no line and no list. The only module that imports sentencex."""

from __future__ import annotations

import re

from sentencex import get_sentence_boundaries

from assistant.types import Span

_WIDE_SPACE = re.compile(r"[^\S\0-\x7f]")
"""White space of more than one byte, at which sentencex panics where it stands between a lone capital and a full stop."""
_SHORTENED = (
    *("al", "approx", "art", "assoc", "ca", "cf", "cont", "dept", "dist", "eg", "equiv", "esp", "est", "ext", "fig", "figs", "ie", "incl"),
    *("max", "min", "misc", "nr", "orig", "para", "pp", "pt", "pts", "ref", "resp", "sect", "temp", "vol", "viz", "vs"),
)
"""Abbreviations after which a sentence goes on; any other run of small letters before a full stop is a word that may end one."""
_MAY_END = ("dr", "eff", "etc", "inc", "ltd", "mr", "mrs", "ms", "no", "nos", "sec", "secs", "st")
"""Abbreviations that end a sentence as well, where the next word is no number."""
ABBREVIATIONS = (*_SHORTENED, *_MAY_END)
"""What a full stop shortens, so that it need not end a sentence."""
_ABBREVIATED = re.compile(rf"\b(?:e\.g|i\.e|{'|'.join(ABBREVIATIONS)}|[a-z])\.$", re.IGNORECASE)
_GOES_ON = re.compile(r"[a-z–—-]|\([a-z0-9]{1,3}\)")
"""What no sentence begins with: a small letter, a dash, or the mark of one of several parts."""
_CLOSING_MARKS = re.compile(r"[*_]{1,3}(?=\s|\Z)")
_OPENING = r"(?=[A-Z][a-z]*\s+(?:[a-z]|[^\W\d_]+\.))"
_LETTERED = r"(?:class|form|grade|group|hepatitis|level|option|part|plan|schedule|stage|type|vitamin)"
_WORD_ENDS = re.compile(
    rf"(?<![\w.])(?P<word>[a-z]{{2,}})\.\s+{_OPENING}|(?<=\s)[A-Z]\.\s+(?=An?\s+[a-z])|(?<=\w\s)(?i:{_LETTERED})\s[A-Z]\.\s+{_OPENING}"
)
_COUNTED = re.compile(r"(?:[A-Z][a-z]+\s+)?\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)]{1,2}|\(?(?:[A-Za-z]|[IVX]{1,5})[.)]{1,2}")
_BOLD_TITLE = re.compile(r"(?P<mark>\*\*|__)[^\s*_.]+(?:\s[^\s*_.]+){0,6}\.?(?P=mark)\.?")


def sentences(text: str, span: Span) -> list[Span]:
    """Return the sentences of `span` in order, white space at their edges left out."""
    raw = span.of(text)
    found: list[Span] = []
    for edge in get_sentence_boundaries("en", _WIDE_SPACE.sub(" ", raw)):
        start, end = edge["start_index"], edge["end_index"]
        piece = raw[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            found.append(Span(span.start + left, span.start + right))
    return _rejoin(text, [part for one in _with_marks(text, found) for part in _divided(text, one)]) or [span]


def _with_marks(text: str, found: list[Span]) -> list[Span]:
    """Return sentences with the marks of emphasis that end with them, and not at the start of the next."""
    kept: list[Span] = []
    for span in found:
        start, marks = span.start, _CLOSING_MARKS.match(span.of(text))
        if marks and kept:
            before, end = kept[-1], start + marks.end()
            closes = before.end == start and text.count(marks.group(), before.start, before.end) % 2
            if closes or end == span.end:
                kept[-1] = Span(before.start, end)
                start = span.end - len(text[end : span.end].lstrip())
        if start < span.end:
            kept.append(Span(start, span.end))
    return kept


def _divided(text: str, span: Span) -> list[Span]:
    """Return the sentences that abbreviations hide which are words, or units and groups of one letter, as in "…is ill. Residents…"."""
    raw = span.of(text)
    ends = [found for found in _WORD_ENDS.finditer(raw) if found["word"] not in _SHORTENED]
    starts = [0, *(found.end() for found in ends)]
    return [Span(span.start + a, span.start + a + len(raw[a:b].rstrip())) for a, b in zip(starts, [*starts[1:], len(raw)], strict=True)]


def _rejoin(text: str, found: list[Span]) -> list[Span]:
    """Join what was split in parentheses, before what begins no sentence, after an abbreviation, a first number or a bold title."""
    joined: list[Span] = []
    for span in found:
        if joined:
            before = joined[-1].of(text)
            follows = span.of(text)
            counted = len(joined) == 1 and joined[0].start == found[0].start and _COUNTED.fullmatch(before)
            if (
                counted
                or _BOLD_TITLE.fullmatch(before)
                or (before.count("(") > before.count(")") and ")" in text[span.start : found[-1].end])
                or (before.endswith(".") and _GOES_ON.match(follows))
                or (is_abbreviated(before) and not follows[0].isupper())
            ):
                joined[-1] = Span(joined[-1].start, span.end)
                continue
        joined.append(span)
    return joined


def is_abbreviated(words: str) -> bool:
    """Say whether words end with an abbreviation and its full stop."""
    return _ABBREVIATED.search(words) is not None
