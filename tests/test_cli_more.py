import io
import json

import pytest

from assistant.messages import AFRESH, BY_REASON, CARRIED, NO_SECTION, UNDERSTOOD
from assistant.types import Reason
from conftest import squash
from test_answer_json import KEYS, QUOTE_KEYS

FITS = "A patient needs pain medication for 18 hours at home, which code?"
FITS_NOT = "A patient gets a 48-hour infusion of pain medication at home. Which code?"


@pytest.fixture
def chat(ask_real, monkeypatch):
    def talk(*lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return ask_real("chat")

    return talk


@pytest.mark.parametrize(
    ("scenario", "code", "status"), [(FITS, 0, "answered"), (FITS_NOT, 3, "abstained"), ("", 3, "abstained"), ("?!", 3, "abstained")]
)
def test_fit_as_json_has_the_keys_of_an_answer_and_its_exit_status(ask_real, scenario, code, status):
    done = ask_real("fit", scenario, "--json")
    value = json.loads(done.out)
    assert (done.code, done.err) == (code, "")
    assert list(value) == KEYS
    assert value["status"] == status
    assert all(set(quote) == QUOTE_KEYS for quote in value["quotes"])
    assert all(set(fit) == {"code", "title", "fits", "score"} for fit in value["codes"])


def test_fit_shows_the_title_of_the_code_that_fits(ask_real):
    done = ask_real("fit", FITS)
    assert (done.code, done.err) == (0, "")
    assert "S9327" in done.out
    assert "less than twenty-four hours" in squash(done.out)


def test_fit_says_that_none_fits_and_quotes_why(ask_real):
    done = ask_real("fit", FITS_NOT)
    assert (done.code, done.err) == (3, "")
    assert BY_REASON[Reason.NO_CODE_FITS] in done.out
    assert "less than twenty-four hours" in squash(done.out)
    value = json.loads(ask_real("fit", FITS_NOT, "--json").out)
    assert value["reason"] == "no_code_fits"
    assert [(quote["code"], quote["role"]) for quote in value["quotes"]] == [("S9327", "against")]


def test_compare_sets_one_section_side_by_side(ask_real):
    done = ask_real("compare", "S9357", "s-9327", "--section", "Duration")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "Duration"
    assert [line.strip() for line in lines if line.strip() in ("S9327", "S9357")] == ["S9357", "S9327"]
    assert "between 1 to 4 hours" in squash(done.out)
    assert "less than twenty-four hours" in squash(done.out)


def test_compare_says_where_a_document_has_no_such_section(ask_real):
    lines = [line.strip() for line in ask_real("compare", "S9336", "S9330", "--section", "Tools").out.splitlines()]
    assert lines[:4] == ["Tools/Equipment", "S9336", NO_SECTION, "S9330"]


def test_compare_as_json_is_a_list_of_sections_with_a_cell_for_each_code(ask_real, corpus):
    done = ask_real("compare", "S9330", "S9336", "--json")
    rows = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert len(rows) > 10
    for row in rows:
        assert set(row) == {"section", "cells"}
        assert len(row["cells"]) == 2
        for code, cell in zip(("S9330", "S9336"), row["cells"], strict=True):
            if cell is not None:
                assert set(cell) == QUOTE_KEYS
                assert cell["code"] == code
                assert (corpus / cell["document"]).read_bytes().decode("utf-8")[cell["start"] : cell["end"]] == cell["text"]
    assert [row["cells"][1] for row in rows if row["section"] == "Tools/Equipment"] == [None]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("S9357",), "two or more different codes"),
        (("S9357", "s9357"), "two or more different codes"),
        (("S9357", "S9999"), "no document describes the code 'S9999'"),
        (("S9357", "S9327", "--section", "price"), "no section 'price'"),
    ],
)
def test_compare_names_what_it_cannot_compare(ask_real, words, complaint):
    done = ask_real("compare", *words)
    assert (done.code, done.out) == (1, "")
    assert done.complaint.startswith("assistant: ")
    assert complaint in done.complaint


def test_chat_answers_and_carries_the_code_on_to_the_next_question(chat):
    done = chat("S9357 duration", "and its risks?", "")
    assert (done.code, done.err) == (0, "")
    assert f"{UNDERSTOOD}S9357 · Duration" in done.out
    assert f"{UNDERSTOOD}S9357 · Risks and Complications" in done.out
    assert "The infusion process usually takes between 1 to 4 hours" in squash(done.out)
    assert "anaphylaxis" in done.out


def test_chat_goes_on_after_a_question_that_is_not_answered(chat):
    done = chat("S9999 duration", "S9330 duration")
    assert (done.code, done.err) == (0, "")
    assert BY_REASON[Reason.UNKNOWN_CODE] in done.out
    assert "Continuous administration over a period of 24 hours or more." in squash(done.out)


def test_chat_tells_what_was_carried_over_and_asks_again_without_it(chat):
    done = chat("S9357 duration", "and its risks?", "/fresh", "S9338")
    assert (done.code, done.err) == (0, "")
    _, first, carried, afresh, after, _ = done.out.split("? ", 5)
    assert CARRIED not in first
    assert f"{CARRIED}S9357 (/fresh asks again without it)" in carried
    assert afresh.startswith(AFRESH)
    assert BY_REASON[Reason.AMBIGUOUS] in afresh
    assert CARRIED not in afresh
    assert f"{UNDERSTOOD}S9338 · Risks and Complications" in after


def test_fresh_before_any_question_says_so_and_chat_goes_on(chat):
    done = chat("/fresh", "S9357 duration")
    assert (done.code, done.complaint) == (0, "assistant: /fresh asks the last question again; ask one first")
    assert f"{UNDERSTOOD}S9357 · Duration" in done.out


@pytest.mark.parametrize("lines", [(), ("",), ("   ", "S9357 duration")])
def test_chat_ends_at_an_empty_line_or_the_end_of_input_with_no_word(chat, lines):
    done = chat(*lines)
    assert (done.code, done.err) == (0, "")
    assert done.out.strip() in ("", "?")


@pytest.mark.parametrize("words", [["codes"], ["show", "S9357"]], ids=lambda words: words[0])
def test_commands_that_need_no_model_load_none(ask_real, monkeypatch, words):
    monkeypatch.setattr("assistant.index._load", lambda folder: pytest.fail(f"{folder} was loaded"))
    done = ask_real(*words)
    assert (done.code, done.err) == (0, "")
    assert "S9357" in done.out


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_watched_corpus_is_built_anew_first_where_it_is_told_to(run, tmp_path, monkeypatch, rebuild):
    told = []
    monkeypatch.setattr("assistant.watching.builds", lambda *_, **options: told.append(options) or [])
    assert run("index", "--watch", *["--rebuild"] * rebuild, "--corpus", tmp_path, "--index", tmp_path / "index").code == 0
    assert told == [{"rebuild": rebuild}]
