"""Two teams become one: members, submissions, picks and entries, within one team's quota."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from server.accounts.rules import RequestState
from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Joining
from server.evaluations.rules import Board
from server.mergers.actions import accept_merger
from server.shared.errors import Conflict, Forbidden
from server.submissions.models import Admission, Submission
from server.submissions.rules import SubmissionState
from server.teams.actions import hand_over
from server.teams.models import JoinRequest, Membership, Team
from server.teams.queries import members_of, team_of
from tests.cast import NOON, Cast
from tests.mergers.merging import merge, viewer_of


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
    assert merge(session, cast, solo, isar).asked is None
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
    with pytest.raises(Conflict, match="room for 1; this one would have 2"):
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
    request = merge(session, cast, solo, isar).asked.request
    assert solo.closed_at is None
    with pytest.raises(Forbidden, match="captain"):
        accept_merger(session, into=isar, request_id=request.id, by=viewer_of(cast.jonas), now=NOON)
    accept_merger(session, into=isar, request_id=request.id, by=viewer_of(cast.lena), now=NOON)
    assert solo.merged_into == isar.id


def test_a_merger_is_not_accepted_once_the_team_that_asked_has_another_captain(
    session: Session, cast: Cast, solo: Team, isar: Team
) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.APPROVAL
    seat(session, solo, cast.manfred.id)
    request = merge(session, cast, solo, isar).asked.request
    jonas, lena = viewer_of(cast.jonas), viewer_of(cast.lena)
    hand_over(session, team=solo, account_id=cast.manfred.id, by=jonas, now=NOON)
    session.commit()
    with pytest.raises(Conflict, match="Solo has another captain since it asked"):
        accept_merger(session, into=isar, request_id=request.id, by=lena, now=NOON)
    session.rollback()
    assert session.get_one(Team, solo.id).closed_at is None
    assert session.get_one(JoinRequest, request.id).state is RequestState.OPEN


def test_the_new_captain_can_ask_again_and_is_let_in(
    session: Session, cast: Cast, solo: Team, isar: Team
) -> None:
    session.get_one(Challenge, cast.digits.id).joining = Joining.APPROVAL
    seat(session, solo, cast.manfred.id)
    merge(session, cast, solo, isar)
    hand_over(session, team=solo, account_id=cast.manfred.id, by=viewer_of(cast.jonas), now=NOON)
    again = merge(session, cast, solo, isar, "manfred").asked.request
    lena = viewer_of(cast.lena)
    accept_merger(session, into=isar, request_id=again.id, by=lena, now=NOON)
    assert solo.merged_into == isar.id
    assert {m.name for m in members_of(session, isar.id)} == {
        "Lena Vogt",
        "Jonas Huber",
        "Manfred Roth",
    }


def test_failures_that_count_are_counted_in_the_merged_quota(
    session: Session, cast: Cast, solo: Team, isar: Team, submitted
) -> None:
    quota(session, cast, days=1, per_day=2)
    submitted(isar, 0.7)
    submitted(solo, *[0.8] * 5, state=SubmissionState.FAILED)
    with pytest.raises(Conflict, match=r"have 3 submissions together.*at most 2"):
        merge(session, cast, solo, isar)


def seat(session: Session, team: Team, account_id: int) -> None:
    session.add(
        Membership(
            team_id=team.id, challenge_id=team.challenge_id, account_id=account_id, joined_at=NOON
        )
    )
    session.commit()
