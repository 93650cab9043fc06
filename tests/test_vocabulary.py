import json

import numpy as np
import pytest

from assistant.arrays import Ragged
from assistant.errors import IndexMismatch
from assistant.segments import BASE, ORDER, Segments
from assistant.tokens import stem, words
from assistant.vocabulary import COUNTS, FREQUENCIES, PARTS, STEM_OF, STEMS, TOTALS, WORDS, Vocabulary, count_words, part_texts, words_file

TEXTS = [
    "Ferry crossing\n\nSummary\n\nThe ferry crosses daily. Ferries are free.\n\nRare risks\n\nFog.\n",
    "Lighthouse tour\n\nSummary\n\nThe guide tours the lighthouse.\n\nDuration\n\nTwo hours.\n",
    "Note about a crossing by tram. It says little.\n",
]


@pytest.fixture
def parsed(parse):
    return [parse(text, f"{i}.txt") for i, text in enumerate(TEXTS)]


@pytest.fixture
def folder(parsed, tmp_path):
    return saved(parsed, tmp_path)


def saved(parsed, data):
    """Write the words of documents as the base of an index in a folder, and return that of the base."""
    folder = data / BASE
    folder.mkdir()
    np.save(data / ORDER, np.arange(len(parsed)))
    everything = sorted({word for document in parsed for text in part_texts(document) for word in words(text)})
    for i, part in enumerate(PARTS):
        own = [sorted(set(words(part_texts(document)[i]))) for document in parsed]
        Ragged.of([np.asarray([everything.index(w) for w in some], dtype=np.int32) for some in own]).save(folder, words_file(part))
    counts = [words(d.text).count(w) for d in parsed for w in sorted(set(words(d.text)))]
    np.save(folder / COUNTS, np.asarray(counts, dtype=np.int32))
    count_words(folder, everything)
    return folder


@pytest.fixture
def vocabulary(folder):
    return load(folder)


def load(folder):
    return Vocabulary(Segments.open(folder.parent))


def stems(text):
    return {stem(word) for word in words(text)}


def test_each_part_of_a_document_has_its_stems(vocabulary, parsed):
    for i, document in enumerate(parsed):
        assert [vocabulary.stems_in(part, i) for part in PARTS] == [stems(text) for text in part_texts(document)]


def test_which_stems_documents_hold_is_told_at_once(vocabulary, parsed):
    asked = ["ferri", "submarin", "tour", "lighthous", "cross"]
    for i, part in enumerate(PARTS):
        for documents in ([0, 1, 2], [2, 0], [1], []):
            wanted = [[one in stems(part_texts(parsed[n])[i]) for one in asked] for n in documents]
            assert vocabulary.holding(part, documents, asked).tolist() == wanted
    assert vocabulary.holding("text", [0, 1], []).shape == (2, 0)


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


def test_the_stems_that_are_returned_are_those_of_the_words_in_order(folder):
    everything = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    found, stem_of = count_words(folder, everything)
    assert found == sorted(stems(" ".join(TEXTS)))
    assert [found[i] for i in stem_of] == [stem(word) for word in everything]


def test_a_vocabulary_without_words_can_be_opened(tmp_path):
    folder = tmp_path / BASE
    folder.mkdir()
    np.save(tmp_path / ORDER, np.arange(1))
    for part in PARTS:
        Ragged.of([np.zeros(0, dtype=np.int32)]).save(folder, words_file(part))
    np.save(folder / COUNTS, np.zeros(0, dtype=np.int32))
    count_words(folder, [])
    opened = load(folder)
    assert opened.stems_in("text", 0) == opened.heading_stems == frozenset()
    assert opened.word_counts == {}


@pytest.mark.parametrize("name", [WORDS, STEMS, COUNTS, STEM_OF, FREQUENCIES, TOTALS, "title-words.npy", "title-words-starts.npy"])
def test_a_missing_file_names_the_repair(folder, name):
    (folder / name).unlink()
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(folder)


@pytest.mark.parametrize("name", [WORDS, STEMS])
@pytest.mark.parametrize("content", ["{}", "5", '"words"', "null"])
def test_words_that_are_no_list_name_the_repair(folder, name, content):
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        load(folder)
