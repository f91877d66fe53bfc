"""`varsity demo`: a throw-away instance with real content, from one command."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click

from server.cli.demo.accounts import PASSWORD
from server.cli.demo.cast import ADMINISTRATOR, JUDGE, ORGANISER, UNIVERSITIES
from server.cli.output import Refusal, note
from server.cli.serving import (
    announcer,
    child,
    free_port,
    fresh_metrics,
    host_option,
    port_option,
    prepare_web,
    web_child,
)
from server.cli.supervision import PARENT_VARIABLE, Supervisor

BUNDLED = Path(__file__).resolve().parents[3] / "challenges"
STATE = "demo.json"


@click.command()
@host_option
@port_option
@click.option(
    "--data",
    "data_dir",
    default="demo-data",
    show_default=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the throw-away instance is kept.",
)
@click.option("--reset", is_flag=True, help="Delete the demo that is there and fill a new one.")
def run(host: str, port: int, data_dir: Path, reset: bool) -> None:
    """Start a throw-away instance full of content, and print the accounts to sign in with.

    Real data, real models, real scores; the people and the teams are invented.
    """
    port = free_port(host, port)
    _environment(data_dir, f"http://{host}:{port}")
    full = _is_full(data_dir, reset=reset)
    if not full:
        _begin(data_dir)
    prepare_web()
    fresh_metrics(data_dir)
    children = [web_child(host, port), child("worker")]
    filler = None if full else _start_filling(data_dir)
    ready = announcer(host, port, _welcome(f"http://{host}:{port}", full=full))
    code = Supervisor(children, on_tick=_watcher(ready, filler)).run()
    if filler is not None and filler.poll() is None:
        filler.terminate()
        filler.wait()
    sys.exit(code)


def _environment(data_dir: Path, url: str) -> None:
    os.environ["VARSITY_DATA_DIR"] = str(data_dir.resolve())
    os.environ["VARSITY_DEMO"] = "1"
    os.environ.setdefault("VARSITY_CREATE_CHALLENGES", "confirmed")
    os.environ.setdefault("VARSITY_BASE_URL", url)
    os.environ.setdefault("VARSITY_LOG_LEVEL", "warning")
    os.environ.setdefault("VARSITY_LOG_FORMAT", "text")
    for name in ("DATABASE_URL", "QUEUE_URL", "FILES_URL", "HIDDEN_URL", "MAIL_URL"):
        # A demo must never write into the operator's real instance, or to real mailboxes.
        os.environ[f"VARSITY_{name}"] = ""


def _is_full(data_dir: Path, *, reset: bool) -> bool:
    """Whether the demo is there and complete; one that is not is deleted.

    Raises:
        Refusal: the folder holds something that is no demo.
    """
    state = data_dir / STATE
    if not data_dir.exists() or not any(data_dir.iterdir()):
        return False
    if not state.exists():
        raise Refusal(f"{data_dir} holds something that is no demo. Give another --data.")
    if not reset and json.loads(state.read_text())["full"]:
        return True
    note("Deleting the old demo." if reset else "The last filling was broken off: starting afresh.")
    shutil.rmtree(data_dir)
    return False


def _begin(data_dir: Path) -> None:
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data_dir / STATE).write_text(json.dumps({"full": False}))
    shutil.copytree(
        BUNDLED,
        data_dir / "challenges",
        ignore=shutil.ignore_patterns("__pycache__", "private", "data"),
    )
    note("Starting a demo: real data sets and real models, invented people and teams.")
    note("It answers in some seconds, and fills up within a few minutes.")


def _start_filling(data_dir: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, PARENT_VARIABLE: str(os.getpid())}
    line = [sys.executable, "-m", "server.cli.demo.stage", str(data_dir.resolve())]
    return subprocess.Popen(line, env=environment, start_new_session=True)  # noqa: S603


def _watcher(
    ready: Callable[[], None], filler: "subprocess.Popen[bytes] | None"
) -> Callable[[], None]:
    """Return what to look at while the demo runs: that it answers, and that it was filled."""
    said: list[int] = []

    def look() -> None:
        ready()
        if filler is not None and filler.poll() not in (None, 0) and not said:
            said.append(filler.returncode)
            note(
                "The demo could not be filled; the reason stands above. Try `varsity demo --reset`."
            )

    return look


def _welcome(url: str, *, full: bool) -> str:
    student = UNIVERSITIES[0].students[0]
    people = (
        ("administrator", ADMINISTRATOR.email),
        ("organiser", ORGANISER.email),
        ("judge", JUDGE.email),
        ("university manager", UNIVERSITIES[0].manager.email),
        ("student", student.email),
    )
    lines = [f"  {role:<20} {email}" for role, email in people]
    state = "It is full of content." if full else "It is filling up: reload to watch."
    return "\n".join(
        [
            "",
            f"Varsity is at {url}  {state}",
            f"Sign in with the password {PASSWORD} as",
            *lines,
            "Ctrl-C stops it; the next start is quick. --reset begins anew.",
            "",
        ]
    )
