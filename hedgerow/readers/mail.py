"""Mail: single messages (.eml) and mailboxes (.mbox), the new text of each.

The plain text of a message is preferred to its HTML. Attachments, quoted messages, signatures and the footers of lists
are left out. Subject, sender, date and Message-ID are columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from hedgerow.errors import InputError
from hedgerow.io.lines import MAX_ROW_BYTES, Line, read_raw_lines
from hedgerow.readers.archives import short
from hedgerow.readers.blocks import paragraphs, parse
from hedgerow.readers.compression import read_error
from hedgerow.readers.gathered import Gathered
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import WHOLE, Slice, Source
from hedgerow.readers.replies import new_text, remove_quotes
from hedgerow.readers.whole import columns, read_whole, writable

_LARGEST = 100 * 2**20  # bytes of one message, attachments included
_COLUMNS = {"subject": "Subject", "from": "From", "date": "Date", "message_id": "Message-ID"}
_HEADERS = frozenset(
    """from to cc bcc subject date received message-id return-path delivered-to mime-version content-type reply-to
    sender x-mailer""".split()  # noqa: SIM905
)
# "From a@b.c Mon May  3 10:00:00 2024" begins a message; after a blank line, an address is enough.
_FROM_WITH_TIME = re.compile(rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*\d{1,2}:\d{2}")
_FROM_WITH_ADDRESS = re.compile(rb"From (?:\S+@\S+|MAILER-DAEMON|-)(?:\s|$)")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.M)
_MSG = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_PGP = "-----BEGIN PGP MESSAGE-----"


def read_message(source: Source) -> Iterator[Item]:
    """Yield a file of one message as one input text, or why it is rejected."""
    raw = read_whole(source, min(_LARGEST, source.layout.limits.bytes))
    yield raw if isinstance(raw, Rejected) else _item(raw, source.name, None)


def read_mailbox(source: Source) -> Iterator[Item]:
    """Yield one input text per message of the slice, or why it is rejected."""
    for message in _messages(source, source.slice):
        line, raw = message.first, message.raw
        kept = raw if len(raw) <= MAX_ROW_BYTES else None
        if message.error is not None:
            yield Rejected(source.name, line.number, message.error, kept, line.offset)
        elif message.size > _LARGEST:
            reason = f"a message of {message.size:,} bytes; at most {_LARGEST // 2**20} MB"
            yield Rejected(source.name, line.number, reason, None, line.offset)
        else:
            yield _item(_ESCAPED_FROM.sub(rb"\1", raw), source.name, line)


def row_starts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield where each message starts: its byte offset and its line number."""
    for message in _messages(source, WHOLE):
        yield message.first.offset, message.first.number


def _messages(source: Source, slice_: Slice) -> Iterator[Gathered]:
    """Yield the messages of the slice; what comes before the first is one of its own, with the error."""
    source.file.seek(slice_.start)
    message: Gathered | None = None
    blank = True  # whether the line before is blank
    for line in read_raw_lines(source.file, number=slice_.line - 1, offset=slice_.start, end=slice_.end):
        starts = line.raw.startswith(b"From ") and (
            message is None or _FROM_WITH_TIME.match(line.raw) or (blank and _FROM_WITH_ADDRESS.match(line.raw))
        )
        blank = not line.raw.strip()
        if starts:
            if message is not None:
                yield message
            message = Gathered(line, _LARGEST)
        elif message is None and not blank:
            message = Gathered(line, _LARGEST, error="not a mailbox: its first line does not begin with 'From '")
        if message is not None:
            message.add(line)
    error = read_error(source.file)
    if message is None:
        message = Gathered(
            Line(slice_.line, b"", 0, offset=slice_.start), _LARGEST, error=error or "the mailbox is empty"
        )
    message.error = error or message.error
    yield message


def _item(raw: bytes, name: str, line: Line | None) -> Item:
    """Return a message as an input text, or why it is rejected; `line` is its first one in a mailbox."""
    number, offset = (None, None) if line is None else (line.number, line.offset)
    try:
        text, row = _read(raw.lstrip(b"\xef\xbb\xbf\r\n"))
    except InputError as error:
        reason = str(error)
    except Exception as error:  # the library raises anything if a header is broken
        reason = f"a broken mail ({short(error)}); save it again"
    else:
        return InputText(name if number is None else f"{name}:{number}", iter([text]), row=row)
    return Rejected(name, number, reason, raw if len(raw) <= MAX_ROW_BYTES else None, offset)


def _read(raw: bytes) -> tuple[str, dict[str, str]]:
    """Return the new text of a message and its columns; raise InputError with the reason if it has no text."""
    if raw.startswith(_MSG):
        raise InputError("an Outlook message (.msg); save it as .eml")
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
    if not _HEADERS & {name.lower() for name in message}:
        raise InputError("not a mail: it has no header such as From or Subject")
    whole = _text(message).replace("\r\n", "\n").replace("\r", "\n")
    if message.get_content_type() in _ENCRYPTED or whole.lstrip().startswith(_PGP):
        raise InputError("an encrypted mail; decrypt it first")
    text = writable(new_text(whole)).strip()
    if not text:
        raise InputError(
            "contains no new text, only quoted messages or a signature" if whole.strip() else "contains no text"
        )
    return text, columns(**{name: _header(message, field) for name, field in _COLUMNS.items()})


def _text(part: EmailMessage) -> str:
    """Return the text of a message or of its part: plain rather than HTML, without attachments."""
    if part.is_multipart():
        children = [child for child in part.get_payload() if isinstance(child, EmailMessage)]
        if part.get_content_maintype() == "message":
            return ""  # a message that is attached
        if part.get_content_subtype() == "alternative":
            children.sort(key=lambda child: child.get_content_type() != "text/plain")
            return next((text for child in children if (text := _text(child)).strip()), "")
        return "\n\n".join(text for child in children if (text := _text(child)).strip())
    if part.is_attachment() or (part.get_filename() and part.get_content_type() != "text/html"):
        return ""
    if part.get_content_type() not in ("text/plain", "text/html"):
        return ""
    content = _decoded(part)
    return content if part.get_content_type() == "text/plain" else _text_of_html(content)


def _text_of_html(content: str) -> str:
    tree = parse(content)
    if tree is None:
        return ""
    remove_quotes(tree)
    return paragraphs(tree)


def _decoded(part: EmailMessage) -> str:
    """Return the content of a part in its encoding, or in UTF-8 or Windows-1252 if that is wrong or unknown."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    for encoding in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return raw.decode(encoding)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _header(message: EmailMessage, name: str) -> str:
    """Return a header decoded, or as it is written if the library cannot parse it."""
    try:
        return str(message.get(name, ""))
    except (AttributeError, IndexError, LookupError, TypeError, ValueError):
        return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
