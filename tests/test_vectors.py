import numpy as np
import pytest

from assistant.errors import IndexMismatch
from assistant.vectors import FaissStore

ROWS = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [1, 0, 0]], dtype=np.float32)
QUERY = np.array([1, 0, 0], dtype=np.float32)


def test_rows_come_by_cosine_with_ties_in_order_of_row():
    found = FaissStore.build(ROWS).search(QUERY, 10)
    assert [row for row, _ in found] == [0, 3, 2, 1]
    assert [score for _, score in found] == pytest.approx([1, 1, 0.6, 0])


def test_no_more_than_k_rows_come():
    assert [row for row, _ in FaissStore.build(ROWS).search(QUERY, 2)] == [0, 3]


def test_only_the_given_rows_are_searched():
    assert [row for row, _ in FaissStore.build(ROWS).search(QUERY, 10, [1, 2])] == [2, 1]


@pytest.mark.parametrize(("k", "rows"), [(0, None), (-1, None), (5, [])])
def test_nothing_asked_for_gives_nothing(k, rows):
    assert FaissStore.build(ROWS).search(QUERY, k, rows) == []


def test_an_empty_store_finds_nothing():
    assert FaissStore.build(np.zeros((0, 3), dtype=np.float32)).search(QUERY, 5) == []


def test_a_saved_store_finds_the_same(tmp_path):
    store = FaissStore.build(ROWS)
    store.save(tmp_path / "vectors")
    assert FaissStore.load(tmp_path / "vectors").search(QUERY, 4) == store.search(QUERY, 4)


def test_vectors_come_back_as_they_were_given(tmp_path):
    FaissStore.build(ROWS).save(tmp_path / "vectors")
    assert np.array_equal(FaissStore.load(tmp_path / "vectors").vectors(), ROWS)


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"IxFI" + b"\xff" * 200])
def test_a_damaged_file_names_the_repair(content, tmp_path):
    (tmp_path / "vectors").write_bytes(content)
    with pytest.raises(IndexMismatch, match="--rebuild"):
        FaissStore.load(tmp_path / "vectors")


def test_a_missing_file_names_the_repair(tmp_path):
    with pytest.raises(IndexMismatch, match="--rebuild"):
        FaissStore.load(tmp_path / "vectors")
