"""The assistant itself: `BENCH_HOW` says whether it answers, ranks passages with its reader, or retrieves them bare."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.adapter import PASSAGES, Found, main

if TYPE_CHECKING:
    from assistant import Assistant


class Ours:
    """The assistant over a corpus; its own encoder is the same model."""

    packages = ("hcpcs-assistant", "onnxruntime", "tokenizers", "faiss-cpu", "numpy")

    def __init__(self) -> None:
        self._assistant: Assistant
        self._how = getattr(self, f"_{os.environ.get('BENCH_HOW', 'ask')}")

    def build(self, model: str, documents: list[tuple[str, str]], folder: Path) -> None:
        """Index the documents, from a copy beside the index."""
        from assistant import Assistant

        corpus = folder / "corpus"
        corpus.mkdir(exist_ok=True)
        for name, text in documents:
            (corpus / name).write_text(text, encoding="utf-8", newline="")
        Assistant.open(corpus, folder / "index")

    def open(self, model: str, folder: Path) -> None:
        """Open the index."""
        from assistant import Assistant

        self._assistant = Assistant.open(folder / "corpus", folder / "index")

    def search(self, question: str) -> Found:
        """Return quotes, or passages."""
        found: Found = self._how(question)
        return found

    def _ask(self, question: str) -> Found:
        return [(quote.document, quote.text) for quote in self._assistant.ask(question).quotes]

    def _search(self, question: str) -> Found:
        return self._texts(hit.chunk for hit in self._assistant.search(question, PASSAGES))

    def _retrieve(self, question: str) -> Found:
        from assistant.retrieval import retrieve

        index = self._assistant.index
        return self._texts(hit.chunk for hit in retrieve(index, question, index.encoder.encode_one(question), PASSAGES))

    def _texts(self, chunks) -> Found:  # noqa: ANN001 -- types of the assistant are not imported before it is opened
        by_id = self._assistant.index.by_id
        return [(chunk.document, chunk.span.of(by_id[chunk.document].text)) for chunk in chunks]


if __name__ == "__main__":
    main(Ours())
