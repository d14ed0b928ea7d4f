"""Measure a model on labelled files, and the page of its report."""

from hedgerow.measuring.measurement import evaluate_to_folder, measure

__all__ = ["evaluate_to_folder", "measure"]
