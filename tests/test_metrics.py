import math

import pytest

from assistant.evaluation.metrics import interval, percentile, precision_recall, reliability, retrieval, risk_coverage, share


def test_share_is_true_over_all():
    assert share([True, True, False, True]) == 3 / 4
    assert share([]) is None


def test_the_interval_holds_the_share_and_is_the_same_every_time():
    flags = [True] * 30 + [False] * 10
    low, high = interval(flags)
    assert 0 <= low < 30 / 40 < high <= 1
    assert interval(flags) == (low, high)
    # the normal approximation, 0.75 ± 1.96 * sqrt(0.75 * 0.25 / 40), is near
    assert (low, high) == pytest.approx((0.75 - 1.96 * math.sqrt(0.75 * 0.25 / 40), 0.75 + 1.96 * math.sqrt(0.75 * 0.25 / 40)), abs=0.03)


def test_the_interval_of_equal_outcomes_is_a_point_and_of_nothing_is_none():
    assert interval([True, True]) == (1.0, 1.0)
    assert interval([False]) == (0.0, 0.0)
    assert interval([]) is None


def test_precision_is_over_what_was_predicted_and_recall_over_what_was_wanted():
    predicted = [True, True, True, False, False]
    wanted = [True, False, True, True, False]
    assert precision_recall(predicted, wanted) == (2 / 3, 2 / 3)
    assert precision_recall([True, False], [True, True]) == (1 / 1, 1 / 2)


def test_a_zero_denominator_gives_none():
    assert precision_recall([False], [True]) == (None, 0.0)
    assert precision_recall([True], [False]) == (0.0, None)
    assert precision_recall([], []) == (None, None)


def test_predicted_and_wanted_must_be_as_many():
    with pytest.raises(ValueError, match="zip"):
        precision_recall([True], [True, False])


def test_retrieval_measures_are_the_standard_ones():
    qrels = {"a": {"x": 1}, "b": {"y": 1, "z": 1}}
    run = {"a": {"x": 3.0, "y": 2.0}, "b": {"x": 3.0, "w": 2.0, "y": 1.0}}
    # a: relevant at rank 1; b: one of two relevant at rank 3
    ideal = 1 / math.log2(2) + 1 / math.log2(3)
    assert retrieval(qrels, run) == {
        "section_hit@1": pytest.approx((1 + 0) / 2),
        "section_hit@3": pytest.approx((1 + 1) / 2),
        "mrr": pytest.approx((1 / 1 + 1 / 3) / 2),
        "ndcg@10": pytest.approx((1 + (1 / math.log2(4)) / ideal) / 2),
    }


@pytest.mark.parametrize("run", [{"a": {"x": 1.0}}, {"a": {"x": 1.0}, "b": {}}], ids=["absent", "empty"])
def test_a_judged_query_without_results_counts_as_zero(run):
    values = retrieval({"a": {"x": 1}, "b": {"y": 1}}, run)
    assert values["mrr"] == pytest.approx((1 + 0) / 2)
    assert values["section_hit@3"] == pytest.approx(1 / 2)


def test_a_result_that_nobody_judged_does_not_count():
    assert retrieval({"a": {"x": 1}}, {"a": {"x": 1.0}, "b": {"y": 1.0}})["mrr"] == pytest.approx(1 / 1)


def test_nothing_judged_gives_no_measures():
    assert retrieval({}, {"a": {"x": 1.0}}) == {}


def test_percentiles_are_interpolated():
    assert percentile([10, 20, 30, 40], 50) == (20 + 30) / 2
    assert percentile([0, 100], 95) == 95
    assert percentile([7], 95) == 7
    assert percentile([], 50) is None


def test_risk_is_the_share_of_wrong_ones_among_the_surest():
    points = risk_coverage([0.9, 0.5, 0.8, 0.7], [True, False, False, True])
    assert points == [(1 / 4, 0 / 1), (2 / 4, 1 / 2), (3 / 4, 1 / 3), (4 / 4, 2 / 4)]


def test_equally_sure_ones_are_answered_together():
    assert risk_coverage([0.5, 0.5, 0.9], [False, True, True]) == [(1 / 3, 0.0), (3 / 3, 1 / 3)]
    assert risk_coverage([0.5, 0.5], [True, False]) == risk_coverage([0.5, 0.5], [False, True]) == [(1.0, 1 / 2)]
    assert risk_coverage([], []) == []


def test_reliability_groups_by_confidence_and_gives_the_share_right():
    points = reliability([0.9, 0.1, 0.8, 0.2], [True, False, True, True], groups=2)
    assert points == [(pytest.approx(0.15), 0.5), (pytest.approx(0.85), 1.0)]
    assert reliability([], []) == []
    assert reliability([0.5], [True]) == [(0.5, 1.0)]
