"""Splitting a corpus into parts by group, so that every label is in every part in proportion.

A greedy form of stratification for grouped data (after Sechidis et al. 2011): groups come in order of size, and within
a size in an order drawn from the seed; each goes where it leaves the counts of labels closest to what the parts should
have. The result depends on the rows, the shares and the seed, not on the order of the rows.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hedgerow.errors import CorpusError
from hedgerow.labels import Example


def split(examples: Iterable[Example], shares: Mapping[str, float], *, seed: int) -> dict[str, list[Example]]:
    """`examples` in parts named as in `shares` (which sum to 1), in order of id.

    A row's own `part` field pins its group, and the others are divided as if it were not there: rows that are added and
    pinned leave the rest where it was. Raises CorpusError where a group is pinned to a part that is not among the
    shares, or to two.
    """
    groups: dict[str, list[Example]] = defaultdict(list)
    for example in sorted(examples, key=lambda example: example.id):
        groups[example.group_key].append(example)
    parts: dict[str, list[Example]] = {part: [] for part in shares}
    free = []
    for group in groups.values():
        pin = _pinned(group, shares)
        if pin is None:
            free.append(group)
        else:
            parts[pin].extend(group)
    totals = Counter(stratum for group in free for stratum in _strata(group).elements())
    wanted = {part: {stratum: count * share for stratum, count in totals.items()} for part, share in shares.items()}
    held: dict[str, Counter[str]] = {part: Counter() for part in shares}
    for group in sorted(free, key=lambda group: _order(group, seed)):
        part = min(shares, key=lambda part: _cost(_strata(group), held[part], wanted[part]))
        held[part] += _strata(group)
        parts[part].extend(group)
    return {part: sorted(rows, key=lambda example: example.id) for part, rows in parts.items()}


def _strata(group: Sequence[Example]) -> Counter[str]:
    """What is kept in proportion: the row itself, either label, their pair, the domain and the kind."""
    strata: Counter[str] = Counter()
    for example in group:
        pair = f"{example.certainty}+{example.stance}"
        kept = ("all", example.certainty, example.stance, pair, f"domain {example.domain}", f"kind {example.kind}")
        strata.update(str(stratum) for stratum in kept)
    return strata


def _order(group: Sequence[Example], seed: int) -> tuple[int, str]:
    """Large groups before small ones; drawn by hash, so that no row's place depends on another's."""
    return -len(group), hashlib.sha256(f"{seed}/{group[0].group_key}".encode()).hexdigest()


def _cost(adds: Counter[str], held: Counter[str], wanted: Mapping[str, float]) -> float:
    """How much worse the part's counts fit after the group: the change of sum (held - wanted)^2 / wanted."""
    change = 0.0
    for stratum, count in adds.items():
        short = held[stratum] - wanted[stratum]
        change += ((short + count) ** 2 - short**2) / wanted[stratum]
    return change


def _pinned(group: Sequence[Example], shares: Mapping[str, float]) -> str | None:
    pins = {str(example.extra["part"]) for example in group if "part" in example.extra}
    if not pins:
        return None
    if len(pins) > 1 or not pins <= set(shares):
        raise CorpusError(f"group {group[0].group_key!r} is pinned to {sorted(pins)}; name one of {sorted(shares)}")
    return pins.pop()
