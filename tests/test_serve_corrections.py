"""A server that is killed while people correct: every correction that it acknowledged is in the corpus."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hedgerow import corpus
from hedgerow.corpus.journal import journal_path

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NUMBER = 500


def start(path: Path) -> tuple[subprocess.Popen[str], int]:
    """Start a server that corrects the corpus; return it and its port."""
    command = [sys.executable, "-m", "hedgerow", "serve", "--port", "0", "--model", "lexicon", "--corpus", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    for line in server.stderr:
        told = json.loads(line)
        if told["event"] == "listening":
            return server, int(told["url"].rstrip("/").rpartition(":")[2])
    raise AssertionError(f"the server ended with {server.wait()}")


def drain(server: subprocess.Popen[str]) -> None:
    """Read the rest of the log, so that the pipe is closed."""
    assert server.stderr is not None
    server.stderr.read()
    server.stderr.close()
    server.wait()


def correction(number: int) -> dict[str, Any]:
    """Every third one corrects the sentence before."""
    own = number - number % 3 // 2
    certainty = "probable" if own != number else "possible"
    labels = {"certainty": certainty, "stance": "asserted", "spans": []}
    return {"id": f"a#{own}", "doc": "a", "group": "a", "text": f"It may rain {own} times.", **labels}


def test_kill_9_during_500_corrections_loses_none_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    server, port = start(path)
    acknowledged: dict[str, str] = {}
    kill_after = random.Random(13).randrange(NUMBER // 2, NUMBER)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asked = json.loads("{}")
    try:
        for number in range(NUMBER):
            asked = correction(number)
            if number == kill_after:  # in the middle of answering, or just before
                connection.request("POST", "/corrections", json.dumps(asked), {"Content-Type": "application/json"})
                os.kill(server.pid, signal.SIGKILL)
                break
            connection.request("POST", "/corrections", json.dumps(asked), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            acknowledged[asked["id"]] = asked["certainty"]
    finally:
        server.kill()
        drain(server)
        connection.close()
    assert not path.exists()
    with journal_path(path).open("a", encoding="utf-8") as journal:
        journal.write('{"id": "a#9999", "text": "It was cut')  # as a kill in the middle of a write leaves it
    server, _ = start(path)
    try:
        kept = {row.id: str(row.certainty) for row in corpus.load([path])}
        in_doubt = {asked["id"]}  # sent, and not acknowledged: it may be there or not
        assert {name: label for name, label in kept.items() if name not in in_doubt} == {
            name: label for name, label in acknowledged.items() if name not in in_doubt
        }
        assert corpus.check([path]) == []
        assert not journal_path(path).exists()
        second = subprocess.run(
            [sys.executable, "-m", "hedgerow", "serve", "--port", "0", "--model", "lexicon", "--corpus", str(path)],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert second.returncode == 2
        assert "another process is correcting it; stop that one, or name another corpus" in second.stderr
    finally:
        server.terminate()
        drain(server)
    assert server.returncode == 0
