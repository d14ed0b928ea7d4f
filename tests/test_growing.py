"""A run that grows: what is new or mended is labelled, what has changed is an error, and no kill loses a row."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hedgerow.labelling.counts import kind_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def hedgerow(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hedgerow", "label", *map(str, arguments), "--model", "lexicon"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def documents(run: Path) -> list[str]:
    lines = [line for part in sorted((run / "parts").iterdir()) for line in part.read_text("utf-8").splitlines()]
    return [row["doc"] for row in map(json.loads, lines) if row["index"] == 0]


def rejected(run: Path) -> list[str]:
    path = run / "rejected.jsonl"
    return [json.loads(line)["file"] for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def counts(run: Path) -> dict[str, int]:
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    assert manifest["complete"]
    assert sum(manifest["reasons"].values()) == manifest["counts"]["rejected"]
    names = ("rows", "documents", "rejected")
    assert [manifest["counts"][name] for name in names] == [sum(p[name] for p in manifest["parts"]) for name in names]
    return {name: manifest["counts"][name] for name in names}


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A complete run of a folder with a good file, a file with a bad row, a broken file, and a missing one."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jsonl").write_text('{"text": "It may rain."}\n{"text": 5}\n{"text": "It may hail."}\n')
    (tmp_path / "in/broken.txt").write_bytes(b"Caf\xe9s may close.")
    ran = hedgerow(tmp_path, "in", "late.txt", "--out", "run")
    assert ran.returncode == 1, ran.stderr
    assert counts(tmp_path / "run") == {"rows": 5, "documents": 2, "rejected": 3}
    assert rejected(tmp_path / "run") == ["in/a.jsonl", "in/broken.txt", "late.txt"]
    return tmp_path


def mend(folder: Path) -> None:
    (folder / "late.txt").write_text("It may snow.")
    (folder / "in/broken.txt").write_text("Cafés may close.", "utf-8")
    (folder / "in/0-first.txt").write_text("It is first now.")


@pytest.mark.parametrize("resume", [[], ["--resume"]])
def test_what_is_new_or_mended_is_labelled_and_said(begun: Path, resume: list[str]) -> None:
    before = {path.name: path.read_bytes() for path in (begun / "run/parts").iterdir()}
    mend(begun)
    ran = hedgerow(begun, "in", "late.txt", "--out", "run", *resume)
    assert ran.returncode == 1, ran.stderr  # one bad row is left
    assert "run grows: 1 new and 2 mended inputs to label" in ran.stderr
    assert counts(begun / "run") == {"rows": 6, "documents": 5, "rejected": 1}
    assert documents(begun / "run") == ["in/a.jsonl:1", "in/a.jsonl:3", "in/broken.txt", "late.txt", "in/0-first.txt"]
    assert rejected(begun / "run") == ["in/a.jsonl"]
    assert all((begun / "run/parts" / name).read_bytes() == content for name, content in before.items())
    again = hedgerow(begun, "in", "late.txt", "--out", "run")
    assert "grows" not in again.stderr
    assert counts(begun / "run")["documents"] == 5


def test_a_run_grows_twice_and_a_file_is_mended_twice(begun: Path) -> None:
    (begun / "late.txt").write_bytes(b"\xff\xff")
    assert "1 mended input to label" in hedgerow(begun, "in", "late.txt", "--out", "run").stderr
    assert rejected(begun / "run") == ["in/a.jsonl", "in/broken.txt", "late.txt"]
    mend(begun)
    hedgerow(begun, "in", "late.txt", "--out", "run")
    (begun / "in/more.txt").write_text("It may thaw.")
    hedgerow(begun, "in", "late.txt", "--out", "run")
    assert counts(begun / "run") == {"rows": 7, "documents": 6, "rejected": 1}
    assert rejected(begun / "run") == ["in/a.jsonl"]


def test_when_all_is_mended_no_rejected_rows_are_left(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It may rain.")
    hedgerow(tmp_path, "a.txt", "zz.txt", "--out", "run")
    (tmp_path / "zz.txt").write_text("It may hail.")
    assert hedgerow(tmp_path, "a.txt", "zz.txt", "--out", "run").returncode == 0
    assert not (tmp_path / "run/rejected.jsonl").exists()


@pytest.mark.parametrize("change", ["labelled", "removed", "missing"])
def test_an_input_that_was_labelled_and_changed_is_an_error(begun: Path, change: str) -> None:
    before = (begun / "run/manifest.json").read_bytes()
    if change == "labelled":
        (begun / "in/a.jsonl").write_text('{"text": "It may rain all day."}\n')
    else:
        (begun / "in/a.jsonl").unlink()
    named = ["in/a.jsonl"] if change == "missing" else []
    ran = hedgerow(begun, "in", *named, "late.txt", "--out", "run")
    assert ran.returncode == 2
    reason = "began with other inputs" if change == "removed" else "has changed since the run began"
    assert reason in ran.stderr
    assert (begun / "run/manifest.json").read_bytes() == before


@pytest.mark.parametrize("given", ["new", "new/*.txt"])
def test_a_folder_that_was_empty_and_a_pattern_without_matches_grow(tmp_path: Path, given: str) -> None:
    (tmp_path / "a.txt").write_text("It may rain.")
    (tmp_path / "new").mkdir()
    assert hedgerow(tmp_path, "a.txt", given, "--out", "run").returncode == 1
    (tmp_path / "new/b.txt").write_text("It may hail.")
    for _ in range(2):
        ran = hedgerow(tmp_path, "a.txt", given, "--out", "run")
        assert ran.returncode == 0, ran.stderr
        assert counts(tmp_path / "run") == {"rows": 2, "documents": 2, "rejected": 0}


def test_resume_without_a_run_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It may rain.")
    for out in (["--out", "run"], ["--out", "o.jsonl"], []):
        ran = hedgerow(tmp_path, "a.txt", "--resume", *out)
        assert ran.returncode == 2
        assert "is no run" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


KILLS = """
import os, random, shutil, sys
from pathlib import Path
from hedgerow.labelling.options import Options
from hedgerow.labelling.run_folder import label_to_run
from tests.killing import killed, lines_run
from tests.test_run import tree

os.chdir(sys.argv[1])

def grow(name):
    label_to_run([Path("in"), Path("late.txt")], Path(name), Options(model="lexicon"))

shutil.copytree("run", "whole")
lines = lines_run(lambda: grow("whole"))
expected = tree(Path("whole"))
chance, kills = random.Random(13), 0
while kills < 20:
    shutil.copytree("run", "again")
    while killed(lambda: grow("again"), chance.randrange(1, lines)) and chance.random() < 0.4:
        kills += 1
    kills += 1
    grow("again")
    assert tree(Path("again")) == expected, "killed while it grew, another result"
    shutil.rmtree("again")
"""


def test_killed_while_it_grows_a_run_ends_in_the_same_bytes(begun: Path) -> None:
    mend(begun)
    command = [sys.executable, "-c", KILLS, str(begun)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr


def test_a_stopped_run_grows(tmp_path: Path) -> None:
    """Its shards are done in part; the missing file is mended before it goes on."""
    (tmp_path / "a.jsonl").write_text('{"text": "It may rain."}\n' * 30)
    (tmp_path / "options.toml").write_text("shard_rows = 5\n")
    inputs = ["a.jsonl", "b.jsonl", "--config", "options.toml", "--out", "run"]
    hedgerow(tmp_path, *inputs)
    manifest = json.loads((tmp_path / "run/manifest.json").read_text())
    done = [{**part, "part": number} for number, part in enumerate(manifest["parts"]) if number < 3]
    (tmp_path / "run/.work").mkdir()
    with (tmp_path / "run/.work/journal.jsonl").open("w") as journal:
        for part in done:
            row = {name: value for name, value in part.items() if name not in ("name", "slices")}
            journal.write(json.dumps(row) + "\n")
            (tmp_path / f"run/.work/rejected-{part['part']:05}.jsonl").touch()
    for number, part in enumerate(manifest["parts"]):
        if number >= 3:
            (tmp_path / "run/parts" / part["name"]).unlink()
        manifest["parts"][number] = {"name": part["name"], "slices": part["slices"]}
    (tmp_path / "run/rejected.jsonl").unlink()
    (tmp_path / "run/manifest.json").write_text(json.dumps(manifest | {"complete": False, "rejected_sha256": None}))
    shutil.copy(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    ran = hedgerow(tmp_path, *inputs)
    assert ran.returncode == 0, ran.stderr
    assert "1 mended input to label" in ran.stderr
    assert counts(tmp_path / "run") == {"rows": 60, "documents": 60, "rejected": 0}
    assert documents(tmp_path / "run") == [f"{name}.jsonl:{number + 1}" for name in "ab" for number in range(30)]


def test_kinds_of_reasons_leave_out_what_differs() -> None:
    assert kind_of("invalid UTF-8 (byte 0xff at byte 9); save it as UTF-8") == "invalid UTF-8"
    assert kind_of("no field 'text'; the row's fields are 'id'") == "no field 'text'"
    assert kind_of("a row of 10,485,761 bytes; at most 10 MB a row") == "a row of # bytes"
