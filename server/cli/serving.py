"""`varsity serve`, and its web half. The supervisor loads neither Flask nor scikit-learn."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click

from server.cli.instance import data_option, opened
from server.cli.output import Refusal, note
from server.cli.supervision import Child, Supervisor, die_with_parent
from server.receipts.keys import UnusableKey
from server.receipts.listing import list_own_key
from server.shared.clock import utcnow
from server.shared.logs import configure_logs
from server.shared.settings import Settings

WATCHED = (".py", ".html", ".txt", ".css", ".js", ".svg")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to bind."
)
port_option = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to bind."
)
workers_option = click.option(
    "--workers",
    type=click.IntRange(min=0),
    metavar="N",
    help="Submissions scored at a time (else VARSITY_WORKERS); 0: none here.",
)


@click.command()
@host_option
@port_option
@data_option
@workers_option
@click.option("--reload", is_flag=True, help="Start again whenever the code changes.")
def serve(host: str, port: int, workers: int | None, reload: bool) -> None:
    """Run the web server and the workers until SIGTERM or Ctrl-C.

    The database is made and migrated first. A process that dies is started again.
    """
    choose_workers(workers)
    _choose_log_format()
    settings = prepare_web()
    port = free_port(host, port)
    fresh_metrics(settings.data_dir)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if "base_url" not in settings.model_fields_set and host in LOOPBACK:
        # Links in messages then lead here, whatever the port.
        os.environ["VARSITY_BASE_URL"] = url
    children = [web_child(host, port)]
    if settings.workers:
        children.append(child("worker"))
    announce = announcer(host, port, f"Varsity is at {url} (data in {settings.data_dir})")
    supervisor = Supervisor(children, on_tick=announce, watched=code_age if reload else None)
    sys.exit(supervisor.run())


@click.command()
@host_option
@port_option
@data_option
def web(host: str, port: int) -> None:
    """Run the web server alone; workers run elsewhere, with the same VARSITY_ settings."""
    die_with_parent()
    settings = prepare_web()
    if METRICS_VARIABLE not in os.environ:
        fresh_metrics(settings.data_dir)
    os.execv(sys.executable, _web_server(host, port))  # noqa: S606 - our own command line


def _web_server(host: str, port: int) -> tuple[str, ...]:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = ("--config", "python:server.cli.web_settings", "--bind", address)
    return (sys.executable, "-m", "gunicorn", *options)


def web_child(host: str, port: int) -> Child:
    """Return the web server as a process to keep alive: the instance is prepared already."""
    return Child(name="web", command=_web_server(host, port), needed=True)


def choose_workers(workers: int | None) -> None:
    """Let the command line stand above VARSITY_WORKERS, for child processes too."""
    if workers is not None:
        os.environ["VARSITY_WORKERS"] = str(workers)


def _choose_log_format() -> None:
    if sys.stderr.isatty():
        os.environ.setdefault("VARSITY_LOG_FORMAT", "text")


def prepare() -> Settings:
    """Return the settings of an instance whose database is made and migrated."""
    with opened() as instance:
        return _logging(instance.settings)


def prepare_web() -> Settings:
    """Return the settings of an instance that is ready for the web: it can sign receipts too."""
    with opened() as instance, instance.database.writing() as session:
        try:
            list_own_key(session, instance.settings, now=utcnow())
        except (UnusableKey, OSError) as error:
            raise Refusal(f"Receipts can't be signed: {error}") from error
        session.commit()
        return _logging(instance.settings)


def _logging(settings: Settings) -> Settings:
    configure_logs(level=settings.log_level, format=settings.log_format)
    return settings


def fresh_metrics(data_dir: Path) -> None:
    """Give the numbers of this start an empty folder, which all its processes share."""
    folder = data_dir.resolve() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[METRICS_VARIABLE] = str(folder)


def child(command: str) -> Child:
    """Return one of our own commands as a process to keep alive."""
    return Child(name=command, command=(sys.executable, "-m", "server.cli.main", command))


def free_port(host: str, port: int) -> int:
    """Return the port, or a free one for 0. Raises Refusal where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            said = f"{host}:{port} can't be used: {error.strerror}. Give another --port."
            raise Refusal(said) from error
        return int(trial.getsockname()[1])


def announcer(host: str, port: int, message: str) -> Callable[[], None]:
    """Return a function that says the message once, as soon as the service answers."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    waiting = [message]

    def tick() -> None:
        if waiting and _answers(reached, port):
            note(waiting.pop())

    return tick


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def code_age() -> float:
    """Return when a file of the code was changed last, as a POSIX time."""
    root = Path(__file__).resolve().parents[2]
    files = (p for name in ("server", "scorers") for p in (root / name).rglob("*.*"))
    return max(p.stat().st_mtime for p in files if p.suffix in WATCHED and p.is_file())
