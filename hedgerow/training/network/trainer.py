"""Fit a network with `transformers.Trainer`: several heads, two learning rates, resumed after a kill.

Several processes (`torchrun --nproc-per-node 2 train.py ...`) share the rows of each epoch.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import transformers
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from hedgerow.io.strict_json import write_json
from hedgerow.training.network.backbone import Backbone
from hedgerow.training.network.data import TrainingData, TrainingRow, to_features
from hedgerow.training.network.dev import collate, dev_scores
from hedgerow.training.network.module import LossSettings, Network
from hedgerow.training.network.rebuilding import copy_heads, rebuild
from hedgerow.training.network.run_folder import RunFolder
from hedgerow.training.network.soft_targets import SoftTargets
from hedgerow.training.processes import process_count
from hedgerow.training.recipe import NetworkRecipe

logger = logging.getLogger(__name__)


def fit_network(recipe: NetworkRecipe, backbone: Backbone, data: TrainingData, run: RunFolder) -> Network:
    """Train on `data`, and return the network of the epoch with the best score on dev.

    Checkpoints and the history go to `run`. If it has a checkpoint, the training resumes there.
    """
    features = to_features(data, backbone.tokenizer.encode_batch(data.texts))
    set_seed(recipe.seed)
    network = _build_network(recipe, backbone, data)
    trainer = NetworkTrainer(
        model=network,
        args=_arguments(recipe, data, run),
        train_dataset=features,
        eval_dataset=features,  # required, but `evaluate` scores dev
        data_collator=lambda rows: collate_soft(rows, data.soft_targets),
        callbacks=[EarlyStoppingCallback(early_stopping_patience=recipe.optimisation.patience)],
        dev=data.dev,
        tokenizer=backbone.tokenizer,
        head_lr=recipe.optimisation.head_lr,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    checkpoint = run.last_checkpoint()
    if checkpoint is not None:
        logger.info("resuming from %s", checkpoint.name)
    trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    if trainer.is_world_process_zero():
        write_json(run.history, trainer.history())
    # bfloat16 training wraps the network's forward in a conversion to single precision.
    trained: Network = trainer.accelerator.unwrap_model(network, keep_fp32_wrapper=False)
    return trained.eval().cpu()


def _build_network(recipe: NetworkRecipe, backbone: Backbone, data: TrainingData) -> Network:
    loss = LossSettings(
        focal_gamma=recipe.optimisation.focal_gamma,
        label_smoothing=recipe.optimisation.label_smoothing,
        soft_weight=recipe.distillation.weight if recipe.distillation else 1.0,
        class_weights=data.class_weights,
    )
    network = Network(backbone.build(), data.heads, dropout=recipe.optimisation.dropout, loss=loss)
    if backbone.model_folder is not None:
        copy_heads(rebuild(backbone.model_folder), network)
    return network


def _arguments(recipe: NetworkRecipe, data: TrainingData, run: RunFolder) -> TrainingArguments:
    settings = recipe.optimisation
    has_gpu = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(run.checkpoints),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.encoder_lr,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warmup_ratio,  # below 1, it is a ratio of all steps
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
        use_cpu=not has_gpu,
        label_names=[head.name for head in data.heads],
        report_to=[],
        seed=recipe.seed,
        ddp_backend="gloo" if process_count() > 1 and not has_gpu else None,
        ddp_find_unused_parameters=True,
        dataloader_pin_memory=has_gpu,
        disable_tqdm=True,
    )


def collate_soft(rows: Sequence[Mapping[str, Any]], soft_targets: SoftTargets | None) -> dict[str, torch.Tensor]:
    """Return a batch, with the soft targets of its rows if there are any."""
    batch = collate(rows)
    if soft_targets is None:
        return batch
    return batch | soft_targets.batch([row["row"] for row in rows], longest=batch["input_ids"].shape[1])


class NetworkTrainer(Trainer):
    """`Trainer` with a learning rate for the heads, which scores sentences and spans of dev after each epoch."""

    def __init__(
        self, *arguments: Any, dev: Sequence[TrainingRow], tokenizer: Any, head_lr: float, **settings: Any
    ) -> None:
        super().__init__(*arguments, **settings)
        self._dev = dev
        self._dev_tokenizer = tokenizer
        self._head_lr = head_lr
        self._losses: list[torch.Tensor] = []  # of the steps since the last epoch ended

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Return AdamW with one group of parameters per learning rate and weight decay."""
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
                        "lr": self.args.learning_rate if is_encoder else self._head_lr,
                        "weight_decay": self.args.weight_decay if decays else 0.0,
                    }
                    for (is_encoder, decays), parameters in groups.items()
                ],
                fused=True,  # one pass over the weights, where the default takes several
            )
        return self.optimizer

    def training_step(self, *arguments: Any, **named: Any) -> torch.Tensor:
        """Train on one batch, and keep its loss for the history."""
        loss: torch.Tensor = super().training_step(*arguments, **named)
        self._losses.append(loss.detach())
        return loss

    def log(self, logs: dict[str, float], *arguments: Any, **named: Any) -> None:
        """Keep `logs` for the history, and log the loss."""
        super().log(logs, *arguments, **named)
        if "loss" in logs:
            step, steps = self.state.global_step, self.state.max_steps
            logger.info("step %s of %s: loss %.3f", f"{step:,}", f"{steps:,}", logs["loss"])

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Score dev at the end of an epoch."""
        scores = dev_scores(self.model, self._dev, self._dev_tokenizer)
        metrics = {f"eval_{name}": score for name, score in scores.items()}
        self.log(metrics | {"epoch_loss": float(torch.stack(self._losses).mean())} if self._losses else metrics)
        self._losses.clear()
        figures = ", ".join(f"{name} {score:.3f}" for name, score in scores.items())
        logger.info("epoch %.0f: %s", self.state.epoch or 0.0, figures)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def history(self) -> dict[str, Any]:
        """Return the environment, the number of steps, and the mean loss and the scores on dev of each epoch."""
        epochs = [_epoch(entry) for entry in self.state.log_history if "eval_score" in entry]
        return {"environment": _environment(), "steps": self.state.global_step, "epochs": epochs}


def _epoch(entry: Mapping[str, Any]) -> dict[str, Any]:
    scores = {name.removeprefix("eval_"): score for name, score in entry.items() if name.startswith("eval_")}
    return {"epoch": entry["epoch"], "step": entry["step"], "loss": entry.get("epoch_loss"), "scores": scores}


def _environment() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "threads": str(torch.get_num_threads()),
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }
