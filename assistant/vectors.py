"""Vectors -> nearest rows. The only module that imports faiss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import faiss
import numpy as np

from assistant.errors import IndexMismatch

if TYPE_CHECKING:
    from assistant.inference import Vectors


class VectorStore(Protocol):
    """Finds the rows most similar to a query vector."""

    def search(self, vector: Vectors, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return up to `k` pairs of row and cosine similarity, best first, ties by row; only among `rows` where given."""
        ...

    def vectors(self) -> Vectors:
        """Return `(rows, dimension)` as they were given."""
        ...

    def save(self, path: Path) -> None:
        """Write the store to one file."""
        ...


class FaissStore:
    """Exact inner product over unit vectors, which is cosine similarity."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> FaissStore:
        """Return a store whose row i is `vectors[i]`."""
        store = cls(faiss.IndexFlatIP(vectors.shape[1]))
        store.add(vectors)
        return store

    @classmethod
    def load(cls, path: Path) -> FaissStore:
        """Return the store in `path`, memory-mapped.

        Raises:
            IndexMismatch: the file is not a FAISS index.
        """
        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
        except RuntimeError as error:
            raise IndexMismatch(f"the vector file '{path}' is damaged; run 'assistant index --rebuild'") from error

    def add(self, vectors: Vectors) -> None:
        """Take more rows, after those that are there."""
        self._index.add(np.ascontiguousarray(vectors))

    def vectors(self) -> Vectors:
        """Return `(rows, dimension)` as they were given; they are not copied, and read-only."""
        return np.asarray(self)

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """Share the rows with NumPy, which keeps the store for as long as it holds them."""
        rows = self._index.get_xb()  # type: ignore[attr-defined]  # `reconstruct_n` would go row by row
        flat = faiss.rev_swig_ptr(rows, self._index.ntotal * self._index.d)
        shared: dict[str, Any] = flat.reshape(self._index.ntotal, self._index.d).__array_interface__
        return {**shared, "data": (shared["data"][0], True)}

    def save(self, path: Path) -> None:
        """Write the store to one file."""
        faiss.write_index(self._index, str(path))

    def search(self, vector: Vectors, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return up to `k` pairs of row and cosine similarity, best first, ties by row."""
        if k < 1 or not self._index.ntotal or (rows is not None and not len(rows)):
            return []
        params = None
        if rows is not None:
            selector = faiss.IDSelectorBatch(np.asarray(rows, dtype=np.int64))
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, found = self._index.search(vector.reshape(1, -1), min(k, self._index.ntotal), params=params)
        pairs = [(int(row), float(score)) for row, score in zip(found[0], scores[0], strict=True) if row >= 0]
        return sorted(pairs, key=lambda pair: (-round(pair[1], 6), pair[0]))
