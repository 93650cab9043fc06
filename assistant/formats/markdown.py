"""Markdown: the decoded file itself, with what its front matter says of it. Headings, lists and tables are read as in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from assistant.config import Settings
from assistant.formats.extract import Extract, Unreadable
from assistant.formats.text import decode
from assistant.tokens import is_code, outside
from assistant.types import Span

FRONT_MATTER_CHARACTERS = 20_000
"""Longer front matter is taken for text."""
MOST_BRACKETS = 200
"""Front matter with more lists and mappings in brackets is taken for text too."""
HIGHEST_AUTHORITY = 99
"""Most that a document may claim for itself; what the settings say of its folder counts for more."""
_FENCED = re.compile(r"---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|[\r\n]|\Z)")
_CODE_KEY = re.compile(r"\b(?:codes?|hcpcs|cpt|cdt|icd(?: ?10)?(?: ?cm)?)\Z")
_DATES = ("updated", "last updated", "effective", "effective date", "date")


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return the file as one document; front matter and comments are hidden, and only front matter that is a mapping counts as such."""
    text = decode(data)
    front = _FENCED.match(text, 0, FRONT_MATTER_CHARACTERS)
    fields = _fields(front["yaml"]) if front else None
    body = front.end() if front and fields is not None else 0
    hidden = [Span(0, body)] if body else []
    hidden += _comments(text, body)
    if text.strip() and not outside(text, [(span.start, span.end) for span in hidden]).strip():
        raise Unreadable("holds nothing but front matter and comments")
    if not fields:
        return [Extract(text, hidden=tuple(hidden))]
    return [
        Extract(
            text,
            codes=_codes(fields, settings.code_pattern) or None,
            title=_title(text, fields, body),
            authority=_authority(fields),
            dated=_dated(fields),
            hidden=tuple(hidden),
        )
    ]


def _comments(text: str, start: int) -> list[Span]:
    """Return the comments that take up whole lines after `start`, outside fenced code. Reads every character a bounded number of times."""
    found: list[Span] = []
    fence, end, covered = "", 0, start
    for match in _LINE.finditer(text, start) if "<!--" in text else ():
        line = match.group().strip()
        if fence:
            fence = "" if line.startswith(fence) and not line.strip(fence[0]) else fence
        elif match.start() < covered:
            continue
        elif line.startswith(("```", "~~~")):
            fence = line[: len(line) - len(line.lstrip(line[0]))]
        elif line.startswith("<!--") and end >= 0:
            end = end if end > match.start() else text.find("-->", match.start())
            if end >= 0 and not _LINE.match(text, end + 3).group().strip():  # type: ignore[union-attr]
                found.append(Span(match.start(), end + 3))
                covered = end + 3
    return found


def _fields(source: str) -> dict[str, object] | None:
    """Return the front matter by lower-case key, values as written; None where it is not a mapping."""
    import yaml

    if source.count("[") + source.count("{") > MOST_BRACKETS:
        return None
    try:
        found = yaml.load(source, Loader=yaml.BaseLoader)  # makes nothing but strings, lists and mappings
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(found, Mapping):
        return None
    return {" ".join(re.split(r"[\s_-]+", key.casefold())).strip(): value for key, value in found.items() if isinstance(key, str)}


def _words(value: object) -> Iterator[str]:
    """Yield the strings of a value: its own, or those of a list."""
    if isinstance(value, str):
        yield from re.split(r"[\s,;]+", value)
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, str):
                yield one.strip()


def _codes(fields: Mapping[str, object], pattern: str) -> tuple[str, ...]:
    keys = [key for key in fields if _CODE_KEY.search(key)]
    return tuple(dict.fromkeys(word.upper() for key in keys for word in _words(fields[key]) if is_code(word, pattern)))


def _title(text: str, fields: Mapping[str, object], body: int) -> Span | None:
    """Return where the title stands in the text: as a heading of its own, else in the front matter; None where it does not stand so."""
    title = fields.get("title")
    if not isinstance(title, str) or not title.strip():
        return None
    title = title.strip()
    heading = re.compile(rf"^(?:#[ \t]+)?(?P<title>{re.escape(title)})[ \t#]*$", re.MULTILINE).search(text, body)
    start = heading.start("title") if heading else text.find(title, 0, body)
    return Span(start, start + len(title)) if start >= 0 else None


def _authority(fields: Mapping[str, object]) -> int:
    value = fields.get("authority")
    if not isinstance(value, str) or not re.fullmatch(r"[+-]?\d{1,9}", value.strip()):
        return 0
    return max(-HIGHEST_AUTHORITY, min(HIGHEST_AUTHORITY, int(value)))


def _dated(fields: Mapping[str, object]) -> str:
    """Return the latest-meant date of the front matter as an ISO date, or nothing."""
    for key in _DATES:
        value = fields.get(key)
        if isinstance(value, str) and (found := re.match(r"\d{4}-\d{2}-\d{2}(?![\d])", value.strip())):
            try:
                return date.fromisoformat(found.group()).isoformat()
            except ValueError:
                continue
    return ""
