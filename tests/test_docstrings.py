"""The examples in the docstrings of the Python reference are true."""

from __future__ import annotations

import doctest
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import hedgerow

ROOT = Path(__file__).parents[1]
NAMES = re.findall(r"^::: (hedgerow\.\S+)$", (ROOT / "docs/api.md").read_text("utf-8"), re.MULTILINE)


@pytest.mark.slow
def test_every_example_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They read `data/` and write into the current folder."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    runner = doctest.DocTestRunner()
    without, wrong = [], []
    for name in dict.fromkeys(["hedgerow", *NAMES]):
        item = pkgutil.resolve_name(name)
        finder = doctest.DocTestFinder(recurse=not inspect.ismodule(item))  # a module has others' names too
        examples = [test for test in finder.find(item, name, module=False, globs={}) if test.examples]
        if not examples and not name.endswith("Error"):
            without.append(name)
        wrong += [test.name for test in examples if runner.run(test).failed]
    assert (wrong, without) == ([], [])


def test_the_reference_has_every_public_name() -> None:
    assert {f"hedgerow.{name}" for name in hedgerow.__all__} - {"hedgerow.__version__"} <= set(NAMES)
