"""Reading and writing: every row of a file is labelled, or rejected with its line and the reason."""

import csv
import io
import json
from pathlib import Path

import pytest

from hedgerow.readers.formats import read_texts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Layout, Source, Unit

BIG = b"x" * (10 * 2**20 + 1)


def read(data: bytes, format_: str, unit: Unit = Unit.DOCUMENT) -> list[Item]:
    return list(read_texts(Source(io.BytesIO(data), "in", Layout(Format(format_), unit))))


def texts(items: list[Item]) -> list[str]:
    return ["".join(item.chunks) for item in items if isinstance(item, InputText)]


def rejected(items: list[Item]) -> list[tuple[int | None, str]]:
    return [(item.line, item.reason) for item in items if isinstance(item, Rejected)]


@pytest.mark.parametrize(
    ("format_", "data", "line", "reason"),
    [
        ("txt", b"", None, "contains no text"),
        ("txt", b"\xef\xbb\xbf \n", None, "contains no text"),
        ("txt", b"Fine.\nNot \xff fine.", 2, "invalid UTF-8 (byte 0xff at byte 10)"),
        ("txt", b"Cut in a character \xe2\x80", 1, "invalid UTF-8"),
        ("txt", b"One.\n\nT\0wo.", 3, "NUL character"),
        ("jsonl", b"\n\n", None, "contains no text"),
        ("csv", b"", None, "contains no text"),
        ("csv", b"title,body\na,b\n", 1, "no column 'text', only 'title', 'body'"),
        ("csv", b"text,caf\xe9\na,b\n", 1, "invalid UTF-8 in the header (byte 0xe9 at byte 8); it looks like cp1252"),
        ("csv", b"text,a,a\nb,c,d\n", 1, "two columns of the header have the same name"),
        ("csv", b'"title', 1, "broken CSV"),
    ],
)
def test_a_whole_file_is_rejected(format_: str, data: bytes, line: int | None, reason: str) -> None:
    items = read(data, format_)
    ((number, message),) = rejected(items)
    assert number == line
    assert reason in message
    assert format_ != "txt" or [rejection.raw for rejection in items if isinstance(rejection, Rejected)] == [data]


@pytest.mark.parametrize(
    ("format_", "bad", "reason"),
    [
        ("jsonl", b'{"text": "\xff"}', "invalid UTF-8"),
        ("jsonl", b'{"text": "a\\u0000b"}', "NUL character"),
        ("jsonl", b'{"text": "\\ud83d"}', "lone surrogate U+D83D"),
        ("jsonl", b'{"text": "a", "n": 1e999}', "too large"),
        ("jsonl", b'{"text": "a", "text": "b"}', "occurs twice"),
        ("jsonl", b"[" * 100_000, "nested too deeply"),
        ("jsonl", b'{"txt": "a"}', "no field 'text'; the row's fields are 'txt'"),
        ("jsonl", b'{"text": 3}', "int, not text"),
        ("jsonl", b"{", "broken JSON"),
        ("jsonl", b'{"text": "' + BIG + b'"}', "at most 10 MB a row"),
        ("csv", b"2,\xff", "invalid UTF-8"),
        ("csv", b"2,a\0b", "NUL character"),
        ("csv", b"2", "1 columns, but the header has 2"),
        ("csv", b"2,a,b", "3 columns, but the header has 2"),
        ("csv", b'2,"a"b', "broken CSV"),
        ("csv", b"2," + BIG, "a row over 10 MB"),
    ],
)
def test_a_bad_row_is_rejected_and_the_others_are_read(format_: str, bad: bytes, reason: str) -> None:
    head, good = (b"id,text\n", [b"1,First.", b"3,Third."]) if format_ == "csv" else (b"", None)
    good = good or [b'{"text": "First."}', b'{"text": "Third."}']
    items = read(head + good[0] + b"\n" + bad + b"\n" + good[1] + b"\n", format_)
    assert texts(items) == ["First.", "Third."]
    ((number, message),) = rejected(items)
    assert number == (3 if format_ == "csv" else 2)
    assert reason in message
    (rejection,) = [item for item in items if isinstance(item, Rejected)]
    assert rejection.raw is None if len(bad) > 10**7 else (rejection.raw or b"").strip() == bad


def test_a_csv_row_may_span_lines_and_later_line_numbers_are_right() -> None:
    items = read(b'\xef\xbb\xbfid,text\r\n1,"Two\r\nlines, one row."\r\n\r\n2\r\n', "csv")
    assert texts(items) == ["Two\r\nlines, one row."]
    assert rejected(items)[0][0] == 5


def test_a_quote_that_is_never_closed_loses_only_its_own_row() -> None:
    items = read(b'id,text\n1,"He left."\n2,"She ""stayed"".\n3,ok.\n4,"fine."\n5,"open\n6,last\n', "csv")
    assert texts(items) == ["He left.", "ok.", "fine.", "last"]
    assert [line for line, _ in rejected(items)] == [3, 6]


@pytest.mark.slow
def test_a_row_of_very_many_lines_is_read_in_linear_time() -> None:
    items = read(b'text\n"' + b"\n" * 300_000 + b'It ended."\n', "csv")
    assert texts(items) == ["\n" * 300_000 + "It ended."]


def test_other_columns_and_the_id_are_kept() -> None:
    (source,) = read(b'{"id": 7, "text": "Hm.", "date": "2026-01-02", "doc": "mine"}', "jsonl")
    assert isinstance(source, InputText)
    assert (source.name, source.id, dict(source.row)) == ("in:1", 7, {"date": "2026-01-02", "doc": "mine"})


def test_with_unit_sentence_each_line_is_one_sentence() -> None:
    assert texts(read(b"One. Still one.\n\nTwo\n", "txt", Unit.SENTENCE)) == ["One. Still one.", "Two"]


def test_a_text_larger_than_a_chunk_is_read_whole() -> None:
    text = "Ünï. " * 500_000
    assert texts(read(text.encode(), "txt")) == [text]


def test_csv_and_jsonl_output_have_the_same_content(tmp_path: Path, tiny_model: Path) -> None:
    from hedgerow.cli.label import Output, run

    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "x", "text": "He may go. She \\"said\\" so,\\nthen left.", "year": 2020}\n')
    for suffix in ("jsonl", "csv"):
        assert run([source], Output(tmp_path / f"out.{suffix}"), model=str(tiny_model)) == 0
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    with (tmp_path / "out.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert {"doc", "index", "start", "end", "stance"} < set(table[0])
    assert len(rows) == len(table) == 2
    for row, cells in zip(rows, table, strict=True):
        assert (cells["text"], cells["id"], cells["certainty"]) == (row["text"], row["id"], row["certainty"])
        assert float(cells["stance_disputed"]) == row["stance_scores"]["disputed"]
        assert json.loads(cells["spans"]) == row["spans"]
        assert json.loads(cells["row"]) == row["row"] == {"year": 2020}
