"""Names in a question that no document uses -> what they name, from a glossary of medicine as a whole. Knows no document of its own.

People name a drug by its brand and a condition by its abbreviation; documents name what it is. The glossary says so of three thousand
drugs, conditions, procedures, devices and services; it is written by training/write_glossary.py.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.errors import ModelError
from assistant.index import Index
from assistant.tokens import stem, tokenize, words

GLOSSARY_FILE = Path(__file__).parent / "data" / "glossary.jsonl.gz"
LONGEST = 4
"""Words of the longest name that is looked for."""
SHORTEST = 3
"""Letters of the shortest name that is one word without a digit: shorter ones mean too many things."""
MISSPELT = 7
"""Letters from which on a name with one letter wrong is told."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@lru_cache(maxsize=1)
def glossary() -> dict[str, str]:
    """Return what each name means; a name is the stems of its words with a blank between them.

    Raises:
        ModelError: the glossary is missing or damaged.
    """
    try:
        rows = [json.loads(line) for line in gzip.decompress(GLOSSARY_FILE.read_bytes()).decode().splitlines()]
        if not rows:
            raise ValueError("it is empty")
        return {" ".join(tokenize(name)): str(meaning) for names, meaning in reversed(rows) for name in names}
    except (OSError, EOFError, ValueError, TypeError) as error:
        raise ModelError(f"the file '{GLOSSARY_FILE}' cannot be read ({error}); install the package again") from error


@lru_cache(maxsize=1)
def _long_names() -> list[str]:
    """Return the stems of the names that are one long word."""
    return [name for name in glossary() if len(name) >= MISSPELT and name.isalpha()]


def explained(index: Index, text: str) -> str:
    """Return a text with what each name in it means behind it, in parentheses, where the documents do not use that name."""
    found = [match.span() for match in _WORD.finditer(text)]
    behind: list[tuple[int, str]] = []
    first = 0
    while first < len(found):
        step = 1
        for last in range(min(first + LONGEST, len(found)) - 1, first - 1, -1):
            if meaning := _meaning(index, words(text[found[first][0] : found[last][1]])):
                behind.append((found[last][1], meaning))
                step = last - first + 1
                break
        first += step
    for end, meaning in reversed(behind):
        text = f"{text[:end]} ({meaning}){text[end:]}"
    return text


def _meaning(index: Index, name: tuple[str, ...]) -> str:
    """Return what a name means; nothing for one that the documents use, a common word or a short abbreviation."""
    stems = [stem(word) for word in name]
    if all(map(index.words.document_frequency, stems)):
        return ""
    if len(name) == 1 and (index.encoder.knows(name[0]) or (len(name[0]) < SHORTEST and name[0].isalpha())):
        return ""
    return glossary().get(" ".join(stems), "") or (_meaning_of_misspelt(name[0]) if len(name) == 1 else "")


@lru_cache(maxsize=4096)
def _meaning_of_misspelt(word: str) -> str:
    """Return what the name means that a long word differs from in a single letter."""
    if len(word) < MISSPELT or not word.isalpha():
        return ""
    near = process.extractOne(stem(word), _long_names(), scorer=OSA.distance, score_cutoff=1)
    return glossary()[near[0]] if near else ""
