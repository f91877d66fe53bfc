"""The worker is killed while it makes a challenge of a draft: there is one challenge, and whole."""

import random
import time
from datetime import timedelta

import pytest
from sqlmodel import func, select

from server.app import create_app
from server.challenges.models import Challenge, ChallengeFile, Organiser, Phase
from server.drafts.models import DRAFT_JOBS, DraftJob
from server.drafts.rules import DraftState, JobKind, JobState
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.shared.clock import utcnow
from server.shared.events import Event
from tests.cast import sign_in
from tests.drafts.drafting import Desk
from tests.faults.conftest import queue_url
from tests.faults.killing import holds
from tests.faults.running import running, until

# A launch that fails three times is given up and says so.
KILLS = 2


@pytest.fixture
def desk(database, settings, cast) -> Desk:
    """Olga at the pages of a draft, in the time of the processes that will launch it."""
    settings.create_challenges = "confirmed"
    settings.queue_url = queue_url()
    app = create_app(settings, database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    return Desk(sign_in(app.test_client(), cast.olga), settings, database, utcnow)


def day(days: int) -> str:
    return (utcnow() + timedelta(days=days)).strftime("%Y-%m-%dT10:00")


def one(database, query):
    with database.reading() as session:
        return session.exec(query).one()


def launch_of(database) -> DraftJob:
    return one(database, select(DraftJob).where(DraftJob.kind == JobKind.LAUNCH))


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_worker_killed_during_a_launch_makes_one_challenge(desk, settings, database, tmp_path):
    desk.begin()
    desk.fill(starts=day(-1), ends=day(30))
    desk.post("/launch", version=desk.draft().version)
    chance = random.Random(20261122)
    with running(settings, tmp_path, create_challenges="confirmed") as instance:
        instance.start("worker")
        works = holds(instance, database, DRAFT_JOBS)
        for _ in range(KILLS):
            until(works, every=0.005)
            time.sleep(chance.uniform(0.0, 0.1))
            instance.kill("worker")
            assert desk.draft().state is DraftState.EDITING
            instance.start("worker")
        until(lambda: launch_of(database).state not in (JobState.QUEUED, JobState.RUNNING))
    assert launch_of(database).state is JobState.DONE
    assert desk.draft().state is DraftState.LAUNCHED
    petals = one(database, select(Challenge).where(Challenge.slug == "petals"))
    assert petals.id == desk.draft().challenge_id
    phase = one(database, select(Phase).where(Phase.challenge_id == petals.id))
    evaluation = one(database, select(Evaluation).where(Evaluation.phase_id == phase.id))
    assert (evaluation.number, evaluation.state) == (1, EvaluationState.LIVE)
    for table, expected in ((ChallengeFile, 3), (Organiser, 1)):
        counted = select(func.count()).where(table.challenge_id == petals.id)
        assert one(database, counted) == expected
    assert one(database, select(Event).where(Event.kind == "draft.launched"))
