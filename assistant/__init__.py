"""Answers questions about coded procedures with exact, cited quotations from the documents, or says that they do not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.types import Answer, Quote, Reason, Role, Status

if TYPE_CHECKING:
    from assistant.api import Assistant

__all__ = ["Answer", "Assistant", "AssistantError", "Quote", "Reason", "Role", "Status"]


def __getattr__(name: str) -> type:
    """Import `Assistant` when it is first asked for; the command line's help must not wait for numerical libraries."""
    if name == "Assistant":
        from assistant.api import Assistant

        return Assistant
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> list[str]:
    return list(__all__)
