"""The log: one line of JSON a happening, with the request's id and without a secret."""

import io
import json
import logging
from types import SimpleNamespace

import pytest
import structlog

from server.shared import logs
from server.shared.logs import configure_logs

QUIETED = ("huey", "alembic")
TOKEN = "var_AbCdEf0123456789_-xyz"


@pytest.fixture
def written(monkeypatch) -> io.StringIO:
    """Configure the logs as JSON, to a stream of the test's own; all is put back afterwards."""
    stream = io.StringIO()
    monkeypatch.setattr(logs, "sys", SimpleNamespace(stderr=stream))
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in QUIETED}
    root.handlers[:] = []
    configure_logs(level="info", format="json")
    yield stream
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    root.handlers[:] = kept
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


@pytest.fixture
def lines(written):
    """Read each line that was written."""
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_happening_is_one_line_of_json(lines):
    structlog.get_logger("server.teams").info("team_founded", team=7, name="伊萨尔\nSurfers")
    (line,) = lines()
    assert (line["event"], line["team"], line["name"]) == ("team_founded", 7, "伊萨尔\nSurfers")
    assert (line["level"], line["logger"]) == ("info", "server.teams")
    assert line["timestamp"].endswith("Z")


def test_what_a_library_says_has_the_same_form(lines):
    logging.getLogger("some.library").warning("took %s s", 3)
    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("took 3 s", "warning", "some.library")


def test_every_line_of_a_request_carries_its_id(lines):
    structlog.contextvars.bind_contextvars(request_id="0123456789abcdef")
    structlog.get_logger("server").info("one")
    logging.getLogger("library").info("two")
    assert [line["request_id"] for line in lines()] == ["0123456789abcdef"] * 2


def test_the_id_in_the_log_is_the_one_that_the_answer_names(lines, client, cast, monkeypatch):
    def broken(*_arguments, **_values):
        raise RuntimeError("no such luck")

    monkeypatch.setitem(client.application.view_functions, "health.healthz", broken)
    broken.who = "everybody"
    answer = client.get("/healthz", headers={"Accept": "application/json"})
    (line,) = [line for line in lines() if line["event"] == "request_failed"]
    assert answer.status_code == 500
    assert line["request_id"] == answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert "no such luck" in line["exception"]
    assert "no such luck" not in answer.text


def test_a_fault_is_written_with_where_it_happened(lines):
    try:
        raise KeyError("missing")
    except KeyError:
        structlog.get_logger("server").exception("job_failed")
    (line,) = lines()
    assert "test_logs.py" in line["exception"]
    assert "KeyError: 'missing'" in line["exception"]


@pytest.mark.parametrize(
    "name", ["password", "new_password", "secret_key", "api_token", "Authorization", "set_cookie"]
)
def test_a_value_whose_name_says_secret_is_masked(lines, name):
    structlog.get_logger("server").info("x", **{name: "hush"})
    (line,) = lines()
    assert line[name] == "***"


def test_a_token_is_masked_wherever_it_stands_and_can_still_be_told_apart(lines):
    structlog.get_logger("server").info(f"asked with {TOKEN}", path=f"/x?t={TOKEN}&b=1")
    logging.getLogger("library").info("header %s", f"Bearer {TOKEN}")
    first, second = lines()
    assert first["event"] == "asked with var_AbCdEf***"
    assert first["path"] == "/x?t=var_AbCdEf***&b=1"
    assert second["event"] == "header Bearer var_AbCdEf***"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://lena:hush@mail.example:25", "smtp://lena:***@mail.example:25"),
        ("postgresql+psycopg://u:hush@db/x", "postgresql+psycopg://u:***@db/x"),
        ("redis://:hush@cache:6379/0", "redis://:***@cache:6379/0"),
        ("http://127.0.0.1:8000/a@b", "http://127.0.0.1:8000/a@b"),
        ("mail to lena@tum.example", "mail to lena@tum.example"),
    ],
)
def test_a_password_in_an_address_is_masked_and_nothing_else(lines, url, shown):
    structlog.get_logger("server").warning("unreachable", error=f"no answer of {url}!")
    (line,) = lines()
    assert line["error"] == f"no answer of {shown}!"


def test_a_secret_in_a_trace_is_masked(lines):
    try:
        raise OSError(f"smtp://lena:hush@mail.example said no to {TOKEN}")
    except OSError:
        structlog.get_logger("server").exception("mail_failed")
    (line,) = lines()
    assert "hush" not in line["exception"]
    assert TOKEN not in line["exception"]


def test_less_than_the_level_is_not_written(lines):
    configure_logs(level="warning", format="json")
    structlog.get_logger("server").info("quiet")
    structlog.get_logger("server").warning("heard")
    assert [line["event"] for line in lines()] == ["heard"]


def test_as_text_a_line_is_for_people_and_masked_too(written):
    configure_logs(level="info", format="text")
    structlog.get_logger("server").info("asked", password="hush", by=TOKEN)
    text = written.getvalue()
    assert "asked" in text
    assert "hush" not in text
    assert TOKEN not in text
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
