"""The largest field contest of its kind, as rows: what `benchmarks.largest` measures."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.bulk import Bulk, bulk
from server.accounts.models import Account
from server.boards.models import Entry
from server.challenges.models import Challenge, Participation, Phase
from server.challenges.rules import Ranking, Reveal, Visibility
from server.evaluations.models import Evaluation, Score
from server.evaluations.rules import SCORED_BOARDS, Board, EvaluationState
from server.shared.database import Database
from server.shared.events import Event
from server.standings.keeping import refresh_standings
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Membership, Team
from server.universities.models import University

UNIVERSITIES, CHALLENGES, TEAMS = 1_200, 110, 100_000
MEMBERS, EACH = 3, 10
LARGEST, SMALL = 40_000, 400
INDEPENDENT = 0.05
RANGED = 100
NOW = datetime.now(UTC).replace(microsecond=0)
# Kept fields are measured again on other days: what runs, runs on.
STARTED, RUNS_UNTIL = NOW - timedelta(days=30), NOW + timedelta(days=3000)
ENDED = NOW - timedelta(days=1)
DONE = "largest.built"


class Sizes(NamedTuple):
    """How many teams each challenge has, and where its first stands among all teams."""

    teams: list[int]
    first: list[int]


def sizes() -> Sizes:
    """The largest, a small one to compare it with, and the others alike."""
    others = CHALLENGES - 2
    rest = TEAMS - LARGEST - SMALL
    each = [rest // others + (i < rest % others) for i in range(others)]
    teams = [LARGEST, SMALL, *each]
    return Sizes(teams, [sum(teams[:i]) for i in range(CHALLENGES)])


def build(database: Database, folder: Path) -> None:
    """Write the whole field, unless the folder holds it already."""
    mark = folder / DONE
    if mark.exists():
        return
    with bulk(database) as rows:
        _universities(rows)
        _challenges(rows)
        teams = _teams(rows)
        _submissions(rows, teams)
    refresh_standings(database, now=NOW)
    mark.write_text(NOW.isoformat(), encoding="utf-8")


def _universities(rows: Bulk) -> None:
    numbers = list(range(1, UNIVERSITIES + 1))
    rows.add(
        University,
        UNIVERSITIES,
        id=numbers,
        slug=[f"u{i}" for i in numbers],
        name=[f"University of Place {i}" for i in numbers],
        country="DE",
        created_at=STARTED,
    )


def is_over(challenge: int) -> bool:
    """Whether a challenge (1 and on) has ended, with its result out; the first two run."""
    return challenge > 2 and challenge % 2 == 0


def _challenges(rows: Bulk) -> None:
    numbers = list(range(1, CHALLENGES + 1))
    rows.add(
        Challenge,
        CHALLENGES,
        id=numbers,
        slug=["largest", "small", *(f"c{i}" for i in numbers[2:])],
        title=[f"Challenge {i}" for i in numbers],
        visibility=Visibility.PUBLIC,
        id_column="id",
        header=("id", "label"),
        max_bytes=1_000_000,
        scorer="accuracy",
        created_at=STARTED,
        updated_at=STARTED,
    )
    rows.add(
        Phase,
        CHALLENGES,
        id=numbers,
        challenge_id=numbers,
        slug="main",
        title="Main",
        position=0,
        starts=STARTED,
        ends=[ENDED if is_over(i) else RUNS_UNTIL for i in numbers],
        per_day=100,
        total=100_000,
        ranking=Ranking.BEST,
        reveal=Reveal.AT_END,
        revealed_at=[NOW if is_over(i) else None for i in numbers],
    )
    rows.add(
        Evaluation,
        CHALLENGES,
        id=numbers,
        phase_id=numbers,
        number=1,
        state=EvaluationState.LIVE,
        solution_sha256="0" * 64,
        spec={"scorer": "accuracy", "params": {}, "also": [], "header": ["id", "label"]},
        scorer="accuracy",
        scorer_version="1",
        has_private=True,
        rows_public=6_000,
        rows_private=14_000,
        created_at=STARTED,
        live_at=STARTED,
    )


class Teams(NamedTuple):
    """Of each team: its challenge, and its university (0: none)."""

    challenge: "np.ndarray[Any, Any]"
    university: "np.ndarray[Any, Any]"


def _teams(rows: Bulk) -> Teams:
    rng = np.random.default_rng(1)
    challenge = np.repeat(np.arange(1, CHALLENGES + 1), sizes().teams)
    # A few universities send many teams, most send few.
    university = 1 + (UNIVERSITIES * rng.random(TEAMS) ** 2).astype(int)
    university[rng.random(TEAMS) < INDEPENDENT] = 0
    numbers = list(range(1, TEAMS + 1))
    of = [u or None for u in university.tolist()]
    rows.add(
        Team,
        TEAMS,
        id=numbers,
        challenge_id=challenge.tolist(),
        name=[f"Team {i}" for i in numbers],
        name_key=[f"team {i}" for i in numbers],
        captain_id=[MEMBERS * (i - 1) + 1 for i in numbers],
        university_id=of,
        fixed_at=STARTED,
        code=[f"code-{i}" for i in numbers],
        created_at=STARTED,
    )
    people = list(range(1, TEAMS * MEMBERS + 1))
    rows.add(
        Account,
        len(people),
        id=people,
        email=[f"p{i}@mail.example" for i in people],
        name=[f"Person {i}" for i in people],
        confirmed_at=STARTED,
        university_id=[u for u in of for _ in range(MEMBERS)],
        created_at=STARTED,
    )
    theirs = np.repeat(challenge, MEMBERS).tolist()
    rows.add(
        Membership,
        len(people),
        id=people,
        team_id=[i for i in numbers for _ in range(MEMBERS)],
        challenge_id=theirs,
        account_id=people,
        joined_at=STARTED,
    )
    rows.add(Participation, len(people), challenge_id=theirs, account_id=people, joined_at=STARTED)
    return Teams(challenge, university)


def _submissions(rows: Bulk, teams: Teams) -> None:
    rng = np.random.default_rng(2)
    skill = rng.beta(40, 10, size=TEAMS)
    public, private = (
        np.clip(skill[:, None] + rng.normal(0, 0.01, size=(TEAMS, EACH)), 0, 1).round(5)
        for _ in range(2)
    )
    count = TEAMS * EACH
    numbers = list(range(1, count + 1))
    of = np.repeat(np.arange(TEAMS), EACH)
    # In the order of arrival over the month; ended challenges took nothing after their end.
    at = [ENDED - timedelta(seconds=int(s)) for s in rng.integers(1, 2_400_000, size=50_000)]
    pool = [at[i % len(at)] for i in range(count)]
    challenge = teams.challenge[of].tolist()
    rows.add(
        Submission,
        count,
        id=numbers,
        challenge_id=challenge,
        phase_id=challenge,
        team_id=(of + 1).tolist(),
        account_id=(of * MEMBERS + 1).tolist(),
        state=SubmissionState.SCORED,
        filename="predictions.csv",
        size=200_000,
        sha256=[f"{i:064x}" for i in numbers],
        received_at=pool,
        scored_at=pool,
    )
    for offset, (board, values) in enumerate(zip(SCORED_BOARDS, (public, private), strict=True)):
        found = values.ravel()
        rows.add(
            Score,
            count,
            id=[i + offset * count for i in numbers],
            submission_id=numbers,
            evaluation_id=challenge,
            board=board,
            value=found.tolist(),
            low=(found - 0.01).tolist(),
            high=(found + 0.01).tolist(),
            method="Wilson score interval",
            rows=6_000,
            scored_at=pool,
        )
        _entries(rows, teams, board, values, public.argmax(axis=1), pool, offset * TEAMS)
    rows.add(
        Event,
        count,
        id=numbers,
        at=pool,
        kind="submission.scored",
        challenge_id=challenge,
        team_id=(of + 1).tolist(),
        subject_id=numbers,
        data={"evaluation": 1},
    )


def _entries(
    rows: Bulk,
    teams: Teams,
    board: Board,
    values: "np.ndarray[Any, Any]",
    counted: "np.ndarray[Any, Any]",
    pool: list[datetime],
    offset: int,
) -> None:
    """Write each team's entry; the first hundred of each board have ranges of ranks."""
    value = values[np.arange(TEAMS), counted]
    place = np.empty(TEAMS, dtype=int)
    for first, many in zip(sizes().first, sizes().teams, strict=True):
        part = slice(first, first + many)
        place[part][np.argsort(-value[part], kind="stable")] = np.arange(1, many + 1)
    submission = (np.arange(TEAMS) * EACH + counted + 1).tolist()
    ranged = (place <= RANGED).tolist()
    places = place.tolist()
    rows.add(
        Entry,
        TEAMS,
        id=list(range(offset + 1, offset + TEAMS + 1)),
        phase_id=teams.challenge.tolist(),
        board=board,
        team_id=list(range(1, TEAMS + 1)),
        university_id=[u or None for u in teams.university.tolist()],
        submission_id=submission,
        evaluation_id=teams.challenge.tolist(),
        key=(0.0 - value).tolist(),
        value=value.tolist(),
        low=(value - 0.01).tolist(),
        high=(value + 0.01).tolist(),
        method="Wilson score interval",
        submitted_at=[pool[i - 1] for i in submission],
        submissions=EACH,
        last_submitted_at=[pool[(i + 1) * EACH - 1] for i in range(TEAMS)],
        rank_best=[max(1, p - 9) if r else None for p, r in zip(places, ranged, strict=True)],
        rank_worst=[p + 9 if r else None for p, r in zip(places, ranged, strict=True)],
        ranges_at=NOW,
    )
