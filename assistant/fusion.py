"""Ranked lists -> one ranked list. Knows rows and numbers only."""

from __future__ import annotations

from collections.abc import Sequence

Ranked = Sequence[tuple[int, float]]
DAMPING = 60
"""Reciprocal rank fusion's constant; Cormack, Clarke and Buettcher (SIGIR 2009) found 60 good everywhere."""


def reciprocal_rank_fusion(*rankings: Ranked) -> list[tuple[int, float]]:
    """Return rows by the sum of 1 / (60 + rank) over the rankings, best first, ties by row, scaled so that 1 is first everywhere."""
    top = len(rankings) / (DAMPING + 1)
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, (row, _) in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (DAMPING + rank)
    return sorted(((row, score / top) for row, score in scores.items()), key=lambda pair: (-round(pair[1], 9), pair[0]))


def ranks(ranking: Ranked) -> dict[int, int]:
    """Return the 1-based rank of each row."""
    return {row: rank for rank, (row, _) in enumerate(ranking, start=1)}
