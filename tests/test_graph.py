"""Graphs prepared when a model is loaded: 8-bit products in single precision, the same labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from hedgerow import load
from hedgerow.errors import ModelError
from hedgerow.predictors.folder import read_manifest
from hedgerow.predictors.network.graph import prepare
from hedgerow.predictors.network.runtime import NetworkModel, load_network
from hedgerow.training.network.dequantise import stored_weights

ROOT = Path(__file__).parents[1]
NETWORKS = ("base", "small")


def stored_graph(name: str) -> bytes:
    return (ROOT / "model" / name / "model.onnx").read_bytes()


@pytest.mark.parametrize("name", NETWORKS)
def test_products_have_the_weights_that_training_reads(name: str) -> None:
    content = stored_graph(name)
    stored = stored_weights(onnx.load_from_string(content).graph)
    prepared, weights = prepare(content)
    for initializer, values in weights.items():
        assert np.array_equal(values.T, stored[initializer.removesuffix("_Q8")])
    kinds = [node.op_type for node in onnx.load_from_string(prepared).graph.node]
    assert "MatMulNBits" not in kinds
    before = [node.op_type for node in onnx.load_from_string(content).graph.node]
    assert len(kinds) == len(before)


def test_a_prepared_graph_has_nothing_left_to_prepare() -> None:
    prepared, _ = prepare(stored_graph("small"))
    again, weights = prepare(prepared)
    assert not weights
    assert onnx.load_from_string(again) == onnx.load_from_string(prepared)


def test_labels_and_scores_are_those_of_the_stored_graph() -> None:
    lines = (ROOT / "data" / "corpus" / "dev.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    prepared = load("small", threads=1).model
    assert isinstance(prepared, NetworkModel)
    session = onnxruntime.InferenceSession(stored_graph("small"), providers=["CPUExecutionProvider"])
    heads = read_manifest(ROOT / "model" / "small")["heads"]
    stored = NetworkModel("stored", session, prepared._tokenizer, heads)
    for name, logits in stored.logits(texts).items():
        ours = prepared.logits(texts)[name]
        assert np.array_equal(ours.argmax(-1), logits.argmax(-1))
        assert np.abs(ours - logits).max() < 1e-4


@pytest.mark.parametrize("content", [b"", b"no graph", b"\x08\xff\xff"])
def test_a_file_that_is_no_graph_is_an_error_of_the_folder(content: bytes, tmp_path: Path) -> None:
    source = ROOT / "model" / "small"
    (tmp_path / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"not a network .*train or copy the model again"):
        load_network(tmp_path, read_manifest(source))
