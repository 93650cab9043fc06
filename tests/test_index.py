import hashlib
import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from assistant import Assistant
from assistant.building import LOCK, build_index
from assistant.config import PACKAGED_ENCODER, PACKAGED_READER, make_settings
from assistant.errors import CorpusError, IndexMismatch, IndexNotFound
from assistant.freshness import is_current
from assistant.index import ALIKE, OPENINGS_TRIED, Index, open_index
from assistant.inference import OnnxEncoder
from assistant.manifest import MANIFEST, read_manifest, write_manifest
from assistant.retrieval import retrieve
from assistant.segments import Joined

QUESTIONS = ["how long does it take?", "rare risks", "bring water", "fog"]
DAMAGES = {
    "emptied": lambda data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "one byte short": lambda data: data[:-1],
    "overwritten with zeros": lambda data: bytes(len(data)),
    "overwritten with text": lambda data: b"nothing of the kind",
    "gone": None,
}


def hits(folder, settings):
    index = open_index(folder, settings)
    return [retrieve(index, text, index.encoder.encode([text])[0], 20) for text in QUESTIONS]


def damage(path, how):
    # A linked file must not be changed in place: the other tests' indexes hold the same one.
    data = path.read_bytes()
    path.unlink()
    if how is not None:
        path.write_bytes(how(data))


def build_tiny(tiny, settings):
    return build_index(tiny / "corpus", tiny / "index", settings)


def test_the_manifest_says_what_the_index_is(index_folder, corpus, assistant):
    manifest = json.loads((index_folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["format"] >= 1
    assert manifest["encoder"] == OnnxEncoder(PACKAGED_ENCODER).name
    assert manifest["dimension"] == 384
    assert manifest["documents"] == 5
    files = {path.name: path for path in corpus.glob("*.txt")}
    assert sorted(manifest["corpus"]) == sorted(files)
    for name, (size, modified, changed, digest) in manifest["corpus"].items():
        assert size == files[name].stat().st_size
        assert modified in (0, files[name].stat().st_mtime_ns)
        assert changed == files[name].stat().st_ctime_ns
        assert digest == hashlib.sha256(files[name].read_bytes()).hexdigest()
    assert manifest["chunks"] == len(assistant.index.chunks)
    assert manifest["candidates"] == len(assistant.index.candidates)
    assert manifest["chunk_tokens"] == 160
    assert {"fingerprint", "built_at", "built_by", "code_pattern", "refused"} <= set(manifest)


def test_the_manifest_lists_every_file_and_none_is_a_pickle(index_folder):
    manifest = read_manifest(index_folder)
    data = index_folder / manifest.data
    assert sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()) == sorted(manifest.files)
    for name in manifest.files:
        path = data / name
        with path.open("rb") as file:
            assert file.read(2) not in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
        assert path.suffix not in (".pkl", ".pickle", ".joblib", ".pt", ".bin")
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        if path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
                json.loads(line)


def test_an_index_leaves_nothing_half_built_behind(index_folder):
    assert {path.name for path in index_folder.iterdir()} == {LOCK, MANIFEST, read_manifest(index_folder).data}


def test_vectors_are_of_unit_length(assistant):
    index = assistant.index
    for vectors in (index.candidate_vectors, index.openings, index.vectors.vectors()):
        assert np.allclose(np.linalg.norm(vectors[:].astype(np.float32), axis=1), 1, atol=1e-3)
    assert len(index.candidate_vectors) == len(index.candidates)
    assert len(index.openings) == len(index.documents)
    assert len(index.vectors.vectors()) == len(index.chunks)


def test_chunks_and_candidates_of_a_document_are_those_that_name_it(assistant):
    for rows in (assistant.index.chunks, assistant.index.candidates):
        found = [i for document in assistant.index.documents for i in rows.of(document.id)]
        assert found == list(range(len(rows)))
        assert all(rows[i].document == document.id for document in assistant.index.documents for i in rows.of(document.id))
        assert list(rows.of("nothing.txt")) == []


def test_a_code_names_the_documents_that_describe_it(assistant):
    index = assistant.index
    assert list(index.by_code) == sorted(index.by_code)
    for code, names in index.by_code.items():
        assert names == tuple(document.id for document in index.documents if code in document.codes)


def test_every_chunk_and_candidate_is_a_slice_of_its_file(assistant, corpus):
    index = assistant.index
    for document in index.documents:
        assert document.text == (corpus / document.id).read_bytes().decode("utf-8")
    assert len({chunk.id for chunk in index.chunks}) == len(index.chunks)
    for chunk in index.chunks:
        assert 0 <= chunk.span.start < chunk.span.end <= len(index.by_id[chunk.document].text)


def test_opening_again_gives_equal_hits(tiny, settings):
    assert hits(tiny / "index", settings) == hits(tiny / "index", settings)


def test_building_again_gives_equal_ids_hits_and_fingerprint(tiny, settings):
    before, ids = hits(tiny / "index", settings), [chunk.id for chunk in open_index(tiny / "index", settings).chunks]
    old = read_manifest(tiny / "index")
    manifest = build_index(tiny / "corpus", tiny / "index", settings, rebuild=True).manifest
    assert manifest.fingerprint == old.fingerprint
    assert [chunk.id for chunk in open_index(tiny / "index", settings).chunks] == ids
    assert hits(tiny / "index", settings) == before


def test_an_index_built_from_these_files_and_settings_is_current(tiny, settings):
    assert is_current(tiny / "index", tiny / "corpus", settings)


def change(folder):
    (folder / "corpus" / "ferry.txt").write_text("Ferry\n\nDuration\n\nIt takes an hour.\n", encoding="utf-8")


def add(folder):
    (folder / "corpus" / "new.txt").write_text("Tram\n\nDuration\n\nIt takes an hour.\n", encoding="utf-8")


def remove(folder):
    (folder / "corpus" / "ferry.txt").unlink()


def rename(folder):
    (folder / "corpus" / "ferry.txt").rename(folder / "corpus" / "boat.txt")


@pytest.mark.parametrize("act", [change, add, remove, rename])
def test_a_changed_corpus_makes_the_index_stale(tiny, settings, act):
    act(tiny)
    assert not is_current(tiny / "index", tiny / "corpus", settings)


def test_a_changed_time_of_a_file_does_not_make_the_index_stale(tiny, settings):
    os.utime(tiny / "corpus" / "ferry.txt", (0, 0))
    assert is_current(tiny / "index", tiny / "corpus", settings)


@pytest.mark.parametrize(
    ("key", "value"),
    [("chunk_tokens", 80), ("code_pattern", r"[A-Z]{2}\d{4}"), ("encoder", "another-model")],
    ids=["chunk", "code", "encoder"],
)
def test_other_settings_make_the_index_stale_and_opening_it_names_both_values(tiny, settings, key, value):
    other = make_settings(**{key: value})
    assert not is_current(tiny / "index", tiny / "corpus", other)
    with pytest.raises(IndexMismatch, match=key) as caught:
        open_index(tiny / "index", other)
    assert str(value) in str(caught.value)
    assert "assistant index" in str(caught.value)


def test_opening_a_stale_index_updates_it_and_the_new_text_is_found(tiny, settings):
    add(tiny)
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    assert "new.txt" in assistant.index.by_id
    assert is_current(tiny / "index", tiny / "corpus", settings)


def test_a_missing_index_is_not_found_and_the_message_says_what_to_run(tmp_path, settings):
    with pytest.raises(IndexNotFound, match=r"assistant index"):
        open_index(tmp_path / "nothing", settings)


@pytest.mark.parametrize("how", DAMAGES)
def test_every_damaged_file_is_noticed_and_the_message_names_the_repair(tiny, settings, how):
    manifest = read_manifest(tiny / "index")
    for name in manifest.files:
        path = tiny / "index" / manifest.data / name
        aside = path.with_name(path.name + ".aside")
        path.rename(aside)
        if DAMAGES[how] is not None:
            path.write_bytes(DAMAGES[how](aside.read_bytes()))
        with pytest.raises(IndexMismatch, match=r"assistant index --rebuild"):
            open_index(tiny / "index", settings)
        aside.replace(path)
    open_index(tiny / "index", settings)


@pytest.mark.parametrize("rebuild", [False, True])
def test_damaged_files_are_repaired(tiny, settings, rebuild):
    before = hits(tiny / "index", settings)
    manifest = read_manifest(tiny / "index")
    for name in manifest.files:
        damage(tiny / "index" / manifest.data / name, DAMAGES["cut in half"])
    build_index(tiny / "corpus", tiny / "index", settings, rebuild=rebuild)
    assert hits(tiny / "index", settings) == before


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", b'{"format": 1}', b'"text"', b'{"format": 999}'], ids=range(9)
)
def test_a_damaged_manifest_is_noticed_names_the_repair_and_a_rebuild_repairs_it(tiny, settings, content):
    (tiny / "index" / MANIFEST).write_bytes(content)
    with pytest.raises(IndexMismatch, match=r"assistant index --rebuild"):
        open_index(tiny / "index", settings)
    assert not is_current(tiny / "index", tiny / "corpus", settings)


def test_a_rebuild_repairs_a_damaged_manifest(tiny, settings):
    manifest = (tiny / "index" / MANIFEST).read_text(encoding="utf-8")
    (tiny / "index" / MANIFEST).write_text(manifest.replace('"documents": 2', '"documents": "two"'), encoding="utf-8")
    build_tiny(tiny, settings)
    assert len(open_index(tiny / "index", settings).documents) == 2


@pytest.mark.parametrize("value", [None, [1]], ids=["null", "list"])
def test_a_manifest_with_a_value_of_the_wrong_kind_is_noticed_and_names_the_repair(tiny, settings, value):
    path = tiny / "index" / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    unnoticed = []
    for key, right in manifest.items():
        if not isinstance(right, type(value)):
            path.write_text(json.dumps({**manifest, key: value}), encoding="utf-8")
            try:
                open_index(tiny / "index", settings)
                unnoticed.append(key)
            except IndexMismatch as error:
                assert "assistant index" in str(error)
            except (TypeError, AttributeError, ValueError) as error:
                unnoticed.append(f"{key} ({error!r})")
    assert unnoticed == []


def test_a_failed_build_leaves_the_old_index_working(tiny, settings):
    before = hits(tiny / "index", settings)
    shutil.rmtree(tiny / "corpus")
    with pytest.raises(CorpusError):
        build_tiny(tiny, settings)
    assert hits(tiny / "index", settings) == before
    assert not list((tiny / "index").glob(".building-*"))


def test_a_build_interrupted_half_way_leaves_the_old_index_working(tiny, settings):
    before, there = hits(tiny / "index", settings), sorted((tiny / "index").iterdir())
    add(tiny)

    def stop(stage, done, total):
        if stage == "embedding":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(tiny / "corpus", tiny / "index", settings, stop)
    assert hits(tiny / "index", settings) == before
    assert sorted((tiny / "index").iterdir()) == there


def test_an_open_index_goes_on_answering_while_it_is_replaced(tiny, settings):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings, build=False)
    before = assistant.search("how long does the crossing take", 5)
    add(tiny)
    build_tiny(tiny, settings)
    assert assistant.search("how long does the crossing take", 5) == before


def test_an_index_replaced_between_reading_its_manifest_and_opening_it_is_opened_anew(tiny, settings, monkeypatch):
    (tiny / "corpus" / "tram.txt").write_text("Tram\n\nDuration\n\nIt takes an hour.\n", encoding="utf-8")
    real, waiting = Index.__init__, [True]

    def replaced_meanwhile(self, *args):
        if waiting and waiting.pop():
            build_tiny(tiny, settings)
        real(self, *args)

    monkeypatch.setattr(Index, "__init__", replaced_meanwhile)
    assert "tram.txt" in open_index(tiny / "index", settings).by_id


def test_an_index_that_builds_keep_replacing_is_tried_a_few_times_and_then_named(tiny, settings, monkeypatch):
    tries = []

    def replaced_again(self, *args):
        tries.append(read_manifest(tiny / "index").data)
        build_index(tiny / "corpus", tiny / "index", settings, rebuild=True)
        raise IndexMismatch("a file is gone")

    monkeypatch.setattr(Index, "__init__", replaced_again)
    with pytest.raises(IndexMismatch, match="a file is gone"):
        open_index(tiny / "index", settings)
    assert len(tries) == OPENINGS_TRIED
    assert all(one != other for one, other in zip(tries, tries[1:], strict=False))


def test_an_index_that_nothing_replaces_is_not_tried_again(tiny, settings, monkeypatch):
    tries = []

    def damaged(self, *args):
        tries.append(args)
        raise IndexMismatch("a file is damaged")

    monkeypatch.setattr(Index, "__init__", damaged)
    with pytest.raises(IndexMismatch, match="a file is damaged"):
        open_index(tiny / "index", settings)
    assert len(tries) == 1


def test_the_vectors_of_a_documents_candidates_are_those_of_its_rows(tiny, settings):
    opened = open_index(tiny / "index", settings)
    for name in opened.documents.ids:
        rows, vectors = opened.candidates.of(name), opened.vectors_of(name)
        assert vectors.dtype == np.float32
        assert np.array_equal(vectors, opened.candidate_vectors[rows.start : rows.stop])
        assert opened.vectors_of(name) is vectors


def test_models_of_the_package_are_loaded_when_they_are_needed_and_once_each(tiny, settings, monkeypatch):
    loaded = []
    monkeypatch.setattr("assistant.index._load", lambda folder: loaded.append(folder) or folder.name)
    opened = open_index(tiny / "index", settings)
    assert loaded == []
    assert opened.encoder == "encoder"
    assert loaded == [PACKAGED_ENCODER]
    opened.load_models()
    assert (opened.encoder, opened.reader) == ("encoder", "reader")
    assert loaded == [PACKAGED_ENCODER, PACKAGED_READER]


def test_without_a_reader_one_model_serves_as_both(tiny, monkeypatch):
    loaded = []
    monkeypatch.setattr("assistant.index._load", lambda folder: loaded.append(folder) or object())
    opened = Index(tiny / "index", read_manifest(tiny / "index"), make_settings(reader="none"))
    assert loaded == []
    assert opened.reader is opened.encoder
    assert loaded == [PACKAGED_ENCODER]


def test_models_that_a_build_could_take_away_are_loaded_at_once(tiny, monkeypatch):
    loaded = []
    monkeypatch.setattr("assistant.index._load", lambda folder: loaded.append(folder))
    manifest = read_manifest(tiny / "index")
    Index(tiny / "index", manifest, make_settings(encoder="another"))
    assert sorted(loaded) == sorted([tiny / "index" / manifest.data / "encoder", PACKAGED_READER])


def test_a_model_that_cannot_be_loaded_is_told_when_the_index_is_opened(tiny):
    manifest = read_manifest(tiny / "index")
    write_manifest(tiny / "index", replace(manifest, encoder="another", settings={**manifest.settings, "encoder": "another"}))
    with pytest.raises(IndexMismatch, match="cannot be loaded"):
        open_index(tiny / "index", make_settings(encoder="another"))


def test_unreadable_files_are_named_in_the_manifest(tiny, settings):
    (tiny / "corpus" / "spoilt.txt").write_bytes(b"caf\0")
    assert build_tiny(tiny, settings).refused == {"spoilt.txt": "holds NUL characters and is not text"}
    assert read_manifest(tiny / "index").refused == {"spoilt.txt": "holds NUL characters and is not text"}
    assert is_current(tiny / "index", tiny / "corpus", settings)


def test_documents_without_headings_can_be_indexed_and_asked(tiny, settings):
    (tiny / "corpus" / "note.txt").write_text("The tram runs every ten minutes. It is free on Sundays.\n", encoding="utf-8")
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    assert assistant.search("tram on Sundays", 1)[0].chunk.document == "note.txt"


def test_rebuilding_again_and_again_leaves_one_data_folder(tiny, settings):
    for _ in range(3):
        manifest = build_index(tiny / "corpus", tiny / "index", settings, rebuild=True).manifest
        assert [path.name for path in (tiny / "index").glob("data-*")] == [manifest.data]
    assert len(open_index(tiny / "index", settings).documents) == 2


def test_progress_is_told_to_whoever_asks(tiny, settings):
    told = []
    build_index(tiny / "corpus", tiny / "index", settings, lambda *step: told.append(step), rebuild=True)
    assert all(0 <= done <= total for _, done, total in told)
    last = {stage: (done, total) for stage, done, total in told}
    assert last["embedding"][0] == last["embedding"][1] > 0
    assert last["loading the encoder"] == (1, 1)


def test_a_build_removes_nothing_that_is_not_its_own(tiny, settings):
    for name in ("data-raw", "data-2024", "notes"):
        (tiny / "index" / name).mkdir()
    (tiny / "corpus" / "ferry.txt").unlink()
    build_index(tiny / "corpus", tiny / "index", settings)
    assert all((tiny / "index" / name).is_dir() for name in ("data-raw", "data-2024", "notes"))


def test_documents_that_are_most_alike_are_the_same_looked_for_alone_or_together(index_folder, settings):
    names = list(open_index(index_folder, settings).documents.ids)
    together, alone = open_index(index_folder, settings), open_index(index_folder, settings)
    found = together.all_alike([*names, names[0]])
    assert found == [alone.alike(name) for name in [*names, names[0]]]
    for name, near in zip(names, found, strict=False):
        likeness = {other: float(alone.openings[alone.documents.position[other]] @ alone.openings[names.index(name)]) for other in names}
        assert list(near) == sorted(set(names) - {name}, key=lambda other: -likeness[other])[:ALIKE]


def test_of_documents_that_are_equally_alike_the_first_are_taken(index_folder, settings):
    index = open_index(index_folder, settings)
    index.openings = Joined.whole(np.repeat(index.openings[:1], 30, axis=0))
    index.documents.ids = tuple(f"{n:02}.txt" for n in range(30))
    index.documents.position = {name: n for n, name in enumerate(index.documents.ids)}
    assert index.alike("03.txt") == tuple(f"{n:02}.txt" for n in range(9) if n != 3)


def counted(found):
    """Return a function that finds the squares of numbers, which notes in `found` for which ones it was asked."""

    def squares(_, numbers):
        found.append(list(numbers))
        return [n * n for n in numbers]

    return squares


def test_what_was_found_in_an_index_is_remembered_for_that_index_alone(index_folder, settings):
    asked, first, second = [], open_index(index_folder, settings), open_index(index_folder, settings)
    squares = counted(asked)
    assert first.recall_all(squares, [2, 3, 2]) == [4, 9, 4]
    assert first.recall_all(squares, [3, 0]) == [9, 0]
    assert second.recall_all(squares, [3]) == [9]
    assert asked == [[2, 3], [0], [3]]


def test_only_so_much_is_remembered_and_what_one_function_found_is_not_taken_for_anothers(index_folder, settings):
    asked, index = [], open_index(index_folder, settings)

    def half(_, n):
        asked.append(n)
        return n / 2

    assert [index.recall(half, n, most=2) for n in (2, 4, 2, 6, 2)] == [1, 2, 1, 3, 1]
    assert asked == [2, 4, 6, 2]
    assert index.recall(lambda _, n: n, 2) == 2
