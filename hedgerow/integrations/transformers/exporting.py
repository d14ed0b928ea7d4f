"""Export a network: weights, configuration, tokenizer, the code that reads them, a card and a notice.

The weights are in single precision, as `rebuild` gives them. Where the model rounds the inputs of its products to
8 bits, the configuration has the scales, and the exported network rounds too: otherwise one label of base in seventy
differs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError
from hedgerow.integrations.transformers.card import write_card, write_notice
from hedgerow.io.atomic import replaced_folder
from hedgerow.io.optional import library
from hedgerow.io.strict_json import write_json
from hedgerow.predictors.folder import find, model_hash, read_manifest
from hedgerow.version import __version__

_MODELING = "hedgerow.integrations.transformers.modeling_hedgerow"
_WORDS = (
    "hedgerow.integrations.transformers.modeling_hedgerow_words",
    "hedgerow.integrations.transformers.tokenization_hedgerow",
    "hedgerow.predictors.network.word_tokenizer",
    "hedgerow.training.network.word_encoder",
)
_FILES = ("config.json", "model.safetensors", "tokenizer_config.json", "README.md", "NOTICE")
_TOKENIZER_FILES = ("tokenizer.json", "words.json")
_OUR_IMPORT = re.compile(r"^from hedgerow\.[\w.]*?(\w+) import ", re.M)


def export_to_transformers(model: str | Path, out: str | Path, *, force: bool = False) -> list[Path]:
    """Write the network `model` to the folder `out`, and return the files.

    Parameters
    ----------
    model : str or Path
        A shipped network's name, or a network's folder.
    out : str or Path
        The folder; it appears complete, or not at all.
    force : bool
        Whether to replace an export that is there. A folder with any other file is never replaced.

    Raises
    ------
    ModelError
        If there is no such model, it is no network, or its network cannot be rebuilt.
    InputError
        If `out` cannot be written, or transformers is not installed.
    """
    library("transformers", needed_for="an export", extra="train")
    folder, out = find(model), Path(out)
    manifest = read_manifest(folder)
    if not force and out.is_dir() and any(out.iterdir()):
        raise InputError(f"{out}: is there already; name another folder, or replace an export with --force")
    modules = [_MODELING, *(_WORDS if manifest.get("tokenizer") == "word" else ())]
    written = {f"{module.rpartition('.')[2]}.py" for module in (_MODELING, *_WORDS)}
    with replaced_folder(out, allowed={*_FILES, *_TOKENIZER_FILES, *written}) as target:
        _write_network(folder, manifest, target)
        _write_tokenizer(folder, manifest, target)
        for module in modules:
            _write_module(module, target)
        write_card(folder, manifest, target / "README.md")
        write_notice(folder, manifest, target / "NOTICE")
        names = sorted(path.name for path in target.iterdir())
    return [out / name for name in names]


def _write_network(folder: Path, manifest: Mapping[str, Any], target: Path) -> None:
    import onnx
    from safetensors.torch import save_file

    from hedgerow.training.network.dequantise import activation_scales
    from hedgerow.training.network.encoder_config import describe_encoder
    from hedgerow.training.network.parameters import names_by_structure
    from hedgerow.training.network.rebuilding import rebuild

    network = rebuild(folder)
    graph = onnx.load(str(folder / "model.onnx")).graph
    scales = activation_scales(graph, manifest.get("parameters") or names_by_structure(graph))
    kind, words = ("hedgerow_words", "Words") if manifest.get("tokenizer") == "word" else ("hedgerow", "")
    code, name = f"modeling_{kind}", f"Hedgerow{words}Model"
    heads = [_describe_head(head) for head in manifest["heads"]]
    first = next((head for head in heads if head["kind"] == "label"), {})
    config = {
        "model_type": kind,
        "architectures": [name],
        "auto_map": {"AutoConfig": f"{code}.Hedgerow{words}Config", "AutoModel": f"{code}.{name}"},
        "encoder": describe_encoder(network.encoder),
        "heads": heads,
        **{name: first[name] for name in ("id2label", "label2id") if first},
        "activation_scales": {module: [scale.size, scale.zero] for module, scale in scales.items()},
        "hedgerow_version": __version__,
        "hedgerow_sha256": model_hash(folder),
    }
    write_json(target / "config.json", config)
    weights = {name: values.contiguous() for name, values in network.state_dict().items()}
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})


def _describe_head(head: Mapping[str, Any]) -> dict[str, Any]:
    labels = {str(number): label for number, label in enumerate(head["labels"])}
    numbers = {label: int(number) for number, label in labels.items()}
    described = {"name": head["name"], "kind": head["kind"], "temperature": head["temperature"]}
    ordered = {"ordered": True} if head.get("ordered") else {}
    return {**described, **ordered, "id2label": labels, "label2id": numbers}


def _write_tokenizer(folder: Path, manifest: Mapping[str, Any], target: Path) -> None:
    settings: dict[str, Any] = {
        "model_max_length": manifest["max_tokens"],
        "model_input_names": ["input_ids", "attention_mask"],
    }
    content = (folder / "tokenizer.json").read_bytes()
    if manifest.get("tokenizer") == "word":
        (target / "words.json").write_bytes(content)
        settings |= {
            "auto_map": {"AutoTokenizer": ["tokenization_hedgerow.HedgerowTokenizer", None]},
            "tokenizer_class": "HedgerowTokenizer",
        }
    else:
        from tokenizers import Tokenizer

        (target / "tokenizer.json").write_bytes(content)
        padding = manifest.get("encoder", {}).get("pad_token_id") or 0
        token = Tokenizer.from_file(str(folder / "tokenizer.json")).id_to_token(padding)
        settings |= {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": token}
    write_json(target / "tokenizer_config.json", settings)


def _write_module(module: str, target: Path) -> None:
    """Write a module of this package, its imports from this package changed to files beside it."""
    package, _, name = module.rpartition(".")
    source = resources.files(package).joinpath(f"{name}.py").read_text("utf-8")
    (target / f"{name}.py").write_text(_OUR_IMPORT.sub(r"from .\1 import ", source), "utf-8")
