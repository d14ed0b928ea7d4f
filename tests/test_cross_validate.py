"""Cross-validation: groups and copies stay together, finished folds are kept; seeds; a paired test."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from evaluation.cross_validate import main, plan
from evaluation.render import render
from evaluation.seeds import main as seeds_main
from hedgerow import Certainty, CorpusError, Stance, corpus
from hedgerow.labels import Example
from hedgerow.metrics import measures
from hedgerow.training.folds import split_rows
from hedgerow.training.recipe import read_recipe
from tests.html_elements import elements
from tests.test_label_errors import corpus_rows

MODELS = Path(__file__).parents[1] / "model"
pytestmark = pytest.mark.slow


def example(name: str, text: str, group: str, certainty: Certainty = Certainty.CERTAIN) -> Example:
    return Example(name, text, certainty, Stance.ASSERTED, group=group)


def test_groups_and_copies_of_a_text_are_in_one_fold() -> None:
    rows = [example(f"{at}", f"Row {at}.", f"g{at // 2}") for at in range(20)]
    rows += [example("copy", "“ROW 0.”".strip("“”"), "other"), example("more", "Of the same group.", "other")]
    folds = [{rows[at].id for at in judged} for _, judged in split_rows(rows, 3, seed=1)]
    assert sorted(id_ for fold in folds for id_ in fold) == sorted(row.id for row in rows)
    together = next(fold for fold in folds if "0" in fold)
    assert {"0", "1", "copy", "more"} <= together
    with pytest.raises(CorpusError, match="10 groups are too few for 11 folds"):
        list(split_rows(rows, 11, seed=1))


def test_a_network_has_other_rows_to_choose_on_and_none_of_them_are_judged() -> None:
    recipe = read_recipe(MODELS / "small" / "recipe.toml")
    rows = [example(f"{at}", f"Row {at}.", f"g{at // 2}") for at in range(24)]
    folds = plan(recipe, rows, 4, 13)
    for fold in folds:
        assert not {*fold.train} & {*fold.dev}
        assert not ({*fold.train} | {*fold.dev}) & {*fold.judged}
        assert len({*fold.train} | {*fold.dev} | {*fold.judged}) == 24
    assert sorted(at for fold in folds for at in fold.judged) == list(range(24))
    with pytest.raises(CorpusError, match="use 3 or more"):
        plan(recipe, rows, 2, 13)


def test_a_label_that_no_training_row_of_a_fold_has_is_said_before_anything_is_trained(recipe: Path) -> None:
    rows = [example(f"{at}", f"Row {at}.", f"g{at // 2}") for at in range(12)]
    rows.append(example("rare", "It may rain.", "rare", Certainty.POSSIBLE))
    with pytest.raises(CorpusError, match=r"fold \d: no training row is certainty 'possible'; add rows"):
        plan(read_recipe(recipe), rows, 3, 13)


def test_every_row_is_judged_once_and_a_killed_run_goes_on(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps(row) + "\n" for row in corpus_rows()), "utf-8")
    out, run = tmp_path / "r", tmp_path / "r.run"
    command = [str(recipe), "--corpus", str(rows), "--folds", "4", "--out", str(out)]
    assert main(command) == 0
    capsys.readouterr()
    figures = json.loads((out / "report.json").read_text("utf-8"))["figures"]
    pooled = figures["pooled"]["heads"]["certainty"]
    assert sum(map(sum, pooled["confusion"]["counts"])) == figures["rows"] == 64
    assert pooled["macro_f1"]["low"] <= pooled["macro_f1"]["value"] <= pooled["macro_f1"]["high"]
    assert [fold["rows"] for fold in figures["folds"]] == [16] * 4
    train, dev = (corpus.load([run / f"fold-1.{name}.jsonl"]) for name in ("train", "dev"))
    assert not {row.group for row in train} & {row.group for row in dev}
    assert "| mean ± deviation |" in (out / "report.md").read_text("utf-8")
    drawn = [one.attributes.get("class") for one in elements((out / "report.html").read_text("utf-8"))]
    assert (drawn.count("whisker"), drawn.count("cell")) == (4 + 5, 4 * 4 + 5 * 5)
    assert render(out)["report.html"] == (out / "report.html").read_text("utf-8")
    shutil.rmtree(run / "fold-3")  # as if it had been killed there
    assert main(command) == 0
    said = capsys.readouterr().err
    assert "training fold-3" in said
    assert "training fold-2" not in said
    assert json.loads((out / "report.json").read_text("utf-8"))["figures"]["pooled"] == figures["pooled"]


def test_seeds_of_a_network_have_a_mean_and_a_deviation_and_are_kept(
    tiny_network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r"
    for seed in (13, 14):  # as if two seeds had been trained, and the third had been killed
        kept = tmp_path / "r.run" / f"seed-{seed}"
        shutil.copytree(tiny_network, kept)
        manifest = json.loads((kept / "hedgerow.json").read_text("utf-8"))
        manifest["data"]["seed"] = seed
        (kept / "hedgerow.json").write_text(json.dumps(manifest), "utf-8")
    assert seeds_main([str(tiny_network.parent / "recipe.toml"), "--seeds", "2", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert re.match(r"dev: certainty macro-F1 0\.\d+ ± 0\.\d+, stance", said.out)
    assert "training seed" not in said.err
    figures = json.loads((out / "report.json").read_text("utf-8"))["figures"]
    assert [run["seed"] for run in figures["runs"]] == [13, 14]
    (dev,) = figures["runs"][0]["parts"]
    assert (dev["name"], set(dev["heads"])) == ("dev", {"certainty", "stance", "spans"})
    assert "| mean ± deviation | 0." in (out / "report.md").read_text("utf-8")
    assert render(out)["report.md"] == (out / "report.md").read_text("utf-8")


def test_a_linear_recipe_has_no_seeds(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert seeds_main([str(recipe), "--out", str(tmp_path / "r")]) == 2
    assert "the same model with every seed; use evaluation.cross_validate" in capsys.readouterr().err


def test_a_permutation_of_groups_is_exact_on_few_and_knows_no_rows() -> None:
    # Five groups in which the new model is better by one right row each: all signs alike happen in 2 of 32 draws.
    old = np.array([[[1, 1], [0, 0]]] * 5)
    new = np.array([[[2, 0], [0, 0]]] * 5)
    found = measures.permutation_p(new, old, measures.accuracy, seed=1, draws=20_000)
    assert found == pytest.approx(2 / 32, abs=6e-3)
    assert measures.permutation_p(new, new, measures.accuracy, seed=1) == 1
    # The same gain in one group is one observation, however many rows it has.
    one = measures.permutation_p(new.sum(axis=0)[None], old.sum(axis=0)[None], measures.accuracy, seed=1)
    assert one == 1
