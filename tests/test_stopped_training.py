"""Trainings that stop before their end: signals, a full disk, a loss that is no number, a second process."""

import logging
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from hedgerow.cli.app import run_command
from hedgerow.cli.train import app
from hedgerow.training.stopping import complete_checkpoint

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Give back the handlers that the command line replaces. In the background of a shell, Ctrl-C is ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@contextmanager
def at_message(start: str, action: Callable[[], object]) -> Iterator[None]:
    """Do `action` when a message that begins with `start` is logged."""
    handler = logging.Handler()
    handler.emit = lambda record: record.getMessage().startswith(start) and action()  # type: ignore[assignment]
    logging.getLogger("hedgerow").addHandler(handler)
    yield
    logging.getLogger("hedgerow").removeHandler(handler)


def command(recipe: Path, out: Path, *options: str) -> int:
    """Run `hedgerow train` and return its exit code."""
    with pytest.raises(SystemExit) as stop:
        run_command(
            lambda: app([str(recipe), "--out", str(out), *options], standalone_mode=False), program="hedgerow train"
        )
    return int(stop.value.code or 0)


def send(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def test_a_stopped_training_says_what_is_left_and_the_same_command_resumes_it(
    network_recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, run = tmp_path / "model", tmp_path / "model.run"
    before = sorted(tmp_path.iterdir())
    with at_message("epoch 1", send(signal.SIGINT)):
        assert command(network_recipe, out) == 130
    assert f"stopped; no epoch had ended, and {run} is removed" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before

    with at_message("epoch 2", send(signal.SIGTERM)):
        assert command(network_recipe, out) == 143
    assert f"stopped; {run} is kept: the same command resumes after epoch 1\n" in capsys.readouterr().err
    assert sorted({*tmp_path.iterdir()} - {*before}) == [run]

    # A checkpoint that a kill left half-written is not resumed.
    broken = run / "checkpoints" / "checkpoint-6"
    broken.mkdir()
    (broken / "trainer_state.json").write_text('{"epoch": 2', "utf-8")
    assert complete_checkpoint(run) == run / "checkpoints" / "checkpoint-3"

    with FileLock(run / "lock"):
        assert command(network_recipe, out) == 2
    assert f"{run}: another process is training here; wait for it, or name another --out" in capsys.readouterr().err

    assert command(network_recipe, out) == 0
    assert "resuming from checkpoint-3" in capsys.readouterr().err
    assert sorted({*tmp_path.iterdir()} - {*before}) == [out, run]


def test_a_full_disk_stops_a_training_that_can_be_resumed(
    network_recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)  # "File too large" is what a full disk is, but for its number
    before = sorted(tmp_path.iterdir())
    out, run = tmp_path / "model", tmp_path / "model.run"
    with at_message("epoch 2", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))):
        try:
            code = command(network_recipe, out)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    errors = capsys.readouterr().err
    assert code == 1, errors
    assert f"no model is written, free some space; {run} is kept: the same command resumes after epoch 1" in errors
    assert "Traceback" not in errors
    assert sorted({*tmp_path.iterdir()} - {*before}) == [run]
    assert [path.name for path in (run / "checkpoints").iterdir()] == ["checkpoint-3"]


def test_a_loss_that_is_no_number_stops_a_training_at_once(
    network_recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    assert command(network_recipe, tmp_path / "model", "--set", "optimisation.encoder_lr=1e30") == 1
    (line,) = (line for line in capsys.readouterr().err.splitlines() if line.startswith("hedgerow train: "))
    assert "learning diverged; use lower rates, such as optimisation.encoder_lr=1e+29" in line
    assert line.endswith("no model is written")
    assert sorted(tmp_path.iterdir()) == before
