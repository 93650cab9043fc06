"""Format readers and the parser under arbitrary bytes: no failure but `Unreadable`, no file that takes too long, bounded memory.

    python benchmarks/fuzz_readers.py 1000000 [--seed 1] [--suffix .html]

Inputs are cut, spliced, overwritten and repeated pieces of well-formed files and of bytes that are special to some format. Text formats get
most of the inputs; zipped ones and PDF, which run slower, get a fixed part. Prints a Markdown table; exits 1 at the first fault and leaves
the input in the current folder.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import time
import zipfile
from pathlib import Path

from assistant.config import make_settings
from assistant.documents import FAULT, Refusal, read_bytes
from assistant.sections import parse_corpus

CORPORA = Path(__file__).parent.parent / "tests" / "corpora" / "documents"
SHARES = {".txt": 30, ".md": 30, ".html": 25, ".csv": 14, ".xlsx": 0.6, ".docx": 0.35, ".pdf": 0.05}
SLOWEST = 5.0
"""Seconds of processor time that one input may take."""
LONGEST = 4000
PARSED = 10
"""Of so many documents that are read one is parsed."""
PIECES = [
    b"<", b">", b"</table>", b"<td>", b"<li><ul>", b"<!--", b"-->", b"<![CDATA[", b"&#x0;", b"&amp;", b"<script>",
    b"|", b"|---|", b"# ", b"```", b"---\n", b"code: [", b"- ", b"* * *", b"1. ", b": ", b"\r", b"\n\n", b"\t",
    "\xa0".encode(), " B\xa0. The".encode(), "\u2009\u3000".encode(), b"\f", b"\1", b"<pre>", b"</pre>", b"<br>", b"<code>", b"<dl><dt>",
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\xed\xa0\x80", "\u202e\u2028\u0085é“”".encode(),
    b'"', b";", b",", b"=cmd()", b"E0431", b"9" * 40, b"%PDF-1.7", b"PK\x03\x04", b"\x1b[2J", b"obj<<>>",
]  # fmt: skip


class Failed(Exception):
    """A reader failed as none should."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)


def seeds(suffix: str) -> list[bytes]:
    """Return well-formed files of a format."""
    found = [path.read_bytes() for path in sorted(CORPORA.glob(f"*{suffix}"))]
    return found or [b"Title\n\nCode: E0431\n\nSummary\n\nWords.\n"]


def mutated(data: bytes, others: list[bytes], chance: random.Random, longest: int) -> bytes:
    """Return a piece of `data` with a few random changes."""
    start = chance.randrange(max(1, len(data) - longest)) if len(data) > longest else 0
    found = bytearray(data[start : start + chance.randint(1, longest)] if longest < len(data) else data)
    for _ in range(chance.randint(0, 8)):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(5):
            case 0:
                found[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 1, 30))
            case 1:
                del found[at : at + chance.randint(1, 40)]
            case 2:
                found[at : at + 4] = chance.randbytes(4)
            case 3:
                other = chance.choice(others)
                begin = chance.randrange(len(other))
                found[at:at] = other[begin : begin + chance.randint(1, 200)]
            case _:
                found[at:at] = found[max(0, at - 60) : at] * chance.randint(1, 5)
    return bytes(found)


def rezipped(data: bytes, chance: random.Random) -> bytes:
    """Return a zipped file with one of its entries changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        names = archive.namelist()
        chosen = chance.choice(names)
        for name in names:
            content = archive.read(name)
            changed.writestr(name, mutated(content, [content], chance, 20_000) if name == chosen else content)
    return target.getvalue()


def main() -> int:
    """Run and print the table; return 1 at a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--suffix", choices=sorted(SHARES))
    arguments = parser.parse_args()
    chance, settings = random.Random(arguments.seed), make_settings()
    shares = {arguments.suffix: 1} if arguments.suffix else SHARES
    print("| format | inputs | read | refused | slowest s | seconds |\n|---|---|---|---|---|---|")
    for suffix, share in shares.items():
        given, count = seeds(suffix), round(arguments.inputs * share / sum(shares.values()))
        read, slowest, began = 0, 0.0, time.perf_counter()
        for number in range(count):
            base = chance.choice(given)
            zipped = suffix in (".xlsx", ".docx") and chance.random() < 0.7
            data = rezipped(base, chance) if zipped else mutated(base, given, chance, len(base) if suffix == ".pdf" else LONGEST)
            start = time.process_time()
            try:
                found = read_bytes(f"input{suffix}", data, settings)
                if isinstance(found, list):
                    read += 1
                    if number % PARSED == 0:
                        parse_corpus(found, settings)
                elif found.why.startswith(FAULT):
                    raise Failed(found)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # a panic in Rust is no `Exception`
                Path(f"fault{suffix}").write_bytes(data)
                print(f"fault: {error!r}, input left in fault{suffix}", file=sys.stderr)
                return 1
            taken = time.process_time() - start
            slowest = max(slowest, taken)
            if taken > SLOWEST:
                Path(f"slow{suffix}").write_bytes(data)
                print(f"an input took {taken:.1f} s, left in slow{suffix}", file=sys.stderr)
                return 1
        print(f"| {suffix} | {count:,} | {read:,} | {count - read:,} | {slowest:.2f} | {time.perf_counter() - began:.0f} |", flush=True)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
