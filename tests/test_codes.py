import pytest

from assistant.codes import leading_codes
from assistant.config import make_settings
from assistant.documents import read_bytes
from assistant.sections import parse_document
from assistant.tokens import code_spans, codes_in, is_code

HEAD = "Harbour ferry crossing, foot passengers only, one way"
BODY = "\n\n## Summary\n\nThe ferry runs.\n\n## Duration\n\nIt takes an hour.\n\n## Risks\n\nFog is rare.\n"
CPT, ICD, CDT = r"\d{5}", r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?", r"D\d{4}"


def codes(text, pattern=r"[A-Z]\d{4}", name="ferry.md"):
    settings = make_settings(code_pattern=pattern)
    (source,) = read_bytes(name, text.encode(), settings)
    return parse_document(source, settings).codes


@pytest.mark.parametrize(
    "top",
    [
        f"# {HEAD}\n\nHCPCS Code: F1001",
        f"# {HEAD}\n\n**Code**: F1001 (not F1002)",
        f"# {HEAD}\n\n- Billing code: F1001",
        f"# {HEAD}\n\n| Code | F1001 |\n|---|---|\n| Fare | 2 |",
        f"# {HEAD}\n\n| Field | Value |\n|---|---|\n| HCPCS Code | F1001 |",
        f"# {HEAD}\n\n| Code | Fare | Valid |\n|---|---|---|\n| F1001 | 2 | yes |",
        f"# {HEAD}\n\nCode:\n\n- F1001",
        f"# F1001 - {HEAD}",
        f"# {HEAD}\n\nThe crossing is reported with F1001. It takes the bicycle too.",
        f"# {HEAD}\n\nF1001, not to be confused with F1002",
        f"# {HEAD} (F1001)\n\nReplaces F1003 and F1004. Similar codes: F1005, F1006",
        f"# {HEAD}\nCode F1001, foot passengers\n\nOther boats are F1002 and F1003.",
        f"# {HEAD}\n\nF1001 is described here. F1002 covers cars and F1003 lorries.",
        f"# {HEAD} (F1001)\n\nSee also F1002, F1003. Do not report with F1004.",
        f"# {HEAD}\n\nHCPCS code: F1001\n\nSibling codes: F1002, by night; F1003, by car",
        f"# F1001 {HEAD}\n\nCodes in this series: F1001, F1002, F1003",
        f"# F1001 {HEAD}\n\nHCPCS codes: F1001, F1002, F1003",
        f"# {HEAD}\n\nF1001 | F1002 | F1003\n\nCode F1001",
        f"HCPCS code F1001\n\n# {HEAD}\n\nRelated: F1002 (by night), F1003 (by car).",
        f"---\ncode: F1001\n---\n# {HEAD}\n\nCompare with F1002.",
    ],
)
def test_a_document_says_its_code_in_many_ways_and_its_neighbours_in_others(top):
    assert codes(top + BODY) == ("F1001",)


@pytest.mark.parametrize(
    "bottom",
    [
        "\n## Similar codes\n\n- Code: F1002\n- F1003\n",
        "\n## See also\n\nHCPCS Code: F1002\n",
        "\n## Related codes\n\n| Code | F1002 |\n|---|---|\n| Fare | 3 |\n",
        "\n## Notes\n\nRelated codes: F1002, F1003\n",
        "\n## Notes\n\nSee also:\n\n- HCPCS Code: F1002\n",
        "\n## Notes\n\nA tour is coded F1002.\n",
    ],
)
def test_neighbours_below_do_not_become_codes_of_a_document_without_one(bottom):
    assert codes(f"# {HEAD}{BODY}{bottom}") == ()
    assert codes(f"# {HEAD}{BODY}{bottom}", name="F1001_ferry.md") == ("F1001",)


@pytest.mark.parametrize("remark", ["F1002 is never added.", "F1002 and F1003 are billed apart by the hour.", "F1002 must not be used."])
def test_a_remark_that_begins_with_a_code_under_a_heading_on_codes_makes_it_no_code_of_the_document(remark):
    assert codes(f"# {HEAD}{BODY}\n## Money and codes\n\n{remark}\n") == ()


def test_a_section_on_the_code_alone_may_state_it_in_a_sentence():
    assert codes(f"# {HEAD}{BODY}\n## Billing code\n\nF1001 is the code of the ferry.\n") == ("F1001",)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The ferry is F1001, and the night ferry F1002, the car ferry F1003, are apart.", ("F1001",)),
        ("The ferry is code F1001; the night ferry is code F1002 and the car ferry (F1003).", ("F1001",)),
        ("The ferry has codes F1001; F1002; F1003.", ("F1001", "F1002", "F1003")),
        ("The ferry goes under F1001, F1002 and F1003.", ("F1001", "F1002", "F1003")),
    ],
)
def test_the_codes_in_the_first_sentence_below_a_title_are_those_of_its_first_list(line, expected):
    assert codes(f"# {HEAD}\n\n{line}{BODY}") == expected


def test_what_the_top_states_goes_before_a_field_in_a_section():
    assert codes(f"# {HEAD} (F1001){BODY}\n## Parts\n\nHCPCS code: A1002\n") == ("F1001",)


def test_navigation_names_no_code_of_the_document():
    assert codes(f"Home | F1002 | F1003 | Search\n\n# {HEAD}{BODY}") == ()


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        (f"# {HEAD}\n\nCPT Code: 99213", CPT, ("99213",)),
        ("# 99213 Office visit, established patient, low complexity", CPT, ("99213",)),
        (f"# {HEAD} (99213)", CPT, ("99213",)),
        (f"# {HEAD}, 99213", CPT, ("99213",)),
        (f"# {HEAD}\n99213\n\nSee also 99214, 99215.", CPT, ("99213",)),
        (f"# {HEAD}\n\n99213 By day\n\n99214 By night\n\n99215 is never used here.", CPT, ("99213", "99214")),
        (f"# {HEAD}\n\nHarbour Office, Springfield, IL 62704, phone 555 01234", CPT, ()),
        (f"# {HEAD}\n\nZIP code: 62704", CPT, ()),
        (f"# {HEAD}\n\nICD-10-CM: E11.9", ICD, ("E11.9",)),
        ("# S72.001A Fracture of unspecified part of neck of right femur", ICD, ("S72.001A",)),
        (f"# {HEAD}\n\nCDT: D0120 and D0140", CDT, ("D0120", "D0140")),
        (f"# {HEAD}\n\nCode: D0120", "", ()),
    ],
)
def test_any_code_system_is_read_by_its_pattern_and_none_without_one(text, pattern, expected):
    assert codes(text + BODY, pattern) == expected


def test_a_document_without_a_code_system_is_labelled_by_its_title():
    settings = make_settings(code_pattern="")
    (source,) = read_bytes("D0120.md", f"# {HEAD}{BODY}".encode(), settings)
    document = parse_document(source, settings)
    assert (document.codes, document.label) == ((), HEAD)
    assert [section.heading for section in document.sections] == ["Title", "Summary", "Duration", "Risks"]


def test_without_a_pattern_nothing_is_a_code():
    assert codes_in("S9357 or B12345", "") == ()
    assert code_spans("S9357 or B12345", "") == []
    assert not is_code("", "")


def test_a_near_code_is_one_of_the_system_in_use():
    assert codes_in("D01 and D012 and D01234 and H100", CDT) == ("D012", "D01234")
    assert codes_in("H100 and 99213", CPT) == ("99213",)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("K0001, K0002 and K0003 (not K0004)", ("K0001", "K0002", "K0003")),
        ("k0001", ("K0001",)),
        ("K00012", ()),
        ("the chair K0001", ()),
        ("", ()),
    ],
)
def test_a_field_is_read_up_to_the_first_word_that_is_no_code(value, expected):
    assert leading_codes(value, r"[A-Z]\d{4}") == expected


def test_a_code_that_heads_the_first_section_outranks_one_in_a_remark():
    text = (
        "Your Baby's Hearing Check\n\n97032 - Automated auditory brainstem response, screening\n\nWhat is this check?\n\n"
        "Soft clicks are played into each ear.\n\nWhy so early?\n\nOne or two in 1,000 babies hear poorly. The hospital may choose "
        "the echo test (97558) and use ours when a baby fails it.\n"
    )
    assert codes(text, CPT, "a.txt") == ("97032",)


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ("# Boats\n\n## F1001 Ferry\n\nBy day.\n\n## F1002 Night ferry\n\nBy night.", ("F1001", "F1002")),
        ("# Boats\n\nOf F1001, F1002.\n\n## F1001, F1003 Ferry\n\nBy day.\n\n## F1002 Car\n\nCars.", ("F1001", "F1003", "F1002")),
        ("# F1001 Ferry\n\n## F1001 Ferry\n\nBy day.\n\n## F1002 Each additional hour\n\nBy night.", ("F1001", "F1002")),
        ("# F1001 Ferry\n\n## F1002 Night ferry\n\nBy night.\n\n## F1003 Car ferry\n\nCars.", ("F1001",)),
        ("# Boats\n\n## F1001 Ferry\n\nBy day.\n\n## F1002 is not described here\n\nAsk.", ("F1001",)),
        ("# Boats\n\n## F1001 Ferry\n\nBy day.\n\n## Codes that replace F1002\n\nAsk.", ("F1001",)),
        ("# Boats\n\nCodes:\n\nF1001 Ferry\n\nF1002 Night ferry\n\nF1003 is another boat.", ("F1001", "F1002")),
        ("# Boats\n\nCodes:\n\n- F1001 Ferry\n- F1002 Night ferry\n- F1003 is not used.", ("F1001", "F1002")),
    ],
)
def test_codes_that_open_several_headings_or_items_under_one_label_are_all_the_documents(top, expected):
    assert codes(top + BODY) == expected


@pytest.mark.parametrize(
    ("bottom", "expected"),
    [
        ("\n## HCPCS codes\n\n- F1001 Ferry\n- F1002 Night ferry\n", ("F1001", "F1002")),
        ("\n## All of the harbour's codes\n\n| Code | Name |\n|---|---|\n| F1001 | Ferry |\n| F1002 | Night ferry |\n", ("F1001", "F1002")),
        (
            "\n## All of the harbour's codes\n\n| Name | Code | Fare |\n|---|---|---|\n| Ferry | F1001 | 2 |\n| Car | F1002 | 9 |\n",
            ("F1001", "F1002"),
        ),
        ("\n## Fares\n\n| Name | Code | Fare |\n|---|---|---|\n| Ferry | F1001 | 2 |\n| Car | F1002 | 9 |\n", ()),
        ("\n## Similar codes\n\n- F1001 Ferry\n- F1002 Night ferry\n", ()),
    ],
)
def test_a_list_or_table_of_codes_in_a_section_named_after_them_is_read_to_its_end(bottom, expected):
    assert codes(f"# {HEAD}{BODY}{bottom}") == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry crossings: F1001 (day) and F1002 (night)", ("F1001", "F1002")),
        ("Ferry crossings – F1001 (day), F1002 (night) & F1003 (by car)", ("F1001", "F1002", "F1003")),
        ("Ferry crossings F1001 (day) / F1002 (night)", ("F1001", "F1002")),
        ("Ferry crossings: F1001 or F1002", ("F1001", "F1002")),
        ("Codes F1001 (day) and F1002 (night): ferry crossings", ("F1001", "F1002")),
        ("Ferry by day (F1001) or by night (F1002), one way", ("F1001", "F1002")),
        ("Ferry crossings: F1001 (day; formerly F1009) and F1002 (night)", ("F1001", "F1002")),
        ("Ferry crossings: F1001 (not F1002)", ("F1001",)),
        ("Ferry crossings: F1001 (day), see F1002 (night)", ("F1001",)),
        ("Ferry crossings: F1001 (day); formerly F1002 (night)", ("F1001",)),
    ],
)
@pytest.mark.parametrize("above", ["", "Harbour office\n"])
def test_a_title_that_joins_codes_describes_all_of_them_whatever_it_says_of_each(above, title, expected):
    text = f"{above}{title}\nLeaflet 6, for all who cross\n\n"
    assert codes(f"{text}Boats:\nFerry crossings by day and by night.\n\nFares:\nNine dollars.\n\nDogs:\nNone.\n") == expected


def test_a_name_with_its_codes_beside_it_is_the_title_below_the_name_of_the_office(parse):
    text = "Harbour office\nFERRY CROSSINGS: F1001 (day) and F1002 (night)\nLeaflet 6, for passengers and for crews\n\n"
    document = parse(f"{text}Boats:\nFerry crossings for passengers.\n\nFares:\nNine dollars a passenger.\n\nDogs:\nNone.\n")
    assert document.title_text == "FERRY CROSSINGS: F1001 (day) and F1002 (night)"


def test_codes_alone_on_lines_label_what_is_said_of_them(parse):
    text = "Ferry crossings: F1001 and F1002\n\nBOATS\n{}\n\nFARES\nNine dollars.\n\nDOGS\nNone.\n"
    document = parse(text.format("Two.\n\nF1001\nIt goes by day.\n\nF1002\nIt goes by night."))
    said = {unit.span.of(document.text): unit.path for unit in document.units}
    assert (said["It goes by day."], said["It goes by night."]) == (("BOATS", "F1001"), ("BOATS", "F1002"))
