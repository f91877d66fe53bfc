"""A truth that is corrected in the browser moves no row from one board to the other."""

import hashlib
from itertools import chain
from pathlib import Path

import pytest
from sqlmodel import select

from scorers.sentences import from_json
from scorers.spec import BY_LABEL
from server.challenges.models import Challenge
from server.corrections.actions import Wanted, give_up, put_live, start_evaluation
from server.corrections.rescoring import Rescorer
from server.evaluations.models import Evaluation, Score
from server.evaluations.rules import Board, EvaluationState
from server.evaluations.sides import bases_of
from server.evaluations.tools import Tools
from server.shared.errors import Conflict
from server.shared.storage import FileStore, Stores
from tests.cast import NOON
from tests.corrections.correcting import boards
from tests.evaluations.standing import sides_in
from tests.scores import LEASE, SPEC

ROWS = 30
DRAWN = SPEC | {
    "public_fraction": 0.4,
    "split_seed": 3,
    "draw": BY_LABEL,
    "replicates": 0,
    "header": ["id", "digit"],
}
TRUTH = {str(row): str(row * 7 % 3) for row in range(ROWS)}


class Engine:
    """It sends nothing, and runs what a child would run."""

    def __init__(self) -> None:
        self.sent: list[tuple] = []

    def handle(self, name: str, handler: object) -> None:
        """Nothing is taken in these tests."""

    def send(self, name: str, **arguments: int) -> None:
        self.sent.append((name, *arguments.values()))

    def run(self, function, *arguments: object) -> str:
        return function(*arguments)


class World:
    """A phase whose rows are drawn; Pandas told the truth, Isar a zero for each row."""

    def __init__(self, session, cast, database, clock, tmp_path: Path) -> None:
        self.session, self.cast, self.folder = session, cast, tmp_path
        self.stores = Stores(FileStore(str(tmp_path / "p")), FileStore(str(tmp_path / "h")))
        engine = Engine()
        self.sent = engine.sent
        self.rescorer = Rescorer(
            Tools(
                database=database,
                stores=self.stores,
                jobs=engine,
                isolation=engine,
                clock=clock,
                name="host/1/2",
                lease=LEASE,
            )
        )
        self.phase, self.live, self.submissions = boards(session, cast)
        self.live.solution_sha256 = self.put(self.stores.hidden_files, TRUTH)
        self.live.spec = DRAWN
        session.add(self.live)
        for submission, right in zip(self.submissions, (TRUTH, {}), strict=True):
            guessed = {row: right.get(row, "0") for row in TRUTH}
            submission.sha256 = self.put(self.stores.public_files, guessed)
            session.add(submission)
        session.commit()

    def put(self, store: FileStore, rows: dict[str, str], header: str = "id,digit") -> str:
        text = "".join(f"{row},{digit}\n" for row, digit in rows.items())
        path, content = self.folder / "sent", f"{header}\n{text}".encode()
        path.write_bytes(content)
        named = hashlib.sha256(content).hexdigest()
        store.put(path, named)
        return named

    def begin(self, rows: dict[str, str] | None, header="id,digit", **metric) -> Evaluation:
        named = None if rows is None else self.put(self.stores.public_files, rows, header)
        wanted = Wanted(self.phase.slug, "two digits were wrong", None, None, named)
        begun = start_evaluation(
            self.session,
            challenge=self.session.get_one(Challenge, self.phase.challenge_id),
            wanted=wanted._replace(**metric),
            actor_id=self.cast.olga.id,
            now=NOON,
        )
        self.session.commit()
        return begun

    def correct(self, rows: dict[str, str] | None, **metric) -> Evaluation:
        """Begin an evaluation, and have a worker look at it."""
        begun = self.begin(rows, **metric)
        self.rescorer.adopt(begun.id)
        self.session.refresh(begun)
        self.session.commit()
        return begun

    def finish(self, evaluation: Evaluation) -> None:
        """Score everything under it, and put it live."""
        pairs = [(submission.id, evaluation.id) for submission in self.submissions]
        self.session.commit()
        assert [self.rescorer.rescore(*pair) for pair in pairs] == [True, True]
        self.session.refresh(evaluation)
        self.session.refresh(self.phase)
        who = {"actor_id": self.cast.olga.id, "now": NOON}
        put_live(self.session, evaluation=evaluation, phase=self.phase, **who)
        self.session.commit()

    def sides(self, evaluation: Evaluation) -> dict[str, str]:
        found = sides_in(self.stores, evaluation)
        self.session.commit()
        return found


@pytest.fixture
def world(session, cast, database, clock, tmp_path) -> World:
    return World(session, cast, database, clock, tmp_path)


def relabelled(*rows: str) -> dict[str, str]:
    return TRUTH | {row: str((int(TRUTH[row]) + 1) % 3) for row in rows}


def test_a_corrected_label_is_scored_where_it_was(world, session):
    before = world.sides(world.live)
    wrong = next(row for row, side in before.items() if side == "Public")
    second = world.correct(relabelled(wrong))
    assert second.state is EvaluationState.SCORING
    assert world.sides(second) == before
    assert world.stores.hidden_files.has(second.spec["sides"])
    assert not world.stores.public_files.has(second.spec["sides"])
    world.finish(second)
    public = [row for row, side in before.items() if side == "Public"]
    of_pandas = session.exec(
        select(Score).where(
            Score.submission_id == world.submissions[0].id, Score.evaluation_id == second.id
        )
    )
    values = {score.board: (score.value, score.rows) for score in of_pandas}
    assert values == {
        Board.PUBLIC: (pytest.approx(1 - 1 / len(public)), len(public)),
        Board.PRIVATE: (1.0, ROWS - len(public)),
    }


def test_correction_upon_correction_moves_nothing(world):
    known = world.sides(world.live)
    steps = [
        relabelled("1", "5", "9", "13"),
        {row: digit for row, digit in reversed(TRUTH.items()) if int(row) % 4},
        TRUTH | {f"new{row}": str(row % 3) for row in range(12)},
    ]
    for rows in steps:
        evaluation = world.correct(rows)
        now = world.sides(evaluation)
        assert now.keys() == rows.keys()
        assert all(side == known.get(row, side) for row, side in now.items())
        known |= now
        if rows.keys() <= TRUTH.keys():
            world.finish(evaluation)


def test_another_metric_alone_moves_nothing(world):
    second = world.correct(None, scorer="f1", params={"average": "macro"})
    assert second.state is EvaluationState.SCORING
    assert world.sides(second) == world.sides(world.live)


def test_the_table_goes_along_while_it_says_all(world):
    second = world.correct(relabelled("1"))
    world.finish(second)
    third = world.correct(relabelled("1", "2"))
    assert third.spec["sides"] == second.spec["sides"]


def test_new_rows_of_two_that_are_not_decided_stand_alike(world):
    more = {f"new{row}": str(row % 3) for row in range(8)}
    second = world.correct(TRUTH | more)
    third = world.correct(TRUTH | more | {f"newer{row}": "0" for row in range(9)})
    before, after = world.sides(second), world.sides(third)
    assert all(after[row] == side for row, side in before.items())


def test_one_that_was_begun_meanwhile_has_the_other_looked_at_again(world, monkeypatch):
    more = {f"new{row}": str(row % 3) for row in range(8)}
    second, third = world.begin(TRUTH | more), world.begin(TRUTH | more | {"newer": "0"})
    look = world.rescorer._look

    def and_the_other_is_taken_in(evaluation):
        looked = look(evaluation)
        monkeypatch.setattr(world.rescorer, "_look", look)
        world.rescorer.adopt(second.id)
        return looked

    monkeypatch.setattr(world.rescorer, "_look", and_the_other_is_taken_in)
    world.sent.clear()
    world.rescorer.adopt(third.id)
    assert ("adopt", third.id) in world.sent
    world.session.refresh(third)
    assert third.state is EvaluationState.RECEIVED
    world.session.commit()
    world.rescorer.adopt(third.id)
    for evaluation in (second, third):
        world.session.refresh(evaluation)
        assert evaluation.state is EvaluationState.SCORING
    world.session.commit()
    before, after = world.sides(second), world.sides(third)
    assert all(after[row] == side for row, side in before.items())


def agree(*sides: dict[str, str]) -> bool:
    """Whether each row is on one board wherever it is known, and some row is known twice."""
    known: dict[str, set[str]] = {}
    for row, side in chain.from_iterable(one.items() for one in sides):
        known.setdefault(row, set()).add(side)
    return all(len(boards) == 1 for boards in known.values()) and len(known) < sum(map(len, sides))


@pytest.mark.parametrize("is_put_live", [False, True])
def test_new_rows_of_two_that_are_looked_at_in_reverse_stay_where_each_put_them(world, is_put_live):
    older = {f"older{row}": str(row % 3) for row in range(12)}
    newer = {f"newer{row}": str(row % 3) for row in range(12)}
    second, third = world.begin(TRUTH | older), world.begin(TRUTH | newer)
    for evaluation in (third, second):
        world.rescorer.adopt(evaluation.id)
        world.session.refresh(evaluation)
        world.session.commit()
        if is_put_live:
            world.finish(evaluation)
    more = {f"more{row}": str(row % 2) for row in range(17)}
    fourth = world.correct(dict(reversed((TRUTH | newer | more | older).items())))
    found = [world.sides(evaluation) for evaluation in (world.live, second, third, fourth)]
    assert agree(*found)
    assert {found[1][row] for row in older} == {"Public", "Private"}


def test_answers_that_several_evaluations_share_are_read_once(world):
    second = world.correct(None, scorer="f1", params={"average": "macro"})
    third = world.correct(None, scorer="f1", params={"average": "micro"})
    assert third.spec["sides"] == second.spec["sides"]
    bases = bases_of(world.session, world.phase.id, world.live.spec)
    assert [base.number for base in bases] == [1, 3]
    world.session.commit()


def test_the_same_correction_is_not_begun_twice(world):
    world.correct(relabelled("1"))
    with pytest.raises(Conflict, match="is the same"):
        world.begin(relabelled("1"))
    world.session.rollback()


def test_what_was_discarded_left_nothing_behind(world):
    second = world.correct(TRUTH | {"new": "1"})
    who = {"actor_id": world.cast.olga.id, "now": NOON}
    give_up(world.session, evaluation=second, phase=world.phase, **who)
    world.session.commit()
    third = world.correct(relabelled("1"))
    table = world.stores.hidden_files.open(third.spec["sides"]).read().decode()
    assert "new" not in table


def test_an_old_solution_that_can_not_be_read_is_told_to_the_organiser(world):
    path = world.folder / "broken"
    path.write_text("id,digit\n1\n")
    broken = hashlib.sha256(path.read_bytes()).hexdigest()
    world.stores.hidden_files.put(path, broken)
    world.live.solution_sha256 = broken
    world.session.add(world.live)
    world.session.commit()
    second = world.correct(relabelled("1"))
    assert second.state is EvaluationState.REFUSED
    assert second.problem


def test_a_column_usage_has_the_last_word_and_is_kept_when_it_goes(world):
    usage = {row: f"{digit},{('Public', 'Private')[int(row) % 2]}" for row, digit in TRUTH.items()}
    second = world.correct(usage, header="id,digit,Usage")
    assert second.spec["public_fraction"] is None
    assert "sides" not in second.spec
    world.finish(second)
    third = world.correct(relabelled("1"))
    assert world.sides(third) == {row: said.split(",")[1] for row, said in usage.items()}
    world.finish(third)
    fourth = world.correct(relabelled("1") | {"new": "1"})
    assert fourth.state is EvaluationState.REFUSED
    assert "1 rows are new, such as “new”" in fourth.problem
    assert from_json(fourth.problem_said) == fourth.problem
    assert fourth.problem_said["message"] or fourth.problem_said["codes"]


def test_an_old_solution_that_is_lost_is_told_to_the_organiser(world):
    world.stores.hidden_files.delete(world.live.solution_sha256)
    second = world.correct(relabelled("1"))
    assert second.state is EvaluationState.REFUSED
    assert "The solution of evaluation 1 is missing in the store" in second.problem
    assert second.problem_said["values"] == {"number": "1"}
