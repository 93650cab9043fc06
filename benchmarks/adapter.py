"""How a contestant is spoken to: builds, opens and searches by command line and stdin. Needs the standard library alone.

Each `peer_*` module gives one `Contestant`; `benchmarks.peers` runs it in its own environment as one of

    python -m benchmarks.peer_NAME index --model M --corpus C --index I     build and save
    python -m benchmarks.peer_NAME ask   … --question TEXT                open, print the first passage, end
    python -m benchmarks.peer_NAME serve …                                  open, then answer one question a line until stdin ends

Lines are JSON. Whatever a contestant imports it imports when it is opened, so that this counts as its start.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

CHARACTERS = 700
"""Size of a peer's passage: about the 160 tokens of the assistant's own."""
TOKENS, WORDS = 160, 110
"""The same for peers that count otherwise."""
PASSAGES = 5
"""Passages asked for."""

Found = list[tuple[str, str]]
"""Passages, best first: file name and text."""


class Contestant(Protocol):
    """Something that finds passages."""

    packages: tuple[str, ...]

    def build(self, model: str, documents: list[tuple[str, str]], folder: Path) -> None:
        """Index documents, given as file name and text, and save the index to `folder`."""
        ...

    def open(self, model: str, folder: Path) -> None:
        """Load the model and the index in `folder`."""
        ...

    def search(self, question: str) -> Found:
        """Return the `PASSAGES` best passages."""
        ...


def stay_offline() -> None:
    """Make every attempt to reach the network fail, for whatever the process does later."""

    def refuse(event: str, values: tuple[object, ...]) -> None:
        local = event == "socket.connect" and isinstance(values[1], (str, bytes))
        if event in ("socket.connect", "socket.getaddrinfo") and not local:
            raise OSError(f"a benchmark does not use the network: {event} {values[1:]}")

    sys.addaudithook(refuse)


def own_mb() -> float:
    """Return how much memory this process has now that is not pages of files, which the system shares and takes back; 0 where unknown."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("RssAnon")), 0.0)


def peak_mb() -> float:
    """Return the most memory that this process has held, in megabytes."""
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 1)


def put(row: dict[str, object]) -> None:
    """Write one line to the benchmark."""
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def read_documents(corpus: Path) -> list[tuple[str, str]]:
    """Return name and text of the documents in a folder."""
    return [(path.name, path.read_text(encoding="utf-8")) for path in sorted(corpus.glob("*.txt"))]


def main(contestant: Contestant) -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("do", choices=("index", "ask", "serve"))
    parser.add_argument("--question", default="")
    for name in ("model", "corpus", "index"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    stay_offline()
    folder = Path(arguments.index)
    if arguments.do == "index":
        folder.mkdir(parents=True, exist_ok=True)
        contestant.build(arguments.model, read_documents(Path(arguments.corpus)), folder)
        return
    contestant.open(arguments.model, folder)
    if arguments.do == "ask":
        document, text = contestant.search(arguments.question)[0]
        put({"document": document, "text": text})
    else:
        _serve(contestant)


def _serve(contestant: Contestant) -> None:
    put({"versions": {name: version(name) for name in contestant.packages}, "python": sys.version.split()[0]})
    for line in sys.stdin:
        question = json.loads(line)
        began, worked = time.perf_counter(), time.process_time()
        found = contestant.search(question)
        took, work = time.perf_counter() - began, time.process_time() - worked
        document, text = found[0] if found else ("", "")
        put({"ms": took * 1000, "cpu_ms": work * 1000, "document": document, "text": text, "peak_mb": peak_mb()})
