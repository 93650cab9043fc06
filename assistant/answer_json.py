"""Answer -> JSON of schema 1, and back; passages, codes and comparisons -> JSON, alike on every surface.

The schema's names are a contract; see README.md, Answers as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.comparing import Row
from assistant.errors import QuestionSetError, VerificationError
from assistant.jsonlines import read_lines, read_text
from assistant.types import Answer, Choice, CodeFit, Document, Hit, IndexStamp, Quote, Reason, Role, Status

if TYPE_CHECKING:
    from assistant.api import CodeEntry

SCHEMA = 1


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
        if not isinstance(value, dict) or value["schema"] != SCHEMA:
            raise VerificationError(f"not an answer of schema {SCHEMA}; write one with 'assistant ask --json'")
        return Answer(
            question=value["question"],
            resolved=value["resolved"],
            status=Status(value["status"]),
            reason=Reason(value["reason"]) if value["reason"] else None,
            message=value["message"],
            quotes=tuple(_quote_from_json(quote) for quote in value["quotes"]),
            codes=tuple(CodeFit(**code) for code in value["codes"]),
            choices=tuple(Choice(**choice) for choice in value["choices"]),
            confidence=value["confidence"],
            index=IndexStamp(**value["index"]),
            elapsed_ms=value["elapsed_ms"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise VerificationError(f"not an answer of schema {SCHEMA}: {error!r}") from error


def _quote_from_json(value: dict[str, Any]) -> Quote:
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


def load_answers(path: Path) -> list[Answer]:
    """Return the answers in a file: one answer, a list of them, or the rows that `assistant batch` writes.

    Raises:
        VerificationError: the file cannot be read or holds something else.
    """
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise VerificationError(f"the answer file '{path}' cannot be read") from error
    try:
        value = json.loads(text)
        rows = value if isinstance(value, list) else [value]
    except (ValueError, RecursionError):
        try:
            rows = [value for _, value in read_lines(path)]
        except QuestionSetError as error:
            raise VerificationError(str(error)) from error
    if not rows:
        raise VerificationError(f"the answer file '{path}' holds no answer")
    return [answer_from_json(row.get("answer", row) if isinstance(row, dict) else row) for row in rows]
