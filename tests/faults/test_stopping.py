"""Clean stops, lost signals and dead workers: every submission is found again."""

import io
import os
import random
import socket
import sqlite3
from datetime import timedelta

import redis
from sqlmodel import select

from server.app import create_app
from server.boards.models import Entry
from server.shared.clock import utcnow
from server.shared.schedules import WorkerBeat
from server.submissions.claims import claim
from server.submissions.models import SUBMISSIONS, Submission
from server.submissions.rules import SubmissionState
from tests.faults.checking import all_ended
from tests.faults.producing import predictions, upload
from tests.faults.running import until


def send(instance, students, *, count: int = 1) -> list[int]:
    """Upload files in turn and return their ids."""
    chance, ids = random.Random(5), []
    for number in range(count):
        student = students[number % len(students)]
        answer = upload(instance.url, student, predictions(chance)[0], f"file {number}")
        assert answer.status_code == 202, answer.text
        ids.append(answer.json()["id"])
    return ids


def states(database) -> list[SubmissionState]:
    with database.reading() as session:
        return list(session.exec(select(Submission.state).order_by(Submission.id)))


def forget_signals(settings) -> None:
    """Lose every signal that waits in the engine."""
    if settings.queue_url:
        redis.Redis.from_url(settings.queue_url).flushdb()
        return
    with sqlite3.connect(settings.data_dir / "queue.db") as queue:
        queue.execute("DELETE FROM task")


def hand_in(database, settings, students, *, count: int = 1) -> list[int]:
    """Upload through an application in this process, where only the worker is looked at."""
    client = create_app(settings, database=database).test_client()
    chance, ids = random.Random(5), []
    for student in students[:count]:
        file = (io.BytesIO(predictions(chance)[0].encode()), "predictions.csv")
        answer = client.post(
            "/api/v1/challenges/digits/submissions",
            headers={"Authorization": f"Bearer {student.token}"},
            data={"file": file},
        )
        assert answer.status_code == 202, answer.text
        ids.append(answer.json["id"])
    return ids


def test_a_lost_signal_is_found_by_the_sweep(database, settings, instance, students):
    hand_in(database, settings, students, count=3)
    forget_signals(settings)
    instance.start("worker")
    until(lambda: all_ended(database))
    assert set(states(database)) == {SubmissionState.SCORED}


def test_both_stop_on_sigterm_and_the_list_of_workers_is_empty(database, instance, students):
    instance.start_web()
    instance.start("worker")
    send(instance, students)
    until(lambda: all_ended(database))
    assert instance.terminate("worker") == 0
    assert instance.terminate("web") == 0
    with database.reading() as session:
        assert not session.exec(select(WorkerBeat)).all()
        assert not SUBMISSIONS.holders(session)


def temporary(instance) -> list[str]:
    """What of ours lies in the instance's temporary folder, without the ends of names."""
    return sorted(path.name[:-8] for path in instance.temporary.glob("varsity-*"))


def test_what_a_killed_worker_left_goes_with_the_next_and_a_stopped_one_leaves_nothing(
    database, settings, instance, students
):
    hand_in(database, settings, students)
    instance.start("worker")
    until(lambda: all_ended(database))
    instance.kill("worker")
    assert temporary(instance) == ["varsity-own-"]
    hand_in(database, settings, students)
    (killed,) = instance.temporary.glob("varsity-*")
    instance.start("worker")
    until(lambda: all_ended(database))
    until(lambda: not killed.exists())
    assert temporary(instance) == ["varsity-own-"]
    assert instance.terminate("worker") == 0
    assert temporary(instance) == []


def test_sigterm_finishes_or_gives_back_and_the_next_worker_goes_on(
    database, instance, students, cast
):
    instance.start_web()
    instance.start("worker")
    send(instance, students, count=16)
    until(lambda: SubmissionState.SCORED in states(database))
    assert instance.terminate("worker") == 0
    assert SubmissionState.SCORING not in states(database)
    assert SubmissionState.FAILED not in states(database)
    instance.start("worker")
    until(lambda: all_ended(database))
    assert set(states(database)) == {SubmissionState.SCORED}
    with database.reading() as session:
        assert len(session.exec(select(Entry)).all()) == len(students) * 2


def test_what_a_killed_worker_held_is_free_before_its_lease_ends(
    database, settings, instance, students
):
    (submission_id,) = hand_in(database, settings, students)
    # This process lives, but it was not born then: its number was another's.
    dead = f"{socket.gethostname()}/{os.getpid()}/1/{'a' * 16}"
    with database.writing() as session:
        assert claim(session, submission_id, holder=dead, now=utcnow(), lease=timedelta(hours=1))
        session.commit()
    instance.start("worker")
    until(lambda: all_ended(database))
    with database.reading() as session:
        scored = session.get_one(Submission, submission_id)
        assert (scored.state, scored.interruptions) == (SubmissionState.SCORED, 1)
