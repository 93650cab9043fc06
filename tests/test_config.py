from pathlib import Path

import pytest

from assistant.config import PACKAGED_CORPUS, default_corpus, default_index, make_settings
from assistant.errors import SettingsError


def test_defaults_need_nothing(settings):
    assert settings.encoder == "default"
    assert settings.chunk_tokens == 160


def test_settings_cannot_be_changed(settings):
    with pytest.raises(ValueError, match="frozen"):
        settings.chunk_tokens = 80


def test_the_environment_is_read_and_an_argument_wins(monkeypatch):
    monkeypatch.setenv("ASSISTANT_CHUNK_TOKENS", "80")
    assert make_settings().chunk_tokens == 80
    assert make_settings(chunk_tokens=99).chunk_tokens == 99


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("chunk_tokens", 0),
        ("chunk_tokens", "many"),
        ("code_pattern", "[A-Z"),
        ("code_pattern", r"A)(\d{4}"),
        ("max_question_characters", 1),
        ("max_file_bytes", 0),
        ("chunk_size", 5),
    ],
)
def test_an_unknown_key_or_impossible_value_is_named(key, value):
    with pytest.raises(SettingsError, match=f"setting '{key}'"):
        make_settings(**{key: value})


def test_a_code_pattern_that_only_works_alone_is_refused_and_told_how_to_be_written():
    with pytest.raises(SettingsError, match=r"setting 'code_pattern': .*global flags.*; write a flag as in \(\?i:\.\.\.\)"):
        make_settings(code_pattern=r"(?i)[A-Z]\d{4}")
    assert make_settings(code_pattern=r"(?i:[A-Z]\d{4})|\d{5}").code_pattern == r"(?i:[A-Z]\d{4})|\d{5}"


def test_several_values_are_json_in_the_environment(monkeypatch):
    monkeypatch.setenv("ASSISTANT_AUTHORITY", '["national/*", "local/*"]')
    assert make_settings().authority == ("national/*", "local/*")


@pytest.mark.parametrize("value", ["national/*", '"national/*"', "[1]", ""])
def test_several_values_that_are_not_json_are_named(monkeypatch, value):
    monkeypatch.setenv("ASSISTANT_AUTHORITY", value)
    with pytest.raises(SettingsError, match="setting 'authority"):
        make_settings()


def test_a_variable_counts_in_either_case(monkeypatch):
    monkeypatch.setenv("assistant_chunk_tokens", "80")
    assert make_settings().chunk_tokens == 80


def test_an_impossible_value_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv("ASSISTANT_CHUNK_TOKENS", "many")
    with pytest.raises(SettingsError, match="chunk_tokens"):
        make_settings()


def test_a_misspelt_variable_in_the_environment_fails_too(monkeypatch):
    monkeypatch.setenv("ASSISTANT_CHUNK_TOKEN", "80")
    with pytest.raises(SettingsError, match="(?i)chunk_token"):
        make_settings()


def test_a_local_corpus_and_index_come_before_the_packaged_ones(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert default_corpus() == PACKAGED_CORPUS
    (tmp_path / "corpus").mkdir()
    (tmp_path / "index").mkdir()
    assert default_corpus() == Path("corpus")
    assert default_index(default_corpus()) == Path("index")


def test_each_corpus_has_a_cache_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one, other = default_index(tmp_path / "one"), default_index(tmp_path / "other")
    assert one != other
    assert one == default_index(Path("one"))


def test_corpora_whose_paths_differ_only_in_punctuation_do_not_share_a_cache_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert default_index(tmp_path / "my-docs") != default_index(tmp_path / "my_docs")


def test_corpora_whose_long_paths_end_alike_do_not_share_a_cache_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert default_index(tmp_path / "one" / ("x" * 90)) != default_index(tmp_path / "two" / ("x" * 90))
