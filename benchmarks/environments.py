"""Peer's name -> a Python in which it can be imported. Builds an environment a peer with pip, in a folder outside the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common import ROOT, say

READY = ".ready"
TORCH = "torch"


@dataclass(frozen=True, slots=True)
class Peer:
    """A library to compare with. `module` is its adapter in this folder."""

    name: str
    title: str
    requirements: tuple[str, ...]

    @property
    def module(self) -> str:
        """Return the adapter's name."""
        return f"benchmarks.peer_{self.name}"


PEERS = (
    Peer(
        "langchain",
        "LangChain + FAISS",
        ("langchain-community", "langchain-huggingface", "langchain-text-splitters", "sentence-transformers", "faiss-cpu"),
    ),
    Peer(
        "llamaindex",
        "LlamaIndex + FAISS",
        ("llama-index-core", "llama-index-embeddings-huggingface", "llama-index-vector-stores-faiss", "faiss-cpu"),
    ),
    Peer("haystack", "Haystack, in memory", ("haystack-ai", "sentence-transformers-haystack")),
    Peer("txtai", "txtai", ("txtai", "faiss-cpu")),
)


def default_folder() -> Path:
    """Return where environments are kept from one run to the next."""
    return Path(tempfile.gettempdir()) / "bench-peers"


def provide(peer: Peer, folder: Path) -> tuple[Path | None, str]:
    """Return a Python that has the peer, or None and why there is none; what is there already is used as it is."""
    home = folder / peer.name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    marker = home / READY
    wanted = "\n".join((_torch(), *peer.requirements))
    if marker.is_file() and marker.read_text(encoding="utf-8") == wanted:
        return python, ""
    say(f"installing {peer.title} into {home}; this takes minutes, once")
    constraint = folder / "constraint.txt"
    folder.mkdir(parents=True, exist_ok=True)
    constraint.write_text(_torch() + "\n", encoding="utf-8")
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = (
        [sys.executable, "-m", "venv", str(home)],
        [*install, _torch()],  # first and alone: the version without CUDA where the index has one
        [*install, "--constraint", str(constraint), *peer.requirements],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
            return None, f"could not be installed: {lines[-1] if lines else f'exit status {done.returncode}'}"
    marker.write_text(wanted, encoding="utf-8")
    return python, ""


def _torch() -> str:
    """Return the torch that this project is tested with, so that all contestants run on the same one."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"{TORCH}=="))
