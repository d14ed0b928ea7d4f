"""Convert files of earlier commits of 0.1.0 to today's names: model folders, recipes and reports.

    python scripts/convert_0_1.py FILE-OR-FOLDER ...

A model folder gets the new keys in `recipe.toml` and `hedgerow.json`, and the hash of its recipe; weights stay as they
are. A report.json gets the new keys, today's name of the command that made it, and today's hash of a shipped model
whose weights did not change; figures stay as they are (its pages: `python -m evaluation.rebuild --render`). Converting
twice changes nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import sha256 as hash_of
from pathlib import Path
from typing import Any

from hedgerow.io.atomic import sha256
from hedgerow.io.strict_json import write_json
from hedgerow.predictors.folder import MANIFEST, model_hash, shipped

ROOT = Path(__file__).resolve().parents[1]
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
REPORT_KEYS = {
    "accuracy out of fold": "out_of_fold_accuracy",
    "against": "comparisons",
    "by chance": "by_chance",
    "by label": "by_label",
    "ceiling": "annotator_agreement",
    "chosen on": "held_out",
    "differ": "differing",
    "dirt": "dirty",
    "each family": "each_family",
    "import numpy": "import_numpy_seconds",
    "labels as torch": "labels_as_torch",
    "labels changed by neighbours": "labels_changed_in_batch",
    "learnt from": "trained_on",
    "macro_f1 difference": "macro_f1_difference",
    "macro_f1 p": "macro_f1_p",
    "made from": "made_from",
    "mcnemar p": "mcnemar_p",
    "measured on": "measured_on",
    "neighbours": "largest_difference_in_batch",
    "nothing lost": "nothing_lost",
    "number of cues": "number_of_cues",
    "off": "largest_difference_to_torch",
    "one sentence": "first_sentence_seconds",
    "rows a second": "rows_per_second",
    "rows dirty": "rows_dirty",
    "rows in": "rows_in",
    "rows out": "rows_out",
    "rows refused": "rows_rejected",
    "rows rejected": "rows_rejected",
    "said": "error",
    "seen in choosing": "seen_in_choosing",
    "seen in training": "seen_in_training",
    "seen in training by": "seen_in_training_by",
    "sentences a second": "sentences_per_second",
    "sentences that stand twice": "repeated_sentences",
    "shares": "label_distribution",
    "type of cue": "type_of_cue",
    "ways": "variants",
}
# Keys that are renamed in one place only: the key of the object they are in, the old and the new key.
REPORT_KEYS_WITHIN = {
    ("start", "times"): "times_import_numpy",
    ("points", "share"): "train_fraction",
    ("length", "1 to 10 words"): "words_1_to_10",
    ("length", "11 to 20 words"): "words_11_to_20",
    ("length", "21 to 30 words"): "words_21_to_30",
    ("length", "over 30 words"): "words_over_30",
    ("quotation", "with quotation marks"): "with_quotation_marks",
    ("quotation", "without quotation marks"): "without_quotation_marks",
    ("negation", "not negated"): "not_negated",
    ("number_of_cues", "0"): "none",
    ("number_of_cues", "1"): "one",
    ("number_of_cues", "2"): "two",
    ("number_of_cues", "3 or more"): "three_or_more",
    # Not "passive_of_opinion", which has more wordings: these figures stay those of the old slice.
    ("distanced", "is considered, regarded, viewed as"): "considered_regarded_viewed_as",
    ("distanced", "by other wording"): "not_considered_regarded_viewed_as",
}
EVALUATION_MODULES = {
    "benchmark_table": "benchmarks.table",
    "benchmarks": "benchmarks.run",
    "million": "speed.load_test",
    "quantisation": "components.quantisation",
    "scaling": "speed.scaling",
    "sentences": "components.sentences",
    "throughput": "speed.throughput",
    "transfer": "benchmarks.transfer",
}
OLD_LEXICON = "hedgerow/classifier/lexicon.toml"


def main(arguments: list[str]) -> int:
    """Convert every argument; print each file that changed."""
    for argument in arguments:
        path = Path(argument)
        if (path / MANIFEST).is_file():
            convert_model(path)
        elif path.suffix == ".toml":
            convert_recipe(path)
        elif path.name == "report.json":
            convert_report(path)
        else:
            print(f"convert_0_1: {path}: not a model folder, a recipe or a report.json", file=sys.stderr)
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


def convert_report(path: Path) -> None:
    """Rename the keys, the command and the hashes of a report.json; no figure changes."""
    report = _renamed(json.loads(path.read_text("utf-8")))
    command = re.sub(
        r"evaluation\.(\w+)(?= |$)",
        lambda name: f"evaluation.{EVALUATION_MODULES.get(name[1], name[1])}",
        report["command"].replace(" --shares ", " --fractions "),
    )
    models = report.get("models")
    for model in (report.get("model"), *(models if isinstance(models, list) else ())):
        if isinstance(model, dict):
            model["sha256"] = _current_model_hash(model["name"], model["sha256"], report["commit"])
    if "recipe" in report:
        report["recipe"]["sha256"] = _current_recipe_hash(report["recipe"])
    rest = {key: value for key, value in report.items() if key not in ("schema", "command")}
    write_json(path, {"schema": 1, "command": command, **rest})
    print(path)


def _renamed(value: Any, within: str = "") -> Any:
    """Return a JSON value with new keys; `within` is the key of the object that it is in."""
    if isinstance(value, list):
        return [_renamed(item, within) for item in value]
    if not isinstance(value, dict):
        return value
    renamed: dict[str, Any] = {}
    for key, item in value.items():
        new = REPORT_KEYS_WITHIN.get((within, key)) or REPORT_KEYS.get(key) or str(key)
        renamed[new] = _renamed(item, new)
    return renamed


def _current_model_hash(name: str, old: str | None, commit: str) -> str | None:
    """Return today's hash of a shipped model if its weights or rules are those of `old`, else `old`."""
    if name not in shipped():
        return old
    folder = shipped()[name]
    today = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifests = (json.loads(text) for text in _versions(folder / MANIFEST) if _sha256(text) == old)
    if today["kind"] == "lexicon":
        rules = tomllib.loads((folder / "cues.toml").read_text("utf-8"))
        is_same = rules in (_old_rules(commit) if old is None else map(_rules, manifests))
    else:
        is_same = _weights(today) in map(_weights, manifests)
    return model_hash(folder) if is_same else old


def _weights(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the hashes of the files that predictions depend on."""
    return {name: digest for name, digest in manifest["files"].items() if name not in ("recipe.toml", "metrics.json")}


def _rules(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the rules of a lexicon's manifest, without their comments."""
    texts = _versions(shipped()["lexicon"] / "cues.toml")
    return next(
        (tomllib.loads(text.decode()) for text in texts if _sha256(text) == manifest["files"]["cues.toml"]), None
    )


def _old_rules(commit: str) -> list[dict[str, Any]]:
    """Return the rules at a commit before the lexicon had a manifest."""
    return [tomllib.loads(_git("show", f"{commit.split()[0]}:{OLD_LEXICON}").decode())]


def _current_recipe_hash(recipe: Mapping[str, str]) -> str:
    """Return today's hash of a recipe if only its keys and comments changed, else the old one."""
    path = ROOT / "model" / recipe["file"]
    if not path.is_file():
        return recipe["sha256"]
    today = tomllib.loads(path.read_text("utf-8"))
    for text in _versions(path):
        if _sha256(text) == recipe["sha256"] and tomllib.loads(_with_new_recipe_keys(text.decode())) == today:
            return sha256(path)
    return recipe["sha256"]


def _versions(path: Path) -> Iterator[bytes]:
    """Yield the file at every commit that changed it."""
    name = path.resolve().relative_to(ROOT).as_posix()
    for commit in _git("log", "--format=%H", "--", name).decode().split():
        yield _git("show", f"{commit}:{name}")


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False).stdout


def _sha256(content: bytes) -> str:
    return hash_of(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
