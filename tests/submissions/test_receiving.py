"""An upload that does not arrive in time: a program and a person are told how long it may take."""

import socket

import pytest
from sqlmodel import Session, select

from server.app import create_app
from server.submissions.models import Submission
from tests.cast import sign_in

BEGUN = b'--x\r\nContent-Disposition: form-data; name="file"; filename="p.csv"\r\n\r\nid,digit\n'


class Line:
    """What arrives over a connection: something, and then no more."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def read(self, size: int = -1) -> bytes:
        return self.connection.recv(100)

    readline = read


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    theirs.sendall(BEGUN)
    with ours, theirs:
        yield {"gunicorn.socket": ours, "wsgi.input": Line(ours)}


@pytest.fixture
def browser(settings, database, clock, cast):
    """Wei's, where an upload may take a second."""
    settings.upload_seconds = 1
    app = create_app(settings, clock=clock, database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(app.test_client(), cast.wei)


def send(browser, line, path, **headers):
    return browser.post(
        path,
        environ_overrides=line | {"CONTENT_LENGTH": "5000"},
        content_type="multipart/form-data; boundary=x",
        headers=headers,
    )


def submissions(database) -> list[Submission]:
    with Session(database.read_engine) as session:
        return list(session.exec(select(Submission)))


def test_a_form_that_is_too_slow_is_answered_with_a_page_that_says_what_to_do(
    browser, line, database
):
    answer = send(browser, line, "/challenges/digits/submit")
    assert (answer.status_code, answer.mimetype) == (408, "text/html")
    assert answer.headers["Connection"] == "close"
    assert "within the 1 seconds that it may take" in answer.text
    assert "compressed file" in answer.text
    assert submissions(database) == []


def test_a_program_that_is_too_slow_gets_a_problem(browser, line, database):
    answer = send(browser, line, "/challenges/digits/submit", Accept="application/json")
    assert (answer.status_code, answer.mimetype) == (408, "application/problem+json")
    assert answer.json["code"] == "upload-timeout"
    assert answer.json["title"] == "Request Timeout"
    assert "nothing was kept" in answer.json["detail"]
    assert submissions(database) == []


def test_a_line_that_breaks_off_in_time_is_no_timeout(browser, line):
    line["gunicorn.socket"].shutdown(socket.SHUT_RD)
    answer = send(browser, line, "/challenges/digits/submit", Accept="application/json")
    assert answer.status_code == 400
