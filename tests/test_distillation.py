"""Distillation: teachers' scores are aligned to the student's tokens, cached on disk, and learnt."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

import hedgerow
from hedgerow import RecipeError
from hedgerow.corpus.text_hashes import read_hashes, text_hash
from hedgerow.labels import AXES
from hedgerow.predictors.folder import TRAINING_TEXTS
from hedgerow.predictors.network.runtime import NetworkModel
from hedgerow.predictors.network.word_tokenizer import WordTokenizer
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.network.data import build_heads
from hedgerow.training.network.distillation import Teachers, soft_targets
from hedgerow.training.network.module import TrainingHead, soft_loss
from hedgerow.training.network.rebuilding import rebuild
from hedgerow.training.network.saving import load
from hedgerow.training.network.score_file import write_scores
from hedgerow.training.network.unlabelled import draw, unlabelled_texts
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
pairs = 16
summaries = 2
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


def panel(folders: list[Path], heads: Sequence[TrainingHead], cache: Path, temperature: float = 1.0) -> Teachers:
    return Teachers(folders, heads, temperature, cache)


def heads_of(recipe_file: Path) -> tuple[TrainingHead, ...]:
    recipe = read_recipe(recipe_file)
    assert isinstance(recipe, NetworkRecipe)
    return build_heads(recipe.heads)


def test_scores_are_cached_and_aligned_to_the_words_of_the_student(
    teacher: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hedgerow")
    encodings = WordTokenizer(["the"]).encode_batch(TEXTS)
    teachers = panel([teacher, teacher], heads_of(teacher.parents[1] / "recipe.toml"), tmp_path, temperature=2.0)
    first = soft_targets(teachers, TEXTS, encodings)
    second = soft_targets(teachers, TEXTS, encodings)
    assert len(caplog.messages) == 1  # the second teacher is the same network, and is in the cache
    assert [path.suffix for path in tmp_path.glob("*/*")] == [".npz"]
    for name, probs in first.labels.items():
        assert np.allclose(probs.sum(axis=1), 1)
        assert np.array_equal(probs, second.labels[name])
    tags = first.tags["spans"]
    assert [len(probs) for probs in tags] == [len(encoding.ids) for encoding in encodings]
    assert not tags[0][0].any()  # the first token is no word
    assert np.allclose(tags[0][1:].astype(float).sum(axis=1), 1, atol=0.01)
    batch = first.batch([1, 0], 9)
    assert batch["spans_soft"].shape == (2, 9, tags[0].shape[1])
    assert not batch["spans_soft"][1, len(tags[0]) :].any()


def test_a_model_folder_teaches_the_same_as_the_network_in_single_precision(tiny_network: Path, tmp_path: Path) -> None:
    heads = heads_of(tiny_network / "recipe.toml")
    single, shipped = (
        soft_targets(panel([folder], heads, tmp_path), TEXTS, [])
        for folder in (tiny_network.with_name("model.run") / "network", tiny_network)
    )
    for name, probs in single.labels.items():
        assert np.allclose(probs, shipped.labels[name], atol=0.02)


def test_the_mean_is_over_the_teachers_that_score_a_sentence(teacher: Path, tmp_path: Path) -> None:
    heads = heads_of(teacher.parents[1] / "recipe.toml")
    file = tmp_path / "scores.npz"
    even = {axis: np.full((1, len(labels)), 1 / len(labels)) for axis, labels in AXES.items()}
    write_scores(file, {TEXTS[0]: "a"}, even, dict.fromkeys(AXES, 1.0))
    encodings = WordTokenizer(["the"]).encode_batch(TEXTS)
    network = soft_targets(panel([teacher], heads, tmp_path), TEXTS, encodings)
    both = soft_targets(panel([teacher, file], heads, tmp_path), TEXTS, encodings)
    alone = soft_targets(panel([file], heads, tmp_path), TEXTS, encodings)
    for axis, labels in AXES.items():
        assert both.labels[axis][0] == pytest.approx((network.labels[axis][0] + 1 / len(labels)) / 2, abs=1e-3)
        assert both.labels[axis][1] == pytest.approx(network.labels[axis][1], abs=1e-5)
        assert not alone.labels[axis][1].any()
    assert not alone.tags


def test_a_teacher_of_other_labels_or_none_is_rejected(teacher: Path, tmp_path: Path) -> None:
    certainty, *_ = heads_of(teacher.parents[1] / "recipe.toml")
    other = TrainingHead("mood", "label", ("glad", "sad"))
    for folder, head, message in (
        (teacher, other, "has no head of the student's with its labels"),
        (tmp_path, certainty, "no trained network"),
    ):
        with pytest.raises(RecipeError, match=message):
            soft_targets(panel([folder], [head], tmp_path), TEXTS, [])


def test_unlabelled_text_has_no_sentence_that_is_labelled_measured_on_or_in_another_part(tmp_path: Path) -> None:
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

    known = ["It is labelled already", "It is  measured on."]
    assert unlabelled_texts([tmp_path / "texts.jsonl"], known) == [
        "It is new and long enough.",
        "It is of the training part.",
    ]


def test_unlabelled_text_is_drawn_with_the_seed_and_keeps_its_order() -> None:
    texts = [f"Sentence {number}." for number in range(100)]
    drawn = draw(texts, 10, seed=1)
    assert drawn == draw(texts, 10, seed=1) != draw(texts, 10, seed=2)
    assert drawn == sorted(drawn, key=texts.index)
    assert draw(texts, 100, seed=1) == texts


def test_summaries_that_do_not_divide_the_width_are_rejected(tmp_path: Path) -> None:
    recipe = write_network_recipe(tmp_path)
    encoder = ENCODER.replace("summaries = 2", "summaries = 3")
    recipe.write_text(recipe.read_text().replace('backbone = "encoder"\n', "") + encoder)
    with pytest.raises(RecipeError, match=r"'encoder.summaries' = 3 does not divide the width, 16"):
        read_recipe(recipe)


def test_a_file_of_scores_alone_teaches_only_the_sentences_that_it_scores(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hedgerow")
    recipe = write_network_recipe(tmp_path)
    recipe.write_text(recipe.read_text() + DISTILLATION)
    file, texts = tmp_path / "scores.npz", tmp_path / "texts.jsonl"
    even = {axis: np.full((1, len(labels)), 1 / len(labels)) for axis, labels in AXES.items()}
    write_scores(file, {TEXTS[0]: "a"}, even, dict.fromkeys(AXES, 1.0))
    texts.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    assert train_model(recipe, tmp_path / "student", TrainingInputs(teachers=[file], texts=[texts])) is not None
    assert any("has scores of 1 of 18 sentences" in message for message in caplog.messages)


def test_a_file_of_scores_teaches_no_other_labels(tmp_path: Path) -> None:
    file = tmp_path / "scores.npz"
    even = {axis: np.full((1, len(labels)), 1 / len(labels)) for axis, labels in AXES.items()}
    write_scores(file, {TEXTS[0]: "a"}, even, dict.fromkeys(AXES, 1.0))
    other = TrainingHead("certainty", "label", ("possible", "certain", "probable", "uncommitted"))
    with pytest.raises(RecipeError, match="has the codebook's labels"):
        soft_targets(panel([file], [other], tmp_path), TEXTS, [])


def test_a_small_network_learns_from_a_teacher_and_runs_without_torch(teacher: Path, tmp_path: Path) -> None:
    recipe = write_network_recipe(tmp_path)
    recipe.write_text(recipe.read_text().replace('backbone = "encoder"\n', "") + ENCODER + DISTILLATION)
    texts = tmp_path / "texts.jsonl"
    texts.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    out = tmp_path / "small"
    assert train_model(recipe, out, TrainingInputs(teachers=[teacher], texts=[texts])) is not None
    manifest = json.loads((out / "hedgerow.json").read_text())
    assert manifest["tokenizer"] == "word"
    assert len(manifest["teachers"]) == 1
    assert {text_hash(text) for text in TEXTS} <= read_hashes(out / TRAINING_TEXTS)  # scored texts are known as seen
    assert manifest["texts"][0]["file"] == "texts.jsonl"
    model = hedgerow.load(out).model
    assert isinstance(model, NetworkModel)
    together = model.label([*TEXTS, ""])
    for text, prediction in zip([*TEXTS, ""], together, strict=True):
        (alone,) = model.label([text])
        assert alone.certainty == prediction.certainty
        assert alone.stance_scores == pytest.approx(prediction.stance_scores, abs=1e-4)
    rebuilt, trained = rebuild(out), load(tmp_path / "small.run" / "network")
    assert rebuilt.encoder.config == trained.encoder.config
    for name, values in trained.state_dict().items():
        assert torch.allclose(rebuilt.state_dict()[name], values, atol=0.01), name


def test_teachers_and_texts_without_their_settings_are_rejected(teacher: Path, tmp_path: Path) -> None:
    recipe = write_network_recipe(tmp_path)
    with pytest.raises(RecipeError, match="no setting 'distillation'"):
        train_model(recipe, tmp_path / "model", TrainingInputs(teachers=[teacher]))
    with pytest.raises(RecipeError, match="no teacher to score them"):
        train_model(recipe, tmp_path / "model", TrainingInputs(texts=[tmp_path / "texts.jsonl"]))
    recipe.write_text(recipe.read_text() + ENCODER)
    with pytest.raises(RecipeError, match="give one of 'start_from'"):
        train_model(recipe, tmp_path / "model")
