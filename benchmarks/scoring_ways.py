"""The ways to score a file, each measured in a process of its own."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.scoring_files import Case, write_case

SMALL = 1_000
ROOT = Path(__file__).resolve().parent.parent
KAGGLE_SCRIPT = ROOT / "benchmarks" / "ways" / "kaggle.py"
# Each in a process of its own; in turn, so that what else the machine does falls on all alike.
WAYS = {
    "varsity": ["-m", "benchmarks.ways.varsity", "{folder}", "spec.json"],
    "varsity_1000": ["-m", "benchmarks.ways.varsity", "{folder}", "spec_1000.json"],
    "kaggle": ["-m", "benchmarks.ways.kaggle_measured", "{folder}"],
    "parser": ["-m", "benchmarks.ways.parser", "{folder}"],
    "bytes": ["-m", "benchmarks.ways.raw_bytes", "{folder}"],
}


class Taken(NamedTuple):
    """The least seconds of wall clock and processor, and the most memory, of some runs."""

    seconds: float
    cpu: float
    peak: float


class Measured(NamedTuple):
    """What each way took for a case of some size; `codabench` from start to end."""

    case: Case
    rows: int
    ways: dict[str, Taken]


def measure(case: Case, rows: int, base: Path, repeats: int) -> Measured:
    """Measure every way on one case, and require that all find the same scores."""
    write_case(case, SMALL, base / "small")
    folder = write_case(case, rows, base / "run")
    runs: dict[str, list[dict[str, float]]] = {}
    for _ in range(repeats):
        found = {name: _run(line, folder) for name, line in WAYS.items()}
        found["codabench"] = _run_fresh(folder)
        _require_equal([found[name]["scores"] for name in ("varsity", "kaggle", "codabench")])
        for name, run in found.items():
            runs.setdefault(name, []).append(run)
    return Measured(case, rows, {name: _least(each) for name, each in runs.items()})


def _run(line: list[str], folder: Path) -> dict:
    command = [sys.executable, *(part.format(folder=folder) for part in line)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr}")
    return json.loads(done.stdout)


def _run_fresh(folder: Path) -> dict:
    began = time.perf_counter()
    result = folder / "scores.json"
    subprocess.run([sys.executable, str(KAGGLE_SCRIPT), str(folder), str(result)], check=True)
    seconds = time.perf_counter() - began
    scores = json.loads(result.read_text(encoding="utf-8"))
    return {"seconds": seconds, "cpu": seconds, "peak": 0, "scores": scores}


def _require_equal(found: list[dict[str, float]]) -> None:
    for other in found[1:]:
        for board, value in found[0].items():
            # pandas reads decimals to within the last digit or so; polars to the last.
            if abs(value - other[board]) > 1e-9 * abs(value):
                raise RuntimeError(f"the ways disagree: {found}")


def _least(runs: list[dict[str, float]]) -> Taken:
    seconds, cpu = (min(run[name] for run in runs) for name in ("seconds", "cpu"))
    return Taken(seconds, cpu, min(run["peak"] for run in runs))
