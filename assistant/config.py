"""Settings: one frozen value, made once at the edge and passed down. The only module that reads the environment."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

PREFIX = "ASSISTANT_"
PACKAGED_CORPUS = Path(__file__).parent / "data" / "corpus"
"""The documents that a wheel carries; a checkout has them in `corpus/`."""
PACKAGED_ENCODER = Path(__file__).parent / "data" / "encoder"
"""all-MiniLM-L6-v2 with int8 weights; made by training/export.py."""
PACKAGED_READER = Path(__file__).parent / "data" / "reader"
"""The trained reader; see training/README.md."""


class Settings(BaseSettings):
    """What can be set, by keyword or by an environment variable `ASSISTANT_…`. Unknown keys fail.

    `encoder` finds passages: `default` for the one that comes with the package, a sentence-transformers id, or a folder. `reader` chooses
    the words that answer: `default` for the trained one that comes with the package, `none` for plain similarity by `encoder`, or an id
    or folder as for `encoder`.
    `chunk_tokens` counts tiktoken tokens of source text.
    `code_pattern` is a regular expression that a whole code matches. `max_question_characters` bounds a question.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    encoder: str = "default"
    reader: str = "default"
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
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression ({error})") from error
        return value


def make_settings(**changes: object) -> Settings:
    """Return settings from defaults, environment and `changes`, in rising order of authority.

    Raises:
        SettingsError: a key is unknown or a value out of range; names the key.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(f"the environment sets '{name}', which is no setting; known are {', '.join(sorted(known))}")
    try:
        return Settings(**changes)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"setting '{key}': {first['msg']}; see README.md, Settings") from error


def default_corpus() -> Path:
    """Return `./corpus` where it exists, else the documents inside the package."""
    here = Path("corpus")
    return here if here.is_dir() else PACKAGED_CORPUS


def default_index(corpus: Path) -> Path:
    """Return `./index` beside a local corpus, else a folder in the platform's cache that belongs to this corpus alone."""
    here = Path("index")
    if here.is_dir():
        return here
    place = str(corpus.resolve())
    name = re.sub(r"[^A-Za-z0-9]+", "-", place).strip("-")[-60:]
    return Path(platformdirs.user_cache_dir("hcpcs-assistant")) / f"{name}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
