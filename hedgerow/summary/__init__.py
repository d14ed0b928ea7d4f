"""Roll-ups: prevalence of labels in labelled sentences, by document, source, a period of time or any column."""

from hedgerow.summary.correction import Confusion, adjusted_distribution, read_report
from hedgerow.summary.differences import Difference
from hedgerow.summary.groups import Group
from hedgerow.summary.origin import Origin, find_labelled
from hedgerow.summary.prevalence import Counts, Estimate
from hedgerow.summary.roll_up import GroupPrevalence, Summary, summarise
from hedgerow.summary.rows import read_labelled

__all__ = [
    "Confusion",
    "Counts",
    "Difference",
    "Estimate",
    "Group",
    "GroupPrevalence",
    "Origin",
    "Summary",
    "adjusted_distribution",
    "find_labelled",
    "read_labelled",
    "read_report",
    "summarise",
]
