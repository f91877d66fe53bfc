"""Running a challenge's own prepare.py, where its data or its solution has yet to be built."""

import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scorers.sentences import Sentence, as_written, sentence, together
from server.folders.faults import DEFINITION_FILE, FolderFault, InvalidFolder
from server.folders.files import DATA, PREPARE
from server.folders.parsing import read_toml

TRACE_LINES = 12


def to_stderr(line: str) -> None:
    """Show a line of the script's output where it does not mix with a command's own."""
    sys.stderr.write(f"{line}\n")


def run_prepare(path: Path, *, show: Callable[[str], None] = to_stderr) -> bool:
    """Run prepare.py in the folder if there is one and something is missing; True if it ran.

    Raises InvalidFolder with the last lines of its output where it fails.
    """
    if not (path / PREPARE).is_file() or not missing_files(path):
        return False
    status, last_lines = _run(path, show)
    if status != 0:
        raise InvalidFolder([_failure(status, last_lines)])
    return True


def missing_files(path: Path) -> list[str]:
    """Return the files that the definition names and that are not there, data/ among them.

    Raises InvalidFolder where there is no definition, or it is not TOML.
    """
    named = list(_named_files(read_definition_file(path)[1]))
    missing = [name for name in named if not (path / name).is_file()]
    empty = not (path / DATA).is_dir() or not any((path / DATA).iterdir())
    return missing + ([f"{DATA}/"] if empty else [])


def read_definition_file(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a folder's definition and what TOML says it holds.

    Raises InvalidFolder where there is none, or it is not TOML.
    """
    if not path.is_dir():
        said = sentence("There is no such folder.")
        remedy = sentence("Correct the path, or make one: varsity new SLUG")
        raise InvalidFolder([FolderFault(str(path), None, None, said, remedy)])
    try:
        return read_toml((path / DEFINITION_FILE).read_bytes())
    except OSError as error:
        said = sentence("%(folder)s has no challenge.toml that can be read.", folder=str(path))
        remedy = sentence("Name a challenge's folder, or make one: varsity new SLUG")
        raise InvalidFolder([FolderFault(DEFINITION_FILE, None, None, said, remedy)]) from error


def _named_files(document: dict[str, Any]) -> Iterable[str]:
    tables = [("sample", document.get("submission"))]
    tables += [("solution", phase) for phase in _list(document.get("phases"))]
    tables += [("file", baseline) for baseline in _list(document.get("baselines"))]
    for key, table in tables:
        name = table.get(key) if isinstance(table, dict) else None
        if isinstance(name, str):
            yield name


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _run(path: Path, show: Callable[[str], None]) -> tuple[int, list[str]]:
    last_lines: deque[str] = deque(maxlen=TRACE_LINES)
    process = subprocess.Popen(  # noqa: S603 - the organiser's script, at their own command
        [sys.executable, "-u", PREPARE],
        cwd=path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        errors="replace",
    )
    with process:
        for line in process.stdout or ():
            last_lines.append(line.rstrip("\n"))
            show(last_lines[-1])
    return process.returncode, list(last_lines)


def _failure(status: int, last_lines: list[str]) -> FolderFault:
    trace = "\n".join(last_lines)
    places = re.findall(rf'File "[^"]*{re.escape(PREPARE)}", line (\d+)', trace)
    said = _ending(status)
    if trace:
        said = together(said, sentence("Its last lines:"), as_written(f"\n{trace}\n"))
    line = int(places[-1]) if places else None
    remedy = sentence("Correct the script; run it by hand with: python prepare.py")
    return FolderFault(PREPARE, line, None, said, remedy)


def _ending(status: int) -> Sentence:
    if status < 0:
        return sentence("The script was killed by signal %(number)s.", number=-status)
    return sentence("The script ended with status %(number)s.", number=status)
