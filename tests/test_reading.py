import numpy as np
import pytest

from assistant import Assistant
from assistant.reading import EncoderReader, Reading, answerability, choose, read, without_title

ENZYME = "S9357-enzyme-replacement.txt"


def reading_of(assistant, text, name):
    return read(assistant.index, EncoderReader(), text, name)


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("how long does it take?", "Duration"),
        ("what are the risks?", "Risks and Complications"),
        ("where does it take place?", "Setting"),
        ("who is involved?", "Personnel"),
        ("what are the alternatives?", "Alternatives"),
    ],
)
def test_the_best_reading_is_from_the_section_that_answers(assistant, text, heading):
    best = reading_of(assistant, text, ENZYME)[0]
    assert assistant.index.by_id[ENZYME].sections[best.candidate.section].heading == heading


@pytest.mark.parametrize("text", ["how long does it take?", "what is the capital of France?", "zzzz"])
def test_every_candidate_is_read_once_best_first(assistant, text):
    index = assistant.index
    readings = reading_of(assistant, text, ENZYME)
    rows = index.candidate_rows[ENZYME]
    assert {reading.candidate for reading in readings} == {index.candidates[row] for row in rows}
    assert len({reading.candidate for reading in readings}) == len(readings)
    scores = [round(reading.score, 6) for reading in readings]
    assert scores == sorted(scores, reverse=True)


def test_a_document_that_does_not_exist_has_no_readings(assistant):
    assert reading_of(assistant, "how long?", "nothing.txt") == []


def test_a_score_is_given_for_every_row_of_the_document(assistant):
    for name, rows in assistant.index.candidate_rows.items():
        scores = EncoderReader().score(assistant.index, "how long does it take?", name)
        assert scores.shape == (len(rows),)
        assert np.isfinite(scores).all()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("risks of enzyme replacement", "risks of"),
        ("enzyme replacement", "enzyme replacement"),
        ("what are the risks?", "what are the risks?"),
        ("", ""),
    ],
)
def test_words_of_the_title_are_left_out_unless_nothing_would_be_left(assistant, text, kept):
    assert without_title(assistant.index, text, ENZYME) == kept


def test_belief_in_an_answer_is_high_where_there_is_one_and_low_where_there_is_none(assistant):
    there = answerability(assistant.index, reading_of(assistant, "how long does it take?", ENZYME))
    absent = answerability(assistant.index, reading_of(assistant, "what is the capital of France?", ENZYME))
    assert 0 <= absent < 0.5 < there <= 1
    assert answerability(assistant.index, []) == 0


def test_higher_scores_give_more_belief(assistant):
    readings = reading_of(assistant, "how long does it take?", ENZYME)
    lower = [Reading(reading.candidate, reading.score - 0.3) for reading in readings]
    assert answerability(assistant.index, lower) < answerability(assistant.index, readings)


@pytest.mark.parametrize("text", ["how long does it take?", "what are the risks?", "what happens first?", "who should not get it?"])
def test_one_or_two_readings_are_chosen_that_hold_the_best_and_do_not_overlap(assistant, text):
    for name in assistant.index.by_id:
        readings = reading_of(assistant, text, name)
        best, chosen = readings[0].candidate, [reading.candidate for reading in choose(assistant.index, readings)]
        assert 1 <= len(chosen) <= 2
        assert chosen[0].first <= best.first
        assert best.last <= chosen[0].last
        if len(chosen) == 2:
            assert chosen[0].last <= chosen[1].first or chosen[1].last <= chosen[0].first


def test_a_question_for_an_amount_of_time_is_read_from_what_holds_one(tiny, settings):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings, build=False)
    for name, text in (("ferry.txt", "twelve minutes"), ("lighthouse.md", "two hours")):
        best = reading_of(assistant, "how long does it take?", name)[0].candidate
        document = assistant.index.by_id[name]
        assert text in best.span(document).of(document.text)
