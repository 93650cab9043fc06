import faiss
import numpy as np
import pytest

from assistant import vectors
from assistant.errors import IndexMismatch
from assistant.segments import Layout
from assistant.vectors import FORMER, ROWS, SEARCHED, FaissStore, make_searchable

THREE = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [1, 0, 0]], dtype=np.float32)
QUERY = np.array([1, 0, 0], dtype=np.float32)
MANY, WIDE = 3000, 16


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def store(folder, rows, trials=None, before=None, former=None):
    np.save(folder / ROWS, rows)
    np.save(folder / FORMER, np.full(len(rows), -1, dtype=np.int32) if former is None else former)
    how = make_searchable(folder, rows if trials is None else trials, before)
    return load(folder, len(rows)), how


def load(folder, rows=0):
    """Return the store in a folder that holds so many rows."""
    return FaissStore.load([folder], Layout(np.arange(rows), [np.arange(rows + 1)]))


def lists_of(folder, rows):
    """Return the list that each of so many rows stands in."""
    index = faiss.read_index(str(folder / SEARCHED))
    found = np.full(rows, -1)
    for i in range(index.nlist):
        size = index.invlists.list_size(i)
        found[faiss.rev_swig_ptr(index.invlists.get_ids(i), size) if size else []] = i
    return found


def rows_before(first, last, new):
    """Return that rows `first` to `last` of before come first, and so many new ones after them."""
    return np.append(np.arange(first, last), np.full(new, -1)).astype(np.int32)


@pytest.fixture
def three(tmp_path):
    return store(tmp_path, THREE)[0]


@pytest.fixture
def lists(monkeypatch):
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 100)


@pytest.fixture
def many():
    chance = np.random.default_rng(3)
    middles = chance.standard_normal((40, WIDE))
    return unit(middles[chance.integers(0, 40, MANY)] + 0.5 * chance.standard_normal((MANY, WIDE)))


def test_rows_come_by_cosine_with_ties_in_order_of_row(three):
    found = three.search(QUERY, 10)
    assert [row for row, _ in found] == [0, 3, 2, 1]
    assert [score for _, score in found] == pytest.approx([1, 1, 0.6, 0])


def test_no_more_than_k_rows_come(three):
    assert [row for row, _ in three.search(QUERY, 2)] == [0, 3]


def test_only_the_given_rows_are_searched(three):
    assert [row for row, _ in three.search(QUERY, 10, [1, 2])] == [2, 1]


@pytest.mark.parametrize(("k", "rows"), [(0, None), (-1, None), (5, []), (0, [1])])
def test_nothing_asked_for_gives_nothing(three, k, rows):
    assert three.search(QUERY, k, rows) == []


def test_an_empty_store_finds_nothing(tmp_path):
    assert store(tmp_path, np.zeros((0, 3), dtype=np.float32))[0].search(QUERY, 5) == []


def test_few_rows_are_all_compared_and_kept_once(tmp_path):
    _, how = store(tmp_path, THREE)
    assert how == {"exact": True}
    assert [path.name for path in tmp_path.iterdir()] == [SEARCHED]


def test_vectors_come_back_as_they_were_given(three):
    assert np.array_equal(three.vectors(), THREE)


def test_lists_find_what_comparing_all_rows_finds(lists, many, tmp_path):
    asked = unit(many[::30] + 0.2 * np.random.default_rng(4).standard_normal(many[::30].shape))
    found, how = store(tmp_path, many, asked[::2])
    assert not how["exact"]
    assert 1 <= how["searched"] < how["lists"]
    assert how["recall"] >= vectors.RECALL
    hits, pairs = 0, []
    for one in asked[1::2]:
        scores = many @ one
        best = np.argsort(-scores, kind="stable")[:10]
        rows = found.search(one, 10)
        hits += len({row for row, _ in rows} & set(best.tolist()))
        pairs += [(score, scores[row]) for row, score in rows]
    assert hits / (10 * len(asked[1::2])) > 0.97
    assert all(score == pytest.approx(exact, abs=1e-6) for score, exact in pairs)
    assert np.array_equal(found.vectors(), many)


def test_lists_search_only_the_given_rows_exactly(lists, many, tmp_path):
    found = store(tmp_path, many)[0].search(many[5], 3, [4, 5, 6, 2000])
    assert found[0] == (5, pytest.approx(1))
    assert {row for row, _ in found} < {4, 5, 6, 2000}


def test_lists_are_the_same_each_time_they_are_made(lists, many, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        store(tmp_path / name, many)
    assert (tmp_path / "one" / SEARCHED).read_bytes() == (tmp_path / "two" / SEARCHED).read_bytes()


def test_rows_that_are_there_keep_their_lists_and_new_ones_join_the_nearest(lists, many, tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    _, how = store(tmp_path / "one", many[:-100])
    known = lists_of(tmp_path / "one", MANY - 100)
    assert known.min() >= 0
    monkeypatch.setattr(vectors, "_trained", lambda *_: pytest.fail("lists were made anew"))
    found, again = store(tmp_path / "two", many[50:], None, (tmp_path / "one", how), rows_before(50, MANY - 100, 100))
    assert (again["exact"], again["lists"]) == (False, how["lists"])
    assert how["searched"] <= again["searched"] <= vectors.WIDENED * how["searched"]
    now = lists_of(tmp_path / "two", MANY - 50)
    assert np.array_equal(now[:-100], known[50:])
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [SEARCHED, ROWS]
    assert now.min() >= 0
    for row in (0, 700, len(many) - 60):
        assert found.search(many[50:][row], 1) == [(row, pytest.approx(1))]


def test_codes_that_are_kept_are_those_that_coding_anew_makes(lists, many, tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    _, how = store(tmp_path / "one", many)
    store(tmp_path / "two", many, None, (tmp_path / "one", how), rows_before(0, MANY, 0))
    assert (tmp_path / "one" / SEARCHED).read_bytes() == (tmp_path / "two" / SEARCHED).read_bytes()
    some = np.delete(many, slice(100, 140), axis=0)
    kept = np.delete(np.arange(MANY, dtype=np.int32), slice(100, 140))
    store(tmp_path / "three", some, None, (tmp_path / "one", how), kept)
    index = faiss.read_index(str(tmp_path / "three" / SEARCHED))
    assert index.ntotal == len(some)
    assert np.array_equal(lists_of(tmp_path / "three", len(some)), np.delete(lists_of(tmp_path / "one", MANY), slice(100, 140)))


def test_how_many_lists_are_searched_is_tried_again_once_enough_rows_have_changed(lists, many, tmp_path, monkeypatch):
    folder, tried = tmp_path / "0", []
    folder.mkdir()
    _, how = store(folder, many)
    real = vectors._tried
    monkeypatch.setattr(vectors, "_tried", lambda *some: tried.append(1) or real(*some))
    told = []
    for n in range(1, 5):
        before, folder = (folder, how), tmp_path / str(n)
        folder.mkdir()
        _, how = store(folder, np.roll(many, -20 * n, axis=0), None, before, rows_before(20, MANY, 20))
        told.append((how["changed"], len(tried)))
    assert told == [(40, 0), (80, 0), (120, 0), (0, 1)]


def test_lists_are_made_anew_when_there_are_too_many_rows_for_them(lists, many, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    _, how = store(tmp_path / "one", many[:500])
    found, again = store(tmp_path / "two", many, None, (tmp_path / "one", how), rows_before(0, 500, MANY - 500))
    assert again["lists"] > how["lists"]
    assert found.search(many[9], 1) == [(9, pytest.approx(1))]


def test_lists_that_no_longer_fit_the_rows_are_made_anew(lists, many, tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    middle, chance = many[0], np.random.default_rng(9)
    _, how = store(tmp_path / "one", many)
    near = unit(middle + 0.3 * chance.standard_normal((MANY, WIDE)))
    trained = []
    real = vectors._trained
    monkeypatch.setattr(vectors, "_trained", lambda *some: trained.append(1) or real(*some))
    found, again = store(tmp_path / "two", near, None, (tmp_path / "one", how))
    assert trained == [1]
    assert again["recall"] >= vectors.RECALL
    assert found.search(near[77], 1) == [(77, pytest.approx(1))]


def test_where_there_are_few_trials_rows_are_tried_as_well(lists, many, tmp_path):
    asked = unit(many[::30] + 0.2 * np.random.default_rng(4).standard_normal(many[::30].shape))
    found, _ = store(tmp_path, many, asked[:1])
    hits = [len({row for row, _ in found.search(one, 10)} & set(np.argsort(-(many @ one))[:10].tolist())) for one in asked[1:]]
    assert sum(hits) / (10 * len(hits)) > 0.95


def test_rows_that_many_others_equal_do_not_widen_the_search(lists, many, tmp_path):
    for name in ("one", "many"):
        (tmp_path / name).mkdir()
    asked = unit(many[::30] + 0.2 * np.random.default_rng(4).standard_normal(many[::30].shape))
    _, once = store(tmp_path / "one", many, asked)
    _, often = store(tmp_path / "many", np.repeat(many[::3], 3, axis=0), asked)
    assert often["recall"] >= vectors.RECALL
    assert often["searched"] <= 2 * once["searched"]


def test_damaged_lists_are_made_anew(lists, many, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    _, how = store(tmp_path / "one", many)
    (tmp_path / "one" / SEARCHED).write_bytes(b"no lists")
    found, _ = store(tmp_path / "two", many, None, (tmp_path / "one", how), rows_before(0, MANY, 0))
    assert found.search(many[3], 1) == [(3, pytest.approx(1))]


def test_equal_rows_in_lists_come_in_order(lists, many, tmp_path):
    rows = np.concatenate([many, many[:50]])
    found = store(tmp_path, rows)[0].search(rows[7], 2)
    assert [row for row, _ in found] == [7, MANY + 7]


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"IxFI" + b"\xff" * 200])
def test_a_damaged_file_names_the_repair(content, tmp_path):
    (tmp_path / SEARCHED).write_bytes(content)
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(tmp_path, MANY)


def test_rows_that_are_not_those_searched_name_the_repair(lists, many, tmp_path):
    store(tmp_path, many)
    np.save(tmp_path / ROWS, many[:-1])
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(tmp_path, MANY)


def test_a_missing_file_names_the_repair(tmp_path):
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(tmp_path, MANY)
