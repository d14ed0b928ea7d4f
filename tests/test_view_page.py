"""The page of a labelled text: whole, safe, readable, and the same as the labels."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

import hedgerow
from hedgerow import Certainty, Classifier, Document, Prediction, Span, SpanType, Stance
from hedgerow.errors import InputError
from hedgerow.labels import AXES
from hedgerow.view import About, ViewedDocument, write_page
from hedgerow.view import documents as documents_module
from hedgerow.view.about import about_model, about_rows
from hedgerow.view.documents import Collector
from hedgerow.view.legend import definitions
from hedgerow.view.sentence_markup import MARKS
from hedgerow.view.whole_page import MANY, asset
from tests.html_elements import Node, elements, with_class

ROOT = Path(__file__).parents[1]
ARTICLE = (ROOT / "data" / "examples" / "article.txt").read_text("utf-8")
ABOUT = About("lexicon", "0123456789abcdef", "0.1.0", "2026-11-30")


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return hedgerow.load("lexicon")


@pytest.fixture(scope="module")
def article(classifier: Classifier) -> Document:
    return classifier.read(ARTICLE, name="article.txt")


@pytest.fixture(scope="module")
def page(article: Document) -> str:
    return write_page([ViewedDocument.of(article)], ABOUT)


def page_of(*labelled: Document | Prediction) -> str:
    return write_page([ViewedDocument.of(one) for one in labelled], ABOUT)


def sentences(nodes: list[Node]) -> list[Node]:
    return [node for node in with_class(nodes, "h-s") if "id" in node.attributes]


def words_of(node: Node, nodes: list[Node]) -> str:
    """The text of a sentence without what is spoken after it."""
    spoken = [one for one in with_class(nodes, "h-spoken") if node in one.parents]
    return node.text.removesuffix(spoken[0].text) if spoken else node.text


def test_every_sentence_is_there_once_in_order_and_unchanged(article: Document, page: str) -> None:
    nodes = elements(page)
    found = sentences(nodes)
    assert [words_of(node, nodes) for node in found] == [sentence.text for sentence in article]
    assert [node.attributes["id"] for node in found] == [f"s1-{number}" for number in range(1, len(article) + 1)]


def test_a_sentence_carries_its_labels_scores_and_spans(article: Document, page: str) -> None:
    nodes = elements(page)
    for node, sentence in zip(sentences(nodes), article, strict=True):
        assert (node.attributes["data-c"], node.attributes["data-t"]) == (sentence.certainty, sentence.stance)
        assert {f"h-{sentence.certainty}", f"h-{sentence.stance}"} <= node.classes
        scores = [round(100 * sentence.certainty_scores[label]) for label in Certainty]
        assert node.attributes["data-cs"] == " ".join(map(str, scores))
        assert node.attributes.get("data-g", "") == MARKS[str(sentence.certainty)] + MARKS[str(sentence.stance)]
        assert f"{sentence.certainty} " in node.attributes["title"]
    marked = [node for node in nodes if node.tag == "mark" and "data-k" in node.attributes]
    spans = [(str(span.type), span.text) for sentence in article for span in sentence.spans]
    assert [(node.attributes["data-k"], node.text) for node in marked] == spans


def test_the_text_is_laid_out_as_it_was(page: str) -> None:
    nodes = elements(page)
    blocks = with_class(nodes, "h-block")
    assert len(blocks) == len(ARTICLE.strip().split("\n\n"))
    assert blocks[0].tag == "h3"
    assert blocks[0].text.startswith("The River Is Low")
    assert {block.tag for block in blocks[1:]} == {"p"}


def test_the_page_asks_for_nothing_and_its_policy_knows_its_style_and_script(page: str) -> None:
    nodes = elements(page)
    (policy,) = [node.attributes["content"] for node in nodes if node.attributes.get("http-equiv")]
    for tag in ("style", "script"):
        (one,) = [node for node in nodes if node.tag == tag]
        digest = b64encode(sha256(one.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        assert set(one.attributes) == set()
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http:" not in page.replace("http-equiv", "")
    assert "https:" not in page
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(|eval\(|innerHTML", page)
    for node in nodes:
        assert node.tag not in {"img", "iframe", "object", "embed", "link", "form", "base"}
        assert not [name for name in node.attributes if name.startswith("on") or name in {"style", "src"}]
        assert node.attributes.get("href", "#").startswith("#")


def test_every_link_of_the_page_leads_somewhere_and_every_id_is_there_once(page: str) -> None:
    nodes = elements(page)
    ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for node in nodes:
        for name in ("href", "aria-labelledby"):
            assert node.attributes.get(name, "#d1").removeprefix("#") in ids
    assert [node.text for node in nodes if node.tag == "h1"] == ["article.txt"]


HOSTILE = [
    "<script>alert(1)</script>",
    "</style></script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- <![CDATA[ ]]> --> &lt;b&gt; &amp; &#60;",
    "{{ 7*7 }} ${7*7} {% raw %} <%= 1 %> $name",
    "\u202eright to left override and \u2067isolates",
    "زعم الوزير أن الاتفاق قد يفشل",
    "e\u0301 a\u0300\u0316\u0317 \U0001f469\u200d\U0001f52c emoji",
    "“" * 1000 + '"' * 1000 + "'" * 1000,
    "x" * 20_000,
    "javascript:alert(1) data:text/html,<b>",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_and_never_becomes_markup(text: str) -> None:
    """The text, the name, a cue, a source and a head of the user's own: each is escaped."""
    span = Span(0, min(5, len(text)), SpanType.HEARSAY, text[:5], 0.5)
    prediction = one_prediction(text, spans=(span,), other_scores={text: {text: 1.0}})
    html = page_of(Document((prediction,), name=text, text=text))
    nodes = elements(html)
    (node,) = sentences(nodes)
    assert words_of(node, nodes) == text
    plain = elements(page_of(Document((one_prediction("Plain."),), name="plain", text="Plain.")))
    assert {node.tag for node in nodes} - {"mark"} <= {node.tag for node in plain}
    assert len([node for node in nodes if node.tag == "script"]) == 1


def test_controls_and_lone_surrogates_are_shown_as_replacement_characters() -> None:
    html = page_of(one_prediction("a\0b\x1bc\ud800d\x9de"))
    html.encode("utf-8")
    nodes = elements(html)
    assert words_of(sentences(nodes)[0], nodes) == "a\ufffdb\ufffdc\ufffdd\ufffde"


def one_prediction(text: str, **changes: object) -> Prediction:
    certainty = {label: float(label is Certainty.PROBABLE) for label in Certainty}
    stance = {label: float(label is Stance.DISTANCED) for label in Stance}
    prediction = Prediction(text, Certainty.PROBABLE, Stance.DISTANCED, certainty, stance)
    return replace(prediction, **changes)  # type: ignore[arg-type]


def test_own_heads_and_a_cut_sentence_are_told() -> None:
    own = one_prediction(
        "It was loud.", other_scores={"tone": {"angry": 0.8, "calm": 0.2}}, read_to=5,
        other_spans={"places": (Span(0, 2, "town", "It"),)},
    )  # fmt: skip
    nodes = elements(page_of(own))
    (node,) = sentences(nodes)
    assert node.attributes["data-own"] == '[["tone", "angry", [["angry", 80], ["calm", 20]]]]'
    assert "read 5 of its 12 characters" in node.attributes["data-note"]
    assert [one.text for one in nodes if one.attributes.get("data-k") == "town"] == ["It"]
    assert [one.text for one in nodes if one.attributes.get("data-value") == "town"] == ["town1"]


def test_filters_know_labels_types_and_sources(article: Document, page: str) -> None:
    nodes = elements(page)
    chips = {(n.attributes["data-filter"], n.attributes["data-value"]): n for n in with_class(nodes, "h-chip")}
    for axis, enum in AXES.items():
        for label in enum:
            number = sum(getattr(sentence, axis) == label for sentence in article)
            assert chips[axis, str(label)].text == f"{label}{number}"
            assert ("disabled" in chips[axis, str(label)].attributes) is (number == 0)
    kinds = {str(span.type) for sentence in article for span in sentence.spans}
    assert {value for filter_, value in chips if filter_ == "kind"} == kinds
    options = [node.attributes["value"] for node in nodes if node.tag == "option"]
    named = {f"1-{number}" for node in sentences(nodes) for number in node.attributes.get("data-src", "").split()}
    assert set(options) == named | {""}


def test_counts_have_intervals_that_contain_the_share(article: Document, page: str) -> None:
    tables = with_class(elements(page), "h-tallies")
    assert len(tables) == len(AXES)
    certain = sum(sentence.certainty is Certainty.CERTAIN for sentence in article)
    assert re.search(rf"certain{certain}{100 * certain / len(article):.0f} %\d+–\d+ %", tables[0].text)
    assert "Wilson" in page


def test_the_legend_defines_every_label_and_type_with_an_example() -> None:
    known = definitions()
    assert list(known["certainty"]) == list(Certainty)
    assert list(known["stance"]) == list(Stance)
    assert [*known["cues"], *known["sources"]] == list(SpanType)
    legend = [node for node in elements(page_of(one_prediction("A."))) if node.attributes.get("id") == "legend"]
    for terms in known.values():
        for definition, example in terms.values():
            assert definition in legend[0].text
            assert example.count("[") == example.count("]") <= 1
            assert example.replace("[", "").replace("]", "") in legend[0].text


def test_the_page_names_model_version_day_and_how_good_scores_are() -> None:
    html = write_page([ViewedDocument.of(one_prediction("A."))], about_model("base"))
    for part in ("labelled by base (", hedgerow.__version__, "The scores are calibrated. On ", " for certainty"):
        assert part in html
    assert "not calibrated" in about_model("linear").calibration
    known = about_model("small")
    assert about_rows("small", known.model_hash, "0.1.0").calibration == known.calibration
    for nothing in ((None, None, None), ("gone", "12", "0.1.0"), ("small", "12", "0.1.0")):
        assert "not known" in about_rows(*nothing).calibration
    assert "not recorded" in About().line()


def test_several_documents_have_an_index_with_shares_and_sections_of_their_own(article: Document) -> None:
    other = Document((one_prediction("It may rain."),), name="b <i>.txt")
    nodes = elements(page_of(article, other))
    (index,) = [node for node in nodes if node.attributes.get("id") == "index"]
    rows = [node for node in nodes if node.tag == "tr" and index in node.parents][1:]
    assert ["article.txt" in rows[0].text, "b <i>.txt" in rows[1].text] == [True, True]
    cells = [node.attributes.get("data-value") for node in nodes if node.tag == "td" and rows[1] in node.parents][:2]
    assert cells == ["1", "1.00000"]
    assert [node.attributes["id"] for node in with_class(nodes, "h-doc")] == ["d1", "d2"]
    assert "Counts of all documents" in page_of(article, other)


def test_very_many_documents_have_their_text_and_the_counts_of_all() -> None:
    html = page_of(*(one_prediction(f"It may rain {number}.") for number in range(MANY + 1)))
    nodes = elements(html)
    assert len(with_class(nodes, "h-short")) == MANY + 1
    assert not with_class(nodes, "h-strip")
    assert len(with_class(nodes, "h-tallies")) == len(AXES)


def test_too_many_sentences_for_a_page_are_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents_module, "MAX_SENTENCES", 2)
    collector = Collector()
    for sentence in ViewedDocument.of(Document((one_prediction("A."), one_prediction("B.")))).sentences:
        collector.write(sentence)
    with pytest.raises(InputError, match=r"more than 2 sentences are too many for one page; .* hedgerow summary"):
        collector.write(sentence)


def test_the_page_says_nothing_by_colour_alone() -> None:
    """Each label that is not the ground has a mark of its own, each type a line of its own."""
    marks = [MARKS[label] for enum in AXES.values() for label in enum if label not in ("certain", "asserted")]
    assert all(marks)
    assert len(set(marks)) == len(marks)
    style = asset("marks.css")
    plain = "underline 2px solid"
    lines = {kind: re.findall(rf"h-cue\.h-{kind} {{ ([^}}]*) }}", style) for kind in definitions()["cues"]}
    assert plain in style
    assert [kind for kind, found in lines.items() if not found] == ["modal"]
    drawn = [re.sub(r"var\([^)]*\)|currentColor", "", found[0]) for found in lines.values() if found]
    assert len(set(drawn)) == len(drawn)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""

    def luminance(colour: str) -> float:
        digits = colour[1:]
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_texts_and_marks_have_the_contrast_of_wcag_aa(theme: int) -> None:
    pairs = re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)", asset("marks.css"))
    colour = {name: values[theme] for name, *values in pairs}
    grounds = [colour[name] for name in ("paper", "raised", "probable", "possible", "uncommitted")]
    assert min(contrast(colour["ink"], ground) for ground in grounds) >= 7
    for name in ("faint", "accent"):
        assert min(contrast(colour[name], ground) for ground in grounds[:2]) >= 4.5
    for name in ("attributed", "endorsed", "distanced", "disputed"):
        assert min(contrast(colour[name], ground) for ground in grounds) >= 3
    for name in ("certain-fill", "probable-fill", "possible-fill", "uncommitted-fill"):
        assert contrast(colour[name], colour["raised"]) >= 3
