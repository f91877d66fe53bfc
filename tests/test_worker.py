"""The worker in this process, with real files and real children: each end of a submission."""

import hashlib
import re
from datetime import timedelta

import pytest
import structlog
from sqlmodel import col, select

from server.boards.entries import rebuild_in_phase
from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.evaluations.models import Evaluation, Replicates, Score
from server.evaluations.rules import Board, EvaluationState
from server.shared.isolation import Isolation, Killed, LimitExceeded, Limits
from server.shared.schedules import WorkerBeat
from server.shared.storage import FileStore
from server.submissions.actions import Received, submit, withdraw
from server.submissions.claims import claim
from server.submissions.models import Submission
from server.submissions.rules import MOST_ATTEMPTS, SubmissionState
from server.worker import Worker
from tests.cast import NOON
from tests.faults.producing import ROWS, solution_text, truth
from tests.scores import LEASE, add_live

PERFECT = "id,digit\n" + "".join(f"{i},{truth(i)}\n" for i in range(ROWS))


def put(store: str, text: str, folder) -> str:
    path = folder / "to-store"
    path.write_text(text)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    FileStore(store).put(path, sha256)
    return sha256


@pytest.fixture
def live(database, settings, cast, tmp_path) -> Evaluation:
    solution = put(settings.hidden_store, solution_text(), tmp_path)
    with database.writing() as session:
        made = add_live(session, session.get_one(Phase, cast.phase_a.id), solution=solution)
        session.commit()
    return made


@pytest.fixture
def send(database, settings, cast, tmp_path, live):
    """Have the Giant Pandas submit a text."""

    def send(text: str, *, stored: bool = True) -> int:
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        if stored:
            put(settings.public_store, text, tmp_path)
        with database.writing() as session:
            submission = submit(
                session,
                account_id=cast.wei.id,
                challenge=session.get_one(Challenge, cast.digits.id),
                phase=session.get_one(Phase, cast.phase_a.id),
                team_id=cast.pandas.id,
                ended_challenge=False,
                upload=Received("predictions.csv", len(text), sha256),
                comment="",
                now=NOON,
            ).submission
            session.commit()
        return submission.id

    return send


@pytest.fixture
def worker(settings, database, clock, live):
    settings.workers = 1
    made = Worker(settings, clock=clock)
    yield made
    if not made.stopping.is_set():
        made.stop()


def row(database, submission_id: int) -> Submission:
    with database.reading() as session:
        return session.get_one(Submission, submission_id)


def test_a_good_file_is_scored_and_on_the_board(worker, database, send):
    submission_id = send(PERFECT)
    worker.scorer.score(submission_id)
    worker.scorer.score(submission_id)
    scored = row(database, submission_id)
    assert (scored.state, scored.lease_holder, worker.scorer.scored) == (
        SubmissionState.SCORED,
        None,
        1,
    )
    with database.reading() as session:
        scores = session.exec(select(Score)).all()
        assert {s.board: s.value for s in scores} == {Board.PUBLIC: 1.0, Board.PRIVATE: 1.0}
        assert len(session.exec(select(Entry)).all()) == 2


def test_a_wrong_file_is_rejected_with_its_places(worker, database, send):
    submission_id = send(PERFECT.replace("\n7,1\n", "\n7,9\n"))
    worker.scorer.score(submission_id)
    rejected = row(database, submission_id)
    assert (rejected.state, rejected.fault_count) == (SubmissionState.REJECTED, 1)
    assert rejected.faults[0]["line"] == 9
    assert rejected.trace is None


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_file_is_rejected_and_says_so(worker, database, send, content):
    submission_id = send(content)
    worker.scorer.score(submission_id)
    rejected = row(database, submission_id)
    assert (rejected.state, rejected.fault_count) == (SubmissionState.REJECTED, 1)
    assert rejected.message.startswith("The file is empty")
    assert (rejected.faults[0]["code"], rejected.trace) == ("empty_file", None)


def test_a_file_that_is_missing_is_ours_and_tried_again_ever_later(worker, database, send, clock):
    submission_id = send("id,digit\n", stored=False)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        worker.scorer.score(submission_id)
        # A second signal changes nothing before its time.
        worker.scorer.score(submission_id)
        assert row(database, submission_id).attempts == attempt
        clock.forward(minutes=10)
    failed = row(database, submission_id)
    assert failed.state is SubmissionState.FAILED
    assert "the submitted file is missing in the store" in failed.trace
    assert failed.message is None


def test_a_phase_without_a_live_evaluation_is_a_fault_with_its_reason(worker, database, send, live):
    submission_id = send(PERFECT)
    with database.writing() as session:
        session.merge(live).state = EvaluationState.PAST
        session.commit()
    worker.scorer.score(submission_id)
    queued = row(database, submission_id)
    assert (queued.state, queued.trace) == (
        SubmissionState.QUEUED,
        "The phase has no live evaluation.",
    )


def test_a_store_that_is_away_for_ten_minutes_costs_nobody_a_score(
    worker, database, settings, send, clock, tmp_path
):
    submission_id = send(PERFECT, stored=False)
    engine = worker.jobs.engine
    engine.storage.flush_all()

    def sweep() -> None:
        worker.scorer.sweep()
        while worker.jobs.waiting():
            engine.execute(engine.dequeue())

    for _ in range(60):
        sweep()
        clock.forward(seconds=10)
    waiting = row(database, submission_id)
    assert (waiting.state, waiting.attempts) == (SubmissionState.QUEUED, 4)
    put(settings.public_store, PERFECT, tmp_path)
    sweep()
    assert row(database, submission_id).state is SubmissionState.QUEUED
    clock.forward(minutes=3)
    sweep()
    scored = row(database, submission_id)
    assert (scored.state, scored.attempts) == (SubmissionState.SCORED, 4)


def test_garbage_from_the_child_is_a_fault_and_the_next_is_scored(
    worker, database, send, monkeypatch, clock
):
    first, second = send(PERFECT), send(PERFECT + "\n")
    with monkeypatch.context() as patch:
        patch.setattr(worker.tools.isolation, "run", lambda *_: '{"outcome": "perhaps"')
        for _ in range(MOST_ATTEMPTS):
            worker.scorer.score(first)
            clock.forward(minutes=10)
    worker.scorer.score(second)
    assert row(database, first).state is SubmissionState.FAILED
    assert row(database, second).state is SubmissionState.SCORED


def test_a_limit_that_was_exceeded_fails_at_once_and_is_named(worker, database, send, monkeypatch):
    submission_id = send(PERFECT)

    def too_long(*_arguments):
        raise LimitExceeded("scoring took longer than 300 s of wall time")

    monkeypatch.setattr(worker.tools.isolation, "run", too_long)
    worker.scorer.score(submission_id)
    failed = row(database, submission_id)
    assert failed.state is SubmissionState.FAILED
    assert failed.trace == "scoring took longer than 300 s of wall time"


def test_a_child_that_was_killed_from_outside_says_nothing_of_the_file(
    worker, database, send, monkeypatch, clock
):
    unlucky, hopeless = send(PERFECT), send(PERFECT + "\n")

    def killed(*_arguments):
        raise Killed("the scoring process died (exit code -9)")

    with monkeypatch.context() as patch:
        patch.setattr(worker.tools.isolation, "run", killed)
        worker.scorer.score(unlucky)
        for _ in range(MOST_ATTEMPTS):
            worker.scorer.score(hopeless)
            clock.forward(minutes=10)
    assert row(database, unlucky).state is SubmissionState.QUEUED
    worker.scorer.score(unlucky)
    assert row(database, unlucky).state is SubmissionState.SCORED
    failed = row(database, hopeless)
    assert failed.state is SubmissionState.FAILED
    assert failed.trace == "the scoring process died (exit code -9)"


def test_a_child_without_memory_fails_and_the_worker_goes_on(worker, database, send):
    starved, fed = send(PERFECT), send(PERFECT + "\n")
    plenty = worker.tools.isolation
    worker.tools.isolation = Isolation(workers=1, limits=Limits(80_000_000, 20))
    worker.scorer.score(starved)
    worker.tools.isolation.stop()
    worker.tools.isolation = plenty
    worker.scorer.score(fed)
    assert row(database, starved).state is not SubmissionState.SCORED
    assert row(database, fed).state is SubmissionState.SCORED


def test_what_another_worker_holds_is_left_alone(worker, database, send):
    submission_id = send(PERFECT)
    with database.writing() as session:
        claim(session, submission_id, holder="elsewhere/1/1/a", now=NOON, lease=LEASE)
        session.commit()
    worker.scorer.score(submission_id)
    assert row(database, submission_id).lease_holder == "elsewhere/1/1/a"


def test_what_does_not_exist_is_no_work(worker):
    worker.scorer.score(4711)
    assert worker.scorer.scored == 0


def test_a_worker_of_another_machine_is_waited_for_until_its_lease_ends(
    worker, database, send, clock
):
    submission_id = send(PERFECT)
    with database.writing() as session:
        claim(session, submission_id, holder="elsewhere/1/1/a", now=NOON, lease=LEASE)
        session.commit()
    worker.chores.run_due()
    worker.scorer.score(submission_id)
    assert row(database, submission_id).state is SubmissionState.SCORING
    clock.forward(seconds=LEASE.total_seconds() + 1)
    worker.scorer.score(submission_id)
    scored = row(database, submission_id)
    assert (scored.state, scored.interruptions) == (SubmissionState.SCORED, 1)


def test_a_worker_that_stops_gives_back_what_it_holds_and_takes_nothing_new(worker, database, send):
    held, late = send(PERFECT), send(PERFECT + "\n")
    with database.writing() as session:
        claim(session, held, holder=f"{worker.name}/aa", now=NOON, lease=LEASE)
        session.commit()
    worker._beat()
    worker.stop()
    worker.scorer.score(late)
    assert {row(database, i).state for i in (held, late)} == {SubmissionState.QUEUED}
    with database.reading() as session:
        assert not session.exec(select(WorkerBeat)).all()


def test_the_sweep_signals_what_waits(worker, database, send, clock):
    submission_id = send(PERFECT)
    worker.jobs.engine.storage.flush_all()
    clock.forward(seconds=60)
    worker.chores.run_due()
    assert worker.jobs.waiting() == 1
    worker.jobs.engine.execute(worker.jobs.engine.dequeue())
    assert row(database, submission_id).state is SubmissionState.SCORED


def replicates(database, submission_id: int) -> list[bytes]:
    with database.reading() as session:
        query = select(Replicates.data).join(Score).where(Score.submission_id == submission_id)
        return list(session.exec(query.order_by(col(Score.board))))


def test_a_file_that_counts_again_gets_the_very_replicates_that_it_had(
    worker, database, send, cast, live
):
    wrong = PERFECT.replace(f"0,{truth(0)}", f"0,{(truth(0) + 1) % 3}", 1)
    older = send(wrong)
    worker.scorer.score(older)
    before = replicates(database, older)
    best = send(PERFECT)
    worker.scorer.score(best)
    assert (len(before), replicates(database, older)) == (2, [])
    with database.writing() as session:
        phase = session.get_one(Phase, cast.phase_a.id)
        row = session.get_one(Submission, best)
        withdraw(session, submission=row, phase=phase, actor_id=cast.wei.id, now=NOON)
        rebuild_in_phase(session, phase=phase, team_id=cast.pandas.id)
        session.commit()
    worker.chores.rank_ranges()
    worker.chores.parts.replenisher.replenish(older, live.id)
    worker.chores.parts.replenisher.replenish(older, live.id)
    assert replicates(database, older) == before


def test_a_phase_that_ended_is_revealed_by_the_worker(worker, database, send, cast, clock):
    worker.scorer.score(send(PERFECT))
    with database.reading() as session:
        ends = session.get_one(Phase, cast.phase_a.id).ends
    clock.moment = ends + timedelta(hours=1)
    worker.chores.run_due()
    with database.reading() as session:
        assert session.get_one(Phase, cast.phase_a.id).revealed_at == clock.moment


BREAKS_OUT = """
import os
higher_is_better = True
def score(truth, prediction) -> float:
    if (prediction == 2).all():
        os.kill(os.getppid(), 9)
        os._exit(0)
    return float((truth == prediction).mean())
"""


def test_a_metric_file_that_breaks_out_fails_by_name_and_the_next_is_scored(
    worker, database, send, live
):
    with database.writing() as session:
        evaluation = session.merge(live)
        evaluation.scorer = "metric.py"
        evaluation.spec = {**evaluation.spec, "scorer": "metric.py", "code": BREAKS_OUT}
        session.commit()
    constant = "id,digit\n" + "".join(f"{i},2\n" for i in range(ROWS))
    bad, good = send(constant), send(PERFECT)
    worker.scorer.score(bad)
    worker.scorer.score(good)
    failed, scored = row(database, bad), row(database, good)
    assert failed.state is SubmissionState.FAILED
    assert re.match(r"metric\.py (raised PermissionError|ended its process)", failed.trace)
    assert failed.message is None
    assert scored.state is SubmissionState.SCORED
    with database.reading() as session:
        values = {s.board: s.value for s in session.exec(select(Score))}
    assert values == {Board.PUBLIC: 1.0, Board.PRIVATE: 1.0}


def test_the_worker_says_what_scoring_is_kept_by(worker, capsys):
    with structlog.testing.capture_logs() as logs:
        worker.log_protection()
    (line,) = logs
    assert line["event"] == "protection"
    assert set(line) >= {"scoring_network", "scoring_writes", "metrics_files", "metrics_user"}
