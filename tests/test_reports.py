"""The committed reports as a whole: their index, and how they are rebuilt."""

import html
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from evaluation import index, rebuild
from evaluation.benchmarks.table import write_table
from evaluation.index import COMMAND, INDEX, JSON_SCHEMA, REPORTS, schema_as_json
from evaluation.kinds import KINDS, read_reports
from evaluation.render import render
from evaluation.reports_index import index_page
from hedgerow.io.strict_json import write_json
from hedgerow.predictors.folder import trained
from hedgerow.report import Report, to_markdown
from hedgerow.report.record import REPORT
from hedgerow.report.report_files import HTML, MARKDOWN

PAGES = {REPORT, MARKDOWN, HTML}


def test_the_committed_index_is_that_of_the_committed_reports() -> None:
    page = index_page(read_reports(REPORTS), command=COMMAND)
    again = "reports were added or changed; run `python -m evaluation.index`"
    assert (REPORTS / INDEX).read_text("utf-8") == to_markdown(page), again
    assert (REPORTS / JSON_SCHEMA).read_text("utf-8") == schema_as_json(), again


def keys(value: Any) -> Iterator[str]:
    """Yield the keys of all objects of a JSON value."""
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from keys(item)
    if isinstance(value, dict):
        yield from value


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*/report.json")), ids=lambda path: path.parent.name)
def test_a_committed_report_has_the_schema_and_plain_keys(path: Path) -> None:
    report = Report.read(path).to_dict()
    assert json.loads(path.read_text("utf-8")) == json.loads(json.dumps(report)), "keys without a value are written too"
    assert [key for key in keys(report) if not re.fullmatch(r"[a-z][a-z0-9_]*", key)] == []


@pytest.mark.parametrize("folder", sorted(path.parent for path in REPORTS.glob("*/report.json")), ids=lambda x: x.name)
def test_the_pages_of_a_committed_report_are_those_of_its_figures(folder: Path) -> None:
    pages = render(folder)
    for name in pages.keys() - {HTML}:  # that is built for the site
        assert (folder / name).read_text("utf-8") == pages[name], "run `python -m evaluation.rebuild --render`"
    assert Report.read(folder / REPORT).files == tuple(sorted({entry.name for entry in folder.iterdir()} - PAGES))


@pytest.mark.parametrize("name", KINDS)
def test_the_module_of_a_kind_describes_the_keys_of_its_figures(name: str) -> None:
    module = import_module(KINDS[name].module)
    assert callable(module.page_of)
    described = str(module.__doc__)
    assert [key for key in KINDS[name].keys if f"`{key}`" not in described] == []


def test_a_report_that_lacks_a_figure_or_a_model_is_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report.read(REPORTS / "base-test" / REPORT)
    (tmp_path / "r").mkdir()
    for broken, message in (
        (replace(report, models=()), "has no model; run its command again"),
        (replace(report, figures={}), "has no rows; run its command again"),
        (replace(report, kind="odd"), "a report of the kind 'odd'; known are agreement, "),
    ):
        write_json(tmp_path / "r" / REPORT, broken.to_dict())
        assert index.main(["--reports", str(tmp_path)]) == 2
        assert message in capsys.readouterr().err


def test_the_page_of_the_benchmarks_is_that_of_their_reports(tmp_path: Path) -> None:
    for folder in REPORTS.glob("benchmark-*"):
        shutil.copytree(folder, tmp_path / folder.name)
    assert write_table(tmp_path).read_text("utf-8") == (REPORTS / "benchmarks.md").read_text("utf-8")


def test_every_link_of_the_index_has_a_target() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", (REPORTS / INDEX).read_text("utf-8"))
    assert targets
    for target in targets:
        assert (REPORTS / target).is_file(), target


def test_a_folder_without_reports_or_with_a_broken_one_has_no_index(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert index.main(["--reports", str(tmp_path)]) == 2
    assert "no report in it" in capsys.readouterr().err
    (tmp_path / "r").mkdir()
    for broken, message in (("{", "not JSON"), ("[]", "a JSON list, not a report")):
        (tmp_path / "r" / "report.json").write_text(broken)
        assert index.main(["--reports", str(tmp_path)]) == 2
        assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("index.*"))


def test_reports_are_planned_for_every_shipped_model() -> None:
    names = [step.name for step in rebuild.plan()]
    assert len(names) == len(set(names))
    for model in trained():
        assert {f"{model}-test", f"{model}-running"} <= set(names)


def test_a_slow_report_is_skipped_and_its_command_is_listed() -> None:
    left_out = dict(rebuild.others(rebuild.plan()))
    assert "evaluation.components.quantisation --model base" in left_out["base-quantisation"]
    assert not left_out.keys() & {step.name for step in rebuild.plan()}


def test_a_step_names_its_missing_file() -> None:
    here, gone = (
        rebuild.Step("r", (("-m", "evaluation.run", "--corpus", name),))
        for name in (rebuild.CORPORA["test"][0], "no.jsonl")
    )
    assert here.missing is None
    assert gone.missing == "no.jsonl"
    part, folder = (
        rebuild.Step("r", (("-m", "evaluation.parts", *words),))
        for words in (("--part", f"dev={rebuild.CORPORA['test'][0]}", "more=no.jsonl"), ("--field", "../no/field"))
    )
    assert part.missing == "no.jsonl"
    assert folder.missing == "../no/field"


def test_listing_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime for path in REPORTS.rglob("*")}
    assert rebuild.main(["--list"]) == 0
    assert "python -m evaluation.run --model linear" in capsys.readouterr().out
    assert before == {path: path.stat().st_mtime for path in REPORTS.rglob("*")}


@pytest.mark.slow
def test_no_committed_report_on_others_text_holds_a_sentence(shared: Path) -> None:
    """Not in any form: no sentence of the real corpora of 40 characters or more is in a report."""
    lines = [line for path in (shared / "corpora" / "real").glob("*.jsonl") for line in path.read_bytes().splitlines()]
    sentences = [text for line in lines if len(text := json.loads(line).get("text", "")) >= 40]
    assert sentences
    for path in REPORTS.glob("*real*/report.*"):
        content = html.unescape(path.read_text("utf-8"))
        assert not any(sentence in content for sentence in sentences), path
