"""Throughput: ways take turns on their cores, peers learn the same labels, and the page says what was measured."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from evaluation import parts
from evaluation.render import render
from evaluation.speed import throughput
from evaluation.speed.accuracy import accuracy
from evaluation.speed.frontier_section import frontier
from evaluation.speed.peers import train_peers
from evaluation.speed.static_embeddings import piece_ids, piece_weights, reduced, train_static
from evaluation.speed.throughput_page import page_of
from evaluation.speed.timing import Timing, Way, on_cores, take_turns
from hedgerow.corpus.selecting import CorpusPart
from hedgerow.labels import Certainty, Example, Stance
from hedgerow.report import Figure, Page, Plot, Report, to_markdown
from hedgerow.report.machine import this_machine, usable_cores
from hedgerow.report.text_width import text_width

pytestmark = pytest.mark.slow

KINDS = [
    ("The bridge opened on Monday.", Certainty.CERTAIN, Stance.ASSERTED),
    ("Perhaps the bridge may close.", Certainty.POSSIBLE, Stance.ASSERTED),
    ("She said that the river rose.", Certainty.CERTAIN, Stance.ATTRIBUTED),
    ("He claims that it might rain.", Certainty.POSSIBLE, Stance.DISTANCED),
]
LABELLED = [Example(f"{at}", *KINDS[at % 4]) for at in range(1920)]


def test_ways_take_turns_and_a_ratio_is_of_one_round() -> None:
    called: list[tuple[str, int]] = []

    def way(name: str) -> Way:
        return Way(name, 1, lambda texts: called.append((name, len(texts))))

    timings = take_turns([way("a"), way("b")], ["It rains."] * 40, rounds=2)
    assert called == [("a", 16), ("b", 16), *[("a", 40), ("b", 40)] * 2]
    assert [(timing.texts, len(timing.seconds)) for timing in timings] == [(40, 2), (40, 2)]
    fast, slow = Timing(way("a"), 10, [1.0, 2.0, 1.0]), Timing(way("b"), 10, [3.0, 4.0, 5.0])
    assert fast.times(slow) == [3.0, 2.0, 5.0]
    assert (fast.rate, slow.rate) == (10, 2.5)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux can keep a process on some cores")
def test_all_threads_are_kept_on_the_cores_and_have_all_of_them_again() -> None:
    whole = os.sched_getaffinity(0)
    asked, done, seen = threading.Event(), threading.Event(), []

    def look() -> None:
        asked.wait()
        seen.append(os.sched_getaffinity(0))
        done.set()

    thread = threading.Thread(target=look)
    thread.start()
    with on_cores(1):
        asked.set()
        done.wait()
        assert os.sched_getaffinity(0) == {min(whole)}
    thread.join()
    assert seen == [{min(whole)}]
    assert os.sched_getaffinity(0) == whole


def test_a_machine_says_whether_it_has_integer_products_and_what_it_had_to_do() -> None:
    machine = replace(this_machine(), load_before=0.1, load_after=1.2)
    with_vnni = str(replace(machine, integer_products=("avx512_vnni",)))
    assert "(avx512_vnni)" in with_vnni
    assert with_vnni.endswith("load before 0.1, load after 1.2")
    assert "no instructions for integer products" in str(replace(machine, integer_products=()))
    assert "integer products" not in str(replace(machine, integer_products=None))


@pytest.fixture(scope="module")
def encoder(tiny_network: Path) -> Path:
    return tiny_network.parent / "encoder"


def test_peers_learn_the_labels_of_both_axes(encoder: Path) -> None:
    texts = [text for text, *_ in KINDS]
    for peer in train_peers(LABELLED, encoder):
        labels = peer.label(texts)
        assert labels["certainty"] == [str(certainty) for _, certainty, _ in KINDS], peer.name
        assert labels["stance"] == [str(stance) for *_, stance in KINDS], peer.name


def test_a_text_has_the_mean_of_its_pieces_and_one_without_any_has_zeros(encoder: Path) -> None:
    classifier = train_static(LABELLED[:8], encoder, seed=1)
    text = KINDS[0][0]
    (ids,) = piece_ids(classifier.tokenizer, [text])
    mean, empty = classifier.embed([text, ""])
    assert np.allclose(mean, classifier.vectors[ids].mean(axis=0), atol=1e-6)
    assert not empty.any()
    assert np.array_equal(train_static(LABELLED[:8], encoder, seed=1).vectors, classifier.vectors)


def test_vectors_are_reduced_as_scikit_learn_does_and_frequent_pieces_weigh_less() -> None:
    from sklearn.decomposition import PCA

    vectors = np.random.default_rng(1).normal(size=(40, 6)).astype(np.float32)
    assert np.allclose(np.abs(reduced(vectors, 3)), np.abs(PCA(3).fit_transform(vectors)), atol=1e-4)
    weights = piece_weights(1000)
    assert (np.diff(weights) > 0).all()
    assert weights[0] < 0.01


def test_accuracy_is_macro_f1_over_all_labels_of_the_codebook() -> None:
    def label(texts: Sequence[str]) -> dict[str, list[str]]:
        return {"certainty": ["certain"] * len(texts), "stance": ["asserted"] * len(texts)}

    figures = accuracy("always", label, LABELLED)
    assert figures["certainty"]["value"] == pytest.approx(2 / 3 / 4, abs=1e-4)  # half are certain; F1 2/3, of 4 labels
    assert figures["stance"]["value"] == pytest.approx(2 / 3 / 5, abs=1e-4)


@pytest.fixture(scope="module")
def report_folder(tiny_network: Path, encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on two models and two peers, with few rows."""
    folder, corpora = tmp_path_factory.mktemp("throughput") / "report", tiny_network.parent
    command = ["--models", "lexicon", str(tiny_network), "--rows", "8", "24", "--rounds", "2"]
    command += ["--encoder", str(encoder), "--train", str(corpora / "train.jsonl")]
    command += ["--part", f"dev={corpora / 'dev.jsonl'}", "--pool", "dev", "--out", str(folder)]
    assert throughput.main(command) == 0
    return folder


def read(folder: Path) -> Report:
    return Report.read(folder / "report.json")


def test_every_model_and_peer_is_measured_on_all_threads_and_rows(report_folder: Path) -> None:
    report = read(report_folder).figures
    threads = [1, 2][: usable_cores()]
    names = ["lexicon", "model", "TF-IDF, logistic regression", "static embeddings, hidden layer"]
    measured = {(row["name"], row["threads"], row["rows"]) for row in report["speeds"]}
    assert measured == {(name, count, rows) for name in names for count in threads for rows in (8, 24)}
    assert [row["kind"] for row in report["speeds"][:: len(threads)][:4]] == ["model", "model", "peer", "peer"]
    assert all(row["times_first"] == [1, 1, 1] for row in report["speeds"] if row["name"] == "lexicon")
    assert [row["name"] for row in report["start"]["first_sentence"]] == names[:2]
    assert [row["name"] for row in report["accuracy"]] == names
    ways = [row["way"] for row in report["pipeline"]][:4]
    assert ways[:2] == ["pipeline, batch 64", "pipeline, batch 1"]
    assert ways[3] == "model, as it comes (batches of like length)"


def test_the_accuracy_is_that_of_the_report_on_parts(report_folder: Path, tiny_network: Path) -> None:
    dev = {"dev": CorpusPart([tiny_network.parent / "dev.jsonl"])}
    expected = parts.measure(["lexicon"], dev, ["dev"]).figures["by_part"][0]
    figures = read(report_folder).figures["accuracy"][0]
    assert {axis: figures[axis] for axis in ("certainty", "stance")} == {
        axis: expected[axis]["macro_f1"] for axis in ("certainty", "stance")
    }


def test_the_pages_and_the_plots_are_those_of_the_figures(report_folder: Path) -> None:
    report = read(report_folder)
    assert report.files == ("frontier-certainty.svg", "frontier-stance.svg")
    rendered = render(report_folder)
    assert set(rendered) == {"report.md", "report.html", *report.files}
    for name, text in rendered.items():
        assert (report_folder / name).read_text("utf-8") == text
    for name in report.files:
        assert ">lexicon</text>" in rendered[name]
        assert f"({name})" in rendered["report.md"]
    for axis, plot in zip(("certainty", "stance"), plots(page_of(report)), strict=True):
        shown = {(point.title.partition(":")[0], point.x, point.y) for one in plot.series for point in one.points}
        expected = frontier(report.figures)
        assert shown == {(one["name"], one["sentences_per_second"], one[axis]["value"]) for one in expected}


def plots(page: Page) -> list[Plot]:
    figures = [part for section in page.sections for part in section.parts if isinstance(part, Figure)]
    return [figure.chart for figure in figures if isinstance(figure.chart, Plot)]


@pytest.mark.parametrize("axis", ["certainty", "stance"])
def test_the_names_on_a_committed_plot_are_inside_it_and_do_not_overlap(axis: str) -> None:
    folder = Path(__file__).parents[1] / "evaluation" / "reports" / "throughput"
    root = ElementTree.fromstring((folder / f"frontier-{axis}.svg").read_text("utf-8"))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    boxes = []
    for text in root.iterfind(".//{*}text[@class='name']"):
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        boxes.append((x, y - 10, x + 1.1 * text_width(text.text or "", 11), y + 2))  # a font may be a little wider
    assert len(boxes) == 8, "two of the six names have two lines"
    assert all(min(box) >= 0 and box[2] <= width and box[3] <= height for box in boxes)
    for one, other in combinations(boxes, 2):
        apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
        assert apart, (one, other)


def test_the_cost_is_computed_from_the_rate_over_the_most_rows(report_folder: Path) -> None:
    report = read(report_folder)
    for row in report.figures["speeds"]:
        row["per_processor_second"] = 1_000 if row["rows"] == 24 else 1
    cost = to_markdown(page_of(report)).split("## The cost of 100,000,000 sentences")[1]
    assert "Computed, not measured" in cost
    assert "| lexicon | 27.8 | 1.39 |" in cost  # 100,000 seconds
    assert "TF-IDF" not in cost


def test_a_page_measured_beside_other_work_says_so(report_folder: Path) -> None:
    report = read(report_folder)
    assert report.machine is not None
    for load, warnings in ((0.1, 0), (2.0, 1)):
        page = page_of(replace(report, machine=replace(report.machine, load_before=load)))
        assert len(page.warnings) == warnings
        assert to_markdown(page).count("The machine was busy") == warnings


def test_a_run_that_would_take_too_long_is_left_out(tmp_path: Path) -> None:
    command = ["--models", "lexicon", "--threads", "1", "--rows", "5", "10", "--rounds", "1", "--longest", "0"]
    assert throughput.main([*command, "--out", str(tmp_path / "report")]) == 0
    figures = read(tmp_path / "report").figures
    assert [row["rows"] for row in figures["speeds"]] == [5]
    assert figures["pipeline"] is None
    assert figures["accuracy"] == []
    written = sorted(path.name for path in (tmp_path / "report").iterdir())
    assert written == ["report.html", "report.json", "report.md"]


def test_two_models_of_one_name_are_wrong_usage(
    tiny_model: Path, tiny_network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert throughput.main(["--models", str(tiny_model), str(tiny_network)]) == 2
    assert "are both called model; rename a folder" in capsys.readouterr().err
