"""A recipe and a corpus to a trained model folder, with its scores on dev."""

from hedgerow.training.train import Trained, train

__all__ = ["Trained", "train"]
