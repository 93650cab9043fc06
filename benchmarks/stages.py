"""Where the time of a warm answer goes, stage by stage, and how everything grows with the number of documents.

    python -m benchmarks.stages [--sizes 5 50 500 5000 106000] [--model-up-to N] [--questions N] [--out FOLDER] [--work FOLDER] [--profile]

Measures the five documents of `corpus/` and, for each size, so many made-up documents (`benchmarks.synthetic`): building, updating
after one has changed, index size, opening, `ask` and `search`, peak memory. Everything is measured in a process of its own. Above
`--model-up-to` documents the vectors are made from words (`benchmarks.wordvectors`), since the model would take hours: all times but
the build's mean the same. With `--work` indexes are kept and a later run builds only what is missing; with `--profile` it also writes
what cProfile says of answering.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import questions, synthetic
from benchmarks.adapter import own_mb, peak_mb, put
from benchmarks.common import CORPUS, REPORTS, ROOT, about, commit, machine, median, percentile, plain_ticks, say, table, write_report
from benchmarks.stopwatch import REST, STAGES, Stopwatch

if TYPE_CHECKING:
    from assistant import Assistant

CHILD = "--child"
OPENINGS = 5
"""Fresh processes that open each index; their median counts."""
FIVE = "the five documents"
HITS = 5
TOP = 40
"""Lines of a profile."""
TURNS = ("warm-up", "ask, first", "ask", "search", "stages", "profile")
"""Every measurement has its own questions, since their vectors are remembered; all but the first ask about the same documents."""


def asked(name: str, count: int, documents: int) -> list[str]:
    """Return the questions of one measurement; 0 documents stands for the five of `corpus/`."""
    turn = TURNS.index(name)
    found = (
        synthetic.questions(count, documents, choice=min(turn, 1), turn=turn)
        if documents
        else questions.five((turn + 1) * count)[turn * count :]
    )
    return [text for text, _ in found]


def child_build(corpus: Path, index: Path) -> dict[str, object]:
    """Build an index; return how long it took, by stage, and what came of it."""
    from assistant.building import build_index
    from assistant.config import make_settings

    began, stages, last = time.perf_counter(), dict[str, float](), ["start", time.perf_counter()]

    def progress(stage: str, done: int, total: int) -> None:
        now = time.perf_counter()
        stages[str(last[0])] = stages.get(str(last[0]), 0.0) + now - float(last[1])
        last[:] = [stage, now]

    manifest = build_index(corpus, index, make_settings(), progress).manifest
    progress("end", 0, 0)
    data = index / manifest.data
    sizes = {path.relative_to(data).as_posix(): path.stat().st_size for path in data.rglob("*") if path.is_file()}
    return {
        "build_s": time.perf_counter() - began,
        "build_stages_s": stages,
        "build_peak_mb": peak_mb(),
        "documents": manifest.documents,
        "passages": manifest.chunks,
        "candidates": manifest.candidates,
        "recall": manifest.search.get("recall", 1.0),
        "index_mb": sum(sizes.values()) / 2**20,
        "largest_files_mb": {name: round(size / 2**20, 2) for name, size in sorted(sizes.items(), key=lambda one: -one[1])[:6]},
    }


def child_update(corpus: Path, index: Path) -> dict[str, object]:
    """Change one document and update the index; return how long it took."""
    from assistant.building import build_index
    from assistant.config import make_settings

    path = next(path for path in sorted(corpus.rglob("*")) if path.is_file())
    path.write_text(path.read_text(encoding="utf-8") + "\nThis line is new.\n", encoding="utf-8")
    began = time.perf_counter()
    build_index(corpus, index, make_settings())
    return {"update_s": time.perf_counter() - began, "update_peak_mb": peak_mb()}


def child_open(corpus: Path, index: Path, documents: int) -> dict[str, object]:
    """Import, open and answer one question, as a fresh process."""
    began = time.perf_counter()
    from assistant import Assistant

    imported = time.perf_counter()
    assistant = Assistant.open(corpus, index, build=False)
    opened, opened_mb = time.perf_counter(), peak_mb()
    assistant.ask(asked("ask", 1, documents)[0])
    answered, answered_mb = time.perf_counter(), peak_mb()
    Assistant.open(corpus, index)
    checked = time.perf_counter()
    return {
        "import_s": imported - began,
        "open_s": opened - imported,
        "checked_open_s": checked - answered,
        "first_answer_s": answered - opened,
        "open_peak_mb": opened_mb,
        "answer_peak_mb": answered_mb,
    }


def child_ask(corpus: Path, index: Path, documents: int, count: int, profile: str) -> dict[str, object]:
    """Answer questions of a warm process: `ask`, then `search`, then `ask` with a stopwatch on every stage."""
    from assistant import Assistant

    assistant = Assistant.open(corpus, index)
    _each(assistant.ask, asked("warm-up", count, documents))
    found: dict[str, object] = {"ask_first_ms": _each(assistant.ask, asked("ask, first", count, documents))}
    for name, work in (("ask", assistant.ask), ("search", lambda text: assistant.search(text, HITS))):
        worked = time.process_time()
        found[f"{name}_ms"] = _each(work, asked(name, count, documents))
        found[f"{name}_cpu_ms"] = (time.process_time() - worked) * 1000 / count
    found["ask_peak_mb"], found["ask_own_mb"] = peak_mb(), own_mb()
    if profile:
        _profile(assistant, asked("profile", count, documents), Path(profile))
    return found | _staged(assistant, asked("stages", count, documents))


def _each(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        began = time.perf_counter()
        work(text)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _staged(assistant: Assistant, texts: Sequence[str]) -> dict[str, object]:
    watch = Stopwatch()
    watch.install()
    rows: dict[str, list[float]] = {stage: [] for stage in (*STAGES, REST)}
    calls: dict[str, float] = {}
    for text in texts:
        watch.seconds.clear()
        watch.whole(lambda text=text: assistant.ask(text))
        for stage, times in rows.items():
            times.append(watch.seconds.get(stage, 0.0) * 1000)
    for stage, n in watch.calls.items():
        calls[stage] = n / len(texts)
    return {"stage_ms": rows, "stage_calls": calls}


def _profile(assistant: Assistant, texts: Sequence[str], path: Path) -> None:
    profiler = cProfile.Profile()
    profiler.enable()
    for text in texts:
        assistant.ask(text)
    profiler.disable()
    written = io.StringIO()
    stats = pstats.Stats(profiler, stream=written).strip_dirs()
    written.write(f"{len(texts)} questions\n")
    for order in ("tottime", "cumulative"):
        stats.sort_stats(order).print_stats(TOP)
    path.write_text("\n".join(line.rstrip() for line in written.getvalue().splitlines() if line.strip()) + "\n", encoding="utf-8")


CHILDREN: dict[str, Callable[..., dict[str, object]]] = {"build": child_build, "update": child_update, "open": child_open, "ask": child_ask}


def child(arguments: Sequence[str]) -> None:
    """Measure what the parent process asks for, and write it to stdout."""
    do, rest = arguments
    corpus, index, words, *extra = json.loads(rest)
    if words:
        from benchmarks import wordvectors

        wordvectors.install()
    put(CHILDREN[do](Path(corpus), Path(index), *extra))


def run_child(do: str, corpus: Path, index: Path, words: bool, *extra: object) -> dict[str, Any]:
    """Return what a child process of this module measured.

    Raises:
        SystemExit: it failed; its message was shown.
    """
    command = [sys.executable, "-m", "benchmarks.stages", CHILD, do, json.dumps([str(corpus), str(index), words, *extra])]
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"measuring '{do}' failed with status {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"whole_s": took}


def measure(size: int, words: bool, work: Path, count: int, out: Path | None) -> dict[str, Any]:
    """Return all that is measured of one corpus; size 0 stands for the five documents."""
    name = f"synthetic-{size}{'-words' * words}" if size else "five"
    corpus, index, kept = work / name / "corpus", work / name / "index", work / name / "build.json"
    if not corpus.is_dir():
        corpus.mkdir(parents=True)
        if size:
            synthetic.write(corpus, size)
        else:
            shutil.copytree(CORPUS, corpus, dirs_exist_ok=True, ignore=shutil.ignore_patterns("README.md"))
    say(f"{size or FIVE}: building")
    built = run_child("build", corpus, index, words)
    if built["build_stages_s"].get("embedding") or not kept.is_file():
        kept.write_text(json.dumps(built), encoding="utf-8")
    else:
        built = json.loads(kept.read_text(encoding="utf-8")) | {"build_kept": True}
    say(f"{size or FIVE}: {built['passages']} passages, built in {built['build_s']:.1f} s; updating")
    built |= run_child("update", corpus, index, words)
    say(f"{size or FIVE}: opening")
    opened = [run_child("open", corpus, index, words, size) for _ in range(OPENINGS)]
    say(f"{size or FIVE}: answering")
    profile = str(out / f"profile-{name}.txt") if out else ""
    answered = run_child("ask", corpus, index, words, size, count, profile)
    row: dict[str, Any] = {"name": f"{size:,}{' *' * words}" if size else FIVE, "synthetic": bool(size), "vectors_from_words": words}
    row |= {key: value for key, value in built.items() if key != "whole_s"}
    row |= {key: median([one[key] for one in opened]) for key in opened[0]}
    for key in ("ask_first", "ask", "search"):
        times = answered[f"{key}_ms"]
        row |= {f"{key}_p50_ms": median(times), f"{key}_p95_ms": percentile(times, 0.95)}
    row |= {key: answered[key] for key in ("ask_cpu_ms", "search_cpu_ms", "ask_peak_mb", "ask_own_mb", "stage_calls")}
    row["stage_mean_ms"] = {stage: sum(times) / len(times) for stage, times in answered["stage_ms"].items()}
    row["stage_p95_ms"] = {stage: percentile(times, 0.95) for stage, times in answered["stage_ms"].items()}
    return row


def markdown(found: dict[str, Any]) -> str:
    """Return the report."""
    rows = found["rows"]
    stages = [
        [stage, *(f"{row['stage_mean_ms'][stage]:.2f} ({row['stage_calls'].get(stage, 0):.0f})" for row in rows)]
        for stage in (*STAGES, REST)
    ]
    total = ["**sum**", *(f"**{sum(row['stage_mean_ms'].values()):.2f}**" for row in rows)]
    growth = (
        ("documents / passages / candidates", "{documents} / {passages} / {candidates}"),
        ("ask, p50 / p95 ms", "{ask_p50_ms:.1f} / {ask_p95_ms:.1f}"),
        ("ask, documents not looked at before, p50 / p95 ms", "{ask_first_p50_ms:.1f} / {ask_first_p95_ms:.1f}"),
        ("search, p50 / p95 ms", "{search_p50_ms:.1f} / {search_p95_ms:.1f}"),
        ("processor ms of ask / of search", "{ask_cpu_ms:.1f} / {search_cpu_ms:.1f}"),
        ("import / open / first answer s", "{import_s:.2f} / {open_s:.3f} / {first_answer_s:.3f}"),
        ("open, all files compared with the index first s", "{checked_open_s:.3f}"),
        ("memory opened / first answer / after all MB", "{open_peak_mb:.0f} / {answer_peak_mb:.0f} / {ask_peak_mb:.0f}"),
        ("of that not pages of the index's files MB", "{ask_own_mb:.0f}"),
        ("build s, memory MB", "{build_s:.1f}, {build_peak_mb:.0f}"),
        ("update of one document s, memory MB", "{update_s:.2f}, {update_peak_mb:.0f}"),
        ("of the 10 nearest passages found", "{recall:.1%}"),
        ("index MB", "{index_mb:.1f}"),
    )
    names = [row["name"] for row in rows]
    text = (
        f"# Stages and growth\n\n{about(found)}\nMade-up documents where the heading is a number; with * their vectors are made from words "
        f"and the time of the build is without the model's. {found['questions']} questions each.\n\n"
    )
    text += table(["documents", *names], [[title, *(cell.format(**row) for row in rows)] for title, cell in growth])
    text += "\nOwn time of each stage of a warm `ask`, mean ms a question (calls a question):\n\n"
    text += table(["stage", *names], [*stages, total])
    return text + f"\n![](stages.png)\n\nThe run took {found['took_s'] / 60:.1f} minutes.\n"


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw growth against passages, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    grown = [row for row in rows if row["synthetic"]]
    x = [row["passages"] for row in grown]
    figure, axes = plt.subplots(1, 3, figsize=(14, 4.2), layout="constrained")
    panels = (
        ("latency, ms", ("ask_p50_ms", "ask_p95_ms", "search_p50_ms", "search_p95_ms", "ask_cpu_ms")),
        ("stages of ask, mean ms", (*STAGES, REST)),
        ("build and opening", ("build_s", "update_s", "open_s", "index_mb", "open_peak_mb", "build_peak_mb")),
    )
    for axis, (title, lines) in zip(axes, panels, strict=True):
        for n, key in enumerate(lines):
            values = [row["stage_mean_ms"][key] if key in row["stage_mean_ms"] else row[key] for row in grown]
            if max(values) > 0:
                axis.plot(
                    x,
                    values,
                    marker="o" if n < 10 else "s",
                    markersize=4,
                    label=key.replace("_", " "),
                    color=f"C{n % 10}",
                    ls="-" if n < 10 else "--",
                )
        axis.set_xscale("log")
        axis.set_yscale("log")
        plain_ticks(axis.xaxis, axis.yaxis)
        axis.set_xlabel("passages")
        axis.set_title(title, fontsize=10)
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7, ncols=2 if len(lines) > 6 else 1)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Measure, and write the report."""
    if CHILD in sys.argv[1:2]:
        child(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[5, 50, 500, 5000, 106_000])
    parser.add_argument("--model-up-to", type=int, default=500, help="largest size that is embedded by the model")
    parser.add_argument("--questions", type=int, default=40, help="in each measurement; 40 at most")
    parser.add_argument("--out", type=Path, default=REPORTS)
    parser.add_argument("--work", type=Path, help="keep corpora and indexes here")
    parser.add_argument("--profile", action="store_true", help="also write profile-*.txt")
    arguments = parser.parse_args()
    work = arguments.work or Path(tempfile.mkdtemp(prefix="bench-stages-"))
    arguments.out.mkdir(parents=True, exist_ok=True)
    began, before = time.perf_counter(), machine()
    try:
        profiles = arguments.out if arguments.profile else None
        rows = [measure(n, n > arguments.model_up_to, work, arguments.questions, profiles) for n in (0, *arguments.sizes)]
    finally:
        if not arguments.work:
            shutil.rmtree(work, ignore_errors=True)
    found = {
        "machine": before,
        "load_average_after": machine()["load_average"],
        "commit": commit(),
        "questions": arguments.questions,
        "took_s": round(time.perf_counter() - began, 1),
        "rows": rows,
    }
    write_report(arguments.out, "stages", found, markdown(found))
    plot(rows, arguments.out / "stages.png")


if __name__ == "__main__":
    main()
