import re

import pytest

from assistant.blocks import blocks_of
from assistant.documents import read_bytes
from assistant.formats.extract import Extract
from assistant.sections import parse_document
from assistant.types import Place, Span

PATTERN = r"[A-Z]\d{4}"
FORM = """HARBOUR LINES intake notes
Codes we mix up. Call the pier if in doubt.

=====
Code: F1001
Name: Foot passenger, one way
Time: 12 minutes
Take: a ticket

Payers ask why the tram will not do. Send the note on the bridge or
the tide.

=====
Code: F1002
Name: Bicycle, one way
Time: 15 minutes
Take: a lock

=====
Code: F1003
Name: Car, one way
Time: 20 minutes
Take: the keys
"""
NAMED = """Fares at a glance

F1001 - Foot passenger
Paid at the pier. Four coins.
A child pays one.

F1002 - Bicycle
Paid at the pier. Six coins.
A tandem pays eight.

F1003 - Car
Paid on board. Twenty coins.
A van pays thirty.

General rules
All fares are paid before landing.
Dogs travel free.
"""
MARKED = """# Harbour fares

Read this first. It is short.

## F1001 Foot passenger

### Time
Twelve minutes.

### Take
- a ticket

## F1002 Bicycle

### Time
Fifteen minutes.

### Take
- a lock

## Refunds

Half the fare after one hour.
"""


def parts(text, **said):
    return blocks_of(Extract(text, **said), PATTERN)


def keys(text, **said):
    return [one.key for one in parts(text, **said)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (FORM, ["", "F1001", "F1002", "F1003"]),
        (NAMED, ["", "F1001", "F1002", "F1003"]),
        (MARKED, ["", "F1001", "F1002"]),
        (NAMED.replace(" - ", "\n"), ["", "F1001", "F1002", "F1003"]),
        (NAMED[: NAMED.index("General")], ["F1001", "F1002", "F1003"]),
        (FORM.replace("Code: F", "HCPCS code: F").replace("\r", ""), ["", "F1001", "F1002", "F1003"]),
        (FORM.replace("F1002", "F1002, F1004"), ["", "F1001", "F1002+F1004", "F1003"]),
        (
            MARKED.replace("F1001 Foot passenger", "Foot passenger (F1001)").replace("F1002 Bicycle", "Bicycle (F1002)"),
            ["", "F1001", "F1002"],
        ),
    ],
)
def test_a_text_that_describes_codes_one_after_the_other_is_a_document_for_each(text, found):
    assert keys(text) == found


@pytest.mark.parametrize(
    ("form", "title"),
    [
        ("{name} (HCPCS {code})", "{name} (HCPCS {code})"),
        ("{name} (code {code})", "{name} (code {code})"),
        ("{name} [HCPCS: {code}]", "{name} [HCPCS: {code}]"),
        ("{name} - HCPCS {code}", "{name} - HCPCS {code}"),
        ("{name}, HCPCS code {code}", "{name}, HCPCS code {code}"),
        ("{name}: {code}", "{name}: {code}"),
        ("HCPCS {code} - {name}", "{name}"),
        ("HCPCS code {code}: {name}", "{name}"),
        ("{letter}. {code} {name}", "{name}"),
        ("{letter}) {code} {name}", "{name}"),
        ("{letter}. HCPCS {code}: {name}", "{name}"),
        ("## {number}. {code} {name}", "{name}"),
        ("## HCPCS {code}: {name}", "{name}"),
    ],
)
def test_a_block_may_be_numbered_and_may_name_the_code_system(form, title):
    text = NAMED[: NAMED.index("General")]
    for number, (code, name) in enumerate([("F1001", "Foot passenger"), ("F1002", "Bicycle"), ("F1003", "Car")], 1):
        text = text.replace(f"{code} - {name}", form.format(code=code, name=name, number=number, letter="ABC"[number - 1]))
    blocks = [one for one in parts(text) if one.key]
    assert [one.key for one in blocks] == ["F1001", "F1002", "F1003"]
    assert [one.title.of(one.text) for one in blocks] == [
        title.format(code=one.key, name=name) for one, name in zip(blocks, ["Foot passenger", "Bicycle", "Car"], strict=True)
    ]


@pytest.mark.parametrize("form", ["Related to {code}", "Other codes: {code}", "See also (HCPCS {code})"])
def test_a_line_that_names_a_neighbour_opens_no_block(form):
    text = NAMED[: NAMED.index("General")]
    for code, name in [("F1001", "Foot passenger"), ("F1002", "Bicycle"), ("F1003", "Car")]:
        text = text.replace(f"{code} - {name}", form.format(code=code))
    assert keys(text) == [""]


@pytest.mark.parametrize("text", [FORM, NAMED, MARKED])
def test_every_word_is_in_one_part_and_each_part_is_a_slice(text):
    found = parts(text)
    assert sorted(" ".join(one.text for one in found).split()) == sorted(text.split())
    assert all(one.text in text for one in found if one.key)
    assert [one.codes for one in found if one.key] == [(one.key,) for one in found if one.key]


def test_what_stands_around_the_blocks_is_about_all_of_them():
    around = parts(NAMED)[0]
    assert around.codes == ("F1001", "F1002", "F1003")
    assert around.text == "Fares at a glance\n\nGeneral rules\nAll fares are paid before landing.\nDogs travel free.\n"


def test_a_heading_above_the_code_belongs_to_its_block():
    text = FORM.replace("=====\nCode", "=====\nFARE\n\nCode")
    assert [one.text.split("\n")[0] for one in parts(text) if one.key] == ["FARE"] * 3


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (FORM, ["Foot passenger, one way", "Bicycle, one way", "Car, one way"]),
        (NAMED, ["Foot passenger", "Bicycle", "Car"]),
        (MARKED, ["Foot passenger", "Bicycle"]),
        (NAMED.replace(" - ", "\n"), ["Foot passenger", "Bicycle", "Car"]),
    ],
)
def test_the_title_of_a_block_is_what_names_its_code(text, titles):
    assert [one.title.of(one.text) for one in parts(text) if one.key] == titles


def test_places_name_the_lines_of_the_file_and_pages_stay():
    found = {one.key: one for one in parts(NAMED)}
    lines = NAMED.split("\n")
    for one in found.values():
        for place in one.places:
            assert place.kind == "line"
            assert one.text[place.start :].startswith(lines[place.number - 1])
    middle = NAMED.index("A tandem")
    (paged,) = (one for one in parts(NAMED, places=(Place(0, "page", 1), Place(middle, "page", 2))) if one.key == "F1002")
    assert paged.places == (Place(0, "page", 1), Place(paged.text.index("A tandem"), "page", 2))


def test_what_is_hidden_stays_hidden():
    text = NAMED.replace("A tandem", "A tandem is long.\nIt")
    start = text.index("A tandem")
    found = {one.key: one for one in parts(text, hidden=(Span(start, start + 17),))}
    assert [span.of(found["F1002"].text) for span in found["F1002"].hidden] == ["A tandem is long."]
    assert found["F1001"].hidden == ()


TABLED = """# Harbour fares

| Code | Who | Fare | Limit |
|---|---|---|---|
| F1001 | Foot passenger | four coins | one bag |
| F1002 | Bicycle | six coins | one rider |
| F1003 | Car | twenty coins | two tons |

## Rules for all

All fares are paid before landing. Dogs travel free.
"""


def test_each_code_owns_the_rows_of_a_table_that_has_some_for_it_under_the_names_of_the_columns():
    around, *rows = parts(TABLED)
    assert [one.codes for one in rows] == [("F1001",), ("F1002",), ("F1003",)]
    assert [one.title.of(one.text) for one in rows] == ["Foot passenger", "Bicycle", "Car"]
    assert rows[1].text == "| Code | Who | Fare | Limit |\n|---|---|---|---|\n| F1002 | Bicycle | six coins | one rider |\n"
    assert rows[1].places[-1].number == 6
    assert around.codes == ("F1001", "F1002", "F1003")
    assert around.text == "# Harbour fares\n\n## Rules for all\n\nAll fares are paid before landing. Dogs travel free.\n"


def test_two_tables_of_the_same_codes_are_put_together_and_a_cell_may_hold_code_and_name():
    again = "## Times\n\n| Code | By day | By night |\n|:--|--:|--:|\n| F1001 | hourly | never |\n| F1002 | hourly | twice |\n"
    _, first, *_ = parts(TABLED.replace("## Rules", f"{again}\n## Rules"))
    assert first.text.count("F1001") == 2
    assert "one bag |\n\n| Code | By day | By night |\n|:--|--:|--:|\n| F1001 | hourly | never |\n" in first.text
    joined = re.sub(r"(F\d+) \|", r"\1 –", TABLED.replace(" | Who", "").replace("|---|", "|", 1))
    named = parts(joined)
    assert [one.title.of(one.text) for one in named[1:]] == ["Foot passenger", "Bicycle", "Car"]


@pytest.mark.parametrize(
    "text",
    [
        TABLED.replace("Harbour fares", "Harbour fare F1001"),
        TABLED.replace("Harbour fares", "Similar codes"),
        TABLED.replace("| Code", "| Replaced"),
        TABLED.replace("F1003", "None"),
        TABLED.replace("fares\n", "fares\n\n## Boats\n\nThe ferry is old. It is large.\n\n## Fares\n", 1).replace("free.", "free. " * 20),
        TABLED.replace("Dogs travel free.", "Dogs travel free. " * 60),
    ],
)
def test_a_table_that_compares_codes_is_not_taken_apart(text):
    assert keys(text) == [""]


TOLD = """Fares again

Hi all,

F1001 is the fare for a foot passenger, one way. It is four coins. It is paid at the pier.

F1002 is the bicycle fare. It is six coins, and F1004 is paid apart.

Neither of them is paid on Sundays.

Thanks
Ruth
"""
ITEMS = """# Fares

- **F1001** foot passenger by ferry. Four coins.
  - Paid at the pier.
- **F1002** bicycle by ferry. Six coins.
  - Paid on board.
"""


@pytest.mark.parametrize(
    ("text", "found", "titles"),
    [
        (TOLD, ["", "F1001", "F1002"], ["fare for a foot passenger, one way", "bicycle fare"]),
        (TOLD.replace("is the fare", "means the fare"), ["", "F1001", "F1002"], ["fare for a foot passenger, one way", "bicycle fare"]),
        (TOLD.replace(" is the", " – the").replace("the fare", "fare").replace("the bi", "bi"), ["", "F1001", "F1002"], None),
        (ITEMS, ["F1001", "F1002"], ["foot passenger by ferry", "bicycle by ferry"]),
        (ITEMS.replace("- **", "* **"), ["F1001", "F1002"], ["foot passenger by ferry", "bicycle by ferry"]),
    ],
)
def test_paragraphs_and_items_that_each_say_what_another_code_is_are_documents(text, found, titles):
    apart = [one for one in parts(text) if one.key]
    assert keys(text) == found
    assert titles is None or [one.title.of(one.text) for one in apart] == titles
    assert "Paid at the pier" not in apart[1].text
    assert "Sundays" not in apart[1].text


def test_paragraphs_without_a_code_go_with_the_one_above_and_the_last_block_reaches_down_to_a_heading():
    text = TOLD.replace("It is paid at the pier.", "\n\nIt is paid at the pier.").replace("Thanks", "Refunds\n\nNo refunds at all.")
    around, first, second = parts(text)
    assert "It is paid at the pier." in first.text
    assert "Sundays" in second.text
    assert "No refunds at all." in around.text


@pytest.mark.parametrize(
    "text",
    [
        TOLD.replace("F1002 is the bicycle fare", "F1002 is billed separately"),
        TOLD.replace("Fares again", "F1001 again"),
        TOLD.replace("Fares again", "Related codes").replace("Hi all,\n\n", ""),
        TOLD.replace("F1002 is", "F1001 is"),
        TOLD.replace("Neither", "The ferry leaves every hour. " * 20 + "Neither"),
        ITEMS.replace("# Fares", "# Ferries F1001"),
        ITEMS.replace("# Fares", "# Similar codes"),
        ITEMS.replace(" Six coins.", "").replace("  - Paid on board.\n", ""),
        "# F1001 Ferry\n\n" + "It leaves every hour. " * 9 + "\n\n## See also\n\n" + ITEMS.replace("# Fares\n\n", ""),
    ],
)
def test_remarks_on_codes_and_lists_of_related_ones_open_no_documents(text):
    assert keys(text) == [""]


LISTED = """Foot passengers F1001

About
The ferry carries foot passengers. It leaves every hour, and in summer every half hour, on all days of the week.

Similar codes

F1002 - Bicycle
Use it for a bicycle. It has its own fare.

F1003 - Car
Use it for a car. It has its own fare.
"""


@pytest.mark.parametrize(
    "text",
    [
        LISTED,
        LISTED.replace("Similar codes", "See also"),
        NAMED.replace("Fares at a glance", "Fares under F2000, which replaces them"),
        NAMED.replace("F1002", "F1001"),
        "About ferries. " * 60 + NAMED,
        "Codes\n\nF1001 - Foot passenger\n\nF1002 - Bicycle\n\nF1003 - Car\n",
        "- F1001 Foot passenger\n- F1002 Bicycle, with a lock\n- F1003 Car\n",
        "| Code | Fare |\n|---|---|\n| F1001 | four |\n| F1002 | six |\n",
        "F1001 is paid at the pier.\nIt is four coins.\nIt is paid daily.\n\nF1002 is paid on board.\nIt is six.\nIt is paid daily.\n",
        "",
    ],
)
def test_other_texts_stay_whole(text):
    assert keys(text) == [""]


def test_texts_that_name_their_codes_or_stand_in_rows_stay_whole():
    assert keys(NAMED, codes=("F1001",)) == [""]
    assert keys(NAMED, key="row") == ["row"]
    assert keys(NAMED, places=(Place(0, "row", 1),)) == [""]
    assert [one.key for one in blocks_of(Extract(NAMED), "")] == [""]


def test_blocks_of_a_file_are_documents_of_their_own(settings):
    sources = read_bytes("fares.md", MARKED.encode(), settings)
    assert [source.id for source in sources] == ["fares.md", "fares.md#F1001", "fares.md#F1002"]
    first, second = (parse_document(source, settings) for source in sources[1:])
    assert (first.codes, second.codes) == (("F1001",), ("F1002",))
    assert [section.heading for section in second.sections] == ["Title", "Time", "Take"]
    assert second.place_of(second.text.index("a lock")) == Place(
        second.text.index("- a lock"), "line", MARKED[: MARKED.index("a lock")].count("\n") + 1
    )
