"""A field of teams, files whose every accuracy is known, and corrections of the truth."""

import csv
import io
import random
from collections.abc import Iterator

from sqlmodel import Session, select

from server.accounts.models import Account
from server.accounts.tokens import create_token
from server.app import create_app
from server.evaluations.models import Evaluation, Score
from server.evaluations.rules import Board, EvaluationState
from server.shared.clock import utcnow
from server.shared.database import Database
from server.shared.settings import Settings
from tests.cast import NOON, Cast
from tests.faults.conftest import add_student
from tests.faults.producing import LABELS, ROWS, Student, is_public, predictions, truth

# Something to do for a worker that is killed a dozen times, and for a board that is put live.
TEAMS = 60


def add_field(session: Session, cast: Cast) -> list[Student]:
    """Add teams of one, with a token each."""
    people = [
        Account(
            email=f"student{number}@tum.example",
            name=f"Student {number}",
            confirmed_at=NOON,
            university_id=cast.universities["munich"].id,
            created_at=NOON,
        )
        for number in range(TEAMS)
    ]
    session.add_all(people)
    session.flush()
    return [add_student(session, cast, account) for account in people]


def token_of(session: Session, account: Account) -> str:
    return create_token(session, account_id=account.id, name="test", now=utcnow())[1]


def corrected(number: int) -> dict[int, int]:
    """Return the truth in which the first rows stand otherwise, the more the later."""
    return {row: (truth(row) + (row < 4 * (number - 1))) % LABELS for row in range(ROWS)}


def solution_of(number: int) -> bytes:
    usage = {True: "Public", False: "Private"}
    rows = (f"{row},{label},{usage[is_public(row)]}\n" for row, label in corrected(number).items())
    return ("id,digit,Usage\n" + "".join(rows)).encode()


def accuracies(text: str, number: int) -> dict[Board, float]:
    """Return what a file is worth by the truth of an evaluation."""
    said = {int(row["id"]): int(row["digit"]) for row in csv.DictReader(io.StringIO(text))}
    right = {row: said[row] == label for row, label in corrected(number).items()}
    halves = {Board.PUBLIC: True, Board.PRIVATE: False}
    return {
        board: sum(ok for row, ok in right.items() if is_public(row) is half) / (ROWS // 2)
        for board, half in halves.items()
    }


class Organiser:
    """Olga, who corrects the truth through an application in this process, and her field."""

    def __init__(self, database: Database, settings: Settings, token: str) -> None:
        self.database = database
        self.headers = {"Authorization": f"Bearer {token}"}
        self.client = create_app(settings, database=database).test_client()
        self.files: dict[int, str] = {}

    def hand_in(self, students: list[Student]) -> None:
        """Have each upload a file, whose text is remembered by the submission's number."""
        chance = random.Random(7)
        for student in students:
            text = predictions(chance)[0]
            answer = self.client.post(
                "/api/v1/challenges/digits/submissions",
                headers={"Authorization": f"Bearer {student.token}"},
                data={"file": (io.BytesIO(text.encode()), "predictions.csv")},
            )
            assert answer.status_code == 202, answer.text
            self.files[answer.json["id"]] = text

    def correct(self, number: int) -> int:
        """Begin the evaluation of that number and return its id."""
        answer = self.client.post(
            "/api/v1/challenges/digits/evaluations",
            headers=self.headers,
            data={
                "phase": "a",
                "reason": "rows of the truth were wrong",
                "solution": (io.BytesIO(solution_of(number)), "solution.csv"),
            },
        )
        assert (answer.status_code, answer.json["number"]) == (202, number), answer.text
        return int(answer.json["id"])

    def state_of(self, evaluation_id: int) -> EvaluationState:
        with self.database.reading() as session:
            return session.get_one(Evaluation, evaluation_id).state

    def check_scores(self, evaluation_id: int, number: int) -> None:
        """Each file is scored once a board, as it is worth by the truth of the evaluation."""
        expected = {
            (submission_id, board, round(value, 9))
            for submission_id, text in self.files.items()
            for board, value in accuracies(text, number).items()
        }
        assert sorted(self._scores(evaluation_id)) == sorted(expected)

    def _scores(self, evaluation_id: int) -> Iterator[tuple[int, Board, float]]:
        with self.database.reading() as session:
            of_it = select(Score).where(Score.evaluation_id == evaluation_id)
            yield from ((s.submission_id, s.board, round(s.value, 9)) for s in session.exec(of_it))
