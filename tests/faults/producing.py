"""Students who upload all the time, through the API, and remember what was acknowledged."""

import io
import random
import threading
import time
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx2

ROWS = 60
LABELS = 3
ACCEPTED = 202
FULL = 409


class Student(NamedTuple):
    """Somebody with a token and a team."""

    name: str
    token: str
    team_id: int


class Sent(NamedTuple):
    """An upload that was acknowledged, and the accuracy that its file has on the public rows."""

    id: int
    comment: str
    public: float
    private: float


def truth(row: int) -> int:
    return row % LABELS


def is_public(row: int) -> bool:
    return row % 2 == 0


def solution_text() -> str:
    rows = (f"{i},{truth(i)},{'Public' if is_public(i) else 'Private'}\n" for i in range(ROWS))
    return "id,digit,Usage\n" + "".join(rows)


def predictions(chance: random.Random) -> tuple[str, float, float]:
    """Return a file with some wrong rows, and its accuracy on the public and the private rows."""
    wrong = {row for row in range(ROWS) if chance.random() < 0.4}
    rows = (f"{i},{(truth(i) + (i in wrong)) % LABELS}\n" for i in range(ROWS))
    half = ROWS // 2
    public = 1 - sum(is_public(row) for row in wrong) / half
    private = 1 - sum(not is_public(row) for row in wrong) / half
    return "id,digit\n" + "".join(rows), public, private


def upload(url: str, student: Student, text: str, comment: str) -> httpx2.Response:
    return httpx2.post(
        f"{url}/api/v1/challenges/digits/submissions",
        headers={"Authorization": f"Bearer {student.token}"},
        files={"file": ("predictions.csv", io.BytesIO(text.encode()), "text/csv")},
        data={"comment": comment},
        timeout=30,
    )


@dataclass
class Producer:
    """One thread a student; each sends at a steady pace until `most` were acknowledged in all."""

    url: str
    students: list[Student]
    per_second: float
    seed: int
    most: int
    acknowledged: list[Sent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    broken: int = 0
    full: int = 0
    seconds: float = 0.0
    acknowledged_at: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._send_all, args=(student, number), daemon=True)
            for number, student in enumerate(self.students)
        ]

    def start(self) -> None:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        self.seconds = max(self.acknowledged_at, default=self._began) - self._began

    def _send_all(self, student: Student, number: int) -> None:
        chance = random.Random(self.seed * 1000 + number)
        pause = len(self.students) / self.per_second
        due, count = time.monotonic(), 0
        while not self._stop.is_set() and len(self.acknowledged) < self.most:
            count += 1
            self._send(student, chance, f"{student.name} {count}")
            # What was missed while the web was away is made up for, but not all at once.
            due = max(due + pause, time.monotonic() - 3)
            self._stop.wait(max(0.0, due - time.monotonic()))

    def _send(self, student: Student, chance: random.Random, comment: str) -> None:
        text, public, private = predictions(chance)
        try:
            answer = upload(self.url, student, text, comment)
        except httpx2.HTTPError:
            # Not acknowledged: it may be there or not.
            self.broken += 1
            self._stop.wait(0.05)
            return
        if answer.status_code == ACCEPTED:
            self.acknowledged_at.append(time.monotonic())
            self.acknowledged.append(Sent(answer.json()["id"], comment, public, private))
        elif answer.status_code == FULL and answer.json()["code"].startswith("quota"):
            self.full += 1
        else:
            self.refused.append(f"{answer.status_code} {answer.text[:300]}")

    def rate_while_up(self) -> float:
        """Return how many were acknowledged a second, over the seconds in which any was."""
        return len(self.acknowledged_at) / len({int(moment) for moment in self.acknowledged_at})

    def summary(self) -> str:
        """Say what was sent, for the log of a test."""
        return (
            f"{len(self.acknowledged)} acknowledged in {self.seconds:.0f} s, "
            f"{self.rate_while_up():.1f} a second while the web was up, {self.broken} broken off"
        )
