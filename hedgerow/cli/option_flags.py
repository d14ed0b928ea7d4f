"""Labelling options as flags of a command: their types, descriptions and defaults are those of `Options`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from hedgerow.labelling.options import RUN_OPTIONS, Options, show_flag

Config = Annotated[Path | None, typer.Option(help="A TOML file with options; flags override it.", show_default="none")]

# The defaults to show for options that are None unless they are set.
UNSET = {
    "as_": "by suffix", "id_field": "id", "workers": "1", "ray_address": "this machine", "role": "all",
    "encoding": "UTF-8, or what the file's first bytes say", "delimiter": "the one that fits the header",
}  # fmt: skip


def named(value: str) -> Path:
    """Return a path; reject an empty name, which would mean the current folder."""
    if not value.strip():
        raise typer.BadParameter("is empty; name a file or folder")
    return Path(value)


def with_options(command: Callable[..., Any], without: Collection[str] = ()) -> Callable[..., Any]:
    """Give `command` the fields of Options as parameters in place of its **flags, apart from those of `without`."""
    signature = inspect.signature(command, eval_str=True)
    kept = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    options = [parameter for name, parameter in _parameters().items() if name not in without]
    vars(command)["__signature__"] = signature.replace(parameters=[*kept, *options])
    return command


def _parameters() -> Mapping[str, inspect.Parameter]:
    """Return one command-line option per field of Options."""
    parameters = {}
    for name, field in Options.model_fields.items():
        flag = show_flag(field.alias or name)
        switch = f"{flag}/--no-{flag[2:]}" if field.annotation is bool else flag
        option = typer.Option(
            switch,
            help=escape(field.description or ""),
            show_default=UNSET.get(name, f"--no-{flag[2:]}" if field.annotation is bool else str(field.default)),
            rich_help_panel="Run folders" if name in RUN_OPTIONS else None,
        )
        kind: Any = str if name == "abstain" else field.annotation  # a number, or HEAD=NUMBER,...
        annotation = Annotated[kind | None, option]
        parameters[name] = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
    return parameters
