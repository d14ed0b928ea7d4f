"""A report as a record, which is what `report.json` contains: where its figures are from, and the figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from hedgerow.errors import InputError
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import find, model_hash
from hedgerow.report.machine import Machine, library_versions
from hedgerow.report.provenance import commit, short_name, training_hashes
from hedgerow.version import __version__

SCHEMA = 2
REPORT = "report.json"
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class MeasuredModel:
    """A model by its name, and by the hash of its folder (None if it had none when it was measured)."""

    __pydantic_config__ = _STRICT
    name: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class MeasuredFile:
    """A labelled file by its name, with its folder's, and by its hash.

    `seen_in_training_by` are the models that were trained on it, `seen_in_choosing_by` those that it was a development
    set of.
    """

    __pydantic_config__ = _STRICT
    file: str
    sha256: str
    seen_in_training_by: tuple[str, ...] = ()
    seen_in_choosing_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report of any kind.

    `kind` says what `figures` contains; the module that makes the page of this kind describes its keys.
    `command` made the report, on `date` (UTC), with the code of `commit` and hedgerow `version`. `libraries` are others
    that the figures depend on, by version; `machine` describes the computer, if speed was measured. `files` are the
    names of those that belong to the report beside its pages.
    """

    __pydantic_config__ = _STRICT
    kind: str
    command: str
    date: str
    commit: str
    version: str
    models: tuple[MeasuredModel, ...] = ()
    corpus: tuple[MeasuredFile, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)
    machine: Machine | None = None
    files: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def begin(cls, kind: str, command: str, *measured_by: str) -> Report:
        """Return a report of now, without figures; `commit` counts changes in the folders `measured_by` too."""
        today = datetime.now(UTC).date().isoformat()
        return cls(
            kind=kind,
            command=command,
            date=today,
            commit=commit(*measured_by),
            version=__version__,
            libraries=library_versions(),
        )

    @property
    def model(self) -> MeasuredModel:
        """The first model: of most kinds the one that was measured."""
        return self.models[0]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {"schema": SCHEMA, **asdict(replace(self, figures={})), "figures": self.figures}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Report:
        """Return a report from its JSON object; raise InputError that names the first wrong key, if there is one."""
        found = row.get("schema")
        if found != SCHEMA:
            raise InputError(f"schema {found!r}, not {SCHEMA}; write the report again with this version")
        try:
            return _READER.validate_python({name: value for name, value in row.items() if name != "schema"})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}; write the report again") from None

    @classmethod
    def read(cls, path: Path) -> Report:
        """Return the report of a file; raise InputError, with the file, if it cannot be read or is no report."""
        try:
            row = json.loads(path.read_text("utf-8"))
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}; name the {REPORT} of a report") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: not JSON ({error}); write the report again") from None
        if not isinstance(row, dict):
            raise InputError(f"{path}: a JSON {type(row).__name__}, not a report; write the report again")
        try:
            return cls.from_dict(row)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None


_READER = TypeAdapter(Report)


def schema() -> dict[str, Any]:
    """Return the JSON schema of `report.json`, without the keys of `figures`, which differ by kind."""
    described = _READER.json_schema()
    described["properties"] = {"schema": {"const": SCHEMA}, **described["properties"]}
    described["required"] = ["schema", *described["required"]]
    return described


def measured_model(name: str) -> MeasuredModel:
    """Return a model by its name and hash; raise ModelError if there is none of this name."""
    return MeasuredModel(name, model_hash(find(name)))


def measured_files(files: Sequence[Path], models: Sequence[str] = ()) -> tuple[MeasuredFile, ...]:
    """Return files by name and hash, with those of the `models` that were trained on them or chosen by them."""
    trained_on = {name: training_hashes(name, "train") for name in models}
    chosen_on = {name: training_hashes(name, "dev", "measured") for name in models}
    return tuple(
        MeasuredFile(
            file=short_name(path),
            sha256=(found := sha256(path)),
            seen_in_training_by=tuple(name for name in models if found in trained_on[name]),
            seen_in_choosing_by=tuple(name for name in models if found in chosen_on[name]),
        )
        for path in files
    )
