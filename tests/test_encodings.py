"""Encodings and line ends: recognised, named by the user, or suggested in the message, never guessed silently."""

from __future__ import annotations

import encodings.aliases
import io
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from hedgerow.errors import InputError
from hedgerow.io.optional import library
from hedgerow.readers.formats import read_texts, row_starts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Layout, Slice, Source, Unit

ROOT = Path(__file__).parents[1]
TEXT = "The café “may” close, he said."
CONTENT = {
    Format.TXT: TEXT,
    Format.MD: TEXT,
    Format.CSV: f'id,text\n1,"{TEXT}"\n',
    Format.TSV: f"id\ttext\n1\t{TEXT}\n",
    Format.JSONL: json.dumps({"id": 1, "text": TEXT}, ensure_ascii=False) + "\n",
    Format.JSON: json.dumps([{"id": 1, "text": TEXT}], ensure_ascii=False, indent=1),
}


def read(data: bytes, format_: Format, encoding: str | None = None, unit: Unit = Unit.DOCUMENT) -> list[Item]:
    return list(read_texts(Source(io.BytesIO(data), "in", Layout(format_, unit, encoding=encoding))))


def texts(items: list[Item]) -> list[str]:
    return ["".join(item.chunks) for item in items if isinstance(item, InputText)]


def reason(data: bytes, format_: Format = Format.CSV, encoding: str | None = None) -> str:
    (rejection,) = [item for item in read(data, format_, encoding) if isinstance(item, Rejected)]
    return rejection.reason


@pytest.mark.parametrize("format_", [*CONTENT])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_names_the_encoding(format_: Format, encoding: str) -> None:
    text = "\ufeff" + CONTENT[format_] if encoding[-2:] in ("le", "be") else CONTENT[format_]
    assert texts(read(text.encode(encoding), format_)) == [TEXT]
    assert texts(read(text.encode(encoding), format_, "cp1252")) == [TEXT]


@pytest.mark.parametrize("format_", [*CONTENT])
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "utf-16-be", "utf-16-le", "gb18030", "UTF8"])
def test_an_encoding_can_be_named(format_: Format, encoding: str) -> None:
    assert texts(read(CONTENT[format_].encode(encoding), format_, encoding)) == [TEXT]


@pytest.mark.parametrize("format_", [*CONTENT])
def test_utf_16_without_a_mark_is_named(format_: Format) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        data = CONTENT[format_].encode(encoding)
        assert reason(data, format_) == f"looks like UTF-16 without a byte order mark: --encoding {encoding}"
        assert texts(read(data, format_, "utf-16")) == [TEXT]
        assert list(row_starts(Source(io.BytesIO(data), "in", Layout(format_)))) == [(0, 1)]


@pytest.mark.parametrize("format_", [*CONTENT])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_lines_may_end_in_cr_alone(format_: Format, encoding: str) -> None:
    data = CONTENT[format_].replace("\n", "\r").encode(encoding)
    assert texts(read(data, format_, encoding)) == [TEXT]
    assert texts(read("One.\rTwo.\r".encode(encoding), Format.TXT, encoding)) == ["One.\nTwo.\n"]
    sentences = read("One.\rTwo.\r".encode(encoding), Format.TXT, encoding, Unit.SENTENCE)
    assert texts(sentences) == ["One.", "Two."]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("The minister’s “final” offer – worth €2 billion", "cp1252"),
        ("It’s over", "cp1252"),
        ("The café opened", "cp1252"),
        ("Señor Núñez may resign", "cp1252"),
        ("Temperatures of 30° and £5", "cp1252"),
        ("The café’s owner said “no”", "mac_roman"),
        ("They sat in the café", "cp850"),
        ("Министр сказал, что мост может быть закрыт в мае", "cp1251"),
        ("市長は、橋が五月に閉鎖されるかもしれないと述べた。", "cp932"),
    ],
)
@pytest.mark.parametrize("format_", [Format.CSV, Format.JSONL, Format.TXT, Format.JSON, Format.TSV])
def test_the_message_suggests_the_encoding_of_a_short_text(text: str, encoding: str, format_: Format) -> None:
    data = CONTENT[format_].replace(TEXT, text).encode(encoding)
    message = reason(data, format_)
    assert message.startswith("invalid UTF-8 (byte 0x")
    assert message.endswith(f"; it looks like {encoding}: --encoding {encoding} (for this file alone)")
    assert texts(read(data, format_, encoding)) == [text]


def test_a_damaged_utf_8_file_is_not_taken_for_another_encoding() -> None:
    rows = "id,text\n1,It’s fine.\n2,It’s bad: \udc92.\n".encode("utf-8", "surrogateescape")
    assert "the rest is UTF-8, so the file is damaged there or has two encodings; repair it" in reason(rows)
    lines = b'{"text": "Fine \xe2\x80\x99"}\n{"text": "Bad \x92"}\n'
    assert texts(read(lines, Format.JSONL)) == ["Fine ’"]
    assert "the rest is UTF-8" in reason(lines, Format.JSONL)


def test_without_the_library_the_message_says_only_to_name_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes("Министр сказал".encode("cp1251"))
    code = (
        "import sys; sys.modules['charset_normalizer'] = None; from pathlib import Path;"
        "from hedgerow.readers.finding import find_inputs; from hedgerow.readers.inputs import read_inputs;"
        "from hedgerow.readers.layout import Layout;"
        f"print(*read_inputs(find_inputs([Path({str(path)!r})]).files, Layout()))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip().endswith("invalid UTF-8 (byte 0xcc at byte 0); name its encoding with --encoding")
    assert library("charset_normalizer", needed_for="encodings")


def test_bytes_that_the_named_encoding_lacks_cost_only_their_row() -> None:
    items = read(b"id,text\n1,Fine \x92.\n2,Bad \x81.\n", Format.CSV, "cp1252")
    assert texts(items) == ["Fine ’."]
    assert reason(b"text\nBad \x81.\n", Format.CSV, "cp1252").startswith("not all of it is cp1252; check --encoding")
    assert "not all of it is utf-16-le" in reason("One.".encode("utf-16") + b"\0", Format.TXT)


@pytest.mark.parametrize(
    "name",
    [
        *("nonsense", "base64", "rot13", "hex", "", "undefined", "idna", "punycode", "charmap", "utf_7", "UTF-7"),
        *("unicode_escape", "raw_unicode_escape"),
    ],
)
def test_an_encoding_that_python_lacks_is_an_error_before_reading(name: str) -> None:
    with pytest.raises(InputError, match=f"--encoding {name}: no such encoding"):
        Layout(encoding=name)


@pytest.mark.parametrize("format_", [Format.CSV, Format.TSV, Format.JSONL, Format.JSON])
def test_a_mark_within_a_file_is_dropped(format_: Format) -> None:
    content = CONTENT[format_].rstrip() + "\n"
    assert texts(read(("\ufeff" + content + "\ufeff" + content).encode(), format_)) == [TEXT, TEXT]


def test_a_mark_within_a_text_is_kept_and_one_alone_is_no_text() -> None:
    assert texts(read("\ufeffOne. \ufeffTwo.".encode(), Format.TXT)) == ["One. \ufeffTwo."]
    assert texts(read('{"text": "\ufeff"}\n{"text": "One."}\n'.encode(), Format.JSONL)) == ["One."]


@pytest.mark.parametrize("format_", [Format.CSV, Format.JSONL, Format.JSON])
def test_slices_of_a_converted_file_are_in_utf_8(format_: Format) -> None:
    rows = [f"Day {day}: it’s over." for day in range(5)]
    content = {
        Format.CSV: "id,text\r" + "".join(f"{n},{row}\r" for n, row in enumerate(rows)),
        Format.JSONL: "".join(f'{{"text": "{row}"}}\r' for row in rows),
        Format.JSON: json.dumps([{"text": row} for row in rows], ensure_ascii=False),
    }[format_]
    layout = Layout(format_, encoding="cp1252")
    file = io.BytesIO(content.encode("cp1252"))
    starts = [*row_starts(Source(file, "in", layout)), (None, 0)]
    found = []
    for (start, number), (end, _) in pairwise(starts):
        assert start is not None
        found += texts(list(read_texts(Source(file, "in", layout, Slice(start, end, number)))))
    assert found == rows


@pytest.mark.parametrize("name", sorted({*encodings.aliases.aliases.values(), "utf_8_sig", "cp1125", "mac_arabic"}))
def test_no_encoding_ends_in_a_traceback(name: str) -> None:
    try:
        layout = Layout(Format.TXT, encoding=name)
    except InputError:
        return
    for data in (bytes(range(256)), b"It may rain.", b"\x1b$B", b"~{", b"\xff", b"a" * 9 + b"\x80"):
        assert len(list(read_texts(Source(io.BytesIO(data), "in", layout)))) == 1


@pytest.mark.parametrize("named", ["cp1252", "mac_roman", "cp850", "cp1251", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("format_", [*CONTENT])
def test_a_utf_8_file_among_files_of_a_named_encoding_is_not_misread(format_: Format, named: str) -> None:
    message = "is UTF-8; leave out --encoding, or label it by itself"
    assert reason(CONTENT[format_].encode(), format_, named) == message
    late = "It may rain. " * 30_000 + TEXT
    assert reason(CONTENT[format_].replace(TEXT, late).encode(), format_, named) == message


def test_what_could_be_utf_8_by_chance_is_read_in_the_named_encoding() -> None:
    assert texts(read("L’État may fall.".encode("mac_roman"), Format.TXT, "mac_roman")) == ["L’État may fall."]
    assert texts(read(b"It may rain.", Format.TXT, "cp1252")) == ["It may rain."]
    assert "is UTF-8" in reason("Министр сказал".encode(), Format.TXT, "cp1252")
