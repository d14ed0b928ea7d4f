"""Convert files of earlier commits of 0.1.0 to today's names: model folders and recipes.

    python scripts/convert_0_1.py FILE-OR-FOLDER ...

A model folder gets the new keys in `recipe.toml` and `hedgerow.json`, and the hash of its recipe; weights stay as they
are. Converting twice changes nothing.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from hedgerow.io.atomic import sha256
from hedgerow.io.strict_json import write_json
from hedgerow.predictors.folder import MANIFEST

RECIPE_KEYS = {
    "inverse_regularisation": "C",
    "max_iterations": "max_iter",
    "share": "train_fraction",
    "batch": "batch_size",
    "encoder_rate": "encoder_lr",
    "head_rate": "head_lr",
    "warm_up": "warmup_ratio",
    "focus": "focal_gamma",
}
TOKENIZERS = {"pieces": "wordpiece", "words": "word"}


def main(arguments: list[str]) -> int:
    """Convert every argument; print each file that changed."""
    for argument in arguments:
        path = Path(argument)
        if (path / MANIFEST).is_file():
            convert_model(path)
        elif path.suffix == ".toml":
            convert_recipe(path)
        else:
            print(f"convert_0_1: {path}: not a model folder or a recipe", file=sys.stderr)
            return 2
    return 0


def convert_model(folder: Path) -> None:
    """Rename the keys of a model folder's recipe and manifest, and update the recipe's hash."""
    path = folder / MANIFEST
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if "recipe.toml" in manifest["files"]:
        convert_recipe(folder / "recipe.toml")
        manifest["files"]["recipe.toml"] = sha256(folder / "recipe.toml")
    if manifest["kind"] == "network":
        manifest = _with_tokenizer(manifest)
    data = {RECIPE_KEYS.get(name, name): value for name, value in manifest["data"].items()}
    write_json(path, manifest | {"data": data})
    print(path)


def _with_tokenizer(manifest: dict[str, Any]) -> dict[str, Any]:
    """Rename "reads" to "tokenizer", in its place; networks without either have a WordPiece tokenizer."""
    if "tokenizer" in manifest:
        return manifest
    renamed: dict[str, Any] = {}
    for name, value in manifest.items():
        if name == "reads":
            renamed["tokenizer"] = TOKENIZERS[value]
        else:
            renamed[name] = value
            if name == "max_tokens" and "reads" not in manifest:
                renamed["tokenizer"] = "wordpiece"
    return renamed


def convert_recipe(path: Path) -> None:
    """Rename the keys of a recipe; comments and order stay."""
    path.write_text(_with_new_recipe_keys(path.read_text("utf-8")), "utf-8")


def _with_new_recipe_keys(text: str) -> str:
    names = "|".join(RECIPE_KEYS)
    return re.sub(rf"^({names})(?=\s*=)", lambda key: RECIPE_KEYS[key[1]], text, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
