"""Roll-ups: prevalence of labels in labelled sentences, by document, source, month or any column."""

from hedgerow.summary.correction import Confusion, adjusted_distribution, read_report
from hedgerow.summary.groups import Group
from hedgerow.summary.prevalence import Counts, Estimate
from hedgerow.summary.roll_up import GroupPrevalence, Summary, summarise
from hedgerow.summary.rows import labelled_files, read_labelled

__all__ = [
    "Confusion",
    "Counts",
    "Estimate",
    "Group",
    "GroupPrevalence",
    "Summary",
    "adjusted_distribution",
    "labelled_files",
    "read_labelled",
    "read_report",
    "summarise",
]
