import os
import random
import shutil
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant
from assistant.building import LOCK, build_index
from assistant.config import make_settings
from assistant.errors import CorpusError, IndexMismatch, ModelError
from assistant.freshness import is_current
from assistant.index import open_index
from assistant.manifest import HASHED_BYTES, MANIFEST, read_manifest, remove_leftovers, write_manifest
from assistant.sections import parse_corpus
from assistant.segments import BASE
from assistant.storage import Documents
from conftest import read_corpus, write_aged

HEAD = "Harbour ferry crossing, foot passengers only, one way\n\nCode: F1001\n"
OTHER = f"{HEAD}\nSummary\n\nThe ferry carries foot passengers.\n\nFares\n\nTwo pounds.\n"
DENSE = f"{HEAD}\nSummary\nThe ferry runs.\nDuration\nTwelve minutes at most.\nFares: Three pounds.\nRisks\nFog is rare.\n"
THINGS = ["ferry", "tram", "lighthouse", "bridge", "museum"]
BLOCKS = [
    "Summary\n\nThe {} is open daily. It costs {} pounds.\n",
    "Summary\nThe {} is open.\nDuration\n{} minutes at most.\nFares: {} pounds.\nRisks\nFog is rare.\n",
    "Fares\n\nThe {} costs {} pounds.\n",
    "Duration:\n- The {} takes {} minutes.\n- Longer in fog.\n",
    "Rare risks: Delay of the {} by {} minutes.\n",
    "Risks\n\nCommon risks: The {} is late.\n",
]


class FakeEncoder:
    """Vectors made of the words alone, and every text that they were made for."""

    dimension = 8

    def __init__(self, seen):
        self.seen = seen

    def encode(self, texts, progress=None):
        self.seen.extend(texts)
        rows = [np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimension) for text in texts]
        vectors = np.asarray(rows, dtype=np.float32).reshape(-1, self.dimension)
        if progress:
            progress(len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def embedded(monkeypatch):
    """The texts that were embedded, by an encoder that takes no time."""
    seen = []
    monkeypatch.setattr("assistant.writing._model", lambda *_: FakeEncoder(seen))
    monkeypatch.setattr("assistant.manifest._sync", lambda path: None)
    return seen


@pytest.fixture
def place(tmp_path, embedded):
    (tmp_path / "corpus").mkdir()
    return tmp_path


def write(place, name, text):
    write_aged(place / "corpus" / name, text)


def made(chance):
    """Return a small document, not often the same twice."""
    thing = chance.choice(THINGS)
    blocks = [
        block.replace("{}", thing, 1).replace("{}", str(chance.randint(1, 9))) for block in chance.sample(BLOCKS, chance.randint(1, 4))
    ]
    return f"The {thing} number {chance.randint(1, 30)}, for all who come\n\nCode: F{chance.randint(1000, 1009)}\n\n" + "\n".join(blocks)


def update(place, settings, **how):
    return build_index(place / "corpus", place / "index", settings, **how)


def content(folder):
    """Return all that an index holds: its files, and what the manifest says but for times and the name of the data folder."""
    manifest = read_manifest(folder)
    files = {
        path.relative_to(folder / manifest.data).as_posix(): path.read_bytes()
        for path in (folder / manifest.data).rglob("*")
        if path.is_file()
    }
    digests = {name: (size, digest) for name, (size, *_, digest) in manifest.corpus.items()}
    return files, digests, replace(manifest, built_at="", data="", corpus={})


def check_like_new(place, settings):
    """Fail unless the index is byte for byte what a build from nothing gives."""
    fresh = place / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    build_index(place / "corpus", fresh, settings)
    files, digests, manifest = content(place / "index")
    new_files, new_digests, new_manifest = content(fresh)
    assert sorted(files) == sorted(new_files)
    assert [name for name in files if files[name] != new_files[name]] == []
    assert digests == new_digests
    assert manifest == new_manifest


def change(place):
    write(place, "b.txt", OTHER.replace("Two pounds", "Four pounds and a penny"))


def add(place):
    write(place, "a/new.md", "# Tram\n\n## Duration\n\nIt takes an hour.\n")


def delete(place):
    (place / "corpus" / "b.txt").unlink()


def rename(place):
    (place / "corpus" / "b.txt").rename(place / "corpus" / "z.txt")


def touch(place):
    os.utime(place / "corpus" / "b.txt", (0, 0))


def swap(place):
    a, b = place / "corpus" / "a.txt", place / "corpus" / "b.txt"
    text = a.read_bytes()
    a.write_bytes(b.read_bytes())
    b.write_bytes(text)


def several(place):
    delete(place)
    add(place)
    write(place, "c.txt", "Note about trams. They run daily.\n")


ACTS = [change, add, delete, rename, touch, swap, several]


@pytest.fixture
def three(place, settings):
    write(place, "a.txt", f"The {THINGS[2]}\n\nCode: L2002\n\nSummary\n\nA guide leads the way.\n\nDuration\n\nTwo hours.\n")
    write(place, "b.txt", OTHER)
    write(place, "c.txt", "A note without any heading. It says little.\n")
    update(place, settings)
    return place


@pytest.mark.parametrize("act", ACTS)
def test_an_update_writes_what_a_build_from_nothing_does(three, settings, act):
    act(three)
    update(three, settings)
    check_like_new(three, settings)


@pytest.mark.parametrize("seed", range(10))
def test_any_sequence_of_changes_gives_what_a_build_from_nothing_does(place, settings, seed):
    chance = random.Random(seed)
    write(place, "first.txt", made(chance))
    names = [f"{folder}{letter}.txt" for folder in ("", "x/", "y/z/") for letter in "abc"]
    for _ in range(5):
        for _ in range(chance.randint(1, 4)):
            there = [path for path in sorted((place / "corpus").rglob("*.txt")) if path.name != "first.txt"]
            act = chance.choice(["write", "write", "write", "delete", "rename", "touch", "copy", "spoil", "empty"])
            if act == "write" or not there:
                write(place, chance.choice(names), made(chance))
            elif act == "delete":
                chance.choice(there).unlink()
            elif act == "rename":
                chance.choice(there).replace(place / "corpus" / f"r{chance.randint(0, 2)}.txt")
            elif act == "touch":
                os.utime(chance.choice(there), (chance.randint(0, 10**9),) * 2)
            elif act == "copy":
                (place / "corpus" / f"0{chance.randint(0, 2)}.txt").write_bytes(chance.choice(there).read_bytes())
            else:
                chance.choice(there).write_bytes(b"\xff\xfe\x00" if act == "spoil" else b"")
        update(place, settings)
        check_like_new(place, settings)
        assert is_current(place / "index", place / "corpus", settings)


def test_an_update_with_the_real_encoder_writes_what_a_build_from_nothing_does(tiny, settings):
    write(tiny, "tram.txt", OTHER.replace("ferry", "tram"))
    write(tiny, "ferry.txt", DENSE)
    update(tiny, settings)
    check_like_new(tiny, settings)


def test_progress_is_told_for_each_file_with_how_many_there_are(three, settings):
    change(three)
    told = []
    update(three, settings, progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "reading documents"] == [("reading documents", n, 3) for n in (0, 1, 2, 3)]


def test_only_what_has_changed_is_embedded(three, settings, embedded):
    embedded.clear()
    change(three)
    built = update(three, settings)
    assert (built.indexed, built.unchanged, built.removed) == (("b.txt",), ("a.txt", "c.txt"), ())
    assert embedded
    assert all(any(word in text for word in ("ferry", "pounds", "F1001")) for text in embedded)


@pytest.mark.parametrize("act", [delete, touch])
def test_nothing_is_embedded_and_no_model_is_loaded_where_nothing_is_new(three, settings, monkeypatch, act):
    monkeypatch.setattr("assistant.writing._model", lambda *_: pytest.fail("a model was loaded"))
    act(three)
    built = update(three, settings)
    assert built.indexed == ()
    assert built.removed == (("b.txt",) if act is delete else ())


def test_a_text_that_occurs_again_is_embedded_once(place, settings, embedded):
    write(place, "a.txt", OTHER)
    write(place, "b.txt", OTHER + "\nRisks\n\nFog.\n")
    update(place, settings)
    assert embedded.count("Fares: Two pounds.") == 1
    assert max(Counter(embedded).values()) <= 2  # by the encoder and by the reader


def test_a_row_of_a_table_is_embedded_as_its_title_and_found_by_the_words_of_its_fields(place, settings, embedded):
    write(place, "rows.csv", "Code,Description,Added\nF1001,Harbour ferry crossing on foot,March\nF1002,Lighthouse tour with a guide,May\n")
    update(place, settings)
    assert "Harbour ferry crossing on foot" in embedded
    assert "Harbour ferry crossing on foot | March" not in embedded
    index = open_index(place / "index", settings)
    assert [index.chunks[row].document for row, _ in index.lexical.search("March", 5)] == ["rows.csv#F1001"]


def test_a_build_that_changes_nothing_writes_nothing(three, settings):
    before = {path: path.stat().st_mtime_ns for path in (three / "index").rglob("*") if path.name not in (LOCK, "index")}
    built = update(three, settings)
    assert (built.indexed, built.unchanged, built.removed) == ((), ("a.txt", "b.txt", "c.txt"), ())
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_touched_file_is_read_once_and_its_new_time_kept(three, settings):
    touch(three)
    data = read_manifest(three / "index").data
    assert is_current(three / "index", three / "corpus", settings)
    update(three, settings)
    manifest = read_manifest(three / "index")
    assert manifest.data == data
    assert manifest.corpus["b.txt"][1] == 0
    os.utime(three / "corpus" / "b.txt", (1, 1))
    update(three, settings)
    assert read_manifest(three / "index").corpus["b.txt"][1] == 1_000_000_000


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_noticed(three, settings):
    path = three / "corpus" / "b.txt"
    status = path.stat()
    path.write_text(OTHER.replace("Two pounds", "Six pounds"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert not is_current(three / "index", three / "corpus", settings)
    assert update(three, settings).indexed == ("b.txt",)


def test_an_index_copied_with_its_documents_is_current_and_made_anew_in_nothing(three, settings):
    shutil.copytree(three / "corpus", three / "other" / "corpus")
    shutil.copytree(three / "index", three / "other" / "index")
    assert is_current(three / "other" / "index", three / "other" / "corpus", settings)
    built = update(three / "other", settings)
    assert (built.indexed, built.unchanged) == ((), ("a.txt", "b.txt", "c.txt"))
    assert read_manifest(three / "other" / "index").corpus != read_manifest(three / "index").corpus


def test_a_heading_that_another_document_brings_or_takes_away_changes_how_a_file_is_read(place, settings, embedded):
    def sections():
        return [section.heading for section in open_index(place / "index", settings).by_id["dense.txt"].sections]

    write(place, "dense.txt", DENSE)
    write(place, "note.txt", "A note without any heading.\n")
    update(place, settings)
    assert "Fares" not in sections()
    write(place, "other.txt", OTHER)
    assert update(place, settings).indexed == ("dense.txt", "other.txt")
    assert "Fares" in sections()
    check_like_new(place, settings)
    (place / "corpus" / "other.txt").unlink()
    built = update(place, settings)
    assert (built.indexed, built.unchanged, built.removed) == (("dense.txt",), ("note.txt",), ("other.txt",))
    assert "Fares" not in sections()
    check_like_new(place, settings)


CHANGED = {
    "chunk_tokens": 40, "code_pattern": r"[A-Z]\d{5}", "authority": ("a*",), "max_file_bytes": 1_000_000, "max_pages": 7,
    "max_text_characters": 5000, "reader": "none",
}  # fmt: skip


@pytest.mark.parametrize("key", CHANGED)
def test_another_setting_makes_everything_anew(three, settings, key):
    other = make_settings(**{key: CHANGED[key]})
    assert not is_current(three / "index", three / "corpus", other)
    assert update(three, other).indexed == ("a.txt", "b.txt", "c.txt")
    check_like_new(three, other)


@pytest.mark.parametrize("act", [change, add, delete, several])
def test_an_index_holds_the_documents_of_the_corpus_parsed_as_a_whole(three, settings, act):
    act(three)
    write(
        three, "d.txt", f"{HEAD}\nSummary\nThe ferry runs.\nDuration\nTwelve minutes at most.\nFares: Three pounds.\nRisks\nFog is rare.\n"
    )
    update(three, settings)
    sources, _ = read_corpus(three / "corpus", settings)
    assert list(open_index(three / "index", settings).documents) == parse_corpus(sources, settings)


def test_a_setting_that_documents_do_not_depend_on_makes_nothing_anew(three):
    other = make_settings(max_question_characters=100)
    assert is_current(three / "index", three / "corpus", other)
    assert update(three, other).indexed == ()


def test_an_index_of_another_version_is_made_anew(three, settings):
    write_manifest(three / "index", replace(read_manifest(three / "index"), built_by="0.0.1", fingerprint="another"))
    assert update(three, settings).indexed == ("a.txt", "b.txt", "c.txt")
    check_like_new(three, settings)


def test_an_index_of_another_format_stays_until_there_is_a_new_one(three, settings, monkeypatch):
    data = three / "index" / read_manifest(three / "index").data
    write_manifest(three / "index", replace(read_manifest(three / "index"), format=1))

    def failing(*_):
        assert data.is_dir()
        raise ModelError("there is no model")

    with monkeypatch.context() as patched:
        patched.setattr("assistant.writing._model", failing)
        with pytest.raises(ModelError):
            update(three, settings)
    assert data.is_dir()
    update(three, settings)
    assert not data.is_dir() or read_manifest(three / "index").data == data.name
    check_like_new(three, settings)


@pytest.mark.parametrize("content", [b"[]", b"[[1, 2], [3, 4], [5, 6]]", b"{}", b"null", b"[1]"])
def test_an_index_whose_large_files_are_damaged_unseen_is_made_anew(three, settings, monkeypatch, content):
    path = three / "index" / read_manifest(three / "index").data / BASE / Documents.DIRECTORY
    size = path.stat().st_size
    path.write_bytes(content.ljust(size))
    monkeypatch.setattr("assistant.manifest.HASHED_BYTES", 0)
    change(three)
    assert len(update(three, settings).indexed) == 3
    assert HASHED_BYTES > 0


def test_the_first_of_files_with_the_same_bytes_stands_for_all(place, settings):
    for name in ("b.txt", "c.txt", "d.md"):
        write(place, name, OTHER)
    built = update(place, settings)
    assert built.indexed == ("b.txt",)
    assert built.refused == dict.fromkeys(("c.txt", "d.md"), "holds the same bytes as 'b.txt'")
    assert is_current(place / "index", place / "corpus", settings)
    (place / "corpus" / "b.txt").unlink()
    built = update(place, settings)
    assert (built.indexed, built.removed) == (("c.txt",), ("b.txt",))
    assert built.refused == {"d.md": "holds the same bytes as 'c.txt'"}
    write(place, "a.txt", OTHER)
    built = update(place, settings)
    assert (built.indexed, built.removed, sorted(built.refused)) == (("a.txt",), ("c.txt",), ["c.txt", "d.md"])
    check_like_new(place, settings)


def test_hostile_files_are_refused_each_with_a_reason_and_the_rest_is_indexed(three, settings):
    corpus = three / "corpus"
    (corpus / "latin.txt").write_bytes(b"caf\xe9 \x00")
    (corpus / "empty.md").write_bytes(b"")
    (corpus / "picture.png").write_bytes(b"\x89PNG")
    (corpus / "link.txt").symlink_to(corpus / "a.txt")
    (corpus / "loop").symlink_to(corpus)
    (corpus / "esc\x1b[2J.txt").write_text("words", encoding="utf-8")
    (corpus / os.fsdecode(b"caf\xe9.txt")).write_text("words", encoding="utf-8")
    os.mkfifo(corpus / "pipe.txt")
    write(three, "large.txt", "x" * 3000)
    small = make_settings(max_file_bytes=2000)
    built = update(three, small)
    assert built.indexed == ("a.txt", "b.txt", "c.txt")
    assert sorted(built.refused) == sorted(
        ["latin.txt", "empty.md", "picture.png", "link.txt", "loop", "esc\x1b[2J.txt", "caf\\udce9.txt", "pipe.txt", "large.txt"]
    )
    assert all(why and "\n" not in why for why in built.refused.values())
    assert is_current(three / "index", corpus, small)
    again = update(three, small)
    assert (again.indexed, again.refused) == ((), built.refused)
    (corpus / "empty.md").unlink()
    again = update(three, small)
    assert again.refused == {name: why for name, why in built.refused.items() if name != "empty.md"}
    check_like_new(three, small)


@pytest.mark.parametrize("made_at_once", [1, 256])
def test_files_that_make_the_parser_fail_are_refused_and_the_rest_is_as_if_they_were_not_there(place, settings, monkeypatch, made_at_once):
    from assistant import parts, writing

    real = parts.parse_document

    def parse(source, *how):
        if "spoilt" in source.text:
            raise ValueError("no such thing")
        return real(source, *how)

    write(place, "a.txt", OTHER)
    write(place, "b.txt", OTHER.replace("Fares", "Spoilt fares").replace("pounds", "spoilt pounds"))
    write(place, "c.txt", "A note without any heading. It says little.\n")
    write(place, "d.txt", "A spoilt note.\n")
    monkeypatch.setattr(writing, "NEW_AT_ONCE", made_at_once)
    monkeypatch.setattr(parts, "parse_document", parse)
    built = update(place, settings)
    assert built.indexed == ("a.txt", "c.txt")
    assert sorted(built.refused) == ["b.txt", "d.txt"]
    assert built.refused["b.txt"].startswith("makes its reader fail (ValueError: no such thing); ")
    check_like_new(place, settings)
    assert is_current(place / "index", place / "corpus", settings)
    write(place, "c.txt", "A spoilt note, too.\n")
    again = update(place, settings)
    assert (again.unchanged, again.removed, sorted(again.refused)) == (("a.txt",), ("c.txt",), ["b.txt", "c.txt", "d.txt"])
    write(place, "b.txt", OTHER.replace("Two pounds", "Nine pounds"))
    assert update(place, settings).indexed == ("b.txt",)
    check_like_new(place, settings)


def test_a_file_that_vanishes_while_the_corpus_is_read_is_there_again_with_the_next_build(three, settings, monkeypatch):
    change(three)
    path, aside = three / "corpus" / "b.txt", three / "aside.txt"
    from assistant import building

    real = building.plan

    def meanwhile(*args):
        path.rename(aside)
        return real(*args)

    with monkeypatch.context() as patched:
        patched.setattr("assistant.building.plan", meanwhile)
        built = update(three, settings)
    assert built.removed == ("b.txt",)
    assert built.refused == {"b.txt": "cannot be read (No such file or directory)"}
    aside.rename(path)
    assert not is_current(three / "index", three / "corpus", settings)
    assert update(three, settings).indexed == ("b.txt",)
    check_like_new(three, settings)


def test_a_file_that_changes_while_the_corpus_is_read_is_never_passed_for_what_it_was(three, settings, monkeypatch):
    change(three)
    from assistant import building

    real = building.plan

    def meanwhile(*args):
        add(three)
        write(three, "b.txt", OTHER.replace("Two", "Seven"))
        return real(*args)

    with monkeypatch.context() as patched:
        patched.setattr("assistant.building.plan", meanwhile)
        update(three, settings)
    assert "Seven pounds" in open_index(three / "index", settings).by_id["b.txt"].text
    assert not is_current(three / "index", three / "corpus", settings)
    update(three, settings)
    check_like_new(three, settings)


def test_a_file_that_changes_between_two_looks_at_it_ends_the_build(place, settings, monkeypatch):
    write(place, "dense.txt", DENSE)
    update(place, settings)
    write(place, "other.txt", OTHER)
    from assistant import planning

    real = planning._settle

    def meanwhile(*args):
        write(place, "dense.txt", DENSE.replace("Three", "Nine"))
        return real(*args)

    with monkeypatch.context() as patched:
        patched.setattr("assistant.planning._settle", meanwhile)
        with pytest.raises(CorpusError, match=r"'dense.txt' changed while it was read; run 'assistant index' again"):
            update(place, settings)
    assert list(open_index(place / "index", settings).by_id) == ["dense.txt"]
    update(place, settings)
    check_like_new(place, settings)


def test_documents_without_anything_to_quote_can_be_indexed(place, settings):
    write(place, "a.txt", "word")
    update(place, settings)
    write(place, "b.txt", "#\n")
    update(place, settings)
    check_like_new(place, settings)


def test_a_deleted_document_is_gone_from_answers_at_once(tiny, settings):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    assert assistant.search("foot passengers of the ferry", 1)[0].chunk.document == "ferry.txt"
    (tiny / "corpus" / "ferry.txt").unlink()
    update(tiny, settings)
    now = assistant.current()
    assert now is not assistant
    for one in (now, Assistant.open(tiny / "corpus", tiny / "index", settings)):
        assert {hit.chunk.document for hit in one.search("foot passengers of the ferry", 20)} == {"lighthouse.md"}
        assert [entry.code for entry in one.codes()] == ["L2002"]
        assert "ferry" not in one.ask("are bicycles carried free of charge?").resolved.casefold()
        assert all(quote.document == "lighthouse.md" for quote in one.ask("are bicycles carried free of charge?").quotes)


def test_opening_without_a_build_first_updates_what_is_stale(tiny, settings):
    (tiny / "corpus" / "ferry.txt").unlink()
    assert list(Assistant.open(tiny / "corpus", tiny / "index", settings).index.by_id) == ["lighthouse.md"]


def test_an_assistant_that_nothing_has_replaced_is_current(tiny, settings):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    assert assistant.current() is assistant
    (tiny / "index" / MANIFEST).write_text("{", encoding="utf-8")
    assert assistant.current() is assistant


def test_a_reader_goes_on_answering_while_builds_replace_its_index(tiny, settings):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    ask = lambda one: replace(one.ask("how long does the crossing take?"), elapsed_ms=0)  # noqa: E731
    wanted, answers, over = ask(assistant), [], threading.Event()

    def answering():
        while not over.is_set():
            answers.append(ask(assistant))

    thread = threading.Thread(target=answering)
    thread.start()
    try:
        for n in range(3):
            write(tiny, "new.txt", OTHER.replace("Two", str(n)))
            update(tiny, settings)
            assert "new.txt" in assistant.current().index.by_id
    finally:
        over.set()
        thread.join()
    assert len(answers) > 3
    assert all(answer == wanted for answer in answers)
    assert ask(assistant) == wanted


HOLD = """
import sys, time
from pathlib import Path
from assistant.building import _only_writer
with _only_writer(Path(sys.argv[1]), print) as work:
    (work / "half").write_text("half a file")
    print("holding", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tiny, root):
    """Another process that is building the index of `tiny`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tiny / "index")], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert process.stdout.readline() == "holding\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_writer_waits_says_so_and_gives_up_in_the_end(tiny, settings, holder, monkeypatch):
    monkeypatch.setattr("assistant.building.WAIT", 0.3)
    add(tiny)
    told = []
    with pytest.raises(IndexMismatch, match="another process is building the index in '.*'; try again when it has ended"):
        update(tiny, settings, progress=lambda *step: told.append(step))
    assert told == [("waiting for another build", 0, 1)]
    assert len(list((tiny / "index").glob(".building-*"))) == 1


def test_a_second_writer_begins_as_soon_as_the_first_has_been_killed(tiny, settings, holder):
    add(tiny)
    killer = threading.Timer(0.5, holder.kill)
    killer.start()
    began = time.monotonic()
    told = []
    assert update(tiny, settings, progress=lambda stage, *_: told.append(stage)).indexed == ("a/new.md",)
    assert told[0] == "waiting for another build"
    assert time.monotonic() - began < 60
    assert list((tiny / "index").glob(".building-*")) == []


def test_two_builds_at_once_do_the_work_once(tiny, settings):
    add(tiny)
    done = []
    threads = [threading.Thread(target=lambda: done.append(update(tiny, settings))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(built.indexed for built in done) == [(), ("a/new.md",)]
    assert done[0].manifest.data == done[1].manifest.data


def test_what_killed_builds_left_behind_is_removed_by_the_next(three, settings):
    index = three / "index"
    (index / ".building-x" / "bm25").mkdir(parents=True)
    (index / "data-0123456789abcdef").mkdir()
    (index / ".manifest-x").write_text("{", encoding="utf-8")
    (index / "notes.txt").write_text("not ours", encoding="utf-8")
    update(three, settings)
    assert sorted(path.name for path in index.iterdir()) == sorted([LOCK, MANIFEST, read_manifest(index).data, "notes.txt"])
    (index / MANIFEST).write_text("[]", encoding="utf-8")
    remove_leftovers(index)
    assert list(index.glob("data-*")) == []


def test_an_index_inside_its_corpus_is_no_part_of_it(place, settings):
    write(place, "a.txt", OTHER)
    folder = place / "corpus" / "index"
    build_index(place / "corpus", folder, settings)
    assert is_current(folder, place / "corpus", settings)
    assert build_index(place / "corpus", folder, settings).refused == {}


def test_a_folder_that_cannot_be_written_is_an_error_that_names_the_option(place, settings):
    write(place, "a.txt", OTHER)
    (place / "file").write_text("", encoding="utf-8")
    with pytest.raises(IndexMismatch, match=r"file' cannot be written .*; name another with --index DIR"):
        build_index(place / "corpus", place / "file", settings)


def test_others_can_read_an_index(three):
    for path in (three / "index").rglob("*"):
        if path.name != LOCK:
            assert path.stat().st_mode & 0o044 == 0o044, path


class Exported:
    """Stands for an exported model: one file."""

    def __init__(self, folder):
        if (Path(folder) / "model.onnx").read_bytes() != b"a model":
            raise ModelError("it is damaged")


def exporting(calls):
    def export(setting, folder):
        calls.append(setting)
        folder.mkdir()
        (folder / "model.onnx").write_bytes(b"a model")
        return Exported(folder)

    return export


@pytest.fixture
def other_models(place, monkeypatch):
    """Settings with models that have to be exported, and the list of exports."""
    monkeypatch.undo()
    calls, real = [], []
    monkeypatch.setattr("assistant.writing.export", exporting(calls))
    monkeypatch.setattr("assistant.writing.OnnxEncoder", Exported)
    monkeypatch.setattr(Exported, "encode", FakeEncoder(real).encode, raising=False)
    return make_settings(encoder="one", reader="two"), calls


def test_an_exported_model_is_taken_over_and_exported_again_only_where_damaged(place, other_models, settings):
    chosen, calls = other_models
    write(place, "a.txt", OTHER)
    write(place, "b.txt", DENSE)
    update(place, chosen)
    assert calls == ["one", "two"]
    write(place, "a.txt", OTHER.replace("Two", "Six"))
    update(place, chosen)
    (place / "corpus" / "b.txt").unlink()
    update(place, chosen)
    assert calls == ["one", "two"]
    manifest = read_manifest(place / "index")
    assert {"encoder/model.onnx", "reader/model.onnx"} <= set(manifest.files)
    assert (manifest.encoder, manifest.reader, manifest.dimension) == ("one", "two", 8)
    model = place / "index" / manifest.data / "encoder" / "model.onnx"
    model.unlink()
    model.write_bytes(b"a m0del")
    write_manifest(place / "index", replace(manifest, files={k: v for k, v in manifest.files.items() if not k.startswith("encoder")}))
    write(place, "a.txt", OTHER.replace("Two", "Eight"))
    update(place, chosen)
    assert calls == ["one", "two", "one"]
    check_like_new(place, chosen)


def test_a_model_is_copied_where_files_cannot_have_two_names(place, other_models, monkeypatch):
    chosen, calls = other_models
    write(place, "a.txt", OTHER)
    update(place, chosen)

    def refuse(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write(place, "b.txt", DENSE)
    update(place, chosen)
    assert calls == ["one", "two"]


def test_an_index_that_is_large_enough_for_lists_is_updated_with_those_it_has(place, settings, monkeypatch):
    monkeypatch.setattr("assistant.vectors.EXACT_UP_TO", 50)
    for n in range(60):
        write(place, f"{n:02}.txt", made(random.Random(n)))
    lists = update(place, settings).manifest.search["lists"]
    monkeypatch.setattr("assistant.vectors._trained", lambda *_: pytest.fail("lists were made anew"))
    write(place, "07.txt", OTHER)
    (place / "corpus" / "09.txt").unlink()
    built = update(place, settings)
    assert (built.indexed, built.removed) == (("07.txt",), ("09.txt",))
    assert built.manifest.search["lists"] == lists
    index = open_index(place / "index", settings)
    rows = index.vectors.vectors()[:].astype(np.float32)
    assert len(rows) == len(index.chunks)
    for row in (0, *index.chunks.of("07.txt"), len(rows) - 1):
        found, score = index.vectors.search(rows[row], 1)[0]
        assert np.array_equal(rows[found], rows[row])
        assert score == pytest.approx(1, abs=1e-3)


def test_documents_are_written_alike_however_many_are_made_at_once(three, settings, monkeypatch):
    monkeypatch.setattr("assistant.writing.NEW_AT_ONCE", 1)
    monkeypatch.setattr("assistant.writing.KEPT_AT_ONCE", 2)
    change(three)
    update(three, settings)
    monkeypatch.undo()
    monkeypatch.setattr("assistant.writing._model", lambda *_: FakeEncoder([]))
    check_like_new(three, settings)


@pytest.mark.parametrize("grows", [True, False])
def test_an_index_that_grows_large_enough_for_lists_or_shrinks_below_is_as_a_new_one(place, settings, monkeypatch, grows):
    def documents(count):
        for n in range(60):
            (place / "corpus" / f"{n:02}.txt").unlink(missing_ok=True)
            if n < count:
                write(place, f"{n:02}.txt", made(random.Random(n)))

    monkeypatch.setattr("assistant.vectors.EXACT_UP_TO", 60)
    documents(5 if grows else 60)
    assert update(place, settings).manifest.search["exact"] is grows
    documents(60 if grows else 5)
    assert update(place, settings).manifest.search["exact"] is not grows
    check_like_new(place, settings)
