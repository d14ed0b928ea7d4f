"""Hooks of MkDocs (mkdocs.yml) that mend the HTML of the docs site, mostly for narrow screens and screen readers."""

from __future__ import annotations

import re
from html import unescape

_EMPTY_HEAD = re.compile(r"<thead>\s*<tr>\s*(?:<th></th>\s*)+</tr>\s*</thead>\s*")
_INLINE = re.compile(r"(?<!<pre>)(?<!</span>)<code>([^<>]*)</code>")  # not that of a block
_OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")
_CELL = re.compile(r"<td\b.*?</td>", re.DOTALL)
_INTERVAL = re.compile(r"(\[[+-]?[\d.]+,) ([+-]?[\d.]+\])")
_BREAK = re.compile(r"(?<=[a-z_])[/.|](?=\w)")
LONG = 24  # letters of code that may be broken
_NOT_FOUND = """<h1>This page does not exist</h1>
<p>Go to the <a href="/index.html">start page</a>, or search above.</p>"""


def on_page_content(html: str, **_: object) -> str:
    """Return a page's text without empty heads of tables; options and intervals are not broken, paths are."""
    html = _EMPTY_HEAD.sub("", html).replace("<th></th>", "<td></td>")
    html = _CELL.sub(lambda cell: _INTERVAL.sub(r"\1&nbsp;\2", cell[0]), html)
    return _INLINE.sub(_breakable, html)


def _breakable(code: re.Match[str]) -> str:
    """Return code of a line of text that is broken after a part of a path or name, and not within an option."""
    text = _OPTION.sub(r'<span class="option">\g<0></span>', code[1])
    text = _BREAK.sub(r"\g<0><wbr>", text) if len(unescape(code[1])) > LONG else text
    return f"<code>{text}</code>"


def on_post_page(output: str, **_: object) -> str:
    """Return a page whose search has a name."""
    return output.replace('role="dialog"', 'role="dialog" aria-label="Search"')


def on_post_template(output_content: str, template_name: str, **_: object) -> str:
    """Return the page of an unknown address with a way on."""
    if template_name != "404.html":
        return output_content
    titled = output_content.replace("<title>", "<title>Not found - ", 1)
    return on_post_page(titled.replace("<h1>404 - Not found</h1>", _NOT_FOUND))
