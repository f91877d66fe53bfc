"""Builds the homework from the wines that scikit-learn ships."""

import argparse
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
SEED = 1991
TRAIN_ROWS = 68
VARIETIES = ("barolo", "grignolino", "barbera")
# What a small laboratory measures; with flavanoids, hue and proline there would be little to learn.
MEASURED = (
    "alcohol",
    "malic_acid",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
    "nonflavanoid_phenols",
    "proanthocyanins",
)


def bottles() -> pd.DataFrame:
    """One row a wine under an opaque id, ordered by id."""
    source = load_wine(as_frame=True)
    frame = source.data[list(MEASURED)].copy()
    frame["variety"] = [VARIETIES[code] for code in source.target]
    numbers = np.random.default_rng(SEED).permutation(9_000)[: len(frame)] + 1_000
    frame.insert(0, "id", [f"w{number}" for number in numbers])
    return frame.sort_values("id", ignore_index=True)


def build(out: Path) -> None:
    """Write every file of the challenge's `data/` and `private/` under `out`."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    (out / "private").mkdir(parents=True, exist_ok=True)
    frame = bottles()
    train, test = train_test_split(
        frame, train_size=TRAIN_ROWS, stratify=frame["variety"], random_state=SEED
    )
    train, test = train.sort_values("id"), test.sort_values("id")
    questions = test.drop(columns="variety")
    train.to_csv(out / "data" / "train.csv", index=False)
    questions.to_csv(out / "data" / "test.csv", index=False)
    sample = test[["id"]].assign(variety="grignolino")
    sample.to_csv(out / "data" / "sample_submission.csv", index=False)
    test[["id", "variety"]].to_csv(out / "private" / "solution.csv", index=False)
    # The board's baseline is the starter script itself, on the same rows.
    answer = runpy.run_path(str(HERE / "baseline.py"))["predict"](train, questions)
    answer.to_csv(out / "private" / "baseline_centroid.csv", index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="where data/ and private/ go")
    build(parser.parse_args().out)
