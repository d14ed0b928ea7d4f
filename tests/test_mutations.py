"""Damaged files: nothing raises, every row is labelled, rejected or skipped, and slices give what the file gives."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pyarrow
import pyarrow.parquet
import pytest
import zstandard

from hedgerow.errors import InputError
from hedgerow.readers.compression import opened
from hedgerow.readers.formats import read_texts, row_starts
from hedgerow.readers.input_text import InputText, Rejected
from hedgerow.readers.layout import Fields, Format, Layout, Slice, Source, Unit
from hedgerow.readers.parquet import row_groups

pytestmark = pytest.mark.slow

TEXTS = [f"The café “may” close on day {day}, he said; it\u2019s unclear." for day in range(8)]
ROWS = [{"id": n, "text": text, "n": [n, {"a": "b, c"}]} for n, text in enumerate(TEXTS)]
CHATS = [{"id": n, "messages": [{"role": role, "content": text} for role in ("user", "bot")]} for n, text in
         enumerate(TEXTS)]  # fmt: skip


def as_parquet() -> bytes:
    out = io.BytesIO()
    table = pyarrow.table({"id": list(range(8)), "text": TEXTS, "list": [[text, "So."] for text in TEXTS]})
    pyarrow.parquet.write_table(table, out, row_group_size=3)
    return out.getvalue()


CONTENT = {
    "txt": "\n".join(TEXTS).encode(),
    "md": ("# A title\n\n" + "\n\n".join(f"*{text}*" for text in TEXTS)).encode(),
    "html": f"<html><body><article><p>{'</p><p>'.join(TEXTS)}</p></article></body></html>".encode(),
    "jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode(),
    "json": json.dumps(ROWS, ensure_ascii=False, indent=2).encode(),
    "csv": ("id,text,n\n" + "".join(f'{n},"{text}",""\n' for n, text in enumerate(TEXTS))).encode(),
    "tsv": ("id\ttext\n" + "".join(f"{n}\t{text}\n" for n, text in enumerate(TEXTS))).encode(),
    "parquet": as_parquet(),
}
PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Damage the data once or twice."""
    for _ in range(chance.randint(1, 2)):
        at = chance.randrange(len(data) + 1)
        changes: list[Callable[[bytes, int], bytes]] = [
            lambda data, at: data[:at],
            lambda data, at: data[at:],
            lambda data, at: data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
            lambda data, at: data[:at] + b"\0" + data[at:],
            lambda data, at: data[:at] + data[max(0, at - 40) : at] + data[at:],
            lambda data, _: data.replace(b"\n", chance.choice([b"\r\n", b"\r"])),
            lambda data, at: data[:at].replace(b"\n", b"\r") + data[at:],
            lambda data, at: data[:at] + chance.choice(BOMS) + data[at:],
            lambda data, _: chance.choice(BOMS) + data,
            lambda data, at: data[:at] + chance.choice([b'"', b"[", b"]", b"{", b"}", b"\n", b","]) + data[at:],
            lambda data, at: data[:at] + data[at + chance.randrange(60) :],
            lambda data, _: data + data,
        ]
        data = chance.choice(changes)(data, at)
    return data


def read(file: BinaryIO, layout: Layout, slice_: Slice) -> list[str]:
    items = read_texts(Source(file, "in", layout, slice_))
    return [(item.name + "".join(item.chunks)) if isinstance(item, InputText) else repr(item) for item in items]


def slices_of(file: BinaryIO, layout: Layout) -> tuple[list[Slice], int]:
    """Return a slice per place at which a row starts, and the number of items."""
    if layout.format is Format.PARQUET:
        groups = list(row_groups(Source(file, "in", layout)))
        return [Slice(group, group + 1, row) for group, row, _, _ in groups] or [Slice()], sum(g[2] for g in groups)
    starts = list(row_starts(Source(file, "in", layout)))
    places = list(dict(starts).items()) or [(0, 1)]
    places[0] = (0, 1)
    ends = [*(start for start, _ in places[1:]), None]
    return [Slice(at, end, line) for (at, line), end in zip(places, ends, strict=True)], len(starts)


def check(path: Path, layout: Layout) -> None:
    with opened(path) as file:
        items = list(read_texts(Source(file, "in", layout)))
        count = sum(item.rows if isinstance(item, Rejected) else 1 for item in items)
        for item in items:
            if isinstance(item, InputText):
                assert "".join(item.chunks).strip()
        whole = read(file, layout, Slice())
        slices, expected = slices_of(file, layout)
        assert count == max(expected, 1), (whole, expected)
        is_one_rejection = len(items) == 1 and isinstance(items[0], Rejected) and items[0].rows > 1
        if not is_one_rejection:  # a bad header is said in every slice
            assert [item for slice_ in slices for item in read(file, layout, slice_)] == whole


LAYOUTS = [
    *(Layout(Format(name)) for name in CONTENT),
    Layout(Format.TXT, Unit.SENTENCE),
    Layout(Format.JSONL, encoding="cp1252"),
    Layout(Format.CSV, encoding="utf-16"),
    Layout(Format.PARQUET, fields=Fields("list[]")),
]


@pytest.mark.parametrize("pack", [*PACK])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.format}-{layout.unit}-{layout.encoding}")
def test_no_damage_loses_a_row_or_raises(tmp_path: Path, layout: Layout, pack: str) -> None:
    content = CONTENT[layout.format]
    for seed in range(20):
        chance = random.Random(f"{layout.format} {pack} {seed}")
        data = PACK[pack](content)
        # Half of the mutations are of the text inside, half of the packed file.
        data = mutated(data, chance) if seed % 2 else PACK[pack](mutated(content, chance))
        path = tmp_path / f"in{pack}"
        path.write_bytes(data)
        try:
            check(path, layout)
        except InputError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_no_damage_to_a_chat_loses_a_row_or_raises(tmp_path: Path, indent: int | None) -> None:
    for format_ in (Format.JSON, Format.JSONL):
        layout = Layout(format_, fields=Fields("messages[].content", role="bot"))
        for seed in range(20):
            content = [json.dumps(CHATS, indent=indent), "\n".join(json.dumps(chat) for chat in CHATS)][seed % 2]
            path = tmp_path / "in"
            path.write_bytes(mutated(content.encode(), random.Random(seed)))
            check(path, layout)
