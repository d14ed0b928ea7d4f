"""From text to predictions: the lexicon, the linear model, and the classifier that runs either."""

from hedgerow.classifier.classifier import Classifier, Model, load
from hedgerow.classifier.lexicon import Lexicon, lexicon
from hedgerow.classifier.linear import Linear

__all__ = ["Classifier", "Lexicon", "Linear", "Model", "lexicon", "load"]
