import os

import numpy as np
import pytest

from assistant import inference
from assistant.config import PACKAGED_ENCODER, PACKAGED_READER
from assistant.inference import OnnxEncoder, products, read_at_once
from assistant.types import Span

TEXTS = [
    "Duration: two hours.",
    "Bring water.",
    "Duration: two hours.",
    "A guide leads the group up the lighthouse and explains the lamp.",
    "",
]


@pytest.fixture
def encoder():
    return OnnxEncoder(PACKAGED_READER)


def test_every_word_piece_has_a_row_of_unit_length(encoder):
    for text, rows in zip(TEXTS, encoder.encode_words(TEXTS), strict=True):
        assert rows.shape[1] == encoder.dimension
        assert rows.dtype == np.float32
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        assert (len(rows) == 0) == (text == "")


def test_vectors_do_not_depend_on_what_else_is_encoded_or_was_before(encoder, monkeypatch):
    assert all(np.array_equal(encoder.encode_one(text), row) for text, row in zip(TEXTS, encoder.encode(TEXTS), strict=True))
    together = encoder.encode_words(TEXTS)
    again = encoder.encode_words(TEXTS)
    monkeypatch.setattr(inference, "REMEMBERED", 1)
    forgetful = OnnxEncoder(PACKAGED_READER)
    for text, *rows in zip(TEXTS, together, again, forgetful.encode_words(TEXTS), strict=True):
        assert all(np.array_equal(forgetful.encode_words([text])[0], one) for one in rows)


def test_a_word_means_something_else_in_another_sentence(encoder):
    near, far = encoder.encode_words(["the bank of the river", "the bank lends money"])
    assert not np.allclose(near[1], far[1], atol=0.05)


def test_a_phrase_is_the_mean_of_its_word_pieces_and_nothing_past_the_longest_text(encoder):
    text = "A guide leads the group. " * 200
    first, rest = encoder.encode_phrases(text, [Span(2, 13), Span(len(text) - 10, len(text))])
    mean = encoder.encode_words([text])[0][1:3].mean(axis=0)
    assert np.allclose(first, mean / np.linalg.norm(mean), atol=1e-6)
    assert not rest.any()


def test_what_is_remembered_is_not_read_again(encoder, monkeypatch):
    vectors, words = encoder.encode(TEXTS), encoder.encode_words(TEXTS)
    monkeypatch.setattr(encoder, "_hidden", None)
    assert all(np.array_equal(encoder.encode_one(text), row) for text, row in zip(TEXTS, vectors, strict=True))
    assert all(map(np.array_equal, encoder.encode_words(TEXTS), words))


def test_what_is_used_again_is_remembered_longer_than_what_is_not(encoder, monkeypatch):
    monkeypatch.setattr(inference, "REMEMBERED", 2)
    for text in ("used again", "not used again", "used again", "new"):
        encoder.encode_one(text)
    assert list(encoder._recent) == ["used again", "new"]


def test_what_is_read_at_once_is_what_each_encoder_reads_by_itself(encoder, monkeypatch):
    other = OnnxEncoder(PACKAGED_ENCODER)
    alone = [one.encode([TEXTS[3]])[0] for one in (encoder, other)]
    read_at_once([encoder, other], TEXTS[3])
    for one, vector in zip((encoder, other), alone, strict=True):
        monkeypatch.setattr(one, "_hidden", None)
        assert np.array_equal(one.encode_one(TEXTS[3]), vector)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
@pytest.mark.timeout(60)
def test_a_process_that_forks_after_reading_leaves_a_child_that_reads(encoder):
    encoder.encode(TEXTS)
    if not (child := os.fork()):
        try:
            encoder.encode(TEXTS)
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(("some", "others"), [(1, 1), (3, 700), (40, 300), (800, 2)])
def test_products_are_those_of_each_with_each(some, others):
    rows = np.random.default_rng(0).standard_normal((some + others, 384), dtype=np.float32)
    assert np.allclose(products(rows[:some], rows[some:]), rows[:some] @ rows[some:].T, atol=1e-3)


def test_progress_counts_every_text(encoder, monkeypatch):
    monkeypatch.setattr(inference, "AT_ONCE", 2)
    done = []
    assert encoder.encode(TEXTS, done.append).shape == (len(TEXTS), encoder.dimension)
    assert done == [2, 2, 1]
    assert encoder.encode([]).shape == (0, encoder.dimension)
