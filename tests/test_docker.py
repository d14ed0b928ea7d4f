"""The Docker image: the files that the wheel is built from are in its context."""

from __future__ import annotations

import json
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.served import served

ROOT = Path(__file__).parents[1]


def is_sent(path: str, rules: list[str]) -> bool:
    """Return whether Docker sends a file: the last rule that fits it, or a folder above it, decides."""
    places = [path, *map(str, Path(path).parents)]
    sent = True
    for rule in rules:
        pattern = rule.removeprefix("!").removeprefix("**/")
        if any(fnmatchcase(place, pattern) for place in places):
            sent = rule.startswith("!")
    return sent


def test_all_that_the_wheel_is_built_from_is_sent_to_docker() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = [*wheel["force-include"], "pyproject.toml", "hedgerow/__init__.py", project["project"]["readme"]]
    assert [path for path in needed if not is_sent(path, rules)] == []
    assert not is_sent("model/teacher/recipe.toml", rules)
    assert not is_sent("data/corpus/train.jsonl", rules)


def test_the_health_check_asks_at_the_last_port_that_was_given(tmp_path: Path) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", "")
    (check,) = (line.partition(" CMD ")[2] for line in dockerfile.splitlines() if line.startswith("HEALTHCHECK"))
    (given,) = (line.removeprefix("ENTRYPOINT ") for line in dockerfile.splitlines() if line.startswith("ENTRYPOINT"))
    file = tmp_path / "cmdline"
    _, _, code = json.loads(check)
    code = code.replace("/proc/1/cmdline", str(file))
    with served() as address:
        for port in ("\0", "="):
            file.write_text("\0".join([*json.loads(given), f"--port{port}{address.rpartition(':')[2]}", ""]))
            exec(code, {})
    with pytest.raises(URLError):
        exec(code, {})
