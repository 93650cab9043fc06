import re
import time

import pytest

from assistant.config import make_settings
from assistant.tokens import codes_in
from benchmarks.common import percentile
from benchmarks.peers import ratios
from benchmarks.questions import five
from benchmarks.stopwatch import REST, STAGES, Stopwatch, resolve
from benchmarks.synthetic import MOST, document, questions, service, write
from benchmarks.wordvectors import vector

SOME = 400


def test_made_up_documents_are_the_same_every_time_and_whatever_their_number(tmp_path):
    write(tmp_path / "few", 3)
    write(tmp_path / "more", 12)
    few, more = ({p.name: p.read_text() for p in (tmp_path / name).rglob("*.txt")} for name in ("few", "more"))
    assert len(few) == 3 and len(more) == 12
    assert few.items() <= more.items()
    assert document(0, seed=1) != document(0, seed=2)


def test_made_up_documents_have_their_own_code_name_title_and_text():
    services = [service(n) for n in range(SOME)]
    texts = [document(n) for n in range(SOME)]
    for values in ([s.code for s in services], [s.name for s in services], [s.title for s in services], texts):
        assert len(set(values)) == SOME
    pattern = make_settings().code_pattern
    for one, text in zip(services, texts, strict=True):
        assert codes_in(text, pattern) == (one.code,)
        assert text.startswith(one.title)


def test_made_up_documents_differ_in_more_than_names_and_numbers():
    bare = {re.sub(r"\d+", "0", document(n)).replace(service(n).name, "x").replace(service(n).name.capitalize(), "X") for n in range(SOME)}
    assert len(bare) == SOME
    assert len({len(text.splitlines()) for text in bare}) > 10


def test_a_document_beyond_the_last_code_is_refused():
    assert service(MOST - 1).code
    with pytest.raises(ValueError, match="not for"):
        service(MOST)


def test_questions_ask_about_documents_that_exist_and_another_turn_asks_something_else_of_the_same():
    codes = {service(n).code for n in range(50)}
    first, second = list(questions(30, 50, turn=1)), list(questions(30, 50, turn=2))
    assert first == list(questions(30, 50, turn=1))
    assert {code for _, code in first} <= codes
    assert [code for _, code in first] == [code for _, code in second]
    assert len({question for question, _ in [*first, *second, *questions(30, 50, turn=3)]}) == 90
    assert len({question for question, _ in questions(40, 5)}) == 40


def test_no_question_about_the_five_documents_is_asked_twice():
    found = five(240)
    assert len({question for question, _ in found}) == 240
    with pytest.raises(ValueError, match="there are 240 questions"):
        five(241)


@pytest.mark.parametrize("target", [target for targets in STAGES.values() for target in targets])
def test_every_stage_names_functions_that_exist(target):
    assert callable(resolve(target)[2])


def test_a_stage_does_not_count_the_time_of_the_stages_it_calls():
    watch = Stopwatch()
    inner = watch._timed("inner", lambda: time.sleep(0.05))
    whole = watch.whole(lambda: (time.sleep(0.02), inner()))
    assert watch.seconds["inner"] >= 0.05
    assert 0.02 <= watch.seconds[REST] <= whole - watch.seconds["inner"]
    assert watch.calls == {REST: 1, "inner": 1}


def test_texts_that_share_words_have_vectors_that_are_alike():
    one, near, far = (vector(text, 384) for text in ("how long is the ferry ride?", "The ferry ride is long.", "Keep the medicine cold."))
    assert abs(float(one @ one) - 1) < 1e-5
    assert float(one @ near) > 0.5 > 0.2 > float(one @ far)


def test_percentiles_lie_between_neighbours():
    assert [percentile([4.0, 1.0, 3.0, 2.0], share) for share in (0, 0.5, 1)] == [1.0, 2.5, 4.0]
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_ratios_are_taken_within_rounds_and_against_the_fastest_peer():
    rows = {f"assistant-{how}": {"ours": True, "failed": "", "round_ms": [2.0, 8.0]} for how in ("ask", "search", "retrieve")}
    rows["assistant-ask"]["cold_runs"] = [{"first_s": 1.0, "whole_s": 1.0}, {"first_s": 2.0, "whole_s": 2.0}]
    rows["quick"] = {"ours": False, "failed": "", "round_ms": [4.0, 16.0], "cold_runs": [{"first_s": 8.0}, {"first_s": 20.0}]}
    rows["slow"] = {"ours": False, "failed": "", "round_ms": [20.0, 80.0], "cold_runs": [{"first_s": 30.0}, {"first_s": 40.0}]}
    rows["gone"] = {"ours": False, "failed": "could not be installed"}
    found = ratios(rows)
    assert found["warm"]["assistant-ask"]["quick"] == {"median": 0.5, "least": 0.5, "most": 0.5}
    assert found["warm"]["assistant-ask"]["fastest"] == found["warm"]["assistant-ask"]["quick"]
    assert found["cold"]["fastest"] == {"median": 9.0, "least": 8.0, "most": 10.0}
    assert "gone" not in found["cold"]
