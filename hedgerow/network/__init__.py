"""The network: one encoder, and a head for everything that is read off a sentence."""

from hedgerow.network.module import Head, Network

__all__ = ["Head", "Network"]
