"""The home of somebody who is signed in: what is open, what is due, what changed."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from server.accounts.rules import RequestState
from server.challenges.models import Challenge, Organiser, Participation, Phase, Registration
from server.challenges.rules import Ranking, Registering, Role
from server.notifications.models import Notification
from server.profiles.desk import desk_of
from server.shared.access import Viewer
from server.shared.caching import FOUND, IN_SESSION, Cache
from server.submissions.models import Admission
from server.submissions.rules import SubmissionState
from server.teams.models import ExtraSubmissions, JoinRequest, Membership, Team
from tests.boards.scored import (
    add_team,
    another_contest,
    open_phase,
    reveal_now,
    scored,
    statements,
    submitted,
)
from tests.cast import NOON, sign_in


@pytest.fixture
def phase(session, cast):
    return open_phase(session, cast)


def viewer_of(account) -> Viewer:
    return Viewer(
        id=account.id,
        name=account.name,
        email=account.email,
        confirmed=account.confirmed_at is not None,
        university_id=account.university_id,
        manages_any=account.name == "Manfred Roth",
        organises_any=account.name.startswith("Olga"),
    )


@pytest.fixture
def desk(app, database):
    def desk(account, now=NOON):
        with app.test_request_context(), database.reading() as session:
            return desk_of(session, viewer_of(account), now)

    return desk


def test_what_is_left_today_is_counted_as_the_upload_counts_it(
    client, session, cast, phase, desk
) -> None:
    team = session.merge(cast.pandas)
    for state in (SubmissionState.SCORED, SubmissionState.QUEUED, SubmissionState.REJECTED):
        submitted(session, phase, team, state=state)
    for _ in range(4):
        submitted(session, phase, team, state=SubmissionState.FAILED)
    session.add(
        ExtraSubmissions(
            phase_id=phase.id,
            team_id=team.id,
            total=1,
            per_day=2,
            day=NOON,
            reason="ill",
            given_at=NOON,
        )
    )
    session.commit()
    (one,) = desk(cast.wei).mine
    # Five and two more a day; scored, queued and the fourth failure count.
    assert one.left.left == 5 + 2 - 3
    page = sign_in(client, cast.wei).get("/challenges/digits/submit").text
    assert "4 submissions left today" in page


def test_where_one_stands_is_what_the_board_says(session, cast, phase, desk) -> None:
    scored(session, phase, session.merge(cast.isar), 0.9, 0.1, by=cast.lena)
    scored(session, phase, session.merge(cast.pandas), 0.8, 0.7, by=cast.wei)
    session.commit()
    (one,) = desk(cast.wei).mine
    assert (one.place.rank, one.place.teams, one.place.board) == (2, 2, "public")
    reveal_now(session, phase)
    session.commit()
    (one,) = desk(cast.wei).mine
    assert (one.place.rank, one.place.board) == (1, "private")


def test_what_closes_soon_and_what_is_not_picked_is_due(session, cast, phase, desk) -> None:
    scored(session, phase, session.merge(cast.pandas), 0.8, 0.7, by=cast.wei)
    session.commit()
    assert desk(cast.wei).due == []
    phase.ranking = Ranking.SELECTED
    session.add(phase)
    session.commit()
    (pick,) = desk(cast.wei).due
    assert ("0 of 2 final picks" in pick.text, pick.urgent) == (True, False)
    late = desk(cast.wei, phase.ends - timedelta(minutes=2)).due
    assert [(due.action, due.urgent) for due in late] == [("Submit", True), ("Pick", True)]
    assert desk(cast.wei, phase.ends + timedelta(seconds=2)).due == []


def test_a_phase_that_takes_the_first_teams_is_due_for_those_alone(
    client, session, cast, phase, desk
) -> None:
    following = session.get_one(Phase, cast.phase_b.id)
    phase.ends, following.starts = NOON - timedelta(hours=1), NOON - timedelta(minutes=30)
    following.ends, following.admit_top = NOON + timedelta(hours=1), 1
    session.add(phase)
    session.commit()
    (waiting,) = desk(cast.wei).mine
    assert waiting.open_phase is None
    assert desk(cast.wei).due == []
    sign_in(client, cast.wei)
    page = client.get("/").text
    assert "which is not out yet" in page
    assert "Left today" not in page
    session.add(Admission(phase_id=following.id, team_id=cast.pandas.id))
    session.commit()
    assert [due.action for due in desk(cast.wei).due] == ["Submit"]


def test_who_waits_at_a_team_s_door_is_told_to_its_captain_alone(
    session, cast, phase, desk
) -> None:
    for person in (cast.jonas, cast.amina):
        session.add(
            JoinRequest(
                team_id=cast.pandas.id,
                account_id=person.id,
                state=RequestState.OPEN,
                created_at=NOON,
            )
        )
    session.commit()
    (due,) = desk(cast.wei).due
    assert due.text == "2 requests wait at your team in Handwritten digits"
    assert desk(cast.mei).due == []


def test_news_are_the_viewer_s_own_and_open_where_they_point(client, session, cast) -> None:
    for account, link in ((cast.wei, "/challenges/digits"), (cast.mei, "/universities")):
        session.add(
            Notification(
                account_id=account.id,
                kind="no-such-kind",
                data={},
                link=link,
                created_at=NOON,
            )
        )
    session.commit()
    page = sign_in(client, cast.wei).get("/").text
    assert page.count('class="told-unread"') == 1
    assert "Something changed that concerns you." in page


@pytest.mark.parametrize(
    ("person", "current"),
    [("newt", "Confirm your address"), ("amina", "Join a challenge"), ("wei", "starter kit")],
)
def test_whoever_has_no_score_yet_is_led_by_the_hand(client, cast, person, current) -> None:
    page = sign_in(client, cast.people[person]).get("/").text
    assert "To your first score" in page
    step = page.split('aria-current="step"')[1].split("</li>")[0]
    assert current in step


def test_whoever_organises_and_takes_no_part_sees_their_challenges_first(client, cast) -> None:
    page = sign_in(client, cast.olga).get("/").text
    assert "To your first score" not in page
    assert 'href="/organise/digits"' in page
    assert "You organise" in page


def test_whoever_judges_is_not_said_to_organise(app, session, cast) -> None:
    session.add(Organiser(challenge_id=cast.digits.id, account_id=cast.manfred.id, role=Role.JUDGE))
    session.commit()
    page = sign_in(app.test_client(), cast.manfred).get("/").text
    assert "You judge 1 challenge." in page
    assert "Challenges that you judge" in page
    assert "as a judge" in page
    assert "You organise" not in page


def test_a_manager_is_led_to_the_university_and_to_no_first_score(client, cast) -> None:
    page = sign_in(client, cast.manfred).get("/").text
    assert "You manage Technical University of Munich." in page
    assert '/manage/overview">Technical University of Munich</a>' in page
    assert "To your first score" not in page


def test_after_the_first_file_the_steps_are_gone(client, session, cast, phase) -> None:
    submitted(session, phase, session.merge(cast.pandas))
    session.commit()
    assert "To your first score" not in sign_in(client, cast.wei).get("/").text


def test_a_visitor_s_home_stays_the_landing_page(client, cast) -> None:
    page = client.get("/").text
    assert "Universities compete on real data" in page
    assert "Your challenges" not in page


def test_a_home_asks_a_bounded_number_of_times_for_each_team(
    app, database, session, cast, phase
) -> None:
    scored(session, phase, session.merge(cast.pandas), 0.8, 0.7, by=cast.wei)
    session.commit()
    with (
        app.test_request_context(),
        database.reading() as reading,
        statements(reading) as asked,
    ):
        desk_of(reading, viewer_of(cast.wei), NOON)
    assert 10 < len(asked) < 25


def asked(session, cast, state, **more):
    session.get_one(Challenge, cast.digits.id).registering = Registering.APPROVAL
    values = {"decided_at": None if state is RequestState.OPEN else NOON, "reason": ""} | more
    row = Registration(
        challenge_id=cast.digits.id,
        account_id=cast.amina.id,
        state=state,
        asked_at=NOON - timedelta(days=1),
        **values,
    )
    session.add(row)
    if state is RequestState.APPROVED:
        session.add(
            Participation(challenge_id=cast.digits.id, account_id=cast.amina.id, joined_at=NOON)
        )
    session.commit()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RequestState.OPEN, "your request waits for the organisers."),
        (RequestState.APPROVED, "the organisers admitted you."),
        (RequestState.REFUSED, "the organisers did not admit you."),
    ],
)
def test_where_a_request_to_take_part_stands_is_said_at_home(
    client, session, cast, state, said
) -> None:
    asked(session, cast, state, reason="" if state is RequestState.OPEN else "Only <b>MSc</b>.")
    page = sign_in(client, cast.amina).get("/").text
    assert said in page
    assert ("Meanwhile read what it is about" in page) == (state is RequestState.OPEN)
    assert ("Only &lt;b&gt;MSc&lt;/b&gt;." in page) == (state is not RequestState.OPEN)
    assert said not in sign_in(client, cast.wei).get("/").text


def test_an_answer_is_news_for_a_month_and_until_the_first_file(session, cast, phase, desk) -> None:
    asked(session, cast, RequestState.APPROVED)
    assert len(desk(cast.amina).asked) == 1
    assert desk(cast.amina, NOON + timedelta(days=31)).asked == []
    team = Team(
        challenge_id=cast.digits.id,
        name="Savanna",
        name_key="savanna",
        code="savanna",
        captain_id=cast.amina.id,
        created_at=NOON,
    )
    session.add(team)
    session.flush()
    session.add(
        Membership(
            team_id=team.id,
            challenge_id=cast.digits.id,
            account_id=cast.amina.id,
            joined_at=NOON,
        )
    )
    submitted(session, phase, team)
    session.commit()
    assert desk(cast.amina).asked == []


def test_a_request_is_over_with_its_challenge_and_needless_where_all_may_come(
    session, cast, phase, desk
) -> None:
    asked(session, cast, RequestState.OPEN)
    assert desk(cast.amina, NOON + timedelta(days=40)).asked == []
    session.get_one(Challenge, cast.digits.id).registering = Registering.OPEN
    session.commit()
    (one,) = desk(cast.amina).asked
    assert one.open_to_all


def test_whoever_asked_already_is_not_offered_to_ask_again(client, session, cast) -> None:
    asked(session, cast, RequestState.OPEN)
    browser = sign_in(client, cast.amina)
    for tab in ("", "/leaderboard", "/team", "/submit"):
        page = browser.get(f"/challenges/digits{tab}").text
        assert "Your request waits" in page
        assert "Ask to take part" not in page


def test_four_challenges_take_no_more_questions_than_two(
    app, database, session, cast, phase
) -> None:
    def asked(*names: str) -> int:
        for name in names:
            made = another_contest(session, phase, name)
            team = add_team(session, made.challenge_id, f"熊猫 {name}", captain=cast.wei)
            scored(session, made, team, 0.5, by=cast.wei)
        session.commit()
        viewer, cache = viewer_of(cast.wei), Cache()
        with app.test_request_context():
            for _ in range(2):
                # The second time what is kept of the boards is there.
                with (
                    Session(database.read_engine, info={IN_SESSION: cache, FOUND: {}}) as page,
                    statements(page) as found,
                ):
                    shown = desk_of(page, viewer, NOON).mine
        assert all(one.place.rank == 1 and one.left.left == 4 for one in shown if one.last_sent)
        return len(found)

    assert asked("wines", "roads") == asked("birds", "winds")
