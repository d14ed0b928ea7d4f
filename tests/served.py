"""A server in a thread, for tests that need a real connection: a browser, or a client that counts its requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn

from hedgerow import load
from hedgerow.corpus.journal import open_corpus
from hedgerow.serve.app import make_app
from hedgerow.serve.pages.sheets import Corrected
from hedgerow.serve.running import configured, listen
from hedgerow.serve.settings import Settings


@contextmanager
def served(
    corpus: Path | None = None, *, is_blind: bool = False, token: str | None = None, settings: Settings | None = None
) -> Iterator[str]:
    """Yield the address of a server with the lexicon."""
    with ExitStack() as stack:
        corrected = None if corpus is None else Corrected(stack.enter_context(open_corpus(corpus)), is_blind)
        settings = replace(settings or Settings(models=("lexicon",), port=0), token=token)
        app = make_app(settings, [load("lexicon")], corrected)
        server = uvicorn.Server(configured(app, settings))
        listening = stack.enter_context(listen(settings))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
