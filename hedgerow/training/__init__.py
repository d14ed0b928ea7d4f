"""Train a model: a recipe and a corpus in, a model folder and its scores on dev out."""

from hedgerow.training.inputs import TrainingInputs
from hedgerow.training.train import Trained, train_model

__all__ = ["Trained", "TrainingInputs", "train_model"]
