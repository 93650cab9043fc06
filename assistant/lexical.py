"""BM25 over chunks. The only module that imports bm25s."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from bm25s.stopwords import STOPWORDS_EN, STOPWORDS_EN_PLUS

from assistant.errors import IndexMismatch
from assistant.tokens import tokenize

FUNCTION_WORDS = frozenset(token for word in (*STOPWORDS_EN, *STOPWORDS_EN_PLUS) for token in tokenize(word))
"""Stems of English words that say nothing of a subject."""


class LexicalIndex:
    """BM25 (Lucene's variant, k1 1.2, b 0.75; Kamphuis et al. 2020) over rows of text."""

    def __init__(self, scorer: bm25s.BM25, rows: int) -> None:
        self._scorer = scorer
        self._rows = rows

    @classmethod
    def build(cls, rows: Sequence[Sequence[int]], tokens: Sequence[str]) -> LexicalIndex:
        """Return an index whose row i has the tokens numbered `rows[i]`, in any order, each as often as it occurs."""
        scorer = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        scorer.index((rows, {token: i for i, token in enumerate(tokens)}), show_progress=False)
        return cls(scorer, len(rows))

    @classmethod
    def load(cls, folder: Path, rows: int) -> LexicalIndex:
        """Return the index in `folder`, memory-mapped.

        Raises:
            IndexMismatch: files are missing or damaged.
        """
        try:
            return cls(bm25s.BM25.load(str(folder), mmap=True, show_progress=False), rows)
        except (OSError, EOFError, ValueError, KeyError) as error:
            raise IndexMismatch(f"the BM25 files in '{folder}' are damaged; run 'assistant index --rebuild'") from error

    def save(self, folder: Path) -> None:
        """Write the index to `folder`."""
        self._scorer.save(str(folder), show_progress=False)

    def search(self, text: str, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return up to `k` pairs of row and BM25 score, best first, ties by row; rows that share no word are left out."""
        known = [token for token in dict.fromkeys(tokenize(text)) if token in self._scorer.vocab_dict]
        if not known or not self._rows or k < 1:
            return []
        scores = self._scorer.get_scores(known)[: self._rows]
        pool = np.asarray(rows, dtype=np.int64) if rows is not None else np.arange(self._rows)
        pool = pool[scores[pool] > 0]
        order = np.lexsort((pool, -np.round(scores[pool], 5)))[:k]
        return [(int(pool[i]), float(scores[pool[i]])) for i in order]
