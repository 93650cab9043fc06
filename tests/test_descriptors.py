"""Documents whose title is not what their code stands for, and the words that say it."""

import pytest

from assistant.config import make_settings
from assistant.documents import read_bytes
from assistant.sections import parse_document

BODY = "\n\n## What it takes\n\nTravel takes two hours. Two persons and their bicycles go by boat.\n\n## Who may travel\n\nAny person.\n"
SAID = "Boat travel, two persons; bicycles coded separately, per crossing"


def described(text):
    """Return what a document's code stands for beside its title, or None."""
    settings = make_settings()
    (source,) = read_bytes("leaflet.md", text.encode(), settings)
    document = parse_document(source, settings)
    assert document.codes == ("F1001",)
    return document.descriptor and document.descriptor.of(text)


@pytest.mark.parametrize(
    "line",
    [
        f"HCPCS F1001: {SAID}.",
        f"HCPCS: F1001. {SAID}.",
        f"F1001 - {SAID}",
        f"Billing code: F1001 ({SAID}).",
        f"The code on your statement is F1001 ({SAID}). Keep it.",
        f"F1001 is the code for {SAID}. It is billed daily.",
        f"F1001 describes {SAID}.",
        f"**Code F1001**: {SAID}",
        f"| Code | F1001 |\n| --- | --- |\n| Means | {SAID} |",
        f"| Code: F1001 | Unit: crossing |\n| Service: {SAID} | Written by: the harbour |",
        f"Code: F1001\n\nThe formal title is: {SAID}",
    ],
)
def test_the_words_beside_a_code_that_define_it_are_its_descriptor(line):
    assert described(f"# Leaflet of the harbour\n\n{line}{BODY}") == SAID


@pytest.mark.parametrize(
    "line",
    [
        "HCPCS F1001",
        "Code: F1001\n\nF1001 is billed once for each person who travels by boat.",
        "Code: F1001\n\nF1001 is a per diem code for persons and bicycles.",
        "Code: F1001\n\nA second F1001, only for persons with bicycles.",
        "Code: F1001\n\nF1001 (see persons and bicycles).",
        "Code: F1001\n\nF1001 is the day code when two persons travel by boat.",
        "Code: F1001 | Updated by persons who travel",
        "Code: F1001\n\n| F1001, monthly | boat |",
    ],
)
def test_what_is_said_of_a_code_does_not_define_it(line):
    assert described(f"# Leaflet of the harbour\n\n{line}{BODY}") is None


def test_a_title_that_says_as_much_stands():
    assert described(f"# {SAID} (F1001)\n\nHCPCS F1001: {SAID}.{BODY}") is None


def test_the_descriptor_of_a_neighbour_is_not_taken():
    assert described(f"# Leaflet of the harbour\n\nCode: F1001{BODY}\n## Related codes\n\nF1001 - {SAID}\n") is None
