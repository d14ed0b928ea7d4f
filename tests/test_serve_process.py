"""The server as a process: it starts, answers, is told to stop, finishes what it has begun, and leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hedgerow.cli import main
from hedgerow.errors import InputError
from hedgerow.serve.running import listen
from hedgerow.serve.settings import Settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SECONDS = 60


@contextmanager
def server(folder: Path, *arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `hedgerow serve` on a free port, with its log in a file; give the process and the port."""
    path = folder / "log"
    with path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hedgerow", "serve", "--port", "0", "--model", "lexicon", *arguments],
            env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp")} | environment,
            stdout=log,
            stderr=log,
            text=True,
        )
        try:
            yield process, _port(process, path)
        finally:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[str], path: Path) -> int:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for line in path.read_text("utf-8").splitlines():
            if (told := json.loads(line))["event"] == "listening":
                return int(told["url"].rpartition(":")[2].rstrip("/"))
        assert process.poll() is None, path.read_text("utf-8")
        time.sleep(0.05)
    raise AssertionError("the server did not start")


def exchange(port: int, request: bytes, *, begun: list[int] | None = None) -> tuple[int, Any]:
    """Send bytes to the server, and return status and JSON of its answer; say in `begun` when they are sent."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(request)
        if begun is not None:
            begun.append(1)
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body) if b"content-length" in head.lower() else body


def post(path: str, body: bytes, *headers: str, kind: str = "application/json") -> bytes:
    lines = [
        f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Type: {kind}",
        f"Content-Length: {len(body)}", *headers,
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_sigterm_loses_no_accepted_request(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    text = "The mayor said that it may rain. " * 150
    with server(tmp_path) as (process, port), ThreadPoolExecutor(6) as pool:
        begun: list[int] = []
        asked = post("/v1/label", json.dumps({"text": text}).encode())
        answers = [pool.submit(exchange, port, asked, begun=begun) for _ in range(5)]
        lines = b"".join(b'{"text": "It may be %d."}\n' % number for number in range(300))
        stream = post("/v1/label/stream", lines, kind="application/x-ndjson")
        streamed = pool.submit(exchange, port, stream, begun=begun)
        end = time.monotonic() + SECONDS
        while len(begun) < 6:
            assert time.monotonic() < end
            time.sleep(0.005)
        time.sleep(0.2)  # the server has taken the connections
        process.send_signal(signal.SIGTERM)
        for answer in answers:
            status, told = answer.result()
            assert (status, len(told["sentences"])) == (200, 150)
        status, body = streamed.result()
        assert status == 200
        assert body.count(b'"doc"') == 300
        assert process.wait(SECONDS) == 0
    events = [json.loads(line)["event"] for line in (tmp_path / "log").read_text("utf-8").splitlines()]
    assert events == ["listening", *["request"] * 6, "stopped"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_stream_without_an_end_is_ended_and_slow_clients_do_not_hold_the_stop(tmp_path: Path) -> None:
    token = "0123456789abcdef"
    with server(tmp_path, HEDGEROW_TOKEN=token) as (process, port):
        assert exchange(port, post("/v1/label", b'{"text": "It may rain."}'))[0] == 401
        with (
            socket.create_connection(("127.0.0.1", port), SECONDS) as endless,
            socket.create_connection(("127.0.0.1", port), SECONDS) as silent,
        ):
            silent.sendall(b"POST /v1/label HTTP/1.1\r\nHost: loc")
            head = (
                "POST /v1/label/stream HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                f"Content-Type: application/x-ndjson\r\nAuthorization: Bearer {token}\r\n\r\n"
            )
            line = b'{"text": "It may rain."}\n'
            endless.sendall(head.encode() + b"%x\r\n%s\r\n" % (len(line), line))
            received = b""
            while b"It may rain." not in received:
                received += endless.recv(1 << 16)
            process.send_signal(signal.SIGINT)
            while piece := endless.recv(1 << 16):
                received += piece
            assert b"lines up to 1 are answered" in received
            assert process.wait(SECONDS) == 0


def test_sigterm_while_the_models_load_stops_it_too(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; import hedgerow.cli.serve as cli; from hedgerow.cli import main\n"
        "cli.load = lambda name: os.kill(os.getpid(), signal.SIGTERM)\n"
        "sys.argv = ['hedgerow', 'serve', '--port', '0', '--model', 'lexicon', '--corpus', 'mine.jsonl']\n"
        "main()"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    stopped = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    assert stopped.returncode == 0, stopped.stderr
    assert json.loads(stopped.stderr)["event"] == "stopped"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--host", "0.0.0.0"], "set HEDGEROW_TOKEN"),
        (["--model", "nothing"], "no shipped model has this name"),
        (["--model", "lexicon", "lexicon"], "named twice"),
        (["--allow-origin", "example.org"], "no origin"),
        (["--port", "70000"], "65535"),
        (["--blind"], "name the corpus too: --corpus mine.jsonl"),
        (["--corpus", "."], "is a folder; name a corpus in it"),
        (["--corpus", "nowhere/mine.jsonl"], "its folder does not exist; make it first"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HEDGEROW_TOKEN", raising=False)
    monkeypatch.setattr(sys, "argv", ["hedgerow", "serve", *arguments])
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGTERM, signal.SIGINT)}
    with pytest.raises(SystemExit) as stopped:
        main()
    for kind, handler in before.items():
        signal.signal(kind, handler)
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert reason in told
    assert len(told.splitlines()) == 1


def test_a_port_in_use_is_wrong_usage() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {port}: cannot be used .*; give another"):
            listen(Settings(port=port))
