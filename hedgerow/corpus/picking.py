"""Pick what to label next from a pool: texts that a model is unsure of, that are rare, or drawn at random.

Uncertainty sampling is that of Lewis & Gale 1994 (margin: Scheffer et al. 2001; entropy: Shannon); disagreement is the
Jensen-Shannon divergence of two models (query by committee, McCallum & Nigam 1998). A text is as uncertain as the head
that is least certain of it. No text is picked that nearly repeats one that was picked or labelled before. One document
gives a tenth of the texts at most, as long as others have some: its sentences share an author and a topic, and the
uncertain ones are uncertain for like reasons. A random draw is not limited, so that it shows how frequent labels are.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, log

from hedgerow.corpus.duplicates import plain_text, runs
from hedgerow.corpus.exchange.items import Item
from hedgerow.errors import InputError

Scores = Mapping[str, float]  # of the labels of a head; they sum to 1
_ALIKE = 0.6  # two texts with this share of their words in common are near duplicates
_OF_ONE = 0.1  # of the texts, at most, are from one document in the first round; twice as many in each further one
_WORD = re.compile(r"\w+")


class By(StrEnum):
    """What is picked first."""

    MARGIN = "margin"
    ENTROPY = "entropy"
    DISAGREEMENT = "disagreement"
    RARE = "rare"
    RANDOM = "random"


def pick(items: Sequence[Item], n: int, by: By, *, seed: int, known: Iterable[str] = ()) -> list[Item]:
    """Return `n` of the items, the most wanted first; fewer if the others nearly repeat them or the `known` texts.

    The choice depends on the texts, their scores and the seed, which decides between equals, and not on the order of
    the items. An item has the scores of a model; for disagreement, those of a second one are under "HEAD again".
    """
    wanted = _wanted(items, by)
    order = sorted(range(len(items)), key=lambda at: (-wanted[at], _hash(items[at].text, seed)))
    kept = _Kept()
    for text in known:
        kept.add(text)
    picked: list[Item] = []
    left = [items[at] for at in order]
    limit = n if by is By.RANDOM else ceil(n * _OF_ONE)
    while left and len(picked) < n:
        left = _pick_round(left, picked, kept, n=n, limit=limit)
        limit *= 2
    return picked


def _pick_round(items: Sequence[Item], picked: list[Item], kept: _Kept, *, n: int, limit: int) -> list[Item]:
    """Add items to `picked` until there are `n`, and return those left whose document has given `limit` already."""
    given = Counter(filter(None, map(_document, picked)))
    left = []
    for item in items:
        if len(picked) == n:
            break
        document = _document(item)
        if document is not None and given[document] >= limit:
            left.append(item)
        elif not kept.has_like(item.text):
            kept.add(item.text)
            picked.append(item)
            given.update([document] if document else [])
    return left


def _document(item: Item) -> str | None:
    """Return the group of an item, else its document; None if it is by itself."""
    key = item.fields.get("group") or item.fields.get("doc")
    return str(key) if key else None


def _wanted(items: Sequence[Item], by: By) -> list[float]:
    """Return how much each item is wanted, to six places."""
    if by is By.RANDOM:
        return [0.0] * len(items)
    if any(item.is_suggestion and not item.scores for item in items):
        raise InputError(f"--by {by} needs the scores of labels, and the model only marks spans; use --by random")
    if any(not item.scores for item in items):
        raise InputError(f"--by {by} needs the scores of a model; name one with --model")
    if by is By.RARE:
        return [round(value, 6) for value in _rarity(items)]
    measures = {By.MARGIN: _margin, By.ENTROPY: _entropy}
    if by is By.DISAGREEMENT:
        divergences = [round(max(_divergence(item.scores)), 6) for item in items]
        if not any(divergences):
            raise InputError("--by disagreement: both models give every text the same scores; name two that differ")
        return divergences
    return [round(max(map(measures[by], item.scores.values())), 6) for item in items]


def _margin(scores: Scores) -> float:
    """Return 1 less the lead of the best label over the second."""
    first, second, *_ = [*sorted(scores.values(), reverse=True), 0.0]
    return 1 - (first - second)


def _entropy(scores: Scores) -> float:
    """Return the entropy of the labels, as a share of the most that there can be."""
    return -sum(p * log(p) for p in scores.values() if p > 0) / log(max(len(scores), 2))


def _divergence(scores: Mapping[str, Scores]) -> list[float]:
    """Return the Jensen-Shannon divergence (in bits, 0 to 1) of two models, for each head that both have."""
    pairs = [(first, scores[f"{head} again"]) for head, first in scores.items() if f"{head} again" in scores]
    if not pairs:
        raise InputError("--by disagreement needs two models; give --model twice")
    return [
        sum(_information(p.get(label, 0.0), q.get(label, 0.0)) for label in p.keys() | q.keys()) / 2 for p, q in pairs
    ]


def _information(p: float, q: float) -> float:
    middle = (p + q) / 2
    return sum(one * log(one / middle, 2) for one in (p, q) if one > 0)


def _rarity(items: Sequence[Item]) -> list[float]:
    """Return for each item the expected rarity of its labels: the sum of score / share of the label in the pool."""
    shares: Counter[tuple[str, str]] = Counter()
    for item in items:
        for head, scores in item.scores.items():
            for label, score in scores.items():
                shares[head, label] += score / len(items)  # type: ignore[assignment]  # a counter of floats
    return [
        sum(
            score / shares[head, label]
            for head, scores in item.scores.items()
            for label, score in scores.items()
            if score
        )
        for item in items
    ]


@dataclass(slots=True)
class _Kept:
    """Texts, and whether another is nearly one of them."""

    plain: set[str] = field(default_factory=set)
    runs: set[tuple[str, ...]] = field(default_factory=set)
    words: list[frozenset[str]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.plain.add(plain_text(text))
        self.runs.update(runs(text))
        self.words.append(_words(text))

    def has_like(self, text: str) -> bool:
        if plain_text(text) in self.plain or not self.runs.isdisjoint(runs(text)):
            return True
        words = _words(text)
        return any(len(words & others) >= _ALIKE * len(words | others) for others in self.words)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _hash(text: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}/{text}".encode()).digest()
