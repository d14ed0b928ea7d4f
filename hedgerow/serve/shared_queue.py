"""One queue per model: a thread takes the waiting sentences of all requests, in turn, and labels them in one batch.

A label never depends on the rest of its batch, so sharing changes no answer. Every request that waits gets the same
share of a batch: a long text does not hold up a single sentence.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Condition, Event, Thread

from hedgerow.classifier import Classifier
from hedgerow.errors import InputError
from hedgerow.head import Head
from hedgerow.results import Prediction

BATCH = 256  # sentences; a new request waits for at most one batch that has begun
BATCH_CHARACTERS = 100_000  # of its sentences together, so that a batch of long ones does not last
MAX_CHARACTERS = 2**20  # of one sentence: a batch cannot be stopped
AT_ONCE = 512  # sentences of one request that wait in the queue; it hands in the next ones when these are done


class StoppedError(Exception):
    """Nobody waits for the answer of this request any more."""


@dataclass(slots=True, eq=False)
class Order:
    """Sentences of one request: `taken` of them are in a batch or done, and `missing` are not done."""

    texts: Sequence[str]
    predictions: list[Prediction | None]
    missing: int
    taken: int = 0
    error: Exception | None = None
    done: Event = field(default_factory=Event)

    @property
    def left(self) -> int:
        """How many sentences no batch has taken."""
        return 0 if self.done.is_set() else len(self.texts) - self.taken

    def take(self, number: int, characters: int) -> Part:
        """Take at most `number` of the sentences that are left, until they have so many characters together."""
        start = end = self.taken
        while characters > 0 and end < start + min(number, self.left):
            characters -= len(self.texts[end])
            end += 1
        self.taken = end
        return Part(self, start, end)


@dataclass(frozen=True, slots=True)
class Part:
    """The sentences of an order that are in a batch."""

    order: Order
    start: int
    end: int

    @property
    def texts(self) -> Sequence[str]:
        """The sentences."""
        return self.order.texts[self.start : self.end]


class Ticket:
    """One request's right to have sentences labelled, until it is stopped."""

    def __init__(self) -> None:
        """Make a ticket that is not stopped."""
        self._order: Order | None = None
        self.is_stopped = False

    def stop(self) -> None:
        """Give up: sentences that wait are not labelled, and whoever waits for them gets StoppedError."""
        self.is_stopped = True
        if (order := self._order) is not None:
            order.done.set()

    def begin(self, order: Order) -> None:
        """Keep the order that is under way, so that it can be stopped."""
        self._order = order
        if self.is_stopped:
            order.done.set()

    def check(self) -> None:
        """Raise StoppedError if the request was stopped."""
        if self.is_stopped:
            raise StoppedError


class SharedQueue:
    """Labels sentences of many threads in shared batches of at most `batch`, with one classifier."""

    def __init__(self, classifier: Classifier, batch: int = BATCH) -> None:
        """Make a queue whose thread has not started."""
        self.classifier = classifier
        self._batch = batch
        self._orders: deque[Order] = deque()
        self._changed = Condition()
        self._is_closed = False
        self._thread = Thread(target=self._work, name=f"hedgerow-{classifier.name}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Label what waits, and end the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """Whether sentences are labelled."""
        return self._thread.is_alive() and not self._is_closed

    def label(self, texts: Sequence[str], ticket: Ticket) -> list[Prediction]:
        """Return one prediction per text, in order, when they are done; raise StoppedError if nobody waits."""
        if not texts:
            return []
        longest = max(map(len, texts))
        if longest > MAX_CHARACTERS:
            raise InputError(f"a sentence of {longest:,} characters; at most {MAX_CHARACTERS:,}")
        order = Order(texts, [None] * len(texts), len(texts))
        ticket.begin(order)
        with self._changed:
            if self._is_closed:
                raise StoppedError
            self._orders.append(order)
            self._changed.notify()
        order.done.wait()
        ticket.check()
        if order.error is not None:
            raise order.error
        return [prediction for prediction in order.predictions if prediction is not None]

    def _work(self) -> None:
        while parts := self._take():
            self._label(parts)

    def _take(self) -> list[Part]:
        """Wait for sentences, and return the next batch; nothing if the queue is closed and empty."""
        with self._changed:
            while True:
                parts = self._share_out()
                if parts or self._is_closed:
                    return parts
                self._changed.wait()

    def _share_out(self) -> list[Part]:
        """Take the same number of sentences from every order, in turn, until the batch is full."""
        parts: list[Part] = []
        room, characters = self._batch, BATCH_CHARACTERS
        while room > 0 and characters > 0 and self._orders:
            share = max(1, room // len(self._orders))
            for _ in range(len(self._orders)):
                if room <= 0 or characters <= 0:
                    break  # the orders that got nothing stay in front, and are first in the next batch
                order = self._orders.popleft()
                part = order.take(min(share, room), characters)
                if part.end > part.start:
                    parts.append(part)
                    room -= part.end - part.start
                    characters -= sum(map(len, part.texts))
                if order.left:
                    self._orders.append(order)
        return parts

    def _label(self, parts: Sequence[Part]) -> None:
        """Label a batch; if it fails, label each part by itself, so that only the one that fails has an error."""
        try:
            predictions = self.classifier.predict([text for part in parts for text in part.texts])
        except Exception as error:
            if len(parts) > 1:
                for part in parts:
                    self._label([part])
                return
            parts[0].order.error = error
            parts[0].order.done.set()
            return
        found = iter(predictions)
        for part in parts:
            order = part.order
            order.predictions[part.start : part.end] = [next(found) for _ in part.texts]
            order.missing -= part.end - part.start
            if not order.missing:
                order.done.set()


class QueuedModel:
    """A model, as a Classifier takes it, whose sentences go through the queue that all requests share."""

    preferred_batch_size = AT_ONCE
    prefetch = 0

    def __init__(self, queue: SharedQueue, ticket: Ticket) -> None:
        """Make the model of one request."""
        self._queue = queue
        self._ticket = ticket

    @property
    def name(self) -> str:
        """The model's name."""
        return self._queue.classifier.name

    @property
    def heads(self) -> Sequence[Head]:
        """The model's heads."""
        return self._queue.classifier.heads

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction per text, in order."""
        return self._queue.label(texts, self._ticket)
