"""A phase with a ladder, from real files, with two workers at once: what a child does, done here."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from server.boards.ladder import answers_of
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking
from server.evaluations.models import Evaluation
from server.evaluations.queries import live_evaluation
from server.evaluations.rescores import queue_rescoring
from server.evaluations.rules import EvaluationState
from server.shared.settings import Settings
from server.shared.storage import FileStore
from server.submissions.actions import Received, submit
from server.worker import Worker
from tests.cast import NOON, Cast
from tests.faults.producing import ROWS, solution_text, truth
from tests.scores import add_live


def put(store: str, text: str, folder: Path) -> str:
    path = folder / "to-store"
    path.write_text(text)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    FileStore(store).put(path, sha256)
    return sha256


def wrong_in(step: int) -> str:
    """Predictions of which each so many is wrong."""
    labels = [(truth(i) + (i % step == 0)) % 3 for i in range(ROWS)]
    return "id,digit\n" + "".join(f"{i},{label}\n" for i, label in enumerate(labels))


def send(session: Session, settings: Settings, cast: Cast, folder: Path, minute: int, text: str):
    sha256 = put(settings.public_store, text, folder)
    return submit(
        session,
        account_id=cast.wei.id,
        challenge=session.get_one(Challenge, cast.digits.id),
        phase=session.get_one(Phase, cast.phase_a.id),
        team_id=cast.pandas.id,
        ended_challenge=False,
        upload=Received("predictions.csv", len(text), sha256),
        comment="",
        now=NOON + timedelta(minutes=minute),
    ).submission.id


@pytest.fixture
def sent(database, settings, cast, tmp_path) -> list[int]:
    """A third wrong, one row better, and nearly all right: of the Giant Pandas."""
    solution = put(settings.hidden_store, solution_text(), tmp_path)
    with database.writing() as session:
        phase = session.get_one(Phase, cast.phase_a.id)
        phase.ranking = Ranking.LADDER
        add_live(session, phase, solution=solution)
        texts = [wrong_in(3), wrong_in(3).replace("\n0,1\n", "\n0,0\n"), wrong_in(20)]
        ids = [send(session, settings, cast, tmp_path, m, t) for m, t in enumerate(texts)]
        session.commit()
    return ids


def improved(database, ids: list[int], evaluation: Evaluation) -> list[tuple[float, bool]]:
    with database.reading() as session:
        answers = answers_of(session, ids)
    return [(round(a.released, 6), a.improved) for a in (answers[i, evaluation.id] for i in ids)]


def test_two_at_once_climb_one_ladder_and_so_does_a_correction(
    settings, database, clock, cast, sent, monkeypatch
):
    settings.workers = 2
    worker = Worker(settings, clock=clock)
    monkeypatch.setattr(worker.tools.isolation, "run", lambda do, *given: do(*given))
    try:
        with ThreadPoolExecutor(2) as both:
            list(both.map(worker.scorer.score, reversed(sent)))
        with database.reading() as session:
            live = live_evaluation(session, cast.phase_a.id)
        found = improved(database, sent, live)
        assert [better for _, better in found] == [True, False, True]
        assert found[1][0] == found[0][0] < found[2][0]
        with database.writing() as session:
            phase = session.get_one(Phase, cast.phase_a.id)
            solution = live.solution_sha256
            beside = add_live(
                session, phase, number=2, state=EvaluationState.SCORING, solution=solution
            )
            pairs = queue_rescoring(session, beside)
            session.commit()
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda pair: worker.chores.parts.rescorer.rescore(*pair), pairs))
        assert improved(database, sent, beside) == found
    finally:
        worker.stop()
