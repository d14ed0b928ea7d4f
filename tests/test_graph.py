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


def test_products_have_the_weights_that_training_reads(tiny_network: Path) -> None:
    content = (tiny_network / "model.onnx").read_bytes()
    before = onnx.load_from_string(content).graph
    stored = stored_weights(before)
    prepared, weights = prepare(content)
    assert len(weights) == [node.op_type for node in before.node].count("MatMulNBits") > 0
    for initializer, values in weights.items():
        assert np.array_equal(values.T, stored[initializer.removesuffix("_Q8")])
    kinds = [node.op_type for node in onnx.load_from_string(prepared).graph.node]
    assert kinds == [node.op_type.replace("MatMulNBits", "MatMul") for node in before.node]
    assert prepare(prepared) == (prepared, {})


@pytest.mark.parametrize("name", ["base", "small"])
def test_a_graph_without_8_bit_products_stays_as_it_is(name: str) -> None:
    content = (ROOT / "model" / name / "model.onnx").read_bytes()
    assert prepare(content) == (content, {})


def test_labels_and_scores_are_those_of_the_stored_graph(tiny_network: Path) -> None:
    lines = (ROOT / "data" / "corpus" / "dev.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    prepared = load(tiny_network, threads=1).model
    assert isinstance(prepared, NetworkModel)
    session = onnxruntime.InferenceSession(tiny_network / "model.onnx", providers=["CPUExecutionProvider"])
    stored = NetworkModel("stored", session, prepared._tokenizer, read_manifest(tiny_network)["heads"])
    for name, logits in stored.logits(texts).items():
        assert np.abs(prepared.logits(texts)[name] - logits).max() < 1e-4


@pytest.mark.parametrize("content", [b"", b"no graph", b"\x08\xff\xff"])
def test_a_file_that_is_no_graph_is_an_error_of_the_folder(content: bytes, tmp_path: Path) -> None:
    source = ROOT / "model" / "small"
    (tmp_path / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"not a network .*train or copy the model again"):
        load_network(tmp_path, read_manifest(source))
