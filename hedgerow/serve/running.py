"""Run the application with uvicorn, until it is told to stop; then it finishes what it has begun."""

from __future__ import annotations

import signal
import socket
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

from hedgerow.errors import InputError
from hedgerow.serve.connections import Connection
from hedgerow.serve.desk import Desk
from hedgerow.serve.json_log import log
from hedgerow.serve.settings import Settings, bracketed

_BACKLOG = 2048  # connections that wait to be taken
_HEAD_BYTES = 32 * 1024  # of a request's line and headers


class _Server(uvicorn.Server):
    """A server that tells the desk when it is to stop."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self._desk = desk

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; uvicorn then waits for the requests that are being answered."""
        self._desk.stop_soon()
        super().handle_exit(sig, frame)


def serve(app: FastAPI, settings: Settings) -> None:
    """Serve the application until SIGTERM or SIGINT; raise InputError if the address cannot be used."""
    with listen(settings) as listening:
        port = listening.getsockname()[1]
        url = f"http://{bracketed(settings.host)}:{port}/"
        log("info", "listening", url=url, models=app.state.desk.models)
        if sys.stderr.isatty():
            print(f"hedgerow: open {url} in a browser; Ctrl-C stops the server", file=sys.stderr, flush=True)
        server = _Server(configured(app, settings), app.state.desk)
        # Until uvicorn takes the signals itself; it raises one again when it is done, which has been obeyed then.
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, server.handle_exit)
        server.run(sockets=[listening])
        log("info", "stopped")


def configured(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return how uvicorn is to serve the application."""
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        timeout_graceful_shutdown=round(settings.times.stop),
    )


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens at the address of the settings; raise InputError if it cannot."""
    try:
        (family, *_, address), *_ = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"--host {settings.host} --port {settings.port}: cannot be used ({error}); give another"
        ) from None
