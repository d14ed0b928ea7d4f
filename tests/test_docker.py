"""The Docker image: the files that the wheel is built from are in its context."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

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
