"""Hooks of MkDocs (mkdocs.yml): pages that are made from other files, and links that leave `docs/`.

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
    "benchmarks.md": "evaluation/reports/benchmarks.md",
    "changelog.md": "CHANGELOG.md",
    "codebook.md": "data/CODEBOOK.md",
    "code-of-conduct.md": "CODE_OF_CONDUCT.md",
    "contributing.md": "CONTRIBUTING.md",
    "datasheet.md": "data/README.md",
    "model-card.md": "model/README.md",
    "security.md": "SECURITY.md",
}
MADE: dict[str, Callable[[], str]] = {  # page: what writes it
    "codebook-examples.md": codebook_examples.examples,
    "commands.md": command_reference.reference,
    "reports.md": site_reports.index,
}
_OF_REPORTS = {
    "evaluation/reports/index.md": "reports.md",
    "evaluation/reports/schema.json": site_reports.SCHEMA,
}
_REPORT = re.compile(r"evaluation/reports/(?P<name>[\w-]+)/report\.md")
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]*)\]\((?P<target>[^()\s:#]+)(?P<anchor>#[^()\s]*)?\)")
_ITEM = re.compile(r"(?:[-*]|\d+\.) ")
_FENCE = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made, and the reports."""
    for page, source in COPIED.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text("utf-8")))
    for page, write in MADE.items():
        files.append(File.generated(config, page, content=write()))
    for file, text in site_reports.files().items():
        files.append(File.generated(config, file, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """Return the page with its lists, with links to pages, and with paths in place of links to other files."""
    source = COPIED.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    parts = _FENCE.split(markdown)
    parts[::2] = [_LINK.sub(partial(_relinked, source), _with_lists(part)) for part in parts[::2]]
    return "".join(parts)


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


def _relinked(source: str, link: re.Match[str]) -> str:
    """Return a link of the file `source` as the site has it."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), link["target"]))
    page = {file: page for page, file in COPIED.items()}.get(path)
    if report := _REPORT.fullmatch(path):
        page = site_reports.file_of(report["name"])
    page = _OF_REPORTS.get(path, page)
    if page is None and path.startswith("docs/"):
        page = path.removeprefix("docs/")
    if page is not None:
        return f"[{link['text']}]({page}{link['anchor'] or ''})"
    if not (ROOT / path).exists():
        return link[0]  # MkDocs reports it
    return f"{link['text']} (`{path}`)"
