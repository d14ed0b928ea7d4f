"""The examples of docs/integrations.md run and print what they claim."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

import pytest
import transformers

from hedgerow.cli.export import Library, export

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "integrations.md").read_text("utf-8")


def printed_by(code: str) -> list[str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {"__name__": "example"})
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_every_example_prints_what_it_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    blocks = re.findall(r"```(python|console)\n(.*?)```", PAGE, re.S)
    assert [kind for kind, _ in blocks] == ["python", "python", "python", "python", "console", "python"]
    for kind, block in blocks:
        if kind == "console":
            command, *claimed = block.splitlines()
            assert command == "$ hedgerow export small --to transformers small-hf"
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                export("small", Path("small-hf"), Library.TRANSFORMERS)
            assert out.getvalue().splitlines() == claimed
            continue
        claimed = [line.removeprefix("# ").rstrip() for line in block.splitlines() if line.startswith("# ")]
        code = "import hedgerow.integrations.spacy\n" + block  # its entry point may be from an earlier install
        assert printed_by(code) == claimed
