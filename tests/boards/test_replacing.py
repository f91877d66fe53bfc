"""A board that was made beforehand takes the live one's place, with what changed since."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from server.boards import replacing
from server.boards.actions import disqualify_submission, disqualify_team, go_live
from server.boards.models import Entry, KeptEntry
from server.boards.previews import freshen, make_preview
from server.boards.rebuilding import made_entries
from server.boards.since import IDLE, Version, changed_by, changed_since
from server.boards.tidying import drop_replicates
from server.challenges.rules import Ranking
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board
from server.shared.events import Event, record
from server.submissions.rules import SubmissionState
from server.universities.models import University
from tests.boards.scored import add_team
from tests.boards.scored import submitted as handed_in
from tests.cast import NOON
from tests.corrections.correcting import beside, boards, compared, complete, rescored
from tests.scores import report, score, submitted

RANKINGS = (Ranking.BEST, Ranking.LATEST, Ranking.SELECTED)


@pytest.fixture
def scored(session, cast):
    return boards(session, cast)


@pytest.fixture
def second(database, session, scored) -> Evaluation:
    """A second evaluation, completely scored, with its preview."""
    phase, _, (pandas, isar) = scored
    made = beside(session, phase)
    rescored(session, made, pandas, (0.5, 0.8))
    rescored(session, made, isar, (0.75, 0.6))
    return compared(database, session, made)


@pytest.fixture
def anew(monkeypatch):
    """The boards that were made anew as a whole."""
    found = []
    real = replacing.rebuild_board

    def noted(*given, **more):
        found.append(given)
        return real(*given, **more)

    monkeypatch.setattr(replacing, "rebuild_board", noted)
    return found


def live(session, phase, evaluation) -> bool:
    return go_live(session, evaluation=evaluation, phase=phase, actor_id=None, now=NOON)


def rows(session) -> list[tuple]:
    columns = [c for c in sa.inspect(Entry).local_table.columns if c.name not in ("id",)]
    return sorted(map(tuple, session.execute(sa.select(*columns))), key=repr)


def expected(session, phase, evaluation) -> list[tuple]:
    """What the entries are where all of them are made from the scores."""
    names = [c.name for c in sa.inspect(Entry).local_table.columns if c.name != "id"]
    made = made_entries(session, phase=phase, evaluation=evaluation)
    return sorted((tuple(row.get(name) for name in names) for row in made), key=repr)


def test_what_the_preview_tells_goes_live_and_nothing_is_made_anew(
    session, cast, scored, second, anew
):
    assert live(session, scored[0], second)
    assert anew == []
    assert rows(session) == expected(session, scored[0], second)


@pytest.mark.parametrize("ranking", RANKINGS)
@pytest.mark.parametrize("seed", range(2))
def test_whatever_came_after_the_preview_is_on_the_board(
    database, session, cast, scored, second, anew, ranking, seed
):
    phase, first, submissions = scored
    phase.ranking = ranking
    session.add(phase)
    rng = random.Random(seed)
    crews = [add_team(session, cast.digits.id, f"Crew {k}", captain=cast.wei) for k in range(6)]
    for team in crews:
        for minute in range(3):
            sent = handed_in(session, phase, team, at=NOON + timedelta(minutes=minute))
            values = [(rng.random(), rng.random()) for _ in range(2)]
            rescored(session, first, sent, values[0])
            rescored(session, second, sent, values[1])
            submissions.append(sent)
    make_preview(database, compared(database, session, second), now=NOON)
    session.refresh(second)
    disqualify_team(session, team=crews[0], reason="why", actor_id=1, now=NOON)
    disqualify_submission(session, submission=submissions[5], reason="why", actor_id=1, now=NOON)
    late = submitted(session, cast, at=NOON + timedelta(minutes=9))
    assert score(session, late, first, report(0.99, 0.99), holder="host/1/2/late")
    session.flush()
    session.execute(sa.text("DELETE FROM rescore WHERE submission_id = :id"), {"id": late.id})
    rescored(session, second, late, (0.97, 0.98))
    crews[3].university_id = session.exec(select(University.id)).first()
    session.add(crews[3])
    complete(session, second)
    assert live(session, phase, second)
    assert anew == []
    assert rows(session) == expected(session, phase, second)
    assert len(rows(session)) == 16


def test_what_waits_to_be_scored_again_counts_for_nothing(session, scored, second, anew):
    phase, _, (pandas, _) = scored
    pandas.state = SubmissionState.QUEUED
    session.add(pandas)
    session.flush()
    assert live(session, phase, second)
    assert anew == []
    assert {row.submission_id for row in session.exec(select(Entry))} == {scored[2][1].id}


@pytest.mark.parametrize("kind", ["phase.extended", "challenge.deployed", "evaluation.retried"])
def test_a_change_that_may_move_any_team_has_all_of_it_made_anew(
    session, cast, scored, second, anew, kind
):
    record(session, kind, at=NOON, challenge_id=cast.digits.id)
    session.commit()
    assert live(session, scored[0], second)
    assert len(anew) == 1


def test_an_event_whose_number_was_given_out_before_is_not_overlooked(
    session, cast, second, scored
):
    session.add(Event(id=10_000, at=NOON, kind="member.joined", challenge_id=cast.digits.id))
    session.flush()
    made_of = Version.read(second.compared_version)
    second.compared_version = str(made_of._replace(newest=10_000, total=made_of.total + 10_000))
    session.add(second)
    session.flush()
    assert changed_since(session, second) == set()
    session.add(Event(id=9_999, at=NOON, kind="team.disqualified", challenge_id=cast.digits.id))
    session.flush()
    assert changed_since(session, second) is None


def test_events_name_the_teams_that_they_move():
    kinds = [("submission.scored", 3, 1), ("team.merged", 4, 5), ("submission.scored", None, 2)]
    assert changed_by(kinds) == {3, 4, 5}
    assert changed_by([(kind, 7, None) for kind in IDLE]) == set()
    assert changed_by([("something.new", None, None)]) is None


def test_before_it_is_put_live_a_board_is_made_that_nobody_made(database, session, scored, anew):
    phase, _, (pandas, isar) = scored
    made = beside(session, phase)
    rescored(session, made, pandas, (0.5, 0.8))
    rescored(session, made, isar, (0.75, 0.6))
    complete(session, made)
    number = made.id
    session.commit()
    freshen(database, number, now=NOON)
    # What is known is not made once more.
    freshen(database, number, now=NOON + timedelta(hours=1))
    session.refresh(made)
    assert made.compared_at == NOON
    assert live(session, phase, made)
    assert anew == []


def test_the_preview_of_what_is_live_is_forgotten_and_the_board_before_it_kept(
    database, session, scored, second, monkeypatch
):
    monkeypatch.setattr("server.boards.tidying.ROWS_AT_ONCE", 1)
    phase, first, _ = scored
    assert live(session, phase, second)
    session.commit()
    drop_replicates(database)
    session.rollback()
    kept = session.exec(select(KeptEntry)).all()
    assert {row.evaluation_id for row in kept} == {first.id}
    assert {row.board for row in kept} == {Board.PUBLIC, Board.PRIVATE}
