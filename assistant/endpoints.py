"""An assistant -> what can be asked of it over REST and MCP, as functions of plain values. Refuses to know how they are served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.answer_json import answer_to_json, entry_to_json, hit_to_json, rows_to_json
from assistant.api import Latest


def endpoints(latest: Latest) -> tuple[Callable[..., object], ...]:
    """Return the endpoints `ask`, `fit`, `compare`, `search` and `codes`; what their docstrings say is what a caller is told of them."""

    def ask(question: str, history: list[str] | None = None, code: str | None = None) -> dict[str, Any]:
        """Answer a question with exact, cited quotations from the documents, or say why they do not answer.

        Args:
            question: The question.
            history: The earlier questions of the same conversation, oldest first.
            code: The one code to answer about; whatever the question names if left out.
        """
        return answer_to_json(latest().ask(question, history or [], code=code or None))

    def fit(scenario: str) -> dict[str, Any]:
        """Tell which code fits a described case, with exact quotations for and against each, or that no code fits.

        Args:
            scenario: The case in plain words: what is given, how long, how, and where.
        """
        return answer_to_json(latest().fit(scenario))

    def compare(codes: list[str], section: str | None = None) -> list[dict[str, Any]]:
        """Set the documents of two or more codes side by side: a row for each section, a cited quotation or null for each code.

        Args:
            codes: The codes, in the order in which the cells of a row are to stand.
            section: The heading of the one section to compare, or how it begins; all sections if left out.
        """
        return rows_to_json(latest().compare(codes, section or None))

    def search(question: str, k: int = 10, code: str | None = None) -> list[dict[str, Any]]:
        """Rank passages of the documents for a question, without answering.

        Args:
            question: What to search for.
            k: How many passages.
            code: The one code whose documents to search; if left out, those of a code or clear subject in the question, else all.
        """
        assistant = latest()
        hits = assistant.search(question, k, code=code or None)
        return [hit_to_json(hit, assistant.index.by_id[hit.chunk.document]) for hit in hits]

    def codes() -> list[dict[str, Any]]:
        """List the codes that the documents describe, with their official titles."""
        return [entry_to_json(entry) for entry in latest().codes()]

    return ask, fit, compare, search, codes
