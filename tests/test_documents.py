import hashlib
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from assistant.config import make_settings
from assistant.documents import Refusal, Source, corpus_files, corpus_state, read_bytes, read_file
from assistant.errors import CorpusError
from assistant.formats import Extract
from conftest import read_corpus


def ids(folder):
    return list(corpus_files(folder))


def test_every_shipped_document_is_read_as_it_stands(corpus, settings):
    sources, refusals = read_corpus(corpus, settings)
    assert refusals == []
    assert len(sources) == 5
    for source in sources:
        data = (corpus / source.id).read_bytes()
        assert source.text.encode("utf-8") == data
        assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_files_come_in_order_of_id_from_every_folder_without_hidden_ones_and_the_readme_at_the_top(tmp_path):
    for name in ("b.txt", "a/z.md", "a.txt", ".hidden.txt", ".git/x.txt", "README.md", "a/README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words", encoding="utf-8")
    assert ids(tmp_path) == ["a.txt", "a/README.md", "a/z.md", "b.txt"]


def refused(folder, settings):
    """Return the refused files with the reason, which must be one clause that can be printed."""
    sources, refusals = read_corpus(folder, settings)
    assert [source.id for source in sources] == ["good.txt"]
    return {one.id: one.why for one in refusals}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_text("words", encoding="utf-8")
    return tmp_path / "in"


def test_links_are_not_followed_and_that_is_said(folder, settings):
    (folder.parent / "out").mkdir()
    (folder.parent / "out" / "secret.txt").write_text("other words", encoding="utf-8")
    (folder / "file.txt").symlink_to(folder / "good.txt")
    (folder / "folder").symlink_to(folder.parent / "out")
    (folder / "loop").symlink_to(folder)
    (folder / "itself.txt").symlink_to(folder / "itself.txt")
    (folder / "nowhere.txt").symlink_to(folder / "gone.txt")
    (folder / "outside.txt").symlink_to(folder.parent / "out" / "secret.txt")
    names = ["file.txt", "folder", "itself.txt", "loop", "nowhere.txt", "outside.txt"]
    assert refused(folder, settings) == dict.fromkeys(names, "is a link and is not followed")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on Unix only")
def test_a_pipe_is_refused_and_not_waited_for(folder, settings):
    os.mkfifo(folder / "pipe.txt")
    assert refused(folder, settings) == {"pipe.txt": "is not a regular file"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on Unix only")
def test_a_pipe_that_takes_the_place_of_a_file_while_it_is_read_is_not_waited_for(folder, settings, monkeypatch):
    real = os.lstat

    def swapped(path):
        status = real(path)
        if str(path).endswith("good.txt"):
            os.unlink(path)
            os.mkfifo(path)
        return status

    monkeypatch.setattr(os, "lstat", swapped)
    assert isinstance(read_file(folder / "good.txt", folder, settings), Refusal)


def test_a_link_that_takes_the_place_of_a_file_while_it_is_read_is_not_followed(folder, settings, monkeypatch):
    (folder.parent / "secret.txt").write_text("other words", encoding="utf-8")
    real = os.lstat

    def swapped(path):
        status = real(path)
        if str(path).endswith("good.txt"):
            os.unlink(path)
            os.symlink(folder.parent / "secret.txt", path)
        return status

    monkeypatch.setattr(os, "lstat", swapped)
    found = read_file(folder / "good.txt", folder, settings)
    assert isinstance(found, Refusal)
    assert found.why.startswith("cannot be read")


@pytest.mark.parametrize(
    "name", ["a\x1b[2Jb.txt", "a\nb.txt", "a\u202etxt.exe.txt", "a\u2028b.txt", "a\x7f.txt", os.fsdecode(b"a\xe9.txt")]
)
def test_names_that_could_steer_a_terminal_are_refused(folder, settings, name):
    try:
        (folder / name).write_text("words", encoding="utf-8")
    except (OSError, ValueError):
        pytest.skip("this file system has no such names")
    found = refused(folder, settings)
    assert list(found.values()) == ["has a name that is not plain text; rename it"]
    assert json.dumps(found, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    "name", ["with a space.txt", "a\u00a0b.txt", "PM\u202f3.txt", "\u00e9\u4e2d\U0001f600.txt", "<b>.txt", "x" * 251 + ".txt"]
)
def test_other_names_are_read_as_they_are(tmp_path, settings, name):
    (tmp_path / name).write_text("words", encoding="utf-8")
    sources, refusals = read_corpus(tmp_path, settings)
    assert [source.id for source in sources] == [name]
    assert refusals == []


def test_files_in_folders_too_deep_to_be_reached_are_reported(folder, settings):
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("deep", dir_fd=here)
        there = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)
    try:
        (why,) = refused(folder, settings).values()
    finally:
        subprocess.run(["rm", "-r", folder / "deep"], check=True)
    assert why == "cannot be read (File name too long)"


def test_a_file_that_cannot_be_opened_is_refused_with_the_reason(folder, settings, monkeypatch):
    (folder / "locked.txt").write_text("words", encoding="utf-8")
    real = os.open

    def refusing(path, *rest, **more):
        if str(path).endswith("locked.txt"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", refusing)
    assert refused(folder, settings) == {"locked.txt": "cannot be read (Permission denied)"}


def test_a_folder_that_cannot_be_listed_is_refused_with_the_reason(folder, settings, monkeypatch):
    (folder / "locked").mkdir()
    real = os.scandir

    def refusing(path):
        if str(path).endswith(("locked", "everything")):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert refused(folder, settings) == {"locked": "is a folder that cannot be read"}
    (folder / "everything").mkdir()
    with pytest.raises(CorpusError, match="everything' cannot be read .Permission denied"):
        corpus_files(folder / "everything")


def test_a_file_that_vanishes_between_listing_and_reading_is_refused(folder, settings, monkeypatch):
    (folder / "fleeting.txt").write_text("words", encoding="utf-8")
    real = os.lstat

    def vanishing(path):
        if str(path).endswith("fleeting.txt"):
            os.unlink(path)
        return real(path)

    monkeypatch.setattr(os, "lstat", vanishing)
    assert refused(folder, settings) == {"fleeting.txt": "cannot be read (No such file or directory)"}


def test_a_file_that_grows_while_it_is_read_is_read_to_the_limit_only(folder, monkeypatch):
    limited = make_settings(max_file_bytes=1000)
    real = os.open

    def growing(path, *rest, **more):
        Path(path).write_text("x" * 5000, encoding="utf-8")
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", growing)
    found = read_file(folder / "good.txt", folder, limited)
    assert found == Refusal("good.txt", "grows beyond the limit of 1,000 bytes while it is read")


def test_the_folder_of_the_index_is_no_part_of_the_corpus(folder):
    for name in ("index/data/documents.txt", "a/index/b.txt"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("words", encoding="utf-8")
    assert list(corpus_files(folder, folder / "index")) == ["a/index/b.txt", "good.txt"]
    assert list(corpus_files(folder, folder.parent / "elsewhere")) == ["a/index/b.txt", "good.txt", "index/data/documents.txt"]


def aged(path, seconds=3600):
    os.utime(path, ns=(0, path.stat().st_mtime_ns - seconds * 1_000_000_000 + 1))
    return path


def test_a_file_is_read_again_only_where_its_size_or_time_has_changed(folder, settings, monkeypatch):
    path = aged(folder / "good.txt")
    before = corpus_state(folder, settings, {})
    reads = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest, **more: reads.append(path) or real(path, *rest, **more))
    assert corpus_state(folder, settings, before) == before
    assert reads == []
    aged(path, 60)
    touched = corpus_state(folder, settings, before)
    assert touched["good.txt"].sha256 == before["good.txt"].sha256
    assert touched["good.txt"].modified == path.stat().st_mtime_ns
    path.write_text("swords", encoding="utf-8")
    assert corpus_state(folder, settings, before)["good.txt"].sha256 == hashlib.sha256(b"swords").hexdigest()
    assert len(reads) == 2


@pytest.mark.parametrize("whole", [False, True])
def test_a_change_at_the_very_same_time_is_noticed_all_the_same(folder, settings, whole):
    path = folder / "good.txt"
    now = time.time_ns() // 1_000_000_000 * 1_000_000_000 if whole else time.time_ns()
    os.utime(path, ns=(now, now))
    before = corpus_state(folder, settings, {})
    path.write_text("WORDS", encoding="utf-8")
    os.utime(path, ns=(now, now))
    assert corpus_state(folder, settings, before)["good.txt"].sha256 == hashlib.sha256(b"WORDS").hexdigest()


def test_a_file_that_could_not_be_read_is_tried_again(folder, settings, monkeypatch):
    aged(folder / "good.txt")
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
        before = corpus_state(folder, settings, {})
    assert not before["good.txt"].readable
    assert corpus_state(folder, settings, before)["good.txt"].readable


def test_a_missing_folder_is_named_with_the_option_that_helps(tmp_path):
    with pytest.raises(CorpusError, match=r"nowhere.*--corpus"):
        corpus_files(tmp_path / "nowhere")


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
    assert read_bytes("x.txt", data, make_settings()) == [
        Source(id="x.txt", file="x.txt", sha256=hashlib.sha256(data).hexdigest(), text="word\r\n")
    ]


def test_a_file_over_the_limit_is_refused_with_both_numbers(tmp_path):
    (tmp_path / "a.txt").write_text("x" * 2000, encoding="utf-8")
    refusal = read_file(tmp_path / "a.txt", tmp_path, make_settings(max_file_bytes=1000))
    assert refusal == Refusal("a.txt", "has 2,000 bytes, over the limit of 1,000")


def test_suffixes_are_read_without_regard_to_case(tmp_path, settings):
    (tmp_path / "A.TXT").write_text("words", encoding="utf-8")
    assert isinstance(read_file(tmp_path / "A.TXT", tmp_path, settings), list)


def test_a_folder_that_looks_like_a_file_is_walked(tmp_path):
    (tmp_path / "old.txt").mkdir()
    (tmp_path / "old.txt" / "a.txt").write_text("words", encoding="utf-8")
    assert ids(tmp_path) == ["old.txt/a.txt"]


def test_a_file_ranks_by_the_first_pattern_that_names_it(tmp_path):
    ranked = make_settings(authority=("official/*", "*.md"))
    ranks = {name: read_bytes(name, b"words", ranked)[0].authority for name in ("official/a.md", "b.md", "c.txt")}
    assert ranks["official/a.md"] > ranks["b.md"] > ranks["c.txt"] == 0


def test_documents_of_one_file_with_the_same_key_stay_apart(settings, monkeypatch):
    rows = [Extract("first", "A1"), Extract("second", "A1"), Extract("third", "B2"), Extract("fourth", "A1"), Extract(" ", "C3")]
    monkeypatch.setattr("assistant.documents.extract", lambda *_: rows)
    found = read_bytes("table.csv", b"", settings)
    assert [source.id for source in found] == ["table.csv#A1", "table.csv#A1 (2)", "table.csv#B2", "table.csv#A1 (3)"]
    assert [source.sha256 for source in found] == [hashlib.sha256(source.text.encode()).hexdigest() for source in found]


class Panic(BaseException):
    """What a library in Rust raises when it panics."""

    __module__ = "pyo3_runtime"


@pytest.mark.parametrize("error", [ValueError("no\nway"), RecursionError("too deep"), Panic("byte index 9")])
def test_a_file_that_makes_its_reader_fail_is_refused_with_what_failed(settings, monkeypatch, caplog, error):
    def fail(*_):
        raise error

    monkeypatch.setattr("assistant.documents.extract", fail)
    with caplog.at_level("INFO"):
        refusal = read_bytes("a.txt", b"words", settings)
    said = f"{type(error).__name__}: {' '.join(str(error).split())}"
    assert refusal == Refusal("a.txt", f"makes its reader fail ({said}); save it in another way or leave it out")
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), MemoryError(), CorpusError("gone")])
def test_what_is_no_fault_of_a_file_ends_the_reading(settings, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr("assistant.documents.extract", fail)
    with pytest.raises(type(error)):
        read_bytes("a.txt", b"words", settings)


def test_a_long_complaint_of_a_reader_is_cut(settings, monkeypatch):
    def fail(*_):
        raise ValueError("x" * 1000)

    monkeypatch.setattr("assistant.documents.extract", fail)
    assert len(read_bytes("a.txt", b"words", settings).why) < 250
