"""The command line as a stranger runs it."""

import base64
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "data" / "examples" / "article.txt"
PARTS = [ROOT / "data" / "corpus" / f"{part}.jsonl" for part in ("train", "dev", "test")]


def hedgerow(*arguments: object, given: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "hedgerow", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, cwd=cwd, check=False)


def lines(output: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_standard_input_gives_json_lines() -> None:
    ran = hedgerow("label", "-", given="He reportedly may resign. “Rubbish,” she said.".encode())
    assert ran.returncode == 0
    first, second = lines(ran.stdout)
    assert (first["doc"], first["index"], first["start"], first["end"]) == ("stdin", 0, 0, 25)
    assert (first["certainty"], first["stance"]) == ("possible", "distanced")
    assert second["text"] == "“Rubbish,” she said."
    assert b"2 sentences of 1 document labelled by base" in ran.stderr


def test_offsets_lead_back_into_the_file() -> None:
    text = ARTICLE.read_text("utf-8")
    rows = lines(hedgerow("label", ARTICLE).stdout)
    assert len(rows) == 33
    for row in rows:
        assert text[int(str(row["start"])) : int(str(row["end"]))] == row["text"]


def test_a_sentence_a_row_is_not_split() -> None:
    ran = hedgerow("label", "-", "--as", "jsonl", "--unit", "sentence", given=b'{"text": " It rained. We left. "}\n')
    (row,) = lines(ran.stdout)
    assert (row["text"], row["start"]) == ("It rained. We left.", 1)


def test_what_is_rejected_is_named_kept_and_sets_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_bytes(b'{"text": "Fine."}\n{"text": \xff}\n')
    (tmp_path / "void.txt").touch()
    out = tmp_path / "out.jsonl"
    (tmp_path / "void").mkdir()
    ran = hedgerow("label", "bad.jsonl", "void.txt", "void", "nope.txt", "odd.xyz", "--out", out, cwd=tmp_path)
    assert ran.returncode == 1
    assert [row["text"] for row in lines(out.read_bytes())] == ["Fine."]
    rejected = lines((tmp_path / "out.jsonl.rejected.jsonl").read_bytes())
    assert [(row["file"], row["line"]) for row in rejected] == [
        ("bad.jsonl", 2), ("void.txt", None), ("void", None), ("nope.txt", None), ("odd.xyz", None),
    ]  # fmt: skip
    assert base64.b64decode(str(rejected[0]["raw"])) == b'{"text": \xff}'
    assert b"rejected bad.jsonl:2: invalid UTF-8" in ran.stderr
    assert b"void: the folder contains no supported file" in ran.stderr
    assert b"nope.txt: no such file" in ran.stderr


def test_a_clean_run_takes_away_the_rejections_of_the_last(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    hedgerow("label", "-", "--as", "jsonl", "--out", out, given=b"{")
    assert out.with_name("out.jsonl.rejected.jsonl").exists()
    assert hedgerow("label", "-", "--out", out, given=b"Fine.").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "out.jsonl.manifest.json"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "nope"], "nope: no shipped model has this name"),
        (["--unit", "word"], "Invalid value for '--unit': 'word' is not one of 'document', 'sentence'"),
        (["--as", "odt"], "Invalid value for '--as': 'odt' is not one of 'txt', 'md', 'html'"),
        (["--out", "x.xlsx"], "suffix '.xlsx' is not one of .jsonl, .csv, .parquet"),
        (["--workers", "2"], "--workers is for run folders"),
        (["--config", "none.toml"], "none.toml: No such file"),
        (["--out", "x.jsonl", "--abstain", "2"], "--abstain 2: input should be less than or equal to 1"),
        (["--out", "x.jsonl", "--table"], "leave out --table or --out"),
        (["-"], "name it once"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(arguments: Sequence[str], message: str, tmp_path: Path) -> None:
    ran = hedgerow("label", "-", *arguments, given=b"He left.", cwd=tmp_path)
    assert ran.returncode == 2
    assert message in ran.stderr.decode()
    assert len(ran.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_setting_of_runs_is_rejected_where_a_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("shard_rows = 10\n")
    ran = hedgerow("label", "-", "--config", "a.toml", given=b"He left.", cwd=tmp_path)
    assert ran.returncode == 2
    assert "'shard_rows' in --config is for run folders" in ran.stderr.decode()


def test_an_input_is_not_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "He left."}\n')
    ran = hedgerow("label", source, "--out", source)
    assert ran.returncode == 2
    assert b"is an input too" in ran.stderr
    assert source.read_text() == '{"text": "He left."}\n'


def test_the_rejections_of_a_run_replace_no_input(tmp_path: Path) -> None:
    mended = tmp_path / "x.jsonl.rejected.jsonl"
    mended.write_text('{"text": "He left."}\n')
    ran = hedgerow("label", mended, "--out", tmp_path / "x.jsonl")
    assert ran.returncode == 2
    assert b"is an input too" in ran.stderr
    assert mended.read_text() == '{"text": "He left."}\n'


@pytest.mark.parametrize(
    "arguments", [["--out", "file.txt/x.jsonl"], ["--out", f"{'x' * 300}.jsonl"], ["--out", "/dev/null/x.csv"]]
)
def test_an_output_that_cannot_be_written_is_one_line(arguments: Sequence[str], tmp_path: Path) -> None:
    (tmp_path / "file.txt").touch()
    ran = hedgerow("label", "-", *arguments, given=b"He left.", cwd=tmp_path)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stderr.startswith(b"hedgerow: ")
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_full_disk_is_one_line_and_exit_code_2() -> None:
    command = f"echo 'He left.' | {sys.executable} -m hedgerow label - > /dev/full"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert ran.returncode == 2
    assert b"hedgerow: output: No space left on device" in ran.stderr
    assert b"Traceback" not in ran.stderr


def test_standard_input_that_is_closed_is_rejected() -> None:
    command = f"{sys.executable} -m hedgerow label - <&-"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert ran.returncode == 1
    assert b"standard input is closed" in ran.stderr


def test_a_pipe_named_as_a_file_is_read() -> None:
    command = f"{sys.executable} -m hedgerow label <(echo 'He left.') --as txt"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert [row["text"] for row in lines(ran.stdout)] == ["He left."]


def test_output_is_utf_8_whatever_the_locale_and_the_name_of_the_file(tmp_path: Path) -> None:
    strange = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xffd.txt"))
    strange.write_text("He “left”.", "utf-8")
    command = [sys.executable, "-m", "hedgerow", "label", str(strange)]
    environment = os.environ | {"PYTHONIOENCODING": "latin-1", "LC_ALL": "C"}
    ran = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=True)
    (row,) = lines(ran.stdout)
    assert row["text"] == "He “left”."
    assert str(row["doc"]).endswith(r"b\xffd.txt")


def test_a_run_that_is_ended_leaves_no_part_behind(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "hedgerow", "label", "-", "--as", "jsonl", "--out", str(out)]
    reading, writing = os.pipe()
    with subprocess.Popen(command, stdin=reading, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        os.close(reading)
        while not list(tmp_path.glob(".hedgerow.*")):  # it has begun
            assert process.poll() is None
            time.sleep(0.05)
        process.terminate()
        process.wait(timeout=30)
    os.close(writing)
    assert process.returncode == 143
    assert list(tmp_path.iterdir()) == []


def test_control_characters_do_not_reach_the_terminal_and_documents_have_headings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("He \x1b[31mleft\x07.")
    (tmp_path / "b.txt").write_text("It rained.")
    shown = hedgerow("label", "a.txt", "b.txt", "--table", cwd=tmp_path).stdout.decode()
    assert "He \\x1b[31mleft\\x07." in shown
    assert "\nb.txt\n" in shown


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m hedgerow label {' '.join(map(str, PARTS))} --model lexicon | head -1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert len(ran.stdout.splitlines()) == 1
    assert b"Traceback" not in ran.stderr
    assert b"BrokenPipe" not in ran.stderr


def test_a_terminal_gets_a_coloured_table() -> None:
    command = [sys.executable, "-m", "hedgerow", "label", "-"]
    leader, follower = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"}
    environment.pop("NO_COLOR", None)
    subprocess.run(
        command, input=b"He reportedly left.", stdout=follower, stderr=subprocess.PIPE, env=environment, check=True
    )
    os.close(follower)
    shown = os.read(leader, 10_000).decode()
    os.close(leader)
    assert "distanced" in shown
    assert "\x1b[1;33mreportedly\x1b[0m" in shown


def test_a_table_without_colour_has_brackets() -> None:
    ran = hedgerow("label", "-", "--table", given=b"He reportedly left.")
    assert ran.stdout.decode().split() == ["1", "probable", "distanced", "He", "[reportedly]", "left."]


def test_corpus_check_prints_faults_and_exits_with_1(tmp_path: Path) -> None:
    assert hedgerow("corpus", "check", *PARTS).returncode == 0
    (tmp_path / "bad.jsonl").write_text('{"id": "a", "text": "Hm.", "certainty": "sure", "stance": "asserted"}\n')
    ran = hedgerow("corpus", "check", tmp_path / "bad.jsonl")
    assert ran.returncode == 1
    assert b"bad.jsonl:1: certainty 'sure' is not a label of the codebook; one of certain" in ran.stdout


def test_corpus_stats_count() -> None:
    ran = hedgerow("corpus", "stats", PARTS[2], "--by", "kind")
    assert b"stance: asserted " in ran.stdout
    assert b"by kind: article" in ran.stdout
    assert json.loads(hedgerow("corpus", "stats", PARTS[2], "--json").stdout)["rows"] == 410
    assert b"no row has this field" in hedgerow("corpus", "stats", PARTS[2], "--by", "kynd").stderr
    ran = hedgerow("corpus", "stats", "nope.jsonl")
    assert (ran.returncode, ran.stdout) == (2, b"")


@pytest.mark.slow
def test_corpus_split_writes_three_parts(tmp_path: Path) -> None:
    ran = hedgerow("corpus", "split", *PARTS, "--out", tmp_path / "new")
    assert ran.returncode == 0
    assert hedgerow("corpus", "check", *sorted((tmp_path / "new").iterdir())).returncode == 0
    assert hedgerow("corpus", "split", PARTS[0], "--out", tmp_path / "x", "--held-out", "0.7").returncode == 2
    # The parts that are there would be lost if only one of them were read.
    ran = hedgerow("corpus", "split", tmp_path / "new" / "train.jsonl", "--out", tmp_path / "new")
    assert ran.returncode == 2
    assert b"was not read" in ran.stderr
    (tmp_path / "one.jsonl").write_text('{"id": "a", "text": "Hm.", "certainty": "certain", "stance": "asserted"}\n')
    ran = hedgerow("corpus", "split", tmp_path / "one.jsonl", "--out", tmp_path / "y")
    assert b"would be empty" in ran.stderr
    assert not (tmp_path / "y").exists()


@pytest.mark.slow
def test_labels_under_a_score_are_left_empty_and_scores_stay() -> None:
    text = "He reportedly may resign. It rained on Monday."
    kept, left = (
        lines(hedgerow("label", "-", given=text.encode()).stdout),
        lines(hedgerow("label", "-", "--abstain", "0.999999", given=text.encode()).stdout),
    )
    assert [row["certainty"] for row in left] == [None, None]
    assert [row["certainty_scores"] for row in left] == [row["certainty_scores"] for row in kept]
    assert "–" in hedgerow("label", "-", "--table", "--abstain", "0.999999", given=text.encode()).stdout.decode()
    assert hedgerow("label", "-", "--abstain", "2", given=text.encode()).returncode == 2


def test_models_lists_what_is_shipped_with_its_scores() -> None:
    shown = hedgerow("models").stdout.decode()
    assert shown.index("base: network") < shown.index("linear: linear")
    assert shown.index("on running (1,135 sentences)") < shown.index("composed text: optimistic")


def test_version_and_help() -> None:
    assert hedgerow("--version").stdout.startswith(b"hedgerow 0.")
    assert b"label" in hedgerow("--help").stdout
