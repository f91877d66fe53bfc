"""Making and joining teams."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from server.accounts.models import Account
from server.challenges.models import Challenge, ChallengePage, Participation
from server.challenges.rules import Joining
from server.shared.errors import Conflict, Forbidden, NotFound
from server.shared.events import Event
from server.teams import actions
from server.teams.models import Team, TeamInvitation
from server.teams.origins import fix_university
from server.teams.queries import team_of
from tests.cast import NOON, Cast
from tests.teams.acting import kinds, names, own


def join(session: Session, viewer_of, team: Team, who: Account, now: datetime = NOON):
    return actions.join_by_code(session, code=team.code, viewer=viewer_of(who), now=now)


def test_a_team_without_a_name_is_called_after_its_captain(session: Session, cast: Cast) -> None:
    team = actions.create_team(session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON)
    assert team.name == "Jonas Huber's team"
    assert team.captain_id == cast.jonas.id
    assert team.university_id == cast.munich.id
    assert names(session, team) == ["Jonas Huber"]
    assert "team.created" in kinds(session)


@pytest.mark.parametrize(
    ("chosen", "seen", "name"),
    [
        ("zh", "en", "Jonas Huber 的队伍"),
        ("", "zh", "Jonas Huber 的队伍"),
        ("en", "zh", "Jonas Huber's team"),
    ],
)
def test_a_team_without_a_name_is_called_so_in_its_captains_language(
    session: Session, cast: Cast, chosen: str, seen: str, name: str
) -> None:
    jonas = session.merge(cast.jonas)
    jonas.language, jonas.language_seen = chosen, seen
    session.add(jonas)
    team = actions.create_team(session, challenge=cast.digits, account_id=jonas.id, now=NOON)
    assert team.name == name


def test_whoever_creates_a_team_takes_part(session: Session, cast: Cast) -> None:
    actions.create_team(session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON)
    assert session.get(Participation, (cast.digits.id, cast.jonas.id)) is not None


def test_rules_are_accepted_before_a_team_is_made(session: Session, cast: Cast) -> None:
    session.add(
        ChallengePage(
            challenge_id=cast.digits.id,
            slug="rules",
            title="Rules",
            position=1,
            markdown="Be fair.",
        )
    )
    with pytest.raises(Forbidden, match="has rules") as caught:
        actions.create_team(session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON)
    assert caught.value.code == "not-joined"


def test_an_unconfirmed_address_makes_no_team(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden, match="Confirm"):
        actions.create_team(session, challenge=cast.digits, account_id=cast.newt.id, now=NOON)


def test_one_person_has_one_team_a_challenge(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict, match="Giant Pandas"):
        actions.create_team(session, challenge=cast.digits, account_id=cast.mei.id, now=NOON)


def test_the_database_itself_refuses_a_second_team(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "refuse_second_team", lambda *_a, **_k: None)
    with pytest.raises(Conflict, match="faster"):
        actions.create_team(session, challenge=cast.digits, account_id=cast.mei.id, now=NOON)


@pytest.mark.parametrize("name", ["giant pandas", "GIANT  PANDAS", "Ｇiant Pandas"])
def test_a_taken_name_is_refused_at_its_field(session: Session, cast: Cast, name: str) -> None:
    with pytest.raises(Conflict, match="Another team") as caught:
        actions.create_team(
            session, challenge=cast.digits, account_id=cast.jonas.id, name=name, now=NOON
        )
    assert caught.value.field == "name"


def test_somebody_alone_gets_a_team_without_ceremony_and_keeps_it(
    session: Session, cast: Cast
) -> None:
    first = actions.ensure_team(session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON)
    again = actions.ensure_team(session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON)
    assert first.id == again.id
    pandas = actions.ensure_team(session, challenge=cast.digits, account_id=cast.mei.id, now=NOON)
    assert pandas.id == cast.pandas.id


def test_an_open_team_is_joined_by_its_link(session: Session, cast: Cast, viewer_of) -> None:
    entered = join(session, viewer_of, cast.isar, cast.jonas)
    assert entered.asked is None
    assert names(session, cast.isar) == ["Lena Vogt", "Jonas Huber"]
    assert "member.joined" in kinds(session)


def test_a_wrong_code_opens_nothing(session: Session, cast: Cast, viewer_of) -> None:
    with pytest.raises(NotFound, match="opens no team"):
        actions.join_by_code(session, code="guess", viewer=viewer_of(cast.jonas), now=NOON)


def test_the_link_of_a_challenge_one_may_not_see_is_refused(
    session: Session, cast: Cast, viewer_of
) -> None:
    session.get_one(Challenge, cast.digits.id).visibility = "invited"
    with pytest.raises(Forbidden, match="not open to your account"):
        join(session, viewer_of, cast.isar, cast.jonas)


def test_the_last_place_is_the_last(session: Session, cast: Cast, viewer_of) -> None:
    session.get_one(Challenge, cast.digits.id).max_size = 2
    join(session, viewer_of, cast.isar, cast.jonas)
    with pytest.raises(Conflict, match="room for 2;"):
        join(session, viewer_of, cast.isar, cast.olga)


def test_a_person_of_another_university_is_told_what_to_do(
    session: Session, cast: Cast, viewer_of
) -> None:
    with pytest.raises(Forbidden, match="Amina Otieno belongs to University of Nairobi"):
        join(session, viewer_of, cast.isar, cast.amina)


def test_a_person_without_a_university_is_told_what_to_do(
    session: Session, cast: Cast, viewer_of
) -> None:
    with pytest.raises(Forbidden, match=r"Chidi Obi has no university yet. Ask for it"):
        join(session, viewer_of, cast.isar, cast.chidi)


def test_two_without_a_university_go_together(session: Session, cast: Cast, viewer_of) -> None:
    team = actions.create_team(session, challenge=cast.digits, account_id=cast.ada.id, now=NOON)
    join(session, viewer_of, team, cast.chidi)
    assert names(session, team) == ["Ada Root", "Chidi Obi"]


def test_a_challenge_may_allow_mixed_teams(session: Session, cast: Cast, viewer_of) -> None:
    session.get_one(Challenge, cast.digits.id).same_university = False
    join(session, viewer_of, cast.isar, cast.amina)
    assert names(session, cast.isar) == ["Lena Vogt", "Amina Otieno"]


def test_an_unsubmitted_team_of_one_is_left_and_closed_by_joining(
    session: Session, cast: Cast, viewer_of
) -> None:
    alone = actions.create_team(
        session, challenge=cast.digits, account_id=cast.jonas.id, name="Solo", now=NOON
    )
    join(session, viewer_of, cast.isar, cast.jonas)
    assert alone.closed_at == NOON
    assert team_of(session, cast.digits.id, cast.jonas.id).id == cast.isar.id
    again = actions.create_team(
        session, challenge=cast.digits, account_id=cast.olga.id, name="Solo", now=NOON
    )
    assert again.name == "Solo"


def test_a_team_of_one_that_submitted_is_not_left_by_joining(
    session: Session, cast: Cast, viewer_of
) -> None:
    alone = actions.create_team(session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON)
    fix_university(session, team=alone, now=NOON)
    with pytest.raises(Conflict, match="can be merged instead"):
        join(session, viewer_of, cast.isar, cast.jonas)


def test_a_member_of_a_larger_team_leaves_it_first(session: Session, cast: Cast, viewer_of) -> None:
    with pytest.raises(Conflict, match="Leave it first"):
        join(session, viewer_of, cast.isar, cast.mei)


def test_joining_twice_is_said(session: Session, cast: Cast, viewer_of) -> None:
    with pytest.raises(Conflict, match="in this team already"):
        join(session, viewer_of, cast.pandas, cast.mei)


def test_a_team_is_joined_in_the_last_second_before_the_lock_and_not_after(
    session: Session, cast: Cast, viewer_of
) -> None:
    session.get_one(Challenge, cast.digits.id).lock_at = NOON
    join(session, viewer_of, cast.isar, cast.jonas, NOON + timedelta(seconds=0.999))
    late = NOON + timedelta(seconds=1)
    with pytest.raises(Conflict, match="locked on 20 Nov 2026, 12:00 UTC"):
        join(session, viewer_of, cast.isar, cast.olga, late)
    with pytest.raises(Conflict, match="locked"):
        actions.leave(session, team=own(session, cast.isar), account_id=cast.jonas.id, now=late)
    with pytest.raises(Conflict, match="locked"):
        actions.remove(
            session,
            team=own(session, cast.isar),
            account_id=cast.jonas.id,
            by=viewer_of(cast.lena),
            now=late,
        )


def test_nobody_joins_after_the_last_phase(session: Session, cast: Cast, viewer_of) -> None:
    with pytest.raises(Conflict, match="locked on 10 Dec 2026"):
        join(session, viewer_of, cast.isar, cast.jonas, NOON + timedelta(days=21))


def test_somebody_alone_still_makes_a_team_after_the_lock(session: Session, cast: Cast) -> None:
    session.get_one(Challenge, cast.digits.id).lock_at = NOON - timedelta(days=1)
    team = actions.ensure_team(session, challenge=cast.digits, account_id=cast.jonas.id, now=NOON)
    assert names(session, team) == ["Jonas Huber"]


def test_an_invited_address_joins_where_only_the_invited_may(
    session: Session, cast: Cast, viewer_of
) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.INVITED
    team = own(session, cast.isar)
    with pytest.raises(Forbidden, match="no invitation"):
        join(session, viewer_of, team, cast.jonas)
    actions.invite(
        session, team=team, email="Jonas@TUM.example ", by=viewer_of(cast.lena), now=NOON
    )
    join(session, viewer_of, team, cast.jonas)
    assert names(session, team) == ["Lena Vogt", "Jonas Huber"]
    assert session.exec(select(TeamInvitation)).all() == []


def test_an_invitation_taken_back_opens_nothing(session: Session, cast: Cast, viewer_of) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.INVITED
    team, lena = own(session, cast.isar), viewer_of(cast.lena)
    actions.invite(session, team=team, email=cast.jonas.email, by=lena, now=NOON)
    actions.uninvite(session, team=team, email=cast.jonas.email, by=lena, now=NOON)
    with pytest.raises(Forbidden, match="no invitation"):
        join(session, viewer_of, team, cast.jonas)


def test_the_log_names_no_address(session: Session, cast: Cast, viewer_of) -> None:
    actions.invite(
        session,
        team=own(session, cast.isar),
        email=cast.jonas.email,
        by=viewer_of(cast.lena),
        now=NOON,
    )
    logged = session.exec(select(Event).order_by(Event.id)).all()
    assert [e.kind for e in logged] == ["member.invited"]
    assert cast.jonas.email not in str(logged[0].model_dump())
