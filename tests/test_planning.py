from dataclasses import replace

import numpy as np
import pytest

from assistant.arrays import edges
from assistant.documents import Refusal, Stamp, corpus_state
from assistant.errors import CorpusError
from assistant.planning import LENT, SAME, Before, Names, digest, plan
from conftest import write_aged

HEAD = "Harbour ferry crossing, foot passengers only, one way\n\nCode: F1001\n"
OTHER = f"{HEAD}\nSummary\n\nThe ferry carries foot passengers.\n\nFares\n\nTwo pounds.\n"
DENSE = f"{HEAD}\nSummary\nThe ferry runs.\nDuration\nTwelve minutes at most.\nFares: Three pounds.\nRisks\nFog is rare.\n"
NOTHING = Before.nothing()


@pytest.fixture
def corpus(tmp_path):
    for name, text in (("dense.txt", DENSE), ("note.md", "A note about trams.\n"), ("spoilt.txt", "\0")):
        write_aged(tmp_path / name, text)
    return tmp_path


def planned(corpus, settings, before=NOTHING):
    state = corpus_state(corpus, settings, before.stamps)
    plans, refused = plan(corpus, state, before, settings)
    return plans, after(plans, before, state, refused)


def after(plans, before, state, refused):
    """Return what the index that is made of plans knows."""
    names = [one.names or before.names.one(one.position) for one in plans]
    known = Names(
        np.concatenate([some.digests for some in names]),
        edges([len(some.digests) for some in names]),
        np.concatenate([some.roles for some in names]),
    )
    contents = [before.contents[one.position] if one.content is None else one.content for one in plans]
    return Before(state, refused, [one.id for one in plans], [one.file for one in plans], contents, known)


def test_with_nothing_before_every_document_is_made(corpus, settings):
    plans, now = planned(corpus, settings)
    assert [(one.id, one.position, one.source.text, one.like) for one in plans] == [
        ("dense.txt", None, DENSE, None),
        ("note.md", None, "A note about trams.\n", None),
    ]
    assert now.refused == {"spoilt.txt": "holds NUL characters and is not text"}


def test_what_has_not_changed_is_taken_and_not_read(corpus, settings, monkeypatch):
    _, before = planned(corpus, settings)
    monkeypatch.setattr("assistant.planning.stamped_file", lambda *_: pytest.fail("a file was read"))
    plans, now = planned(corpus, settings, before)
    assert [(one.id, one.position, one.source) for one in plans] == [("dense.txt", 0, None), ("note.md", 1, None)]
    assert (now.stamps, now.refused, now.ids, now.files, now.contents) == (
        before.stamps,
        before.refused,
        before.ids,
        before.files,
        before.contents,
    )


def test_a_rewritten_file_with_the_same_content_is_taken(corpus, settings):
    _, before = planned(corpus, settings)
    older = replace(before, stamps={name: Stamp(0, 0, 0, "0" * 64) for name in before.stamps})
    plans, _ = planned(corpus, settings, older)
    assert [one.position for one in plans] == [0, 1]


def test_positions_are_those_of_the_old_index(corpus, settings):
    _, before = planned(corpus, settings)
    write_aged(corpus / "a.txt", "A new note.\n")
    (corpus / "dense.txt").unlink()
    plans, now = planned(corpus, settings, before)
    assert [(one.id, one.position) for one in plans] == [("a.txt", None), ("note.md", 1)]
    assert now.ids == ["a.txt", "note.md"]


def test_a_heading_that_another_document_brings_makes_a_document_anew(corpus, settings):
    _, before = planned(corpus, settings)
    write_aged(corpus / "other.txt", OTHER)
    plans, now = planned(corpus, settings, before)
    dense, note, _ = plans
    assert (dense.position, dense.like, dense.source.text) == (None, 0, DENSE)
    assert "fare" in dense.headings
    assert note.position == 1
    assert dense.content == before.contents[0]
    assert digest("fare") in dense.names.digests[dense.names.roles[:, LENT] > 0]
    assert digest("fare") not in before.names.digests[before.names.roles[:, LENT] > 0]
    write_aged(corpus / "other.txt", OTHER.replace("Fares", "Ways"))
    plans, _ = planned(corpus, settings, now)
    assert "fare" not in plans[0].headings
    assert plans[0].position is None


@pytest.mark.parametrize("change", [{}, {"codes": ("X1",)}, {"authority": 5}, {"dated": "2020-01-01"}, {"sha256": "0"}])
def test_all_that_a_reader_says_of_a_document_is_part_of_its_content(corpus, settings, monkeypatch, change):
    from assistant import planning

    real = planning.stamped_file

    def read(*args):
        stamp, found = real(*args)
        return stamp, found if isinstance(found, Refusal) else [replace(one, **change) for one in found]

    _, before = planned(corpus, settings)
    older = replace(before, stamps={name: Stamp(0, 0, 0, "0" * 64) for name in before.stamps})
    monkeypatch.setattr("assistant.planning.stamped_file", read)
    plans, _ = planned(corpus, settings, older)
    assert [one.position for one in plans] == ([None, None] if change else [0, 1])


def test_files_with_the_same_bytes_are_refused_but_for_the_first_and_looked_at_again(corpus, settings):
    write_aged(corpus / "z.md", DENSE)
    _, before = planned(corpus, settings)
    assert before.refused["z.md"] == f"{SAME} 'dense.txt'"
    (corpus / "dense.txt").unlink()
    plans, now = planned(corpus, settings, before)
    assert [one.id for one in plans] == ["note.md", "z.md"]
    assert "z.md" not in now.refused


def test_two_spoilt_files_with_the_same_bytes_are_each_refused_for_what_they_are(corpus, settings):
    write_aged(corpus / "spoilt2.txt", "\0")
    _, now = planned(corpus, settings)
    assert set(now.refused.values()) == {"holds NUL characters and is not text"}


def test_a_file_that_is_read_is_known_by_the_bytes_that_were_read(corpus, settings):
    state = corpus_state(corpus, settings, {})
    write_aged(corpus / "note.md", "Another note.\n")
    plans, _ = plan(corpus, state, NOTHING, settings)
    assert plans[1].source.text == "Another note.\n"
    assert state["note.md"] == corpus_state(corpus, settings, {})["note.md"]
    (corpus / "note.md").unlink()
    _, refused = plan(corpus, state, NOTHING, settings)
    assert refused["note.md"] == "cannot be read (No such file or directory)"
    assert not state["note.md"].readable


@pytest.mark.parametrize("gone", [False, True])
def test_a_file_that_changes_between_two_looks_ends_the_plan(corpus, settings, monkeypatch, gone):
    from assistant import planning

    _, before = planned(corpus, settings)
    write_aged(corpus / "other.txt", OTHER)
    real = planning._settle

    def meanwhile(*args):
        if gone:
            (corpus / "dense.txt").unlink()
        else:
            write_aged(corpus / "dense.txt", DENSE.replace("Three", "Nine"))
        return real(*args)

    monkeypatch.setattr("assistant.planning._settle", meanwhile)
    with pytest.raises(CorpusError, match=r"'dense.txt' changed while it was read; run 'assistant index' again"):
        planned(corpus, settings, before)


def test_a_corpus_without_any_readable_document_is_an_error_that_says_why(tmp_path, settings):
    with pytest.raises(CorpusError, match="it is empty"):
        planned(tmp_path, settings)
    write_aged(tmp_path / "spoilt.txt", "\0")
    (tmp_path / "link.txt").symlink_to(tmp_path)
    with pytest.raises(CorpusError, match=r"link.txt is a link and is not followed; spoilt.txt holds NUL"):
        planned(tmp_path, settings)


def test_an_empty_folder_is_an_error(tmp_path, settings):
    with pytest.raises(CorpusError, match="it is empty"):
        planned(tmp_path, settings)


def test_a_folder_of_unreadable_files_is_an_error_that_says_why(tmp_path, settings):
    (tmp_path / "a.txt").write_bytes(b"caf\0")
    (tmp_path / "b.xyz").write_bytes(b"PK")
    with pytest.raises(CorpusError, match=r"a\.txt holds NUL characters and is not text; b\.xyz files ending in '\.xyz'"):
        planned(tmp_path, settings)


def test_a_file_whose_headings_cannot_be_looked_at_is_refused_and_not_read_again(corpus, settings, monkeypatch):
    from assistant import planning

    real = planning.outlook
    monkeypatch.setattr("assistant.planning.outlook", lambda source, how: 1 / 0 if source.id == "dense.txt" else real(source, how))
    plans, now = planned(corpus, settings)
    assert [one.id for one in plans] == ["note.md"]
    assert now.refused["dense.txt"].startswith("makes its reader fail (ZeroDivisionError: division by zero); ")
    monkeypatch.undo()
    assert planned(corpus, settings, now)[1].refused == now.refused
