"""A corpus folder that changes -> builds, one after the other. The only module that imports watchfiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

from watchfiles import watch

from assistant.building import Built, Progress, build_index
from assistant.config import Settings
from assistant.errors import AssistantError


def builds(
    corpus: Path, folder: Path, settings: Settings, progress: Progress | None = None, stop: Event | None = None
) -> Iterator[Built | AssistantError]:
    """Yield what each build did, or why it could not: at once, and whenever files of the corpus have changed, until `stop` is set.

    Raises:
        AssistantError: the first build fails.
    """
    yield build_index(corpus, folder, settings, progress)
    inside = folder.resolve()
    for changes in watch(corpus, stop_event=stop, raise_interrupt=True):
        if all(Path(path).resolve().is_relative_to(inside) for _, path in changes):
            continue
        try:
            yield build_index(corpus, folder, settings, progress)
        except AssistantError as error:
            yield error
