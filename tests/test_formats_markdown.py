import time

import pytest

from assistant.documents import Refusal, read_bytes
from assistant.formats import extract
from assistant.sections import parse_document
from assistant.types import SectionKind

BODY = "# Harbour ferry crossing\n\n## Summary\n\nThe ferry runs.\n\n## Duration\n\nIt takes an hour.\n\n## Risks\n\nFog is rare.\n"
FRONT = (
    "---\ntitle: Harbour ferry crossing\ncodes: [F1001, f1002]\nauthority: 7\nupdated: 2024-05-01\ndate: 2020-01-01\ntags: secret\n---\n"
)


def one(text, settings, name="a.md"):
    [found] = extract(name, ".md", text.encode(), settings)
    return found


def parsed(text, settings):
    (source,) = read_bytes("a.md", text.encode(), settings)
    return parse_document(source, settings)


def test_front_matter_gives_codes_title_authority_and_date(settings):
    found = one(FRONT + BODY, settings)
    assert found.text == FRONT + BODY
    assert (found.codes, found.authority, found.dated) == (("F1001", "F1002"), 7, "2024-05-01")
    assert found.title.of(found.text) == "Harbour ferry crossing"
    assert found.title.start > len(FRONT), "the heading that says the same is quoted, not the front matter"


def test_a_title_that_no_heading_repeats_is_quoted_from_the_front_matter(settings):
    text = '---\ntitle: "Ferry, one way"\n---\n' + BODY
    document = parsed(text, settings)
    assert document.title_text == "Ferry, one way"
    assert text.index("Ferry, one way") == document.title.start


def test_a_title_that_does_not_stand_literally_in_the_text_is_not_used(settings):
    assert one("---\ntitle: >\n  Ferry\n  one way\n---\n" + BODY, settings).title is None


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_front_matter_is_in_no_section_that_is_read_and_in_no_unit(settings, ends):
    document = parsed((FRONT + BODY).replace("\n", ends), settings)
    assert [(s.kind, s.heading) for s in document.sections] == [
        (SectionKind.FURNITURE, ""),
        (SectionKind.TITLE, "Title"),
        (SectionKind.BODY, "Summary"),
        (SectionKind.BODY, "Duration"),
        (SectionKind.BODY, "Risks"),
    ]
    assert "".join(section.span.of(document.text) for section in document.sections) == document.text
    assert not any("secret" in unit.span.of(document.text) for unit in document.units)
    assert document.codes == ("F1001", "F1002")


@pytest.mark.parametrize(
    "front",
    [
        "---\nJust a remark between rules.\n---\n",
        "---\n: : [broken\n---\n",
        "---\n- a\n- list\n---\n",
        "---\n" + "a: " + "[" * 3000 + "\n---\n",
        "---\ncode: F1001\n",
        "---\n" + "".join(f"k{i}: {'x' * 90}\n" for i in range(300)) + "---\n",
    ],
)
def test_what_is_no_mapping_or_too_long_is_text_like_any_other(settings, front):
    found = one(front + BODY, settings)
    assert (found.codes, found.hidden, found.title) == (None, (), None)


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("code: F1001", ("F1001",)),
        ("hcpcs: f1001", ("F1001",)),
        ("HCPCS-Codes: F1001, F1002", ("F1001", "F1002")),
        ("procedure_code: 'F1001'", ("F1001",)),
        ("code: none", None),
        ("code: {a: b}", None),
        ("codec: F1001", None),
    ],
)
def test_codes_are_read_from_keys_that_mean_codes_and_values_that_are_codes(settings, line, codes):
    assert one(f"---\n{line}\n---\n{BODY}", settings).codes == codes


def test_codes_of_digits_keep_their_zeros(settings):
    cpt = settings.model_copy(update={"code_pattern": r"\d{5}"})
    assert one(f"---\ncpt: 00100\n---\n{BODY}", cpt).codes == ("00100",)


@pytest.mark.parametrize(("value", "authority"), [("5", 5), ("-3", -3), ("1000000", 99), ("high", 0), ("1.5", 0), ("[1]", 0)])
def test_a_document_cannot_claim_more_than_the_settings_give(settings, value, authority):
    assert one(f"---\nauthority: {value}\n---\n{BODY}", settings).authority == authority


@pytest.mark.parametrize(
    ("lines", "dated"),
    [
        ("date: 2024-05-01", "2024-05-01"),
        ("effective: 2024-05-01T10:00:00Z", "2024-05-01"),
        ("date: 2024-13-01", ""),
        ("date: May 2024", ""),
        ("date: 2020-01-01\nupdated: never", "2020-01-01"),
    ],
)
def test_only_real_iso_dates_count(settings, lines, dated):
    assert one(f"---\n{lines}\n---\n{BODY}", settings).dated == dated


def test_aliases_that_grow_without_bound_are_read_at_once(settings):
    laughs = "a0: &x0 [l, l]\n" + "".join(f"a{i}: &x{i} [*x{i - 1}, *x{i - 1}]\n" for i in range(1, 200))
    begin = time.perf_counter()
    assert one(f"---\n{laughs}---\n{BODY}", settings).hidden
    assert time.perf_counter() - begin < 2


def test_comments_on_lines_of_their_own_are_neither_headings_nor_quoted(settings):
    text = BODY.replace("The ferry runs.", "The ferry runs.\n\n<!--\n## Draft\nask the crew\n-->\n\nIt is safe. <!-- really -->")
    document = parsed(text, settings)
    assert [s.heading for s in document.sections] == ["Title", "Summary", "Duration", "Risks"]
    quoted = " ".join(unit.span.of(text) for unit in document.units)
    assert "ask the crew" not in quoted
    assert "It is safe. <!-- really -->" in quoted


def test_a_comment_inside_fenced_code_or_never_closed_hides_nothing(settings):
    assert one("# A\n\n```html\n<!-- x -->\n```\n", settings).hidden == ()
    assert one("# A\n\n<!-- x\n\nText\n", settings).hidden == ()


def test_a_file_of_front_matter_alone_is_refused(settings):
    refusal = read_bytes("a.md", b"---\ncode: F1001\n---\n<!-- nothing -->\n", settings)
    assert refusal == Refusal("a.md", "holds nothing but front matter and comments")


def test_headings_of_both_kinds_nested_lists_and_links_are_read_as_they_stand(settings):
    text = (
        "Ferry crossing\n==============\n\nSummary\n-------\n\nSee [the plan](https://example.org/a?b=1) and ![map](http://example.org/x.png).\n\n"
        "Preparation\n-----------\n\n* Bring:\n    * water\n    * shoes\n* Come early\n\nRisks\n-----\n\n1. Fog\n2. Storm\n"
    )
    document = parsed(text, settings)
    assert [s.heading for s in document.sections] == ["Title", "Summary", "Preparation", "Risks"]
    quoted = [(unit.span.of(text), unit.path[1:]) for unit in document.units]
    assert ("See [the plan](https://example.org/a?b=1) and ![map](http://example.org/x.png).", ()) in quoted
    assert [one for one in quoted if one[0] in ("water", "shoes")] == [("water", ("Bring",)), ("shoes", ("Bring",))]


def test_closing_hashes_are_no_part_of_a_heading(settings):
    document = parsed(BODY.replace("## Duration", "## Duration ##"), settings)
    assert "Duration" in [s.heading for s in document.sections]


@pytest.mark.parametrize("unit", ["<!-- a\n", "```x\n", "<!-- a -->\n", "```\n<!-- a -->\n```\n", "| a |\n", "+-\n", "# a\n", "A:\n"])
def test_a_megabyte_of_any_mark_is_read_without_delay(settings, unit):
    begin = time.perf_counter()
    read_bytes("a.md", (unit * (1_000_000 // len(unit)) + "x").encode(), settings)
    assert time.perf_counter() - begin < 5
