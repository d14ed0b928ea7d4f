"""The inputs of the stories in docs/files.md: files as people have them, written for this project.

python tests/field_inputs.py FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.document_files import pdf

NEXIS = """                               1 of 2 DOCUMENTS

                               The Harbour Gazette

                              May 3, 2024 Friday

Bridge may close for a year

BYLINE: Ann Lee

SECTION: LOCAL; Pg. 4

LENGTH: 41 words

The council said on Friday that the river bridge may close for a year. Critics
reportedly called the plan a sham.

"Nobody asked us," said Ron Pell, who runs a shop beside it.

LOAD-DATE: May 4, 2024

LANGUAGE: ENGLISH

                  Copyright 2024 The Harbour Gazette
                          All Rights Reserved

                               2 of 2 DOCUMENTS

                               The Northern Herald

                              May 5, 2024 Sunday

Ferry will probably return

BYLINE: Tom Orr

LENGTH: 24 words

The ferry will probably return in June. It is unclear who will pay for it.

LOAD-DATE: May 6, 2024

LANGUAGE: ENGLISH

                  Copyright 2024 The Northern Herald
                          All Rights Reserved
"""

REDDIT = [
    {"id": "a1", "author": "kelp", "created_utc": 1714730000, "body": "They&#39;ll likely close it &amp; not say why."},
    {"id": "a2", "author": "[deleted]", "created_utc": 1714730100, "body": "[deleted]"},
    {"id": "a3", "author": "tern", "created_utc": 1714730200, "body": "[removed]"},
    {"id": "a4", "author": "wrack", "created_utc": 1714730300, "body": "Source? Apparently the paper made it up."},
]  # fmt: skip

CHAT = [
    {
        "id": "c-17",
        "messages": [
            {"role": "user", "content": "Is the bridge safe?"},
            {"role": "assistant", "content": "I am not certain. Engineers say it should hold until May."},
            {"role": "user", "content": "And after that?"},
            {"role": "assistant", "content": "It may have to close. That claim has been disputed."},
        ],
    }
]

PODCAST = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Anna>So the council told us the bridge

00:00:04.000 --> 00:00:06.500
<v Anna>could close in May.

00:00:07.000 --> 00:00:09.000
<v Tom>[LAUGHTER] That is what they claim.

00:00:09.500 --> 00:00:12.000
<v Tom>Perhaps it never will.
"""

MAIL = """From anna@example.org Fri May  3 10:00:00 2024
From: Anna Lee <anna@example.org>
To: desk@example.org
Date: Fri, 03 May 2024 10:00:00 +0100
Subject: Bridge
Content-Type: text/plain; charset=utf-8

The mayor apparently knew in March. We should ask her.

--
Anna Lee, Harbour Gazette

From tom@example.org Fri May  3 11:00:00 2024
From: Tom Orr <tom@example.org>
To: anna@example.org
Date: Fri, 03 May 2024 11:00:00 +0100
Subject: Re: Bridge
Content-Type: text/plain; charset=utf-8

She denies it.

On Fri, May 3, 2024 at 10:00 AM Anna Lee <anna@example.org> wrote:
> The mayor apparently knew in March. We should ask her.

"""

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Bridge may close</title></head><body>
<div id="cookie-banner"><p>We and our 843 partners use cookies. You may change your mind at any time.</p></div>
<nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li><li><a href="/s">Sport</a></li></ul></nav>
<article><h1>Bridge may close</h1><p>The council said on Friday that the river bridge may close for a year, because
rust has been found in the cables that hold its deck.</p><p>Critics reportedly called the plan a sham, and it is unclear
whether the money for the repairs exists at all.</p></article>
<div class="comments"><p>bob: It will never happen!!!</p></div><footer>Copyright 2024</footer></body></html>
"""

MISSING_PAGE = """<!doctype html><html><head><title>404 Not Found</title></head><body><h1>Page not found</h1>
<p>The page may have moved. Please enable JavaScript to continue.</p></body></html>
"""

REPORT = [
    "Annual report on the river bridge",
    "Rust was found in two of the cables. It could spread if",
    "nothing is done. The engineers consider a closure un-",
    "avoidable.",
]

WIKIPEDIA = """The Fosse Bridge is a bridge over the river Ember.[1] It was probably built in 1832,[2][3] though some
historians dispute this date.[citation needed] According to a parish record, it burned twice.[a]

It is widely regarded as the oldest of its kind.[who?]
"""


def write_all(folder: Path) -> None:
    """Write the inputs of all stories."""
    (folder / "nexis.txt").write_text(NEXIS, "utf-8")
    # Excel in Europe: semicolons, and letters of cp1252.
    (folder / "export.csv").write_bytes(
        "Harbour survey;;\nid;comment;date\n1;“Likely” delays, says the café’s owner.;3 May 2024\n2;n/a;\n".encode(
            "cp1252"
        )
    )
    (folder / "RC_2024-05.jsonl").write_text("".join(json.dumps(row) + "\n" for row in REDDIT), "utf-8")
    (folder / "chats.json").write_text(json.dumps(CHAT, indent=2), "utf-8")
    (folder / "episode-12.vtt").write_text(PODCAST, "utf-8")
    (folder / "desk.mbox").write_text(MAIL, "utf-8")
    (folder / "pages").mkdir()
    (folder / "pages/bridge.html").write_text(PAGE, "utf-8")
    (folder / "pages/old.html").write_text(MISSING_PAGE, "utf-8")
    (folder / "pages/logo.png").write_bytes(b"\x89PNG")
    (folder / "report.pdf").write_bytes(pdf([REPORT]))
    write_parquet(folder / "claims.parquet")
    (folder / "bridge.txt").write_text(WIKIPEDIA, "utf-8")


def write_parquet(path: Path) -> None:
    """Write a data set of claims, with a nested text and a column of bytes."""
    import pyarrow
    import pyarrow.parquet

    claims = [
        {"claim": {"text": "The bridge is said to be unsafe.", "lang": "en"}, "checked": "2024-05-04"},
        {"claim": {"text": "The mayor confirmed that rust was found.", "lang": "en"}, "checked": "2024-05-05"},
    ]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(claims), path)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
