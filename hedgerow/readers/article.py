"""The article of a page: from its linked data, by trafilatura, or the paragraphs of the part with most of them.

trafilatura runs in its precision mode, on a page without clutter. If that gives less than half of the paragraphs that
stand together in one part of the page, its balanced mode is tried, and then these paragraphs are taken themselves. A
page whose sentences are all notices, or that has only a list of other articles, has no article. A page with few words
needs something that shows that it is one: <article>, a type, linked data, a date or an author.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any, NamedTuple

from hedgerow.readers.blocks import Block, blocks, parse
from hedgerow.readers.clutter import normalise_lines, remove_clutter, remove_teasers
from hedgerow.readers.linked_data import article_body
from hedgerow.readers.notices import block_notice, page_notice, without_notices
from hedgerow.readers.whole import columns, quiet_library

_LEAST_OF_PARAGRAPHS = 0.5  # of the text in paragraphs that stand together: an extraction with less is not taken
_LEAST_OF_EXTRACTION = 0.6  # of the extracted text: an `articleBody` with less is a teaser
_LARGE_TEXT = 300_000  # characters; of a larger page, the paragraphs are taken: trafilatura takes seconds
_MANY_ELEMENTS = 20_000
_LINKED = 0.5  # of a block's characters: a block with more in links is an entry of a menu or an index
_PROSE = 80  # characters; a block as long is prose without a stop at its end, too
_BYLINE = re.compile(r"(?:By|Written by|Words by) [A-Z][\w.'’-]+(?: [\w.'’&,-]+){1,8}(?<![.!?])")
_STOP = re.compile(r"[.!?…:;][\"'”’»)\]]*\Z")
_FEW_WORDS = 40  # of prose: a page with fewer must show that it is an article
_WHOLE_PAGE = re.compile(r"<(?:html|head|title)[\s>]", re.I)  # what has none of them is a part of a page
_ARTICLE_DATA = re.compile(r'"@type"\s*:\s*(?:\[[^\]]{0,200})?"(?:\w{0,30}Article|BlogPosting|LiveBlogPosting|Report)"')
_ARTICLE_TYPE = re.compile(r"schema\.org/(?:\w{0,30}Article|BlogPosting)", re.I)
_WITHOUT = ("table", "figure", "figcaption")


class Article(NamedTuple):
    """The text of a page's article, blank lines between paragraphs, and its title, author and date."""

    text: str
    row: dict[str, str]


def extractor() -> Any:
    """Return the module `trafilatura`; raise InputError if it is not installed."""
    return quiet_library("trafilatura", needed_for="HTML", loggers=("trafilatura", "htmldate"))


def find_article(page: str) -> Article | str:
    """Return the article of a page, or the reason why there is none."""
    tree = parse(page)
    if tree is None:
        return "no article text found in the page"
    row, everything = _metadata(tree), [block.text for block in blocks(tree)]
    heads, shown = _heads(tree, row)
    noscript = [" ".join("".join(element.itertext()).split()) for element in tree.iter("noscript")]
    body = article_body(tree)
    notice = None if body else page_notice(heads, everything)
    if notice is not None:
        return f"no article in the page: it is {notice}"
    normalise_lines(tree)
    remove_clutter(tree)
    teasers = remove_teasers(tree)
    extracted = _extracted(tree)
    texts = [extracted, body] if len(body) < _LEAST_OF_EXTRACTION * len(extracted) else [body, extracted]
    for text in texts:
        kept = [part for part in without_notices(text.split("\n\n")) if not _is_byline(part, row.get("author", ""))]
        if _is_article(kept):
            words = sum(len(block.split()) for block in kept if _is_prose(block))
            if words < _FEW_WORDS and not (shown or body) and _WHOLE_PAGE.search(page):
                return f"too little text for an article ({words} words)"
            return Article("\n\n".join(kept), row)
    if teasers:
        return "no article in the page: it is a list of other articles"
    kinds = sorted({kind for text in (*everything, *noscript) if (kind := block_notice(text)) is not None})
    return "no article text found in the page" + (f", only {' and '.join(kinds)}" if kinds else "")


def _heads(tree: Any, row: dict[str, str]) -> tuple[list[str], bool]:
    """Return the texts of a page that say what it is, and whether anything shows that it is an article.

    The headings of an article with a date, an author or a type may be about errors; so may the first paragraph of
    what any mark shows to be one.
    """
    types = [
        meta.get("content", "") for meta in tree.iter("meta") if meta.get("property", meta.get("name")) == "og:type"
    ]
    scripts = (element.text or "" for element in tree.iter("script") if "ld+json" in element.get("type", "").lower())
    declared = any(kind.lower().startswith("article") for kind in types) or any(map(_ARTICLE_DATA.search, scripts))
    typed = any(_ARTICLE_TYPE.search(element.get("itemtype", "")) for element in tree.iter("article", "div", "main"))
    certain = declared or typed or "date" in row or "author" in row
    title = " ".join((tree.findtext(".//title") or "").split()) or row.get("title", "")
    titles = [title, *(" ".join("".join(heading.itertext()).split()) for heading in tree.iter("h1"))]
    first = next((block.text for block in blocks(tree) if block.linked <= _LINKED * len(block.text)), "")
    shown = certain or next(tree.iter("article"), None) is not None
    return ([] if certain else titles) + ([] if shown else [first]), shown


def _metadata(tree: Any) -> dict[str, str]:
    trafilatura = extractor()
    found = trafilatura.extract_metadata(deepcopy(tree), extensive=False)
    title = found.title or tree.findtext(".//title")
    return columns(title=title, author=found.author, date=found.date, site=found.sitename)


def _extracted(tree: Any) -> str:
    """Return the text of the article as far as the page's elements show it, or ""."""
    paragraphs = _densest([block for block in blocks(tree, _WITHOUT) if block.linked <= _LINKED * len(block.text)])
    least = _LEAST_OF_PARAGRAPHS * sum(map(len, paragraphs))
    large = sum(map(len, paragraphs)) > _LARGE_TEXT or sum(1 for _ in tree.iter()) > _MANY_ELEMENTS
    for precise in () if large else (True, False):
        text = _by_trafilatura(tree, precise)
        if text and len(text) >= least:
            return text
    return "\n\n".join(paragraphs)


def _by_trafilatura(tree: Any, precise: bool) -> str:
    trafilatura = extractor()
    config = trafilatura.settings.use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"  # characters: a short notice is a text too
    text: str | None = trafilatura.extract(
        deepcopy(tree), config=config, favor_precision=precise, include_comments=False, include_tables=False
    )
    lines = (line.strip().removeprefix("- ") for line in (text or "").splitlines())
    return "\n\n".join(line for line in lines if line)


def _densest(found: list[Block]) -> list[str]:
    """Return the blocks in the element whose children, and children's children, have the most prose."""
    scores: dict[Any, float] = {}
    for block in found:
        if _is_prose(block.text):
            parent = block.element.getparent()
            for element, weight in (
                (block.element, 0.4),
                (parent, 1.0),
                (None if parent is None else parent.getparent(), 0.6),
            ):
                if element is not None:
                    scores[element] = scores.get(element, 0) + weight * len(block.text)
    if not scores:
        return []
    best = max(scores, key=lambda element: scores[element])
    return [block.text for block in found if block.element is best or best in block.element.iterancestors()]


def _is_byline(block: str, author: str) -> bool:
    return block == author or _BYLINE.fullmatch(block) is not None


def _is_prose(text: str) -> bool:
    return len(text) >= _PROSE or _STOP.search(text) is not None


def _is_article(kept: list[str]) -> bool:
    """Return whether the blocks have at least one that is prose of two words."""
    return any(_is_prose(block) and len(block.split()) >= 2 for block in kept)
