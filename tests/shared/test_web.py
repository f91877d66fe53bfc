"""Each request: its gate, its headers, where it may lead, and how long its body may take."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from server.app import create_app
from server.shared.access import Who, access
from server.shared.bodies import Hurry
from server.shared.web import SAFE_METHODS, safe_path
from tests.cast import sign_in

# A web server that gives an ordinary body one second; it knows no rooms, so it starts quickly.
HURRIED = """
from pathlib import Path

from flask import Flask, request

from server.shared import web
from server.shared.access import BASIC_GATES, VISITOR, Who, access
from server.shared.clock import utcnow
from server.shared.database import Database
from server.shared.errors import DomainError
from server.shared.settings import Settings

web.ORDINARY_SECONDS = 1
folder = Path(__file__).parent


@access(Who.EVERYBODY)
def length():
    return "x" * len(request.get_data())


@access(Who.EVERYBODY)
def unread():
    return "unread"


app = Flask("hurried")
app.register_error_handler(DomainError, lambda error: (f"{error.code}: {error}", error.status))
app.add_url_rule("/length", "length", length, methods=["POST"])
app.add_url_rule("/unread", "unread", unread, methods=["POST"])
web.install(
    app,
    web.Services(
        settings=Settings(_env_file=None, data_dir=folder),
        database=Database(f"sqlite:///{folder / 'empty.db'}"),
        files=None,
        jobs=None,
        clock=utcnow,
        signer=None,
        gates=BASIC_GATES,
        load_viewer=lambda session, moment: VISITOR,
        uploads=None,
    ),
)
"""


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/challenges/digits",
        "/challenges/digits?page=2&sort=name#top",
        "/people/1?next=https://evil.example",
        "/challenges/数字",
        "/a//b",
        "/.//evil.example",
        "/@evil.example",
    ],
)
def test_a_path_of_this_site_is_gone_to(target):
    assert safe_path(target, "/home") == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "challenges",
        "https://evil.example/",
        "HTTPS://evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/a\\..\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nLocation: https://evil.example",
        "\t//evil.example",
        " /challenges",
        "/\x00/evil.example",
        "/a\x7f",
        "/a\u2028b",
        "/\u202eevil",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:wei@tsinghua.example",
        "?next=/",
        "#top",
        ".evil.example",
        "@evil.example",
        "http:evil.example",
        "http:/evil.example",
    ],
)
def test_anything_that_could_be_another_site_leads_home(target):
    assert safe_path(target, "/home") == "/home"


def test_a_route_that_declares_nothing_is_refused_to_everybody(app, client, cast):
    asked = []
    app.add_url_rule("/silent", "silent", lambda: asked.append("asked") or "in")
    assert client.get("/silent").status_code == 403
    assert sign_in(client, cast.ada).get("/silent").status_code == 403
    assert "declares no access" in client.get("/silent").text
    assert asked == []


def test_a_route_lets_in_whom_it_declares(app, client, cast):
    app.add_url_rule("/inside", "inside", access(Who.SIGNED_IN)(lambda: "in"))
    app.add_url_rule("/top", "top", access(Who.ADMINISTRATOR)(lambda: "top"))
    assert client.get("/inside").status_code == 302
    sign_in(client, cast.wei)
    assert (client.get("/inside").text, client.get("/top").status_code) == ("in", 403)
    assert sign_in(client, cast.ada).get("/top").text == "top"


def test_a_gate_that_nobody_gave_refuses_instead_of_letting_in(app, client, cast):
    app.extensions["varsity"].gates.pop(Who.ORGANISER)
    answer = sign_in(client, cast.wei).get("/challenges/digits/organise")
    assert answer.status_code >= 400


PATHS = ("/", "/sign-in", "/nowhere", "/healthz", "/api/v1/nothing", "/static/varsity.css")


def test_every_answer_carries_the_headers_that_protect_its_reader(client, cast):
    for path in PATHS:
        with client.get(path) as answered:
            headers = answered.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert len(headers["X-Request-ID"]) == 16
        assert "Strict-Transport-Security" not in headers


def test_where_people_come_by_https_browsers_are_told_to_stay_with_it(
    settings, database, clock, cast
):
    settings.base_url = "https://varsity.example"
    client = create_app(settings, clock=clock, database=database).test_client()
    answer = client.get("/sign-in")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]


def test_two_requests_have_two_ids(client, cast):
    ids = {client.get("/healthz").headers["X-Request-ID"] for _ in range(5)}
    assert len(ids) == 5


def test_what_is_shown_to_one_person_is_kept_by_no_cache(client, cast):
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    assert "no-store" in sign_in(client, cast.wei).get("/").headers["Cache-Control"]


def test_a_form_sent_as_json_is_refused_outside_the_api(client, cast):
    assert client.post("/sign-in", json={"email": ["x"]}).status_code == 415


def test_an_ordinary_body_may_not_be_large(client, cast):
    answer = client.post("/sign-in", data={"email": "x" * 1_000_001})
    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"


def test_methods_that_change_nothing_are_those_of_the_standard():
    assert {"GET", "HEAD", "OPTIONS"} == SAFE_METHODS


def test_a_connection_broken_off_ends_the_reading_but_can_still_be_answered():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        read = []
        thread = threading.Thread(target=lambda: read.append(ours.recv(10)))
        thread.start()
        hurry = Hurry(ours, allowed=0.01)
        thread.join(10)
        assert (read, hurry.over) == ([b""], True)
        ours.sendall(b"408")
        assert theirs.recv(10) == b"408"


def test_to_break_off_what_is_closed_already_is_no_fault():
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.close()
    hurry = Hurry(ours, allowed=0)
    hurry._timer.join(10)
    assert (ours.fileno(), hurry.over) == (-1, True)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="module")
def hurried(tmp_path_factory):
    """The port of a gunicorn with one thread, on loopback."""
    folder: Path = tmp_path_factory.mktemp("hurried")
    (folder / "hurried.py").write_text(HURRIED)
    port = free_port()
    options = ["--worker-class", "gthread", "--threads", "1", "--bind", f"127.0.0.1:{port}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, "--no-control-socket", "hurried:app"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])},
            stderr=log,
        )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("gunicorn did not start")


def begin(port: int, path: str, *, sent: bytes, length: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + sent)
    return connection


def answer(connection: socket.socket) -> bytes:
    """Return what is answered until the connection ends, or the first part of it."""
    with contextlib.suppress(ConnectionResetError):
        return connection.recv(10_000)
    return b""


def test_a_body_that_has_arrived_is_read_whole(hurried):
    with begin(hurried, "/length", sent=b"x" * 5, length=5) as connection:
        assert answer(connection).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(("path", "status"), [("/length", 408), ("/unread", 200)])
def test_a_body_that_does_not_arrive_in_time_holds_its_thread_no_longer(hurried, path, status):
    """Also one that nobody reads: gunicorn itself waits for it before the next request."""
    began = time.monotonic()
    with (
        begin(hurried, path, sent=b"x", length=1000) as slow,
        begin(hurried, "/length", sent=b"x" * 5, length=5) as next_one,
    ):
        assert answer(next_one).startswith(b"HTTP/1.1 200 OK")
        taken = time.monotonic() - began
        assert answer(slow).startswith(f"HTTP/1.1 {status} ".encode())
    assert 0.5 < taken < 15


def test_chunks_that_nobody_reads_and_that_never_end_hold_their_thread_no_longer(hurried):
    head = b"POST /unread HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", hurried), timeout=20) as drip:
        drip.sendall(head + b"1\r\na\r\n")
        with begin(hurried, "/length", sent=b"x" * 5, length=5) as next_one:
            assert answer(next_one).startswith(b"HTTP/1.1 200 OK")
    assert time.monotonic() - began < 15


def test_what_one_request_left_unread_does_not_hurry_the_next_of_its_connection(hurried):
    with begin(hurried, "/unread", sent=b"x" * 5, length=5) as connection:
        said = b""
        while not said.endswith(b"unread"):
            said += answer(connection)
        time.sleep(0.6)
        connection.sendall(
            b"POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nxxx"
        )
        time.sleep(0.6)
        connection.sendall(b"xx")
        assert answer(connection).startswith(b"HTTP/1.1 200 OK")


def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(hurried):
    with begin(hurried, "/length", sent=b"password=cor", length=40) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection).startswith(b"HTTP/1.1 400 ")


def test_a_body_of_no_length_known_before_is_read_to_its_end(hurried):
    with socket.create_connection(("127.0.0.1", hurried), timeout=20) as connection:
        head = b"POST /length HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"5\r\nhello\r\n4\r\n you\r\n0\r\n\r\n")
        assert b"Content-Length: 9\r\n" in answer(connection)


def test_who_is_too_slow_is_told_how_long_it_may_take(hurried):
    with begin(hurried, "/length", sent=b"x", length=1000) as slow:
        said = b"".join(iter(lambda: answer(slow), b""))
    assert b"upload-timeout: What you sent did not arrive whole within the 1 seconds" in said


CHUNKED = b"POST /length HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"5\r\nhello",
        b"5\r\nhel",
        b"5\r\nhelloXX0\r\n\r\n",
        b"zz\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"\r\nhello\r\n0\r\n\r\n",
        b"5;=\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello\r\n0\r\nnot a header\r\n\r\n",
        b"5\r\nhello\r\n0\r\n",
        b"",
    ],
)
def test_chunks_that_are_none_are_the_senders_mistake(hurried, body):
    with socket.create_connection(("127.0.0.1", hurried), timeout=20) as connection:
        connection.sendall(CHUNKED + body)
        connection.shutdown(socket.SHUT_WR)
        said = b"".join(iter(lambda: answer(connection), b""))
    assert said.startswith(b"HTTP/1.1 400 "), said
    assert b"broken-body" in said


def test_chunks_that_stop_coming_are_too_slow(hurried):
    with socket.create_connection(("127.0.0.1", hurried), timeout=20) as connection:
        connection.sendall(CHUNKED + b"5\r\nhello\r\n")
        assert answer(connection).startswith(b"HTTP/1.1 408 ")
