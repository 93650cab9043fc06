"""What was found last, kept at hand. Threads may share it; knows nothing of what it keeps."""

from __future__ import annotations

from threading import Lock
from typing import TypeVar

Key = TypeVar("Key")
Known = TypeVar("Known")
_LOCK = Lock()
"""Held while what is remembered changes; the page answers in several threads."""


def kept(store: dict[Key, Known], key: Key) -> Known | None:
    """Return what is at hand for a key, None where nothing is; it counts as found last."""
    with _LOCK:
        found = store.pop(key, None)
        if found is not None:
            store[key] = found
    return found


def keep(store: dict[Key, Known], key: Key, value: Known, most: int) -> Known:
    """Keep a value at hand, the oldest ones no longer once there are so many, and return it."""
    with _LOCK:
        while len(store) >= most:
            store.pop(next(iter(store)), None)
        store[key] = value
    return value
