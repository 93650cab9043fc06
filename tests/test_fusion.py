import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.fusion import ranks, reciprocal_rank_fusion

rankings = st.lists(
    st.lists(st.integers(0, 20), unique=True, max_size=10).map(lambda rows: [(row, 1.0) for row in rows]), min_size=1, max_size=4
)


def test_scores_are_sums_of_reciprocal_ranks_scaled_to_one():
    fused = reciprocal_rank_fusion([(7, 0.9), (3, 0.8)], [(3, 12.0), (5, 2.0)])
    assert fused == [
        (3, pytest.approx((1 / 62 + 1 / 61) / (2 / 61))),
        (7, pytest.approx((1 / 61) / (2 / 61))),
        (5, pytest.approx((1 / 62) / (2 / 61))),
    ]


def test_first_everywhere_is_one():
    assert reciprocal_rank_fusion([(4, 0.1)], [(4, 99.0)]) == [(4, pytest.approx(1.0))]


def test_ties_come_in_order_of_row():
    assert [row for row, _ in reciprocal_rank_fusion([(9, 1.0)], [(2, 1.0)])] == [2, 9]


def test_only_places_count_and_not_scores():
    assert reciprocal_rank_fusion([(1, 5.0), (2, 4.9)]) == reciprocal_rank_fusion([(1, 0.02), (2, 0.01)])


def test_nothing_fuses_to_nothing():
    assert reciprocal_rank_fusion() == []
    assert reciprocal_rank_fusion([], []) == []


def test_ranks_are_counted_from_one():
    assert ranks([(7, 0.9), (3, 0.8)]) == {7: 1, 3: 2}
    assert ranks([]) == {}


@settings(deadline=None, max_examples=100)
@given(rankings)
def test_every_row_comes_once_with_a_score_in_the_unit_interval(lists):
    fused = reciprocal_rank_fusion(*lists)
    assert sorted(row for row, _ in fused) == sorted({row for ranking in lists for row, _ in ranking})
    assert all(0 < score <= 1 + 1e-9 for _, score in fused)
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)
