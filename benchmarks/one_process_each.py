"""The baseline of scoring_rate.py: what a script does that is started anew for each file.

`python one_process_each.py PREDICTIONS SOLUTION RESULT` reads, aligns by id, scores, writes JSON.
"""

import csv
import json
import sys
from pathlib import Path

from sklearn.metrics import f1_score


def read(path: str) -> dict[str, dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def main(predictions: str, solution: str, result: str) -> None:
    predicted, truth = read(predictions), read(solution)
    scores = {}
    for usage in ("Public", "Private"):
        ids = [key for key, row in truth.items() if row["Usage"] == usage]
        scores[usage.lower()] = f1_score(
            [truth[key]["label"] for key in ids],
            [predicted[key]["label"] for key in ids],
            average="macro",
        )
    Path(result).write_text(json.dumps(scores), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
