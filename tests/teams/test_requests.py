"""Asking to be let in: once, answered by the captain, taken back by the asker."""

import pytest
from sqlmodel import Session

from server.accounts.rules import RequestState
from server.challenges.models import Challenge
from server.challenges.rules import Joining
from server.shared.errors import Conflict, Forbidden, NotFound
from server.teams import actions, requests
from server.teams.desks import open_requests, requests_by
from server.teams.models import JoinRequest, Team
from server.teams.queries import is_member
from tests.cast import NOON, Cast


@pytest.fixture
def isar(session: Session, cast: Cast) -> Team:
    """Lena's team in a challenge whose captains decide."""
    session.get_one(Challenge, cast.digits.id).joining = Joining.APPROVAL
    session.flush()
    return session.get_one(Team, cast.isar.id)


def asked(session: Session, team: Team, viewer) -> JoinRequest:
    entered = actions.join_by_code(session, code=team.code, viewer=viewer, now=NOON)
    assert entered.asked is not None
    return entered.asked.request


def test_the_captain_accepts_and_the_asker_is_a_member(
    session: Session, cast: Cast, viewer_of, isar: Team
) -> None:
    request = asked(session, isar, viewer_of(cast.jonas))
    assert not is_member(session, isar.id, cast.jonas.id)
    requests.accept(session, team=isar, request_id=request.id, by=viewer_of(cast.lena), now=NOON)
    assert is_member(session, isar.id, cast.jonas.id)
    assert request.state is RequestState.APPROVED


def test_the_captain_refuses_and_nothing_else_happens(
    session: Session, cast: Cast, viewer_of, isar: Team
) -> None:
    request = asked(session, isar, viewer_of(cast.jonas))
    requests.refuse(session, team=isar, request_id=request.id, by=viewer_of(cast.lena), now=NOON)
    assert not is_member(session, isar.id, cast.jonas.id)
    assert open_requests(session, isar.id) == []


def test_asking_twice_is_asking_once(session: Session, cast: Cast, viewer_of, isar: Team) -> None:
    first = asked(session, isar, viewer_of(cast.jonas))
    assert asked(session, isar, viewer_of(cast.jonas)).id == first.id


def test_an_invited_address_comes_in_without_asking(
    session: Session, cast: Cast, viewer_of, isar: Team
) -> None:
    actions.invite(session, team=isar, email=cast.jonas.email, by=viewer_of(cast.lena), now=NOON)
    entered = actions.join_by_code(session, code=isar.code, viewer=viewer_of(cast.jonas), now=NOON)
    assert entered.asked is None


def test_nobody_answers_his_own_request(
    session: Session, cast: Cast, viewer_of, isar: Team
) -> None:
    request = asked(session, isar, viewer_of(cast.jonas))
    with pytest.raises(Forbidden, match="captain"):
        requests.accept(
            session, team=isar, request_id=request.id, by=viewer_of(cast.jonas), now=NOON
        )


def test_a_captain_answers_no_other_teams_request(
    session: Session, cast: Cast, viewer_of, isar: Team
) -> None:
    request = asked(session, isar, viewer_of(cast.jonas))
    pandas = session.get_one(Team, cast.pandas.id)
    with pytest.raises(NotFound):
        requests.accept(
            session, team=pandas, request_id=request.id, by=viewer_of(cast.wei), now=NOON
        )


def test_a_request_is_decided_once(session: Session, cast: Cast, viewer_of, isar: Team) -> None:
    request = asked(session, isar, viewer_of(cast.jonas))
    lena = viewer_of(cast.lena)
    requests.refuse(session, team=isar, request_id=request.id, by=lena, now=NOON)
    with pytest.raises(NotFound, match="decided already"):
        requests.accept(session, team=isar, request_id=request.id, by=lena, now=NOON)


def test_a_team_that_filled_up_meanwhile_is_full(
    session: Session, cast: Cast, viewer_of, isar: Team
) -> None:
    request = asked(session, isar, viewer_of(cast.jonas))
    session.get_one(Challenge, cast.digits.id).max_size = 1
    with pytest.raises(Conflict, match="room for 1;"):
        requests.accept(
            session, team=isar, request_id=request.id, by=viewer_of(cast.lena), now=NOON
        )


def test_the_asker_alone_takes_a_request_back(
    session: Session, cast: Cast, viewer_of, isar: Team
) -> None:
    request = asked(session, isar, viewer_of(cast.jonas))
    with pytest.raises(Forbidden):
        requests.withdraw_request(
            session, team=isar, request_id=request.id, account_id=cast.olga.id, now=NOON
        )
    requests.withdraw_request(
        session, team=isar, request_id=request.id, account_id=cast.jonas.id, now=NOON
    )
    assert requests_by(session, cast.digits.id, cast.jonas.id) == []


def test_who_is_let_in_somewhere_no_longer_waits_elsewhere(
    session: Session, cast: Cast, viewer_of, isar: Team
) -> None:
    other = actions.create_team(
        session, challenge=cast.digits, account_id=cast.manfred.id, now=NOON
    )
    asked(session, other, viewer_of(cast.jonas))
    request = asked(session, isar, viewer_of(cast.jonas))
    requests.accept(session, team=isar, request_id=request.id, by=viewer_of(cast.lena), now=NOON)
    assert open_requests(session, other.id) == []
