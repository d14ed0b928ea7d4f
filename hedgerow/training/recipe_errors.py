"""Explain errors in a recipe: settings that were renamed, are unknown, or have a wrong value."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from hedgerow.predictors.folder import recipes
from hedgerow.training.settings import STARTS
from hedgerow.training.wrong_values import all_settings, known_settings, wrong_value

if TYPE_CHECKING:
    from hedgerow.training.recipe import NetworkRecipe

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
        return f"unknown setting {setting!r} = {detail['input']!r}; {_hint(recipe, place)}"
    if detail["type"] in {"missing", "missing_argument"} and isinstance(place[-1], str):
        return f"no setting {setting!r}; add it{_where_to_copy(setting, recipe)}"
    return wrong_value(detail, recipe, place)


def _where_to_copy(setting: str, recipe: type[Any]) -> str:
    """Return which shipped recipe has the setting, if the one for this kind of model does."""
    file = recipes()["linear" if recipe.__name__ == "LinearRecipe" else "finetune"]
    place: Any = tomllib.loads(file.read_text("utf-8"))
    for part in setting.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    return "" if place is None else f", as in {file}"


def _hint(recipe: type[Any], place: Sequence[Any]) -> str:
    """Return the settings that the one at `place` may stand for: of its own table, otherwise of the whole recipe."""
    known = known_settings(recipe, place[:-1])
    close = get_close_matches(str(place[-1]), known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    elsewhere = {name.rpartition(".")[2]: name for name in all_settings(recipe)}
    close = get_close_matches(str(place[-1]), elsewhere, n=1)
    return f"did you mean {elsewhere[close[0]]!r}?" if close else f"known are {', '.join(known)}"


def conflicts(recipe: NetworkRecipe) -> Iterator[str]:
    """Yield a message for each setting that does not fit another one."""
    if sum(bool(getattr(recipe, name)) for name in STARTS) != 1:
        yield (
            "give one of 'start_from' (a trained model), 'backbone' (a pretrained encoder) and [encoder] (of its own)"
        )
    for name in ("retention", "replay"):
        if getattr(recipe, name) and not recipe.start_from:
            yield f"[{name}] keeps what a model knows, and needs 'start_from'; name a model (--from)"
    if recipe.retention and recipe.distillation:
        yield "[retention] and [distillation] teach the same heads; remove one of them"
    words = recipe.encoder
    if words and words.summaries and words.width % words.summaries:
        yield (
            f"setting 'encoder.summaries' = {words.summaries} does not divide the width, {words.width}; give one that "
            "does"
        )
    export = recipe.export
    if export.weights == "integer" and export.quantisation is None:
        yield "setting 'export.weights' = 'integer' needs [export.quantisation]; add its settings"
    if export.weights != "integer" and export.quantisation is not None:
        yield (
            f"[export.quantisation] needs 'export.weights' = 'integer', and it is {export.weights!r}; change it, or "
            "remove the table"
        )
