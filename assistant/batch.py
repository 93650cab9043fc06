"""Question rows -> answer rows. The JSON of `assistant batch`, checked where it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer_json import answer_to_json
from assistant.api import Assistant
from assistant.errors import QuestionSetError
from assistant.types import Hit


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One question to answer, with the earlier questions of its conversation."""

    id: str | int
    question: str
    history: tuple[str, ...]


def read_rows(path: Path) -> list[BatchRow]:
    """Return the rows of a JSON-lines file; blank lines are skipped.

    Raises:
        QuestionSetError: the file cannot be read or a row is malformed; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(f"the question file '{path}' cannot be read; name a file of JSON lines in UTF-8") from error
    return [_row(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _row(path: Path, number: int, line: str) -> BatchRow:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise QuestionSetError(f"{path}, line {number}: not JSON ({error.msg})") from error
    history = value.get("history") or [] if isinstance(value, dict) else None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("id"), str | int)
        or not isinstance(value.get("question"), str)
        or not isinstance(history, list)
        or not all(isinstance(turn, str) for turn in history)
    ):
        raise QuestionSetError(f'{path}, line {number}: a row is {{"id": …, "question": "…", "history": ["…"]}}')
    return BatchRow(value["id"], value["question"], tuple(history))


def answer_rows(assistant: Assistant, rows: Sequence[BatchRow], hits: int = 0) -> Iterator[dict[str, Any]]:
    """Yield one JSON row an input row, in order; with `hits` the best passages too."""
    for row in rows:
        result: dict[str, Any] = {"id": row.id, "answer": answer_to_json(assistant.ask(row.question, row.history))}
        if hits:
            result["hits"] = [_hit(hit) for hit in assistant.hits(row.question, row.history, hits)]
        yield result


def _hit(hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    code = chunk.codes[0] if chunk.codes else None
    place = {"document": chunk.document, "code": code, "section": chunk.heading, "start": chunk.span.start, "end": chunk.span.end}
    return {**place, "score": round(hit.score, 6)}
