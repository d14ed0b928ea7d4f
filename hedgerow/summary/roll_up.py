"""One pass over labelled rows: prevalence by group and of all, and the most frequent phrases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import chain

from hedgerow.errors import InputError
from hedgerow.labels import SpanType
from hedgerow.summary.correction import Confusion
from hedgerow.summary.counting import OTHERS, Pass, Undated
from hedgerow.summary.differences import REST, Difference, Side, differences
from hedgerow.summary.examples import Examples
from hedgerow.summary.groups import NO_DATE, Group, Key, Value
from hedgerow.summary.intervals import FEW
from hedgerow.summary.prevalence import Counts, Estimate, Estimator, correlations
from hedgerow.summary.rows import LabelledRow
from hedgerow.summary.scheme import CODEBOOK, Scheme

MAX_PHRASES = 20
SHOWN = 20  # groups in the message about one that does not exist
MAX_COMPARED = 200  # groups that are compared with the rest, the largest


@dataclass(frozen=True, slots=True)
class GroupPrevalence:
    """One group: its size, and the prevalence of each label.

    Attributes
    ----------
    value : tuple of str
        What its rows have in common, a value for each key of the `Group`.
    name : str
        The value as tables show it.
    sentences, documents : int
        Its size.
    labelled : dict of str to int
        How many of its sentences have a label, by axis.
    estimates : tuple of Estimate
        The prevalence of each label of each axis.
    is_few : bool
        Whether it has fewer than ten documents, so that its interval is rough.

    Examples
    --------
    >>> from pathlib import Path
    >>> import hedgerow
    >>> from hedgerow.summary import read_labelled, summarise
    >>> counts = hedgerow.label_files("data/examples/article.txt", "summed.csv", model="lexicon")
    >>> summary = summarise(read_labelled([Path("summed.csv")]))
    >>> summary.whole.name, summary.whole.labelled, summary.whole.is_few
    ('all', {'certainty': 33, 'stance': 33}, True)
    """

    value: Value
    name: str
    sentences: int
    documents: int
    labelled: dict[str, int]
    estimates: tuple[Estimate, ...]
    is_few: bool


@dataclass(frozen=True)
class Summary:
    """A roll-up.

    Attributes
    ----------
    group : Group
        What the rows were grouped by.
    whole : GroupPrevalence
        All rows.
    groups : tuple of GroupPrevalence
        The groups: in the order of time first, then the largest.
    differences : tuple of Difference
        Between the groups, label by label.
    cues, sources : tuple of (SpanType, str, int)
        The most frequent phrases and their counts, by type.
    phrases_exact : bool
        Whether every phrase was kept, so that their counts are exact.
    pronouns : int
        How many sources are pronouns, which are not among the phrases.
    abstained : dict of str to int
        How many sentences were left without a label, by axis.
    corrected : bool
        Whether the shares are corrected for the classifier's error.
    examples : Examples
        Sentences of each label.
    undated : Undated
        Rows without a date that can be read.
    scheme : Scheme
        The heads and their labels.
    own_phrases : mapping of str to tuple
        The most frequent phrases of span heads of the user's own, by head.
    pooled : int
        How many sentences are in the group that has the rest of very many groups.
    scattered : int
        How many documents were counted more than once, because their rows lie far apart.

    Examples
    --------
    >>> from pathlib import Path
    >>> import hedgerow
    >>> from hedgerow.summary import read_labelled, summarise
    >>> counts = hedgerow.label_files("data/examples/article.txt", "summed.csv", model="lexicon")
    >>> summary = summarise(read_labelled([Path("summed.csv")]))
    >>> summary.groups, [(str(kind), words, n) for kind, words, n in summary.cues[:2]]
    ((), [('condition', 'if', 3), ('modal', 'may', 2)])
    """

    group: Group
    whole: GroupPrevalence
    groups: tuple[GroupPrevalence, ...]
    differences: tuple[Difference, ...]
    cues: tuple[tuple[SpanType, str, int], ...]
    sources: tuple[tuple[SpanType, str, int], ...]
    phrases_exact: bool
    pronouns: int
    abstained: dict[str, int]
    corrected: bool
    examples: Examples
    undated: Undated
    scheme: Scheme = CODEBOOK
    own_phrases: Mapping[str, tuple[tuple[str, str, int], ...]] = field(default_factory=dict)
    pooled: int = 0
    scattered: int = 0

    @cached_property
    def all_groups(self) -> tuple[GroupPrevalence, ...]:
        """The groups, and the whole at last."""
        return (*self.groups, self.whole)

    @property
    def over_time(self) -> bool:
        """Whether the groups are periods of time, more than one of them."""
        at = self.group.time
        return at is not None and len({group.value[at] for group in self.groups} - {NO_DATE, OTHERS}) > 1


def summarise(
    rows: Iterable[LabelledRow],
    group: Group | None = None,
    confusions: dict[str, Confusion] | None = None,
    compare: tuple[str, str] | None = None,
) -> Summary:
    """Return the prevalence of each label by group, with intervals that draw documents.

    The heads are those of the first row: the axes, and label heads of the user's own. A document is all rows with the
    same `doc`. If its rows are not together and lie more than 20,000 documents apart, it is counted more than once
    (`scattered`).

    Parameters
    ----------
    rows : iterable of LabelledRow
        Rows as `read_labelled` gives them.
    group : Group, optional
        The keys to group by; without them there is one group of all rows.
    confusions : dict of str to Confusion, optional
        By head, from `read_report`: they correct the shares for the classifier's error.
    compare : (str, str), optional
        The two groups to compare. By default two groups are compared with each other, and more of
        them each with the rest.

    Returns
    -------
    Summary
        The whole, the groups, their differences, and the most frequent phrases.

    Raises
    ------
    InputError
        If there is nothing to count, no row has a column of the group, a compared group does not exist, or a correction
        is asked for and labels were left empty.

    Examples
    --------
    >>> from pathlib import Path
    >>> import hedgerow
    >>> from hedgerow.summary import read_labelled, summarise
    >>> counts = hedgerow.label_files("data/examples/article.txt", "article.csv", model="lexicon")
    >>> summary = summarise(read_labelled([Path("article.csv")]))
    >>> summary.whole.sentences, summary.whole.documents
    (33, 1)
    """
    group = group or Group()
    labelled = iter(rows)
    first = next(labelled, None)
    scheme = CODEBOOK if first is None else first.scheme()
    pass_ = Pass(group, scheme, is_corrected=confusions is not None)
    for row in labelled if first is None else chain((first,), labelled):
        pass_.add(row)
    pass_.finish()
    _check(pass_, group, confusions)
    estimator = Estimator(correlations(pass_.whole, pass_.squares), confusions, by_document=group.is_by_document)
    return _Results(pass_, group, estimator).summary(compare)


def _check(pass_: Pass, group: Group, confusions: dict[str, Confusion] | None) -> None:
    if not pass_.whole.sentences:
        raise InputError("no labelled sentence; name a file that hedgerow label wrote")
    for key in group.keys:
        if key.column is not None and key.by not in pass_.found and key.column not in pass_.columns:
            columns = ", ".join(sorted(pass_.columns)) or "none"
            raise InputError(
                f"--by {group.by}: no row has a column {key.column!r}; the columns of the input are {columns}"
                f"{_other_column(key, pass_.columns)}"
            )
    corrected = {} if confusions is None else confusions
    if missing := [head for head in pass_.scheme.heads if corrected and head not in corrected]:
        raise InputError(
            f"the report has no confusion matrix of {missing[0]}; measure the model on rows labelled on it"
        )
    if corrected and any(count < pass_.whole.sentences for count in pass_.whole.labelled.values()):
        raise InputError("labels were left empty (--abstain), so their error is not the report's; label without it")


def _other_column(key: Key, columns: Collection[str]) -> str:
    """Return what to write instead of a key whose column no row has."""
    if key.by in columns:
        return f"; for the column {key.by!r} itself write row.{key.by}"
    if key.by == str(key.period) and columns:
        return f"; if another one has the date, write {key.period}:COLUMN"
    close = get_close_matches(str(key.column), columns, n=1)
    return f" (perhaps {close[0]!r})" if close else ""


@dataclass(slots=True)
class _Results:
    """From the counts of a pass to its summary."""

    pass_: Pass
    group: Group
    estimator: Estimator
    values: list[Value] = field(init=False)

    def __post_init__(self) -> None:
        """Put the groups in order: time first, then the largest."""
        self.values = sorted(self.pass_.by_value, key=self._order) if self.group.keys else []

    def summary(self, compare: tuple[str, str] | None) -> Summary:
        """Return the summary."""
        pass_, whole = self.pass_, self.pass_.whole
        others = pass_.by_value.get(pass_.others) if self.group.keys else None
        groups = tuple(self._prevalence(value, pass_.by_value[value]) for value in self.values)
        return Summary(
            group=self.group,
            whole=self._prevalence((), whole, by_document=False),
            groups=groups,
            differences=tuple(self._differences(groups, compare)),
            cues=tuple(pass_.phrases.most_frequent(MAX_PHRASES, sources=False)),
            sources=tuple(pass_.phrases.most_frequent(MAX_PHRASES, sources=True)),
            phrases_exact=all(one.exact for one in (pass_.phrases, *pass_.own_phrases.values())),
            pronouns=pass_.phrases.pronouns,
            abstained={axis: whole.sentences - labelled for axis, labelled in whole.labelled.items()},
            corrected=self.estimator.confusions is not None,
            examples=pass_.examples,
            undated=pass_.undated,
            scheme=pass_.scheme,
            own_phrases={
                head: tuple(phrases.most_frequent_own(MAX_PHRASES)) for head, phrases in pass_.own_phrases.items()
            },
            pooled=0 if others is None else others.sentences,
            scattered=len(pass_.returned),
        )

    def _order(self, value: Value) -> tuple[bool, str, int, Value]:
        at = self.group.time
        time = "" if at is None else value[at]
        return time in {NO_DATE, OTHERS}, time, -self.pass_.by_value[value].sentences, value

    def _prevalence(self, value: Value, counts: Counts, *, by_document: bool | None = None) -> GroupPrevalence:
        is_one = self.estimator.by_document if by_document is None else by_document
        return GroupPrevalence(
            value=value,
            name=self.group.show(value),
            sentences=counts.sentences,
            documents=counts.documents,
            labelled=counts.labelled,
            estimates=tuple(self.estimator.estimates(counts, by_document=is_one)),
            is_few=counts.documents < FEW and not is_one,
        )

    def _differences(self, groups: Sequence[GroupPrevalence], compare: tuple[str, str] | None) -> list[Difference]:
        if compare is not None:
            return self._pair(groups, compare)
        if len(groups) == 2:
            return self._pair(groups, (groups[0].name, groups[1].name))
        if len(groups) < 2:
            return []
        largest = {group.value for group in sorted(groups, key=lambda one: -one.sentences)[:MAX_COMPARED]}
        return [one for group in groups if group.value in largest for one in self._with_rest(group)]

    def _with_rest(self, group: GroupPrevalence) -> Iterator[Difference]:
        rest = self.pass_.whole.without(self.pass_.by_value[group.value])
        other = Side(REST, rest, self.estimator.estimates(rest, by_document=False))
        return differences(self.estimator, self._side(group), other)

    def _pair(self, groups: Sequence[GroupPrevalence], names: tuple[str, str]) -> list[Difference]:
        by_name = {group.name: group for group in groups}
        for name in names:
            if name not in by_name:
                known = "; ".join(list(by_name)[:SHOWN])
                more = " ..." if len(by_name) > SHOWN else ""
                hint = f"the groups are {known}{more}" if by_name else "give --by"
                raise InputError(f"--compare: no group {name!r}; {hint}")
        if names[0] == names[1]:
            raise InputError(f"--compare: {names[0]!r} is given twice; name two groups")
        first, second = (self._side(by_name[name]) for name in names)
        return list(differences(self.estimator, first, second))

    def _side(self, group: GroupPrevalence) -> Side:
        return Side(group.name, self.pass_.by_value[group.value], group.estimates)
