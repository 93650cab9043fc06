"""BM25 over chunks: which rows hold each token how often, counted when an index is built, weighed and summed for a question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.arrays import Integers, Ragged, damaged, edges, load_array
from assistant.segments import Layout
from assistant.tokens import tokenize

STOP_WORDS = Path(__file__).parent / "data" / "function-words.json"
"""The English stop words of bm25s, both its lists."""
FUNCTION_FORMS: tuple[str, ...] = tuple(json.loads(STOP_WORDS.read_text(encoding="utf-8")))
"""English words that say nothing of a subject."""
FUNCTION_WORDS = frozenset(token for word in FUNCTION_FORMS for token in tokenize(word))
"""Their stems."""
STARTS, ROWS, OFTEN, LENGTHS, MAXIMA = "starts.npy", "rows.npy", "often.npy", "lengths.npy", "maxima.npy"
TIMES = np.uint16
"""A token counts no more often in a row than this can say."""
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
FEWER = 0.5
"""So many rows as a part of those of a token are looked up among them in less time than it takes to add to all of these."""


def write_lexical(folder: Path, rows: Ragged, tokens: int, of_value: npt.NDArray[np.int32] | None = None) -> None:
    """Write what `LexicalIndex.load` reads of rows that hold the values of `rows`, in any order, each as often as it occurs.

    A value is the number of its token, below `tokens`, or the place in `of_value` of that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lengths = np.diff(rows.starts).astype(np.int32)
    frequencies = np.zeros(tokens, dtype=np.int64)
    for held, _, _ in _occurrences(rows, of_value):
        frequencies += np.bincount(held, minlength=tokens)
    long = _long(lengths, _mean(lengths))
    starts = edges(frequencies)
    held_by, often = np.zeros(int(starts[-1]), dtype=np.int32), np.zeros(int(starts[-1]), dtype=TIMES)
    maxima, filled = np.zeros(tokens, dtype=np.float32), starts[:-1].copy()
    for held, owners, times in _occurrences(rows, of_value):
        places = filled[held] + np.arange(len(held)) - np.searchsorted(held, held)
        held_by[places], often[places] = owners, times
        np.maximum.at(maxima, held, _saturated(times, long[owners]))
        filled += np.bincount(held, minlength=tokens)
    for name, values in ((STARTS, starts), (ROWS, held_by), (OFTEN, often), (LENGTHS, lengths), (MAXIMA, maxima)):
        np.save(folder / name, values, allow_pickle=False)


def _mean(lengths: npt.NDArray[np.int32]) -> float:
    """Return the mean length of rows, at least 1."""
    return max(float(lengths.sum(dtype=np.int64)) / max(len(lengths), 1), 1.0)


def _long(lengths: npt.NDArray[np.int32], mean: float) -> npt.NDArray[np.float32]:
    """Return, for rows of some lengths where they have a mean length, how often a token must occur in one to add half of what it may."""
    return (K1 * (1 - B + B / mean * lengths)).astype(np.float32)


def _saturated(times: npt.NDArray[Any], long: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return which part of what it may a token adds that occurs so many times in rows."""
    often = times.astype(np.float32)
    return often / (long + often)


def _occurrences(rows: Ragged, of_value: npt.NDArray[np.int32] | None) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Yield tokens, rows that hold them and how often, by token and then row, for so many rows at a time."""
    for first in range(0, len(rows), AT_ONCE):
        some = rows.between(first, min(first + AT_ONCE, len(rows)))
        held = some.values if of_value is None else of_value[some.values]
        pairs, times = np.unique(held.astype(np.int64) * AT_ONCE + some.owners(), return_counts=True)
        yield pairs // AT_ONCE, pairs % AT_ONCE + first, np.minimum(times, np.iinfo(TIMES).max)


@dataclass(frozen=True, slots=True)
class _Postings:
    """The rows of one segment that hold each token, counted through all segments from `first` on.

    Token number i occurs `often[a:b]` times in `rows[a:b]`, which are in order, `a, b = starts[i:i + 2]`. `lengths` are those of all rows,
    `maxima[i]` the most that `_saturated` is for a row of it where rows have the mean length `mean`.
    """

    numbers: Mapping[str, int]
    first: int
    starts: Integers
    rows: npt.NDArray[np.int32]
    often: npt.NDArray[np.uint16]
    lengths: npt.NDArray[np.int32]
    maxima: npt.NDArray[np.float32]
    mean: float

    @classmethod
    def load(cls, folder: Path, numbers: Mapping[str, int], first: int) -> _Postings:
        """Return those in a folder, memory-mapped.

        Raises:
            IndexMismatch: files are missing or damaged.
        """
        starts, rows, often, lengths, maxima = (load_array(folder / name) for name in (STARTS, ROWS, OFTEN, LENGTHS, MAXIMA))
        if not len(starts) == len(maxima) + 1 == len(numbers) + 1 or not len(rows) == len(often) == starts[-1]:
            raise damaged(folder / STARTS)
        return cls(numbers, first, starts, rows, often, lengths, maxima, _mean(lengths))

    def of(self, token: str) -> slice:
        """Return where the postings of a token are; empty where no row holds it."""
        number = self.numbers.get(token)
        return slice(0, 0) if number is None else slice(int(self.starts[number]), int(self.starts[number + 1]))

    def maximum(self, token: str, mean: float) -> float:
        """Return a bound of what `_saturated` is for the rows of a token where rows have the mean length `mean`.

        Among longer ones it grows by no greater part than the mean.
        """
        number = self.numbers.get(token)
        return 0.0 if number is None else min(float(self.maxima[number]) * max(mean / self.mean, 1.0), 1.0)


@dataclass(frozen=True, slots=True)
class _Term:
    """A token of a question: in how many rows it occurs, and what it adds at most to the score of one, the rarer the token the more."""

    token: str
    frequency: int
    rarity: np.float32
    maximum: float


class LexicalIndex:
    """BM25 (Lucene's variant; Kamphuis et al. 2020) over rows of text.

    What a token adds to a row depends on how many rows there are, how many hold it, and how long they are on average. These change with
    every document, so that scores are made of counts when a question is asked.
    """

    def __init__(self, segments: Sequence[_Postings], layout: Layout) -> None:
        """Hold the postings of segments whose rows have that layout; scores are kept for stored rows."""
        self._segments, self._layout, self._gone = segments, layout, layout.gone
        lost = sum(int(one.lengths[rows].sum(dtype=np.int64)) for one, rows in zip(segments, self._gone, strict=True))
        words = sum(int(one.lengths.sum(dtype=np.int64)) for one in segments)
        self._mean = max((words - lost) / max(len(layout), 1), 1.0)
        self._long = np.concatenate([_long(one.lengths, self._mean) for one in segments])

    @classmethod
    def load(cls, folders: Sequence[Path], layout: Layout, numbers: Sequence[Mapping[str, int]]) -> LexicalIndex:
        """Return the index of the rows in some folders, one for each segment, memory-mapped; `numbers` are those of their tokens.

        Raises:
            IndexMismatch: files are missing or damaged.
        """
        firsts = layout.firsts.tolist()
        segments = [_Postings.load(*one) for one in zip(folders, numbers, firsts, strict=False)]
        for folder, one, rows in zip(folders, segments, np.diff(layout.firsts).tolist(), strict=True):
            if len(one.lengths) != rows:
                raise damaged(folder / LENGTHS)
        return cls(segments, layout)

    def search(self, text: str, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return up to `k` pairs of row and BM25 score, best first, ties by row; only among `rows`, each named once, where given.

        Rows that share no word with `text` are left out.
        """
        if k < 1:
            return []
        known = [term for token in dict.fromkeys(tokenize(text)) if (term := self._term(token)).frequency]
        terms = sorted(known, key=lambda term: (term.frequency, term.token))
        if rows is None:
            stored, scores = self._promising(terms, k)
        else:
            stored, scores = self._scored(terms, self._layout.stored(np.asarray(rows, dtype=np.int64)))
        kept = np.flatnonzero((scores > 0) & (scores >= _kth(scores, k) - SLACK))
        found, scores = self._layout.numbered(stored[kept]), scores[kept]
        order = np.lexsort((found, -np.round(scores, ROUNDED)))[:k]
        return [(int(found[i]), float(scores[i])) for i in order]

    def _term(self, token: str) -> _Term:
        """Return a token as it is weighed among all rows."""
        rows = [one.rows[one.of(token)] for one in self._segments]
        frequency = sum(len(held) - len(_places(held, gone)[0]) for held, gone in zip(rows, self._gone, strict=True))
        rarity = np.float32(np.log(1 + (len(self._layout) - frequency + 0.5) / (frequency + 0.5)))
        return _Term(token, frequency, rarity, float(rarity) * max(one.maximum(token, self._mean) for one in self._segments))

    def _of(self, term: _Term) -> Iterator[tuple[Integers, npt.NDArray[np.float32]]]:
        """Yield, segment by segment, the stored rows that a token adds to, in order, and what it adds."""
        for one in self._segments:
            own = one.of(term.token)
            rows: Integers = one.rows[own] + np.int64(one.first)
            yield rows, term.rarity * _saturated(one.often[own], self._long[rows])

    def _added(self, term: _Term, stored: Integers) -> npt.NDArray[np.float32]:
        """Return `(len(stored),)`: what a token adds to the score of each of some rows."""
        added = np.zeros(len(stored), dtype=np.float32)
        for one in self._segments:
            own = one.of(term.token)
            at, places = _places(one.rows[own], stored - one.first)
            added[at] = term.rarity * _saturated(one.often[own][places], self._long[stored[at]])
        return added

    def _scored(self, terms: Sequence[_Term], stored: Integers) -> tuple[Integers, npt.NDArray[np.float32]]:
        """Return some rows with their scores, tokens summed in the order given."""
        scores = np.zeros(len(stored), dtype=np.float32)
        for term in terms:
            scores += self._added(term, stored)
        return stored, scores

    def _promising(self, terms: Sequence[_Term], k: int) -> tuple[Integers, npt.NDArray[np.float32]]:
        """Return rows, in order, that the `k` best are among, with their scores, tokens summed in the order given.

        That is from the rarest to the most frequent. Once those to come cannot bring a row that has none of the others among the best,
        they are only looked up for the rows that they may (MaxScore; Turtle and Flood 1995).
        """
        scores = np.zeros(len(self._long), dtype=np.float32)
        for one, gone in zip(self._segments, self._gone, strict=True):
            scores[gone + one.first] = -np.inf
        to_come = sum(term.maximum for term in terms)
        to_come += SLACK + len(terms) * ROUNDING * to_come
        most = to_come
        for n, term in enumerate(terms):
            if term.frequency >= LONG and most - to_come > to_come:
                beyond = scores > to_come
                if np.count_nonzero(beyond) >= k:
                    likely = np.flatnonzero(scores >= _kth(scores[beyond], k) - to_come)
                    if len(likely) <= FEWER * term.frequency:
                        return self._looked_up(terms[n:], likely, scores[likely], k, to_come)
            for rows, added in self._of(term):
                np.add.at(scores, rows, added)
            to_come -= term.maximum
        found = np.flatnonzero(scores > 0)
        return found, scores[found]

    def _looked_up(
        self, terms: Sequence[_Term], rows: Integers, scores: npt.NDArray[np.float32], k: int, to_come: float
    ) -> tuple[Integers, npt.NDArray[np.float32]]:
        """Return those of some rows that tokens which add no more than `to_come` may leave or bring among the best, with their scores."""
        for term in terms:
            scores += self._added(term, rows)
            to_come -= term.maximum
            kept = scores >= _kth(scores, k) - to_come
            rows, scores = rows[kept], scores[kept]
        return rows, scores


def _places(held: npt.NDArray[np.int32], sought: Integers) -> tuple[Integers, Integers]:
    """Return which of some rows are among those of a token, which are in order, and their places there."""
    if not len(held) or not len(sought):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    narrow = sought.astype(held.dtype)
    places = np.minimum(np.searchsorted(held, narrow), len(held) - 1)
    found = np.flatnonzero(held[places] == narrow)
    return found, places[found]


def _kth(scores: npt.NDArray[np.float32], k: int) -> float:
    """Return the `k`th best of some scores; 0 where there are not so many."""
    return float(np.partition(scores, -k)[-k]) if len(scores) >= k else 0.0
