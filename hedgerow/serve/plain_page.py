"""A plain page of the server itself, without a script: the form for the token, the description of the API."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from starlette.responses import HTMLResponse

from hedgerow.view.markup import Element, add, element, to_html

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; border-top: 1px solid; padding-top: 1rem; }
pre { overflow: auto; border: 1px solid; padding: .6rem; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem 1.5rem; }
label { display: block; margin: 1rem 0 .3rem; }
input { font: inherit; padding: .4rem; width: 100%; max-width: 26rem; box-sizing: border-box; }
button { font: inherit; padding: .4rem 1.2rem; margin-top: 1rem; min-height: 44px; }
"""


def plain_page(title: str) -> tuple[Element, Element]:
    """Return the root of a page, and its main part with the title as heading."""
    root = element("html", lang="en")
    head = add(root, "head")
    add(head, "meta", charset="utf-8")
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "title", title)
    add(head, "style").text = _STYLE
    main = add(add(root, "body"), "main")
    add(main, "h1", title)
    return root, main


def page_response(root: Element, status: int = 200) -> HTMLResponse:
    """Return a page as an answer whose policy allows its own style and forms, and nothing else."""
    style = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return HTMLResponse(f"<!DOCTYPE html>\n{to_html(root)}\n", status, {"Content-Security-Policy": policy})
