"""The word tokenizer: words with offsets, and their ids by vocabulary, affix and shape."""

from pathlib import Path

import numpy as np
import pytest
import torch

from hedgerow.predictors.network.runtime import padded
from hedgerow.predictors.network.word_tokenizer import BEGIN, UNKNOWN, Ids, WordTokenizer, count_words
from hedgerow.training.network.module import Network, TrainingHead
from hedgerow.training.network.word_encoder import WordConfig, WordEncoder, pair_buckets

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


def tiny(*, pairs: int = 0, summaries: int = 0) -> Network:
    torch.manual_seed(1)
    sizes = {"vocabulary": 9, "word_width": 8, "affix_width": 4, "hidden_size": 8, "dilations": (1, 2, 4)}
    encoder = WordEncoder(WordConfig(**sizes, pairs=pairs, summaries=summaries))  # type: ignore[arg-type]
    if pairs:
        torch.nn.init.normal_(encoder.pairs.weight)
    heads = [TrainingHead("axis", "label", ("a", "b")), TrainingHead("tags", "span", ("O", "B", "I"))]
    return Network(encoder, heads).eval()


def hidden(network: Network, rows: list[list[Ids]]) -> torch.Tensor:
    states: torch.Tensor = network.encoder(
        **{name: torch.from_numpy(ids) for name, ids in padded(rows).items()}
    ).last_hidden_state
    return states


@pytest.mark.parametrize("network", [tiny(), tiny(pairs=16, summaries=2)], ids=["plain", "pairs and summaries"])
def test_padding_does_not_change_the_logits(network: Network) -> None:
    encodings = WordTokenizer(["the"]).encode_batch(["The end.", "The long way to the end of it all.", ""])
    rows = [encoding.ids for encoding in encodings]
    together = network(**{name: torch.from_numpy(ids) for name, ids in padded(rows).items()})["logits"]
    for at, row in enumerate(rows):
        alone = network(**{name: torch.from_numpy(ids) for name, ids in padded([row]).items()})["logits"]
        assert np.allclose(alone["axis"][0].detach(), together["axis"][at].detach(), atol=1e-5)
        assert np.allclose(alone["tags"][0].detach(), together["tags"][at, : len(row)].detach(), atol=1e-5)


def test_a_token_depends_on_tokens_within_the_dilations_reach() -> None:
    (encoding,) = WordTokenizer(["the"]).encode_batch(
        ["one two three four five six seven eight nine ten eleven twelve"]
    )
    changed = [list(encoding.ids), list(encoding.ids)]
    changed[1][12] = (3, 9, 9, 1)
    states = hidden(tiny(), changed)
    same = [bool(torch.allclose(states[0, at], states[1, at])) for at in range(13)]
    assert same == [at < 5 for at in range(13)]
    summarised = hidden(tiny(summaries=2), changed)
    assert not any(bool(torch.allclose(summarised[0, at], summarised[1, at])) for at in range(13))


def test_a_pair_of_words_has_an_embedding_that_depends_on_their_order() -> None:
    words = torch.tensor([[3, 5, 7, 5, 3]])
    buckets = pair_buckets(words, 1000)[0].tolist()
    assert len(set(buckets)) == 5
    assert pair_buckets(torch.tensor([[9, 5, 7]]), 1000)[0, 2] == buckets[2]
