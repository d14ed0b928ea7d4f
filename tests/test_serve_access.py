"""Who may ask the server: names, sites, the token; what its answers forbid, and what its log keeps."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from hedgerow.errors import InputError
from hedgerow.serve.json_log import log_to_stderr
from hedgerow.serve.settings import Capacity, Settings
from tests.serving import client, rows

TOKEN = "0123456789abcdef-secret"
OPEN = Settings(models=("lexicon",), allow_hosts=("hedgerow.example",), allow_origins=("https://app.example",))
CLOSED = Settings(models=("lexicon",), host="0.0.0.0", token=TOKEN)
ASKED = {"text": "It may rain."}


@pytest.fixture(scope="module")
def api() -> Iterator[TestClient]:
    with client(OPEN) as found:
        yield found


@pytest.fixture(scope="module")
def closed() -> Iterator[TestClient]:
    with client(CLOSED) as found:
        yield found


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *((name, 200) for name in ("localhost", "LOCALHOST:8000", "127.0.0.1:80", "[::1]:8000", "hedgerow.example")),
        *((name, 400) for name in ("evil.example", "localhost.evil.example", "127.0.0.1.evil", "", "x" * 300, "[::2]")),
    ],
)
def test_the_server_answers_to_its_own_names_only(api: TestClient, host: str, status: int) -> None:
    assert api.get("/v1/models", headers={"Host": host}).status_code == status
    assert api.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://app.example"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:9"}, 403),
        ({"Origin": "https://app.example.evil"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[broken"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_pages_of_other_sites_may_not_post(api: TestClient, headers: dict[str, str], status: int) -> None:
    assert api.post("/v1/label", json=ASKED, headers=headers).status_code == status


def test_another_site_reads_an_answer_only_if_it_was_allowed(api: TestClient, closed: TestClient) -> None:
    allowed = api.post("/v1/label", json=ASKED, headers={"Origin": "https://app.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://app.example"
    before = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    assert api.options("/v1/label", headers=before).headers["Access-Control-Allow-Origin"] == "https://app.example"
    other = before | {"Origin": "https://evil.example"}
    assert "Access-Control-Allow-Origin" not in api.options("/v1/label", headers=other).headers
    assert "Access-Control-Allow-Origin" not in closed.options("/v1/label", headers=before).headers


def test_a_program_gives_the_token_as_a_header(closed: TestClient) -> None:
    refused = closed.post("/v1/label", json=ASKED)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert refused.json()["error"]["code"] == "unauthorized"
    for wrong in ("", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ", "Bearer é"):
        headers = {b"Authorization": wrong.encode()}
        assert closed.post("/v1/label", json=ASKED, headers=headers).status_code == 401, wrong
    assert rows(closed.post("/v1/label", json=ASKED, headers={"Authorization": f"Bearer {TOKEN}"}))
    for path in ("/healthz", "/readyz", "/login"):
        assert closed.get(path).status_code == 200
    for path in ("/openapi.json", "/docs", "/v1/models", "/v1/codebook", "/nothing"):
        assert closed.get(path).status_code == 401


def test_a_person_logs_in_with_a_form(closed: TestClient) -> None:
    led = closed.get("/docs", headers={"Accept": "text/html"})
    assert (led.status_code, led.headers["Location"]) == (303, "/login")
    form = closed.get("/login")
    assert "form-action 'self'" in form.headers["Content-Security-Policy"]
    wrong = closed.post("/login", data={"token": "0123456789abcdef-other"})
    assert wrong.status_code == 401
    assert "not the token." in wrong.text
    assert "Set-Cookie" not in wrong.headers
    assert closed.post("/login", data={"token": TOKEN}, headers={"Origin": "http://evil.example"}).status_code == 403
    right = closed.post("/login", data={"token": TOKEN})
    assert (right.status_code, right.headers["Location"]) == (303, "/")
    cookie = right.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert closed.get("/docs").status_code == 200  # the client keeps the cookie
    assert rows(closed.post("/v1/label", json=ASKED))
    assert closed.post("/logout").status_code == 303
    closed.cookies.clear()
    ours = cookie.partition(";")[0]
    for others in ('prefs={"theme":"dark"}; %s', '%s; prefs={"theme":"dark"}', 'a=b c; =; x"; %s; d=é', "%s", "x;%s;y"):
        headers = {b"Cookie": (others % ours).encode()}
        assert closed.get("/docs", headers=headers).status_code == 200, others
    assert closed.get("/docs", headers={"Cookie": 'hedgerow="broken'}).status_code == 401
    assert closed.get("/docs", headers={"Cookie": f"hedgerow={TOKEN}"}).status_code == 401


def test_a_server_without_a_token_has_no_form(api: TestClient) -> None:
    assert api.get("/login").status_code == 404
    assert api.post("/login", data={"token": TOKEN}).status_code == 404


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"host": "0.0.0.0"}, "set HEDGEROW_TOKEN"),
        ({"host": "192.168.1.5"}, "set HEDGEROW_TOKEN"),
        ({"host": "example.org"}, "set HEDGEROW_TOKEN"),
        ({"host": ""}, "set HEDGEROW_TOKEN"),
        ({"host": "::"}, "set HEDGEROW_TOKEN"),
        ({"token": "short"}, "16 or more"),
        ({"token": "0123456789abcdefé"}, "letters and digits"),
        ({"allow_origins": ("app.example",)}, "no origin"),
        ({"allow_origins": ("https://app.example/path",)}, "no origin"),
        ({"allow_origins": ("*",)}, "no origin"),
        ({"allow_hosts": ("*.example",)}, "no host name"),
        ({"allow_hosts": ("hedgerow.example:8000",)}, "without a port; give hedgerow.example$"),
        ({"allow_hosts": ("[::2]:8000",)}, r"without a port; give \[::2\]$"),
    ],
)
def test_unsafe_settings_are_refused(arguments: dict[str, str], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Settings(**arguments)  # type: ignore[arg-type]
    for safe in ("127.0.0.1", "127.8.8.8", "localhost", "::1"):
        assert Settings(host=safe).token is None


def test_an_address_may_be_allowed_with_and_without_brackets() -> None:
    hosts = Settings(allow_hosts=("Hedgerow.Example", "::2", "[::3]")).hosts
    assert hosts >= {"hedgerow.example", "[::2]", "[::3]"}


def test_there_is_room_for_labelled_rows_that_come_back_whatever_a_request_may_have() -> None:
    for size in (1, 10 * 2**20, 30 * 2**20, 256 * 2**20):
        capacity = Capacity(body_bytes=size)
        assert size <= capacity.labelled_bytes <= capacity.waiting_bytes
    assert Capacity().labelled_bytes == 100 * 2**20


def test_every_answer_has_the_headers_that_forbid(api: TestClient) -> None:
    for answer in (api.get("/healthz"), api.get("/nothing"), api.post("/v1/label", json={}), api.get("/docs")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_request_ids_are_kept_if_they_are_well_formed(api: TestClient) -> None:
    assert api.get("/healthz", headers={"X-Request-ID": "a.B-9_z"}).headers["X-Request-ID"] == "a.B-9_z"
    for odd in ("", "a b", "x" * 65, 'a"}'):
        made = api.get("/healthz", headers={"X-Request-ID": odd}).headers["X-Request-ID"]
        assert made != odd
        assert made.isalnum()


def test_the_log_has_a_line_of_json_per_request_without_texts(
    api: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    loggers = [logging.getLogger(name) for name in ("hedgerow.serve", "uvicorn")]
    kept = [(logger, logger.handlers[:], logger.propagate, logger.level) for logger in loggers]
    try:
        log_to_stderr()
        api.post("/v1/label?q=secret", json={"text": "A secret may rain."}, headers={"X-Request-ID": "r-1"})
        api.get("/a/secret/path")
        api.post("/v1/label", json={"secret": "secret"})
        logging.getLogger("uvicorn.error").error("failed", exc_info=ValueError("a secret"))
    finally:
        for logger, handlers, propagates, level in kept:
            logger.handlers[:], logger.propagate = handlers, propagates
            logger.setLevel(level)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert lines[0].items() >= {
        "event": "request", "request_id": "r-1", "method": "POST", "path": "/v1/label", "status": 200, "sentences": 1,
    }.items()  # fmt: skip
    assert [line.get("status") for line in lines] == [200, 404, 422, None]
    assert lines[3]["error"] == "ValueError"
    assert "secret" not in json.dumps(lines)
