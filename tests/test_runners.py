"""Runners: one process, several, or Ray's actors end in the same bytes, also where one of them is killed."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
RAY = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed (hedgerow[ray])")
SEVERAL = pytest.mark.parametrize(
    "several",
    [
        pytest.param(["--workers", "2"], id="processes", marks=pytest.mark.slow),
        pytest.param(["--workers", "2", "--runner", "ray"], id="ray", marks=[pytest.mark.slow, RAY]),
    ],
)


def command_for(folder: Path, *arguments: str) -> list[str]:
    """A run by the command line, in shards of twenty rows, the last of which is rejected."""
    rows = [json.dumps({"text": f"He may go on day {number}. She said it rained."}) for number in range(2000)]
    (folder / "in.jsonl").write_text("\n".join([*rows, '{"text": 3}', ""]))
    (folder / "options.toml").write_text('shard_rows = 20\nmodel = "lexicon"\n')
    return [sys.executable, "-m", "hedgerow", "label", "in.jsonl", "--config", "options.toml", *arguments]


def begun(command: list[str], folder: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # ignored by what a shell has in the background
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def kill_a_worker(work: Path, process: subprocess.Popen[str]) -> None:
    """Kill the first process that is seen labelling a shard: its number is in the name of what it writes."""
    while process.poll() is None:
        for path in work.glob("parts-part-*.tmp"):
            owner = int(path.name.split(".")[-2])
            assert owner != process.pid
            os.kill(owner, signal.SIGKILL)
            return
    pytest.fail("the run was over before a worker was seen")


@SEVERAL
def test_a_worker_that_is_killed_costs_no_row_and_the_bytes_are_the_same(tmp_path: Path, several: list[str]) -> None:
    with begun(command_for(tmp_path, "--out", "together", *several), tmp_path) as process:
        kill_a_worker(tmp_path / "together/.work", process)
        _, told = process.communicate()
    assert process.returncode == 1, told
    assert "2,001" in told
    with begun(command_for(tmp_path, "--out", "alone"), tmp_path) as process:
        process.communicate()
    together = tree(tmp_path / "together")
    assert together == tree(tmp_path / "alone")
    assert len(together) == 103


@SEVERAL
def test_a_strict_run_in_several_processes_stops_too(tmp_path: Path, several: list[str]) -> None:
    with begun(command_for(tmp_path, "--out", "run", "--strict", *several), tmp_path) as process:
        _, told = process.communicate()
    assert process.returncode == 1
    reason = "hedgerow: rejected in.jsonl:2001: field 'text' is int, not text; --strict stops here"
    assert told.splitlines()[-1] == reason


@pytest.mark.slow
def test_workers_that_always_die_end_the_run_with_a_word(tmp_path: Path) -> None:
    """Workers that end as soon as they begin, as those do that the system kills for their memory."""
    (tmp_path / "sitecustomize.py").write_text("import os, sys\nif '--multiprocessing-fork' in sys.argv: os._exit(9)\n")
    command = command_for(tmp_path, "--out", "run", "--workers", "2")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "workers were killed 3 times" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_ctrl_c_ends_the_workers_and_the_same_command_goes_on(tmp_path: Path) -> None:
    with begun(command_for(tmp_path, "--out", "run", "--workers", "2"), tmp_path) as process:
        while not (tmp_path / "run/parts/part-00003.jsonl").exists():
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
        _, told = process.communicate()
    assert process.returncode == 130
    assert told.splitlines()[-1] == "hedgerow: stopped; the same command resumes run"
    until = time.monotonic() + 60
    while is_there(process.pid):  # no worker is left
        assert time.monotonic() < until
        time.sleep(0.05)
    for out in ("run", "whole"):
        with begun(command_for(tmp_path, "--out", out), tmp_path) as process:
            process.communicate()
    assert tree(tmp_path / "run") == tree(tmp_path / "whole")
