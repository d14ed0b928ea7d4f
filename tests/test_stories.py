"""The stories of docs/files.md print what the document shows, and its rules are those of the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from hedgerow.readers.layout import Format
from hedgerow.readers.missing import MISSING
from tests.field_inputs import write_all

ROOT = Path(__file__).parents[1]
FILES = (ROOT / "docs/files.md").read_text("utf-8")


def console_blocks() -> object:
    spec = importlib.util.spec_from_file_location("console_blocks", ROOT / "scripts/console_blocks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_every_command_prints_what_is_shown(tmp_path: Path) -> None:
    write_all(tmp_path)
    wrong = list(console_blocks().differences(FILES, tmp_path))  # type: ignore[attr-defined]
    assert not wrong, "\n".join(wrong) + "\nUpdate it with scripts/console_blocks.py docs/files.md FOLDER --write"


def test_every_format_and_every_mark_is_named() -> None:
    assert all(f"`.{format_}`" in FILES for format_ in Format if format_ is not Format.NEXIS)
    assert "Nexis" in FILES
    (listed,) = re.findall(r"one\nof these marks.*?\n\n(.*?)\n\n", FILES, re.DOTALL)
    assert set(re.findall(r"`(\S.*?)`", listed)) == MISSING
