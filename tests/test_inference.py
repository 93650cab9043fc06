import numpy as np
import pytest

from assistant import inference
from assistant.config import PACKAGED_ENCODER, PACKAGED_READER
from assistant.inference import OnnxEncoder

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


QUESTION = "how long does the tour take?"


def test_every_text_has_a_score_and_what_answers_the_best(encoder):
    scores = encoder.read_together(QUESTION, TEXTS)
    assert scores.shape == (len(TEXTS),)
    assert scores.dtype == np.float32
    assert scores[0] == scores[2] == scores.max()
    assert scores[4] < 0


def test_a_pairs_score_does_not_depend_on_what_else_is_read_or_was_before(encoder, monkeypatch):
    together, again = encoder.read_together(QUESTION, TEXTS), encoder.read_together(QUESTION, TEXTS)
    monkeypatch.setattr(inference, "REMEMBERED_PAIRS", 1)
    forgetful = OnnxEncoder(PACKAGED_READER)
    for text, *scores in zip(TEXTS, together, again, forgetful.read_together(QUESTION, TEXTS), strict=True):
        assert all(forgetful.read_together(QUESTION, [text])[0] == pytest.approx(score, abs=1e-5) for score in scores)


def test_long_sides_are_cut_and_still_read(encoder):
    scores = encoder.read_together("how long " * 500 + "does it take?", [TEXTS[0], TEXTS[1] * 500])
    assert np.isfinite(scores).all()


def test_a_model_not_trained_for_it_reads_no_pairs():
    assert OnnxEncoder(PACKAGED_ENCODER).read_together(QUESTION, TEXTS).size == 0
