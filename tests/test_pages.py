"""Web pages: the article is read, and nothing else; a page without one is rejected with the reason."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from hedgerow.readers.formats import read_texts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Layout, Source

MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "World", "Politics", "Sport"))
NAV = f"<nav><ul>{MENU}</ul></nav>"
SENTENCES = [
    "The harbour board said on Tuesday that the old lighthouse may be sold before the summer.",
    "Residents of the island reportedly want to keep it, and a petition has gathered 900 names.",
    "It is unclear whether the board can find a buyer who would pay for the repairs.",
    "A spokeswoman suggested that a decision could come in June, after the next meeting.",
]
ARTICLE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(body: str, head: str = "<title>Lighthouse may be sold</title>") -> bytes:
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def read(raw: bytes, **options: Any) -> Item:
    (item,) = read_texts(Source(io.BytesIO(raw), "page.html", Layout(Format.HTML, **options)))
    return item


def paragraphs(raw: bytes, **options: Any) -> list[str]:
    item = read(raw, **options)
    assert isinstance(item, InputText), item
    return "".join(item.chunks).split("\n\n")


def reason(raw: bytes) -> str:
    item = read(raw)
    assert isinstance(item, Rejected), "".join(item.chunks) if isinstance(item, InputText) else item
    assert item.raw == raw
    return item.reason


CLUTTER = {
    "comments": '<section id="comments"><h3>3 comments</h3><div class="comment"><p>Zed: I think that this may all be'
    " lies, and probably the board will hide it for years to come.</p></div></section>",
    "many comments": '<div class="comments-area">'
    + '<article class="comment-body"><p>Zed thinks that this may all be lies, and probably worse than'
    " that.</p></article>" * 30 + "</div>",
    "a cookie banner by its name": '<div id="onetrust-banner-sdk"><p>Zed cookies might be stored by us.</p></div>',
    "a cookie banner by its words": "<div><p>We and our 211 partners use cookies, Zed. By clicking Accept you"
    " agree.</p></div>",
    "a dialog": '<div role="dialog"><p>Zed, your choices may apply to this site only.</p><button>Accept</button></div>',
    "a newsletter": '<div class="newsletter-signup"><p>Zed may like our Monday newsletter, so sign up now.</p></div>',
    "a footer": "<footer><p>© 2024 Zed Media Ltd. All rights reserved. Prices may vary.</p></footer>",
    "related stories": '<aside class="related"><h4>Read more</h4><ul><li><a href="#">Zed may'
    " resign</a></li></ul></aside>",
    "a menu": f'<div class="main-nav"><ul>{MENU}<li><a href="/z">Zed may</a></li></ul></div>',
    "a hidden part": '<div style="display: none"><p>Zed says that this was perhaps a draft of the article.</p></div>',
    "a script": '<script>var text = "Zed may come.";</script><noscript><p>Please enable JavaScript,'
    " Zed.</p></noscript>",
    "a form": '<form><label>Zed may search</label><input name="q"><button>Search</button></form>',
    "a table": "<table><tr><td>Zed may</td><td>12</td></tr></table>",
    "comments under a heading": "<h3>2 Comments</h3><p>Zed: this may all be rubbish, and the board should go.</p>",
    "an advertisement": "<p>ADVERTISEMENT</p><p>Article continues below</p><noscript>Zed may load.</noscript>",
    "a cookie notice of this site": "<p>This website uses cookies so that Zed can give you more.</p>",
    "an offer": "<div><p>Become a member, Zed.</p><p>Get full digital access from $1 a week, Zed.</p></div>",
    "a page's comment": "<!-- Zed might be here. -->",
}


@pytest.mark.parametrize("wrapper", ["article", "main", "div", 'div class="post comments-open"', "section"])
@pytest.mark.parametrize("kind", CLUTTER)
def test_an_article_is_read_without(kind: str, wrapper: str) -> None:
    article = f"<{wrapper}><h1>Lighthouse may be sold</h1>{ARTICLE}</{wrapper.split()[0]}>"
    clutter = CLUTTER[kind]
    orders = (NAV + article + f"<div>{clutter}</div>", f"<div>{clutter}</div>" + NAV + article)
    for body in orders:
        found = paragraphs(page(body))
        assert [text for text in found if text in SENTENCES] == SENTENCES
        assert "Zed" not in "".join(found)
        assert not {"Home", "Sport"} & set(found)


@pytest.mark.parametrize(
    "wrapper",
    [
        'aside class="story"',
        'form id="aspnetForm"',
        'div class="paywall"',
        "td",
        "blockquote",
        'div class="sidebar-main"',
    ],
)
def test_an_article_is_found_in_an_element_that_is_named_badly(wrapper: str) -> None:
    tag = wrapper.split()[0]
    inner = f"<{wrapper}>{ARTICLE}</{tag}>"
    body = f"<table><tr>{inner}</tr></table>" if tag == "td" else inner
    assert paragraphs(page(NAV + body)) == SENTENCES


def test_an_article_of_lines_or_of_divisions_is_read() -> None:
    assert (
        " ".join(paragraphs(page("<div>" + "<br><br>".join(SENTENCES) + "</div>"))).split()
        == " ".join(SENTENCES).split()
    )
    divisions = "".join(f"<div>{sentence}</div>" for sentence in SENTENCES)
    assert paragraphs(page(f"{NAV}<div class=body>{divisions}</div>")) == SENTENCES


def test_a_line_end_of_the_source_ends_no_paragraph() -> None:
    wrapped = ARTICLE.replace(" ", "\n")
    assert paragraphs(page(f"<article>{wrapped}</article>")) == SENTENCES
    assert paragraphs(page(wrapped)) == SENTENCES
    assert paragraphs(page("<pre>" + "\n\n".join(SENTENCES).replace(" the ", "\nthe ") + "</pre>")) == SENTENCES
    code = "<pre><code>it = may(rain)</code></pre>"
    assert paragraphs(page(f"<article>{code}{ARTICLE}{code}</article>")) == SENTENCES


def test_characters_that_no_page_may_have_do_no_harm() -> None:
    assert (
        paragraphs(page("<article><p>It&#1; may\x02\n ra&#8217;in&#128;.</p><pre>It&#2; may snow.</pre></article>"))[0]
        == "It may ra’in€."
    )


def test_the_marks_of_notes_are_left_out() -> None:
    mark = '<sup class="reference"><a href="#n">[1]</a></sup><sup>[<a href="#c">citation needed</a>]</sup>'
    assert paragraphs(page(f"<article>{ARTICLE.replace('</p>', mark + '</p>')}</article>")) == SENTENCES
    assert paragraphs(page("<article><p>It may be 10<sup>3</sup> metres.</p></article>")) == ["It may be 103 metres."]


def test_the_first_lines_in_a_header_are_read_and_a_byline_is_not() -> None:
    header = "<header><h1>Lighthouse may be sold</h1><p>The board needs money, perhaps.</p><p>By Ann Lee</p></header>"
    found = ["Lighthouse may be sold", "The board needs money, perhaps.", *SENTENCES]
    assert paragraphs(page(f"<article>{header}{ARTICLE}</article>")) == found


def test_title_author_and_date_are_columns() -> None:
    item = read(page(f"<article><p class=byline>By Ann Lee, 3 May 2024</p>{ARTICLE}</article>"))
    assert isinstance(item, InputText)
    assert item.row == {"title": "Lighthouse may be sold", "author": "Ann Lee", "date": "2024-05-03"}


NOTICES = {
    "not available": ("<p>Sorry, this content isn't available right now.</p>", "error"),
    "nothing found": ("<h2>Nothing here</h2><p>It looks like nothing was found. Maybe try a search?</p>", "error"),
    "redirect": ("<p>You are being redirected. It may take a moment.</p>", "error"),
    "age": ("<h1>Are you over 18?</h1><p>You must be of legal drinking age to enter this site.</p>", "age"),
    "ad blocker": ("<p>You may be using an ad blocker. Please disable it to continue.</p>", "subscribe"),
    "this site's cookies": ("<p>This website uses cookies. They may be stored in your browser.</p>", "cookie"),
    "page not found": (
        "<h1>404</h1><p>Sorry, the page you are looking for could not be found. It may have moved.</p>",
        "error",
    ),
    "not found in the title": ("<p>Sorry about that. You might try the search.</p>", "error"),
    "gone": (
        "<h1>This article is no longer available.</h1><p>It may have expired, or perhaps it was moved.</p>",
        "error",
    ),
    "access denied": (
        "<h1>Access Denied</h1><p>You don't have permission to access this page. Reference #18.2f.</p>",
        "error",
    ),
    "server": ("<h1>502 Bad Gateway</h1><hr><p>nginx</p>", "error"),
    "region": ("<p>Unfortunately, our website is currently unavailable in most European countries.</p>", "error"),
    "scripts": ("<div id=root></div><p>You need to enable JavaScript to run this app.</p>", "JavaScript"),
    "scripts only in noscript": (
        "<div id=root></div><noscript>Please enable JavaScript to continue.</noscript>",
        "JavaScript",
    ),
    "robot": (
        "<h1>Are you a robot?</h1><p>To continue, please click the box below to let us know you're not.</p>",
        "robots",
    ),
    "moment": (
        "<h1>Just a moment...</h1><p>Checking your browser before accessing the site. It may take 5 seconds.</p>",
        "robots",
    ),
    "traffic": ("<p>Our systems have detected unusual traffic from your computer network.</p>", "robots"),
    "consent": (
        "<h1>Before you continue</h1><p>We use cookies and data to deliver and maintain our services.</p><p>If"
        " you choose"
        " to accept all, we will also use cookies to develop new services and may show personalised ads.</p>"
        "<p>Your consent applies to our partners and vendors, who may use your personal data.</p>"
        "<button>Accept all</button>",
        "cookie",
    ),
    "subscription": (
        "<article><p>Subscribe to continue reading. Already a subscriber? Log in.</p></article>",
        "subscribe",
    ),
    "login": ("<main><p>Please sign in to read this story. It may take a minute.</p></main>", "subscribe"),
    "menu": (NAV, "no article text"),
    "empty": ("", "no article text"),
}


@pytest.mark.parametrize("kind", NOTICES)
def test_a_page_without_an_article_is_rejected_with_the_reason(kind: str) -> None:
    body, word = NOTICES[kind]
    head = "<title>404 Not Found</title>" if kind == "not found in the title" else "<title>Gazette</title>"
    assert word in reason(page(body, head))
    if body and kind != "menu":
        assert word in reason(page(NAV + body + CLUTTER["a footer"].replace("Zed", ""), head))


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Oops</h1><p>Hmm, you seem to be lost. Let us help you find your way back home.</p>",
        "<h1>Oops</h1><p>We've detected suspicious activity from your network. Complete the challenge to go on.</p>",
        "<p>You're offline. Check your connection, and try again.</p>",
        "<p>Sign in to see this. By signing in you may agree to our terms.</p>",
        "<div>You have been blocked. The site owner may have blocked your address.</div>",
        "<h1>Sorry</h1><p>Our site is temporarily down. We may be back soon.</p>",
        "<p>Loading, please wait. This may take a few seconds.</p>",
        "<p>This content is private. You may ask its owner for access.</p>",
        f"<h1>Hello</h1><p>It may rain. It may snow.</p>{CLUTTER['a footer']}",
    ],
)
def test_a_page_with_few_words_needs_something_that_shows_an_article(body: str) -> None:
    assert "too little text for an article (" in reason(page(body)) or "notice" in reason(page(body))
    assert "too little text for an article (" in reason(page(NAV + f"<main>{body}</main>"))


SHORT = "<h1>Bridge may close</h1><p>The bridge may close, the council said. It is unclear when.</p>"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", f"<article>{SHORT}</article>"),
        ('<meta property="og:type" content="article">', SHORT),
        ('<meta name="author" content="Ann Lee">', SHORT),
        ('<meta property="article:published_time" content="2024-05-03T10:00:00Z">', SHORT),
        ('<script type="application/ld+json">{"@type": ["NewsArticle"], "headline": "Bridge"}</script>', SHORT),
        ("", f'<div itemscope itemtype="https://schema.org/NewsArticle">{SHORT}</div>'),
    ],
)
def test_a_short_article_is_read_if_the_page_shows_that_it_is_one(head: str, body: str) -> None:
    assert "The bridge may close, the council said. It is unclear when." in paragraphs(page(NAV + body, head))


@pytest.mark.parametrize(
    "sentence",
    [
        "Police said that the content was no longer available on the site, and that they may file charges.",
        "The file was removed, the board said.",
        "The service was closed for maintenance on Friday.",
        "He was asked whether he was a robot: are you human?",
    ],
)
def test_a_short_article_about_an_error_is_read(sentence: str) -> None:
    others = "<p>The council met on Friday. It is unclear who was there.</p>"
    for text in (others + f"<p>{sentence}</p>", f"<p>{sentence}</p>" + others):
        assert sentence in paragraphs(page(NAV + f"<article><h1>Council meets</h1>{text}</article>"))
    dated = '<meta name="author" content="Ann Lee">'
    title = "<title>Bridge closed for maintenance</title>"
    assert sentence in paragraphs(page(others + f"<p>{sentence}</p>", title + dated))
    assert "error" in reason(page(f"<article>{others}</article>", "<title>Page not found</title>"))


def test_a_part_of_a_page_is_a_text_however_short() -> None:
    assert paragraphs(b"<p>It may rain.") == ["It may rain."]


def test_a_page_that_lists_articles_is_no_article() -> None:
    teasers = "".join(
        f'<article><h2><a href="/{n}">Story {n}</a></h2><p>{s}</p></article>' for n, s in enumerate(SENTENCES)
    )
    assert "a list of other articles" in reason(page(NAV + f"<main>{teasers}</main>"))


def test_prose_about_errors_cookies_and_subscribers_is_kept() -> None:
    prose = [
        "Readers who saw a page that was not found may have been misled, the regulator said in its report on Monday.",
        "Sites that use cookies might have to ask for consent, according to the draft of the law.",
        "The paper said that it had 404 new subscribers, and that it would perhaps raise its price for members.",
        "Critics called the robot a toy, and said that JavaScript was probably to blame for the failure of it all.",
    ]
    for sentence in prose:
        text = [*SENTENCES, sentence, *SENTENCES]
        assert paragraphs(page("<article>" + "".join(f"<p>{part}</p>" for part in text) + "</article>")) == text


def test_the_text_before_a_paywall_is_kept_and_the_notice_is_not() -> None:
    notices = (
        "Subscribe to continue reading. Already a subscriber? Log in.",
        "To keep reading, start your free trial.",
        "This article is for subscribers only.",
        "You have reached your limit of free articles this month.",
    )
    for notice in notices:
        found = paragraphs(page(f"{NAV}<article><p>{SENTENCES[0]}</p><div><p>{notice}</p></div></article>"))
        assert found == SENTENCES[:1]


def linked_data(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<title>Lighthouse</title><script type="application/ld+json">{text}</script>'


NEWS = {"@type": "NewsArticle", "headline": "Lighthouse", "articleBody": "\n\n".join(SENTENCES)}
LINKED_DATA = {
    "an object": linked_data(NEWS),
    "an array": linked_data([{"@type": "Organization", "name": "Gazette"}, NEWS]),
    "a graph": linked_data({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, NEWS]}),
    "the second script": linked_data({"@type": "BreadcrumbList"}) + linked_data(NEWS),
    "a script after a broken one": linked_data("{broken") + linked_data(NEWS),
    "a trailing comma": linked_data(json.dumps(NEWS)[:-1] + ",}"),
    "raw line ends": linked_data(json.dumps(NEWS).replace("\\n", "\n")),
    "broken at the end": linked_data(json.dumps(NEWS)[:-1]),
    "in CDATA": linked_data(f"//<![CDATA[\n{json.dumps(NEWS)}\n//]]>"),
    "with tags": linked_data(NEWS | {"articleBody": "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in SENTENCES)}),
    "in parts": linked_data(NEWS | {"articleBody": SENTENCES}),
    "without spaces": linked_data(NEWS | {"articleBody": "\n".join(SENTENCES).replace("\n", "\n")}),
}


@pytest.mark.parametrize("kind", LINKED_DATA)
def test_the_article_of_linked_data_is_read(kind: str) -> None:
    body = "<div id=app>Loading...</div><noscript>You need to enable JavaScript to run this app.</noscript>"
    assert paragraphs(page(NAV + body, LINKED_DATA[kind])) == SENTENCES


def test_an_article_that_linked_data_only_mention_is_not_the_page_s() -> None:
    other = {"@type": "ItemList", "itemListElement": [{"item": NEWS | {"articleBody": "Zed may come. " * 40}}]}
    assert paragraphs(page(f"<article>{ARTICLE}</article>", linked_data(other))) == SENTENCES


def test_a_teaser_in_linked_data_does_not_replace_the_article() -> None:
    teaser = linked_data(NEWS | {"articleBody": SENTENCES[0][:40]})
    assert paragraphs(page(f"<article>{ARTICLE}</article>", teaser)) == SENTENCES


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("latin-1", "<meta charset=iso-8859-1>"),
        ("cp1252", ""),
        ("utf-8", ""),
        ("utf-16", ""),
        ("cp1252", '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'),
        ("cp1252", "<meta charset=none>"),
        ("utf-8-sig", ""),
        ("iso8859-15", "<meta charset='iso-8859-15'>"),
    ],
)
def test_a_page_is_read_in_its_encoding(encoding: str, head: str) -> None:
    sentence = (
        "The café may close, he said." if encoding in ("latin-1", "iso8859-15") else "The café may “close”, he said."
    )
    raw = f"<html><head>{head}</head><body><article><p>{sentence}</p></article></body></html>".encode(encoding)
    assert paragraphs(raw) == [sentence]


def test_a_named_encoding_is_used_and_a_wrong_one_is_said() -> None:
    raw = "<p>Он may прийти.</p>".encode("cp1251")
    assert paragraphs(raw, encoding="cp1251") == ["Он may прийти."]
    item = read("<p>caf\xe9 may close.</p>".encode("latin-1"), encoding="utf-8")
    assert isinstance(item, Rejected)
    assert "the page is not utf-8" in item.reason


def test_a_file_that_is_no_page_is_rejected() -> None:
    assert "not an HTML page" in reason(b"It may rain. It may snow.")
    assert "not an HTML page" in reason(b"%PDF-1.4\0\0<x")
