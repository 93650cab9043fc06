import pytest

from assistant.numbering import counted_rows, ordinals_of


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("2. Units", [(2,)]),
        ("2) Units", [(2,)]),
        ("(2) Units", [(2,)]),
        ("2.1 Units", [(2, 1)]),
        ("2.1.3. Units", [(2, 1, 3)]),
        ("2.0 Units", [(2,)]),
        ("§ 3 Units", [(3,)]),
        ("B. Units", [(2,)]),
        ("IV. Units", [(4,)]),
        ("C. Units", [(3,)]),
        ("V. Units", [(22,), (5,)]),
        ("Part B. Units", [(2,)]),
        ("ARTICLE 12 — Units", [(12,)]),
        ("Section 2: Units", [(2,)]),
    ],
)
def test_a_line_is_counted_in_many_ways(line, numbers):
    assert [ordinal.numbers for ordinal in ordinals_of(line)] == numbers
    assert {line[ordinal.length :] for ordinal in ordinals_of(line)} == {"Units"}


@pytest.mark.parametrize(
    "line", ["2 units", "1.5 hours later", "A unit", "I pay", "Party A. Units", "24/7 service", "(2 Units", "Part of it", "2."]
)
def test_a_line_that_only_begins_like_an_ordinal_is_not_counted(line):
    assert ordinals_of(line) == ()


def rows(*lines):
    return counted_rows((i, ordinal) for i, line in enumerate(lines) for ordinal in ordinals_of(line))


def test_a_row_counts_on_past_lists_that_begin_anew():
    assert rows("1. One", "2. Two", "1. First", "2. Second", "3. Three", "4. Four")[0] == [0, 1, 4, 5]


def test_a_number_may_be_missing_but_not_many():
    assert rows("1. One", "2. Two", "4. Four", "9. Nine", "10. Ten")[0] == [0, 1, 2]


def test_rows_of_higher_levels_come_first():
    assert rows("1. One", "1.1 Aim", "1.2 Use", "1.3 Cost", "2. Two") == [[0, 4], [1, 2, 3]]


def test_a_lower_level_counts_on_over_the_next_number_above():
    assert rows("1.1 Aim", "1.2 Use", "2.1 Cost", "2.2 Fee") == [[0, 1, 2, 3]]


def test_ways_of_counting_are_not_mixed():
    assert sorted(rows("1. One", "2) Two", "3. Three")) == [[0, 2], [1]]
