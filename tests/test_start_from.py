"""Trainings that start from a model, and settings on the command line."""

import csv
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import hedgerow
from hedgerow import RecipeError
from hedgerow.cli.app import run_command
from hedgerow.cli.train import app
from hedgerow.predictors.folder import recipes
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.network.module import TrainingHead
from hedgerow.training.network.rebuilding import describe_heads, rebuild
from hedgerow.training.recipe import NetworkRecipe, find_recipe, read_recipe
from hedgerow.training.settings import parse_settings
from tests.conftest import SENTENCES, rows, write_network_recipe

pytestmark = pytest.mark.slow

OWN_HEAD = {"name": "mood", "kind": "label", "labels": ["dry", "wet"]}
HEADS = [{"name": "certainty", "kind": "label"}, {"name": "stance", "kind": "label"}, {"name": "spans", "kind": "span"}]


def own_rows(folder: Path) -> Path:
    path = folder / "moods.jsonl"
    lines = [
        {"id": str(at), "text": f"A {mood} day in May {at}.", "mood": mood}
        for at, mood in enumerate(["dry", "wet"] * 4)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def started(tiny_network: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """A network that started from the tiny one, with a head of its own, retention and replay."""
    folder = tmp_path_factory.mktemp("started")
    recipe = write_network_recipe(folder)
    (folder / "old.jsonl").write_text(
        rows("old", [(f"Again: {text}", certainty, stance) for text, certainty, stance in SENTENCES]), "utf-8"
    )
    settings = parse_settings(
        [
            "optimisation.epochs=1",
            "optimisation.encoder_lr=1e-9",
            "heads.certainty.weight=2",
            f"corpora.auxiliary=[{{file='{own_rows(folder).name}', reader='plain'}}]",
            "retention.weight=2.0",
            "replay={corpora=['old.jsonl'], share=0.4}",
        ]
    )
    settings["heads"] = [*HEADS[:2], {"name": "spans", "kind": "span", "labels": ["modal"]}, OWN_HEAD]
    messages: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("hedgerow")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    train_model(recipe, folder / "model", TrainingInputs(start_from=str(tiny_network), settings=settings))
    logger.removeHandler(handler)
    return {"folder": folder, "messages": messages}


def test_heads_go_on_begin_fresh_or_are_left_out_and_the_log_says_which(started: Mapping[str, Any]) -> None:
    assert (
        "heads of model: kept: certainty, stance; new: mood; new, because the labels are others: spans"
        in started["messages"]
    )
    old, other = TrainingHead("stance", "label", ("a", "b")), TrainingHead("stance", "label", ("a", "c"))
    assert describe_heads([old], [other]) == "new, because the labels are others: stance"
    assert describe_heads([old], []) == "left out: stance"


def test_the_encoder_of_the_start_is_the_result_if_nothing_is_learnt(
    started: Mapping[str, Any], tiny_network: Path
) -> None:
    before, after = rebuild(tiny_network).state_dict(), rebuild(started["folder"] / "model").state_dict()
    encoder = [name for name in before if name.startswith("encoder.")]
    assert max(float((after[name] - before[name]).abs().max()) for name in encoder) < 0.01  # 8 bits
    (prediction,) = hedgerow.load(started["folder"] / "model").predict(["A wet day."])
    assert set(prediction.other_scores["mood"]) == {"dry", "wet"}


def test_the_run_replays_a_share_of_the_rows_and_retains_what_has_no_label(started: Mapping[str, Any]) -> None:
    # 17 labelled rows and 8 of its own: 40 % of 25 are replayed.
    assert "replaying 10 of 17 rows" in started["messages"]
    assert "retention: model learns certainty, stance from its own answers too" in started["messages"]


def test_the_recipe_of_the_model_has_the_settings_of_the_command_line_and_no_path(started: Mapping[str, Any]) -> None:
    text = (started["folder"] / "model" / "recipe.toml").read_text("utf-8")
    assert 'start_from = "model"\n' in text
    assert "backbone" not in text
    assert "epochs = 1\n" in text
    assert str(started["folder"]) not in text
    recipe = read_recipe(started["folder"] / "model" / "recipe.toml")
    assert isinstance(recipe, NetworkRecipe)
    assert recipe.retention is not None
    assert (recipe.optimisation.epochs, recipe.retention.weight) == (1, 2.0)


def test_losses_and_scores_are_a_table_too(tiny_network: Path) -> None:
    run = tiny_network.with_name("model.run")
    with (run / "history.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    epochs = json.loads((run / "history.json").read_text("utf-8"))["epochs"]
    assert [(row["step"], float(row["loss"]), float(row["dev_score"])) for row in table] == [
        (str(epoch["step"]), epoch["loss"], epoch["scores"]["score"]) for epoch in epochs
    ]
    columns = ["step", "epoch", "loss", "learning_rate", "dev_certainty", "dev_stance", "dev_spans", "dev_score"]
    assert list(table[0]) == columns


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("epochs=3", "unknown setting 'epochs' = 3; did you mean 'optimisation.epochs'?"),
        ("optimisation.patiense=3", "unknown setting 'optimisation.patiense' = 3; did you mean 'patience'?"),
        ("optimisation.epochs=many", "setting 'optimisation.epochs' = 'many': give a whole number, without quotes"),
        ("optimisation.bfloat16=True", "setting 'optimisation.bfloat16' = 'True': give true or false, without quotes"),
        ("optimisation.epochs=2\nseed=1", "setting 'optimisation.epochs' = '2\\nseed=1': give a whole number"),
        ("heads.mood.weight=2", "--set heads.mood.weight: there is no 'mood'; there are certainty, stance, spans"),
        ("seed.first=2", "--set seed.first=2: 'seed' is 13, which has no settings"),
        ("start_from=", "give one of 'start_from' (a trained model), 'backbone'"),
        ("export.weights=integer", "setting 'export.weights' = 'integer' needs [export.quantisation]"),
        ("start_from=linear", "a linear model has no network to rebuild; name a network's folder"),
        ("start_from=bsae", "setting 'start_from' = 'bsae': "),
        ("backbone=no/encoder", "[retention] keeps what a model knows, and needs 'start_from'; name a model (--from)"),
        ("optimisation.epochs", "--set optimisation.epochs: not NAME=VALUE"),
    ],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, message: str
) -> None:
    for name in ("train", "dev"):
        texts = [(f"{text} {name}", certainty, stance) for text, certainty, stance in SENTENCES]
        (tmp_path / f"{name}.jsonl").write_text(rows(name, texts), "utf-8")
    files = ["--corpus", str(tmp_path / "train.jsonl"), "--dev", str(tmp_path / "dev.jsonl")]
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SystemExit) as stop:
        run_command(
            lambda: app(
                ["finetune", *files, "--out", str(tmp_path / "model"), "--set", setting], standalone_mode=False
            ),
            program="hedgerow train",
        )
    assert stop.value.code == 2
    (line,) = (line for line in capsys.readouterr().err.splitlines() if line.startswith("hedgerow train: "))
    assert message in line
    assert sorted(tmp_path.iterdir()) == before


def test_a_value_is_toml_or_text() -> None:
    assert parse_settings(["a=3", "b.c=1e-4", "d=[1, 'x']", "e=base", "f=\"3\"", "a=true", "g = x=y"]) == {
        "a": True, "b.c": 1e-4, "d": [1, "x"], "e": "base", "f": "3", "g": "x=y",
    }  # fmt: skip


def test_a_shipped_recipe_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"base", "finetune", "linear", "small"} <= recipes().keys()
    monkeypatch.chdir(tmp_path)
    assert find_recipe(Path("finetune")) == recipes()["finetune"]
    (tmp_path / "finetune").write_text("", "utf-8")
    assert find_recipe(Path("finetune")) == Path("finetune")
    with pytest.raises(RecipeError, match=r"mine\.toml: No such file or directory; name a file, or a shipped recipe: "):
        read_recipe(Path("mine.toml"))
