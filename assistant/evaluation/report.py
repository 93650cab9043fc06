"""Result -> JSON, Markdown and plots; two results -> what got worse. The only module that imports matplotlib."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError, QuestionSetError
from assistant.evaluation.metrics import reliability, risk_coverage
from assistant.evaluation.runner import Outcome, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = {
    "rows": "rows", "correct": "correct", "correct_interval": "95 %", "clean": "clean", "section_hit@1": "section@1",
    "section_hit@3": "section@3", "mrr": "MRR", "ndcg@10": "nDCG@10", "wrong_code": "wrong code", "citation_exact": "exact",
    "abstention_precision": "abst. P", "abstention_recall": "abst. R", "code_top1": "code@1", "latency_p50_ms": "p50 ms",
    "latency_p95_ms": "p95 ms",
}  # fmt: skip
LOWER_IS_BETTER = frozenset({"wrong_code"})
NOT_COMPARED = frozenset({"rows", "correct_interval", "latency_p50_ms", "latency_p95_ms"})
NOISE = 0.005
"""A metric is called worse when it moved by more than this."""


def _cell(name: str, value: float | list[float] | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return f"{value[0] * 100:.0f}-{value[1] * 100:.0f}"
    if name in ("rows",):
        return str(value)
    return f"{value:.1f}" if name.endswith("_ms") else f"{value * 100:.1f}" if name not in ("mrr", "ndcg@10") else f"{value:.3f}"


def markdown(result: Result) -> str:
    """Return the metrics as a Markdown table, kinds in rows; shares in percent."""
    lines = [
        f"Split {result.split}, encoder {result.encoder}, index {result.fingerprint}, {result.made_at}",
        "",
        "| kind | " + " | ".join(COLUMNS.values()) + " |",
        "|---" * (len(COLUMNS) + 1) + "|",
    ]
    for kind, values in result.metrics.items():
        lines.append(f"| {kind} | " + " | ".join(_cell(name, values.get(name)) for name in COLUMNS) + " |")
    return "\n".join(lines)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AssistantError(f"the report cannot be written to '{folder}' ({error.strerror}); name another folder with --report") from error


def make_folder(folder: Path) -> None:
    """Make the folder of a report, and write in it once, so that a long evaluation does not end in an error.

    Raises:
        AssistantError: it cannot be written to.
    """
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def write_report(result: Result, folder: Path) -> None:
    """Write `<split>.json`, `<split>.md` and `<split>.png` into `folder`.

    Raises:
        AssistantError: they cannot be written.
    """
    value = {**asdict(result), "outcomes": [_kept(outcome) for outcome in result.outcomes]}
    make_folder(folder)
    with _writing(folder):
        (folder / f"{result.split}.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (folder / f"{result.split}.md").write_text(markdown(result) + "\n", encoding="utf-8")
        _plot(result, folder / f"{result.split}.png")


def _kept(outcome: Outcome) -> dict[str, Any]:
    """Return what a later comparison needs; the answers themselves are left out so that a report stays small and reveals no test row."""
    row = asdict(outcome)
    return {key: row[key] for key in ("id", "kind", "status", "reason", "correct", "clean", "wrong_code", "confidence", "wants_abstention")}


def load_report(path: Path) -> dict[str, Any]:
    """Return a report written earlier.

    Raises:
        QuestionSetError: the file is not a report.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(value["metrics"], dict) or not isinstance(value["outcomes"], list):
            raise KeyError("metrics")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionSetError(f"'{path}' is not a report of 'assistant eval --report'; name its .json file") from error
    return dict(value)


def compare(before: dict[str, Any], after: Result) -> list[str]:
    """Return lines that say which metrics and which rows got worse than in `before`, and how many got better."""
    lines = []
    for kind, values in after.metrics.items():
        for name, value in values.items():
            old = before["metrics"].get(kind, {}).get(name)
            if name in NOT_COMPARED or not isinstance(value, int | float) or not isinstance(old, int | float):
                continue
            change = (old - value) if name in LOWER_IS_BETTER else (value - old)
            if change < -NOISE:
                lines.append(f"worse: {kind} {COLUMNS[name]} {_cell(name, old)} -> {_cell(name, value)}")
    was = {row["id"]: row["correct"] for row in before["outcomes"]}
    lost = [o.id for o in after.outcomes if was.get(o.id) and not o.correct]
    won = [o.id for o in after.outcomes if was.get(o.id) is False and o.correct]
    lines.append(f"rows lost: {len(lost)} ({', '.join(lost[:20])})" if lost else "rows lost: 0")
    lines.append(f"rows won: {len(won)}")
    return lines


def _plot(result: Result, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (bars, risk, diagram) = pyplot.subplots(1, 3, figsize=(15, 4.2), width_ratios=(3, 2, 2))
    kinds = list(result.metrics)
    values = [result.metrics[kind]["correct"] or 0.0 for kind in kinds]
    bands = [result.metrics[kind]["correct_interval"] for kind in kinds]
    spread = [[v - b[0] for v, b in zip(values, bands, strict=True)], [b[1] - v for v, b in zip(values, bands, strict=True)]]  # type: ignore
    bars.barh(kinds, values, xerr=spread, color="#3b6ea5", ecolor="#888888")
    bars.set(xlim=(0, 1), xlabel="answered correctly, with 95 % interval", title=f"By kind of question ({result.split})")
    bars.invert_yaxis()
    answered = [o for o in result.outcomes if o.status == "answered"]
    _plot_risk(risk, answered)
    _plot_reliability(diagram, answered)
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def _plot_risk(axes: Axes, answered: Sequence[Outcome]) -> None:
    points = risk_coverage([o.confidence for o in answered], [o.correct for o in answered])
    axes.plot([c for c, _ in points], [r for _, r in points], color="#a53b3b")
    axes.set(
        xlim=(0, 1), ylim=(0, None), xlabel="share of answers given, surest first", ylabel="share of them wrong", title="Risk and coverage"
    )


def _plot_reliability(axes: Axes, answered: Sequence[Outcome]) -> None:
    points = reliability([o.confidence for o in answered], [o.correct for o in answered])
    axes.plot([0, 1], [0, 1], color="#888888", linewidth=0.8)
    axes.plot([c for c, _ in points], [r for _, r in points], color="#3b6ea5", marker="o")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence, groups of equal size", ylabel="share of them right", title="Reliability")
