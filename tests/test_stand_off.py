"""Stand-off labels: corpus rows without their text, and the way back; the committed ones in data/real/."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hedgerow import CorpusError
from hedgerow.corpus import check, load
from hedgerow.corpus.stand_off import StandOffRow, read_stand_off, restore, strip_text
from scripts import rebuild_real, strip_real

pytestmark = pytest.mark.slow

REAL = Path(__file__).parents[1] / "data" / "real"
PARTS = ["articles_dev", "dev", "new_sources_dev", "news_dev", "train"]
ROWS: list[dict[str, Any]] = [
    {
        "id": "a:1", "corpus": "a", "doc": "d1", "text": "The café “may” close, she said.", "certainty": "possible",
        "stance": "attributed", "spans": [{"start": 10, "end": 13, "type": "modal", "text": "may"}], "picked": False,
    },
    {
        "id": "a:2", "corpus": "a", "doc": None, "text": "It opened in May.", "certainty": "certain",
        "stance": "asserted", "spans": [],
    },
    {
        "id": "b:1", "corpus": "b", "doc": "d2", "text": "Is 'it' 🙂 open, perhaps?", "certainty": "uncommitted",
        "stance": "asserted", "spans": [{"start": 16, "end": 23, "type": "epistemic", "text": "perhaps"}],
        "genre": "news", "start": 0, "end": 24,
    },
]  # fmt: skip
TEXTS = [row["text"] for row in ROWS]


def stand_off(*rows: dict[str, Any]) -> list[StandOffRow]:
    return [StandOffRow.model_validate_json(json.dumps(strip_text(row))) for row in rows or ROWS]


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_a_row_without_its_text_and_the_text_give_the_row(tmp_path: Path) -> None:
    restored = restore(stand_off(), ["Something else.", *reversed(TEXTS)])
    assert restored.examples == load([write(tmp_path / "corpus.jsonl", *ROWS)])
    assert not restored.missing
    assert not restored.normalised


def test_a_stand_off_row_has_no_word_of_its_text() -> None:
    for row in ROWS:
        stripped = strip_text(row)
        kept = json.dumps({name: value for name, value in stripped.items() if name not in ("certainty", "stance")})
        assert not re.search(r"text|café|close|said|opened|perhaps", kept)
    assert strip_text(ROWS[0])["spans"] == [[10, 13, "modal"]]
    assert strip_text(ROWS[0])["picked"] is False
    assert "straight" in strip_text(ROWS[0])
    assert "straight" not in strip_text(ROWS[1])


@pytest.mark.parametrize(
    ("row", "candidate", "text"),
    [
        (0, "The café  “may”\nclose, she said. ", TEXTS[0]),
        (0, unicodedata.normalize("NFD", TEXTS[0]), TEXTS[0]),
        (0, 'The café "may" close, she said.', 'The café "may" close, she said.'),
        (0, "The café «may»\u00a0close, she said.", "The café «may» close, she said."),
        (2, "Is ‘it’ 🙂 open,  perhaps?", TEXTS[2]),
    ],
)
def test_a_text_in_another_form_is_found_and_counted_apart(row: int, candidate: str, text: str) -> None:
    restored = restore(stand_off(ROWS[row]), [candidate])
    (example,) = restored.examples
    assert example.text == text
    assert [span.text for span in example.spans or ()] == [span["text"] for span in ROWS[row]["spans"]]
    assert restored.normalised == {example.id}


def test_the_text_as_it_is_comes_before_another_form_of_it() -> None:
    restored = restore(stand_off(ROWS[0]), [TEXTS[0].replace("“", '"').replace("”", '"'), TEXTS[0]])
    assert restored.examples[0].text == TEXTS[0]
    assert not restored.normalised


@pytest.mark.parametrize("candidate", ["The café may close, she said.", "The cafe “may” close, she said.", ""])
def test_another_text_is_not_taken_for_it(candidate: str) -> None:
    restored = restore(stand_off(ROWS[0]), [candidate])
    assert [row.id for row in restored.missing] == ["a:1"]
    assert not restored.examples


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "She left."}, "rows.jsonl:1: text 'She left.': Extra inputs are not permitted; a stand-off row has"),
        ({"sha256": "12"}, "rows.jsonl:1: sha256 '12'"),
        ({"spans": [[1, 2]]}, "rows.jsonl:1: spans.0.2"),
        ({"certainty": "maybe"}, "rows.jsonl:1: certainty 'maybe'"),
    ],
)
def test_a_line_that_is_no_stand_off_row_is_rejected(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    path = write(tmp_path / "rows.jsonl", strip_text(ROWS[0]) | change)
    with pytest.raises(CorpusError) as caught:
        read_stand_off(path)
    assert message in str(caught.value)


def test_a_span_outside_its_text_is_rejected() -> None:
    row = strip_text(ROWS[1]) | {"spans": [[3, 99, "modal"]]}
    with pytest.raises(CorpusError, match=r"row 'a:2': the span 3\.\.99 \(modal\) is outside its text of 17 char"):
        restore([StandOffRow.model_validate_json(json.dumps(row))], TEXTS)


def test_the_scripts_lead_from_a_corpus_to_labels_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write(tmp_path / "tiny.jsonl", *ROWS)
    monkeypatch.setattr("sys.argv", ["strip_real.py", str(corpus), "--out", str(tmp_path / "real")])
    strip_real.main()
    labels, out = tmp_path / "real" / "tiny.jsonl", tmp_path / "out.jsonl"
    lines = tmp_path / "lines.txt"
    lines.write_text(f"{TEXTS[0]}\n{TEXTS[1].replace(' ', '  ')}\n", "utf-8")
    rows = write(tmp_path / "rows.jsonl", {"sentence": TEXTS[2]}, {"sentence": "x"})
    capsys.readouterr()
    assert rebuild_real.main([str(labels), "--texts", str(lines), "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| a | 2 | 1 | 1 | 0 | 100.0% |",
        "| b | 1 | 0 | 0 | 1 | 0.0% |",
        "| all | 3 | 1 | 1 | 1 | 66.7% |",
    ]
    assert check([out]) == []
    assert out.with_name("out.jsonl.missing.txt").read_text("utf-8") == "b:1\n"
    arguments = [str(labels), "--texts", str(rows), "--text-field", "sentence", "--out", str(out)]
    assert rebuild_real.main(arguments) == 0
    assert [example.id for example in load([out])] == ["b:1"]


def test_whole_texts_are_split_into_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = write(tmp_path / "labels.jsonl", *map(strip_text, ROWS[:2]))
    article, out = tmp_path / "article.md", tmp_path / "out.jsonl"
    article.write_text(f"# Closed\n\n{TEXTS[0]} {TEXTS[1]}\n", "utf-8")
    arguments = [str(labels), "--texts", str(article), "--out", str(out)]
    assert rebuild_real.main(arguments) == 2
    assert "a .md file is one text; add --split" in capsys.readouterr().err
    assert rebuild_real.main([*arguments, "--split"]) == 0
    assert [example.id for example in load([out])] == ["a:1", "a:2"]


def test_candidates_that_cannot_be_read_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = write(tmp_path / "labels.jsonl", *map(strip_text, ROWS))
    texts = write(tmp_path / "texts.jsonl", {"text": ""}, {"text": TEXTS[1]})
    arguments = [str(labels), "--texts", str(texts), str(tmp_path / "no.jsonl"), "--out", str(tmp_path / "out.jsonl")]
    assert rebuild_real.main(arguments) == 1
    errors = capsys.readouterr().err
    assert "texts.jsonl:1: field 'text' is empty" in errors
    assert "no.jsonl: no such file" in errors
    assert rebuild_real.main(["no-part", *arguments[1:]]) == 2


@pytest.fixture(scope="module")
def committed() -> dict[str, list[StandOffRow]]:
    return {path.stem: read_stand_off(path) for path in sorted(REAL.glob("*.jsonl"))}


def test_the_committed_labels_are_whole_and_have_no_text(committed: dict[str, list[StandOffRow]]) -> None:
    assert list(committed) == PARTS
    rows = [row for part in committed.values() for row in part]
    for values in ([row.id for row in rows], [row.sha256 for row in rows]):
        assert len(set(values)) == len(values)
    for row in rows:
        assert all(0 <= start < end for start, end, _ in row.spans or ())
    needed = {"id", "corpus", "doc", "sha256", "certainty", "stance", "spans"}
    optional = {"straight", "picked", "genre", "start", "end"}
    for path in REAL.glob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            fields = json.loads(line)
            assert "text" not in fields
            assert needed <= set(fields) <= needed | optional
            # An id, a hash or a label, and no sentence: a document's id may be long, but has few spaces.
            strings = [value for value in fields.values() if isinstance(value, str)]
            assert all(value.count(" ") <= 5 for value in strings)
    assert sum(path.stat().st_size for path in REAL.iterdir()) < 8e6


def test_no_document_is_in_train_and_in_a_dev_part(committed: dict[str, list[StandOffRow]]) -> None:
    in_train = {(row.corpus, row.doc) for row in committed["train"] if row.doc is not None}
    for part in ("dev", "news_dev", "new_sources_dev"):
        assert not in_train & {(row.corpus, row.doc) for row in committed[part] if row.doc is not None}


def test_the_tables_of_the_readme_count_what_is_there(committed: dict[str, list[StandOffRow]]) -> None:
    text = (REAL / "README.md").read_text("utf-8")
    for part, rows in committed.items():
        assert f"| `{part}.jsonl` | {len(rows):,} |" in text
    counts = Counter(row.corpus for rows in committed.values() for row in rows)
    for corpus, count in counts.items():
        assert len(re.findall(rf"^\| {corpus} \| {count:,} \|", text, re.MULTILINE)) == 3, corpus


def test_the_committed_labels_are_those_of_the_shared_files(shared: Path) -> None:
    for part in PARTS:
        theirs = (shared / "corpora" / "real" / f"{part}.jsonl").read_text("utf-8").splitlines()
        ours = (REAL / f"{part}.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line) for line in ours] == [strip_text(json.loads(line)) for line in theirs]
