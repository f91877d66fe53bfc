"""How long a worker takes for a file with a child waiting, and how many it scores a second."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.scoring_files import Case, write_case
from server.evaluations.scoring import score_file
from server.evaluations.warming import warm_up
from server.shared.isolation import Isolation, Limits

FILES, FRESH, PAUSE = 30, 6, 0.4
LIMITS = Limits(memory_bytes=4 << 30, wall_seconds=60)
KAGGLE_SCRIPT = Path(__file__).parent / "ways" / "kaggle.py"


class Stream(NamedTuple):
    """Seconds a file: with a child waiting, one after the other, and in a fresh process each."""

    case: Case
    rows: int
    waiting: float
    waiting_1000: float
    in_turn: float
    fresh: float


def measure_stream(case: Case, rows: int, folder: Path) -> Stream:
    """Score one file again and again through the worker's isolation, and as Codabench does."""
    write_case(case, rows, folder)
    isolation = Isolation(workers=1, limits=LIMITS, warm_up=warm_up)
    try:
        for _ in range(3):
            _score(isolation, folder, "spec.json")
        waiting = [_score(isolation, folder, "spec.json", PAUSE) for _ in range(FILES)]
        longer = [_score(isolation, folder, "spec_1000.json", PAUSE) for _ in range(FILES)]
        began = time.perf_counter()
        for _ in range(FILES):
            _score(isolation, folder, "spec.json")
        in_turn = (time.perf_counter() - began) / FILES
    finally:
        isolation.stop()
    fresh = [_score_fresh(folder) for _ in range(FRESH)]
    medians = (statistics.median(each) for each in (waiting, longer))
    return Stream(case, rows, *medians, in_turn, statistics.median(fresh))


def _score(isolation: Isolation, folder: Path, spec: str, pause: float = 0) -> float:
    time.sleep(pause)
    paths = (str(folder / "predictions.csv"), str(folder / "solution.csv"))
    began = time.perf_counter()
    text = isolation.run(score_file, *paths, folder.joinpath(spec).read_text(encoding="utf-8"))
    seconds = time.perf_counter() - began
    if json.loads(text)["outcome"] != "scored":
        raise RuntimeError(text)
    return seconds


def _score_fresh(folder: Path) -> float:
    began = time.perf_counter()
    result = folder / "scores.json"
    subprocess.run([sys.executable, str(KAGGLE_SCRIPT), str(folder), str(result)], check=True)
    return time.perf_counter() - began
