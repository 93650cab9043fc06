import pytest

from assistant.cases import amended, states_case
from assistant.types import Reason, Role, Status


@pytest.mark.parametrize(
    ("case", "change", "after"),
    [
        ("A drip for 20 hours at home.", "And if it were 30 hours?", "A drip at home. And if it were 30 hours?"),
        ("A drip over 20 hours, by a nurse", "over 30 hours?", "A drip, by a nurse over 30 hours?"),
        ("A drip for twenty hours at home.", "in the hospital?", "A drip for twenty hours. in the hospital?"),
        ("A drip round the clock", "as tablets?", "A as tablets?"),
        ("A drip every 8 hours for 2 hours", "every 6 hours", "A drip for 2 hours every 6 hours"),
        ("A drip at home", "for his knee", "A drip at home for his knee"),
    ],
)
def test_what_is_stated_anew_takes_the_place_of_what_the_case_said(case, change, after):
    assert amended(case, change) == after


@pytest.mark.parametrize(
    ("text", "states"), [("and at the clinic?", True), ("for 3 hours", True), ("by mouth", True), ("and its risks?", False)]
)
def test_amounts_places_and_routes_tell_cases_apart(text, states):
    assert states_case(text) is states


def fits(assistant, *turns):
    answer = assistant.ask(turns[-1], turns[:-1])
    return answer.resolved if answer.status is Status.ANSWERED else answer.reason


@pytest.mark.parametrize(
    ("turns", "outcome"),
    [
        (["Chemo pump over 46 hours at home, which code?", "and if it only ran for 6 hours?"], Reason.NO_CODE_FITS),
        (["Chemo pump over 6 hours at home, which code?", "what if it ran for 46 hours?"], "S9330"),
        (["A 10 hour pain infusion at home, which code?", "and at 30 hours?"], Reason.NO_CODE_FITS),
        (["A 30 hour pain infusion at home, which code?", "and at 10 hours?"], "S9327"),
        (["A 10 hour pain infusion at home, which code?", "and if he is in the hospital?"], Reason.NO_CODE_FITS),
        (["A 10 hour pain infusion at home, which code?", "and at 30 hours?", "which code if it were 12 hours?"], "S9327"),
    ],
)
def test_a_turn_that_alters_a_case_asks_for_its_code_again(assistant, turns, outcome):
    assert fits(assistant, *turns) == outcome


def test_a_turn_after_a_case_speaks_of_the_code_that_fits_it(assistant):
    answer = assistant.ask("and its risks?", ["A 10 hour pain infusion at home, which code?"])
    assert answer.resolved.startswith("S9327")
    answer = assistant.ask("does it take more than 24 hours to recover?", ["A 10 hour pain infusion at home, which code?"])
    assert not answer.codes


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("Home boat care every 6 hours, which code?", "K9006"),
        ("Home boat care every 8 hours, which code?", "K9008"),
        ("Home boat care every 5 hours, which code?", ""),
    ],
)
def test_the_sibling_fits_whose_title_states_the_very_amount(opened, case, code):
    told = {
        "K9024": "Home boat care, engine and hull, every 24 hours",
        "K9008": "Watch over moored vessels, every 8 hours",
        "K9006": "Watch over moored vessels, every 6 hours",
    }
    said = "Summary\n\nA keeper comes to the boat at home."
    files = {f"{own}.txt": f"{title}\n\nCode: {own}\n\n{said}\n" for own, title in told.items()}
    assert opened(files).ask(case).resolved == code


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("A 10 hour pain infusion at home by pump, which code?", "S9327"),
        ("A 10 hour pain infusion at a treatment center, which code?", Reason.NO_CODE_FITS),
        ("A 10 hour pain infusion for a resident of a nursing home, which code?", Reason.NO_CODE_FITS),
        ("A 10 hour pain infusion in the care home where she lives, which code?", Reason.NO_CODE_FITS),
        ("She leaves the hospital with a pain pump, 10 hours a day, which code?", "S9327"),
        ("A pain infusion at home by pump that lasts 18½ hours, which code?", "S9327"),
        ("A pain infusion at home by pump that lasts 30½ hours, which code?", Reason.NO_CODE_FITS),
    ],
)
def test_a_facility_is_not_at_home_and_a_fraction_is_part_of_the_amount(assistant, case, outcome):
    assert fits(assistant, case) == outcome


@pytest.mark.parametrize(
    ("case", "code"),
    [("Home feeding by pump overnight, which code?", "K9101"), ("Home feeding, by hand, no pump at all, which code?", None)],
)
def test_a_case_without_what_a_title_names_is_ruled_out(opened, case, code):
    others = {
        f"{name}.txt": f"Home therapy; {name}, per diem\n\nCode: K910{i}\n\nUse\n\nFor {name} at home.\n"
        for i, name in enumerate(("dialysis", "oxygen", "hydration"), 2)
    }
    files = {
        "feeding.txt": "Home therapy; feeding via pump, per diem\n\nCode: K9101\n\nUse\n\nFor feeding at home, overnight or by day.\n",
        **others,
    }
    assert next((fit.code for fit in opened(files).fit(case).codes if fit.fits), None) == code


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("and if it's vancomycin instead?", Reason.NO_CODE_FITS),
        ("what if it were an enzyme infusion for Gaucher disease?", "S9357"),
        ("and once it runs for 10 hours?", Reason.NO_CODE_FITS),
    ],
)
def test_a_turn_that_supposes_another_drug_or_service_is_a_case_of_that(assistant, change, outcome):
    assert fits(assistant, "Which code for a heparin infusion round the clock at home?", change) == outcome


def test_what_was_given_until_a_day_is_no_part_of_a_case(opened):
    files = {
        f"{hours}.txt": f"Home boat watch, once every {hours} hours\n\nCode: B300{i}\n\nUse\n\nFor moored boats.\n"
        for i, hours in enumerate((12, 24))
    }
    case = "Until Sunday it was a boat watch every 12 hours; since Monday the boat watch is every 24 hours. Which code?"
    assert opened(files).ask(case).resolved == "B3001"


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("How long does the pump for rust run?", {"B7001"}),
        ("How long does the shot for rust take?", {"B7002"}),
        ("Is approval needed for the lamp service?", set()),
    ],
)
def test_a_route_and_a_title_name_a_service_where_another_draws_the_question(opened, question, codes):
    told = {
        "B7001": ("Boat therapy, rust infusion therapy by pump", "Duration", "The pump runs for nine hours."),
        "B7002": ("Boat therapy, rust injection therapy", "Duration", "A shot takes a minute.", "Approval", "Approval is needed."),
        "B7003": ("Lamp service for boats", "Duration", "The lamps take an hour."),
    }
    files = {f"{code}.txt": "\n\n".join((title, f"Code: {code}", *said)) + "\n" for code, (title, *said) in told.items()}
    assert {quote.code for quote in opened(files).ask(question).quotes if quote.role is Role.ANSWER} == codes


def test_turns_stay_with_a_service_where_they_do_not_name_another(opened):
    told = {
        "B7001": ("Boat therapy, rust infusion therapy by pump", "Duration", "Nine hours.", "Risks", "Common: stains.", "Rare: fire."),
        "B7003": ("Lamp service for boats", "Duration", "The lamps take an hour.", "Risks", "Common: smoke.", "Rare: broken glass."),
    }
    files = {f"{code}.txt": "\n\n".join((title, f"Code: {code}", *said)) + "\n" for code, (title, *said) in told.items()}
    assistant = opened(files)

    def codes(question, *history):
        return {quote.code for quote in assistant.ask(question, history).quotes if quote.role is Role.ANSWER}

    assert codes("which of these are rare", "risks of B7003") == {"B7003"}
    assert codes("same for the rust pump?", "how long does the lamp service take?") == {"B7001"}
