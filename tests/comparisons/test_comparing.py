"""The worker's part: real files and hidden answers, a child that dies, a signal that is lost."""

import hashlib
from datetime import timedelta

import pytest
from sqlmodel import select

from server.boards.chosen import Asked, choose
from server.comparisons.actions import ask, claim
from server.comparisons.comparing import Comparer
from server.comparisons.models import COMPARISONS, Comparison
from server.comparisons.rules import ComparisonState
from server.evaluations.models import Evaluation
from server.evaluations.tools import Tools
from server.shared.access import VISITOR
from server.shared.isolation import LimitExceeded, NoChildren
from server.shared.storage import FileStore, Stores
from server.submissions.models import Submission
from tests.cast import NOON
from tests.faults.producing import ROWS, solution_text, truth
from tests.scores import SPEC

LEASE = timedelta(minutes=10)


class Sent:
    """Stands for the engine: remembers what was sent."""

    def __init__(self) -> None:
        self.signals: list[int] = []

    def handle(self, name: str, handler: object) -> None:
        """Signals are delivered by hand in these tests."""

    def send(self, name: str, *, comparison_id: int) -> None:
        self.signals.append(comparison_id)

    def waiting(self) -> int:
        return 0


class Here:
    """Stands for the limited child: runs what it is given here, or dies first."""

    def __init__(self) -> None:
        self.dies = False
        self.runs = 0

    def run(self, function, *arguments) -> str:
        self.runs += 1
        if self.dies:
            raise LimitExceeded("scoring took longer than 1 s of wall time")
        return function(*arguments)


def _predictions(wrong: int) -> str:
    return "id,digit\n" + "".join(f"{i},{(truth(i) + (i < wrong)) % 3}\n" for i in range(ROWS))


def put_file(tmp_path, store: FileStore, text: str) -> str:
    path = tmp_path / "to-store"
    path.write_text(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    store.put(path, sha256)
    return sha256


@pytest.fixture
def stores(session, two, tmp_path) -> Stores:
    """Real files in the place of those that the rows name: 6 and 30 rows of 60 are wrong."""
    public, hidden = (FileStore(str(tmp_path / name)) for name in ("public", "hidden"))

    for submission, wrong in zip(two, (6, 30), strict=True):
        row = session.get_one(Submission, submission.id)
        row.sha256 = put_file(tmp_path, public, _predictions(wrong))
        session.add(row)
    evaluation = session.exec(select(Evaluation)).one()
    evaluation.solution_sha256, evaluation.spec = put_file(tmp_path, hidden, solution_text()), SPEC
    session.add(evaluation)
    session.commit()
    return Stores(public, hidden)


@pytest.fixture
def row_id(session, cast, stores) -> int:
    chosen = choose(session, cast.digits, Asked(phase="a"), viewer=VISITOR, now=NOON)
    pair = ask(session, chosen, a=cast.pandas.id, b=cast.isar.id, actor_id=cast.mei.id, now=NOON)
    session.commit()
    return pair.row.id


@pytest.fixture
def comparer(database, stores, clock) -> Comparer:
    return Comparer(
        Tools(
            database=database,
            stores=stores,
            jobs=Sent(),
            isolation=Here(),
            clock=clock,
            name="host/1/2",
            lease=LEASE,
        )
    )


def read(database, row_id: int) -> Comparison:
    with database.reading() as session:
        return session.get_one(Comparison, row_id)


def test_two_files_are_compared_on_the_public_rows_alone(database, comparer, row_id):
    comparer.compare(row_id)
    row = read(database, row_id)
    assert row.state is ComparisonState.COMPARED
    assert row.found["rows"] == ROWS / 2
    assert sorted((row.found["a"]["value"], row.found["b"]["value"])) == [0.5, 0.9]
    assert abs(row.found["difference"]) == pytest.approx(0.4)
    low, high = row.found["interval"]
    assert low < row.found["difference"] < high
    assert row.found["p_value"] < 0.01
    assert (row.compared_at, row.lease_holder, row.trace) == (NOON, None, None)
    # How two teams' files differ is nobody's business.
    assert row.found["differing"] is None


def test_done_twice_it_changes_nothing(database, comparer, row_id, clock):
    comparer.compare(row_id)
    clock.forward(hours=1)
    comparer.compare(row_id)
    assert comparer.tools.isolation.runs == 1
    assert read(database, row_id).compared_at == NOON


def test_the_sweep_finds_what_a_killed_worker_left_and_it_is_made_once(database, comparer, row_id):
    with database.writing() as session:
        claim(session, row_id, holder="dead/7/8/x", now=NOON, lease=LEASE)
        session.commit()
    comparer.sweep()
    comparer.compare(row_id)
    assert (comparer.tools.jobs.signals, comparer.tools.isolation.runs) == ([], 0)
    with database.writing() as session:
        COMPARISONS.give_back(session, "dead/7/8", died=True)
        session.commit()
    comparer.fail_interrupted()
    comparer.sweep()
    assert comparer.tools.jobs.signals == [row_id]
    for _ in range(2):
        comparer.compare(row_id)
    comparer.sweep()
    assert comparer.tools.jobs.signals == [row_id]
    assert comparer.tools.isolation.runs == 1
    assert read(database, row_id).interruptions == 1


def test_over_a_limit_three_times_it_failed_and_says_which_limit(database, comparer, row_id):
    comparer.tools.isolation.dies = True
    for _ in range(4):
        comparer.compare(row_id)
    row = read(database, row_id)
    assert (row.state, comparer.tools.isolation.runs) == (ComparisonState.FAILED, 3)
    assert "wall time" in row.trace


def test_a_fault_in_the_child_is_kept_for_the_organiser(database, comparer, row_id, stores):
    with database.writing() as session:
        evaluation = session.exec(select(Evaluation)).one()
        evaluation.spec = SPEC | {"scorer": "no_such_metric"}
        session.add(evaluation)
        session.commit()
    comparer.compare(row_id)
    row = read(database, row_id)
    assert (row.state, row.attempts) == (ComparisonState.QUEUED, 1)
    assert "no_such_metric" in row.trace


def test_a_machine_that_can_start_nothing_costs_no_try(comparer, database, row_id, monkeypatch):
    def nothing(*_arguments) -> str:
        raise NoChildren("no process can be started")

    monkeypatch.setattr(comparer.tools.isolation, "run", nothing)
    comparer.compare(row_id)
    row = read(database, row_id)
    assert (row.state, row.attempts, row.lease_holder) == (ComparisonState.QUEUED, 0, None)
