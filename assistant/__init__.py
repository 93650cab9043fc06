"""Answers questions about coded procedures with exact, cited quotations from the documents, or says that they do not answer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from assistant.errors import (
    AssistantError,
    CorpusError,
    IndexMismatch,
    IndexNotFound,
    ModelError,
    QueryError,
    SettingsError,
    VerificationError,
)
from assistant.types import Answer, Choice, CodeFit, Hit, Quote, Reason, Role, Status

if TYPE_CHECKING:
    from assistant.api import Assistant, CodeEntry
    from assistant.comparing import Row
    from assistant.config import Settings
    from assistant.verifying import Mismatch

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Choice",
    "CodeEntry",
    "CodeFit",
    "CorpusError",
    "Hit",
    "IndexMismatch",
    "IndexNotFound",
    "Mismatch",
    "ModelError",
    "QueryError",
    "Quote",
    "Reason",
    "Role",
    "Row",
    "Settings",
    "SettingsError",
    "Status",
    "VerificationError",
]
_LATER = {"Assistant": "api", "CodeEntry": "api", "Mismatch": "verifying", "Row": "comparing", "Settings": "config"}
"""Names that are imported when they are first asked for, by module; the command line's help must not wait for numerical libraries."""


def __getattr__(name: str) -> type:
    """Import one of the names that wait for it."""
    if name not in _LATER:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    found: type = getattr(import_module(f"assistant.{_LATER[name]}"), name)
    return found


def __dir__() -> list[str]:
    return list(__all__)
