"""A folder deployed whole: idempotent, and never another solution under a running phase."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from server.challenges.changes import ChangeKind
from server.challenges.models import Challenge, Phase
from server.deployments.actions import forget_phase
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.queries import live_evaluation
from server.evaluations.rules import EvaluationState
from server.integrity.actions import ask_for_report
from server.notifications.models import Notification
from server.shared.errors import Conflict
from server.shared.events import Event
from server.standings.keeping import refresh_standings
from server.submissions.models import Submission
from server.teams.announcements import tell_asked
from server.teams.models import Team
from tests.cast import NOON
from tests.deployments.deploying import correct, phase_of, send


def numbers(session: Session) -> dict[int, EvaluationState]:
    return {e.number: e.state for e in session.exec(select(Evaluation))}


def test_the_first_deployment_makes_a_live_evaluation_and_hides_the_answers(
    session, put, stores, wines
):
    deployed = put()
    live = live_evaluation(session, phase_of(session).id)
    assert deployed.result.created
    assert (live.number, live.rows_public > 0, live.rows_private > 0) == (1, True, True)
    assert stores.hidden_files.has(live.solution_sha256)
    assert not stores.public_files.has(live.solution_sha256)


def test_the_same_folder_again_changes_nothing(session, put):
    put()
    again = put()
    assert (again.changes, again.to_score, again.to_rescore) == ([], [], [])
    assert numbers(session) == {1: EvaluationState.LIVE}


def test_a_baseline_is_queued_once_to_be_scored(session, put):
    first = put()
    queued = session.exec(select(Submission)).all()
    assert [s.id for s in queued if s.baseline] == first.to_score
    assert put().to_score == []


def test_another_solution_before_any_submission_replaces_the_first(session, put, wines):
    put()
    correct(wines)
    assert put().changes
    assert numbers(session) == {1: EvaluationState.PAST, 2: EvaluationState.LIVE}


def test_another_solution_under_a_running_phase_is_refused(session, cast, put, wines):
    put()
    send(session, cast)
    correct(wines)
    with pytest.raises(Conflict) as refused:
        put()
    session.rollback()
    assert "--new-evaluation" in str(refused.value)
    assert numbers(session) == {1: EvaluationState.LIVE}


def test_a_new_evaluation_is_scored_beside_the_live_one(session, cast, put, wines):
    put()
    submission = send(session, cast)
    correct(wines)
    deployed = put(new_evaluation=True, reason="a wine was mislabelled")
    beside = session.exec(select(Evaluation).where(Evaluation.number == 2)).one()
    assert (beside.state, beside.reason) == (EvaluationState.SCORING, "a wine was mislabelled")
    assert (submission.id, beside.id) in deployed.to_rescore
    assert session.get(Rescore, (submission.id, beside.id)) is not None
    assert live_evaluation(session, phase_of(session).id).number == 1


@pytest.mark.parametrize("again", [True, False])
def test_the_same_folder_again_makes_no_second_evaluation_beside_the_live_one(
    session, cast, put, wines, again
):
    put()
    send(session, cast)
    correct(wines)
    put(new_evaluation=True, reason="a wine was mislabelled")
    assert put(new_evaluation=again).changes == []
    assert numbers(session) == {1: EvaluationState.LIVE, 2: EvaluationState.SCORING}


@pytest.mark.parametrize("drawn_before", [True, False])
def test_a_corrected_solution_is_drawn_as_the_one_before_it(
    session, cast, put, wines, drawn_before
):
    put()
    send(session, cast)
    first = live_evaluation(session, phase_of(session).id)
    if not drawn_before:
        # Stored before specs said how rows are drawn: it goes on meaning what it meant.
        first.spec = {name: v for name, v in first.spec.items() if name != "draw"}
        session.add(first)
        session.commit()
    correct(wines)
    put(new_evaluation=True, reason="a wine was mislabelled")
    beside = session.exec(select(Evaluation).where(Evaluation.number == 2)).one()
    for name in ("split_seed", "replicate_seed", "draw"):
        assert beside.spec.get(name) == first.spec.get(name), name
    assert ("draw" in first.spec) is drawn_before


def test_another_number_of_resamples_is_no_new_metric(session, cast, put):
    put(replicates=200)
    send(session, cast)
    assert put(replicates=500).changes == []


METRIC = "higher_is_better = False\ndef score(truth, prediction) -> float: return 0.0\n"


def by_metric_file(folder: Path, text: str = METRIC) -> None:
    definition = folder / "challenge.toml"
    old = 'scorer = "f1"'
    definition.write_text(
        definition.read_text()
        .replace(old, 'scorer = "metric.py"')
        .replace("params =", "# params =")
    )
    (folder / "metric.py").write_text(text)


def test_a_metric_file_is_kept_with_the_evaluation(session, put, wines):
    by_metric_file(wines)
    put()
    live = live_evaluation(session, phase_of(session).id)
    assert (live.scorer, live.spec["code"], len(live.scorer_version)) == ("metric.py", METRIC, 12)
    challenge = session.exec(select(Challenge).where(Challenge.slug == "wines")).one()
    assert not challenge.higher_is_better
    assert put().changes == []


def test_another_text_of_a_metric_file_is_another_metric(session, cast, put, wines):
    by_metric_file(wines)
    put()
    send(session, cast)
    by_metric_file(wines, METRIC + "# better\n")
    with pytest.raises(Conflict, match="would be scored otherwise"):
        put()
    session.rollback()
    put(new_evaluation=True)
    assert numbers(session) == {1: EvaluationState.LIVE, 2: EvaluationState.SCORING}


def extended(session: Session, *, days: int) -> Phase:
    """Extend the phase as an organiser does by hand."""
    phase = phase_of(session)
    phase.extended_from, phase.ends = phase.ends, phase.ends + timedelta(days=days)
    session.commit()
    return phase


def say_ends(folder: Path, ends: datetime) -> None:
    toml = folder / "challenge.toml"
    text = re.sub(r"(?m)^ends = .*$", f"ends = {ends:%Y-%m-%dT%H:%M:%SZ}", toml.read_text())
    toml.write_text(text)


def test_an_extension_by_hand_is_kept_against_an_old_folder_and_said(session, put):
    put()
    phase = extended(session, days=3)
    ends = phase.ends
    changes = put().changes
    session.expire_all()
    assert (phase.ends, phase.extended_from) == (ends, ends - timedelta(days=3))
    said = [(change.kind, change.what) for change in changes]
    assert said == [(ChangeKind.KEPT, f"phase {phase.slug} ends")]
    assert "extended by hand" in changes[0].before
    assert "the folder says" in changes[0].after
    kinds = session.exec(select(Event.kind).where(Event.kind == "challenge.deployed")).all()
    assert not kinds


def test_no_phase_that_admits_by_a_result_starts_before_an_end_that_was_extended(
    session, put, wines
):
    put()
    phase = extended(session, days=3)
    toml, starts = wines / "challenge.toml", phase.ends - timedelta(days=3)
    whole = toml.read_text()

    def follow(starts: datetime) -> None:
        toml.write_text(
            f'{whole}\n[[phases]]\nslug = "next"\nadmit_top = 5\n'
            f"starts = {starts:%Y-%m-%dT%H:%M:%SZ}\n"
            f"ends = {starts + timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}\n"
            'solution = "private/solution.csv"\n'
        )

    follow(starts)
    with pytest.raises(Conflict, match="phase next admits teams by its result"):
        put()
    session.rollback()
    follow(starts + timedelta(days=3))
    assert put().changes


@pytest.mark.parametrize(("more", "changed"), [(0, False), (1, True)])
def test_a_folder_that_says_as_late_or_later_rules_again(session, put, wines, more, changed):
    put()
    phase = extended(session, days=3)
    said = phase.ends + timedelta(days=more)
    say_ends(wines, said)
    assert bool(put().changes) is changed
    session.expire_all()
    assert (phase.ends, phase.extended_from) == (said, None)
    earlier = said - timedelta(days=1)
    say_ends(wines, earlier)
    put()
    session.expire_all()
    assert phase.ends == earlier


def say_late_days(wines: Path, days: int) -> None:
    toml = wines / "challenge.toml"
    said = re.sub(r"(?ms)^\[course\]\n.*?(?=^\[|\Z)", "", toml.read_text())
    toml.write_text(f"{said}\n[course]\nlate_days = {days}\n")


def test_a_folder_takes_no_late_days_back_that_a_team_has_used(session, cast, put, wines):
    say_late_days(wines, 3)
    put()
    send(session, cast)
    sent = session.exec(select(Submission).where(Submission.account_id == cast.wei.id)).one()
    sent.late, sent.received_at = True, phase_of(session).ends + timedelta(hours=30)
    session.commit()
    say_late_days(wines, 1)
    with pytest.raises(Conflict, match="handed in on late day"):
        put()
    session.rollback()
    assert session.get_one(Challenge, phase_of(session).challenge_id).late_days == 3
    say_late_days(wines, 2)
    assert "late_days" in {change.what for change in put().changes}
    phase_of(session).revealed_at = NOON
    session.commit()
    say_late_days(wines, 5)
    with pytest.raises(Conflict, match="revealed already"):
        put()


def test_a_moved_deadline_is_logged_from_where_to_where(session, cast, put, wines):
    put()
    before = phase_of(session).ends
    say_ends(wines, before - timedelta(days=1))
    put()
    put()
    event = session.exec(select(Event).where(Event.kind == "phase.moved")).one()
    assert event.data["before"] == f"{before:%Y-%m-%dT%H:%M:%SZ}"
    assert event.data["ends"] == f"{before - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"


def test_a_phase_with_scores_becomes_no_ladder(session, cast, put, wines):
    put()
    send(session, cast)
    toml = wines / "challenge.toml"
    toml.write_text(re.sub(r'(?m)^ranking = "\w+"', 'ranking = "ladder"', toml.read_text()))
    assert 'ranking = "ladder"' in toml.read_text()
    with pytest.raises(Conflict, match="a phase of its own"):
        put(new_evaluation=True, reason="noise")


def test_a_phase_that_standings_and_reports_know_can_be_forgotten(database, session, cast):
    phase_id = cast.phase_b.id
    refresh_standings(database, now=NOON)
    ask_for_report(session, phase=session.get_one(Phase, phase_id), actor_id=cast.olga.id, now=NOON)
    session.commit()
    forget_phase(session, phase_id)
    session.delete(session.get_one(Phase, phase_id))
    session.commit()
    assert session.get(Phase, phase_id) is None


def move_end(folder: Path, **by) -> None:
    """Move the end of the folder's phase."""
    definition = folder / "challenge.toml"
    text = definition.read_text()
    found = re.search(r"^ends = (\S+)", text, re.MULTILINE)
    assert found
    ends = datetime.fromisoformat(found[1]) + timedelta(**by)
    moved = f"ends = {ends:%Y-%m-%dT%H:%M:%SZ}"
    definition.write_text(text.replace(found[0], moved, 1))


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_team_that_submits_is_told_when_the_deadline_is_moved(
    session, database, cast, wines, put, hours
):
    put()
    move_end(wines, hours=1)
    put()
    assert session.exec(select(Notification)).all() == []
    send(session, cast)
    session.commit()
    move_end(wines, hours=hours)
    put()
    put()
    session.commit()
    tell_asked(database, letters={}, now=NOON)
    told = session.exec(select(Notification)).all()
    assert [(one.kind, one.account_id) for one in told] == [("deadline_moved", cast.wei.id)]
    ends = phase_of(session).ends
    assert told[0].data["ends"] == ends.isoformat()
    # Whoever has less time than was said reads so.
    earlier = {"case": "earlier", "before": (ends - timedelta(hours=hours)).isoformat()}
    assert (earlier.items() <= told[0].data.items()) is (hours < 0)


def test_a_board_that_a_folder_makes_anonymous_loses_its_names_and_universities(
    session, cast, wines, put
):
    put()
    send(session, cast)
    session.commit()
    wine = select(Challenge.id).where(Challenge.slug == "wines").scalar_subquery()
    names = select(Team.name).where(Team.challenge_id == wine)
    before = session.exec(names).one()
    with (wines / "challenge.toml").open("a") as definition:
        definition.write("\n[course]\nanonymous = true\n")
    put()
    session.commit()
    session.expire_all()
    assert session.exec(names).one() != before
    drawn = session.exec(names).one()
    put()
    session.expire_all()
    assert session.exec(names).one() == drawn
