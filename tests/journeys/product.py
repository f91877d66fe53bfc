"""The whole product as its operator starts it: prepared and served by its own command line."""

import contextlib
import email
import email.policy
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
from click.testing import CliRunner

from server.cli.main import cli
from tests.faults.running import free_port, until

ROOT = Path(__file__).parents[2]
SLUG = "wine"
ORGANISER = "olga@tum.example"
PASSWORD = "a long way to Garching"
UNIVERSITIES = {
    "munich": ("Technical University of Munich", "tum.example"),
    "nairobi": ("University of Nairobi", "uonbi.example"),
}
LINK = re.compile(r"https?://\S+")


class Product:
    """One served instance in a folder; its commands run in processes of their own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = settings
        self.data = folder / "data"
        self.challenge = folder / SLUG
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        """What a command of the operator's sees, and nothing of this machine's own settings."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("VARSITY_", "PROMETHEUS"))}
        ours = {
            "VARSITY_DATA_DIR": str(self.data),
            "VARSITY_BASE_URL": self.url,
            "VARSITY_REPLICATES": "200",
            "VARSITY_WEB_PROCESSES": "1",
            "VARSITY_WEB_THREADS": "32",
            "VARSITY_LOG_LEVEL": "warning",
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "OMP_NUM_THREADS": "1",
            "POLARS_MAX_THREADS": "1",
        }
        return kept | ours | self.settings | more

    def command(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `varsity` with these arguments."""
        return subprocess.run(
            [sys.executable, "-m", "server.cli.main", *map(str, arguments)],
            env=self.environment(PYTHONPATH=str(ROOT), **more),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def must(self, *arguments: object, **more: str) -> str:
        """Run `varsity`, which has to succeed, and return what it printed."""
        done = self.command(*arguments, **more)
        assert done.returncode == 0, f"varsity {arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def here(self, *arguments: object) -> str:
        """Run `varsity` in this process, which has it loaded, and return what it printed."""
        of_this_machine = dict.fromkeys(k for k in os.environ if k.startswith("VARSITY_"))
        environment: dict[str, str | None] = {**of_this_machine, **self.environment()}
        with contextlib.chdir(self.folder):
            done = CliRunner().invoke(cli, [*map(str, arguments)], env=environment)
        assert done.exit_code == 0, f"varsity {arguments}: {done.output}\n{done.exception!r}"
        return done.stdout

    def prepare(self) -> None:
        """Make the universities, the organiser and a challenge, as an operator would."""
        self.universities(*UNIVERSITIES)
        self.account(ORGANISER, "Olga Petrova")
        self.here("new", SLUG)
        self.here("deploy", self.challenge, "--organiser", ORGANISER)

    def universities(self, *slugs: str) -> None:
        """Make universities of the list."""
        for slug in slugs:
            name, domain = UNIVERSITIES[slug]
            self.here("university", "create", slug, "--name", name, "--domain", domain)

    def account(self, address: str, name: str) -> str:
        """Make an account with a confirmed address; return a token for programs of its owner."""
        return self.here(
            "account", "create", address, "--name", name, "--password", PASSWORD, "--token"
        ).strip()

    def start(self) -> None:
        """Serve, and wait until the pages answer."""
        with (self.folder / "serve.log").open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "server.cli.main", "serve", "--port", str(self.port),
                 "--data", str(self.data), "--workers", "1"],
                env=self.environment(PYTHONPATH=str(ROOT)),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )  # fmt: skip
        until(self.answers, seconds=60)

    def answers(self) -> bool:
        """Whether the product says that it is ready."""
        assert self._server is not None
        assert self._server.poll() is None, self.log()
        try:
            return httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def log(self) -> str:
        """Return what the server has said so far."""
        return (self.folder / "serve.log").read_text(errors="replace")

    def require_quiet(self) -> None:
        """Fail if the server or its worker met something that it had not expected."""
        faults = [line for line in self.log().splitlines() if '"level": "error"' in line]
        assert not faults, "\n".join(faults)

    def stop(self) -> None:
        """Ask the server to end, and end what is left of its group."""
        if self._server is None:
            return
        self._server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._server.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()

    @contextlib.contextmanager
    def worker_held(self) -> Iterator[None]:
        """Hold the worker still for a while: what is sent meanwhile stays queued."""
        pid = self._worker()
        until(lambda: self._held_idle(pid), seconds=30)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _held_idle(self, pid: int) -> bool:
        """Stop the worker, unless it would take the database's lock along into its sleep."""
        os.kill(pid, signal.SIGSTOP)
        with contextlib.closing(sqlite3.connect(self.data / "varsity.db", timeout=1)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                os.kill(pid, signal.SIGCONT)
                return False
        return True

    def _worker(self) -> int:
        """Return the number of the worker's process, a child of the server's."""
        assert self._server is not None
        pid = self._server.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if words[1:4] == [b"-m", b"server.cli.main", b"worker"]:
                return int(child)
        raise AssertionError(f"the server has no worker: {self.log()}")

    def letter_link(self, address: str, *, about: str) -> str:
        """Return the link in the last letter to an address whose subject holds some words."""
        found: list[str] = []

        def look() -> bool:
            for path in sorted((self.data / "outbox").glob(f"*-{address}.eml")):
                letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if about.casefold() in str(letter["Subject"]).casefold():
                    found[:] = LINK.findall(letter.get_content())
            return bool(found)

        until(look, seconds=30)
        return found[0]

    def _api(self, token: str) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx2.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30)

    def post(self, token: str, path: str, body: dict[str, object]) -> httpx2.Response:
        """Send JSON to the API."""
        with self._api(token) as api:
            return api.post(path, json=body)

    def take_part_alone(self, token: str, slug: str = SLUG) -> None:
        """Have somebody with a token join a challenge and make a team."""
        for path in ("join", "teams"):
            answer = self.post(token, f"/challenges/{slug}/{path}", {})
            assert answer.is_success, answer.text

    def submit(self, token: str, text: str, slug: str = SLUG) -> dict[str, object]:
        """Send a file through the API and wait until it is scored."""
        with self._api(token) as api:
            path = f"/challenges/{slug}/submissions"
            sent = api.post(path, files={"file": ("rival.csv", text.encode())})
            assert sent.status_code == 202, sent.text
            return self._final(lambda: api.get(f"/submissions/{sent.json()['id']}").json())

    @staticmethod
    def _final(ask: Callable[[], dict[str, object]]) -> dict[str, object]:
        deadline = time.monotonic() + 60
        while (said := ask())["state"] in ("queued", "scoring"):
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        return said
