"""The docs site: built without a warning, no request outside, every page in the navigation, every example true."""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import griffe
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

import hedgerow
from hedgerow import corpus
from hedgerow.cli.app import COMMANDS
from scripts import codebook_examples, command_reference, site_hooks, site_html
from scripts.console_blocks import differences
from scripts.site_defaults import Defaults
from tests.browser import chromium

ROOT = Path(__file__).parents[1]
OUTSIDE = re.compile(r"""(?:\bsrc=|<link\b[^>]*?\bhref=|url\(|@import)\s*["']?(?:https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site. MkDocs is strict, so that a broken link or an odd docstring fails. It needs no program."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    environment = {"PATH": "", "NO_MKDOCS_2_WARNING": "1"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_asks_for_nothing_outside(site: Path) -> None:
    pages = {path.name: path.read_text("utf-8") for path in site.rglob("*") if path.suffix in {".html", ".css"}}
    assert {name: found[0] for name, text in pages.items() if (found := OUTSIDE.search(text))} == {}
    names = {f"hedgerow.{name}" for name in hedgerow.__all__} | {f"hedgerow.corpus.{name}" for name in corpus.__all__}
    for name in names - {"hedgerow.__version__"}:
        assert f'id="{name}"' in pages["api.html"], name
    assert all(f'id="hedgerow-{name}"' in pages["commands.html"] for name in COMMANDS)
    assert "Find the claim" in pages["codebook.html"]
    assert hedgerow.__version__ in pages["changelog.html"]
    assert '<a href="/index.html">start page</a>' in pages["404.html"]


@pytest.mark.slow
def test_every_page_has_a_title_one_first_heading_and_texts_for_its_pictures(site: Path) -> None:
    titles: dict[str, str] = {}
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        title = re.search("<title>(.*?)</title>", text)
        assert title is not None, path
        assert titles.setdefault(title[1], path.name) == path.name, title[1]
        levels = [int(level) for level in re.findall("<h([1-6])[ >]", text)]
        assert levels.count(1) == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), path
        assert re.search(r"<img(?![^>]*alt=.[^>])", text) is None, path
        assert "<th></th>" not in text, path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_pages_fit_and_are_accessible(site: Path, browser: Browser, width: int, scheme: str) -> None:
    """They are opened from the folder, as a reader without a server does. Search needs to work there too."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda told: faults.append(told.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else faults.append(asked.url))
    for name in ("index", "tutorial"):
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == [], name
    page.keyboard.press("/")
    page.keyboard.type("--abstain")
    page.wait_for_selector(".md-search-result__item")
    assert "Thresholds" in page.inner_text(".md-search-result__list")
    assert faults == []
    context.close()


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    navigation = str(yaml.safe_load(text)["nav"])
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} | site_hooks.COPIED.keys() | site_hooks.MADE.keys()
    assert [page for page in sorted(pages) if f"'{page}'" not in navigation] == []


class Named:
    """A page of MkDocs, as far as the hooks know it."""

    def __init__(self, name: str) -> None:
        self.file = SimpleNamespace(src_uri=name)
        self.meta: dict[str, object] = {}


def test_links_out_of_docs_become_pages_or_paths() -> None:
    text = "[a](docs/architecture.md#rooms) [b](data/CODEBOOK.md) [all](Makefile) [d](nothing.md) [e](#here)\n"
    text += "[`NOTICE`](NOTICE) [f](evaluation/reports/field/report.md)\n```\n[b](data/CODEBOOK.md)\n```\n"
    assert site_hooks.on_page_markdown(text, Named("contributing.md")) == (
        "[a](architecture.md#rooms) [b](codebook.md) all (`Makefile`) [d](nothing.md) [e](#here)\n"
        "`NOTICE` [f](reports/field/report.html)\n```\n[b](data/CODEBOOK.md)\n```\n"
    )


def test_a_report_is_not_searched_and_its_marked_words_are_no_references() -> None:
    page = Named("reports/benchmarks.md")
    text = "[all](index.md): [Ana Ruiz][said] \\[so] in [card](../../model/README.md), [field](field/report.md)\n"
    assert site_hooks.on_page_markdown(text, page) == (
        "[all](index.md): \\[Ana Ruiz]\\[said] \\[so] in [card](../model-card.md), [field](field/report.html)\n"
    )
    assert page.meta["search"] == {"exclude": True}


def test_a_list_that_follows_a_paragraph_is_a_list() -> None:
    text = "Tie-breaks\n- one\n  more\n- two\n\nRules\n1. first\n```\na\n- b\n```\n"
    assert site_hooks.on_page_markdown(text, Named("codebook.md")) == (
        "Tie-breaks\n\n- one\n  more\n- two\n\nRules\n\n1. first\n```\na\n- b\n```\n"
    )


def test_code_that_is_too_wide_is_wrapped_and_a_session_is_known() -> None:
    wide = "x" * (site_hooks.WIDEST + 1)
    text = f"```json\n{wide}\n```\n\n```python\n>>> 1\n1\n```\n\n```sh\nls\n```\n"
    assert site_hooks.on_page_markdown(text, Named("files.md")) == (
        f"```{{.json .wrapped}}\n{wide}\n```\n\n```pycon\n>>> 1\n1\n```\n\n```sh\nls\n```\n"
    )


def test_cells_and_code_break_where_they_should() -> None:
    head = "<table><thead>\n<tr>\n<th></th>\n<th></th>\n</tr>\n</thead><tr>"
    html = f"{head}<td>0.9 [0.8, 1.0]</td></tr><th></th><th>a</th></table><code>a/b --no-open</code> [1, 2] "
    html += "<code>hedgerow.io/lines.py|views|0.8</code>"
    assert site_html.on_page_content(html) == (
        "<table><tr><td>0.9 [0.8,&nbsp;1.0]</td></tr><td></td><th>a</th></table>"
        '<code>a/b <span class="option">--no-open</span></code> [1, 2] '
        "<code>hedgerow.<wbr>io/<wbr>lines.<wbr>py|<wbr>views|<wbr>0.8</code>"
    )
    block = "<pre><span></span><code>ls a/b --all</code></pre>"
    assert site_html.on_page_content(block) == block


def test_the_reference_has_the_values_of_defaults() -> None:
    code = "SIZE = 20_000\nKINDS = ('a', 'b')\nMADE = sorted('ab')\n"
    code += "def f(a=SIZE, b=KINDS, c=MADE, d=None):\n    ...\nclass C:\n    def m(self, a=SIZE):\n        ...\n"
    with griffe.temporary_visited_module(code) as module:
        Defaults().on_package(pkg=module)
        assert [str(one.default) for one in module["f"].parameters] == ["20000", "('a', 'b')", "MADE", "None"]
        assert str(module["C.m"].parameters["a"].default) == "20000"


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
