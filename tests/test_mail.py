"""Mail: the new text of a message is read; quotes, signatures and attachments are not. A mailbox has many messages."""

from __future__ import annotations

import gzip
import io
from email.message import EmailMessage
from pathlib import Path

import pytest

from hedgerow.readers.compression import opened
from hedgerow.readers.formats import read_texts, row_starts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Layout, Slice, Source

HEAD = (
    "From: Ann Lee <a@b.c>\nTo: d@e.f\nSubject: =?utf-8?q?May=C2=A0be?=\nDate: Fri, 3 May 2024 10:00:00"
    " +0000\nMessage-ID: <1@b.c>\n"
)
ROW = {
    "subject": "May be",
    "from": "Ann Lee <a@b.c>",
    "date": "Fri, 03 May 2024 10:00:00 +0000",
    "message_id": "<1@b.c>",
}


def read(raw: bytes, format_: Format = Format.EML) -> list[Item]:
    return list(read_texts(Source(io.BytesIO(raw), "a", Layout(format_))))


def text_of(raw: bytes) -> str:
    (item,) = read(raw)
    assert isinstance(item, InputText), item
    return "".join(item.chunks)


def reason(raw: bytes) -> str:
    (item,) = read(raw)
    assert isinstance(item, Rejected), item
    return item.reason


def plain(body: str) -> bytes:
    return (HEAD + "Content-Type: text/plain; charset=utf-8\n\n" + body).encode()


@pytest.mark.parametrize(
    "quoted",
    [
        "> Perhaps.\n>> Or not.\n",
        "On Fri, 3 May 2024 at 10:00, Bob Roe <b@r.oe> wrote:\n> Perhaps.\n>\n> Bob\n",
        "On Fri, 3 May 2024 at 10:00, Bob Roe\n<b@r.oe>\nwrote:\n\n> Perhaps.\n",
        "On 03/05/2024 10:00, Bob wrote:\nPerhaps, without marks.\n",
        "On Fri, May 03, 2024, Bob Roe wrote:\nPerhaps, without marks.\n",
        "On 3 May 2024 Bob Roe <b@r.oe> wrote:\n\nPerhaps, without marks.\n",
        "On 3 May 2024 the mayor wrote:\n> Perhaps.\n",
        "--\n" + "Perhaps Ltd\n" * 10 + "On Fri, 3 May 2024 at 10:00, Bob Roe <b@r.oe> wrote:\n" + "> Perhaps.\n" * 20,
        "-- \n" + "Perhaps Ltd\n" * 30,
        "Bob Roe <b@r.oe> writes:\n> Perhaps.\n",
        "-----Original Message-----\nFrom: Bob\nSent: Friday\n\nPerhaps.\n",
        "________________________________\nFrom: Bob Roe\nSent: 3 May 2024 10:00\nTo: Ann\nSubject: Plan\n\nPerhaps.\n",
        "*From:* Bob Roe\n*Date:* 3 May 2024\n*To:* Ann\n\nPerhaps.\n",
        "---------- Forwarded message ---------\nFrom: Bob\n\nPerhaps.\n",
        "Bob Roe@CORP\n05/03/2001 09:00 AM\nTo: Ann/CORP\ncc:\nSubject: Re: x\n\nPerhaps.\n",
        "Begin forwarded message:\n\nPerhaps.\n",
        "-- \nPerhaps Ltd, Ann Lee\n",
        "--\nPerhaps Ltd\n",
        "Sent from my iPhone\n",
        "Get Outlook for Android\n",
        "_______________________________________________\nPerhaps mailing list\nPerhaps@lists.example.org\n",
        "-----BEGIN PGP SIGNATURE-----\nPerhaps\n-----END PGP SIGNATURE-----\n",
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_is_quoted_or_signed_is_left_out(quoted: str, line_end: str) -> None:
    raw = plain("It may rain,\nshe said.\n\n" + quoted).replace(b"\n", line_end.encode())
    assert text_of(raw) == "It may rain,\nshe said."


def test_a_reply_between_quotes_is_kept() -> None:
    assert text_of(plain("> It rains?\nIt may.\n\n> And snow?\n\nProbably not.\n")) == "It may.\n\nProbably not."


@pytest.mark.parametrize(
    "body",
    [
        "On Monday the mayor wrote:\n\nThe bridge may close.",
        "On 3 May 2024 the mayor wrote:\n\nIt may rain. It may snow.",
        "On Friday, 3 May 2024, the mayor wrote:\n\nIt may rain.",
        "On 3 May 2024\nthe mayor wrote:\n\nIt may rain.",
        "It may rain.\n\n--\n\n" + "It may snow.\n" * 10 + "It may hail.",
        "From: the start it may fail.",
        "It may cost 3 > 2.",
        "Well -- perhaps.\n\n---\nMore.",
    ],
)
def test_prose_that_looks_like_a_quotation_is_kept(body: str) -> None:
    assert text_of(plain(body)) == body


def test_of_two_bare_dashes_the_last_begins_the_signature() -> None:
    assert text_of(plain("It may rain.\n--\nIt may snow.\n--\nPerhaps Ltd\n")) == "It may rain.\n--\nIt may snow."


def test_headers_are_columns() -> None:
    (item,) = read(plain("It may rain."))
    assert isinstance(item, InputText)
    assert item.row == ROW


def message(*parts: tuple[str, str], attached: str = "") -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Plan"
    for number, (kind, content) in enumerate(parts):
        (mail.add_alternative if number else mail.set_content)(content, subtype=kind)
    if attached:
        mail.add_attachment(attached.encode(), maintype="text", subtype="plain", filename="a.txt")
    return mail.as_bytes()


def test_plain_text_is_preferred_and_html_is_read_without_quotes() -> None:
    html = (
        "<html><body><div>It <b>may</b> rain,\nshe said.</div><p>Or snow.<br>Late.</p><style>p {}</style>"
        '<div class="gmail_quote">On Friday Bob wrote:<blockquote>Perhaps.</blockquote></div></body></html>'
    )
    assert text_of(message(("plain", "Plain may."), ("html", html))) == "Plain may."
    assert text_of(message(("html", html), attached="Attached may.")) == "It may rain, she said.\n\nOr snow.\nLate."
    outlook = html.replace('<div class="gmail_quote">', '<div id="divRplyFwdMsg">From: Bob</div><div>')
    assert "Perhaps" not in text_of(message(("html", outlook)))
    assert text_of(message(("plain", " "), ("html", html))).startswith("It may")


def test_encodings_are_decoded_and_wrong_ones_do_no_harm() -> None:
    for charset, raw in (
        ("iso-8859-1", b"caf\xe9 may"),
        ("none", "café may".encode()),
        ("utf-8", b"caf\xe9 may"),
        ("us-ascii", b"caf\xe9 may"),
    ):
        head = (
            f"Subject: =?{charset}?q?x?=\nContent-Type: text/plain; charset={charset}\n"
            f"Content-Transfer-Encoding: 8bit\n\n"
        )
        assert text_of(head.encode() + raw) == "café may"


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"It may rain.\nNo mail.\n", "not a mail"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "Outlook"),
        (plain("> Perhaps.\n"), "only quoted messages"),
        (plain("\n"), "contains no text"),
        (plain("-----BEGIN PGP MESSAGE-----\n\nabc\n"), "encrypted"),
        (b"", "empty"),
        (message(("plain", ""), attached="Attached may."), "contains no text"),
    ],
)
def test_a_mail_without_new_text_is_rejected(raw: bytes, word: str) -> None:
    assert word in reason(raw)


MAILBOX = (
    "From a@b.c Fri May  3 10:00:00 2024\n"
    + HEAD
    + "\nIt may rain.\n>From here on it may snow.\n\nFrom the start it was so.\n\n"
    "From MAILER-DAEMON Sat May  4 10:00:00 2024\nSubject: Two\n\n> Perhaps.\n\n"
    "From 123@xxx Sat May 04 00:00:00 +0000 2024\nSubject: Three\n\nIt may hail.\n"
)


def test_a_mailbox_has_a_text_per_message() -> None:
    one, two, three = read(MAILBOX.encode(), Format.MBOX)
    assert isinstance(one, InputText)
    assert ("".join(one.chunks), one.name) == (
        "It may rain.\nFrom here on it may snow.\n\nFrom the start it was so.",
        "a:1",
    )
    assert one.row == ROW
    assert isinstance(two, Rejected)
    assert "only quoted" in two.reason
    assert isinstance(three, InputText)
    assert ("".join(three.chunks), dict(three.row)) == ("It may hail.", {"subject": "Three"})


@pytest.mark.parametrize("lost", [0, 12])
def test_slices_of_a_mailbox_give_what_the_whole_gives(tmp_path: Path, lost: int) -> None:
    packed = gzip.compress(MAILBOX.encode())
    (tmp_path / "a.mbox.gz").write_bytes(packed[: len(packed) - lost])
    layout = Layout(Format.MBOX)

    def items(slice_: Slice) -> list[str]:
        with opened(tmp_path / "a.mbox.gz") as file:
            found = read_texts(Source(file, "a", layout, slice_))
            return [item.name + "".join(item.chunks) if isinstance(item, InputText) else str(item) for item in found]

    with opened(tmp_path / "a.mbox.gz") as file:
        starts = list(row_starts(Source(file, "", layout)))
    ends = [*(start for start, _ in starts[1:]), None]
    slices = [Slice(start, end, line) for (start, line), end in zip(starts, ends, strict=True)]
    assert [item for slice_ in slices for item in items(slice_)] == items(Slice())
    assert len(slices) == len(items(Slice())) >= 2


def test_hostile_mail_is_read_or_rejected() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(150)
    )
    assert reason(b"Subject: x\nMIME-Version: 1.0\n" + nested)
    assert reason(b"Subject: x\nMIME-Version: 1.0\n" + nested * 3)
    assert text_of(plain("a@" * 50_000)) == "a@" * 50_000


def test_a_file_that_is_no_mailbox_is_rejected_once() -> None:
    for raw, word in (
        (b"It may rain.\n\nFrom a@b.c Fri May  3 10:00:00 2024\nx", "not a mailbox"),
        (b"\n\n", "empty"),
        (b"", "empty"),
    ):
        assert word in str(read(raw, Format.MBOX)[0])
        assert len(list(row_starts(Source(io.BytesIO(raw), "", Layout(Format.MBOX))))) == len(read(raw, Format.MBOX))
