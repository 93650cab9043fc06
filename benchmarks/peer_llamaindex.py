"""LlamaIndex with FAISS: SentenceSplitter, HuggingFaceEmbedding, FaissVectorStore persisted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.adapter import PASSAGES, TOKENS, Found, main


class LlamaIndex:
    """A LlamaIndex retriever; no language model is set."""

    packages = (
        "llama-index-core",
        "llama-index-embeddings-huggingface",
        "llama-index-vector-stores-faiss",
        "sentence-transformers",
        "torch",
        "faiss-cpu",
    )

    def __init__(self) -> None:
        self._retriever: Any = None

    def build(self, model: str, documents: list[tuple[str, str]], folder: Path) -> None:
        """Split, embed and persist."""
        import faiss
        from llama_index.core import Document, StorageContext, VectorStoreIndex
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.vector_stores.faiss import FaissVectorStore

        embedding = self._embedding(model)
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(len(embedding.get_query_embedding("size"))))
        index = VectorStoreIndex.from_documents(
            [Document(text=text, metadata={"source": name}) for name, text in documents],
            storage_context=StorageContext.from_defaults(vector_store=store),
            transformations=[SentenceSplitter(chunk_size=TOKENS, chunk_overlap=0)],
            embed_model=embedding,
        )
        index.storage_context.persist(persist_dir=str(folder))

    def open(self, model: str, folder: Path) -> None:
        """Load the persisted index."""
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.vector_stores.faiss import FaissVectorStore

        store = FaissVectorStore.from_persist_dir(str(folder))
        context = StorageContext.from_defaults(vector_store=store, persist_dir=str(folder))
        self._retriever = load_index_from_storage(context, embed_model=self._embedding(model)).as_retriever(similarity_top_k=PASSAGES)

    def search(self, question: str) -> Found:
        """Return the nearest nodes."""
        return [(found.node.metadata["source"], found.node.get_content()) for found in self._retriever.retrieve(question)]

    def _embedding(self, model: str) -> Any:  # noqa: ANN401 -- a class of the peer
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        return HuggingFaceEmbedding(model_name=model, device="cpu")


if __name__ == "__main__":
    main(LlamaIndex())
