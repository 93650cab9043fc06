r"""The terms of medicine -> the packaged glossary: for each thing the stems of its names, what they mean, and whether it is a drug.

A name that stands for different things, as their meanings tell, means none of them; else the first entry that lists it counts. Names that
hold a function word among none but common ones ("round the clock") are wordings, not names; entries on billing, places and people name no
thing. A class that several entries list, such as "blood thinner", means the classes that they list most beside it.

    python training/write_glossary.py
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from typing import Any

from assistant.config import PACKAGED_ENCODER
from assistant.glossary import GLOSSARY_FILE, LONGEST
from assistant.inference import OnnxEncoder
from assistant.lexical import FUNCTION_WORDS
from assistant.tokens import stem, tokenize, words
from train_encoder import load_terms

SYSTEMS = ("cpt", "hcpcs", "cdt", "icd")
"""Code systems, by whose names questions mean nothing else."""
_NO_THING = re.compile(r"\b(?:billing|coding|schedule|descriptor|term|route|setting|clinician|visit|professional)\b", re.IGNORECASE)
"""Classes of what is neither given to anyone nor treated."""
DRUGS = "drugs"
"""How the names of the files begin that list drugs alone."""
SURE = 5
"""Letters of a name that is a drug's in other names too, and of a word that opens a drug's name and names it alone."""
LAY = 3
"""Words of what people call a thing."""
SEVERAL, OFTEN, MOST = 3, 0.3, 2
"""So many entries list a class that is explained, by those at most so many that so large a part of them list too."""
ALIKE = 0.4
"""How like each other the meanings of entries are at least that list the same name for the same thing."""


def named(row: dict[str, Any]) -> list[str]:
    """Return the names of an entry in case-folded words, its own name first, and last what people call it in a few telling words."""
    called = [one for one in row["lay"] if 1 < len(one.split()) <= LAY and not FUNCTION_WORDS.intersection(tokenize(one))]
    return list(dict.fromkeys(filter(None, (" ".join(words(name)) for name in (row["name"], *row["also"], *called)))))


def names_of(rows: list[dict[str, Any]], encoder: OnnxEncoder) -> dict[int, list[str]]:
    """Return, for each entry that has any, the names by which it is looked up, and the word that opens a drug's where it means no more."""
    vectors = encoder.encode([meaning(row) for row in rows])
    owners: dict[str, list[int]] = defaultdict(list)
    holders: dict[str, set[int]] = defaultdict(set)
    for i, row in enumerate(rows):
        for name in () if _NO_THING.search(" ".join(row["class"])) else named(row):
            owners[name].append(i)
            for word in name.split():
                holders[word].add(i)
    for i, row in enumerate(rows):
        opening = words(row["name"])[0]
        if row["file"].startswith(DRUGS) and len(opening) >= SURE and opening not in owners and not encoder.knows(opening):
            owners[opening] = [i, *sorted(holders[opening] - {i})]
    found: dict[int, list[str]] = defaultdict(list)
    for name, (first, *others) in owners.items():
        one = name.split()
        common = all(map(encoder.knows, one)) and any(stem(word) in FUNCTION_WORDS for word in one)
        alike = (vectors[others] @ vectors[first]).min() if others else 1.0
        if len(one) <= LONGEST and name not in SYSTEMS and not common and alike >= ALIKE:
            found[first].append(name)
    return found


def meaning(row: dict[str, Any]) -> str:
    """Return what an entry is, its classes, and what it is for; of a condition, which is given in no way, not what is given for it."""
    return ", ".join([row["is"], *row["class"], *(["for " + ", ".join(row["for"])] if row["how"] and row["for"] else [])])


def classes(rows: list[dict[str, Any]], known: set[str]) -> dict[str, str]:
    """Return what the classes in several words mean that are no names, and that several entries list."""
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    listed: Counter[str] = Counter()
    for row in rows:
        for one in dict.fromkeys(row["class"]):
            listed[one] += 1
            beside[one].update(other for other in row["class"] if other != one)
    several = (one for one, n in listed.items() if n >= SEVERAL and 1 < len(one.split()) <= LONGEST and " ".join(words(one)) not in known)
    found = {one: [other for other, n in beside[one].most_common(MOST) if n >= max(2, OFTEN * listed[one])] for one in several}
    return {one: ", ".join(others) for one, others in sorted(found.items()) if others}


def main() -> None:
    """Write the glossary."""
    rows = load_terms()
    encoder = OnnxEncoder(PACKAGED_ENCODER)
    found = names_of(rows, encoder)
    drugs = {name for i, names in found.items() for name in names if rows[i]["file"].startswith(DRUGS) and len(name) >= SURE}
    entries = [
        (names, meaning(rows[i]), any(not drugs.isdisjoint((name, *name.split())) for name in names)) for i, names in sorted(found.items())
    ]
    entries += [([one], told, False) for one, told in classes(rows, {name for row in rows for name in named(row)}).items()]
    lines = [
        json.dumps([list(dict.fromkeys(" ".join(tokenize(name)) for name in names)), told, drug], ensure_ascii=False)
        for names, told, drug in entries
    ]
    GLOSSARY_FILE.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))
    print(f"{len(lines)} things of {len(rows)}, {sum(map(len, found.values()))} names, {GLOSSARY_FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
