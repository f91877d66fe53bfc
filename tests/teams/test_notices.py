"""Every member of some teams is told at once, by mail, in the caller's transaction."""

import pytest
from jinja2 import DictLoader

from server.shared.mail import waiting_mail
from server.teams.models import Team
from server.teams.notices import tell_teams
from tests.cast import NOON

LETTER = """{% extends "layout/email.txt" %}
{% block body %}
{{ team }} in {{ challenge }}: {{ what }}{{ rank }} {{ desk }}
{% endblock %}"""


@pytest.fixture
def tell(app, session):
    """Write to teams, as a page would."""
    kept = app.jinja_env.loader
    email = kept.get_source(app.jinja_env, "layout/email.txt")[0]
    app.jinja_env.loader = DictLoader({"letter.txt": LETTER, "layout/email.txt": email})

    def tell(*teams, **values):
        with app.test_request_context():
            return tell_teams(
                session,
                teams,
                kind="extra_submissions",
                template="letter.txt",
                subject=lambda: "News",
                at=NOON,
                **values,
            )

    return tell


def test_every_member_is_written_to_once_by_name(session, cast, tell):
    posted = tell(cast.pandas.id, cast.pandas.id, cast.isar.id, what="closed", rank=1)
    mails = {mail.recipient: mail for mail in waiting_mail(session)}
    assert posted == 3
    assert set(mails) == {cast.wei.email, cast.mei.email, cast.lena.email}
    body = mails[cast.mei.email].body
    assert body.startswith(f"Dear {cast.mei.name},")
    assert "Giant Pandas in Handwritten digits: closed1" in body
    assert "http://localhost/challenges/digits/team" in body
    assert (mails[cast.mei.email].subject, mails[cast.mei.email].created_at) == ("News", NOON)


def test_what_is_said_of_one_team_is_told_to_it_alone(session, cast, tell):
    by_team = {cast.pandas.id: {"rank": 3}, cast.isar.id: {"rank": 7}}
    tell(cast.pandas.id, cast.isar.id, what="rank ", by_team=by_team)
    bodies = {mail.recipient: mail.body for mail in waiting_mail(session)}
    assert "rank 3" in bodies[cast.wei.email]
    assert "rank 7" in bodies[cast.lena.email]
    assert "rank 7" not in bodies[cast.wei.email]


def test_closed_accounts_and_closed_teams_are_passed_over(session, cast, tell):
    gone = session.merge(cast.mei)
    gone.closed_at = NOON
    session.get_one(Team, cast.isar.id).closed_at = NOON
    session.flush()
    assert tell(cast.pandas.id, cast.isar.id, what="closed") == 1
    assert [mail.recipient for mail in waiting_mail(session)] == [cast.wei.email]


def test_nobody_is_told_where_the_caller_does_not_commit(session, cast, tell):
    tell(cast.pandas.id, what="closed")
    session.rollback()
    assert waiting_mail(session) == []
