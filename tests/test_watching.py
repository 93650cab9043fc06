import os
import shutil
import threading
import time

import pytest

from assistant import watching
from assistant.building import Built
from assistant.errors import CorpusError
from assistant.index import open_index
from assistant.watching import builds

TRAM = "Tram\n\nDuration\n\nIt takes an hour.\n"


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def watched(tiny, settings, stop, monkeypatch):
    """The builds of a watched corpus, the first of them done."""
    monkeypatch.setattr(watching, "LOOK", 300)
    going = builds(tiny / "corpus", tiny / "index", settings, stop=stop)
    first = next(going)
    assert (first.indexed, first.unchanged) == ((), ("ferry.txt", "lighthouse.md"))
    yield going
    stop.set()
    going.close()


def later(act):
    threading.Timer(1.0, act).start()


def until(going, document):
    """Return the documents that builds made until one of that name was made."""
    made = []
    for built in going:
        made.append(built.indexed)
        if document in built.indexed:
            return made
    raise AssertionError(made)


def test_changes_made_together_lead_to_one_build(tiny, settings, watched):
    # They are made before the watching begins: what happens during a build is not missed.
    for name in ("a.txt", "b.txt"):
        (tiny / "corpus" / name).write_text(f"{name} {TRAM}", encoding="utf-8")
    (tiny / "corpus" / "ferry.txt").unlink()
    built = next(watched)
    assert (built.indexed, built.unchanged, built.removed) == (("a.txt", "b.txt"), ("lighthouse.md",), ("ferry.txt",))
    assert sorted(open_index(tiny / "index", settings).by_id) == ["a.txt", "b.txt", "lighthouse.md"]


def test_a_change_while_watching_is_built_and_nothing_else_is(tiny, watched):
    def change():
        os.utime(tiny / "corpus" / "ferry.txt", (0, 0))
        (tiny / "corpus" / "tram.txt").write_text(TRAM, encoding="utf-8")

    os.utime(tiny / "corpus" / "ferry.txt", (1, 1))
    later(change)
    assert until(watched, "tram.txt") == [("tram.txt",)]


def test_builds_do_not_set_off_builds_where_the_index_is_inside_the_corpus(tiny, settings, stop, monkeypatch):
    monkeypatch.setattr(watching, "LOOK", 100)
    folder = tiny / "corpus" / "index"
    shutil.move(tiny / "index", folder)
    going = builds(tiny / "corpus", folder, settings, stop=stop)
    next(going)
    (tiny / "corpus" / "tram.txt").write_text(TRAM, encoding="utf-8")
    assert next(going).indexed == ("tram.txt",)
    threading.Timer(1.5, stop.set).start()
    assert list(going) == []


def test_an_error_is_told_once_and_does_not_end_the_watching(tiny, watched):
    corpus = tiny / "corpus"
    shutil.move(corpus, tiny / "aside")
    error = next(watched)
    assert isinstance(error, CorpusError)
    assert "there is no corpus folder" in str(error)

    def back():
        (tiny / "aside" / "tram.txt").write_text(TRAM, encoding="utf-8")
        shutil.move(tiny / "aside", corpus)

    later(back)
    built = next(watched)
    assert isinstance(built, Built)
    assert built.indexed == ("tram.txt",)


def test_a_corpus_that_cannot_be_indexed_is_tried_again(tiny, settings, watched, monkeypatch):
    calls, real = [], watching.build_index

    def failing_twice(*args):
        calls.append(time.monotonic())
        if len(calls) < 3:
            raise CorpusError("the corpus file 'tram.txt' changed while it was read")
        return real(*args)

    monkeypatch.setattr(watching, "build_index", failing_twice)
    (tiny / "corpus" / "tram.txt").write_text(TRAM, encoding="utf-8")
    assert isinstance(next(watched), CorpusError)
    assert next(watched).indexed == ("tram.txt",)
    assert len(calls) == 3


def test_the_first_build_takes_nothing_from_what_is_there_where_it_is_told_to(tiny, settings, stop, monkeypatch):
    going = builds(tiny / "corpus", tiny / "index", settings, stop=stop, rebuild=True)
    assert next(going).indexed == ("ferry.txt", "lighthouse.md")
    (tiny / "corpus" / "tram.txt").write_text(TRAM, encoding="utf-8")
    assert next(going).indexed == ("tram.txt",)
    stop.set()
    going.close()


def test_the_first_build_must_succeed(tmp_path, settings):
    with pytest.raises(CorpusError, match="there is no corpus folder"):
        next(builds(tmp_path / "nowhere", tmp_path / "index", settings))


@pytest.mark.parametrize("error", [OSError("OS file watch limit reached"), RuntimeError("error creating recommended watcher")])
def test_a_system_that_tells_no_changes_is_looked_at_from_time_to_time(tiny, watched, stop, monkeypatch, error):
    def failing(*_, **__):
        raise error
        yield

    monkeypatch.setattr(watching, "watch", failing)
    (tiny / "corpus" / "tram.txt").write_text(TRAM, encoding="utf-8")
    assert next(watched).indexed == ("tram.txt",)
    stop.set()
    assert list(watched) == []
