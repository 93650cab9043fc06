import os
import shutil
import sys
import time
from pathlib import Path

import pytest

import network_guard
from assistant import Assistant
from assistant.building import build_index
from assistant.cli import main
from assistant.config import make_settings
from assistant.documents import Refusal, corpus_files, read_bytes, read_file
from assistant.sections import parse_corpus, parse_document

ROOT = Path(__file__).parent.parent

FERRY = """Harbour ferry crossing, foot passengers only, one way

Code: F1001

Summary

The ferry carries foot passengers across the harbour. Bicycles are carried free of charge.

Duration

The crossing takes twelve minutes in calm weather.

Risks

Common risks: Seasickness.
Rare risks: Delay by fog.
"""
LIGHTHOUSE = """Lighthouse tour with a guide, groups of up to ten

Code: L2002

Summary

A guide leads the group up the lighthouse and explains the lamp.

Duration

The tour lasts two hours.

Preparation

- Wear sturdy shoes.
- Bring water.
"""


def squash(text):
    """Return a text as if it stood on one line."""
    return " ".join(text.split())


def write_aged(path, text):
    """Write a file as if an hour ago, so that its time tells whether it changes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(0, time.time_ns() - 3600 * 10**9))


def read_corpus(corpus, settings):
    """Return the documents of a folder in order of file, and the files that were refused."""
    found = [read_file(Path(path), corpus, settings) for path in corpus_files(corpus).values()]
    refusals = [one for one in found if isinstance(one, Refusal)]
    return [source for one in found if not isinstance(one, Refusal) for source in one], refusals


@pytest.fixture(scope="session", autouse=True)
def _nothing_leaves_this_machine():
    restore = network_guard.install()
    yield
    restore()


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def corpus():
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def settings():
    return make_settings()


@pytest.fixture(scope="session")
def index_folder(corpus, settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "index"
    build_index(corpus, folder, settings)
    return folder


@pytest.fixture(scope="session")
def assistant(corpus, index_folder, settings):
    return Assistant.open(corpus, index_folder, settings, build=False)


@pytest.fixture(scope="session")
def documents(corpus, settings):
    sources, _ = read_corpus(corpus, settings)
    return {document.codes[0]: document for document in parse_corpus(sources, settings)}


@pytest.fixture(scope="session")
def parse(settings):
    def parse_text(text, name="document.txt"):
        (source,) = read_bytes(name, text.encode("utf-8"), settings)
        return parse_document(source, settings)

    return parse_text


@pytest.fixture(scope="session")
def tiny_template(settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "ferry.txt").write_text(FERRY, encoding="utf-8")
    (corpus / "lighthouse.md").write_text(LIGHTHOUSE, encoding="utf-8")
    build_index(corpus, folder / "index", settings)
    return folder


@pytest.fixture
def tiny(tiny_template, tmp_path):
    """A folder with a `corpus` of two small documents and its `index`, free to be changed."""
    return shutil.copytree(tiny_template, tmp_path / "tiny")


@pytest.fixture(scope="session")
def opened(settings, tmp_path_factory):
    """Give an assistant over files, text or bytes by name; the same one for the same files, which nobody is to change."""
    known = {}

    def over(files):
        key = tuple(files.items())
        if key not in known:
            folder = tmp_path_factory.mktemp("opened")
            (folder / "corpus").mkdir()
            for name, content in files.items():
                (folder / "corpus" / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
            known[key] = Assistant.open(folder / "corpus", folder / "index", settings)
        return known[key]

    return over


class Run:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def complaint(self):
        """The one line on stderr; fails where there are more or a traceback."""
        assert "Traceback" not in self.err
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `assistant …` in this process as `main` does, and return its exit status and what it wrote."""

    def run_main(*words):
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return Run(code, out, err)

    return run_main


@pytest.fixture
def ask_real(run, corpus, index_folder):
    """Run a command over the real corpus and the index of this test run."""
    return lambda command, *words: run(command, *words, "--corpus", corpus, "--index", index_folder)
