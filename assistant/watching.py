"""A corpus folder that changes -> builds, one after the other. The only module that imports watchfiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from watchfiles import watch

from assistant.building import Built, build_index
from assistant.config import Settings
from assistant.documents import Stamp, corpus_state
from assistant.errors import AssistantError
from assistant.freshness import stamps
from assistant.writing import Progress

LOOK = 5000
"""Milliseconds after which the files are looked at even if no change was told, as network folders tell none."""


def builds(
    corpus: Path,
    folder: Path,
    settings: Settings,
    progress: Progress | None = None,
    stop: Event | None = None,
    *,
    rebuild: bool = False,
) -> Iterator[Built | AssistantError]:
    """Yield what each build did, or why it could not: at once, and whenever files of the corpus have changed, until `stop` is set.

    With `rebuild` the first takes nothing from what is there.

    Raises:
        AssistantError: the first build fails.
    """
    built = build_index(corpus, folder, settings, progress, rebuild=rebuild)
    yield built
    state, failed, told = stamps(built.manifest), False, ""
    for _ in _wakes(corpus, stop or Event()):
        try:
            now = corpus_state(corpus, settings, state, folder)
            changed, state = _bytes(now) != _bytes(state), now
            if changed or failed:
                failed = True
                built = build_index(corpus, folder, settings, progress)
                state, failed = stamps(built.manifest), False
                yield built
            told = ""
        except AssistantError as error:
            if str(error) != told:
                told = str(error)
                yield error


def _wakes(corpus: Path, stop: Event) -> Iterator[object]:
    """Yield whenever files may have changed."""
    try:
        yield from watch(corpus, stop_event=stop, rust_timeout=LOOK, yield_on_timeout=True, ignore_permission_denied=True)
    except (OSError, RuntimeError):  # this system watches no more folders, or not this one
        while not stop.wait(LOOK / 1000):
            yield None


def _bytes(state: dict[str, Stamp]) -> dict[str, str]:
    return {name: stamp.sha256 for name, stamp in state.items()}
