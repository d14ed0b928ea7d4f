"""Sixty hostile texts by name: none may be executed, crash the server, or be lost without a word.

`TEXTS` are strings that a client may send as a text; `BODIES` are bytes that it may send in place of JSON.
"""

from __future__ import annotations

import json

TEXTS: dict[str, str] = {
    "script": "He may go. <script>alert(1)</script> She said so.",
    "script end": "He may go.</script><script>alert(2)</script>",
    "style end": "He may go.</style><img src=x onerror=alert(3)>",
    "image": '<img src="x" onerror="alert(4)"> He may go.',
    "svg": "<svg onload=alert(5)> He may go.",
    "frame": '<iframe src="javascript:alert(6)"></iframe> He may go.',
    "link": '<a href="javascript:alert(7)">He may go.</a>',
    "attribute": '" onmouseover="alert(8)" x=" He may go.',
    "single quote attribute": "' onfocus='alert(9)' autofocus=' He may go.",
    "comment": "He may go. <!-- --> --!> <script>alert(10)</script>",
    "cdata": "He may go. <![CDATA[<script>alert(11)</script>]]>",
    "entity": "He may go. &lt;script&gt;alert(12)&lt;/script&gt; &#x3c;b&#x3e;",
    "document type": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]> He may go. &b;',
    "textarea end": "He may go.</textarea></title></noscript><script>alert(13)</script>",
    "refresh": '<meta http-equiv="refresh" content="0;url=https://example.org"> He may go.',
    "form": '<form action="https://example.org"><button>Go</button></form> He may go.',
    "base": '<base href="https://example.org/"> He may go.',
    "braces": "{{7*7}} He may go. {% for x in y %} ${7*7} #{7*7}",
    "class walk": "{{''.__class__.__mro__[1].__subclasses__()}} He may go.",
    "shell": "He may go; $(reboot) `reboot` && reboot | reboot > /dev/null",
    "sql": "He may go'; DROP TABLE sentences; -- \" OR 1=1",
    "format": "He may go. %s %n %x {0} {text!r} %(text)s",
    "path": "../../../../etc/passwd may go.",
    "windows path": "..\\..\\windows\\win.ini may go. C:\\Users\\x",
    "log line": 'He may go.\n{"level": "error", "event": "forged"}\nShe said so.',
    "header": "He may go.\r\nX-Forged: yes\r\n\r\nShe said so.",
    "ansi": "He may go. \x1b[31mred\x1b[0m \x1b]0;title\x07",
    "controls": "He \x01may\x02 \x08go\x0b.\x0c \x7f\x80\x9f",
    "right to left": "He may go. \u202eevil\u202c \u2067x\u2069 \u200f.",
    "hebrew": "הוא אולי ילך. He may go. قال إنه قد يذهب.",
    "unbalanced direction": "\u202e\u202e\u202e He may go.",
    "combining": "He" + "\u0301" * 500 + " may go.",
    "zalgo": "".join(letter + "\u0310\u0336\u0357" * 5 for letter in "He may go."),
    "decomposed": "Il a dit qu'e\u0301tait cafe\u0301; he may go.",
    "emoji": "He may go 👩‍👩‍👧‍👦 🏳️‍🌈 🇫🇷 👍🏽. She said so 🤷.",
    "emoji alone": "👍🏽 🏳️‍🌈",
    "astral": "𝓗𝓮 𝓶𝓪𝔂 𝓰𝓸. 𐍈 𝕳𝖊 said so.",
    "zero width": "He\u200b may\u200d go\ufeff. \u2060She\u00ad said so.",
    "byte order mark": "\ufeffHe may go.",
    "unassigned": "He may go \U000e0001\U000e0041\uffff\ufffe\ufdd0.",
    "private use": "He may go \ue000\uf8ff\U0010ffff.",
    "line ends": "He may go.\rShe\u2028said\u2029so.\x85It\x0bmay\x0crain.",
    "quotation marks": '"' * 10_000,
    "opening marks": "“" * 10_000 + "He may go.",
    "brackets": "(" * 5_000 + "He may go." + ")" * 5_000,
    "full stops": "." * 20_000 + " He may go.",
    "line breaks": "\n" * 20_000 + "He may go.",
    "spaces": "He" + " " * 100_000 + "may go.",
    "hyphens": "he-" * 20_000 + "may go.",
    "abbreviations": "Mr. " * 5_000 + "may go.",
    "one word": "a" * 1_000_000,
    "one long sentence": "he may " * 20_000 + "go.",
    "digits": "9" * 100_000 + " may go.",
    "question marks": "?!" * 10_000,
    "null": "null",
    "nan": "NaN",
    "number": "-1e309",
    "nul": "He may\0go.",
    "empty": "",
    "blank": " \n\t\u00a0\u2003 ",
}
# Texts that are rejected by name; every other one is labelled.
REJECTED = frozenset({"nul", "empty", "blank"})


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


BODIES: dict[str, bytes] = {
    "lone high surrogate": b'{"text": "He may go \\ud800."}',
    "lone low surrogate": b'{"text": "He may go \\udc00."}',
    "swapped surrogates": b'{"text": "He may go \\udc00\\ud800."}',
    "surrogate in a key": b'{"\\ud800": 1, "text": "He may go."}',
    "half a UTF-8 sequence": b'{"text": "He may go \xe2\x82"}',
    "overlong UTF-8": b'{"text": "He may go \xc0\xaf"}',
    "encoded surrogate": b'{"text": "He may go \xed\xa0\x80"}',
    "UTF-16": '{"text": "He may go."}'.encode("utf-16"),
    "cut off": b'{"text": "He may go.',
    "nothing": b"",
    "null body": b"null",
    "list": _json(["He may go."]),
    "string": _json("He may go."),
    "NaN": b'{"text": "He may go.", "abstain": NaN}',
    "infinity": b'{"text": "He may go.", "abstain": 1e999}',
    "huge integer": b'{"text": "He may go.", "abstain": ' + b"9" * 5_000 + b"}",
    "twice": b'{"text": "He may go.", "text": "She said so."}',
    "deep list": b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "text is a number": _json({"text": 7}),
    "text is null": _json({"text": None}),
    "sentences is a string": _json({"sentences": "He may go."}),
    "no sentences": _json({"sentences": []}),
    "a sentence is null": _json({"sentences": ["He may go.", None]}),
    "both": _json({"text": "He may go.", "sentences": ["He may go."]}),
    "unknown field": _json({"text": "He may go.", "__class__": "x"}),
    "model path": _json({"text": "He may go.", "model": "../../etc"}),
    "explain as a string": _json({"text": "He may go.", "explain": "true"}),
}
