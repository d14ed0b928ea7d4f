"""`hedgerow label --out RUN`: labelling to a folder that can be gone on with."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from hedgerow.classifier import load
from hedgerow.cli.progress import RunProgress
from hedgerow.labelling.layout import skip_outputs
from hedgerow.labelling.manifest import Settings
from hedgerow.labelling.options import Options
from hedgerow.labelling.run_folder import label_to_folder
from hedgerow.labelling.runners import Runner, in_process, in_processes
from hedgerow.labelling.shard_labelling import Run
from hedgerow.predictors.folder import find, model_hash
from hedgerow.readers.inputs import find_inputs


def label_run(inputs: Sequence[Path], out: Path, options: Options) -> int:
    """Label `inputs` to the folder `out`; returns the exit code."""
    settings = Settings(
        model=Path(options.model).name,
        model_hash=model_hash(find(options.model)),
        unit=str(options.unit),
        as_=None if options.as_ is None else str(options.as_),
        text_field=options.text_field,
        id_field=options.id_field,
        abstain=options.abstain,
        parts=options.parts,
        shard_rows=options.shard_rows,
        shard_bytes=options.shard_bytes,
    )
    job = Run(out, options.model, settings, find_inputs(inputs, options.as_, skip=skip_outputs(out)), options.strict)
    progress = RunProgress()
    try:
        records = label_to_folder(job, _runner(options, progress), begin=progress.begin, follow=progress.follow)
    except KeyboardInterrupt:
        progress.stop()
        print(f"hedgerow: stopped; the same command goes on with {out}", file=sys.stderr)
        return 130
    finally:
        progress.stop()
    progress.summarise(records.values(), settings.model, out)
    return 1 if any(record.rejected for record in records.values()) else 0


def _runner(options: Options, progress: RunProgress) -> Runner:
    if options.runner == "ray":
        from hedgerow.labelling.ray_runner import in_ray

        return in_ray(options.workers, options.ray_address)
    if options.workers is not None and options.workers > 1:
        return in_processes(options.workers)
    return in_process(load(options.model), progress.counts)
