"""Documents: Word, PDF and EPUB are read; every format of pages and documents survives broken files."""

from __future__ import annotations

import io
import random
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest

from hedgerow.readers.finding import find_inputs
from hedgerow.readers.formats import read_texts, row_starts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Layout, Limits, Source
from hedgerow.readers.page_lines import to_paragraphs
from tests.document_files import docx, epub, paragraph, pdf, zipped

pytestmark = pytest.mark.slow


def read(raw: bytes, format_: Format, **options: Any) -> list[Item]:
    return list(read_texts(Source(io.BytesIO(raw), "a", Layout(format_, **options))))


def paragraphs(raw: bytes, format_: Format, **options: Any) -> list[str]:
    (item,) = read(raw, format_, **options)
    assert isinstance(item, InputText), item
    return "".join(item.chunks).split("\n\n")


def reason(raw: bytes, format_: Format, **options: Any) -> str:
    (item,) = read(raw, format_, **options)
    assert isinstance(item, Rejected), item
    return item.reason


def run(text: str, mark: str = "") -> str:
    return f"<w:r>{mark and f'<w:rPr>{mark}</w:rPr>'}<w:t xml:space='preserve'>{text}</w:t></w:r>"


MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
BODY = (
    paragraph("A plan", "Heading1")
    + f"<w:p>{run('The bridge ')}{run('may', '<w:b/>')}{run(' close')}<w:r><w:footnoteReference"
    f" w:id='2'/></w:r>{run('.')}</w:p>"
    + f"<w:p><w:ins w:author='B'>{run('It might not.')}</w:ins><w:del w:author='B'><w:r><w:delText>Gone"
    f" may.</w:delText></w:r></w:del></w:p>"
    + f"<w:p><w:hyperlink>{run('A link')}</w:hyperlink>{run(' may')}<w:r><w:tab/></w:r>{run('break')}"
    + f"<w:r><w:br/></w:r>{run('here.')}</w:p>"
    + f"<w:p>{run('Hidden may.', '<w:vanish/>')}</w:p>"
    + f"<w:tbl><w:tr><w:tc>{paragraph('Cell may')}</w:tc></w:tr></w:tbl>"
    + f"<w:sdt><w:sdtContent>{paragraph('In a control.')}</w:sdtContent></w:sdt>"
    + f"<w:p>{run('Around')}<w:r><mc:AlternateContent xmlns:mc='{MC}'>"
    + f"<mc:Choice><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></mc:Choice>"
    + f"<mc:Fallback><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    + f"{run(' a box.')}</w:p>"
    + paragraph("A plan....... 1", "TOC1")
    + paragraph("It may rain.", "ListParagraph")
    + "<w:p/>"
)
NOTES = (
    f"<w:footnote w:type='separator' w:id='0'>{paragraph('x')}</w:footnote>"
    f"<w:footnote w:id='2'>{paragraph('Perhaps in June.')}</w:footnote>"
)


def test_a_word_document_is_read_in_paragraphs_with_its_notes_at_the_end() -> None:
    (item,) = read(docx(BODY, NOTES), Format.DOCX)
    assert isinstance(item, InputText)
    assert "".join(item.chunks).split("\n\n") == [
        "A plan",
        "The bridge may close.",
        "It might not.",
        "A link may break\nhere.",
        "In a control.",
        "In a box.",
        "Around a box.",
        "It may rain.",
        "Perhaps in June.",
    ]
    assert item.row == {"title": "Plan", "author": "Ann Lee", "date": "2024-05-03"}


def test_the_library_s_own_documents_are_read() -> None:
    import docx as python_docx

    document = python_docx.Document()
    document.add_heading("Rain")
    document.add_paragraph("It may rain.", style="List Bullet")
    document.add_table(1, 1).cell(0, 0).text = "may"
    document.sections[0].header.paragraphs[0].text = "Header may"
    file = io.BytesIO()
    document.save(file)
    assert paragraphs(file.getvalue(), Format.DOCX) == ["Rain", "It may rain."]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (docx(f"<w:tbl><w:tr><w:tc>{paragraph('may')}</w:tc></w:tr></w:tbl>"), "outside its 1 tables"),
        (docx("<w:p/>"), "contains no text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office file, or one with a password"),
        (zipped({"a.txt": "It may rain."}), "a zip archive, but not a .docx"),
        (zipped({"[Content_Types].xml": "<x"}), "not a whole one"),
        (b"It may rain.", "not a .docx document"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_no_word_document_is_rejected(raw: bytes, word: str) -> None:
    assert word in reason(raw, Format.DOCX)


BOMB = "<!DOCTYPE x [<!ENTITY a 'may may '><!ENTITY b '&a;&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"


def test_entities_are_not_read() -> None:
    raw = docx(paragraph("It &b; &f; rain."), before=BOMB)
    (item,) = read(raw, Format.DOCX)
    text = "".join(item.chunks) if isinstance(item, InputText) else str(item)
    assert "may may" not in text
    assert "root" not in text
    book = epub({"a.xhtml": "<p>It may rain.</p>"}, {"OPS/book.opf": BOMB + "<package><title>&b;&f;</title></package>"})
    assert "may may" not in reason(book, Format.EPUB)


@pytest.mark.parametrize("part", ["word/document.xml", "word/footnotes.xml"])
def test_a_word_document_that_uses_entities_is_rejected_with_the_name_of_the_part(part: str) -> None:
    in_body = docx(paragraph("It &b; rain."), before=BOMB)
    raw = in_body if part == "word/document.xml" else with_notes(BOMB + NOTES.replace("Perhaps", "&b;"))
    assert reason(raw, Format.DOCX).startswith(f"{part} declares entities, which are not read")
    assert paragraphs(docx(paragraph("It may rain &amp; snow."), before=BOMB), Format.DOCX) == ["It may rain & snow."]


def with_notes(notes: str) -> bytes:
    """Return a Word document whose part of footnotes begins with a document type, as `notes` does."""
    declared, _, notes = notes.rpartition("]>")
    with zipfile.ZipFile(io.BytesIO(docx(paragraph("It may rain."), notes))) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    members["word/footnotes.xml"] = f"{declared}]>{members['word/footnotes.xml']}"
    return zipped(members)


def test_a_paragraph_that_the_parser_does_not_take_is_named() -> None:
    assert reason(docx(paragraph("may " * 2_600_000)), Format.DOCX) == "a paragraph over 10 MB; split it"


def table(*cells: str) -> str:
    rows = "".join(f"<w:tr><w:tc>{paragraph(cell)}</w:tc></w:tr>" for cell in cells)
    return f"<w:tbl>{rows}</w:tbl>"


def test_a_table_that_lays_out_the_page_is_read_and_a_table_of_data_is_not() -> None:
    laid_out = docx(paragraph("A plan") + table("Rain", "It may rain in June.") + table("It may snow."))
    assert paragraphs(laid_out, Format.DOCX) == ["A plan", "Rain", "It may rain in June.", "It may snow."]
    data = docx(paragraph("It may rain.") + table("Rain", "may be 12", "3.5", "It may."))
    assert paragraphs(data, Format.DOCX) == ["It may rain."]
    text = docx(paragraph("It may rain in June, and in July.") + table("It may snow in May."))
    assert paragraphs(text, Format.DOCX) == ["It may rain in June, and in July."]


def test_lines_of_a_pdf_are_joined_in_linear_time() -> None:
    line = "The harbour board said that the lighthouse may be sold be-"
    (joined,) = to_paragraphs([[line, "fore May, and that it may not be sold, in a long paragraph"] * 3_000])
    assert joined.count("sold before May") == 3_000
    assert len(joined) > 300_000


def test_an_archive_over_the_limit_is_not_unpacked() -> None:
    for raw, format_ in (
        (docx(paragraph("may " * 500_000)), Format.DOCX),
        (epub({"a.xhtml": "<p>" + "may " * 500_000}), Format.EPUB),
    ):
        assert len(raw) < 50_000
        assert "after unpacking; at most 1,000,000" in reason(raw, format_, limits=Limits(bytes=1_000_000))


PAGES = [
    [
        "Annual Report 2024",
        "1. The lighthouse",
        "The harbour board said on Tuesday that the old lighthouse may be sold be-",
        "fore the summer, although it is unclear whether a well-known buyer would pay.",
        "Costs",
        "The repairs could cost two million, a spokeswoman suggested, and the board",
        "might",
        "Page 1 of 3",
    ],
    [
        "Annual Report 2024",
        "need a loan. Residents reportedly want to keep the light, and a long-",
        "standing petition has gathered 900 names in three weeks since it began in May.",
        "\u2022 It may rain on the first day of the sale.",
        "\u2022 It may snow.",
        "Page 2 of 3",
    ],
    ["Annual Report 2024", "The end may be near (perhaps).", "Page 3 of 3"],
]


def test_the_lines_of_a_pdf_become_paragraphs() -> None:
    (item,) = read(pdf(PAGES), Format.PDF)
    assert isinstance(item, InputText)
    assert "".join(item.chunks).split("\n\n") == [
        "1. The lighthouse",
        "The harbour board said on Tuesday that the old lighthouse may be sold before the summer, although it is"
        " unclear"
        " whether a well-known buyer would pay.",
        "Costs",
        "The repairs could cost two million, a spokeswoman suggested, and the board might need a loan. Residents"
        " reportedly"
        " want to keep the light, and a long-standing petition has gathered 900 names in three weeks since it"
        " began in May.",
        "\u2022 It may rain on the first day of the sale.",
        "\u2022 It may snow.",
        "The end may be near (perhaps).",
    ]
    assert item.row == {"title": "Plan", "author": "Ann Lee", "date": "2024-05-03"}


def encrypted(password: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([["It may rain."]])))
    writer.encrypt(password, "owner", algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_that_needs_a_password_is_rejected_and_one_that_does_not_is_read(algorithm: str) -> None:
    assert reason(encrypted("secret", algorithm), Format.PDF) == "the file is encrypted; save it without a password"
    assert paragraphs(encrypted("", algorithm), Format.PDF) == ["It may rain."]


def test_a_pdf_without_text_over_a_limit_or_broken_is_rejected() -> None:
    assert reason(pdf([[], []]), Format.PDF) == "no text layer (a scan): OCR it first"
    assert reason(pdf([["Scanned by X"]] * 4), Format.PDF) == "no text layer (a scan): OCR it first"
    assert "few letters" in reason(pdf([["@#$%^&*!!" * 5, "a(1)"]]), Format.PDF)
    assert reason(pdf([["It may."]] * 4), Format.PDF, limits=Limits(pages=3)) == "4 pages; at most 3"
    assert "takes over 0 seconds, at page 1 of 4" in reason(
        pdf([["It may."]] * 4), Format.PDF, limits=Limits(seconds=0)
    )
    assert "not a PDF file" in reason(b"It may rain.", Format.PDF)
    assert "not a whole PDF file" in reason(b"%PDF-1.4\nnothing", Format.PDF)


CHAPTERS = {
    "nav.xhtml": "<nav><ol><li><a href='c1.xhtml'>One</a></li></ol></nav>",
    "cover.xhtml": "<img src='a.png' alt='may'/>",
    "toc.xhtml": "<p><a href='c1.xhtml'>Chapter one may come</a></p>",
    "c1.xhtml": "<h1>Chapter One</h1><p>It may&nbsp;rain,\nhe said.<a epub:type='noteref'"
    " href='#n'>1</a></p><table><tr><td>may</td></tr></table>",
    "c%202.xhtml": "<div>Perhaps<br/>not.</div><script>may()</script><aside epub:type='footnote' id='n'><p>A"
    " note.</p></aside>",
}


def test_a_book_has_a_text_per_chapter_in_reading_order() -> None:
    one, two = read(epub(CHAPTERS), Format.EPUB)
    assert isinstance(one, InputText)
    assert isinstance(two, InputText)
    assert ("".join(one.chunks), one.name) == ("Chapter One\n\nIt may rain, he said.", "a:3")
    assert one.row == {"title": "The Lighthouse", "author": "Ann Lee", "chapter": "Chapter One"}
    assert "".join(two.chunks) == "Perhaps\nnot.\n\nA note."


def test_a_book_that_is_protected_broken_or_empty_is_rejected() -> None:
    encryption = "<encryption><EncryptionMethod Algorithm='{}'/></encryption>".format
    drm = {"META-INF/encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    assert "protected (DRM)" in reason(epub(CHAPTERS, drm), Format.EPUB)
    fonts = {"META-INF/encryption.xml": encryption("http://www.idpf.org/2008/embedding")}
    assert len(read(epub(CHAPTERS, fonts | {"META-INF/x": ""}), Format.EPUB)) == 2
    assert reason(epub({"a.xhtml": "<img/>"}), Format.EPUB) == "contains no text"
    assert "not an .epub book" in reason(zipped({"a": "b"}), Format.EPUB)
    assert "not a whole one" in reason(zipped({"META-INF/container.xml": "<container/>"}), Format.EPUB)
    missing = zipped({name: content for name, content in _members(epub(CHAPTERS)).items() if "c1" not in name})
    first, second = read(missing, Format.EPUB)
    assert isinstance(first, Rejected)
    assert "OPS/c1.xhtml in the book cannot be read" in first.reason
    assert isinstance(second, InputText)


def _members(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_new_suffixes_name_their_formats(tmp_path: Path) -> None:
    names = ("a.docx", "a.pdf", "a.epub", "a.eml", "a.mbox", "a.srt", "a.vtt", "a.xhtml")
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    formats = [file.format for path in names for file in find_inputs([tmp_path / path]).files]
    assert formats == [*(Format(name.split(".")[1]) for name in names[:-1]), Format.HTML]


def _page() -> bytes:
    text = "".join(f"<p>The board said that the bridge may close in week {number}.</p>" for number in range(9))
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "It may rain. It may."}</script>'
    return f"<html><head><title>T</title>{data}</head><body><article>{text}</article></body></html>".encode()


def _mailbox() -> bytes:
    head = "From a@b.c Fri May  3 10:00:00 2024\nSubject: =?utf-8?q?May=C2=A0be?=\nMIME-Version: 1.0\n"
    parts = (
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\n\n'
        "<p>It may</p>\n--b--\n"
    )
    return (
        head
        + parts
        + "\n"
        + head
        + "Content-Transfer-Encoding: base64\n\nSXQgbWF5IHJhaW4u\n\n"
        + head
        + "\nIt may.\n> no\n"
    ).encode()


NEXIS = (
    b"1 of 2 DOCUMENTS\n\nThe Paper\n\nMay 3, 2024\n\nT\n\nLENGTH: 3 words\n\nIt may.\n\n2 of 2 DOCUMENTS\n\n"
    b"LENGTH: 3 words\n\nIt may.\n"
)
GOOD: dict[Format, Callable[[], bytes]] = {
    Format.HTML: _page,
    Format.MD: lambda: (
        b'---\ntitle: "x"\n---\n# T\n\nIt *may* [a](b).[^1]\n\n- a\n  - b\n\n| a |\n|---|\n| b |\n\n[^1]: Note.\n'
    ),
    Format.DOCX: lambda: docx(BODY, NOTES),
    Format.PDF: lambda: pdf(PAGES),
    Format.EPUB: lambda: epub(CHAPTERS),
    Format.EML: lambda: _mailbox().split(b"\n", 1)[1],
    Format.MBOX: _mailbox,
    Format.SRT: lambda: b"1\n00:00:01,000 --> 00:00:02,000\n<i>It may</i>\n\n2\n00:00:02,000 --> 00:00:03,000\nrain.\n",
    Format.VTT: lambda: b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>It may</v>\n\n00:02.000 --> 00:03.000\nrain.\n",
    Format.NEXIS: lambda: NEXIS,
}


def _mutations(good: bytes, other: bytes) -> list[bytes]:
    """Return twenty broken files."""
    chance = random.Random(14)
    cut = [good[: len(good) * part // 8] for part in range(1, 8)]
    flipped = []
    for count in (1, 3, 10, 40, 200):
        data = bytearray(good)
        for position in chance.choices(range(len(data)), k=count):
            data[position] ^= 1 << chance.randrange(8)
        flipped.append(bytes(data))
    digits = bytes(ord("9") if byte in b"123456789" else byte for byte in good)
    middle = len(good) // 2
    return [
        *cut,
        *flipped,
        b"",
        b"\0" * 500,
        other,
        zipped({"a": good}),
        digits,
        good[middle:] + good[:middle],
        good[:middle] + b"\0" * 50 + good[middle:],
        good + good,
    ]


@pytest.mark.parametrize("format_", GOOD)
def test_a_broken_file_is_read_or_rejected_with_as_many_items_as_rows(format_: Format) -> None:
    good = GOOD[format_]()
    assert any(isinstance(item, InputText) for item in read(good, format_))
    other = GOOD[Format.PDF if format_ is not Format.PDF else Format.DOCX]()
    mutations = _mutations(good, other)
    assert len(mutations) == 20
    for raw in mutations:
        items = read(raw, format_)
        starts = list(row_starts(Source(io.BytesIO(raw), "", Layout(format_))))
        assert max(1, len(starts)) == len(items)
        for item in items:
            if isinstance(item, Rejected):
                assert len(item.reason) > 10
            else:
                text = "".join(item.chunks) if isinstance(item, InputText) else ""
                assert text.strip() == text
                assert "\0" not in text
                assert text.encode()


@pytest.mark.parametrize(
    ("name", "module"), [("a.docx", "docx"), ("a.pdf", "pypdf"), ("a.html", "trafilatura"), ("a.epub", "lxml")]
)
def test_a_missing_library_is_named_with_its_extra(
    name: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(b"x")
    for loaded in [key for key in sys.modules if key.split(".")[0] == module]:
        monkeypatch.setitem(sys.modules, loaded, None)
    monkeypatch.setitem(sys.modules, module, None)
    package = "python-docx" if module == "docx" else module
    (file,) = find_inputs([tmp_path / name]).files
    assert file.format is None
    assert re.search(rf"needs {package} .*pip install 'hedgerow\[files\]'", file.reason or "")
