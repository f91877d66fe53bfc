"""An instance in a folder that is thrown away, and its processes on a free port."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from server.cli.warming import BEGINS_AFTER
from server.shared.database import Database
from server.shared.migrate import migrate
from server.shared.settings import Settings

START_SECONDS = 60
STOP_SECONDS = 30
# Seconds of a processor in a second: who rests looks around now and then.
RESTING = 0.1


@contextmanager
def instance(**more: object) -> Iterator[tuple[Settings, Database]]:
    """Yield the settings and the migrated database of a new instance with the defaults."""
    with tempfile.TemporaryDirectory(prefix="varsity-benchmark-") as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), **more)  # type: ignore[arg-type, call-arg]
        database = Database(settings.database)
        migrate(database)
        try:
            yield settings, database
        finally:
            database.dispose()


@contextmanager
def running(settings: Settings, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a `varsity` command on the instance until the block ends."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("VARSITY_")}
    environment = {
        **own,
        "VARSITY_DATA_DIR": str(settings.data_dir),
        "VARSITY_LOG_LEVEL": "warning",
        "VARSITY_LOG_FORMAT": "text",
    }
    if settings.database_url:
        environment["VARSITY_DATABASE_URL"] = settings.database_url
    line = [sys.executable, "-m", "server.cli.main", *command]
    process = subprocess.Popen(line, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def processor_seconds(process: "subprocess.Popen[bytes]") -> float:
    """Return the time on a processor that a command and all its children had so far."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # Counted after the name in brackets; 11 to 14 are its own time and that of the children
            # that it waited for: every process is counted once, whether it lives or has ended.
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[3]) == process.pid:
                ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_until_it_rests(process: "subprocess.Popen[bytes]") -> None:
    """Return when a server has made ready what it does beside its first requests.

    Raises:
        TimeoutError: it is still busy.
    """
    deadline = time.monotonic() + START_SECONDS
    time.sleep(2 * BEGINS_AFTER)
    while time.monotonic() < deadline:
        before = processor_seconds(process)
        time.sleep(1.0)
        if processor_seconds(process) - before < RESTING:
            return
    raise TimeoutError(f"the server is still busy {START_SECONDS} seconds after it began")


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_until_it_answers(port: int) -> None:
    """Return when /healthz answers. Raises TimeoutError."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise TimeoutError("the web server did not answer")
