"""A small encoder, trained from scratch: embeddings of words, pairs, affixes and shapes, and gated convolutions.

A short context decides most labels, so a few dilated convolutions over words are enough (ByteNet, Kalchbrenner et al.
2016; gates as in Dauphin et al. 2017). Each is one matrix product over a word and its two neighbours at a distance,
which is the fastest form. A pair of neighbouring words ("not confirmed") has an embedding of its own, by hash
(Svenstrup et al. 2017), which costs memory and no product. Before the last layer, attention summarises the sentence for
every word, so that distant words count too. Padding has no influence: a sentence's output does not depend on its batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from hedgerow.predictors.network.word_tokenizer import BUCKETS, SHAPES

_SHAPE_WIDTH = 16
_UNKNOWN = 1
_PAIR_FACTOR = 1_000_003  # spreads the pairs of words over the buckets
_BATCH_SIZE = 512  # words per batch of `word_vectors`


@dataclass(frozen=True, slots=True)
class WordConfig:
    """The vocabulary size; the widths of word, affix and hidden vectors; one layer per dilation.

    `pairs` is the number of embeddings of word pairs, and `summaries` the number of attention heads that summarise the
    sentence; 0 is none.
    """

    vocabulary: int
    word_width: int
    affix_width: int
    hidden_size: int
    dilations: tuple[int, ...]
    pairs: int = 0
    summaries: int = 0
    max_position_embeddings: int = 512  # tokens that are read; convolutions have no limit of their own

    def to_dict(self) -> dict[str, Any]:
        """Return the sizes as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Encoded:
    """The output of an encoder: `last_hidden_state` is (sentences, tokens, width), and zero for padding."""

    last_hidden_state: Tensor


class WordEncoder(nn.Module):
    """The encoder. Its `input_ids` are (sentences, tokens, 4), from WordTokenizer."""

    numbers = (4,)  # the shape of a token's ids

    def __init__(self, config: WordConfig, *, dropout: float = 0.1, word_dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.word_dropout = word_dropout
        self.words = nn.Embedding(config.vocabulary, config.word_width, padding_idx=0)
        self.prefixes = nn.Embedding(BUCKETS, config.affix_width, padding_idx=0)
        self.suffixes = nn.Embedding(BUCKETS, config.affix_width, padding_idx=0)
        self.shapes = nn.Embedding(SHAPES, _SHAPE_WIDTH, padding_idx=0)
        self.dropout = nn.Dropout(dropout)
        width = config.word_width + 2 * config.affix_width + _SHAPE_WIDTH
        self.enter = nn.Linear(width, config.hidden_size)
        if config.pairs:
            self.pairs = nn.Embedding(config.pairs, config.hidden_size)
            nn.init.zeros_(self.pairs.weight)
        if config.summaries:
            self.summary = _Summary(config.hidden_size, config.summaries)
        self.layers = nn.ModuleList(_Layer(config.hidden_size, dilation, dropout) for dilation in config.dilations)
        self.norm = nn.LayerNorm(config.hidden_size)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Encoded:
        """Encode a batch; `attention_mask` (sentences, tokens) is 1 for tokens and 0 for padding."""
        words, prefixes, suffixes, shapes = input_ids.unbind(-1)
        if self.training and self.word_dropout:
            dropped = torch.rand(words.shape, device=words.device) < self.word_dropout
            words = torch.where(dropped & (words > _UNKNOWN), _UNKNOWN, words)
        vectors = [self.words(words), self.prefixes(prefixes), self.suffixes(suffixes), self.shapes(shapes)]
        mask = attention_mask.unsqueeze(-1).to(vectors[0].dtype)
        states = self.enter(self.dropout(torch.cat(vectors, dim=-1)))
        if self.config.pairs:
            states = states + self.pairs(pair_buckets(words, self.config.pairs))
        states = states * mask
        for layer in self.layers[:-1]:
            states = (states + layer(states, mask)) * mask
        if self.config.summaries:
            states = (states + self.summary(states, mask)) * mask
        states = (states + self.layers[-1](states, mask)) * mask
        return Encoded(self.norm(states) * mask)


def pair_buckets(words: Tensor, buckets: int) -> Tensor:
    """Return for each word the bucket of the word before it and itself; both are (sentences, tokens)."""
    before = torch.cat([torch.zeros_like(words[:, :1]), words[:, :-1]], dim=1)
    return (before * _PAIR_FACTOR + words) % buckets


class _Summary(nn.Module):
    """A summary of the sentence by attention; each of `heads` weighs the words for its part of the width."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.weights = nn.Linear(width, heads)
        self.leave = nn.Linear(width, width)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Map (sentences, tokens, width) to (sentences, 1, width); `mask` is (sentences, tokens, 1)."""
        normed = self.norm(states)
        scores = self.weights(normed)
        # Over the tokens: (sentences, tokens, heads).
        weights = scores.masked_fill(mask == 0, torch.finfo(scores.dtype).min).softmax(dim=1)
        parts = normed.unflatten(-1, (weights.shape[-1], -1))
        summed = (weights.unsqueeze(-1) * parts).sum(1, keepdim=True).flatten(-2)
        left: Tensor = self.leave(summed)
        return left


class _Layer(nn.Module):
    """A gated convolution over a token and the tokens at the distance `dilation` on both sides."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.dilation = dilation
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Linear(3 * width, 2 * width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Map (sentences, tokens, width) to the same shape; `mask` is (sentences, tokens, 1)."""
        normed = self.norm(states) * mask
        edge = torch.zeros_like(normed[:, :1]).expand(-1, self.dilation, -1)
        wide = torch.cat([edge, normed, edge], dim=1)
        tokens, reach = normed.shape[1], self.dilation
        neighbours = torch.cat([wide[:, :tokens], normed, wide[:, 2 * reach : 2 * reach + tokens]], dim=-1)
        value, gate = self.mix(neighbours).chunk(2, dim=-1)
        mixed: Tensor = self.dropout(value * torch.sigmoid(gate))
        return mixed


def word_vectors(encoder: Any, tokenizer: Any, words: Sequence[str], width: int) -> Tensor:
    """Return vectors (words, width): a large encoder's output for each word alone, reduced to principal components.

    As in model2vec (Tulkens & van Dongen 2024). They are scaled to a standard deviation of about 0.5.
    """
    encoder.eval()
    outputs = []
    with torch.no_grad():
        for start in range(0, len(words), _BATCH_SIZE):
            encodings = tokenizer.encode_batch(list(words[start : start + _BATCH_SIZE]))
            longest = max(len(encoding.ids) for encoding in encodings)
            ids = torch.tensor([[*encoding.ids, *[0] * (longest - len(encoding.ids))] for encoding in encodings])
            mask = (ids != 0).long()
            states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state * mask.unsqueeze(-1)
            outputs.append(states.sum(1) / mask.sum(1, keepdim=True))
    vectors = torch.cat(outputs)
    vectors = vectors - vectors.mean(0)
    _, _, components = torch.linalg.svd(vectors[:20_000], full_matrices=False)
    cut = vectors @ components[:width].T
    scaled: Tensor = 0.5 * cut / cut.std()
    return scaled
