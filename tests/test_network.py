"""Networks: trained on a tiny random encoder, exported, run without torch, killed and resumed, in several processes."""

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import hedgerow
from hedgerow import CorpusError, RecipeError, SpanType
from hedgerow.corpus import CorpusPart
from hedgerow.corpus.text_hashes import read_hashes, text_hash
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import read_manifest
from hedgerow.predictors.network.bio import tag_names
from hedgerow.predictors.network.runtime import NetworkModel
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.inputs import load_labelled, resolve_files
from hedgerow.training.network.data import build_heads, to_training_row
from hedgerow.training.network.loading import load_training_data
from hedgerow.training.network.module import IGNORED, LossSettings, Network, TrainingHead, pool
from hedgerow.training.recipe import NetworkRecipe, read_recipe, varied
from tests.conftest import copied_recipe

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
TEXTS = ["He may go.", "", "The minister denied that money was missing. " * 3, "It is unclear.", "word " * 2000]


class Words(torch.nn.Module):
    """An encoder that gives each token its embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.config = type("Config", (), {"hidden_size": 4})
        self.table = torch.nn.Embedding(50, 4)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> object:
        return type("Output", (), {"last_hidden_state": self.table(input_ids) * attention_mask[..., None]})


def tiny(*heads: TrainingHead, focal_gamma: float = 0.0) -> Network:
    torch.manual_seed(1)
    return Network(Words(), heads, dropout=0.0, loss=LossSettings(focal_gamma))


IDS = torch.tensor([[1, 2, 3, 0], [4, 5, 6, 7]])
MASK = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
AXIS = TrainingHead("axis", "label", ("a", "b", "c"))


def test_pooling_is_the_mean_and_the_maximum_of_the_tokens_that_are_there() -> None:
    hidden = torch.tensor([[[1.0], [3.0], [99.0]]])
    assert pool(hidden, torch.tensor([[1, 1, 0]])).tolist() == [[2.0, 3.0]]


def test_the_loss_is_weighted_cross_entropy() -> None:
    network = tiny(AXIS)
    network.class_weights_axis = torch.tensor([1.0, 2.0, 3.0])
    target = torch.tensor([0, 2])
    logits = network(IDS, MASK)["logits"]["axis"]
    expected = torch.nn.functional.cross_entropy(logits, target, weight=torch.tensor([1.0, 2.0, 3.0]))
    assert network(IDS, MASK, axis=target)["loss"].item() == pytest.approx(expected.item(), rel=1e-5)


def test_label_smoothing_gives_every_label_a_part_of_the_target() -> None:
    torch.manual_seed(1)
    network = Network(Words(), [AXIS], dropout=0.0, loss=LossSettings(label_smoothing=0.1))
    gold = torch.tensor([2, 0])
    logits = network(IDS, MASK)["logits"]["axis"]
    expected = torch.nn.functional.cross_entropy(logits, gold, label_smoothing=0.1)
    assert network(IDS, MASK, axis=gold)["loss"].item() == pytest.approx(expected.item())


def test_a_head_learns_only_from_rows_that_carry_its_field() -> None:
    network = tiny(AXIS, TrainingHead("tags", "span", ("O", "B-x", "I-x")))
    both = torch.tensor([0, IGNORED])
    alone = network(IDS[:1], MASK[:1], axis=both[:1])["loss"]
    assert network(IDS, MASK, axis=both)["loss"].item() == pytest.approx(alone.item(), rel=1e-5)
    nothing = network(IDS, MASK, axis=torch.tensor([IGNORED, IGNORED]))["loss"]
    assert nothing.item() == 0


def test_focal_loss_reduces_the_loss_of_sure_predictions() -> None:
    target = torch.tensor([0, 2])
    plain = tiny(AXIS)(IDS, MASK, axis=target)["loss"]
    assert tiny(AXIS, focal_gamma=2.0)(IDS, MASK, axis=target)["loss"] < plain


def test_training_ends_in_a_folder_that_runs_without_torch(tiny_network: Path) -> None:
    assert sorted(path.name for path in tiny_network.iterdir()) == [
        "calibration_texts.bin", "hedgerow.json", "metrics.json", "model.onnx", "recipe.toml", "tokenizer.json",
        "training_texts.bin",
    ]  # fmt: skip
    code = (
        "import sys, hedgerow\n"
        f"document = hedgerow.load({str(tiny_network)!r}).read('He may go. She left.')\n"
        "print(len(document), *{'torch', 'transformers', 'sklearn', 'datasets', 'scipy'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "2\n"
    content = (tiny_network / "model.onnx").read_bytes()
    assert str(ROOT).encode() not in content
    assert str(tiny_network.parent).encode() not in content


def model(folder: Path) -> NetworkModel:
    loaded = hedgerow.load(folder).model
    assert isinstance(loaded, NetworkModel)
    return loaded


def test_a_prediction_does_not_depend_on_the_other_sentences(tiny_network: Path) -> None:
    network = model(tiny_network)
    together = network.label(TEXTS)
    for text, prediction in zip(TEXTS, together, strict=True):
        (alone,) = network.label([text])
        assert alone.certainty == prediction.certainty
        assert alone.stance == prediction.stance
        for ours, theirs in zip(alone.certainty_scores.values(), prediction.certainty_scores.values(), strict=True):
            assert ours == pytest.approx(theirs, abs=0.02)


def test_a_prediction_of_the_shipped_model_does_not_depend_on_the_other_sentences() -> None:
    network = model(ROOT / "model" / "base")
    lines = (ROOT / "data" / "corpus" / "dev.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines[::4]]
    for text, together in zip(texts, network.label(texts), strict=True):
        (alone,) = network.label([text])
        assert (alone.certainty, alone.stance) == (together.certainty, together.stance)
        assert [span.text for span in alone.spans] == [span.text for span in together.spans]
        for axis in ("certainty_scores", "stance_scores"):
            for label, score in getattr(together, axis).items():
                assert getattr(alone, axis)[label] == pytest.approx(score, abs=0.02)


def test_a_truncated_sentence_has_read_to(tiny_network: Path) -> None:
    short, long = model(tiny_network).label(["He may go.", "word " * 2000])
    assert short.read_to is None
    assert "read_to" not in short.to_dict()
    assert long.read_to is not None
    assert 0 < long.read_to < len(long.text)
    assert long.to_dict()["read_to"] == long.read_to


def test_spans_are_exact_substrings_with_scores(tiny_network: Path) -> None:
    for prediction in model(tiny_network).label(TEXTS):
        for span in prediction.spans:
            assert prediction.text[span.start : span.end] == span.text
            assert isinstance(span.type, SpanType)
            assert span.score is not None
            assert 0 <= span.score <= 1


def test_the_quantised_model_agrees_with_the_trained_one(tiny_network: Path) -> None:
    import onnxruntime

    single = onnxruntime.InferenceSession(str(tiny_network.with_name("model.run") / "single.onnx"))
    network = model(tiny_network)
    texts = [text for text in TEXTS if len(text) < 200]
    exact = NetworkModel("single", single, network._tokenizer, read_manifest(tiny_network)["heads"]).logits(texts)
    for name, logits in network.logits(texts).items():
        assert np.abs(logits - exact[name]).max() < 0.05


def test_the_manifest_has_heads_temperatures_and_calibration(tiny_network: Path) -> None:
    manifest = json.loads((tiny_network / "hedgerow.json").read_text())
    assert [head["name"] for head in manifest["heads"]] == ["certainty", "stance", "spans"]
    for axis in ("certainty", "stance"):
        assert set(manifest["calibration"][axis]) == {"temperature", "sentences", "ece", "nll"}
    assert manifest["heads"][0]["temperature"] == manifest["calibration"]["certainty"]["temperature"]


def test_a_run_that_was_killed_resumes_to_the_same_result(
    tiny_network: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hedgerow")
    recipe = copied_recipe(tiny_network, tmp_path)
    code = (
        "import logging, os\n"
        "from pathlib import Path\n"
        "from hedgerow.training import train_model\n"
        "class Kill(logging.Handler):\n"
        "    def emit(self, record):\n"
        "        if record.getMessage().startswith('epoch 2'):\n"
        "            os._exit(9)\n"
        "logging.getLogger('hedgerow').addHandler(Kill())\n"
        "logging.getLogger('hedgerow').setLevel(logging.INFO)\n"
        f"train_model(Path({str(recipe)!r}), Path({str(tmp_path / 'killed')!r}))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ran.returncode == 9
    assert not (tmp_path / "killed").exists()
    assert (tmp_path / "killed.run" / "checkpoints").is_dir()
    caplog.clear()
    train_model(recipe, tmp_path / "killed")
    assert any(message.startswith("resuming from checkpoint-") for message in caplog.messages)
    assert not any(message.startswith("epoch 1") for message in caplog.messages)
    for path in tiny_network.iterdir():
        assert sha256(path) == sha256(tmp_path / "killed" / path.name), path.name
    runs = tiny_network.with_name("model.run"), tmp_path / "killed.run"
    histories = [json.loads((run / "history.json").read_text()) for run in runs]
    assert histories[0] == histories[1]


def test_a_finished_run_keeps_its_network_and_answers_again_without_training(
    tiny_network: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hedgerow")
    folder = tmp_path / "copy"
    shutil.copytree(tiny_network.parent, folder)
    out, run = folder / "model", folder / "model.run"
    before = {path.name: sha256(path) for path in out.iterdir()}
    assert sorted(path.name for path in run.iterdir()) == [
        "history.csv", "history.json", "lock", "network", "run.json", "single.onnx",
    ]  # fmt: skip
    caplog.clear()
    shutil.rmtree(out)
    train_model(folder / "recipe.toml", out)
    assert not any(message.startswith(("epoch", "resuming")) for message in caplog.messages)
    assert {path.name: sha256(path) for path in out.iterdir()} == before


def test_the_history_has_the_loss_and_the_scores_of_each_epoch(tiny_network: Path) -> None:
    history = json.loads((tiny_network.with_name("model.run") / "history.json").read_text())
    assert set(history) == {"environment", "steps", "epochs"}
    assert [entry["epoch"] for entry in history["epochs"]] == [1, 2]
    assert [entry["step"] for entry in history["epochs"]] == [3, 6]
    for entry in history["epochs"]:
        assert set(entry["scores"]) == {"certainty", "stance", "spans", "score"}
        assert entry["loss"] > 0


@pytest.mark.parametrize("leftover", ["run.json", "network", "checkpoints"])
def test_a_run_of_another_recipe_is_not_resumed(network_recipe: Path, tmp_path: Path, leftover: str) -> None:
    run = tmp_path / "model.run"
    run.mkdir()
    if leftover == "run.json":
        (run / leftover).write_text("{}")
    else:
        (run / leftover).mkdir()
    with pytest.raises(RecipeError, match="has a run of another recipe or other data"):
        train_model(network_recipe, tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('backbone = "encoder"', 'backbone = "no/such/encoder"', "setting 'backbone' = 'no/such/encoder'"),
        ('backbone = "encoder"', 'backbone = "../none"', "none is not a folder; scripts/fetch_backbone.py"),
        ('calibrate_on = ["dev"]', 'calibrate_on = ["real"]', "setting 'calibrate_on' = ['real']; measured are 'dev'"),
        ('name = "stance"', 'name = "mood"', "setting 'heads.mood.labels' = []"),
        ('name = "stance"', 'name = "certainty"', "two heads have one name"),
        ("patience = 2", "patiense = 2", "unknown setting 'optimisation.patiense' = 2; did you mean 'patience'?"),
        ("warmup_ratio = 0.1", "warmup_ratio = 1.0", "setting 'optimisation.warmup_ratio' = 1.0"),
    ],
)
def test_a_wrong_setting_is_rejected(
    network_recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, message: str
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    text = network_recipe.read_text()
    assert before in text
    network_recipe.write_text(text.replace(before, after, 1))
    with pytest.raises(RecipeError) as error:
        train_model(network_recipe, tmp_path / "model")
    assert message in str(error.value)
    assert not (tmp_path / "model").exists()


def test_a_head_of_ones_own_learns_beside_the_codebooks(network_recipe: Path, tmp_path: Path) -> None:
    rows = [{"id": str(at), "text": f"A {mood} day.", "mood": mood} for at, mood in enumerate(["dry", "wet"] * 4)]
    (tmp_path / "moods.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    text = network_recipe.read_text().replace(
        '[[heads]]\nname = "certainty"',
        '[[corpora.auxiliary]]\nfile = "moods.jsonl"\nreader = "plain"\n'
        '[[heads]]\nname = "mood"\nkind = "label"\nlabels = ["dry", "wet"]\n[[heads]]\nname = "certainty"',
    )
    network_recipe.write_text(text)
    train_model(network_recipe, tmp_path / "model")
    (prediction,) = hedgerow.load(tmp_path / "model").predict(["A wet day."])
    assert set(prediction.other_scores["mood"]) == {"dry", "wet"}
    assert prediction.to_dict()["mood"] in {"dry", "wet"}


@pytest.mark.slow
def test_two_processes_share_the_data_and_one_writes(network_recipe: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [*command, str(ROOT / "train.py"), str(network_recipe), "--out", str(tmp_path / "model")],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stderr.count("written to") == 1
    assert ran.stdout.count("certainty on dev") == 1
    state = json.loads((tmp_path / "model.run" / "history.json").read_text())
    # 17 sentences in batches of 8 on each of two: two steps an epoch, not three.
    assert state["steps"] == 2 * 2
    assert len(list(hedgerow.load(tmp_path / "model").predict(["He may go."]))) == 1


def test_a_network_learns_from_a_fraction_of_the_labelled_rows(network_recipe: Path) -> None:
    recipe = varied(read_recipe(network_recipe), train_fraction=0.9, seed=13)
    assert isinstance(recipe, NetworkRecipe)
    files = resolve_files(recipe, network_recipe, TrainingInputs())
    labelled = load_labelled(recipe, files)
    data = load_training_data(recipe, files, labelled, build_heads(recipe.heads))
    assert (len(labelled.labelled), len(labelled.train), len(data.rows)) == (17, 15, 15)
    assert data.texts == [example.text for example in labelled.train]


def test_temperatures_are_fitted_on_the_chosen_rows_of_several_files(network_recipe: Path, tmp_path: Path) -> None:
    recipe = network_recipe.read_text("utf-8").replace('calibrate_on = ["dev"]', 'calibrate_on = ["running", "dev"]')
    network_recipe.write_text(recipe.replace("epochs = 2", "epochs = 1"), "utf-8")
    rows = [json.loads(line) for line in (tmp_path / "dev.jsonl").read_text("utf-8").splitlines()]
    whole, chosen = tmp_path / "whole.jsonl", tmp_path / "chosen.jsonl"
    whole.write_text("".join(json.dumps(row | {"id": f"w-{row['id']}"}) + "\n" for row in rows[:2]), "utf-8")
    chosen.write_text("".join(json.dumps(row | {"picked": row != rows[4]}) + "\n" for row in rows[2:]), "utf-8")
    running = CorpusPart([whole, chosen], {"picked": "false"})
    assert train_model(network_recipe, tmp_path / "model", TrainingInputs(measure={"running": running})) is not None
    manifest = read_manifest(tmp_path / "model")
    assert (manifest["calibration"]["on"], manifest["calibration"]["stance"]["sentences"]) == ("running", 3)
    fitted_on = {text_hash(row["text"]) for row in (*rows[:2], rows[4])}
    assert read_hashes(tmp_path / "model" / "calibration_texts.bin") == fitted_on


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"mood": "hot"}, "mood 'hot' is wrong; labels are dry, wet"),
        ({"mood": 3}, "mood 3 is wrong"),
        ({"parts": [{"start": 0, "end": 1}]}, "each with start, end and a type of head, tail"),
        ({"parts": [{"start": 0, "end": 1, "type": "leg"}]}, "each with start, end and a type of head, tail"),
        ({"parts": 3}, "a list of spans"),
    ],
)
def test_a_target_that_its_head_does_not_know_is_rejected(fields: dict[str, object], message: str) -> None:
    heads = (
        TrainingHead("mood", "label", ("dry", "wet")),
        TrainingHead("parts", "span", tuple(tag_names(["head", "tail"]))),
    )
    good = {"id": "7", "text": "A wet day.", "mood": "wet", "parts": [{"start": 0, "end": 1, "type": "tail"}]}
    row = to_training_row(good, heads)
    assert (row.labels, row.spans) == ({"mood": "wet"}, {"parts": ((0, 1, "tail"),)})
    with pytest.raises(CorpusError) as error:
        to_training_row(good | fields, heads)
    assert "row '7': " in str(error.value)
    assert message in str(error.value)
