import json

import numpy as np
import pytest

from assistant.errors import IndexMismatch
from assistant.storage import Ragged
from assistant.tokens import stem, words
from assistant.vocabulary import COUNTS, FREQUENCIES, PARTS, WORDS, Vocabulary, part_texts

TEXTS = [
    "Ferry crossing\n\nSummary\n\nThe ferry crosses daily. Ferries are free.\n\nRare risks\n\nFog.\n",
    "Lighthouse tour\n\nSummary\n\nThe guide tours the lighthouse.\n\nDuration\n\nTwo hours.\n",
    "Note about a crossing by tram. It says little.\n",
]


@pytest.fixture
def parsed(parse):
    return [parse(text, f"{i}.txt") for i, text in enumerate(TEXTS)]


@pytest.fixture
def vocabulary(parsed):
    everything = sorted({word for document in parsed for text in part_texts(document) for word in words(text)})
    parts = {
        part: Ragged.of([np.asarray([everything.index(w) for w in sorted(set(words(part_texts(d)[i])))], dtype=np.int32) for d in parsed])
        for i, part in enumerate(PARTS)
    }
    counts = [words(d.text).count(everything[i]) for n, d in enumerate(parsed) for i in parts["text"].row(n)]
    return Vocabulary.build(everything, parts, np.asarray(counts, dtype=np.int32))


def stems(text):
    return {stem(word) for word in words(text)}


def test_each_part_of_a_document_has_its_stems(vocabulary, parsed):
    for i, document in enumerate(parsed):
        assert [vocabulary.stems_in(part, i) for part in PARTS] == [stems(text) for text in part_texts(document)]


def test_headings_are_those_of_the_content(parsed):
    assert [part_texts(document)[3] for document in parsed] == ["Summary Rare risks", "Summary Duration", ""]


def test_frequencies_count_documents_and_titles_by_stem(vocabulary, parsed):
    for one in stems(" ".join(TEXTS)):
        assert vocabulary.document_frequency(one) == sum(one in stems(document.text) for document in parsed)
        assert vocabulary.title_frequency(one) == sum(one in stems(document.title_text) for document in parsed)
    assert vocabulary.document_frequency(stem("crossing")) == 2
    assert vocabulary.title_frequency("tram") <= vocabulary.document_frequency("tram") == 1


def test_a_stem_that_no_document_has_counts_nothing(vocabulary):
    assert vocabulary.document_frequency("submarin") == vocabulary.title_frequency("submarin") == 0


def test_word_counts_add_up_all_texts(vocabulary):
    everything = [word for text in TEXTS for word in words(text)]
    assert vocabulary.word_counts == {word: everything.count(word) for word in sorted(set(everything))}


def test_heading_stems_are_those_of_all_headings(vocabulary):
    assert vocabulary.heading_stems == stems("Summary Rare risks Duration")


def test_a_saved_vocabulary_comes_back(vocabulary, tmp_path):
    vocabulary.save(tmp_path)
    loaded = Vocabulary.load(tmp_path)
    assert list(loaded.words) == list(vocabulary.words)
    assert loaded.word_counts == vocabulary.word_counts
    assert loaded.stems == tuple(sorted(stems(" ".join(TEXTS))))
    for one in loaded.stems:
        assert loaded.document_frequency(one) == vocabulary.document_frequency(one)
        assert loaded.title_frequency(one) == vocabulary.title_frequency(one)
    assert [loaded.stems_in(part, 1) for part in PARTS] == [vocabulary.stems_in(part, 1) for part in PARTS]


def test_a_vocabulary_without_words_can_be_built(tmp_path):
    empty = {part: Ragged.of([np.zeros(0, dtype=np.int32)]) for part in PARTS}
    vocabulary = Vocabulary.build([], empty, np.zeros(0, dtype=np.int32))
    vocabulary.save(tmp_path)
    loaded = Vocabulary.load(tmp_path)
    assert loaded.stems_in("text", 0) == loaded.heading_stems == frozenset()
    assert loaded.word_counts == {}


@pytest.mark.parametrize("name", [WORDS, COUNTS, FREQUENCIES, "title-words.npy", "title-words-starts.npy"])
def test_a_missing_file_names_the_repair(vocabulary, tmp_path, name):
    vocabulary.save(tmp_path)
    assert json.loads((tmp_path / WORDS).read_text(encoding="utf-8")) == list(vocabulary.words)
    (tmp_path / name).unlink()
    with pytest.raises(IndexMismatch, match="--rebuild"):
        Vocabulary.load(tmp_path)
