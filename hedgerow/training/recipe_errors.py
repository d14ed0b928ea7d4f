"""Explain errors in a recipe: settings that were renamed, are unknown, or have a wrong value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args, get_type_hints

# Settings that early versions of 0.1 had under another name.
RENAMED = {
    "regression.inverse_regularisation": "regression.C",
    "regression.max_iterations": "regression.max_iter",
    "regression.share": "regression.train_fraction",
    "optimisation.batch": "optimisation.batch_size",
    "optimisation.encoder_rate": "optimisation.encoder_lr",
    "optimisation.head_rate": "optimisation.head_lr",
    "optimisation.warm_up": "optimisation.warmup_ratio",
    "optimisation.focus": "optimisation.focal_gamma",
    "optimisation.share": "optimisation.train_fraction",
}


def renamed_settings(table: Mapping[str, Any]) -> list[str]:
    """Return one message for every setting in the recipe `table` that was renamed."""
    messages = []
    for old, new in RENAMED.items():
        section, name = old.split(".")
        settings = table.get(section)
        if isinstance(settings, dict) and name in settings:
            messages.append(f"setting {old!r} was renamed to {new!r}")
    return messages


def explain(detail: Any, recipe: type[Any]) -> str:
    """Return a pydantic error `detail` as a message about a setting of the dataclass `recipe`."""
    place = [part for part in detail["loc"] if part != recipe.__name__]
    setting = ".".join(str(part) for part in place)
    if detail["type"] == "unexpected_keyword_argument":
        known = _known_settings(recipe, place[:-1])
        close = get_close_matches(str(place[-1]), known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
        return f"unknown setting {setting!r} = {detail['input']!r}; {hint}"
    if detail["type"] in {"missing", "missing_argument"}:
        return f"no setting {setting!r}; add it"
    return f"setting {setting!r} = {detail['input']!r}: {detail['msg']}"


def _known_settings(recipe: type[Any], place: Sequence[Any]) -> list[str]:
    """Return the names that the table at `place` may have, from the dataclass `recipe` down."""
    table = recipe
    for part in place:
        if isinstance(part, str):  # a number is a place in an array of tables
            table = _dataclass_in(get_type_hints(table)[part]) or table
    return list(table.__dataclass_fields__)


def _dataclass_in(hint: Any) -> type[Any] | None:
    """Return the dataclass in a type such as `tuple[HeadRecipe, ...]` or `Distillation | None`."""
    if hasattr(hint, "__dataclass_fields__"):
        table: type[Any] = hint
        return table
    return next((kind for kind in map(_dataclass_in, get_args(hint)) if kind is not None), None)
