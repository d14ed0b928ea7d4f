"""Labelled corpora: read, checked, corrected, counted, split, shared out, and handed to training."""

from hedgerow.corpus.checking import check, load, reject_leaks
from hedgerow.corpus.correction import correct
from hedgerow.corpus.counting import stats
from hedgerow.corpus.rows import Fault
from hedgerow.corpus.sampling import share
from hedgerow.corpus.splitting import split
from hedgerow.corpus.table import to_dataset

__all__ = ["Fault", "check", "correct", "load", "reject_leaks", "share", "split", "stats", "to_dataset"]
