"""Builds the diabetes progression challenge from the copy that scikit-learn ships."""

import argparse
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
SEED = 2004
TRAIN_ROWS = 222
NAMES = {
    "s1": "total_cholesterol",
    "s2": "ldl",
    "s3": "hdl",
    "s4": "cholesterol_ratio",
    "s5": "log_triglycerides",
    "s6": "glucose",
    "target": "progression",
}


def patients() -> pd.DataFrame:
    """All 442 patients in their natural units under opaque ids, ordered by id."""
    frame = load_diabetes(as_frame=True, scaled=False).frame.rename(columns=NAMES)
    frame = frame.astype({"age": int, "sex": int, "progression": int})
    numbers = np.random.default_rng(SEED).permutation(90_000)[: len(frame)] + 10_000
    frame.insert(0, "id", [f"p{number}" for number in numbers])
    return frame.sort_values("id", ignore_index=True)


def build(out: Path) -> None:
    """Write every file of the challenge's `data/` and `private/` under `out`."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    (out / "private").mkdir(parents=True, exist_ok=True)
    train, test = train_test_split(patients(), train_size=TRAIN_ROWS, random_state=SEED)
    train, test = train.sort_values("id"), test.sort_values("id")
    questions = test.drop(columns="progression")
    train.to_csv(out / "data" / "train.csv", index=False)
    questions.to_csv(out / "data" / "test.csv", index=False)
    sample = test[["id"]].assign(progression=150.0)
    sample.to_csv(out / "data" / "sample_submission.csv", index=False)
    test[["id", "progression"]].to_csv(out / "private" / "solution.csv", index=False)
    # The board's baseline is the starter script itself, on the same rows.
    answer = runpy.run_path(str(HERE / "baseline.py"))["predict"](train, questions)
    answer.to_csv(out / "private" / "baseline_linear.csv", index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="where data/ and private/ go")
    build(parser.parse_args().out)
