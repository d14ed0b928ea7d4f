"""Markdown: its prose is read, one paragraph per block; markup, code, tables and front matter are not."""

from __future__ import annotations

import io

import pytest

from hedgerow.readers.formats import read_texts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Layout, Source


def read(text: str) -> Item:
    (item,) = read_texts(Source(io.BytesIO(text.encode()), "a.md", Layout(Format.MD)))
    return item


def paragraphs(text: str) -> list[str]:
    item = read(text)
    assert isinstance(item, InputText), item
    return "".join(item.chunks).split("\n\n")


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("The mayor **said** it _may_ [close](http://x.y 'title').", ["The mayor said it may close."]),
        ("See [the *plan*][1] or [1].\n\n[1]: http://x.y", ["See the plan or 1."]),
        ("![It may rain](a.png)\n\nShe ![may](b.png) go.", ["She  go."]),
        ("It `may` snow.\n\n```py\nx = 'may'\n```\n\n    indented = 1\n\n~~~\ny\n~~~", ["It may snow."]),
        (
            "- It may rain.\n- It may\n  snow.\n  1. Or hail.\n- [x] Done.",
            ["It may rain.", "It may\nsnow.", "Or hail.", "Done."],
        ),
        (
            "> He may go,\n> she said.\n>> Perhaps.\n\n> [!NOTE]\n> Late.",
            ["He may go,\nshe said.", "Perhaps.", "Late."],
        ),
        ("Title\n=====\nText.\n\n## Next ##\nMore.", ["Title", "Text.", "Next", "More."]),
        ("| a | b |\n|---|---|\n| may | might |\n\nAfter.", ["After."]),
        ("a | b\n--|--\nmay | x\n\nAfter.", ["After."]),
        (
            "It may.[^1] Or[^long] not.^[Perhaps *so*.]\n\n[^1]: He said.\n[^long]: One.\n\n    Two.\n\nEnd.",
            ["It may. Or not.", "Perhaps so.", "He said.", "One.", "Two.", "End."],
        ),
        (
            "<div>It <b>may</b> hail.</div>\n\nA <span class=x>red</span> <!-- no --> one.",
            ["It may hail.", "A red  one."],
        ),
        (
            "<!-- It may\n\nhide. -->\n\n<script>may()</script>\n\n<details>\n<summary>More</summary>\n\nText.\n"
            "</details>",
            ["More", "Text."],
        ),
        ("He may &amp; will \\*go\\* ~~now~~.  \nLine two.", ["He may & will *go* now.\nLine two."]),
        ("Hard\nwrapped.\n\n***\n\nNext.", ["Hard\nwrapped.", "Next."]),
        ("```x``` is code.\nHe may go.", ["x is code.\nHe may go."]),
        ("{% include x %}\nIt may {{ site.x }}rain. {: .note}\n\n# Plan {#plan}", ["It may rain.", "Plan"]),
        ("See [[Bridge|the bridge]] or [[Town]]. ![[embedded]]", ["See the bridge or Town."]),
        ("He <!-- one\ntwo --> may > go.", ["He  may > go."]),
    ],
)
def test_the_prose_of(text: str, prose: list[str]) -> None:
    assert paragraphs(text) == prose
    assert paragraphs(text.replace("\n", "\r\n")) == prose


@pytest.mark.parametrize(
    ("front", "row"),
    [
        (
            '---\ntitle: "May: it"\ndate: 2024-05-03  # when\nauthor: Ann Lee\ntags: [a, b]\ndraft: true\n---\n',
            {"title": "May: it", "date": "2024-05-03", "author": "Ann Lee"},
        ),
        ("---\nTitle: A b\nauthor:\n  - Ann\n  - Bob\nsummary: |\n  It may.\n\n  It might.\n---\n", {"title": "A b"}),
        ("---\ntitle: A\n...\n", {"title": "A"}),
        ("---\n# only a comment\n---\n", {}),
        ("---\n---\n", {}),
        (
            '+++\ntitle = "A"\ndate = 2024-05-03T10:00:00Z\n[params]\nx = 1\n+++\n',
            {"title": "A", "date": "2024-05-03 10:00:00+00:00"},
        ),
        ('{\n "title": "A", "author": null, "date": 2024\n}\n', {"title": "A", "date": "2024"}),
        ('{"title": "A", "author": ["x"]}\n', {"title": "A"}),
    ],
)
def test_front_matter_gives_columns_and_no_text(front: str, row: dict[str, str]) -> None:
    for start in ("", "\ufeff"):
        item = read(start + front + "\nIt may rain.\n\n---\n\nIt may snow.\n")
        assert isinstance(item, InputText)
        assert ("".join(item.chunks), item.row) == ("It may rain.\n\nIt may snow.", row)


@pytest.mark.parametrize(
    "text",
    ["---\nHe may go.\n\n---\nShe may.", "---\ntitle: never closed\n\nShe may.", "{may} she?", '{"a": 1} she may'],
)
def test_prose_that_looks_like_front_matter_is_kept(text: str) -> None:
    assert any("may" in paragraph for paragraph in paragraphs(text))
    assert "He may go." in paragraphs(text) or "He" not in text


@pytest.mark.parametrize(
    "text", ["```\nx\n```\n", "---\ntitle: x\n---\n", "![may](x.png)", "| a |\n|---|\n| may |", "<!-- may -->"]
)
def test_a_file_without_prose_is_rejected(text: str) -> None:
    item = read(text)
    assert isinstance(item, Rejected)
    assert item.reason == "contains no text, or only code, tables, images or front matter"


def test_deep_lists_and_hostile_nesting_are_read() -> None:
    deep = "".join("  " * level + f"- level {level} may\n" for level in range(25))
    assert len(paragraphs(deep)) == 25
    assert isinstance(read(">" * 5000 + " may"), InputText | Rejected)
    for mark in ("[", "![", "^[", "[a", "*_", "`a", "<a", "[[a]"):
        assert isinstance(read(mark * 3000 + " may"), InputText)
