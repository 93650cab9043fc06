"""Documents and questions of strangers, `eval/brought`, that weights are fitted on beside the authored families.

Those of `MEASURED` are left for measuring: nothing is fitted on them, and nobody reads them. The reader was trained on those of `TRAINED`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.config import make_settings
from assistant.evaluation.questions import load_questions, squash
from assistant.index import Index
from assistant.kinds import Kind
from assistant.listing import asked_of_each
from assistant.understanding import asked_of_documents, understand
from authored import Family

FOLDER = Path(__file__).parent.parent / "eval" / "brought"
MEASURED = ("b", "l", "m", "n", "q", "v")
TRAINED = ("a", "c", "d", "e", "f", "g", "h", "i")


def brought_families(names: Sequence[str]) -> list[Family]:
    """Return some sets as families of documents with their questions about one of them, and what others ask of each."""
    found = []
    with tempfile.TemporaryDirectory() as work:
        for name in names:
            index = Assistant.open(FOLDER / name / "documents", Path(work) / name, make_settings()).index
            rows = [asdict(row) for row in load_questions([FOLDER / name / "questions.jsonl"])]
            named = [{**row, "sections": [{"code": code, "section": section} for code, section in row["sections"]]} for row in rows]
            asked = [one for row in named for one in (_of_each(index, row) if row["history"] or row["kind"] == "compare" else [row])]
            found.append(Family(f"brought-{name}", tuple(index.by_id[one] for one in index.documents.ids), tuple(asked)))
    return found


def _of_each(index: Index, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a turn, or what sets documents side by side, as the program asks it of each document, with the golds that this one has.

    Of a document that is known to answer none of it, nothing is asked, nor where the program takes the question for another's.
    """
    query = understand(index, row["question"], row["history"])
    if query.kind is Kind.LISTING:
        asked = {index.by_code[code][0]: asked_of_each(query.text) for code in row["codes"]}
    else:
        asked = asked_of_documents(index, query) if query.kind in (Kind.FACT, Kind.COMPARISON) and len(query.questions) < 2 else {}
    for name, text in asked.items():
        document = index.by_id[name]
        whole = squash(document.text)
        wanted = [one for one in row["must_contain"] if squash(one) in whole]
        codes = [code for code in document.codes if code in row["codes"]]
        if text and codes and (wanted or row["expect"] == "abstain"):
            yield {**row, "kind": "narrow", "question": text, "history": [], "codes": codes[:1], "must_contain": wanted}


def load_brought(work: Path, leave_out: Sequence[str] = ()) -> Iterator[tuple[str, Assistant, list[dict[str, Any]]]]:
    """Yield the name of each set that may be fitted on, its documents opened with an index below `work`, and its questions."""
    for folder in sorted(path for path in FOLDER.iterdir() if path.name not in (*MEASURED, *leave_out)):
        assistant = Assistant.open(folder / "documents", work / folder.name, make_settings())
        yield folder.name, assistant, [asdict(row) for row in load_questions([folder / "questions.jsonl"])]
