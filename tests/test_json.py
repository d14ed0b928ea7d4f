"""JSON of any layout: arrays, objects over several lines or in a row, archives, nested fields, chats, limits."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from hedgerow.labelling.options import Options
from hedgerow.labelling.run_folder import label_to_run
from hedgerow.readers.formats import read_texts, row_starts
from hedgerow.readers.input_text import InputText, Item, Rejected, Skipped
from hedgerow.readers.layout import Fields, Format, Layout, Source

ROWS = [{"id": 1, "text": "It may."}, {"id": 2, "text": "It did."}]
LAYOUTS = {
    "array": json.dumps(ROWS),
    "indented array": json.dumps(ROWS, indent=4),
    "array of lines": "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n",
    "pretty": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "in a row": "".join(map(json.dumps, ROWS)),
    "with commas": "".join(json.dumps(row) + ",\n" for row in ROWS),
    "arrays": "\n".join(json.dumps([row]) for row in ROWS),
    "Twitter": f"window.YTD.tweets.part0 = {json.dumps(ROWS, indent=2)}",
    "script": f"var rows = {json.dumps(ROWS)};",
    "record separators": "".join(f"\x1e{json.dumps(row, indent=1)}\n" for row in ROWS),
    "with a mark": "\ufeff" + json.dumps(ROWS),
}


def read(text: str | bytes, format_: Format = Format.JSON, fields: Fields | None = None) -> list[Item]:
    data = text.encode() if isinstance(text, str) else text
    layout = Layout(format_, fields=fields or Fields())
    items = list(read_texts(Source(io.BytesIO(data), "in", layout)))
    assert len(items) == max(1, len(list(row_starts(Source(io.BytesIO(data), "in", layout)))))
    return items


def texts(items: list[Item]) -> list[tuple[str, str, Any]]:
    return [(item.name, "".join(item.chunks), item.id) for item in items if isinstance(item, InputText)]


def reasons(items: list[Item]) -> list[str]:
    return [item.reason for item in items if isinstance(item, Rejected)]


@pytest.mark.parametrize("format_", [Format.JSON, Format.JSONL])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read(layout: str, format_: Format) -> None:
    items = read(LAYOUTS[layout], format_)
    assert texts(items) == [("in:1", "It may.", 1), ("in:2", "It did.", 2)]
    assert reasons(items) == []


def test_json_lines_may_be_called_json() -> None:
    assert texts(read("\n".join(map(json.dumps, ROWS)), Format.JSON)) == [
        ("in:1", "It may.", 1),
        ("in:2", "It did.", 2),
    ]


def test_a_broken_first_line_does_not_hide_the_lines_after_it() -> None:
    for broken in ('{"text": "a "b"}', '{"text": "a"', "{", "nonsense"):
        items = read(broken + '\n{"text": "Fine."}\n{"text": "Good."}\n', Format.JSONL)
        assert [text for _, text, _ in texts(items)] == ["Fine.", "Good."]
        assert len(reasons(items)) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"meta": {"n": 2}, "data": [{"id": 1, "text": "It may."}, {"id": 2, "text": "It did."}]}',
        '{"response": {"status": "ok", "results": [{"id": 1, "text": "It may."}, {"id": 2, "text": "It did."}]}}',
        json.dumps({"pages": 1, "articles": ROWS, "tags": [1, 2], "people": [{"name": "x"}]}, indent=2),
    ],
)
def test_the_one_list_of_an_object_holds_the_rows(text: str) -> None:
    assert texts(read(text)) == [("in:1[1]", "It may.", 1), ("in:1[2]", "It did.", 2)]


def test_an_object_with_several_lists_or_none_is_rejected_with_the_cure() -> None:
    both = {"posts": ROWS, "answers": ROWS}
    assert reasons(read(json.dumps(both))) == [
        "several lists have 'text'; choose one: --text-field 'posts[].text' or --text-field 'answers[].text'"
    ]
    assert len(texts(read(json.dumps(both), fields=Fields("answers[].text")))) == 2
    assert reasons(read('{"data": [{"body": "It may."}]}')) == [
        "no field 'text'; the row's fields are 'data'; did you mean --text-field 'data[].body'?"
    ]
    assert reasons(read('{"data": [{"text": "It may."}]}\n' * 2, Format.JSONL))[0].endswith(
        "did you mean --text-field 'data[].text'?"
    )


@pytest.mark.parametrize(
    ("row", "field", "found"),
    [
        ({"data": {"text": "A.", "day": 1}, "id": 5}, "data.text", [("in:1", "A.", 5)]),
        ({"tweet": {"full_text": "A."}}, "tweet.full_text", [("in:1", "A.", None)]),
        ({"data.text": "A.", "data": {"text": "B."}}, "data.text", [("in:1", "A.", None)]),
        ({"id": 1, "parts": ["A.", "B."]}, "parts[]", [("in:1[1]", "A.", 1), ("in:1[2]", "B.", 1)]),
        ({"a": [{"b": [{"c": "A."}]}, {"b": [{"c": "B."}, {"c": "C."}]}]}, "a[].b[].c",
         [("in:1[1][1]", "A.", None), ("in:1[2][1]", "B.", None), ("in:1[2][2]", "C.", None)]),
        ({"text": {"0": "A.", "1": "B."}}, "text[]", [("in:1[1]", "A.", None), ("in:1[2]", "B.", None)]),
        ({"list": [{"id": 7, "text": "A."}]}, "list[].text", [("in:1[1]", "A.", 7)]),
    ],
)  # fmt: skip
def test_a_path_leads_into_a_row(row: dict[str, Any], field: str, found: list[tuple[str, str, Any]]) -> None:
    for format_ in (Format.JSONL, Format.JSON):
        items = read(json.dumps(row) + "\n", format_, Fields(field))
        assert texts(items) == found
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), out)
    source = Source(out, "in", Layout(Format.PARQUET, fields=Fields(field)))
    if field != "text[]":  # Parquet has no objects with free keys
        assert texts(list(read_texts(source))) == found


def test_the_other_fields_come_along_without_the_list() -> None:
    record = {"id": 3, "topic": "x", "log": [{"role": "bot", "text": "A.", "at": 9, "topic": "y"}]}
    (item,) = read(json.dumps(record), fields=Fields("log[].text"))
    assert isinstance(item, InputText)
    assert (item.id, dict(item.row)) == (3, {"topic": "x", "role": "bot", "at": 9})
    (item,) = read('{"data": {"text": "A.", "day": 1}, "n": 2}', fields=Fields("data.text"))
    assert isinstance(item, InputText)
    assert dict(item.row) == {"data": {"day": 1}, "n": 2}
    (item,) = read('{"meta": {"key": "k"}, "text": "A."}\n', Format.JSONL, Fields(id="meta.key"))
    assert isinstance(item, InputText)
    assert item.id == "k"


CONTENT = {"role": "user", "content": "A."}


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"data": {"body": "A."}}, "data.text", "field 'data.text': no field 'text'; the fields there are 'body'"),
        ({"data": "A."}, "data.text", "field 'data.text': is str, not an object with 'text'"),
        ({"list": "A."}, "list[].text", "field 'list[].text': is str, not a list"),
        ({"list": [{"text": 5}]}, "list[].text", "element [1]: field 'list[].text' is int, not text"),
        ({"list": [{"body": "A."}]}, "list[].text", "element [1]: field 'list[].text': no field 'text'; the"),
        ({"data": {"text": "A."}}, "text", "no field 'text'; the row's fields are 'data'; did you mean --text-field"),
        ({"text": ["A.", "B."]}, "text", "is list, not text; read its elements: --text-field 'text[]'"),
        ({"text": [{"body": "A."}]}, "text", "is list, not text; read its elements: --text-field 'text[].body'"),
        ({"text": {"body": "A."}}, "text", "is dict, not text; name a field in it: --text-field 'text.body'"),
        ({"text": True}, "text", "field 'text' is bool, not text"),
        ({"text": [CONTENT]}, "text", "is list, not text; read its elements: --text-field 'text[].content'"),
        ({"0": {"text": "A."}, "1": {"text": "B."}}, "text", "did you mean --text-field '[].text'?"),
        ({"data": {"a": {"text": "A."}, "b": {"text": "B."}}}, "text", "did you mean --text-field 'data[].text'?"),
        (
            {"messages": [CONTENT]},
            "messages.content",
            "not an object with 'content'; did you mean --text-field 'messages[].content'?",
        ),
        ({"messages": [CONTENT]}, "messages.*.content", "did you mean --text-field 'messages[].content'?"),
        ({"a": {"b": [{"c": [CONTENT]}]}}, "a.b.c.content", "did you mean --text-field 'a.b[].c[].content'?"),
        ({"a": [{"c": [CONTENT]}]}, "a[].c.content", "did you mean --text-field 'a[].c[].content'?"),
        ({"messages": [CONTENT]}, "[]", "field '[]' is list, not text; read its elements: --text-field '[][].content'"),
        ({"Text": "A."}, "text", "did you mean --text-field 'Text'?"),
        ({"messages": [{"role": "u", "content": "A."}]}, "text", "did you mean --text-field 'messages[].content'?"),
    ],
)
def test_a_field_that_is_not_there_is_rejected_with_the_cure(row: dict[str, Any], field: str, reason: str) -> None:
    (rejection,) = reasons(read(json.dumps(row) + "\n", Format.JSONL, Fields(field)))
    assert reason in rejection


@pytest.mark.parametrize(("row", "field"), [({"text": [1, 2]}, "text"), ({"text": [{"role": "user"}]}, "text"),
                                            ({"a": [{"b": 1}]}, "a.b"), ({"a": {"id": "x"}}, "a")])  # fmt: skip
def test_a_cure_that_would_not_help_is_not_said(row: dict[str, Any], field: str) -> None:
    (rejection,) = reasons(read(json.dumps(row) + "\n", Format.JSONL, Fields(field)))
    assert "--text-field" not in rejection


def test_missing_values_are_skipped_and_counted() -> None:
    lines = [
        b'{"text": null}',
        b'{"text": NaN}',
        b'{"text": ""}',
        b'{"text": "[deleted]"}',
        b'{"text": "A.", "n": NaN}',
    ]
    items = read(b"\n".join(lines), Format.JSONL)
    assert [item.mark for item in items if isinstance(item, Skipped)] == ["", "", "", "[deleted]"]
    assert isinstance(items[-1], InputText)
    assert dict(items[-1].row) == {"n": None}
    items = read('{"list": []}\n{"list": null}\n{"data": null}\n', Format.JSONL, Fields("list[].text"))
    assert [type(item) for item in items] == [Skipped, Skipped, Rejected]


PART = {"type": "text", "text": "Two."}
CHAT: list[dict[str, Any]] = [
    {"role": "user", "content": "Will it rain?"},
    {"role": "assistant", "content": "It may."},
    {"role": "assistant", "content": None, "tool_calls": []},
    {"role": "assistant", "content": [{"type": "text", "text": "One."}, {"type": "image_url"}, PART]},
]  # fmt: skip


def test_a_role_chooses_messages_of_a_chat() -> None:
    chats = [{"id": "c", "messages": CHAT}, {"id": "d", "messages": CHAT[:1]}]
    items = read("\n".join(map(json.dumps, chats)), Format.JSONL, Fields("messages[].content", role="assistant"))
    assert texts(items) == [("in:1[2]", "It may.", "c"), ("in:1[4]", "One.\nTwo.", "c")]
    assert [item.mark for item in items if isinstance(item, Skipped)] == ["", "no role assistant"]
    assert len(texts(read(json.dumps(chats), fields=Fields("messages[].content")))) == 4


@pytest.mark.parametrize("named", [{"from": "bot"}, {"speaker": "bot"}, {"author": {"role": "bot"}}, {"author": "bot"}])
def test_a_role_may_have_other_names(named: dict[str, Any]) -> None:
    chat = {"turns": [{**named, "value": "It may."}, {"role": "user", "value": "So?"}]}
    assert texts(read(json.dumps(chat), fields=Fields("turns[].value", role="bot"))) == [("in:1[1]", "It may.", None)]
    lines = json.dumps({**named, "text": "It may."}) + '\n{"role": "user", "text": "So?"}\n'
    assert texts(read(lines, Format.JSONL, Fields(role="bot"))) == [("in:1", "It may.", None)]
    assert "leave out --role" in reasons(read('{"list": ["A."]}', fields=Fields("list[]", role="bot")))[0]


def test_an_export_of_chats_with_a_tree_of_messages_is_read() -> None:
    message = {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["It may.", "So."]}}
    export = [{"title": "t", "mapping": {"root": {"message": None}, "a": {"message": message}}}]
    items = read(json.dumps(export), fields=Fields("mapping[].message.content.parts[]", role="assistant"))
    assert texts(items) == [("in:1[2][1]", "It may.", None), ("in:1[2][2]", "So.", None)]


def test_an_array_may_hold_strings_but_nothing_else() -> None:
    items = read('["It may.", "n/a", 3, null]')
    assert texts(items) == [("in:1", "It may.", None)]
    assert [reason.split(",")[0] for reason in reasons(items)] == ["a JSON int", "a JSON NoneType"]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_broken_row_costs_only_itself_if_rows_begin_lines(indent: int | None) -> None:
    good = json.dumps({"text": "Fine.", "list": [{"a": 1}, {"b": 2}]}, indent=indent)
    for bad, reason in (
        ('{"text": "a "b" c",\n  "list": [{"a": 1}]}', "broken JSON (Expecting ',' delimiter at character 13"),
        ('{"text": "a" "n": 2}', "broken JSON (Expecting ',' delimiter"),
        ('{"text": "a", "text": "b"}', "occurs twice"),
        ('{"text": "\\ud83d"}', "lone surrogate"),
        ('{"text": "caf\udce9"}', "invalid UTF-8"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "nested too deeply"),
        ('{"text": "' + "x" * (11 * 2**20) + '"}', "10 MB a row; if it holds a list of rows, write them one a line"),
    ):
        data = f"[{good},\n{bad},\n{good}]".encode("utf-8", "surrogateescape")
        items = read(data)
        assert [text for _, text, _ in texts(items)] == ["Fine.", "Fine."]
        assert reason in reasons(items)[0]
        assert [item.row for item in items if isinstance(item, Rejected)] == [2]


def test_what_cannot_be_read_any_more_is_said() -> None:
    items = read('[{"text": "Fine."}, {"text": "a "b""}, {"text": "Lost."}]')
    assert len(texts(items)) == 1
    assert reasons(items)[0].endswith("; nothing after it can be read")
    items = read('[{"text": "Fine."},\n{"text": "Good."}\n')
    assert len(texts(items)) == 2
    assert reasons(items) == ["the array is not closed, so the file was cut; copy it again"]


@pytest.mark.slow
def test_a_large_array_is_read_in_bounded_memory_and_linear_time() -> None:
    row = json.dumps({"text": "It may rain. " * 200, "list": list(range(50))})
    data = io.BytesIO(b"[" + b", ".join([row.encode()] * 8000) + b"]")  # 22 MB on one line
    tracemalloc.start()
    count = sum(isinstance(item, InputText) for item in read_texts(Source(data, "in", Layout(Format.JSON))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 8000
    assert peak < 3 * 2**20


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "chats.jsonl", "chats.parquet", "joined.csv", "utf16.csv"])
def test_a_run_in_shards_gives_what_one_file_gives(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    chats = [{"id": str(n), "messages": CHAT[:3]} for n in range(4)]
    fields = {"text_field": "messages[].content", "role": "assistant"} if "chats" in name else {}
    if name == "chats.parquet":
        table = pyarrow.Table.from_pylist([{"id": c["id"], "messages": [{"role": m["role"], "content": m["content"]}
                                            for m in CHAT[:3]]} for c in chats])  # fmt: skip
        pyarrow.parquet.write_table(table, path, row_group_size=1)
    else:
        content = {
            "rows.json": json.dumps(ROWS * 3).encode(),
            "rows.jsonl": "\n".join(json.dumps(row, indent=1) for row in ROWS * 3).encode(),
            "chats.jsonl": "\n".join(map(json.dumps, chats)).encode(),
            "joined.csv": b"Title,,\n\nid,text,\n1,It may.\n2,It did.\n2\nid,text,\n3,n/a\n",
            "utf16.csv": "id\ttext\r\n1\tIt may.\r\n2\tIt’s over.\r\n".encode("utf-16"),
        }[name]
        path.write_bytes(content)
    made = []
    for shard_rows in (1, 1000):
        options = Options.model_validate({"model": "lexicon", "shard_rows": shard_rows} | fields)
        counts = label_to_run([path], tmp_path / f"run{shard_rows}", options)
        parts = sorted((tmp_path / f"run{shard_rows}" / "parts").iterdir())
        made.append((counts, b"".join(part.read_bytes() for part in parts)))
    assert made[0] == made[1]
    assert made[0][0].documents > 1


def test_a_key_that_occurs_twice_among_many_is_found_in_linear_time() -> None:
    row = "{" + ", ".join(f'"k{number}": 1' for number in range(200_000)) + ', "k19999": 2}'
    assert "the key 'k19999' occurs twice" in reasons(read(row + "\n", Format.JSONL))[0]


@pytest.mark.parametrize("format_", [Format.JSON, Format.JSONL])
@pytest.mark.parametrize(
    "text",
    [
        '[["id", "text"], ["17", "It may rain."]]',
        '[["id", "text"],\n ["17", "It may rain."]\n]',
        '["17", "It may rain."]\n["18", "It did."]\n',
        '["17", "It may rain."],\n["18", "It did."]',
        '[[["a"]], [1]]',
    ],
)
def test_a_list_that_is_a_row_is_rejected_and_its_cells_are_no_texts(text: str, format_: Format) -> None:
    items = read(text, format_)
    assert texts(items) == []
    assert [reason.split(",")[0] for reason in reasons(items)] == ["a JSON list"] * 2


def test_arrays_may_follow_each_other_and_be_empty() -> None:
    for text in (
        '[]\n[{"text": "A."}]',
        '[{"text": "A."}], []',
        '[ ] ["A."]',
        '[{"text": "A."}]\n[]\n[{"text": "B."}]',
    ):
        items = read(text)
        assert [text for _, text, _ in texts(items)] == ["A.", "B."][: len(items)]
    items = read('[{"text": "A."}, ["B."], {"text": "C."}]')
    assert [text for _, text, _ in texts(items)] == ["A.", "C."]
    assert reasons(read('[["A."], ["B."]'))[-1] == "the array is not closed, so the file was cut; copy it again"
