"""Requests share batches: answers stay those of the model, nobody starves, nobody gets the answer of another."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any

import pytest

from hedgerow.classifier import Classifier
from hedgerow.errors import InputError
from hedgerow.serve.settings import Capacity, Settings
from hedgerow.serve.shared_queue import BATCH_CHARACTERS, SharedQueue, StoppedError, Ticket
from tests.serving import HeldModel, client, rows


def until(condition: Any) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def started(model: HeldModel, batch: int = 8) -> SharedQueue:
    queue = SharedQueue(Classifier(model, cache_size=0), batch)
    queue.start()
    return queue


def ask(pool: ThreadPoolExecutor, queue: SharedQueue, texts: list[str], ticket: Ticket | None = None) -> Future[Any]:
    return pool.submit(queue.label, texts, ticket or Ticket())


def waiting(queue: SharedQueue) -> int:
    return sum(order.left for order in queue._orders)


def test_a_single_sentence_is_in_the_batch_after_the_one_that_has_begun() -> None:
    model = HeldModel()
    queue = started(model)
    with ThreadPoolExecutor() as pool:
        long = ask(pool, queue, [f"It may be {number}." for number in range(2_000)])
        until(lambda: model.batches)
        others = [ask(pool, queue, [f"He is {number}."]) for number in range(3)]
        until(lambda: waiting(queue) == 2_000 - 8 + 3)
        model.go.set()
        for number, other in enumerate(others):
            assert [one.text for one in other.result()] == [f"He is {number}."]
            assert not long.done()
        assert [one.text for one in long.result()] == [f"It may be {number}." for number in range(2_000)]
    assert {f"He is {number}." for number in range(3)} < {*model.batches[1]}
    assert max(map(len, model.batches)) == 8
    queue.close()


def test_batches_are_full_and_end_where_their_sentences_are_long() -> None:
    model = HeldModel()
    queue = started(model)
    long = "a" * (BATCH_CHARACTERS // 2)
    with ThreadPoolExecutor() as pool:
        first = ask(pool, queue, ["Go."])
        until(lambda: model.batches)
        asked = [ask(pool, queue, [f"{name} {number}." for number in range(5)]) for name in ("He", "She")]
        until(lambda: waiting(queue) == 10)
        more = ask(pool, queue, [f"{long} {number}" for number in range(6)])
        until(lambda: waiting(queue) == 16)
        model.go.set()
        for one in (first, *asked, more):
            one.result()
    assert [len(batch) for batch in model.batches[:2]] == [1, 6]  # two of each: the long ones fill the batch
    assert sum(map(len, model.batches)) == 17
    queue.close()


@pytest.mark.parametrize(("long", "batch"), [("a" * (BATCH_CHARACTERS + 1), 8), ("It may be.", 1)])
def test_who_got_nothing_of_a_full_batch_is_first_in_the_next(long: str, batch: int) -> None:
    model = HeldModel()
    queue = started(model, batch)
    with ThreadPoolExecutor() as pool:
        big = ask(pool, queue, [f"{long} {number}" for number in range(20)])
        until(lambda: model.batches)
        short = ask(pool, queue, ["It may hail."])
        until(lambda: waiting(queue) == 20)
        model.go.set()
        assert len(short.result()) == 1
        big.result()
    taken = [number for number, one in enumerate(model.batches) if "It may hail." in one]
    assert taken[0] <= 2
    queue.close()


def test_a_sentence_that_fails_costs_only_its_own_request() -> None:
    model = HeldModel(fails_on="Fail.")
    queue = started(model)
    with ThreadPoolExecutor() as pool:
        first = ask(pool, queue, ["Go."])
        until(lambda: model.batches)
        asked = [ask(pool, queue, texts) for texts in (["He may go."], ["Fail.", "She went."], ["It is."])]
        until(lambda: waiting(queue) == 4)
        model.go.set()
        first.result()
        assert asked[0].result()[0].text == "He may go."
        with pytest.raises(RuntimeError, match="cannot label"):
            asked[1].result()
        assert asked[2].result()[0].text == "It is."
        assert queue.is_alive
    queue.close()


def test_a_stopped_request_is_not_labelled() -> None:
    model = HeldModel()
    queue = started(model)
    ticket = Ticket()
    with ThreadPoolExecutor() as pool:
        first = ask(pool, queue, ["Go."])
        until(lambda: model.batches)
        stopped = ask(pool, queue, ["Never.", "No."], ticket)
        until(lambda: waiting(queue) == 2)
        ticket.stop()
        with pytest.raises(StoppedError):
            stopped.result(5)
        model.go.set()
        first.result()
    queue.close()
    assert model.batches == [["Go."]]
    with pytest.raises(StoppedError):
        queue.label(["Late."], Ticket())


def test_a_closed_queue_labels_what_waits() -> None:
    model = HeldModel()
    queue = started(model, 2)
    with ThreadPoolExecutor() as pool:
        asked = ask(pool, queue, ["One.", "Two.", "Three."])
        until(lambda: model.batches)
        closing = Thread(target=queue.close)
        closing.start()
        model.go.set()
        assert len(asked.result(5)) == 3
        closing.join(5)
        assert not closing.is_alive()


def test_a_sentence_may_be_too_long() -> None:
    with pytest.raises(InputError, match="a sentence of 2,000,000 characters"):
        SharedQueue(Classifier(HeldModel())).label(["a" * 2_000_000], Ticket())


def test_many_clients_get_their_own_answers() -> None:
    model = HeldModel(seconds=0.002)
    model.go.set()
    with client(Settings(models=("lexicon",)), Classifier(model, cache_size=0)) as api, ThreadPoolExecutor(12) as pool:

        def one(number: int) -> bool:
            sentences = [f"Mayor {number} said it may rise.", f"It is {number} pounds."]
            found = rows(api.post("/v1/label", json={"text": " ".join(sentences)}))
            return [row["text"] for row in found] == sentences

        assert all(pool.map(one, range(60)))
    assert max(map(len, model.batches)) > 2  # they shared


def test_a_full_server_says_when_to_come_again() -> None:
    model = HeldModel()
    settings = Settings(models=("lexicon",), capacity=Capacity(requests=2, body_bytes=500, waiting_bytes=800))
    with client(settings, Classifier(model, cache_size=0)) as api, ThreadPoolExecutor() as pool:
        first = pool.submit(api.post, "/v1/label", json={"text": "He may go." + " " * 400})
        until(lambda: model.batches)
        refused = api.post("/v1/label", json={"text": "She may go." + " " * 400})  # too many bytes
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "1"
        assert refused.json()["error"]["code"] == "busy"
        second = pool.submit(api.post, "/v1/label", json={"text": "She may go."})
        until(lambda: waiting(api.app.state.desk.queues["lexicon"]) == 1)  # type: ignore[attr-defined]
        assert api.post("/v1/label", json={"text": "They may go."}).status_code == 503  # too many requests
        assert api.get("/readyz").status_code == 200
        model.go.set()
        assert rows(first.result())
        assert rows(second.result())
        assert rows(api.post("/v1/label", json={"text": "They may go."}))


def test_a_failing_model_is_an_error_without_the_text(caplog: pytest.LogCaptureFixture) -> None:
    model = HeldModel(fails_on="A secret sentence.")
    model.go.set()
    with client(Settings(models=("lexicon",)), Classifier(model, cache_size=0)) as api:
        answer = api.post("/v1/label", json={"text": "A secret sentence."}, headers={"X-Request-ID": "abc-1"})
    assert answer.status_code == 500
    assert answer.json() == {
        "error": {"code": "internal", "message": "the server failed; its log has the request id"},
        "request_id": "abc-1",
    }
    logged = [vars(record)["fields"] for record in caplog.records if record.name == "hedgerow.serve"]
    assert any(one.get("error") == "RuntimeError" and one["request_id"] == "abc-1" for one in logged)
    assert "secret" not in f"{logged}{caplog.text}"
