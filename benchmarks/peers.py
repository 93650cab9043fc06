"""The assistant beside LangChain, LlamaIndex, Haystack and txtai: same run, same model, same five documents, warmed alike.

    python -m benchmarks.peers [--rounds N] [--cold N] [--questions N] [--out FOLDER] [--environments FOLDER] [--only NAME …]

Every contestant runs in its own process and environment. Warm: all are open at once and take turns, round by round, first each to another;
in a turn each gets the same questions, new in every round, two of them unmeasured. Cold: whole processes take turns, their index on disk
and their files in the system's cache. A ratio is taken within a round, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.embedding import DEFAULT, locate
from benchmarks.common import CORPUS, REPORTS, ROOT, about, commit, machine, median, percentile, plain_ticks, say, table, write_report
from benchmarks.environments import PEERS, default_folder, provide
from benchmarks.questions import five

WARM_UPS = 2
"""Unmeasured questions at the beginning of a contestant's turn."""
QUIET = 0.3
"""Seconds between turns, in which the threads of the one before come to rest."""
LIMIT = 300.0
"""Seconds that one process may take to build or answer."""
OURS = {"ask": "assistant: answer", "search": "assistant: search with reader", "retrieve": "assistant: retrieval alone"}
ASK, RETRIEVE = "ask", "retrieve"
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "DO_NOT_TRACK": "1",
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPATH": str(ROOT),
}
"""No network; modules are compiled once, as an installation has them, also where the environment says otherwise."""


class Failed(Exception):
    """A contestant did not do what it was asked; holds why."""


@dataclass(slots=True)
class Contestant:
    """One that is measured. `warm` has a list of milliseconds a round, `cold` a row a round."""

    name: str
    title: str
    python: str
    module: str
    folder: Path
    ours: bool = False
    how: str = ""
    hello: dict[str, Any] = field(default_factory=dict)
    warm: list[list[float]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    right: int = 0
    asked: int = 0
    peak_mb: float = 0.0
    cold: list[dict[str, float]] = field(default_factory=list)
    failed: str = ""
    process: subprocess.Popen[str] | None = None

    def command(self, do: str, model: str) -> list[str]:
        """Return the adapter's command line."""
        common = ["--model", model, "--corpus", str(CORPUS), "--index", str(self.folder)]
        return [self.python, "-m", self.module, do, *common]

    def environment(self) -> dict[str, str]:
        """Return the variables that its process gets."""
        return {**os.environ, **ENVIRONMENT, "BENCH_HOW": self.how}

    def start(self, model: str) -> None:
        """Start its server and wait until it has opened."""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            self.command("serve", model), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=self.environment(), cwd=ROOT
        )
        self.hello = self.line()

    def line(self) -> dict[str, Any]:
        """Return the next line of its server; what the libraries print beside is passed over."""
        while line := self.process.stdout.readline() if self.process and self.process.stdout else "":
            with contextlib.suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict):
                    return row
        raise Failed("its process ended")

    def ask(self, question: str) -> dict[str, Any]:
        """Return what its server found and how long it took."""
        if self.process is None or self.process.stdin is None:
            raise Failed("it was not started")
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self.line()

    def stop(self) -> None:
        """End its server."""
        if self.process and self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


def contestants(folder: Path, indexes: Path, only: Sequence[str]) -> list[Contestant]:
    """Return ours and the peers, those that cannot be installed with the reason."""
    found = [
        Contestant(f"assistant-{how}", title, sys.executable, "benchmarks.peer_assistant", indexes / "assistant", True, how)
        for how, title in OURS.items()
    ]
    for peer in PEERS:
        if only and peer.name not in only:
            continue
        python, why = provide(peer, folder)
        found.append(Contestant(peer.name, peer.title, str(python), peer.module, indexes / peer.name, failed=why))
    return found


def taking_part(found: Sequence[Contestant]) -> Iterator[Contestant]:
    """Go over those that still take part."""
    return (one for one in found if not one.failed)


def build(found: Sequence[Contestant], model: str) -> None:
    """Let each build its index once."""
    built: set[Path] = set()
    for one in taking_part(found):
        if one.folder in built:
            continue
        built.add(one.folder)
        say(f"indexing: {one.name}")
        done = subprocess.run(
            one.command("index", model), capture_output=True, text=True, env=one.environment(), cwd=ROOT, timeout=LIMIT, check=False
        )
        if done.returncode:
            why = f"could not index: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"
            for other in found:
                other.failed = why if other.folder == one.folder else other.failed


def measure_warm(found: Sequence[Contestant], model: str, rounds: int, count: int) -> None:
    """Ask all of them, in turns."""
    questions = five(rounds * (WARM_UPS + count))
    try:
        for one in taking_part(found):
            say(f"opening: {one.name}")
            try:
                one.start(model)
            except Failed as error:
                one.failed = f"could not be opened: {error}"
        for n in range(rounds):
            say(f"warm round {n + 1} of {rounds}")
            turn = list(taking_part(found))
            asked = questions[n * (WARM_UPS + count) : (n + 1) * (WARM_UPS + count)]
            for one in turn[n % len(turn) :] + turn[: n % len(turn)]:
                time.sleep(QUIET)
                try:
                    _take_turn(one, asked)
                except (Failed, OSError) as error:
                    one.failed = f"stopped answering: {error}"
    finally:
        for one in found:
            one.stop()


def _take_turn(one: Contestant, asked: Sequence[tuple[str, str]]) -> None:
    times = []
    for n, (question, code) in enumerate(asked):
        row = one.ask(question)
        one.right += str(row["document"]).startswith(code)
        one.asked += 1
        one.peak_mb = max(one.peak_mb, float(row["peak_mb"]))
        if n >= WARM_UPS:
            times.append(float(row["ms"]))
            one.cpu.append(float(row["cpu_ms"]))
    one.warm.append(times)


def measure_cold(found: Sequence[Contestant], model: str, rounds: int) -> None:
    """Start whole processes that answer one question, in turns; the first round is not counted."""
    questions = five(rounds + 1)
    for n in range(rounds + 1):
        say(f"cold round {n} of {rounds}" if n else "cold round, not counted")
        turn = [one for one in taking_part(found) if not one.ours or one.how == ASK]
        for one in turn[n % len(turn) :] + turn[: n % len(turn)]:
            command = [*one.command("ask", model), "--question", questions[n][0]]
            if one.ours:
                places = ["--corpus", str(one.folder / "corpus"), "--index", str(one.folder / "index")]
                command = [sys.executable, "-m", "assistant.cli", "ask", questions[n][0], *places]
            time.sleep(QUIET)
            row = whole_process(command, one.environment())
            if row["status"] not in ((0, 3) if one.ours else (0,)):
                one.failed = f"its process ended with status {row['status']:.0f}"
            elif n:
                one.cold.append(row)


def whole_process(command: Sequence[str], environment: dict[str, str]) -> dict[str, float]:
    """Run a command; return seconds until its first line and until its end, processor seconds, peak megabytes and exit status."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT)
    if process.stdout is None:
        raise AssertionError("stdout is a pipe")
    process.stdout.readline()
    first = time.perf_counter() - began
    process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return {
        "first_s": round(first, 4),
        "whole_s": round(took, 4),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 4),
        "peak_mb": round(usage.ru_maxrss / scale, 1),
        "status": float(process.returncode),
    }


def summary(found: Sequence[Contestant]) -> dict[str, Any]:
    """Return medians of each contestant, and the ratios that decide with their spread."""
    rows = {}
    for one in found:
        row: dict[str, Any] = {"title": one.title, "ours": one.ours, "failed": one.failed, "versions": one.hello.get("versions", {})}
        if one.warm and not one.failed:
            every = [ms for times in one.warm for ms in times]
            medians = [median(times) for times in one.warm]
            row |= {
                "p50_ms": median(every),
                "p95_ms": percentile(every, 0.95),
                "round_ms": medians,
                "warm_peak_mb": one.peak_mb,
                "cpu_p50_ms": median(one.cpu),
            }
            row |= {"right_document": one.right / one.asked}
        if one.cold and not one.failed:
            for key in ("first_s", "whole_s", "cpu_s", "peak_mb"):
                row[f"cold_{key}"] = median([run[key] for run in one.cold])
            row["cold_runs"] = one.cold
        rows[one.name] = row
    return {"contestants": rows, "ratios": ratios(rows)}


def ratios(rows: dict[str, Any]) -> dict[str, Any]:
    """Return what the assistant takes as a part of what each peer takes, round by round, and the same against the fastest of them."""
    peers = [name for name, row in rows.items() if not row["ours"] and not row["failed"]]
    found: dict[str, Any] = {"warm": {}, "cold": {}}
    for name in (f"assistant-{how}" for how in OURS):
        mine = rows[name].get("round_ms", [])
        against = {peer: spread([a / b for a, b in zip(mine, rows[peer]["round_ms"], strict=True)]) for peer in peers if mine}
        if against:
            found["warm"][name] = {**against, "fastest": max(against.values(), key=lambda one: one["median"])}
    mine = rows[f"assistant-{ASK}"].get("cold_runs", [])
    pairs = {
        peer: spread([b["first_s"] / a["whole_s"] for a, b in zip(mine, rows[peer]["cold_runs"], strict=True)])
        for peer in peers
        if mine and "cold_runs" in rows[peer]
    }
    if pairs:
        found["cold"] = {**pairs, "fastest": min(pairs.values(), key=lambda one: one["median"])}
    return found


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median, least and most."""
    return {"median": median(values), "least": min(values), "most": max(values)}


def markdown(found: dict[str, Any]) -> str:
    """Return the report."""
    rows = found["contestants"].values()
    lines = []
    for row in rows:
        if row["failed"]:
            lines.append([row["title"], *["-"] * 8, row["failed"]])
            continue
        cold = [f"{row[key]:.2f}" for key in ("cold_first_s", "cold_whole_s")] if "cold_runs" in row else ["-", "-"]
        memory = [f"{row['cold_peak_mb']:.0f}" if "cold_runs" in row else "-", f"{row['warm_peak_mb']:.0f}"]
        warm = [f"{row[key]:.2f}" for key in ("p50_ms", "p95_ms", "cpu_p50_ms")]
        named = ", ".join(f"{name} {version}" for name, version in list(row["versions"].items())[:2])
        lines.append([row["title"], *warm, *cold, *memory, f"{100 * row['right_document']:.0f} %", named])
    head = [
        "",
        "warm p50 ms",
        "warm p95 ms",
        "processor ms",
        "cold, first line s",
        "cold, whole s",
        "cold MB",
        "warm MB",
        "right document",
        "versions",
    ]
    text = f"# Beside others\n\n{about(found)}\n{table(head, lines)}\n"
    text += (
        f"The same five documents and the same all-MiniLM-L6-v2, {found['rounds']} warm rounds of {found['questions']} questions and "
        f"{found['cold_rounds']} cold rounds, in turns. A peer returns passages, the best {found['passages']}; an answer quotes sentences. "
        f"The run took {found['took_s'] / 60:.1f} minutes.\n\n"
    )
    return text + _ratio_table(found)


def _ratio_table(found: dict[str, Any]) -> str:
    names = {name: row["title"] for name, row in found["contestants"].items()} | {"fastest": "**the fastest of them**"}

    def told(one: dict[str, float]) -> str:
        return f"{one['median']:.2f} ({one['least']:.2f}-{one['most']:.2f})"

    peers = list(found["ratios"]["cold"] or next(iter(found["ratios"]["warm"].values()), {}))
    rows = []
    for peer in peers:
        warm = [told(found["ratios"]["warm"][f"assistant-{how}"][peer]) for how in OURS]
        cold = told(found["ratios"]["cold"][peer]) if found["ratios"]["cold"] else "-"
        rows.append([names[peer], *warm, cold])
    head = ["against", *(f"{title.split(': ')[1]}, time as a part of theirs" for title in OURS.values()), "times faster cold"]
    return (
        f"{table(head, rows)}\nMedian of the ratios within each round, least and most in brackets. Cold compares the assistant's whole "
        "process with the peer's first passage, which favours the peer.\n\n![](peers.png)\n"
    )


def plot(found: dict[str, Any], path: Path) -> None:
    """Draw medians with the spread over rounds."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    rows = [row for row in found["contestants"].values() if not row["failed"]][::-1]
    figure, axes = plt.subplots(1, 2, figsize=(11, 0.5 * len(rows) + 1.8), layout="constrained")
    for axis, title, values in (
        (axes[0], "warm, ms a question (medians of rounds)", lambda row: row["round_ms"]),
        (axes[1], "cold, s until the first line", lambda row: [run["first_s"] for run in row.get("cold_runs", [])]),
    ):
        kept = [row for row in rows if values(row)]
        for y, row in enumerate(kept):
            times = values(row)
            middle = median(times)
            colour = "#1b6ca8" if row["ours"] else "#9a9a9a"
            axis.plot([min(times), max(times)], [y, y], color=colour, linewidth=2, alpha=0.5)
            axis.plot([middle], [y], "o", color=colour, markersize=8)
            axis.annotate(f"{middle:.2f}", (max(times), y), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9)
        axis.set_yticks(range(len(kept)), [row["title"] for row in kept])
        axis.grid(axis="x", alpha=0.3)
        axis.set_xscale("log")
        axis.set_xlim(right=axis.get_xlim()[1] * 2)
        plain_ticks(axis.xaxis)
        axis.set_title(title, fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="warm rounds")
    parser.add_argument("--cold", type=int, default=5, help="cold rounds")
    parser.add_argument("--questions", type=int, default=12, help="measured questions in a turn")
    parser.add_argument("--out", type=Path, default=REPORTS)
    parser.add_argument("--environments", type=Path, default=default_folder(), help="where peers are installed")
    parser.add_argument("--only", nargs="*", default=[], help="only these peers")
    arguments = parser.parse_args()
    indexes = Path(tempfile.mkdtemp(prefix="bench-indexes-"))
    try:
        found = contestants(arguments.environments, indexes, arguments.only)
        began, model, before = time.perf_counter(), locate(DEFAULT), machine()
        build(found, model)
        measure_warm(found, model, arguments.rounds, arguments.questions)
        measure_cold(found, model, arguments.cold)
    finally:
        shutil.rmtree(indexes, ignore_errors=True)
    result = {
        "machine": before,
        "load_average_after": machine()["load_average"],
        "commit": commit(),
        "model": Path(model).parent.name,
        "rounds": arguments.rounds,
        "cold_rounds": arguments.cold,
        "questions": arguments.questions,
        "passages": 5,
        "took_s": round(time.perf_counter() - began, 1),
        **summary(found),
    }
    write_report(arguments.out, "peers", result, markdown(result))
    plot(result, arguments.out / "peers.png")


if __name__ == "__main__":
    main()
