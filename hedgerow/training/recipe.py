"""Recipes: all the settings of a training, except the text of its corpora.

A recipe is a TOML file that `read_recipe` turns into a frozen dataclass, one per kind of model. Unknown settings are
rejected.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from hedgerow.errors import RecipeError
from hedgerow.predictors.folder import recipes
from hedgerow.training.heads import head_faults
from hedgerow.training.recipe_errors import conflicts, explain, renamed_settings
from hedgerow.training.settings import replace_settings
from hedgerow.training.wrong_values import NGRAMS

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


def _ordered(ngrams: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= ngrams[0] <= ngrams[1]:
        raise ValueError(NGRAMS)
    return ngrams


Ngrams = Annotated[tuple[int, int], AfterValidator(_ordered)]
Files = Annotated[tuple[str, ...], Field(min_length=1)]
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, lt=1)]
Fraction = Annotated[float, Field(gt=0, le=1)]
Power = Annotated[float, Field(ge=0, le=1)]
Label = str | bool | int | float
Labels = tuple[Label, ...]


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
    """Logistic regression, one per axis. `C` and `max_iter` are scikit-learn's."""

    C: Positive
    class_weight_power: Power
    max_iter: Count
    train_fraction: Fraction = 1.0


@dataclass(frozen=True, config=_STRICT)
class LinearHead:
    """One head of a linear model, as HeadRecipe has it; spans come from the lexicon."""

    name: str
    kind: Literal["label", "ordered"]
    labels: Labels = ()
    map: dict[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, config=_STRICT)
class LinearRecipe:
    """The recipe of a linear model. Without `heads`, it has one for each axis that rows are labelled on."""

    kind: Literal["linear"]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    corpora: Corpora
    features: Features
    regression: Regression
    heads: tuple[LinearHead, ...] = ()

    @property
    def train_fraction(self) -> float:
        """The fraction of the labelled rows to train on, in whole groups."""
        return self.regression.train_fraction


@dataclass(frozen=True, config=_STRICT)
class Auxiliary:
    """A corpus with labels of its own, read by a reader of `hedgerow.corpus.external`.

    The rows of `dev` files are measured together with the recipe's own dev rows.
    """

    file: str
    reader: str
    dev: tuple[str, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class NetworkCorpora:
    """Labelled files, relative to the recipe's own folder. Their rows have the fields that the heads name."""

    train: Files
    dev: Files
    auxiliary: tuple[Auxiliary, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class HeadRecipe:
    """One head: it predicts the label in the field `name` of a row, or its spans.

    `kind` is "label", "ordered" (labels in order, the lowest first) or "span" (`labels` are the types). Labels are
    texts, numbers or booleans. `map` has the label of each value that corpora write otherwise. The codebook's heads
    need no `labels`, and a head with a `map` has those of the map in order.
    """

    name: str
    kind: Literal["label", "ordered", "span"]
    labels: Labels = ()
    map: dict[str, Label] = field(default_factory=dict)
    weight: Positive = 1.0


@dataclass(frozen=True, config=_STRICT)
class Optimisation:
    """The settings of a network's training. `encoder_lr` and `head_lr` are AdamW's learning rates of the two."""

    epochs: Count
    batch_size: Count
    encoder_lr: Positive
    head_lr: Positive
    warmup_ratio: Probability
    weight_decay: NonNegative
    dropout: Probability
    class_weight_power: Power
    focal_gamma: NonNegative
    patience: Count
    label_smoothing: Probability = 0.0
    train_fraction: Fraction = 1.0
    bfloat16: bool = False


@dataclass(frozen=True, config=_STRICT)
class WordsRecipe:
    """A small encoder trained from scratch (WordEncoder). Its word vectors come from the encoder `vectors`.

    `pairs` is the number of embeddings of word pairs, and `summaries` that of attention heads; 0 is none.
    """

    vocabulary: Count
    word_width: Count
    affix_width: Count
    width: Count
    dilations: Annotated[tuple[Count, ...], Field(min_length=1)]
    dropout: Probability
    word_dropout: Probability
    vectors: str
    pairs: Annotated[int, Field(ge=0)] = 0
    summaries: Annotated[int, Field(ge=0)] = 0


@dataclass(frozen=True, config=_STRICT)
class Distillation:
    """The settings of distillation, which needs teachers (`--teacher`): temperature, and weight in the loss.

    `max_texts` is the most unlabelled sentences to learn from, drawn with the seed; by default all.
    """

    temperature: Positive
    weight: Positive
    max_texts: Count | None = None


@dataclass(frozen=True, config=_STRICT)
class Retention:
    """What keeps the heads of the model that a training starts from, on the sentences that they have no labels for.

    The model's own answers on the training sentences are targets too: learning without forgetting (Li & Hoiem 2016).
    `weight` multiplies their loss, and `temperature` divides the logits of labels.
    """

    weight: Positive = 1.0
    temperature: Positive = 1.0


@dataclass(frozen=True, config=_STRICT)
class Replay:
    """Labelled rows that are trained on again, beside the recipe's own (Robins 1995).

    They are drawn from `corpora` with the seed, `share` of them for each row of the recipe's own. A replayed row
    teaches the heads that it has labels for.
    """

    corpora: Files
    share: Positive = 1.0


@dataclass(frozen=True, config=_STRICT)
class Quantisation:
    """The settings of quantisation-aware training, from the trained network, with itself as the teacher.

    It takes `steps` of `batch_size` sentences: the labelled ones, and at most `max_texts` of the unlabelled ones
    (`--texts`), drawn with the seed; 0 steps round the network and do not train it. `weight_lr` and `scale_lr` are
    AdamW's learning rates of the weights and of the logarithms of the scales of activations.
    """

    steps: Annotated[int, Field(ge=0)]
    batch_size: Count
    weight_lr: Positive
    scale_lr: Positive
    max_texts: Count


@dataclass(frozen=True, config=_STRICT)
class Export:
    """How a network is written: "8-bit" weights, or "integer" products, which need `quantisation` and `--texts`."""

    weights: Literal["8-bit", "integer"] = "8-bit"
    quantisation: Quantisation | None = None


@dataclass(frozen=True, config=_STRICT)
class NetworkRecipe:
    """The recipe of a network: `start_from` a trained model or a `backbone`, or have a small `encoder` of one's own.

    `start_from` is the name of a shipped model, or a model folder; `backbone` the folder of a pretrained encoder, or
    its name on a hub. Folders start at the recipe's.
    """

    kind: Literal["network"]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    max_tokens: Annotated[int, Field(ge=8)]
    calibrate_on: Annotated[tuple[str, ...], Field(min_length=1)]  # the first of these that is measured
    corpora: NetworkCorpora
    heads: Annotated[tuple[HeadRecipe, ...], Field(min_length=1)]
    optimisation: Optimisation
    start_from: str = ""
    backbone: str = ""
    encoder: WordsRecipe | None = None
    distillation: Distillation | None = None
    retention: Retention | None = None
    replay: Replay | None = None
    export: Export = Export()

    @property
    def train_fraction(self) -> float:
        """The fraction of the codebook's labelled rows to train on, in whole groups."""
        return self.optimisation.train_fraction


Recipe = LinearRecipe | NetworkRecipe
_KINDS: dict[str, type[LinearRecipe] | type[NetworkRecipe]] = {"linear": LinearRecipe, "network": NetworkRecipe}


def find_recipe(path: Path) -> Path:
    """Return `path`, or the file of the shipped recipe that it names; there need not be a file."""
    shipped = recipes()
    return shipped[str(path)] if str(path) in shipped and not path.is_file() else path


def read_recipe(path: Path, settings: Mapping[str, Any] | None = None) -> Recipe:
    """Return the recipe in the TOML file `path`, with `settings` by name (`optimisation.epochs`) instead of its own.

    Raises RecipeError that names the file, the setting, its value, and a hint.
    """
    table = replace_settings(_read_toml(path), settings or {})
    kind = _KINDS.get(str(table.get("kind")))
    if kind is None:
        known = " or ".join(map(repr, _KINDS))
        raise RecipeError(f"{path}: setting 'kind' = {table.get('kind')!r}; it is {known}")
    if renamed := renamed_settings(table):
        raise RecipeError("\n".join(f"{path}: {message}" for message in renamed))
    try:
        # Through JSON: only there does strict validation take TOML's arrays for tuples.
        recipe: Recipe = TypeAdapter(kind).validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        messages = dict.fromkeys(explain(detail, kind) for detail in error.errors())
        raise RecipeError("\n".join(f"{path}: {message}" for message in messages)) from None
    faults = [*head_faults(recipe.heads), *(conflicts(recipe) if isinstance(recipe, NetworkRecipe) else ())]
    if faults:
        raise RecipeError("\n".join(f"{path}: {message}" for message in faults))
    return recipe


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RecipeError(
            f"{path}: {error.strerror}; name a file, or a shipped recipe: {', '.join(recipes())}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not TOML ({error}); see {recipes()['linear']}") from None


def varied(recipe: Recipe, *, train_fraction: float | None = None, seed: int | None = None) -> Recipe:
    """Return `recipe` with another fraction of the training rows, another seed, or both.

    Raises RecipeError if the fraction is out of range.
    """
    if train_fraction is not None and not 0 < train_fraction <= 1:
        raise RecipeError(f"train_fraction {train_fraction} is out of range; give more than 0 and at most 1")
    if seed is not None:
        recipe = replace(recipe, seed=seed)
    if train_fraction is None:
        return recipe
    if isinstance(recipe, LinearRecipe):
        return replace(recipe, regression=replace(recipe.regression, train_fraction=train_fraction))
    return replace(recipe, optimisation=replace(recipe.optimisation, train_fraction=train_fraction))
