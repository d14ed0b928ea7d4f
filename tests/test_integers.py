"""Networks for integer arithmetic: exact products, answers that no batch changes, training, export, rebuilding."""

import json
import logging
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

import hedgerow
from hedgerow import RecipeError, TrainingError
from hedgerow.corpus.text_hashes import read_hashes, text_hash
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import TRAINING_TEXTS, read_manifest
from hedgerow.predictors.network.runtime import load_network
from hedgerow.results import Prediction
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.network.integer_graph import write_integer_graph
from hedgerow.training.network.integers import Scale, fit_scale, round_activations, round_rows, round_table
from hedgerow.training.network.quantisation_aware import integer_products
from hedgerow.training.network.rebuilding import rebuild
from hedgerow.training.network.saving import load
from tests.conftest import copied_recipe, made_once, write_network_recipe
from tests.test_rebuilding import largest_difference

pytestmark = pytest.mark.slow

EXPORT = """
[export]
weights = "integer"
[export.quantisation]
steps = 60
batch_size = 4
weight_lr = 1e-4
scale_lr = 1e-3
max_texts = 20
"""
WORDS = """
[encoder]
vocabulary = 60
word_width = 8
affix_width = 8
width = 32
dilations = [1, 2]
dropout = 0.1
word_dropout = 0.0
vectors = "encoder"
pairs = 50
summaries = 2
"""
MAX_DIFFERENCE = (
    0.05  # of a logit; measured are 1e-6, and 4e-3 where a sum lies between two integers and is rounded otherwise
)
OTHER_KERNELS = (
    "session.x64quantprecision"  # "1": on x64 both factors are unsigned, and sums have 32 bits from the start
)


def integer_recipe(folder: Path, encoder: str = "") -> tuple[Path, TrainingInputs]:
    recipe = write_network_recipe(folder)
    text = recipe.read_text("utf-8")
    recipe.write_text((text.replace('backbone = "encoder"\n', "") if encoder else text) + encoder + EXPORT, "utf-8")
    texts = folder / "texts.jsonl"
    texts.write_text("".join(json.dumps({"text": f"He may go to town {at}."}) + "\n" for at in range(50)), "utf-8")
    return recipe, TrainingInputs(texts=[texts])


@pytest.fixture(scope="module", params=["", WORDS], ids=["transformer", "words"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny network for integer arithmetic; its run is beside it."""

    def make(folder: Path) -> None:
        recipe, inputs = integer_recipe(folder, request.param)
        train_model(recipe, folder / "model", inputs)

    return made_once(tmp_path_factory, "integers-words" if request.param else "integers", make) / "model"


def session(path: Path, *, optimised: Path | None = None, **settings: Any) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    if optimised is not None:
        options.optimized_model_filepath = str(optimised)
    for name, value in settings.get("entries", {}).items():
        options.add_session_config_entry(name, value)
    if "level" in settings:
        options.graph_optimization_level = settings["level"]
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def product_graph(folder: Path, weights: NDArray[np.float32], scale: Scale) -> Path:
    """The graph of one product with `weights` (inputs, outputs), as `write_integer_graph` writes it."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", None]) for name in "xy"]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "product", values[:1], values[1:],
        [numpy_helper.from_array(weights, "w")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.save(model, str(folder / "single.onnx"))
    write_integer_graph(folder / "single.onnx", folder / "integer.onnx", {"w": "p.weight"}, {"p": scale})
    return folder / "integer.onnx"


def every_kernel(path: Path) -> dict[str, onnxruntime.InferenceSession]:
    return {
        "integer": session(path),
        "other integer": session(path, entries={OTHER_KERNELS: "1"}),
        "single precision": session(path, level=onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL),
    }


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 64, 129])
def test_integer_products_are_those_of_numpy(rows: int, tmp_path: Path) -> None:
    draw = np.random.default_rng(rows)
    integers = draw.integers(-64, 65, (96, 40))
    integers[0] = 64  # so that the scale of every output is the one below
    scale = Scale(2**-5, 77)
    path = product_graph(tmp_path, (integers * 2.0**-4).astype(np.float32), scale)
    activations = draw.normal(0, 3, (rows, 96)).astype(np.float32)
    rounded = round_activations(activations, scale).astype(np.int64)
    assert {0, 255} <= set(rounded.ravel().tolist()) or rows < 64
    expected = (rounded - scale.zero) @ integers * 2.0**-9  # scales are powers of 2, so that nothing is rounded after
    for name, kernel in every_kernel(path).items():
        (found,) = kernel.run(None, {"x": activations})
        assert np.array_equal(found, expected.astype(np.float32)), name


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_products_do_not_saturate(sign: int, tmp_path: Path) -> None:
    weights = np.full((1536, 16), sign * 64 * 2.0**-6, dtype=np.float32)
    path = product_graph(tmp_path, weights, Scale(1.0, 0))
    for kernel in every_kernel(path).values():
        (found,) = kernel.run(None, {"x": np.full((33, 1536), 300.0, dtype=np.float32)})
        assert (found == sign * 255 * 1536).all()


def test_products_may_share_their_matrix(tmp_path: Path) -> None:
    weights, scale = np.eye(4, dtype=np.float32), Scale(1.0, 128)
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", 4]) for name in "xz"]
    nodes = [helper.make_node("MatMul", [a, "w"], [b]) for a, b in ("xy", "yz")]
    graph = helper.make_graph(nodes, "twice", values[:1], values[1:], [numpy_helper.from_array(weights, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.save(model, str(tmp_path / "single.onnx"))
    write_integer_graph(tmp_path / "single.onnx", tmp_path / "integer.onnx", {"w": "p.weight"}, {"p": scale})
    x = np.arange(4, dtype=np.float32)[None]
    (found,) = session(tmp_path / "integer.onnx").run(None, {"x": x})
    assert np.allclose(found, x)
    with pytest.raises(RecipeError, match="has no product q; say '8-bit'"):
        write_integer_graph(tmp_path / "single.onnx", tmp_path / "no.onnx", {"w": "p.weight"}, {"q": scale})


def test_weights_are_rounded_to_seven_bits_and_zero_stays_zero() -> None:
    weights = np.array([[0.5, -1.0, 0.0], [0.0, 0.0, 0.0], [3.0, 1.5, -0.01]], dtype=np.float32)
    integers, scales = round_rows(weights)
    assert integers.tolist() == [[32, -64, 0], [0, 0, 0], [64, 32, 0]]
    assert scales.tolist() == pytest.approx([1 / 64, 1e-9 / 64, 3 / 64])


def test_embeddings_are_rounded_by_row() -> None:
    integers, scales = round_table(np.array([[1.0, -0.5], [0.0, 0.0]], dtype=np.float32))
    assert integers.tolist() == [[127, -64], [0, 0]]
    assert scales[0, 0] == pytest.approx(1 / 127)


def test_a_scale_keeps_zero_exact_and_cuts_what_is_rare() -> None:
    draw = np.random.default_rng(3).normal(0, 1, 200_000).astype(np.float32)
    scale = fit_scale(np.append(draw, [60.0, -60.0]).astype(np.float32))
    assert scale.size < 0.95 * 120 / 255
    assert round_activations(np.zeros(1, dtype=np.float32), scale).tolist() == [scale.zero]
    positive = fit_scale(np.abs(draw))
    assert positive.zero == 0
    assert round_activations(np.array([-1.0, 1e9], dtype=np.float32), positive).tolist() == [0, 255]


def test_a_scale_of_nothing_but_zeros_is_positive() -> None:
    assert fit_scale(np.zeros(5, dtype=np.float32)).size > 0


def sentences(count: int) -> list[str]:
    words = ["He", "may", "not", "resign", "the", "bridge", "opened", "reportedly", "denied", "it"]
    draw = np.random.default_rng(5)
    return [" ".join(draw.choice(words, draw.integers(1, 25))) + "." for _ in range(count)]


def bits(prediction: Prediction) -> tuple[bytes, str]:
    scores = [*prediction.certainty_scores.values(), *prediction.stance_scores.values()]
    scores += [span.score for span in prediction.spans if span.score is not None]
    return np.array(scores, dtype=np.float64).tobytes(), repr(prediction)


def test_an_answer_is_the_same_to_the_bit_alone_in_a_batch_of_a_thousand_and_on_two_threads(trained: Path) -> None:
    manifest = read_manifest(trained)
    one, two = (load_network(trained, manifest, threads=threads) for threads in (1, 2))
    texts = sentences(1000)
    together = list(map(bits, one.label(texts)))
    assert list(map(bits, two.label(texts))) == together
    assert list(map(bits, one.label(texts[::-1])))[::-1] == together
    assert [bits(one.label([text])[0]) for text in texts[::20]] == together[::20]


def test_integer_kernels_of_another_kind_give_the_same_labels(trained: Path) -> None:
    manifest = read_manifest(trained)
    model = load_network(trained, manifest, threads=1)
    _, rows = model.tokenise(sentences(60))
    logits = {}
    for name, kernel in every_kernel(trained / "model.onnx").items():
        model._session = kernel  # the only way to put another kernel under the same tokenizer and batches
        logits[name] = [model.infer([row])[0] for row in rows]
    for ours, theirs, single in zip(*logits.values(), strict=True):
        for head in ("certainty", "stance"):
            assert np.array_equal(ours[head], theirs[head])
            assert ours[head].argmax() == single[head].argmax()


def test_onnx_runtime_multiplies_integers(trained: Path, tmp_path: Path) -> None:
    session(trained / "model.onnx", optimised=tmp_path / "optimised.onnx")
    kinds = Counter(node.op_type for node in onnx.load(str(tmp_path / "optimised.onnx")).graph.node)
    network = load(trained.with_name("model.run") / "integer" / "network")
    assert kinds["MatMulIntegerToFloat"] == len(integer_products(network)) > 3
    assert kinds["DequantizeLinear"] == 0


def test_the_graph_gives_the_numbers_of_the_network_with_rounded_activations(trained: Path) -> None:
    difference = largest_difference(trained, rebuild(trained))
    print(f"{trained.parent.name}: {difference:.1e}")
    assert difference < MAX_DIFFERENCE


def test_the_network_keeps_its_labels(trained: Path) -> None:
    single, integer = (load(trained.with_name("model.run") / place) for place in ("network", "integer/network"))
    model = load_network(trained, read_manifest(trained), threads=1)
    texts = sentences(100)
    logits = model.logits(texts)
    same = 0
    for at, encoding in enumerate(model.tokenise(texts)[0]):
        ids = torch.tensor([encoding.ids])
        with torch.no_grad():
            ours = single(ids, torch.ones(ids.shape[:2], dtype=torch.long))["logits"]
        same += int(ours["stance"].argmax()) == int(logits["stance"][at].argmax())
    print(f"labels kept: {same} of 100")
    assert same >= 90
    assert not torch.equal(*(net.state_dict()["outputs.stance.weight"] for net in (single, integer)))


def test_a_network_for_integers_can_be_rebuilt_and_trained_again(trained: Path, tmp_path: Path) -> None:
    rebuilt = rebuild(trained).state_dict()
    network = load(trained.with_name("model.run") / "integer" / "network")
    assert rebuilt.keys() == network.state_dict().keys()
    for name, values in network.state_dict().items():
        assert torch.allclose(rebuilt[name], values, atol=1e-6), name
    recipe = write_network_recipe(tmp_path)
    recipe.write_text(recipe.read_text("utf-8").replace('"encoder"', f'"{trained}"'), "utf-8")
    again = train_model(recipe, tmp_path / "again")
    assert again is not None
    assert hedgerow.load(again.folder)("He may go.").certainty


def test_the_folder_knows_the_texts_that_the_network_was_quantised_on(trained: Path) -> None:
    seen = read_hashes(trained / TRAINING_TEXTS)
    known = sum(text_hash(f"He may go to town {at}.") in seen for at in range(50))
    assert known == 20
    assert [entry["file"] for entry in read_manifest(trained)["texts"]] == ["texts.jsonl"]


@pytest.mark.parametrize("trained", [""], indirect=True, ids=["transformer"])
def test_a_training_for_integers_that_was_killed_resumes_to_the_same_result(
    trained: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hedgerow")
    recipe, inputs = copied_recipe(trained, tmp_path), TrainingInputs(texts=[tmp_path / "texts.jsonl"])
    finished = trained.with_name("model.run")
    shutil.copytree(finished, tmp_path / "killed.run", ignore=shutil.ignore_patterns("integer"))
    code = (
        "import logging, os\n"
        "from pathlib import Path\n"
        "from hedgerow.training import TrainingInputs, train_model\n"
        "from hedgerow.training.network import quantisation_aware\n"
        "save = quantisation_aware._save\n"
        "def kill(*arguments):\n"
        "    save(*arguments)\n"
        "    os._exit(9)\n"
        "quantisation_aware._save = kill\n"
        f"inputs = TrainingInputs(texts=[Path({str(inputs.texts[0])!r})])\n"
        f"train_model(Path({str(recipe)!r}), Path({str(tmp_path / 'killed')!r}), inputs)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ran.returncode == 9, ran.stderr
    assert not (tmp_path / "killed").exists()
    caplog.clear()
    train_model(recipe, tmp_path / "killed", inputs)
    assert "resuming from step 50" in caplog.messages
    for path in trained.iterdir():
        assert sha256(path) == sha256(tmp_path / "killed" / path.name), path.name
    caplog.clear()
    train_model(recipe, tmp_path / "killed", inputs)
    assert not any(message.startswith(("step", "quantisation-aware")) for message in caplog.messages)


@pytest.mark.parametrize("trained", [""], indirect=True, ids=["transformer"])
def test_no_steps_round_the_network_and_do_not_train_it(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(trained.parent, folder)
    shutil.rmtree(folder / "model.run" / "integer")
    recipe = folder / "recipe.toml"
    recipe.write_text(recipe.read_text("utf-8").replace("steps = 60", "steps = 0"), "utf-8")
    train_model(recipe, folder / "model", TrainingInputs(texts=[folder / "texts.jsonl"]))
    before, after = (load(folder / "model.run" / place).state_dict() for place in ("network", "integer/network"))
    for name, weights in before.items():
        expected = weights.numpy()
        if name.startswith("encoder.encoder") and weights.ndim == 2:
            integers, scales = round_rows(expected)
            expected = integers * scales[:, None]
        assert np.allclose(after[name].numpy(), expected, atol=1e-7), name


@pytest.mark.parametrize("trained", [""], indirect=True, ids=["transformer"])
def test_other_settings_do_not_use_what_was_quantised_before(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(trained.parent, folder)
    before = {path.name: sha256(path) for path in (folder / "model").iterdir()}
    recipe = folder / "recipe.toml"
    recipe.write_text(recipe.read_text("utf-8").replace("steps = 60", "steps = 50"), "utf-8")
    with pytest.raises(RecipeError, match=r"integer: has a run of another recipe or other data"):
        train_model(recipe, folder / "model", TrainingInputs(texts=[folder / "texts.jsonl"]))
    shutil.rmtree(folder / "model.run" / "integer")
    rate = {"export.quantisation.weight_lr": 1e30}
    with pytest.raises(TrainingError, match=r"quantisation-aware training: the loss is nan in step 2: .*_lr=1e\+29"):
        train_model(recipe, folder / "model", TrainingInputs(texts=[folder / "texts.jsonl"], settings=rate))
    assert not (folder / "model.run" / "integer").exists()
    assert (folder / "model.run" / "network").is_dir()
    assert {path.name: sha256(path) for path in (folder / "model").iterdir()} == before


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('weights = "integer"', 'weights = "int4"', "setting 'export.weights' = 'int4'"),
        ('weights = "integer"', 'weights = "8-bit"', r"\[export.quantisation\] needs 'export.weights' = 'integer'"),
        ('weights = "integer"', "", r"\[export.quantisation\] needs 'export.weights' = 'integer', and it is '8-bit'"),
        ("steps = 60", "steps = -1", "setting 'export.quantisation.steps' = -1"),
        ("steps = 60", "step = 60", "unknown setting 'export.quantisation.step' = 60; did you mean 'steps'"),
        ("max_texts = 20", "", "no setting 'export.quantisation.max_texts'; add it"),
        (EXPORT[EXPORT.index("[export.q") :], "", r"needs \[export.quantisation\]; add its settings"),
    ],
)
def test_a_wrong_export_is_rejected(before: str, after: str, message: str, tmp_path: Path) -> None:
    recipe, inputs = integer_recipe(tmp_path)
    text = recipe.read_text("utf-8")
    assert before in text
    recipe.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(RecipeError, match=message):
        train_model(recipe, tmp_path / "model", inputs)
    assert not (tmp_path / "model.run").exists()


def test_integers_without_texts_are_rejected(tmp_path: Path) -> None:
    recipe, _ = integer_recipe(tmp_path)
    with pytest.raises(RecipeError, match=r"'export.weights' = 'integer' needs unlabelled texts; .* \(--texts\)"):
        train_model(recipe, tmp_path / "model")
    assert not (tmp_path / "model.run").exists()
