"""The network: one encoder, and a head for everything that is read off a sentence."""

from hedgerow.network.folder import encoder, load, save
from hedgerow.network.module import IGNORED, Head, Network
from hedgerow.network.words import WordConfig, WordEncoder, word_vectors

__all__ = ["IGNORED", "Head", "Network", "WordConfig", "WordEncoder", "encoder", "load", "save", "word_vectors"]
