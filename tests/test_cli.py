import io
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from conftest import squash
from test_answer_json import HIT_KEYS, KEYS, QUOTE_KEYS


def test_an_answered_question_exits_0_with_the_answer_on_stdout_alone(ask_real):
    done = ask_real("ask", "S9357 duration")
    assert (done.code, done.err) == (0, "")
    assert "The infusion process usually takes between 1 to 4 hours" in squash(done.out)
    assert "S9357-enzyme-replacement.txt" in done.out


@pytest.mark.parametrize("question", ["S9999 duration", "what is the capital of France?", "", "  ?!", "x" * 10_000, "risk " * 2_000])
def test_an_abstention_exits_3_and_says_why_on_stdout(ask_real, question):
    done = ask_real("ask", question)
    assert (done.code, done.err) == (3, "")
    assert done.out.strip()


@pytest.mark.parametrize(("question", "code"), [("S9357 duration", 0), ("S9999 duration", 3), ("", 3), ("x" * 10_000, 3)])
def test_json_has_exactly_the_keys_of_the_schema(ask_real, question, code):
    done = ask_real("ask", question, "--json")
    value = json.loads(done.out)
    assert (done.code, done.err) == (code, "")
    assert list(value) == KEYS
    assert value["status"] == ("answered" if code == 0 else "abstained")
    assert all(set(quote) == QUOTE_KEYS for quote in value["quotes"])


def test_a_code_restricts_the_answer(ask_real):
    value = json.loads(ask_real("ask", "how long does it take?", "--code", "s-9327", "--json").out)
    assert {quote["code"] for quote in value["quotes"]} == {"S9327"}


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_code_that_no_document_describes_is_an_error_that_names_the_known_ones(ask_real, command):
    done = ask_real(command, "how long", "--code", "S9999")
    assert (done.code, done.out) == (1, "")
    assert done.complaint.startswith("assistant: no document describes the code 'S9999'")
    assert "S9357" in done.complaint


@pytest.mark.parametrize(
    "words",
    [("ask",), ("ask", "q", "--colour"), ("ask", "q", "extra"), ("nothing",), ("search", "q", "-k", "0"), ("search", "q", "-k", "many"),
     ("batch", "only-one.jsonl"), ("ui", "--port", "99999"), ("show",), ("eval", "--split", "all-of-it"),
     ("fit",), ("fit", "one", "two"), ("compare",), ("compare", "S9357", "--colour"), ("chat", "extra")],
)  # fmt: skip
def test_wrong_usage_exits_2_and_says_so_on_stderr(run, words):
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert done.err.strip()


def test_help_lists_every_command(run):
    done = run("--help")
    assert done.code == 0
    for command in ("ask", "search", "codes", "show", "index", "batch", "eval", "verify", "ui"):
        assert re.search(rf"^\W*{command}\b", done.out, re.MULTILINE), command


def test_the_version_is_that_of_the_package(run):
    done = run("--version")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"assistant {version('hcpcs-assistant')}\n"


def in_a_process(index_folder, corpus, words, **how):
    code = "import network_guard; network_guard.install(); from assistant.cli import main; main()"
    places = ["--corpus", str(corpus), "--index", str(index_folder)]
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    return subprocess.run(
        [sys.executable, "-c", code, *words, *places], env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE, **how
    )


def test_an_output_that_cannot_be_written_is_an_error(index_folder, corpus):
    with open("/dev/full", "wb") as full:
        done = in_a_process(index_folder, corpus, ["codes"], stdout=full)
    assert done.returncode == 1
    assert done.stderr.decode() == "assistant: the output cannot be written (No space left on device); send it elsewhere\n"


def test_an_output_that_nobody_reads_ends_the_command_without_a_word(index_folder, corpus):
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb", closefd=True) as unread:
        done = in_a_process(index_folder, corpus, ["codes"], stdout=unread)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_file_that_fails_unforeseen_is_named_in_one_sentence(ask_real, monkeypatch):
    def fail(*_, **__):
        raise OSError(5, "Input/output error", "/disk/file")

    monkeypatch.setattr("assistant.api.Assistant.ask", fail)
    done = ask_real("ask", "S9357 duration")
    assert done.code == 1
    assert done.complaint == "assistant: '/disk/file' cannot be read or written (Input/output error); mend that and try again"


def test_search_ranks_passages_with_their_places(ask_real, corpus):
    done = ask_real("search", "rare risks", "-k", "4", "--json")
    hits = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert [hit["rank"] for hit in hits] == [1, 2, 3, 4]
    for hit in hits:
        assert set(hit) == HIT_KEYS
        assert hit["code"] == hit["codes"][0]
        assert (corpus / hit["document"]).read_bytes().decode()[hit["start"] : hit["end"]] == hit["text"]
    assert ask_real("search", "rare risks", "-k", "1").out.startswith("1. ")


def test_searching_for_nothing_is_an_error(ask_real):
    done = ask_real("search", "  ")
    assert done.code == 1
    assert "empty" in done.complaint


def test_searching_for_more_than_a_question_may_hold_is_an_error(ask_real):
    done = ask_real("search", "risk " * 500)
    assert (done.code, done.out) == (1, "")
    assert done.complaint == "assistant: the question has 2,500 characters, over the limit of 2,000; search for fewer words"


def test_codes_are_listed_with_their_titles(ask_real):
    rows = json.loads(ask_real("codes", "--json").out)
    assert [row["code"] for row in rows] == ["S9327", "S9330", "S9336", "S9338", "S9357"]
    assert all(row["title"].startswith("Home infusion therapy, ") for row in rows)
    assert [line.split()[0] for line in ask_real("codes").out.splitlines() if line.startswith("S")] == [row["code"] for row in rows]


def test_a_document_is_shown_by_section(ask_real, corpus):
    rows = json.loads(ask_real("show", "s9357", "--json").out)
    text = (corpus / rows[0]["document"]).read_bytes().decode()
    assert "Duration" in [row["section"] for row in rows]
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)
    done = ask_real("show", "S9357", "--section", "duration")
    assert done.out.startswith("S9357 · Duration\nThe infusion process usually takes")


@pytest.mark.parametrize(("words", "complaint"), [(("S9999",), "S9999"), (("S9357", "--section", "Colour"), "no section 'Colour'")])
def test_showing_what_does_not_exist_is_an_error(ask_real, words, complaint):
    done = ask_real("show", *words)
    assert (done.code, done.out) == (1, "")
    assert complaint in done.complaint


@pytest.mark.parametrize("words", [("ask", "q"), ("search", "q"), ("codes",), ("show", "S9357"), ("index",)])
def test_a_missing_corpus_is_one_line_on_stderr(run, tmp_path, words):
    done = run(*words, "--corpus", tmp_path / "nowhere", "--index", tmp_path / "index")
    assert (done.code, done.out) == (1, "")
    assert "nowhere" in done.err.splitlines()[-1]
    assert "--corpus" in done.err.splitlines()[-1]
    assert "Traceback" not in done.err


def test_an_empty_corpus_is_an_error_and_leaves_no_index(run, tmp_path):
    (tmp_path / "corpus").mkdir()
    done = run("index", "--corpus", tmp_path / "corpus", "--index", tmp_path / "index")
    assert (done.code, done.out) == (1, "")
    assert "holds no document that can be read: it is empty" in done.complaint
    assert not (tmp_path / "index" / "manifest.json").exists()


def test_a_corpus_of_bytes_that_are_no_text_is_an_error(run, tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "zeros.txt").write_bytes(b"a\0b")
    done = run("index", "--corpus", tmp_path / "corpus", "--index", tmp_path / "index")
    assert done.code == 1
    assert "zeros.txt holds NUL" in done.complaint


def test_an_unreadable_file_beside_good_ones_is_reported_and_the_rest_indexed(run, tiny):
    (tiny / "corpus" / "zeros.txt").write_bytes(b"a\0b")
    (tiny / "corpus" / "tram.txt").write_text("Tram\n\nCode: T3003\n\nDuration\n\nIt takes an hour.\n", encoding="utf-8")
    done = run("index", "--corpus", tiny / "corpus", "--index", tiny / "index")
    assert done.code == 0
    assert [line.split() for line in done.out.splitlines()[:4]] == [
        ["indexed", "1"],
        ["unchanged", "2"],
        ["removed", "0"],
        ["refused", "1"],
    ]
    assert "3 documents, " in done.out
    assert any(line.startswith("assistant: not indexed: zeros.txt holds NUL") for line in done.err.splitlines())
    again = run("index", "--corpus", tiny / "corpus", "--index", tiny / "index")
    assert "zeros.txt" in again.err
    assert [line.split() for line in again.out.splitlines()[:2]] == [["indexed", "0"], ["unchanged", "3"]]


def test_a_refused_file_with_a_line_feed_in_its_name_is_told_in_one_line(run, tiny):
    (tiny / "corpus" / "a\nassistant: all is well.txt").write_text("words", encoding="utf-8")
    done = run("index", "--corpus", tiny / "corpus", "--index", tiny / "index")
    assert [line for line in done.err.splitlines() if "all is well" in line] == [
        "assistant: not indexed: a assistant: all is well.txt has a name that is not plain text; rename it"
    ]


def test_a_current_index_is_left_alone_and_a_stale_one_updated_with_word_on_stderr(run, tiny):
    places = ("--corpus", tiny / "corpus", "--index", tiny / "index")
    assert run("codes", *places).err == ""
    (tiny / "corpus" / "tram.txt").write_text("Tram\n\nCode: T3003\n\nDuration\n\nIt takes an hour.\n\nRisks\n\nNone.\n", encoding="utf-8")
    done = run("codes", "--json", *places)
    assert [row["code"] for row in json.loads(done.out)] == ["F1001", "L2002", "T3003"]
    assert "updating the index" in done.err


@pytest.mark.parametrize("name", ["vectors.faiss", "documents.jsonl"])
def test_a_damaged_index_is_one_line_that_names_the_repair_and_a_rebuild_repairs_it(run, tiny, name):
    places = ("--corpus", tiny / "corpus", "--index", tiny / "index")
    [path] = (tiny / "index").rglob(name)
    path.write_bytes(path.read_bytes()[:-20])
    done = run("ask", "F1001 duration", *places)
    assert (done.code, done.out) == (1, "")
    assert "assistant index --rebuild" in done.complaint
    assert run("index", "--rebuild", *places).code == 0
    repaired = run("ask", "F1001 duration", *places)
    assert (repaired.code, repaired.err) == (0, "")


def test_an_index_folder_that_cannot_be_written_is_an_error(run, corpus, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run("index", "--corpus", corpus, "--index", tmp_path / "file")
    assert done.code == 1
    assert "--index" in done.complaint


@pytest.mark.parametrize("command", [("index",), ("ask", "F1001 duration")])
def test_an_index_is_not_written_among_the_documents(run, tiny, tmp_path, command):
    before = sorted((tiny / "corpus").iterdir())
    (tmp_path / "link").symlink_to(tiny / "corpus")
    done = run(*command, "--corpus", tiny / "corpus", "--index", tmp_path / "link")
    assert done.code == 1
    assert done.err.splitlines()[-1].endswith("is both the corpus and the index folder; name another folder for the index with --index DIR")
    assert sorted((tiny / "corpus").iterdir()) == before


def test_verify_passes_an_answer_and_fails_after_one_changed_byte(ask_real, run, corpus, tmp_path):
    (tmp_path / "answer.json").write_text(ask_real("ask", "S9357 duration", "--json").out, encoding="utf-8")
    copied = shutil.copytree(corpus, tmp_path / "corpus")
    good = run("verify", tmp_path / "answer.json", "--corpus", copied)
    assert (good.code, good.err) == (0, "")
    assert re.fullmatch(r"\d+ quotes? match(es)? (its|their) sources?\n", good.out)
    path = copied / "S9357-enzyme-replacement.txt"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    bad = run("verify", tmp_path / "answer.json", "--corpus", copied)
    assert bad.code == 1
    assert "S9357-enzyme-replacement.txt" in bad.out
    assert "has changed" in bad.out


def test_verify_names_the_row_of_each_difference_and_prints_json_where_asked(ask_real, run, corpus, tmp_path):
    answer = json.loads(ask_real("ask", "S9357 duration", "--json").out)
    wrong = {**answer, "quotes": [{**answer["quotes"][0], "end": answer["quotes"][0]["end"] - 1}]}
    rows = [{"id": "good", "answer": answer}, {"id": "bad", "answer": wrong}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = run("verify", tmp_path / "rows.jsonl", "--corpus", corpus)
    quote = wrong["quotes"][0]
    place = f"{quote['document']}, characters {quote['start']}-{quote['end']}"
    assert (done.code, done.err) == (1, "")
    assert done.out == f"row 2 (id 'bad'): {place}: the text at these offsets is different\n"
    shown = run("verify", tmp_path / "rows.jsonl", "--corpus", corpus, "--json")
    difference = {"row": 2, "id": "bad", "document": quote["document"], "start": quote["start"], "end": quote["end"]}
    assert shown.code == 1
    assert json.loads(shown.out) == {
        "quotes": len(answer["quotes"]) + 1,
        "differences": [{**difference, "why": "the text at these offsets is different"}],
    }


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"schema": 1, "quotes": [{"start": "0"}]}'])
def test_verify_fails_closed_on_what_is_no_answer(run, corpus, tmp_path, content):
    if content is not None:
        (tmp_path / "answer.json").write_text(content, encoding="utf-8")
    done = run("verify", tmp_path / "answer.json", "--corpus", corpus)
    assert (done.code, done.out) == (1, "")
    assert done.complaint.startswith("assistant: ")


def test_verify_takes_an_index_like_every_command_and_does_not_use_it(ask_real, run, corpus, tmp_path):
    (tmp_path / "answer.json").write_text(ask_real("ask", "S9357 duration", "--json").out, encoding="utf-8")
    done = run("verify", tmp_path / "answer.json", "--corpus", corpus, "--index", tmp_path / "nowhere")
    assert (done.code, done.err) == (0, "")
    assert not (tmp_path / "nowhere").exists()


def test_verify_in_a_missing_corpus_fails(ask_real, run, tmp_path):
    (tmp_path / "answer.json").write_text(ask_real("ask", "S9357 duration", "--json").out, encoding="utf-8")
    assert run("verify", tmp_path / "answer.json", "--corpus", tmp_path / "nowhere").code == 1


def test_batch_answers_in_order_with_history_and_hits(ask_real, run, corpus, tmp_path):
    rows = [
        {"id": "z", "question": "S9330 duration", "history": []},
        {"id": 1, "question": "and its risks?", "history": ["S9330 duration"]},
        {"id": "a", "question": ""},
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = ask_real("batch", tmp_path / "in.jsonl", tmp_path / "out.jsonl", "--hits", "3")
    assert (done.code, done.out) == (0, "")
    results = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [result["id"] for result in results] == ["z", 1, "a"]
    assert all(list(result["answer"]) == KEYS for result in results)
    assert [len(result["hits"]) for result in results] == [3, 3, 0]
    assert {quote["code"] for quote in results[1]["answer"]["quotes"]} <= {"S9330"}
    assert set(results[0]["hits"][0]) == {"document", "code", "section", "start", "end", "score"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]
    assert run("verify", tmp_path / "out.jsonl", "--corpus", corpus).code == 0


def test_a_malformed_batch_line_is_named_and_the_old_output_left_alone(ask_real, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": "q"}\n{"id": 2}\n', encoding="utf-8")
    (tmp_path / "out.jsonl").write_text("kept\n", encoding="utf-8")
    done = ask_real("batch", tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert (done.code, done.out) == (1, "")
    assert "in.jsonl, line 2" in done.complaint
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "kept\n"


@pytest.mark.parametrize("target", [".", ""])
def test_a_folder_is_no_batch_output(ask_real, tmp_path, target):
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": "S9357 duration"}\n', encoding="utf-8")
    done = ask_real("batch", tmp_path / "in.jsonl", tmp_path / target if target else ".")
    assert (done.code, done.out) == (1, "")
    assert "is a folder; name a file" in done.err


def test_a_batch_output_that_cannot_be_written_is_an_error(ask_real, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": "q"}\n', encoding="utf-8")
    done = ask_real("batch", tmp_path / "in.jsonl", tmp_path / "nowhere" / "out.jsonl")
    assert done.code == 1
    assert "cannot be written" in done.complaint


@pytest.fixture
def asked(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"id": 1, "question": "S9357 duration"}\n{"id": 2, "question": "and its risks?"}\n', encoding="utf-8")
    return path


def test_a_batch_reads_standard_input_and_writes_standard_output(ask_real, asked, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(asked.read_bytes())))
    done = ask_real("batch", "-", "-")
    assert (done.code, done.err) == (0, "")
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == [1, 2]


def test_batch_answers_go_to_the_file_that_a_link_leads_to(ask_real, asked, tmp_path):
    (tmp_path / "real.jsonl").write_text("old\n", encoding="utf-8")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    assert ask_real("batch", asked, tmp_path / "link.jsonl").code == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len((tmp_path / "real.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "link.jsonl", "real.jsonl"]


def test_batch_answers_are_written_straight_to_what_is_no_file(ask_real, asked, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        assert ask_real("batch", asked, tmp_path / "pipe").code == 0
        assert len(reader.stdout.read().splitlines()) == 2
    assert (tmp_path / "pipe").is_fifo()
    done = ask_real("batch", asked, "/dev/full")
    assert done.code == 1
    assert done.complaint == "assistant: the file '/dev/full' cannot be written (No space left on device); name another"


def test_batch_answers_that_would_overwrite_the_questions_are_refused(ask_real, asked, tmp_path):
    before = asked.read_text(encoding="utf-8")
    (tmp_path / "link.jsonl").symlink_to(asked)
    for target in (asked, tmp_path / "link.jsonl"):
        done = ask_real("batch", asked, target)
        assert done.code == 1
        assert "would overwrite the questions in" in done.complaint
    asked.rename(tmp_path / "out.jsonl.partial")
    assert ask_real("batch", tmp_path / "out.jsonl.partial", tmp_path / "out.jsonl").code == 1
    assert (tmp_path / "out.jsonl.partial").read_text(encoding="utf-8") == before
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "is a link that leads nowhere" in ask_real("batch", tmp_path / "out.jsonl.partial", tmp_path / "loop").complaint


def test_a_batch_that_is_interrupted_says_where_the_first_answers_are(ask_real, asked, tmp_path, monkeypatch):
    from assistant import Assistant

    real = Assistant.ask

    def interrupted(self, question, *rest):
        if question == "and its risks?":
            raise KeyboardInterrupt
        return real(self, question, *rest)

    monkeypatch.setattr(Assistant, "ask", interrupted)
    done = ask_real("batch", asked, tmp_path / "out.jsonl")
    assert done.code == 130
    assert done.complaint == f"assistant: what there is stands in '{tmp_path / 'out.jsonl.partial'}'"
    assert json.loads((tmp_path / "out.jsonl.partial").read_text(encoding="utf-8"))["id"] == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_an_evaluation_prints_a_table_writes_a_report_and_compares(ask_real, tmp_path):
    row = {
        "id": "q1", "kind": "bycode", "question": "S9357 duration", "history": [], "codes": ["S9357"],
        "sections": [{"code": "S9357", "section": "Duration"}], "must_contain": ["between 1 to 4 hours"], "must_not_contain": [],
        "expect": "answer", "top_code": None, "split": "dev", "notes": "",
    }  # fmt: skip
    (tmp_path / "q.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    done = ask_real("eval", tmp_path / "q.jsonl", "--report", tmp_path / "report")
    assert done.code == 0
    assert "| bycode | 1 | 100.0 |" in done.out
    again = ask_real("eval", tmp_path / "q.jsonl", "--baseline", tmp_path / "report" / "dev.json")
    assert "rows lost: 0" in again.out
    assert ask_real("eval", tmp_path / "q.jsonl", "--check").out == "1 rows, no problems\n"


@pytest.fixture
def evaluated(tmp_path):
    """A question set of one row of the split dev."""
    row = {
        "id": "q1", "kind": "bycode", "question": "S9357 duration", "history": [], "codes": ["S9357"], "sections": [],
        "must_contain": ["between 1 to 4 hours"], "must_not_contain": [], "expect": "answer", "top_code": None, "split": "dev", "notes": "",
    }  # fmt: skip
    (tmp_path / "q.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return tmp_path / "q.jsonl"


def test_a_report_that_cannot_be_written_is_an_error_before_anything_is_asked(ask_real, evaluated, monkeypatch):
    monkeypatch.setattr("assistant.evaluation.runner.evaluate", lambda *_: pytest.fail("a question was asked"))
    done = ask_real("eval", evaluated, "--report", evaluated / "report")
    assert done.code == 1
    assert done.complaint.startswith(f"assistant: the report cannot be written to '{evaluated / 'report'}' (")
    assert done.complaint.endswith("; name another folder with --report")


def test_a_report_whose_plot_cannot_be_written_is_an_error(ask_real, evaluated, tmp_path):
    (tmp_path / "report" / "dev.png").mkdir(parents=True)
    assert "cannot be written to" in ask_real("eval", evaluated, "--report", tmp_path / "report").complaint


def test_a_split_without_rows_is_an_error(ask_real, evaluated):
    done = ask_real("eval", evaluated, "--split", "test")
    assert (done.code, done.out) == (1, "")
    assert done.complaint == "assistant: no row of the question sets is of split 'test'; name another with --split"


@pytest.mark.parametrize("option", ["--report", "--baseline"])
def test_an_ablation_takes_no_report(ask_real, evaluated, tmp_path, option):
    done = ask_real("eval", evaluated, "--ablation", option, tmp_path / "report")
    assert done.code == 2
    assert "--ablation only prints" in done.err
    assert not (tmp_path / "report").exists()


def test_an_ablation_prints_what_is_right_without_each_stage(ask_real, tmp_path):
    rows = [
        {
            "id": name, "kind": kind, "question": question, "history": [], "codes": ["S9357"], "sections": [],
            "must_contain": ["between 1 to 4 hours"], "must_not_contain": [], "expect": "answer", "top_code": None, "split": "dev",
            "notes": "",
        }
        for name, kind, question in (("q1", "bycode", "S9357 duration"), ("q2", "direct", "how long does enzyme infusion take?"))
    ]  # fmt: skip
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = ask_real("eval", tmp_path / "q.jsonl", "--ablation")
    right = dict(line.strip("| ").split(" | ", 1) for line in done.out.splitlines() if " | " in line)
    assert right["without"] == "direct | bycode | all"
    assert right["nothing"] == "100 | 100 | 100"
    assert right["the codes in questions"] == "100 | 0 | 50"
    assert {"BM25", "dense search", "the second look", "the reader"} < right.keys()


def test_an_evaluation_row_that_the_documents_contradict_is_an_error(ask_real, tmp_path):
    row = {
        "id": "q1", "kind": "bycode", "question": "q", "history": [], "codes": ["S9357"], "sections": [], "must_contain": ["not there"],
        "must_not_contain": [], "expect": "answer", "top_code": None, "split": "dev", "notes": "",
    }  # fmt: skip
    (tmp_path / "q.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    done = ask_real("eval", tmp_path / "q.jsonl", "--check")
    assert (done.code, done.out) == (1, "")
    assert "q1: 'not there' is not in the documents" in done.err


def test_an_evaluation_without_rows_of_its_split_does_not_fail_silently_or_with_a_traceback(ask_real, tmp_path):
    (tmp_path / "q.jsonl").write_text("", encoding="utf-8")
    done = ask_real("eval", tmp_path / "q.jsonl", "--report", tmp_path / "report")
    assert done.code in (0, 1)
    assert "Traceback" not in done.err


def test_a_wrong_setting_in_the_environment_is_one_line(run, corpus, monkeypatch, tmp_path):
    monkeypatch.setenv("ASSISTANT_CHUNK_TOKENS", "many")
    done = run("codes", "--corpus", corpus, "--index", tmp_path / "index")
    assert (done.code, done.out) == (1, "")
    assert "'ASSISTANT_CHUNK_TOKENS' is 'many'" in done.complaint


def test_a_document_cannot_steer_the_terminal(run, tiny):
    (tiny / "corpus" / "ferry.txt").write_text(
        "Ferry\n\nCode: F1001\n\nDuration\n\nIt takes \x1b[31man hour\x1b]0;x\x07.\n\nRisks\n\nFog.\n", encoding="utf-8"
    )
    places = ("--corpus", tiny / "corpus", "--index", tiny / "index")
    for words in (("ask", "F1001 duration"), ("search", "F1001 duration"), ("show", "F1001"), ("codes",)):
        done = run(*words, *places)
        assert "\x1b" not in done.out
        assert "\x07" not in done.out


def test_a_question_cannot_steer_the_terminal(ask_real):
    assert "\x1b" not in ask_real("ask", "S9999 \x1b[31m").out
