"""Runners: who labels the shards. Each gets a job and the shards that are left, and yields what came of them.

All call the same function on the same shards, so who did the work does not show in what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hedgerow.batch.label import Tally
from hedgerow.batch.manifest import Record
from hedgerow.batch.part import Job, label_shard
from hedgerow.batch.shards import Shard
from hedgerow.classifier import Classifier

Runner = Callable[[Job, Sequence[Shard]], Iterator[Record]]


def in_process(classifier: Classifier, tally: Tally | None = None) -> Runner:
    """One shard after the other, here."""

    def run(job: Job, shards: Sequence[Shard]) -> Iterator[Record]:
        for shard in shards:
            yield label_shard(classifier, job, shard, tally)

    return run
