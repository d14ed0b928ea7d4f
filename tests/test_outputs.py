"""Nothing is lost and nothing overwritten: what an output may replace, and what is passed over in folders."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hedgerow.errors import InputError
from hedgerow.head import Head
from hedgerow.labelling.files import label_files
from hedgerow.labelling.layout import is_output
from hedgerow.readers.finding import find_inputs
from hedgerow.results import Prediction
from hedgerow.summary import Origin
from hedgerow.view.labelled_rows import read_rows
from hedgerow.writers.files import open_writer
from hedgerow.writers.records import LabelledSentence

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def hedgerow(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hedgerow", "label", *map(str, arguments), "--model", "lexicon"]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def write(path: Path, text: str = "It may rain.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"text": text}) + "\n" if path.suffix == ".jsonl" else text)
    return path


@pytest.mark.parametrize("given", [".", "*.jsonl", "tweets.jsonl"])
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_an_output_that_is_also_an_input_is_an_error_even_with_force(
    tmp_path: Path, given: str, force: list[str]
) -> None:
    tweets, other = write(tmp_path / "tweets.jsonl"), write(tmp_path / "other.jsonl", "It may hail.")
    before = (tweets.read_bytes(), other.read_bytes())
    ran = hedgerow(tmp_path, given, "--out", "tweets.jsonl", *force)
    assert ran.returncode == 2
    assert "--out tweets.jsonl: tweets.jsonl is an input too; name another file" in ran.stderr
    assert (tweets.read_bytes(), other.read_bytes()) == before
    assert len(list(tmp_path.iterdir())) == 2


def test_a_link_to_an_input_is_the_input(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl")
    (tmp_path / "out.jsonl").symlink_to(tmp_path / "in.jsonl")
    assert "is an input too" in hedgerow(tmp_path, "in.jsonl", "--out", "out.jsonl").stderr


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_an_output_of_ours_is_replaced_and_another_file_only_by_force(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / "a.txt")
    out = tmp_path / f"out.{suffix}"
    for _ in range(2):
        assert hedgerow(tmp_path, "a.txt", "--out", out).returncode == 0
    out.write_text("id,text\n1,mine\n")
    ran = hedgerow(tmp_path, "a.txt", "--out", out)
    assert ran.returncode == 2
    assert "exists, and hedgerow did not write it; name another file, or add --force" in ran.stderr
    assert out.read_text() == "id,text\n1,mine\n"
    assert hedgerow(tmp_path, "a.txt", "--out", out, "--force").returncode == 0
    assert is_output(out)


def test_rows_of_a_model_with_own_heads_only_are_ours(tmp_path: Path) -> None:
    scores = {"calm": 0.75, "angry": 0.25}
    prediction = Prediction("Go!", None, None, {}, {}, other_scores={"tone": scores})
    heads = [Head("tone", "label", ("calm", "angry"))]
    for suffix in ("jsonl", "csv", "parquet"):
        path = tmp_path / f"rows.{suffix}"
        with open_writer(path, heads) as writer:
            writer.write(LabelledSentence("a.txt", 0, prediction))
        assert is_output(path), suffix
        (read,) = read_rows(Origin(path, (path,)))
        assert (read.label("tone"), read.prediction.axes) == ("calm", ())
    other = tmp_path / "texts.csv"
    other.write_text("doc,index,start,end,text,spans\na,0,0,3,Go!,\n")
    assert not is_output(other)


def test_what_would_be_written_beside_an_output_replaces_no_file_of_someone_else(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    for name in ("o.jsonl.rejected.jsonl", "o.jsonl.manifest.json", "o.jsonl.texts.jsonl"):
        (tmp_path / name).write_text('{"mine": true}\n')
        ran = hedgerow(tmp_path, "a.txt", "--out", "o.jsonl")
        assert ran.returncode == 2
        assert f"{name} exists" in ran.stderr
        (tmp_path / name).unlink()


@pytest.mark.parametrize("given", ["nothing-here", "missing.txt", "void", "*.csv"])
@pytest.mark.parametrize("out", ["o.jsonl", "run"])
def test_no_output_is_made_from_no_input(tmp_path: Path, given: str, out: str) -> None:
    (tmp_path / "void").mkdir()
    ran = hedgerow(tmp_path, given, "--out", out)
    assert ran.returncode == 2
    assert "no input can be read" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["void"]


@pytest.mark.parametrize("out", [".", "", "/", "./"])
def test_an_output_without_a_name_is_wrong_usage(tmp_path: Path, out: str) -> None:
    write(tmp_path / "a.txt")
    ran = hedgerow(tmp_path, "a.txt", "--out", out)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "name a file" in ran.stderr
    with pytest.raises(InputError):
        label_files(tmp_path / "a.txt", out, model="lexicon")


@pytest.mark.parametrize("given", ["", " "])
def test_an_empty_input_is_wrong_usage_and_not_the_whole_folder(tmp_path: Path, given: str) -> None:
    write(tmp_path / "a.txt")
    ran = hedgerow(tmp_path, given)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "is empty" in ran.stderr


def test_what_is_passed_over_in_a_folder_is_said_and_in_the_manifest(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    for name in ("a.txt", "x.exe", "y.exe", "z.xlsx", "README", ".hidden/b.txt", ".c.txt"):
        write(inside / name)
    (inside / "2024").symlink_to(write(tmp_path / "other" / "c.txt", "It may snow.").parent)
    (inside / "loop").symlink_to(inside)
    (inside / "gone.txt").symlink_to(tmp_path / "nowhere")
    for out in ("o.jsonl", "run"):
        ran = hedgerow(tmp_path, "in", "--out", out)
        assert ran.returncode == 1  # the broken link could not be read
        told = "8 files skipped: .exe 2, hidden 2, .xlsx 1, without suffix 1, broken link 1, folder read before 1"
        assert sorted(ran.stderr.splitlines()[-1].removeprefix("hedgerow: ").replace(": ", ", ").split(", ")) == sorted(
            told.replace(": ", ", ").split(", ")
        )
    rows = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert [row["doc"] for row in rows] == ["in/a.txt", "in/2024/c.txt"]
    for manifest in ("o.jsonl.manifest.json", "run/manifest.json"):
        assert json.loads((tmp_path / manifest).read_text())["passed_over"][".exe"] == 2


@pytest.mark.skipif(AS_ROOT, reason="root may enter every folder")
def test_a_folder_that_cannot_be_entered_is_said(tmp_path: Path) -> None:
    write(tmp_path / "in/a.txt")
    closed = write(tmp_path / "in/closed/b.txt").parent
    closed.chmod(0)
    try:
        ran = hedgerow(tmp_path, "in")
        named = hedgerow(tmp_path, "in/closed/b.txt", "in/a.txt")
    finally:
        closed.chmod(0o700)
    assert ran.returncode == named.returncode == 1
    assert "1 file skipped: unreadable folder 1" in ran.stderr
    assert "b.txt: Permission denied" in named.stderr
    assert len(named.stdout.splitlines()) == 1


def test_a_folder_that_cannot_be_listed_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "in/a.txt")
    closed = write(tmp_path / "in/closed/b.txt").parent
    listed = os.listdir

    def listdir(path: Path) -> list[str]:
        if path == closed:
            raise PermissionError
        return listed(path)

    monkeypatch.setattr(os, "listdir", listdir)
    found = find_inputs([tmp_path / "in"])
    assert [file.path.name for file in found.files] == ["a.txt"]
    assert (found.passed_over, found.unreadable) == ({"unreadable folder": 1}, 1)


def test_one_named_file_that_cannot_be_read_does_not_end_the_batch(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    ran = hedgerow(tmp_path, "x" * 300, "a.txt/b.txt", "no.txt", "a.txt")
    assert ran.returncode == 1
    assert len(ran.stdout.splitlines()) == 1
    for reason in ("File name too long", "a.txt/b.txt: Not a directory", "no.txt: no such file"):
        assert reason in ran.stderr


def test_earlier_outputs_are_recognised_and_not_labelled_again(tmp_path: Path) -> None:
    write(tmp_path / "t.jsonl")
    (tmp_path / "bad.jsonl").write_text("{broken\n")
    for out in ("one.jsonl", "two.csv", "three.parquet", "run", "one.jsonl"):
        ran = hedgerow(tmp_path, ".", "--out", out, "--keep-text")
        assert ran.returncode == 1, ran.stderr
        assert re.search(r"1 sentence |sentences +│ 1 ", ran.stderr)
    assert "earlier output" in ran.stderr
    named = hedgerow(tmp_path, "one.jsonl", "t.jsonl", "--out", "four.jsonl")
    assert "1 file skipped: earlier output 1" in named.stderr
    alone = hedgerow(tmp_path, "one.jsonl", "--out", "five.jsonl")
    assert (alone.returncode, (tmp_path / "five.jsonl").exists()) == (2, False)
    assert "earlier output 1" in alone.stderr
    again = hedgerow(tmp_path, "one.jsonl", "--out", "five.jsonl", "--force")
    assert (again.returncode, (tmp_path / "five.jsonl").exists()) == (0, True)


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path / "in/a.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "in/a.txt")
    ran = hedgerow(tmp_path, "in/a.txt", "in", "in/../in/a.txt", "link.txt", "*.txt")
    assert (ran.returncode, len(ran.stdout.splitlines())) == (0, 1)
    assert "named twice" in ran.stderr


def test_very_deep_folders_are_read(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(1500):
        folder = folder / "d"
        folder.mkdir()
    (folder / "a.txt").write_text("It may rain.")
    try:
        assert len(find_inputs([tmp_path]).files) == 1
    finally:  # it is too deep for pytest to remove
        (folder / "a.txt").unlink()
        while folder != tmp_path:
            folder.rmdir()
            folder = folder.parent


def test_texts_are_kept_with_the_offsets_of_the_rows(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "It may \\"rain\\".\\n\\nShe left. 😀 He stayed."}\n{"text": "Hm."}\n')
    ran = hedgerow(tmp_path, "a.jsonl", "--out", "o.jsonl", "--keep-text")
    assert ran.returncode == 0, ran.stderr
    assert hedgerow(tmp_path, "a.jsonl", "--out", "run", "--keep-text").returncode == 0
    kept = (tmp_path / "o.jsonl.texts.jsonl").read_bytes()
    assert kept == (tmp_path / "run/texts/part-00000.jsonl").read_bytes()
    texts = {row["doc"]: row["text"] for row in map(json.loads, kept.splitlines())}
    rows = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert len(rows) >= 4
    assert all(texts[row["doc"]][row["start"] : row["end"]] == row["text"] for row in rows)
    assert "name one with --out" in hedgerow(tmp_path, "a.jsonl", "--keep-text").stderr
    assert hedgerow(tmp_path, "a.jsonl", "--out", "o.jsonl").returncode == 0
    assert not (tmp_path / "o.jsonl.texts.jsonl").exists()  # it would not fit the new output


def test_reasons_are_shown_once_with_their_counts(tmp_path: Path) -> None:
    rows = "".join(json.dumps({"body": "It may rain.", "n": number}) + "\n" for number in range(500))
    (tmp_path / "a.jsonl").write_text(rows + '{"text": 5}\n{broken\n')
    (tmp_path / "fine.txt").write_text("It may rain.")
    for out in (["--out", "o.jsonl"], ["--out", "run"], []):
        ran = hedgerow(tmp_path, "a.jsonl", "fine.txt", *out)
        assert ran.returncode == 1
        assert "502 rows rejected: no field 'text' (500); " in ran.stderr
        assert len(ran.stderr.splitlines()) < 16


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--delimiter", ";"),
        ("--role", "user"),
        ("--encoding", "cp1252"),
        ("--text-field", "body"),
        ("--max-pages", "3"),
    ],
)
def test_an_option_that_no_input_heeds_is_wrong_usage(tmp_path: Path, option: str, value: str) -> None:
    from tests.document_files import docx, paragraph

    (tmp_path / "a.docx").write_bytes(docx(paragraph("It may rain.")))
    ran = hedgerow(tmp_path, "a.docx", option, value)
    assert ran.returncode == 2
    assert f"{option} {value}: no input is one of" in ran.stderr
    assert hedgerow(tmp_path, "a.docx").returncode == 0


def test_a_line_is_a_paragraph_if_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("it may\nrain today\n")
    assert len(hedgerow(tmp_path, "a.txt").stdout.splitlines()) == 1
    assert len(hedgerow(tmp_path, "a.txt", "--lines").stdout.splitlines()) == 2


def test_the_manifest_beside_an_output_says_how_it_was_made(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    assert hedgerow(tmp_path, "a.txt", "--out", "o.csv").returncode == 0
    manifest = json.loads((tmp_path / "o.csv.manifest.json").read_text())
    assert manifest["settings"]["model"] == "lexicon"
    assert (manifest["counts"]["rows"], manifest["counts"]["documents"]) == (1, 1)
    assert str(tmp_path) not in json.dumps(manifest)


def test_standard_output_in_the_folder_is_no_input(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    command = [sys.executable, "-m", "hedgerow", "label", ".", "--model", "lexicon"]
    with (tmp_path / "out.jsonl").open("wb") as out:
        ran = subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (ran.returncode, len((tmp_path / "out.jsonl").read_text().splitlines())) == (0, 1)
    assert b"1 file skipped: standard output 1" in ran.stderr


@pytest.mark.parametrize("name", ["parts/part-00000.jsonl", "texts/x.txt", "rejected.jsonl", "manifest.json"])
def test_a_run_replaces_no_file_of_someone_else(tmp_path: Path, name: str) -> None:
    write(tmp_path / "a.txt")
    mine = write(tmp_path / "mine" / name, '{"my": "own"}')
    before = mine.read_bytes()
    ran = hedgerow(tmp_path, "a.txt", "--out", "mine")
    assert ran.returncode == 2
    assert "which no run wrote" in ran.stderr
    assert mine.read_bytes() == before
    assert [path for path in (tmp_path / "mine").rglob("*") if path.is_file()] == [mine]


def test_an_input_inside_the_run_folder_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "p/texts/part-00000.jsonl")
    ran = hedgerow(tmp_path, "p/texts", "--out", "p", "--keep-text")
    assert (ran.returncode, "is an input, and inside it" in ran.stderr) == (2, True)


@pytest.mark.parametrize("out", ["sub/..", "../{}", ".jsonl", ".."])
def test_a_name_that_leads_to_the_current_folder_or_has_only_a_suffix_is_wrong(tmp_path: Path, out: str) -> None:
    write(tmp_path / "a.txt")
    ran = hedgerow(tmp_path, "a.txt", "--out", out.format(tmp_path.name))
    assert ran.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_looks_like_a_run_is_read(tmp_path: Path) -> None:
    write(tmp_path / "corpus/parts/a.txt")
    (tmp_path / "corpus/manifest.json").write_text('{"name": "my corpus"}')
    ran = hedgerow(tmp_path, "corpus", "--as", "txt")
    assert "earlier output" not in ran.stderr
    assert len(ran.stdout.splitlines()) == 2


def test_an_output_that_was_changed_by_hand_is_not_replaced(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    assert hedgerow(tmp_path, "a.txt", "--out", "o.csv").returncode == 0
    with (tmp_path / "o.csv").open("a") as file:
        file.write("mine\n")
    before = (tmp_path / "o.csv").read_bytes()
    ran = hedgerow(tmp_path, "a.txt", "--out", "o.csv")
    assert ran.returncode == 2
    assert "was changed after hedgerow wrote it" in ran.stderr
    assert (tmp_path / "o.csv").read_bytes() == before
    assert hedgerow(tmp_path, "a.txt", "--out", "o.csv", "--force").returncode == 0


def test_an_output_that_is_no_regular_file_or_a_looping_link_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    for name, reason in (("pipe.jsonl", "is no regular file"), ("loop.jsonl", "symbolic links")):
        ran = hedgerow(tmp_path, "a.txt", "--out", name)
        assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)
        assert reason in ran.stderr


def test_folders_that_link_to_each_other_are_read_once(tmp_path: Path) -> None:
    for one in range(12):
        write(tmp_path / f"in/{one}/a.txt")
        for other in range(12):
            (tmp_path / f"in/{one}/to{other}").symlink_to(tmp_path / f"in/{other}")
    assert len(find_inputs([tmp_path / "in", tmp_path / "in"]).files) == 12


def test_a_role_that_no_text_has_is_an_error_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text('{"messages": [{"role": "user", "content": "Hm."}]}\n')
    ran = hedgerow(tmp_path, "c.jsonl", "--text-field", "messages[].content", "--role", "usr", "--out", "o.jsonl")
    assert ran.returncode == 2
    assert "--role usr: no text with this role was labelled" in ran.stderr
    assert not (tmp_path / "o.jsonl").exists()


def test_json_lines_in_a_pipe_are_not_labelled_as_prose(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hedgerow", "label", "-", "--model", "lexicon"]
    given = b'{"text": "It may rain."}\n'
    for out, code in ([], 1), (["--out", "run"], 2):
        ran = subprocess.run(
            [*command, *out],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            input=given,
            capture_output=True,
            check=False,
        )
        assert ran.returncode == code
        assert b"--as jsonl" in ran.stderr


def test_names_that_are_not_utf_8_stay_apart(tmp_path: Path) -> None:
    for name in (b"a\xff.txt", b"a\xfe.txt"):
        write(tmp_path / "in" / os.fsdecode(name))
    for _ in range(2):
        assert hedgerow(tmp_path, "in", "--out", "run").returncode == 0
