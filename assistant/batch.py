"""Question rows -> answer rows. The JSON of `assistant batch`, checked where it is read and whole where it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer_json import answer_to_json
from assistant.api import Assistant
from assistant.errors import AssistantError, QuestionSetError
from assistant.jsonlines import STANDARD, read_lines
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


@dataclass(frozen=True, slots=True)
class Target:
    """Where answer rows go: into the file `path`, which stands as `partial` until it is whole, or where that is None straight to `path`."""

    path: Path
    partial: Path | None

    def write(self, rows: Iterable[dict[str, Any]]) -> None:
        """Write rows, a line for each as it comes. Where that ends early, what was written stays in `partial`.

        Raises:
            AssistantError: the file cannot be written.
        """
        try:
            with (self.partial or self.path).open("w" if self.partial else "a", encoding="utf-8", newline="\n") as file:
                for row in rows:
                    file.write(line_of(row))
            if self.partial:
                self.partial.replace(self.path)
        except OSError as error:
            raise AssistantError(f"the file '{self.path}' cannot be written ({error.strerror}); {self.left or 'name another'}") from error

    @property
    def left(self) -> str:
        """Return a clause that says where the rows are that were written before the end; empty where there are none."""
        with suppress(OSError):
            if self.partial and self.partial.stat().st_size:
                return f"what there is stands in '{self.partial}'"
        return ""


def line_of(row: dict[str, Any]) -> str:
    """Return a row as it stands in a file, with the line feed that ends it."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def target_of(name: Path, source: Path) -> Target:
    """Return where the answers to the rows in `source` go. A device, a pipe or what the shell hands over is written straight to.

    Raises:
        AssistantError: it is a folder, leads nowhere, or would overwrite `source`.
    """
    if name.is_dir() or not name.name:
        raise AssistantError(f"'{name}' is a folder; name a file to write to")
    if name.exists() and (not name.is_file() or name.absolute().parts[1:2] in (("dev",), ("proc",))):
        return Target(name, None)
    try:
        path = name.resolve()
    except (OSError, RuntimeError) as error:
        raise AssistantError(f"'{name}' is a link that leads nowhere; name a file to write to") from error
    partial = path.with_name(path.name + ".partial")
    if source != STANDARD and any(one.exists() and one.samefile(source) for one in (path, partial)):
        raise AssistantError(f"the answers would overwrite the questions in '{source}'; name another file to write to")
    return Target(path, partial)
