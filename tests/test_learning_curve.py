"""Learning curves: fractions are whole groups, what was trained is kept, the page has a figure a part."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluation.learning_curve import main, runs
from evaluation.learning_curve_page import page_of
from evaluation.render import render
from hedgerow import Certainty, RecipeError, Stance, corpus
from hedgerow.labels import Example
from hedgerow.report import Plot, Report, page_files
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
    report = Report.read(out / "report.json")
    assert (report.kind, report.files) == ("learning_curve", ("curve-dev.svg", "curve-other.svg"))
    dev, limited_part = report.figures["parts"]
    assert [(point["train_fraction"], point["sentences"]) for point in dev["points"]] == [(0.9, 15), (1.0, 17)]
    assert (dev["name"], limited_part["name"]) == ("dev", "other")
    assert "dev, certainty: no forecast: 2 sizes of training data are too few" in first.out
    page = (out / "report.md").read_text("utf-8")
    assert "![macro-F1 by labelled sentences, measured on other](curve-other.svg)" in page
    assert "- No forecast for certainty: " in page
    assert sorted(path.name for path in run.iterdir()) == ["fraction-0.9-seed-13", "fraction-1-seed-13"]
    (run / "fraction-1-seed-13" / "weights.npz").unlink()  # as if it had been killed there
    assert main([*command, "--out", str(out)]) == 0
    again = capsys.readouterr()
    assert "fraction-0.9" not in again.err
    assert "training fraction-1-seed-13" in again.err
    assert Report.read(out / "report.json").figures == report.figures
    assert render(out) == {name: (out / name).read_text("utf-8") for name in page_names(out)}


def page_names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()} - {"report.json"}


def training(share: float, seed: int, value: float) -> dict[str, Any]:
    score = {"value": value, "low": value - 0.1, "high": value + 0.1}
    scores = {"certainty": score, "mood": score, "spans": {"value": 0.5}}
    return {"train_fraction": share, "seed": seed, "sentences": round(2000 * share) + seed, "scores": scores}


def test_every_part_has_a_figure_with_its_points_its_mean_and_its_forecast() -> None:
    points = [training(share, seed, 0.5 + 0.3 * share + 0.01 * seed) for share in (0.5, 1.0) for seed in (1, 3)]
    now = {"value": 0.8, "low": 0.79, "high": 0.81}
    found = {"largest": 2003, "more": 500, "now": now, "then": now, "gain": now, "scatter": 0.01, "backtest": None}
    forecasts = {"certainty": found, "mood": {"refused": "too few", "backtest": None}}
    parts = [{"name": name, "points": points, "forecasts": forecasts} for name in ("New Sources", "new/sources")]
    recipe = {"file": "own/recipe.toml", "sha256": "0" * 64, "kind": "linear"}
    report = replace(Report.begin("learning_curve", "c"), figures={"recipe": recipe, "parts": parts})
    page = page_of(report)
    assert list(page.figures()) == ["curve-new-sources.svg", "curve-new-sources-2.svg"]
    chart = page.figures()["curve-new-sources.svg"].chart
    assert isinstance(chart, Plot)
    dots, means, ahead = chart.series[:3]
    assert [(point.x, point.y) for point in dots.points] == [
        (point["sentences"], point["scores"]["certainty"]["value"]) for point in points
    ]
    assert [(point.x, round(point.y, 3)) for point in means.points] == [(1002, 0.67), (2002, 0.82)]
    assert ([point.x for point in ahead.points], ahead.line) == ([2003, 2503], "dashed")
    assert [one.name for one in chart.series if one.name] == ["certainty", "mood"]
    assert (chart.x.high, chart.y.low, chart.y.high) == (2503, 0.5, 1)
    markdown, html = page_files(page)["report.md"], page_files(page)["report.html"]
    assert "| 1 | 2,002 | mean | 0.820 | 0.820 | 0.500 |" in markdown
    assert markdown.count("A power law") == 1
    assert "measured on new/sources; the forecast is dashed" in html


def test_a_part_without_label_heads_has_no_figure() -> None:
    points = [{"train_fraction": 1.0, "seed": 1, "sentences": 9, "scores": {"claims": {"value": 0.25}}}]
    recipe = {"file": "own/recipe.toml", "sha256": "0" * 64, "kind": "network"}
    figures = {"recipe": recipe, "parts": [{"name": "dev", "points": points, "forecasts": {}}]}
    page = page_of(replace(Report.begin("learning_curve", "c"), figures=figures))
    assert not page.figures()
    assert "| fraction | sentences | seed | claims F1 |" in page_files(page)["report.md"]


@pytest.mark.parametrize("fraction", ["0", "1.5", "half"])
def test_a_fraction_out_of_range_is_rejected(recipe: Path, fraction: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(recipe), "--fractions", fraction, "--out", "unused"])
    assert stopped.value.code == 2
    assert f"{fraction!r} is not a fraction" in capsys.readouterr().err
