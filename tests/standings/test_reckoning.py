"""What is reckoned from changes alone is what is reckoned from everything: to the last digit."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from server.boards.actions import (
    disqualify_submission,
    disqualify_team,
    reinstate_submission,
    reinstate_team,
)
from server.boards.entries import rebuild_team
from server.boards.medals import medal_bounds
from server.boards.rows import On
from server.shared.events import record
from server.standings.actions import create_season
from server.standings.best_teams import lines_of
from server.standings.contributions import placed_teams
from server.standings.keeping import Keeper
from server.standings.models import Contribution, Participant, Standing, StandingBoard, table_of
from server.standings.rules import Season, lines
from server.standings.season_boards import season_boards
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team
from server.universities.models import University
from tests.boards.scored import add_team, evaluate, scored
from tests.cast import NOON

TABLES = (Contribution, Participant, Standing, StandingBoard)


@pytest.fixture
def board(session, cast):
    phase = session.merge(cast.phase_a)
    evaluate(session, phase, has_private=False)
    create_season(
        session, slug="y", title="Year", challenges={"digits": 2.5}, actor_id=None, now=NOON
    )
    session.commit()
    return phase


@pytest.fixture
def universities(session, cast):
    made = [
        University(slug=f"u{i}", name=f"University {i}", country="DE", created_at=NOON)
        for i in range(5)
    ]
    session.add_all(made)
    session.commit()
    return [*made, None]


def stored(session):
    """Every number of the standings as it is stored; versions count turns, not numbers."""
    session.rollback()
    found = {}
    for model in TABLES:
        columns = [c for c in table_of(model).columns if c.name != "version"]
        found[model.__name__] = sorted(map(tuple, session.execute(sa.select(*columns))), key=repr)
    session.rollback()
    return found


class Contest:
    """Teams that hand in, withdraw, are taken off and come back, as a seed has it."""

    def __init__(self, session, cast, board, universities, seed):
        self.session, self.cast, self.board = session, cast, board
        self.universities, self.rng = universities, random.Random(seed)
        self.teams: list[Team] = []

    def join(self):
        name = f"Team {len(self.teams)}"
        university = self.rng.choice(self.universities)
        team = add_team(
            self.session,
            self.board.challenge_id,
            name,
            captain=self.cast.wei,
            university=university,
        )
        self.teams.append(team)
        self.hand_in(team)

    def hand_in(self, team=None):
        team = team or self.rng.choice(self.teams)
        # Few values: ranks are shared.
        value = self.rng.choice((0.1, 0.3, 0.5, 0.7, 0.9, self.rng.random()))
        at = NOON - timedelta(minutes=self.rng.randint(1, 500))
        submission = scored(self.session, self.board, team, value, at=at, by=self.cast.wei)
        self.say("submission.scored", team, submission.id)

    def withdraw(self):
        found = self.a_submission()
        if found is not None:
            found.withdrawn_at = NOON
            self.session.add(found)
            self.session.flush()
            rebuild_team(self.session, team_id=found.team_id, now=NOON)
            self.say("submission.withdrawn", self.session.get(Team, found.team_id), found.id)

    def judge(self):
        found = self.a_submission()
        if found is not None:
            verb = reinstate_submission if found.disqualified_at else disqualify_submission
            verb(self.session, submission=found, reason="why", actor_id=1, now=NOON)

    def judge_team(self):
        team = self.rng.choice(self.teams)
        verb = reinstate_team if team.disqualified_at else disqualify_team
        verb(self.session, team=team, reason="why", actor_id=1, now=NOON)

    def a_submission(self):
        query = select(Submission).where(
            Submission.state == SubmissionState.SCORED, col(Submission.withdrawn_at).is_(None)
        )
        found = self.session.exec(query.order_by(Submission.id)).all()
        return self.rng.choice(found) if found else None

    def say(self, kind, team, subject):
        record(
            self.session,
            kind,
            at=NOON,
            challenge_id=self.board.challenge_id,
            team_id=team.id,
            subject_id=subject,
        )

    def go_on(self):
        for _ in range(self.rng.randint(1, 3)):
            step = self.rng.choice(
                (self.join, self.hand_in, self.hand_in, self.withdraw, self.judge, self.judge_team)
            )
            step()
        self.session.commit()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_what_is_kept_is_what_everything_anew_would_be(
    database, session, cast, board, universities, seed
):
    contest = Contest(session, cast, board, universities, seed)
    for _ in range(4):
        contest.join()
    session.commit()
    keeper = Keeper(database)
    keeper.refresh(now=NOON)
    for _ in range(8):
        contest.go_on()
        keeper.refresh(now=NOON)
        followed = stored(session)
        # A worker that remembers nothing, and looks at everything.
        assert not Keeper(database).refresh(now=NOON, everything=True)
        assert stored(session) == followed


@pytest.mark.parametrize("seed", range(4))
def test_lines_by_statements_are_those_of_the_teams_one_by_one(
    session, cast, board, universities, seed
):
    contest = Contest(session, cast, board, universities, seed)
    for _ in range(contest.rng.choice((1, 4, 9, 23))):
        contest.join()
    contest.judge_team()
    session.commit()
    (standing,) = season_boards(session, now=NOON)
    placed = placed_teams(session, standing)
    assert lines_of(session, standing.on) == (len(placed), lines(placed, teams=len(placed)))
    assert len(placed) < 3 or medal_bounds(len(placed)).bronze > 0


def test_a_board_without_a_team_has_no_line(session, board):
    assert lines_of(session, On(board.id, "public")) == (0, {})


def test_a_university_that_nothing_moved_for_is_not_reckoned_again(
    database, session, cast, board, universities, monkeypatch
):
    made = []

    def counted(*given):
        made.append(given)
        return Season(*given)

    monkeypatch.setattr("server.standings.reckoning.Season", counted)
    first, second, *_ = universities
    teams = [
        add_team(session, board.challenge_id, f"Team {k}", captain=cast.wei, university=university)
        for k, university in enumerate((first, second))
    ]
    contest = Contest(session, cast, board, universities, 0)
    for team, value in zip(teams, (0.9, 0.5), strict=True):
        submission = scored(session, board, team, value, by=cast.wei)
        contest.say("submission.scored", team, submission.id)
    session.commit()
    keeper = Keeper(database)
    keeper.refresh(now=NOON)
    made.clear()
    submission = scored(session, board, teams[1], 0.6, by=cast.wei)
    contest.say("submission.scored", teams[1], submission.id)
    session.commit()
    assert keeper.refresh(now=NOON)
    # The second alone, in the season of everything and in the named one.
    assert len(made) == 2
