"""The lexicon as a model: cues are looked up, and labels follow from them by rules that can be inspected.

The rules are data (`cues.toml`). Labelling a sentence takes four steps, a module each: `tokens` cuts it into words,
`matching` finds the cues, `sources` finds whose words they mark, and `weighing` derives the labels.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from hedgerow.errors import ModelError
from hedgerow.head import CODEBOOK_HEADS
from hedgerow.labels import Certainty, Span, SpanType, Stance
from hedgerow.predictors.base import BATCH_SIZE
from hedgerow.predictors.folder import LEXICON
from hedgerow.predictors.lexicon.headlines import find_headline_source
from hedgerow.predictors.lexicon.matching import Hit, find_hits
from hedgerow.predictors.lexicon.rules import index_cues
from hedgerow.predictors.lexicon.sources import find_source
from hedgerow.predictors.lexicon.tokens import Token, tokenise
from hedgerow.predictors.lexicon.weighing import weigh
from hedgerow.predictors.lexicon.words import read_word_lists
from hedgerow.results import Prediction


class Lexicon:
    """A model that needs no training. Scores are 1 for the label that the rules give, and 0 for the others.

    Parameters
    ----------
    table : mapping
        The parsed `cues.toml`.
    name : str
        The name of the model.
    """

    heads = CODEBOOK_HEADS
    preferred_batch_size = BATCH_SIZE
    prefetch = 0

    def __init__(self, table: Mapping[str, Any], name: str = "lexicon") -> None:
        self.name = name
        self._cues = index_cues(table)
        self._lists = read_word_lists(table)

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, in order."""
        return [self._label(text) for text in texts]

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the cues and sources in `text`, in order."""
        tokens = tokenise(text)
        return _to_spans(text, tokens, self._hits(tokens))

    def _label(self, text: str) -> Prediction:
        tokens = tokenise(text)
        hits = self._hits(tokens)
        certainty, stance = weigh(tokens, hits, self._lists)
        return Prediction(
            text=text,
            certainty=certainty,
            stance=stance,
            certainty_scores={label: float(label is certainty) for label in Certainty},
            stance_scores={label: float(label is stance) for label in Stance},
            spans=_to_spans(text, tokens, hits),
        )

    def _hits(self, tokens: Sequence[Token]) -> list[Hit]:
        hits = [
            replace(hit, source=find_source(tokens, hit.first, hit.last, hit.rule.source, self._lists.sources))
            for hit in find_hits(tokens, self._cues)
        ]
        headline = find_headline_source(tokens, self._lists)
        return hits if headline is None else [*hits, headline]


def load_lexicon(folder: Path = LEXICON) -> Lexicon:
    """Return the lexicon in `folder`, by default the shipped one; raise ModelError if its cues cannot be read."""
    path = folder / "cues.toml"
    try:
        return _parse(path.read_bytes(), folder.name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: not a lexicon ({error!r}); copy the shipped one and change its words") from None


@lru_cache(maxsize=4)
def _parse(content: bytes, name: str) -> Lexicon:
    return Lexicon(tomllib.loads(content.decode("utf-8")), name)


def _to_spans(text: str, tokens: Sequence[Token], hits: Iterable[Hit]) -> tuple[Span, ...]:
    """Return cues and sources as spans, in order; a cue wins over a source with the same offsets."""
    types: dict[tuple[int, int], SpanType] = {}
    for hit in hits:
        if hit.source is not None:
            start, end, kind = hit.source
            types.setdefault((start, end), kind)
    for hit in hits:
        if hit.rule.type is not None:  # the colon of a headline has no span
            types[tokens[hit.first].start, tokens[hit.last - 1].end] = hit.rule.type
    return tuple(Span(start, end, kind, text[start:end]) for (start, end), kind in sorted(types.items()))
