"""What can go wrong, by what the user handed in. Every message names the file, the place, the value and the cure."""


class HedgerowError(Exception):
    """The base of all errors this package raises on purpose."""


class CorpusError(HedgerowError, ValueError):
    """A labelled file that does not follow the codebook or its own format."""


class RecipeError(HedgerowError, ValueError):
    """A recipe with a setting that is unknown, missing or out of range."""


class ModelError(HedgerowError, ValueError):
    """A model folder that is missing, incomplete or of another version."""


class InputError(HedgerowError, ValueError):
    """A text, row or option that cannot be labelled as it stands."""


class RunError(HedgerowError):
    """A run's folder that does not go with what was asked for, or a run that could not be finished."""


class RejectedRowError(HedgerowError):
    """The first row that was rejected, where that ends the run (`strict`)."""
