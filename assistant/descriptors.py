"""Document -> the words that say what its code stands for, where they are not its title. Knows how text defines a code; no code by name.

A page may be called after its author or its therapy and give the official descriptor further down: "HCPCS F1001: ferry crossing, one way,
per person", "F1001 is the code for …", "| Code | F1001 | Means | … |". The limits of a code stand there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from assistant.codes import NEIGHBOURS
from assistant.tokens import tokenize
from assistant.types import Span, Unit

LONG, FEWEST_WORDS, FEWEST_TELLING = 3, 2, 2
"""A descriptor has so many words of more than so many letters at least, and so many of them that the text uses elsewhere too."""
LONGEST = 1000
"""Characters of a descriptor."""
IN_TITLE = 0.8
"""What has so large a part of its words in the title says nothing beyond it."""
_OPENS = r"(?:^|[|\n(*_`]|[.!?:]\s)[\s*_`>-]*(?:(?:\w+\s+)?(?:codes?|hcpcs|cpt)\b[\s*_:|]*){0,3}"
_CLOSES = r"[*_`\])]*"
_MEANS = (
    r"(?:is|means|describes|denotes|represents|stands\s+for|refers\s+to)\s+"
    r"(?:(?:the|a|an)\s+)?(?:(?:(?!per\b|daily\b|day\b)\w+[\s-]+){0,2}code\s+(?:for|of|used\s+for)\s+)?(?:(?:the|a|an)\s+)?(?!for\b)"
)
_SAID = re.compile(
    rf"\s*(?:(?P<apart>[:|=–—-]|\.(?=\s+[A-Z]))\s*|,\s+|(?P<paren>\()|\s(?P<means>{_MEANS}))(?P<words>[^\W\d_].{{0,{LONGEST}}})",
    re.DOTALL | re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:^|\|)[\s*_>-]*(?:\w+\s+){0,2}(?:(?P<formal>descriptor|descriptions?|means|meaning|definition|(?:official|formal|full|long)\s+(?:title|name))"
    r"|service|procedure|therapy|item)(?:\s+is)?[\s*_]*[:|][\s*_]*(?P<words>[^\W\d_][^|\n]*)",
    re.IGNORECASE,
)
_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bincl)[.!?](?=[\s*_)]|\Z)|\n\s*\n|\s*\||\s--|\n(?=[\s*_>-]*[\w ()/]{2,30}:\s)|\n[-*•]\s")
_SAYS_MORE = re.compile(
    r"(?:not|never|only|one|used|billed|paid|payable|charged|reported|counted|covered|included|per|daily|monthly|a\s+per|when|if|and|or|"
    r"also|in|on|see|with|without|unit|once|twice|each|every|all|no|rev|version|effective|updated|printed|type|class|schedule|(?:per[\s-])?diem)\b",
    re.IGNORECASE,
)
"""What follows a code where it is not its descriptor but how it is billed, or a remark."""
_PREDICATE = re.compile(
    r"\b(?:is|are|was|may|must|can|will|should|has|have|had|does|do|pays?|covers?|applies|includes?|bills?|billed|takes|gives?|holds?|goes)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\b(?:when|if|unless|whenever|where)\b", re.IGNORECASE)
"""What a name has not: of one after a mark, any verb; of one after "is", a condition."""


def find_descriptor(text: str, title: Span, units: Sequence[Unit], codes: Sequence[str]) -> Span | None:
    """Return the words beside a document's one code that define it; None where none do, or the title says as much."""
    if len(codes) != 1:
        return None
    found = [*_beside(text, units, codes[0]), *_labelled(text, units)]
    titled, used = (set(tokenize(title.of(text))), Counter(tokenize(text))) if found else (set(), Counter())
    for span in found:
        words = [token for token in tokenize(span.of(text)) if len(token) > LONG]
        telling = {token for token in words if used[token] > words.count(token)}
        if len(words) >= FEWEST_WORDS and len(telling) >= FEWEST_TELLING:
            return span if len(titled.intersection(words)) < IN_TITLE * len(set(words)) else None
    return None


def _beside(text: str, units: Sequence[Unit], code: str) -> Iterator[Span]:
    """Yield what stands beside a code in the place of a descriptor, in order; it may be the sentence after it."""
    announced, named = (re.compile(rf"{opens}{re.escape(code)}(?![\w.]\w){_CLOSES}", re.IGNORECASE) for opens in (_OPENS, ""))
    for unit, after in zip_longest(units, units[1:]):
        if any(NEIGHBOURS.search(label) for label in unit.path):
            continue
        goes_on = after is not None and after.path == unit.path and "\n" not in text[unit.span.end : after.span.start]
        said = text[unit.span.start : after.span.end if after and goes_on else unit.span.end]
        if code.casefold() not in said.casefold():
            continue
        places = {match.end(): False for match in named.finditer(said)} | {match.end(): True for match in announced.finditer(said)}
        for place, alone in sorted(places.items()):
            found = _SAID.match(said, place)
            if found and (alone or found["paren"]) and not _SAYS_MORE.match(found["words"]) and (words := _phrase(said, found)):
                yield Span(unit.span.start + words.start, unit.span.start + words.end)


def _labelled(text: str, units: Sequence[Unit]) -> Iterator[Span]:
    """Yield the values of the fields that give a descriptor; of those that name the service, only the ones at the top."""
    for unit in units:
        said = unit.span.of(text)
        for match in _LABELLED.finditer(said):
            if match["formal"] or unit.section == units[0].section:
                start = unit.span.start + match.start("words")
                yield Span(start, start + len(match["words"].rstrip(" *_.;,|\n")))


def _phrase(said: str, found: re.Match[str]) -> Span | None:
    """Return where a phrase stands, up to the end of its sentence, cell or parenthesis; None for one that says more than a name does."""
    start = found.start("words")
    end = _END.search(said, start, found.end("words") + 1)
    last = min(end.start() if end else len(said), found.end("words"))
    if found["paren"]:
        depth = 1
        for i in range(start, last):
            depth += (said[i] == "(") - (said[i] == ")")
            if not depth:
                last = i
                break
    words = said[start:last].rstrip(" \n*_.;,|")
    says_more = _WHEN if found["means"] else _PREDICATE
    return None if says_more.search(words.split(";")[0]) else Span(start, start + len(words))
