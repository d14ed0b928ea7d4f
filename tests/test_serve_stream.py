"""`/v1/label/stream`: rows while lines come, rejected lines in their place, nothing read that cannot be sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from hedgerow import load
from hedgerow.classifier import Classifier
from hedgerow.serve.app import make_app
from hedgerow.serve.settings import Settings, Times
from tests.serving import LINES, HeldModel, client

STREAM = "/v1/label/stream"


@pytest.fixture(scope="module")
def api() -> Iterator[TestClient]:
    with client() as found:
        yield found


def parsed(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def test_lines_are_labelled_rejected_and_skipped_in_order(api: TestClient) -> None:
    lines = [
        b'\xef\xbb\xbf{"text": "It may rain. He said so.", "id": 7, "by": "Ann"}',
        b'{"other": 1}',
        b"  ",
        b'{"text": "n/a"}\r',
        b'{"text": "\\ud800"}',
        b'{"text": "half \xe2\x82"}',
        b'{"text": "a\\u0000b"}',
        b"[1]",
        b'{"text": "' + b"x" * 2**20 + b'"}',
        b'{"text": "She denied it.", "score": NaN}',
        b'{"text": "...", "a": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"text": "The last line has no end."}',
    ]
    answer = api.post(STREAM, content=b"\n".join(lines), headers=LINES)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    rows = parsed(answer.content)
    assert [row.get("text") or next(iter(row)) for row in rows] == [
        "It may rain.", "He said so.", "rejected", "skipped", "rejected", "rejected", "rejected", "rejected",
        "rejected", "She denied it.", "rejected", "The last line has no end.",
    ]  # fmt: skip
    assert (rows[0]["doc"], rows[0]["id"], rows[0]["row"]) == ("stream:1", 7, {"by": "Ann"})
    assert rows[9]["row"] == {"score": None}
    assert [row["rejected"]["line"] for row in rows if "rejected" in row] == [2, 5, 6, 7, 8, 9, 11]
    reasons = [row["rejected"]["reason"] for row in rows if "rejected" in row]
    for reason, part in zip(
        reasons, ("no field", "lone surrogate", "invalid UTF-8", "NUL", "JSON list", "1,048,576", "deeply"), strict=True
    ):
        assert part in reason
        assert "--" not in reason
    assert rows[3]["skipped"] == {"file": "stream", "line": 4, "mark": "n/a"}


def test_the_options_of_the_command_are_in_the_query(api: TestClient) -> None:
    content = b'{"said": {"what": "It may rain. It may snow."}, "nr": 3}\n'
    query = "?unit=sentence&text_field=said.what&id_field=nr&abstain=1&model=lexicon"
    (row,) = parsed(api.post(STREAM + query, content=content, headers=LINES).content)
    assert (row["id"], row["text"]) == (3, "It may rain. It may snow.")
    for bad, field in (("?unit=word", "unit"), ("?explain=true", "explain"), ("?model=x", "model")):
        answer = api.post(STREAM + bad, content=content, headers=LINES)
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert api.post(STREAM, content=content, headers={"Content-Type": "application/json"}).status_code == 415


def test_many_lines_in_odd_pieces_are_those_of_the_classifier(api: TestClient) -> None:
    texts = [f"It may cost {number} pounds, said Ann é{number}." for number in range(700)]
    content = b"\r\n".join(json.dumps({"text": text}, ensure_ascii=False).encode() for text in texts)

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(content), 997):
            yield content[start : start + 997]

    rows = parsed(api.post(STREAM, content=pieces(), headers=LINES).content)
    assert [row["doc"] for row in rows] == [f"stream:{number}" for number in range(1, 701)]
    expected = [one.to_dict() for one in load("lexicon").predict(texts)]
    assert [{name: row[name] for name in one} for row, one in zip(rows, expected, strict=True)] == expected


class Connection:
    """One request to an application, by hand: what it may receive is put in, what it sends is taken out."""

    def __init__(self, app: FastAPI, room: int = 0, path: str = STREAM, kind: str = LINES["Content-Type"]) -> None:
        self.sent: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue(room)
        self._given: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.taken = 0  # messages
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": [(b"host", b"localhost"), (b"content-type", kind.encode())],
        }  # fmt: skip
        self.task = asyncio.create_task(app(scope, self._receive, self.sent.put))

    def give(self, body: bytes, *, more: bool = True) -> None:
        self._given.put_nowait({"type": "http.request", "body": body, "more_body": more})

    def leave(self) -> None:
        self._given.put_nowait({"type": "http.disconnect"})

    async def _receive(self) -> dict[str, Any]:
        message = await self._given.get()
        self.taken += 1
        return message

    async def rows(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(10):
            message = await self.sent.get()
        return parsed(message.get("body", b""))


def streaming(work: Any, settings: Settings, classifiers: list[Classifier] | None = None) -> None:
    """Run `work` with an application whose lifespan has begun."""

    async def run() -> None:
        app = make_app(settings, classifiers)
        async with app.router.lifespan_context(app):
            await work(app)

    asyncio.run(run())


def test_a_client_that_waits_for_each_answer_gets_it() -> None:
    async def work(app: FastAPI) -> None:
        connection = Connection(app)
        assert await connection.rows() == []  # the headers
        for number in range(3):
            connection.give(f'{{"text": "It may be {number}."}}\n{{"te'.encode() if number == 0 else _rest(number))
            assert [row["text"] for row in await connection.rows()] == [f"It may be {number}."]
        connection.give(b"", more=False)
        assert "rejected" in (await connection.rows())[0]  # the line that was begun
        await connection.task

    def _rest(number: int) -> bytes:
        return f'xt": "It may be {number}."}}\n{{"te'.encode()

    streaming(work, Settings(models=("lexicon",)))


def test_what_cannot_be_sent_is_not_read() -> None:
    async def work(app: FastAPI) -> None:
        connection = Connection(app, room=1)  # the client takes nothing
        for number in range(50):
            connection.give(f'{{"text": "It may be {number}."}}\n'.encode())
        await asyncio.sleep(0.3)
        assert connection.taken < 12
        async with asyncio.timeout(10):
            await connection.task  # given up

    streaming(work, Settings(models=("lexicon",), times=Times(idle=0.5)))


def test_a_client_that_leaves_a_silent_one_and_a_stop_end_the_work() -> None:
    async def work(app: FastAPI) -> None:
        leaving, silent = Connection(app), Connection(app)
        leaving.give(b'{"text": "It may rain."}\n')
        leaving.leave()
        async with asyncio.timeout(10):
            await leaving.task
            await silent.task
        assert await silent.rows() == []
        (last,) = await silent.rows()
        assert last["error"] == {"code": "too_slow", "message": "nothing came for 0.3 seconds"}
        stopped = Connection(app)
        stopped.give(b'{"text": "It may rain."}\n{"text": "It')
        assert await stopped.rows() == []
        assert (await stopped.rows())[0]["text"] == "It may rain."
        app.state.desk.stop_soon()
        (last,) = await stopped.rows()
        assert last["error"]["code"] == "busy"
        assert "lines up to 1 are answered" in last["error"]["message"]
        async with asyncio.timeout(10):
            await stopped.task

    streaming(work, Settings(models=("lexicon",), times=Times(idle=0.3)))


def test_a_stream_that_begins_when_the_server_stops_is_told() -> None:
    async def work(app: FastAPI) -> None:
        app.state.desk.stop_soon()
        late = Connection(app)
        assert await late.rows() == []
        (last,) = await late.rows()
        assert last["error"]["code"] == "busy"
        assert "lines up to 0 are answered" in last["error"]["message"]
        async with asyncio.timeout(10):
            await late.task

    streaming(work, Settings(models=("lexicon",)))


def test_a_client_that_leaves_while_it_sends_is_no_failure_of_the_server(caplog: pytest.LogCaptureFixture) -> None:
    async def work(app: FastAPI) -> None:
        for path, kind in (
            ("/v1/label", "application/json"), ("/v1/label", "multipart/form-data; boundary=B"),
            ("/view", "application/x-www-form-urlencoded"), ("/login", "application/x-www-form-urlencoded"),
        ):  # fmt: skip
            leaving = Connection(app, path=path, kind=kind)
            leaving.give(b"--B\r\n")
            leaving.leave()
            async with asyncio.timeout(10):
                await leaving.task

    with caplog.at_level("INFO", logger="hedgerow.serve"):
        streaming(work, Settings(models=("lexicon",), token="0123456789abcdef-secret"))
        streaming(work, Settings(models=("lexicon",)))
    logged = [vars(record)["fields"] for record in caplog.records if record.name == "hedgerow.serve"]
    assert {record.getMessage() for record in caplog.records if record.name == "hedgerow.serve"} == {"request"}
    assert [one["status"] for one in logged] == [401, 401, 401, 499, 499, 499, 499, 404]


def test_a_body_that_does_not_come_and_a_client_that_leaves_are_not_waited_for() -> None:
    model = HeldModel()

    async def work(app: FastAPI) -> None:
        slow = Connection(app, path="/v1/label", kind="application/json")
        slow.give(b'{"text": ')
        start, body = await slow.sent.get(), await slow.sent.get()
        assert start["status"] == 408
        assert json.loads(body["body"])["error"]["message"] == "the body took over 0.3 seconds"
        await slow.task
        leaving = Connection(app, path="/v1/label", kind="application/json")
        leaving.give(b'{"text": "It is rain. It may snow."}', more=False)
        while not model.batches:
            await asyncio.sleep(0.01)
        queued = Connection(app, path="/v1/label", kind="application/json")
        queued.give(b'{"text": "It may hail."}', more=False)
        await asyncio.sleep(0.1)
        for one in (leaving, queued):
            one.leave()
            async with asyncio.timeout(10):
                await one.task
            assert (await one.sent.get())["status"] == 499
        model.go.set()

    streaming(work, Settings(models=("lexicon",), times=Times(body=0.3)), [Classifier(model, cache_size=0)])
    assert model.batches == [["It is rain.", "It may snow."]]  # not what waited
