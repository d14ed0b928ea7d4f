"""Networks rebuilt from model folders: they give the scores of the folder's graph; a folder that cannot is rejected."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

import hedgerow
from hedgerow import ModelError
from hedgerow.corpus.text_hashes import read_hashes, text_hash
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import TRAINING_TEXTS, read_manifest
from hedgerow.predictors.network.runtime import NetworkModel
from hedgerow.training import train_model
from hedgerow.training.network.dequantise import activation_scales
from hedgerow.training.network.encoder_config import MINILM, build_encoder, describe_encoder
from hedgerow.training.network.integers import Scale, round_activations
from hedgerow.training.network.module import Network, TrainingHead
from hedgerow.training.network.parameters import names_by_structure
from hedgerow.training.network.rebuilding import copy_heads, rebuild
from hedgerow.training.network.saving import load
from tests.conftest import write_network_recipe

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "model"
MAX_DIFFERENCE = 1e-3  # of a logit; measured are 1.1e-5 (base), 4.8e-6 (small), 7.2e-7 (tiny)

# Of integer products: an activation between two integers may be rounded either way, and later layers add to it.
# Measured are 0.58 (base) and 0.013 (small).
MAX_INTEGER_DIFFERENCE = 1.0


def has_integers(folder: Path) -> bool:
    graph = onnx.load(str(folder / "model.onnx")).graph
    return any(node.op_type == "DequantizeLinear" for node in graph.node)


def sentences() -> list[str]:
    lines = (ROOT / "data" / "corpus" / "dev.jsonl").read_text("utf-8").splitlines()[:300:10]
    return [json.loads(line)["text"] for line in lines]


def round_as_the_graph(folder: Path, network: Network) -> None:
    """Round the input of each product of the network as the folder's graph does, if that has integer products."""
    graph = onnx.load(str(folder / "model.onnx")).graph
    for name, scale in activation_scales(graph, read_manifest(folder)["parameters"]).items():
        network.get_submodule(name).register_forward_pre_hook(rounding_by(scale))


def rounding_by(scale: Scale) -> Any:
    def hook(_: torch.nn.Module, arguments: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
        integers = round_activations(arguments[0].numpy(), scale).astype(np.float32)
        return (torch.from_numpy((integers - scale.zero) * np.float32(scale.size)),)

    return hook


@torch.no_grad()
def largest_difference(folder: Path, network: Network) -> float:
    """The largest difference of a logit between the folder's graph and the network, over thirty sentences."""
    round_as_the_graph(folder, network)
    model = hedgerow.load(folder).model
    assert isinstance(model, NetworkModel)
    differences = []
    for text in sentences():
        (encoding,), rows = model.tokenise([text])
        graph, mask = model.infer(rows)
        tokens = len(encoding.ids)
        inputs = {"input_ids": torch.tensor([encoding.ids]), "attention_mask": torch.tensor(mask[:, :tokens])}
        ours = network(**inputs)["logits"]
        for name, logits in graph.items():
            theirs = logits[:, :tokens] if logits.ndim == 3 else logits
            differences.append(np.abs(ours[name].numpy() - theirs).max())
    assert len(differences) == 90
    return float(max(differences))


@pytest.mark.parametrize("name", ["base", "small"])
def test_a_shipped_network_can_be_rebuilt(name: str) -> None:
    difference = largest_difference(MODELS / name, rebuild(MODELS / name))
    print(f"{name}: {difference:.1e}")
    assert difference < (MAX_INTEGER_DIFFERENCE if has_integers(MODELS / name) else MAX_DIFFERENCE)


def test_a_trained_network_can_be_rebuilt_and_is_close_to_the_one_that_was_trained(tiny_network: Path) -> None:
    network = rebuild(tiny_network)
    difference = largest_difference(tiny_network, network)
    print(f"tiny: {difference:.1e}")
    assert difference < MAX_DIFFERENCE
    trained = load(tiny_network.with_name("model.run") / "network")
    assert [(head.name, head.kind, head.labels) for head in network.heads] == [
        (head.name, head.kind, head.labels) for head in trained.heads
    ]
    for name, values in trained.state_dict().items():
        assert torch.allclose(network.state_dict()[name], values, atol=2e-3), name


def test_the_manifest_names_every_parameter_and_the_architecture(tiny_network: Path) -> None:
    manifest = read_manifest(tiny_network)
    assert sorted(manifest["parameters"].values()) == sorted(rebuild(tiny_network).state_dict())
    assert manifest["encoder"]["model_type"] == "bert"
    assert manifest["encoder"]["hidden_size"] == 32
    assert not {"_name_or_path", "transformers_version"} & set(manifest["encoder"])


def test_names_by_structure_are_those_that_training_wrote(tiny_network: Path) -> None:
    graph = onnx.load(str(tiny_network / "model.onnx")).graph
    assert read_manifest(tiny_network)["parameters"].items() <= names_by_structure(graph).items()


def test_an_architecture_is_the_same_after_it_was_described_and_built() -> None:
    assert describe_encoder(build_encoder(MINILM)).items() >= MINILM.items()
    words = rebuild(MODELS / "small").encoder
    assert describe_encoder(build_encoder(describe_encoder(words))) == describe_encoder(words)


def test_rebuilding_draws_no_random_numbers() -> None:
    torch.manual_seed(7)
    before = torch.get_rng_state()
    rebuild(MODELS / "small")
    assert torch.equal(torch.get_rng_state(), before)


def test_a_rebuilt_network_learns(tiny_network: Path) -> None:
    network = rebuild(tiny_network).train()
    model = hedgerow.load(tiny_network).model
    assert isinstance(model, NetworkModel)
    (encoding,), _ = model.tokenise(["The bridge opened on Monday."])
    ids = torch.tensor([encoding.ids])
    loss = network(ids, torch.ones_like(ids), certainty=torch.tensor([0]))["loss"]
    loss.backward()
    assert all(value.grad is not None for name, value in network.named_parameters() if name.startswith("encoder."))


def test_a_head_is_copied_only_if_its_labels_are_the_same() -> None:
    source = rebuild(MODELS / "small")
    heads = [source.heads[0], TrainingHead("stance", "label", ("yes", "no"))]
    target = Network(source.encoder, heads)
    before = {name: values.clone() for name, values in target.state_dict().items()}
    copy_heads(source, target)
    after = target.state_dict()
    assert torch.equal(after["outputs.certainty.weight"], source.state_dict()["outputs.certainty.weight"])
    assert not torch.equal(after["outputs.certainty.weight"], before["outputs.certainty.weight"])
    assert torch.equal(after["outputs.stance.weight"], before["outputs.stance.weight"])


@pytest.mark.parametrize("name", ["tiny", "small"])
def test_a_training_can_start_from_a_model_folder(name: str, tiny_network: Path, tmp_path: Path) -> None:
    start = tiny_network if name == "tiny" else MODELS / name
    recipe = write_network_recipe(tmp_path)
    settings = recipe.read_text("utf-8").replace('backbone = "encoder"', f'start_from = "{start.as_posix()}"')
    for rate in ("1e-3", "1e-2"):
        settings = settings.replace(f"_lr = {rate}", "_lr = 1e-9")  # nothing is learnt: the start is the result
    recipe.write_text(settings, "utf-8")
    assert train_model(recipe, tmp_path / "again") is not None
    manifest = read_manifest(tmp_path / "again")
    assert manifest["backbone"] == start.name
    assert manifest["start"] == {"sha256": sha256(start / "model.onnx"), "data": read_manifest(start)["data"]}
    assert manifest["encoder"] == describe_encoder(rebuild(start).encoder)
    before, after = rebuild(start).state_dict(), rebuild(tmp_path / "again").state_dict()
    assert max(float((after[name] - values).abs().max()) for name, values in before.items()) < 0.01  # 8 bits
    tokenizers = [(folder / "tokenizer.json").read_bytes() for folder in (start, tmp_path / "again")]
    assert tokenizers[0] == tokenizers[1]


def test_a_training_says_what_the_model_that_it_starts_from_has_learnt(
    tiny_network: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    start = tmp_path / "start"
    shutil.copytree(tiny_network, start)
    recipe = write_network_recipe(tmp_path)
    settings = recipe.read_text("utf-8").replace('backbone = "encoder"', f'backbone = "{start.as_posix()}"')
    recipe.write_text(settings, "utf-8")
    held_out = json.loads((tmp_path / "dev.jsonl").read_text("utf-8").splitlines()[0])
    known = read_hashes(start / TRAINING_TEXTS)
    before = known | {text_hash(held_out["text"]), b"another!"}
    _replace_training_texts(start, before)
    assert train_model(recipe, tmp_path / "again") is not None
    warning = f"dev: start has learnt from 1 of 9 rows, such as {held_out['id']!r}; scores on them are too high"
    assert warning in caplog.messages
    assert read_manifest(tmp_path / "again")["start"]["seen"] == {"dev": 1}
    assert before <= read_hashes(tmp_path / "again" / TRAINING_TEXTS)


def _replace_training_texts(folder: Path, hashes: frozenset[bytes]) -> None:
    (folder / TRAINING_TEXTS).write_bytes(b"".join(sorted(hashes)))
    manifest = json.loads((folder / "hedgerow.json").read_text("utf-8"))
    manifest["files"][TRAINING_TEXTS] = sha256(folder / TRAINING_TEXTS)
    (folder / "hedgerow.json").write_text(json.dumps(manifest), "utf-8")


def test_a_training_does_not_start_from_a_folder_that_cannot_be_rebuilt(tmp_path: Path) -> None:
    recipe = write_network_recipe(tmp_path)
    folder = (MODELS / "linear").as_posix()
    recipe.write_text(recipe.read_text("utf-8").replace('backbone = "encoder"', f'backbone = "{folder}"'), "utf-8")
    with pytest.raises(ModelError, match="a linear model has no network to rebuild"):
        train_model(recipe, tmp_path / "again")


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Copy a model folder with another manifest."""

    def copy(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
        target = tmp_path / "changed"
        shutil.copytree(folder, target)
        manifest = json.loads((target / "hedgerow.json").read_text("utf-8"))
        change(manifest)
        (target / "hedgerow.json").write_text(json.dumps(manifest), "utf-8")
        return target

    return copy


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda manifest: manifest.pop("encoder"), "no 'encoder', and the backbone 'encoder' is not known"),
        (lambda manifest: manifest["encoder"].update(model_type="abacus"), "'encoder' is no architecture"),
        (lambda manifest: manifest["encoder"].update(hidden_size=48), "of another network"),
        (lambda manifest: manifest["encoder"].update(num_hidden_layers=3), "has no weights of encoder.encoder.layer.2"),
        (lambda manifest: manifest["parameters"].popitem(), "the network cannot be rebuilt"),
    ],
)
def test_a_network_that_cannot_be_rebuilt_is_rejected(
    tiny_network: Path,
    changed: Callable[..., Path],
    change: Callable[[dict[str, Any]], object],
    message: str,
) -> None:
    with pytest.raises(ModelError, match=message):
        rebuild(changed(tiny_network, change))


def test_a_graph_that_training_did_not_write_is_rejected(tiny_network: Path, changed: Callable[..., Path]) -> None:
    folder = changed(tiny_network, lambda _: None)
    (folder / "model.onnx").write_bytes(b"no graph")
    manifest = json.loads((folder / "hedgerow.json").read_text("utf-8"))
    manifest["files"]["model.onnx"] = sha256(folder / "model.onnx")
    (folder / "hedgerow.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(ModelError, match="not a graph that training writes"):
        rebuild(folder)


def test_a_small_network_without_its_architecture_is_rejected(changed: Callable[..., Path]) -> None:
    folder = changed(MODELS / "small", lambda _: None)
    (folder / "recipe.toml").write_bytes((MODELS / "base" / "recipe.toml").read_bytes())
    manifest = json.loads((folder / "hedgerow.json").read_text("utf-8"))
    del manifest["encoder"]
    manifest["files"]["recipe.toml"] = sha256(folder / "recipe.toml")
    (folder / "hedgerow.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(ModelError, match=r"neither hedgerow\.json nor the recipe has an 'encoder'"):
        rebuild(folder)


def test_a_model_of_another_kind_has_no_network() -> None:
    with pytest.raises(ModelError, match="a linear model has no network to rebuild"):
        rebuild(MODELS / "linear")
