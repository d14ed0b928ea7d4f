"""Exports of Nexis: each article is a text, its headers are columns."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hedgerow.readers.formats import format_of, read_texts, row_starts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Layout, Slice, Source

OLD = """




                               1 of 3 DOCUMENTS


                              The Harbour Gazette

                             May 3, 2024 Friday
                              Late Edition - Final

Lighthouse May Be Sold,
Board Says

BYLINE: By ANN LEE and
BOB ROE

SECTION: Section A; Column 0; Metropolitan Desk; Pg. 1

LENGTH: 52 words

DATELINE: PORT VELL, May 2

 The board said on Tuesday that the lighthouse may be sold.

 "It is unclear," she said, "whether a buyer exists."
NOTE: the price may fall.

URL: http://www.example.org/

LOAD-DATE: May 3, 2024

LANGUAGE: ENGLISH

GRAPHIC: PHOTO: The lighthouse may lean.

PUBLICATION-TYPE: Newspaper

                    Copyright 2024 The Harbour Gazette Company
                              All Rights Reserved


                               2 of 3 DOCUMENTS


                           Copyright 2024 Daily Vell
                              All Rights Reserved
                                 The Daily Vell

                                 4 May 2024

SECTION: NEWS; Pg. 7

LENGTH: 12 words

HEADLINE: Buyer is found

BODY:
Perhaps a buyer was found.

LOAD-DATE: May 4, 2024

                               3 of 3 DOCUMENTS

                                 The Daily Vell

                                 May 5, 2024

SECTION: NEWS

LENGTH: 0 words

LOAD-DATE: May 5, 2024
"""
NEW = """Page 1 of 2
Lighthouse may be sold
The Harbour Gazette
May 3, 2024 Friday
Copyright 2024 The Harbour Gazette Company All Rights Reserved
Section: Section A; Pg. 1
Length: 52 words
Byline: By Ann Lee
Body


The board said on Tuesday that the lighthouse may be sold.

"It is unclear," she said.


Classification

Language: ENGLISH
Publication-Type: Newspaper
Subject: LIGHTHOUSES (90%)

Load-Date: May 3, 2024


End of Document


Buyer is found
The Daily Vell
May 4, 2024 Saturday
Copyright 2024 Daily Vell All Rights Reserved
Section: NEWS; Pg. 7
Length: 12 words
Body

Perhaps a buyer was found.

Load-Date: May 4, 2024

End of Document
"""


def read(text: str, slice_: Slice | None = None) -> list[Item]:
    return list(read_texts(Source(io.BytesIO(text.encode()), "a", Layout(Format.NEXIS), slice_ or Slice())))


def texts(text: str) -> list[InputText]:
    return [item for item in read(text) if isinstance(item, InputText)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_articles_of_an_old_export(line_end: str) -> None:
    one, two = texts(OLD.replace("\n", line_end))
    body = (
        "The board said on Tuesday that the lighthouse may be sold.\n\n"
        '"It is unclear," she said, "whether a buyer exists."\nNOTE: the price may fall.'
    )
    assert "".join(one.chunks) == body
    assert dict(one.row) == {
        "title": "Lighthouse May Be Sold, Board Says",
        "outlet": "The Harbour Gazette",
        "date": "May 3, 2024 Friday",
        "byline": "By ANN LEE and BOB ROE",
        "section": "Section A; Column 0; Metropolitan Desk; Pg. 1",
        "length": "52 words",
        "dateline": "PORT VELL, May 2",
        "load_date": "May 3, 2024",
        "language": "ENGLISH",
        "url": "http://www.example.org/",
        "publication_type": "Newspaper",
    }
    assert "".join(two.chunks) == "Perhaps a buyer was found."
    assert {key: two.row[key] for key in ("title", "outlet", "date")} == {
        "title": "Buyer is found",
        "outlet": "The Daily Vell",
        "date": "4 May 2024",
    }


def test_an_article_without_a_text_is_rejected_in_its_place() -> None:
    last = read(OLD)[-1]
    assert isinstance(last, Rejected)
    assert (last.reason, last.line) == ("an article without a text", OLD[: OLD.index("3 of 3")].count("\n") + 1)


def test_articles_of_a_new_export() -> None:
    one, two = texts(NEW)
    assert (
        "".join(one.chunks)
        == 'The board said on Tuesday that the lighthouse may be sold.\n\n"It is unclear," she said.'
    )
    assert dict(one.row) == {
        "title": "Lighthouse may be sold",
        "outlet": "The Harbour Gazette",
        "date": "May 3, 2024 Friday",
        "byline": "By Ann Lee",
        "section": "Section A; Pg. 1",
        "length": "52 words",
        "load_date": "May 3, 2024",
        "language": "ENGLISH",
        "publication_type": "Newspaper",
        "subject": "LIGHTHOUSES (90%)",
    }
    assert ("".join(two.chunks), two.row["title"]) == ("Perhaps a buyer was found.", "Buyer is found")


COVER = "Nexis\nJob Number: 123\nDocuments (2)\n1. Lighthouse may be sold\n\n"


@pytest.mark.parametrize(
    "text", [OLD, NEW, COVER + OLD, NEW.removesuffix("End of Document\n"), "", "It may rain.", "\ufeff" + OLD]
)
def test_slices_give_what_the_whole_file_gives(text: str) -> None:
    def shown(items: list[Item]) -> list[str]:
        return [item.name + "".join(item.chunks) if isinstance(item, InputText) else str(item) for item in items]

    starts = list(row_starts(Source(io.BytesIO(text.encode()), "", Layout(Format.NEXIS))))
    ends = [*(start for start, _ in starts[1:]), None]
    slices = [Slice(start, end, line) for (start, line), end in zip(starts, ends, strict=True)]
    assert [item for slice_ in slices for item in shown(read(text, slice_))] == shown(read(text))
    assert len(slices) == len(read(text))


def test_a_cover_page_is_no_article() -> None:
    assert [text.row["title"] for text in texts(COVER + OLD)] == [
        "Lighthouse May Be Sold, Board Says",
        "Buyer is found",
    ]


def test_a_text_file_that_is_an_export_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text, format_ in (
        (OLD, Format.NEXIS),
        (NEW, Format.NEXIS),
        (COVER + OLD, Format.NEXIS),
        ("It may rain.", Format.TXT),
        ("1 of 12 may fail.", Format.TXT),
    ):
        path.write_text(text, "utf-8")
        assert format_of(path) is format_
    path.write_text(OLD, "utf-16")
    assert format_of(path) is Format.NEXIS
    path.write_bytes(OLD.replace("\n", "\r").encode())
    assert format_of(path) is Format.NEXIS


TAIL_WORDS = "Classification\n\nLanguage: ENGLISH\nSubject: FERRIES (90%)\n\nLoad-Date: May 3, 2024\n"
BODY = "The council said the ferry may close.\n\nSubject: matters here. It may be lost.\n\nMore text after it may come."


def article(body: str, tail: str = TAIL_WORDS) -> str:
    return (
        f"Ferry\nThe Harbour Gazette\nMay 3, 2024 Friday\nLength: 52 words\nBody\n\n{body}\n\n{tail}\nEnd of Document\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        "Subject: the ferry may return.",
        "It may rain.\n\nLanguage: that is the problem.",
        "It may rain.\n\nSubject: ferries",
        "Graphic: a chart may follow.\n\nIt may not.",
        "He said:\nURL: it may be wrong.\nSo it is.",
        "Classification: it may matter.\n\nIt may not.\n\nGraphic content may follow.",
    ],
)
@pytest.mark.parametrize(
    "tail", [TAIL_WORDS, TAIL_WORDS + "\nCopyright 2024 Vell\n", TAIL_WORDS + "\nSold by Vell Ltd\n"]
)
def test_a_line_of_the_text_that_looks_like_a_header_is_kept(body: str, tail: str) -> None:
    (one,) = texts(article(body, tail))
    assert ("".join(one.chunks), one.row["subject"], one.row["language"]) == (body, "FERRIES (90%)", "ENGLISH")


@pytest.mark.parametrize(
    "tail",
    [
        "Graphic\n\nA ferry may sink.\n\nAnother may not.\n\n" + TAIL_WORDS,
        "GRAPHIC: Photo: A ferry may sink.\n\nPhoto: Another may not.\n\nLOAD-DATE: May 3, 2024\n",
        "LOAD-DATE: May 3, 2024\n\nLANGUAGE: ENGLISH\n\nCORRECTION:\n\nAn article may have been wrong.\n\n"
        "DOCUMENT-TYPE: News\n",
        "URL: http://a.org\n\nSUBJECT: FERRIES (90%);\nAND SNOW (78%)\n\nPERSON: ANN LEE\n\nLOAD-DATE: May 3, 2024",
        "",
    ],
)
def test_headers_captions_and_corrections_after_the_text_are_no_text(tail: str) -> None:
    (one,) = texts(article("It may rain.", tail))
    assert "".join(one.chunks) == "It may rain."


def test_a_first_line_like_a_header_is_text_without_a_mark_of_the_body() -> None:
    old = "1 of 1 DOCUMENTS\n\nThe Vell\n\nMay 4, 2024\n\nLENGTH: 12 words\n\nSubject: the ferry may return.\n\n"
    assert ["".join(text.chunks) for text in texts(old + "LOAD-DATE: May 4, 2024\n")] == [
        "Subject: the ferry may return."
    ]


def test_a_long_article_is_read_in_linear_time() -> None:
    blank = "\n" * 5_000
    (one,) = texts(
        f"1 of 1 DOCUMENTS\n\nLENGTH: 12 words\n{blank}It may rain.{blank}It may snow.{blank}LANGUAGE: ENGLISH\n"
    )
    assert "".join(one.chunks) == "It may rain.\n\nIt may snow."
