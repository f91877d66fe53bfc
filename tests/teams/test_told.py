"""What members hear of one who came or went: each what happened, nobody of their own doing."""

import pytest
from sqlmodel import Session, select

from server.notifications.models import Notification
from server.teams import actions
from server.teams.models import Team
from tests.cast import NOON, Cast
from tests.teams.acting import own


@pytest.fixture
def team(session: Session, cast: Cast, viewer_of) -> Team:
    """The pandas with three members: Wei leads, Mei and Olga follow; what was told is forgotten."""
    pandas = own(session, cast.pandas)
    cast.olga.university_id = pandas.university_id
    session.add(cast.olga)
    actions.join_by_code(session, code=pandas.code, viewer=viewer_of(cast.olga), now=NOON)
    for line in session.exec(select(Notification)):
        session.delete(line)
    return pandas


def test_whoever_confirmed_the_address_hears_of_an_invitation_once(
    session: Session, cast: Cast, viewer_of
) -> None:
    pandas, captain = own(session, cast.pandas), viewer_of(cast.wei)
    for address in (cast.jonas.email.upper(), cast.jonas.email, "nobody@varsity.example"):
        actions.invite(session, team=pandas, email=address, by=captain, now=NOON)
    (line,) = session.exec(select(Notification).where(Notification.kind == "team_invited"))
    assert (line.account_id, line.data["team"]) == (cast.jonas.id, "Giant Pandas")
    assert line.link == f"/teams/join/{pandas.code}"


def test_an_address_that_nobody_confirmed_hears_nothing(
    session: Session, cast: Cast, viewer_of
) -> None:
    cast.jonas.confirmed_at = None
    session.add(cast.jonas)
    pandas = own(session, cast.pandas)
    actions.invite(session, team=pandas, email=cast.jonas.email, by=viewer_of(cast.wei), now=NOON)
    assert not session.exec(select(Notification)).all()


def told(session: Session) -> dict[int, tuple[str, str]]:
    """Return who was told of one who left, and of which case of it."""
    lines = session.exec(select(Notification).where(Notification.kind == "team_left"))
    return {line.account_id: (line.data["leaver"], line.data.get("case", "")) for line in lines}


def test_the_others_hear_that_the_captain_took_one_out_and_the_captain_does_not(
    session: Session, cast: Cast, viewer_of, team: Team
) -> None:
    actions.remove(session, team=team, account_id=cast.mei.id, by=viewer_of(cast.wei), now=NOON)
    assert told(session) == {cast.olga.id: (cast.mei.name, "removed")}


def test_all_others_hear_that_one_left(session: Session, cast: Cast, team: Team) -> None:
    actions.leave(session, team=team, account_id=cast.mei.id, now=NOON)
    assert told(session) == dict.fromkeys((cast.wei.id, cast.olga.id), (cast.mei.name, ""))
