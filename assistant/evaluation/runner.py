"""Assistant + rows -> outcomes and their summary by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from assistant.api import Assistant
from assistant.evaluation.metrics import interval, percentile, precision_recall, retrieval, share
from assistant.evaluation.questions import KINDS, EvalRow, squash
from assistant.types import Answer, Role, Status
from assistant.verifying import Library

DEPTH = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one row was answered. Flags that do not apply are None."""

    id: str
    kind: str
    question: str
    status: str
    reason: str | None
    correct: bool
    clean: bool | None
    wrong_code: bool
    exact: bool
    code_top1: bool | None
    wants_abstention: bool
    confidence: float
    elapsed_ms: float
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One evaluation: metrics for each kind and for "all", and the outcome of every row."""

    split: str
    made_at: str
    encoder: str
    fingerprint: str
    metrics: dict[str, dict[str, float | int | list[float] | None]]
    outcomes: tuple[Outcome, ...]


def evaluate(assistant: Assistant, rows: Sequence[EvalRow], split: str) -> Result:
    """Return the outcomes of all rows; every answer is checked against its sources."""
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    outcomes = []
    library = Library(assistant.corpus, assistant.index.settings)
    for row in rows:
        answer = assistant.ask(row.question, row.history)
        outcomes.append(judge(row, answer, not library.verify(answer)))
        if row.sections:
            qrels[row.id] = {f"{code} {section}": 1 for code, section in row.sections}
            run[row.id] = _section_run(assistant, row)
    stamp = assistant.index.manifest.stamp
    metrics = {kind: _summary([o for o in outcomes if kind in ("all", o.kind)], qrels, run) for kind in (*KINDS, "all")}
    metrics = {kind: values for kind, values in metrics.items() if values["rows"]}
    return Result(
        split, datetime.now(timezone.utc).isoformat(timespec="seconds"), stamp.encoder, stamp.fingerprint, metrics, tuple(outcomes)
    )


def _section_run(assistant: Assistant, row: EvalRow) -> dict[str, float]:
    """Return sections by the reciprocal of the rank at which the hits first reach them."""
    found: dict[str, float] = {}
    for hit in assistant.hits(row.question, row.history, DEPTH):
        for code in hit.chunk.codes:
            found.setdefault(f"{code} {hit.chunk.heading}", 1 / (len(found) + 1))
    return found


def judge(row: EvalRow, answer: Answer, exact: bool) -> Outcome:
    """Return how well `answer` meets `row`; `exact` says whether every quote matched its source."""
    shown = [quote for quote in answer.quotes if quote.role in (Role.ANSWER, Role.FOR)]
    said = squash(" \n ".join(quote.text for quote in shown))
    holds = all(squash(gold) in said for gold in row.must_contain)
    spoils = any(squash(other) in said for other in row.must_not_contain)
    top = next((fit.code for fit in answer.codes if fit.fits), None)
    correct = {
        "answer": answer.status is Status.ANSWERED and holds,
        "abstain": answer.status is Status.ABSTAINED,
        "clarify": answer.status is Status.CLARIFY,
        "code": top == row.top_code and (row.top_code is not None or answer.status is Status.ABSTAINED),
    }[row.expect]
    strayed = any(row.codes and not set(quote.codes) & set(row.codes) for quote in shown if quote.code)
    wrong = answer.status is Status.ANSWERED and (strayed or (row.expect == "code" and top is not None and top != row.top_code))
    return Outcome(
        row.id, row.kind, row.question, answer.status.value, answer.reason.value if answer.reason else None, correct,
        (correct and not spoils) if row.expect == "answer" else None, wrong, exact,
        (top == row.top_code) if row.expect == "code" else None, row.wants_abstention, answer.confidence, answer.elapsed_ms,
        tuple(f"{quote.role.value} {quote.code} {' > '.join(quote.path)}: {quote.text}" for quote in answer.quotes),
    )  # fmt: skip


def _summary(
    outcomes: Sequence[Outcome], qrels: dict[str, dict[str, int]], run: dict[str, dict[str, float]]
) -> dict[str, float | int | list[float] | None]:
    correct = [o.correct for o in outcomes]
    band = interval(correct)
    precision, recall = precision_recall([o.status == "abstained" for o in outcomes], [o.wants_abstention for o in outcomes])
    judged = {o.id: qrels[o.id] for o in outcomes if o.id in qrels}
    times = [o.elapsed_ms for o in outcomes]
    return {
        "rows": len(outcomes),
        "correct": share(correct),
        "correct_interval": list(band) if band else None,
        "clean": share([o.clean for o in outcomes if o.clean is not None]),
        **retrieval(judged, run),
        "wrong_code": share([o.wrong_code for o in outcomes]),
        "citation_exact": share([o.exact for o in outcomes]),
        "abstention_precision": precision,
        "abstention_recall": recall,
        "code_top1": share([o.code_top1 for o in outcomes if o.code_top1 is not None]),
        "latency_p50_ms": percentile(times, 50),
        "latency_p95_ms": percentile(times, 95),
    }
