"""Make the images of the documents: three sentences as `hedgerow view` draws them, and the pages of `hedgerow serve`.

    python scripts/screenshots.py [--out docs/images] [--model base]

The pages show the example article at 1280 and at 390 pixels. They need Chromium on the path, and
pip install -e '.[dev]'.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "data" / "examples" / "article.txt"
SENTENCE = "#s1-7"
SIZES = ((1280, 860), (390, 860))
GAP, GROUND = 24, "#8a8f94"
COLOURS = 256  # of an image: enough for text on plain grounds, and a third of the bytes
SENTENCES = (
    "Chief engineer Ana Ruiz confirmed that two of the bridge’s cables had snapped. "
    "Repairs could reportedly take until spring and cost about forty million. "
    "The mayor denied that she had ignored a warning."
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Make the images, and print the files with their sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images", help="the folder of the images")
    parser.add_argument("--model", default="base", help="the model that labels the texts")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        draw(options.out / f"sentences-{theme}.svg", theme, options.model)
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        print(f"screenshots: none of {', '.join(CHROMIUM)} is on the path; install Chromium", file=sys.stderr)
        return 2
    with served(options.model) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for name, scheme in (("page-light", "light"), ("page-dark", "dark"), ("corrections", "light")):
            path = options.out / f"{name}.png"
            shots = [shot(browser, address, name, scheme, size) for size in SIZES]
            side_by_side(shots).save(path, optimize=True)
            print(f"{path}: {path.stat().st_size:,} bytes")
        browser.close()
    return 0


def draw(path: Path, theme: str, model: str) -> None:
    """Draw the sentences with `hedgerow view`."""
    command = [sys.executable, "-m", "hedgerow", "view", "-", "--out", str(path), "--theme", theme, "--model", model]
    subprocess.run([*command, "--no-open"], cwd=ROOT, input=SENTENCES, text=True, encoding="utf-8", check=True)
    print(f"{path}: {path.stat().st_size:,} bytes")


@contextmanager
def served(model: str) -> Iterator[str]:
    """Run `hedgerow serve` with a new corpus, and yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        corpus = str(Path(folder) / "mine.jsonl")
        command = [sys.executable, "-m", "hedgerow", "serve", "--port", "0", "--model", model, "--corpus", corpus]
        with log.open("w") as file:
            server = subprocess.Popen(command, cwd=ROOT, stderr=file)
        try:
            while not (found := re.search(r'"url": "(http://[^"]*)/"', log.read_text("utf-8"))):
                if server.poll() is not None:
                    raise SystemExit(log.read_text("utf-8"))
                time.sleep(0.1)
            yield found[1]
        finally:
            server.terminate()
            server.wait()


def shot(browser: Browser, address: str, name: str, scheme: str, size: tuple[int, int]) -> Image.Image:
    """Return the picture of a page in a window of this size."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=width < 600,
        is_mobile=width < 600,
    )
    page = context.new_page()
    page.goto(f"{address}/")
    page.fill("#pasted", ARTICLE.read_text("utf-8"))
    page.click("text=Label and correct" if name == "corrections" else "text=Label the text")
    (correct if name == "corrections" else choose)(page)
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    return picture


def choose(page: Page) -> None:
    """Choose a sentence of the labelled article, in the middle of the window."""
    page.click(SENTENCE)
    page.evaluate(f"document.querySelector('{SENTENCE}').scrollIntoView({{block: 'center'}})")
    page.mouse.move(0, 0)


def correct(page: Page) -> None:
    """Choose a sentence in the editor, and mark words in it."""
    page.wait_for_selector("#editor:visible")
    page.click("#s6")
    for key in ("w", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Return pictures of one height beside each other, with few colours."""
    height = max(picture.height for picture in pictures)
    whole = Image.new("RGB", (sum(picture.width + GAP for picture in pictures) - GAP, height), GROUND)
    at = 0
    for picture in pictures:
        whole.paste(picture.convert("RGB"), (at, 0))
        at += picture.width + GAP
    return whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


if __name__ == "__main__":
    sys.exit(main())
