"""What a newcomer does first, and does wrong first: each message says what to write instead."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hedgerow.cli.app import main, run_command
from hedgerow.cli.progress import FileFollower
from hedgerow.predictors.folder import recipes
from hedgerow.training import TrainingInputs
from hedgerow.training.named_heads import settings_with_heads

Run = Callable[..., tuple[int, str, str]]
TABLE = "sentence,checkable\n" + "".join(
    f"{text} {number}.,{label}\n"
    for number in range(20)
    for text, label in (("The dam holds litres of water", "yes"), ("I love you", "no"), ("Crime explodes by", "partly"))
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs `hedgerow` in an empty folder: arguments to exit code, output and messages."""
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hedgerow", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        return int(stop.value.code or 0), *capsys.readouterr()

    return run_here


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["lable", "a.txt"], "No such command 'lable'. Did you mean 'label'? See 'hedgerow --help'."),
        (["xyzzy"], "No such command 'xyzzy'. See 'hedgerow --help'."),
        (["label"], "Missing argument 'INPUTS...': Files, folders or patterns; - is standard input. See"),
        (["label", "artcle.txt"], "artcle.txt: no such file (perhaps article.txt)"),
        (["label", "notes.txt"], "notes.txt: no such file\n"),
        (["label", "The mayor may resign."], "no such file; if it is a text, not a name, pipe it: echo TEXT |"),
        (["label", "my old notes.txt"], "my old notes.txt: no such file\n"),
        (["label", "article.txt", "--model", "bse"], "shipped are base, linear, small, lexicon (perhaps 'base')"),
        (["label", "article.txt", "--model", "runs/x"], "shipped are base, linear, small, lexicon\n"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(run: Run, command: list[str], told: str) -> None:
    Path("article.txt").write_text("It rained.", "utf-8")
    code, _, errors = run(*command)
    assert code == 2
    assert told in errors


def test_a_report_by_month_names_the_column_to_write(run: Run) -> None:
    Path("news.csv").write_text("outlet,published,text\nPost,2026-05-03,It may rain.\n", "utf-8")
    assert run("label", "news.csv", "--model", "lexicon", "--out", "labelled.csv")[0] == 0
    assert (
        "outlet, published; if another one has the date, write month:COLUMN"
        in run("summary", "labelled.csv", "--by", "outlet,month")[2]
    )
    assert "no row has a column 'outlt'" in (told := run("summary", "labelled.csv", "--by", "outlt")[2])
    assert told.endswith("(perhaps 'outlet')\n")
    assert run("summary", "labelled.csv", "--by", "month:published")[0] == 0


@pytest.mark.slow
def test_a_table_with_labels_of_ones_own_becomes_a_model_in_three_commands(run: Run) -> None:
    Path("mine.csv").write_text(TABLE, "utf-8")
    assert "mine.csv: a table, and a corpus is JSON Lines; make one of it: hedgerow corpus import mine.csv" in (
        told := run("train", "linear", "--corpus", "mine.csv", "--dev", "mine.csv", "--head", "checkable")[2]
    )
    assert told.count("\n") == 1  # not one line for each row
    assert (
        "it has sentence, checkable: name that of the texts with --text-field"
        in run("corpus", "import", "mine.csv", "--from", "csv", "--out", "mine.jsonl")[2]
    )
    importing = ("corpus", "import", "mine.csv", "--from", "csv", "--text-field", "sentence", "--out", "mine.jsonl")
    assert run(*importing)[0] == 0
    assert "with --head FIELD, its labels" in run("corpus", "split", "mine.jsonl", "--out", "other")[2]
    code, _, errors = run("corpus", "split", "mine.jsonl", "--head", "checkable", "--out", "parts")
    assert (code, errors) == (0, "")
    train = ("train", "linear", "--corpus", "parts/train.jsonl", "--dev", "parts/dev.jsonl", "--out", "model")
    assert "name labels of your own with --head, or in [[heads]]" in run(*train)[2]
    assert (
        "--head chekable: no training row has this field; they have checkable, id, text"
        in run(*train, "--head", "chekable")[2]
    )
    code, shown, _ = run(*train, "--head", "checkable")
    assert code == 0
    assert "checkable on dev" in shown
    assert 'labels = ["no", "partly", "yes"]' in Path("model/recipe.toml").read_text("utf-8")
    Path("a.txt").write_text("I love you.\n\nThe dam holds litres of water 7.", "utf-8")
    lines = run("label", "a.txt", "--model", "model", "--table")[1].splitlines()
    assert [line.index(text) for line, text in zip(lines, ("I love", "The dam"), strict=True)] == [12, 12]


def test_a_field_that_holds_no_labels_is_no_head(run: Run) -> None:
    rows = [f'{{"id": "{at}", "text": "It rained {at}.", "note": "n{at}", "marks": [{at}]}}\n' for at in range(60)]
    Path("rows.jsonl").write_text("".join(rows), "utf-8")
    train = ("train", "linear", "--corpus", "rows.jsonl", "--dev", "rows.jsonl", "--out", "model", "--head")
    assert "--head note: 60 different values, such as 'n0'; name a field of labels" in run(*train, "note")[2]
    told = run(*train, "label")[2]
    assert "--head label: 'label' is a name that training uses itself; give the head another name; when a table" in told
    assert "--head marks: rows.jsonl:1: [0] is no label; a label is a text, a number" in run(*train, "marks")[2]


def test_a_named_head_stands_beside_those_of_the_recipe(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    lines = [
        f'{{"id": "{at}", "text": "It rained {at}.", "mood": {at % 3}, "stance": "asserted"}}\n' for at in range(9)
    ]
    rows.write_text("".join(lines), "utf-8")
    inputs = TrainingInputs(corpora=[rows], dev=[rows], settings={"heads.stance.weight": 2.0}, heads=["stance", "mood"])
    heads = settings_with_heads(recipes()["finetune"], inputs)["heads"]
    assert [head["name"] for head in heads] == ["certainty", "stance", "spans", "mood"]
    assert heads[1]["weight"] == 2.0
    assert heads[3]["labels"] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "rows.json",
            '[\n{"id": "1", "text": "It rained.", "mood": "dry"}\n]\n',
            "an array, and a corpus is JSON Lines",
        ),
        ("my rows.tsv", "text\tmood\nIt rained.\tdry\n", "hedgerow corpus import 'my rows.tsv' --from csv"),
        ("rows.xlsx", "PK\x03\x04", "a spreadsheet, and a corpus is JSON Lines; save it as CSV"),
        ("rows.jsonl", "It rained.\n", "rows.jsonl:1: broken JSON"),
    ],
)
def test_a_corpus_of_another_format_is_one_error_with_its_cure(run: Run, name: str, content: str, told: str) -> None:
    Path(name).write_text(content, "utf-8")
    code, shown, _ = run("corpus", "check", name)
    assert code == 1
    assert told in shown
    assert shown.count("\n") == 1


def test_a_shipped_recipe_asks_for_the_files_that_it_does_not_bring(run: Run) -> None:
    assert "no --corpus: name labelled files to train on\n" in run("train", "finetune")[2]
    Path("rows.jsonl").write_text('{"id": "1", "text": "It rained.", "certainty": "certain"}\n', "utf-8")
    told = run("train", "finetune", "--corpus", "rows.jsonl")[2]
    assert "no --dev: name labelled files to measure on; hedgerow corpus split makes one" in told


def test_a_recipe_without_a_setting_is_told_where_to_copy_it_from(run: Run) -> None:
    Path("mine.toml").write_text('kind = "linear"\n[[heads]]\nname = "mood"\nkind = "label"\n', "utf-8")
    told = run("train", "mine.toml")[2]
    source = recipes()["linear"]
    assert [line.partition(": ")[2] for line in told.removeprefix("hedgerow: ").splitlines()] == [
        f"no setting {name!r}; add it, as in {source}" for name in ("seed", "corpora", "features", "regression")
    ]


OTHER_LANGUAGES = (
    "Der Minister soll angeblich zurückgetreten sein. Nach Angaben der Polizei war er am Montag noch im Amt. Wer ihm "
    "folgt, ist nicht bekannt.",
    "Le ministre aurait démissionné. Selon la police, il était encore à son poste lundi dans la matinée. Nul ne sait "
    "qui lui succédera.",
    "De minister is naar verluidt afgetreden. Volgens de politie was hij maandag of dinsdag nog in zijn kantoor. Wie "
    "hem opvolgt, is niet bekend.",
    "El alcalde dijo que el puente podría cerrar. No está claro quién pagará las obras, según la policía local. El "
    "martes habrá una reunión.",
    "Мэр сказал, что мост могут закрыть. Кто заплатит? Пока это никому не ясно, пишут местные газеты. Других сведений "
    "нет, и их не будет.",
)
ENGLISH = (
    "Tram line four shut until autumn. Council denies missing money. Mayor may resign, sources say. Rain stops play.",
    "Bridge closed. Angeblich.",
    "The minister has reportedly resigned. “Der Minister ist nicht zurückgetreten”, his spokesman said.",
)


@pytest.mark.parametrize("text", OTHER_LANGUAGES + ENGLISH)
def test_a_text_in_another_language_is_warned_of(run: Run, text: str) -> None:
    Path("text.txt").write_text(text, "utf-8")
    code, _, errors = run("label", "text.txt", "--model", "lexicon")
    assert code == 0
    assert ("does not look like English" in errors) == (text in OTHER_LANGUAGES)


def test_ctrl_c_says_what_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop, FileFollower(tmp_path / "out.jsonl"):
        raise KeyboardInterrupt
    assert stop.value.code == 130
    told = f"hedgerow: stopped after 0 sentences; nothing was written to {tmp_path / 'out.jsonl'}\n"
    assert capsys.readouterr().err == told
    with pytest.raises(SystemExit) as stop:  # as some versions of Typer end a command that has no words of its own
        run_command(lambda: 130, program="hedgerow")
    assert stop.value.code == 130
    assert capsys.readouterr().err == "hedgerow: interrupted\n"


def read_until(terminal: int, wanted: str, seconds: float = 30) -> str:
    """Return what a terminal shows, once it shows `wanted` or the time is over."""
    shown, deadline = "", time.monotonic() + seconds
    while wanted not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536).decode()
    return shown


@pytest.mark.slow
def test_on_a_terminal_a_person_is_told_how_to_go_on() -> None:
    """One Ctrl-D ends a text; the server says where its page is."""
    master, slave = pty.openpty()
    label = [sys.executable, "-m", "hedgerow", "label", "-", "--model", "lexicon"]
    with subprocess.Popen(label, stdin=slave, stdout=subprocess.PIPE, stderr=slave, text=True) as process:
        assert "Ctrl-D on a line of its own ends it" in read_until(master, "ends it")
        os.write(master, b"It may rain.\n\x04")
        assert '"possible"' in process.communicate(timeout=30)[0]
    server = [sys.executable, "-m", "hedgerow", "serve", "--port", "0", "--model", "lexicon"]
    with subprocess.Popen(server, stdin=slave, stdout=slave, stderr=slave) as process:
        shown = read_until(master, "stops the server")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert "open http://127.0.0.1:" in shown
    os.close(master)
    os.close(slave)
