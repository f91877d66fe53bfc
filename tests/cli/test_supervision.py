"""Processes that die are started again, ever more slowly."""

import signal
import sys
import threading
import time

import pytest

from server.cli import supervision
from server.cli.supervision import Child, Supervisor, restart_delay

FOREVER = (sys.executable, "-c", "import time; time.sleep(60)")
AT_ONCE = (sys.executable, "-c", "raise SystemExit(3)")


@pytest.fixture(autouse=True)
def handlers():
    kept = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_the_pause_doubles_up_to_half_a_minute() -> None:
    pauses = [restart_delay(n) for n in range(1, 10)]
    assert pauses[:4] == [0.5, 1.0, 2.0, 4.0]
    assert pauses[-1] == 30.0


def test_a_child_that_lived_long_starts_its_count_anew() -> None:
    child = Child("web", AT_ONCE, failures=4)
    child.start(0.0)
    child.process.wait()
    assert child.bury(61.0) == 3
    assert child.failures == 1
    assert child.due == 61.5


def test_a_needed_child_that_can_not_live_ends_the_whole(monkeypatch) -> None:
    monkeypatch.setattr(supervision, "restart_delay", lambda failures: 0.0)
    child = Child("web", AT_ONCE, needed=True)
    assert Supervisor([child], on_tick=lambda: None).run() == 1
    assert child.failures == supervision.HOPELESS_AFTER


def test_another_child_that_dies_does_not_end_the_whole(monkeypatch) -> None:
    monkeypatch.setattr(supervision, "restart_delay", lambda failures: 0.0)
    ticks = []

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 15:
            signal.raise_signal(signal.SIGTERM)

    dying, living = Child("worker", AT_ONCE), Child("web", FOREVER, needed=True)
    assert Supervisor([living, dying], on_tick=tick).run() == 0
    assert dying.failures >= 1
    assert living.process.returncode == -signal.SIGTERM


def test_a_second_signal_ends_the_patience_with_a_deaf_child() -> None:
    deaf = (
        sys.executable,
        "-c",
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True);"
        "time.sleep(60)",
    )
    child = Child("deaf", deaf)
    began = time.monotonic()

    def ask() -> None:
        for _ in range(2):
            time.sleep(1.0)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)

    asker = threading.Thread(target=ask)
    asker.start()
    assert Supervisor([child], on_tick=lambda: None).run() == 0
    asker.join()
    assert child.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)
    assert time.monotonic() - began < 10


def test_everything_starts_again_when_the_code_changes() -> None:
    child, changes, seen = Child("web", FOREVER), iter([1.0, 1.0, 2.0]), []

    def tick() -> None:
        seen.append(child.process.pid)
        if len(set(seen)) == 2 or len(seen) > 50:
            signal.raise_signal(signal.SIGTERM)

    Supervisor([child], on_tick=tick, watched=lambda: next(changes, 2.0)).run()
    assert len(set(seen)) == 2
    assert child.failures == 0
