"""Question -> hits: the code gate, then dense and BM25 search over chunks, fused. Knows the index; refuses to know answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.fusion import ranks, reciprocal_rank_fusion
from assistant.index import Index
from assistant.types import Hit

if TYPE_CHECKING:
    from assistant.inference import Vectors

DEPTH = 50
"""How far down each stage's ranking reaches into the fusion; deeper changes nothing below rank 10 on `eval/`."""


def rows_of(index: Index, documents: Sequence[str]) -> list[int]:
    """Return the chunk rows of some documents and of those that describe the same codes."""
    names = dict.fromkeys(name for document in documents if document in index.by_id for name in index.service(document))
    return [row for name in names for row in index.chunks.of(name)]


def retrieve(index: Index, text: str, vector: Vectors, k: int, documents: Sequence[str] | None = None) -> list[Hit]:
    """Return up to `k` hits, best first; only chunks of `documents` where given. Equal scores keep the order of the corpus."""
    rows = None if documents is None else rows_of(index, documents)
    depth = max(k, DEPTH)
    dense = index.vectors.search(vector, depth, rows)
    lexical = index.lexical.search(text, depth, rows)
    dense_ranks, lexical_ranks = ranks(dense), ranks(lexical)
    fused = reciprocal_rank_fusion(dense, lexical)[:k]
    return [
        Hit(index.chunks[row], score, rank, dense_ranks.get(row), lexical_ranks.get(row))
        for rank, (row, score) in enumerate(fused, start=1)
    ]
