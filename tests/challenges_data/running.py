"""The scripts of the bundled challenges, run by hand: the libraries are loaded once for all."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

BUNDLED = Path(__file__).resolve().parents[2] / "challenges"
TWO_BOARDS = ["breast-cancer", "digits"]
# A process that has loaded what takes long leaves each script to a child of its own.
RUN_ALL = """
import json, os, runpy, sys
import pandas, sklearn.utils
for folder, arguments in json.loads(sys.argv[1]):
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        said = os.open("said", os.O_CREAT | os.O_WRONLY)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")
        sys.exit()
    os.waitpid(child, 0)
"""


def definition_of(slug: str) -> dict[str, Any]:
    return tomllib.loads((BUNDLED / slug / "challenge.toml").read_text(encoding="utf-8"))


def run_all(folders: dict[Path, list[str]]) -> None:
    """Run a script with its arguments in each folder, where warnings are errors."""
    asked = json.dumps([(str(folder), arguments) for folder, arguments in folders.items()])
    # More threads than one wait for each other, and spin, where other tests want the cores.
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", "-c", RUN_ALL, asked]
    subprocess.run(command, env=one_thread, check=True)


def prepare_all(out: Path) -> None:
    """Build the data of every challenge in a folder each."""
    run_all(
        {
            _folder(out, script): [str(script), "--out", str(out / script.parent.name)]
            for script in sorted(BUNDLED.glob("*/prepare.py"))
        }
    )


def start_all(out: Path, built: Path) -> None:
    """Run every baseline.py as a student does, beside the downloaded data."""
    asked: dict[Path, list[str]] = {}
    for script in sorted(BUNDLED.glob("*/baseline.py")):
        slug = script.parent.name
        folder = _folder(out, script)
        (folder / "data").symlink_to(built / slug / "data")
        phase = definition_of(slug)["baselines"][-1]["phase"]
        asked[folder] = [str(script), *(["--board", phase] if slug in TWO_BOARDS else [])]
    run_all(asked)


def _folder(out: Path, script: Path) -> Path:
    folder = out / script.parent.name
    folder.mkdir()
    return folder
