"""Label files to one output file: what `hedgerow label` and `hedgerow.label_files` do."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hedgerow.classifier import Classifier, load
from hedgerow.errors import InputError, RejectedRowError
from hedgerow.labelling.layout import skip_outputs
from hedgerow.labelling.options import Options, read_options, reject_run_options
from hedgerow.labelling.stream import Counts, Reject, label_texts
from hedgerow.readers.input_text import Rejected
from hedgerow.readers.inputs import STDIN, find_inputs, read_inputs
from hedgerow.writers.files import Writer, check_out, open_writer
from hedgerow.writers.rejected import rejected_path, rejected_writer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileJob:
    """What to label: `inputs` (files, folders, patterns, "-"), to the file `out` (None: standard output)."""

    inputs: tuple[Path, ...]
    out: Path | None
    options: Options


@dataclass(frozen=True, slots=True)
class Listener:
    """Who follows a labelling: `counts` are kept up to date, `on_rejected` and `on_sentence` are called."""

    counts: Counts = field(default_factory=Counts)
    on_rejected: Reject = lambda _: None
    on_sentence: Callable[[], None] = lambda: None


def label_files(
    inputs: str | Path | Iterable[str | Path], out: str | Path, *, config: str | Path | None = None, **options: Any
) -> Counts:
    """Label files, folders or patterns, as `hedgerow label INPUT... --out OUT` does.

    Parameters
    ----------
    inputs : path, or iterable of paths
        Files, folders, or patterns such as "news/**/*.jsonl.gz".
    out : path
        A .jsonl, .csv or .parquet file; without a suffix, a run folder, which the same call resumes.
    config : path, optional
        A TOML file with options.
    **options
        Those of `hedgerow label --help`, with underscores. They override those of `config`.

    Returns
    -------
    Counts
        Labelled documents and sentences, and rejected rows, which are logged and kept beside (or in) `out`.

    Raises
    ------
    InputError, ModelError, RunError, RejectedRowError
        If an option, the model or the output cannot be used; at the first rejected row if `strict=True`.
    """
    paths = [Path(path) for path in ([inputs] if isinstance(inputs, str | os.PathLike) else inputs)]
    if not paths:
        raise InputError("label_files: no inputs; name files, folders or patterns")
    chosen = read_options(None if config is None else Path(config), options, "{}=".format)
    target = Path(out)
    if not target.suffix:
        from hedgerow.labelling.run_folder import label_to_run  # imports what only runs need

        return label_to_run(paths, target, chosen)
    reject_run_options(chosen, options, "{}=".format)
    listener = Listener(on_rejected=lambda rejected: logger.warning("rejected %s", rejected))
    label_to_file(load(chosen.model), FileJob(tuple(paths), target, chosen), listener)
    return listener.counts


def label_to_file(classifier: Classifier, job: FileJob, listener: Listener) -> None:
    """Label the job's inputs to its file, with the rejected rows beside it; without a file, JSON Lines on stdout.

    The output and the rejected rows appear whole or not at all. Raises InputError before anything is written, and
    RejectedRowError at the first rejected row if the options say `strict`.
    """
    if job.out is not None:
        check_out(job.out, job.inputs)
    with open_writer(job.out, classifier.heads) as writer:
        label_to_writer(classifier, job, writer, listener)


def label_to_writer(classifier: Classifier, job: FileJob, writer: Writer, listener: Listener) -> None:
    """Label the job's inputs to an open writer, as `label_to_file` does."""
    if job.inputs.count(STDIN) > 1:
        raise InputError("standard input (-) can be read once; name it once")
    options = job.options
    # Opened inside the writer's context, so that the rejected rows are on disk before the output appears.
    with nullcontext() if job.out is None else rejected_writer(rejected_path(job.out)) as keep:

        def reject(rejected: Rejected) -> None:
            if options.strict:
                raise RejectedRowError(f"rejected {rejected}")
            listener.on_rejected(rejected)
            if keep is not None:
                keep(rejected)

        inputs = find_inputs(job.inputs, options.as_, skip=skip_outputs(job.out))
        texts = read_inputs(inputs, options.layout())
        for sentence in label_texts(classifier, texts, options, reject, listener.counts):
            writer.write(sentence)
            listener.on_sentence()
