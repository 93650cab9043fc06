import numpy as np
import pytest

from assistant import Assistant
from assistant.config import PACKAGED_ENCODER, make_settings
from assistant.crossing import CrossReader
from assistant.errors import ModelError
from assistant.reading import read


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A cross-encoder of two small layers with weights by chance."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    where = tmp_path_factory.mktemp("cross")
    torch.manual_seed(7)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(PACKAGED_ENCODER / "tokenizer.json"), pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]"
    )
    shape = {"vocab_size": len(tokenizer), "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    for name, labels in (("one", 1), ("three", 3)):
        BertForSequenceClassification(BertConfig(**shape, num_labels=labels)).save_pretrained(where / name)
        tokenizer.save_pretrained(where / name)
    assert CrossEncoder(str(where / "one"), device="cpu").num_labels == 1
    return where


def test_the_second_look_is_the_named_models(assistant, folder):
    reader = CrossReader(str(folder / "one"))
    name = assistant.index.documents.ids[0]
    readings = read(assistant.index, reader, "how long does it take?", name)[:5]
    scores = reader.compare(assistant.index, "how long does it take?", readings)
    assert scores.shape == (5,)
    assert np.array_equal(scores, reader.compare(assistant.index, "how long does it take?", readings))
    assert len(set(scores.tolist())) > 1
    assert reader.compare(assistant.index, "how long does it take?", []).size == 0


def test_the_setting_names_it_and_needs_no_other_index(corpus, index_folder, folder):
    settings = make_settings(cross_encoder=str(folder / "one"))
    answer = Assistant.open(corpus, index_folder, settings, build=False).ask("how long does S9357 take?")
    assert answer.quotes
    assert answer.index.fingerprint == Assistant.open(corpus, index_folder, make_settings(), build=False).index.manifest.fingerprint


@pytest.mark.parametrize(("name", "words"), [("three", "3 outputs"), ("nowhere", "cannot be loaded")])
def test_a_model_that_cannot_serve_is_named_in_one_sentence(assistant, folder, name, words):
    reader = CrossReader(str(folder / name))
    readings = read(assistant.index, reader, "how long does it take?", assistant.index.documents.ids[0])[:2]
    with pytest.raises(ModelError, match=words):
        reader.compare(assistant.index, "how long does it take?", readings)


def test_a_model_that_cannot_serve_is_noticed_before_the_first_question_where_there_will_be_many(ask_real, folder, tmp_path, monkeypatch):
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": ""}\n', encoding="utf-8")
    monkeypatch.setenv("ASSISTANT_CROSS_ENCODER", str(folder / "three"))
    for words in (("chat",), ("ui", "--no-browser", "--port", 0), ("batch", tmp_path / "in.jsonl", tmp_path / "out.jsonl")):
        done = ask_real(*words)
        assert done.code == 1
        assert "3 outputs; name one that gives a single score" in done.err.splitlines()[-1]
    assert not (tmp_path / "out.jsonl").exists()


def test_a_model_that_serves_is_loaded_with_the_others(corpus, index_folder, folder):
    Assistant.open(corpus, index_folder, make_settings(cross_encoder=str(folder / "one")), build=False).load_models()
