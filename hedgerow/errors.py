"""The errors of this package, by what the user handed in.

Every message says what happened, where (file, line, value), and what to do.
"""


class HedgerowError(Exception):
    """The base of all errors that this package raises on purpose."""


class CorpusError(HedgerowError, ValueError):
    """A labelled file does not follow the codebook or its own format."""


class RecipeError(HedgerowError, ValueError):
    """A recipe has a setting that is unknown, missing or out of range."""


class ModelError(HedgerowError, ValueError):
    """A model folder is missing, incomplete, damaged, or of another version."""


class InputError(HedgerowError, ValueError):
    """A text, row or option cannot be used as it is."""


class RunError(HedgerowError, ValueError):
    """A run folder does not fit the inputs or settings, or a run could not be finished."""


class TrainingError(HedgerowError, RuntimeError):
    """A training stopped before its end: the loss is not a number, or the disk is full."""


class RejectedRowError(HedgerowError, ValueError):
    """A row was rejected, and `strict` stops at the first one."""
