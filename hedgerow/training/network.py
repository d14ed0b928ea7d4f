"""Training a network with `transformers.Trainer`: several heads, two learning rates, resumed where it was killed.

A run has a folder of its own beside the model folder (`NAME.run/`): the recipe and the hashes of the data, checkpoints,
the environment, and scores by epoch. The same command goes on where the last one stopped, and refuses to mix recipes or
data. Several processes (`torchrun --nproc-per-node 2 train.py ...`) share each batch's rows; the first one writes.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import AutoModel, AutoTokenizer, EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from transformers.trainer_utils import get_last_checkpoint

from hedgerow import tags
from hedgerow.calibration import cross_fitted
from hedgerow.classifier import Classifier
from hedgerow.classifier.network import NetworkModel, load_network
from hedgerow.errors import RecipeError
from hedgerow.export import quantise, write_onnx
from hedgerow.files import sha256, write_json
from hedgerow.labels import AXES, Example
from hedgerow.network import Head, Network
from hedgerow.network.module import IGNORED
from hedgerow.recipe import NetworkRecipe
from hedgerow.scores import SpanCounts, label_scores
from hedgerow.training.rows import class_weights, heads_of, refuse_missing_labels, to_features, training_rows

Row = Mapping[str, Any]
Say = Callable[[str], None]


def load_tokenizer(backbone: str, max_tokens: int) -> Any:
    """The backbone's fast tokenizer (of the `tokenizers` library), cutting at `max_tokens`, not padding."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(backbone).backend_tokenizer
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise RecipeError(
            f"setting 'backbone' = {backbone!r}: {reason}; scripts/fetch_backbone.py brings one"
        ) from None
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def train_network(
    recipe: NetworkRecipe,
    recipe_folder: Path,
    files: Sequence[Path],
    held_out: Mapping[str, Sequence[Example]],
    folder: Path,
    run: Path,
    manifest: dict[str, Any],
    say: Say,
) -> Classifier | None:
    """Train, export and calibrate; the model's files go to `folder`, what it is to `manifest`.

    Of several processes the first one writes; the others end in None.
    """
    heads = heads_of(recipe)
    if recipe.calibrate_on not in held_out:
        known = ", ".join(map(repr, held_out))
        raise RecipeError(
            f"setting 'calibrate_on' = {recipe.calibrate_on!r}; measured are {known} (--measure NAME=FILE)"
        )
    rows = training_rows(recipe, recipe_folder, files)
    refuse_missing_labels(rows, heads, ", ".join(map(str, files)))
    local = recipe_folder / recipe.backbone
    backbone = str(local.resolve()) if local.is_dir() else recipe.backbone
    tokenizer = load_tokenizer(backbone, recipe.max_tokens)
    auxiliary = [(recipe_folder / corpus.file).resolve() for corpus in recipe.corpora.auxiliary]
    writes = os.environ.get("RANK", "0") == "0"  # of several processes, the first one
    if writes:
        _refuse_another_run(run, _identity(recipe, backbone, [*files, *auxiliary]))
    network = fit_network(
        recipe,
        backbone,
        heads,
        to_features(rows, heads, tokenizer),
        [example.to_dict() for example in held_out["dev"]],
        tokenizer,
        class_weights(rows, heads, recipe.optimisation.class_weight_power),
        run,
        say,
    )
    if not writes:
        return None
    say("exporting")
    write_onnx(network, run / "single.onnx")
    quantise(run / "single.onnx", folder / "model.onnx")
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    longest = int(getattr(network.encoder.config, "max_position_embeddings", 512))
    manifest["max_tokens"] = min(512, longest)
    tokenizer.enable_truncation(manifest["max_tokens"])
    manifest["heads"] = [
        {"name": head.name, "kind": head.kind, "labels": list(head.labels), "temperature": 1.0} for head in heads
    ]
    calibration = _calibrate(load_network(folder, manifest), manifest, held_out[recipe.calibrate_on], heads)
    manifest["calibration"] = {"on": recipe.calibrate_on, **calibration}
    manifest["backbone"] = recipe.backbone.rsplit("/", 1)[-1]
    for name, examples in held_out.items():
        exact = dev_scores(network, [example.to_dict() for example in examples], tokenizer)
        say(f"single precision on {name}: " + ", ".join(f"{head} {score:.4f}" for head, score in exact.items()))
    return Classifier(load_network(folder, manifest))


def fit_network(
    recipe: NetworkRecipe,
    backbone: str,
    heads: Sequence[Head],
    features: Any,
    dev: Sequence[Row],
    tokenizer: Any,
    weights: Mapping[str, Sequence[float]],
    run: Path,
    say: Say,
) -> Network:
    """Train on `features`, choose the best epoch by `dev`, and return the network; checkpoints go to `run`."""
    settings = recipe.optimisation
    set_seed(recipe.seed)
    network = Network(
        AutoModel.from_pretrained(backbone, **_without_pooler(backbone)),
        heads,
        dropout=settings.dropout,
        focus=settings.focus,
        class_weights={name: torch.tensor(values) for name, values in weights.items()},
    )
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1  # set by torchrun and accelerate launch
    arguments = TrainingArguments(
        output_dir=str(run / "checkpoints"),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        learning_rate=settings.encoder_rate,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warm_up,
        lr_scheduler_type="linear",
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="eval_score",
        greater_is_better=True,
        logging_steps=50,
        remove_unused_columns=False,
        label_names=[head.name for head in heads],
        report_to=[],
        seed=recipe.seed,
        ddp_backend="gloo" if several and not torch.cuda.is_available() else None,
        ddp_find_unused_parameters=True,
        dataloader_pin_memory=torch.cuda.is_available(),
        disable_tqdm=True,
    )
    trainer = NetworkTrainer(
        model=network,
        args=arguments,
        train_dataset=features,
        eval_dataset=features,  # `evaluate` measures on dev itself
        data_collator=collate,
        callbacks=[EarlyStoppingCallback(early_stopping_patience=settings.patience)],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    trainer.bring(dev=dev, tokenizer=tokenizer, head_rate=settings.head_rate, say=say)
    checkpoints = run / "checkpoints"
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None  # type: ignore[no-untyped-call]
    if last is not None:
        say(f"going on from {Path(last).name}")
    trainer.train(resume_from_checkpoint=last)
    if trainer.is_world_process_zero():
        epochs = [entry for entry in trainer.state.log_history if "eval_score" in entry]
        steps = trainer.state.global_step
        write_json(run / "history.json", {"environment": _environment(), "steps": steps, "epochs": epochs})
    return network.eval().cpu()


class NetworkTrainer(Trainer):
    """`Trainer` with a learning rate for the heads, and scores of sentences and spans instead of a loss on dev."""

    def bring(self, *, dev: Sequence[Row], tokenizer: Any, head_rate: float, say: Say) -> None:
        self.dev = dev
        self.tokens = tokenizer
        self.head_rate = head_rate
        self.say = say

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            trained: Any = model or self.model
            decayed = set(self.get_decay_parameter_names(trained))
            groups: dict[tuple[bool, bool], list[Any]] = {}
            for name, parameter in trained.named_parameters():
                groups.setdefault((name.startswith("encoder."), name in decayed), []).append(parameter)
            self.optimizer = torch.optim.AdamW(
                [
                    {
                        "params": parameters,
                        "lr": self.args.learning_rate if encoder else self.head_rate,
                        "weight_decay": self.args.weight_decay if decays else 0.0,
                    }
                    for (encoder, decays), parameters in groups.items()
                ]
            )
        return self.optimizer

    def log(self, logs: dict[str, float], *rest: Any, **named: Any) -> None:
        super().log(logs, *rest, **named)
        if "loss" in logs:
            self.say(f"step {self.state.global_step:,} of {self.state.max_steps:,}: loss {logs['loss']:.3f}")

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        scores = dev_scores(self.model, self.dev, self.tokens)
        metrics = {f"eval_{name}": value for name, value in scores.items()}
        self.log(metrics)
        epoch = self.state.epoch or 0.0
        self.say(f"epoch {epoch:.0f}: " + ", ".join(f"{name} {value:.3f}" for name, value in scores.items()))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def collate(rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
    """A batch: ids padded with 0, the mask, label targets (rows,), tag targets (rows, tokens) padded with IGNORED."""
    longest = max(len(row["input_ids"]) for row in rows)
    batch: dict[str, Tensor] = {
        "input_ids": torch.tensor([[*row["input_ids"], *[0] * (longest - len(row["input_ids"]))] for row in rows]),
        "attention_mask": torch.tensor(
            [[1] * len(row["input_ids"]) + [0] * (longest - len(row["input_ids"])) for row in rows]
        ),
    }
    for name in rows[0]:
        values = [row[name] for row in rows]
        if name not in ("input_ids", "length"):
            tagged = isinstance(values[0], list)
            padded = [[*value, *[IGNORED] * (longest - len(value))] for value in values] if tagged else values
            batch[name] = torch.tensor(padded)
    return batch


@torch.no_grad()
def dev_scores(network: Any, rows: Sequence[Row], tokenizer: Any, *, batch: int = 64) -> dict[str, float]:
    """Macro-F1 of every label head, strict F1 of every span head, and `score`, their mean."""
    network.eval()
    device = next(network.parameters()).device
    found: dict[str, list[Any]] = {head.name: [] for head in network.heads}
    for start in range(0, len(rows), batch):
        encodings = tokenizer.encode_batch([row["text"] for row in rows[start : start + batch]])
        inputs = collate([{"input_ids": encoding.ids} for encoding in encodings])
        logits = network(**{name: value.to(device) for name, value in inputs.items()})["logits"]
        for head in network.heads:
            scores = torch.softmax(logits[head.name].float(), -1).cpu().numpy()
            for at, encoding in enumerate(encodings):
                found[head.name].append(_read(head, scores[at], encoding))
    network.train()
    scores_by_head = {head.name: _score(head, rows, found[head.name]) for head in network.heads}
    return {**scores_by_head, "score": float(np.mean(list(scores_by_head.values())))}


def _read(head: Head, scores: Any, encoding: Any) -> Any:
    if head.kind == "label":
        return head.labels[int(scores.argmax())]
    spans = tags.decode(scores[: len(encoding.ids)], encoding.offsets, encoding.word_ids)
    return {(start, end, head.labels[1 + 2 * kind].removeprefix("B-")) for start, end, kind, _ in spans}


def _score(head: Head, rows: Sequence[Row], found: Sequence[Any]) -> float:
    labelled = [
        (row[head.name], value) for row, value in zip(rows, found, strict=True) if row.get(head.name) is not None
    ]
    if head.kind == "label":
        gold, predicted = [label for label, _ in labelled], [label for _, label in labelled]
        if not gold:
            return 0.0
        scores = label_scores(gold, predicted, list(head.labels), [str(at) for at in range(len(gold))])
        return float(scores["macro_f1"]["value"])
    total = SpanCounts()
    for spans, there in labelled:
        gold_spans = {(span["start"], span["end"], span["type"]) for span in spans}
        total += SpanCounts(len(gold_spans & there), len(there - gold_spans), len(gold_spans - there))
    return total.to_dict()["f1"]


def _without_pooler(backbone: str) -> dict[str, Any]:
    """BERT's own pooler is not used, and parameters without a gradient would confuse several processes."""
    from transformers import AutoConfig

    kind = AutoConfig.from_pretrained(backbone).model_type
    return {"add_pooling_layer": False} if kind in {"bert", "roberta", "mpnet", "xlm-roberta"} else {}


def _environment() -> dict[str, str]:
    import transformers

    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "threads": str(torch.get_num_threads()),
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }


def _refuse_another_run(run: Path, identity: Mapping[str, Any]) -> None:
    """Raise RecipeError where `run` belongs to another recipe or other data; else note what it is."""
    note = run / "run.json"
    if note.exists() and json.loads(note.read_text("utf-8")) != identity:
        raise RecipeError(f"{run}: a run of another recipe or other data is here; remove it, or name another --out")
    run.mkdir(parents=True, exist_ok=True)
    write_json(note, identity)


def _identity(recipe: NetworkRecipe, backbone: str, files: Sequence[Path]) -> dict[str, Any]:
    """What decides the weights, wherever it lies: the settings, and the hashes of the data and of the backbone."""
    settings = {
        key: value for key, value in asdict(recipe).items() if key not in ("calibrate_on", "backbone", "corpora")
    }
    weights = Path(backbone) / "model.safetensors"
    encoder = sha256(weights) if weights.is_file() else backbone
    return {"recipe": json.loads(json.dumps(settings)), "backbone": encoder, "data": [sha256(path) for path in files]}


def _calibrate(
    model: NetworkModel, manifest: dict[str, Any], rows: Sequence[Example], heads: Sequence[Head]
) -> dict[str, Any]:
    """A temperature for each head of the codebook, fitted on `rows`; what it does is measured by cross-fitting."""
    logits = model.logits([example.text for example in rows])
    calibration = {}
    for head in heads:
        if head.name in AXES:
            gold = np.array([head.labels.index(str(getattr(example, head.name))) for example in rows])
            calibration[head.name] = cross_fitted(logits[head.name], gold, [example.unit for example in rows])
    for entry in manifest["heads"]:
        if entry["name"] in calibration:
            entry["temperature"] = calibration[entry["name"]]["temperature"]
    return calibration
