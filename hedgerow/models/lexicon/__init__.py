"""The lexicon: cue phrases as data, and the rules that read labels off them."""

from hedgerow.models.lexicon.lexicon import Lexicon, lexicon

__all__ = ["Lexicon", "lexicon"]
