"""`hedgerow serve`: label over HTTP, on this machine or, with a token, for others."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hedgerow.classifier import load
from hedgerow.corpus.journal import open_corpus
from hedgerow.errors import InputError
from hedgerow.io.optional import library
from hedgerow.serve.json_log import log, log_to_stderr
from hedgerow.serve.settings import Capacity, Settings, Times

REPEATED = ("--model", "--allow-host", "--allow-origin")
TOKEN = "HEDGEROW_TOKEN"

Host = Annotated[str, typer.Option(help="The address to listen at; one that others can reach needs HEDGEROW_TOKEN.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", help="Models to load; the first is the default.", metavar="NAME", show_default="base"),
]
Hosts = Annotated[
    list[str] | None,
    typer.Option("--allow-host", help="Another host name of the server.", metavar="NAME", show_default="none"),
]
Origins = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-origin", help="A site whose pages may send requests.", metavar="https://SITE", show_default="none"
    ),
]
CorpusFile = Annotated[
    Path | None,
    typer.Option(
        "--corpus",
        help="Correct labels in the page, and keep them in this corpus (docs/looking.md).",
        metavar="FILE.jsonl",
        show_default="none",
    ),
]
Blind = Annotated[bool, typer.Option("--blind", help="Hide the labels of a sentence until a person has given theirs.")]
MaxBytes = Annotated[int, typer.Option(min=1, help="Maximum bytes per request.")]
MaxSentences = Annotated[int, typer.Option(min=1, help="Maximum sentences per answer.")]
MaxRequests = Annotated[int, typer.Option(min=1, help="Maximum requests at a time; others get 503.")]
MaxSeconds = Annotated[float, typer.Option(min=0.1, help="Maximum seconds per answer.")]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    model: Models = None,
    allow_host: Hosts = None,
    allow_origin: Origins = None,
    corpus: CorpusFile = None,
    blind: Blind = False,
    max_bytes: MaxBytes = 10 * 2**20,
    max_sentences: MaxSentences = 20_000,
    max_requests: MaxRequests = 256,
    max_seconds: MaxSeconds = 120.0,
) -> None:
    """Label over HTTP: a page for people, an API for programs (docs/serving.md). Nothing is stored or sent elsewhere.

    With --corpus, what people save is on disk when the page says so, and the corpus is written when the server stops.

    Exit codes: 0 stopped by SIGTERM or Ctrl-C, 2 wrong usage.

    Example: hedgerow serve --model small
    """
    if blind and corpus is None:
        raise InputError("--blind is for correcting; name the corpus too: --corpus mine.jsonl")
    settings = Settings(
        models=_models(model or ["base"]),
        host=host,
        port=port,
        allow_hosts=tuple(allow_host or ()),
        allow_origins=tuple(allow_origin or ()),
        token=os.environ.get(TOKEN) or None,
        capacity=Capacity(body_bytes=max_bytes, sentences=max_sentences, requests=max_requests),
        times=Times(answer=max_seconds),
    )
    run(settings, corpus, is_blind=blind)


def run(settings: Settings, corpus: Path | None = None, *, is_blind: bool = False) -> None:
    """Load the models of the settings, and serve until the process is told to stop.

    People can correct the labels of the `corpus`, without seeing those of the model first if `is_blind`.
    """
    for name in ("fastapi", "uvicorn", "python_multipart"):
        library(name, needed_for="hedgerow serve", extra="serve")
    log_to_stderr()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, _stop_early)
    from hedgerow.serve.app import make_app  # imports what the extra brings
    from hedgerow.serve.pages.sheets import Corrected
    from hedgerow.serve.running import serve as serve_app

    with ExitStack() as stack:
        corrected = None if corpus is None else Corrected(stack.enter_context(open_corpus(corpus)), is_blind)
        serve_app(make_app(settings, map(load, settings.models), corrected), settings)


def _stop_early(*_: object) -> NoReturn:
    """Obey a signal that comes while the models are loaded."""
    log("info", "stopped")
    sys.exit(0)


def _models(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names or folders of the models; raise InputError if two would have the same name."""
    shown = [Path(name).name for name in names]
    for name in shown:
        if shown.count(name) > 1:
            raise InputError(f"--model {name}: named twice; requests could not tell them apart")
    return tuple(names)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("serve")(serve)
