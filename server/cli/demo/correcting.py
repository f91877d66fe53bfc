"""Two truths of the demo that are found to be wrong: one corrected since, one still in preview.

The wrong one is deployed first. What an organiser then uploads is the file as it is built, so that
in the end the truth is the true one.
"""

import hashlib
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl

from server.challenges.models import Phase
from server.challenges.queries import challenge_by_slug
from server.cli.demo.scene import Scene
from server.corrections.actions import Wanted, put_live, start_evaluation
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState

PATIENCE = 0.3  # seconds between two looks at what a worker does


class Slip(NamedTuple):
    """Answers that had slipped down by one row, and when the organiser sent the right ones.

    `first` is the row where it began, counted from 0; `live`: whether it was put live.
    """

    challenge: str
    phase: str
    file: str
    first: int
    rows: int
    days: float  # before now
    live: bool
    reason: str


SLIPS = (
    Slip(
        "diabetes",
        "main",
        "private/solution.csv",
        40,
        12,
        1.5,
        True,
        "Twelve values had slipped down by one row when the table was typed: each stood beside "
        "the patient before. We found it when two teams asked about the same patients.",
    ),
    Slip(
        "mauna-loa-co2",
        "forecast",
        "private/solution.csv",
        200,
        5,
        1.0,
        False,
        "Five rows had the value of the row above them: a slip when the file was sorted by hand.",
    ),
)


class Corrections:
    """The organiser's corrections, each begun when the demo's month has come so far."""

    def __init__(self, scene: Scene, organiser: int) -> None:
        self.scene = scene
        self.organiser = organiser
        self.right: dict[Slip, bytes] = {}
        self.begun: dict[Slip, int] = {}

    def spoil(self, slug: str) -> None:
        """Put the wrong answers of a challenge into its folder, and remember the right ones."""
        for slip in SLIPS:
            if slip.challenge == slug:
                file = self._file(slip)
                self.right[slip] = file.read_bytes()
                file.write_text(slipped(pl.read_csv(file), slip).write_csv(), encoding="utf-8")

    def mend(self, slug: str) -> None:
        """Put the right answers back into the folder of a challenge that was deployed."""
        for slip, content in self.right.items():
            if slip.challenge == slug:
                self._file(slip).write_bytes(content)

    def reach(self, moment: datetime) -> None:
        """Send the right answers of each slip that was found by then."""
        for slip in SLIPS:
            found = self.scene.now - timedelta(days=slip.days)
            if slip not in self.begun and found <= moment:
                self.begun[slip] = self._send(slip, found)

    def finish(self) -> int:
        """Wait for what was corrected to be scored, and put it live; return how many teams move."""
        self.reach(self.scene.now)
        return sum(self._put_live(slip, self.begun[slip]) for slip in SLIPS if slip.live)

    def _file(self, slip: Slip) -> Path:
        return self.scene.folders / slip.challenge / slip.file

    def _send(self, slip: Slip, now: datetime) -> int:
        content = self.right[slip]
        sha256 = hashlib.sha256(content).hexdigest()
        wanted = Wanted(slip.phase, slip.reason, None, None, sha256)
        with self.scene.database.writing() as session:
            evaluation = start_evaluation(
                session,
                challenge=challenge_by_slug(session, slip.challenge),
                wanted=wanted,
                actor_id=self.organiser,
                now=now,
            )
            session.commit()
            number = evaluation.id or 0
        with tempfile.NamedTemporaryFile(prefix="varsity-demo-") as file:
            file.write(content)
            file.flush()
            self.scene.stores.public_files.put(Path(file.name), sha256)
        self.scene.jobs.send("adopt", evaluation_id=number)
        return number

    def _put_live(self, slip: Slip, number: int) -> int:
        while not self._is_complete(number):
            time.sleep(PATIENCE)
        with self.scene.asked(), self.scene.database.writing() as session:
            evaluation = session.get_one(Evaluation, number)
            letters = put_live(
                session,
                evaluation=evaluation,
                phase=session.get_one(Phase, evaluation.phase_id),
                actor_id=self.organiser,
                now=self.scene.now - timedelta(days=slip.days / 2),
            )
            session.commit()
        return letters or 0

    def _is_complete(self, number: int) -> bool:
        with self.scene.database.reading() as session:
            return session.get_one(Evaluation, number).state is EvaluationState.COMPLETE


def slipped(right: pl.DataFrame, slip: Slip) -> pl.DataFrame:
    """The answers with those of some rows moved down by one; the other columns stay."""
    name = right.columns[1]
    answers = right[name].to_list()
    end = slip.first + slip.rows
    moved = [answers[slip.first - 1], *answers[slip.first : end - 1]]
    answers[slip.first : end] = moved
    return right.with_columns(pl.Series(name, answers))
