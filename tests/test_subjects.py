import pytest

from assistant import Assistant
from assistant.subjects import says, subjects, telling_words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("enzyme replacement", "S9357"),
        ("what are the risks of chemotherapy at home?", "S9330"),
        ("how long does the heparin infusion run?", "S9336"),
        ("immunotherapy preparation", "S9338"),
        ("pain management alternatives", "S9327"),
    ],
)
def test_the_document_that_a_question_names_comes_first(assistant, text, code):
    first = subjects(assistant.index, text)[0]
    assert first.document.startswith(code)
    assert first.share > 0.5


@pytest.mark.parametrize("text", ["enzyme replacement", "what are the risks?", "what is the capital of France?", "zzzz"])
def test_shares_and_beliefs_are_parts_of_a_whole_in_falling_order(assistant, text):
    found = subjects(assistant.index, text)
    assert sum(subject.share for subject in found) == pytest.approx(1, abs=1e-4)
    assert sum(subject.belief for subject in found) == pytest.approx(1, abs=1e-4)
    assert [subject.share for subject in found] == sorted((subject.share for subject in found), reverse=True)
    assert len({subject.document for subject in found}) == len(found)


def test_a_question_about_nothing_in_particular_is_sure_of_no_document(assistant):
    assert subjects(assistant.index, "what are the risks?")[0].belief < 0.5


def test_telling_words_are_those_that_some_documents_use_and_others_do_not(assistant):
    words = telling_words(assistant.index, "what are the risks of chemotherapy")
    assert len(words) == 1
    assert next(iter(words)).startswith("chemother")
    assert telling_words(assistant.index, "the of what") == {}
    assert telling_words(assistant.index, "zebra") == {}


def test_a_rarer_word_tells_more(assistant):
    index = assistant.index
    words = telling_words(index, "heparin anaphylaxis chemotherapy enzyme immunotherapy pump catheter blood")
    pairs = sorted((index.words.document_frequency(word), weight) for word, weight in words.items())
    assert [weight for _, weight in pairs] == sorted((weight for _, weight in pairs), reverse=True)


@pytest.mark.parametrize(("text", "name"), [("the lamp of the lighthouse", "lighthouse.md"), ("ferry across the harbour", "ferry.txt")])
def test_other_documents_are_told_apart_too(tiny, settings, text, name):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings, build=False)
    assert subjects(assistant.index, text)[0].document == name


# Short names that differ in little words and marks alone, as those of a code table do.
NAMES = [
    ("F1001", "Ferry report inc fog", "Report of a ferry crossing that includes fog"),
    ("F1002", "Ferry report no fog", "Report of a ferry crossing that does not include fog"),
    ("F1003", "Ferry report fog > 2 h", "Report of a ferry crossing with more than two hours of fog"),
    ("F1004", "Ferry report fog <= 2 h", "Report of a ferry crossing with two hours of fog or less"),
    ("F1005", "Fog report ferry no", "Report of fog, not by a ferry"),
]


@pytest.fixture(scope="module")
def table(opened):
    rows = "".join(f'{code},{short},"{long}"\n' for code, short, long in NAMES)
    return opened({"names.csv": "Code,Short name,Description\n" + rows})


@pytest.mark.parametrize(("code", "typed"), [(code, text) for code, short, long in NAMES for text in (short, long, f"  {long.upper()}.")])
def test_whoever_types_a_description_means_its_row(table, code, typed):
    first = subjects(table.index, typed)[0]
    assert first.document == f"names.csv#{code}"
    assert first.belief > 0.9


@pytest.mark.parametrize("typed", ["Ferry report no", "report no fog", "Ferry", "Ferry report no fog 2"])
def test_part_of_a_description_or_more_than_it_is_not_the_description(table, typed):
    assert not says(table.index, [f"names.csv#{code}" for code, *_ in NAMES], typed)
