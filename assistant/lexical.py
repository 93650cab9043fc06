"""BM25 over chunks: what each token adds to the score of each row, weighed when an index is built and summed for a question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.arrays import Integers, Ragged, damaged, edges, load_array
from assistant.tokens import tokenize

STOP_WORDS = Path(__file__).parent / "data" / "function-words.json"
"""The English stop words of bm25s, both its lists."""
FUNCTION_FORMS: tuple[str, ...] = tuple(json.loads(STOP_WORDS.read_text(encoding="utf-8")))
"""English words that say nothing of a subject."""
FUNCTION_WORDS = frozenset(token for word in FUNCTION_FORMS for token in tokenize(word))
"""Their stems."""
STARTS, ROWS, WEIGHTS, MAXIMA = "starts.npy", "rows.npy", "weights.npy", "maxima.npy"
K1, B = 1.2, 0.75
AT_ONCE = 2**16
"""Rows that are counted at once."""
ROUNDED = 5
"""Decimal places to which scores are compared, so that equal rows come in order on every machine."""
SLACK = 10.0 ** (1 - ROUNDED)
"""Scores differ by less that are equal when rounded."""
ROUNDING = float(np.finfo(np.float32).eps)
"""Each addition to a sum is wrong by at most this part of it."""
LONG = 20_000
"""Rows from which on it pays to ask whether a token can still bring any row among the best."""


def write_lexical(folder: Path, rows: Ragged, tokens: int, of_value: npt.NDArray[np.int32] | None = None) -> None:
    """Write what `LexicalIndex.load` reads of rows that hold the values of `rows`, in any order, each as often as it occurs.

    A value is the number of its token, below `tokens`, or the place in `of_value` of that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lengths = np.diff(rows.starts)
    frequencies = np.zeros(tokens, dtype=np.int64)
    for held, _, _ in _occurrences(rows, of_value):
        frequencies += np.bincount(held, minlength=tokens)
    rarity = np.log(1 + (len(rows) - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
    long = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1.0)) if len(rows) else lengths
    starts = edges(frequencies)
    held_by, weights = np.zeros(int(starts[-1]), dtype=np.int32), np.zeros(int(starts[-1]), dtype=np.float32)
    maxima, filled = np.zeros(tokens, dtype=np.float32), starts[:-1].copy()
    for held, owners, times in _occurrences(rows, of_value):
        places = filled[held] + np.arange(len(held)) - np.searchsorted(held, held)
        added = (rarity[held] * (times / (long[owners] + times))).astype(np.float32)
        held_by[places], weights[places] = owners, added
        np.maximum.at(maxima, held, added)
        filled += np.bincount(held, minlength=tokens)
    for name, values in ((STARTS, starts), (ROWS, held_by), (WEIGHTS, weights), (MAXIMA, maxima)):
        np.save(folder / name, values, allow_pickle=False)


def _occurrences(rows: Ragged, of_value: npt.NDArray[np.int32] | None) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Yield tokens, rows that hold them and how often, by token and then row, for so many rows at a time."""
    for first in range(0, len(rows), AT_ONCE):
        some = rows.between(first, min(first + AT_ONCE, len(rows)))
        held = some.values if of_value is None else of_value[some.values]
        pairs, times = np.unique(held.astype(np.int64) * AT_ONCE + some.owners(), return_counts=True)
        yield pairs // AT_ONCE, pairs % AT_ONCE + first, times


class LexicalIndex:
    """BM25 (Lucene's variant; Kamphuis et al. 2020) over rows of text."""

    def __init__(
        self,
        numbers: Mapping[str, int],
        starts: Integers,
        rows: npt.NDArray[np.int32],
        weights: npt.NDArray[np.float32],
        maxima: npt.NDArray[np.float32],
        total: int,
    ) -> None:
        """Hold what each token adds to the scores of rows: that of number i adds `weights[a:b]` to `rows[a:b]`, `a, b = starts[i:i + 2]`.

        The rows of a token are in order; `maxima[i]` is the most that it adds.
        """
        self._numbers = numbers
        self._starts, self._rows, self._weights, self._maxima = starts, rows, weights, maxima
        self._total = total

    @classmethod
    def load(cls, folder: Path, total: int, numbers: Mapping[str, int]) -> LexicalIndex:
        """Return the index of `total` rows in `folder`, memory-mapped; `numbers` are those of their tokens.

        Raises:
            IndexMismatch: files are missing or damaged.
        """
        starts, rows, weights, maxima = (load_array(folder / name) for name in (STARTS, ROWS, WEIGHTS, MAXIMA))
        if not len(starts) == len(maxima) + 1 == len(numbers) + 1 or not len(rows) == len(weights) == starts[-1]:
            raise damaged(folder / STARTS)
        return cls(numbers, starts, rows, weights, maxima, total)

    def search(self, text: str, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return up to `k` pairs of row and BM25 score, best first, ties by row; only among `rows`, each named once, where given.

        Rows that share no word with `text` are left out.
        """
        if k < 1:
            return []
        known = [self._numbers[token] for token in dict.fromkeys(tokenize(text)) if token in self._numbers]
        numbers = sorted(known, key=lambda number: (self._starts[number + 1] - self._starts[number], number))
        pool, scores = self._promising(numbers, k) if rows is None else self._scored(numbers, np.asarray(rows, dtype=np.int64))
        least = max(_kth(scores, k) - SLACK, 0.0)
        kept = np.flatnonzero((scores > 0) & (scores >= least))
        order = kept[np.lexsort((pool[kept], -np.round(scores[kept], ROUNDED)))][:k]
        return [(int(pool[i]), float(scores[i])) for i in order]

    def _of(self, number: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Return the rows that a token adds to, in order, and what it adds."""
        own = slice(int(self._starts[number]), int(self._starts[number + 1]))
        return self._rows[own], self._weights[own]

    def _added(self, number: int, rows: Integers) -> npt.NDArray[np.float32]:
        """Return `(len(rows),)`: what a token adds to the score of each of some rows."""
        held, weights = self._of(number)
        sought = rows.astype(held.dtype)
        places = np.minimum(np.searchsorted(held, sought), len(held) - 1)
        return np.where(held[places] == sought, weights[places], np.float32(0)) if len(held) else np.zeros(len(rows), dtype=np.float32)

    def _scored(self, numbers: Sequence[int], rows: Integers) -> tuple[Integers, npt.NDArray[np.float32]]:
        """Return some rows with their scores, tokens summed in the order given."""
        scores = np.zeros(len(rows), dtype=np.float32)
        for number in numbers:
            scores += self._added(number, rows)
        return rows, scores

    def _promising(self, numbers: Sequence[int], k: int) -> tuple[Integers, npt.NDArray[np.float32]]:
        """Return rows, in order, that the `k` best are among, with their scores, tokens summed in the order given.

        That is from the rarest to the most frequent. Once those to come cannot bring a row that has none of the others among the best,
        they are only looked up for the rows that they may (MaxScore; Turtle and Flood 1995).
        """
        scores = np.zeros(self._total, dtype=np.float32)
        to_come = sum(float(self._maxima[number]) for number in numbers)
        to_come += SLACK + len(numbers) * ROUNDING * to_come
        for n, number in enumerate(numbers):
            rows, weights = self._of(number)
            if len(rows) >= LONG:
                beyond = scores > to_come
                if np.count_nonzero(beyond) >= k:
                    likely = np.flatnonzero(scores >= _kth(scores[beyond], k) - to_come)
                    return self._looked_up(numbers[n:], likely, scores[likely], k, to_come)
            np.add.at(scores, rows, weights)
            to_come -= float(self._maxima[number])
        found = np.flatnonzero(scores > 0)
        return found, scores[found]

    def _looked_up(
        self, numbers: Sequence[int], rows: Integers, scores: npt.NDArray[np.float32], k: int, to_come: float
    ) -> tuple[Integers, npt.NDArray[np.float32]]:
        """Return those of some rows that tokens which add no more than `to_come` may leave or bring among the best, with their scores."""
        for number in numbers:
            scores += self._added(number, rows)
            to_come -= float(self._maxima[number])
            kept = scores >= _kth(scores, k) - to_come
            rows, scores = rows[kept], scores[kept]
        return rows, scores


def _kth(scores: npt.NDArray[np.float32], k: int) -> float:
    """Return the `k`th best of some scores; 0 where there are not so many."""
    return float(np.partition(scores, -k)[-k]) if len(scores) >= k else 0.0
