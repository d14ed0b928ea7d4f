"""The page in a real browser: its policy lets its own style and script work. Skipped without Chromium."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import hedgerow
from hedgerow.labels import Span
from hedgerow.results import Document, Prediction
from tests.browser import chromium
from tests.html_elements import elements, with_class

pytestmark = pytest.mark.slow


def test_the_script_runs_under_the_policy_and_opens_the_sentence_of_the_address(tmp_path: Path) -> None:
    text = "He may <script>document.title = 'broken'</script> resign.\n\nShe is widely regarded as a fraud."
    hedgerow.load("lexicon").read(text, name="a").to_html(tmp_path / "page.html")
    command = [
        chromium(), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom", f"{(tmp_path / 'page.html').as_uri()}#s1-2",
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    nodes = elements(ran.stdout)
    (filters,) = with_class(nodes, "h-filters")
    assert "hidden" not in filters.attributes
    (panel,) = with_class(nodes, "h-panel")
    assert "Sentence 2: probable, distanced" in panel.text
    assert "“is widely regarded as” is a passive of opinion" in panel.text
    assert [node.text for node in nodes if node.tag == "title"] == ["a: certainty and stance"]
    assert "Refused" not in ran.stderr


def test_the_panel_shows_the_labels_of_own_heads_and_their_spans(tmp_path: Path) -> None:
    text = "It may be loud."
    spans = {"claims": (Span(3, 6, "vague", "may"), Span(3, 9, "panel", "may be"))}
    own = Prediction(text, other_scores={"tone": {"calm": 0.1, "angry": 0.9}}, other_spans=spans)
    Document((own,), "a", text).to_html(tmp_path / "page.html")
    command = [
        chromium(), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom", f"{(tmp_path / 'page.html').as_uri()}#s1-1",
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    (panel,) = with_class(elements(ran.stdout), "h-panel")
    for part in ("Sentence 1: angry", "tone", "90 %", "panel: “may be”", "vague: “may”"):
        assert part in panel.text
    assert "Certainty" not in panel.text


@pytest.mark.parametrize(("required", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_a_browser_a_test_is_skipped_and_where_it_is_required_fails(
    required: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HEDGEROW_BROWSER_REQUIRED", required)
    with pytest.raises(outcome, match="no Chromium on this machine"):
        chromium()
