"""Options: what a labelling may be told, on the command line or in a TOML file; a flag outranks the file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hedgerow.errors import InputError
from hedgerow.readers.formats import Format
from hedgerow.readers.input_text import Fields, Unit

RUN_OPTIONS = ("runner", "workers", "ray_address", "parts", "shard_rows", "shard_bytes")


class Options(BaseModel):
    """What is not said is as here; RUN_OPTIONS are for run folders alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)

    model: str = "base"
    unit: Unit = Unit.DOCUMENT
    as_: Annotated[Format | None, Field(alias="as")] = None
    text_field: Annotated[str, Field(min_length=1)] = "text"
    id_field: Annotated[str | None, Field(min_length=1)] = None
    abstain: Annotated[float, Field(ge=0, le=1)] = 0.0
    strict: bool = False
    runner: Literal["process", "ray"] = "process"
    workers: Annotated[int | None, Field(ge=1)] = None
    ray_address: str | None = None
    parts: Literal["jsonl", "csv", "parquet"] = "jsonl"
    shard_rows: Annotated[int, Field(ge=1)] = 10_000
    shard_bytes: Annotated[int, Field(ge=1)] = 1 << 20

    @property
    def fields(self) -> Fields:
        return Fields(self.text_field, self.id_field)


def read_options(config: Path | None, flags: Mapping[str, Any]) -> Options:
    """The options of the TOML file `config`, those of `flags` that are not None in their place.

    Raises InputError that names file or flag, the value, and what would be right.
    """
    said = {name: value for name, value in flags.items() if value is not None}
    table = {} if config is None else _table(config)
    try:
        return Options.model_validate(table | said)
    except ValidationError as error:
        (first, *_) = error.errors()
        raise InputError(_explain(first, config, said)) from None


def _table(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"--config {config}: {error.strerror}; name a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"--config {config}: not TOML ({error})") from None


def _explain(fault: Any, config: Path | None, said: Mapping[str, Any]) -> str:
    name = str(fault["loc"][0])
    if fault["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in Options.model_fields.items()]
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
        return f"{config}: unknown setting {name!r}; {hint}"
    place = f"--{name.replace('_', '-')} {fault['input']}" if name in said else f"{config}: {name} = {fault['input']!r}"
    return f"{place}: {fault['msg'][0].lower()}{fault['msg'][1:]}"
