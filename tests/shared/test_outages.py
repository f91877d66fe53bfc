"""A database that is away, or a full disk: said as what it is, and that it passes."""

import errno
import sqlite3
from io import BytesIO

import psycopg
import pytest
import sqlalchemy as sa
import structlog
from obstore.store import S3Store
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlmodel import select

from server.app import create_app
from server.cli.instance import opened
from server.cli.output import Refusal
from server.shared.database import Database
from server.shared.outages import database_is_away, disk_is_full
from server.shared.queue import Jobs, make_engine
from server.shared.storage import FileStore
from server.submissions.models import Submission
from tests.cast import sign_in

NOBODY_LISTENS = "postgresql+psycopg://varsity@127.0.0.1:1/varsity?connect_timeout=2"


@pytest.fixture
def stranded(settings, clock):
    """The application, whose database nobody reaches."""
    return create_app(settings, clock=clock, database=Database(NOBODY_LISTENS))


@pytest.mark.parametrize("path", ["/", "/challenges", "/challenges/digits/leaderboard"])
def test_a_reader_is_asked_to_come_back_while_the_database_is_away(stranded, path):
    answer = stranded.test_client().get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Back in a moment" in answer.text
    assert "Something broke" not in answer.text
    assert f'href="{path}">Try again</a>' in answer.text


def test_so_is_a_reader_whose_name_would_stand_on_the_page(stranded, app, cast):
    cookie = sign_in(app.test_client(), cast.wei).get_cookie("varsity")
    reader = stranded.test_client()
    reader.set_cookie("varsity", cookie.value)
    answer = reader.get("/notifications")
    assert answer.status_code == 503
    assert "Back in a moment" in answer.text


def test_a_program_is_told_in_a_problem_document(stranded):
    answer = stranded.test_client().get("/api/v1/challenges")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert (answer.json["code"], answer.headers["Retry-After"]) == ("unavailable", "5")


def no_store_at(url: str) -> FileStore:
    """Return a store whose server nobody is, and that says so at once."""
    store = FileStore(url)
    store.store = S3Store(
        "files",
        endpoint="http://127.0.0.1:1",
        access_key_id="a",
        secret_access_key="b",
        region="x",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    return store


def test_a_file_is_refused_for_now_while_the_store_does_not_answer(app, cast, settings, database):
    services = app.extensions["varsity"]
    services.files = no_store_at(settings.public_store)
    browser = sign_in(app.test_client(), cast.wei)
    data = {"file": (BytesIO(b"id,digit\n1,2\n"), "a.csv"), "phase": "a"}
    answer = browser.post(
        "/challenges/digits/submit", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 503
    assert "Back in a moment" in answer.text
    assert "The store of files does not answer; nothing was kept." in answer.text
    with database.reading() as session:
        assert session.exec(select(Submission)).all() == []


def test_a_command_says_in_a_line_that_the_store_does_not_answer(monkeypatch, tmp_path):
    monkeypatch.setenv("VARSITY_DATA_DIR", str(tmp_path))
    with pytest.raises(Refusal) as refused, opened():
        no_store_at(str(tmp_path / "files")).has("0" * 64)
    assert str(refused.value).startswith("The store of files can't be used: ")
    assert "\n" not in str(refused.value)


def test_a_job_whose_database_is_away_is_told_in_a_line(tmp_path):
    jobs = Jobs(make_engine("", tmp_path))

    def asks() -> None:
        raise wrapped(psycopg.OperationalError("server closed the connection\n\tunexpectedly"))

    jobs.handle("asks", asks)
    with structlog.testing.capture_logs() as logs:
        jobs.send("asks")
        jobs.engine.execute(jobs.engine.dequeue())
    told = next(line for line in logs if line["event"] == "job_failed")
    assert "exc_info" not in told
    assert "\n" not in told["error"]


def wrapped(error: Exception) -> OperationalError:
    return OperationalError("SELECT 1", {}, error)


@pytest.mark.parametrize(
    "error",
    [
        wrapped(psycopg.OperationalError("server closed the connection unexpectedly")),
        wrapped(psycopg.errors.AdminShutdown("terminating connection")),
        wrapped(psycopg.errors.CannotConnectNow("the database system is starting up")),
        wrapped(psycopg.errors.TooManyConnections("too many clients already")),
        wrapped(sqlite3.OperationalError("database is locked")),
        wrapped(sqlite3.OperationalError("unable to open database file")),
        TimeoutError("QueuePool limit reached"),
    ],
    ids=repr,
)
def test_what_passes_by_itself_is_a_database_that_is_away(error):
    assert database_is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        wrapped(psycopg.errors.DiskFull("could not extend file")),
        wrapped(sqlite3.OperationalError("no such table: phase")),
        ConnectionError("a mail server's"),
        sa.exc.ProgrammingError("SELEC 1", {}, psycopg.errors.SyntaxError("at SELEC")),
    ],
    ids=repr,
)
def test_a_mistake_of_ours_is_none(error):
    assert not database_is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        wrapped(sqlite3.OperationalError("database or disk is full")),
        wrapped(
            psycopg.errors.DiskFull(
                'could not extend file "base/5/1": wrote only 4096 of 8192 bytes:'
                " No space left on device"
            )
        ),
    ],
    ids=repr,
)
def test_a_full_disk_is_one_whoever_says_so(error):
    assert disk_is_full(error)
