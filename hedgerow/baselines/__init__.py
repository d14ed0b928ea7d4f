"""What a model has to beat: the most frequent label, the lexicon (hedgerow.classifier), a linear model on n-grams."""

from hedgerow.baselines.majority import Majority

__all__ = ["Majority"]
