import json

import pytest

from assistant.chunking import candidates_of, chunk_document
from assistant.errors import IndexMismatch
from assistant.storage import candidate_row, chunk_row, document_row, load_candidates, load_chunks, load_documents, write_rows


def test_documents_come_back_equal(documents, tmp_path):
    write_rows(tmp_path / "rows", map(document_row, documents.values()))
    assert load_documents(tmp_path / "rows") == tuple(documents.values())


def test_chunks_come_back_equal(documents, tmp_path):
    chunks = tuple(chunk for document in documents.values() for chunk in chunk_document(document, 40))
    write_rows(tmp_path / "rows", map(chunk_row, chunks))
    assert load_chunks(tmp_path / "rows") == chunks


def test_candidates_come_back_equal(documents, tmp_path):
    candidates = tuple(candidate for document in documents.values() for candidate in candidates_of(document))
    write_rows(tmp_path / "rows", map(candidate_row, candidates))
    assert load_candidates(tmp_path / "rows") == candidates


def test_texts_with_any_line_end_survive(parse, tmp_path):
    document = parse("Ferry\r\n\r\nSummary\r\nIt runs\u2028daily – “always”.\x0c\r\nEnd.\r\n")
    write_rows(tmp_path / "rows", [document_row(document)])
    assert load_documents(tmp_path / "rows") == (document,)


def test_rows_are_one_json_value_a_line_in_utf_8(tmp_path):
    write_rows(tmp_path / "rows", [{"a": "é\n"}, [1, 2]])
    assert (tmp_path / "rows").read_bytes() == '{"a":"é\\n"}\n[1,2]\n'.encode()


@pytest.mark.parametrize("load", [load_documents, load_chunks, load_candidates])
@pytest.mark.parametrize(
    "content",
    [b"{", b"[]\n", b"{}\n", b"null\n", b"\xff\xfe", b'{"id": 1}\n', b'"text"\n', b'{"document": "a", "level": "none", "at": [0, 0, 1]}\n'],
)
def test_damaged_rows_name_the_file_and_the_repair(load, content, tmp_path):
    (tmp_path / "rows").write_bytes(content)
    with pytest.raises(IndexMismatch, match=r"rows' is missing or damaged; run 'assistant index --rebuild'"):
        load(tmp_path / "rows")


@pytest.mark.parametrize("load", [load_documents, load_chunks, load_candidates])
def test_a_missing_file_names_the_repair(load, tmp_path):
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(tmp_path / "rows")


def test_an_impossible_span_is_damage(documents, tmp_path):
    row = json.loads(json.dumps(document_row(documents["S9357"])))
    row["units"][0][0] = [5, 5]
    write_rows(tmp_path / "rows", [row])
    with pytest.raises(IndexMismatch):
        load_documents(tmp_path / "rows")
