"""Names that users choose, in reports: both forms show them whole, and make no element of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from evaluation.agreement import main as compare_files
from evaluation.compare import main as compare_models
from evaluation.index import REPORTS
from evaluation.render import page_of
from hedgerow.predictors.folder import find
from hedgerow.report import (
    Bar,
    Cell,
    Definitions,
    Figure,
    Folded,
    Intervals,
    Items,
    Link,
    Marked,
    MeasuredFile,
    MeasuredModel,
    Page,
    Report,
    Section,
    Strong,
    Table,
    code,
    linear,
    literal,
    markdown_table,
    page_as_html,
    to_markdown,
)
from hedgerow.report.markup import clean
from hedgerow.report.page import Part
from hedgerow.report.record import REPORT
from tests.html_elements import Node, elements

pytestmark = pytest.mark.slow

ARTICLE = Path(__file__).parents[1] / "data" / "examples" / "article.jsonl"
NAME = "Qann"  # the harmless one
TEXTS = ("h1", "h2", "h3", "p", "li", "dt", "dd", "th", "td", "caption", "figcaption", "summary")  # without charts
FOLDER = "My `<b>|x*y* [a](b)"
NAMES = [
    FOLDER, "<script>x</script>", "v/tr`ain.jsonl", "a\nb", "a\r\n\r\n# c", "- [ ] x", "- x", "+ x", "* x", "1. x",
    "2) x", "1.", "# x #", "#", "## x", "> x", "    x", "\tx", "a\\", "\\`", "`", "``", "a`", "`` `", "``` `` `",
    "&lt; &amp; &#60;", "__init__", "_a_ a_b _c", "**b** ~~s~~ ~t~", "[a]: http://x", "[a][b] ![i](u)", "[a]", "![a]",
    "[^1]: x", "[x] y", "<http://x.y>", "---", "- - -", "--", "===", "a\n===", "a\n---", "C:\\dir\\`x`", "x`\\",
    "```\nb", "~~~", "\x1b[31mred", "nul \0", "(b)", "(b) [c](d)", ": x", "</td></table>", "<!-- x", "<?x", "!",
    "\"x\" 'y'", "{+a+} [-b-]", "- a\n- b", "*", "**", "a* b *c", "\\\\", "\\*a\\*", "|", "a|b", "\\|", "a\\|b`|`",
    "| a |\n|---|", "a | b\n--- | ---", "\U0001f600 é", "\ud800", "a\u2028b", "$x$", "AT&T;", "[1]", "[12](x)",
    "0.5 [0.4, 0.6]", "a <", "a &", "www.x.y a@b.cd ftp://x", "=",
]  # fmt: skip


def parsed(markdown: str) -> list[Node]:
    """The elements of Markdown, with tables and struck words as GitHub has them."""
    parser = MarkdownIt("commonmark", {"html": True, "xhtmlOut": False}).enable(["table", "strikethrough"])
    return elements(parser.render(markdown))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def shown(nodes: list[Node]) -> list[tuple[str, str, str]]:
    """Tag, text and description of each element, without style, charts and what only a reader of HTML has."""
    kept = [node for node in nodes if not {"style", "svg", "head"} & {node.tag, *(one.tag for one in node.parents)}]
    return [
        (node.tag, one_line(node.text), one_line(node.attributes.get("alt", node.attributes.get("aria-label", ""))))
        for node in kept
    ]


def everywhere(name: str) -> Page:
    """A page with the name in every place, as words and as code."""
    text = f"{literal(name)} and {code(name)} of `ours`, {literal(name)}"
    words, marked = f"{name}: {name}", Marked(f"{name}(x) {name}", {"found": [{"start": 0, "end": len(name)}]})
    marked = replace(marked, spans={"missed": (), "wrong": (), **marked.spans})
    cells: list[Cell] = [name, words, Strong(name), Bar(name, 0.5), Link(name, f"{NAME}/report.md"), marked, 1]
    table = Table([name, words, *"abcde"], [cells, [words, name, *cells[2:]]], literal(name))
    chart = Intervals([], linear(0, 1, "x"))
    parts: list[Part] = [
        table,
        Figure(chart, text, file="a.svg"),
        Items([literal(name), text, code(name)]),
        Definitions([(name, literal(name)), (words, text)]),
        Folded(name, [Items([text]), Table(["n"], [[name]], text)]),
    ]
    sections = [
        Section(name, text=(literal(name), text), parts=parts, notes=(literal(name), text)),
        Section(words, 3, notes=(code(name),)),
    ]
    return Page(words, [("a", literal(name)), ("b", text)], (literal(name), text), (literal(name), text), sections)


@pytest.mark.parametrize("form", [page_as_html, lambda page: to_markdown(page)])
def test_a_name_is_shown_whole_in_every_place_and_makes_no_element(form: Callable[[Page], str]) -> None:
    read = elements if form is page_as_html else parsed
    harmless = shown(read(form(everywhere(NAME))))
    assert len(harmless) > 60
    for name in NAMES:
        expected = [tuple(one_line(part.replace(NAME, clean(name))) for part in node) for node in harmless]
        assert shown(read(form(everywhere(name)))) == expected, name


def test_the_cells_of_a_table_alone_are_shown_as_they_are() -> None:
    for name in NAMES:
        nodes = parsed(markdown_table([name, "n"], [[name, 1], ["x", name]]))
        assert [one_line(node.text) for node in nodes if node.tag in ("th", "td")] == [
            one_line(name), "n", one_line(name), "1", "x", one_line(name),
        ]  # fmt: skip
        assert {node.tag for node in nodes} == {"table", "thead", "tbody", "tr", "th", "td"}


def test_what_is_no_markup_has_no_backslash() -> None:
    plain = "0.851 [0.828, 0.908], a_b < c_d, p < 0.05, 5 % [over 650, 650] (AT&T) C:\\dir $5 #3 -1.5 2.5 x@1"
    assert to_markdown(Page(plain, text=(plain,))) == f"# {plain}\n\n{plain}\n"


def test_brackets_of_a_marked_sentence_make_no_link() -> None:
    sentence = Marked("he (may) [so](x)", {"found": [{"start": 0, "end": 3}], "missed": (), "wrong": ()})
    page = Page("t", sections=[Section("s", parts=[Table(["sentence"], [[sentence]])])])
    assert "| [he ]\\(may) \\[so\\](x) |" in to_markdown(page)
    (cell,) = (node.text for node in parsed(to_markdown(page)) if node.tag == "td")
    assert cell == "[he ](may) [so](x)"


def test_a_link_leads_to_the_path_that_it_names() -> None:
    path = "a b/(c) <d> `e`|*f*/report.md"
    page = Page("t", sections=[Section("s", parts=[Table(["l"], [[Link("x", path)]])])])
    for nodes in (elements(page_as_html(page)), parsed(to_markdown(page))):
        assert [unquote(node.attributes["href"]) for node in nodes if node.tag == "a"] == [path]


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A JSON value in which each string that is one of the names is another, as a key too, and NAME in each string."""
    if isinstance(value, dict):
        return {names.get(key, key.replace(NAME, names[NAME])): renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, names) for inner in value]
    return names.get(value, value.replace(NAME, names[NAME])) if isinstance(value, str) else value


def names_of(row: Mapping[str, Any]) -> list[str]:
    """The names in a report that users may choose: models, files, parts, ids, pools, labels of one's own."""
    figures = row["figures"]
    names = [model["name"] for model in row["models"]] + [file["file"] for file in row["corpus"]]
    for key in ("parts", "pools"):
        names += [one.get("name") or one["part"] for one in figures.get(key, ())]
    names += [label["name"] for pool in figures.get("pools", ()) for label in pool["labels"]]
    names += [one["id"] for one in figures.get("first_suspects", ())]
    if row["kind"] == "evaluation":
        names += ["possible", "asserted", "length", *(one["id"] for one in figures["mistakes"]["certainty"])]
        names += [figures["calibration"]["on"]] if figures["calibration"] else []
    if "recipe" in figures:
        names.append(figures["recipe"]["file"])
    return list(dict.fromkeys(name for name in names if name not in ("base", "random") or row["models"]))


def one_of_each_kind() -> list[Path]:
    paths: dict[str, Path] = {}
    for path in sorted(REPORTS.glob(f"*/{REPORT}")):
        paths.setdefault(json.loads(path.read_text("utf-8"))["kind"], path)
    return list(paths.values())


SCORE = {"value": 0.5, "low": 0.4, "high": 0.6}
CHOICE = {"n": 2, "without": SCORE, "threshold": 0.5, "kept": 1, "coverage": 0.5, "precision": SCORE}
# Figures of kinds of which no report is kept.
FIGURES: dict[str, dict[str, Any]] = {
    "leaks": {
        "rows": 2, "groups": 2, "training_rows": 2, "clean": 1, "seen_sentences": None,
        "kinds": [{"name": "exact", "rows": 1, "share": 0.5}],
        "pairs": [{"test": NAME, "train": NAME, "kind": "exact"}],
        "scores": [{"name": "all rows", "rows": 2, "heads": {}, "spans": None, "own_spans": {NAME: SCORE}}],
    },
    "thresholds": {
        "rows": 2, "groups": 2, "seen_sentences": 0, "fitted_rows": 0, "precision": 0.9, "fewest": 30,
        "heads": {
            NAME: {"all": {**CHOICE, "cross_fitted": None}, "by_label": {NAME: {"n": 0, "threshold": None}}},
            f"{NAME} 2": {"all": {**CHOICE, "cross_fitted": None}, "by_label": {}},
            f"{NAME} 3": {"all": {**CHOICE, "threshold": None}, "by_label": {}},
            f"{NAME} 4": {"all": {**CHOICE, "threshold": 0, "cross_fitted": None}, "by_label": {}},
        },
    },
    "agreement": {
        "annotators": [{"name": NAME, "rows": 2}, {"name": "b", "rows": 2}], "rows": 2, "groups": 2, "rows_of_one": 0,
        "seen": [{"file": NAME, "rows": 1}], "heads": {NAME: {"rows": 0}},
        "spans": [{"first": NAME, "second": "b", "rows": 0}],
    },
    "learning_curve": {
        "recipe": {"file": NAME, "sha256": "ab"},
        "parts": [{
            "name": NAME,
            "forecasts": {
                NAME: {"refused": f"few {NAME}", "backtest": {"known": 9, "predicted": SCORE, "measured": 0.5}},
            },
            "points": [{"train_fraction": 1.0, "seed": 1, "sentences": 9, "scores": {NAME: SCORE}}],
        }],
    },
}  # fmt: skip


def crafted(kind: str, figures: dict[str, Any]) -> dict[str, Any]:
    file = MeasuredFile(NAME, "ab", (NAME,))
    made = Report(kind, NAME, "2026-01-01", "0", "1", (MeasuredModel(NAME, "cd"),), (file,), figures=figures)
    row: dict[str, Any] = json.loads(json.dumps(made.to_dict()))
    return row


def assert_shown_whole(row: dict[str, Any]) -> None:
    """With hostile names a report's page has the same elements and the same code, and the names whole."""
    suffix = f"Qz {FOLDER}"
    names = {name: f"{name} {suffix}" for name in [*names_of(row), NAME]}
    harmless, other = (page_of(Report.from_dict(one)) for one in (row, renamed(row, names)))
    for form, read in ((page_as_html, elements), (to_markdown, parsed)):
        expected, found = (shown(read(form(page))) for page in (harmless, other))
        assert [tag for tag, *_ in found] == [tag for tag, *_ in expected]
        texts = [text for tag, text, _ in found if tag in TEXTS]
        assert [text.count(suffix) for text in texts] == [text.count("Qz") for text in texts]
        before, after = ([text for tag, text, _ in nodes if tag == "code"] for nodes in (expected, found))
        before, after = ([text.replace("'", "") for text in texts] for texts in (before, after))  # quotes of a shell
        assert [text.replace(f" {suffix}", "") for text in after] == before
        assert any(suffix in text for text in texts) or not (row["models"] or row["corpus"])


@pytest.mark.parametrize("path", one_of_each_kind(), ids=lambda path: path.parent.name)
def test_the_page_of_a_kept_report_shows_hostile_names_whole(path: Path) -> None:
    row = json.loads(path.read_text("utf-8"))
    if row["kind"] == "evaluation":
        row["figures"] |= {"where": [NAME], "not_measured": {NAME: "x"}, "warnings": [NAME, f"{NAME} is few."]}
        row["figures"]["scores"][NAME] = row["figures"]["scores"]["stance"] | {"levels": {"n": 0}}
        row["figures"]["labelled"][NAME] = 1
        row["figures"]["mistakes"][NAME] = row["figures"]["mistakes"]["stance"]
    if row["kind"] == "parts":
        seen = [None, *range(1, len(row["figures"]["by_part"]))]
        row["figures"]["by_part"] = [
            {**one, "seen_sentences": n} for one, n in zip(row["figures"]["by_part"], seen, strict=True)
        ]
    if row["kind"] == "field":
        row["figures"]["seen"] = [{**one, "sentences": 1} for one in row["figures"]["seen"]]
    if row["kind"] == "throughput":
        row["figures"]["accuracy_on"]["pooled"] = [NAME]
    assert_shown_whole(row)


@pytest.mark.parametrize("kind", FIGURES)
def test_the_page_of_every_other_kind_shows_hostile_names_whole(kind: str) -> None:
    assert_shown_whole(crafted(kind, FIGURES[kind]))


def test_a_model_folder_of_any_name_is_compared(tmp_path: Path) -> None:
    folder, file = tmp_path / FOLDER, tmp_path / "tr`ain\n*x* <i>.jsonl"
    shutil.copytree(find("lexicon"), folder)
    shutil.copyfile(ARTICLE, file)
    assert compare_models(["lexicon", str(folder), "--corpus", str(file), "--out", str(tmp_path / "r")]) == 0
    for nodes in (
        elements((tmp_path / "r" / "report.html").read_text("utf-8")),
        parsed((tmp_path / "r" / "report.md").read_text("utf-8")),
    ):
        assert not {node.tag for node in nodes} & {"b", "i", "em", "script"}
        (title,) = (node.text for node in nodes if node.tag == "h1")
        assert title == f"{folder} against lexicon"
        assert any(f"A difference is {folder} minus lexicon, paired" in node.text for node in nodes if node.tag == "p")
        codes = [node.text for node in nodes if node.tag == "code"]
        assert str(folder) in codes
        assert any(one_line(one).endswith("tr`ain *x* <i>.jsonl") for one in codes)


def test_ids_of_any_form_are_listed(corpus_file: Callable[..., Path], tmp_path: Path) -> None:
    ids = ["a`b", "`", "<b>x</b>", "*c*", "\\`d", "e\\"]
    span = {"type": "modal", "text": "may", "start": 3, "end": 6}
    rows = [
        {"id": name, "text": f"He may {at}.", "certainty": "possible", "stance": "asserted", "spans": [span]}
        for at, name in enumerate(ids)
    ]
    files = (
        corpus_file(*rows, name="fir`st.jsonl"),
        corpus_file(*({**row, "spans": []} for row in rows), name="2.jsonl"),
    )
    assert compare_files([*map(str, files), "--out", str(tmp_path / "r")]) == 0
    for nodes in (
        elements((tmp_path / "r" / "report.html").read_text("utf-8")),
        parsed((tmp_path / "r" / "report.md").read_text("utf-8")),
    ):
        assert [node.text for node in nodes if node.tag == "code"][-len(ids) :] == ids
        assert not [node for node in nodes if node.tag in ("b", "em")]
