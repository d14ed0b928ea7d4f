"""The classifier: any model behind one face, over sentences, whole texts, or texts that stream."""

from hedgerow.classifier.classifier import Classifier, load

__all__ = ["Classifier", "load"]
