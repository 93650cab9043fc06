"""Documents and questions of strangers, `eval/brought`, that weights are fitted on beside the authored families.

Those of `MEASURED` are left for measuring: nothing is fitted on them. Those of `READ` were only read to mend the code by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.config import make_settings
from assistant.evaluation.questions import load_questions

FOLDER = Path(__file__).parent.parent / "eval" / "brought"
MEASURED = ("b", "l", "m", "n", "q")
READ = ("o", "p", "r", "s")


def load_brought(work: Path) -> Iterator[tuple[str, Assistant, list[dict[str, Any]]]]:
    """Yield the name of each set, its documents opened with an index below `work`, and its questions."""
    for folder in sorted(path for path in FOLDER.iterdir() if path.name not in (*MEASURED, *READ)):
        assistant = Assistant.open(folder / "documents", work / folder.name, make_settings())
        yield folder.name, assistant, [asdict(row) for row in load_questions([folder / "questions.jsonl"])]
