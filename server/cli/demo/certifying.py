"""The demo's certificates: a standard with three levels, and what the organiser hands out."""

import time
from datetime import datetime

from server.certificates.actions import give_levels, hand_out
from server.certificates.defining import define_standard
from server.certificates.definition import define
from server.certificates.rules import HandOut
from server.challenges.queries import challenge_by_slug
from server.shared.database import Database
from server.shared.errors import Conflict
from server.shared.queue import Jobs

# Seconds: the ranges of the ranks are computed by the worker after a reveal.
MOST_PATIENCE = 60
STANDARD = {
    "slug": "applied-machine-learning",
    "title": "Applied machine learning",
    "issuer": "Varsity",
    "summary": "Models that hold on data that they have never seen, in more than one field.",
    "elementary": [{"test": "scored", "challenges": ["digits/a", "diabetes"]}],
    "intermediate": [{"test": "beats", "challenges": ["digits/a", "diabetes"], "at_least": 1}],
    "advanced": [
        {"test": "beats", "challenges": ["digits/a", "diabetes"], "at_least": 2, "fields": 2},
        {"test": "surely_beats", "challenges": ["digits/a", "diabetes"], "at_least": 1},
    ],
}


def certify(database: Database, jobs: Jobs, *, organiser_id: int, now: datetime) -> int:
    """Have the certificates of the revealed challenge and of the levels made; return the jobs."""
    asked = [_levels(database, organiser_id, now), *_places(database, organiser_id, now)]
    for job_id in asked:
        jobs.send("certificates", job_id=job_id)
    return len(asked)


def _levels(database: Database, organiser_id: int, now: datetime) -> int:
    with database.writing() as session:
        standard = define_standard(session, define(STANDARD), viewer=None, now=now)
        job = give_levels(session, standard=standard, actor_id=organiser_id, now=now)
        session.commit()
        return job.id or 0


def _places(database: Database, organiser_id: int, now: datetime) -> list[int]:
    until = time.monotonic() + MOST_PATIENCE
    while time.monotonic() < until:
        job = _hand_out(database, organiser_id, now)
        if job is not None:
            return [job]
        # Not while the database is held: the worker is to write the ranges meanwhile.
        time.sleep(0.5)
    return []


def _hand_out(database: Database, organiser_id: int, now: datetime) -> int | None:
    with database.writing() as session:
        diabetes = challenge_by_slug(session, "diabetes")
        try:
            job = hand_out(
                session, challenge=diabetes, rules=HandOut(), actor_id=organiser_id, now=now
            )
        except Conflict:
            return None
        session.commit()
        return job.id or 0
