"""Words of a line -> the label that they open with, and whether they are a sentence or a question. Knows no line around them."""

from __future__ import annotations

import re

from assistant.numbering import ordinals_of

_LABEL = re.compile(r"(?P<label>[*_]{0,2}[^\W\d_][^:.!?\n]{0,79}?)(?:\([^()\n]{1,20}\))?[*_]{0,2}:[*_]{0,2}(?P<gap>\s+|$)")
_RUN_IN = (
    re.compile(r"(?P<mark>[*_]{1,3})(?=\S)(?P<label>[^*_.!?:\n]{1,79})(?:\.(?P=mark)|(?P=mark)\.)\s+(?=\S)"),
    re.compile(r"(?P<mark>[*_]{1,3})(?=\S)(?P<label>[^*_.!?:\n]{1,79})(?P=mark)\s+[–—-]{1,2}\s+(?=\S)"),
    re.compile(r"(?P<label>(?=[^.]*[A-Z]{4})[A-Z][A-Z0-9 ,/&'’-]{2,79}(?:\([^()\n]{1,40}\))?)\.\s+(?=[\"“(]?[A-Z0-9][^.]*[a-z])"),
)
"""What runs into its text without a colon: "**Limits.** Two a year.", "**Nurse** – near by", "LIMITS. Two a year."."""
_STOPPED = re.compile(
    r"(?P<mark>[*_]{1,3})(?=\S)(?P<words>[^*_.!?:\n]{1,79})(?:\.(?P=mark)|(?P=mark)\.)|"
    r"(?P<capitals>(?=(?:[^.A-Z]*[A-Z]){4})[A-Z][A-Z0-9 ,/&'’-]{2,79}(?:\([^()\n]{1,40}\))?)\."
)
"""What stands above its text as such labels run into theirs: "**Limits.**", "LIMITS."."""
_DASHED = re.compile(r"(?P<label>[A-Z][^\W\d_]*(?:[ /&'’-][^\W\d_]+){0,3})\s+[–—-]{1,2}\s+(?!.*\s[–—-]{1,2}\s)(?=\S)")
"""A few words that a dash sets off from what is said of them, without another dash: "Nurse – near by"."""
_CLAUSE = re.compile(r"\A\W*\w\S*\s+\w.*\s(?:while|until|unless|because|although|whenever)\s+\S+\s+\S", re.IGNORECASE)
"""What a sentence has before a colon after which it goes on, and no label: words, then why or how long they hold."""
_BRACKETED = re.compile(r"\([^()]*\)")
_INNER_END = re.compile(r"[.!?](?=\s|\Z)")
EMPHASIS = "*_ \t"
"""What may stand around words that are set off, white space included."""
LABEL_WORDS = 7
"""A label has at most so many words outside brackets; a longer line that ends in a colon introduces a list and names nothing."""
RUN_IN_WORDS = 10
"""A label that emphasis or capitals set off has at most so many words."""


def value_start(content: str) -> int:
    """Return where the text begins that a label runs into or announces; 0 where `content` opens with no label.

    >>> [words[value_start(words):] for words in ("Limits: two", "**Limits.** Two", "LIMITS. Two a year", "Two a year")]
    ['two', 'Two', 'Two a year', 'Two a year']
    """
    return labelled(content)[1]


def label_of(content: str) -> str:
    """Return the label that runs into the text of `content`; "" where none does, or where nothing follows it."""
    label, start = labelled(content)
    return label if start < len(content) else ""


def labelled(content: str) -> tuple[str, int]:
    """Return the label that `content` opens with and where its text begins; "" and 0 where it opens with none."""
    for pattern in _RUN_IN:
        found = pattern.match(content)
        if found and len(found["label"].split()) <= RUN_IN_WORDS and found["label"][0].isalpha() and not ordinals_of(content):
            return found["label"].strip(EMPHASIS), found.end()
    found = _LABEL.match(content)
    if not found:
        return "", 0
    label = content[: found.end()].rstrip().rstrip(EMPHASIS).rstrip(":").strip(EMPHASIS)
    if (
        not label
        or label.count("(") != label.count(")")
        or len(_BRACKETED.sub("", label).split()) > LABEL_WORDS
        or "://" in content[: found.end() + 2]
    ):
        return "", 0
    if _CLAUSE.search(label) and content[found.end() : found.end() + 1].islower():
        return "", 0
    return label, found.end()


def stopped_label(content: str) -> str:
    """Return the label that is all of `content` and ends in a full stop, set off by emphasis or capitals; "" where it is none.

    >>> [stopped_label(words) for words in ("**Limits.**", "LIMITS.", "Limits.")]
    ['Limits', 'LIMITS', '']
    """
    found = _STOPPED.fullmatch(content)
    label = (found["words"] or found["capitals"]).strip() if found else ""
    return label if len(label.split()) <= LABEL_WORDS else ""


def dashed_label(content: str) -> str:
    """Return the few words that a dash sets off from the rest of `content`, as a label may be; "" where none does."""
    found = _DASHED.match(content)
    return found["label"] if found else ""


def is_sentence(content: str) -> bool:
    """Say whether a line ends as prose does; an ellipsis marks a cut title, not a sentence."""
    bare = content.rstrip("*_)\"'’” ")
    return bare.endswith((".", "!", "?", ";", ",")) and not bare.endswith("...")


def is_question(content: str) -> bool:
    """Say whether a line is one question and nothing else."""
    bare = content.strip("*_\"'’”“ ")
    return bare.endswith("?") and not _INNER_END.search(bare[:-1])
