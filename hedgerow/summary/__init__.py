"""Roll-ups: what a whole archive of labelled sentences says, by document, source, month or any column."""

from hedgerow.summary.correction import Confusion, adjusted_shares, read_report
from hedgerow.summary.groups import Group
from hedgerow.summary.roll_up import GroupShares, Summary, summarise
from hedgerow.summary.rows import labelled_files, read_labelled
from hedgerow.summary.shares import Estimate, Tally

__all__ = [
    "Confusion",
    "Estimate",
    "Group",
    "GroupShares",
    "Summary",
    "Tally",
    "adjusted_shares",
    "labelled_files",
    "read_labelled",
    "read_report",
    "summarise",
]
