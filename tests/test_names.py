"""What documents are called: by which words and amounts they are told apart, and what most titles say of all."""

import pytest

from assistant.names import called_alike, named_by_amounts, telling_names
from assistant.types import Status


def page(title, code, *body):
    return "\n\n".join((title, f"Code: {code}", "Duration", *body)) + "\n"


@pytest.fixture(scope="module")
def ferries(opened):
    return opened(
        {
            "short.txt": page("Ferry crossing, 2 hours", "B6001", "Two hours."),
            "long.txt": page("Ferry crossing, 9 hours", "B6002", "Nine hours."),
            "asked.txt": page("Often asked: tug towing", "B6003", "The tug comes when asked. Towing: an hour."),
            "inside.txt": page("Mastery: lamp cleaning", "B6004", "A lamp takes a minute. No masts."),
        }
    ).index


def test_amounts_tell_apart_what_is_called_alike(ferries):
    assert called_alike(ferries, "short.txt", "long.txt")
    assert named_by_amounts(ferries, "the crossing of nine hours", "short.txt", ["long.txt"]) == ("long.txt",)
    assert named_by_amounts(ferries, "a crossing of 5 hours", "short.txt", ["long.txt"]) == ()


def test_a_part_that_the_document_does_not_say_again_names_nothing(ferries):
    assert telling_names(ferries, "inside.txt") == {"lamp", "clean"}


def test_where_no_amount_is_asked_for_no_names_are_compared(assistant, monkeypatch):
    monkeypatch.setattr("assistant.names.called_alike", lambda *_: pytest.fail("names were compared"))
    first, *others = assistant.index.documents.ids
    assert named_by_amounts(assistant.index, "how long does it take?", first, others) == ()


def test_what_titles_open_with_may_be_left_out_of_a_document(opened):
    services = ("hull", "mast", "sail", "rudder")
    files = {
        f"{name}.txt": f"Boat therapy, {name} care, per diem\n\nCode: B500{i}\n\nDuration\n\nAn hour.\n" for i, name in enumerate(services)
    }
    assistant = opened({**files, "paint.txt": "Painting of keels\n\nCode: B5009\n\nDuration\n\nTwo days.\n"})
    assert [quote.text for quote in assistant.ask("How long does the keel painting therapy of B5009 take?").quotes] == ["Two days."]
    assert assistant.ask("Is B5009 paid per diem?").status is Status.ABSTAINED
