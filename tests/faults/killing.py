"""Threads that kill a kind of process again and again while others work."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from server.shared.database import Database
from server.shared.leases import Leases
from server.submissions.models import SUBMISSIONS
from tests.faults.producing import Producer
from tests.faults.running import Running, until

# The web is killed again when so many more uploads were acknowledged: it is under load each time.
BETWEEN_KILLS = 10


class Killer(threading.Thread):
    """Kills one of the two kinds of process again and again, and starts it at once."""

    def __init__(self, running: Running, *, kills: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.running, self.kills = running, kills
        self.chance = random.Random(seed)
        self.done = 0

    def run(self) -> None:
        while self.done < self.kills:
            self.wait_for_work()
            time.sleep(self.chance.uniform(0.0, 0.8))
            self.kill()
            self.done += 1

    def wait_for_work(self) -> None:
        raise NotImplementedError

    def kill(self) -> None:
        raise NotImplementedError


class WebKiller(Killer):
    """Most often one web process in the middle of its requests; else all of them."""

    def __init__(self, running: Running, producer: Producer, *, kills: int, seed: int) -> None:
        super().__init__(running, kills=kills, seed=seed)
        self.producer = producer

    def wait_for_work(self) -> None:
        enough = (self.done + 1) * BETWEEN_KILLS
        until(lambda: len(self.producer.acknowledged) >= enough, every=0.03)

    def kill(self) -> None:
        children = self.running.children("web")
        if children and self.chance.random() < 0.95:
            # Gunicorn starts another by itself.
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(children), signal.SIGKILL)
        else:
            self.running.kill("web")
            self.running.start("web")


class WorkerKiller(Killer):
    """The worker with its fork server and its children."""

    def __init__(self, running: Running, database: Database, *, kills: int, seed: int) -> None:
        super().__init__(running, kills=kills, seed=seed)
        self.works = holds(running, database, SUBMISSIONS)

    def wait_for_work(self) -> None:
        until(self.works, seconds=60, every=0.03)

    def kill(self) -> None:
        self.running.kill("worker")
        self.running.start("worker")


def holds(running: Running, database: Database, leases: Leases) -> Callable[[], bool]:
    """Return what says whether the worker that runs now holds a job of a table."""

    def look() -> bool:
        with database.reading() as session:
            held = leases.holders(session)
        return any(f"/{running.pid('worker')}/" in holder for holder in held)

    return look
