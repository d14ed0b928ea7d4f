"""hedgerow: how certain a sentence is, what stance it takes, which words say so, and whose words they are."""

from typing import TYPE_CHECKING, Any

from hedgerow.errors import CorpusError, HedgerowError, InputError, ModelError, RecipeError
from hedgerow.labels import Certainty, Document, Example, Prediction, Span, SpanType, Stance

if TYPE_CHECKING:
    from hedgerow.classifier import Classifier, load

__version__ = "0.1.0"

__all__ = [
    "Certainty",
    "Classifier",
    "CorpusError",
    "Document",
    "Example",
    "HedgerowError",
    "InputError",
    "ModelError",
    "Prediction",
    "RecipeError",
    "Span",
    "SpanType",
    "Stance",
    "__version__",
    "load",
]


def __getattr__(name: str) -> Any:
    # numpy and nupunkt are imported when a model is, so that `import hedgerow` stays fast.
    if name in {"Classifier", "load"}:
        from hedgerow import classifier

        return getattr(classifier, name)
    raise AttributeError(f"module 'hedgerow' has no attribute {name!r}")
