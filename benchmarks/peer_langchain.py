"""LangChain with FAISS: recursive splitting, HuggingFaceEmbeddings, FAISS saved to disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.adapter import CHARACTERS, PASSAGES, Found, main


class LangChain:
    """A LangChain vector store."""

    packages = ("langchain-core", "langchain-community", "langchain-huggingface", "sentence-transformers", "torch", "faiss-cpu")

    def __init__(self) -> None:
        self._store: Any = None

    def build(self, model: str, documents: list[tuple[str, str]], folder: Path) -> None:
        """Split, embed and save."""
        from langchain_community.vectorstores import FAISS
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=0)
        passages = splitter.create_documents([text for _, text in documents], [{"source": name} for name, _ in documents])
        FAISS.from_documents(passages, self._embeddings(model)).save_local(str(folder))

    def open(self, model: str, folder: Path) -> None:
        """Load the store."""
        from langchain_community.vectorstores import FAISS

        self._store = FAISS.load_local(str(folder), self._embeddings(model), allow_dangerous_deserialization=True)

    def search(self, question: str) -> Found:
        """Return the nearest passages."""
        return [(found.metadata["source"], found.page_content) for found in self._store.similarity_search(question, k=PASSAGES)]

    def _embeddings(self, model: str) -> Any:  # noqa: ANN401 -- a class of the peer
        from langchain_huggingface import HuggingFaceEmbeddings

        return HuggingFaceEmbeddings(model_name=model, model_kwargs={"device": "cpu"}, encode_kwargs={"normalize_embeddings": True})


if __name__ == "__main__":
    main(LangChain())
