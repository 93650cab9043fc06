"""Names in a question that no document uses -> what they name, from a glossary of medicine as a whole. Knows no document of its own.

People name a drug by its brand and a condition by its abbreviation; documents name what it is. The glossary says so of three thousand
drugs, conditions, procedures, devices and services; it is written by training/write_glossary.py.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.errors import ModelError
from assistant.index import Index
from assistant.tokens import stem, words

GLOSSARY_FILE = Path(__file__).parent / "data" / "glossary.jsonl.gz"
LONGEST = 4
"""Words of the longest name that is looked for."""
SHORTEST = 3
"""Letters of the shortest name that is one word without a digit: shorter ones mean too many things."""
MISSPELT = 7
"""Letters from which on a name with one letter wrong is told."""
_APART = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
"""Where figures and letters of a name meet: "5fu" is "5 fu"."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name means, and whether it is the name of a drug."""

    meaning: str
    drug: bool


@lru_cache(maxsize=1)
def glossary() -> dict[str, Entry]:
    """Return what each name stands for; a name is the stems of its words with a blank between them.

    Raises:
        ModelError: the glossary is missing or damaged.
    """
    try:
        rows = [json.loads(line) for line in gzip.decompress(GLOSSARY_FILE.read_bytes()).decode().splitlines()]
        if not rows:
            raise ValueError("it is empty")
        found: dict[str, Entry] = {}
        for names, meaning, drug in reversed(rows):
            found.update(dict.fromkeys(names, Entry(str(meaning), bool(drug))))
        return found
    except (OSError, EOFError, ValueError, TypeError) as error:
        raise ModelError(f"the file '{GLOSSARY_FILE}' cannot be read ({error}); install the package again") from error


@lru_cache(maxsize=1)
def _long_names() -> list[str]:
    """Return the stems of the names that are one long word."""
    return [name for name in glossary() if len(name) >= MISSPELT and name.isalpha()]


def explained(index: Index, text: str) -> str:
    """Return a text with what each name in it means behind it, in parentheses, where the documents do not use that name."""
    for end, entry in reversed(index.recall(_found, text)):
        text = f"{text[:end]} ({entry.meaning}){text[end:]}"
    return text


def names_drug(index: Index, text: str) -> bool:
    """Say whether a text names a drug that no document does."""
    return any(entry.drug for _, entry in index.recall(_found, text))


def _found(index: Index, text: str) -> list[tuple[int, Entry]]:
    """Return where each name in a text ends that no document uses, and what it stands for."""
    spans = [match.span() for match in _WORD.finditer(text)]
    found: list[tuple[int, Entry]] = []
    first = 0
    while first < len(spans):
        step = 1
        for last in range(min(first + LONGEST, len(spans)) - 1, first - 1, -1):
            if entry := _entry(index, words(text[spans[first][0] : spans[last][1]])):
                found.append((spans[last][1], entry))
                step = last - first + 1
                break
        first += step
    return found


def _entry(index: Index, name: tuple[str, ...]) -> Entry | None:
    """Return what a name stands for; None for one that the documents use, a common word or a short abbreviation."""
    stems = [stem(word) for word in name]
    if all(map(index.words.document_frequency, stems)):
        return None
    if len(name) == 1 and (index.encoder.knows(name[0]) or (len(name[0]) < SHORTEST and name[0].isalpha())):
        return None
    if len(name) > 1:
        return glossary().get(" ".join(stems))
    return glossary().get(stems[0]) or glossary().get(_APART.sub(" ", stems[0])) or _misspelt(name[0])


@lru_cache(maxsize=4096)
def _misspelt(word: str) -> Entry | None:
    """Return what the name stands for that a long word differs from in a single letter."""
    if len(word) < MISSPELT or not word.isalpha():
        return None
    near = process.extractOne(stem(word), _long_names(), scorer=OSA.distance, score_cutoff=1)
    return glossary()[near[0]] if near else None
