"""Fit a network with `transformers.Trainer`: several heads, two learning rates, resumed after a kill.

Several processes (`torchrun --nproc-per-node 2 train.py ...`) share the rows of each epoch.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from hedgerow.io.strict_json import write_json
from hedgerow.training.network.backbone import Backbone
from hedgerow.training.network.data import TrainingData, TrainingRow, to_features
from hedgerow.training.network.dev import collate, dev_scores
from hedgerow.training.network.history import history, write_csv
from hedgerow.training.network.module import LossSettings, Network
from hedgerow.training.network.rebuilding import copy_heads, describe_heads, rebuild
from hedgerow.training.network.run_folder import RunFolder
from hedgerow.training.network.soft_targets import SoftTargets
from hedgerow.training.processes import process_count
from hedgerow.training.recipe import NetworkRecipe, Retention
from hedgerow.training.stopping import diverged, writing_checkpoint

LOGGED_EVERY, SHOWN_EVERY = 10, 50  # steps: in the history, and in the log

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
        table=run.table,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    checkpoint = run.last_checkpoint()
    if checkpoint is not None:
        logger.info("resuming from %s", checkpoint.name)
    trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    if trainer.is_world_process_zero():
        write_json(run.history, history(trainer.state.log_history, trainer.state.global_step))
    # bfloat16 training wraps the network's forward in a conversion to single precision.
    trained: Network = trainer.accelerator.unwrap_model(network, keep_fp32_wrapper=False)
    return trained.eval().cpu()


def _build_network(recipe: NetworkRecipe, backbone: Backbone, data: TrainingData) -> Network:
    loss = LossSettings(
        focal_gamma=recipe.optimisation.focal_gamma,
        label_smoothing=recipe.optimisation.label_smoothing,
        soft_weight=(recipe.distillation or recipe.retention or Retention()).weight,
        class_weights=data.class_weights,
    )
    network = Network(backbone.build(), data.heads, dropout=recipe.optimisation.dropout, loss=loss)
    if backbone.model_folder is not None:
        logger.info("heads of %s: %s", backbone.name, describe_heads(backbone.heads, data.heads))
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
        logging_steps=LOGGED_EVERY,
        logging_nan_inf_filter=False,  # such a loss stops the training
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
        self, *arguments: Any, dev: Sequence[TrainingRow], tokenizer: Any, head_lr: float, table: Path, **settings: Any
    ) -> None:
        super().__init__(*arguments, **settings)
        self._dev = dev
        self._dev_tokenizer = tokenizer
        self._head_lr = head_lr
        self._table = table
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
        """Train on one batch, and keep its loss for the history. Raises TrainingError if it is not a finite number."""
        loss: torch.Tensor = super().training_step(*arguments, **named)
        self._losses.append(loss.detach())
        if not torch.isfinite(loss):
            raise diverged(f"the loss is {float(loss)} in step {self.state.global_step + 1:,}", self._rates())
        return loss

    def _rates(self) -> dict[str, float]:
        return {"optimisation.encoder_lr": self.args.learning_rate, "optimisation.head_lr": self._head_lr}

    def _save_checkpoint(self, *arguments: Any, **named: Any) -> None:
        """Save a checkpoint; leave none that is half-written."""
        folder = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}"
        with writing_checkpoint(folder):
            super()._save_checkpoint(*arguments, **named)

    def log(self, logs: dict[str, float], *arguments: Any, **named: Any) -> None:
        """Keep `logs` for the history, and log the loss."""
        super().log(logs, *arguments, **named)
        step, steps = self.state.global_step, self.state.max_steps
        if "loss" in logs and step % SHOWN_EVERY == 0:
            logger.info("step %s of %s: loss %.3f", f"{step:,}", f"{steps:,}", logs["loss"])

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Score dev at the end of an epoch, and write the history so far as a table."""
        network: Any = self.model
        if not all(bool(torch.isfinite(parameter).all()) for parameter in network.parameters()):
            raise diverged(f"weights are no finite numbers after step {self.state.global_step:,}", self._rates())
        scores = dev_scores(network, self._dev, self._dev_tokenizer)
        metrics = {f"eval_{name}": score for name, score in scores.items()}
        self.log(metrics | {"epoch_loss": float(torch.stack(self._losses).mean())} if self._losses else metrics)
        self._losses.clear()
        if self.is_world_process_zero():
            write_csv(self._table, self.state.log_history)
        figures = ", ".join(f"{name} {score:.3f}" for name, score in scores.items())
        logger.info("epoch %.0f: %s", self.state.epoch or 0.0, figures)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics
