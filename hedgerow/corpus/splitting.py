"""Split a corpus into parts by group, so that every label is in every part in proportion.

This is greedy stratification for grouped data (after Sechidis et al. 2011). Groups are placed by size, and within a
size in an order drawn by the seed; each goes where the counts of labels come closest to their targets. The result
depends on the rows, the fractions and the seed, not on the order of the rows.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hedgerow.errors import CorpusError
from hedgerow.head import label_text
from hedgerow.labels import AXES, Example

Group = Sequence[Example]


def split(
    examples: Iterable[Example], fractions: Mapping[str, float], *, seed: int, heads: Sequence[str] = ()
) -> dict[str, list[Example]]:
    """Split `examples` by group, with every label in every part in proportion.

    A row's own field `part` pins its group to that part. Pinned groups do not count when the others are placed, so that
    adding pinned rows moves no other row.

    Parameters
    ----------
    examples : iterable of Example
        The rows to split.
    fractions : mapping of str to float
        The size of each part, by its name; they sum to 1.
    seed : int
        Decides the order in which groups are placed.
    heads : sequence of str
        Fields that are heads of the user's own, whose labels are in every part in proportion too.

    Returns
    -------
    dict of str to list of Example
        The parts, each in the order of ids.

    Raises
    ------
    CorpusError
        If a group is pinned to an unknown part, or to two.

    Examples
    --------
    >>> from hedgerow import Certainty, Example, Stance, corpus
    >>> rows = [Example(str(n), f"It rained on day {n}.", Certainty.CERTAIN, Stance.ASSERTED) for n in range(10)]
    >>> {part: len(rows) for part, rows in corpus.split(rows, {"train": 0.8, "dev": 0.2}, seed=13).items()}
    {'train': 8, 'dev': 2}
    """
    parts: dict[str, list[Example]] = {part: [] for part in fractions}
    free = []
    for group in _groups(examples):
        pin = _pinned_part(group, fractions)
        if pin is None:
            free.append(group)
        else:
            parts[pin].extend(group)
    totals = Counter(stratum for group in free for stratum in _strata(group, heads).elements())
    targets = {part: {name: count * fraction for name, count in totals.items()} for part, fraction in fractions.items()}
    counts: dict[str, Counter[str]] = {part: Counter() for part in fractions}
    for group in sorted(free, key=lambda group: _order(group, seed)):
        strata = _strata(group, heads)
        part = min(fractions, key=lambda part: _cost(strata, counts[part], targets[part]))
        counts[part] += strata
        parts[part].extend(group)
    return {part: sorted(rows, key=lambda example: example.id) for part, rows in parts.items()}


def _groups(examples: Iterable[Example]) -> list[Group]:
    groups: dict[str, list[Example]] = defaultdict(list)
    for example in sorted(examples, key=lambda example: example.id):
        groups[example.group_key].append(example)
    return list(groups.values())


def _strata(group: Group, heads: Sequence[str]) -> Counter[str]:
    """Return the counts to keep in proportion: rows, labels, the pair of the axes' labels, the domain and the kind."""
    strata: Counter[str] = Counter()
    for example in group:
        labels = [str(label) for axis in AXES if (label := getattr(example, axis)) is not None]
        pairs = ["+".join(labels)] if len(labels) > 1 else []
        own = [f"{head} {label}" for head in heads if (label := label_text(example.extra.get(head))) is not None]
        strata.update(["all", *labels, *pairs, *own, f"domain {example.domain}", f"kind {example.kind}"])
    return strata


def _order(group: Group, seed: int) -> tuple[int, str]:
    """Return a sort key: large groups first, then by hash, so that no group's place depends on another group."""
    return -len(group), hashlib.sha256(f"{seed}/{group[0].group_key}".encode()).hexdigest()


def _cost(strata: Counter[str], counts: Counter[str], targets: Mapping[str, float]) -> float:
    """Return how much adding a group changes the part's misfit, sum (count - target)^2 / target."""
    change = 0.0
    for stratum, added in strata.items():
        excess = counts[stratum] - targets[stratum]
        change += ((excess + added) ** 2 - excess**2) / targets[stratum]
    return change


def _pinned_part(group: Group, fractions: Mapping[str, float]) -> str | None:
    pins = {str(example.extra["part"]) for example in group if "part" in example.extra}
    if not pins:
        return None
    if len(pins) > 1 or not pins <= set(fractions):
        raise CorpusError(f"group {group[0].group_key!r} is pinned to {sorted(pins)}; name one of {sorted(fractions)}")
    return pins.pop()
