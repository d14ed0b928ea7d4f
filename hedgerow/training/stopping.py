"""How a training stops before its end: what is left of its run, and the message that says so.

A run folder is kept if it has an epoch to resume after, and removed otherwise. One process at a time uses it.
"""

from __future__ import annotations

import errno
import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from hedgerow.errors import RunError, TrainingError
from hedgerow.training.processes import is_first_process

CHECKPOINTS, NETWORK, LOCK = "checkpoints", "network", "lock"  # in a run folder
# What a training writes to its run folder before its network; with anything else, the folder is not removed.
_BEGUN = (CHECKPOINTS, LOCK, "run.json", "run.tmp", "history.csv", "history.csv.tmp", "network.part")
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_STATE = "trainer_state.json"  # the last file of a checkpoint that is written

logger = logging.getLogger(__name__)


class DivergedError(TrainingError):
    """The loss or the weights are no finite numbers: no epoch of the run is worth keeping."""


def diverged(what: str, rates: Mapping[str, float]) -> DivergedError:
    """Return the error for a loss or weights that are no finite numbers; `rates` are learning rates by setting."""
    lower = " and ".join(f"{name}={rate / 10:.0e}" for name, rate in rates.items())
    return DivergedError(f"{what}: learning diverged; use lower rates, such as {lower} (--set)")


@contextmanager
def locked(run: Path) -> Iterator[None]:
    """Keep other processes out of the run folder. Raises RunError if one is in it."""
    if not is_first_process():
        yield
        return
    run.mkdir(parents=True, exist_ok=True)
    is_new = not any(entry.name != LOCK for entry in run.iterdir())
    try:
        lock = FileLock(run / LOCK, timeout=0).acquire()
    except Timeout:
        raise RunError(f"{run}: another process is training here; wait for it, or name another --out") from None
    with lock, _stopped(run, is_new):
        yield


@contextmanager
def _stopped(run: Path, is_new: bool) -> Iterator[None]:
    """If the training stops, say what is left of its run, and remove a new one that cannot be resumed."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        logger.warning("stopped; %s", _left(run, is_new))
        raise
    except DivergedError as error:
        _remove(run)
        raise TrainingError(f"{error}; no model is written") from None
    except Exception as error:
        if is_disk_full(error):
            left = _left(run, is_new)
            raise TrainingError(f"{_reason(error, run)}; no model is written, free some space; {left}") from None
        _left(run, is_new)
        raise


def _reason(error: Exception, run: Path) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or run}: {error.strerror}"
    return f"{run}: {str(error).splitlines()[0]}"


def is_disk_full(error: Exception) -> bool:
    """Return whether nothing more can be written: libraries in Rust have the system's error only as text."""
    return getattr(error, "errno", None) in _DISK_FULL or any(f"os error {code}" in str(error) for code in _DISK_FULL)


def complete_checkpoint(run: Path) -> Path | None:
    """Return the last checkpoint that was written to its end, or None."""
    checkpoints = {int(state.parent.name.split("-")[-1]): state for state in run.glob(f"{CHECKPOINTS}/*/{_STATE}")}
    for step in sorted(checkpoints, reverse=True):
        if _epoch(checkpoints[step]) is not None:
            return checkpoints[step].parent
    return None


def _epoch(state: Path) -> float | None:
    """Return the epoch of a checkpoint's state; None if it was not written to its end."""
    try:
        return float(json.loads(state.read_text("utf-8"))["epoch"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def writing_checkpoint(folder: Path) -> Iterator[None]:
    """Remove the checkpoint in `folder` if it cannot be written to its end. Raises OSError for a full disk."""
    try:
        yield
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, RuntimeError):  # torch.save has no other error for a full disk
            raise OSError(errno.ENOSPC, f"cannot be written ({str(error).splitlines()[0]})", str(folder)) from None
        raise


def _left(run: Path, is_new: bool) -> str:
    """Return what is left of a run, and how to go on; remove a new one if no epoch has ended."""
    checkpoint = complete_checkpoint(run)
    if (run / NETWORK).is_dir():
        return f"{run} is kept: its network is trained, and the same command goes on"
    if checkpoint is not None:
        return f"{run} is kept: the same command resumes after epoch {_epoch(checkpoint / _STATE):.0f}"
    if is_new and _remove(run):
        return f"no epoch had ended, and {run} is removed"
    return f"no epoch had ended; {run} is kept"


def _remove(run: Path) -> bool:
    """Remove the run if it has only what a training begins with; return whether it has."""
    if any(entry.name not in _BEGUN for entry in run.iterdir()):
        return False
    shutil.rmtree(run, ignore_errors=True)
    return not run.exists()
