"""A folder of small distinct documents, and how long an index of it takes to build, to update and to open.

    python benchmarks/many_files.py FOLDER [HOW MANY]

writes FOLDER/corpus, builds FOLDER/index, changes one file, updates, asks, and prints the times. The first build's vectors are made
from the words alone, without the model, since it is everything else that is timed; the update's come from the model.
"""

import random
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.building import build_index
from assistant.config import make_settings
from assistant.inference import OnnxEncoder, Vectors

FILES = 6825
THINGS = [
    "ferry",
    "lighthouse",
    "tram",
    "harbour",
    "bridge",
    "museum",
    "library",
    "garden",
    "tower",
    "market",
    "quarry",
    "mill",
    "chapel",
    "theatre",
    "station",
    "canal",
]
ACTS = [
    "cleaning",
    "inspection",
    "painting",
    "rental",
    "survey",
    "repair",
    "guarding",
    "heating",
    "lighting",
    "moving",
    "mapping",
    "training",
]
MANNERS = ["daily", "weekly", "single", "repeated", "portable", "fixed", "indoor", "outdoor", "guided", "remote", "supervised", "shared"]
SENTENCES = (
    "The {thing} is reached by the {other} gate and opens at {n} in the morning.",
    "A {manner} {act} of the {thing} takes {n} minutes.",
    "The {act} covers the {other} and {n} metres around it.",
    "Groups of up to {n} people are let into the {thing} at a time.",
    "The {other} is not part of the {act}.",
    "Whoever books a {manner} {act} receives a plan of the {thing}.",
)
HEADINGS = ("Summary", "Duration", "Preparation", "Risks", "What is included", "Who may come")


def document(n: int, seed: float = 0) -> str:
    """Return the text of document n: a title with a code, three headed sections and about 80 words."""
    chance = random.Random(f"{seed} {n}")
    thing, other = chance.sample(THINGS, 2)
    act, manner = chance.choice(ACTS), chance.choice(MANNERS)
    lines = [f"{thing} {act}, {manner}, place number {n}".capitalize(), "", f"Code: {'ABCDEFGHJK'[n // 10000]}{n % 10000:04d}", ""]
    for heading in chance.sample(HEADINGS, 3):
        said = [
            one.format(thing=thing, other=other, act=act, manner=manner, n=chance.randint(2, 900)) for one in chance.sample(SENTENCES, 2)
        ]
        lines += [heading, "", " ".join(said), ""]
    return "\n".join(lines)


def write(corpus: Path, count: int = FILES, seed: float = 0) -> None:
    """Write `count` documents, a hundred to a folder."""
    for n in range(count):
        path = corpus / f"{n // 100:03d}" / f"{n:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(n, seed), encoding="utf-8")


def fake_vectors(self: OnnxEncoder, texts: Sequence[str], progress: object = None) -> Vectors:
    """Stand in for `OnnxEncoder.encode`: unit vectors that depend on the text alone."""
    vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
    for i, text in enumerate(texts):
        vectors[i] = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimension, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def timed(what: str, command: Sequence[object]) -> None:
    """Run a command and print its wall time, its processor time and its memory."""
    began = time.perf_counter()
    done = subprocess.run(["/usr/bin/time", "-f", "%U %S %M", *map(str, command)], capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    *_, last = done.stderr.strip().splitlines()
    user, system, kilobytes = map(float, last.split())
    print(f"{what}: {wall:.2f} s, processor {user + system:.2f} s, {kilobytes / 1024:.0f} MiB, exit {done.returncode}", flush=True)


def main() -> None:
    """Build, update and ask."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else FILES
    corpus, index = folder / "corpus", folder / "index"
    if not corpus.is_dir():
        write(corpus, count)
    if not (index / "manifest.json").is_file():
        write(folder / "first", 1)
        build_index(folder / "first", index, make_settings())
        real, OnnxEncoder.encode = OnnxEncoder.encode, fake_vectors
        began = time.process_time()
        try:
            build_index(corpus, index, make_settings())
        finally:
            OnnxEncoder.encode = real
        print(f"build without the model: processor {time.process_time() - began:.1f} s", flush=True)
    run = [sys.executable, "-m", "assistant.cli"]
    where = ["--corpus", corpus, "--index", index]
    timed("nothing changed", [*run, "index", *where])
    path = corpus / "000" / "00007.txt"
    for text in (document(7, seed=1), document(7, seed=2)):
        path.write_text(text, encoding="utf-8")
        timed("one file changed", [*run, "index", *where])
    path.unlink()
    timed("one file deleted", [*run, "index", *where])
    path.write_text(document(7), encoding="utf-8")
    timed("one file added", [*run, "index", *where])
    for _ in range(2):
        timed("ask", [*run, "ask", "how long does C0007 take?", *where])


if __name__ == "__main__":
    main()
