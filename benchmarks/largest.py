"""How fast at the size of the largest contests? `python -m benchmarks.largest` (ten minutes).

300,000 accounts, 1,200 universities, 100,000 teams and 1,000,000 scored submissions in 110
challenges, the largest with 40,000 teams: real gunicorn over loopback, asked 100 times a second
whatever the answers take, and then as fast as it can. `--data` keeps what was built for the next
run; `--database` names a PostgreSQL server's empty database to build in.
"""

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple

from sqlmodel import select

from benchmarks.handler_times import Handled, between, handled
from benchmarks.instance import (
    free_port,
    processor_seconds,
    running,
    wait_until_it_answers,
    wait_until_it_rests,
)
from benchmarks.largest_field import EACH, LARGEST, SMALL, TEAMS, UNIVERSITIES, build
from benchmarks.largest_scores import (
    BOARD,
    Recorded,
    ranks_agree,
    record,
    recording,
    until_it_shows,
)
from benchmarks.open_loop import Ask, Clients, Latency
from benchmarks.results import load_average, machine, table, write_section
from server.accounts.models import ApiToken
from server.accounts.signin import token_digest
from server.shared.clock import utcnow
from server.shared.database import Database
from server.shared.migrate import migrate
from server.shared.settings import Settings

RATE, SECONDS, WARM_SECONDS = 100.0, 12.0, 2.0
SATURATING_CLIENTS, SATURATED_SECONDS = 8, 2.0
PAGES = LARGEST // 50
RECORDED, SHOWN = 40, 10
SMALL_BOARD = "/challenges/small/leaderboard"
RULES = ("points", "medals", "geometric", "percentile", "participation")
TOKEN = "of-somebody-in-the-largest-challenge"
# What browsers say.
ACCEPTS = {"Accept-Encoding": "gzip"}
ROUTES: dict[str, Callable[[random.Random], str]] = {
    "board, page 1": lambda r: BOARD,
    "board, page 400": lambda r: f"{BOARD}?page=400",
    "board of 400 teams": lambda r: f"{SMALL_BOARD}?page={r.randint(1, 8)}",
    # Addresses that nobody asked for before: each page is made.
    "page 1, made anew": lambda r: f"{BOARD}?page=1&x={r.random()}",
    "page 400, made anew": lambda r: f"{BOARD}?page=400&x={r.random()}",
    "page 1 of 400 teams, made anew": lambda r: f"{SMALL_BOARD}?page=1&x={r.random()}",
    "board, any page": lambda r: f"{BOARD}?page={r.randint(1, PAGES)}",
    "board of any university": lambda r: f"{BOARD}?university=u{r.randint(1, UNIVERSITIES)}",
    "board, searched by name": lambda r: f"{BOARD}?q=team+{r.randint(100, 399)}",
    "board, one letter searched": lambda r: (
        f"{BOARD}?q={r.choice('aemt0123456789')}&page={r.randint(1, 20)}"
    ),
    "a board's final ranking": lambda r: (
        f"/challenges/c{4 + 2 * r.randint(0, 53)}/leaderboard?page={r.randint(1, 10)}"
    ),
    "board, JSON, any page": lambda r: f"/api/v1{BOARD}?per_page=50&page={r.randint(1, PAGES)}",
    "any team's page": lambda r: f"/teams/{r.randint(1, TEAMS)}",
    "university lines": lambda r: f"/challenges/largest/universities?page={r.randint(1, 12)}",
    "standings": lambda r: "/universities",
    "standings, any page and rule": lambda r: (
        f"/universities?page={r.randint(1, 24)}&rule={r.choice(RULES)}"
    ),
    "any university's page": lambda r: f"/universities/u{r.randint(1, UNIVERSITIES)}",
    "board, any page, signed in": lambda r: f"{BOARD}?page={r.randint(1, PAGES)}",
}
SIGNED_IN = "board, any page, signed in"
AGAIN = "board, page 1, asked with its ETag (304)"
MOVING = "board, any page, a score recorded each second"


ASKED = count()


class Measured(NamedTuple):
    """A route at the fixed rate, its share of a processor, and the rate at which it saturates."""

    at_rate: Latency
    handler: Handled
    cpu: float
    most: float


def asking(name: str, port: int) -> Callable[[int], Ask]:
    """Return what the requests of a route ask for."""
    if name == AGAIN:
        return lambda _number: (BOARD, ACCEPTS | {"If-None-Match": etag(port)})
    path = ROUTES["board, any page" if name == MOVING else name]
    headers = ACCEPTS | ({"Authorization": f"Bearer {TOKEN}"} if name == SIGNED_IN else {})
    # The same in each run of the bench, and never again within one.
    return lambda _number: (path(random.Random(next(ASKED))), headers)


@cache
def etag(port: int) -> str:
    """Return what names the first page: a browser would have it by then."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", BOARD)
    answer = connection.getresponse()
    answer.read()
    return answer.headers["ETag"]


def measure(server: "Popen[bytes]", port: int, name: str) -> Measured:
    """Ask for a route at the fixed rate, and then as fast as it answers."""
    ask = asking(name, port)
    Clients(port, ask, rate=RATE).run(WARM_SECONDS)
    worked = processor_seconds(server)
    clients, before = Clients(port, ask, rate=RATE), handled(port)
    at_rate = clients.run(SECONDS)
    in_handler = between(before, handled(port))
    cpu = 1000 * (processor_seconds(server) - worked) / len(clients.times)
    most = Clients(port, ask, rate=None).run(SATURATED_SECONDS, threads=SATURATING_CLIENTS)
    return Measured(at_rate, in_handler, cpu, most.rate)


@contextmanager
def asked(port: int) -> Iterator[None]:
    """Ask for any page of the largest board all the while, at the fixed rate."""
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            Clients(port, asking("board, any page", port), rate=RATE).run(SECONDS)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def sign_in(database: Database) -> None:
    """Give somebody of the largest challenge a token, unless there is one."""
    digest = token_digest(TOKEN)
    with database.writing() as session:
        if session.exec(select(ApiToken).where(ApiToken.digest == digest)).first() is None:
            session.add(
                ApiToken(account_id=1, name="", hint="", digest=digest, created_at=utcnow())
            )
            session.commit()


def report(
    measured: dict[str, Measured], shows: list[float], costs: dict[int, list[Recorded]], how: str
) -> str:
    """Return the section for results.md."""
    rows = [
        [
            name,
            f"{m.handler.p50:.1f}",
            f"{m.handler.p99:.1f}",
            f"{m.handler.within_15:.1%}",
            f"{m.handler.within_60:.1%}",
            f"{m.at_rate.p50:.1f}",
            f"{m.at_rate.p99:.1f}",
            f"{m.cpu:.1f}",
            f"{m.most:,.0f}",
            f"{m.at_rate.bytes / 1000:,.0f}",
        ]
        for name, m in measured.items()
    ]
    head = [
        *("route", "handler p50 ms", "p99 ms", "within 15 ms", "within 60 ms"),
        *("client p50 ms", "p99 ms", "server's CPU ms", "most requests/s", "kB"),
    ]

    def ratio(one: str, other: str) -> str:
        return f"{measured[one].cpu / measured[other].cpu:.2f}"

    def median(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    recorded = ", ".join(
        f"{median([1000 * r.processor for r in found]):.1f} ms of a processor "
        f"({median([1000 * r.seconds for r in found]):.1f} ms with the durable commit) "
        f"among {teams:,} teams"
        for teams, found in costs.items()
    )
    return "\n\n".join(
        [
            how,
            table(head, rows),
            f"Cost of page 400 to that of page 1: "
            f"{ratio('board, page 400', 'board, page 1')} kept, "
            f"{ratio('page 400, made anew', 'page 1, made anew')} made anew; "
            f"of page 1 of 40,000 teams to that of 400: "
            f"{ratio('board, page 1', 'board of 400 teams')} kept, "
            f"{ratio('page 1, made anew', 'page 1 of 400 teams, made anew')} made anew "
            "(processor time). "
            f"A 304 within 3 ms in the handler: {measured[AGAIN].handler.within_3:.1%}. "
            f"Beside {RATE:.0f} requests a second for any page, a new best score was on the first "
            f"page {1000 * median(shows):.0f} ms after the worker's commit (the longest of "
            f"{len(shows)}: {1000 * max(shows):.0f} ms). "
            f"Recording a score: {recorded}.",
        ]
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="Folder to keep the field in.")
    parser.add_argument("--database", default="", help="URL of an empty PostgreSQL database.")
    parser.add_argument("--only", default="", help="Measure the routes with these words alone.")
    return parser.parse_args()


def run(folder: Path, url: str, only: str) -> None:
    load = load_average()
    more = {"database_url": url} if url else {}
    settings = Settings(_env_file=None, data_dir=folder, **more)  # type: ignore[arg-type, call-arg]
    database = Database(settings.database)
    migrate(database)
    began = time.perf_counter()
    build(database, folder)
    sign_in(database)
    built = time.perf_counter() - began
    ranks_agree(database)
    names = [name for name in (*ROUTES, AGAIN, MOVING) if only in name]
    port = free_port()
    measured: dict[str, Measured] = {}
    with running(settings, "web", "--port", str(port)) as server:
        wait_until_it_answers(port)
        wait_until_it_rests(server)
        for name in names:
            if name == MOVING:
                with recording(database):
                    measured[name] = measure(server, port, name)
            else:
                measured[name] = measure(server, port, name)
            print(name, measured[name], flush=True)
        with asked(port):
            shows = [until_it_shows(database, port) for _ in range(SHOWN)]
    costs = {
        teams: [record(database, challenge=number) for _ in range(RECORDED)]
        for teams, number in ((SMALL, 2), (LARGEST, 1))
    }
    if only:
        return
    backend = database.url.get_backend_name()
    written = f"written in {built:.0f} s" if built > 1 else "written before"
    how = (
        f"`python -m benchmarks.largest`. {machine(load)}\n\n{TEAMS * 3:,} accounts, "
        f"{UNIVERSITIES:,} universities, {TEAMS:,} teams, {TEAMS * EACH:,} scored submissions in "
        f"110 challenges, the largest with {LARGEST:,} teams, on {backend} ({written}); "
        f"gunicorn with {settings.web_processes} processes of "
        f"{settings.web_threads} threads, the clients on the same cores. Asked {RATE:.0f} times a "
        f"second for {SECONDS:.0f} s by visitors: in the handler as the server measures it, waits "
        "included (`/metrics`), and for the client from when the request was due; then by "
        f"{SATURATING_CLIENTS} clients that ask again as soon as they are answered."
    )
    write_section(f"The largest contests ({backend})", report(measured, shows, costs, how))


def main() -> None:
    given = arguments()
    if given.data:
        given.data.mkdir(parents=True, exist_ok=True)
        run(given.data, given.database, given.only)
        return
    with tempfile.TemporaryDirectory(prefix="varsity-largest-") as folder:
        run(Path(folder), given.database, given.only)


if __name__ == "__main__":
    main()
