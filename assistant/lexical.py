"""BM25 over chunks. The only module that imports bm25s, and only to build: what it has weighed is summed here without it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.errors import IndexMismatch
from assistant.storage import Integers, load_array, read_json, write_json
from assistant.tokens import tokenize

STOP_WORDS = Path(__file__).parent / "data" / "function-words.json"
"""The English stop words of bm25s, both its lists."""
FUNCTION_FORMS: tuple[str, ...] = tuple(json.loads(STOP_WORDS.read_text(encoding="utf-8")))
"""English words that say nothing of a subject."""
FUNCTION_WORDS = frozenset(token for word in FUNCTION_FORMS for token in tokenize(word))
"""Their stems."""
TOKENS, STARTS, ROWS, WEIGHTS = "tokens.json", "starts.npy", "rows.npy", "weights.npy"
ROUNDED = 5
"""Decimal places to which scores are compared, so that equal rows come in order on every machine."""


class LexicalIndex:
    """BM25 (Lucene's variant, k1 1.2, b 0.75; Kamphuis et al. 2020) over rows of text."""

    def __init__(
        self, tokens: Sequence[str], starts: Integers, rows: npt.NDArray[np.int32], weights: npt.NDArray[np.float32], total: int
    ) -> None:
        """Hold what each token adds to the scores of rows: token i adds `weights[a:b]` to `rows[a:b]`, with `a, b = starts[i:i + 2]`."""
        self._tokens = tokens
        self._numbers = {token: i for i, token in enumerate(tokens)}
        self._starts, self._rows, self._weights = starts, rows, weights
        self._total = total

    @classmethod
    def build(cls, rows: Sequence[Sequence[int]], tokens: Sequence[str]) -> LexicalIndex:
        """Return an index whose row i has the tokens numbered `rows[i]`, in any order, each as often as it occurs."""
        import bm25s

        scorer = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        scorer.index((rows, {token: i for i, token in enumerate(tokens)}), show_progress=False)
        return cls(tokens, scorer.scores["indptr"], scorer.scores["indices"], scorer.scores["data"], len(rows))

    @classmethod
    def load(cls, folder: Path, total: int) -> LexicalIndex:
        """Return the index of `total` rows in `folder`, memory-mapped.

        Raises:
            IndexMismatch: files are missing or damaged.
        """
        tokens = read_json(folder / TOKENS)
        starts, rows, weights = (load_array(folder / name) for name in (STARTS, ROWS, WEIGHTS))
        if not isinstance(tokens, list) or len(starts) <= len(tokens) or not len(rows) == len(weights) == starts[-1]:
            raise IndexMismatch(f"the BM25 files in '{folder}' are damaged; run 'assistant index --rebuild'")
        return cls(tokens, starts, rows, weights, total)

    def save(self, folder: Path) -> None:
        """Write the index to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / TOKENS, list(self._tokens))
        for name, values in ((STARTS, self._starts), (ROWS, self._rows), (WEIGHTS, self._weights)):
            np.save(folder / name, values, allow_pickle=False)

    def scores(self, text: str) -> npt.NDArray[np.float32]:
        """Return `(rows,)`: the BM25 score of each, 0 where it shares no word with `text`."""
        scores = np.zeros(self._total, dtype=np.float32)
        for token in dict.fromkeys(tokenize(text)):
            number = self._numbers.get(token)
            if number is not None:
                own = slice(int(self._starts[number]), int(self._starts[number + 1]))
                scores[self._rows[own]] += self._weights[own]
        return scores

    def search(self, text: str, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return up to `k` pairs of row and BM25 score, best first, ties by row; rows that share no word are left out."""
        if k < 1:
            return []
        scores = self.scores(text)
        pool = np.flatnonzero(scores) if rows is None else np.asarray(rows, dtype=np.int64)
        found = scores[pool]
        least = np.partition(found, -k)[-k] - 10.0**-ROUNDED if len(pool) > k else 0.0
        pool = pool[(found > 0) & (found >= least)]
        order = np.lexsort((pool, -np.round(scores[pool], ROUNDED)))[:k]
        return [(int(pool[i]), float(scores[pool[i]])) for i in order]
