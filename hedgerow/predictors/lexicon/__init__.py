"""The lexicon: cue phrases as data, and the rules that read labels off them."""

from hedgerow.predictors.lexicon.lexicon import Lexicon, load_lexicon

__all__ = ["Lexicon", "load_lexicon"]
