"""Mail: kept first, sent later; nobody writes headers through it, and no dead server loses it."""

import socketserver
import threading
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from sqlmodel import select

from server.chores import Chores, Parts
from server.shared.mail import (
    KEEP_SENT,
    MOST_ATTEMPTS,
    OutgoingMail,
    deliver,
    post,
    purge_sent,
    try_again,
)
from server.shared.mail import waiting_mail as waiting
from tests.cast import NOON

LENA = "lena@tum.example"
USUAL = {
    "EHLO": "250-mail.example\r\n250 AUTH PLAIN",
    "AUTH": "235 welcome",
    "QUIT": "221 goodbye",
}


class Conversation(socketserver.StreamRequestHandler):
    """One client of the mail server: as much of SMTP (RFC 5321) as sending takes."""

    def handle(self) -> None:
        self._say("220 mail.example ready")
        for line in iter(self.rfile.readline, b""):
            command = line.decode().strip()
            self.server.heard.append(command)
            verb = command.split()[0].upper()
            self._say(self.server.answers.get(verb) or self._answer(verb))
            if verb == "QUIT":
                return

    def _answer(self, verb: str) -> str:
        if verb == "DATA":
            self._say("354 go on")
            lines = iter(self.rfile.readline, b".\r\n")
            self.server.taken.append(b"".join(line.removeprefix(b".") for line in lines))
        return USUAL.get(verb, "250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server on loopback; `answers` by verb stand above the usual ones."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers: dict[str, str] = {}
        self.heard: list[str] = []
        self.taken: list[bytes] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def server():
    with MailServer() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join(10)


class Quiet:
    """Stands for what these tests do not ask."""

    def sweep(self) -> None:
        """Nothing is found."""

    def follow(self) -> None:
        """Nothing is to be followed."""

    def purge(self) -> None:
        """Nothing is old."""

    def tidy(self) -> None:
        """Nothing lies about."""


@pytest.fixture
def chores(settings, database, clock) -> Chores:
    parts = Parts(*(Quiet() for _ in Parts._fields))
    return Chores(settings=settings, database=database, parts=parts, clock=clock)


def mail(**values) -> OutgoingMail:
    usual = {"id": 7, "recipient": LENA, "subject": "Confirm", "body": "Hello", "created_at": NOON}
    return OutgoingMail(**{**usual, **values})


def posted(database, *subjects: str) -> None:
    with database.writing() as session:
        for subject in subjects:
            post(session, recipient=LENA, subject=subject, body="Hello", now=NOON)
            session.flush()
        session.commit()


def rows(database) -> list[OutgoingMail]:
    with database.reading() as session:
        return list(session.exec(select(OutgoingMail).order_by(OutgoingMail.id)))


def read(data: bytes):
    return BytesParser(policy=policy.default).parsebytes(data)


def test_without_a_mail_server_a_message_is_a_file_in_the_outbox(settings):
    deliver(settings, mail(subject="Bestätigen 确认", body="Grüße,\n王伟\n"))
    (file,) = (settings.data_dir / "outbox").iterdir()
    message = read(file.read_bytes())
    assert file.name == f"00000007-{LENA}.eml"
    assert (message["To"], message["Subject"]) == (LENA, "Bestätigen 确认")
    assert message["From"] == settings.mail_from
    assert message["Date"].datetime == NOON
    assert message.get_content() == "Grüße,\n王伟\n"


def test_a_message_delivered_twice_is_one_file(settings):
    deliver(settings, mail())
    deliver(settings, mail())
    assert len(list((settings.data_dir / "outbox").iterdir())) == 1


def test_a_recipients_name_leads_out_of_no_folder(settings):
    deliver(settings, mail(recipient="../../etc/x@mail.example"))
    (file,) = (settings.data_dir / "outbox").iterdir()
    assert file.name == "00000007-.._.._etc_x@mail.example.eml"


@pytest.mark.parametrize("line", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\t\r\n\t"])
def test_a_subject_becomes_one_line_before_it_is_kept(database, line):
    posted(database, f"  Join us{line}Bcc: everybody@tum.example  ")
    assert rows(database)[0].subject == "Join us Bcc: everybody@tum.example"


def test_a_subject_without_end_is_cut_to_what_is_kept(database):
    posted(database, "x" * 1000)
    assert rows(database)[0].subject == "x" * 300


@pytest.mark.parametrize("field", ["subject", "recipient"])
def test_a_second_header_is_never_written(settings, field):
    with pytest.raises(ValueError, match="linefeed"):
        deliver(settings, mail(**{field: "a@tum.example\r\nBcc: everybody@tum.example"}))
    assert not list(settings.data_dir.glob("outbox/*"))


def test_headers_in_a_body_are_text(settings, server):
    settings.mail_url = server.url
    body = "Bcc: everybody@tum.example\r\n\r\n.\r\nQUIT\r\n.hidden\n"
    deliver(settings, mail(body=body))
    message = read(server.taken[0])
    assert message["Bcc"] is None
    assert message.get_content().splitlines() == body.splitlines()
    assert [line for line in server.heard if line.startswith("rcpt")] == [f"rcpt TO:<{LENA}>"]


def test_a_message_goes_to_the_mail_server_and_to_no_file(settings, server):
    settings.mail_url = server.url
    deliver(settings, mail())
    assert read(server.taken[0])["Subject"] == "Confirm"
    assert not (settings.data_dir / "outbox").exists()


def test_a_user_and_a_password_of_the_address_are_used_decoded(settings, server):
    settings.mail_url = server.url.replace("//", "//varsity:p%40ss@")
    deliver(settings, mail())
    # base64 of NUL varsity NUL p@ss
    assert "AUTH PLAIN AHZhcnNpdHkAcEBzcw==" in server.heard


def test_where_encryption_is_demanded_nothing_is_said_without(settings, server):
    settings.mail_url = server.url.replace("//", "//varsity:hush@") + "?starttls=1"
    with pytest.raises(OSError, match="STARTTLS"):
        deliver(settings, mail())
    assert not server.taken
    assert not [line for line in server.heard if line.startswith("AUTH")]


def test_a_delivered_message_waits_no_more(database, settings, server, chores, clock):
    settings.mail_url = server.url
    posted(database, "one", "two")
    clock.forward(seconds=5)
    chores.send_mail()
    chores.send_mail()
    assert [read(data)["Subject"] for data in server.taken] == ["one", "two"]
    assert [(m.sent_at, m.attempts, m.error) for m in rows(database)] == [(clock(), 1, None)] * 2


def test_a_failure_is_kept_with_its_words_and_tried_again(
    database, settings, server, chores, clock
):
    settings.mail_url, server.answers["MAIL"] = server.url, "451 later, please"
    posted(database, "one")
    chores.send_mail()
    (failed,) = rows(database)
    assert (failed.sent_at, failed.attempts) == (None, 1)
    assert "later, please" in failed.error
    del server.answers["MAIL"]
    clock.forward(seconds=9)
    chores.send_mail()
    assert server.taken == []
    clock.forward(seconds=1)
    chores.send_mail()
    (sent,) = rows(database)
    assert (sent.sent_at, sent.attempts, sent.error) == (clock(), 2, None)
    assert len(server.taken) == 1


def test_a_mail_server_that_is_away_for_a_night_loses_nothing(
    database, settings, server, chores, clock
):
    with MailServer() as dead:
        settings.mail_url = dead.url
    posted(database, "one", "two", "three")
    for _ in range(12 * 60):
        chores.send_mail()
        clock.forward(minutes=1)
    assert all(m.sent_at is None and m.attempts < MOST_ATTEMPTS for m in rows(database))
    assert "ConnectionRefusedError" in rows(database)[0].error
    settings.mail_url = server.url
    clock.forward(hours=12)
    chores.send_mail()
    assert [m.sent_at for m in rows(database)] == [clock()] * 3


def test_a_server_that_is_away_is_asked_once_in_ten_seconds_not_for_each_message(
    database, settings, chores, clock
):
    with MailServer() as dead:
        settings.mail_url = dead.url
    posted(database, "one", "two", "three")
    for _ in range(10):
        chores.send_mail()
        clock.forward(seconds=1)
    assert [m.attempts for m in rows(database)] == [1, 0, 0]
    chores.send_mail()
    assert sum(m.attempts for m in rows(database)) == 2


def test_a_message_that_can_not_be_written_holds_up_no_other(database, settings, server, chores):
    settings.mail_url = server.url
    with database.writing() as session:
        session.add(mail(id=None, recipient="a@tum.example\nBcc: b@tum.example"))
        session.commit()
    posted(database, "good")
    chores.send_mail()
    bad, good = rows(database)
    assert (bad.sent_at, bad.attempts) == (None, 1)
    assert "ValueError" in bad.error
    assert good.sent_at == NOON


def test_after_so_many_attempts_a_message_is_given_up_and_stays_until_it_is_tried_again(
    database, settings, server, chores, clock
):
    with MailServer() as dead:
        settings.mail_url = dead.url
    posted(database, "one")
    for _ in range(MOST_ATTEMPTS + 2):
        chores.send_mail()
        clock.forward(hours=12)
    (given_up,) = rows(database)
    assert (given_up.attempts, given_up.sent_at) == (MOST_ATTEMPTS, None)
    settings.mail_url = server.url
    chores.send_mail()
    assert server.taken == []
    with database.writing() as session:
        assert (try_again(session), try_again(session)) == (1, 0)
        session.commit()
    chores.send_mail()
    assert len(server.taken) == 1


def test_what_waits_is_sent_in_the_order_it_was_posted(session):
    for number in range(4):
        post(session, recipient=LENA, subject=str(number), body="", now=NOON)
        session.flush()
    all_four = waiting(session)
    all_four[0].sent_at, all_four[1].attempts = NOON, MOST_ATTEMPTS
    all_four[2].attempts = MOST_ATTEMPTS - 1
    session.flush()
    assert [m.subject for m in waiting(session)] == ["2", "3"]
    assert [m.subject for m in waiting(session, limit=1)] == ["2"]


def test_a_message_is_forgotten_thirty_days_after_it_was_sent(session):
    ages = (KEEP_SENT + timedelta(seconds=1), KEEP_SENT, timedelta(0))
    for age in ages:
        session.add(mail(id=None, subject=str(age), sent_at=NOON - age, created_at=NOON - age))
    session.add(mail(id=None, subject="never sent", created_at=NOON - KEEP_SENT * 2))
    session.flush()
    purge_sent(session, now=NOON)
    left = [m.subject for m in session.exec(select(OutgoingMail).order_by(OutgoingMail.id))]
    assert left == [str(KEEP_SENT), str(timedelta(0)), "never sent"]


def test_what_was_posted_in_a_change_that_failed_is_not_sent(database):
    with database.writing() as session:
        post(session, recipient=LENA, subject="x", body="", now=NOON)
        session.flush()
        session.rollback()
    assert rows(database) == []
