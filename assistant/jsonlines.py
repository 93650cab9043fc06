"""Files of JSON values, one a line. Lines end at line feeds only, since other line separators may stand inside a string."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import QuestionSetError

STANDARD = Path("-")
"""What names standard input where a file to read is named, and standard output where one to write is."""


def read_text(path: Path) -> str:
    """Return the text of a file, or of standard input; a byte order mark is skipped.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8.
    """
    return (sys.stdin.buffer.read() if path == STANDARD else path.read_bytes()).decode("utf-8-sig")


def read_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the number and the value of each line that is not blank; `-` names standard input.

    Raises:
        QuestionSetError: the file cannot be read, or a line is not JSON; names the line.
    """
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(f"the file '{path}' cannot be read; name a file of JSON lines in UTF-8") from error
    yield from lines_in(text, path)


def lines_in(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the number and the value of each line of the text of the file `path` that is not blank.

    Raises:
        QuestionSetError: a line is not JSON; names the line.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise QuestionSetError(f"{path}, line {number}: not JSON ({getattr(error, 'msg', error)})") from error
