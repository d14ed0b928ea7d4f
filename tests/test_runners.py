"""Runners: one process, several, or Ray's actors end in the same bytes, also where one of them is killed."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hedgerow.batch import find_inputs
from hedgerow.batch.cluster import in_ray
from hedgerow.batch.manifest import Settings
from hedgerow.batch.part import Job
from hedgerow.batch.run import label_to_folder
from hedgerow.batch.runners import Runner, in_process, in_processes
from hedgerow.classifier import load
from hedgerow.classifier.folder import identity
from hedgerow.errors import RefusedRow, RunError

ROOT = Path(__file__).parents[1]
RAY = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed (hedgerow[ray])")
SEVERAL = [
    pytest.param(lambda: in_processes(2), id="processes", marks=pytest.mark.slow),
    pytest.param(lambda: in_ray(2), id="ray", marks=[pytest.mark.slow, RAY]),
]


def job_for(folder: Path, out: str, *, strict: bool = False, dirty: bytes = b'{"text": 3}\n') -> Job:
    rows = [json.dumps({"text": f"He may go on day {number}. She said it rained."}) for number in range(400)]
    (folder / "in.jsonl").write_bytes("\n".join(rows).encode() + b"\n" + dirty)
    settings = Settings("lexicon", identity("lexicon"), shard_rows=20)
    return Job(folder / out, "lexicon", settings, find_inputs([folder / "in.jsonl"]), strict)


def finish(job: Job, runner: Runner) -> None:
    label_to_folder(job, runner, begin=lambda *_: None, follow=lambda _: None)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def kill_a_worker(work: Path, killed: list[int]) -> None:
    """Kill the first other process that is seen labelling a shard: its name is on what it writes."""
    until = time.monotonic() + 120
    while not killed and time.monotonic() < until:
        for path in work.glob("part-*.tmp"):
            owner = int(path.name.split(".")[-2])
            if owner != os.getpid():
                os.kill(owner, signal.SIGKILL)
                killed.append(owner)
                return


@pytest.mark.parametrize("several", SEVERAL)
def test_a_worker_that_is_killed_costs_no_row_and_the_bytes_are_the_same(
    tmp_path: Path, several: Callable[[], Runner]
) -> None:
    finish(job_for(tmp_path, "alone"), in_process(load("lexicon")))
    job = job_for(tmp_path, "together")
    killed: list[int] = []
    killer = threading.Thread(target=kill_a_worker, args=(job.folder / ".work", killed))
    killer.start()
    finish(job, several())
    killer.join()
    assert killed
    assert tree(tmp_path / "together") == tree(tmp_path / "alone")


@pytest.mark.parametrize("several", SEVERAL)
def test_a_strict_run_in_several_processes_stops_too(tmp_path: Path, several: Callable[[], Runner]) -> None:
    with pytest.raises(RefusedRow, match=r"in\.jsonl:401: field 'text' is int, not text"):
        finish(job_for(tmp_path, "run", strict=True), several())


@pytest.mark.slow
def test_workers_that_always_die_end_the_run_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that ends as soon as it begins, as one does that the system kills for its memory."""
    (tmp_path / "sitecustomize.py").write_text("import os, sys\nif '--multiprocessing-fork' in sys.argv: os._exit(9)\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    with pytest.raises(RunError, match="workers were killed 3 times"):
        finish(job_for(tmp_path, "run"), in_processes(2))


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_ctrl_c_ends_the_workers_and_the_same_command_goes_on(tmp_path: Path) -> None:
    rows = "".join(json.dumps({"text": f"He may go on day {number}."}) + "\n" for number in range(3000))
    (tmp_path / "in.jsonl").write_text(rows)
    (tmp_path / "options.toml").write_text('shard_rows = 20\nmodel = "lexicon"\n')
    options = ["--config", "options.toml", "--out", "run"]
    command = [sys.executable, "-m", "hedgerow", "label", "in.jsonl", *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    together = [*command, "--workers", "2"]
    with subprocess.Popen(
        together, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not (tmp_path / "run/parts/part-00003.jsonl").exists():
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
        _, told = process.communicate()
    assert process.returncode == 130
    assert told.splitlines() == ["hedgerow: stopped; the same command goes on with run"]
    until = time.monotonic() + 60
    while is_there(process.pid):  # no worker is left
        assert time.monotonic() < until
        time.sleep(0.05)
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    whole = tree(tmp_path / "run")
    (tmp_path / "run").rename(tmp_path / "first")
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert tree(tmp_path / "run") == whole
