"""Corpora of others, their own files read into rows that a network's heads can learn from.

A reader takes a file and gives rows {"id", "text", FIELD: label or spans, ...}; what the fields mean is the corpus's
own business. None of these corpora is part of this repository.
"""

from hedgerow.benchmarks.readers import READERS, read_rows

__all__ = ["READERS", "read_rows"]
