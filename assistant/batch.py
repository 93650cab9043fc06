"""Question rows -> answer rows. The JSON of `assistant batch`, checked where it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer_json import answer_to_json
from assistant.api import Assistant
from assistant.errors import QuestionSetError
from assistant.jsonlines import read_lines
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
    return [_row(path, number, value) for number, value in read_lines(path)]


def _row(path: Path, number: int, value: object) -> BatchRow:
    row = value if isinstance(value, dict) else {}
    name, question, history = row.get("id"), row.get("question"), row.get("history") or []
    if (
        not isinstance(name, str | int)
        or isinstance(name, bool)
        or not isinstance(question, str)
        or not isinstance(history, list)
        or not all(isinstance(turn, str) for turn in history)
    ):
        raise QuestionSetError(f'{path}, line {number}: a row is {{"id": …, "question": "…", "history": ["…"]}}')
    try:
        "".join((str(name), question, *history)).encode("utf-8")
    except UnicodeEncodeError as error:
        raise QuestionSetError(f"{path}, line {number}: half of a surrogate pair is no character; write both halves") from error
    return BatchRow(name, question, tuple(history))


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
