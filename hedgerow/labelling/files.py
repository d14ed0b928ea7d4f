"""Label files to one output file: what `hedgerow label` and `hedgerow.label_files` do."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from hedgerow.classifier import Classifier, load
from hedgerow.errors import InputError, RejectedRowError
from hedgerow.io.atomic import replaced_file, sha256
from hedgerow.labelling.counts import Counts, Reject
from hedgerow.labelling.layout import manifest_path, rejected_path, skip_outputs, texts_path
from hedgerow.labelling.manifest import COUNTED, SCHEMA
from hedgerow.labelling.options import Options, read_options, reject_run_options
from hedgerow.labelling.outputs import (
    check_inputs,
    check_labelled,
    check_name,
    check_out,
    check_replaced,
    check_used,
    describe,
)
from hedgerow.labelling.stream import Follower, keep_none, label_texts
from hedgerow.readers.finding import STDIN, Found, find_inputs
from hedgerow.readers.input_text import Rejected
from hedgerow.readers.inputs import read_inputs
from hedgerow.writers.files import Writer, open_writer
from hedgerow.writers.records import LabelledSentence
from hedgerow.writers.rejected import rejected_writer
from hedgerow.writers.texts import Keep, keep_in

Write = Callable[[LabelledSentence], None]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileJob:
    """What to label: `inputs` (files, folders, patterns, "-"), to the file `out` (None: standard output)."""

    inputs: tuple[Path, ...]
    out: Path | None
    options: Options


def _ignore(_: object = None) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who follows a labelling.

    `counts` are kept up to date; `on_found` gets the inputs, and `on_rejected` and `on_sentence` are called.
    """

    counts: Counts = field(default_factory=Counts)
    on_found: Callable[[Found], None] = _ignore
    on_rejected: Reject = _ignore
    on_sentence: Write = _ignore


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
        Labelled documents and sentences, rejected and skipped rows. Rejected rows are logged and kept beside (or in)
        `out`.

    Raises
    ------
    InputError, ModelError, RunError, RejectedRowError
        If an option, the model or the output cannot be used, or no input can be read; at the first rejected row if
        `strict=True`.

    Examples
    --------
    >>> import hedgerow
    >>> counts = hedgerow.label_files("data/examples/article.txt", "labelled.csv", model="lexicon")
    >>> counts.documents, counts.sentences, counts.rejected
    (1, 33, 0)
    """
    paths = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    if not paths or not all(map(str, paths)):
        raise InputError("label_files: no inputs, or an empty name; name files, folders or patterns")
    if not str(out):
        raise InputError("label_files: out is empty; name a file, or a folder of its own")
    chosen = read_options(None if config is None else Path(config), options, "{}=".format)
    target = Path(out)
    check_name(target)
    if not target.suffix:
        from hedgerow.labelling.run_folder import RunListener, label_to_run  # imports what only runs need

        return label_to_run(map(Path, paths), target, chosen, RunListener(on_found=_log_found))
    reject_run_options(chosen, options, "{}=".format)
    listener = Listener(on_found=_log_found, on_rejected=lambda rejected: logger.warning("rejected %s", rejected))
    label_to_file(load(chosen.model), FileJob(tuple(map(Path, paths)), target, chosen), listener)
    return listener.counts


def _log_found(found: Found) -> None:
    if told := describe(found):
        logger.warning("%s", told)


def label_to_file(classifier: Classifier, job: FileJob, listener: Listener) -> None:
    """Label the job's inputs to its file, with its manifest beside it, and rejected rows and texts if there are any.

    Without a file, JSON Lines go to standard output. Every file appears whole or not at all. Raises InputError before
    anything is written, and RejectedRowError at the first rejected row if the options say `strict`.
    """
    out = job.out
    if out is None:
        with open_writer(None, classifier.heads) as writer:
            label_to_writer(classifier, job, writer, listener)
        return
    check_out(out)
    found = _find(job, listener)
    check_replaced(out, force=job.options.force)
    # Opened inside the writer's context, so that what is beside the output is on disk before the output appears.
    with (
        open_writer(out, classifier.heads) as writer,
        rejected_writer(rejected_path(out)) as keep_rejected,
        _texts_file(texts_path(out), wanted=job.options.keep_text) as texts,
    ):
        reject = _rejecter(job.options, listener.on_rejected, keep_rejected)
        follower = Follower(reject, listener.counts, keep_none if texts is None else keep_in(texts))
        _label(classifier, job.options, found, follower, _told(writer, listener))
        check_labelled(listener.counts.documents, job.options)
        manifest_path(out).unlink(missing_ok=True)  # it would not fit the new output
    _write_manifest(job, out, found, listener.counts)


def label_to_writer(
    classifier: Classifier, job: FileJob, writer: Writer, listener: Listener, keep: Keep = keep_none
) -> None:
    """Label the job's inputs to an open writer, which may be standard output, as `label_to_file` does.

    `keep` gets every text and gives it back.
    """
    if job.options.keep_text:
        raise InputError("--keep-text writes beside the output; name one with --out")
    found = _find(job, listener)
    follower = Follower(_rejecter(job.options, listener.on_rejected), listener.counts, keep)
    _label(classifier, job.options, found, follower, _told(writer, listener))


def _label(
    classifier: Classifier,
    options: Options,
    found: Found,
    follower: Follower,
    write: Write,
) -> None:
    texts = read_inputs(found.files, options.layout())
    for sentence in label_texts(classifier, texts, options, follower):
        write(sentence)


def _told(writer: Writer, listener: Listener) -> Write:
    """Return what writes a sentence and tells the listener."""

    def write(sentence: LabelledSentence) -> None:
        writer.write(sentence)
        listener.on_sentence(sentence)

    return write


def _find(job: FileJob, listener: Listener) -> Found:
    """Return the inputs; raise InputError if there are none, or the output would replace one."""
    if job.inputs.count(STDIN) > 1:
        raise InputError("standard input (-) can be read once; name it once")
    found = find_inputs(job.inputs, job.options.as_, skip=skip_outputs(job.out, force=job.options.force))
    listener.on_found(found)
    check_inputs(found, job.out)
    check_used(found, job.options)
    return found


def _rejecter(options: Options, *receivers: Reject) -> Reject:
    """Return what takes a rejected row: it stops if the options say `strict`, else passes it on."""

    def reject(rejected: Rejected) -> None:
        if options.strict:
            raise RejectedRowError(f"rejected {rejected}")
        for receive in receivers:
            receive(rejected)

    return reject


@contextmanager
def _texts_file(path: Path, *, wanted: bool) -> Iterator[TextIO | None]:
    """Open the file of texts if it is wanted, else remove one of an earlier labelling."""
    if wanted:
        with replaced_file(path) as file:
            yield file
        return
    yield None
    path.unlink(missing_ok=True)


def _write_manifest(job: FileJob, out: Path, found: Found, counts: Counts) -> None:
    """Write what the output file does not say: settings, counts, what was passed over, and the output's hash."""
    manifest = {
        "schema": SCHEMA,
        "complete": True,
        "settings": job.options.settings(),
        "counts": {name: getattr(counts, name) for name in COUNTED},
        "reasons": dict(counts.reasons.most_common()),
        "passed_over": dict(found.passed_over),
        "inputs": len(found.files),
        "output_sha256": sha256(out),
    }
    with replaced_file(manifest_path(out)) as file:
        file.write(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
