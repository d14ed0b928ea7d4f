"""The pages of the server, without a browser: what a form gets, with and without a script, and errors for people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import hedgerow
from hedgerow import corpus
from hedgerow.classifier import Classifier
from hedgerow.corpus.decisions import BLIND, OPEN
from hedgerow.corpus.journal import journal_path, open_corpus
from hedgerow.head import REVIEWED
from hedgerow.report.markup import content_policy
from hedgerow.serve.app import make_app
from hedgerow.serve.pages.sheets import Corrected
from hedgerow.serve.settings import Capacity, Settings
from tests.html_elements import Node, elements, with_class

HTML = {"Accept": "text/html,application/xhtml+xml"}
SETTINGS = Settings(models=("lexicon",), capacity=Capacity(body_bytes=20_000, requests=4))
TEXT = "The bridge may close 🌉 again, an engineer said.\r\n\r\nIt rained."


@pytest.fixture(scope="module")
def lexicon() -> Classifier:
    return hedgerow.load("lexicon")


@pytest.fixture(scope="module")
def client(lexicon: Classifier) -> Iterator[TestClient]:
    with TestClient(make_app(SETTINGS, [lexicon]), "http://localhost:8000", headers=HTML) as client:
        yield client


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine.jsonl"


def correcting(lexicon: Classifier, mine: Path, *, is_blind: bool = False) -> Iterator[TestClient]:
    with open_corpus(mine) as journal:
        app = make_app(SETTINGS, [lexicon], Corrected(journal, is_blind))
        with TestClient(app, "http://localhost:8000", headers=HTML) as client:
            yield client


@pytest.fixture
def open_client(lexicon: Classifier, mine: Path) -> Iterator[TestClient]:
    yield from correcting(lexicon, mine)


@pytest.fixture
def blind_client(lexicon: Classifier, mine: Path) -> Iterator[TestClient]:
    yield from correcting(lexicon, mine, is_blind=True)


def of_tag(nodes: list[Node], tag: str) -> list[Node]:
    return [node for node in nodes if node.tag == tag]


def check_policy(answer: object, nodes: list[Node]) -> None:
    """The style and the script of a page are those that its policy knows, in the header and in the page."""
    (style,), (script,) = of_tag(nodes, "style"), of_tag(nodes, "script")
    allowed = "img-src data:; connect-src 'self'; form-action 'self'"
    expected = content_policy(style.text, script.text, allowed)
    assert answer.headers["content-security-policy"] == f"{expected}; frame-ancestors 'none'"  # type: ignore[attr-defined]
    assert [node.attributes["content"] for node in of_tag(nodes, "meta") if "http-equiv" in node.attributes] == [
        expected
    ]
    assert not [
        node for node in nodes if "style" in node.attributes or any(n.startswith("on") for n in node.attributes)
    ]


def test_the_first_page_has_a_form_an_example_and_says_what_becomes_of_a_text(client: TestClient) -> None:
    answer = client.get("/")
    nodes = elements(answer.text)
    check_policy(answer, nodes)
    (form,) = of_tag(nodes, "form")
    assert form.attributes["action"] == "/view"
    assert "neither kept on disk nor logged" in answer.text
    assert not of_tag(nodes, "textarea")[0].text
    (example,) = of_tag(elements(client.get("/?example=1").text), "textarea")
    assert example.text.startswith("\nThe Bells of Hallow Street\n")
    assert client.get("/view", follow_redirects=False).headers["location"] == "/"


def test_a_text_is_shown_as_hedgerow_view_shows_it(client: TestClient) -> None:
    answer = client.post("/view", files={"file": ("", b"")}, data={"text": TEXT, "model": "lexicon"})
    assert answer.status_code == 200
    nodes = elements(answer.text)
    check_policy(answer, nodes)
    assert [node.attributes["id"] for node in with_class(nodes, "h-s") if "id" in node.attributes] == ["s1-1", "s1-2"]
    assert "The bridge may close 🌉 again, an engineer said." in answer.text
    assert "Correct these labels" not in answer.text


def carried(answer_text: str) -> str:
    return next(node.text for node in elements(answer_text) if node.attributes.get("name") == "carried")


def test_the_labels_are_downloaded_as_hedgerow_writes_them(client: TestClient, lexicon: Classifier) -> None:
    page = client.post("/view", files={"file": ("ā“ news.txt", TEXT.encode())}).text
    sentences = [sentence.to_dict() for sentence in lexicon.read(TEXT)]
    form = {"carried": carried(page)}
    files = {kind: client.post("/download", data={**form, "format": kind}) for kind in ("json", "csv", "html")}
    rows = [json.loads(line) for line in files["json"].text.splitlines()]
    assert [row["text"] for row in rows] == [sentence["text"] for sentence in sentences]
    assert rows[0]["spans"] == sentences[0]["spans"]
    assert [row["text"] for row in csv.DictReader(io.StringIO(files["csv"].text))] == [row["text"] for row in rows]
    assert files["html"].text.startswith("<!DOCTYPE html>")
    assert "form-action 'none'" in files["html"].text
    assert "<form" not in files["html"].text
    disposition = files["csv"].headers["content-disposition"]
    assert disposition == "attachment; filename*=UTF-8''%C4%81%E2%80%9C%20news.csv"
    assert client.post("/download", data={**form, "format": "exe"}).status_code == 422


def test_rows_that_no_page_brought_are_refused(client: TestClient) -> None:
    for value in ("", "[]", "{}", '{"model": "lexicon", "documents": [{"rows": [{"text": "x"}]}]}', '{"model": "x"}'):
        assert client.post("/download", data={"carried": value, "format": "json"}).status_code == 422
    assert client.post("/download", data={"format": "json"}).status_code == 422


@pytest.mark.parametrize(
    ("fields", "file", "status", "message"),
    [
        ({"text": " "}, None, 422, "Paste a text, or choose a file."),
        ({"text": "It rains."}, ("a.txt", b"It snows."), 422, "There is a text in the form and a file"),
        ({"text": "It \0 rains."}, None, 422, "NUL character at position 3; remove it."),
        ({"text": "It rains.", "model": "huge"}, None, 422, "'huge' is not one of lexicon."),
        ({}, ("a.exe", b"MZ"), 415, "'a.exe' has the name of no format"),
        ({}, ("a.txt", b"It \xff\xfe\xfa rains."), 422, "invalid UTF-8"),
        ({}, ("a.txt", b"It rains. " * 3000), 413, "Over 20,000 bytes"),
    ],
)
def test_an_error_is_a_page_with_the_cure(
    client: TestClient, fields: dict[str, str], file: tuple[str, bytes] | None, status: int, message: str
) -> None:
    answer = client.post("/view", data=fields, files={"file": file or ("", b"")})
    assert answer.status_code == status
    nodes = elements(answer.text)
    check_policy(answer, nodes)
    (told,) = [node.text for node in with_class(nodes, "s-error")]
    assert message.casefold() in told.casefold()
    assert f"Status {status}, request {answer.headers['x-request-id']}" in answer.text


def test_a_program_gets_an_error_as_json(client: TestClient) -> None:
    answer = client.post("/view", data={"text": ""}, headers={"Accept": "*/*"})
    assert answer.json()["error"]["code"] == "invalid"
    assert client.get("/nothing", headers={"Accept": "*/*"}).json()["error"]["code"] == "not_found"
    missing = client.get("/nothing")
    assert "There is no such page" in missing.text
    assert client.get("/corrections").status_code == 404


def test_rejected_rows_are_told(client: TestClient) -> None:
    rows = '{"text": "It may rain."}\n{"no": 1}\n'
    page = client.post("/view", files={"file": ("rows.jsonl", rows.encode())}).text
    assert "1 row could not be labelled:" in page
    assert "rows.jsonl:2: " in page


def test_a_person_logs_in_with_the_token(lexicon: Classifier) -> None:
    settings = replace(SETTINGS, token="0123456789abcdef")
    with TestClient(make_app(settings, [lexicon]), "http://localhost:8000", headers=HTML) as client:
        page = client.get("/")
        assert page.url.path == "/login"
        check_policy(page, elements(page.text))
        wrong = client.post("/login", data={"token": "fedcba9876543210"})
        assert wrong.status_code == 401
        assert "That is not the token" in wrong.text
        assert "0123456789abcdef" not in wrong.text
        assert client.post("/login", data={"token": "0123456789abcdef"}).url.path == "/"
        assert "Log out" in client.get("/").text
        assert client.post("/logout").url.path == "/login"
        assert client.get("/").url.path == "/login"


def sheet(page: str) -> list[dict[str, object]]:
    (node,) = [node for node in elements(page) if node.attributes.get("id") == "sheet"]
    rows: list[dict[str, object]] = json.loads(node.attributes["data-rows"])
    return rows


def saved(client: TestClient, row: dict[str, object], **changes: object) -> dict[str, Any]:
    fields = ("id", "doc", "group", "text", "certainty", "stance", "spans")
    answer = client.post("/corrections", json={name: row.get(name) for name in fields} | changes)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_text_is_corrected_and_comes_again_as_it_was_saved(open_client: TestClient, mine: Path) -> None:
    page = open_client.post("/view", data={"text": TEXT}).text
    assert "Correct these labels" in page
    shown = open_client.post("/corrections/labelled", data={"carried": carried(page)})
    check_policy(shown, elements(shown.text))
    first, second = sheet(shown.text)
    assert (first["certainty"], first["stance"], first["state"]) == ("possible", "attributed", "new")
    assert sheet(open_client.post("/corrections/text", data={"text": TEXT}).text) == [first, second]
    spans = [{"start": 23, "end": 28, "type": "approximator", "text": "again"}]
    told = saved(open_client, first, certainty="probable", spans=spans)
    assert (told["rows"], told["reviewed"], told["before"]) == (1, 1, None)
    again = sheet(open_client.post("/corrections/text", data={"text": f"First.\n\n{TEXT}"}).text)
    assert [row["state"] for row in again] == ["new", "decided", "new"]
    assert (again[1]["id"], again[1]["certainty"], again[1]["spans"]) == (first["id"], "probable", spans)
    assert again[0]["group"] != first["group"] == second["group"]
    saved(open_client, second)
    skipped = open_client.post("/corrections/skip", json={"id": second["id"]})
    assert skipped.json() == {"row": None}
    assert not mine.exists()


def test_what_was_saved_is_a_corpus_that_passes_the_check(lexicon: Classifier, mine: Path) -> None:
    for client in correcting(lexicon, mine):
        for row in sheet(client.post("/corrections/text", data={"text": TEXT}).text):
            saved(client, row)
    assert corpus.check([mine]) == []
    rows = corpus.load([mine])
    assert [row.extra for row in rows] == [{REVIEWED: OPEN}] * 2
    assert len({row.group for row in rows}) == 1
    assert re.fullmatch(r"text-[0-9a-f]{12}#0", rows[0].id)


def write_corpus(mine: Path, number: int) -> None:
    rows = (
        {
            "id": f"r{n}",
            "group": f"g{n // 3}",
            "text": f"It may rain {n}.",
            "certainty": "possible",
            "stance": "asserted",
        }
        for n in range(number)
    )
    mine.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_rows_of_a_corpus_are_a_queue_that_goes_on_where_it_stopped(lexicon: Classifier, mine: Path) -> None:
    write_corpus(mine, 205)
    for client in correcting(lexicon, mine):
        page = client.get("/corrections").text
        assert "Rows 1 to 100 of 205." in page
        first = sheet(page)[0]
        assert (first["id"], first["state"], first["certainty"]) == ("r0", "kept", "possible")
        assert len(with_class(elements(page), "h-block")) == 34  # rows of a group are one paragraph
        assert "Rows 201 to 205 of 205." in client.get("/corrections?from=203").text
        assert client.get("/corrections?from=nonsense").status_code == 200
        for row in sheet(page):
            saved(client, row)
    for client in correcting(lexicon, mine):
        assert "Rows 101 to 200 of 205." in client.get("/corrections").text
        assert "205 rows, 100 of them decided by a person." in client.get("/").text


def test_blind_labels_are_not_in_the_page_until_a_person_has_saved_theirs(blind_client: TestClient, mine: Path) -> None:
    home = blind_client.get("/").text
    assert "The labels of a sentence are hidden" in home
    assert 'action="/corrections/text"' in home
    assert blind_client.post("/view", data={"text": TEXT}).status_code == 403
    page = blind_client.post("/corrections/text", data={"text": TEXT}).text
    rows = sheet(page)
    assert [(row["certainty"], row["stance"], row["spans"]) for row in rows] == [(None, None, [])] * 2
    assert not any("scores" in row for row in rows)
    assert not [node for node in elements(page) if node.tag == "mark"]
    told = saved(blind_client, rows[0], certainty="certain", stance="asserted")
    shown = blind_client.post("/corrections/skip", json={"id": told["row"]["id"]})
    assert shown.json() == {"row": None}
    again = rows[0] | {"id": told["row"]["id"], "doc": None, "group": None}
    saved(blind_client, again, certainty="certain", stance="attributed")
    told = saved(blind_client, again, certainty="certain", stance="asserted")
    assert told["row"]["reviewed"] == "blind"
    assert journal_path(mine).read_text("utf-8").count(f'"id": "{rows[0]["id"]}", "doc": "{rows[0]["doc"]}"') == 3
    assert sheet(blind_client.get("/corrections").text)[0]["certainty"] == "certain"
    assert corpus.check([mine]) != []  # it is written on close


def test_nothing_of_a_row_leaks_before_it_was_decided_blind(lexicon: Classifier, mine: Path) -> None:
    labels = {"certainty": "possible", "stance": "disputed"}
    place = {"doc": "kind-possible.txt", "group": "pair-possible"}
    seen, new = (
        {"id": f"possible-{at}", **place, "text": text, **labels, "note": "possible"}
        for at, text in enumerate(("It may rain.", "It snowed."))
    )
    mine.write_text(json.dumps(seen | {REVIEWED: OPEN}) + "\n" + json.dumps(new) + "\n", "utf-8")
    for client in correcting(lexicon, mine, is_blind=True):
        assert "2 rows, 0 of them decided" in client.get("/").text  # with labels in view does not count
        rows = sheet(client.get("/corrections").text)
        assert [(row["certainty"], row["stance"], row["state"]) for row in rows] == [(None, None, "kept")] * 2
        assert "possible" not in json.dumps(rows)
        asked = {"sentences": [new["text"]]}
        file = {"file": ("a.txt", b"It snowed.")}
        lines = {"Content-Type": "application/x-ndjson"}
        for answer in (
            client.post("/v1/label", json=asked),
            client.post("/v1/label", json={"text": new["text"]}),
            client.post("/v1/label", files=file, data={"unit": "sentence"}),
            client.post("/v1/label/stream", content=b'{"text": "It snowed."}\n', headers=lines),
        ):
            assert (answer.status_code, "labels are hidden" in answer.text) == (403, True)
        told = saved(client, rows[1], certainty="certain", stance="asserted")
        assert told["row"]["id"] == rows[1]["id"]
        assert told["before"]["stance"] == "disputed"
        assert not {"doc", "group", "note"} & (told["before"].keys() | told["row"].keys())
        sent = client.post("/v1/label", files=file, data={"unit": "sentence"}).json()["sentences"]
        assert [one["text"] for one in sent] == ["It snowed."]
        assert client.post("/v1/label", json=asked).json()["sentences"][0]["certainty"] == "certain"
        told = saved(client, rows[1], certainty="possible", stance="asserted")
        assert told["row"][REVIEWED] == "revised"
        taken = client.post("/corrections/skip", json={"id": rows[1]["id"]}).json()["row"]
        assert (taken["id"], taken["certainty"], taken["state"]) == (rows[1]["id"], None, "kept")
        saved(client, rows[1], certainty="possible", stance="disputed")
    first, second = (json.loads(line) for line in mine.read_text("utf-8").splitlines())
    assert first == seen | {REVIEWED: OPEN}
    kept = {"certainty": "certain", "stance": "asserted"}
    assert second == new | {REVIEWED: "revised", "first_answer": kept}


def test_blind_rows_of_a_corpus_tell_their_labels_when_they_are_saved(lexicon: Classifier, mine: Path) -> None:
    write_corpus(mine, 2)
    for client in correcting(lexicon, mine, is_blind=True):
        row = sheet(client.get("/corrections").text)[0]
        assert row["certainty"] is None
        told = saved(client, row, certainty="certain", stance="asserted")
        assert told["before"]["certainty"] == "possible"
    assert [row.extra for row in corpus.load([mine])] == [{REVIEWED: BLIND}, {}]


def test_a_row_that_is_labelled_on_one_axis_stays_so(lexicon: Classifier, mine: Path) -> None:
    mine.write_text('{"id": "a", "text": "It may rain.", "stance": "asserted"}\n', "utf-8")
    for client in correcting(lexicon, mine):
        (row,) = sheet(client.get("/corrections").text)
        assert (row["certainty"], row["spans"], row["axes"]) == (None, None, ["stance"])
        saved(client, row, stance="attributed")
    assert json.loads(mine.read_text("utf-8")) == {
        "id": "a", "text": "It may rain.", "stance": "attributed", REVIEWED: OPEN,
    }  # fmt: skip


def test_a_row_with_spans_or_an_own_label_only_can_be_saved(lexicon: Classifier, mine: Path) -> None:
    spans = [{"start": 3, "end": 6, "type": "modal", "text": "may"}]
    own, marked, none = (
        {"id": "a", "text": "It may rain.", "tone": "dry"},
        {"id": "b", "text": "It may snow.", "spans": spans},
        {"id": "c", "text": "It hailed.", "spans": []},
    )
    mine.write_text("".join(json.dumps(row) + "\n" for row in (own, marked, none)), "utf-8")
    for client in correcting(lexicon, mine):
        shown = sheet(client.get("/corrections").text)
        assert [(row["axes"], row["own"], row["spans"]) for row in shown] == [
            ([], True, None), ([], False, spans), ([], False, []),
        ]  # fmt: skip
        for row in shown:
            saved(client, row)
    assert [json.loads(line) for line in mine.read_text("utf-8").splitlines()] == [
        row | {REVIEWED: OPEN} for row in (own, marked, none)
    ]


def test_one_article_has_one_group_however_it_comes(open_client: TestClient) -> None:
    text = "It may rain. He café left.\nShe left."
    decomposed = text.replace("é", "e\u0301")
    file = {"file": ("news.txt", text.replace("\n", "\r\n").encode() + b"\r\n")}
    pages = [
        *(open_client.post("/corrections/text", data={"text": one}).text for one in (text, f"\n{text}\n", decomposed)),
        open_client.post("/corrections/text", files=file).text,
    ]
    places = [[(row["id"], row["group"]) for row in sheet(page)] for page in pages]
    assert len({group for _, group in places[0]}) == 1
    assert places[0] == places[1] == places[2] == places[3]
    first, second, third = sheet(pages[0])
    saved(open_client, second)
    again = sheet(open_client.post("/corrections/text", data={"text": decomposed}).text)  # a text is kept as it stands
    assert [row["id"] for row in again] == [first["id"], f"{second['id']}-2", third["id"]]
    assert saved(open_client, again[1])["rows"] == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"certainty": "maybe"}, "certainty"),
        ({"certainty": None, "stance": None, "spans": None}, "certainty"),
        ({"id": ""}, "id"),
        ({"id": "hidden-0123456789ab"}, "text"),
        ({"text": "It \0."}, "text"),
        ({"spans": [{"start": 0, "end": 99, "type": "modal", "text": "It"}]}, "spans"),
        ({"spans": [{"start": 0, "end": 2, "type": "verb", "text": "It"}]}, "spans.0.type"),
        ({"more": 1}, "more"),
    ],
)
def test_a_correction_that_is_none_is_refused(open_client: TestClient, changes: dict[str, object], field: str) -> None:
    row = {"id": "a", "text": "It rains.", "certainty": "certain", "stance": "asserted", "spans": []}
    answer = open_client.post("/corrections", json=row | changes, headers={"Accept": "*/*"})
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    assert open_client.post("/corrections", content=b"{}").status_code == 415
    other = {"Origin": "http://elsewhere.example"}
    assert open_client.post("/corrections", json=row, headers=other).status_code == 403
