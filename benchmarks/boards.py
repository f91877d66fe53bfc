"""How fast is a board? `python -m benchmarks.boards` (about a minute and a half).

Requests per second and latency over loopback, of real gunicorn with the default settings on
SQLite, on an instance of 2,000 teams and 20,000 scored submissions. The baselines in the same
run are the cheapest things the same server does: /healthz and a file of the package.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from statistics import quantiles
from subprocess import Popen
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from benchmarks.instance import (
    free_port,
    instance,
    processor_seconds,
    running,
    wait_until_it_answers,
)
from benchmarks.results import load_average, machine, table, write_section
from server.accounts.models import Account
from server.boards.models import Entry
from server.boards.rules import sort_key
from server.challenges.models import Challenge, Phase
from server.challenges.rules import Ranking, Reveal, Visibility
from server.evaluations.models import Evaluation, Score
from server.evaluations.rules import Board, EvaluationState
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Membership, Team
from server.universities.models import University

UNIVERSITIES, TEAMS, EACH = 40, 2_000, 10
RANGED = 100
CLIENTS = 8
SECONDS, WARM_SECONDS = 6.0, 1.0
NOW = datetime.now(UTC).replace(microsecond=0)
BASELINE = "`/healthz`"
AGAIN = "board, first page, by browsers that have it already"
BOARD = "/challenges/big/leaderboard"
ROUTES = {
    BASELINE: "/healthz",
    "a static file": "/static/varsity.css",
    "board, first page": BOARD,
    AGAIN: BOARD,
    "board, last page": f"{BOARD}?page={TEAMS // 50}",
    "board of one university": f"{BOARD}?university=u7",
    "board, JSON API": "/api/v1/challenges/big/leaderboard?per_page=50",
    "universities of the challenge": "/challenges/big/universities",
}


def insert(session: Session, rows: list[SQLModel]) -> None:
    """Write many rows of one table at once."""
    session.execute(sa.insert(type(rows[0])), [row.model_dump() for row in rows])


def fill(session: Session) -> None:
    """Write a challenge in the middle of its only phase, with everything that a board reads."""
    insert(
        session,
        [
            University(id=i, slug=f"u{i}", name=f"University {i}", country="DE", created_at=NOW)
            for i in range(1, UNIVERSITIES + 1)
        ],
    )
    session.add(challenge())
    session.add(phase())
    session.flush()
    session.add(evaluation())
    session.flush()
    teams(session)
    submissions(session)


def challenge() -> Challenge:
    return Challenge(
        id=1,
        slug="big",
        title="A big challenge",
        visibility=Visibility.PUBLIC,
        id_column="id",
        header=["id", "label"],
        max_bytes=1_000_000,
        scorer="accuracy",
        created_at=NOW,
        updated_at=NOW,
    )


def phase() -> Phase:
    return Phase(
        id=1,
        challenge_id=1,
        slug="main",
        title="Main",
        position=0,
        starts=NOW - timedelta(days=20),
        ends=NOW + timedelta(days=10),
        per_day=5,
        total=100,
        ranking=Ranking.BEST,
        reveal=Reveal.AT_END,
    )


def evaluation() -> Evaluation:
    return Evaluation(
        id=1,
        phase_id=1,
        number=1,
        state=EvaluationState.LIVE,
        solution_sha256="0" * 64,
        spec={"scorer": "accuracy", "params": {}, "also": [], "header": ["id", "label"]},
        scorer="accuracy",
        scorer_version="1",
        has_private=True,
        created_at=NOW,
        live_at=NOW,
    )


def teams(session: Session) -> None:
    """Write the teams, each with its captain."""
    numbers = range(1, TEAMS + 1)
    insert(session, [account(i) for i in numbers])
    insert(session, [team(i) for i in numbers])
    insert(
        session,
        [Membership(id=i, team_id=i, challenge_id=1, account_id=i, joined_at=NOW) for i in numbers],
    )


def account(i: int) -> Account:
    university = 1 + i % UNIVERSITIES
    return Account(
        id=i,
        email=f"p{i}@mail.example",
        name=f"Person {i}",
        confirmed_at=NOW,
        university_id=university,
        created_at=NOW,
    )


def team(i: int) -> Team:
    return Team(
        id=i,
        challenge_id=1,
        name=f"Team {i}",
        name_key=f"team {i}",
        captain_id=i,
        university_id=1 + i % UNIVERSITIES,
        fixed_at=NOW,
        code=f"code-{i}",
        created_at=NOW,
    )


def submissions(session: Session) -> None:
    """Write every submission with its scores, and the entries of both boards."""
    values = np.random.default_rng(7).beta(40, 10, size=(TEAMS, EACH)).round(4)
    numbers = range(1, TEAMS * EACH + 1)
    insert(session, [submission(i) for i in numbers])
    found = values.ravel()
    for offset, board in enumerate(Board):
        start = offset * TEAMS * EACH
        insert(session, [score(start + i, i, board, float(found[i - 1])) for i in numbers])
        insert(session, entries(values, board, offset * TEAMS))


def submission(i: int) -> Submission:
    at = NOW - timedelta(minutes=i)
    return Submission(
        id=i,
        challenge_id=1,
        phase_id=1,
        team_id=1 + (i - 1) // EACH,
        account_id=1 + (i - 1) // EACH,
        state=SubmissionState.SCORED,
        filename="predictions.csv",
        size=20_000,
        sha256=f"{i:064x}",
        received_at=at,
        scored_at=at,
    )


def score(number: int, submission_id: int, board: Board, value: float) -> Score:
    return Score(
        id=number,
        submission_id=submission_id,
        evaluation_id=1,
        board=board,
        value=value,
        low=value - 0.02,
        high=value + 0.02,
        method="Wilson",
        rows=1_000,
        scored_at=NOW,
    )


def entries(values: np.ndarray, board: Board, offset: int) -> list[SQLModel]:
    """Return each team's entry by its best score; the first hundred have ranges of ranks."""
    best = values.argmax(axis=1)
    places = {int(t): n for n, t in enumerate(np.argsort(-values.max(axis=1), kind="stable"), 1)}
    return [
        entry(offset + t + 1, t, int(best[t]), float(values[t, best[t]]), board, places[t])
        for t in range(TEAMS)
    ]


def entry(number: int, t: int, nth: int, value: float, board: Board, place: int) -> Entry:
    ranged = place <= RANGED
    return Entry(
        id=number,
        phase_id=1,
        board=board,
        team_id=t + 1,
        university_id=1 + (t + 1) % UNIVERSITIES,
        submission_id=t * EACH + nth + 1,
        evaluation_id=1,
        key=sort_key(value, higher_is_better=True),
        value=value,
        low=value - 0.02,
        high=value + 0.02,
        method="Wilson",
        submitted_at=NOW - timedelta(minutes=t * EACH + nth + 1),
        submissions=EACH,
        last_submitted_at=NOW - timedelta(minutes=t * EACH + 1),
        rank_best=max(1, place - 9) if ranged else None,
        rank_worst=place + 9 if ranged else None,
        ranges_at=NOW if ranged else None,
    )


class Measured(NamedTuple):
    """What one route did: requests a second; milliseconds at the median, at 99 %, and of work."""

    rate: float
    p50: float
    p99: float
    cpu: float
    bytes: int


def measure(server: Popen[bytes], port: int, name: str) -> Measured:
    """Ask for a route with some clients at once, each on a connection that it keeps."""
    ask(port, name, WARM_SECONDS)
    worked, began = processor_seconds(server), time.perf_counter()
    times, size = ask(port, name, SECONDS)
    elapsed = time.perf_counter() - began
    cpu = (processor_seconds(server) - worked) / len(times)
    cuts = quantiles(times, n=100)
    return Measured(len(times) / elapsed, cuts[49] * 1000, cuts[98] * 1000, cpu * 1000, size)


def ask(port: int, name: str, seconds: float) -> tuple[list[float], int]:
    """Return the seconds that each request took, and the size of the last answer."""
    results: list[list[float]] = [[] for _ in range(CLIENTS)]
    sizes: list[int] = []
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=client, args=(port, name, until, found, sizes)) for found in results
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(sizes) != CLIENTS:
        raise RuntimeError(f"{name}: a client broke off")
    return [each for found in results for each in found], sizes[-1]


def client(port: int, name: str, until: float, found: list[float], sizes: list[int]) -> None:
    """Ask again and again; an answer that is a refusal ends the benchmark."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers: dict[str, str] = {}
    body = b""
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request("GET", ROUTES[name], headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        found.append(time.perf_counter() - began)
        if answer.status not in (200, 304):
            raise RuntimeError(f"{name}: {answer.status}")
        if name == AGAIN:
            headers = {"If-None-Match": answer.headers["ETag"]}
    connection.close()
    sizes.append(len(body))


def require_the_board(port: int) -> None:
    """Make sure that what is measured is a board of 50 teams."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", BOARD)
    page = connection.getresponse().read().decode()
    if page.count('href="/teams/') < 50:
        raise RuntimeError("the page is not the board")


def report(measured: dict[str, Measured], settings: str, load: float) -> str:
    """Return the section for results.md."""
    base = measured[BASELINE].rate
    rows = [
        [
            name,
            f"{m.rate:,.0f}",
            f"{m.p50:.1f}",
            f"{m.p99:.1f}",
            f"{m.cpu:.1f}",
            f"{m.bytes / 1000:,.1f}",
            f"{m.rate / base:.3f}",
        ]
        for name, m in measured.items()
    ]
    head = [
        "route",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "server's CPU ms",
        "kB",
        f"rate against {BASELINE}",
    ]
    return "\n\n".join(
        [
            f"`python -m benchmarks.boards`. {machine(load)}",
            f"{TEAMS:,} teams of {UNIVERSITIES} universities, {TEAMS * EACH:,} scored submissions "
            f"on SQLite; {settings}; {CLIENTS} clients over loopback on kept connections, "
            f"{SECONDS:.0f} s each after {WARM_SECONDS:.0f} s of warming up. The clients are "
            "threads of one Python process on the same cores: the server alone does more. Pages "
            "are read from the database and rendered anew for each request; a browser that asks "
            "again sends the ETag it has, and gets a short 304 while nothing changed. The server's "
            "time on a processor for a request depends little on what else the machine does; rates "
            "and latencies depend on it much.",
            table(head, rows),
        ]
    )


def main() -> None:
    load = load_average()
    with instance() as (settings, database):
        with database.writing() as session:
            fill(session)
            session.commit()
        port = free_port()
        with running(settings, "web", "--port", str(port)) as server:
            wait_until_it_answers(port)
            require_the_board(port)
            measured = {name: measure(server, port, name) for name in ROUTES}
        how = f"gunicorn with {settings.web_processes} processes of {settings.web_threads} threads"
        write_section("Boards", report(measured, how, load))


if __name__ == "__main__":
    main()
