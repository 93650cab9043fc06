import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chunking import (
    Candidate,
    Level,
    _most_tokens,
    candidates_of,
    chunk_document,
    chunk_id,
    count_tokens,
    embedded_text,
    read_texts,
)
from assistant.types import SectionKind, Span, UnitKind

CODES = ["S9327", "S9330", "S9336", "S9338", "S9357"]


def spans(document, level=None):
    return {c.span(document).of(document.text) for c in candidates_of(document) if level in (None, c.level)}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("budget", [16, 40, 160, 2048])
def test_chunks_hold_every_unit_once_in_order_and_stay_in_one_section(documents, code, budget):
    document = documents[code]
    chunks = chunk_document(document, budget)
    assert [i for chunk in chunks for i in range(*chunk.units)] == list(range(len(document.units)))
    for chunk in chunks:
        first, last = chunk.units
        section = document.sections[chunk.section]
        assert {unit.section for unit in document.units[first:last]} == {chunk.section}
        assert section.span.contains(chunk.span)
        assert chunk.heading == section.heading
        assert (chunk.document, chunk.codes) == (document.id, (code,))
        assert chunk.id == chunk_id(document.id, chunk.span)


@pytest.mark.parametrize("budget", [16, 40, 160])
def test_only_a_single_long_unit_goes_over_the_budget(documents, budget):
    for document in documents.values():
        for chunk in chunk_document(document, budget):
            first, last = chunk.units
            cost = sum(count_tokens(unit.span.of(document.text)) for unit in document.units[first:last])
            assert cost <= budget or last == first + 1


def test_a_roomy_budget_keeps_every_section_whole(documents):
    document = documents["S9357"]
    with_units = {unit.section for unit in document.units}
    assert [chunk.section for chunk in chunk_document(document, 2048)] == sorted(with_units)


def test_furniture_is_in_no_chunk(documents):
    for document in documents.values():
        assert all(document.sections[chunk.section].kind is not SectionKind.FURNITURE for chunk in chunk_document(document, 160))


def test_an_id_is_made_of_place_alone():
    assert chunk_id("a.txt", Span(0, 5)) == chunk_id("a.txt", Span(0, 5))
    assert (
        len({chunk_id("a.txt", Span(0, 5)), chunk_id("b.txt", Span(0, 5)), chunk_id("a.txt", Span(0, 6)), chunk_id("a.txt", Span(1, 5))})
        == 4
    )


def test_equal_texts_in_two_documents_stay_two_chunks(parse):
    text = "Ferry\n\nSummary\n\nIt runs daily.\n\nDuration\n\nIt takes an hour.\n\nRisks\n\nFog is rare.\n"
    one, other = (chunk_document(parse(text, name), 160) for name in ("a.txt", "b.txt"))
    assert len(one) == len(other) > 0
    assert not {chunk.id for chunk in one} & {chunk.id for chunk in other}


def test_tokens_are_counted_as_tiktoken_does_and_special_ones_are_ordinary_text():
    assert count_tokens("") == 0
    assert count_tokens("hello world") == 2
    assert count_tokens("<|endoftext|>") > 1


@given(st.text(st.characters(codec=None)))
def test_a_text_never_has_more_tokens_than_bytes(text):
    assert count_tokens(text) <= _most_tokens(text)


def test_candidates_are_units_groups_and_sections_each_once(documents):
    for document in documents.values():
        candidates = candidates_of(document)
        places = [(c.first, c.last) for c in candidates]
        assert places == sorted(set(places))
        for candidate in candidates:
            assert {unit.section for unit in document.units[candidate.first : candidate.last]} == {candidate.section}
        whole = {i for c in candidates if c.level is Level.UNIT for i in range(c.first, c.last)}
        assert {i for i, unit in enumerate(document.units) if unit.kind is not UnitKind.LABEL} == whole


def test_what_stands_under_a_label_is_a_candidate(documents):
    assert "Severe allergic reaction to chemotherapy.\n  • Line sepsis or systemic infection." in spans(documents["S9330"], Level.GROUP)


def test_a_whole_section_is_a_candidate_without_its_heading(documents):
    document = documents["S9357"]
    [section] = [s for s in document.sections if s.heading == "Duration"]
    assert section.body.of(document.text) in spans(document)
    assert not any(text.startswith("Duration") for text in spans(document))


def test_a_list_is_a_candidate_apart_from_the_prose_around_it(documents):
    document = documents["S9357"]
    wanted = [text for text in spans(document) if text.startswith("During the procedure") and text.endswith("pain relievers if necessary.")]
    assert len(wanted) == 1


def test_the_path_of_a_candidate_is_what_all_its_units_share(documents):
    document = documents["S9330"]
    risks = next(i for i, s in enumerate(document.sections) if s.heading == "Risks and Complications")
    [whole] = [c for c in candidates_of(document) if c.section == risks and c.level is Level.SECTION]
    assert whole.path(document) == ("Risks and Complications",)
    [rare] = [c for c in candidates_of(document) if c.span(document).of(document.text) == "Line sepsis or systemic infection."]
    assert rare.path(document) == ("Risks and Complications", "Rare Risks")


def test_texts_for_the_encoder_hold_the_headings_and_end_in_the_exact_slice(documents):
    document = documents["S9357"]
    for chunk in chunk_document(document, 160):
        text = embedded_text(document, chunk)
        assert text.startswith(document.title_text)
        assert chunk.heading in text
        assert text.endswith(chunk.span.of(document.text))


def test_readings_of_a_candidate_are_never_empty(documents):
    document = documents["S9357"]
    for candidate in candidates_of(document):
        readings = read_texts(document, candidate)
        assert readings
        assert all(text.strip() for text in readings)


def test_a_candidate_is_a_value():
    assert Candidate("a", Level.UNIT, 0, 0, 1) == Candidate("a", Level.UNIT, 0, 0, 1)
