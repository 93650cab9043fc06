"""One turn -> what it says by itself: the codes in it, what it says it is not about, its further words and what these may be about.

Knows nothing of the turns before it; how it leans on these is told in `followups`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from rapidfuzz.distance import OSA

from assistant.index import Index
from assistant.lexical import FUNCTION_WORDS
from assistant.names import named_by_amounts
from assistant.spelling import correct, spell_codes
from assistant.subjects import Subject, subjects
from assistant.tokens import code_spans, codes_in, is_code, tokenize
from assistant.wordings import asks_for_code, lists, presumes

SURE = 0.34
"""A question without a code is about a document that has this belief: on `eval/` dev nearly always the right one."""
SIDE = 0.6
"""What follows "what about", or a question together with the one before it, names a document that has this share among all."""
LEAST_NAMED = 0.2
"""What follows "what about" names a document only from this belief on."""
SURE_ENOUGH_TO_LEAVE = 0.5
"""In a conversation, a question leaves the subject of the one before only for one with this belief."""
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
_QUOTED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
"""A character as an address holds it."""
_TAKES_BACK = re.compile(r"\b(?:(?:no|wait|sorry|oops|correction)\b[\s,]*)+(?:i\s+mean[t]?\b|make\s+that\b|rather\b)", re.IGNORECASE)
"""Takes back what was said before it within one question."""
_RULES_OUT = re.compile(
    r"(?:\bnot|n['’]t\s+mean|\b(?:every|any)(?:thing|one)\s+but|(?P<others>\b(?:other\s+than|besides|except(?:ing)?|excluding|(?:apart|aside)\s+from)))\s+"
    r"(?:(?:the|for|about|code|hcpcs|in)\s+)*\Z",
    re.IGNORECASE,
)
"""Says that the code after it is not meant; `others` does so where the question is which codes, and not what is beside that one."""
_DENIED = re.compile(
    r"\b(?:not?|without|aren['’]?t|isn['’]?t|don['’]?t\s+(?:want|mean|need|care)|instead\s+of|rather\s+than)\b[^,.;:!?]*", re.IGNORECASE
)
"""What a question is said not to be about."""
_NOT_THE = re.compile(r"not\s+(?:(?:for|about|of|in|with)\s+)?(?:the|that|those)\b", re.IGNORECASE)
"""Opens what is denied of the subject itself: "not the 8-hour one", and not of what it is done with."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn by itself: the codes in it, those of the corpus and others, its further words, and the documents these may be about.

    `question` is the turn as it was asked, `turn` the same with its codes spelled as the corpus spells them, and `affirmed` what is left of
    its words without what it says it is not about, where that names a subject. `ruled_out` holds the documents of codes that it leaves out.
    """

    question: str
    turn: str
    named: tuple[str, ...]
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    text: str
    affirmed: str
    found: tuple[Subject, ...]
    ruled_out: tuple[str, ...] = ()


def hear(index: Index, turn: str) -> Spoken:
    """Return what a turn says by itself."""
    pattern = index.settings.code_pattern
    spoken = spell_codes(index, turn)
    spans = _code_spans(index, spoken)
    mentioned = {span for span in spans if _mentioned(index, spoken, spans, span)}
    spans = [span for span in spans if span not in mentioned]
    left_out = {span for span in spans if _is_left_out(spoken, span[0])}
    if len(left_out) == len(spans) and (presumes(spoken) or FUNCTION_WORDS.issuperset(tokenize(_without_codes(spoken, spans)))):
        left_out = set()  # "why not this one?" is about it
    kept = [span for span in spans if span not in left_out]
    meant = [span for span in kept if not _TAKES_BACK.search(spoken, span[1])] or kept
    named, ruled_out = (_codes_at(spoken, some, pattern) for some in (meant, sorted(left_out)))
    known = tuple(code for code in named if code in index.by_code)
    unknown = tuple(code for code in named if code not in index.by_code and not (known and _may_be_amount(code, pattern)))
    if not spans:
        named = unknown = _of_other_systems(index, spoken)
    text = correct(index, _without_codes(spoken, spans))
    affirmed, found = _affirmed(index, text)
    out = documents_of_codes(index, ruled_out)
    return Spoken(turn, spoken, named, known, unknown, text, affirmed, left_of(found, out) or found, out)


def _is_left_out(text: str, start: int) -> bool:
    """Say whether the code that stands at `start` is said not to be meant."""
    found = _RULES_OUT.search(text[:start])
    return found is not None and (not found["others"] or lists(text) or asks_for_code(text))


def _codes_at(text: str, spans: Sequence[tuple[int, int]], pattern: str) -> tuple[str, ...]:
    """Return the codes that stand at some places of a text."""
    return tuple(dict.fromkeys(code for a, b in spans for code in codes_in(text[a:b], pattern)))


def left_of(found: Sequence[Subject], out: Collection[str]) -> tuple[Subject, ...]:
    """Return some subjects without the documents `out`, whose part the others take over; none where none is left."""
    left = [one for one in found if one.document not in out]
    if len(left) == len(found) or not left:
        return tuple(left)
    share, belief = sum(one.share for one in left), sum(one.belief for one in left)
    whole = sum(one.belief for one in found)
    return tuple(replace(one, share=one.share / share, belief=min(one.belief * whole / belief, 1.0)) for one in left)


def _affirmed(index: Index, text: str) -> tuple[str, tuple[Subject, ...]]:
    """Return a text without what it says it is not about, with its subjects; the whole text with its own where that names no subject."""
    affirmed = without_denials(text).strip()
    if text:
        index.read_ahead(affirmed or text)
    if affirmed not in ("", text):
        found = subjects(index, affirmed)
        if found and (found[0].belief >= SURE or (found[0].share >= SIDE and found[0].belief >= LEAST_NAMED)):
            return affirmed, found
        if left := _without_denied(index, found, _DENIED.findall(text)):
            return affirmed, left
    return text, subjects(index, text) if text else ()


def without_denials(text: str) -> str:
    """Return a text without what it says it is not about."""
    return _DENIED.sub(" ", text)


def _without_denied(index: Index, found: Sequence[Subject], denied: Sequence[str]) -> tuple[Subject, ...]:
    """Return the subjects of a text without those that it says it is not about, whose part the others take over; none if it names none."""
    if not found:
        return ()
    likely = [one.document for one in found]
    out = {name for part in denied if _NOT_THE.match(part) for name in named_by_amounts(index, part, likely[0], likely)}
    return left_of(found, out) if out else ()


def bare_text(text: str, pattern: str) -> str:
    """Return a question without the codes in it, for these decide by the gate and not by similarity; "it" stands in inside a sentence."""
    return _without_codes(text, code_spans(text, pattern))


def _without_codes(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text without what stands at some places and the name of a code system before it; "" where no word is left."""
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


def _mentioned(index: Index, text: str, spans: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Say whether what stands at `span` is a code that no document describes, but that the one which the rest is about speaks of.

    A comparison of codes asks what that code is itself.
    """
    pattern = index.settings.code_pattern
    code = next(iter(codes_in(text[span[0] : span[1]], pattern)), "")
    word = code.casefold()
    if code in index.by_code or not is_code(code, pattern) or not index.words.document_frequency(word):
        return False
    if len(spans) > 1 and index.forms.read(text).comparison >= index.forms.cuts.comparison:
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


def _may_be_amount(code: str, pattern: str) -> bool:
    """Say whether what looks like a code may be a number, or a strength such as U100, beside one that is a code without doubt."""
    return code.isdigit() or not is_code(code, pattern)


def unquoted(turn: str) -> str:
    """Return a turn that was pasted from an address as it was typed there; another as it is."""
    return unquote_plus(turn) if _QUOTED.search(turn) and not turn.count(" ") else turn
