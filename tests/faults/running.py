"""A real instance: gunicorn and a worker in processes of their own, to be killed and started."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2

from server.shared.settings import Settings

PATIENCE = 90.0


def until(what: Callable[[], object], *, seconds: float = PATIENCE, every: float = 0.1) -> None:
    """Wait until something is true, or fail."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(every)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class Running:
    """The web server and the worker of one data folder, each a process group of its own."""

    def __init__(self, settings: Settings, folder: Path, **more: object) -> None:
        self.settings = settings
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Its path must be short: sockets lie in it. Whoever is killed leaves what was there.
        self.temporary = Path(tempfile.mkdtemp(prefix="varsity-tests-"))
        self._more = more
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        chosen = {
            "data_dir": settings.data_dir,
            "database_url": settings.database_url,
            "queue_url": settings.queue_url,
            "secret_key": settings.secret_key,
            "base_url": self.url,
            "replicates": 100,
            "workers": 2,
            "web_processes": 2,
            "web_threads": 32,
            "uploads_at_once": 1000,
            "rate_limit_uploads": "1000000 per minute",
            "scoring_seconds": 20,
            "lease_seconds": 60,
            "log_level": "warning",
            **self._more,
        }
        ours = {f"VARSITY_{name.upper()}": str(value) for name, value in chosen.items()}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("VARSITY_", "PROMETHEUS"))}
        threads = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
        return kept | ours | threads | {"TMPDIR": str(self.temporary)}

    def start(self, name: str) -> None:
        """Start `web` or `worker`; its output goes to a log in the folder."""
        options = ["--host", "127.0.0.1", "--port", str(self.port)] if name == "web" else []
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "server.cli.main", name, *options],
                env=self._environment(),
                cwd=Path(__file__).parents[2],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, name: str) -> str:
        """Return what a process has said so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def children(self, name: str) -> list[int]:
        """Return the direct children of a process."""
        pid = self.pid(name)
        with contextlib.suppress(OSError):
            return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def kill(self, name: str) -> None:
        """SIGKILL a process with all its children, and wait for its end."""
        process = self._processes.pop(name, None)
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def terminate(self, name: str) -> int:
        """SIGTERM a process and return its exit code."""
        process = self._processes.pop(name)
        process.terminate()
        return process.wait(PATIENCE)

    def answers(self) -> bool:
        """Whether the web answers."""
        try:
            return httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def start_web(self) -> None:
        """Start the web and wait until it answers."""
        self.start("web")
        until(self.answers)

    def stop(self) -> None:
        """Kill whatever runs, and remove what it left."""
        for name in tuple(self._processes):
            self.kill(name)
        shutil.rmtree(self.temporary, ignore_errors=True)


@contextlib.contextmanager
def running(settings: Settings, folder: Path, **more: object) -> Iterator[Running]:
    """Yield an instance that runs nothing yet; nothing of it outlives the block."""
    made = Running(settings, folder, **more)
    try:
        yield made
    finally:
        made.stop()
