import pytest

from assistant.cases import SHOWN, _is_ruled_out, bounds, contradicts
from assistant.fitting import code_fits, weigh
from assistant.quantities import quantities
from assistant.reading import EncoderReader
from assistant.subjects import subjects
from assistant.types import Reason, Role, Status

SHORT = """Dog care by a sitter at home, short stay (less than two days), meals for the dogs

Code: K7007

Summary

A sitter feeds and walks the dogs while the owner is away for a short time.
"""
LONG = """Dog care by a sitter at home, long stay (two days or more), meals for the dogs

Code: K8008

Summary

A sitter feeds and walks the dogs while the owner is away for a long time.
"""


@pytest.fixture
def services(opened):
    return opened({"short.txt": SHORT, "long.txt": LONG})


def test_a_case_is_not_weighed_for_an_unknown_code_nor_in_another_language(assistant):
    assert assistant.fit("S9999 for an 18 hour pain infusion").reason is Reason.UNKNOWN_CODE
    assert assistant.fit("Der Patient bekommt zu Hause eine Infusion gegen Schmerzen").reason is Reason.OUT_OF_SCOPE
    assert assistant.fit("S9357").quotes == assistant.ask("S9357").quotes


@pytest.mark.parametrize("question", ["which code do I bill for that?", "what do we bill for this?"])
def test_a_case_asked_of_what_was_spoken_of_is_weighed_for_it_alone(assistant, question):
    answer = assistant.ask(question, ["how long does S9336 take?"])
    assert [fit.code for fit in answer.codes if fit.fits] == ["S9336"]


def test_what_only_says_the_title_again_is_no_further_evidence(assistant):
    quotes = assistant.fit("pt needs an 18 hour pain infusion at home, which code?").quotes
    assert quotes[0].section == "Title"
    assert "Name of the Procedure" not in {quote.section for quote in quotes}


def fitting(answer):
    return [fit.code for fit in answer.codes if fit.fits]


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("A patient needs pain medication for 18 hours at home, which code?", "S9327"),
        ("a patient needs intermittent pain medication infusion for 18 hours at home", "S9327"),
        ("child with Gaucher disease gets enzyme infusions at home", "S9357"),
    ],
)
def test_the_code_that_fits_comes_first_with_what_speaks_for_it(assistant, scenario, code):
    answer = assistant.fit(scenario)
    assert answer.status is Status.ANSWERED
    assert fitting(answer) == [code]
    assert answer.codes[0].code == code
    own = [quote for quote in answer.quotes if quote.code == code]
    assert own[0].text == own[0].title
    assert {quote.role for quote in own} == {Role.FOR}


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("A patient gets a 48-hour infusion of pain medication at home. Which code?", "S9327"),
        ("A patient receives chemotherapy on a hospital ward. Which code?", "S9330"),
        ("a patient on the hospital ward gets chemotherapy", "S9330"),
        ("patient takes heparin tablets at home", "S9336"),
        ("Fentanyl patch for chronic pain at home, nothing infused. code?", "S9327"),
        ("He lies on the hospital ward with a nonstop heparin drip. Which home code is it?", "S9336"),
        ("heparin tablets for a clot, which infusion per diem do we use?", "S9336"),
    ],
)
def test_a_case_that_the_title_rules_out_fits_no_code_and_the_title_speaks_against(assistant, scenario, code):
    answer = assistant.fit(scenario)
    assert (answer.status, answer.reason) == (Status.ABSTAINED, Reason.NO_CODE_FITS)
    assert fitting(answer) == []
    [against] = [quote for quote in answer.quotes if quote.role is Role.AGAINST]
    assert (against.code, against.text) == (code, against.title)
    assert all(quote.role is Role.AGAINST for quote in answer.quotes)


@pytest.mark.parametrize(
    "scenario",
    [
        "A patient needs pain medication for 18 hours at home, which code?",
        "A patient gets a 48-hour infusion of pain medication at home. Which code?",
        "A patient receives chemotherapy on a hospital ward. Which code?",
    ],
)
def test_asking_and_fitting_agree_on_a_scenario(assistant, scenario):
    asked, fitted = assistant.ask(scenario), assistant.fit(scenario)
    assert (asked.status, asked.reason, asked.quotes, asked.codes) == (fitted.status, fitted.reason, fitted.quotes, fitted.codes)


@pytest.mark.parametrize(
    "scenario", ["a patient with a broken leg needs a cast", "18 hours of pain medication at home", "heparin drip at home around the clock"]
)
def test_at_most_one_code_fits_and_it_leads_every_quote_is_a_slice(assistant, scenario):
    answer = assistant.fit(scenario)
    assert fitting(answer) in ([], [answer.codes[0].code])
    assert all(0 <= fit.score <= 1 for fit in answer.codes)
    assert (answer.status is Status.ANSWERED) is bool(fitting(answer))
    assert assistant.verify(answer) == []


@pytest.mark.parametrize(("scenario", "reason"), [("", Reason.EMPTY_QUESTION), (" ?! ", Reason.EMPTY_QUESTION)])
def test_an_empty_scenario_is_refused(assistant, scenario, reason):
    answer = assistant.fit(scenario)
    assert (answer.status, answer.reason, answer.codes) == (Status.ABSTAINED, reason, ())


def test_a_scenario_that_is_too_long_is_refused(assistant):
    assert assistant.fit("patient " * 5_000).reason is Reason.QUESTION_TOO_LONG


def test_documents_are_weighed_once_each_with_those_that_fit_first(assistant):
    index, text = assistant.index, "a patient needs pain medication for 18 hours at home"
    fits = weigh(index, EncoderReader(), text, subjects(index, text))
    assert len({fit.document.id for fit in fits}) == len(fits) <= SHOWN
    assert [fit.fits for fit in fits] == sorted((fit.fits for fit in fits), reverse=True)
    assert [(one.code, one.fits, one.score) for one in code_fits(fits)] == [(fit.document.codes[0], fit.fits, fit.score) for fit in fits]


def test_a_heading_is_read_once_however_many_documents_have_it(services, monkeypatch):
    encoder, read = services.index.encoder, []
    real = encoder.encode
    monkeypatch.setattr(encoder, "encode", lambda texts, *rest: read.extend(texts) or real(texts, *rest))
    scenario = "The owner is away for one day; a sitter feeds and walks the dogs at home. Which code?"
    first = services.fit(scenario)
    assert services.fit(scenario).quotes == first.quotes
    headings = {section.heading or "-" for document in services.index.documents for section in document.sections}
    assert "Summary" in headings
    assert {heading: read.count(heading) for heading in headings if heading in read} == dict.fromkeys(headings & set(read), 1)
    assert read.count("Summary") == 1


def test_nothing_is_weighed_without_subjects(assistant):
    assert weigh(assistant.index, EncoderReader(), "a patient", ()) == []


@pytest.mark.parametrize(("days", "fits", "against"), [("one day", "K7007", "K8008"), ("five days", "K8008", "K7007")])
def test_the_amount_in_the_title_decides_between_documents_that_are_otherwise_alike(services, days, fits, against):
    answer = services.fit(f"The owner is away for {days}; a sitter feeds and walks the dogs at home. Which code?")
    assert fitting(answer) == [fits]
    assert [quote.code for quote in answer.quotes if quote.role is Role.AGAINST] == [against]


LITERS = "".join(
    f'K10{n:02},"Water tank delivered to the boat, more than {n} liters but no more than {n + 1} liters, per tank"\n' for n in range(12)
)


@pytest.mark.parametrize("liters", [0, 3, 7, 11])
def test_among_many_rows_that_differ_in_an_amount_the_one_that_allows_it_comes_first(liters, opened):
    table = opened({"rows.csv": "Code,Description\n" + LITERS})
    fits = table.fit(f"we need a water tank of {liters} and a half liters for the boat").codes
    assert fits[0].code == f"K10{liters:02}"
    assert len(fits) == SHOWN


def test_the_amount_that_is_billed_at_a_time_rules_nothing_out(opened):
    rows = 'K1001,"Rope for the boat, per 10 meters"\nK1002,"Paint for the boat, 5 kg"\nK1003,"Guide on the boat, each 15 minutes"\n'
    assistant = opened({"rows.csv": "Code,Description\n" + rows})
    for scenario, code in (
        ("30 feet of rope for the boat", "K1001"),
        ("12 kg of paint for the boat", "K1002"),
        ("a guide on the boat for 2 hours", "K1003"),
    ):
        answer = assistant.fit(scenario)
        assert answer.codes[0].code == code
        assert not [quote for quote in answer.quotes if quote.role is Role.AGAINST and quote.code == code]


@pytest.mark.parametrize(
    ("title", "scenario", "ruled_out"),
    [
        ("Home crossing, continuous or intermittent", "a crossing of 24 h by pump", False),
        ("Home crossing, continuous or intermittent", "a crossing of 3 h by pump", False),
        ("Home drip, continuous", "a drip of 3 h", True),
        ("Continuous watch at home, per hour", "watched for 3 h", False),
        ("Home drip, continuous", "62-year-old, a drip of 3 h", True),
        ("Home drip, 24 hours or more", "ill for 3 years, a drip of 18 hours", True),
        ("Home drip, 24 hours or more", "a drip of 2 days", False),
        ("Home crossing, more than one liter but no more than two liters", "a crossing of 1.5 liters", False),
        ("Home crossing, more than one liter but no more than two liters", "a crossing of 3 liters", True),
    ],
)
def test_amounts_of_a_title_that_cannot_both_hold_are_alternatives(title, scenario, ruled_out):
    assert contradicts(bounds(title), quantities(scenario)) is ruled_out


@pytest.mark.parametrize(
    ("volume", "title", "ruled_out"),
    [
        ("900 mL", "one liter per day", False),
        ("1 liter", "one liter per day", False),
        ("1.2 liters", "one liter per day", True),
        ("1.5 liters", "two liters per day", False),
        ("800 mL", "two liters per day", True),
    ],
)
def test_a_volume_is_billed_in_whole_units(volume, title, ruled_out):
    assert contradicts(bounds(f"Hydration at home, {title}"), quantities(f"{volume} every night")) is ruled_out


def test_what_a_document_rules_out_speaks_against_it(opened):
    text = (
        "K0011 Moon fever care at home\n\nSummary\nCare for people with moon fever, at home.\n\n"
        "Who may have it\n- people with moon fever\n\nContraindications: do not use in\n- people with active snow cough\n"
    )
    assistant = opened({"moon.txt": text})
    title, closest = assistant.fit("moon fever in a man with active snow cough, at home").quotes
    assert (title.text, title.role) == ("K0011 Moon fever care at home", Role.FOR)
    assert closest.text.endswith("people with active snow cough")
    assert closest.role is Role.AGAINST


def test_a_document_with_a_bare_title_tells_the_place_and_the_route_in_its_text(opened):
    told = "The drug runs into a vein from a pump at home. The pump is worn at home. A nurse starts the infusion at home."
    text = f"K0011 Moon fever care\n\nSummary\nCare for people with moon fever. {told}\n\nRisks\nA sore vein. Moon fever may come back.\n"
    index = opened({"moon.txt": text}).index
    cases = {"at home, by a vein": False, "in the hospital": True, "with tablets at home": True, "with a syringe driver at home": False}
    ruled_out = {case: _is_ruled_out(index, "moon.txt", f"Moon fever, treated {case}. Code?", []) for case in cases}
    assert ruled_out == cases


@pytest.mark.parametrize(
    "case", ["No tablets - it is a pain drip for 10 hours at home. Which code?", "Shots? No - a pain drip, 10 hours at home. Which code?"]
)
def test_a_dash_ends_what_is_denied(assistant, case):
    answer = assistant.ask(case)
    assert (answer.status, answer.resolved) == (Status.ANSWERED, "S9327")


CRATES = """Wire dog crate for the home

Code: K7010

Who it is for

- Dogs that sleep alone
- Puppies in training

Limits

Over 40 pounds take the heavy crate (K7011). Not for cats (K7012). Not used under 8 weeks of age.

Cleaning

Wipe it with soap.
"""


@pytest.fixture
def crates(opened):
    return opened({"crate.txt": CRATES})


@pytest.mark.parametrize(
    ("case", "against"),
    [
        ("A 55 pound dog needs a crate, which code?", "Over 40 pounds take the heavy crate (K7011)."),
        ("A crate for a cat that sleeps alone, which code?", "Not for cats (K7012)."),
        ("A dog 6 weeks old needs a wire crate, which code?", "Not used under 8 weeks of age."),
    ],
)
def test_what_sends_a_case_elsewhere_speaks_against_it(crates, case, against):
    answer = crates.ask(case)
    assert (answer.status, answer.reason) == (Status.ABSTAINED, Reason.NO_CODE_FITS)
    assert (Role.AGAINST, against) in [(quote.role, quote.text) for quote in answer.quotes]


@pytest.mark.parametrize("case", ["A 30 pound dog needs a wire crate, which code?", "A wire crate for a puppy 12 weeks old, which code?"])
def test_what_would_send_other_cases_elsewhere_does_not(crates, case):
    answer = crates.ask(case)
    assert (answer.status, answer.resolved) == (Status.ANSWERED, "K7010")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("pt needs an 18 hour pain infusion at home, which code?", "Chronic pain conditions"),
        ("heparin drip at home around the clock, code?", "Deep vein thrombosis"),
        ("chemo pump over 46 hours at home, which code?", "Diagnosis of cancer"),
    ],
)
def test_for_whom_a_service_is_speaks_for_a_case(assistant, case, said):
    told = [quote for quote in assistant.ask(case).quotes if quote.role is Role.FOR]
    assert len(told) == 2
    assert said in told[1].text
