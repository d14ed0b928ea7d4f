"""The lexicon: cue phrases as data, and the code that matches them and derives labels from them."""

from hedgerow.predictors.lexicon.lexicon import Lexicon, load_lexicon
from hedgerow.predictors.lexicon.manifest import write_manifest

__all__ = ["Lexicon", "load_lexicon", "write_manifest"]
