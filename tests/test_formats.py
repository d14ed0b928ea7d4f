"""Formats: every supported file is read, and other programs read every format that is written."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow
import pyarrow.parquet
import pytest
import zstandard

from hedgerow.errors import InputError
from hedgerow.labelling.layout import skip_outputs
from hedgerow.readers.compression import opened
from hedgerow.readers.finding import find_inputs
from hedgerow.readers.formats import read_texts as read_texts_of
from hedgerow.readers.formats import row_starts
from hedgerow.readers.input_text import InputText, Item, Rejected, Skipped
from hedgerow.readers.inputs import read_inputs
from hedgerow.readers.layout import Fields, Format, Layout, Limits, Slice, Source, Unit

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><html><head><meta charset="iso-8859-1"><title>Bridge</title><script>var a = "It never
closes.";</script></head><body><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav>
<article><h1>Bridge may close</h1><p>The mayor said on Monday that the bridge <b>may</b> close, and that the caf\xe9
beside it would too.</p><p>Work could begin in May.</p></article><footer>We use cookies.</footer></body></html>"""


def label(paths: list[Path], out: Path | None, **options: Any) -> int:
    from hedgerow.cli.label import Output, run

    return run(paths, Output(out), **options)


def read(path: Path, unit: Unit = Unit.DOCUMENT, fields: Fields | None = None) -> list[Item]:
    return list(read_inputs(find_inputs([path]).files, Layout(unit=unit, fields=fields or Fields())))


def text_of(path: Path) -> str:
    (text,) = read_texts(path)
    return text


def read_texts(path: Path, unit: Unit = Unit.DOCUMENT) -> list[str]:
    texts = []
    for text in read_inputs(find_inputs([path]).files, Layout(unit=unit)):
        assert isinstance(text, InputText)
        texts.append("".join(text.chunks))
    return texts


def rejected(path: Path, fields: Fields | None = None) -> list[Rejected]:
    return [item for item in read(path, fields=fields) if isinstance(item, Rejected)]


def write_parquet(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pyarrow.parquet.write_table(pyarrow.table(columns), path, **options)
    return path


def test_the_article_of_a_page_is_read_in_the_encoding_of_the_page(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE.encode("latin-1"))
    text = text_of(path)
    assert text.split("\n\n")[0] == "Bridge may close"
    assert "the café" in text
    assert not any(word in text for word in ("Home", "cookies", "never"))


def test_a_short_page_is_a_text_and_an_empty_page_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "short.htm").write_text("<p>It may rain.")
    assert text_of(tmp_path / "short.htm") == "It may rain."
    (tmp_path / "void.html").write_text("<html><body></body></html>")
    (rejection,) = rejected(tmp_path / "void.html")
    assert rejection.reason == "no article text found in the page"
    assert rejection.raw == b"<html><body></body></html>"


def test_a_markdown_heading_is_a_sentence_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "# Rain may come\nThey said so.\n\n```\nx = 1\n```\n"
    (tmp_path / "a.md").write_text(text)
    (tmp_path / "code.md").write_text("```\nx = 1\n```\n")
    assert label([tmp_path / "a.md", tmp_path / "code.md"], None, model="lexicon") == 1
    shown = capsys.readouterr()
    rows = [json.loads(line) for line in shown.out.splitlines()]
    extracted = "Rain may come\n\nThey said so."
    assert [row["text"] for row in rows] == ["Rain may come", "They said so."]
    assert all(extracted[row["start"] : row["end"]] == row["text"] for row in rows)
    assert "code.md: contains no text, or only code" in shown.err


LINES = b'{"text": "One."}\n{"text": "Two."}\n'


PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".zst": zstandard.compress,
    ".bz2": lambda data: bz2.compress(data, 1),  # the smallest blocks: one is lost whole
    ".xz": lzma.compress,
}


def compressed(data: bytes, suffix: str) -> bytes:
    return PACK[suffix](data)


@pytest.mark.parametrize("suffix", [*PACK])
def test_compressed_files_of_several_members_are_read(tmp_path: Path, suffix: str) -> None:
    for name, data in (("a.jsonl", LINES), ("a.csv", b"text\nOne.\nTwo.\n"), ("a.tsv", b"text\nOne.\nTwo.\n")):
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(compressed(data[:10], suffix) + compressed(data[10:], suffix))
        assert read_texts(path) == ["One.", "Two."]
    (tmp_path / f"a.txt{suffix}").write_bytes(compressed(b"One.\nTwo.\n", suffix))
    assert read_texts(tmp_path / f"a.txt{suffix}") == ["One.\nTwo.\n"]
    assert read_texts(tmp_path / f"a.txt{suffix}", Unit.SENTENCE) == ["One.", "Two."]


@pytest.mark.parametrize("suffix", [*PACK])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt"])
def test_rows_before_the_end_of_a_truncated_file_are_kept(tmp_path: Path, suffix: str, name: str) -> None:
    rows = [f"It may rain on day {number * number}." for number in range(20_000)]
    data = {
        "a.jsonl": "".join(f'{{"text": "{row}"}}\n' for row in rows),
        "a.csv": "text\n" + "".join(f"{row}\n" for row in rows),
        "a.txt": "\n".join(rows),
    }[name]
    path = tmp_path / f"{name}{suffix}"
    packed = compressed(data.encode(), suffix)
    path.write_bytes(packed[: len(packed) * 2 // 3])
    *whole, last = read(path)
    assert isinstance(last, Rejected)
    assert "compressed data broken after byte" in last.reason
    texts = ["".join(text.chunks) for text in whole if isinstance(text, InputText)]
    assert texts == rows[: len(texts)]
    assert name == "a.txt" or 5_000 < len(texts) < 20_000
    assert name != "a.jsonl" or last.line == len(texts) + 1


@pytest.mark.parametrize("format_", [Format.JSONL, Format.CSV])
@pytest.mark.parametrize("lost", [0, 8, 12])  # bytes: none, the checksum after the last row, some of the last row
def test_slices_give_what_the_whole_file_gives(tmp_path: Path, format_: Format, lost: int) -> None:
    data = LINES + b"\n" + LINES if format_ is Format.JSONL else b'text\nOne.\n"Two\nlines."\n\nThree.\n'
    packed = gzip.compress(data)
    path = tmp_path / "a.gz"
    path.write_bytes(packed[: len(packed) - lost])

    def items(file: BinaryIO, slice_: Slice) -> list[str]:
        texts = read_texts_of(Source(file, "a", Layout(format_), slice_))
        return [text.name + "".join(text.chunks) if isinstance(text, InputText) else str(text) for text in texts]

    with opened(path) as file:
        starts = list(row_starts(Source(file, "", Layout(format_))))
        ends = [*(start for start, _ in starts[1:]), None]
        slices = [Slice(start, end, line) for (start, line), end in zip(starts, ends, strict=True)]
        assert len(slices) >= 3
        assert [item for slice_ in slices for item in items(file, slice_)] == items(file, Slice())


def test_a_file_that_is_not_compressed_is_rejected(tmp_path: Path) -> None:
    for suffix in PACK:
        for name in ("a.jsonl", "a.csv", "a.txt", "a.json"):
            path = tmp_path / f"{name}{suffix}"
            path.write_bytes(LINES)
            (rejection,) = rejected(path)
            assert f"is not compressed data, or its first bytes are damaged; remove the suffix {suffix}" in (
                rejection.reason
            )
            path.write_bytes(b"PK\3\4" + b"\0" * 30)
            assert "is a zip archive" in rejected(path)[0].reason
            for other in PACK.keys() - {suffix}:
                path.write_bytes(compressed(LINES, other))
                assert f"is {other} data, not {suffix}; give it the suffix {other}" in rejected(path)[0].reason


def test_compressed_data_without_its_suffix_is_named(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.csv", "a.txt", "a.json"):
        for suffix in PACK:
            (tmp_path / name).write_bytes(compressed(LINES, suffix))
            assert f"is {suffix} data; give it the suffix {suffix}" in rejected(tmp_path / name)[0].reason
        (tmp_path / name).write_bytes(b"%PDF-1.7\n...")
        assert "is a PDF" in rejected(tmp_path / name)[0].reason
    (tmp_path / "a.zip").write_bytes(b"PK\3\4")
    (file,) = find_inputs([tmp_path / "a.zip"]).files
    assert file.reason == "is an archive; unpack it first"


def test_zst_with_a_window_of_2_gb_is_read(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=31, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    (tmp_path / "a.jsonl.zst").write_bytes(packer.compress(LINES) + packer.flush())
    assert read_texts(tmp_path / "a.jsonl.zst") == ["One.", "Two."]


def test_a_compressed_text_is_not_unpacked_beyond_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"It may rain. " * 10)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"It may rain. " * 10))
    (text,) = read_inputs(find_inputs([tmp_path / "a.txt"]).files, Layout(limits=Limits(bytes=100)))
    assert isinstance(text, InputText)
    (rejection,) = read_inputs(find_inputs([tmp_path / "a.txt.gz"]).files, Layout(limits=Limits(bytes=100)))
    assert "over 100 bytes unpacked; raise --max-bytes" in str(rejection)


def test_parquet_rows_come_with_their_other_columns(tmp_path: Path) -> None:
    columns = {
        "key": [7, 8],
        "body": ["It may rain.", "It did."],
        "day": [date(2026, 1, 2), None],
        "x": [float("nan"), 1],
    }
    path = write_parquet(tmp_path / "a.parquet", columns)
    first, second = read(path, fields=Fields("body", "key"))
    assert isinstance(first, InputText)
    assert isinstance(second, InputText)
    assert (first.name, first.id, dict(first.row)) == (f"{path}:1", 7, {"day": "2026-01-02", "x": None})
    assert (second.name, list(second.chunks)) == (f"{path}:2", ["It did."])


def test_bad_rows_of_parquet_are_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    texts = ["Fine.", None, " ", "a\0b", "x" * (10 * 2**20 + 1), "Last."]
    path = write_parquet(tmp_path / "a.parquet", {"text": texts})
    items = read(path)
    assert [isinstance(item, InputText) for item in items] == [True, False, False, False, False, True]
    assert items[1:3] == [Skipped(str(path), 2), Skipped(str(path), 3)]
    reasons = [(item.row, item.reason.split()[0]) for item in items if isinstance(item, Rejected)]
    assert reasons == [(4, "NUL"), (5, "a")]
    assert [json.loads(r.raw or b"{}").get("text") for r in rejected(path)] == ["a\0b", None]


@pytest.mark.parametrize("size", ["", "large_"])
def test_a_parquet_text_that_is_not_utf_8_is_rejected_with_its_bytes(tmp_path: Path, size: str) -> None:
    written = pyarrow.array([b"Fine.", b"caf\xe9", b"Last."], getattr(pyarrow, f"{size}binary")())
    text = written.view(getattr(pyarrow, f"{size}string")())
    path = write_parquet(tmp_path / "a.parquet", {"text": text})
    first, second, third = read(path)
    assert isinstance(second, Rejected)
    assert (second.row, second.raw) == (2, b"caf\xe9")
    assert isinstance(first, InputText)
    assert isinstance(third, InputText)


def test_a_corrupt_row_group_loses_only_its_own_rows(tmp_path: Path) -> None:
    texts = [f"It may rain on day {number}." for number in range(300)]
    path = write_parquet(
        tmp_path / "a.parquet", {"text": texts}, row_group_size=100, compression="zstd", use_dictionary=False
    )
    offset = pyarrow.parquet.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[offset : offset + 60] = b"\xff" * 60
    path.write_bytes(data)
    items = read(path)
    assert ["".join(item.chunks) for item in items if isinstance(item, InputText)] == texts[:100] + texts[200:]
    (rejection,) = [item for item in items if isinstance(item, Rejected)]
    assert (rejection.row, rejection.rows) == (101, 100)
    assert "row group 1 cannot be read from row 101 on" in rejection.reason


def test_a_file_that_is_not_parquet_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 but not really")
    (rejection,) = rejected(tmp_path / "a.parquet")
    assert "not a whole Parquet file" in rejection.reason
    assert (
        "no field 'text'; the row's fields are 'body'"
        in rejected(write_parquet(tmp_path / "b.parquet", {"body": ["x"]}))[0].reason
    )


def test_folders_and_patterns_name_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/one.jsonl.gz", "a/two.md", "a/.hidden.txt", ".git/x.txt", "a/picture.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [file.name for file in find_inputs([tmp_path]).files] == [
        str(tmp_path / name) for name in ("b.txt", "a/one.jsonl.gz", "a/two.md")
    ]
    assert [file.path.name for file in find_inputs([tmp_path / "**" / "*.gz"]).files] == ["one.jsonl.gz"]
    (nothing,) = find_inputs([tmp_path / "*.csv"]).files
    assert (nothing.format, nothing.reason) == (None, "no supported file matches this pattern")


def test_the_fields_of_text_and_id_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"body": "Hm.", "key": "k", "id": 1}\n{"body": "Hm."}\n')
    text, rejection = read(tmp_path / "a.jsonl", fields=Fields("body", "key"))
    assert isinstance(text, InputText)
    assert (text.id, dict(text.row)) == ("k", {"id": 1})
    assert isinstance(rejection, Rejected)
    assert rejection.reason == "no field 'key'; the row's fields are 'body'"
    (tmp_path / "a.csv").write_text("key;body\n1;Hm.\n")
    (rejection,) = read_inputs(find_inputs([tmp_path / "a.csv"]).files, Layout(fields=Fields("body"), delimiter=","))
    assert "no column 'body', only 'key;body'; choose a column with --text-field, or name the" in str(rejection)


@pytest.fixture
def labelled(tmp_path: Path) -> dict[str, Path]:
    """The same two rows labelled to each format."""
    (tmp_path / "in.jsonl").write_text('{"id": 7, "text": "He may go. She \\"said\\" so.", "year": 2020}\n')
    paths = {suffix: tmp_path / f"out.{suffix}" for suffix in ("jsonl", "csv", "parquet")}
    for path in paths.values():
        assert label([tmp_path / "in.jsonl"], path, model="lexicon") == 0
    return paths


def test_parquet_has_the_content_of_json_lines_in_typed_nested_columns(labelled: dict[str, Path]) -> None:
    table = pyarrow.parquet.read_table(labelled["parquet"])
    rows = [json.loads(line) for line in labelled["jsonl"].read_text().splitlines()]
    assert len(rows) == table.num_rows == 2
    for row, cells in zip(rows, table.to_pylist(), strict=True):
        assert (cells.pop("id"), json.loads(cells.pop("row")), cells.pop("read_to")) == ("7", {"year": 2020}, None)
        assert cells.pop("speaker") is None
        spans = [{**span, "score": span.get("score")} for span in row["spans"]]
        assert cells == {key: row.get(key) for key in cells} | {"spans": spans}
    assert pyarrow.types.is_list(table.schema.field("spans").type)
    assert pyarrow.types.is_struct(table.schema.field("certainty_scores").type)


def test_pandas_reads_back_what_was_written(labelled: dict[str, Path]) -> None:
    import pandas

    frames = [
        pandas.read_json(labelled["jsonl"], lines=True),
        pandas.read_csv(labelled["csv"]),
        pandas.read_parquet(labelled["parquet"]),
    ]
    for frame in frames:
        assert list(frame["certainty"]) == ["possible", "certain"]
        assert list(frame["start"]) == [0, 11]


def test_datasets_reads_back_what_was_written(labelled: dict[str, Path], tmp_path: Path) -> None:
    import datasets

    for suffix, loader in (("jsonl", "json"), ("csv", "csv"), ("parquet", "parquet")):
        data = datasets.load_dataset(
            loader, data_files=str(labelled[suffix]), split="train", cache_dir=str(tmp_path / "cache")
        )
        assert data["certainty"][:] == ["possible", "certain"]


def test_a_row_with_a_lone_surrogate_is_rejected_with_its_bytes(tmp_path: Path) -> None:
    bad = b'{"text": "\\ud83d"}'
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "Fine."}\n' + bad + b"\n")
    assert label([tmp_path / "a.jsonl"], tmp_path / "out.jsonl", model="lexicon") == 1
    (row,) = [json.loads(line) for line in (tmp_path / "out.jsonl.rejected.jsonl").read_text().splitlines()]
    assert (row["line"], row["byte"], base64.b64decode(row["raw"])) == (2, 18, bad)
    assert "lone surrogate" in row["reason"]


def test_options_in_a_file_are_checked_and_flags_override_them(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"body": "Hm."}\n')
    config = tmp_path / "options.toml"
    config.write_text('model = "lexicon"\ntext_field = "none"\n')
    assert label([tmp_path / "a.jsonl"], tmp_path / "a.csv", config=config, text_field="body") == 0
    config.write_text('modl = "lexicon"\n')
    with pytest.raises(InputError, match=r"options\.toml: unknown option 'modl'; did you mean 'model'\?"):
        label([tmp_path / "a.jsonl"], None, config=config)
    config.write_text("shard_rows = 0\n")
    with pytest.raises(InputError, match=r"shard_rows = 0: input should be greater than or equal to 1"):
        label([tmp_path / "a.jsonl"], None, config=config)


def test_a_named_format_overrides_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("text\tn\nIt may rain.\t1\n")
    (file,) = find_inputs([tmp_path / "a.log"], Format.TSV).files
    (text,) = read_inputs([file], Layout())
    assert isinstance(text, InputText)
    assert text.row == {"n": "1"}


def test_standard_input_is_read_in_the_named_format(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", {"text": ["It may rain."]})
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((tmp_path / "a.parquet").read_bytes())))
    (text,) = read_inputs(find_inputs([Path("-")], Format.PARQUET).files, Layout())
    assert isinstance(text, InputText)
    assert text.name == "stdin:1"


def test_output_of_a_run_is_not_input_and_patterns_find_folders(tmp_path: Path) -> None:
    for name in ("2023/a.txt", "2024/b.txt", "20x.txt", "run/parts/part-00000.jsonl", "run/manifest.json", "o.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("He may go.")
    keys = ("schema", "complete", "settings", "parts")
    (tmp_path / "run/manifest.json").write_text(json.dumps(dict.fromkeys(keys)))
    assert label([tmp_path / "20x.txt"], tmp_path / "o.jsonl", model="lexicon", force=True) == 0

    def names(pattern: str, out: str) -> list[str]:
        files = find_inputs([tmp_path / pattern], skip=skip_outputs(tmp_path / out, force=False)).files
        return [file.path.relative_to(tmp_path).as_posix() for file in files]

    assert names("", "o.jsonl") == ["20x.txt", "2023/a.txt", "2024/b.txt"]
    assert names("20*", "other") == ["2023/a.txt", "2024/b.txt", "20x.txt"]
    assert names("**", "o.jsonl") == ["20x.txt", "2023/a.txt", "2024/b.txt"]


@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_a_page_or_markdown_file_is_not_one_sentence_per_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<p>He may go. She may.</p>")
    (rejection,) = read(tmp_path / name, Unit.SENTENCE)
    assert isinstance(rejection, Rejected)
    assert "leave out --unit sentence" in rejection.reason
