import json

import pytest

from assistant.answer_json import answer_to_json
from assistant.batch import BatchRow, answer_rows, read_rows
from assistant.errors import QuestionSetError


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_rows_are_read_in_order_with_their_history(tmp_path):
    path = write(
        tmp_path / "in.jsonl",
        '{"id": "b", "question": "one", "history": ["zero"]}',
        "",
        '{"id": 7, "question": "two"}',
        '{"id": "c", "question": "x", "history": null}',
    )
    assert read_rows(path) == [BatchRow("b", "one", ("zero",)), BatchRow(7, "two", ()), BatchRow("c", "x", ())]


@pytest.mark.parametrize(
    "line",
    [
        "{", "[]", "null", "5", '"text"', "{}", '{"id": "a"}', '{"question": "q"}', '{"id": null, "question": "q"}',
        '{"id": true, "question": "q"}', '{"id": "a", "question": 5}', '{"id": "a", "question": "q", "history": "h"}',
        '{"id": "a", "question": "q", "history": [1]}', '{"id": "\\ud83d", "question": "q"}',
        '{"id": "a", "question": "q", "history": {"0": "h"}}',
    ],
)  # fmt: skip
def test_a_malformed_row_names_file_and_line(tmp_path, line):
    path = write(tmp_path / "in.jsonl", '{"id": 1, "question": "fine"}', "", line)
    with pytest.raises(QuestionSetError, match=r"in\.jsonl, line 3: "):
        read_rows(path)


def test_a_question_may_hold_an_unusual_line_separator(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": 1, "question": "one\u2028two\x85three"}, ensure_ascii=False) + "\n", encoding="utf-8")
    assert read_rows(path) == [BatchRow(1, "one\u2028two\x85three", ())]


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "in.jsonl").write_bytes(b'\xef\xbb\xbf{"id": 1, "question": "q"}\n')
    assert read_rows(tmp_path / "in.jsonl") == [BatchRow(1, "q", ())]


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "in.jsonl").write_bytes(content)
    with pytest.raises(QuestionSetError, match=r"in\.jsonl' cannot be read"):
        read_rows(tmp_path / "in.jsonl")


def test_answers_are_those_of_ask_in_the_order_of_the_rows(assistant):
    rows = [BatchRow("b", "S9357 duration", ()), BatchRow("a", "and its risks?", ("S9330 duration",)), BatchRow(3, "", ())]
    results = list(answer_rows(assistant, rows))
    assert [result["id"] for result in results] == ["b", "a", 3]
    for row, result in zip(rows, results, strict=True):
        wanted = answer_to_json(assistant.ask(row.question, row.history))
        assert {**result["answer"], "elapsed_ms": 0} == {**wanted, "elapsed_ms": 0}
        assert set(result) == {"id", "answer"}


def test_history_carries_the_code(assistant):
    [result] = answer_rows(assistant, [BatchRow(1, "and its risks?", ("S9330 duration",))])
    assert {quote["code"] for quote in result["answer"]["quotes"]} <= {"S9330"}


def test_hits_are_added_where_asked_for(assistant):
    [result] = answer_rows(assistant, [BatchRow(1, "S9357 duration", ())], hits=4)
    assert len(result["hits"]) == 4
    for hit in result["hits"]:
        assert list(hit) == ["document", "code", "section", "start", "end", "score"]
        assert hit["code"] == "S9357"
        assert 0 <= hit["start"] < hit["end"]
    scores = [hit["score"] for hit in result["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_an_empty_question_has_no_hits(assistant):
    [result] = answer_rows(assistant, [BatchRow(1, " ", ())], hits=4)
    assert result["hits"] == []
