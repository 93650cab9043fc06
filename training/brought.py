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
from assistant.evaluation.questions import load_questions
from authored import Family

FOLDER = Path(__file__).parent.parent / "eval" / "brought"
MEASURED = ("b", "l", "m", "n", "q")
TRAINED = ("a", "c", "d", "e", "f", "g", "h", "i")


def brought_families(names: Sequence[str]) -> list[Family]:
    """Return some sets as families of documents with their questions."""
    found = []
    with tempfile.TemporaryDirectory() as work:
        for name in names:
            index = Assistant.open(FOLDER / name / "documents", Path(work) / name, make_settings()).index
            rows = [asdict(row) for row in load_questions([FOLDER / name / "questions.jsonl"])]
            sections = [[{"code": code, "section": section} for code, section in row["sections"]] for row in rows]
            questions = tuple({**row, "sections": named} for row, named in zip(rows, sections, strict=True))
            found.append(Family(f"brought-{name}", tuple(index.by_id[one] for one in index.documents.ids), questions))
    return found


def load_brought(work: Path, leave_out: Sequence[str] = ()) -> Iterator[tuple[str, Assistant, list[dict[str, Any]]]]:
    """Yield the name of each set that may be fitted on, its documents opened with an index below `work`, and its questions."""
    for folder in sorted(path for path in FOLDER.iterdir() if path.name not in (*MEASURED, *leave_out)):
        assistant = Assistant.open(folder / "documents", work / folder.name, make_settings())
        yield folder.name, assistant, [asdict(row) for row in load_questions([folder / "questions.jsonl"])]
