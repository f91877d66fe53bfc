"""Varsity's whole path: read, check, align, score, resample on both boards."""

import sys
from pathlib import Path

from benchmarks.ways.measured import main
from scorers.evaluate import EvaluationSpec, evaluate_file


def score(folder: Path) -> dict[str, float]:
    spec = EvaluationSpec.from_json(folder.joinpath(sys.argv[2]).read_text(encoding="utf-8"))
    found = evaluate_file(folder / "predictions.csv", folder / "solution.csv", spec)
    if found.public is None or found.private is None or found.public.interval is None:
        raise RuntimeError("a board or its interval is missing")
    return {"public": found.public.value, "private": found.private.value}


if __name__ == "__main__":
    main(score)
