"""The tokenizer of a network of words for transformers: one number per token, which holds its four ids."""

import json
import shutil
from pathlib import Path
from typing import Any

from transformers import AddedToken, PreTrainedTokenizer

from hedgerow.predictors.network.word_tokenizer import BEGIN, WordTokenizer

_PADDING = "[PAD]"


class HedgerowTokenizer(PreTrainedTokenizer):
    """Words and marks; offsets are not kept, and ids are not decoded."""

    vocab_files_names = {"words_file": "words.json"}  # noqa: RUF012  # transformers' interface
    model_input_names = ["input_ids", "attention_mask"]  # noqa: RUF012

    def __init__(self, words_file: str, **settings: Any) -> None:
        self.words_file = words_file
        self._words = WordTokenizer(json.loads(Path(words_file).read_text("utf-8"))["words"])
        self._added_tokens_decoder = {0: AddedToken(_PADDING, special=True)}
        settings |= {"pad_token": _PADDING, "split_special_tokens": True, "special_tokens_pattern": "none"}
        super().__init__(**settings)

    @property
    def vocab_size(self) -> int:
        """The number of word ids."""
        return self._words.size

    def get_vocab(self) -> dict[str, int]:
        """Return the packed ids of the vocabulary's words."""
        return {_PADDING: 0, **{word: self._words.pack(word) for word in self._words.vocabulary}}

    def build_inputs_with_special_tokens(
        self, token_ids_0: list[int], token_ids_1: list[int] | None = None
    ) -> list[int]:
        """Put the token of the beginning before a sentence; there are no pairs."""
        if token_ids_1 is not None:
            raise ValueError("a sentence is labelled alone; give no pair")
        return [BEGIN, *token_ids_0]

    def num_special_tokens_to_add(self, pair: bool = False) -> int:  # noqa: ARG002
        """Return the number of tokens before a sentence."""
        return 1

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str]:  # noqa: ARG002
        """Copy the vocabulary."""
        target = Path(save_directory) / "words.json"
        if target.resolve() != Path(self.words_file).resolve():
            shutil.copyfile(self.words_file, target)
        return (str(target),)

    def _tokenize(self, text: str, **_: Any) -> list[str]:
        return self._words.words(text)

    def _convert_token_to_id(self, token: str) -> int:
        return self._words.pack(token)
