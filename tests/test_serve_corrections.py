"""A server that is killed while people correct: every correction that it acknowledged is in the corpus."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hedgerow import corpus
from hedgerow.corpus.journal import journal_path

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NUMBER = 500
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@contextmanager
def server(path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a server that corrects the corpus; yield it and its port. Its log goes to a file."""
    log = path.with_suffix(".log")
    with log.open("w") as file:
        process = subprocess.Popen(command(path), env=ENVIRONMENT, stderr=file, text=True)
    try:
        while not (found := re.search(r'"url": "http://[^"]*:(\d+)/"', log.read_text("utf-8"))):
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.02)
        yield process, int(found[1])
    finally:
        process.kill()
        process.wait()


def command(path: Path) -> list[str]:
    return [sys.executable, "-m", "hedgerow", "serve", "--port", "0", "--model", "lexicon", "--corpus", str(path)]


def correction(number: int) -> dict[str, Any]:
    """Every third one corrects the sentence before."""
    own = number - number % 3 // 2
    certainty = "probable" if own != number else "possible"
    labels = {"certainty": certainty, "stance": "asserted", "spans": []}
    return {"id": f"a#{own}", "doc": "a", "group": "a", "text": f"It may rain {own} times.", **labels}


def test_kill_9_during_500_corrections_loses_none_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    acknowledged: dict[str, str] = {}
    kill_after = random.Random(13).randrange(NUMBER // 2, NUMBER)
    with server(path) as (process, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for number in range(kill_after + 1):
            asked = correction(number)
            connection.request("POST", "/corrections", json.dumps(asked), {"Content-Type": "application/json"})
            if number == kill_after:  # while it is being answered, or just before
                os.kill(process.pid, signal.SIGKILL)
                break
            answer = connection.getresponse()
            told = answer.read()
            assert answer.status == 200, told
            acknowledged[asked["id"]] = asked["certainty"]
        connection.close()
    assert not path.exists()
    with journal_path(path).open("a", encoding="utf-8") as journal:
        journal.write('{"id": "a#9999", "text": "It was cut')  # as a kill in the middle of a write leaves it
    acknowledged.pop(asked["id"], None)  # sent again, and not acknowledged: it may be as it was or not
    with server(path) as (process, _):
        kept = {row.id: str(row.certainty) for row in corpus.load([path]) if row.id != asked["id"]}
        assert kept == acknowledged
        assert corpus.check([path]) == []
        assert not journal_path(path).exists()
        second = subprocess.run(command(path), env=ENVIRONMENT, capture_output=True, text=True, check=False)
        assert second.returncode == 2
        assert "another process is correcting it; stop that one, or name another corpus" in second.stderr
        process.terminate()
        assert process.wait(60) == 0
