"""Hooks of MkDocs (mkdocs.yml): pages that are made from other files, links between them, and code as the site has it.

A file of the repository that is a page too is written once: its page is made from it when the site is built. A link to
a file that has no page becomes the path of that file.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # MkDocs loads this file by its path

from scripts import codebook_examples, command_reference, site_reports  # noqa: E402

COPIED = {  # page: file
    "changelog.md": "CHANGELOG.md",
    "codebook.md": "data/CODEBOOK.md",
    "code-of-conduct.md": "CODE_OF_CONDUCT.md",
    "contributing.md": "CONTRIBUTING.md",
    "datasheet.md": "data/README.md",
    "log.md": "model/LOG.md",
    "model-card.md": "model/README.md",
    "published-text.md": "data/real/README.md",
    "security.md": "SECURITY.md",
    "reports/benchmarks.md": "evaluation/reports/benchmarks.md",
    "reports/index.md": "evaluation/reports/index.md",
}
MADE: dict[str, Callable[[], str]] = {  # page: what writes it
    "codebook-examples.md": codebook_examples.examples,
    "commands.md": command_reference.reference,
}
BOOSTS = {"changelog.md": 0.2, "log.md": 0.2, "commands.md": 2}  # of the search: history last, options first
WIDEST = 120  # characters of a line of code; a block with a longer one is wrapped, or nobody would read its end
_PAGES = {file: page for page, file in COPIED.items()} | site_reports.FILES
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]*)\]\((?P<target>[^()\s:#]+)(?P<anchor>#[^()\s]*)?\)")
_ITEM = re.compile(r"(?:[-*]|\d+\.) ")
_FENCE = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)
_BRACKET = re.compile(r"(?<!\\)\[(?![^\[\]]*\]\()")
_LANGUAGE = re.compile(r"```(\w+)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made, and the reports."""
    for page, source in COPIED.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text("utf-8")))
    for page, write in MADE.items():
        files.append(File.generated(config, page, content=write()))
    for file, text in site_reports.texts().items():
        files.append(File.generated(config, file, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """Return the page with its lists and code, with links to pages, and with paths in place of links to other files."""
    name = page.file.src_uri
    if name in BOOSTS:
        page.meta["search"] = {"boost": BOOSTS[name]}
    if name.startswith("reports/"):
        page.meta["search"] = {"exclude": True}  # their figures would hide what people look for
    parts = _FENCE.split(markdown)
    parts[::2] = [_prose(part, name) for part in parts[::2]]
    parts[1::2] = [_fenced(block) for block in parts[1::2]]
    return "".join(parts)


def _prose(markdown: str, name: str) -> str:
    """Return what stands between blocks of code, with lists and links; a bracket around words begins no reference."""
    if name.startswith("reports/"):
        markdown = _BRACKET.sub(r"\\[", markdown)
    return _LINK.sub(partial(_relinked, name), _with_lists(markdown))


def _with_lists(markdown: str) -> str:
    """Put a blank line before a list that follows a paragraph: MkDocs needs it, GitHub does not."""
    lines: list[str] = []
    is_list = False
    for line in markdown.split("\n"):
        begins = _ITEM.match(line) is not None
        if begins and not is_list and lines and lines[-1].strip():
            lines.append("")
        is_list = bool(line.strip()) and (begins or is_list)
        lines.append(line)
    return "\n".join(lines)


def _fenced(block: str) -> str:
    """Return a block of code that is marked as a session, and as wrapped, if it is."""
    found = _LANGUAGE.match(block)
    if found is None:
        return block
    language = "pycon" if block.startswith("```python\n>>>") else found[1]
    is_wide = any(len(line) > WIDEST for line in block.split("\n"))
    return (f"```{{.{language} .wrapped}}" if is_wide else f"```{language}") + block[found.end() :]


def _relinked(name: str, link: re.Match[str]) -> str:
    """Return a link of the page `name` as the site has it."""
    source = COPIED.get(name, f"docs/{name}")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), link["target"]))
    page = _PAGES.get(path)
    if page is None and path.startswith("docs/"):
        page = path.removeprefix("docs/")
    if page is not None:
        target = posixpath.relpath(page, posixpath.dirname(name) or ".")
        return f"[{link['text']}]({target}{link['anchor'] or ''})"
    if not (ROOT / path).exists():
        return link[0]  # MkDocs reports it
    return f"`{path}`" if link["text"].strip("`") == path else f"{link['text']} (`{path}`)"
