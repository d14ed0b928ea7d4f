"""Recipes: a TOML file to a frozen dataclass. An unknown setting is rejected, with the one it may have meant."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from hedgerow.errors import RecipeError

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


def _ordered(ngrams: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= ngrams[0] <= ngrams[1]:
        raise ValueError("give the shortest and the longest n-gram, as in [1, 3]")
    return ngrams


Ngrams = Annotated[tuple[int, int], AfterValidator(_ordered)]
Files = Annotated[tuple[str, ...], Field(min_length=1)]
Count = Annotated[int, Field(ge=1)]


@dataclass(frozen=True, config=_STRICT)
class Corpora:
    """Labelled files, relative to the recipe's own folder."""

    train: Files
    dev: Files


@dataclass(frozen=True, config=_STRICT)
class Features:
    """TF-IDF of words and of characters within words (scikit-learn's `char_wb`)."""

    word_ngrams: Ngrams
    character_ngrams: Ngrams
    min_sentences: Count
    max_features: Count


@dataclass(frozen=True, config=_STRICT)
class Regression:
    """Logistic regression, one for each axis."""

    inverse_regularisation: Annotated[float, Field(gt=0)]
    class_weight_power: Annotated[float, Field(ge=0, le=1)]
    max_iterations: Count
    share: Annotated[float, Field(gt=0, le=1)] = 1.0


@dataclass(frozen=True, config=_STRICT)
class LinearRecipe:
    """Everything that decides what a linear model becomes, but the text of its corpora."""

    kind: Literal["linear"]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    corpora: Corpora
    features: Features
    regression: Regression

    @property
    def share(self) -> float:
        """How much of the labels is learnt from, 0 to 1, in whole groups."""
        return self.regression.share


@dataclass(frozen=True, config=_STRICT)
class Auxiliary:
    """A corpus with labels of its own, brought in by a reader of hedgerow.benchmarks."""

    file: str
    reader: str


@dataclass(frozen=True, config=_STRICT)
class NetworkCorpora:
    """Labelled files, relative to the recipe's own folder; rows carry the fields that heads name."""

    train: Files
    dev: Files
    auxiliary: tuple[Auxiliary, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class HeadRecipe:
    """What is read off a sentence: a label of `field`, or spans. The codebook's own fields need no `labels`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    kind: Literal["label", "span"]
    labels: tuple[str, ...] = ()
    weight: Annotated[float, Field(gt=0)] = 1.0


@dataclass(frozen=True, config=_STRICT)
class Optimisation:
    """How the network learns. Rates are AdamW's, of the encoder and of the heads."""

    epochs: Count
    batch: Count
    encoder_rate: Annotated[float, Field(gt=0)]
    head_rate: Annotated[float, Field(gt=0)]
    warm_up: Annotated[float, Field(ge=0, lt=1)]
    weight_decay: Annotated[float, Field(ge=0)]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    class_weight_power: Annotated[float, Field(ge=0, le=1)]
    focus: Annotated[float, Field(ge=0)]
    patience: Count
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    bfloat16: bool = False


@dataclass(frozen=True, config=_STRICT)
class WordsRecipe:
    """A small encoder of our own (WordEncoder); its word vectors come from the encoder `vectors`."""

    vocabulary: Count
    word_width: Count
    affix_width: Count
    width: Count
    dilations: Annotated[tuple[Count, ...], Field(min_length=1)]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    word_dropout: Annotated[float, Field(ge=0, lt=1)]
    vectors: str


@dataclass(frozen=True, config=_STRICT)
class Distillation:
    """How teachers' scores count, where there are teachers (train.py --teacher)."""

    temperature: Annotated[float, Field(gt=0)]
    weight: Annotated[float, Field(gt=0)]


@dataclass(frozen=True, config=_STRICT)
class NetworkRecipe:
    """Everything that decides what a network becomes, but the text of its corpora.

    It starts from a `backbone`, or has a small `encoder` of its own.
    """

    kind: Literal["network"]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    max_tokens: Annotated[int, Field(ge=8)]
    calibrate_on: Annotated[tuple[str, ...], Field(min_length=1)]  # the first of these that is measured
    corpora: NetworkCorpora
    heads: Annotated[tuple[HeadRecipe, ...], Field(min_length=1)]
    optimisation: Optimisation
    backbone: str = ""
    encoder: WordsRecipe | None = None
    distillation: Distillation | None = None

    @property
    def share(self) -> float:
        """How much of the codebook's labels is learnt from, 0 to 1, in whole groups."""
        return self.optimisation.share


Recipe = LinearRecipe | NetworkRecipe
_KINDS: dict[str, type[LinearRecipe] | type[NetworkRecipe]] = {"linear": LinearRecipe, "network": NetworkRecipe}


def read_recipe(path: Path) -> Recipe:
    """The recipe in the TOML file `path`. Raises RecipeError that names file, setting, value and cure."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: {error.strerror}; name a recipe (model/linear/recipe.toml is one)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not TOML ({error}); see model/linear/recipe.toml") from None
    kind = _KINDS.get(str(table.get("kind")))
    if kind is None:
        known = " or ".join(map(repr, _KINDS))
        raise RecipeError(f"{path}: setting 'kind' = {table.get('kind')!r}; it is {known}")
    try:
        # Through JSON, because only there does a strict reading take TOML's arrays for tuples.
        recipe: Recipe = TypeAdapter(kind).validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        faults = [_explain(detail, kind) for detail in error.errors()]
        raise RecipeError("\n".join(f"{path}: {fault}" for fault in faults)) from None
    if isinstance(recipe, NetworkRecipe) and bool(recipe.backbone) == bool(recipe.encoder):
        raise RecipeError(
            f"{path}: give a 'backbone' (an encoder to start from) or an [encoder] of its own, one of them"
        )
    return recipe


def varied(recipe: Recipe, *, share: float | None = None, seed: int | None = None) -> Recipe:
    """`recipe` with another share of the labels, or another seed, where given. Raises RecipeError out of range."""
    if share is not None and not 0 < share <= 1:
        raise RecipeError(f"a share of {share}: it is more than 0 and at most 1")
    if seed is not None:
        recipe = replace(recipe, seed=seed)
    if share is None:
        return recipe
    if isinstance(recipe, LinearRecipe):
        return replace(recipe, regression=replace(recipe.regression, share=share))
    return replace(recipe, optimisation=replace(recipe.optimisation, share=share))


def _explain(detail: Any, kind: Any) -> str:
    place = [part for part in detail["loc"] if part != kind.__name__]
    setting = ".".join(str(part) for part in place)
    if detail["type"] == "unexpected_keyword_argument":
        known = _settings(kind, place[:-1])
        close = get_close_matches(str(place[-1]), known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
        return f"unknown setting {setting!r} = {detail['input']!r}; {hint}"
    if detail["type"] in {"missing", "missing_argument"}:
        return f"no setting {setting!r}; add it"
    return f"setting {setting!r} = {detail['input']!r}: {detail['msg']}"


def _settings(owner: Any, place: list[Any]) -> list[str]:
    """The settings known in the table at `place`, from the recipe `owner` down."""
    tables = {
        "corpora": NetworkCorpora if owner is NetworkRecipe else Corpora,
        "features": Features,
        "regression": Regression,
        "heads": HeadRecipe,
        "optimisation": Optimisation,
        "auxiliary": Auxiliary,
        "encoder": WordsRecipe,
        "distillation": Distillation,
    }
    names = [part for part in place if isinstance(part, str)]
    return list((tables[names[-1]] if names else owner).__dataclass_fields__)
