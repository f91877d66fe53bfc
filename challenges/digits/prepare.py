"""Builds the handwritten digits challenge from the copy that scikit-learn ships."""

import argparse
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
SEED = 1995
TRAIN_ROWS, A_ROWS = 797, 450


def scans() -> pd.DataFrame:
    """All 1,797 scans under opaque ids, ordered by id: the order says nothing about the digit."""
    pixels, digits = load_digits(return_X_y=True)
    names = [f"r{row}c{column}" for row in range(8) for column in range(8)]
    frame = pd.DataFrame(pixels.astype(int), columns=names)
    numbers = np.random.default_rng(SEED).permutation(90_000)[: len(frame)] + 10_000
    frame.insert(0, "id", [f"d{number}" for number in numbers])
    return frame.assign(digit=digits).sort_values("id", ignore_index=True)


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Training rows and the test rows of the A and the B board, each with all ten digits."""
    train, test = train_test_split(
        frame, train_size=TRAIN_ROWS, stratify=frame["digit"], random_state=SEED
    )
    a, b = train_test_split(test, train_size=A_ROWS, stratify=test["digit"], random_state=SEED)
    return train.sort_values("id"), a.sort_values("id"), b.sort_values("id")


def write_board(out: Path, board: str, sample: str, rows: pd.DataFrame) -> None:
    """The files of one board: the scans and a sample to download, the digits to keep."""
    rows.drop(columns="digit").to_csv(out / "data" / f"test_{board}.csv", index=False)
    rows[["id"]].assign(digit=0).to_csv(out / "data" / sample, index=False)
    rows[["id", "digit"]].to_csv(out / "private" / f"solution_{board}.csv", index=False)


def write_baselines(out: Path, train: pd.DataFrame, boards: dict[str, pd.DataFrame]) -> None:
    """The predictions of the starter script, so that the board shows what it reaches."""
    predict = runpy.run_path(str(HERE / "baseline.py"))["predict"]
    for board, rows in boards.items():
        answer = predict(train, rows.drop(columns="digit"))
        answer.to_csv(out / "private" / f"baseline_logistic_{board}.csv", index=False)


def build(out: Path) -> None:
    """Write every file of the challenge's `data/` and `private/` under `out`."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    (out / "private").mkdir(parents=True, exist_ok=True)
    train, a, b = split(scans())
    train.to_csv(out / "data" / "train.csv", index=False)
    write_board(out, "a", "sample_submission.csv", a)
    write_board(out, "b", "sample_submission_b.csv", b)
    write_baselines(out, train, {"a": a, "b": b})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="where data/ and private/ go")
    build(parser.parse_args().out)
