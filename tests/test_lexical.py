from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np
import pytest
from bm25s.stopwords import STOPWORDS_EN, STOPWORDS_EN_PLUS
from hypothesis import given
from hypothesis import strategies as st

from assistant import lexical
from assistant.arrays import Ragged, edges
from assistant.errors import IndexMismatch
from assistant.lexical import FUNCTION_WORDS, STARTS, LexicalIndex, write_lexical
from assistant.segments import Layout
from assistant.tokens import stem, tokenize, words

TEXTS = [
    "the ferry crosses the harbour",
    "the lighthouse tour",
    "a ferry, a ferry and another ferry",
    "S9357 enzyme replacement",
    "the ferry crosses the harbour",
]


def rows(index, text, k=10, only=None):
    return [row for row, _ in index.search(text, k, only)]


def written(folder, rows, tokens, of_value=None):
    values = np.asarray([value for row in rows for value in row], dtype=np.int32)
    write_lexical(folder, Ragged(values, edges([len(row) for row in rows])), len(tokens), of_value)
    return load(folder, len(rows), {token: i for i, token in enumerate(tokens)})


def load(folder, rows, numbers):
    """Return the index of so many rows in a folder."""
    return LexicalIndex.load([folder], Layout(np.arange(rows), [np.arange(rows + 1)]), [numbers])


TOKENS = sorted({token for text in TEXTS for token in tokenize(text)})
NUMBERS = {token: i for i, token in enumerate(TOKENS)}


def texts_written(folder):
    return written(folder, [[NUMBERS[token] for token in tokenize(text)] for text in TEXTS], TOKENS)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return texts_written(tmp_path_factory.mktemp("bm25"))


def test_rows_that_share_a_word_come_best_first(index):
    found = index.search("ferries", 10)
    assert found[0][0] == 2
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_equal_rows_come_in_order(index):
    assert rows(index, "harbour crossing") == [0, 4]


def test_rows_that_share_no_word_are_left_out(index):
    assert rows(index, "lighthouse") == [1]
    assert rows(index, "submarine") == []


def test_a_code_is_one_word_however_it_is_typed(index):
    assert rows(index, "s-9357") == [3]


def test_k_and_rows_restrict(index):
    assert rows(index, "ferry", 1) == [2]
    assert rows(index, "ferry", 10, [0, 1]) == [0]
    assert rows(index, "ferry", 0) == []
    assert rows(index, "ferry", 10, []) == []


@pytest.mark.parametrize("text", ["", "?!", "   "])
def test_a_question_without_words_finds_nothing(index, text):
    assert rows(index, text) == []


def test_repeating_a_word_in_the_question_changes_nothing(index):
    assert index.search("ferry ferry ferry", 10) == index.search("ferry", 10)


def test_values_may_stand_for_tokens_by_another_number(index, tmp_path):
    forms = sorted({word for text in TEXTS for word in words(text)})
    tokens = sorted({stem(form) for form in forms})
    of_value = np.asarray([tokens.index(stem(form)) for form in forms])
    other = written(tmp_path, [[forms.index(word) for word in words(text)] for text in TEXTS], tokens, of_value)
    for text in ("ferry", "harbour tour", "S9357"):
        assert other.search(text, 10) == index.search(text, 10)


def test_missing_files_name_the_repair(tmp_path):
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(tmp_path / "nothing", 1, {})


@pytest.mark.parametrize("number", range(5))
def test_each_damaged_file_names_the_repair(tmp_path, number):
    texts_written(tmp_path / "bm25")
    files = sorted((tmp_path / "bm25").iterdir())
    assert len(files) == 5
    files[number].write_bytes(b"")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(tmp_path / "bm25", len(TEXTS), NUMBERS)


@pytest.mark.parametrize("numbers", [{}, {**NUMBERS, "submarine": len(NUMBERS)}])
def test_tokens_that_the_arrays_do_not_fit_name_the_repair(tmp_path, numbers):
    texts_written(tmp_path / "bm25")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(tmp_path / "bm25", len(TEXTS), numbers)


def test_arrays_of_different_length_name_the_repair(tmp_path):
    texts_written(tmp_path / "bm25")
    np.save(tmp_path / "bm25" / STARTS, np.zeros(40, dtype=np.int64))
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(tmp_path / "bm25", len(TEXTS), NUMBERS)


SOME = ["ferry", "tram", "bridge", "museum", "harbour", "tower"]
SOME_NUMBERS = {token: i for i, token in enumerate(tokenize(word)[0] for word in SOME)}
many_rows = st.lists(st.lists(st.integers(0, len(SOME) - 1), min_size=1, max_size=8), min_size=1, max_size=40)
asked = st.lists(st.sampled_from(SOME), min_size=1, unique=True)


def by_bm25s(rows, asked):
    """Return the score of each row as bm25s has it, and the rows that have one, best first."""
    scorer = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    scorer.index((rows, SOME_NUMBERS), show_progress=False)
    scores = scorer.get_scores([SOME_NUMBERS[tokenize(word)[0]] for word in asked])
    return scores, sorted((row for row in range(len(rows)) if scores[row] > 0), key=lambda row: (-np.round(scores[row], 5), row))


@given(rows=many_rows, asked=asked, k=st.integers(1, 50), long=st.integers(1, 10), at_once=st.integers(1, 50))
def test_scores_and_order_are_those_of_bm25s(rows, asked, k, long, at_once):
    wanted, order = by_bm25s(rows, asked)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(lexical, "AT_ONCE", at_once)
        index = written(Path(folder), rows, list(SOME_NUMBERS))
        half = list(range(0, len(rows), 2))
        for only, best in ((None, order), (half, [row for row in order if row in half])):
            found = index.search(" ".join(asked), k, only)
            assert [score for _, score in found] == pytest.approx([wanted[row] for row in best[:k]], abs=2e-5)
            assert [score for _, score in found] == pytest.approx([wanted[row] for row, _ in found], abs=2e-5)
            every = index.search(" ".join(asked), len(rows), only)
            assert every == sorted(every, key=lambda one: (-np.round(np.float32(one[1]), lexical.ROUNDED), one[0]))
            assert found == every[:k]
            patched.setattr(lexical, "LONG", long)
            assert index.search(" ".join(asked), k, only) == found
            patched.setattr(lexical, "LONG", lexical.LONG)


@given(rows=st.lists(st.lists(st.integers(0, 5), max_size=4), min_size=1, max_size=60), k=st.integers(1, 20))
def test_rows_without_words_and_words_without_rows_change_nothing(rows, k):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        index = written(Path(folder), rows, [*SOME_NUMBERS, "never"])
        found = index.search("never ferry tram bridge", k)
        patched.setattr(lexical, "LONG", 1)
        assert index.search("never ferry tram bridge", k) == found
        assert {row for row, _ in found} <= {i for i, row in enumerate(rows) if {0, 1, 2} & set(row)}


def test_a_frequent_word_is_only_looked_up_where_it_cannot_bring_another_row_among_the_best(tmp_path, monkeypatch):
    monkeypatch.setattr(lexical, "LONG", 10)
    index = written(tmp_path, [[0] * 3 + [1]] * 5 + [[1, 2, 3, 4, 5]] * 200, list(SOME_NUMBERS))
    looked_up = []
    real = index._added
    monkeypatch.setattr(index, "_added", lambda term, rows: looked_up.append(rows.tolist()) or real(term, rows))
    assert [row for row, _ in index.search("ferry tram", 3)] == [0, 1, 2]
    assert looked_up == [[0, 1, 2, 3, 4]]


def test_the_function_words_are_the_stop_words_of_bm25s():
    assert {token for word in (*STOPWORDS_EN, *STOPWORDS_EN_PLUS) for token in tokenize(word)} == FUNCTION_WORDS
