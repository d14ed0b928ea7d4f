"""The options of a labelling: one typed set for the command line, TOML files, Python, and the manifest of a run."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hedgerow.errors import InputError
from hedgerow.io.text_checks import surrogate_error
from hedgerow.labelling.thresholds import Thresholds
from hedgerow.predictors.folder import find, model_hash
from hedgerow.readers.layout import Fields, Format, Layout, Limits, Unit
from hedgerow.version import __version__


class RunnerName(StrEnum):
    """Where the workers of a run are."""

    PROCESS = "process"
    RAY = "ray"


class PartFormat(StrEnum):
    """The format of a run's parts."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


class Options(BaseModel):
    """Labelling options and their defaults. RUN_OPTIONS apply to run folders only."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    model: Annotated[str, Field(description="A shipped model's name (see `hedgerow models`), or a model folder.")] = (
        "base"
    )
    unit: Annotated[Unit, Field(description="A row is a document, which is split, or one sentence.")] = Unit.DOCUMENT
    as_: Annotated[Format | None, Field(alias="as", description="The format of the inputs.")] = None
    text_field: Annotated[
        str, Field(min_length=1, description="The field of a row's text, or its path: data.text, messages[].content.")
    ] = "text"
    id_field: Annotated[
        str | None,
        Field(min_length=1, description="The field that holds a row's id."),
    ] = None
    role: Annotated[str | None, Field(min_length=1, description="Read only the messages of a chat with this role.")] = (
        None
    )
    encoding: Annotated[str | None, Field(min_length=1, description="The encoding of text files.")] = None
    delimiter: Annotated[str | None, Field(min_length=1, max_length=3, description="The delimiter of CSV columns.")] = (
        None
    )
    keep_missing: Annotated[bool, Field(description='Also label texts such as "n/a" and "[deleted]".')] = False
    keep_entities: Annotated[bool, Field(description='Leave HTML entities such as "&amp;" in fields as they are.')] = (
        False
    )
    lines: Annotated[bool, Field(description="A line of a text is a paragraph.")] = False
    keep_text: Annotated[bool, Field(description="Also write the texts to which offsets refer.")] = False
    max_bytes: Annotated[int, Field(ge=1, description="Maximum bytes per document, unpacked.")] = 500 * 2**20
    max_pages: Annotated[int, Field(ge=1, description="Maximum pages per document.")] = 5000
    max_seconds: Annotated[float, Field(gt=0, description="Maximum seconds to unpack a document.")] = 60.0
    abstain: Annotated[
        Thresholds,
        Field(description="Leave a label empty if its score is below this: 0.8, or by head certainty=0.8,stance=0.6."),
    ] = 0.0
    strict: Annotated[bool, Field(description="Stop at the first rejected row.")] = False
    force: Annotated[
        bool, Field(description="Replace an output that hedgerow did not write, and label earlier outputs again.")
    ] = False
    runner: Annotated[RunnerName, Field(description="Where workers run (run folders only).")] = RunnerName.PROCESS
    workers: Annotated[int | None, Field(ge=1, description="Number of workers (run folders only).")] = None
    ray_address: Annotated[str | None, Field(description="The address of a Ray cluster.")] = None
    parts: Annotated[PartFormat, Field(description="The format of a run's parts.")] = PartFormat.JSONL
    shard_rows: Annotated[int, Field(ge=1, description="Maximum rows per shard.")] = 10_000
    shard_bytes: Annotated[int, Field(ge=1, description="Approximate bytes per shard.")] = 1 << 20

    @property
    def fields(self) -> Fields:
        """The fields of a row that hold its text and its id."""
        return Fields(self.text_field, self.id_field, self.role)

    def layout(self, format_: Format = Format.TXT) -> Layout:
        """Return how a file of this format is read."""
        return Layout(
            format=format_,
            unit=self.unit,
            fields=self.fields,
            encoding=self.encoding,
            delimiter=self.delimiter,
            keep_missing=self.keep_missing,
            keep_entities=self.keep_entities,
            limits=Limits(self.max_bytes, self.max_pages, self.max_seconds),
        )

    def settings(self) -> dict[str, Any]:
        """Return all that decides what a run's parts hold, apart from the inputs, as its manifest records it."""
        chosen = self.model_dump(mode="json", by_alias=True, exclude=NOT_SETTINGS)
        model = {"model": Path(self.model).name, "model_hash": model_hash(find(self.model))}
        return {**model, **{name: value for name, value in chosen.items() if name != "model"}} | {
            "version": __version__
        }


RUN_OPTIONS = ("runner", "workers", "ray_address", "parts", "shard_rows", "shard_bytes")
NOT_SETTINGS = {"strict", "force", "runner", "workers", "ray_address"}  # the parts of a run do not depend on these


def read_options(config: Path | None, flags: Mapping[str, Any], shown: Callable[[str], str] | None = None) -> Options:
    """Return the options of the TOML file `config`, overridden by those of `flags` that are not None.

    `shown` says how a message names an option of `flags`; by default as a flag of the command line. Raises InputError
    that names the file or flag, the value, and what would be right.
    """
    flagged = {"as" if name == "as_" else name: value for name, value in flags.items() if value is not None}
    for name, value in flagged.items():
        if surrogate_error(str(value)) is not None:
            raise InputError(f"{(shown or show_flag)(name)} {str(value)!r}: not UTF-8; give it another name")
    table = {} if config is None else _read_table(config)
    try:
        # Through JSON, so that a strict reading takes a name for a choice, but not a string for a number.
        return Options.model_validate_json(json.dumps(table | flagged, default=str), strict=True)
    except ValidationError as error:
        (first, *_) = error.errors()
        raise InputError(_explain(first, config, flagged, shown or show_flag)) from None


def reject_run_options(options: Options, flags: Mapping[str, Any], shown: Callable[[str], str] | None = None) -> None:
    """Raise InputError for an option of run folders if the output is a file: it would do nothing."""
    for name in RUN_OPTIONS:
        if name in options.model_fields_set:
            option = (shown or show_flag)(name) if flags.get(name) is not None else f"{name!r} in --config"
            raise InputError(f"{option} is for run folders; name an output without a suffix, or remove this option")


def show_flag(name: str) -> str:
    """Return an option as the command line writes it."""
    return f"--{name.replace('_', '-')}"


def _read_table(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"--config {config}: {error.strerror}; name a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"--config {config}: not TOML ({error})") from None


def _explain(detail: Any, config: Path | None, flagged: Mapping[str, Any], shown: Callable[[str], str]) -> str:
    name = str(detail["loc"][0])
    if detail["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in Options.model_fields.items()]
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
        return f"{config or 'options'}: unknown option {name!r}; {hint}"
    place = f"{shown(name)} {detail['input']}" if name in flagged else f"{config}: {name} = {detail['input']!r}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{place}: {message[0].lower()}{message[1:]}"
