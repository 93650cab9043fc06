"""Answer -> JSON of schema 1, and back; passages, codes and comparisons -> JSON, alike on every surface.

The schema's names are a contract; see README.md, Answers as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.comparing import Row
from assistant.errors import QuestionSetError, VerificationError
from assistant.jsonlines import lines_in, read_text
from assistant.types import Answer, Choice, CodeFit, Document, Hit, IndexStamp, Quote, Reason, Role, Status

if TYPE_CHECKING:
    from assistant.api import CodeEntry
    from assistant.verifying import Mismatch

SCHEMA = 1
KEYS = ("schema", *(field.name for field in fields(Answer)))
"""What an answer holds."""


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as plain JSON values."""
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "resolved": answer.resolved,
        "status": answer.status.value,
        "reason": answer.reason.value if answer.reason else None,
        "message": answer.message,
        "quotes": [quote_to_json(quote) for quote in answer.quotes],
        "codes": [{"code": c.code, "title": c.title, "fits": c.fits, "score": c.score} for c in answer.codes],
        "choices": [{"code": choice.code, "label": choice.label} for choice in answer.choices],
        "confidence": answer.confidence,
        "index": {"fingerprint": answer.index.fingerprint, "encoder": answer.index.encoder, "built_at": answer.index.built_at},
        "elapsed_ms": answer.elapsed_ms,
    }


def quote_to_json(quote: Quote) -> dict[str, Any]:
    """Return one quote as plain JSON values."""
    plain = {field.name: getattr(quote, field.name) for field in fields(quote)}
    return {**plain, "codes": list(quote.codes), "path": list(quote.path), "role": quote.role.value}


def rows_to_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return a comparison as plain JSON values; a cell is None where a code has no such section."""
    return [{"section": row.heading, "cells": [quote_to_json(cell) if cell else None for cell in row.cells]} for row in rows]


def hit_to_json(hit: Hit, document: Document) -> dict[str, Any]:
    """Return a passage of a document as plain JSON values; `code` is the first of `codes`, None where there are none."""
    chunk = hit.chunk
    return {
        "rank": hit.rank,
        "document": chunk.document,
        "code": chunk.codes[0] if chunk.codes else None,
        "codes": list(chunk.codes),
        "section": chunk.heading,
        "start": chunk.span.start,
        "end": chunk.span.end,
        "score": round(hit.score, 6),
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
        "text": chunk.span.of(document.text),
    }


def entry_to_json(entry: CodeEntry) -> dict[str, Any]:
    """Return a code with its document as plain JSON values; the code is None where the document has none."""
    return {"code": entry.code or None, "title": entry.title, "document": entry.document}


def answer_from_json(value: object) -> Answer:
    """Return the answer that `value`, parsed JSON, describes.

    Raises:
        VerificationError: it is not an answer of schema 1.
    """
    try:
        held = _held(value, "an answer", KEYS)
        if held["schema"] != SCHEMA:
            raise ValueError(f"its schema is {held['schema']!r}")
        return Answer(
            question=held["question"],
            resolved=held["resolved"],
            status=Status(held["status"]),
            reason=Reason(held["reason"]) if held["reason"] else None,
            message=held["message"],
            quotes=tuple(_quote_from_json(quote) for quote in _list(held, "quotes")),
            codes=tuple(CodeFit(**_own(code, "one of its codes", CodeFit)) for code in _list(held, "codes")),
            choices=tuple(Choice(**_own(choice, "one of its choices", Choice)) for choice in _list(held, "choices")),
            confidence=held["confidence"],
            index=IndexStamp(**_own(held["index"], "its index", IndexStamp)),
            elapsed_ms=held["elapsed_ms"],
        )
    except (TypeError, ValueError) as error:
        raise VerificationError(f"not an answer of schema {SCHEMA}: {error}; write one with 'assistant ask --json'") from error


def _held(value: object, what: str, keys: Iterable[str]) -> dict[str, Any]:
    """Return `value` where it is an object with all of these keys."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no JSON object")
    missing = [key for key in keys if key not in value]
    if missing:
        raise ValueError(f"{what} has no key '{missing[0]}'")
    return value


def _own(value: object, what: str, kind: type[CodeFit | Choice | IndexStamp | Quote]) -> dict[str, Any]:
    """Return `value` where it is an object with the fields of `kind` and no other keys."""
    keys = [field.name for field in fields(kind)]
    held = _held(value, what, keys)
    unknown = [key for key in held if key not in keys]
    if unknown:
        raise ValueError(f"{what} has the unknown key '{unknown[0]}'")
    return held


def _list(held: dict[str, Any], key: str) -> list[object]:
    value = held[key]
    if not isinstance(value, list):
        raise ValueError(f"its {key} are no list")
    return value


def _quote_from_json(given: object) -> Quote:
    value = _own(given, "a quote", Quote)
    for key in ("text", "document", "title", "section", "sha256"):
        if not isinstance(value[key], str):
            raise ValueError(f"a quote's {key} is not text")
    for key in ("start", "end"):
        if type(value[key]) is not int:
            raise ValueError(f"a quote's {key} is not a whole number")
    for key in ("codes", "path"):
        if not isinstance(value[key], list) or not all(isinstance(one, str) for one in value[key]):
            raise ValueError(f"a quote's {key} are not a list of texts")
    return Quote(**{**value, "codes": tuple(value["codes"]), "path": tuple(value["path"]), "role": Role(value["role"])})


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer in a file, and in which row of it: None where the file is one answer. `id` is what `assistant batch` calls the row."""

    answer: Answer
    row: int | None = None
    id: str | int | None = None

    @property
    def place(self) -> str:
        """Return the row in words, with its id; empty where the file is one answer."""
        return _place(self.row, self.id)


def _place(row: int | None, name: object) -> str:
    return "" if row is None else f"row {row}" if name is None else f"row {row} (id '{name}')"


def load_answers(path: Path) -> list[Recorded]:
    """Return the answers in a file: one answer, a list of them, or the rows that `assistant batch` writes, which count from 1.

    Raises:
        VerificationError: the file cannot be read or holds something else; names the row.
    """
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise VerificationError(f"the answer file '{path}' cannot be read; name what 'assistant ask --json' or 'batch' wrote") from error
    try:
        value = json.loads(text)
        rows: list[tuple[int | None, object]] = [*enumerate(value, start=1)] if isinstance(value, list) else [(None, value)]
    except (ValueError, RecursionError):
        try:
            rows = [*lines_in(text, path)]
        except QuestionSetError as error:
            raise VerificationError(str(error)) from error
    if not rows:
        raise VerificationError(f"the answer file '{path}' holds no answer; name what 'assistant ask --json' or 'batch' wrote")
    return [_recorded(path, number, row) for number, row in rows]


def _recorded(path: Path, number: int | None, row: object) -> Recorded:
    name, answer = None, row
    if isinstance(row, dict) and "answer" in row:
        number, name, answer = number or 1, row.get("id"), row["answer"]
    try:
        return Recorded(answer_from_json(answer), number, name)
    except VerificationError as error:
        raise VerificationError(f"{', '.join(filter(None, (str(path), _place(number, name))))}: {error}") from error


def mismatch_to_json(recorded: Recorded, mismatch: Mismatch) -> dict[str, Any]:
    """Return a quote that its source does not bear out as plain JSON values: in which row of a file, and why."""
    quote = mismatch.quote
    place = {"document": quote.document, "start": quote.start, "end": quote.end}
    return {"row": recorded.row, "id": recorded.id, **place, "why": mismatch.why}
