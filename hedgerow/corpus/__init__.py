"""Labelled corpora: load, check, correct, count, split and sample them."""

from hedgerow.corpus.checking import check, load, reject_leaks
from hedgerow.corpus.correction import correct
from hedgerow.corpus.counting import stats
from hedgerow.corpus.rows import RowError
from hedgerow.corpus.sampling import sample
from hedgerow.corpus.selecting import CorpusPart
from hedgerow.corpus.splitting import split

__all__ = ["CorpusPart", "RowError", "check", "correct", "load", "reject_leaks", "sample", "split", "stats"]
