from pathlib import Path

import pytest

from assistant.config import PACKAGED_CORPUS, default_corpus, default_index, make_settings
from assistant.errors import SettingsError
from assistant.tokens import codes_in


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
    with pytest.raises(SettingsError, match=r"setting 'code_pattern' is '.*', which .*global flags.*; write a flag as in \(\?i:\.\.\.\)"):
        make_settings(code_pattern=r"(?i)[A-Z]\d{4}")
    assert make_settings(code_pattern=r"(?i:[A-Z]\d{4})|\d{5}").code_pattern == r"(?i:[A-Z]\d{4})|\d{5}"


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("chunk_tokens", 0, "is not 16 or more"),
        ("chunk_tokens", 5000, "is not 2048 or less"),
        ("chunk_tokens", 20.5, "is not a whole number"),
        ("encoder", 5, "is not text"),
        ("authority", 5, "is not a list of texts"),
        ("authority", (5,), "is not a list of texts"),
        ("code_pattern", "[A-Z", "is not a regular expression (unterminated character set at position 0)"),
    ],
)
def test_an_impossible_value_is_told_with_what_is_wrong_with_it(key, value, why):
    with pytest.raises(SettingsError) as caught:
        make_settings(**{key: value})
    assert str(caught.value) == f"setting '{key}' is '{value}', which {why}; see README.md, Settings"


def test_an_argument_is_not_told_as_a_variable_that_it_overrules(monkeypatch):
    monkeypatch.setenv("ASSISTANT_CHUNK_TOKENS", "80")
    with pytest.raises(SettingsError, match="setting 'chunk_tokens' is '1'"):
        make_settings(chunk_tokens=1)


@pytest.mark.parametrize(
    "pattern", [r"^[A-Z]\d{4}$", r"\A[A-Z]\d{4}", r"[A-Z]\d{4}\Z", r"(?<!x)[A-Z]\d{4}", r"(?<=x)\d", r"\d|(^\d)", "[]a]$"]
)
def test_a_code_pattern_that_looks_at_what_stands_around_a_code_is_refused(pattern):
    with pytest.raises(SettingsError, match="looks at what stands around a code with '.*'; write what a whole code looks like"):
        make_settings(code_pattern=pattern)


@pytest.mark.parametrize(
    "pattern", [r"\^\d{4}\$", r"[^A-Z$]\d{4}", r"[]^$]\d", r"[\]^]\d", r"\\A\d", r"\b[A-Z]\d{4}\b", r"(?!S0)[A-Z]\d{4}", ""]
)
def test_a_code_pattern_may_hold_the_characters_of_anchors(pattern):
    assert make_settings(code_pattern=pattern).code_pattern == pattern


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [(r"[a-z]\d{4}", r"[A-Z]\d{4}"), (r"(?i:[a-z])\d", r"(?i:[A-Z])\d"), (r"(?P<kind>d)\d\x41(?P=kind)", r"(?P<kind>D)\d\x41(?P=kind)")],
)
def test_small_letters_of_a_code_pattern_stand_for_capitals(pattern, meant):
    settings = make_settings(code_pattern=pattern)
    assert settings.code_pattern == make_settings(code_pattern=settings.code_pattern).code_pattern == meant
    assert codes_in("see a1234 or B5678", make_settings(code_pattern=r"[a-z]\d{4}").code_pattern) == ("A1234", "B5678")


def test_several_values_are_json_in_the_environment(monkeypatch):
    monkeypatch.setenv("ASSISTANT_AUTHORITY", '["national/*", "local/*"]')
    assert make_settings().authority == ("national/*", "local/*")


@pytest.mark.parametrize("value", ["national/*", '"national/*"', "[1]", ""])
def test_several_values_that_are_not_json_are_named(monkeypatch, value):
    monkeypatch.setenv("ASSISTANT_AUTHORITY", value)
    with pytest.raises(SettingsError, match="setting 'ASSISTANT_AUTHORITY' is "):
        make_settings()


def test_a_variable_counts_in_either_case(monkeypatch):
    monkeypatch.setenv("assistant_chunk_tokens", "80")
    assert make_settings().chunk_tokens == 80


def test_an_impossible_value_in_the_environment_is_named(monkeypatch):
    monkeypatch.setenv("ASSISTANT_CHUNK_TOKENS", "many")
    with pytest.raises(SettingsError) as caught:
        make_settings()
    assert str(caught.value) == "setting 'ASSISTANT_CHUNK_TOKENS' is 'many', which is not a whole number; see README.md, Settings"


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
