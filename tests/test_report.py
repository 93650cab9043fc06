import json

import pytest

from assistant.errors import QuestionSetError
from assistant.evaluation.report import compare, load_report, markdown, write_report
from assistant.evaluation.runner import Outcome, Result


def outcome(name, correct, confidence=0.9, kind="direct", status="answered"):
    return Outcome(
        name, kind, f"question {name}", status, None, correct, correct, not correct, True, None, False, confidence, 5.0, (f"said {name}",)
    )


def result(correct=0.5, wrong=0.25, outcomes=None):
    values = {
        "rows": 2, "correct": correct, "correct_interval": [0.1, 0.9], "clean": None, "section_hit@1": 0.5,
        "section_hit@3": 1.0, "mrr": 0.75, "ndcg@10": 0.8, "wrong_code": wrong, "citation_exact": 1.0,
        "abstention_precision": None, "abstention_recall": None, "code_top1": None, "latency_p50_ms": 5.04,
        "latency_p95_ms": 9.0,
    }  # fmt: skip
    rows = outcomes if outcomes is not None else (outcome("a", True), outcome("b", False, 0.4))
    return Result("dev", "2024-01-01T00:00:00+00:00", "encoder", "fingerprint", {"direct": values, "all": values}, rows)


def test_the_table_has_a_row_for_each_kind_and_shares_in_percent():
    lines = markdown(result()).splitlines()
    header, rule, direct, everything = [line for line in lines if line.startswith("|")]
    assert header.count("|") == rule.count("|") == direct.count("|") == everything.count("|")
    cells = [cell.strip() for cell in direct.strip("|").split("|")]
    assert cells[:4] == ["direct", "2", "50.0", "10-90"]
    assert "0.750" in cells
    assert "5.0" in cells
    assert "-" in cells
    assert "split dev" in lines[0].lower()


def test_a_report_is_json_markdown_and_a_picture(tmp_path):
    write_report(result(), tmp_path / "reports")
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["dev.json", "dev.md", "dev.png"]
    assert (tmp_path / "reports" / "dev.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "reports" / "dev.md").read_text(encoding="utf-8") == markdown(result()) + "\n"


def test_a_report_reveals_no_question_and_no_answer(tmp_path):
    write_report(result(), tmp_path)
    text = (tmp_path / "dev.json").read_text(encoding="utf-8")
    assert "question a" not in text
    assert "said a" not in text
    assert {row["id"] for row in json.loads(text)["outcomes"]} == {"a", "b"}


def test_a_report_can_be_compared_with_itself(tmp_path):
    write_report(result(), tmp_path)
    assert compare(load_report(tmp_path / "dev.json"), result()) == ["rows lost: 0", "rows won: 0"]


def test_what_got_worse_is_named_with_both_values(tmp_path):
    write_report(result(correct=0.75, wrong=0.0), tmp_path)
    lines = compare(load_report(tmp_path / "dev.json"), result(correct=0.5, wrong=0.25))
    assert "worse: direct correct 75.0 -> 50.0" in lines
    assert "worse: direct wrong code 0.0 -> 25.0" in lines


def test_what_got_better_is_not_called_worse(tmp_path):
    write_report(result(correct=0.25, wrong=0.5), tmp_path)
    assert not [line for line in compare(load_report(tmp_path / "dev.json"), result()) if line.startswith("worse")]


def test_rows_lost_and_won_are_counted_and_lost_ones_named(tmp_path):
    write_report(result(outcomes=(outcome("a", True), outcome("b", False), outcome("gone", True))), tmp_path)
    after = result(outcomes=(outcome("a", False), outcome("b", True), outcome("new", False)))
    assert compare(load_report(tmp_path / "dev.json"), after)[-2:] == ["rows lost: 1 (a)", "rows won: 1"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '{"metrics": [], "outcomes": []}', '{"metrics": {}, "outcomes": {}}'])
def test_a_file_that_is_no_report_is_named(tmp_path, content):
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(QuestionSetError, match=r"x\.json' is not a report"):
        load_report(tmp_path / "x.json")


def test_a_missing_report_is_named(tmp_path):
    with pytest.raises(QuestionSetError, match=r"x\.json"):
        load_report(tmp_path / "x.json")


def test_a_result_without_answers_can_be_drawn(tmp_path):
    write_report(result(outcomes=(outcome("a", True, status="abstained"),)), tmp_path)
    assert (tmp_path / "dev.png").stat().st_size > 1000
