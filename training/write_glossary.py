r"""The terms of medicine -> the glossary that comes with the package: a line for each thing, with its names and what they mean.

A name that stands for two different things means neither, unless it is one long word, such as a brand that two entries list: then the
first counts. Names that hold a function word among none but common ones ("round the clock") are wordings, not names.

    python training/write_glossary.py
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from typing import Any

from assistant.config import PACKAGED_ENCODER
from assistant.glossary import GLOSSARY_FILE, LONGEST
from assistant.inference import OnnxEncoder
from assistant.lexical import FUNCTION_WORDS
from assistant.tokens import stem, words
from train_encoder import load_terms

SURE = 5
"""Letters of a single word that two entries list as a name of the same thing."""


def named(row: dict[str, Any]) -> list[str]:
    """Return the names of an entry in case-folded words, its own name first."""
    return list(dict.fromkeys(filter(None, (" ".join(words(name)) for name in (row["name"], *row["also"])))))


def names_of(rows: list[dict[str, Any]], encoder: OnnxEncoder) -> dict[int, list[str]]:
    """Return, for each entry that has any, the names by which it is looked up."""
    owners: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        for name in named(row):
            owners[name].append(i)
    found: dict[int, list[str]] = defaultdict(list)
    for name, (first, *others) in owners.items():
        one = name.split()
        common = all(map(encoder.knows, one)) and any(stem(word) in FUNCTION_WORDS for word in one)
        same = all(named(rows[first])[0] in named(rows[i]) or named(rows[i])[0] in named(rows[first]) for i in others)
        if len(one) <= LONGEST and not common and (same or (len(one) == 1 and len(name) >= SURE)):
            found[first].append(name)
    return found


def meaning(row: dict[str, Any]) -> str:
    """Return what an entry is, its classes, and what it is for."""
    return ", ".join([row["is"], *row["class"], "for " + ", ".join(row["for"])] if row["for"] else [row["is"], *row["class"]])


def main() -> None:
    """Write the glossary."""
    rows = load_terms()
    found = names_of(rows, OnnxEncoder(PACKAGED_ENCODER))
    lines = [json.dumps([names, meaning(rows[i])], ensure_ascii=False) for i, names in sorted(found.items())]
    GLOSSARY_FILE.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))
    print(f"{len(lines)} things of {len(rows)}, {sum(map(len, found.values()))} names, {GLOSSARY_FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
