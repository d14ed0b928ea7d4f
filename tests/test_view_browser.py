"""The page in a real browser: its policy lets its own style and script work. Skipped without Chromium."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import hedgerow
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


@pytest.mark.parametrize(("required", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_a_browser_a_test_is_skipped_and_where_it_is_required_fails(
    required: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HEDGEROW_BROWSER_REQUIRED", required)
    with pytest.raises(outcome, match="no Chromium on this machine"):
        chromium()
