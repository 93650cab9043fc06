"""Question -> what sort of answer it asks for. Rules over the form of English questions; knows no document and no code.

A scenario asks which code fits: it says so ("which code", "code?", "what do we bill"), or it only describes a patient and asks nothing.
The second is told apart by the reader's scenario head, where it has one.
"""

from __future__ import annotations

import re
from enum import Enum

import numpy as np

from assistant.inference import Encoder


class Kind(Enum):
    """What sort of answer a question asks for."""

    FACT = "fact"
    SCENARIO = "scenario"
    COMPARISON = "comparison"
    LISTING = "listing"


_CODE = r"(?:hcpcs|cpt|(?:billing\s+|procedure\s+)?codes?)"
_ASKS_CODE = re.compile(
    rf"""
    \b(?:which|what|whats|what's|wich)\s+(?:(?:is|are|of|the|your|these|our|a|right|correct|s)\s+){{0,4}}(?:[\w/-]+\s+){{0,2}}?{_CODE}
        (?=\s*(?:$|[?.!,;:]|for|to|do|should|would|can|fits?|applies|apply|is|matches|covers?|goes|describes|please|here|\bi\b|we))
  | \b(?:what|how)\s+(?:do|should|would|can|must|shall|does|will)\s+(?:we|i|you|they|(?:the|my|our)\s+\w+)\s+
        (?:bill|code|enter|report|submit|put\s+down|claim)(?=\s*(?:$|[?.!,;]|this|that|it\b|him|her|for\s+(?:this|him|her|a)\b|under|on\b))
  | [.!?,;:–-]\s*(?:the\s+|which\s+|what\s+)?{_CODE}\s*(?:please|pls|plz|needed)?\s*[?.!]*\s*$
  | \b{_CODE}\s+(?:please|pls|plz|needed)\b
  | \b(?:need|want|give\s+me|find|looking\s+for|asks?\s+for|asking\s+for)\s+(?:me\s+)?(?:the|a|an|its)\s+(?:[\w-]+\s+){{0,3}}{_CODE}\b
  | \b(?:is|was)\s+there\s+(?:a|any)\s+(?:\w+\s+){{0,2}}{_CODE}\s+(?:for|that)\b
  | ^(?:[\w'-]+\s+){{1,5}}{_CODE}\s*\?\s*$
  | ^{_CODE}\s+for\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_INSIDE_CODE = re.compile(
    rf"\b(?:in(?:side)?|outside|under|within|of|by|with|from|than|same|part\s+of)\s+(?:[\w'-]*\w\s+){{0,5}}{_CODE}\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_ASKS_CONTENT = re.compile(
    rf"\b(?:what|how)\b(?!\s+(?:\w+\s+)?{_CODE}).{{0,60}}\b(?:includ|cover|pay|bundl|mean|describ|stand|contain|rolls?|says?)\w*\b|\bin(?:cluded)?\s+(?:in\s+)?(?:this|that|the)\s+{_CODE}",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"\b(?:in\s+|for\s+|under\s+)?which\s+(?:of\s+)?(?:the(?:se|m)?|those|your|all|\d+)?\s*(?:codes|ones|services|therapies|procedures|documents|treatments|infusions)\b"
    r"|\bwhich\s+(?:of\s+(?:the(?:se|m)?|those|your)\b)|\bin\s+which\s+of\b|\bwhich\s+(?:list|mention|need|require|warn|say|run|allow|use|have|include)\b"
    r"|\b(?:list|name)\s+(?:all|every)\b|\b(?:do|are)\s+all\s+of\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:vs\.?|versus|compar(?:e[ds]?|ing|ison)|differ(?:s|ence|ences|ent)?|between|than|both|whereas|as\s+opposed\s+to|rather\s+than|which\s+one)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:who|whom|whose|what|whats|when|where|which|why|how|wat|wich)\b", re.IGNORECASE)
_TURNS = re.compile(
    r"(?:^|[,.;:!?–-]\s*|\b(?:and|so|but|or|then)\s+)(?:is|are|was|were|do|does|did|can|could|will|would|should|shall|may|might|must|has|have|am)(?:n't)?\b",
    re.IGNORECASE,
)
_PRESUMES = re.compile(r"^\W*(?:why|how\s+come|since|because|does|do|did|is|are|was|can|could|will|would|should|has|have)\b", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:he|she|his|her|him|patients?|pt|man|woman|lady|gentleman|boy|girl|child|kid|teen|toddler|infant|baby|resident|y/?o|yo|year[\s-]olds?|"
    r"mother|father|mom|dad|wife|husband|son|daughter)\b",
    re.IGNORECASE,
)


def asks_for_code(text: str) -> bool:
    """Say whether a question asks outright which code to use."""
    if _ASKS_CONTENT.search(text):
        return False
    return bool(_ASKS_CODE.search(text)) and not (
        _INSIDE_CODE.search(text) and not re.search(rf"\b(?:which|what)\b[^,.;?]*{_CODE}", text, re.IGNORECASE)
    )


def presumes(text: str) -> bool:
    """Say whether a question takes something for granted or asks for a yes or no: "why does …", "is it …"."""
    return bool(_PRESUMES.match(text))


def compares(text: str) -> bool:
    """Say whether a question sets things side by side."""
    return bool(_COMPARES.search(text))


def lists(text: str) -> bool:
    """Say whether a question asks which of several codes have something in common."""
    return bool(_LISTS.search(text))


def form_features(text: str) -> list[float]:
    """Return how a question is put, as numbers for the scenario head: asks for a code, a mark, words that ask, length, figures, people."""
    asks, turns, mark = bool(_ASKS.search(text)), bool(_TURNS.search(text)), "?" in text
    flags = [asks_for_code(text), mark, asks, turns, not (asks or turns or mark), bool(re.search(r"\d", text)), bool(_PERSON.search(text))]
    return [*map(float, flags), min(len(text.split()), 40) / 20]


def is_scenario(text: str, reader: Encoder) -> bool:
    """Say whether a question describes a case and wants the code for it; `reader` brings the scenario head."""
    if asks_for_code(text):
        return True
    head = reader.calibration.scenario_head
    if not head:
        return False
    features = np.concatenate([form_features(text), reader.encode_one(text), [1.0]])
    return float(features @ np.asarray(head)) > reader.calibration.scenario_sure
