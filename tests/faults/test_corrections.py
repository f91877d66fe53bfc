"""Processes are killed while a corrected truth is scored and put live: one board, never half."""

import os
import random
import signal
import threading
import time
from contextlib import suppress

import httpx2
import pytest
from sqlmodel import func, select

from server.evaluations.models import RESCORES, Evaluation, Rescore
from server.evaluations.rules import EvaluationState
from tests.faults.checking import all_ended, check_entries
from tests.faults.correcting import Organiser, add_field, token_of
from tests.faults.killing import holds
from tests.faults.running import Running, until

KILLS = 6
SEED = 20261122


@pytest.fixture
def olga(database, settings, students, cast, instance) -> Organiser:
    """She runs a phase in which each team of a large field has a score."""
    with database.writing() as session:
        token, field = token_of(session, cast.olga), add_field(session, cast)
        session.commit()
    made = Organiser(database, settings, token)
    made.hand_in(field)
    instance.start("worker")
    until(lambda: all_ended(database))
    return made


def live(database) -> list[int]:
    """Return the numbers of the evaluations that are live: there may be one."""
    with database.reading() as session:
        is_live = Evaluation.state == EvaluationState.LIVE
        return list(session.exec(select(Evaluation.number).where(is_live)))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_worker_killed_while_it_scores_again_ends_with_the_same_scores(
    database, instance, olga, cast
):
    chance, works = random.Random(SEED), holds(instance, database, RESCORES)
    second = olga.correct(2)
    for _ in range(KILLS):
        until(works, every=0.01)
        time.sleep(chance.uniform(0.0, 0.15))
        instance.kill("worker")
        assert live(database) == [1]
        instance.start("worker")
    until(lambda: olga.state_of(second) is EvaluationState.COMPLETE, seconds=200)
    with database.reading() as session:
        interrupted = session.exec(select(func.sum(Rescore.interruptions))).one()
    assert interrupted, "no kill hit the scoring"
    olga.check_scores(second, 2)
    assert live(database) == [1]
    check_entries(database, cast.phase_a.id)


def put_live(url: str, olga: Organiser, evaluation_id: int) -> int | None:
    """Ask the web to put an evaluation live; None: it broke off."""
    address = f"{url}/api/v1/evaluations/{evaluation_id}/live"
    with suppress(httpx2.HTTPError):
        return httpx2.post(address, headers=olga.headers, timeout=30).status_code
    return None


def interrupt(instance: Running, olga: Organiser, evaluation_id: int, after: float) -> bool:
    """Kill the worker and every web process so soon after the web was asked; was it answered?"""
    answers: list[int | None] = []
    asking = threading.Thread(
        target=lambda: answers.append(put_live(instance.url, olga, evaluation_id))
    )
    asking.start()
    time.sleep(after)
    for child in instance.children("web"):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    instance.kill("worker")
    asking.join()
    instance.start("worker")
    until(instance.answers)
    return answers != [None]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_while_an_evaluation_goes_live_either_board_is_whole(database, instance, olga, cast):
    instance.start_web()
    chance, number, broken = random.Random(SEED), 2, 0
    longest = 0.0
    coming = scored(olga, number)
    for kill in range(KILLS):
        if not kill:
            began = time.monotonic()
            assert put_live(instance.url, olga, coming) == 200
            longest = time.monotonic() - began
        else:
            answered = interrupt(instance, olga, coming, chance.uniform(0.0, longest))
            broken += not answered
            # The first request took long for other reasons: the next kill comes sooner.
            longest /= 1 + answered
        now_live = live(database)
        assert now_live in ([number - 1], [number])
        check_entries(database, cast.phase_a.id)
        if now_live == [number]:
            olga.check_scores(coming, number)
            number += 1
            coming = scored(olga, number)
    assert broken, "no kill hit the request"
    assert put_live(instance.url, olga, coming) == 200
    assert live(database) == [number]
    check_entries(database, cast.phase_a.id)


def scored(olga: Organiser, number: int) -> int:
    """Begin another evaluation and wait until everything is scored under it."""
    made = olga.correct(number)
    until(lambda: olga.state_of(made) is EvaluationState.COMPLETE, seconds=120)
    return made
