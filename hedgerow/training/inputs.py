"""The files of a training run, and the labelled rows in them: each file is loaded once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hedgerow import corpus
from hedgerow.corpus import CorpusPart
from hedgerow.corpus.checking import reject
from hedgerow.corpus.duplicates import RUN, find_near_duplicates
from hedgerow.corpus.rows import RowError
from hedgerow.errors import InputError, RecipeError
from hedgerow.head import CODEBOOK_HEADS, Head
from hedgerow.io.plural import count
from hedgerow.labels import Example, labelled_axes
from hedgerow.predictors.folder import recipes, shipped
from hedgerow.training.copies import warn_contradictions
from hedgerow.training.heads import NO_AXIS, coverage_faults, to_heads
from hedgerow.training.processes import is_first_process
from hedgerow.training.reading import AuxiliaryFile, HeldOut, Reading, read_auxiliary, warn_unmeasured
from hedgerow.training.recipe import NetworkRecipe, Recipe
from hedgerow.training.start import fresh_heads

logger = logging.getLogger(__name__)

DEV = "dev"  # the name of the recipe's files to measure on


@dataclass(frozen=True, slots=True)
class TrainingInputs:
    """The files that a user names beside the recipe, and the settings that replace the recipe's.

    `corpora` replace the recipe's training files, and `dev` those that choose the epoch. `measure` are parts to measure
    on, by name, as well as on dev. `teachers` are trained networks to distil from, or files of their scores. `texts`
    are unlabelled files for them to score, and for quantisation-aware training. `start_from` is the name of a shipped
    model or a model folder. `settings` are values by name, such as `optimisation.epochs`. `heads` are fields of the
    training rows that are heads of the user's own, beside the recipe's; their labels are those that occur.
    """

    corpora: Sequence[Path] = ()
    measure: Mapping[str, CorpusPart] = field(default_factory=dict)
    teachers: Sequence[Path] = ()
    texts: Sequence[Path] = ()
    dev: Sequence[Path] = ()
    start_from: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    heads: Sequence[str] = ()

    def all_settings(self) -> dict[str, Any]:
        """Return `settings` with `start_from`, a folder as its whole path."""
        if not self.start_from:
            return dict(self.settings)
        known = self.start_from in shipped()
        return {**self.settings, "start_from": self.start_from if known else str(Path(self.start_from).resolve())}


@dataclass(frozen=True, slots=True)
class TrainingFiles:
    """Every file of a training run, with the paths of the recipe resolved from its folder.

    `auxiliary` are corpora with labels of their own. `replay` are corpora to draw
    rows from that are trained on again.
    """

    recipe: Path
    train: Sequence[Path]
    dev: Sequence[Path]
    measure: Mapping[str, CorpusPart]
    auxiliary: Sequence[AuxiliaryFile]
    teachers: Sequence[Path]
    texts: Sequence[Path]
    replay: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class LabelledData:
    """The labelled rows of a run.

    `train` is the fraction of `labelled`, the rows of the training files, that the recipe takes. `held_out` are the
    rows to measure on: "dev", and the parts that are measured, by name. `near_duplicates` counts, by name, the held-out
    rows that share a run of words with a training row. `auxiliary` are the rows of auxiliary corpora. Labels of the
    user's own heads are those of the heads, as text.
    """

    labelled: Sequence[Example]
    train: Sequence[Example]
    held_out: HeldOut
    near_duplicates: Mapping[str, int] = field(default_factory=dict)
    auxiliary: Sequence[Example] = ()


def resolve_files(recipe: Recipe, recipe_file: Path, inputs: TrainingInputs) -> TrainingFiles:
    """Return the files to train `recipe` on.

    Raises RecipeError if teachers and texts do not fit the recipe, InputError if a measured part is called "dev".
    """
    if DEV in inputs.measure:
        raise InputError(
            f"--measure {DEV}=FILE: {DEV!r} is the part that chooses the epoch; name its files with --dev, or give "
            "these another name"
        )
    is_integer = isinstance(recipe, NetworkRecipe) and recipe.export.weights == "integer"
    if is_integer and not inputs.texts:
        raise RecipeError(
            f"{recipe_file}: setting 'export.weights' = 'integer' needs unlabelled texts; name their files (--texts),"
            " or say '8-bit' and leave out 'export.quantisation'"
        )
    if inputs.texts and not inputs.teachers and not is_integer:
        raise RecipeError("there are unlabelled texts but no teacher to score them; name its folder (--teacher)")
    if inputs.teachers and not (isinstance(recipe, NetworkRecipe) and recipe.distillation):
        raise RecipeError("no setting 'distillation', and there are teachers; add its temperature and weight")
    auxiliary = recipe.corpora.auxiliary if isinstance(recipe, NetworkRecipe) else ()
    replay = recipe.replay.corpora if isinstance(recipe, NetworkRecipe) and recipe.replay else ()
    return TrainingFiles(
        recipe=recipe_file,
        train=list(inputs.corpora) or _named(recipe.corpora.train, recipe_file, "--corpus", "to train on"),
        dev=list(inputs.dev) or _named(recipe.corpora.dev, recipe_file, "--dev", "to measure on"),
        measure=inputs.measure,
        auxiliary=[
            AuxiliaryFile(
                _resolve(part.file, recipe_file), part.reader, [_resolve(name, recipe_file) for name in part.dev]
            )
            for part in auxiliary
        ],
        teachers=inputs.teachers,
        texts=inputs.texts,
        replay=[_resolve(name, recipe_file) for name in replay],
    )


def _named(names: Sequence[str], recipe_file: Path, option: str, purpose: str) -> list[Path]:
    """Return the files that a recipe names. Raises InputError if a shipped recipe's are not here: name others."""
    files = [_resolve(name, recipe_file) for name in names]
    if recipe_file in recipes().values() and not all(map(Path.is_file, files)):
        split = "; hedgerow corpus split makes one" if option == "--dev" else ""
        raise InputError(f"no {option}: name labelled files {purpose}{split}")
    return files


def _resolve(name: str, recipe_file: Path) -> Path:
    return (recipe_file.parent / name).resolve()


def load_labelled(recipe: Recipe, files: TrainingFiles) -> LabelledData:
    """Return the labelled rows of `files`.

    Near duplicates in held-out data are counted and stay: most are phrases that news repeats. Raises CorpusError that
    lists the faults of all files: invalid rows, unknown labels, a text or group of the training data in the held-out
    data, a label without a training row, parts with too few rows.
    """
    heads = to_heads(recipe.heads)
    reading = Reading(heads or CODEBOOK_HEADS)
    labelled = reading.corpus(files.train)
    train = corpus.sample(labelled, recipe.train_fraction, seed=recipe.seed)
    dev = reading.corpus(files.dev)
    dev += [example for file in files.auxiliary for example in reading.auxiliary_dev(file)]
    held_out = {DEV: dev} | {name: reading.part(part) for name, part in files.measure.items()}
    auxiliary = read_auxiliary(reading, files.auxiliary, held_out)
    if labelled and not heads and not labelled_axes(labelled):
        reading.fault(", ".join(map(str, files.train)), "no row is labelled on certainty or stance", NO_AXIS)
    reading.check_leaks(train, held_out)
    reading.check_parts(held_out, _calibration_part(recipe, held_out))
    if not reading.errors:  # rows that cannot be read have no labels to count
        source = ", ".join(map(str, [*files.train, *(file.path for file in files.auxiliary)]))
        for fault in coverage_faults([*train, *auxiliary], _untrained(recipe, files, heads or _axis_heads(train))):
            reading.fault(source, *fault)
    reject(reading.errors)
    if is_first_process():
        warn_unmeasured(heads, dev, DEV)
        warn_contradictions([*train, *auxiliary], reading.heads)
    return LabelledData(labelled, train, held_out, _count_near_duplicates(train, held_out), auxiliary)


def _untrained(recipe: Recipe, files: TrainingFiles, heads: Sequence[Head]) -> list[Head]:
    """Return the heads that need an example of each label: those that do not go on from a trained model."""
    return fresh_heads(recipe, files.recipe.parent, heads) if isinstance(recipe, NetworkRecipe) else list(heads)


def _axis_heads(examples: Sequence[Example]) -> list[Head]:
    """Return the heads of a linear recipe that names none: the axes that rows are labelled on."""
    axes = labelled_axes(examples)
    return [head for head in CODEBOOK_HEADS if head.name in axes]


def _calibration_part(recipe: Recipe, held_out: HeldOut) -> str | None:
    """Return the part to fit a network's temperatures on; None for a linear model."""
    return calibration_part(recipe, held_out) if isinstance(recipe, NetworkRecipe) else None


def calibration_part(recipe: NetworkRecipe, held_out: HeldOut) -> str:
    """Return the first name in the recipe's `calibrate_on` that is measured. Raises RecipeError if none is."""
    for name in recipe.calibrate_on:
        if name in held_out:
            return name
    known = ", ".join(map(repr, held_out))
    raise RecipeError(
        f"setting 'calibrate_on' = {list(recipe.calibrate_on)}; measured are {known} (--measure NAME=FILE)"
    )


def _count_near_duplicates(train: Sequence[Example], held_out: Mapping[str, Sequence[Example]]) -> dict[str, int]:
    """Return the number of near duplicates by name, and warn of those there are."""
    counts = {}
    for name, pairs in find_near_duplicates(train, held_out).items():
        counts[name] = len(pairs)
        if pairs and is_first_process():
            row, trained = pairs[0]
            verb = "shares" if len(pairs) == 1 else "share"
            shared = (
                f"{count(len(pairs), 'row')} of {len(held_out[name]):,} {verb} {RUN} words in a row with training data"
            )
            logger.warning("%s: %s, such as %r with %r; they are measured too", name, shared, row.id, trained.id)
    return counts


def reject_missing_labels(examples: Sequence[Example], source: str) -> None:
    """Raise CorpusError if a label of an axis that rows are labelled on has no example; `source` names the rows."""
    reject([RowError(source, 0, *fault) for fault in coverage_faults(examples, _axis_heads(examples))])
