"""The HTTP API: texts, sentences and files to the rows that the command writes, or to an error with its field."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from hedgerow import load
from hedgerow.classifier import Classifier
from hedgerow.cli.label import Output, run
from hedgerow.labels import Certainty, SpanType, Stance
from hedgerow.serve.settings import Capacity, Settings, Times
from tests.hostile_texts import BODIES, REJECTED, TEXTS
from tests.serving import JSON, HeldModel, client, rows

pytestmark = pytest.mark.slow

TEXT = "It may rain. The mayor, Orla Finn, said that the bridge was closed.\n\nIt opened on Monday."
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def api() -> Iterator[TestClient]:
    with client() as found:
        yield found


def error(answer: Any, status: int) -> tuple[str, str | None]:
    """Return message and field of an error, which has the one shape of all errors."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told["request_id"] == answer.headers["X-Request-ID"]
    assert set(told) == {"error", "request_id"}
    assert set(told["error"]) <= {"code", "message", "field"}
    assert str(ROOT) not in answer.text
    assert "/tmp" not in answer.text
    return told["error"]["message"], told["error"].get("field")


def test_a_text_gives_the_rows_of_the_command(api: TestClient, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    run([tmp_path / "a.txt"], Output(tmp_path / "rows.jsonl"), model="lexicon", abstain=0.9)
    written = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text("utf-8").splitlines()]
    found = rows(api.post("/v1/label", json={"text": TEXT, "abstain": 0.9}))
    assert len(found) == 3
    assert found == [row | {"doc": "text"} for row in written]
    sent = api.post("/v1/label", files={"file": ("../x/a.txt", TEXT.encode())}, data={"abstain": "0.9"})
    assert rows(sent) == [row | {"doc": "a.txt"} for row in written]


def test_sentences_are_labelled_as_they_are_and_explained(api: TestClient) -> None:
    given = ["It may rain. It may snow.", "She denied it."]
    found = rows(api.post("/v1/label", json={"sentences": given, "explain": True}))
    assert [(row["doc"], row["text"]) for row in found] == [("sentences:1", given[0]), ("sentences:2", given[1])]
    predictions = load("lexicon").predict(given)
    assert [{key: row[key] for key in one.to_dict()} for row, one in zip(found, predictions, strict=True)] == [
        one.to_dict() for one in predictions
    ]
    why = found[1]["explanation"]
    assert why["stance"]["label"] == "disputed"
    assert why["stance"]["runner_up"] != "disputed"
    assert why["words"][0] == {"start": 4, "end": 10, "text": "denied", "certainty": 0.0, "stance": -1.0}
    assert [cue["text"] for cue in why["cues"]] == ["denied"]
    assert "not why the label would be right" in why["note"]


def test_lines_are_paragraphs_if_asked_for(api: TestClient) -> None:
    text = "It may\nrain."
    assert len(rows(api.post("/v1/label", json={"text": text}))) == 1
    assert len(rows(api.post("/v1/label", json={"text": text, "lines": True}))) == 2


def test_a_table_gives_rows_with_doc_id_and_columns_and_says_what_was_rejected(api: TestClient) -> None:
    table = gzip.compress(b"said,nr,by\nIt may rain.,7,Ann\n,8,Bob\nShe \xff said so.,9,Eve\n")
    form = {"text_field": "said", "id_field": "nr"}
    answer = api.post("/v1/label", files={"file": ("talk.csv.gz", table)}, data=form)
    (row,) = rows(answer)
    assert (row["doc"], row["id"], row["row"]) == ("talk.csv.gz:2", "7", {"by": "Ann"})
    assert answer.json()["skipped"] == 1
    (rejected,) = answer.json()["rejected"]
    assert (rejected["file"], rejected["line"]) == ("talk.csv.gz", 4)
    assert "option encoding" in rejected["reason"]
    assert "--" not in rejected["reason"]


def zip_of(size: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * size)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "form", "status", "reason", "field"),
    [
        ("a.xyz", b"It may rain.", {}, 415, "'a.xyz' has the name of no format", "file"),
        ("a.tar.gz", b"It may rain.", {}, 415, "has the name of no format", "file"),
        ("bomb.docx", zip_of(60_000_000), {}, 422, "60,000,000 bytes after unpacking; at most 52,428,800", None),
        ("a.docx", b"It may rain.", {}, 422, "not a .docx document", None),
        ("a.pdf", b"It may rain.", {}, 422, "not a PDF file", None),
        ("a.txt", b"\x00\x01", {}, 422, "NUL character", None),
        ("a.txt", b"", {}, 422, "", None),
        ("a.txt", b"It may rain.", {"delimiter": ";"}, 422, "option delimiter ;: no input is one of .csv, .tsv", None),
        ("a.txt", b"It may rain.", {"abstain": "often"}, 422, "valid number", "abstain"),
        ("a.txt", b"It may rain.", {"max_bytes": "9"}, 422, "unknown option", "max_bytes"),
        ("a.txt", b"It may rain.", {"encoding": "latin-99"}, 422, "option encoding latin-99: no such encoding", None),
        ("a.txt", b"It may rain.", {"model": "base"}, 422, "'base' is not one of lexicon", "model"),
        ("a.csv", b"a,b\n1,2\n", {}, 422, "choose a column with option text_field", None),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    api: TestClient, name: str, content: bytes, form: dict[str, str], status: int, reason: str, field: str | None
) -> None:
    message, named = error(api.post("/v1/label", files={"file": (name, content)}, data=form), status)
    assert reason in message
    assert named == field


def test_other_bodies_are_refused(api: TestClient) -> None:
    assert "multipart/form-data" in error(api.post("/v1/label", content=b"It may rain."), 415)[0]
    assert error(api.post("/v1/label", files={"other": ("a.txt", b"a")}), 422)[1] == "file"
    twice = [("file", ("a.txt", b"a")), ("file", ("b.txt", b"b"))]
    assert error(api.post("/v1/label", files=twice), 400)
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert error(api.post("/v1/label", content=b"--y\r\n", headers=broken), 400)
    assert error(api.get("/v1/label"), 405)
    assert error(api.get("/nothing"), 404)


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_labelled_or_refused_by_name(api: TestClient, name: str) -> None:
    text = TEXTS[name]
    answer = api.post("/v1/label", json={"text": text})
    if name in REJECTED:
        assert error(answer, 422)[1] == "text"
        return
    found = rows(answer)
    assert found
    for row in found:
        assert text[row["start"] : row["end"]] == row["text"]


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_with_a_reason(api: TestClient, name: str) -> None:
    message, _ = error(api.post("/v1/label", content=BODIES[name], headers=JSON), 422)
    assert "save it" not in message
    assert len(message) < 300


def test_limits_have_their_own_errors() -> None:
    small = Settings(
        models=("lexicon",), capacity=Capacity(body_bytes=2_000, sentences=5, explained=2), times=Times(answer=0.5)
    )
    model = HeldModel()
    with client(small, Classifier(model, cache_size=0)) as api:
        assert "over 2,000 bytes" in error(api.post("/v1/label", json={"text": "a" * 3_000}), 413)[0]

        def pieces() -> Iterator[bytes]:
            for _ in range(30):
                yield b"a" * 100

        answer = api.post("/v1/label", content=pieces(), headers=JSON)  # no size is stated
        assert "over 2,000 bytes" in error(answer, 413)[0]
        assert answer.headers["Connection"] == "close"
        model.go.set()
        assert "over 5 sentences" in error(api.post("/v1/label", json={"text": "He may go. " * 6}), 413)[0]
        many = {"sentences": ["He may go."] * 6}
        assert error(api.post("/v1/label", json=many), 413) == ("6 sentences; at most 5 at a time", "sentences")
        why = {"sentences": ["He may go."] * 3, "explain": True}
        assert error(api.post("/v1/label", json=why), 422) == ("at most 2 sentences are explained at a time", "explain")
        model.go.clear()
        assert "no answer within 0.5 seconds" in error(api.post("/v1/label", json={"text": "She may go."}), 504)[0]
        model.go.set()
        assert rows(api.post("/v1/label", json={"text": "She may go."}))


def test_a_sentence_of_more_than_a_megabyte_is_refused(api: TestClient) -> None:
    answer = api.post("/v1/label", json={"sentences": ["He may go.", "a" * (2**20 + 1)]})
    assert error(answer, 422) == ("a sentence of 1,048,577 characters; at most 1,048,576", None)


def test_models_codebook_and_health_are_told(api: TestClient) -> None:
    told = api.get("/v1/models").json()
    assert told["default"] == "lexicon"
    (model,) = told["models"]
    assert model["kind"] == "lexicon"
    assert model["heads"]["certainty"] == [*map(str, Certainty)]
    codebook = api.get("/v1/codebook").json()
    terms = {name: [one["name"] for one in codebook[name]] for name in codebook if name != "codebook"}
    assert {*terms["certainty"]} == {*map(str, Certainty)}
    assert {*terms["stance"]} == {*map(str, Stance)}
    assert {*terms["cue_types"], *terms["source_types"]} == {*map(str, SpanType)}
    assert all(one["definition"] and one["example"] for name in terms for one in codebook[name])
    assert api.get("/healthz").json() == {"status": "ok"}
    assert api.get("/readyz").json() == {"status": "ready"}


def test_the_api_describes_itself_without_another_server(api: TestClient) -> None:
    document = api.get("/openapi.json").json()
    assert {"/v1/label", "/v1/label/stream", "/v1/models", "/v1/codebook"} <= set(document["paths"])
    assert not {"/login", "/docs"} & set(document["paths"])
    answer = document["paths"]["/v1/label"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    (row,) = rows(api.post("/v1/label", json={"text": "It may rain."}))
    assert row.keys() <= answer["properties"]["sentences"]["items"]["properties"].keys()
    assert "securitySchemes" not in document.get("components", {})
    with client(Settings(models=("lexicon",), token="0123456789abcdef")) as closed:
        headers = {"Authorization": "Bearer 0123456789abcdef"}
        document = closed.get("/openapi.json", headers=headers).json()
        assert closed.post("/v1/label", json={"text": "It may rain."}, headers=headers).status_code == 200
    (scheme,) = document["components"]["securitySchemes"].items()
    assert (scheme[1]["type"], scheme[1]["scheme"]) == ("http", "bearer")
    operations = {(path, kind): one for path, kinds in document["paths"].items() for kind, one in kinds.items()}
    assert {path for (path, _), one in operations.items() if "security" in one} == {
        "/v1/label", "/v1/label/stream", "/v1/models", "/v1/codebook",
    }  # fmt: skip
    assert all({"400", "401"} <= one["responses"].keys() for one in operations.values() if "security" in one)
    assert {"403", "408", "413"} <= operations["/v1/label", "post"]["responses"].keys()
    assert {"403", "413"} <= operations["/v1/label/stream", "post"]["responses"].keys()
    page = api.get("/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "POST /v1/label/stream" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    targets = re.findall(r'(?:src|href|action)="([^"]*)"', page.text)
    assert all(target.startswith(("/", "#", "data:")) and not target.startswith("//") for target in targets), targets
