from dataclasses import replace

import numpy as np
import pytest

from assistant import Assistant
from assistant.chunking import read_texts
from assistant.reading import (
    COMPARED,
    COMPARED_WITHIN,
    EncoderReader,
    answerability,
    beside,
    choose,
    coverage,
    evidence,
    nearest,
    opposed,
    read,
)  # fmt: skip
from assistant.subjects import without_title
from assistant.types import Role

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
    rows = index.candidates.of(ENZYME)
    assert {reading.candidate for reading in readings} == {index.candidates[row] for row in rows}
    assert len({reading.candidate for reading in readings}) == len(readings)
    scores = [round(reading.score, 6) for reading in readings]
    assert scores == sorted(scores, reverse=True)


def test_a_document_that_does_not_exist_has_no_readings(assistant):
    assert reading_of(assistant, "how long?", "nothing.txt") == []


def test_a_score_is_given_for_every_row_of_the_document(assistant):
    for name in assistant.index.by_id:
        rows = assistant.index.candidates.of(name)
        scores = EncoderReader().score(assistant.index, "how long does it take?", name)
        assert scores.shape == (len(rows),)
        assert np.isfinite(scores).all()


def test_a_score_falls_by_what_any_other_document_answers_better(assistant, monkeypatch):
    index, reader = assistant.index, EncoderReader()
    asked = [(text, d) for text in ("how long does the enzyme infusion take?", "can it be paused?", "zzzz") for d in index.documents.ids]
    found = [reader.score(index, *one) for one in asked]
    monkeypatch.setattr("assistant.reading.MOST", np.inf)  # so that no document is left out
    assert all(np.array_equal(reader.score(index, *one), scores) for one, scores in zip(asked, found, strict=True))
    monkeypatch.setattr("assistant.reading.LACKING", np.inf)
    fallen = [scores.max() < reader.score(index, *one).max() for one, scores in zip(asked, found, strict=True)]
    assert 0 < sum(fallen) < len(asked)


def test_a_document_that_cannot_answer_better_is_not_looked_at_closely(assistant, monkeypatch):
    index, reader, looked_at = assistant.index, EncoderReader(), []
    monkeypatch.setattr(reader, "_cosines", lambda index, text, d: looked_at.append(d) or EncoderReader._cosines(reader, index, text, d))
    reader.score(index, "what are the indications for enzyme replacement therapy?", ENZYME)
    assert looked_at[0] == ENZYME
    assert len(looked_at) <= 2
    reader.score(index, "zzzz", ENZYME)
    assert len(looked_at) >= 1 + len(index.documents)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("risks of enzyme replacement", "risks of"),
        ("enzyme replacement", "enzyme replacement"),
        ("what are the risks?", "what are the risks?"),
        ("is it for enzymes?", "is it for enzymes?"),
        ("", ""),
    ],
)
def test_words_of_the_title_are_left_out_unless_nothing_would_be_left(assistant, text, kept):
    assert without_title(assistant.index, text, ENZYME) == kept


def test_belief_in_an_answer_is_high_where_there_is_one_and_low_where_there_is_none(assistant):
    there, absent = (
        answerability(assistant.index, text, reading_of(assistant, text, ENZYME))
        for text in ("how long does it take?", "what is the capital of France?")
    )
    assert 0 <= absent < 0.5 < there <= 1
    assert answerability(assistant.index, "how long does it take?", []) == 0


def test_higher_scores_give_more_belief(assistant):
    text = "how long does it take?"
    readings = reading_of(assistant, text, ENZYME)
    lower = [replace(reading, score=reading.score - 0.3) for reading in readings]
    assert answerability(assistant.index, text, lower) < answerability(assistant.index, text, readings)


def test_what_leaves_out_part_of_the_question_covers_less_of_it(assistant):
    text = "how long does it take?"
    [best, *_] = reading_of(assistant, text, ENZYME)
    covered = [coverage(assistant.index, more, best) for more in (text, f"{text} and what does the battery weigh?")]
    assert covered[1] < covered[0]
    assert covered[0] == evidence(assistant.index, text, [best])[-1]


def test_the_title_covers_the_words_that_name_the_service(assistant):
    [best, *_] = reading_of(assistant, "how long does it take?", ENZYME)
    title = assistant.index.by_id[ENZYME].title_text
    assert coverage(assistant.index, title, best) > 0.99
    assert coverage(assistant.index, "hovercraft upholstery", best) < coverage(assistant.index, title, best) / 2


@pytest.mark.parametrize(("text", "several"), [("what are the risks?", True), ("how long does it take?", False)])
def test_what_asks_for_several_things_is_given_a_larger_candidate_sooner(assistant, monkeypatch, text, several):
    assert (assistant.index.forms.read(text).several >= assistant.index.forms.cuts.several) is several
    calibration = replace(assistant.index.reader.calibration, reading_widen=0.1, reading_widen_several=0.3, reading_words=0.0)
    monkeypatch.setattr(assistant.index.reader, "calibration", calibration)
    found = reading_of(assistant, text, ENZYME)
    small, large = next(
        (one, other)
        for one in found
        for other in found
        if one is not other and other.candidate.first <= one.candidate.first and one.candidate.last <= other.candidate.last
    )
    [chosen, *_] = choose(assistant.index, EncoderReader(), text, [replace(small, score=0.9), replace(large, score=0.7)])
    assert chosen.candidate == (large if several else small).candidate


def test_what_is_like_the_answer_of_another_document_gains(assistant):
    other = reading_of(assistant, "how long does it take?", "S9338-immunotherapy.txt")[0]
    plain = reading_of(assistant, "recovery", ENZYME)
    gained = {one.candidate: one.score for one in beside(assistant.index, plain, other)}
    assert [one.score for one in beside(assistant.index, plain, other)] == sorted(gained.values(), reverse=True)
    more = {one.candidate: gained[one.candidate] - one.score for one in plain}
    document = assistant.index.by_id[ENZYME]
    nearest = max(more, key=more.__getitem__)
    assert document.sections[nearest.section].heading == "Duration"


def test_words_that_are_the_same_are_most_alike_and_shared_words_make_more_alike_than_others(assistant):
    readings = reading_of(assistant, "how long does it take?", ENZYME)
    document = assistant.index.by_id[ENZYME]
    same = read_texts(document, readings[0].candidate)[0]
    alike = EncoderReader().compare(assistant.index, same, readings)
    assert alike.shape == (len(readings),)
    assert alike[0] == pytest.approx(assistant.index.reader.calibration.reading_words, abs=1e-5)
    assert alike.argmax() == 0
    assert EncoderReader().compare(assistant.index, same, []).shape == (0,)


class Likeness(EncoderReader):
    """Finds one place of the ranking alike word by word and no other."""

    def __init__(self, place):
        self.place = place

    def compare(self, index, text, readings):
        return np.array([10.0 * (i == self.place) for i in range(len(readings))], dtype=np.float32)


@pytest.mark.parametrize("place", [0, 1, -1])
def test_of_the_nearest_readings_the_one_most_alike_word_by_word_is_chosen(assistant, place):
    text = "how long does it take?"
    readings = reading_of(assistant, text, ENZYME)
    place %= len(nearest(readings))
    chosen = choose(assistant.index, Likeness(place), text, readings)[0].candidate
    wanted = readings[place].candidate
    assert chosen.first <= wanted.first
    assert wanted.last <= chosen.last


@pytest.mark.parametrize("text", ["how long does it take?", "what are the risks?", "who gives it?"])
def test_the_nearest_readings_are_the_first_ones_that_are_not_far_below_the_best(assistant, text):
    readings = reading_of(assistant, text, ENZYME)
    near = nearest(readings)
    assert 1 <= len(near) <= COMPARED
    assert near == readings[: len(near)]
    assert len(near) == COMPARED or readings[len(near)].score < readings[0].score - COMPARED_WITHIN <= near[-1].score


def test_without_a_weight_words_are_not_looked_at(assistant, monkeypatch):
    text = "how long does it take?"
    readings = reading_of(assistant, text, ENZYME)
    monkeypatch.setattr(assistant.index.reader, "calibration", replace(assistant.index.reader.calibration, reading_words=0.0))
    assert EncoderReader().compare(assistant.index, text, readings).size == 0
    assert choose(assistant.index, EncoderReader(), text, readings)[0].score <= readings[0].score


@pytest.mark.parametrize("text", ["how long does it take?", "what are the risks?", "what happens first?", "who should not get it?"])
def test_one_or_two_readings_are_chosen_that_hold_one_of_the_best_and_do_not_overlap(assistant, text):
    for name in assistant.index.by_id:
        readings = reading_of(assistant, text, name)
        chosen = [reading.candidate for reading in choose(assistant.index, EncoderReader(), text, readings)]
        assert 1 <= len(chosen) <= 2
        compared = [reading.candidate for reading in nearest(readings)]
        assert any(chosen[0].first <= one.first and one.last <= chosen[0].last for one in compared)
        if len(chosen) == 2:
            assert chosen[0].last <= chosen[1].first or chosen[1].last <= chosen[0].first


def test_a_question_for_an_amount_of_time_is_read_from_what_holds_one(tiny, settings):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings, build=False)
    for name, text in (("ferry.txt", "twelve minutes"), ("lighthouse.md", "two hours")):
        best = reading_of(assistant, "how long does it take?", name)[0].candidate
        document = assistant.index.by_id[name]
        assert text in best.span(document).of(document.text)


KAYAK = (
    "Kayak tour on the lake, two hours\n\nCode: K3003\n\nIndications\n\n- People who love quiet water\n- Families with children\n"
    "\nEquipment\n\nEach guest gets a paddle and a vest.\n"
)
RULED_OUT = "\nWho should stay ashore\n\n- Nobody with a broken arm may join.\n- Pregnant women must not take part.\n"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("K3003: may I bring my dog?", "Yes. Small dogs sit in front. Large ones stay ashore."),
        ("K3003: is there a toilet?", "Not always. Ask at the pier."),
        ("K3003: how many paddles?", "Two."),
    ],
)
def test_a_mere_yes_or_no_is_told_with_what_follows_it(tiny, settings, asked, told):
    questions = (
        "May I bring my dog?\n\nYes. Small dogs sit in front. Large ones stay ashore.\n\n"
        "Is there a toilet on board?\n\nNot always. Ask at the pier.\n\nHow many paddles are there?\n\nTwo.\n"
    )
    (tiny / "corpus" / "kayak.txt").write_text(f"Kayak tour\n\nCode: K3003\n\n{questions}", encoding="utf-8")
    answer = Assistant.open(tiny / "corpus", tiny / "index", settings).ask(asked)
    assert [quote.text for quote in answer.quotes if quote.role is Role.ANSWER] == [told]


@pytest.mark.parametrize("asked", ["who must not have K3003?", "who should not get the kayak tour?", "K3003 contraindications"])
def test_whom_a_service_is_for_does_not_answer_whom_it_is_not_for(tiny, settings, asked):
    (tiny / "corpus" / "kayak.txt").write_text(KAYAK, encoding="utf-8")
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    assert not any("quiet water" in quote.text for quote in assistant.ask(asked).quotes if quote.role is Role.ANSWER)
    (tiny / "corpus" / "kayak.txt").write_text(KAYAK + RULED_OUT, encoding="utf-8")
    answer = Assistant.open(tiny / "corpus", tiny / "index", settings).ask(asked)
    assert "Pregnant women must not take part." in answer.quotes[0].text
    assert "quiet water" not in answer.quotes[0].text


def test_whom_a_service_is_for_is_still_told(tiny, settings):
    (tiny / "corpus" / "kayak.txt").write_text(KAYAK + RULED_OUT, encoding="utf-8")
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    assert "quiet water" in assistant.ask("who is K3003 for?").quotes[0].text
    rows = np.asarray(assistant.index.candidates.of("kayak.txt"))
    assert not opposed(assistant.index, "who is K3003 for?", rows).any()
    assert opposed(assistant.index, "who must not have K3003?", rows).any()
