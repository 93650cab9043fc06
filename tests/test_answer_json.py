import json
from dataclasses import replace

import pytest

from assistant.answer_json import Recorded, answer_from_json, answer_to_json, entry_to_json, load_answers
from assistant.api import CodeEntry
from assistant.errors import VerificationError
from assistant.types import Choice, CodeFit, Reason, Role, Status

KEYS = ["schema", "question", "resolved", "status", "reason", "message", "quotes", "codes", "choices", "confidence", "index", "elapsed_ms"]
QUOTE_KEYS = {"text", "code", "codes", "document", "title", "section", "path", "start", "end", "page", "sha256", "role"}

HIT_KEYS = {"rank", "document", "code", "codes", "section", "start", "end", "score", "dense_rank", "lexical_rank", "text"}


@pytest.fixture(scope="module")
def answer(assistant):
    return assistant.ask("S9357 duration")


def test_the_keys_are_those_of_schema_1(answer):
    value = answer_to_json(answer)
    assert list(value) == KEYS
    assert value["schema"] == 1
    assert value["quotes"]
    for quote in value["quotes"]:
        assert set(quote) == QUOTE_KEYS
        assert quote["page"] is None
    assert set(value["index"]) == {"fingerprint", "encoder", "built_at"}


@pytest.mark.parametrize(
    "question", ["S9357 duration", "S9999 duration", "", "how long does the infusion take?", "what is the capital of France?"]
)
def test_answers_come_back_equal_through_json(assistant, question):
    answer = assistant.ask(question)
    assert answer_from_json(json.loads(json.dumps(answer_to_json(answer)))) == answer


def test_every_field_comes_back_equal(answer):
    full = replace(
        answer,
        status=Status.CLARIFY,
        reason=Reason.AMBIGUOUS,
        codes=(CodeFit("S9357", "title", True, 0.97),),
        choices=(Choice("S9357", "label"),),
        quotes=tuple(replace(answer.quotes[0], role=role, page=3, code=None, codes=()) for role in Role),
    )
    value = json.loads(json.dumps(answer_to_json(full)))
    assert value["codes"] == [{"code": "S9357", "title": "title", "fits": True, "score": 0.97}]
    assert value["choices"] == [{"code": "S9357", "label": "label"}]
    assert [quote["role"] for quote in value["quotes"]] == ["answer", "for", "against", "conflict", "nearest", "context"]
    assert answer_from_json(value) == full


def broken(value, **changes):
    return {**value, **changes}


@pytest.mark.parametrize(
    "changes",
    [{"schema": 2}, {"schema": None}, {"status": "maybe"}, {"reason": "because"}, {"quotes": None}, {"quotes": [{}]}, {"quotes": ["text"]},
     {"index": {}}, {"index": None}, {"codes": [{}]}, {"choices": [1]}],
)  # fmt: skip
def test_what_is_no_answer_of_schema_1_is_refused(answer, changes):
    with pytest.raises(VerificationError, match="schema 1"):
        answer_from_json(broken(answer_to_json(answer), **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"start": "0"},
        {"end": None},
        {"text": 5},
        {"document": None},
        {"document": 7},
        {"sha256": None},
        {"start": 0.5},
        {"path": [1]},
        {"codes": "S1"},
    ],
)
def test_a_quote_with_a_value_of_the_wrong_kind_is_refused(answer, changes):
    value = answer_to_json(answer)
    value["quotes"] = [{**value["quotes"][0], **changes}]
    with pytest.raises(VerificationError, match="schema 1"):
        answer_from_json(value)


@pytest.mark.parametrize("value", [None, [], "text", 5, {}])
def test_other_values_are_refused(value):
    with pytest.raises(VerificationError):
        answer_from_json(value)


def test_a_file_may_hold_one_answer_a_list_or_batch_rows(answer, tmp_path):
    value = answer_to_json(answer)
    (tmp_path / "one.json").write_text(json.dumps(value, indent=2), encoding="utf-8")
    (tmp_path / "list.json").write_text(json.dumps([value, value]), encoding="utf-8")
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps({"id": n, "answer": value}) + "\n" for n in range(3)), encoding="utf-8")
    (tmp_path / "row.jsonl").write_text(json.dumps({"id": "a", "answer": value}) + "\n", encoding="utf-8")
    assert load_answers(tmp_path / "one.json") == [Recorded(answer)]
    assert load_answers(tmp_path / "list.json") == [Recorded(answer, 1), Recorded(answer, 2)]
    assert load_answers(tmp_path / "rows.jsonl") == [Recorded(answer, 1, 0), Recorded(answer, 2, 1), Recorded(answer, 3, 2)]
    assert load_answers(tmp_path / "row.jsonl") == [Recorded(answer, 1, "a")]
    assert [one.place for one in (Recorded(answer), Recorded(answer, 2), Recorded(answer, 1, 0))] == ["", "row 2", "row 1 (id '0')"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"schema": 2}, "its schema is 2"),
        ({"quotes": 5}, "its quotes are no list"),
        ({"quotes": ["text"]}, "a quote is no JSON object"),
        ({"quotes": [{}]}, "a quote has no key 'text'"),
        ({"codes": [{"code": "S1", "title": "", "fits": True, "score": 1, "x": 2}]}, "one of its codes has the unknown key 'x'"),
        ({"index": {}}, "its index has no key 'fingerprint'"),
        ({"status": "maybe"}, "'maybe' is not a valid Status"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_file_row_and_key(answer, tmp_path, changes, why):
    value = answer_to_json(answer)
    rows = [{"id": "a", "answer": value}, {"id": "b", "answer": broken(value, **changes)}]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(VerificationError) as caught:
        load_answers(path)
    assert str(caught.value) == f"{path}, row 2 (id 'b'): not an answer of schema 1: {why}; write one with 'assistant ask --json'"


def test_a_missing_key_is_named(answer, tmp_path):
    value = answer_to_json(answer)
    del value["schema"]
    (tmp_path / "one.json").write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(VerificationError, match=r"one\.json: not an answer of schema 1: an answer has no key 'schema'; write one with"):
        load_answers(tmp_path / "one.json")


def test_quotes_may_hold_unusual_line_separators(answer, tmp_path):
    unusual = replace(answer, question="one\u2028two\x85three")
    line = json.dumps({"id": 1, "answer": answer_to_json(unusual)}, ensure_ascii=False)
    (tmp_path / "rows.jsonl").write_text(line + "\n" + line + "\n", encoding="utf-8")
    assert [one.answer for one in load_answers(tmp_path / "rows.jsonl")] == [unusual] * 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null", b"5", b'{"answer": 5}', b"not json\n{}"])
def test_a_file_without_answers_is_an_error_and_never_passes_as_verified(content, tmp_path):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(VerificationError):
        load_answers(tmp_path / "x.json")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(VerificationError, match=r"x\.json"):
        load_answers(tmp_path / "x.json")


def test_a_document_without_a_code_is_listed_under_none():
    assert entry_to_json(CodeEntry("", "Walk", "walk.txt")) == {"code": None, "title": "Walk", "document": "walk.txt"}
