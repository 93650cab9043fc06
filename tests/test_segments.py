import random
import shutil
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.arrays import Ragged, edges
from assistant.building import build_index
from assistant.errors import IndexMismatch
from assistant.freshness import is_current
from assistant.index import open_index
from assistant.manifest import read_manifest
from assistant.segments import BASE, CHANGES, ORDER, Joined, Layout, Runs, Segments
from assistant.tokens import stem
from assistant.vocabulary import PARTS
from conftest import FERRY, LIGHTHOUSE, write_aged
from test_building import DENSE, OTHER, FakeEncoder, made

QUESTIONS = [
    "ferry", "how long does the tram take?", "fog", "F1003", "pounds and minutes", "the museum number 7", "who is open daily", "zebra",
    "is the lighthouse late?", "", "of the",
]  # fmt: skip


@pytest.fixture
def apart(monkeypatch):
    """Updates that are written apart from the base, however small that is and however much has changed."""
    monkeypatch.setattr("assistant.writing.APART_FROM", 0)
    monkeypatch.setattr("assistant.writing.MOST_CHANGES", 1000)


@pytest.fixture
def embedded(monkeypatch):
    """The texts that were embedded, by an encoder that takes no time."""
    seen = []
    monkeypatch.setattr("assistant.writing._model", lambda *_: FakeEncoder(seen))
    monkeypatch.setattr("assistant.manifest._sync", lambda path: None)
    return seen


@pytest.fixture
def place(tmp_path, embedded, apart):
    (tmp_path / "corpus").mkdir()
    return tmp_path


def update(place, settings, **how):
    return build_index(place / "corpus", place / "index", settings, **how)


def inode(place, name):
    data = place / "index" / read_manifest(place / "index").data
    return (data / name).stat().st_ino


def has_changes(place):
    return (place / "index" / read_manifest(place / "index").data / CHANGES).is_dir()


def fresh_index(place, settings):
    """Return a folder with an index that is built from nothing."""
    shutil.rmtree(place / "fresh", ignore_errors=True)
    build_index(place / "corpus", place / "fresh", settings)
    return place / "fresh"


def check_like_new(place, settings):
    """Fail unless whatever is looked up in the index is as in one that is built from nothing."""
    fresh = fresh_index(place, settings)
    one, other = open_index(place / "index", settings), open_index(fresh, settings)
    shown = [read_manifest(folder) for folder in (place / "index", fresh)]
    shown = [replace(manifest, built_at="", data="", files={}, corpus={}) for manifest in shown]
    assert shown[0] == shown[1]
    for name in ("ids", "files", "codes", "ranks", "position"):
        assert getattr(one.documents, name) == getattr(other.documents, name)
    for name in ("documents", "chunks", "candidates"):
        assert list(getattr(one, name)) == list(getattr(other, name))
    for name in one.documents.ids:
        assert one.chunks.of(name) == other.chunks.of(name)
        assert one.candidates.all_of(name) == other.candidates.all_of(name)
        assert one.vocabulary(name) == other.vocabulary(name)
        assert one.alike(name) == other.alike(name)
    vectors = [(index.vectors.vectors(), index.openings, index.candidate_vectors) for index in (one, other)]
    for mine, theirs in zip(*vectors, strict=True):
        assert np.array_equal(mine[:], theirs[:])
        assert np.array_equal(mine[np.arange(len(mine))], theirs[np.arange(len(theirs))])
    assert (one.by_code, one.around, one.services, one.heading_words) == (other.by_code, other.around, other.services, other.heading_words)
    assert list(one.words.word_counts.items()) == list(other.words.word_counts.items())
    assert one.words.words == other.words.words
    stems = sorted({stem(word) for word in other.words.words})
    for one_stem in stems:
        assert one.words.document_frequency(one_stem) == other.words.document_frequency(one_stem)
        assert one.words.title_frequency(one_stem) == other.words.title_frequency(one_stem)
    every = range(len(one.documents))
    for part in PARTS:
        assert np.array_equal(one.words.holding(part, every, stems), other.words.holding(part, every, stems))
    chance = np.random.default_rng(len(one.chunks))
    for text in QUESTIONS:
        vector = chance.standard_normal(FakeEncoder.dimension).astype(np.float32)
        some = sorted(chance.choice(len(one.chunks), len(one.chunks) // 2, replace=False).tolist())
        for k in (1, 3, 50):
            for rows in (None, some):
                assert one.lexical.search(text, k, rows) == other.lexical.search(text, k, rows)
                assert one.vectors.search(vector, k, rows) == other.vectors.search(vector, k, rows)


@pytest.mark.parametrize("seed", range(12))
def test_any_sequence_of_updates_shows_what_a_build_from_nothing_does(place, settings, monkeypatch, seed):
    chance = random.Random(seed)
    monkeypatch.setattr("assistant.lexical.LONG", 1 + seed % 4)
    write_aged(place / "corpus" / "m.txt", made(chance))
    update(place, settings)
    names = [f"{folder}{letter}.txt" for folder in ("", "x/", "y/z/") for letter in "abz"]
    for n in range(8):
        for _ in range(chance.randint(1, 4)):
            there = [path for path in sorted((place / "corpus").rglob("*.txt")) if path.name != "m.txt"]
            act = chance.choice(["write", "write", "write", "delete", "rename", "copy", "spoil"])
            if act == "write" or not there:
                write_aged(place / "corpus" / chance.choice(names), made(chance))
            elif act == "delete":
                chance.choice(there).unlink()
            elif act == "rename":
                chance.choice(there).replace(place / "corpus" / f"r{chance.randint(0, 2)}.txt")
            elif act == "copy":
                (place / "corpus" / f"0{chance.randint(0, 2)}.txt").write_bytes(chance.choice(there).read_bytes())
            else:
                chance.choice(there).write_bytes(b"\xff\xfe\x00")
        before, base = read_manifest(place / "index").data, inode(place, f"{BASE}/vectors.faiss")
        if n == 5:
            monkeypatch.setattr("assistant.writing.MOST_CHANGES", 0)
        update(place, settings)
        if read_manifest(place / "index").data != before:
            assert (inode(place, f"{BASE}/vectors.faiss") == base) == (n < 5)
            assert has_changes(place) <= (n < 5)
        check_like_new(place, settings)
        assert is_current(place / "index", place / "corpus", settings)


@pytest.fixture
def four(place, settings):
    """A corpus of four notes with its index."""
    for n in range(4):
        write_aged(place / "corpus" / f"{n}.txt", f"A note about the {n}th bridge. It says little.\n")
    update(place, settings)
    return place


def test_few_changes_leave_the_base_as_it_is_and_many_make_it_anew(four, settings, embedded, monkeypatch):
    monkeypatch.setattr("assistant.writing.MOST_CHANGES", 1)  # that is two of four, and one that changes has come and gone
    base = inode(four, f"{BASE}/vectors.faiss")
    assert not has_changes(four)
    for n, apart in ((1, True), (2, False)):
        embedded.clear()
        write_aged(four / "corpus" / f"{n}.txt", f"Another note about the {n}th tram.\n")
        built = update(four, settings)
        assert (built.indexed, len(built.unchanged), built.removed) == ((f"{n}.txt",), 3, ())
        assert all("tram" in text for text in embedded)
        assert (inode(four, f"{BASE}/vectors.faiss") == base, has_changes(four)) == (apart, apart)
        check_like_new(four, settings)


def test_a_document_that_is_only_removed_is_written_nowhere(four, settings):
    base = inode(four, f"{BASE}/documents.jsonl")
    (four / "corpus" / "1.txt").unlink()
    built = update(four, settings)
    assert (built.indexed, built.removed, built.manifest.documents) == ((), ("1.txt",), 3)
    assert inode(four, f"{BASE}/documents.jsonl") == base
    assert not has_changes(four)
    check_like_new(four, settings)


def test_headings_that_a_change_lends_to_a_document_of_the_base_are_noticed_each_time(place, settings):
    write_aged(place / "corpus" / "dense.txt", DENSE)
    write_aged(place / "corpus" / "note.txt", "A note without any heading. Fares: None.\n")
    update(place, settings)
    for text in (OTHER, OTHER.replace("Fares", "Ways"), OTHER, None):
        if text:
            write_aged(place / "corpus" / "other.txt", text)
        else:
            (place / "corpus" / "other.txt").unlink()
        assert "dense.txt" in update(place, settings).indexed
        check_like_new(place, settings)


def test_an_index_large_enough_for_lists_keeps_them_and_finds_what_changed_beside_them(place, settings, monkeypatch):
    monkeypatch.setattr("assistant.vectors.EXACT_UP_TO", 50)
    for n in range(60):
        write_aged(place / "corpus" / f"{n:02}.txt", made(random.Random(n)))
    search = update(place, settings).manifest.search
    assert not search["exact"]
    write_aged(place / "corpus" / "07.txt", OTHER)
    (place / "corpus" / "09.txt").unlink()
    assert update(place, settings).manifest.search == search
    index = open_index(place / "index", settings)
    rows = index.vectors.vectors()[:].astype(np.float32)
    for row in (0, *index.chunks.of("07.txt"), len(rows) - 1):
        found, score = index.vectors.search(rows[row], 1)[0]
        assert np.array_equal(rows[found], rows[row])
        assert score == pytest.approx(1, abs=1e-3)
    every = {row for row, _ in index.vectors.search(rows[0], 10_000)}
    assert every <= set(range(len(rows)))
    monkeypatch.setattr("assistant.writing.MOST_CHANGES", 0)
    write_aged(place / "corpus" / "08.txt", OTHER.replace("Two", "Nine"))
    update(place, settings)
    assert not has_changes(place)
    assert len(open_index(place / "index", settings).vectors.vectors()) == read_manifest(place / "index").chunks


ASKED = [
    "how long does the crossing take?", "what are the rare risks?", "does F1001 carry bicycles?", "what should I bring to the lighthouse?",
    "lihgthouse tour lasts how long", "which code for a guided tour with ten people?", "compare F1001 and L2002",
    "how long is the tram ride?", "is there a museum?", "what is the capital of France?",
]  # fmt: skip


def answers(corpus, index, settings):
    """Return all that answers say, but for the time and the name of the index."""
    assistant = Assistant.open(corpus, index, settings, build=False)
    found = [assistant.ask(text) for text in ASKED] + [assistant.ask("and its risks?", ASKED[:1])]
    hits = [assistant.search(text, 20) for text in ASKED]
    return [replace(answer, elapsed_ms=0, index=None) for answer in found], hits


def test_answers_after_updates_are_those_of_an_index_built_from_nothing(tiny, settings, apart):
    corpus, index = tiny / "corpus", tiny / "index"
    tram = FERRY.replace("ferry", "tram").replace("Harbour", "City").replace("F1001", "T3003").replace("twelve", "forty")
    steps = [
        lambda: write_aged(corpus / "a-tram.txt", tram),
        lambda: write_aged(corpus / "ferry.txt", FERRY.replace("twelve minutes", "half an hour")),
        lambda: write_aged(corpus / "museum.md", LIGHTHOUSE.replace("ighthouse", "uminous museum").replace("L2002", "M4004")),
        lambda: (corpus / "a-tram.txt").unlink(),
        lambda: (corpus / "lighthouse.md").rename(corpus / "b-lighthouse.md"),
    ]
    for n, step in enumerate(steps):
        step()
        build_index(corpus, index, settings)
        assert has_changes(tiny)
        build_index(corpus, tiny / f"fresh-{n}", settings)
        assert answers(corpus, index, settings) == answers(corpus, tiny / f"fresh-{n}", settings)


def test_an_open_index_takes_up_changes_by_itself_and_shares_the_base(tiny, settings, apart):
    assistant = Assistant.open(tiny / "corpus", tiny / "index", settings)
    base = inode(tiny, f"{BASE}/candidate-vectors.npy")
    write_aged(tiny / "corpus" / "ferry.txt", FERRY.replace("twelve minutes", "half an hour"))
    build_index(tiny / "corpus", tiny / "index", settings)
    assert "half an hour" in assistant.current().ask("how long does F1001 take?").quotes[0].text
    assert "twelve" in assistant.ask("how long does F1001 take?").quotes[0].text
    assert inode(tiny, f"{BASE}/candidate-vectors.npy") == base


@pytest.mark.parametrize("name", [ORDER, f"{CHANGES}/documents.jsonl", f"{CHANGES}/vectors.faiss", f"{CHANGES}/bm25/often.npy"])
def test_damaged_changes_are_noticed_and_repaired(place, settings, name):
    write_aged(place / "corpus" / "a.txt", OTHER)
    update(place, settings)
    write_aged(place / "corpus" / "b.txt", DENSE)
    data = place / "index" / update(place, settings).manifest.data
    (data / name).unlink()
    with pytest.raises(IndexMismatch, match="--rebuild"):
        open_index(place / "index", settings)
    update(place, settings)
    check_like_new(place, settings)


def test_documents_that_no_segment_has_are_damage(place, settings):
    write_aged(place / "corpus" / "a.txt", OTHER)
    data = place / "index" / update(place, settings).manifest.data
    np.save(data / ORDER, np.asarray([1]))
    with pytest.raises(IndexMismatch, match=rf"{ORDER}' is missing or damaged; run 'assistant index --rebuild'"):
        Segments.open(data).one_each([1])
    with pytest.raises(IndexMismatch, match=r"openings.npy' is missing or damaged"):
        Segments.open(data).rows("openings.npy", Layout(np.arange(2), [np.arange(3)]))


@st.composite
def segments(draw):
    """Give lengths of the runs of stored documents, segment by segment, and which of these documents there are in what order."""
    lengths = draw(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), min_size=1, max_size=3))
    order = draw(st.permutations(range(sum(map(len, lengths)))))
    return lengths, order[: draw(st.integers(0, len(order)))]


@given(segments(), st.data())
def test_rows_come_in_order_of_the_documents_wherever_they_stand(made_up, data):
    lengths, order = made_up
    stored = [[(n, i, k) for k in range(length)] for n, some in enumerate(lengths) for i, length in enumerate(some)]
    wanted = [row for one in order for row in stored[one]]
    arrays = [np.asarray([row for run in stored for row in run if row[0] == n], dtype=np.int32).reshape(-1, 3) for n in range(len(lengths))]
    runs = Runs.of([Ragged(array, edges(some)) for array, some in zip(arrays, lengths, strict=True)], np.asarray(order, dtype=np.int64))
    rows, layout = runs.values, runs.layout
    assert len(rows) == len(wanted) == len(layout)
    assert rows[:].tolist() == np.asarray(rows).tolist() == list(map(list, wanted))
    assert [rows[i].tolist() for i in range(len(rows))] == list(map(list, wanted))
    first, last = sorted(data.draw(st.tuples(st.integers(0, len(wanted)), st.integers(0, len(wanted)))))
    assert rows[first:last].tolist() == list(map(list, wanted[first:last]))
    assert rows[np.arange(first, last)[::-1]].tolist() == list(map(list, wanted[first:last][::-1]))
    pieces = list(layout.runs(first, last))
    assert all(a < b for _, a, b in pieces)
    assert all((n, b) != (other, c) for (n, _, b), (other, c, _) in pairwise(pieces))
    whole = [row for run in stored for row in run]
    assert layout.numbered(np.arange(len(whole))).tolist() == [wanted.index(row) if row in wanted else -1 for row in whole]
    assert layout.stored(np.arange(len(wanted))).tolist() == [whole.index(row) for row in wanted]
    gone = [(n, int(row)) for n, some in enumerate(layout.gone) for row in some]
    assert gone == [(n, arrays[n].tolist().index(list((n, *row)))) for n, *row in whole if (n, *row) not in wanted]
    for i, one in enumerate(order):
        assert runs.between(i, i + 1).values.tolist() == list(map(list, stored[one]))
        assert list(runs.range(i)) == list(range(sum(len(stored[o]) for o in order[:i]), sum(len(stored[o]) for o in order[: i + 1])))


def test_products_are_those_with_every_row(place):
    layout = Layout(np.asarray([2, 0]), [np.arange(3), np.arange(2)])
    rows = Joined([np.asarray([[1.0, 0], [0, 1]]), np.asarray([[2.0, 3]])], layout)
    assert rows.products(np.asarray([[1.0, 1], [0, 1]])).tolist() == [[5, 1], [3, 0]]
    assert Joined.whole(np.eye(2)).products(np.eye(2)).tolist() == [[1, 0], [0, 1]]
