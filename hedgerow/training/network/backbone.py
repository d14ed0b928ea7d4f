"""The start of a training: a pretrained encoder, a small one trained from scratch, or a trained model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoTokenizer

from hedgerow.errors import RecipeError
from hedgerow.io.atomic import sha256
from hedgerow.predictors.folder import read_manifest
from hedgerow.predictors.network.word_tokenizer import WordTokenizer, count_words
from hedgerow.training.network.module import TrainingHead
from hedgerow.training.network.rebuilding import manifest_heads, rebuild
from hedgerow.training.network.saving import load_encoder
from hedgerow.training.network.word_encoder import WordConfig, WordEncoder, word_vectors
from hedgerow.training.recipe import NetworkRecipe, WordsRecipe
from hedgerow.training.start import locate_start

MAX_TOKENS = 512  # tokens of a sentence that a model reads at run time, if its encoder can


@dataclass(frozen=True, slots=True)
class Backbone:
    """An encoder to train.

    `build` returns the encoder, and draws no random numbers if it is pretrained. `fingerprint` is the hash of the
    weights it comes from. `tokenizer_kind` is "wordpiece" or "word", as in the manifest. `model_folder` is the model
    that the encoder comes from, if it does, and `heads` are its heads, which can be trained further.
    """

    name: str
    fingerprint: str
    tokenizer: Any
    tokenizer_kind: str
    build: Callable[[], Any]
    save_tokenizer: Callable[[Path], object]
    model_folder: Path | None = None
    heads: Sequence[TrainingHead] = ()


def load_backbone(recipe: NetworkRecipe, folder: Path, texts: Iterable[str]) -> Backbone:
    """Return the backbone that `recipe`, in `folder`, names. A vocabulary of words is counted in `texts`.

    Raises RecipeError if it cannot be loaded, and ModelError if it is a model folder that cannot be rebuilt.
    """
    if recipe.encoder is not None:
        return _word_backbone(recipe.encoder, folder, texts, recipe.max_tokens)
    if (start := locate_start(recipe, folder)) is not None:
        return _trained_backbone(start, recipe.max_tokens)
    source = _locate(folder, recipe.backbone, "backbone")
    return Backbone(
        name=recipe.backbone.rsplit("/", 1)[-1],
        fingerprint=_fingerprint(source),
        tokenizer=load_tokenizer(source, recipe.max_tokens),
        tokenizer_kind="wordpiece",
        build=lambda: load_encoder(source),
        save_tokenizer=lambda target: AutoTokenizer.from_pretrained(source).save_pretrained(target),
    )


def most_tokens(encoder: Any) -> int:
    """Return the most tokens of a sentence that a model with `encoder` reads at run time."""
    return min(MAX_TOKENS, int(getattr(encoder.config, "max_position_embeddings", MAX_TOKENS)))


def load_tokenizer(backbone: str, max_tokens: int) -> Any:
    """Return the backbone's fast tokenizer (of the `tokenizers` library); it truncates and does not pad.

    Raises RecipeError if the backbone cannot be found.
    """
    try:
        AutoConfig.from_pretrained(backbone, trust_remote_code=False)
        tokenizer = AutoTokenizer.from_pretrained(backbone, trust_remote_code=False).backend_tokenizer
    except (OSError, ValueError) as error:
        if "trust_remote_code" in str(error):
            raise RecipeError(
                f"setting 'backbone' = {backbone!r}: has code of its own, which hedgerow never runs; name an encoder "
                "that transformers has itself, or a model folder of hedgerow"
            ) from None
        reason = str(error).splitlines()[0]
        raise RecipeError(
            f"setting 'backbone' = {backbone!r}: {reason}; scripts/fetch_backbone.py downloads one"
        ) from None
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def _word_backbone(words: WordsRecipe, folder: Path, texts: Iterable[str], max_tokens: int) -> Backbone:
    """Return a small encoder whose word vectors come from the encoder that the recipe names."""
    vocabulary = count_words(texts, most=words.vocabulary)
    tokenizer = WordTokenizer(vocabulary)
    tokenizer.enable_truncation(max_tokens)
    source = _locate(folder, words.vectors, "encoder.vectors")
    load_tokenizer(source, max_tokens)  # rejects a missing encoder before the work begins
    config = WordConfig(
        vocabulary=tokenizer.size,
        word_width=words.word_width,
        affix_width=words.affix_width,
        hidden_size=words.width,
        dilations=words.dilations,
        pairs=words.pairs,
        summaries=words.summaries,
        max_position_embeddings=MAX_TOKENS,
    )

    def build() -> WordEncoder:
        encoder = WordEncoder(config, dropout=words.dropout, word_dropout=words.word_dropout)
        vectors = word_vectors(load_encoder(source), load_tokenizer(source, max_tokens), vocabulary, words.word_width)
        with torch.no_grad():
            encoder.words.weight[-len(vocabulary) :] = vectors
        return encoder

    return Backbone(
        name="words",
        fingerprint=_fingerprint(source),
        tokenizer=tokenizer,
        tokenizer_kind="word",
        build=build,
        save_tokenizer=lambda target: tokenizer.save(str(target / "tokenizer.json")),
    )


def _trained_backbone(folder: Path, max_tokens: int) -> Backbone:
    """Return the encoder of the model in `folder`."""
    rebuild(folder)  # rejects a folder that cannot be rebuilt before the work begins
    manifest = read_manifest(folder)
    if max_tokens > manifest["max_tokens"]:
        raise RecipeError(
            f"setting 'max_tokens' = {max_tokens}: {folder.name} reads at most {manifest['max_tokens']}; give fewer"
        )
    is_word = manifest.get("tokenizer") == "word"
    path = folder / "tokenizer.json"
    tokenizer: Any = WordTokenizer.load(path) if is_word else Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(max_tokens)
    return Backbone(
        name=folder.name,
        fingerprint=sha256(folder / "model.onnx"),
        tokenizer=tokenizer,
        tokenizer_kind="word" if is_word else "wordpiece",
        build=lambda: rebuild(folder).encoder,
        save_tokenizer=lambda target: tokenizer.save(str(target / "tokenizer.json")),
        model_folder=folder,
        heads=manifest_heads(manifest),
    )


def _fingerprint(source: str) -> str:
    """Return the hash of the weights in the folder `source`; for a name on a hub, the name."""
    weights = Path(source) / "model.safetensors"
    return sha256(weights) if weights.is_file() else source


def _locate(folder: Path, name: str, setting: str) -> str:
    """Return the folder `name`, relative to the recipe's, if it exists; otherwise `name`, for a hub.

    Raises RecipeError if `name` is no folder and can only be one.
    """
    local = folder / name
    if local.is_dir():
        return str(local.resolve())
    if name.startswith((".", "/")):
        raise RecipeError(
            f"setting {setting!r} = {name!r}: {local.resolve()} is not a folder; scripts/fetch_backbone.py downloads "
            "an encoder; 'start_from' names a trained model"
        )
    return name
