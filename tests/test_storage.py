import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.arrays import ArrayFile, Ragged, RaggedFile, edges, load_array, read_json, release, write_json
from assistant.chunking import candidates_of, chunk_document
from assistant.errors import IndexMismatch
from assistant.segments import BASE, ORDER, Runs, Segments
from assistant.storage import ById, Candidates, Chunks, Documents, DocumentsFile, Entry, document_row, parse_line  # fmt: skip
from assistant.types import Place

DAMAGES = [b"{", b"[]\n", b"{}\n", b"null\n", b"\xff\xfe", b'{"id": 1}\n', b'"text"\n', b'{"sections": 1}\n']
lengths = st.lists(st.integers(0, 4), min_size=1, max_size=8)


def write_documents(folder, documents):
    """Write documents as the base of an index in `folder`."""
    folder = folder / BASE
    folder.mkdir()
    file = DocumentsFile(folder)
    for document in documents.values():
        file.add(Entry.of(document))
    file.close()
    np.save(folder.parent / ORDER, np.arange(len(documents)))


@pytest.fixture
def stored(documents, tmp_path):
    write_documents(tmp_path, documents)
    return Documents(Segments.open(tmp_path))


def ragged(rows, columns=2):
    return Ragged.of([np.arange(n * columns, dtype=np.int32).reshape(n, columns) + 100 * i for i, n in enumerate(rows)])


def test_documents_come_back_equal(documents, stored):
    assert list(stored) == list(documents.values())
    assert stored[-1] == list(documents.values())[-1]
    assert stored[1:3] == list(documents.values())[1:3]


def test_what_is_looked_up_of_documents_needs_none_of_them_parsed(documents, tmp_path):
    write_documents(tmp_path, documents)
    lines = tmp_path / BASE / Documents.LINES
    lines.write_bytes(bytes(lines.stat().st_size))
    stored = Documents(Segments.open(tmp_path))
    assert stored.ids == tuple(document.id for document in documents.values())
    assert stored.files == tuple(document.file for document in documents.values())
    assert stored.codes == tuple(document.codes for document in documents.values())
    assert stored.ranks == tuple((document.authority, document.dated) for document in documents.values())
    assert stored.position[stored.ids[2]] == 2


def test_an_entry_comes_back_as_it_was_written(documents, stored):
    assert [stored.entry(i) for i in range(len(stored))] == [Entry.of(document) for document in documents.values()]


@pytest.mark.parametrize("i", [5, -6])
def test_there_is_no_document_beyond_the_last(stored, i):
    with pytest.raises(IndexError):
        stored[i]


def test_only_so_many_documents_are_kept_parsed(stored, monkeypatch):
    monkeypatch.setattr("assistant.storage.REMEMBERED", 2)
    kept = [stored[i] for i in range(5)]
    assert stored[4] is kept[4]
    assert stored[0] is not kept[0]
    assert stored[0] == kept[0]


def test_documents_are_found_by_id(documents, stored):
    by_id = ById(stored)
    assert list(by_id) == list(stored.ids)
    assert len(by_id) == 5
    assert by_id[stored.ids[1]] == stored[1]
    assert stored.ids[0] in by_id
    assert "nothing.txt" not in by_id
    with pytest.raises(KeyError):
        by_id["nothing.txt"]


def test_texts_with_any_line_end_and_all_fields_survive(parse):
    document = parse("Ferry\r\n\r\nSummary\r\nIt runs\u2028daily – “always”.\x0c\r\nEnd.\r\n")
    full = type(document)(**{
        **{name: getattr(document, name) for name in document.__slots__},
        "places": (Place(0, "page", 1), Place(5, "page", 2)), "authority": 7, "dated": "2020-01-02",
    })  # fmt: skip
    for one in (document, full):
        line = Entry.of(one).line
        assert line.count(b"\n") == 1
        assert parse_line(line) == one


@pytest.mark.parametrize("content", DAMAGES)
def test_a_damaged_line_names_the_file_and_the_repair(stored, tmp_path, content):
    size = (tmp_path / BASE / Documents.LINES).stat().st_size
    (tmp_path / BASE / Documents.LINES).write_bytes(content.ljust(size))
    with pytest.raises(IndexMismatch, match=rf"{Documents.LINES}' is missing or damaged; run 'assistant index --rebuild'"):
        Documents(Segments.open(tmp_path))[0]


@pytest.mark.parametrize("name", [Documents.LINES, Documents.STARTS, Documents.DIRECTORY])
def test_a_missing_or_empty_file_names_the_repair(stored, tmp_path, name):
    for act in (lambda path: path.write_bytes(b""), lambda path: path.unlink()):
        act(tmp_path / BASE / name)
        with pytest.raises(IndexMismatch, match="--rebuild"):
            Documents(Segments.open(tmp_path))


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"ids": 1, "files": [], "codes": [], "ranks": []}'])
def test_a_damaged_directory_names_the_repair(stored, tmp_path, content):
    (tmp_path / BASE / Documents.DIRECTORY).write_bytes(content)
    with pytest.raises(IndexMismatch, match="--rebuild"):
        Documents(Segments.open(tmp_path))


def test_an_impossible_span_is_damage(documents):
    row = json.loads(json.dumps(document_row(documents["S9357"])))
    row["units"][0][0] = [5, 5]
    with pytest.raises(ValueError, match="span"):
        parse_line(json.dumps(row).encode())


@pytest.mark.parametrize(("kind", "cut"), [(Chunks, lambda d: chunk_document(d, 40)), (Candidates, candidates_of)])
def test_rows_come_back_equal_and_by_document(documents, stored, tmp_path, kind, cut):
    groups = [cut(document) for document in documents.values()]
    Ragged.of([np.asarray([kind.row(one) for one in group], dtype=np.int32) for group in groups]).save(tmp_path / BASE, "rows")
    rows = kind(Segments.open(tmp_path).runs("rows"), stored)
    assert list(rows) == [one for group in groups for one in group]
    assert len(rows) == sum(map(len, groups))
    for name, group in zip(stored.ids, groups, strict=True):
        assert [rows[i] for i in rows.of(name)] == group
        assert set(rows.owners(rows.of(name))) == {stored.position[name]}
    assert rows[2:5] == [rows[2], rows[3], rows[4]]
    assert list(rows.of("nothing.txt")) == []
    for i in (-1, len(rows)):
        with pytest.raises(IndexError):
            rows[i]


def test_a_document_without_rows_owns_none_and_its_neighbours_keep_theirs(stored):
    rows = Candidates(Runs.of([ragged([2, 0, 1, 0, 2], Candidates.COLUMNS)], np.arange(5)), stored)
    assert [list(rows.of(name)) for name in stored.ids] == [[0, 1], [], [2], [], [3, 4]]
    assert rows.owners(range(5)) == [0, 0, 2, 4, 4]


@given(lengths)
def test_runs_come_back_one_by_one(rows):
    runs = ragged(rows)
    assert len(runs) == len(rows)
    assert [len(runs.row(i)) for i in range(len(rows))] == rows == [len(runs.range(i)) for i in range(len(rows))]
    assert runs.owners().tolist() == [i for i, n in enumerate(rows) for _ in range(n)]
    assert runs.starts.tolist() == edges(rows).tolist()


@given(lengths, st.data())
def test_runs_cut_apart_anywhere_and_written_one_after_the_other_are_the_same(rows, data):
    runs = ragged(rows)
    cuts = sorted({0, len(rows), *data.draw(st.lists(st.integers(0, len(rows))))})
    with TemporaryDirectory() as folder:
        file = RaggedFile(Path(folder), "runs")
        for a, b in zip(cuts, cuts[1:], strict=False):
            file.add(runs.between(a, b))
        file.close()
        np.save(Path(folder) / "whole.npy", runs.values)
        assert (Path(folder) / "runs.npy").read_bytes() == (Path(folder) / "whole.npy").read_bytes()
        written = Ragged.load(Path(folder), "runs")
        assert np.array_equal(written.values, runs.values)
        assert written.values.dtype == runs.values.dtype
        assert np.array_equal(written.starts, runs.starts)


def test_saved_runs_and_json_come_back(tmp_path):
    runs = ragged([1, 0, 3])
    runs.save(tmp_path, "runs")
    loaded = Ragged.load(tmp_path, "runs")
    assert np.array_equal(loaded.values, runs.values)
    assert np.array_equal(loaded.starts, runs.starts)
    write_json(tmp_path / "value.json", {"a": "é\n", "b": [1, 2]})
    assert (tmp_path / "value.json").read_bytes() == '{"a":"é\\n","b":[1,2]}'.encode()
    assert read_json(tmp_path / "value.json") == {"a": "é\n", "b": [1, 2]}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"\x93NUMPY\x01\x00", None])
@pytest.mark.parametrize("load", [read_json, load_array])
def test_files_that_are_not_what_they_should_be_name_the_repair(tmp_path, content, load):
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    with pytest.raises(IndexMismatch, match=r"file' is missing or damaged; run 'assistant index --rebuild'"):
        load(tmp_path / "file")


def test_an_array_of_objects_is_never_unpickled(tmp_path):
    np.save(tmp_path / "file.npy", np.asarray([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(IndexMismatch):
        load_array(tmp_path / "file.npy")


def test_an_array_whose_memory_was_let_go_of_is_as_before(tmp_path):
    np.save(tmp_path / "rows.npy", np.arange(100_000))
    rows = load_array(tmp_path / "rows.npy")
    assert rows.sum() == 100_000 * 99_999 // 2
    release(rows[10:])
    assert rows.sum() == 100_000 * 99_999 // 2
    release(np.arange(3))


@pytest.mark.parametrize("rows", [np.zeros((1, 3), dtype=np.float32), np.zeros((1, 2), dtype=np.float16)])
def test_rows_of_another_type_or_width_are_not_added(tmp_path, rows):
    file = ArrayFile(tmp_path / "rows.npy")
    file.add(np.zeros((2, 3), dtype=np.float16))
    with pytest.raises(ValueError, match="after rows of float16"):
        file.add(rows)
    file.close()
    assert np.load(tmp_path / "rows.npy").shape == (2, 3)
