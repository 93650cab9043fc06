import math

import pint
import pytest

from assistant.quantities import _FACTORS, _UNIT, Quantity, asked_dimension, holds_number, quantities


def hours(low, high, **ends):
    return Quantity("time", low, high, "hour", **ends)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("less than twenty-four hours", ["time [0, 24) hour"]),
        ("under 24 h", ["time [0, 24) hour"]),
        ("up to 3 days", ["time [0, 72] hour"]),
        ("no more than 4 hours", ["time [0, 4] hour"]),
        ("not to exceed 24 hours", ["time [0, 24] hour"]),
        ("it doesn't exceed 24 hours", ["time [0, 24] hour"]),
        ("not lasting longer than 2 hours", ["time [0, 2] hour"]),
        ("no fewer than 3 days", ["time [72, inf] hour"]),
        ("it is no longer 3 hours", ["time [3, 3] hour"]),
        ("5 hours or less", ["time [0, 5] hour"]),
        ("24 hours or more", ["time [24, inf] hour"]),
        ("twenty-four hours or more", ["time [24, inf] hour"]),
        ("at least 90 minutes", ["time [1.5, inf] hour"]),
        ("1,500 ml", ["volume [1.5, 1.5] liter"]),
        ("2,000,000 mg", ["mass [2, 2] kilogram"]),
        ("1,5 hours", ["time [1.5, 1.5] hour"]),
        ("over 2 hours", ["time (2, inf] hour"]),
        ("chemo over 4 hours", ["time [4, 4] hour"]),
        ("lasting over 4 hours", ["time (4, inf] hour"]),
        ("patients over 65 years", ["age (569790, inf] hour"]),
        ("a 62-year-old, over 18 hours", ["age [543492, 543492] hour", "time (18, inf] hour"]),
        ("72yo, ill for 3 years", ["age [631152, 631152] hour", "time [26298, 26298] hour"]),
        ("58 y/o", ["age [508428, 508428] hour"]),
        ("woman of 62 years", ["age [543492, 543492] hour"]),
        ("aged 65", ["age [569790, 569790] hour"]),
        ("6 years and older", ["age [52596, inf] hour"]),
        ("under 21 years of age", ["age [0, 184086) hour"]),
        ("18 years old or younger", ["age [0, 157788] hour"]),
        ("ages 5 to 11 years", ["age [43830, 96426] hour"]),
        ("patients 20 hours on the pump", ["time [20, 20] hour"]),
        ("three doses per day", ["period [8, 8] hour"]),
        ("one dose a day", ["period [24, 24] hour"]),
        ("12-hourly", ["period [12, 12] hour"]),
        ("Q8", ["period [8, 8] hour"]),
        ("q12 days", []),
        ("Q3 2024", []),
        ("t.i.d.", ["period [8, 8] hour"]),
        ("within about 4 hours", ["time [0, 4] hour"]),
        ("creatinine above 3 mg/dL", []),
        ("more than 24 hours", ["time (24, inf] hour"]),
        ("1-3 hours", ["time [1, 3] hour"]),
        ("1 to 3 hours", ["time [1, 3] hour"]),
        ("between 1 to 4 hours", ["time [1, 4] hour"]),
        ("between one and four hours", ["time [1, 4] hour"]),
        ("10 or 12 hours", ["time [10, 12] hour"]),
        ("eighteen hours", ["time [18, 18] hour"]),
        ("an 18-hour infusion", ["time [18, 18] hour"]),
        ("for a day", ["time [24, 24] hour"]),
        ("two and a half liters", ["volume [2.5, 2.5] liter"]),
        ("30 ml", ["volume [0.03, 0.03] liter"]),
        ("more than one liter but no more than two liters", ["volume (1, 2] liter"]),
        ("more than 30 minutes but not exceeding 2 hours", ["time (0.5, 2] hour"]),
        ("more than 2 hours and no more than 3 liters", ["time (2, inf] hour", "volume [0, 3] liter"]),
        ("more than one but no more than two liters", ["volume (1, 2] liter"]),
        ("more than one and up to two liters", ["volume (1, 2] liter"]),
        ("at least 2 but less than 3 liters", ["volume [2, 3) liter"]),
        ("500 mg", ["mass [0.0005, 0.0005] kilogram"]),
        ("5 cm", ["length [0.05, 0.05] meter"]),
        ("6 feet", ["length [1.8288, 1.8288] meter"]),
    ],
)
def test_an_amount_is_read_as_an_interval_in_base_units(text, expected):
    assert [str(quantity) for quantity in quantities(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every 2 weeks", ["period [336, 336] hour"]),
        ("every two weeks", ["period [336, 336] hour"]),
        ("2 weeks apart", ["period [336, 336] hour"]),
        ("q 6 hours", ["period [6, 6] hour"]),
        ("an 18-hour infusion every 2 weeks", ["time [18, 18] hour", "period [336, 336] hour"]),
    ],
)
def test_how_often_is_kept_apart_from_how_long(text, expected):
    assert [str(quantity) for quantity in quantities(text)] == expected


@pytest.mark.parametrize("text", ["24/7", "around the clock", "non-stop", "day and night", "continuous", "without any interruption"])
def test_words_for_endless_count_as_a_day_or_more(text):
    assert quantities(f"the pump runs {text}") == [hours(24, math.inf)]


@pytest.mark.parametrize("text", ["intermittent", "a few hours", "a couple of hours", "on and off"])
def test_words_for_passing_count_as_less_than_a_day(text):
    assert quantities(f"the pump runs {text}") == [hours(0, 24, high_open=True)]


@pytest.mark.parametrize(
    "text",
    [
        "not continuous",
        "that isn't continuous",
        "it doesn’t run continuously",
        "frequent, but not continuous, infusions",
        "non-continuous",
        "S9327",
        "no time at all",
        "groups of up to ten",
        "",
    ],
)
def test_what_is_denied_or_is_no_amount_gives_none(text):
    assert quantities(text) == []


def test_amounts_come_in_the_order_of_the_text():
    found = quantities("2 liters over 3 hours, then continuous, then 5 cm")
    assert [quantity.dimension for quantity in found] == ["volume", "time", "time", "length"]


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        (hours(0, 24, high_open=True), hours(24, math.inf), False),
        (hours(0, 24), hours(24, math.inf), True),
        (hours(0, 24), hours(24, math.inf, low_open=True), False),
        (hours(0, 24, high_open=True), hours(18, 18), True),
        (hours(0, 24, high_open=True), hours(24, 24), False),
        (hours(0, 24), hours(24, 24), True),
        (hours(24, math.inf), hours(24, 24), True),
        (hours(24, math.inf, low_open=True), hours(24, 24), False),
        (hours(24, math.inf), hours(48, 48), True),
        (hours(24, math.inf), hours(1, 4), False),
        (hours(1, 4), hours(3, 30), True),
        (hours(18, 18), hours(18, 18), True),
        (hours(24, 24), Quantity("period", 24, 24, "hour"), False),
        (hours(1, 1), Quantity("volume", 1, 1, "liter"), False),
    ],
)
def test_intervals_meet_where_an_amount_is_in_both(one, other, met):
    assert one.meets(other) is met
    assert other.meets(one) is met


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("how long does it take?", "time"),
        ("How many hours does one session last?", "time"),
        ("what is the duration?", "time"),
        ("which is shorter, the tablets or the drip?", "time"),
        ("is it no longer given?", None),
        ("is it longer than 3 hours?", None),
        ("how often is it given?", "period"),
        ("how many times a day?", "period"),
        ("how long before surgery should I stop eating?", None),
        ("what are the risks?", None),
        ("", None),
    ],
)
def test_a_question_tells_which_amount_it_asks_for(text, dimension):
    assert asked_dimension(text) == dimension


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half a day", ["time [12, 12] hour"]),
        ("an hour and a half", ["time [1.5, 1.5] hour"]),
        ("two hours and a half", ["time [2.5, 2.5] hour"]),
        ("twice a day", ["period [12, 12] hour"]),
        ("three times daily", ["period [8, 8] hour"]),
        ("one gram q8h", ["mass [0.001, 0.001] kilogram", "period [8, 8] hour"]),
        ("500 mg bid", ["mass [0.0005, 0.0005] kilogram", "period [12, 12] hour"]),
        ("visits weekly", ["period [168, 168] hour"]),
        ("six hours daily", ["time [6, 6] hour", "period [24, 24] hour"]),
        ("an overnight infusion", ["time [0, 24) hour"]),
        ("18½ hours", ["time [18.5, 18.5] hour"]),
        ("a 1 ½-hour drip", ["time [1.5, 1.5] hour"]),
        ("2 1/2 hours", ["time [2.5, 2.5] hour"]),
        ("1/2 a liter", ["volume [0.5, 0.5] liter"]),
        ("¾ of an hour", ["time [0.75, 0.75] hour"]),
        ("for 3/4 days", ["time [96, 96] hour"]),
    ],
)
def test_halves_and_repetitions_are_read(text, expected):
    assert [str(quantity) for quantity in quantities(text)] == expected


DIMENSIONS = {"time": "[time]", "volume": "[length] ** 3", "mass": "[mass]", "length": "[length]"}
SINGULAR = [one.replace("s?", "").replace("(?:es)?", "") for one in _UNIT.split("|")]
PLURAL = [one.replace("s?", "s").replace("(?:es)?", "es") for one in _UNIT.split("|")]


@pytest.mark.parametrize("word", sorted({*SINGULAR, *PLURAL}))
def test_every_unit_is_what_pint_takes_it_to_be(word, every_unit):
    dimension, size, base = _FACTORS[word]
    one = every_unit.Quantity(1, {"cc": "milliliter", "wk": "week", "wks": "week"}.get(word, word))
    assert one.dimensionality == every_unit.Quantity(1, base).dimensionality
    assert one.to(base).magnitude == pytest.approx(size, rel=1e-12)
    assert str(every_unit.Quantity(1, base).dimensionality) == DIMENSIONS[dimension]


@pytest.fixture(scope="module")
def every_unit():
    """All units of pint."""
    return pint.UnitRegistry(cache_folder=None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("three at most", True),
        ("Every 2 days", True),
        ("twice", True),
        ("It depends on the dose.", True),
        ("She comes at night.", False),
    ],
)
def test_what_tells_how_many_is_told(text, told):
    assert holds_number(text) is told
