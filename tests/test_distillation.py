"""Distillation: what teachers say is aligned to the student's tokens, kept on disk, and learnt."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import hedgerow
from hedgerow import Certainty, Example, RecipeError, Stance
from hedgerow.predictors.network.runtime import NetworkModel
from hedgerow.predictors.network.word_tokenizer import WordTokenizer
from hedgerow.training import train
from hedgerow.training.network import distillation as teaching
from hedgerow.training.network.data import heads_of
from hedgerow.training.network.module import soft_loss
from hedgerow.training.network.unlabelled import unlabelled_texts
from hedgerow.training.recipe import NetworkRecipe, read_recipe
from tests.conftest import write_network_recipe

pytestmark = pytest.mark.slow

TEXTS = ["The bridge may reopen.", "She said the river rose again."]
DISTILLATION = "\n[distillation]\ntemperature = 2.0\nweight = 1.0\n"
ENCODER = """
[encoder]
vocabulary = 50
word_width = 8
affix_width = 4
width = 16
dilations = [1, 2]
dropout = 0.1
word_dropout = 0.1
vectors = "encoder"
"""


@pytest.fixture(scope="session")
def teacher(tiny_network: Path) -> Path:
    return tiny_network.with_name("model.run") / "network"


def test_the_soft_loss_is_cross_entropy_with_probabilities() -> None:
    logits = torch.tensor([[1.0, 2.0], [0.0, 3.0]])
    assert soft_loss(logits, torch.tensor([[0.0, 1.0], [1.0, 0.0]])).item() == pytest.approx(
        torch.nn.functional.cross_entropy(logits, torch.tensor([1, 0])).item()
    )
    alone = soft_loss(logits[:1], torch.tensor([[0.0, 1.0]]))
    assert soft_loss(logits, torch.tensor([[0.0, 1.0], [0.0, 0.0]])).item() == pytest.approx(alone.item())


def test_teachers_say_the_same_from_disk_and_a_student_gets_it_word_by_word(teacher: Path, tmp_path: Path) -> None:
    recipe = read_recipe(teacher.parents[1] / "recipe.toml")
    assert isinstance(recipe, NetworkRecipe)
    heads = heads_of(recipe)
    encodings = WordTokenizer(["the"]).encode_batch(TEXTS)
    said: list[str] = []

    def ask() -> teaching.SoftTargets:
        return teaching.soft_targets(
            [teacher, teacher],
            TEXTS,
            heads,
            encodings,
            temperature=2.0,
            bfloat16=False,
            cache=tmp_path,
            say=said.append,
        )

    first = ask()
    assert len(said) == 1  # the second teacher is the first one, and found on disk
    second = ask()
    assert len(said) == 1
    for name, chances in first.labels.items():
        assert np.allclose(chances.sum(axis=1), 1)
        assert np.array_equal(chances, second.labels[name])
    tags = first.tags["spans"]
    assert [len(found) for found in tags] == [len(encoding.ids) for encoding in encodings]
    assert not tags[0][0].any()  # the beginning is no word
    assert np.allclose(tags[0][1:].astype(float).sum(axis=1), 1, atol=0.01)
    batch = first.batch([1, 0], 9)
    assert batch["spans_soft"].shape == (2, 9, tags[0].shape[1])
    assert not batch["spans_soft"][1, len(tags[0]) :].any()


def test_a_model_folder_teaches_what_the_network_in_single_precision_does(tiny_network: Path, tmp_path: Path) -> None:
    recipe = read_recipe(tiny_network / "recipe.toml")
    assert isinstance(recipe, NetworkRecipe)
    heads = heads_of(recipe)
    exact, shipped = (
        teaching.soft_targets([folder], TEXTS, heads, [], temperature=1.0, bfloat16=False, cache=tmp_path, say=print)
        for folder in (tiny_network.with_name("model.run") / "network", tiny_network)
    )
    for name, chances in exact.labels.items():
        assert np.allclose(chances, shipped.labels[name], atol=0.02)


def test_a_teacher_of_other_labels_or_none_is_rejected(teacher: Path, tmp_path: Path) -> None:
    recipe = read_recipe(teacher.parents[1] / "recipe.toml")
    assert isinstance(recipe, NetworkRecipe)
    certainty, *_ = heads_of(recipe)
    other = type(certainty)("mood", "label", ("glad", "sad"))
    common = {"temperature": 1.0, "bfloat16": False, "cache": tmp_path, "say": print}
    for folder, head, message in ((teacher, other, "no head 'mood'"), (tmp_path, certainty, "no trained network")):
        with pytest.raises(RecipeError, match=message):
            teaching.soft_targets([folder], TEXTS, [head], [], **common)  # type: ignore[arg-type]


def test_unlabelled_text_leaves_out_what_is_labelled_measured_on_or_of_another_part(tmp_path: Path) -> None:
    rows = [
        {"text": "It is new and long enough."},
        {"text": "It is NEW, and long enough!"},
        {"text": "It is measured on."},
        {"text": "It is labelled already."},
        {"text": "It is of the test part.", "split": "test"},
        {"text": ""},
        {"text": "It is of the training part.", "split": "train_pattern_only"},
        {"text": "Too short."},
    ]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def example(text: str) -> Example:
        return Example(text, text, Certainty.CERTAIN, Stance.ASSERTED)

    found = unlabelled_texts(
        [tmp_path / "texts.jsonl"], [example("It is labelled already")], [example("It is  measured on.")]
    )
    assert found == ["It is new and long enough.", "It is of the training part."]


def test_a_small_network_learns_from_a_teacher_and_runs_without_torch(teacher: Path, tmp_path: Path) -> None:
    recipe = write_network_recipe(tmp_path)
    recipe.write_text(recipe.read_text().replace('backbone = "encoder"\n', "") + ENCODER + DISTILLATION)
    texts = tmp_path / "texts.jsonl"
    texts.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    out = tmp_path / "small"
    assert train(recipe, out, teachers=[teacher], texts=[texts]) is not None
    manifest = json.loads((out / "hedgerow.json").read_text())
    assert manifest["reads"] == "words"
    assert len(manifest["teachers"]) == 1
    assert manifest["texts"][0]["file"] == "texts.jsonl"
    model = hedgerow.load(out).model
    assert isinstance(model, NetworkModel)
    together = model.label([*TEXTS, ""])
    for text, prediction in zip([*TEXTS, ""], together, strict=True):
        (alone,) = model.label([text])
        assert alone.certainty == prediction.certainty
        assert alone.stance_scores == pytest.approx(prediction.stance_scores, abs=1e-4)


def test_teachers_and_texts_without_their_settings_are_rejected(teacher: Path, tmp_path: Path) -> None:
    recipe = write_network_recipe(tmp_path)
    with pytest.raises(RecipeError, match="no setting 'distillation'"):
        train(recipe, tmp_path / "model", teachers=[teacher])
    with pytest.raises(RecipeError, match="without a teacher"):
        train(recipe, tmp_path / "model", texts=[tmp_path / "texts.jsonl"])
    recipe.write_text(recipe.read_text() + ENCODER)
    with pytest.raises(RecipeError, match="one of them"):
        train(recipe, tmp_path / "model")
