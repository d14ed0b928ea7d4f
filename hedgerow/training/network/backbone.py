"""What training starts from: an encoder that others pre-trained, or a small one of our own, and how it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer

from hedgerow.errors import RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.predictors.network.word_tokenizer import WordTokenizer, count_words
from hedgerow.training.network.saving import encoder
from hedgerow.training.network.word_encoder import WordConfig, WordEncoder, word_vectors
from hedgerow.training.recipe import NetworkRecipe, WordsRecipe

READ = 512  # tokens of a sentence at run time, where the encoder can


@dataclass(frozen=True, slots=True)
class Start:
    """`make` gives the encoder, untrained heads and all chance apart; `identity` is a hash of what it comes from."""

    tokenizer: Any
    make: Callable[[], Any]
    name: str
    identity: str
    save_tokenizer: Callable[[Path], None]
    reads: str  # "wordpiece" or "word"


def start(recipe: NetworkRecipe, folder: Path, texts: Iterable[str]) -> Start:
    """The start that `recipe` in `folder` names; a vocabulary of words is counted in `texts`."""
    if recipe.encoder is not None:
        return _from_words(recipe.encoder, folder, texts, recipe.max_tokens)
    backbone = _place(folder, recipe.backbone)
    tokenizer = load_tokenizer(backbone, recipe.max_tokens)
    weights = Path(backbone) / "model.safetensors"

    def save(place: Path) -> None:
        AutoTokenizer.from_pretrained(backbone).save_pretrained(place)

    identity = sha256(weights) if weights.is_file() else backbone
    return Start(tokenizer, lambda: encoder(backbone), recipe.backbone.rsplit("/", 1)[-1], identity, save, "wordpiece")


def load_tokenizer(backbone: str, max_tokens: int) -> Any:
    """The backbone's fast tokenizer (of the `tokenizers` library), cutting at `max_tokens`, not padding."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(backbone).backend_tokenizer
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise RecipeError(
            f"setting 'backbone' = {backbone!r}: {reason}; scripts/fetch_backbone.py brings one"
        ) from None
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def _from_words(words: WordsRecipe, folder: Path, texts: Iterable[str], max_tokens: int) -> Start:
    vocabulary = count_words(texts, most=words.vocabulary)
    tokenizer = WordTokenizer(vocabulary)
    tokenizer.enable_truncation(max_tokens)
    source = _place(folder, words.vectors)
    config = WordConfig(tokenizer.size, words.word_width, words.affix_width, words.width, words.dilations, READ)

    def make() -> WordEncoder:
        made = WordEncoder(config, dropout=words.dropout, word_dropout=words.word_dropout)
        vectors = word_vectors(encoder(source), load_tokenizer(source, max_tokens), vocabulary, words.word_width)
        with torch.no_grad():
            made.words.weight[-len(vocabulary) :] = vectors
        return made

    def save(place: Path) -> None:
        tokenizer.save(str(place / "tokenizer.json"))

    load_tokenizer(source, max_tokens)  # rejected now rather than after a minute
    weights = Path(source) / "model.safetensors"
    return Start(tokenizer, make, "words", sha256(weights) if weights.is_file() else source, save, "word")


def _place(folder: Path, name: str) -> str:
    """A folder from the recipe's, where there is one; else a name as it stands."""
    local = folder / name
    return str(local.resolve()) if local.is_dir() else name
