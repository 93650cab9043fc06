import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from assistant.documents import Refusal, read_bytes
from assistant.formats import SUFFIXES, Extract, Unreadable, extract
from assistant.formats.text import decode

LETTER = "The patient’s plan – see § 12 – “may” cover café visits at 25 °C.\r\nEach visit lasts ½ hour… at most.\r\n"


def text_of(data, settings):
    [one] = extract("a.txt", ".txt", data, settings)
    return one.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("times", [1, 40])
def test_text_comes_out_as_it_was_written_whatever_its_encoding(settings, encoding, times):
    assert text_of((LETTER * times).encode(encoding), settings) == LETTER * times


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_both_byte_orders_are_told_by_the_mark(settings, encoding):
    assert text_of(("\ufeff" + LETTER).encode(encoding), settings) == LETTER


@pytest.mark.parametrize(("text", "encoding"), [("Процедура длится один час. ", "cp1251"), ("Η διαδικασία διαρκεί μία ώρα. ", "cp1253")])
def test_other_legacy_encodings_are_told_where_there_is_enough_text(settings, text, encoding):
    assert text_of((text * 30).encode(encoding), settings) == text * 30


def test_a_stray_byte_in_utf8_is_read_as_windows_1252_and_spoils_nothing_else(settings):
    assert text_of(LETTER.encode() * 3 + b"caf\xe9", settings) == LETTER * 3 + "café"


def test_decoding_twice_gives_the_same(settings):
    data = (LETTER * 9).encode("cp1252")
    assert text_of(data, settings) == text_of(data, settings)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7 ...", "is not text but a PDF file"),
        (b"PK\x03\x04rest", "is not text but a ZIP or Office file"),
        (b"\x89PNG\r\n\x1a\n", "is not text but a PNG picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is not text but an Office file"),
        (b"a\0b", "holds NUL characters and is not text"),
        (b"\xff\xfea\0\0\0", "holds NUL characters and is not text"),
        (b"\xff\xfea", "is marked as UTF-16 and is not"),
        (b"\x01\x02\x03\x04 text", "holds 4 control characters and is not text"),
        (bytes(range(128, 256)) * 4, "is in no encoding that can be told"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(settings, data, why):
    refusal = read_bytes("a.txt", data, settings)
    assert isinstance(refusal, Refusal)
    assert refusal.why == why


def test_text_with_the_escape_sequences_of_a_terminal_is_read_as_it_stands(settings):
    text = "\x1b[1mFerry\x1b[0m\n\nIt is \x1b[38;5;9mred\x1b[m and \x1b]8;;link\x1b\\here\x1b]8;;\x07.\x1b(B\x9b2J\n"
    assert text_of(text.encode(), settings) == text
    assert read_bytes("a.txt", b"\x1b\x1b\x1b\x1b\x1b", settings) == Refusal("a.txt", "holds 5 control characters and is not text")


def test_more_text_than_the_setting_allows_is_refused_with_both_numbers(settings):
    small = settings.model_copy(update={"max_text_characters": 1000})
    assert read_bytes("a.txt", b"word " * 400, small) == Refusal("a.txt", "holds 2,000 characters of text, over the limit of 1,000")


def test_a_declared_encoding_is_used_where_the_bytes_do_not_tell_and_no_nonsense_is():
    data = "Процедура".encode("koi8-r")
    assert decode(data, "koi8-r") == "Процедура"
    for nonsense in ("base64", "no-such", "", "utf-16", "hex"):
        assert isinstance(decode(b"plain caf\xe9", nonsense), str)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_random_bytes_are_read_or_refused_and_nothing_else(settings, suffix):
    @example_settings(max_examples=40, deadline=2000)
    @given(data=st.one_of(st.binary(max_size=400), st.builds(bytes.__add__, st.sampled_from(STARTS), st.binary(max_size=200))))
    def read(data):
        try:
            found = extract(f"x{suffix}", suffix, data, settings)
        except Unreadable as error:
            assert str(error)
            assert "\n" not in str(error)
        else:
            assert all(isinstance(one, Extract) for one in found)
            assert any(one.text.strip() for one in found)

    read()


STARTS = [
    b"PK\x03\x04", b"%PDF-1.4\n", b"---\ntitle: ", b"<html><table><tr><td>", b"<!DOCTYPE html [<!ENTITY a 'b'>]><p>&a;",
    b"\xff\xfe", b"\xef\xbb\xbf",
    b"<dl><dt>", b"<ul><li><table><tr><th>a</th><td>", b"<!--\n", b"```\n", b"| a | b |\n|---|---|\n",
]  # fmt: skip


PAGE_ONE = "HARBOUR TRUST        FERRY MANUAL  CH. 4\nPolicy F-4           Rev. 08/19\n\nFares\nAdults pay four coins. Children pay\n"
PAGE_TWO = "HARBOUR TRUST        FERRY MANUAL  CH. 4\nPolicy F-4           Rev. 08/19\n\none coin.\n\nDogs\nDogs travel free.\n"


@pytest.mark.parametrize("feed", ["\n\f", "\n\n\n"])
def test_heads_and_feet_that_pages_repeat_are_hidden_but_for_the_head_of_the_first(settings, feed):
    text = f"{PAGE_ONE}F-4   Fares                 Page 1 of 2{feed}{PAGE_TWO}F-4   Fares                 Page 2 of 2\n"
    (one,) = extract("fares.txt", ".txt", text.encode(), settings)
    hidden = [span.of(one.text).strip() for span in one.hidden]
    assert hidden == [
        "F-4   Fares                 Page 1 of 2",
        "HARBOUR TRUST        FERRY MANUAL  CH. 4",
        "Policy F-4           Rev. 08/19",
        "F-4   Fares                 Page 2 of 2",
    ]
    assert one.text == text


def test_a_foot_that_differs_on_one_page_counts_towards_the_same_last_page(settings):
    text = "Tab 7   Page 1 of 3\nFares.\n\nHarbour - Page 2 of 3\n\nDogs.\n\nHarbour - Page 3 of 3\n"
    (one,) = extract("fares.txt", ".txt", text.encode(), settings)
    assert len(one.hidden) == 3


@pytest.mark.parametrize(
    "text",
    [
        "See page 3 of the manual.\nSee page 3 of the manual.\n",
        "The form has page 1 of 2 and more.\nFares.\n",
        "See page 7 for dogs.\n\nFares.\n\nSee page 2 for dogs.\n",
        "Page 1 of 2\n\n\fPage 2 of 2\n",
    ],
)
def test_lines_that_only_name_pages_are_text(settings, text):
    (one,) = extract("fares.txt", ".txt", text.encode(), settings)
    assert one.hidden == ()
