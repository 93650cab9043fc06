"""What was found last, kept at hand. Threads may share it; knows nothing of what it keeps."""

from __future__ import annotations

from threading import Lock
from typing import TypeVar

Key = TypeVar("Key")
Known = TypeVar("Known")
_LOCK = Lock()
"""Held while what is remembered changes; the page answers in several threads."""


def keep(store: dict[Key, Known], key: Key, value: Known, most: int) -> Known:
    """Keep a value at hand, the oldest ones no longer once there are so many, and return it."""
    with _LOCK:
        while len(store) >= most:
            store.pop(next(iter(store)), None)
        store[key] = value
    return value
