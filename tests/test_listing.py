import pytest

from assistant.chunking import Level
from assistant.errors import ModelError
from assistant.listing import beliefs, matching, weights
from assistant.messages import LIKELIEST
from assistant.quantities import quantities
from assistant.reading import EncoderReader, read
from assistant.types import Reason, Role, Status


def held(assistant, text, code):
    index = assistant.index
    [document] = assistant.documents(code)
    return document, matching(index, text, document.id, read(index, EncoderReader(), text, document.id))


def test_only_the_services_that_mention_anaphylaxis_are_listed(assistant):
    answer = assistant.ask("which services mention anaphylaxis?")
    assert answer.status is Status.ANSWERED
    assert {code for quote in answer.quotes for code in quote.codes} == {"S9338", "S9357"}
    assert all("anaphylaxis" in quote.text for quote in answer.quotes)


@pytest.mark.parametrize(
    ("question", "owners"),
    [
        ("which services mention Gaucher's disease?", {"S9357"}),
        ("which ones use heparin?", {"S9336"}),
        ("which codes last 18 hours?", {"S9327"}),
        ("which ones run 24/7?", {"S9330", "S9336"}),
        ("which codes run less than 24 hours?", {"S9327", "S9338", "S9357"}),
    ],
)
def test_words_and_amounts_decide_what_is_listed(assistant, question, owners):
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert {code for quote in answer.quotes for code in quote.codes} == owners


def test_all_documents_that_hold_the_word_asked_for_are_listed_and_that_others_were_not_read_is_said(opened):
    held = {n: "a lantern" if n % 2 else "an oar" for n in range(40)}
    files = {f"B{1000 + n}.txt": f"Boat number {n}\n\nCode: B{1000 + n}\n\nTools\n\nThe kit holds {held[n]}.\n" for n in held}
    answer = opened(files).ask("which codes mention a lantern?")
    assert {code for quote in answer.quotes for code in quote.codes} == {f"B{1000 + n}" for n in range(1, 40, 2)}
    assert answer.message == LIKELIEST


@pytest.mark.parametrize("question", ["which services mention zebras?", "which services mention hemophilia?"])
def test_what_no_document_mentions_is_not_listed(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason) == (Status.ABSTAINED, Reason.NOT_COVERED)
    assert all(quote.role is Role.NEAREST for quote in answer.quotes)


@pytest.mark.parametrize("code", ["S9338", "S9357"])
def test_what_is_found_by_a_word_are_units_that_hold_it(assistant, code):
    document, found = held(assistant, "which services mention anaphylaxis?", code)
    assert found
    for reading in found:
        assert reading.candidate.level is Level.UNIT
        assert "anaphyla" in reading.candidate.span(document).of(document.text).casefold()


@pytest.mark.parametrize("code", ["S9327", "S9330", "S9336"])
def test_a_document_without_the_word_has_nothing(assistant, code):
    assert held(assistant, "which services mention anaphylaxis?", code)[1] == []


def test_what_is_found_by_an_amount_are_units_with_an_amount_that_meets_it(assistant):
    document, found = held(assistant, "which codes take 2 hours?", "S9357")
    [asked] = quantities("2 hours")
    assert found
    for reading in found:
        assert any(amount.meets(asked) for amount in quantities(reading.candidate.span(document).of(document.text)))


@pytest.mark.parametrize(("text", "code"), [("which last 48 hours?", "S9327"), ("which last 18 hours?", "S9330")])
def test_a_title_that_rules_the_amount_out_rules_the_document_out(assistant, text, code):
    assert held(assistant, text, code)[1] == []


@pytest.mark.parametrize(
    ("question", "owners"),
    [
        ("of the five, which are over within about four hours?", ["S9338", "S9357"]),
        ("which of the five keep running for a whole day or longer", ["S9330", "S9336"]),
    ],
)
def test_an_amount_with_one_bound_lists_what_stays_within_it(assistant, question, owners):
    answer = assistant.ask(question)
    assert sorted({quote.code for quote in answer.quotes if quote.role is Role.ANSWER}) == owners


def test_a_question_without_a_telling_word_or_amount_matches_nothing(assistant):
    assert held(assistant, "which of these?", "S9357")[1] == []


@pytest.mark.parametrize("code", ["S9327", "S9338"])
def test_a_word_that_no_document_has_is_not_passed_over_for_one_that_some_have(assistant, code):
    assert held(assistant, "do they allow it at home?", code)[1]
    assert held(assistant, "do they allow swimming at home?", code)[1] == []


def test_documents_that_each_may_say_it_say_it_together(assistant):
    answer = assistant.ask("which of these need a nurse?")
    assert answer.status is Status.ANSWERED
    assert len({code for quote in answer.quotes for code in quote.codes}) > 2
    assert all("nurse" in quote.text.casefold() for quote in answer.quotes)


def test_no_readings_give_no_matches(assistant):
    assert matching(assistant.index, "which mention anaphylaxis?", "S9338-immunotherapy.txt", []) == []


def readings_of(assistant, text):
    return {name: read(assistant.index, EncoderReader(), text, name) for name in assistant.index.documents.ids}


def test_documents_that_say_what_is_asked_are_believed_to_and_others_less(assistant):
    text = "run day and night without a break"
    found = beliefs(assistant.index, text, readings_of(assistant, text))
    assert all(0 <= belief <= 1 for belief in found.values())
    assert {name[:5] for name in sorted(found, key=found.__getitem__)[-2:]} == {"S9330", "S9336"}


def test_without_readings_there_is_no_belief(assistant):
    assert beliefs(assistant.index, "anything", {}) == {}
    assert beliefs(assistant.index, "anything", {"document.txt": []}) == {}


@pytest.mark.parametrize("content", [None, "", "[1, 2", '{"a": 1}x', "[null]", "[1, 2]"])
def test_weights_that_are_missing_or_damaged_are_named(tmp_path, monkeypatch, content):
    monkeypatch.setattr("assistant.listing.WEIGHTS_FILE", tmp_path / "listing.json")
    if content is not None:
        (tmp_path / "listing.json").write_text(content)
    weights.cache_clear()
    with pytest.raises(ModelError, match="install the package again"):
        weights()
    monkeypatch.undo()
    weights.cache_clear()


@pytest.mark.parametrize(
    ("question", "owners"),
    [
        ("which therapies are not continuous?", {"S9327"}),
        ("For which of the five are medications and RN visits not in the rate?", {"S9327", "S9330", "S9336", "S9357"}),
        ("I can't drive. Which of these list anaphylaxis?", {"S9338", "S9357"}),
    ],
)
def test_what_is_not_so_is_listed_where_it_is_denied(assistant, question, owners):
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert {code for quote in answer.quotes for code in quote.codes} == owners


@pytest.mark.parametrize(
    "question", ["which ones are not for cancer?", "which ones don't mention a pump?", "which of them never run 24 hours?"]
)
def test_what_says_the_contrary_is_not_listed(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason) == (Status.ABSTAINED, Reason.NOT_COVERED)


@pytest.fixture
def stays(opened):
    told = {
        "D1001": "A sitter is needed at night. The kennel is rented for 13 weeks.",
        "D1002": "No sitter is needed. The kennel is kept for at least 2 weeks.",
        "D1003": "A sitter is needed by day. The kennel is returned within 20 weeks.",
    }
    return opened({f"{code}.txt": f"Dog stay\n\nCode: {code}\n\nTerms\n\n{text}\n" for code, text in told.items()})


@pytest.mark.parametrize(
    ("question", "owners"),
    [
        ("which of these need a sitter?", {"D1001", "D1003"}),
        ("which of these need no sitter?", {"D1002"}),
        ("which of the kennels are rented 13 weeks?", {"D1001"}),
        ("which of these go on for 2 weeks?", {"D1002"}),
    ],
)
def test_a_bound_is_no_exact_amount_and_what_denies_with_its_first_word_says_the_contrary(stays, question, owners):
    answer = stays.ask(question)
    assert {code for quote in answer.quotes for code in quote.codes} == owners


def test_among_codes_that_are_named_only_those_are_listed_that_say_it(assistant):
    answer = assistant.ask("Which of these mention sedation: S9327, S9330 or S9357?")
    assert {quote.code for quote in answer.quotes} == {"S9330", "S9357"}
