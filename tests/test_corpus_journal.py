"""A corpus that is corrected row by row: the journal, the lock, and the file that is written from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hedgerow import corpus
from hedgerow.corpus.journal import BLIND, REVIEWED, fold, journal_path, open_corpus, read_journal, reject_undecided
from hedgerow.errors import CorpusError, InputError
from hedgerow.labels import Certainty, Example, Span, SpanType, Stance

RAIN = Example("a#0", "It may rain 🌧 soon.", Certainty.POSSIBLE, Stance.ASSERTED, group="a")
SNOW = Example("a#1", "It snowed.", Certainty.CERTAIN, Stance.ASSERTED, group="a")
WRITTEN = {
    "id": "old", "domain": "weather", "text": "It will probably hail.", "certainty": "possible", "stance": "asserted",
    "spans": [{"start": 8, "end": 16, "type": "epistemic", "text": "probably"}], "part": "train",
}  # fmt: skip
OLD = Example("old", WRITTEN["text"], Certainty.PROBABLE, Stance.ASSERTED, extra={REVIEWED: BLIND})  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mine.jsonl"


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_new_corpus_is_written_on_close_and_passes_the_check(path: Path) -> None:
    modal = (Span(3, 6, SpanType.MODAL, "may"),)
    with open_corpus(path) as mine:
        assert mine.save(RAIN).before is None
        assert mine.save(SNOW).before is None
        corrected = mine.save(replace(RAIN, certainty=Certainty.PROBABLE, spans=modal))
        assert corrected.before == RAIN
        assert not path.exists()
        assert len(read_journal(journal_path(path))) == 2
    assert not journal_path(path).exists()
    assert corpus.check([path]) == []
    assert corpus.load([path]) == [replace(RAIN, certainty=Certainty.PROBABLE, spans=modal), SNOW]


def test_nothing_is_written_if_nothing_was_saved(path: Path) -> None:
    with open_corpus(path) as mine:
        assert mine.rows == []
    assert not path.exists()


def test_rows_that_were_there_keep_their_place_id_and_other_fields(path: Path) -> None:
    path.write_text(json.dumps(WRITTEN) + "\n" + json.dumps(SNOW.to_dict()) + "\n", "utf-8")
    with open_corpus(path) as mine:
        saved = mine.save(replace(OLD, id="x#7"))  # the text is what makes it the same row
        assert saved.row.id == "old"
        assert saved.before is not None
        assert saved.before.certainty is Certainty.POSSIBLE
        mine.save(RAIN)
        assert [row.id for row in mine.rows] == ["old", "a#1", "a#0"]
        assert mine.find("It snowed.") == SNOW
        assert mine.find("It thaws.") is None
    first, *others = rows(path)
    assert first == WRITTEN | {"certainty": "probable", "spans": [], REVIEWED: BLIND}
    assert others == [SNOW.to_dict(), RAIN.to_dict()]


def test_skip_takes_back_what_was_saved_since_the_corpus_was_opened(path: Path) -> None:
    path.write_text(json.dumps(WRITTEN) + "\n", "utf-8")
    with open_corpus(path) as mine:
        for row in (OLD, RAIN, SNOW):
            mine.save(row)
        for identity in ("old", "a#0", "never seen"):
            mine.skip(identity)
        assert [row.id for row in mine.rows] == ["old", "a#1"]
        assert mine.find(RAIN.text) is None
    assert rows(path) == [WRITTEN, SNOW.to_dict()]


def test_an_id_of_another_text_is_refused(path: Path) -> None:
    with open_corpus(path) as mine:
        mine.save(RAIN)
        with pytest.raises(InputError, match=r"the row 'a#0' has another text in mine\.jsonl; load the page again"):
            mine.save(replace(SNOW, id="a#0"))


def left_by_a_kill(path: Path, *lines: str) -> None:
    journal_path(path).write_text("".join(lines), "utf-8")


def test_the_journal_of_a_killed_process_is_taken_in_and_a_torn_line_is_dropped(path: Path) -> None:
    path.write_text(json.dumps(WRITTEN) + "\n", "utf-8")
    entries = [OLD.to_dict(), RAIN.to_dict(), SNOW.to_dict(), {"id": "a#1", "skipped": True}]
    left_by_a_kill(path, *(json.dumps(entry) + "\n" for entry in entries), json.dumps(SNOW.to_dict())[:-9])
    with open_corpus(path) as mine:
        assert [(row.id, row.certainty) for row in mine.rows] == [("old", "probable"), ("a#0", "possible")]
        assert not journal_path(path).exists()
    assert corpus.check([path]) == []


def test_taking_a_journal_in_again_changes_nothing(path: Path) -> None:
    line = json.dumps(RAIN.to_dict()) + "\n"
    left_by_a_kill(path, line)
    fold(path)
    once = path.read_bytes()
    left_by_a_kill(path, line)  # killed after the corpus was written, before the journal was removed
    fold(path)
    assert path.read_bytes() == once
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_what_another_program_changed_while_the_corpus_was_open_stays(path: Path) -> None:
    path.write_text(json.dumps(SNOW.to_dict()) + "\n", "utf-8")
    with open_corpus(path) as mine:
        mine.save(RAIN)
        path.write_text(json.dumps(SNOW.to_dict() | {"note": "seen"}) + "\n" + json.dumps(WRITTEN) + "\n", "utf-8")
    assert [row["id"] for row in rows(path)] == ["a#1", "old", "a#0"]
    assert rows(path)[0]["note"] == "seen"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{nonsense}\n", r"mine\.jsonl\.journal:1: broken JSON .*; mend the line, or remove it"),
        ('{"id": "a", "text": "It rains."}\n', r"mine\.jsonl\.journal:1: no 'certainty', .*; mend the line"),
        (json.dumps(RAIN.to_dict() | {"id": "a#1"}) + "\n", r"'a#1' has another text in mine\.jsonl; give it the text"),
    ],
)
def test_a_journal_that_cannot_be_taken_in_is_an_error_and_stays(path: Path, line: str, message: str) -> None:
    path.write_text(json.dumps(SNOW.to_dict()) + "\n", "utf-8")
    left_by_a_kill(path, line)
    with pytest.raises(CorpusError, match=message), open_corpus(path):
        pass
    assert journal_path(path).read_text("utf-8") == line
    assert rows(path) == [SNOW.to_dict()]


def test_one_process_at_a_time_has_a_corpus_open(path: Path) -> None:
    code = (
        f"from hedgerow.corpus.journal import *; from pathlib import Path\nwith open_corpus(Path({str(path)!r})): pass"
    )
    link = path.with_name("link.jsonl")
    link.symlink_to(path)
    with open_corpus(link):
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert f"{path}: another process is correcting it; stop that one, or name another corpus" in ran.stderr
    with open_corpus(path):
        pass


def test_a_corpus_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text('{"id": "a"}\n', "utf-8")
    for name, message in (
        (".", "is a folder; name a corpus in it"),
        ("none/mine.jsonl", "its folder does not exist; make it first"),
        ("broken.jsonl", r"broken\.jsonl:1: no 'text'"),
    ):
        with pytest.raises((InputError, CorpusError), match=message), open_corpus(tmp_path / name):
            pass


def test_a_full_disk_leaves_no_half_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_corpus(path) as mine:
        mine.save(RAIN)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", _no_space)
            with pytest.raises(InputError, match=r"cannot be written \(No space left.*\); make room and save again"):
                mine.save(SNOW)
        assert mine.find(SNOW.text) is None
        mine.save(replace(RAIN, stance=Stance.DISPUTED))
    assert [(row["id"], row["stance"]) for row in rows(path)] == [("a#0", "disputed")]


def _no_space(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_rows_that_a_person_has_not_decided_do_not_count_as_agreement(path: Path) -> None:
    decided = replace(RAIN, extra={REVIEWED: BLIND})
    reject_undecided(path, [RAIN, SNOW])  # nobody used the page
    reject_undecided(path, [decided])
    with pytest.raises(CorpusError, match=r"mine\.jsonl: 1 row without the field 'reviewed', .*\(a#1\); decide them"):
        reject_undecided(path, [decided, SNOW])
