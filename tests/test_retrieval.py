import pytest

from assistant.retrieval import retrieve, rows_of

QUESTIONS = ["how long does it take?", "rare risks of chemotherapy at home", "who sets up the pump", "oral alternatives", "heparin"]


def found(assistant, text, k=10, documents=None):
    index = assistant.index
    return retrieve(index, text, index.encoder.encode([text])[0], k, documents)


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_are_ranked_from_one_and_best_first(assistant, question):
    hits = found(assistant, question)
    assert [hit.rank for hit in hits] == list(range(1, 11))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.chunk.id for hit in hits}) == 10


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_hit_tells_its_place_in_the_stages_that_found_it(assistant, question):
    index = assistant.index
    vector = index.encoder.encode([question])[0]
    dense = [index.chunks[row].id for row, _ in index.vectors.search(vector, 50)]
    lexical = [index.chunks[row].id for row, _ in index.lexical.search(question, 50)]
    for hit in found(assistant, question):
        assert hit.dense_rank == (dense.index(hit.chunk.id) + 1 if hit.chunk.id in dense else None)
        assert hit.lexical_rank == (lexical.index(hit.chunk.id) + 1 if hit.chunk.id in lexical else None)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_gate_lets_only_the_chunks_of_its_documents_through(assistant, question):
    [document] = assistant.documents("S9336")
    hits = found(assistant, question, 100, [document.id])
    assert {hit.chunk.document for hit in hits} == {document.id}
    assert len(hits) == len(rows_of(assistant.index, [document.id]))


def test_a_gate_that_names_nothing_lets_nothing_through(assistant):
    assert found(assistant, "pump", 10, []) == []
    assert found(assistant, "pump", 10, ["no-such-document.txt"]) == []


def test_every_code_finds_its_own_document_first(assistant):
    for entry in assistant.codes():
        hits = assistant.search(f"{entry.code} duration", 3)
        assert {hit.chunk.document for hit in hits} == {entry.document}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("enzyme replacement for Gaucher's disease", "S9357"),
        ("continuous heparin anticoagulant", "S9336"),
        ("immunotherapy infusion at home", "S9338"),
        ("continuous chemotherapy over 24 hours", "S9330"),
        ("intermittent pain management infusion", "S9327"),
    ],
)
def test_a_subject_finds_its_document_first(assistant, question, code):
    assert found(assistant, question)[0].chunk.codes == (code,)


def test_no_more_than_k_hits_come_and_a_smaller_k_is_a_prefix(assistant):
    assert found(assistant, "risks", 3) == found(assistant, "risks", 10)[:3]


def test_the_same_question_gives_equal_hits(assistant):
    assert found(assistant, "risks of infection") == found(assistant, "risks of infection")
