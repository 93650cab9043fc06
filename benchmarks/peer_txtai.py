"""txtai: dense embeddings with content, saved to disk. Its own text splitting needs a service, so paragraphs are put together here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.adapter import CHARACTERS, PASSAGES, Found, main


def passages(text: str) -> list[str]:
    """Return paragraphs put together up to `CHARACTERS`; a longer paragraph stays whole."""
    found: list[str] = []
    for paragraph in filter(None, map(str.strip, text.split("\n\n"))):
        if found and len(found[-1]) + len(paragraph) < CHARACTERS:
            found[-1] += "\n\n" + paragraph
        else:
            found.append(paragraph)
    return found


class Txtai:
    """A txtai embeddings database."""

    packages = ("txtai", "transformers", "torch", "faiss-cpu")

    def __init__(self) -> None:
        self._embeddings: Any = None

    def build(self, model: str, documents: list[tuple[str, str]], folder: Path) -> None:
        """Embed and save."""
        from txtai import Embeddings

        embeddings = Embeddings(path=model, content=True, gpu=False)
        embeddings.index((f"{name}:{n}", passage, None) for name, text in documents for n, passage in enumerate(passages(text)))
        embeddings.save(str(folder))

    def open(self, model: str, folder: Path) -> None:
        """Load the database."""
        from txtai import Embeddings

        self._embeddings = Embeddings()
        self._embeddings.load(str(folder))

    def search(self, question: str) -> Found:
        """Return the nearest passages."""
        return [(row["id"].rsplit(":", 1)[0], row["text"]) for row in self._embeddings.search(question, PASSAGES)]


if __name__ == "__main__":
    main(Txtai())
