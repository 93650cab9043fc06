"""Kills builds at random moments and looks whether the index still opens, answers, and loses nothing.

    python tests/kill_builds.py [HOW MANY] [SEED]

Each round changes a small corpus, forks a process that brings the index up to date, kills it (SIGKILL) at a random moment of the time
that such a build takes, opens the index and asks it. Every few rounds the index is removed first, so that a build from nothing is
killed too, and every few a build is let through and the index compared with the corpus.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from assistant.building import build_index
from assistant.errors import IndexNotFound
from assistant.freshness import is_current
from assistant.index import open_index
from assistant.retrieval import retrieve

TEXT = "The {thing} number {n}\n\nCode: F{n:04d}\n\nSummary\n\nThe {thing} is open for {n} hours.\n\nFares\n\nIt costs {n} pounds.\n"
WRITING = 0.4
"""Seconds within which a build that writes is killed."""
THINGS = ["ferry", "tram", "bridge", "museum"]


@dataclass
class Tally:
    """What became of the builds, by where they were when they were killed, and every fault found."""

    killed: dict[str, int] = field(default_factory=dict)
    ended: int = 0
    opened: int = 0
    answered: int = 0
    faults: list[str] = field(default_factory=list)


def change(corpus, chance):
    """Write, rewrite or remove some files."""
    for _ in range(chance.randint(1, 3)):
        path = corpus / f"{chance.randint(0, 9)}.txt"
        if path.exists() and len(list(corpus.iterdir())) > 2 and chance.random() < 0.4:
            path.unlink()
        else:
            path.write_text(TEXT.format(thing=chance.choice(THINGS), n=chance.randint(1, 9999)), encoding="utf-8")


def start(corpus, index, settings):
    """Fork a process that builds; return its id and a pipe on which it tells each stage."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            build_index(corpus, index, settings, lambda stage, done, total: os.write(writing, f"{stage}\n".encode()))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    return child, reading


def check(index, corpus, settings, before, tally):
    """Open the index and ask it; it must hold the documents before the build or those after it, whole."""
    now = {path.name: path.read_text(encoding="utf-8") for path in corpus.iterdir()}
    try:
        opened = open_index(index, settings)
    except IndexNotFound:
        if before is not None:
            tally.faults.append("the index is gone")
        return
    except Exception as error:
        tally.faults.append(f"the index does not open: {error!r}")
        return
    tally.opened += 1
    held = {document.id: document.text for document in opened.documents}
    if held not in (before, now):
        tally.faults.append(f"the index holds neither the old documents nor the new ones: {sorted(held)}")
    question = next(iter(held.values())).splitlines()[0]
    if retrieve(opened, question, opened.encoder.encode_one(question), 5):
        tally.answered += 1
    else:
        tally.faults.append("no answer")


def held_texts(index, settings):
    try:
        return {document.id: document.text for document in open_index(index, settings).documents}
    except IndexNotFound:
        return None


def kill_builds(index, settings, rounds, seed=0, folder=None):
    """Kill `rounds` builds of an index at `index`, beginning with none, and return what was found."""
    chance, tally = random.Random(seed), Tally()
    corpus = Path(tempfile.mkdtemp(prefix="kill-", dir=folder))
    change(corpus, chance)
    began = time.perf_counter()
    build_index(corpus, index, settings)
    usual = time.perf_counter() - began
    for n in range(rounds):
        if n % 10 == 9:
            shutil.rmtree(index)
        before = held_texts(index, settings)
        change(corpus, chance)
        child, told = start(corpus, index, settings)
        with os.fdopen(told, "rb") as stages:
            if n % 2:
                time.sleep(chance.uniform(0, usual))
            else:  # every other one while files are written and put in place, which takes little of the time
                while stages.readline().strip() not in (b"writing", b""):
                    pass
                time.sleep(chance.uniform(0, WRITING))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            rest = stages.read().decode().splitlines()
        last = rest[-1] if rest else "writing" if n % 2 == 0 else "before the first stage"
        if os.WIFSIGNALED(status):
            tally.killed[last] = tally.killed.get(last, 0) + 1
        else:
            tally.ended += 1
            if os.WEXITSTATUS(status):
                tally.faults.append(f"a build failed after '{last}'")
        check(index, corpus, settings, before, tally)
        if n % 4 == 3 or n == rounds - 1:
            began = time.perf_counter()
            build_index(corpus, index, settings)
            usual = 0.5 * usual + 0.5 * (time.perf_counter() - began)
            wanted = {path.name: path.read_text(encoding="utf-8") for path in corpus.iterdir()}
            held = held_texts(index, settings)
            lost = {name for name, text in wanted.items() if held.get(name) not in wanted.values() and text not in held.values()}
            if lost or not is_current(index, corpus, settings) or set(held.values()) != set(wanted.values()):
                tally.faults.append(f"the next run lost documents: {sorted(lost)}")
            left = [path.name for path in index.iterdir() if path.name.startswith((".building-", ".manifest-"))]
            if left or len(list(index.glob("data-*"))) != 1:
                tally.faults.append(f"the next run left rubbish: {left}")
    shutil.rmtree(corpus)
    return tally


def main():
    from assistant.config import make_settings

    rounds, seed = map(int, (*sys.argv[1:], *("200", "0")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        tally = kill_builds(Path(folder) / "index", make_settings(), rounds, seed, folder)
    lines = [f"{rounds} builds in {time.perf_counter() - began:.0f} s: {sum(tally.killed.values())} killed, {tally.ended} ended first"]
    lines += [f"  killed after '{stage}': {n}" for stage, n in sorted(tally.killed.items())]
    lines += [f"opened {tally.opened}, answered {tally.answered}, faults: {tally.faults or 'none'}\n"]
    sys.stdout.write("\n".join(lines))
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
