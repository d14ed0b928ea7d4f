"""Networks with heads of one's own and no axis: trained, calibrated, measured, loaded, taught."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import hedgerow
from hedgerow import RecipeError
from hedgerow.head import CODEBOOK_HEADS, Head
from hedgerow.predictors.folder import read_manifest
from hedgerow.predictors.network.word_tokenizer import WordTokenizer
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.network.data import build_heads, to_training_row
from hedgerow.training.network.distillation import Teachers, soft_targets
from hedgerow.training.network.module import IGNORED, Network, TrainingHead, ordered_loss
from hedgerow.training.network.rebuilding import rebuild
from hedgerow.training.reading import warn_unmeasured
from hedgerow.training.recipe import NetworkRecipe, read_recipe
from tests.conftest import write_network_recipe
from tests.test_own_heads import GRADE, WEASEL, network_recipe_of, own_rows, write

pytestmark = pytest.mark.slow

FLAG: dict[str, Any] = {"name": "values", "kind": "label", "labels": [True, False]}  # torch has an attribute "values"
TEXT = "The bridge may close again."


class _Words(torch.nn.Module):
    """An encoder that is a table of four numbers a token."""

    def __init__(self) -> None:
        super().__init__()
        self.config = type("Config", (), {"hidden_size": 4})
        self.table = torch.nn.Embedding(9, 4)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> object:
        return type("Output", (), {"last_hidden_state": self.table(input_ids) * attention_mask[..., None]})


def first_word(row: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"start": 0, "end": row["text"].index(" "), "type": kind}


def heads_of(folder: Path, *heads: dict[str, Any]) -> tuple[TrainingHead, ...]:
    recipe = read_recipe(network_recipe_of(folder, list(heads)))
    assert isinstance(recipe, NetworkRecipe)
    return build_heads(recipe.heads)


@pytest.fixture(scope="module")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network with heads of one's own only; each row is labelled on some of them, spans in a corpus beside."""
    folder = tmp_path_factory.mktemp("own")
    write_network_recipe(folder)
    labels = {"values": True, "grade": 1}, {"values": False}, {"grade": "2", "values": None}, {"grade": 3.0}
    write(folder / "train.jsonl", own_rows("train", *labels))
    write(folder / "dev.jsonl", own_rows("dev", *labels, again=" again"))
    for name, again in (("aux", " elsewhere"), ("aux_dev", " at last")):
        rows = [
            row | {"weasels": [first_word(row, WEASEL["labels"][at % 2])] if at % 3 else []}
            for at, row in enumerate(own_rows(name, {}, again=again))
        ]
        write(folder / f"{name}.jsonl", rows)
    auxiliary = '[[corpora.auxiliary]]\nfile = "aux.jsonl"\nreader = "plain"\ndev = ["aux_dev.jsonl"]\n'
    recipe = network_recipe_of(folder, [FLAG, GRADE, WEASEL], auxiliary)
    trained = train_model(recipe, folder / "model", TrainingInputs(settings={"optimisation.epochs": 1}))
    assert trained is not None
    assert list(trained.metrics) == ["sentences", "values", "grade", "weasels"]
    return folder / "model"


def test_own_heads_alone_are_trained_measured_and_calibrated(own_model: Path) -> None:
    metrics = json.loads((own_model / "metrics.json").read_text("utf-8"))["dev"]
    assert metrics["sentences"] == 34
    assert sum(metrics["grade"]["confusion"]["counts"][0]) == 9
    assert metrics["weasels"]["strict"]["support"] == 11
    manifest = read_manifest(own_model)
    assert manifest["labels"] == {}
    assert manifest["heads"][1] | {"temperature": 1} == {
        "name": "grade", "kind": "label", "labels": ["low", "high"], "ordered": True, "temperature": 1,
        "values": {"1": "low", "2": "low", "3": "high"},
    }  # fmt: skip
    calibration = manifest["calibration"]
    assert [calibration[head]["sentences"] for head in ("values", "grade")] == [9, 13]
    assert [head["temperature"] == calibration[head["name"]]["temperature"] for head in manifest["heads"][:2]] == [
        True
    ] * 2
    table = (own_model.with_name("model.run") / "history.csv").read_text("utf-8")
    assert table.splitlines()[0].endswith("dev_values,dev_grade,dev_weasels,dev_score")


def test_a_model_with_own_heads_alone_labels_text(own_model: Path) -> None:
    model = hedgerow.load(own_model)
    assert list(model.heads) == [
        Head("values", "label", ("true", "false")),
        Head("grade", "label", ("low", "high"), True, {"1": "low", "2": "low", "3": "high"}),
        Head("weasels", "span", ("vague", "many")),
    ]
    prediction = model(TEXT)
    assert (prediction.certainty, prediction.stance, prediction.spans) == (None, None, ())
    assert prediction.label_heads == ("values", "grade")
    assert prediction.levels["grade"] == pytest.approx(prediction.scores("grade")["high"])
    row = prediction.to_dict()
    assert list(row) == [
        "start", "end", "text", "values", "values_scores", "grade", "grade_scores", "grade_level", "weasels",
    ]  # fmt: skip


def test_a_teacher_teaches_the_heads_that_it_shares(own_model: Path, tmp_path: Path) -> None:
    heads = heads_of(tmp_path, FLAG, WEASEL, {"name": "stance", "kind": "label"})
    texts = [TEXT, "It could rain tomorrow."]
    encodings = WordTokenizer(["the"]).encode_batch(texts)
    for folder in (own_model, own_model.with_name("model.run") / "network"):
        taught = soft_targets(Teachers([folder], heads, 1.0, tmp_path / "scores"), texts, encodings)
        assert (list(taught.labels), list(taught.tags)) == (["values"], ["weasels"])
    more = (*heads, *heads_of(tmp_path, GRADE))
    again = soft_targets(Teachers([own_model], more, 1.0, tmp_path / "scores"), texts, encodings)
    assert list(again.labels) == ["values", "grade"]  # the cached scores lacked one
    assert np.allclose(again.labels["values"], taught.labels["values"], atol=0.02)
    with pytest.raises(RecipeError, match=r"has no head of the student's.*it has values, grade, weasels"):
        soft_targets(Teachers([own_model], heads[2:], 1.0, tmp_path / "scores"), texts, encodings)


def test_a_head_may_have_some_of_the_types_of_the_codebook(tmp_path: Path) -> None:
    heads = heads_of(tmp_path, {"name": "spans", "kind": "span", "labels": ["modal"]})
    spans = [{"start": 0, "end": 2, "type": kind} for kind in ("modal", "booster")]
    assert to_training_row({"text": "It may.", "spans": spans}, heads).spans == {"spans": ((0, 2, "modal"),)}


def test_a_head_without_dev_rows_is_said_not_to_be_measured(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        warn_unmeasured(CODEBOOK_HEADS[:1], [], "dev")
    assert "dev: no row has 'certainty'; it is not measured" in caplog.text


def test_a_head_may_be_called_like_an_attribute_of_torch(own_model: Path) -> None:
    network = rebuild(own_model)
    assert [name for name in network.outputs.state_dict() if name.endswith("weight")] == [
        "values-.weight", "grade.weight", "weasels.weight",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["training", "_modules", "_buffers", "T_destination", "forward"])
def test_a_head_may_be_called_like_an_attribute_of_a_layer(name: str) -> None:
    network = Network(_Words(), [TrainingHead(name, "label", ("a", "b"))])
    ids = torch.tensor([[1, 2], [3, 4]])
    network(ids, torch.ones_like(ids), **{name: torch.tensor([0, 1])})["loss"].backward()
    assert network.output(name).weight.grad is not None
    assert f"outputs.{name}-.weight" in network.state_dict()


def test_the_loss_of_an_ordered_head_is_less_for_a_label_nearer_to_the_right_one() -> None:
    sure = 4 * torch.eye(4)
    losses = ordered_loss(sure, torch.tensor([1, 1, 1, 1]))
    assert losses.argmin().item() == 1
    assert losses[2] == pytest.approx(losses[0].item(), abs=1e-5)
    assert losses[3] > losses[2]
    assert ordered_loss(sure[:1], torch.tensor([IGNORED])).isfinite().all()


def test_an_ordered_head_learns_only_from_its_rows() -> None:
    torch.manual_seed(1)
    network = Network(_Words(), [TrainingHead("grade", "label", ("a", "b", "c"), is_ordered=True)], dropout=0.0)
    ids = torch.tensor([[1, 2], [3, 4]])
    both = network(ids, torch.ones_like(ids), grade=torch.tensor([2, IGNORED]))["loss"]
    alone = network(ids[:1], torch.ones_like(ids[:1]), grade=torch.tensor([2]))["loss"]
    assert both.item() == pytest.approx(alone.item(), rel=1e-5)
    assert network(ids, torch.ones_like(ids), grade=torch.tensor([IGNORED, IGNORED]))["loss"].item() == 0
