"""hedgerow: how certain a sentence is, what stance it takes, which words say so, and whose words they are.

>>> import hedgerow
>>> classifier = hedgerow.load("lexicon")
>>> classifier("He reportedly may resign.")
<Prediction 'He reportedly may resign.': possible, distanced, 2 spans>
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hedgerow.errors import (
    CorpusError,
    HedgerowError,
    InputError,
    ModelError,
    RecipeError,
    RejectedRowError,
    RunError,
    TrainingError,
)
from hedgerow.head import Head
from hedgerow.labels import Certainty, Example, Span, SpanType, Stance
from hedgerow.results import Document, Prediction, register_renderer
from hedgerow.version import __version__

if TYPE_CHECKING:
    from hedgerow.classifier import Classifier, load
    from hedgerow.integrations.pandas import to_frame
    from hedgerow.labelling.files import label_files
    from hedgerow.predictors.catalogue import ModelInfo, models
    from hedgerow.view.notebook import show

__all__ = [
    "Certainty",
    "Classifier",
    "CorpusError",
    "Document",
    "Example",
    "Head",
    "HedgerowError",
    "InputError",
    "ModelError",
    "ModelInfo",
    "Prediction",
    "RecipeError",
    "RejectedRowError",
    "RunError",
    "Span",
    "SpanType",
    "Stance",
    "TrainingError",
    "__version__",
    "label_files",
    "load",
    "models",
    "show",
    "to_frame",
]

# Imported when first used, so that `import hedgerow` stays fast: they bring numpy, nupunkt and pydantic.
_LAZY = {
    "Classifier": "hedgerow.classifier",
    "load": "hedgerow.classifier",
    "label_files": "hedgerow.labelling.files",
    "ModelInfo": "hedgerow.predictors.catalogue",
    "models": "hedgerow.predictors.catalogue",
    "show": "hedgerow.view.notebook",
    "to_frame": "hedgerow.integrations.pandas",
}
register_renderer(lambda: import_module("hedgerow.view.notebook"))


def __getattr__(name: str) -> Any:
    """Import what is not imported at once."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'hedgerow' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, so that completion shows them."""
    return __all__
