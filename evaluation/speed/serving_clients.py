"""Clients of `hedgerow serve` for a load test: many connections in one thread, each asking and asking again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answered:
    """A request and its answer: the id it was asked under, its sentences, the body, and the seconds it took."""

    request_id: str
    sentences: Sequence[str]
    body: bytes
    seconds: float


@dataclass(slots=True)
class Outcome:
    """What the clients of a load have seen.

    `busy` counts answers 503 with Retry-After, after which a client waits and asks again. `errors` are all other
    answers, by status, and connections that broke within an answer. `untaken` counts requests on connections that were
    closed before a byte of an answer came, which the log of the server tells apart from lost ones.
    """

    answered: list[Answered] = field(default_factory=list)
    busy: int = 0
    untaken: list[str] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def add_error(self, kind: str) -> None:
        """Count an error."""
        self.errors[kind] = self.errors.get(kind, 0) + 1


async def ask_all(port: int, requests: Iterator[Sequence[str]], clients: int, goes_on: Callable[[], bool]) -> Outcome:
    """Let `clients` ask for the next of `requests`, each one at a time, while `goes_on` and there is one."""
    outcome = Outcome()
    started = time.monotonic()
    numbered = enumerate(requests)
    await asyncio.gather(*(_client(port, numbered, outcome, goes_on) for _ in range(clients)))
    outcome.seconds = time.monotonic() - started
    return outcome


async def _client(
    port: int, requests: Iterator[tuple[int, Sequence[str]]], outcome: Outcome, goes_on: Callable[[], bool]
) -> None:
    connection: _Connection | None = None
    while goes_on() and (request := next(requests, None)) is not None:
        number, sentences = request
        try:
            connection = connection or await _Connection.open(port)
        except OSError:
            return  # the server has stopped
        if not await _ask(connection, f"load-{number}", sentences, outcome):
            connection.close()
            connection = None
    if connection is not None:
        connection.close()


async def _ask(connection: _Connection, request_id: str, sentences: Sequence[str], outcome: Outcome) -> bool:
    """Ask until there is an answer that is not 503; return whether the connection is still open."""
    while True:
        started = time.monotonic()
        try:
            status, headers, body = await connection.ask(request_id, sentences)
        except asyncio.IncompleteReadError as error:
            outcome.add_error("broken off") if error.partial else outcome.untaken.append(request_id)
            return False
        except OSError:
            outcome.untaken.append(request_id)
            return False
        if status == 200:
            outcome.answered.append(Answered(request_id, sentences, body, time.monotonic() - started))
        elif status == 503 and "retry-after" in headers:
            outcome.busy += 1
            await asyncio.sleep(float(headers["retry-after"]))
            continue
        else:
            outcome.add_error(str(status))
        return headers.get("connection") != "close"


class _Connection:
    """One connection that is kept open from request to request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> _Connection:
        return cls(*await asyncio.open_connection(HOST, port))

    def close(self) -> None:
        self._writer.close()

    async def ask(self, request_id: str, sentences: Sequence[str]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the answer."""
        body = json.dumps({"sentences": sentences}).encode()
        head = (
            f"POST /v1/label HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
            f"X-Request-ID: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        await self._writer.drain()
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        return int(lines[0].split()[1]), headers, await self._reader.readexactly(int(headers["content-length"]))
