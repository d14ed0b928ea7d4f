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
from hedgerow.corpus.decisions import BLIND, OPEN, REVISED, as_first_answered, is_decided, reject_undecided
from hedgerow.corpus.journal import fold, journal_path, open_corpus
from hedgerow.corpus.journal_lines import read_journal
from hedgerow.errors import CorpusError, InputError
from hedgerow.head import REVIEWED
from hedgerow.io.lines import MAX_ROW_BYTES
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
    labels = {"certainty": "probable", "stance": "asserted", "spans": []}  # of the row that was decided blind
    assert rows(path) == [WRITTEN | {"first_answer": labels}, SNOW.to_dict()]


def test_an_id_of_another_text_is_refused(path: Path) -> None:
    with open_corpus(path) as mine:
        mine.save(RAIN)
        with pytest.raises(InputError, match=r"the row 'a#0' has another text in mine\.jsonl now; open the text"):
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
        (
            json.dumps(RAIN.to_dict() | {"id": ""}) + "\n",
            r"journal:1: field 'id' is empty; mend the line",
        ),
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


def test_a_journal_that_no_row_can_poison(path: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text(json.dumps(SNOW.to_dict() | {"id": " "}) + "\n", "utf-8")
    with (
        pytest.raises(CorpusError, match=r"empty\.jsonl:1: field 'id' is empty; give the row an id"),
        open_corpus(empty),
    ):
        pass
    with open_corpus(path) as mine:
        mine.save(RAIN)
        long = replace(SNOW, text="It snows. " * (MAX_ROW_BYTES // 10))
        for row, message in (
            (long, r"the row has 10,485,\d+ bytes, and at most 10,485,760 can be kept; save a shorter"),
            (replace(SNOW, id=""), "field 'id' is empty"),
            (replace(SNOW, id="\ud800"), "invalid UTF-8"),
            (
                Example("x", "It thaws.", None, None, None, extra={REVIEWED: BLIND}),
                "no label of your own; label the row",
            ),
        ):
            with pytest.raises(InputError, match=message):
                mine.save(row)
        assert list(read_journal(journal_path(path))) == ["a#0"]
    assert rows(path) == [RAIN.to_dict()]
    with journal_path(path).open("w", encoding="utf-8") as journal:  # of an earlier version
        journal.write(json.dumps(long.to_dict()) + "\n")
    with (
        pytest.raises(CorpusError, match=r"journal:1: a row of 10,485,\d+ bytes, .*; remove the line"),
        open_corpus(path),
    ):
        pass


def test_a_correction_of_a_text_that_another_program_changed_is_set_aside(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text(json.dumps(SNOW.to_dict()) + "\n" + json.dumps(WRITTEN) + "\n", "utf-8")
    mended = SNOW.to_dict() | {"text": "It had snowed."}
    with open_corpus(path) as mine:
        mine.save(replace(SNOW, stance=Stance.DISPUTED))
        mine.save(OLD)
        mine.save(RAIN)
        path.write_text(json.dumps(mended) + "\n" + json.dumps(WRITTEN) + "\n", "utf-8")
        journal = journal_path(path).read_text("utf-8")
    aside = path.with_name("mine.jsonl.journal.conflicts")
    for _ in range(2):
        assert rows(path) == [mended, WRITTEN | {"certainty": "probable", "spans": [], REVIEWED: BLIND}, RAIN.to_dict()]
        assert rows(aside) == [SNOW.to_dict() | {"stance": "disputed"}]
        assert not journal_path(path).exists()
        assert (
            "mine.jsonl: 1 correction set aside in mine.jsonl.journal.conflicts: the text of 'a#1' was" in caplog.text
        )
        left_by_a_kill(path, journal)  # killed before the journal was removed
        with open_corpus(path) as mine:
            assert len(mine.rows) == 3


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("mine.csv", r"hedgerow corpus import .*mine\.csv --from csv --out .*mine\.jsonl$"),
        ("mine.jsonl.gz", r"JSON Lines; unpack it, and name a \.jsonl file"),
        ("mine.parquet", r"JSON Lines; name a \.jsonl file"),
    ],
)
def test_a_corpus_of_another_format_is_refused(tmp_path: Path, name: str, cure: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"id,text\n")
    with pytest.raises(InputError, match=cure), open_corpus(path):
        pass
    path.unlink()
    with pytest.raises(InputError, match=r"is written as JSON Lines; name a \.jsonl file$"), open_corpus(path):
        pass
    assert not list(tmp_path.iterdir())


def test_an_answer_that_was_changed_after_the_labels_were_shown_is_not_blind(path: Path) -> None:
    path.write_text(json.dumps(WRITTEN) + "\n", "utf-8")
    first = {"certainty": "probable", "stance": "asserted", "spans": []}
    changed = replace(OLD, certainty=Certainty.POSSIBLE)
    with open_corpus(path) as mine:
        assert mine.save(OLD).row.extra[REVIEWED] == BLIND
        assert mine.save(OLD).row.extra[REVIEWED] == BLIND  # the same again
        row = mine.save(changed).row
        assert (row.certainty, row.extra[REVIEWED], row.extra["first_answer"]) == ("possible", REVISED, first)
        assert mine.save(OLD).row.extra == {"part": "train", REVIEWED: BLIND}
        mine.skip("old")
        assert "first_answer" not in mine.save(OLD).row.extra
        mine.skip("old")
    with open_corpus(path) as mine:  # also after a restart, and if labels are in view then
        assert not is_decided(mine.rows[0])
        row = mine.save(replace(changed, extra={REVIEWED: OPEN})).row
    kept = corpus.load([path])
    assert kept == [row]
    assert row.extra == {"part": "train", REVIEWED: REVISED, "first_answer": first}
    assert is_decided(row, is_blind=True)
    assert as_first_answered(kept)[0].certainty == "probable"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({REVIEWED: False}, "row 'old' has 'reviewed': False, and this field says how .*; call your field by another"),
        ({REVIEWED: "2024-01-01"}, "row 'old' has 'reviewed': '2024-01-01'"),
        ({REVIEWED: ["open"]}, "row 'old' has 'reviewed'"),
        ({REVIEWED: REVISED}, "row 'old' has no labels in 'first_answer'"),
        ({REVIEWED: REVISED, "first_answer": {"certainty": "maybe"}}, "row 'old' has no labels in 'first_answer'"),
    ],
)
def test_a_field_that_is_not_ours_is_never_overwritten(path: Path, fields: dict[str, object], message: str) -> None:
    path.write_text(json.dumps(WRITTEN | fields) + "\n", "utf-8")
    with pytest.raises(CorpusError, match=message), open_corpus(path):
        pass
    assert rows(path) == [WRITTEN | fields]


def test_rows_that_a_person_has_not_decided_do_not_count_as_agreement(path: Path) -> None:
    decided = replace(RAIN, extra={REVIEWED: BLIND})
    reject_undecided(path, [RAIN, SNOW])  # nobody used the page
    reject_undecided(path, [decided])
    with pytest.raises(
        CorpusError, match=r"mine\.jsonl: 1 row without a decision in the field 'reviewed', .*\(a#1\); decide them"
    ):
        reject_undecided(path, [decided, SNOW])
    for alone in ([RAIN], [replace(RAIN, extra={REVIEWED: "yes"})]):
        reject_undecided(path, alone)
        with pytest.raises(CorpusError, match=r"no person has decided them \(a#0\)"):
            reject_undecided(path, alone, is_person=True)
    seen = [decided, replace(SNOW, extra={REVIEWED: OPEN})]
    reject_undecided(path, seen)
    with pytest.raises(CorpusError, match=r"1 row decided with labels in view \(a#1\); .* --blind"):
        reject_undecided(path, seen, is_person=True)
