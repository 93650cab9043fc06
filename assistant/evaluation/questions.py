"""Question sets: rows of JSON lines -> `EvalRow`, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.errors import QuestionSetError
from assistant.jsonlines import read_lines
from assistant.types import Document, SectionKind

KINDS = ("direct", "bycode", "narrow", "scenario", "billing", "compare", "followup", "ambiguous", "unanswerable", "adversarial")
EXPECTATIONS = ("answer", "abstain", "clarify", "code")
SPLITS = ("dev", "test")
LISTS = ("history", "codes", "must_contain", "must_not_contain")


@dataclass(frozen=True, slots=True)
class EvalRow:
    """One question with what a right answer holds; see README.md, Evaluate."""

    id: str
    kind: str
    question: str
    history: tuple[str, ...]
    codes: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]
    must_contain: tuple[str, ...]
    must_not_contain: tuple[str, ...]
    expect: str
    top_code: str | None
    split: str
    notes: str

    @property
    def wants_abstention(self) -> bool:
        """Say whether declining is the right outcome."""
        return self.expect == "abstain" or (self.expect == "code" and self.top_code is None)


def squash(text: str) -> str:
    """Return `text` case-folded with runs of white space as one space, the form in which golds are compared."""
    return " ".join(text.split()).casefold()


def load_questions(paths: Sequence[Path]) -> list[EvalRow]:
    """Return the rows of some files, in order.

    Raises:
        QuestionSetError: there is no file, or a row is malformed; names file and line.
    """
    if not paths:
        raise QuestionSetError("no question set: there is no eval/*.jsonl here; name a file")
    rows = [row for path in paths for row in _read(path)]
    repeated = [name for name, n in Counter(row.id for row in rows).items() if n > 1]
    if repeated:
        raise QuestionSetError(f"the id '{repeated[0]}' occurs more than once in the question sets; ids are unique")
    return rows


def _read(path: Path) -> Iterator[EvalRow]:
    for number, value in read_lines(path):
        try:
            yield _row(value)
        except (ValueError, KeyError, TypeError) as error:
            raise QuestionSetError(f"{path}, line {number}: {error}") from error


def _row(value: object) -> EvalRow:
    names = {field.name for field in fields(EvalRow)}
    if not isinstance(value, dict) or set(value) != names:
        unlike = set(value) ^ names if isinstance(value, dict) else names
        raise ValueError(f"keys missing or unknown: {', '.join(sorted(unlike))}")
    for key, allowed in (("kind", KINDS), ("expect", EXPECTATIONS), ("split", SPLITS)):
        if value[key] not in allowed:
            raise ValueError(f"{key} is '{value[key]}', not one of {', '.join(allowed)}")
    for key in ("id", "question", "notes"):
        if not isinstance(value[key], str):
            raise ValueError(f"{key} is not text")
    for key in LISTS:
        if not isinstance(value[key], list) or not all(isinstance(one, str) for one in value[key]):
            raise ValueError(f"{key} is not a list of texts")
    if value["top_code"] is not None and not isinstance(value["top_code"], str):
        raise ValueError("top_code is neither text nor null")
    sections = tuple((one["code"], one["section"]) for one in value["sections"])
    return EvalRow(**{**value, **{key: tuple(value[key]) for key in LISTS}, "sections": sections})


def check_rows(rows: Sequence[EvalRow], documents: Sequence[Document]) -> list[str]:
    """Return one line for each row that the documents contradict: unknown codes or sections, golds that are not verbatim."""
    texts: dict[str, str] = {}
    headings: dict[str, set[str]] = {}
    for document in documents:
        for code in document.codes:
            texts[code] = texts.get(code, "") + " \n " + squash(document.text)
            headings.setdefault(code, set()).update(s.heading for s in document.sections if s.kind is not SectionKind.FURNITURE)
    return [f"{row.id}: {problem}" for row in rows for problem in _problems(row, texts, headings)]


def _problems(row: EvalRow, texts: dict[str, str], headings: dict[str, set[str]]) -> Iterator[str]:
    for code in (*row.codes, *([row.top_code] if row.top_code else [])):
        if code not in texts:
            yield f"no document describes {code}"
    for code, section in row.sections:
        if section not in headings.get(code, set()):
            yield f"{code} has no section '{section}'"
    pool = " \n ".join(texts.get(code, "") for code in row.codes)
    for gold in row.must_contain:
        if squash(gold) not in pool:
            yield f"'{gold}' is not in the documents of its codes"
    if row.expect == "answer" and not row.must_contain:
        yield "an answer is expected but must_contain is empty"
    if row.wants_abstention and row.must_contain:
        yield "no answer is expected but must_contain is not empty"
