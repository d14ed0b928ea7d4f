"""A run: whatever stops it, the same command goes on, and what comes out is the same to the byte."""

from __future__ import annotations

import base64
import gzip
import json
import os
import pty
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hedgerow.classifier import load
from hedgerow.errors import RejectedRowError, RunError
from hedgerow.labelling.manifest import ShardResult, read_manifest
from hedgerow.labelling.options import Options
from hedgerow.labelling.run_folder import RunListener, execute
from hedgerow.labelling.runners import LocalRunner
from hedgerow.labelling.shard_work import Run
from hedgerow.predictors.folder import LEXICON
from hedgerow.predictors.lexicon import write_manifest
from hedgerow.readers.finding import InputFile
from hedgerow.readers.layout import Format

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def write_inputs(folder: Path) -> list[str]:
    """Files of every kind of line, clean and dirty rows among them; their names."""
    rows = [b'{"id": %d, "text": "He may go. \\"Rubbish,\\" she said."}' % number for number in range(5)]
    rows[2:2] = [b'{"text": "\xff"}', b"", b'{"text": 3}']
    (folder / "a.jsonl").write_bytes(b"\n".join(rows) + b"\n")
    (folder / "b.csv").write_bytes(b'id,text\n1,"It may\nrain."\n2\n3,"Reportedly it did."\n4,"open\n5,Hm.\n')
    (folder / "c.txt").write_text("He said it may rain.\n\nPerhaps it will.")
    packed = gzip.compress(b'{"text": "It is unclear."}\n' * 3 + b'{"text": "Slice off"}', mtime=0)
    (folder / "d.jsonl.gz").write_bytes(packed[:-6])
    return ["a.jsonl", "b.csv", "c.txt", "d.jsonl.gz", "missing.txt"]


def job_for(folder: Path, out: Path, *, names: list[str] | None = None, strict: bool = False, **changed: object) -> Run:
    formats = {".jsonl": Format.JSONL, ".csv": Format.CSV, ".txt": Format.TXT, ".gz": Format.JSONL}
    inputs = [InputFile(folder / name, name, formats[Path(name).suffix]) for name in names or write_inputs(folder)]
    options = Options.model_validate({"model": "lexicon", "shard_rows": 2, "strict": strict} | changed)
    return Run(out, options, tuple(inputs))


def finish(job: Run) -> dict[int, ShardResult]:
    return execute(job, LocalRunner(load("lexicon")), RunListener())


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_row_of_a_run_is_labelled_or_rejected_once(tmp_path: Path) -> None:
    records = finish(job_for(tmp_path, tmp_path / "run"))
    assert (sum(r.rows for r in records.values()), sum(r.documents for r in records.values())) == (18, 12)
    rows = [row for part in sorted((tmp_path / "run/parts").iterdir()) for row in rows_of(part)]
    assert [row["doc"] for row in rows if row["index"] == 0] == [
        "a.jsonl:1", "a.jsonl:2", "a.jsonl:6", "a.jsonl:7", "a.jsonl:8",
        "b.csv:2", "b.csv:5", "b.csv:7", "c.txt", "d.jsonl.gz:1", "d.jsonl.gz:2", "d.jsonl.gz:3",
    ]  # fmt: skip
    rejected = rows_of(tmp_path / "run/rejected.jsonl")
    assert [(row["file"], row["line"]) for row in rejected] == [
        ("a.jsonl", 3), ("a.jsonl", 5), ("b.csv", 4), ("b.csv", 6), ("d.jsonl.gz", 4), ("missing.txt", None),
    ]  # fmt: skip
    assert base64.b64decode(rejected[0]["raw"]) == b'{"text": "\xff"}'
    for row in rejected[:4]:  # the byte leads to what is kept
        raw = base64.b64decode(row["raw"])
        assert (tmp_path / row["file"]).read_bytes()[row["byte"] :].startswith(raw)
    assert "compressed data broken" in rejected[4]["reason"]


def test_the_manifest_tells_settings_inputs_and_parts_and_no_date_or_place(tmp_path: Path) -> None:
    finish(job_for(tmp_path, tmp_path / "run"))
    written = (tmp_path / "run/manifest.json").read_text()
    manifest = json.loads(written)
    assert (manifest["schema"], manifest["complete"]) == (3, True)
    counts = manifest["counts"]
    assert counts["rows"] == counts["documents"] + counts["rejected"] == sum(part["rows"] for part in manifest["parts"])
    assert str(tmp_path) not in written
    assert read_manifest(tmp_path / "run") is not None


def test_the_inputs_cut_finer_or_coarser_hold_the_same_rows(tmp_path: Path) -> None:
    rows = []
    for size in (1, 3, 1000):
        finish(job_for(tmp_path, tmp_path / f"run{size}", shard_rows=size))
        whole = tree(tmp_path / f"run{size}")
        rows.append((b"".join(whole[name] for name in whole if name.startswith("parts/")), whole["rejected.jsonl"]))
    assert rows[0] == rows[1] == rows[2]


KILLS = """
import json, random, shutil, sys
from pathlib import Path
from tests.killing import killed, lines_run
from tests.test_run import finish, job_for, tree

folder = Path(sys.argv[1])
whole = lines_run(lambda: finish(job_for(folder, folder / "whole")))
expected = tree(folder / "whole")
chance, kills, seen = random.Random(13), 0, set()
while kills < 50:
    job = job_for(folder, folder / "run")
    while killed(lambda: finish(job), chance.randrange(1, whole)) and chance.random() < 0.3:
        kills += 1  # and killed again
    kills += 1
    seen.add(len(tree(folder / "run")) if (folder / "run").exists() else 0)
    finish(job)
    assert tree(folder / "run") == expected, "killed and gone on with, another result"
    shutil.rmtree(folder / "run")
print(json.dumps({"kills": kills, "states": len(seen), "lines": whole}))
"""


def test_killed_at_fifty_random_points_a_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLS, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["kills"] >= 50
    assert told["states"] > 5  # it was killed early, late and in between


def test_another_model_setting_or_input_is_rejected(tmp_path: Path) -> None:
    out = tmp_path / "run"
    finish(job_for(tmp_path, out))
    before = tree(out)
    with pytest.raises(RunError, match=r"began with abstain 0\.0, not 0\.5"):
        finish(job_for(tmp_path, out, abstain=0.5))
    other = tmp_path / "lexicon"  # another model under the same name
    shutil.copytree(LEXICON, other, ignore=shutil.ignore_patterns("*.py*", "__pycache__"))
    (other / "cues.toml").write_text((other / "cues.toml").read_text("utf-8") + "# changed\n", "utf-8")
    write_manifest(other)
    with pytest.raises(RunError, match="began with model_hash"):
        finish(job_for(tmp_path, out, model=str(other)))
    with pytest.raises(RunError, match=r"began with other inputs, 'b\.csv' among them"):
        finish(job_for(tmp_path, out, names=["a.jsonl"]))
    names = write_inputs(tmp_path)
    (tmp_path / "c.txt").write_text("Another text.")
    with pytest.raises(RunError, match=r"c\.txt has changed since the run began"):
        finish(job_for(tmp_path, out, names=names))
    (out / ".work/lock").unlink()
    (out / ".work").rmdir()
    assert tree(out) == before


def test_a_part_that_was_changed_is_found(tmp_path: Path) -> None:
    job = job_for(tmp_path, tmp_path / "run")
    finish(job)
    part = tmp_path / "run/parts/part-00001.jsonl"
    part.write_text("{}\n")
    with pytest.raises(
        RunError, match=r"part-00001\.jsonl: not as the run wrote it; delete it and run the same command"
    ):
        finish(job)


def test_only_a_part_that_is_missing_is_labelled_again(tmp_path: Path) -> None:
    out = tmp_path / "run"
    job = job_for(tmp_path, out, keep_text=True)
    finish(job)
    before = tree(out)
    (out / "parts/part-00001.jsonl").unlink()
    (out / "texts/part-00003.jsonl").unlink()
    labelled: list[int] = []
    execute(job, LocalRunner(load("lexicon")), RunListener(on_shard=lambda result: labelled.append(result.part)))
    assert labelled == [1, 3]
    assert tree(out) == before


def test_rejected_rows_that_were_changed_or_lost_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "He may go."}\n{broken\n')
    out = tmp_path / "run"
    job = job_for(tmp_path, out, names=["a.jsonl"])
    finish(job)
    finish(job)
    (out / "rejected.jsonl").unlink()
    with pytest.raises(RunError, match=r"rejected.jsonl: not as the run wrote it"):
        finish(job)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("Mine.")
    with pytest.raises(RunError, match=r"holds 'mine\.txt', which no run wrote"):
        finish(job_for(tmp_path, tmp_path / "run"))
    assert tree(tmp_path / "run") == {"mine.txt": b"Mine."}


def test_two_runs_do_not_work_in_one_folder(tmp_path: Path) -> None:
    job = job_for(tmp_path, tmp_path / "run")

    def meanwhile(*_: object) -> None:
        with pytest.raises(RunError, match="another run is using this folder"):
            finish(job)

    execute(job, LocalRunner(load("lexicon")), RunListener(on_start=meanwhile))


def test_a_strict_run_stops_at_the_first_rejected_row_and_can_go_on(tmp_path: Path) -> None:
    job = job_for(tmp_path, tmp_path / "run", strict=True)
    with pytest.raises(RejectedRowError, match=r"rejected a\.jsonl:3: invalid UTF-8"):
        finish(job)
    assert [path.name for path in (tmp_path / "run/parts").iterdir()] == ["part-00000.jsonl"]
    finish(job_for(tmp_path, tmp_path / "run"))
    finish(job_for(tmp_path, tmp_path / "whole"))
    assert tree(tmp_path / "run") == tree(tmp_path / "whole")


def command_line(folder: Path, *arguments: object) -> list[str]:
    """A run of many rows by the command line, in shards of five."""
    (folder / "many.jsonl").write_text('{"text": "He may go. She said it rained."}\n' * 500)
    (folder / "options.toml").write_text("shard_rows = 5\n")
    options = ["--model", "lexicon", "--config", "options.toml", "--out", "run", *map(str, arguments)]
    return [sys.executable, "-m", "hedgerow", "label", "many.jsonl", *options]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def heed_interrupts() -> None:
    """What a shell starts in the background ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finished(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_stopped_from_outside_the_same_command_goes_on(tmp_path: Path, stop: signal.Signals, code: int) -> None:
    command = command_line(tmp_path)
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    ) as process:
        while not (tmp_path / "run/parts/part-00003.jsonl").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(stop)
        _, told = process.communicate()
    assert process.returncode == code
    assert not list((tmp_path / "run/parts").glob("*.tmp"))
    if stop is signal.SIGINT:
        assert told.splitlines()[-1] == "hedgerow: stopped; the same command resumes run"
    ran = finished(command, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "500" in ran.stderr
    parts = sorted((tmp_path / "run/parts").iterdir())
    assert [part.name for part in parts] == [f"part-{number:05}.jsonl" for number in range(100)]
    documents = [row["doc"] for part in parts for row in rows_of(part) if row["index"] == 0]
    assert documents == [f"many.jsonl:{number + 1}" for number in range(500)]


def read_to_the_end(terminal: int) -> Iterator[str]:
    with os.fdopen(terminal, "rb", buffering=0) as file, suppress(OSError):  # a terminal's end is an error
        while piece := file.read(10_000):
            yield piece.decode("utf-8", "replace")


def test_a_terminal_shows_rows_rates_and_rejections_as_they_come(tmp_path: Path) -> None:
    command = command_line(tmp_path)
    leader, follower = pty.openpty()
    shown = environment() | {"TERM": "xterm-256color", "COLUMNS": "120"}
    with subprocess.Popen(command, cwd=tmp_path, env=shown, stderr=follower):
        os.close(follower)
        told = "".join(read_to_the_end(leader))
    assert "of 500 rows" in told
    assert "sentences/s, 0 rejected" in told
    assert "labelled by lexicon" in told


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(tmp_path: Path) -> None:
    (tmp_path / "options.toml").touch()
    names = write_inputs(tmp_path)
    (tmp_path / "many.jsonl").write_text('{"text": "He may go. She said it rained."}\n' * 200)
    options = ["--model", "lexicon", "--out", "run"]
    command = [sys.executable, "-m", "hedgerow", "label", "many.jsonl", *names, *options]

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))

    ran = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False, preexec_fn=small_files
    )
    assert ran.returncode == 2
    assert "File too large" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert list((tmp_path / "run/parts").iterdir()) == []
    assert finished(command, tmp_path).returncode == 1
    written = tree(tmp_path / "run")
    subprocess.run(["rm", "-r", "run"], cwd=tmp_path, check=True)
    finished(command, tmp_path)
    assert tree(tmp_path / "run") == written
