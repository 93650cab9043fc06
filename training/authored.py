"""The authored data: documents about service families other than the shipped one, and questions with verbatim golds. Loads and checks it.

Each file of `training/authored/` holds one family as gzipped JSON lines: first its documents, then its questions in the form of
`eval/*.jsonl` without `split`.

    python training/authored.py
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.config import make_settings
from assistant.documents import Source
from assistant.evaluation.questions import squash
from assistant.sections import parse_corpus
from assistant.types import Document

SIDES, LISTING = "sides", "listing"
"""Notes of questions that set documents side by side, and of those over all documents of a family."""
FOLDER = Path(__file__).with_name("authored")
CODE_PATTERN = r"[A-Z]\d{4}|\d{5}"
"""The families use HCPCS level II codes and five-digit procedure codes."""


@dataclass(frozen=True, slots=True)
class Family:
    """One service family: parsed documents and raw question rows."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[dict[str, Any], ...]


def load_families() -> list[Family]:
    """Return every family in order of its name, its documents parsed as the assistant parses them."""
    settings = make_settings(code_pattern=CODE_PATTERN)
    families = []
    for path in sorted(FOLDER.glob("*.jsonl.gz")):
        rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()]
        texts = [row for row in rows if "text" in row]
        sources = [_source(row["document"], row["text"]) for row in texts]
        questions = tuple(row for row in rows if "question" in row)
        families.append(Family(path.name.removesuffix(".jsonl.gz"), tuple(parse_corpus(sources, settings)), questions))
    return families


def names_its_service(family: Family) -> bool:
    """Say whether the family's questions were written to be asked of all its documents, as those with unclear ones were."""
    return any(row["kind"] == "followup" for row in family.questions)


def _source(name: str, text: str) -> Source:
    return Source(id=name, file=name, sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(), text=text)


def problems(family: Family) -> list[str]:
    """Return what is wrong with a family: golds that are not verbatim, unknown codes, repeated ids or questions."""
    texts: dict[str, str] = {}
    for document in family.documents:
        for code in document.codes:
            texts[code] = texts.get(code, "") + " \n " + squash(document.text)
    found = []
    for row in family.questions:
        pool = " \n ".join(texts.get(code, "") for code in row["codes"])
        found += [f"{row['id']}: no document has {code}" for code in row["codes"] if code not in texts]
        found += [f"{row['id']}: not verbatim: {gold}" for gold in row["must_contain"] if squash(gold) not in pool]
    ids = Counter(row["id"] for row in family.questions)
    asked = Counter((squash(row["question"]), *row["history"]) for row in family.questions)
    found += [f"{name} occurs twice" for name, n in ids.items() if n > 1]
    return found + [f"asked twice: {question[0]}" for question, n in asked.items() if n > 1]


def main() -> int:
    """Print counts by family and every problem; return 1 if there are any."""
    found = []
    for family in load_families():
        kinds = Counter(row["kind"] for row in family.questions)
        print(f"{family.name}: {len(family.documents)} documents, {len(family.questions)} questions, {dict(sorted(kinds.items()))}")
        found += problems(family)
    print("\n".join(found) if found else "no problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
