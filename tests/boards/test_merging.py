"""Two teams become one: members, submissions, picks and entries, within one team's quota."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from server.accounts.models import Account, ApiToken
from server.accounts.signin import token_digest
from server.boards.merging import accept_merger, merge_by_code
from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Joining
from server.evaluations.models import Evaluation, Score
from server.evaluations.rules import Board, EvaluationState
from server.shared.access import Viewer
from server.shared.database import Database
from server.shared.errors import Conflict, Forbidden
from server.shared.mail import OutgoingMail
from server.submissions.models import Admission, Submission
from server.submissions.rules import SubmissionState
from server.teams.actions import create_team
from server.teams.models import Team
from server.teams.queries import members_of, team_of
from tests.cast import NOON, Cast, sign_in


def viewer_of(account: Account) -> Viewer:
    return Viewer(
        id=account.id,
        name=account.name,
        email=account.email,
        confirmed=True,
        is_admin=account.is_admin,
        university_id=account.university_id,
    )


@pytest.fixture
def solo(session: Session, cast: Cast) -> Team:
    """Jonas's team of one, of Lena's university."""
    team = create_team(
        session, challenge=cast.digits, account_id=cast.jonas.id, name="Solo", now=NOON
    )
    session.commit()
    return team


@pytest.fixture
def isar(session: Session, cast: Cast) -> Team:
    """Lena's team."""
    return session.get_one(Team, cast.isar.id)


@pytest.fixture
def submitted(session: Session, cast: Cast) -> Callable[..., list[Submission]]:
    """Give a team scored submissions with the values it is called with."""
    evaluation = Evaluation(
        phase_id=cast.phase_a.id,
        number=1,
        state=EvaluationState.LIVE,
        solution_sha256="0" * 64,
        spec={},
        scorer="accuracy",
        scorer_version="1",
        has_private=False,
        created_at=NOON,
    )
    session.add(evaluation)
    session.flush()

    def make(team: Team, *values: float, **more: object) -> list[Submission]:
        rows = [_submission(team, cast.phase_a, **more) for _ in values]
        session.add_all(rows)
        session.flush()
        for row, value in zip(rows, values, strict=True):
            session.add(
                Score(
                    submission_id=row.id,
                    evaluation_id=evaluation.id,
                    board=Board.PUBLIC,
                    value=value,
                    scored_at=NOON,
                )
            )
        team.fixed_at = team.fixed_at or NOON
        session.commit()
        return rows

    return make


def _submission(team: Team, phase: Phase, **more: object) -> Submission:
    values = {
        "challenge_id": phase.challenge_id,
        "phase_id": phase.id,
        "team_id": team.id,
        "account_id": team.captain_id,
        "state": SubmissionState.SCORED,
        "filename": "p.csv",
        "size": 1,
        "sha256": "1" * 64,
        "received_at": NOON - timedelta(hours=1),
        "scored_at": NOON,
    }
    return Submission(**(values | more))


def merge(session: Session, cast: Cast, team: Team, into: Team, who: str = "jonas"):
    by = viewer_of(getattr(cast, who))
    return merge_by_code(session, team=team, code=into.code, by=by, now=NOON)


def quota(session: Session, cast: Cast, *, days: int, per_day: int, total: int = 100) -> None:
    """Let phase A have begun `days` days ago, today being one of them."""
    phase = session.get_one(Phase, cast.phase_a.id)
    phase.starts = NOON - timedelta(days=days - 1)
    phase.per_day, phase.total = per_day, total
    session.commit()


def test_members_and_submissions_come_to_the_kept_team(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    submitted(isar, 0.7)
    better = submitted(solo, 0.9)[0]
    assert merge(session, cast, solo, isar).request is None
    assert [m.name for m in members_of(session, isar.id)] == ["Lena Vogt", "Jonas Huber"]
    assert {s.team_id for s in session.exec(select(Submission))} == {isar.id}
    assert (solo.closed_at, solo.merged_into) == (NOON, isar.id)
    assert team_of(session, cast.digits.id, cast.jonas.id).id == isar.id
    (entry,) = session.exec(select(Entry).where(Entry.board == Board.PUBLIC)).all()
    assert (entry.team_id, entry.value, entry.submission_id) == (isar.id, 0.9, better.id)
    assert entry.submissions == 2


def test_a_team_with_submissions_fixes_the_university_of_one_without(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    submitted(solo, 0.9)
    merge(session, cast, solo, isar)
    assert (isar.fixed_at, isar.university_id) == (NOON, cast.munich.id)


def test_submissions_that_fit_the_quota_exactly_merge(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    quota(session, cast, days=2, per_day=2)
    submitted(isar, 0.7, 0.71)
    submitted(solo, 0.8, 0.81)
    merge(session, cast, solo, isar)
    assert solo.merged_into == isar.id


def test_one_submission_too_many_and_nothing_changes(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    quota(session, cast, days=2, per_day=2)
    submitted(isar, 0.7, 0.71)
    submitted(solo, 0.8, 0.81, 0.82)
    with pytest.raises(Conflict, match=r"have 5 submissions together.*at most 4"):
        merge(session, cast, solo, isar)
    session.rollback()
    assert session.get_one(Team, solo.id).closed_at is None
    assert len(session.exec(select(Submission).where(Submission.team_id == solo.id)).all()) == 3


@pytest.mark.parametrize(
    "given_back",
    [{"state": SubmissionState.REJECTED}, {"state": SubmissionState.FAILED}, {"late": True}],
)
def test_what_was_given_back_does_not_count(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted, given_back
) -> None:
    quota(session, cast, days=1, per_day=2)
    submitted(isar, 0.7)
    submitted(solo, 0.8)
    submitted(solo, 0.81, **given_back)
    merge(session, cast, solo, isar)
    assert solo.merged_into == isar.id


def test_what_is_withdrawn_still_counts(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    quota(session, cast, days=1, per_day=1)
    submitted(isar, 0.7)
    submitted(solo, 0.8, withdrawn_at=NOON)
    with pytest.raises(Conflict, match="2 submissions together"):
        merge(session, cast, solo, isar)


def test_both_teams_members_have_to_fit(
    session: Session, cast: Cast, solo: Team, isar: Team
) -> None:
    session.get_one(Challenge, cast.digits.id).max_size = 1
    with pytest.raises(Conflict, match="at most 1 members here; this one would have 2"):
        merge(session, cast, solo, isar)


def test_two_universities_stay_two_teams(session: Session, cast: Cast, isar: Team) -> None:
    pandas = session.get_one(Team, cast.pandas.id)
    with pytest.raises(Forbidden, match="Giant Pandas belongs to Tsinghua University"):
        merge(session, cast, pandas, isar, "wei")


def test_nobody_but_the_captain_merges_a_team(
    session: Session, cast: Cast, solo: Team, isar: Team
) -> None:
    with pytest.raises(Forbidden, match="captain"):
        merge(session, cast, solo, isar, "lena")


def test_a_team_does_not_merge_with_itself(session: Session, cast: Cast, solo: Team) -> None:
    with pytest.raises(Conflict, match="another team"):
        merge(session, cast, solo, solo)


def test_teams_merge_until_the_lock_and_not_after(
    session: Session, cast: Cast, solo: Team, isar: Team
) -> None:
    session.get_one(Challenge, cast.digits.id).lock_at = NOON - timedelta(seconds=1)
    with pytest.raises(Conflict, match="locked"):
        merge(session, cast, solo, isar)
    session.get_one(Challenge, cast.digits.id).lock_at = NOON - timedelta(milliseconds=999)
    merge(session, cast, solo, isar)
    assert solo.merged_into == isar.id


@pytest.mark.parametrize("which", ["solo", "isar"])
def test_a_disqualified_team_hides_in_no_other(
    session: Session, cast: Cast, solo: Team, isar: Team, which: str
) -> None:
    {"solo": solo, "isar": isar}[which].disqualified_at = NOON
    with pytest.raises(Conflict, match="disqualified"):
        merge(session, cast, solo, isar)


def test_a_team_stays_in_results_that_are_final(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    submitted(solo, 0.9)
    session.get_one(Phase, cast.phase_a.id).revealed_at = NOON
    with pytest.raises(Conflict, match="Solo stands in the final results of A board"):
        merge(session, cast, solo, isar)


def test_the_kept_teams_picks_stand_where_both_had_too_many(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    kept = submitted(isar, 0.7, 0.71, selected=True)
    dropped = submitted(solo, 0.8, selected=True)
    merge(session, cast, solo, isar)
    assert [s.selected for s in (*kept, *dropped)] == [True, True, False]


def test_picks_of_both_stand_where_they_are_few(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    rows = [*submitted(isar, 0.7, selected=True), *submitted(solo, 0.8, selected=True)]
    merge(session, cast, solo, isar)
    assert [s.selected for s in rows] == [True, True]


def test_a_team_brings_its_admission_to_a_phase(
    session: Session, cast: Cast, solo: Team, isar: Team
) -> None:
    session.add(Admission(phase_id=cast.phase_b.id, team_id=solo.id))
    session.flush()
    merge(session, cast, solo, isar)
    assert [a.team_id for a in session.exec(select(Admission))] == [isar.id]


def test_where_the_captain_decides_a_merger_waits_for_the_other_captain(
    session: Session, cast: Cast, solo: Team, isar: Team
) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.APPROVAL
    request = merge(session, cast, solo, isar).request
    assert solo.closed_at is None
    with pytest.raises(Forbidden, match="captain"):
        accept_merger(session, into=isar, request_id=request.id, by=viewer_of(cast.jonas), now=NOON)
    accept_merger(session, into=isar, request_id=request.id, by=viewer_of(cast.lena), now=NOON)
    assert solo.merged_into == isar.id


@pytest.fixture
def headers(database: Database, cast: Cast) -> dict[str, str]:
    """Jonas's program."""
    with database.writing() as session:
        session.add(
            ApiToken(
                account_id=cast.jonas.id,
                name="tests",
                hint="jona",
                digest=token_digest("jonas"),
                created_at=NOON,
            )
        )
        session.commit()
    return {"Authorization": "Bearer jonas"}


def test_the_api_answers_with_the_team_that_is_kept(
    client: FlaskClient, cast: Cast, solo: Team, headers: dict[str, str]
) -> None:
    answer = client.post(
        f"/api/v1/teams/{solo.id}/merge", json={"code": cast.isar.code}, headers=headers
    )
    assert answer.status_code == 200
    assert answer.json["id"] == cast.isar.id
    assert [m["id"] for m in answer.json["members"]] == [cast.lena.id, cast.jonas.id]


def test_the_api_refuses_with_a_problem(
    client: FlaskClient, cast: Cast, solo: Team, headers: dict[str, str]
) -> None:
    answer = client.post(
        f"/api/v1/teams/{solo.id}/merge", json={"code": cast.pandas.code}, headers=headers
    )
    assert (answer.status_code, answer.json["code"]) == (403, "other-university")


def test_a_captain_merges_in_the_browser_and_the_others_are_told(
    client: FlaskClient, cast: Cast, solo: Team, database: Database
) -> None:
    link = f"http://localhost/teams/join/{cast.isar.code}"
    answer = sign_in(client, cast.jonas).post(f"/teams/{solo.id}/merge", data={"code": link})
    assert "Your teams are one now" in client.get(answer.location).text
    with database.reading() as reading:
        assert reading.exec(select(OutgoingMail.recipient)).all() == [cast.lena.email]


def test_a_refused_merger_is_said_on_the_teams_page(
    client: FlaskClient, cast: Cast, solo: Team
) -> None:
    answer = sign_in(client, cast.jonas).post(f"/teams/{solo.id}/merge", data={"code": "guess"})
    assert "opens no team" in client.get(answer.location).text


def test_a_captain_accepts_a_merger_in_the_browser(
    client: FlaskClient, session: Session, cast: Cast, solo: Team, database: Database
) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.APPROVAL
    request = merge(session, cast, solo, session.get_one(Team, cast.isar.id)).request
    session.commit()
    sign_in(client, cast.lena)
    assert "would merge into your team" in client.get("/challenges/digits/team").text
    answer = client.post(f"/teams/{cast.isar.id}/merge/accept", data={"request_id": request.id})
    assert "Solo is part of your team now" in client.get(answer.location).text


@pytest.mark.parametrize("path", ["merge", "merge/accept"])
def test_nobody_of_another_team_presses_a_button(
    client: FlaskClient, cast: Cast, solo: Team, path: str
) -> None:
    answer = sign_in(client, cast.amina).post(f"/teams/{solo.id}/{path}", data={"request_id": 1})
    assert answer.status_code == 403
