"""Haystack with its in-memory document store: DocumentSplitter, SentenceTransformers embedders, the store saved to disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.adapter import PASSAGES, WORDS, Found, main


class Haystack:
    """A Haystack embedder and retriever, run as a pipeline."""

    packages = ("haystack-ai", "sentence-transformers-haystack", "sentence-transformers", "torch")

    def __init__(self) -> None:
        self._pipeline: Any = None

    def build(self, model: str, documents: list[tuple[str, str]], folder: Path) -> None:
        """Split, embed and save."""
        from haystack import Document
        from haystack.components.preprocessors import DocumentSplitter
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        splitter = DocumentSplitter(split_by="word", split_length=WORDS, split_overlap=0)
        passages = splitter.run([Document(content=text, meta={"source": name}) for name, text in documents])["documents"]
        embedder = _embedders().SentenceTransformersDocumentEmbedder(model=model, device=_cpu(), progress_bar=False)
        embedder.warm_up()
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        store.write_documents(embedder.run(passages)["documents"])
        store.save_to_disk(str(folder / "store.json"))

    def open(self, model: str, folder: Path) -> None:
        """Load the store and the pipeline."""
        from haystack import Pipeline
        from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        store = InMemoryDocumentStore.load_from_disk(str(folder / "store.json"))
        self._pipeline = Pipeline()
        embedder = _embedders().SentenceTransformersTextEmbedder(model=model, device=_cpu(), progress_bar=False)
        self._pipeline.add_component("embedder", embedder)
        self._pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=PASSAGES))
        self._pipeline.connect("embedder.embedding", "retriever.query_embedding")
        self._pipeline.warm_up()

    def search(self, question: str) -> Found:
        """Return the nearest documents."""
        found = self._pipeline.run({"embedder": {"text": question}})["retriever"]["documents"]
        return [(one.meta["source"], one.content) for one in found]


def _cpu() -> Any:  # noqa: ANN401 -- a class of the peer
    from haystack.utils import ComponentDevice

    return ComponentDevice.from_str("cpu")


def _embedders() -> Any:  # noqa: ANN401 -- a module of the peer
    from haystack_integrations.components.embedders import sentence_transformers as embedders

    return embedders


if __name__ == "__main__":
    main(Haystack())
