"""Networks: trained on a tiny random encoder, exported, run without torch; killed and resumed; in several processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import hedgerow
from hedgerow import RecipeError, SpanType
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import read_manifest
from hedgerow.predictors.network.runtime import NetworkModel
from hedgerow.training import train
from hedgerow.training.network.module import IGNORED, Head, Network, pool

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


def tiny(*heads: Head, focus: float = 0.0) -> Network:
    torch.manual_seed(1)
    return Network(Words(), heads, dropout=0.0, focus=focus)


IDS = torch.tensor([[1, 2, 3, 0], [4, 5, 6, 7]])
MASK = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
AXIS = Head("axis", "label", ("a", "b", "c"))


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


def test_a_head_learns_only_from_rows_that_carry_its_field() -> None:
    network = tiny(AXIS, Head("tags", "span", ("O", "B-x", "I-x")))
    both = torch.tensor([0, IGNORED])
    alone = network(IDS[:1], MASK[:1], axis=both[:1])["loss"]
    assert network(IDS, MASK, axis=both)["loss"].item() == pytest.approx(alone.item(), rel=1e-5)
    nothing = network(IDS, MASK, axis=torch.tensor([IGNORED, IGNORED]))["loss"]
    assert nothing.item() == 0


def test_focal_loss_counts_what_is_sure_for_less() -> None:
    target = torch.tensor([0, 2])
    plain = tiny(AXIS)(IDS, MASK, axis=target)["loss"]
    assert tiny(AXIS, focus=2.0)(IDS, MASK, axis=target)["loss"] < plain


def test_training_ends_in_a_folder_that_runs_without_torch(tiny_network: Path) -> None:
    assert sorted(path.name for path in tiny_network.iterdir()) == [
        "hedgerow.json", "metrics.json", "model.onnx", "recipe.toml", "tokenizer.json",
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


def test_an_answer_does_not_hang_on_its_neighbours(tiny_network: Path) -> None:
    network = model(tiny_network)
    together = network.label(TEXTS)
    for text, prediction in zip(TEXTS, together, strict=True):
        (alone,) = network.label([text])
        assert alone.certainty == prediction.certainty
        assert alone.stance == prediction.stance
        for ours, theirs in zip(alone.certainty_scores.values(), prediction.certainty_scores.values(), strict=True):
            assert ours == pytest.approx(theirs, abs=0.02)


def test_an_answer_of_the_shipped_model_does_not_hang_on_its_neighbours() -> None:
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


def test_what_is_cut_off_is_said(tiny_network: Path) -> None:
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


def test_the_quantised_model_says_what_the_trained_one_said(tiny_network: Path) -> None:
    import onnxruntime

    single = onnxruntime.InferenceSession(str(tiny_network.with_name("model.run") / "single.onnx"))
    network = model(tiny_network)
    texts = [text for text in TEXTS if len(text) < 200]
    exact = NetworkModel("single", single, network._tokenizer, read_manifest(tiny_network)["heads"]).logits(texts)
    for name, logits in network.logits(texts).items():
        assert np.abs(logits - exact[name]).max() < 0.05


def test_the_manifest_tells_heads_temperatures_and_calibration(tiny_network: Path) -> None:
    manifest = json.loads((tiny_network / "hedgerow.json").read_text())
    assert [head["name"] for head in manifest["heads"]] == ["certainty", "stance", "spans"]
    for axis in ("certainty", "stance"):
        assert set(manifest["calibration"][axis]) == {"temperature", "sentences", "ece", "nll"}
    assert manifest["heads"][0]["temperature"] == manifest["calibration"]["certainty"]["temperature"]


def test_a_run_that_was_killed_goes_on_to_the_same_result(network_recipe: Path, tmp_path: Path) -> None:
    train(network_recipe, tmp_path / "whole")
    code = (
        "import sys, os\n"
        "from pathlib import Path\n"
        "from transformers import TrainerCallback\n"
        "from hedgerow.training import network, train\n"
        "def say(message):\n"
        "    if message.startswith('epoch 2'):\n"
        "        os._exit(9)\n"
        f"train(Path({str(network_recipe)!r}), Path({str(tmp_path / 'killed')!r}), say=say)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ran.returncode == 9
    assert not (tmp_path / "killed").exists()
    heard: list[str] = []
    train(network_recipe, tmp_path / "killed", say=heard.append)
    assert any(message.startswith("going on from checkpoint-") for message in heard)
    assert not any(message.startswith("epoch 1") for message in heard)
    for path in (tmp_path / "whole").iterdir():
        assert sha256(path) == sha256(tmp_path / "killed" / path.name), path.name


def test_a_run_of_another_recipe_is_not_gone_on_with(network_recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "model.run").mkdir()
    (tmp_path / "model.run" / "run.json").write_text("{}")
    with pytest.raises(RecipeError, match="a run of another recipe or other data is here"):
        train(network_recipe, tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('backbone = "encoder"', 'backbone = "no/such/encoder"', "setting 'backbone' = 'no/such/encoder'"),
        ('calibrate_on = ["dev"]', 'calibrate_on = ["real"]', "setting 'calibrate_on' = ['real']; measured are 'dev'"),
        ('name = "stance"', 'name = "mood"', "setting 'heads.mood.labels' = []"),
        ('name = "stance"', 'name = "certainty"', "two heads have one name"),
        ("patience = 2", "patiense = 2", "unknown setting 'optimisation.patiense' = 2; did you mean 'patience'?"),
        ("warm_up = 0.1", "warm_up = 1.0", "setting 'optimisation.warm_up' = 1.0"),
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
        train(network_recipe, tmp_path / "model")
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
    train(network_recipe, tmp_path / "model")
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
