"""The docs site: built without a warning, no request outside, every page in the navigation, every example true."""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import hedgerow
from hedgerow.cli.app import COMMANDS
from scripts import codebook_examples, command_reference, site_hooks
from scripts.console_blocks import differences

ROOT = Path(__file__).parents[1]
OUTSIDE = re.compile(r"""(?:\bsrc=|<link\b[^>]*?\bhref=|url\(|@import)\s*["']?(?:https?:)?//""")


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_asks_for_nothing_outside(tmp_path: Path) -> None:
    """MkDocs is strict, so that a broken link or an odd docstring fails. It needs no program on the path."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)]
    environment = {"PATH": "", "NO_MKDOCS_2_WARNING": "1"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    pages = {path.name: path.read_text("utf-8") for path in tmp_path.rglob("*") if path.suffix in {".html", ".css"}}
    assert {name: found[0] for name, text in pages.items() if (found := OUTSIDE.search(text))} == {}
    for name in set(hedgerow.__all__) - {"__version__"}:
        assert re.search(rf'id="hedgerow\.{name}"', pages["api.html"]), name
    assert all(f'id="hedgerow-{name}"' in pages["commands.html"] for name in COMMANDS)
    assert "Find the claim" in pages["codebook.html"]
    assert hedgerow.__version__ in pages["changelog.html"]


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    navigation = str(yaml.safe_load(text)["nav"])
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} | site_hooks.COPIED.keys() | site_hooks.MADE.keys()
    assert [page for page in sorted(pages) if f"'{page}'" not in navigation] == []


def test_links_out_of_docs_become_pages_or_paths() -> None:
    class Page:
        class file:  # noqa: N801
            src_uri = "contributing.md"

    text = "[a](docs/architecture.md#rooms) [b](data/CODEBOOK.md) [c](Makefile) [d](nothing.md) [e](#here)\n"
    text += "```\n[b](data/CODEBOOK.md)\n```\n"
    assert site_hooks.on_page_markdown(text, Page()) == (
        "[a](architecture.md#rooms) [b](codebook.md) c (`Makefile`) [d](nothing.md) [e](#here)\n"
        "```\n[b](data/CODEBOOK.md)\n```\n"
    )


def test_a_list_that_follows_a_paragraph_is_a_list() -> None:
    class Page:
        class file:  # noqa: N801
            src_uri = "codebook.md"

    text = "Tie-breaks\n- one\n  more\n- two\n\nRules\n1. first\n```\na\n- b\n```\n"
    assert site_hooks.on_page_markdown(text, Page()) == (
        "Tie-breaks\n\n- one\n  more\n- two\n\nRules\n\n1. first\n```\na\n- b\n```\n"
    )


def test_the_reference_of_commands_has_options_defaults_and_exit_codes() -> None:
    text = command_reference.reference()
    for part in (
        "```text\nhedgerow label [OPTIONS] INPUTS...\n```",
        "| `--unit` | A row is a document, which is split, or one sentence. One of `document`, `sentence`. | document",
        "| `--lines`<br>`--no-lines` | A line of a text is a paragraph. | --no-lines |",
        '"&amp;amp;"',
        "- `0` fine\n- `1` some input was rejected\n- `2` wrong usage\n- `130` interrupted",
        "```sh\nhedgerow corpus check data/corpus/train.jsonl data/corpus/dev.jsonl\n```",
    ):
        assert part in text, part
    assert text.count("Exit codes:") >= len(COMMANDS)


def test_every_rule_with_a_case_has_an_example() -> None:
    text = codebook_examples.examples()
    assert "| inferential must | The tenants must have left in a hurry. | `probable`<br>`asserted` |" in text
    assert text.count("\n| ") > 300


@pytest.mark.slow
@pytest.mark.parametrize("page", ["index", "tutorial", "examples"])
def test_every_command_of_a_page_prints_what_is_shown(page: str, tmp_path: Path) -> None:
    copy_inputs(tmp_path)
    wrong = list(differences((ROOT / f"docs/{page}.md").read_text("utf-8"), tmp_path))
    assert not wrong, "\n".join(wrong) + f"\nUpdate it with scripts/console_blocks.py docs/{page}.md FOLDER --write"


@pytest.mark.parametrize("page", ["index", "tutorial"])
def test_every_python_session_of_a_page_is_true(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_inputs(tmp_path)
    monkeypatch.chdir(tmp_path)
    ran = doctest.testfile(str(ROOT / f"docs/{page}.md"), module_relative=False)
    assert ran.attempted
    assert not ran.failed


def copy_inputs(folder: Path) -> None:
    """Copy what the pages say the reader has."""
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    for path in ("data/examples/article.txt", "examples/archive.jsonl"):
        shutil.copy(ROOT / path, folder)
