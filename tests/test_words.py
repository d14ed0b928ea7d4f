"""The word tokenizer: words with offsets, and their ids by vocabulary, affix and shape."""

from pathlib import Path

import numpy as np
import pytest
import torch

from hedgerow.predictors.network.runtime import padded
from hedgerow.predictors.network.word_tokenizer import BEGIN, UNKNOWN, WordTokenizer, count_words
from hedgerow.training.network.module import Network, TrainingHead
from hedgerow.training.network.word_encoder import WordConfig, WordEncoder

pytestmark = pytest.mark.slow

TEXT = "The Minister DENIED 3 rumours, “reportedly”."


def test_every_word_and_mark_has_its_offsets() -> None:
    (encoding,) = WordTokenizer(["the", "denied"]).encode_batch([TEXT])
    words = [TEXT[start:end] for start, end in encoding.offsets[1:]]
    assert words == ["The", "Minister", "DENIED", "3", "rumours", ",", "“", "reportedly", "”", "."]
    assert encoding.word_ids == [None, *range(10)]
    assert not encoding.overflowing


def test_a_word_has_the_ids_of_word_affixes_and_shape() -> None:
    (encoding,) = WordTokenizer(["the", "denied"]).encode_batch([TEXT])
    begin, the, minister, denied, three, rumours, *_ = encoding.ids
    assert begin == (BEGIN, 0, 0, 0)
    assert (the[0], minister[0], denied[0]) == (3, UNKNOWN, 4)
    assert (the[3], minister[3], denied[3], three[3], rumours[3]) == (2, 2, 3, 4, 1)
    endings = WordTokenizer([]).encode_batch(["refutes disputes refuse"])[0].ids[1:]
    assert endings[0][1] == endings[2][1] != endings[1][1]
    assert endings[0][2] == endings[1][2] != endings[2][2]


def test_an_empty_text_is_one_token_and_a_long_text_is_truncated() -> None:
    tokenizer = WordTokenizer(["word"])
    tokenizer.enable_truncation(4)
    empty, long = tokenizer.encode_batch(["", "word " * 9])
    assert empty.ids == [(BEGIN, 0, 0, 0)]
    assert len(long.ids) == 4
    assert long.overflowing
    assert long.offsets[-1] == (10, 14)
    tokenizer.no_truncation()
    assert len(tokenizer.encode_batch(["word " * 9])[0].ids) == 10


def test_a_saved_tokenizer_can_be_loaded(tmp_path: Path) -> None:
    tokenizer = WordTokenizer(["naïve", "the"])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert WordTokenizer.load(tmp_path / "tokenizer.json").encode_batch([TEXT]) == tokenizer.encode_batch([TEXT])


def test_the_vocabulary_has_the_most_frequent_words_and_ties_in_alphabetical_order() -> None:
    assert count_words(["b a b", "A c", "b"], most=9) == ["b", "a"]
    assert count_words(["b a b", "A c", "b"], most=1) == ["b"]
    assert count_words(["d c"], most=9, at_least=1) == ["c", "d"]


@pytest.fixture
def network() -> Network:
    torch.manual_seed(1)
    config = WordConfig(vocabulary=9, word_width=8, affix_width=4, hidden_size=8, dilations=(1, 2, 4))
    return Network(
        WordEncoder(config), [TrainingHead("axis", "label", ("a", "b")), TrainingHead("tags", "span", ("O", "B", "I"))]
    ).eval()


def test_padding_does_not_change_the_logits(network: Network) -> None:
    encodings = WordTokenizer(["the"]).encode_batch(["The end.", "The long way to the end of it all.", ""])
    rows = [encoding.ids for encoding in encodings]
    together = network(**{name: torch.from_numpy(ids) for name, ids in padded(rows).items()})["logits"]
    for at, row in enumerate(rows):
        alone = network(**{name: torch.from_numpy(ids) for name, ids in padded([row]).items()})["logits"]
        assert np.allclose(alone["axis"][0].detach(), together["axis"][at].detach(), atol=1e-5)
        assert np.allclose(alone["tags"][0].detach(), together["tags"][at, : len(row)].detach(), atol=1e-5)


def test_a_token_depends_on_tokens_within_the_dilations_reach(network: Network) -> None:
    (encoding,) = WordTokenizer(["the"]).encode_batch(
        ["one two three four five six seven eight nine ten eleven twelve"]
    )
    changed = [list(encoding.ids), list(encoding.ids)]
    changed[1][12] = (3, 9, 9, 1)
    hidden = network.encoder(**{name: torch.from_numpy(ids) for name, ids in padded(changed).items()}).last_hidden_state
    same = [bool(torch.allclose(hidden[0, at], hidden[1, at])) for at in range(13)]
    assert same == [at < 5 for at in range(13)]
