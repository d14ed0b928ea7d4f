"""Labelled corpora: read, checked, corrected, counted, split, shared out, and handed to training."""

from hedgerow.corpus.check import check, load, refuse_leaks
from hedgerow.corpus.correct import correct
from hedgerow.corpus.rows import Fault
from hedgerow.corpus.share import share
from hedgerow.corpus.split import split
from hedgerow.corpus.stats import stats
from hedgerow.corpus.table import to_dataset

__all__ = ["Fault", "check", "correct", "load", "refuse_leaks", "share", "split", "stats", "to_dataset"]
