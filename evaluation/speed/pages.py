"""Measure the page of a long document in Chromium: its size, the seconds to open it, to choose a sentence, to filter.

    python -m evaluation.speed.pages --sentences 3000 20000

The document repeats the example article, labelled by the lexicon. Seconds are of the clock, the median of three pages.
It needs Chromium on the path, and pip install -e '.[dev]'.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import hedgerow
from evaluation.command import guarded, make_parser
from hedgerow.errors import InputError
from hedgerow.report import markdown_table
from hedgerow.report.provenance import ROOT

ARTICLE = ROOT / "data" / "examples" / "article.txt"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ROUNDS = 3
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("speed.pages", __doc__)
    parser.add_argument("--sentences", type=int, nargs="+", default=[3000, 20000], help="of each document, at least")
    return guarded("speed.pages", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        raise InputError(f"none of {', '.join(CHROMIUM)} is on the path; install Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        rows = [_row(browser, _page_of(sentences, Path(folder))) for sentences in options.sentences]
        print(markdown_table(["sentences", "MB", "open", "choose a sentence", "filter"], rows))
        print(f"\nChromium {browser.version}")
        browser.close()


def _page_of(sentences: int, folder: Path) -> tuple[int, Path]:
    """Write the page of a document; return how many sentences it has, and its file."""
    classifier = hedgerow.load("lexicon")
    article = ARTICLE.read_text("utf-8")
    times = -(-sentences // len(classifier.read(article)))
    document = classifier.read("\n\n".join([article] * times))
    path = folder / f"{sentences}.html"
    hedgerow.Document(document[:sentences], name="article", text=document.text).to_html(path, model="lexicon")
    return sentences, path


def _row(browser: Any, made: tuple[int, Path]) -> list[object]:
    sentences, path = made
    rounds = [_seconds(browser, path) for _ in range(ROUNDS)]
    return [
        sentences,
        f"{path.stat().st_size / 1e6:.1f}",
        *(f"{median(times):.2f}" for times in zip(*rounds, strict=True)),
    ]


def _seconds(browser: Any, path: Path) -> tuple[float, float, float]:
    page = browser.new_page()
    page.set_default_timeout(120_000)
    opened = _timed(page, lambda: page.goto(path.as_uri()))
    chosen = _timed(page, lambda: page.evaluate("document.querySelector('#s1-7').click()"))
    filtered = _timed(page, lambda: page.evaluate("document.querySelector('[data-filter]').click()"))
    page.close()
    return opened, chosen, filtered


def _timed(page: Any, act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    page.evaluate(PAINTED)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
