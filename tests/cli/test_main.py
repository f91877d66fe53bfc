"""The command as a whole: quick to start, plain in what it says."""

import subprocess
import sys

from server.cli.main import COMMANDS

HEAVY = {"sklearn", "flask", "sqlalchemy", "numpy", "polars", "gunicorn"}
PARTICIPANTS = ("login", "challenges", "download", "submit", "submissions", "leaderboard")


def _loaded_by(*names: str) -> set[str]:
    code = (
        "import sys, click\nfrom server.cli.main import cli\n"
        f"for name in {names!r}: assert cli.get_command(click.Context(cli), name)\n"
        "print(*(m.split('.')[0] for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_participants_commands_load_no_server_library() -> None:
    assert _loaded_by(*PARTICIPANTS) & HEAVY == set()


def test_the_entry_module_loads_nothing_but_click() -> None:
    assert _loaded_by() & {*HEAVY, "rich", "httpx2", "pydantic"} == set()


def test_the_supervisor_loads_neither_flask_nor_scikit_learn() -> None:
    assert _loaded_by("serve", "web") & {"sklearn", "flask", "numpy", "polars"} == set()


def test_help_names_every_command(varsity) -> None:
    said = varsity("--help").stdout
    assert all(f"  {name} " in said for name in COMMANDS)


def test_the_version_is_printed(varsity) -> None:
    assert varsity("--version").stdout.startswith("varsity 0.")


def test_an_unknown_command_is_a_mistake_of_usage(varsity) -> None:
    answer = varsity("sumbit")
    assert answer.exit_code == 2
    assert "sumbit" in answer.stderr
