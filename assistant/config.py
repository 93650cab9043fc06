"""Settings: one frozen value, made once at the edge and passed down. The only module that reads the environment."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX = "ASSISTANT_"
DEFAULT, NO_READER = "default", "none"
"""What `encoder` and `reader` are set to for the model that comes with the package, and `reader` for none."""
PACKAGED_CORPUS = Path(__file__).parent / "data" / "corpus"
"""The documents that a wheel carries; a checkout has them in `corpus/`."""
PACKAGED_ENCODER = Path(__file__).parent / "data" / "encoder"
"""all-MiniLM-L6-v2, taught a vocabulary of medicine; see training/README.md."""
PACKAGED_READER = Path(__file__).parent / "data" / "reader"
"""The trained reader; see training/README.md."""

_LITERAL = re.compile(r"\\[^AZ]|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_LOOKS_AROUND = re.compile(r"[\^$]|\\[AZ]|\(\?<[=!]")
"""What matches at an end of a text, or by what stands before it: a code is looked for in texts and compared alone."""
_SMALL = re.compile(r"\\.|\(\?(?:P<\w+>|P=\w+\)|[a-zA-Z-]+:|\(\w+\))|([a-z])", re.DOTALL)
"""What a regular expression says in letters, and other small letters, which stand for themselves."""
_WANTED = {
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "string_type": "text",
    "tuple_type": "a list of texts",
}
"""What a value should have been, by the kind of fault that pydantic finds."""


class Settings(BaseModel):
    """What can be set, by keyword or, through `make_settings`, by an environment variable `ASSISTANT_…`. Unknown keys fail.

    `encoder` finds passages: `default` for the one that comes with the package, a sentence-transformers id, or a folder. `reader` chooses
    the words that answer: `default` for the trained one that comes with the package, `none` for plain similarity by `encoder`, or an id
    or folder as for `encoder`. `cross_encoder` names a cross-encoder of sentence-transformers, by id or folder, that takes the reader's
    second look; empty for the reader itself.
    `chunk_tokens` counts tiktoken tokens of source text.
    `code_pattern` is a regular expression that a whole code matches, which is written in capitals; small letters in it stand for capitals.
    `max_question_characters` bounds a question.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoder: str = DEFAULT
    reader: str = DEFAULT
    cross_encoder: str = ""
    chunk_tokens: int = Field(default=160, ge=16, le=2048)
    code_pattern: str = r"[A-Z]\d{4}"
    max_question_characters: int = Field(default=2000, ge=16)
    authority: tuple[str, ...] = ()
    max_file_bytes: int = Field(default=20_000_000, ge=1)
    max_pages: int = Field(default=2000, ge=1)
    max_text_characters: int = Field(default=20_000_000, ge=1)

    @field_validator("code_pattern")
    @classmethod
    def _usable(cls, value: str) -> str:
        """Refuse what does not compile alone, or not inside the longer expressions that look for codes in a text, or finds none there."""
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is not a regular expression ({error})") from error
        try:
            re.compile(f"(?:{value})")
        except re.error as error:
            raise ValueError(f"cannot be part of a longer regular expression ({error.msg}); write a flag as in (?i:...)") from error
        if found := _LOOKS_AROUND.search(_LITERAL.sub("", value)):
            raise ValueError(
                f"looks at what stands around a code with '{found.group()}'; write what a whole code looks like and nothing else"
            )
        return _SMALL.sub(lambda match: match.group().upper() if match[1] else match.group(), value)


def make_settings(**changes: object) -> Settings:
    """Return settings from defaults, environment and `changes`, in rising order of authority.

    Raises:
        SettingsError: a key is unknown or a value out of range; names the key, or the variable that sets it, and the value.
    """
    environment = _from_environment()
    given = {**environment, **changes}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        if key not in Settings.model_fields:
            raise SettingsError(f"there is no setting '{key}'; known are {', '.join(Settings.model_fields)}") from error
        name = f"{PREFIX}{key}".upper() if key in environment and key not in changes else key
        raise SettingsError(f"setting '{name}' is '{given[key]}', which {_fault(first)}; see README.md, Settings") from error


def _fault(found: ErrorDetails) -> str:
    """Return in one clause what is wrong with a value."""
    context = found.get("ctx", {})
    if "error" in context:
        return str(context["error"])
    wanted = _WANTED["tuple_type"] if len(found["loc"]) > 1 else _WANTED.get(found["type"])
    return f"is not {wanted.format(**context)}" if wanted else found["msg"]


def _from_environment() -> dict[str, object]:
    """Return what the environment sets, as text, or as JSON where a setting holds several values; a name counts in either case."""
    keys = {f"{PREFIX}{key}".upper(): key for key in Settings.model_fields}
    found: dict[str, object] = {}
    for name, value in os.environ.items():
        if not name.upper().startswith(PREFIX):
            continue
        if name.upper() not in keys:
            raise SettingsError(f"the environment sets '{name}', which is no setting; known are {', '.join(sorted(keys))}")
        key = keys[name.upper()]
        found[key] = _listed(key, value) if isinstance(Settings.model_fields[key].default, tuple) else value
    return found


def _listed(key: str, value: str) -> object:
    try:
        return json.loads(value)
    except ValueError as error:
        name = f"{PREFIX}{key}".upper()
        raise SettingsError(
            f"setting '{name}' is '{value}', which is not JSON, such as [\"one\", \"two\"]; see README.md, Settings"
        ) from error


def default_corpus() -> Path:
    """Return `./corpus` where it exists, else the documents inside the package."""
    here = Path("corpus")
    return here if here.is_dir() else PACKAGED_CORPUS


def default_index(corpus: Path) -> Path:
    """Return `./index` where it exists, else a folder in the platform's cache that belongs to this corpus alone."""
    here = Path("index")
    if here.is_dir():
        return here
    place = str(corpus.resolve())
    name = re.sub(r"[^A-Za-z0-9]+", "-", place).strip("-")[-60:]
    return Path(platformdirs.user_cache_dir("hcpcs-assistant")) / f"{name}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
