"""Leaving teams, leading them, and changing what they are called."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from server.accounts.models import Account
from server.shared.errors import Conflict, Forbidden, Invalid, NotFound
from server.teams import actions, seats
from server.teams.models import Membership
from server.teams.origins import fix_university
from server.teams.queries import team_of, university_id_of
from tests.cast import NOON, Cast
from tests.teams.acting import kinds, names, own


def test_a_leaving_captain_hands_over_to_the_longest_member(session: Session, cast: Cast) -> None:
    team = own(session, cast.pandas)
    actions.leave(session, team=team, account_id=cast.wei.id, now=NOON)
    assert team.captain_id == cast.mei.id
    assert names(session, team) == ["李梅"]
    assert kinds(session) == ["member.left", "captain.changed"]


def test_the_last_to_leave_closes_a_team_that_never_submitted(session: Session, cast: Cast) -> None:
    team = own(session, cast.isar)
    actions.leave(session, team=team, account_id=cast.lena.id, now=NOON)
    assert team.closed_at == NOON
    assert team_of(session, cast.digits.id, cast.lena.id) is None


def test_the_last_member_of_a_team_that_submitted_stays(session: Session, cast: Cast) -> None:
    team = own(session, cast.isar)
    fix_university(session, team=team, now=NOON)
    with pytest.raises(Conflict, match="last member"):
        actions.leave(session, team=team, account_id=cast.lena.id, now=NOON)


def test_a_member_leaves_a_team_that_submitted(session: Session, cast: Cast) -> None:
    team = own(session, cast.pandas)
    fix_university(session, team=team, now=NOON)
    actions.leave(session, team=team, account_id=cast.mei.id, now=NOON)
    assert names(session, team) == ["王伟"]


def test_nobody_leaves_a_disqualified_team(session: Session, cast: Cast) -> None:
    team = own(session, cast.pandas)
    team.disqualified_at = NOON
    with pytest.raises(Conflict, match="disqualified"):
        actions.leave(session, team=team, account_id=cast.mei.id, now=NOON)


def test_the_captain_removes_a_member(session: Session, cast: Cast, viewer_of) -> None:
    team = own(session, cast.pandas)
    actions.remove(session, team=team, account_id=cast.mei.id, by=viewer_of(cast.wei), now=NOON)
    assert names(session, team) == ["王伟"]
    assert kinds(session) == ["member.removed"]


def test_the_removed_do_not_come_back_by_the_link_that_they_know(
    session: Session, cast: Cast, viewer_of
) -> None:
    team, known = own(session, cast.pandas), cast.pandas.code
    actions.remove(session, team=team, account_id=cast.mei.id, by=viewer_of(cast.wei), now=NOON)
    session.commit()
    with pytest.raises(NotFound, match="present one"):
        actions.join_by_code(session, code=known, viewer=viewer_of(cast.mei), now=NOON)
    assert len(own(session, cast.pandas).code) >= 20


@pytest.mark.parametrize("somebody", ["mei", "lena"])
def test_nobody_but_the_captain_changes_a_team(
    session: Session, cast: Cast, viewer_of, somebody: str
) -> None:
    team, by = own(session, cast.pandas), viewer_of(getattr(cast, somebody))
    wei, mei = cast.wei.id, cast.mei.id
    for refused in (
        lambda: actions.remove(session, team=team, account_id=wei, by=by, now=NOON),
        lambda: actions.hand_over(session, team=team, account_id=mei, by=by, now=NOON),
        lambda: actions.rename(session, team=team, name="Mine now", by=by, now=NOON),
        lambda: actions.renew_code(session, team=team, by=by, now=NOON),
        lambda: actions.invite(session, team=team, email="a@b.example", by=by, now=NOON),
        lambda: actions.uninvite(session, team=team, email="a@b.example", by=by, now=NOON),
    ):
        with pytest.raises(Forbidden, match="captain"):
            refused()
    assert kinds(session) == []


def test_an_administrator_may_do_what_a_captain_may(
    session: Session, cast: Cast, viewer_of
) -> None:
    team = own(session, cast.pandas)
    actions.rename(session, team=team, name="Red Pandas", by=viewer_of(cast.ada), now=NOON)
    assert (team.name, team.name_key) == ("Red Pandas", "red pandas")


def test_a_team_is_renamed_to_its_own_name_in_other_letters(
    session: Session, cast: Cast, viewer_of
) -> None:
    team = own(session, cast.pandas)
    actions.rename(session, team=team, name="GIANT PANDAS", by=viewer_of(cast.wei), now=NOON)
    assert team.name == "GIANT PANDAS"


def test_a_team_takes_no_other_teams_name(session: Session, cast: Cast, viewer_of) -> None:
    with pytest.raises(Conflict, match="Isar surfers"):
        actions.rename(
            session,
            team=own(session, cast.pandas),
            name="Isar surfers",
            by=viewer_of(cast.wei),
            now=NOON,
        )


def test_the_captaincy_goes_to_members_only(session: Session, cast: Cast, viewer_of) -> None:
    team = own(session, cast.pandas)
    with pytest.raises(Invalid, match="Only a member"):
        actions.hand_over(
            session, team=team, account_id=cast.lena.id, by=viewer_of(cast.wei), now=NOON
        )
    actions.hand_over(session, team=team, account_id=cast.mei.id, by=viewer_of(cast.wei), now=NOON)
    assert team.captain_id == cast.mei.id


def test_an_old_link_opens_nothing_once_it_is_renewed(
    session: Session, cast: Cast, viewer_of
) -> None:
    team, old = own(session, cast.isar), cast.isar.code
    actions.renew_code(session, team=team, by=viewer_of(cast.lena), now=NOON)
    assert len(team.code) >= 20
    with pytest.raises(NotFound):
        actions.join_by_code(session, code=old, viewer=viewer_of(cast.jonas), now=NOON)


def test_a_teams_university_follows_its_captain_until_it_submits(
    session: Session, cast: Cast
) -> None:
    team, lena = own(session, cast.isar), session.get_one(Account, cast.lena.id)
    lena.university_id = cast.nairobi.id
    assert university_id_of(session, team) == cast.nairobi.id
    fix_university(session, team=team, now=NOON)
    lena.university_id = cast.munich.id
    assert university_id_of(session, team) == cast.nairobi.id
    fix_university(session, team=team, now=NOON + timedelta(days=1))
    assert (team.university_id, team.fixed_at) == (cast.nairobi.id, NOON)
    assert kinds(session) == ["university.fixed"]


def test_a_new_captain_brings_the_university_before_the_first_submission_only(
    session: Session, cast: Cast, viewer_of
) -> None:
    team = own(session, cast.pandas)
    session.get_one(Account, cast.mei.id).university_id = cast.nairobi.id
    actions.hand_over(session, team=team, account_id=cast.mei.id, by=viewer_of(cast.wei), now=NOON)
    assert team.university_id == cast.nairobi.id
    fix_university(session, team=team, now=NOON)
    actions.hand_over(session, team=team, account_id=cast.wei.id, by=viewer_of(cast.mei), now=NOON)
    assert team.university_id == cast.nairobi.id


def test_a_closed_team_is_changed_by_nobody(session: Session, cast: Cast, viewer_of) -> None:
    team = own(session, cast.isar)
    seats.unseat(session, team, cast.lena.id)
    seats.close(session, team, actor_id=cast.lena.id, now=NOON)
    with pytest.raises(NotFound):
        actions.rename(session, team=team, name="Ghosts", by=viewer_of(cast.lena), now=NOON)


def test_a_membership_of_another_team_is_not_ended_here(
    session: Session, cast: Cast, viewer_of
) -> None:
    with pytest.raises(NotFound, match="not in the team"):
        actions.remove(
            session,
            team=own(session, cast.pandas),
            account_id=cast.lena.id,
            by=viewer_of(cast.wei),
            now=NOON,
        )
    assert session.exec(select(Membership).where(Membership.account_id == cast.lena.id)).one()
