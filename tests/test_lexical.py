import bm25s
import numpy as np
import pytest
from bm25s.stopwords import STOPWORDS_EN, STOPWORDS_EN_PLUS
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import IndexMismatch
from assistant.lexical import FUNCTION_WORDS, STARTS, LexicalIndex
from assistant.tokens import tokenize

TEXTS = [
    "the ferry crosses the harbour",
    "the lighthouse tour",
    "a ferry, a ferry and another ferry",
    "S9357 enzyme replacement",
    "the ferry crosses the harbour",
]


def rows(index, text, k=10, only=None):
    return [row for row, _ in index.search(text, k, only)]


@pytest.fixture(scope="module")
def index():
    tokens = sorted({token for text in TEXTS for token in tokenize(text)})
    return LexicalIndex.build([[tokens.index(token) for token in tokenize(text)] for text in TEXTS], tokens)


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


def test_a_saved_index_finds_the_same(index, tmp_path):
    index.save(tmp_path / "bm25")
    loaded = LexicalIndex.load(tmp_path / "bm25", len(TEXTS))
    for text in ("ferry", "harbour tour", "S9357"):
        assert loaded.search(text, 10) == index.search(text, 10)


def test_missing_files_name_the_repair(tmp_path):
    with pytest.raises(IndexMismatch, match="--rebuild"):
        LexicalIndex.load(tmp_path / "nothing", 1)


@pytest.mark.parametrize("number", range(4))
def test_each_damaged_file_names_the_repair(index, tmp_path, number):
    index.save(tmp_path / "bm25")
    files = sorted((tmp_path / "bm25").iterdir())
    assert len(files) == 4
    files[number].write_bytes(b"")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        LexicalIndex.load(tmp_path / "bm25", len(TEXTS))


@pytest.mark.parametrize("content", ["{}", '["one", "two"]' * 40, '["' + '", "'.join("abcdefghijklmnopqrstuvwxyz") + '"]'])
def test_tokens_that_the_arrays_do_not_fit_name_the_repair(index, tmp_path, content):
    index.save(tmp_path / "bm25")
    (tmp_path / "bm25" / "tokens.json").write_text(content, encoding="utf-8")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        LexicalIndex.load(tmp_path / "bm25", len(TEXTS))


def test_arrays_of_different_length_name_the_repair(index, tmp_path):
    index.save(tmp_path / "bm25")
    np.save(tmp_path / "bm25" / STARTS, np.zeros(40, dtype=np.int64))
    with pytest.raises(IndexMismatch, match="--rebuild"):
        LexicalIndex.load(tmp_path / "bm25", len(TEXTS))


TOKENS = ["ferry", "tram", "bridge", "museum", "harbour", "tower"]
many_rows = st.lists(st.lists(st.integers(0, len(TOKENS) - 1), min_size=1, max_size=8), min_size=1, max_size=40)


@given(rows=many_rows, asked=st.lists(st.sampled_from(TOKENS), min_size=1, unique=True), k=st.integers(1, 50))
def test_scores_and_order_are_those_of_bm25s(rows, asked, k):
    numbers = {token: i for i, token in enumerate(tokenize(word)[0] for word in TOKENS)}
    scorer = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    scorer.index((rows, numbers), show_progress=False)
    wanted = scorer.get_scores([numbers[tokenize(word)[0]] for word in asked])
    index = LexicalIndex.build(rows, list(numbers))
    assert np.array_equal(index.scores(" ".join(asked)), wanted[: len(rows)])
    order = sorted((row for row in range(len(rows)) if wanted[row] > 0), key=lambda row: (-np.round(wanted[row], 5), row))
    found = index.search(" ".join(asked), k)
    assert found == [(row, float(wanted[row])) for row in order[:k]]
    half = list(range(0, len(rows), 2))
    assert index.search(" ".join(asked), k, half) == [(row, float(wanted[row])) for row in order if row in half][:k]


def test_the_function_words_are_the_stop_words_of_bm25s():
    assert {token for word in (*STOPWORDS_EN, *STOPWORDS_EN_PLUS) for token in tokenize(word)} == FUNCTION_WORDS
