"""The frame of the server's own pages: head, policy, title and links, made into an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from starlette.responses import HTMLResponse, Response

from hedgerow.report.markup import Element, add, content_policy, element, to_html
from hedgerow.view import whole_page

# A form goes to this server, a script asks this server, and the icon stands in the page itself.
ALLOWED = "img-src data:; connect-src 'self'; form-action 'self'"
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' "
    "rx='3' fill='%230b5c8a'/%3E%3Ccircle cx='8' cy='8' r='4.5' fill='none' stroke='white' stroke-width='1.5'/%3E"
    "%3Cpath d='M8 3.5a4.5 4.5 0 0 0 0 9z' fill='white'/%3E%3C/svg%3E"
)
# Of a labelled text and the editor: a browser can go back to them, without sending the text again.
RETURNABLE = {"Cache-Control": "private, no-cache"}
Links = Mapping[str, str]  # title by address


@cache
def asset(name: str) -> str:
    """Return the text of a style, a script or an example of the pages."""
    return resources.files("hedgerow.serve.pages").joinpath(name).read_text("utf-8")


def page_answer(html: str, policy: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a page as an answer.

    It is not cached if `headers` do not say otherwise. A form that it holds tells the server its origin, which a policy
    of no referrer would hide.
    """
    own = {
        "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(html, status, {"Cache-Control": "no-store", **(headers or {}), **own})


@dataclass(frozen=True, slots=True)
class Frame:
    """A page with an empty `main`."""

    root: Element
    body: Element
    main: Element
    style: str
    script: str

    def answer(self, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Return the page as an answer; nothing can be added afterwards."""
        add(self.body, "script").text = self.script
        html = f"<!DOCTYPE html>\n{to_html(self.root)}\n"
        return page_answer(html, content_policy(self.style, self.script, ALLOWED), status, headers)


@dataclass(frozen=True, slots=True)
class Outline:
    """The title of a page, the links below it, and its scripts."""

    title: str
    links: Links = field(default_factory=dict)
    scripts: Iterable[str] = ()


def frame(outline: Outline) -> Frame:
    """Return the frame of a page."""
    style = whole_page.asset("marks.css") + whole_page.asset("page.css") + asset("serve.css")
    script = whole_page.asset("theme.js") + "".join(map(asset, outline.scripts))
    root = element("html", lang="en")
    whole_page.add_head(root, f"{outline.title} · hedgerow", style, content_policy(style, script, ALLOWED))
    add_icon(root)
    body = add(root, "body", class_="hedgerow-view h-page")
    header = add(body, "header", class_="h-header")
    add(add(header, "h1"), "bdi", outline.title)
    add(header, "button", "Theme: system", type="button", id="theme", hidden="hidden")
    if outline.links:
        add_links(add(header, "nav", class_="h-nav", aria_label="Pages"), outline.links)
    main = add(body, "main", id="text", tabindex=-1)
    return Frame(root, body, main, style, script)


def add_icon(root: Element) -> None:
    """Add the icon to the head of a page."""
    add(root[0], "link", rel="icon", href=_ICON)


def add_links(parent: Element, links: Links) -> None:
    """Add links."""
    for address, title in links.items():
        add(parent, "a", title, href=address)
