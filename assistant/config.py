"""Settings: one frozen value, made once at the edge and passed down. The only module that reads the environment."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import SettingsError

PREFIX = "ASSISTANT_"
DEFAULT, NO_READER = "default", "none"
"""What `encoder` and `reader` are set to for the model that comes with the package, and `reader` for none."""
PACKAGED_CORPUS = Path(__file__).parent / "data" / "corpus"
"""The documents that a wheel carries; a checkout has them in `corpus/`."""
PACKAGED_ENCODER = Path(__file__).parent / "data" / "encoder"
"""all-MiniLM-L6-v2, taught a vocabulary of medicine; see training/README.md."""
PACKAGED_READER = Path(__file__).parent / "data" / "reader"
"""The trained reader; see training/README.md."""


class Settings(BaseModel):
    """What can be set, by keyword or, through `make_settings`, by an environment variable `ASSISTANT_…`. Unknown keys fail.

    `encoder` finds passages: `default` for the one that comes with the package, a sentence-transformers id, or a folder. `reader` chooses
    the words that answer: `default` for the trained one that comes with the package, `none` for plain similarity by `encoder`, or an id
    or folder as for `encoder`. `cross_encoder` names a cross-encoder of sentence-transformers, by id or folder, that takes the reader's
    second look; empty for the reader itself.
    `chunk_tokens` counts tiktoken tokens of source text.
    `code_pattern` is a regular expression that a whole code matches. `max_question_characters` bounds a question.
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
    def _compiles(cls, value: str) -> str:
        """Refuse what does not compile alone, or not inside the longer expressions that look for codes in a text."""
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression ({error})") from error
        try:
            re.compile(f"(?:{value})")
        except re.error as error:
            raise ValueError(f"cannot be part of a longer regular expression ({error.msg}); write a flag as in (?i:...)") from error
        return value


def make_settings(**changes: object) -> Settings:
    """Return settings from defaults, environment and `changes`, in rising order of authority.

    Raises:
        SettingsError: a key is unknown or a value out of range; names the key.
    """
    try:
        return Settings(**{**_from_environment(), **changes})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"setting '{key}': {first['msg']}; see README.md, Settings") from error


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
        raise SettingsError(f"setting '{key}': '{value}' is not JSON, such as [\"one\", \"two\"]; see README.md, Settings") from error


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
