"""Learning curves: fractions are whole groups, what was trained is kept, the plot is the same from the same figures."""

import json
from pathlib import Path

import pytest

from evaluation.curve_plot import draw
from evaluation.learning_curve import main, runs
from hedgerow import Certainty, RecipeError, Stance, corpus
from hedgerow.labels import Example
from hedgerow.training.recipe import NetworkRecipe, read_recipe, varied

pytestmark = pytest.mark.slow


def example(number: int) -> Example:
    return Example(str(number), f"Row {number}.", Certainty.CERTAIN, Stance.ASSERTED, group=f"g{number // 3}")


ROWS = [example(number) for number in range(30)]


def test_a_share_is_whole_groups_in_order_and_contains_smaller_ones() -> None:
    half, most = (corpus.sample(ROWS, part, seed=1) for part in (0.5, 0.8))
    assert [len(half), len(most)] == [15, 24]
    assert {row.id for row in half} < {row.id for row in most}
    assert [int(row.id) for row in half] == sorted(int(row.id) for row in half)
    groups = {row.group for row in half}
    assert all((row in half) == (row.group in groups) for row in ROWS)
    assert corpus.sample(ROWS, 1.0, seed=1) == ROWS
    assert corpus.sample(ROWS, 0.5, seed=2) != half


def test_a_recipe_with_another_share_or_seed_is_otherwise_the_same(recipe: Path) -> None:
    read = read_recipe(recipe)
    less = varied(read, train_fraction=0.5, seed=7)
    assert (less.train_fraction, less.seed, read.train_fraction, read.seed) == (0.5, 7, 1.0, 13)
    assert varied(less, train_fraction=1.0, seed=13) == read
    with pytest.raises(RecipeError, match=r"train_fraction 1\.5"):
        varied(read, train_fraction=1.5)


def test_a_network_too_learns_from_a_fraction_of_the_labels(network_recipe: Path) -> None:
    recipe = varied(read_recipe(network_recipe), train_fraction=0.5, seed=7)
    assert isinstance(recipe, NetworkRecipe)
    rows = corpus.load([network_recipe.parent / "train.jsonl"])
    assert len(corpus.sample(rows, recipe.train_fraction, seed=recipe.seed)) == 8  # of 17


def test_all_labels_make_one_linear_model_whatever_the_seed(recipe: Path) -> None:
    assert runs(read_recipe(recipe), [1.0, 0.5], [1, 2]) == [(0.5, 1), (0.5, 2), (1.0, 1)]


def test_a_curve_is_measured_written_and_resumed(
    recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, run = tmp_path / "r", tmp_path / "r.run"
    other = f"other={recipe.parent / 'dev.jsonl'}"
    limited = ["--measure", other, "--where", "other:certainty=certain"]
    command = [str(recipe), "--fractions", "0.9", "1", *limited]
    assert main([*command, "--out", str(out)]) == 0
    first = capsys.readouterr()
    assert "training fraction-0.9-seed-13" in first.err
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert [(point["train_fraction"], point["sentences"]) for point in report["points"]] == [(0.9, 15), (1.0, 17)]
    assert set(report["points"][0]["scores"]) == {"dev", "other"}
    assert "![macro-F1 by sentences](curve.svg)" in (out / "report.md").read_text("utf-8")
    assert sorted(path.name for path in run.iterdir()) == ["fraction-0.9-seed-13", "fraction-1-seed-13"]
    (run / "fraction-1-seed-13" / "weights.npz").unlink()  # as if it had been killed there
    assert main([*command, "--out", str(out)]) == 0
    again = capsys.readouterr()
    assert "fraction-0.9" not in again.err
    assert "training fraction-1-seed-13" in again.err
    assert json.loads((out / "report.json").read_text("utf-8"))["points"] == report["points"]


def test_the_plot_has_a_panel_a_part_and_no_date() -> None:
    score = {"value": 0.5, "low": 0.4, "high": 0.6}
    scores = {name: {"certainty": score, "stance": score, "spans": 0.5} for name in ("dev", "real-dev")}
    points = [
        {"train_fraction": share, "seed": 1, "sentences": n, "scores": scores} for share, n in ((0.5, 10), (1.0, 20))
    ]
    refused = {name: {axis: {"refused": "too few"} for axis in ("certainty", "stance")} for name in scores}
    plot = draw(points, refused)
    assert "measured on real-dev" in plot
    assert plot == draw(points, refused)
    assert "<dc:date>" not in plot


@pytest.mark.parametrize("fraction", ["0", "1.5", "half"])
def test_a_fraction_out_of_range_is_rejected(recipe: Path, fraction: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(recipe), "--fractions", fraction, "--out", "unused"])
    assert stopped.value.code == 2
    assert f"{fraction!r} is not a fraction" in capsys.readouterr().err
