"""The way of a Kaggle metric: pandas reads and merges, scikit-learn scores. No check, no interval.

As a script, `python kaggle.py FOLDER RESULT` is the way of a Codabench scoring program, which is
started anew for each submission and writes its scores as JSON.
"""

import json
import sys
from pathlib import Path

import pandas as pd
from sklearn import metrics

LABELS = list(range(10))
METRICS = {
    "roc_auc": lambda truth, given: metrics.roc_auc_score(truth, given.iloc[:, 0]),
    "f1": lambda truth, given: metrics.f1_score(truth, given.iloc[:, 0], average="macro"),
    "rmse": lambda truth, given: metrics.root_mean_squared_error(truth, given.iloc[:, 0]),
    "log_loss": lambda truth, given: metrics.log_loss(truth, given, labels=LABELS),
}


def score(folder: Path) -> dict[str, float]:
    metric = METRICS[json.loads(folder.joinpath("spec.json").read_text(encoding="utf-8"))["scorer"]]
    predictions = pd.read_csv(folder / "predictions.csv")
    solution = pd.read_csv(folder / "solution.csv").rename(columns={"target": "truth"})
    both = solution.merge(predictions, on="id")
    columns = [name for name in predictions.columns if name != "id"]
    scores = {}
    for board in ("Public", "Private"):
        rows = both[both["Usage"] == board]
        scores[board.lower()] = float(metric(rows["truth"], rows[columns]))
    return scores


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(score(Path(sys.argv[1]))), encoding="utf-8")
