"""The network: one encoder, and a head for everything that is read off a sentence."""

from hedgerow.network.folder import encoder, load, save
from hedgerow.network.module import IGNORED, Head, Network

__all__ = ["IGNORED", "Head", "Network", "encoder", "load", "save"]
