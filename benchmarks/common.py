"""What every benchmark needs: the machine and commit it ran on, percentiles, and reports as JSON and Markdown."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "benchmarks" / "reports"
CORPUS = ROOT / "corpus"


def say(text: str = "", *, err: bool = True) -> None:
    """Write a line: progress to stderr, results to stdout."""
    stream = sys.stderr if err else sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


def machine() -> dict[str, object]:
    """Return what a figure depends on that is not the code: processor, memory, system, and how busy it is."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average": [round(one, 1) for one in os.getloadavg()],
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def commit() -> str:
    """Return the commit that is checked out; "+changes" where files differ from it, "" outside a repository."""
    try:
        found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        changed = ["git", "status", "--porcelain", "--", "assistant", "benchmarks/*.py", "corpus"]
        return found + ("+changes" if subprocess.run(changed, cwd=ROOT, capture_output=True, text=True, check=True).stdout else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def versions(names: Sequence[str]) -> dict[str, str]:
    """Return the installed versions of those of `names` that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of `values` lie, between neighbours in proportion.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return percentile(values, 0.5)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def plain_ticks(*axes: Any) -> None:  # noqa: ANN401 -- matplotlib is imported where something is drawn
    """Write the powers of ten of logarithmic axes as numbers, and nothing between them."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    for axis in axes:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        axis.set_minor_formatter(NullFormatter())


def about(found: dict[str, Any]) -> str:
    """Return the line under a report's heading that says where its figures come from."""
    one = found["machine"]
    busy = "/".join(map(str, one["load_average"]))
    return (
        f"{one['at'][:16]} UTC, commit {found['commit'] or 'unknown'}, {one['processor']}, {one['cores']} cores, {one['memory_gb']} GB, "
        f"Python {one['python']}, load average at the start {busy}.\n"
    )


def write_report(folder: Path, name: str, found: dict[str, Any], text: str) -> None:
    """Write NAME.json and NAME.md and print the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    say(text, err=False)
    say(f"written: {folder / name}.json, .md, .png")
