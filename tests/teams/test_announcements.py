"""Everybody in a challenge is told in one statement, each by name."""

import pytest
from jinja2 import DictLoader

from server.challenges.models import Challenge
from server.shared.language import LANGUAGES
from server.shared.mail import NO_MORE, waiting_mail
from server.teams.announcements import tell_everybody
from server.teams.models import Team
from tests.boards.scored import statements
from tests.cast import NOON

LETTER = """{% extends "layout/email.txt" %}
{% block body %}{{ challenge.title }}: {{ what }}{% endblock %}"""


@pytest.fixture
def tell(app, session, cast):
    kept = app.jinja_env.loader
    email = kept.get_source(app.jinja_env, "layout/email.txt")[0]
    app.jinja_env.loader = DictLoader({"letter.txt": LETTER, "layout/email.txt": email})
    challenge = session.get_one(Challenge, cast.digits.id)

    def tell(what="more time", subject="News"):
        with app.test_request_context():
            return tell_everybody(
                session,
                challenge,
                kind="announcement",
                said={"title": "News"},
                link="/challenges/digits",
                template="letter.txt",
                subject=lambda: subject,
                at=NOON,
                what=what,
            )

    return tell


def test_everybody_reads_the_own_name_and_the_same_news(session, cast, tell):
    assert tell() == 3
    mails = {mail.recipient: mail for mail in waiting_mail(session)}
    assert set(mails) == {cast.wei.email, cast.mei.email, cast.lena.email}
    for person in (cast.wei, cast.mei, cast.lena):
        mail = mails[person.email]
        assert mail.body.startswith(f"Dear {person.name},\n")
        assert "Handwritten digits: more time" in mail.body
        assert NO_MORE in mail.body
        assert (mail.subject, mail.created_at, mail.sent_at) == ("News", NOON, None)


def test_a_statement_for_the_bell_and_one_a_language_is_enough_for_however_many(session, tell):
    with statements(session) as asked:
        tell()
    inserted = [statement.split()[2] for statement, _ in asked if statement.startswith("INSERT")]
    assert inserted == ["notification", *["outgoing_mail"] * len(LANGUAGES)]


def test_what_looks_like_a_pattern_stays_as_it_is(session, tell):
    tell(what="100 % of %(rows)s {{ done }}", subject="s" * 400)
    mail = waiting_mail(session)[0]
    assert "100 % of %(rows)s {{ done }}" in mail.body
    assert len(mail.subject) == 300


def test_closed_accounts_and_closed_teams_are_passed_over(session, cast, tell):
    session.merge(cast.mei).closed_at = NOON
    session.get_one(Team, cast.isar.id).closed_at = NOON
    session.flush()
    assert tell() == 1
