import gzip

import pytest

from assistant import glossary as module
from assistant.errors import ModelError
from assistant.glossary import explained, glossary, names_drug
from assistant.subjects import subjects
from assistant.types import Reason, Status


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("how do I store Humira", "Humira"),
        ("side effects of adalimumob", "adalimumob"),
        ("5-FU at home", "5-FU"),
        ("Hunter syndrome, which code?", "Hunter syndrome"),
        ("what is Hunter’s syndrome", "Hunter’s syndrome"),
        ("IVIG for CIDP", "CIDP"),
    ],
)
def test_a_name_that_no_document_uses_is_followed_by_what_it_means(assistant, question, name):
    assert f"{name} (" in explained(assistant.index, question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "???",
        "what does he do at home, and which code fits?",
        "he has MS and PT as well",
        "is heparin included in the per diem?",
        "Gaucher disease at home",
        "how long does enzyme infusion take?",
        "round the clock",
        "pain pump risks",
    ],
)
def test_common_words_short_abbreviations_and_what_documents_name_stay_alone(assistant, question):
    assert explained(assistant.index, question) == question


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("risks of rituximab at home", "S9338"),
        ("how long does Elaprase take?", "S9357"),
        ("who mixes 5-FU for use at home?", "S9330"),
        ("dilaudid at home, what are the side effects", "S9327"),
    ],
)
def test_a_drug_is_told_by_what_it_is(assistant, question, code):
    assert subjects(assistant.index, question)[0].document.startswith(code)


def test_a_case_with_a_brand_is_answered_in_the_words_of_the_document(assistant):
    answer = assistant.ask("Keytruda drip at home, about an hour and a half. Which code?")
    assert (answer.status, answer.resolved) == (Status.ANSWERED, "S9338")
    assert answer.question.startswith("Keytruda drip")


def test_the_glossary_is_of_medicine_as_a_whole(assistant):
    names = glossary()
    assert len(names) > 8000
    used = [name for name in names if all(assistant.index.words.document_frequency(word) for word in name.split())]
    assert len(used) < 0.05 * len(names)


@pytest.mark.parametrize("content", [b"", b"not gzip", gzip.compress(b"{"), gzip.compress(b"[1]\n")])
def test_a_damaged_glossary_is_one_clear_error(tmp_path, monkeypatch, content):
    path = tmp_path / "glossary.jsonl.gz"
    path.write_bytes(content)
    monkeypatch.setattr(module, "GLOSSARY_FILE", path)
    glossary.cache_clear()
    try:
        with pytest.raises(ModelError, match=r"cannot be read .* install the package again"):
            glossary()
    finally:
        glossary.cache_clear()


def test_a_name_counts_only_where_the_question_does_not_tell_what_it_is_about(assistant):
    told = "Lung cancer years ago, now a clot: continuous heparin infusion at home, day and night."
    assert explained(assistant.index, told) != told
    assert subjects(assistant.index, told)[0].document.startswith("S9336")


@pytest.mark.parametrize("question", ["How is vancomycin given at home?", "Milrinone at home: who monitors the patient?"])
def test_a_drug_of_which_no_document_speaks_is_out_of_scope(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason, answer.quotes) == (Status.ABSTAINED, Reason.OUT_OF_SCOPE, ())


def test_a_name_in_one_word_is_found_where_it_is_written_in_two(assistant):
    assert names_drug(assistant.index, "gets 5fu at home")
    assert explained(assistant.index, "gets 5fu at home") == explained(assistant.index, "gets 5-fu at home").replace("5-fu", "5fu")
