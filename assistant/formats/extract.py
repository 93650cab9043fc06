"""What a format reader hands on: canonical text with what the format itself says of it. Knows no format."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.types import Place, Span


class Unreadable(AssistantError):
    """A file cannot be used. The message is a clause that follows the file's name: "is encrypted", "holds no text"."""


@dataclass(frozen=True, slots=True)
class Extract:
    """One document as found in a file.

    `text` is canonical: offsets count in it. For text and Markdown it is the decoded file itself, for other formats the extracted
    text, with headings marked by `#`, list items by `-` and table rows by `|`, so that one parser serves all. `key` tells the documents
    of one file apart and is empty where the file is one document. `hidden` are parts of `text` that no reader of the file sees, such as
    front matter and comments, in order; they are never quoted. `bold` are short lines that are bold as
    a whole, in order, where the text has no marks that say so. `codes` and `title` are None where the text has to tell. `places`
    says where in the file the text comes from, in order of `start`. `authority` ranks sources that disagree, higher first; `dated` is
    an ISO date or empty.
    """

    text: str
    key: str = ""
    codes: tuple[str, ...] | None = None
    title: Span | None = None
    places: tuple[Place, ...] = ()
    authority: int = 0
    dated: str = ""
    hidden: tuple[Span, ...] = ()
    bold: tuple[Span, ...] = ()
