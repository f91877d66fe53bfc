"""Evaluations, submissions and scores of the world: what is hidden in them carries a mark."""

import base64
import hashlib
from datetime import timedelta

from sqlmodel import Session

from scorers.evaluate import EvaluationSpec
from server.boards.actions import record_score
from server.boards.models import NextPlace
from server.challenges.models import (
    Phase,
)
from server.comparisons.models import Comparison
from server.comparisons.rules import ComparisonState
from server.evaluations.models import Evaluation
from server.evaluations.rules import Board, EvaluationState
from server.evaluations.scoring import BoardScore, Outcome, Report
from server.shared.storage import FileStore
from server.submissions.actions import Received, submit
from server.submissions.claims import claim
from server.submissions.models import Submission
from server.teams.models import Team
from tests.cast import (
    NOON,
)
from tests.security.marks import (
    DIGITS_SOLUTION,
    PRIVATE,
    PRIVATE_ELSEWHERE,
    SCRIPT,
    TIDES_SOLUTION,
)
from tests.security.world import World

SPECS = {
    "digits": EvaluationSpec(scorer="accuracy", header=("id", "digit"), replicates=200),
    "tides": EvaluationSpec(scorer="rmse", header=("id", "height"), replicates=200),
}


def _evaluation(session: Session, world: World, slug: str, phase: Phase, text: str) -> Evaluation:
    """Give a phase a live evaluation whose solution holds a text, in the hidden store."""
    path = world.settings.data_dir / f"{slug}-solution.csv"
    path.write_text(text)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    hidden = FileStore(world.settings.hidden_store)
    hidden.put(path, sha256)
    path.unlink()
    with hidden.local(sha256) as kept:
        world.solutions.append(kept)
    spec = SPECS[slug]
    made = Evaluation(
        phase_id=phase.id,
        number=1,
        state=EvaluationState.LIVE,
        solution_sha256=sha256,
        spec={
            "scorer": spec.scorer,
            "header": list(spec.header),
            "params": {},
            "also": [],
            "id_columns": ["id"],
            "replicates": 200,
            "labels": None,
        },
        scorer=spec.scorer,
        scorer_version="1",
        has_private=True,
        rows_public=3,
        rows_private=3,
        created_at=NOON,
        live_at=NOON,
    )
    session.add(made)
    session.flush()
    return made


def _board(value: float, low: float, high: float, also: float) -> BoardScore:
    return BoardScore(
        value=value,
        low=low,
        high=high,
        method="percentile",
        also={"mae": also},
        rows=3,
        replicates=base64.b64encode(b"\0" * 8 * 200).decode(),
    )


def _sent(session: Session, world: World, slug: str, team: Team, by: str) -> Submission:
    text = f"id,{SPECS[slug].header[1]}\n1,0\n"
    path = world.settings.data_dir / f"{by}.csv"
    path.write_text(text + " " * len(by))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    FileStore(world.settings.public_store).put(path, sha256)
    phase = world.cast.phases["phase_a" if slug == "digits" else f"{slug}_a"]
    return submit(
        session,
        account_id=world.cast.people[by].id or 0,
        challenge=world.cast.challenges[slug],
        phase=phase,
        team_id=team.id or 0,
        ended_challenge=False,
        upload=Received(f"of {SCRIPT}.csv", path.stat().st_size, sha256),
        comment=f"note {SCRIPT}",
        now=NOON - timedelta(hours=1),
    ).submission


def record(session: Session, submission: Submission, evaluation: Evaluation, said: Report) -> None:
    """Claim a submission and record what a scorer said of it."""
    assert submission.id is not None
    taken = claim(session, submission.id, holder="h", now=NOON, lease=timedelta(minutes=9))
    assert taken is not None
    assert record_score(
        session, submission=taken, evaluation=evaluation, holder="h", report=said, now=NOON
    )


def add_results(session: Session, world: World) -> None:
    cast = world.cast
    phases = {"digits": cast.phases["phase_a"], "tides": cast.phases["tides_a"]}
    texts = {"digits": DIGITS_SOLUTION, "tides": TIDES_SOLUTION}
    live = {s: _evaluation(session, world, s, phases[s], texts[s]) for s in phases}
    for key, team, by, public, private in (
        ("digits", "pandas", "wei", 0.75, PRIVATE[0]),
        ("digits", "isar", "lena", 0.5, PRIVATE[1]),
        ("tides", "moon", "jonas", 2.5, PRIVATE_ELSEWHERE),
    ):
        sent = _sent(session, world, key, cast.teams[team], by)
        report = Report(
            outcome=Outcome.SCORED,
            public=_board(public, public - 0.25, public + 0.2, 0.625),
            private=_board(*private),
        )
        record(session, sent, live[key], report)
        world.ids[f"submission of {team}"] = sent.id or 0
    world.ids["evaluation"] = live["digits"].id or 0
    world.ids["evaluation of tides"] = live["tides"].id or 0
    _add_difference(session, world, live["digits"])


def _add_difference(session: Session, world: World, live: Evaluation) -> None:
    """What an organiser had compared on the private board, and what the worker keeps of it."""
    pandas, isar = (world.cast.teams[name].id or 0 for name in ("pandas", "isar"))
    first, second = (world.ids[f"submission of {name}"] for name in ("pandas", "isar"))
    sides = [
        {"value": value, "interval": [low, high], "method": "percentile"}
        for value, low, high, _ in PRIVATE
    ]
    session.add(
        Comparison(
            phase_id=live.phase_id,
            board=Board.PRIVATE,
            evaluation_id=live.id or 0,
            first_team_id=pandas,
            second_team_id=isar,
            first_submission_id=first,
            second_submission_id=second,
            state=ComparisonState.COMPARED,
            asked_at=NOON,
            compared_at=NOON,
            found={
                "a": sides[0],
                "b": sides[1],
                "difference": PRIVATE[0][0],
                "interval": [PRIVATE[0][1], PRIVATE[0][2]],
                "p_value": PRIVATE[0][3],
                "method": "paired",
                "rows": 3,
            },
        )
    )
    session.add(
        NextPlace(
            phase_id=live.phase_id,
            board=Board.PRIVATE,
            team_id=isar,
            submission_id=second,
            difference=PRIVATE[1][0],
            detectable=PRIVATE[1][3],
            made_at=NOON,
        )
    )
    session.flush()
