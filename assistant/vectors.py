"""Vectors -> nearest rows. The only module that imports faiss.

Up to `EXACT_UP_TO` rows every one is compared. Beyond, rows stand in lists around centroids, two bits for each number of a vector (RaBitQ;
Gao and others 2024), only the lists nearest to a question are searched, and the best rows found there are compared exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import faiss
import numpy as np
import numpy.typing as npt

from assistant.arrays import Integers, damaged, load_array, release
from assistant.segments import Joined, Layout

if TYPE_CHECKING:
    from assistant.inference import Vectors

ROWS, SEARCHED = "vectors.npy", "vectors.faiss"
FORMER = "former-rows.npy"
"""Says, while an index is built, which row each was in the index before; -1 where it is new."""
EXACT_UP_TO = 25_000
"""Rows up to which comparing all of them takes less than a tenth of an answer's time."""
LISTS = 4
"""Lists for each root of the number of rows; of those that FAISS advises, 4 to 16, the fewest are trained soonest."""
TRAINED_ON = 64
"""Rows for each list that centroids are found with."""
ITERATIONS = 10
BITS = 2
"""Bits for each number of a vector: with 1 a tenth of the 200 nearest are missed, with 4 a search takes half as long again."""
QUERY_BITS = 4
"""Bits for each number of a question's vector; with 8, no more is found in half as much time again."""
RESCORED, RESCORED_LEAST = 2, 200
"""So many times as many rows as wanted are compared exactly, and at least so many."""
RECALL, OF_BEST, TRIALS = 0.998, 10, 256
"""Lists are searched until, of so many trials, this part of the best rows is found; questions are less like passages than trials are."""
EQUAL = 1e-5
"""Similarities that differ by less count as the same."""
WIDENED = 2
"""Lists are made anew when so many times as many of them must be searched as before."""
RETRIED = 0.05
"""How many lists must be searched is tried again when so large a part of the rows has come or gone."""
BLOCK = 2**16
"""Rows taken into memory at once."""


class VectorStore(Protocol):
    """Finds the rows most similar to a query vector."""

    def search(self, vector: Vectors, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return up to `k` pairs of row and cosine similarity, best first, equal ones by row; only among `rows` where given.

        A store that does not compare all rows may miss some of the best.
        """
        ...

    def vectors(self) -> Joined:
        """Return `(rows, dimension)`, of any floating type."""
        ...


class FaissStore:
    """Inner product over unit vectors, which is cosine similarity."""

    def __init__(self, indexes: Sequence[faiss.Index], rows: Joined, layout: Layout) -> None:
        """Hold an index of the stored rows of each segment, and all `(rows, dimension)`."""
        self._indexes, self._rows, self._layout = indexes, rows, layout

    @classmethod
    def load(cls, folders: Sequence[Path], layout: Layout) -> FaissStore:
        """Return the store of the rows in some folders, one for each segment, memory-mapped.

        Raises:
            IndexMismatch: a file is missing or damaged.
        """
        indexes, arrays = zip(*map(open_searched, folders), strict=True)
        for folder, array, rows in zip(folders, arrays, np.diff(layout.firsts).tolist(), strict=True):
            if len(array) != rows:
                raise damaged(folder / SEARCHED)
        return cls(indexes, Joined(arrays, layout), layout)

    def vectors(self) -> Joined:
        """Return `(rows, dimension)`, read-only and mapped into memory."""
        return self._rows

    def search(self, vector: Vectors, k: int, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return what `VectorStore.search` does; beyond `EXACT_UP_TO` rows only the lists nearest to `vector` are looked through."""
        found = self._near(vector, k) if rows is None else np.asarray(rows, dtype=np.int64)
        if k < 1 or not len(found):
            return []
        scores = np.einsum("ij,j->i", self._rows[found].astype(np.float32), vector)  # whatever rows stand beside one, it scores the same
        order = np.lexsort((found, -np.round(scores, 6)))[:k]
        return [(int(found[i]), float(scores[i])) for i in order]

    def _near(self, vector: Vectors, k: int) -> Integers:
        """Return rows that the `k` nearest are surely, or in lists very likely, among."""
        if k < 1:
            return np.zeros(0, dtype=np.int64)
        some = zip(self._indexes, self._layout.gone, self._layout.firsts.tolist(), strict=False)
        found = self._layout.numbered(np.concatenate([_nearest(index, vector, k, len(gone)) + first for index, gone, first in some]))
        return found[found >= 0]


def _nearest(index: faiss.Index, vector: Vectors, k: int, gone: int) -> Integers:
    """Return rows of one segment that the `k` nearest are among, `gone` rows left out; of a flat index with all that are as near."""
    if isinstance(index, faiss.IndexIVF):
        wanted = max(RESCORED * k, RESCORED_LEAST) + gone
        found: Integers = index.search(vector.reshape(1, -1), min(wanted, index.ntotal))[1][0]
        return found[found >= 0]
    scores, k = np.asarray(_Flat(index)) @ vector, k + gone
    least = np.partition(scores, -k)[-k] - EQUAL if len(scores) > k else -np.inf
    return np.flatnonzero(scores >= least)


def open_searched(folder: Path) -> tuple[faiss.Index, Vectors]:
    """Return the index of the rows in a folder and `(rows, dimension)` themselves, memory-mapped.

    Raises:
        IndexMismatch: a file is missing or damaged.
    """
    path = folder / SEARCHED
    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise damaged(path) from error
    rows = load_array(folder / ROWS) if isinstance(index, faiss.IndexIVF) else np.asarray(_Flat(index))
    if rows.shape != (index.ntotal, index.d):
        raise damaged(path)
    return index, rows


class _Flat:
    """The rows of a flat index, shared with NumPy, which keeps the index for as long as it holds them."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @property
    def __array_interface__(self) -> dict[str, Any]:
        rows = self._index.get_xb()  # type: ignore[attr-defined]  # `reconstruct_n` would go row by row
        flat = faiss.rev_swig_ptr(rows, self._index.ntotal * self._index.d)
        shared: dict[str, Any] = flat.reshape(self._index.ntotal, self._index.d).__array_interface__
        return {**shared, "data": (shared["data"][0], True)}


def make_searchable(folder: Path, trials: Vectors, before: tuple[Path, Mapping[str, Any]] | None = None) -> Mapping[str, Any]:
    """Write what `FaissStore.load` reads of the rows saved in `folder`, and return how they are searched.

    `trials` are vectors like those of questions, by which is chosen how many lists are searched. `before` is the folder of the index that
    `FORMER` speaks of, and what was returned for it.
    """
    rows: Vectors = load_array(folder / ROWS)
    if len(rows) > EXACT_UP_TO:
        return _in_lists(folder, rows, trials, before)
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows.astype(np.float32))
    faiss.write_index(index, str(folder / SEARCHED))
    (folder / ROWS).unlink()
    (folder / FORMER).unlink()
    return {"exact": True}


def _in_lists(folder: Path, rows: Vectors, trials: Vectors, before: tuple[Path, Mapping[str, Any]] | None) -> Mapping[str, Any]:
    """Write an index of lists, and return how many are searched to find which part of the best rows.

    The lists of before are kept as long as there should be as many and at most `WIDENED` times as many of them must be searched. That is
    tried again when `RETRIED` of the rows have come or gone.
    """
    lists, former = 2 ** round(np.log2(LISTS * np.sqrt(len(rows)))), load_array(folder / FORMER)
    index = _read(before[0] / SEARCHED) if before and before[1].get("lists") == lists else None
    if before and index is not None:
        most, new = WIDENED * index.nprobe, np.flatnonzero(former < 0)
        changed = before[1]["changed"] + _renumber(index, former) + len(new)
        _add(index, rows, new)
        how = {**before[1], "changed": changed} if changed < RETRIED * len(rows) else _tried(index, rows, trials)
    if index is None or index.nprobe > most:
        index = _trained(rows, lists)
        _add(index, rows, np.arange(len(rows)))
        how = _tried(index, rows, trials)
    faiss.write_index(index, str(folder / SEARCHED))
    (folder / FORMER).unlink()
    return how


def _read(path: Path) -> Any:  # noqa: ANN401 -- faiss tells no kind of index
    """Return an index; None where the file is damaged."""
    try:
        return faiss.read_index(str(path))
    except RuntimeError:
        return None


def _renumber(index: Any, former: npt.NDArray[np.int32]) -> int:  # noqa: ANN401 -- as above
    """Give the rows of an index the numbers that they have now, drop those that are gone, and return how many these are.

    Their codes stay as they are, in their lists.
    """
    kept = np.flatnonzero(former >= 0)
    now = np.full(index.ntotal, -1, dtype=np.int64)
    now[former[kept]] = kept
    held, lists = index.invlists, faiss.ArrayInvertedLists(index.nlist, index.code_size)
    for i in range(index.nlist):
        if size := held.list_size(i):
            numbers = now[faiss.rev_swig_ptr(held.get_ids(i), size)]
            stays = numbers >= 0
            numbers = numbers[stays]
            codes = faiss.rev_swig_ptr(held.get_codes(i), size * index.code_size).reshape(size, -1)[stays]
            if len(numbers):
                lists.add_entries(i, len(numbers), faiss.swig_ptr(numbers), faiss.swig_ptr(codes))
    gone = int(index.ntotal) - len(kept)
    index.replace_invlists(lists, True)
    lists.this.disown()  # type: ignore[attr-defined]  # it belongs to the index now
    index.ntotal = len(kept)
    return gone


def _add(index: Any, rows: Vectors, numbers: npt.NDArray[np.int64]) -> None:  # noqa: ANN401 -- as above
    """Put some rows into the lists that are nearest to them."""
    for begin in range(0, len(numbers), BLOCK):
        some = numbers[begin : begin + BLOCK]
        index.add_with_ids(rows[some].astype(np.float32), some)
        release(rows)


def _trained(rows: Vectors, lists: int) -> faiss.IndexIVF:
    """Return an empty index whose centroids are those of a sample of rows."""
    dimension, sample = rows.shape[1], min(len(rows), lists * TRAINED_ON)
    index = faiss.IndexIVFRaBitQ(faiss.IndexFlatIP(dimension), dimension, lists, faiss.METRIC_INNER_PRODUCT, True, BITS)
    index.qb, index.cp.niter = QUERY_BITS, ITERATIONS
    index.train(rows[np.sort(np.random.default_rng(0).choice(len(rows), sample, replace=False))].astype(np.float32))
    release(rows)
    return index


def _tried(index: faiss.IndexIVF, rows: Vectors, trials: Vectors) -> Mapping[str, Any]:
    """Search as many lists as are needed, no fewer than were before, and return how many that are and what is found so.

    Where there are not `TRIALS` trials, rows are tried as well.
    """
    chance = np.random.default_rng(1)
    tried, more = (some[np.sort(chance.choice(len(some), min(len(some), TRIALS), replace=False))] for some in (trials, rows))
    tried = np.concatenate([tried, more.astype(np.float32)[: TRIALS - len(tried)]])
    whole = Joined.whole(rows)
    least, store = _least(rows, tried), FaissStore([index], whole, whole.layout)
    while (recall := _recall(store, tried, least)) < RECALL and index.nprobe < index.nlist:
        index.nprobe = min(index.nlist, index.nprobe + index.nprobe // 4 + 1)
    return {"exact": False, "lists": index.nlist, "searched": index.nprobe, "recall": round(recall, 4), "changed": 0}


def _least(rows: Vectors, tried: Vectors) -> Vectors:
    """Return `(tried,)`: the least similarity of the `OF_BEST` rows nearest to each vector, all compared."""
    best = np.zeros((len(tried), 0), dtype=np.float32)
    for begin in range(0, len(rows), BLOCK):
        scores, _ = faiss.knn(tried, rows[begin : begin + BLOCK].astype(np.float32), OF_BEST, metric=faiss.METRIC_INNER_PRODUCT)
        best = -np.sort(-np.concatenate([best, scores], axis=1), axis=1)[:, :OF_BEST]
        release(rows)
    return best[:, -1]


def _recall(store: FaissStore, tried: Vectors, least: Vectors) -> float:
    """Return which part of the best rows searches find; of rows that are equally near, any will do."""
    found = sum(score >= limit - EQUAL for one, limit in zip(tried, least.tolist(), strict=True) for _, score in store.search(one, OF_BEST))
    return float(found / (OF_BEST * len(tried)))
