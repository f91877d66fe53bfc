"""The real processes: they start, answer, come back when killed, and stop cleanly."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

START_SECONDS = 90


class Serving:
    """A running `varsity serve`."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.errors = folder / "errors"
        self.url = ""
        command = [sys.executable, "-m", "server.cli.main", "serve", "--port", "0"]
        environment = {**os.environ, "VARSITY_WEB_PROCESSES": "1", "VARSITY_LOG_FORMAT": "json"}
        with self.errors.open("wb") as target:
            self.process = subprocess.Popen(
                [*command, "--data", str(folder / "data"), *arguments],
                stderr=target,
                env=environment,
                cwd=folder,
                start_new_session=True,
            )

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while "Varsity is at " not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        self.url = self.said().split("Varsity is at ")[1].split()[0]

    def said(self) -> str:
        return self.errors.read_text()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def children(self) -> list[int]:
        return _children(self.process.pid)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        return code, time.monotonic() - began


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@pytest.fixture
def serving(tmp_path):
    started: list[Serving] = []

    def start(*arguments: str) -> Serving:
        made = Serving(tmp_path, *arguments)
        started.append(made)
        return made

    yield start
    for made in started:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()


def test_serve_answers_and_stops_cleanly_within_seconds(serving, tmp_path) -> None:
    instance = serving("--workers", "1")
    instance.wait_until_it_answers()
    assert '"ready"' in instance.get("/readyz")
    assert "varsity_waiting" in instance.get("/metrics")
    family = [instance.process.pid, *instance.children()]
    assert len(family) == 3
    code, seconds = instance.stop()
    assert code == 0, instance.said()
    assert seconds < 25
    assert not any(_alive(pid) for pid in family)
    database = sqlite3.connect(tmp_path / "data" / "varsity.db")
    assert database.execute("SELECT count(*) FROM account").fetchone() == (0,)
    database.close()


def test_ctrl_c_stops_it_as_well(serving) -> None:
    instance = serving("--workers", "0")
    instance.wait_until_it_answers()
    assert len(instance.children()) == 1
    assert instance.stop(signal.SIGINT)[0] == 0


@pytest.mark.long
def test_a_web_process_that_is_killed_comes_back(serving) -> None:
    instance = serving("--workers", "0")
    instance.wait_until_it_answers()
    killed = instance.children()[0]
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            assert '"ok"' in instance.get("/healthz")
            if instance.children() and instance.children()[0] != killed:
                break
        except OSError:
            time.sleep(0.2)
        assert time.monotonic() < deadline, instance.said()
    assert '"process_died"' in instance.said()
    assert instance.stop()[0] == 0


def test_children_do_not_outlive_a_parent_that_is_killed(serving) -> None:
    instance = serving("--workers", "0")
    instance.wait_until_it_answers()
    web = instance.children()[0]
    instance.process.kill()
    instance.process.wait()
    deadline = time.monotonic() + 40
    while _alive(web):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_port_that_is_taken_is_said_at_once(varsity) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = varsity("serve", "--port", str(taken.getsockname()[1]))
    assert answer.exit_code == 1
    assert "Give another --port" in answer.stderr


def test_a_worker_that_would_score_nothing_is_refused(varsity) -> None:
    answer = varsity("worker", "--workers", "0")
    assert answer.exit_code == 1
    assert "VARSITY_WORKERS" in answer.stderr
