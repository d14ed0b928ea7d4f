"""Clients that ask for too much, send badly, or do not read: they get an error or are let go, and hold up nobody."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from hedgerow.serve.settings import Capacity, Settings, Times
from tests.served import served
from tests.serving import JSON, client

pytestmark = pytest.mark.slow

TOKEN = "0123456789abcdef-secret"
ORIGIN = "https://app.example"
SETTINGS = Settings(
    models=("lexicon",),
    port=0,
    allow_origins=(ORIGIN,),
    capacity=Capacity(requests=3, body_bytes=2**20, unpacked_bytes=2**20, sentences=5_000),
    times=Times(body=2, idle=1, answer=20),
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(token=TOKEN, settings=SETTINGS) as address:
        yield urlsplit(address).port or 0


def connected(port: int, *, window: int = 0) -> socket.socket:
    connection = socket.socket()
    connection.settimeout(20)
    if window:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    connection.connect(("127.0.0.1", port))
    return connection


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the server closes the connection, or breaks it off."""
    received = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            received += piece
    return received


def head(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {TOKEN}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def ask(port: int, body: bytes, headers: dict[str, str], path: str = "/v1/label") -> tuple[int, dict[str, str], Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", path, body, {"Host": "localhost"} | headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), json.loads(answer.read())
    finally:
        connection.close()


KNOWN = JSON | {"Authorization": f"Bearer {TOKEN}"}
SMALL = b'{"text": "It may rain."}'


def test_a_client_that_sends_all_first_is_told_that_it_is_too_much(port: int) -> None:
    status, _, told = ask(port, b'{"text": "' + b"a" * 12 * 2**20 + b'"}', KNOWN)
    assert (status, told["error"]["code"]) == (413, "too_large")
    status, _, told = ask(port, b" " * 2**20, JSON | {"Connection": "close"})
    assert (status, told["error"]["code"]) == (401, "unauthorized")


def test_who_has_no_token_takes_no_place(port: int) -> None:
    begun = [connected(port) for _ in range(8)]
    for one in begun:
        one.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\ntoken=")
    time.sleep(0.2)
    assert ask(port, SMALL, KNOWN)[0] == 200
    for one in begun:
        one.close()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(port, b"token=" + b"a" * 5_000, form, "/login")[0] == 413


@pytest.mark.parametrize("path", ["/v1/label", "/v1/label/stream"])
def test_a_body_has_one_length(port: int, path: str) -> None:
    with connected(port) as connection:
        kind = "application/json" if path == "/v1/label" else "application/x-ndjson"
        sent = head(path, f"Content-Type: {kind}", "Content-Length: 5", "Transfer-Encoding: chunked")
        connection.sendall(sent + b"18\r\n" + SMALL + b"\r\n0\r\n\r\n")
        received = read_all(connection)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"send one of them" in received


def test_another_site_can_read_every_error(port: int) -> None:
    for headers, status in ((JSON, 401), (KNOWN, 422), (KNOWN | {"Host": "evil.example"}, 400)):
        found, sent, _ = ask(port, b"{}", headers | {"Origin": ORIGIN})
        assert (found, sent["access-control-allow-origin"]) == (status, ORIGIN)
    found, sent, _ = ask(port, b" " * 2**21, KNOWN | {"Origin": ORIGIN})
    assert (found, sent["access-control-allow-origin"]) == (413, ORIGIN)


def test_what_is_not_http_is_answered_in_the_shape_of_all_errors(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        answer, _, body = connection.recv(1 << 16).partition(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["error"] == {"code": "bad_request", "message": "Invalid HTTP request received."}
    with connected(port) as connection:
        chunked = head("/v1/label/stream", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked")
        connection.sendall(chunked)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"ZZ\r\n")
        assert len(read_all(connection)) < 1_000


def test_an_answer_that_nobody_reads_is_given_up(port: int) -> None:
    body = json.dumps({"text": f"It {'may ' * 60}rain. " * 1_000}).encode()  # the answer has about 4 MB: 60 cues each
    unread = [connected(port, window=4096) for _ in range(3)]
    try:
        for one in unread:
            one.sendall(head("/v1/label", "Content-Type: application/json", f"Content-Length: {len(body)}") + body)
        end = time.monotonic() + 20
        was_full = False
        while (status := ask(port, SMALL, KNOWN)[0]) == 503 or not was_full:
            was_full = was_full or status == 503
            assert time.monotonic() < end
            time.sleep(0.05)
        time.sleep(2 * SETTINGS.times.idle)  # the others too
        for one in unread:
            assert not read_all(one).endswith(b'"skipped": 0}')
    finally:
        for one in unread:
            one.close()


def bomb(blocks: int) -> bytes:
    """Return a .zst file that is one byte repeated in so many blocks of 128 KiB, with a window of 2 GiB."""
    block = [struct.pack("<I", 2**17 << 3 | 2 | is_last)[:3] + b"a" for is_last in (0, 1)]
    return b"\x28\xb5\x2f\xfd\x00" + bytes([21 << 3]) + block[0] * (blocks - 1) + block[1]


def test_a_small_file_that_unpacks_to_much_is_refused() -> None:
    pytest.importorskip("zstandard")
    with client(SETTINGS) as api:
        answer = api.post("/v1/label", files={"file": ("x.csv.zst", bomb(10_000))})
        assert answer.status_code == 422
        assert "over 1,048,576 bytes after unpacking; send a smaller file" in answer.json()["error"]["message"]
        answer = api.post("/v1/label", files={"file": ("x.txt.zst", bomb(2)[:-4])})
        assert "compressed data broken" in answer.json()["error"]["message"]
        answer = api.post("/v1/label", files={"file": ("x.txt.gz", b"It may rain.")})
        assert "is not compressed data" in answer.json()["error"]["message"]


def test_json_of_many_values_is_refused_before_it_is_read() -> None:
    bodies = {
        b'{"x": [' + b"[]," * 300_000 + b"[]]}": 422,
        b"{" + b",".join(b'"k%d": 1' % number for number in range(50_000)) + b"}": 413,
        b'{"sentences": [' + b'"a",' * 200_000 + b'"\\ud800"]}': 413,
        b'{"sentences": ["' + b'\\"' * 400_000: 422,
    }
    with client(SETTINGS) as api:
        for body, status in bodies.items():
            begun = time.process_time()
            answer = api.post("/v1/label", content=body, headers=JSON)
            assert answer.status_code == status, answer.text
            assert time.process_time() - begun < 1
        text = "It may, [or {may \\ not, rain. " * 400
        assert api.post("/v1/label", json={"text": text + ", [" * 20_000}).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"text": "a", "model": "中" * 300_000},
        {"text": "a", "中" * 300_000: 1},
        {"sentences": ["a"], "abstain": "中" * 300_000},
    ],
)
def test_an_error_does_not_repeat_all_that_was_sent(asked: dict[str, Any]) -> None:
    with client(SETTINGS) as api:
        assert len(api.post("/v1/label", json=asked).content) < 3_000
        long = "b" * 100_000
        twice = f'{{"{long}": 1, "{long}": 2}}'
        assert len(api.post("/v1/label", content=twice, headers=JSON).content) < 1_000
        rejected = api.post("/v1/label/stream", content=twice, headers={"Content-Type": "application/x-ndjson"})
        assert len(rejected.content) < 1_000
        many = {"name" * 500 + str(number): 1 for number in range(30)}
        rejected = api.post("/v1/label/stream", content=json.dumps(many), headers={"Content-Type": "application/jsonl"})
        assert len(rejected.content) < 1_000
        assert len(api.post("/v1/label/stream?" + "x" * 5_000 + "=1").content) < 1_000
