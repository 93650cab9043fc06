"""MedQuAD dev: how often the right section comes first, beside all-MiniLM-L6-v2 over "title | section | text" in the same run.

    python benchmarks/medquad.py DATA [--questions N]

DATA holds `medquad/docs-dev.jsonl.gz` and `questions-dev.jsonl.gz` (abachaa/MedQuAD, CC BY 4.0). Every document is written as Markdown
into a temporary corpus and indexed as a user would; a question counts as right when the first passage stands in a section that holds the
gold words. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from assistant import Assistant
from assistant.config import make_settings
from assistant.embedding import BASE, load

Gold = set[tuple[str, int]]


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a gzipped JSON-lines file."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()]


def write_corpus(documents: Iterable[dict[str, Any]], folder: Path) -> dict[str, list[int]]:
    """Write one Markdown file a document and return, by file name, where its sections begin."""
    starts: dict[str, list[int]] = {}
    for document in documents:
        text, edges = f"# {document['title']}\n", []
        for section in document["sections"]:
            edges.append(len(text))
            text += f"\n## {section['section'].capitalize()}\n\n{section['text']}\n"
        name = f"{document['doc_id']}.md"
        (folder / name).write_text(text, encoding="utf-8", newline="")
        starts[name] = edges
    return starts


def plain(documents: list[dict[str, Any]], questions: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return the section that plain MiniLM puts first for each question."""
    model = load(BASE)
    places = [(document["doc_id"], i) for document in documents for i in range(len(document["sections"]))]
    texts = [f"{d['title']} | {s['section']} | {s['text']}" for d in documents for s in d["sections"]]
    asked, held = (model.encode(some, show_progress_bar=False) for some in ([question["question"] for question in questions], texts))
    scores = asked @ held.T
    return [places[i] for i in np.argmax(scores, axis=1)]


def ours(assistant: Assistant, starts: dict[str, list[int]], questions: list[dict[str, Any]]) -> tuple[list[tuple[str, int]], list[float]]:
    """Return the section that the assistant puts first for each question, and the milliseconds each took."""
    found, times = [], []
    for question in questions:
        began = time.perf_counter()
        hits = assistant.hits(question["question"], k=1)
        times.append((time.perf_counter() - began) * 1000)
        chunk = hits[0].chunk if hits else None
        section = int(np.searchsorted(starts[chunk.document], chunk.span.start, side="right")) - 1 if chunk else -1
        found.append((chunk.document.removesuffix(".md") if chunk else "", section))
    return found, times


def share(found: list[tuple[str, int]], golds: list[Gold]) -> float:
    """Return how often the section found is a gold one, in percent."""
    return 100 * sum(place in gold for place, gold in zip(found, golds, strict=True)) / len(golds)


def main() -> None:
    """Measure both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=0, help="only so many, evenly picked")
    arguments = parser.parse_args()
    documents = rows(arguments.data / "medquad" / "docs-dev.jsonl.gz")
    questions = rows(arguments.data / "medquad" / "questions-dev.jsonl.gz")
    if arguments.questions:
        questions = questions[:: max(1, len(questions) // arguments.questions)]
    golds: list[Gold] = [{(name, int(i)) for name, i in question["gold"]} for question in questions]
    with tempfile.TemporaryDirectory() as work:
        corpus = Path(work) / "corpus"
        corpus.mkdir()
        starts = write_corpus(documents, corpus)
        assistant = Assistant.open(corpus, Path(work) / "index", make_settings())
        found, times = ours(assistant, starts, questions)
    print("| MedQuAD dev, section first | right | p50 ms |\n|---|---|---|")
    print(f"| all-MiniLM-L6-v2, title, section, text | {share(plain(documents, questions), golds):.1f} % | - |")
    print(f"| assistant, {len(documents)} documents | {share(found, golds):.1f} % | {np.median(times):.1f} |")


if __name__ == "__main__":
    main()
