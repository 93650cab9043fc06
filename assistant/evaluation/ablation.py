"""Assistant + rows -> what each stage adds, by taking one away at a time. Knows the stages of an index; measures nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from tempfile import TemporaryDirectory

import numpy as np

from assistant.api import Assistant
from assistant.chunking import read_texts
from assistant.config import NO_READER
from assistant.evaluation.questions import EvalRow
from assistant.evaluation.runner import Result, evaluate
from assistant.inference import Calibration
from assistant.segments import Joined
from assistant.turns import bare_text

Rows = Sequence[EvalRow]


class _Finds:
    """A search that finds nothing, in place of one of the two over chunks."""

    def __init__(self, vectors: Joined) -> None:
        self._vectors = vectors

    def search(self, query: object, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return nothing."""
        return []

    def vectors(self) -> Joined:
        """Return what is stored."""
        return self._vectors


def _without_lexical(assistant: Assistant, rows: Rows) -> Rows:
    assistant.index.lexical = _Finds(assistant.index.vectors.vectors())  # type: ignore[assignment]
    return rows


def _without_dense(assistant: Assistant, rows: Rows) -> Rows:
    vectors = assistant.index.vectors.vectors()
    assistant.index.vectors = _Finds(vectors)
    assistant.index.openings = Joined.whole(np.zeros_like(assistant.index.openings))
    return rows


def _without_headings(assistant: Assistant, rows: Rows) -> Rows:
    index = assistant.index
    texts = []
    for row in range(len(index.candidates)):
        candidate = index.candidates[row]
        document = index.by_id[candidate.document]
        labels = f"{' > '.join(candidate.path(document))}: "
        texts.append(read_texts(document, candidate)[0].removeprefix(labels))
    index.candidate_vectors = Joined.whole(index.reader.encode(texts))
    return rows


def _without_codes(assistant: Assistant, rows: Rows) -> Rows:
    pattern = assistant.index.settings.code_pattern
    return [replace(row, question=bare_text(row.question, pattern) or row.question) for row in rows]


def _without_second_look(assistant: Assistant, rows: Rows) -> Rows:
    reader = assistant.index.reader
    reader.calibration = replace(reader.calibration, reading_words=0.0)
    return rows


def _without_calibration(assistant: Assistant, rows: Rows) -> Rows:
    assistant.index.reader.calibration = replace(Calibration(), reading_words=assistant.index.reader.calibration.reading_words)
    return rows


STAGES: dict[str, Callable[[Assistant, Rows], Rows]] = {
    "BM25": _without_lexical,
    "dense search": _without_dense,
    "headings read with what they head": _without_headings,
    "the codes in questions": _without_codes,
    "the second look": _without_second_look,
    "calibration": _without_calibration,
}
"""What is taken away, and how; each changes an assistant that is used once."""


def ablate(assistant: Assistant, rows: Rows, split: str, progress: Callable[[str], None] | None = None) -> dict[str, Result]:
    """Return the evaluation of the whole, and of it without each stage and without the trained reader, by the stage's name."""
    tell = progress or (lambda name: None)
    settings = assistant.index.settings
    tell("nothing")
    found = {"nothing": evaluate(assistant, rows, split)}
    for name, take_away in STAGES.items():
        tell(name)
        one = Assistant.open(assistant.corpus, assistant.folder, settings, build=False)
        found[name] = evaluate(one, take_away(one, rows), split)
    tell("the reader")
    with TemporaryDirectory() as folder:
        plain = Assistant.open(assistant.corpus, folder, settings.model_copy(update={"reader": NO_READER}))
        found["the reader"] = evaluate(plain, rows, split)
    return found


def ablation_table(found: dict[str, Result]) -> str:
    """Return a Markdown table: answered correctly, in percent, by kind, without each stage."""
    kinds = list(found["nothing"].metrics)
    lines = [f"| without | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}"]
    for name, result in found.items():
        values = [result.metrics[kind]["correct"] for kind in kinds]
        lines.append(f"| {name} | {' | '.join('-' if not isinstance(v, float) else f'{100 * v:.0f}' for v in values)} |")
    return "\n".join(lines)
