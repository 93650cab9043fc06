import json

import pytest

from assistant.config import make_settings
from assistant.documents import read_file
from assistant.errors import QuestionSetError
from assistant.evaluation.questions import EXPECTATIONS, KINDS, SPLITS, check_rows, load_questions, squash
from assistant.sections import parse_corpus

ROW = {
    "id": "q1", "kind": "direct", "question": "how long does enzyme infusion take?", "history": [], "codes": ["S9357"],
    "sections": [{"code": "S9357", "section": "Duration"}], "must_contain": ["between 1 to 4 hours"], "must_not_contain": [],
    "expect": "answer", "top_code": None, "split": "dev", "notes": "",
}  # fmt: skip


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def load(tmp_path, **changes):
    return load_questions([write(tmp_path / "q.jsonl", {**ROW, **changes})])


def test_a_row_is_read_into_a_value(tmp_path):
    [row] = load(tmp_path)
    assert row.sections == (("S9357", "Duration"),)
    assert row.must_contain == ("between 1 to 4 hours",)
    assert not row.wants_abstention


def test_rows_of_several_files_keep_their_order_and_blank_lines_do_not_count(tmp_path):
    one = write(tmp_path / "one.jsonl", {**ROW, "id": "b"}, {**ROW, "id": "a"})
    other = tmp_path / "other.jsonl"
    other.write_text("\n" + json.dumps({**ROW, "id": "c"}) + "\n\n", encoding="utf-8")
    assert [row.id for row in load_questions([one, other])] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("expect", "top", "wanted"), [("abstain", None, True), ("code", None, True), ("code", "S9330", False), ("clarify", None, False)]
)
def test_declining_is_wanted_where_nothing_answers(tmp_path, expect, top, wanted):
    [row] = load(tmp_path, expect=expect, top_code=top)
    assert row.wants_abstention is wanted


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kind": "other"}, "kind is 'other'"),
        ({"expect": "maybe"}, "expect is 'maybe'"),
        ({"split": "train"}, "split is 'train'"),
        ({"more": 1}, "more"),
        ({"history": None}, ""),
        ({"sections": [{"code": "S9357"}]}, "section"),
        ({"must_contain": None}, ""),
    ],
)
def test_a_malformed_row_names_file_and_line(tmp_path, changes, complaint):
    path = write(tmp_path / "q.jsonl", {**ROW, "id": "fine"}, {**ROW, **changes})
    with pytest.raises(QuestionSetError, match=rf"q\.jsonl, line 2: .*{complaint}"):
        load_questions([path])


@pytest.mark.parametrize("line", ["{", "[]", "null", '"text"', "{}"])
def test_a_line_that_is_no_row_names_file_and_line(tmp_path, line):
    (tmp_path / "q.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(QuestionSetError, match=r"q\.jsonl, line 1"):
        load_questions([tmp_path / "q.jsonl"])


@pytest.mark.parametrize("key", ["question", "must_contain", "history", "codes"])
def test_a_value_of_the_wrong_kind_is_malformed(tmp_path, key):
    wrong = 5 if key == "question" else "S9357"
    with pytest.raises(QuestionSetError, match="line 1"):
        load(tmp_path, **{key: wrong})


def test_ids_are_unique_over_all_files(tmp_path):
    one, other = write(tmp_path / "one.jsonl", ROW), write(tmp_path / "other.jsonl", ROW)
    with pytest.raises(QuestionSetError, match="'q1' occurs more than once"):
        load_questions([one, other])


def test_a_missing_file_and_no_file_are_errors(tmp_path):
    with pytest.raises(QuestionSetError, match=r"nowhere\.jsonl"):
        load_questions([tmp_path / "nowhere.jsonl"])
    with pytest.raises(QuestionSetError, match="name a file"):
        load_questions([])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, None),
        ({"must_contain": ["BETWEEN 1\nto 4  hours"]}, None),
        ({"must_contain": ["between 1 and 4 hours"]}, "is not in the documents of its codes"),
        ({"codes": ["S9999"], "sections": []}, "no document describes S9999"),
        ({"sections": [{"code": "S9357", "section": "Time"}]}, "S9357 has no section 'Time'"),
        ({"must_contain": []}, "must_contain is empty"),
        ({"expect": "abstain"}, "must_contain is not empty"),
        ({"top_code": "S0000"}, "no document describes S0000"),
    ],
)
def test_rows_are_checked_against_the_documents(tmp_path, documents, changes, problem):
    problems = check_rows(load(tmp_path, **changes), list(documents.values()))
    assert bool(problems) is (problem is not None)
    assert all(line.startswith("q1: ") for line in problems)
    if problem:
        assert any(problem in line for line in problems)


def test_the_projects_own_rows_are_well_formed_and_hold_verbatim_golds(root, documents):
    rows = load_questions(sorted((root / "eval").glob("*.jsonl")))
    assert check_rows(rows, list(documents.values())) == []
    assert {row.kind for row in rows} == set(KINDS)
    assert {row.split for row in rows} == set(SPLITS)
    assert {row.expect for row in rows} == set(EXPECTATIONS)


@pytest.mark.parametrize("name", list("abcdefghijklmnopqrstuvwx"))
def test_the_rows_about_documents_of_other_codes_hold_verbatim_golds(root, name):
    brought = root / "eval" / "brought" / name
    pattern = r"[A-Z]\d{4}|\d{5}" if name == "h" else r"[A-Z]\d{4}"  # a document of h is about a five-digit code
    own = make_settings(code_pattern=pattern)
    sources = [one for path in sorted((brought / "documents").iterdir()) for one in read_file(path, brought / "documents", own)]
    assert check_rows(load_questions([brought / "questions.jsonl"]), parse_corpus(sources, own)) == []


def test_texts_are_compared_without_case_and_runs_of_white_space():
    assert squash(" One\n\tTWO ") == "one two"
