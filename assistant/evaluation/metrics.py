"""Outcomes -> numbers. Knows counts and ranks only; retrieval metrics come from ir-measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
import numpy as np
from ir_measures import RR, Success, nDCG

RESAMPLES = 1000
SEED = 20201001


def share(flags: Sequence[bool]) -> float | None:
    """Return the share of true flags; None where there are none to judge."""
    return sum(flags) / len(flags) if flags else None


def interval(flags: Sequence[bool]) -> tuple[float, float] | None:
    """Return the 95 % percentile bootstrap interval of `share(flags)` (Efron 1979; 1,000 resamples, fixed seed)."""
    if not flags:
        return None
    values = np.asarray(flags, dtype=float)
    draws = np.random.default_rng(SEED).integers(0, len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def precision_recall(predicted: Sequence[bool], wanted: Sequence[bool]) -> tuple[float | None, float | None]:
    """Return precision and recall of the true class; None where its denominator is zero."""
    both = sum(p and w for p, w in zip(predicted, wanted, strict=True))
    return (both / sum(predicted) if any(predicted) else None), (both / sum(wanted) if any(wanted) else None)


def retrieval(qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return hit rate at 1 and 3, MRR and nDCG@10 of a run; every judged query counts, also one without results.

    `qrels` maps query to item to relevance, `run` query to item to score, higher first.
    """
    if not qrels:
        return {}
    names = {Success @ 1: "section_hit@1", Success @ 3: "section_hit@3", RR: "mrr", nDCG @ 10: "ndcg@10"}
    values = ir_measures.calc_aggregate(list(names), dict(qrels), {key: dict(run.get(key) or {"": 0.0}) for key in qrels})
    return {name: float(values[measure]) for measure, name in names.items()}


def percentile(values: Sequence[float], q: float) -> float | None:
    """Return the q-th percentile (linear interpolation); None of nothing."""
    return float(np.percentile(values, q)) if values else None


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Return points (coverage, risk): the share answered when only the surest are, and the share of those that is wrong.

    El-Yaniv and Wiener, JMLR 2010. Ties in confidence are answered together.
    """
    order = sorted(zip(confidence, right, strict=True), key=lambda pair: -pair[0])
    points, wrong = [], 0
    for n, (level, is_right) in enumerate(order, start=1):
        wrong += not is_right
        if n == len(order) or order[n][0] != level:
            points.append((n / len(order), wrong / n))
    return points


def reliability(confidence: Sequence[float], right: Sequence[bool], groups: int = 8) -> list[tuple[float, float]]:
    """Return points (mean confidence, share right) of groups of equal size, least sure first; fewer points than `groups` for few rows."""
    order = np.argsort(np.asarray(confidence), kind="stable")
    parts = [part for part in np.array_split(order, groups) if len(part)]
    sure, true = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    return [(float(sure[part].mean()), float(true[part].mean())) for part in parts]
