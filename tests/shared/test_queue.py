"""The three engines do the same: deliver by name, lose nothing silently, never raise."""

import logging
import os
import sqlite3
import threading
import time
from functools import partial

import pytest
import redis
import structlog
from huey import PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer

from server.shared.queue import Jobs, make_engine
from tests.postgres import PostgresTemplate

# The engine leaves the connections that it listens on to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*psycopg.Connection.*:ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)
WHAT = "needs {what}: `make test-all` starts one, or set {variable} (apt-get install {package})"


def redis_url() -> str:
    url = os.environ.get("VARSITY_TEST_REDIS_URL", "")
    if not url:
        pytest.skip(
            WHAT.format(what="a Redis", variable="VARSITY_TEST_REDIS_URL", package="redis-server")
        )
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) + 1
    return f"{url.rpartition('/')[0]}/{number}"


def postgres_url(template: PostgresTemplate | None) -> str:
    if template is None:
        pytest.skip(
            WHAT.format(
                what="a PostgreSQL", variable="VARSITY_TEST_DATABASE_URL", package="postgresql"
            )
        )
    return template.url


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("redis", marks=pytest.mark.servers),
        pytest.param("postgresql", marks=pytest.mark.servers),
    ]
)
def engine(request, tmp_path, postgres_template):
    postgres = partial(postgres_url, postgres_template)
    url = {"sqlite": str, "redis": redis_url, "postgresql": postgres}[request.param]()
    if request.param == "redis":
        redis.Redis.from_url(url).flushdb()
    made = make_engine(url, tmp_path)
    made.storage.flush_all()
    kinds = {"sqlite": SqliteHuey, "redis": RedisHuey, "postgresql": PostgresHuey}
    assert type(made) is kinds[request.param]
    made.address = url
    yield made
    made.storage.flush_all()


def drain(jobs: Jobs) -> None:
    """Do every job that waits, in this thread."""
    while (task := jobs.engine.dequeue()) is not None:
        jobs.engine.execute(task)


def test_a_job_reaches_its_handler_with_its_arguments(engine):
    jobs, done = Jobs(engine), []
    jobs.handle("score", lambda submission_id: done.append(submission_id))
    for number in (3, 1, 2):
        jobs.send("score", submission_id=number)
    assert jobs.waiting() == 3
    drain(jobs)
    assert (done, jobs.waiting()) == ([3, 1, 2], 0)


def test_another_process_of_the_same_url_sends_to_the_same_queue(engine, tmp_path):
    jobs, done = Jobs(engine), []
    jobs.handle("score", lambda submission_id: done.append(submission_id))
    sender = Jobs(make_engine(engine.address, tmp_path))
    sender.send("score", submission_id=7)
    drain(jobs)
    assert done == [7]


def test_a_job_that_fails_or_that_nobody_knows_stops_nothing(engine):
    jobs, done = Jobs(engine), []

    def fail(**_arguments):
        raise ZeroDivisionError

    jobs.handle("fail", fail)
    jobs.handle("score", lambda submission_id: done.append(submission_id))
    jobs.send("fail")
    jobs.send("unheard-of", number=1)
    jobs.send("score", submission_id=1)
    drain(jobs)
    assert done == [1]


def test_of_two_threads_each_job_goes_to_one(engine):
    jobs, done, lock = Jobs(engine), [], threading.Lock()

    def note(submission_id: int) -> None:
        with lock:
            done.append(submission_id)

    jobs.handle("score", note)
    for number in range(40):
        jobs.send("score", submission_id=number)
    threads = [threading.Thread(target=drain, args=(jobs,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(40))


def test_a_consumers_threads_take_what_is_sent_while_they_run(engine):
    jobs, done = Jobs(engine), threading.Event()
    jobs.handle("score", lambda submission_id: done.set())
    consumer = Consumer(engine, workers=2, periodic=False, initial_delay=0.05, max_delay=0.25)
    # Only the main thread may set signal handlers.
    consumer._set_signal_handlers = lambda: None
    consumer.start()
    try:
        time.sleep(0.2)
        jobs.send("score", submission_id=1)
        assert done.wait(30)
    finally:
        consumer.stop(graceful=True)


def test_a_redis_that_is_away_is_left_to_the_sweep(tmp_path):
    Jobs(make_engine("redis://127.0.0.1:1/0", tmp_path)).send("score", submission_id=1)


def test_an_engine_that_is_away_is_told_once_and_nothing_is_sent_until_it_is_back(
    tmp_path, monkeypatch
):
    jobs, storage = Jobs(make_engine("", tmp_path)), {}

    def away(*_arguments, **_values):
        raise redis.ConnectionError("Connection refused")

    with structlog.testing.capture_logs() as told:
        for _ in range(2):
            for name in ("enqueue", "queue_size", "dequeue"):
                storage[name] = getattr(jobs.engine.storage, name)
                monkeypatch.setattr(jobs.engine.storage, name, away)
            jobs.send("score", submission_id=1)
            # More than any sweep would send.
            assert jobs.waiting() > 10**9
            jobs.send("score", submission_id=2)
            monkeypatch.undo()
            assert jobs.waiting() == 0
            jobs.send("score", submission_id=3)
            drain(jobs)
    events = [(line["event"], line["log_level"]) for line in told if "queue" in line["event"]]
    assert events == [("queue_away", "error"), ("queue_back", "info")] * 2
    assert "Connection refused" in told[0]["error"]


def test_the_threads_of_a_consumer_tell_of_an_outage_once(tmp_path, monkeypatch, caplog):
    jobs = Jobs(make_engine("", tmp_path))

    def away(*_arguments, **_values):
        raise redis.ConnectionError("Connection refused")

    monkeypatch.setattr(jobs.engine.storage, "dequeue", away)
    monkeypatch.setattr(jobs.engine.storage, "read_schedule", away)
    jobs.hear_of_outages()
    consumer = Consumer(jobs.engine, workers=2, periodic=False, initial_delay=0.01, max_delay=0.02)
    consumer._set_signal_handlers = lambda: None
    with structlog.testing.capture_logs() as told:
        consumer.start()
        time.sleep(0.3)
        consumer.stop(graceful=True)
    assert [line["event"] for line in told] == ["queue_away"]
    assert "Error reading" not in caplog.text
    for part in ("Worker", "Scheduler"):
        logging.getLogger(f"huey.consumer.{part}").removeFilter(jobs._is_news)


def test_a_broken_queue_file_is_left_to_the_sweep(tmp_path):
    jobs = Jobs(make_engine("", tmp_path))
    with sqlite3.connect(tmp_path / "queue.db") as queue:
        queue.execute("DROP TABLE task")
    jobs.send("score", submission_id=1)
