"""The experiment on picking: labels needed come from the mean curves, rounds grow as they say, the page is rendered."""

from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.components.picking_curves import summary_of
from evaluation.components.picking_page import page_of
from evaluation.components.picking_rounds import OF_BASE, WAYS, Pool, curve
from hedgerow.report import Plot, Report, page_files
from hedgerow.training.recipe import LinearRecipe, read_recipe

pytestmark = pytest.mark.slow

HEDGES = {"may": "open", "will": "closed", "did": "closed", "might": "open"}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def pool() -> Pool:
    """Texts that share nothing but their verb, so that none is nearly another."""
    verbs = list(HEDGES)
    texts = [
        f"{first}{second}ol {verbs[at % 4]} {second}{first}t {first}{second}m {second}{first}k"
        for at, (first, second) in enumerate((a, b) for a in LETTERS for b in LETTERS[:8])
    ]
    labels = [HEDGES[text.split()[1]] for text in texts]
    shipped = [{"certainty": {"certain": at / len(texts), "possible": 1 - at / len(texts)}} for at in range(len(texts))]
    return Pool(Path("pool.jsonl"), texts, labels, shipped)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_adds_labels_from_the_same_start(recipe: Path, way: str) -> None:
    settings = read_recipe(recipe)
    assert isinstance(settings, LinearRecipe)
    points = list(curve(pool(), settings, way, 13, (20, 90)))
    assert [point["labels"] for point in points] == [50, 70, 90]
    assert points[0] == next(curve(pool(), settings, WAYS[0], 13, (20, 90)))
    assert all(0 < point["macro_f1"] <= 1 for point in points)


def scores_to_points(way: str, seed: int, scores: list[float]) -> list[dict[str, object]]:
    return [
        {"way": way, "seed": seed, "labels": 50 * at, "macro_f1": score} for at, score in enumerate(scores, start=1)
    ]


def test_labels_needed_are_where_the_mean_curve_reaches_the_last_score_of_random() -> None:
    points = []
    for seed in (1, 2):
        points += scores_to_points("random", seed, [0.4, 0.5, 0.6])
        points += scores_to_points("margin", seed, [0.4, 0.7, 0.8])
        points += scores_to_points(OF_BASE, seed, [0.4, 0.45, 0.5])
    found = summary_of(points)
    assert found["target"] == 0.6
    ways = {row["way"]: row for row in found["ways"]}
    assert [ways[way]["needed"] for way in ("random", "margin", OF_BASE)] == [150, 83, None]
    assert ways["margin"]["gain"] == pytest.approx(0.4 / 3, abs=1e-4)
    labels = [{"name": "at most 2", "rows": 4}, {"name": "3", "rows": 5}]
    one = {"name": "Mine & yours", "rows": 9, "labels": labels, "step": 50, "budget": 150, "points": points, **found}
    page = page_of(replace(Report.begin("picking", "c"), figures={"start": 50, "pools": [one]}))
    files = page_files(page)
    assert set(files) == {"report.md", "report.html", "curve-mine-yours.svg"}
    assert "| margin | 83 [83, 83] | +0.133 ± 0.000 | 0.800 |" in files["report.md"]
    assert "| margin of base | over 150 [over 150, over 150] |" in files["report.md"]
    assert "9 rows; labels: at most 2 (4), 3 (5). 50 rows a round." in files["report.md"]
    assert "| 100 | 0.500 | 0.700 | 0.450 |" in files["report.md"]
    assert "<td>83 [83, 83]</td>" in files["report.html"].replace(' class="number"', "")
    chart = page.figures()["curve-mine-yours.svg"].chart
    assert isinstance(chart, Plot)
    assert [(one.name, one.line) for one in chart.series] == [
        ("random", "dashed"),
        ("margin", "solid"),
        (OF_BASE, "solid"),
    ]
    assert [(point.x, round(point.y, 3)) for point in chart.series[1].points] == [(50, 0.4), (100, 0.7), (150, 0.8)]
    assert (chart.y.low, chart.y.high) == (0.4, 0.8)
