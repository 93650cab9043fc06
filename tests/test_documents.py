import hashlib
import logging

import pytest

from assistant.config import make_settings
from assistant.documents import Refusal, Source, corpus_files, read_bytes, read_corpus, read_document, read_file
from assistant.errors import CorpusError


def ids(folder):
    return [path.relative_to(folder).as_posix() for path in corpus_files(folder)]


def test_every_shipped_document_is_read_as_it_stands(corpus, settings):
    sources, refusals = read_corpus(corpus, settings)
    assert refusals == []
    assert len(sources) == 5
    for source in sources:
        data = (corpus / source.id).read_bytes()
        assert source.text.encode("utf-8") == data
        assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_files_come_in_order_of_id_from_every_folder_without_hidden_ones_and_the_readme(tmp_path):
    for name in ("b.txt", "a/z.md", "a.txt", ".hidden.txt", ".git/x.txt", "README.md", "a/README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words", encoding="utf-8")
    assert ids(tmp_path) == ["a.txt", "a/z.md", "b.txt"]


def test_links_are_not_followed_and_that_is_said(tmp_path, caplog):
    (tmp_path / "a.txt").write_text("words", encoding="utf-8")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    with caplog.at_level(logging.WARNING):
        assert ids(tmp_path) == ["a.txt"]
    assert "b.txt" in caplog.text


def test_a_missing_folder_is_named_with_the_option_that_helps(tmp_path):
    with pytest.raises(CorpusError, match=r"nowhere.*--corpus"):
        corpus_files(tmp_path / "nowhere")


def test_an_empty_folder_is_an_error(tmp_path, settings):
    with pytest.raises(CorpusError, match="it is empty"):
        read_corpus(tmp_path, settings)


def test_a_folder_of_unreadable_files_is_an_error_that_says_why(tmp_path, settings):
    (tmp_path / "a.txt").write_bytes(b"caf\0")
    (tmp_path / "b.xyz").write_bytes(b"PK")
    with pytest.raises(CorpusError, match=r"a\.txt holds NUL characters and is not text; b\.xyz files ending in '\.xyz'"):
        read_corpus(tmp_path, settings)


def test_unreadable_files_beside_a_good_one_are_reported_and_not_skipped_silently(tmp_path, settings):
    (tmp_path / "good.txt").write_text("words", encoding="utf-8")
    (tmp_path / "junk.txt").write_bytes(b"caf\0")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    sources, refusals = read_corpus(tmp_path, settings)
    assert [source.id for source in sources] == ["good.txt"]
    assert [refusal.id for refusal in refusals] == ["junk.txt", "picture.png"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"a\0b", "NUL"),
        (b"\xff\xfea", "marked as UTF-16 and is not"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_the_reason(data, why):
    refusal = read_bytes("x.txt", data, make_settings())
    assert isinstance(refusal, Refusal)
    assert why in refusal.why


def test_a_byte_order_mark_is_no_part_of_the_text_but_of_the_hash():
    data = b"\xef\xbb\xbfword\r\n"
    assert read_bytes("x.txt", data, make_settings()) == [Source("x.txt", "word\r\n", hashlib.sha256(data).hexdigest(), "x.txt")]


def test_a_file_over_the_limit_is_refused_with_both_numbers(tmp_path):
    (tmp_path / "a.txt").write_text("x" * 2000, encoding="utf-8")
    refusal = read_file(tmp_path / "a.txt", tmp_path, make_settings(max_file_bytes=1000))
    assert refusal == Refusal("a.txt", "2,000 bytes is over the limit of 1,000")


def test_suffixes_are_read_without_regard_to_case(tmp_path, settings):
    (tmp_path / "A.TXT").write_text("words", encoding="utf-8")
    assert isinstance(read_file(tmp_path / "A.TXT", tmp_path, settings), list)


def test_a_folder_that_looks_like_a_file_is_walked(tmp_path):
    (tmp_path / "old.txt").mkdir()
    (tmp_path / "old.txt" / "a.txt").write_text("words", encoding="utf-8")
    assert ids(tmp_path) == ["old.txt/a.txt"]


def test_a_document_is_read_again_by_its_id_and_only_inside_the_corpus(tmp_path, settings):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a#1.txt").write_text("words", encoding="utf-8")
    (tmp_path / "out.txt").write_text("words", encoding="utf-8")
    assert read_document("a#1.txt", tmp_path / "in", settings).text == "words"
    for name in ("../out.txt", "gone.txt", "", "#", "gone.txt#1"):
        assert read_document(name, tmp_path / "in", settings) == Refusal(name, "is not in the corpus")


def test_a_file_ranks_by_the_first_pattern_that_names_it(tmp_path):
    ranked = make_settings(authority=("official/*", "*.md"))
    ranks = {name: read_bytes(name, b"words", ranked)[0].authority for name in ("official/a.md", "b.md", "c.txt")}
    assert ranks["official/a.md"] > ranks["b.md"] > ranks["c.txt"] == 0
