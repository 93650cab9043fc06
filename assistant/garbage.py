"""When Python looks for cycles among objects. With 100,000 documents that takes as long as reading what is known of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Look for no cycles meanwhile; for reading much that is kept."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def frozen() -> Iterator[None]:
    """Look for cycles only among what is made meanwhile, not among what is there; for work with much that has been read."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
