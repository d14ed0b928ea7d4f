"""Parts of a page that are not its article: menus, notices, comments, lists of other articles."""

from __future__ import annotations

import re
from typing import Any

from hedgerow.readers.blocks import CONTROL, NOT_TEXT, is_note_mark

_TAGS = frozenset(("noscript", "nav", "footer", "form", "dialog", "menu"))
_ROLES = frozenset(
    ("navigation", "dialog", "alertdialog", "contentinfo", "search", "banner", "complementary", "menu", "menubar")
)
_NEVER = frozenset(("html", "body", "main", "article"))
# Names of classes and ids, without what says that something is absent ("no-comments").
_NAMES = re.compile(
    r"""(?:.*[-_])?(?:comments?|disqus|respond|replies|(?:reader|user)-?responses)(?:[-_]?(?:list|area|section|body
      |thread|wrapper|container
      |block|content
      |form|box|feed|\d+))?
    | (?:.*[-_])?(?:cookies?|consent|gdpr|ccpa|cmp|onetrust|didomi|privacy)(?:[-_]?(?:banner|notice|bar|wall|popup
      |modal|box|message|consent
      |overlay|dialog|law|info|container|wrapper|sdk))?(?:[-_]\w+)?
    | (?:.*[-_])?(?:newsletter|sign-?up|subscri(?:be|ption)|paywall|regwall|piano)(?:[-_]?(?:box|form|promo|banner
      |cta|notice|prompt|message
      |wall|overlay|offer|module|inline|block|gate|container|wrapper))?
    | (?:.*[-_])?(?:related|recommend(?:ed|ations)?|trending|most-?(?:read|popular)|read-?(?:more|next)
      |more-?(?:stories|news|articles)
      |also-?(?:read|like)|outbrain|taboola|promos?|teasers?)(?:[-_]?(?:articles|stories|posts|links|content|news
      |list|box|items|module|block
      |section|container|wrapper|widget))?
    | (?:.*[-_])?(?:share|sharing|social|breadcrumbs?|nav|navbar|navigation|menu|menubar|masthead|site-?(?:header
      |footer)|footer|sidebar
      |advert(?:s|isement|ising)?|ads?|sponsored|popup|modal|skip-?link|toolbar|tags|pagination|author-?bio|widget)
      (?:[-_]?(?:bar|list|box|links|buttons|icons|container|wrapper|block|area|slot|unit|top|bottom|main|menu
      |item))?""",
    re.I | re.X,
)
_ABSENT = re.compile(r"(?:no|has|with|hide|show|without|is|not|js)[-_]", re.I)
_COMMENTS_HEADING = re.compile(
    r"(?:\d+ )?(?:(?:reader|user)s?['’]? )?(?:comments?|responses|replies)(?: ?\(\d+\))?\W*"
    r"|(?:leave|post|add) a (?:reply|comment)\W*|join the (?:conversation|discussion)\W*",
    re.I,
)
_COMMENT = re.compile("comment|disqus|respon|replies", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_LINE_END = re.compile(r"[\n\r\u2028\u2029\x85]")
_TEASER = 400  # characters that the teaser of an article has beside its heading, at most
_FEW = 3  # teasers; fewer may be links of the article to its sources
_MOST = 0.5  # of the text of a page outside links: an element with more is not clutter, whatever its name


def remove_clutter(tree: Any) -> None:
    """Remove the elements of a page that are clutter by their tag, role, class or id, and the marks of footnotes.

    An element with most of the page's text is kept, as pages name things badly; comments are never kept.
    """
    for element in [*tree.iter("sup", "a")]:
        if is_note_mark(element) and element.getparent() is not None:
            element.drop_tree()
    for header in tree.iter("header"):
        if next(header.iterancestors("article", "main"), None) is not None:
            header.tag = "div"  # it has the headline and the first lines; extractors would leave it out
    _remove_comments_by_heading(tree)
    sizes = _sizes(tree)
    most = _MOST * sizes[tree]
    for element in [*tree.iter()]:
        kind = _clutter(element)
        large = sizes.get(element, 0) > most
        if kind is not None and element.getparent() is not None and (kind == "comments" or not large):
            element.drop_tree()
        elif large and element.tag in ("aside", "form", "nav", "footer", "dialog"):
            element.tag = "div"  # the article: extractors would leave it out


def _remove_comments_by_heading(tree: Any) -> None:
    """Remove each heading that says that comments follow, and what follows it in its part of the page."""
    for heading in [*tree.iter("h2", "h3", "h4", "h5")]:
        if not _COMMENTS_HEADING.fullmatch(" ".join("".join(heading.itertext()).split())):
            continue
        part = heading
        while (parent := part.getparent()) is not None and len(parent) == 1 and parent.tag not in _NEVER:
            part = parent
        for element in [part, *part.itersiblings()] if parent is not None else []:
            element.drop_tree()


def normalise_lines(tree: Any) -> None:
    """Make a line end of the page's source a space; a block of preformatted prose becomes paragraphs, one of code goes.

    Extractors keep line ends, but only elements end a paragraph.
    """
    for element in [*tree.iter("pre")]:
        if element.find(".//code") is not None or re.search("code|highlight|source", element.get("class", ""), re.I):
            element.drop_tree()
            continue
        paragraphs = re.split(r"\n\s*\n", "".join(element.itertext()))
        for child in [*element]:
            element.remove(child)
        element.tag, element.text = "div", None
        for paragraph in paragraphs:
            element.append(element.makeelement("p"))
            element[-1].text = CONTROL.sub("", paragraph)
    for element in tree.iter():
        if element.text and _LINE_END.search(element.text):
            element.text = CONTROL.sub("", _LINE_END.sub(" ", element.text))
        if element.tail and _LINE_END.search(element.tail):
            element.tail = CONTROL.sub("", _LINE_END.sub(" ", element.tail))


def remove_teasers(tree: Any) -> int:
    """Remove the teasers of other articles, each with a heading that is a link; return how many there were."""
    headings = [heading for heading in tree.iter("h2", "h3", "h4") if _is_linked(heading)]
    count: dict[Any, int] = {}
    for heading in headings:
        for element in (heading, *heading.iterancestors()):
            count[element] = count.get(element, 0) + 1
    teasers = [teaser for heading in headings if (teaser := _teaser(heading, count)) is not None]
    if len(teasers) < _FEW:
        return 0
    for teaser in teasers:
        teaser.drop_tree()
    return len(teasers)


def _is_linked(heading: Any) -> bool:
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    return any(not link.get("href", "#").startswith("#") for link in links)


def _teaser(heading: Any, count: dict[Any, int]) -> Any:
    """Return the largest element around a linked heading that has no other; None if it has a long text, or none."""
    teaser = heading
    while (parent := teaser.getparent()) is not None and count[parent] == 1:
        teaser = parent
    rest = len(" ".join("".join(teaser.itertext()).split())) - len(" ".join("".join(heading.itertext()).split()))
    return teaser if teaser.getparent() is not None and 0 < rest <= _TEASER else None


def _sizes(tree: Any) -> dict[Any, int]:
    """Return the number of characters outside links in each element."""
    sizes: dict[Any, int] = {}
    for element in reversed([*tree.iter()]):  # children before their parents
        if not isinstance(element.tag, str):
            continue
        own = 0 if element.tag in NOT_TEXT or element.tag == "a" else len((element.text or "").strip())
        inner = (
            0
            if element.tag in NOT_TEXT
            else sum(sizes.get(child, 0) + len((child.tail or "").strip()) for child in element)
        )
        sizes[element] = own + inner
    return sizes


def _clutter(element: Any) -> str | None:
    """Return what kind of clutter an element is, or None."""
    if not isinstance(element.tag, str) or element.tag in _NEVER:
        return None
    names = [name for name in _names(element) if not _ABSENT.match(name) and _NAMES.fullmatch(name)]
    if any(map(_COMMENT.search, names)) and not _holds_article(element):
        return "comments"
    hidden = "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")) is not None
    if names or hidden or element.tag in _TAGS or element.get("role", "").lower() in _ROLES:
        return "clutter"
    return None


def _holds_article(element: Any) -> bool:
    articles = element.iter("main", "article")
    return any(not any(map(_COMMENT.search, _names(article))) for article in articles)


def _names(element: Any) -> list[str]:
    return f"{element.get('class', '')} {element.get('id', '')}".split()
