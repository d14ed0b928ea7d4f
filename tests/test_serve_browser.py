"""The pages in a real browser: layout, keyboard, pointer, axe-core, hostile texts. Skipped without Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, sync_playwright

import hedgerow
from hedgerow import corpus
from hedgerow.view import About, ViewedDocument, write_page
from tests.browser import chromium
from tests.hostile_texts import REJECTED, TEXTS
from tests.served import served

pytestmark = pytest.mark.slow

ARTICLE = (Path(__file__).parents[1] / "data" / "examples" / "article.txt").read_text("utf-8")
TEXT = "The bridge may 🌉 close again, an engineer said.\n\nIt rained."
SHORT = 2_000  # characters
SIZES = {1280: 900, 390: 844}

FAULTS = (Path(__file__).parent / "layout_faults.js").read_text("utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        found = playwright.chromium.launch(executable_path=path, args=arguments)
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("corpus") / "mine.jsonl") as found:
        yield found


@dataclass
class Watched:
    """A page, and what must not happen in it: errors, dialogs, requests to elsewhere."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # whether to leave the page
    leaves: bool = True

    def watch(self) -> Watched:
        self.page.on("console", lambda told: self.faults.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.page.on("request", lambda request: self._check(request.url))
        return self

    def _dismiss(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            self.asked.append(self.page.url)
            dialog.accept() if self.leaves else dialog.dismiss()
            return
        self.faults.append(dialog.message)
        dialog.dismiss()

    def _check(self, url: str) -> None:
        if not url.startswith((f"{self.address}/", "data:")):
            self.faults.append(url[:200])

    def check(self, name: str) -> None:
        assert self.faults == [], name
        assert self.page.evaluate(FAULTS) == [], name

    def check_all(self, name: str) -> None:
        self.check(name)
        assert violations(self.page) == [], name


def watched(browser: Browser, address: str, width: int = 1280, scheme: str = "light") -> Watched:
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme="dark" if scheme == "dark" else "light",
        has_touch=width < 600,
        accept_downloads=True,
    )
    context.set_default_timeout(60_000)
    return Watched(context.new_page(), address).watch()


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_article_is_shown_whole(browser: Browser, address: str, width: int, scheme: str) -> None:
    """Home, the labelled article, a sentence with its reasons, the editor: nothing is cut, and axe finds nothing."""
    one = watched(browser, address, width, scheme)
    page = one.page
    page.goto(f"{address}/")
    one.check_all("home")
    page.fill("#pasted", ARTICLE)
    page.click("text=Label the text")
    one.check_all("article")
    page.click("#s1-7")
    one.check_all("sentence")
    page.click("text=Why these labels?")
    page.wait_for_selector(".s-why table")
    one.check_all("why")
    page.click("text=Correct these labels")
    page.wait_for_selector("#editor:visible")
    one.check_all("correct")
    page.keyboard.press("j")
    page.keyboard.press("w")
    one.check_all("mark")
    page.context.close()


def test_by_keyboard_from_paste_to_a_saved_correction(browser: Browser, address: str) -> None:
    one = watched(browser, address)
    page = one.page
    keys = page.keyboard
    focused = "document.activeElement.id || document.activeElement.textContent"

    def tab_to(name: str) -> None:
        for _ in range(20):
            if page.evaluate(focused) == name:
                return
            keys.press("Tab")
        raise AssertionError(f"{name} is not reached")

    page.goto(f"{address}/")
    tab_to("pasted")
    keys.insert_text(TEXT)
    tab_to("Label and correct")
    keys.press("Enter")
    page.wait_for_selector("#editor:visible")
    assert page.evaluate(focused) == "s0"
    keys.press("2")
    keys.press("9")
    keys.press("w")
    for _ in range(3):
        keys.press("ArrowRight")
    keys.press("Shift+ArrowRight")
    keys.press("x")  # "close again" is now an approximator
    keys.press("Enter")
    page.wait_for_selector("text=/Saved: probable, disputed/")
    assert page.evaluate(focused) == "s1"
    row = saved_rows(page, address)[-1]
    assert (row["certainty"], row["stance"]) == ("probable", "disputed")
    marked = [(span["type"], span["text"]) for span in row["spans"]]
    assert ("approximator", "close again") in marked
    assert all(row["text"][span["start"] : span["end"]] == span["text"] for span in row["spans"])
    keys.press("k")
    keys.press("s")
    page.wait_for_selector("text=/Taken back/")
    keys.press("Escape")
    assert page.is_hidden("#editor")
    assert one.faults == []
    page.context.close()


TWINS = "The bridge may close in May. Rain fell on it.\n\nThe bridge may close in May. He left."
CLASSES = "() => [...document.querySelectorAll('#sheet .h-s')].map((place) => place.className)"


def marks_of(page: Page, word: str) -> list[int]:
    """The places of the sentences whose class has the word."""
    return [at for at, classes in enumerate(page.evaluate(CLASSES)) if word in classes.split()]


def test_what_is_not_saved_is_kept_and_told(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "mine.jsonl") as address:
        one = watched(browser, address)
        page, keys = one.page, one.page.keyboard
        page.goto(f"{address}/")
        page.fill("#pasted", TWINS)
        page.click("text=Label and correct")
        page.wait_for_selector("#editor:visible")
        for key in ("4", "j", "k"):
            keys.press(key)
        assert page.get_attribute("[data-value=uncommitted]", "aria-pressed") == "true"
        assert marks_of(page, "c-draft") == [0]
        assert violations(page) == []
        one.leaves = False
        page.click("nav >> text=A text")
        page.wait_for_timeout(50)
        assert (one.asked, page.url) == ([f"{address}/corrections/text"], f"{address}/corrections/text")

        page.click("#s0")
        keys.press("Enter")  # both sentences of this text are decided by that, and both taken back
        page.wait_for_selector("text=/Saved: uncommitted, asserted/")
        assert (marks_of(page, "c-decided"), marks_of(page, "h-uncommitted")) == ([0, 2], [0, 2])
        keys.press("k")
        keys.press("s")
        page.wait_for_selector("text=/Taken back/")
        assert (marks_of(page, "c-decided"), marks_of(page, "h-possible")) == ([], [0, 2])

        held: list[Route] = []
        page.route("**/corrections", lambda route: held.append(route))
        page.click("#s2")
        keys.press("1")
        with page.expect_request("**/corrections"):
            keys.press("Enter")
        keys.press("2")
        keys.press("Enter")
        assert page.inner_text("#told") == "The server has not answered yet. Press again when it has."
        held[0].continue_()
        page.wait_for_selector("text=/Saved: certain, asserted.*Your later change is not saved yet/")
        assert (marks_of(page, "h-on"), marks_of(page, "c-draft")) == ([2], [2])
        page.unroute("**/corrections")
        keys.press("Enter")
        page.wait_for_selector("text=/Saved: probable, asserted/")

        page.click("#s1")
        keys.press("4")
        one.leaves = True
        page.goto(f"{address}/docs")
        page.go_back()
        page.wait_for_selector("#editor:visible")
        assert (marks_of(page, "c-decided"), marks_of(page, "h-probable")) == ([0, 2], [0, 2])
        assert (marks_of(page, "c-draft"), marks_of(page, "h-uncommitted")) == ([1], [1])
        assert len(one.asked) == 2
        page.goto(f"{address}/")
        page.fill("#pasted", TWINS)
        page.click("text=Label the text")
        page.click("text=Correct these labels")
        page.wait_for_selector("#editor:visible")
        page.go_back()
        page.click("#s1-1")
        assert page.is_visible("#panel")
        assert one.faults == []
        page.context.close()


def test_the_editor_of_a_phone_leaves_room_and_can_be_closed(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    rows: list[dict[str, Any]] = [
        {"id": "a", "text": "It may rain.", "spans": []},
        {"id": "b", "text": "Go!", "tone": "angry"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with served(path) as address:
        one = watched(browser, address, 390)
        page = one.page
        page.goto(f"{address}/corrections")
        box = page.locator("#editor").bounding_box()
        assert box is not None
        assert box["height"] < 0.5 * SIZES[390]
        page.click("#line span:text-is('may')")
        page.click("button[data-type=modal]")
        with page.expect_request("**/corrections") as sent:  # a row with spans only is whole
            page.click("#save")
        asked = json.loads(sent.value.post_data or "")
        assert (asked["certainty"], asked["stance"]) == (None, None)
        assert [span["text"] for span in asked["spans"]] == ["may"]
        page.wait_for_selector("text=/Saved: 1 span/")
        page.click("#save")  # so is one with a label of the user's own
        page.wait_for_selector("text=/Saved: its own labels.*2 decided/")
        page.click("[aria-label='Close the editor']")
        assert page.is_hidden("#editor")
        assert page.evaluate("document.activeElement.id") == "s1"
        assert page.evaluate(FAULTS) == []
        page.context.close()
    first, second = corpus.load([path])
    assert [span.text for span in first.spans or ()] == ["may"]
    assert second.extra["tone"] == "angry"


def saved_rows(page: Page, address: str) -> list[dict[str, Any]]:
    """The rows of the corpus, as the next page shows them."""
    shown = page.context.request.get(f"{address}/corrections", headers={"Accept": "text/html"}).text()
    other = page.context.new_page()
    other.set_content(shown)
    rows: list[dict[str, Any]] = json.loads(other.get_attribute("#sheet", "data-rows") or "[]")
    other.close()
    return rows


def test_words_are_marked_by_pointer_and_by_touch(browser: Browser, address: str) -> None:
    marks = """() => [...document.querySelectorAll("#spans li")].map((item) => item.textContent)"""
    for width in SIZES:
        one = watched(browser, address, width)
        page = one.page
        page.goto(f"{address}/")
        page.fill("#pasted", "An engineer said that the 🌉 bridge would probably, he thought, close.")
        page.click("text=Label and correct")
        page.wait_for_selector("#editor:visible")
        before = page.evaluate(marks)
        (start, end) = (centre(page, word) for word in ("he", "thought"))
        if width == 390:
            touch(page.context, page, start, end)
        else:
            page.mouse.move(*start)
            page.mouse.down()
            page.mouse.move(*end, steps=4)
            page.mouse.up()
        assert page.inner_text(".c-marked >> nth=0") == "he"
        page.click("button[data-type=attribution]")
        assert set(page.evaluate(marks)) - set(before) == {"he thoughtattribution×"}
        for word in ("probably", "thought"):  # two taps: from the first word to the last
            page.click(f"#line span:text-is('{word}')")
        assert page.inner_text("#marked") == "Marked: probably, he thought"
        page.click("#line span:text-is('close')")
        page.keyboard.press("Escape")
        page.click("[aria-label='Remove attribution: he thought']")
        assert page.evaluate(marks) == before
        page.keyboard.press("w")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Alt+ArrowLeft")  # letter by letter: "enginee"
        page.keyboard.press("Alt+Shift+ArrowRight")
        page.keyboard.press("b")
        assert "ngineebooster×" in page.evaluate(marks)
        page.keyboard.press("z")
        assert page.evaluate(marks) == before
        assert one.faults == []
        page.context.close()


def centre(page: Page, word: str) -> tuple[float, float]:
    box = page.locator(f"#line span:text-is('{word}')").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def touch(context: BrowserContext, page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    session = context.new_cdp_session(page)
    middle = ((start[0] + end[0]) / 2, start[1])
    for kind, at in (("touchStart", start), ("touchMove", middle), ("touchMove", end)):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_blind_labels_are_told_after_those_of_the_person(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "blind.jsonl", is_blind=True) as address:
        one = watched(browser, address)
        page = one.page
        page.goto(f"{address}/")
        page.fill("#pasted", TEXT)
        page.click("text=Label it yourself")
        assert page.is_disabled("#save")
        assert page.locator("mark").count() == 0
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Choose a certainty and a stance first.")
        page.keyboard.press("1")
        page.keyboard.press("5")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=/The model says, of the sentence alone: possible, attributed./")
        assert violations(page) == []
        one.check("blind")
        held: list[Route] = []
        page.route("**/v1/label", lambda route: held.append(route))
        page.keyboard.press("1")
        page.keyboard.press("5")
        with page.expect_request("**/v1/label"):
            page.keyboard.press("Enter")
        page.route("**/corrections/skip", lambda route: route.abort())
        page.keyboard.press("s")
        page.wait_for_selector("text=/^Not saved: the server does not answer/")
        held[0].continue_()  # the comparison comes too late
        page.wait_for_timeout(100)
        assert page.inner_text("#told").startswith("Not saved")
        assert page.inner_text("#compared") == ""
        page.context.close()
    assert [row.extra for row in corpus.load([tmp_path / "blind.jsonl"])] == [{"reviewed": "blind"}] * 2


def test_a_server_that_is_gone_is_told_and_nothing_is_lost(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "mine.jsonl") as address:
        one = watched(browser, address)
        page = one.page
        page.goto(f"{address}/")
        page.fill("#pasted", TEXT)
        page.click("text=Label and correct")
        page.wait_for_selector("#editor:visible")
        page.keyboard.press("4")
    held: list[Route] = []
    page.route("**/corrections", lambda route: held.append(route))
    with page.expect_request("**/corrections"):
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.is_hidden("#editor")
    held[0].continue_()
    page.wait_for_selector("text=Not saved: the server does not answer")  # the editor is open again to show it
    assert page.get_attribute("[data-value=uncommitted]", "aria-pressed") == "true"
    page.context.close()


def test_axe_finds_nothing_in_the_other_pages(browser: Browser, address: str, tmp_path: Path) -> None:
    texts = {"a": ARTICLE, "b": TEXT}
    documents = [ViewedDocument.of(hedgerow.load("lexicon").read(text, name=name)) for name, text in texts.items()]
    (tmp_path / "one.html").write_text(write_page(documents[:1], About("lexicon")), "utf-8")
    (tmp_path / "two.html").write_text(write_page(documents, About("lexicon")), "utf-8")
    for width in SIZES:
        one = watched(browser, address, width, "dark")
        for path in ("/docs", "/nothing", "/?example=1", "/corrections"):
            one.page.goto(f"{address}{path}")
            assert violations(one.page) == [], path
            assert one.page.evaluate(FAULTS) == [], path
        for name in ("one", "two"):
            one.page.goto((tmp_path / f"{name}.html").as_uri())
            assert violations(one.page) == [], name
            assert one.page.evaluate(FAULTS) == [], name
        one.page.context.close()
    with served(token="0123456789abcdef") as guarded:
        one = watched(browser, guarded)
        one.page.goto(f"{guarded}/")
        one.check("login")
        assert violations(one.page) == []
        one.page.keyboard.insert_text("0123456789abcdef")
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector("#pasted")
        one.page.context.close()


def test_hostile_texts_are_shown_or_refused_by_name(browser: Browser, address: str) -> None:
    one = watched(browser, address)
    page = one.page
    for name, text in TEXTS.items():
        page.goto(f"{address}/")
        page.evaluate("(text) => Object.assign(document.getElementById('pasted'), { hidden: true, value: text })", text)
        if len(text) < SHORT:  # of longer ones the page of labels is left out, which takes a second each
            page.click("text=Label the text")
            page.wait_for_selector("#panel, .s-error:visible", state="attached")
        if page.locator("#panel").count():
            page.click("text=Correct these labels")
        elif len(text) >= SHORT:
            page.click("text=Label and correct")
        page.wait_for_selector("#editor:visible, .s-error:visible")
        is_refused = page.locator("p.s-error bdi").count() == 1
        assert is_refused == (name in REJECTED), name
        assert page.url.startswith(f"{address}/"), name
        assert [fault for fault in one.faults if "422" not in fault] == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        one.faults.clear()
    page.context.close()
