"""Rebuild a network from a model folder, so that a training can start there.

    network = rebuild(Path("model/base"))

The weights of 8 bits become single precision. The network gives the scores of the folder's graph, but for the rounding
of activations that a graph of integers has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch

from hedgerow.errors import ModelError, RecipeError
from hedgerow.predictors.folder import MANIFEST
from hedgerow.predictors.network.word_tokenizer import WordTokenizer
from hedgerow.training.network.dequantise import stored_weights
from hedgerow.training.network.encoder_config import MINILM, WORDS, build_encoder
from hedgerow.training.network.module import Network, TrainingHead
from hedgerow.training.network.parameters import names_by_structure
from hedgerow.training.recipe import NetworkRecipe, read_recipe
from hedgerow.training.start import network_manifest


def rebuild(folder: Path) -> Network:
    """Return the network of the model in `folder`, with the manifest's heads, in evaluation mode.

    Raises ModelError that says why if it cannot be rebuilt.
    """
    manifest = network_manifest(folder)
    description = _encoder_description(folder, manifest)
    heads = manifest_heads(manifest)
    with torch.random.fork_rng(devices=[]):  # the random weights are replaced, and cost no random numbers
        try:
            network = Network(build_encoder(description), heads)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{folder / MANIFEST}: 'encoder' is no architecture ({error}); train it again") from None
    network.load_state_dict(_parameters(folder, manifest, network))
    return network.eval()


def copy_heads(source: Network, target: Network) -> None:
    """Copy the weights of the heads of `source` that `target` has too, with the same labels."""
    for head in kept_heads(source.heads, target.heads):
        target.output(head.name).load_state_dict(source.output(head.name).state_dict())


def manifest_heads(manifest: Mapping[str, Any]) -> list[TrainingHead]:
    """Return the heads of a model folder's manifest."""
    return [TrainingHead(head["name"], head["kind"], tuple(head["labels"])) for head in manifest["heads"]]


def kept_heads(known: Iterable[TrainingHead], heads: Iterable[TrainingHead]) -> list[TrainingHead]:
    """Return those of `heads` that are among the `known` ones: of one name and kind, with the same labels."""
    names = {(head.name, head.kind, head.labels) for head in known}
    return [head for head in heads if (head.name, head.kind, head.labels) in names]


def describe_heads(known: Sequence[TrainingHead], heads: Sequence[TrainingHead]) -> str:
    """Return a line of the log: which of `heads` go on from the `known` ones, which are new, which are left out."""
    kept = {head.name for head in kept_heads(known, heads)}
    had = {head.name for head in known}
    wanted = {head.name for head in heads}
    parts = {
        "kept": [head.name for head in heads if head.name in kept],
        "new": [head.name for head in heads if head.name not in had],
        "new, because the labels are others": [head.name for head in heads if head.name in had - kept],
        "left out": [head.name for head in known if head.name not in wanted],
    }
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names)


def _parameters(folder: Path, manifest: Mapping[str, Any], network: Network) -> dict[str, torch.Tensor]:
    """Return the parameters of `network` by name, from the graph in `folder`."""
    path = folder / "model.onnx"
    try:
        onnx.checker.check_model(str(path), check_custom_domain=False)
        graph = onnx.load(str(path)).graph
        weights = stored_weights(graph)
    except (onnx.checker.ValidationError, KeyError, ValueError) as error:
        raise ModelError(f"{path}: not a graph that training writes ({error}); train the model again") from None
    names = manifest.get("parameters") or names_by_structure(graph)
    initializers = {parameter: initializer for initializer, parameter in names.items()}
    parameters = {}
    for parameter, expected in network.state_dict().items():
        values = weights.get(initializers.get(parameter, ""))
        if values is None:
            raise ModelError(f"{path}: has no weights of {parameter}; the network cannot be rebuilt, train it again")
        if values.shape != expected.shape:
            shapes = f"{list(values.shape)}, and the encoder needs {list(expected.shape)}"
            raise ModelError(f"{path}: {parameter} is {shapes}; the manifest's 'encoder' is of another network")
        parameters[parameter] = torch.tensor(values)
    return parameters


def _encoder_description(folder: Path, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the architecture of the encoder; of models from before manifests had it, from the rest of the folder."""
    if "encoder" in manifest:
        description: Mapping[str, Any] = manifest["encoder"]
        return description
    if manifest.get("tokenizer") == "word":
        return _words_description(folder, manifest)
    if manifest.get("backbone") == "minilm":
        return MINILM
    raise ModelError(
        f"{folder / MANIFEST}: no 'encoder', and the backbone {manifest.get('backbone')!r} is not known; "
        "train the model again"
    )


def _words_description(folder: Path, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        recipe = read_recipe(folder / "recipe.toml")
    except RecipeError as error:
        raise ModelError(f"{folder}: no 'encoder' in {MANIFEST}, and its recipe cannot be read: {error}") from None
    words = recipe.encoder if isinstance(recipe, NetworkRecipe) else None
    if words is None:
        raise ModelError(f"{folder}: neither {MANIFEST} nor the recipe has an 'encoder'; train the model again")
    return {
        "model_type": WORDS,
        "vocabulary": WordTokenizer.load(folder / "tokenizer.json").size,
        "word_width": words.word_width,
        "affix_width": words.affix_width,
        "hidden_size": words.width,
        "dilations": words.dilations,
        "pairs": words.pairs,
        "summaries": words.summaries,
        "max_position_embeddings": manifest["max_tokens"],
    }
