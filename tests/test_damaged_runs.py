"""Damaged files of every format through `hedgerow label`: no traceback, every row is accounted for, exit codes."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from hedgerow.cli.label import Output, run
from hedgerow.readers.layout import Format
from tests.document_files import docx, epub, paragraph, pdf
from tests.field_inputs import MAIL, NEXIS, PODCAST, REPORT
from tests.test_mutations import CONTENT, PACK, mutated

pytestmark = pytest.mark.slow

SRT = "1\n00:00:01,000 --> 00:00:03,000\nThe bridge may close.\n\n2\n00:00:04,000 --> 00:00:05,000\nIt rained.\n"
FILES = {
    **{f".{name}{pack}": PACK[pack](content) for name, content in CONTENT.items() for pack in PACK},
    ".docx": docx(paragraph("The bridge may close.") + paragraph("It rained.")),
    ".pdf": pdf([REPORT]),
    ".epub": epub({"a.xhtml": "<p>The bridge may close.</p>", "b.xhtml": "<p>It rained.</p>"}),
    ".eml": MAIL.split("\n", 1)[1].split("\nFrom tom")[0].encode(),
    ".mbox": MAIL.encode(),
    ".srt": SRT.encode(),
    ".vtt": PODCAST.encode(),
    ".nexis": NEXIS.encode(),
}


def test_every_format_is_here() -> None:
    assert {name.split(".")[1] for name in FILES} == set(Format)


@pytest.mark.parametrize("suffix", [*FILES])
def test_damage_is_counted_and_said(tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for seed in range(20):
        damaged = mutated(FILES[suffix], random.Random(f"{suffix} {seed}"))
        (folder / f"{seed:02}{suffix}").write_bytes(damaged)
    (folder / "whole.txt").write_text("It may rain.")
    codes = [run([folder], Output(tmp_path / out), model="lexicon") for out in ("run", "out.jsonl")]
    told = capsys.readouterr().err
    assert "Traceback" not in told
    for manifest in (tmp_path / "run/manifest.json", tmp_path / "out.jsonl.manifest.json"):
        counts = json.loads(manifest.read_text("utf-8"))["counts"]
        assert counts["rows"] == counts["documents"] + counts["rejected"] + counts["skipped"]
        assert counts["documents"] >= 1
        assert codes == [int(counts["rejected"] > 0)] * 2
