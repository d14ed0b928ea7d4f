"""Fitting with `transformers.Trainer`: several heads, two learning rates, resumed where it was killed.

Several processes (`torchrun --nproc-per-node 2 train.py ...`) share each epoch's rows; the first one writes.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from transformers.trainer_utils import get_last_checkpoint

from hedgerow.io.strict_json import write_json
from hedgerow.training.network.dev import Row, collate, dev_scores
from hedgerow.training.network.distillation import SoftTargets
from hedgerow.training.network.module import Head, Network
from hedgerow.training.recipe import NetworkRecipe

Say = Callable[[str], None]


def fit_network(
    recipe: NetworkRecipe,
    make_encoder: Callable[[], Any],
    heads: Sequence[Head],
    features: Any,
    dev: Sequence[Row],
    tokenizer: Any,
    weights: Mapping[str, Sequence[float]],
    run: Path,
    say: Say,
    soft: SoftTargets | None = None,
) -> Network:
    """Train on `features`, choose the best epoch by `dev`, and return the network; checkpoints go to `run`.

    `soft` are teachers' targets of the features' rows.
    """
    settings = recipe.optimisation
    set_seed(recipe.seed)
    network = Network(
        make_encoder(),
        heads,
        dropout=settings.dropout,
        focus=settings.focal_gamma,
        soft_weight=recipe.distillation.weight if recipe.distillation else 1.0,
        class_weights={name: torch.tensor(values) for name, values in weights.items()},
    )
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1  # set by torchrun and accelerate launch
    arguments = TrainingArguments(
        output_dir=str(run / "checkpoints"),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.encoder_lr,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warmup_ratio,
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
        bf16=settings.bfloat16,
        use_cpu=not torch.cuda.is_available(),
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
        data_collator=lambda rows: collate_soft(rows, soft),
        callbacks=[EarlyStoppingCallback(early_stopping_patience=settings.patience)],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    trainer.bring(dev=dev, tokenizer=tokenizer, head_rate=settings.head_lr, say=say)
    checkpoints = run / "checkpoints"
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None  # type: ignore[no-untyped-call]
    if last is not None:
        say(f"going on from {Path(last).name}")
    trainer.train(resume_from_checkpoint=last)
    if trainer.is_world_process_zero():
        epochs = [entry for entry in trainer.state.log_history if "eval_score" in entry]
        steps = trainer.state.global_step
        write_json(run / "history.json", {"environment": _environment(), "steps": steps, "epochs": epochs})
    bare: Network = trainer.accelerator.unwrap_model(network, keep_fp32_wrapper=False)  # of what bfloat16 wrapped it in
    return bare.eval().cpu()


def collate_soft(rows: Sequence[Mapping[str, Any]], soft: SoftTargets | None) -> dict[str, torch.Tensor]:
    """A batch, with the targets of teachers where there are some."""
    batch = collate(rows)
    longest = batch["input_ids"].shape[1]
    return batch if soft is None else batch | soft.batch([row["row"] for row in rows], longest)


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


def _environment() -> dict[str, str]:
    import transformers

    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "threads": str(torch.get_num_threads()),
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }
