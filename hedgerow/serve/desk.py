"""The desk of the server: takes a request's work, has it done in a thread, and gives it up if nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import Request

from hedgerow.classifier import Classifier
from hedgerow.serve.problems import ApiError
from hedgerow.serve.settings import Settings
from hedgerow.serve.shared_queue import QueuedModel, SharedQueue, StoppedError, Ticket
from hedgerow.serve.work import Answer, Job, label_job

Result = TypeVar("Result")


class Desk:
    """Labels for all requests, with one queue per model.

    Parameters
    ----------
    settings : Settings
        Limits and times.
    classifiers : iterable of Classifier
        The models; the first one answers requests that name none.
    """

    def __init__(self, settings: Settings, classifiers: Iterable[Classifier]) -> None:
        self.settings = settings
        self.queues: Mapping[str, SharedQueue] = {one.name: SharedQueue(one) for one in classifiers}
        self._pool = ThreadPoolExecutor(settings.capacity.requests, thread_name_prefix="hedgerow-request")
        self._tickets: set[Ticket] = set()
        self.is_stopping = False  # whether the server was told to stop: it answers what it has begun
        self.on_stop: set[Callable[[], None]] = set()  # what ends requests that have no end of their own

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models, the default first."""
        return tuple(self.queues)

    @property
    def is_ready(self) -> bool:
        """Whether requests are answered: every model is loaded and warm, and the server does not stop."""
        return not self.is_stopping and all(queue.is_alive for queue in self.queues.values())

    def start(self) -> None:
        """Start the queues, and label a sentence with every model, so that the first request waits for nothing."""
        for queue in self.queues.values():
            queue.start()
            queue.label(["It may rain."], Ticket())

    def stop_soon(self) -> None:
        """Be ready for no more requests, and end those that have no end of their own."""
        self.is_stopping = True
        for end in tuple(self.on_stop):
            end()

    def close(self) -> None:
        """Give up what is still asked for, and end all threads."""
        for ticket in tuple(self._tickets):
            ticket.stop()
        for queue in self.queues.values():
            queue.close()
        self._pool.shutdown(cancel_futures=True)

    def check_model(self, name: str | None) -> str:
        """Return the name of a model, the default one for None; raise ApiError if it is not loaded."""
        if name is None:
            return self.models[0]
        if name not in self.queues:
            raise ApiError(422, f"{name!r} is not one of {', '.join(self.models)}", field="model")
        return name

    def classifier(self, model: str, ticket: Ticket) -> Classifier:
        """Return a classifier whose sentences go through the queue of a model, until the ticket is stopped."""
        return Classifier(QueuedModel(self.queues[model], ticket), cache_size=0)

    async def label(self, job: Job, request: Request | None = None) -> Answer:
        """Label the texts of a job.

        Raises ApiError if there are too many sentences, if it takes too long, and if the client of `request` has gone.
        """
        most = self.settings.capacity.sentences
        explained = self.settings.capacity.explained
        ticket = Ticket()
        classifier = self.classifier(job.options.model, ticket)
        return await self.run(lambda: label_job(classifier, job, most=most, most_explained=explained), ticket, request)

    async def run(self, work: Callable[[], Result], ticket: Ticket, request: Request | None = None) -> Result:
        """Do work in a thread; stop its ticket if it takes too long, or if the client of `request` has gone."""
        self._tickets.add(ticket)
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        future.add_done_callback(_read_error)
        gone = None if request is None else asyncio.create_task(_until_gone(request))
        waited: set[asyncio.Future[Any]] = {future} if gone is None else {future, gone}
        try:
            seconds = self.settings.times.answer
            done, _ = await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if future in done:
                return future.result()
            if done:
                raise ApiError(499, "the client closed the connection")
            raise ApiError(504, f"no answer within {seconds:g} seconds; send fewer sentences at a time")
        except StoppedError:
            raise ApiError(503, "the server stops", headers={"Retry-After": "5"}) from None
        finally:
            ticket.stop()
            self._tickets.discard(ticket)
            if gone is not None:
                gone.cancel()


def _read_error(future: asyncio.Future[Any]) -> None:
    """Take the error of work that nobody waits for any more."""
    if not future.cancelled():
        future.exception()


async def _until_gone(request: Request) -> None:
    """Return when the client closes the connection; its body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
