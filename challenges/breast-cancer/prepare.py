"""Builds the breast cancer challenge from the copy that scikit-learn ships."""

import argparse
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
SEED = 1993
TRAIN_ROWS, A_ROWS, PUBLIC_ROWS = 189, 190, 80


def masses() -> pd.DataFrame:
    """All 569 masses under opaque ids, ordered by id, `malignant` as 1 or 0."""
    source = load_breast_cancer(as_frame=True)
    frame = source.data.rename(columns=lambda name: name.replace(" ", "_"))
    numbers = np.random.default_rng(SEED).permutation(90_000)[: len(frame)] + 10_000
    frame.insert(0, "id", [f"m{number}" for number in numbers])
    # scikit-learn's target is 0 for malignant; the challenge asks for the illness.
    return frame.assign(malignant=1 - source.target).sort_values("id", ignore_index=True)


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Training rows and the rows of the A and the B board, with equal shares of malignant."""
    sick = frame["malignant"]
    train, test = train_test_split(frame, train_size=TRAIN_ROWS, stratify=sick, random_state=SEED)
    a, b = train_test_split(test, train_size=A_ROWS, stratify=test["malignant"], random_state=SEED)
    return train.sort_values("id"), a.sort_values("id"), b.sort_values("id")


def with_usage(rows: pd.DataFrame) -> pd.DataFrame:
    """Mark which rows make the public score and which the private one."""
    public, _ = train_test_split(
        rows, train_size=PUBLIC_ROWS, stratify=rows["malignant"], random_state=SEED
    )
    usage = np.where(rows["id"].isin(public["id"]), "Public", "Private")
    return rows[["id", "malignant"]].assign(Usage=usage)


def write_board(out: Path, board: str, sample: str, rows: pd.DataFrame) -> None:
    """The files of one board: measurements and a sample to download, diagnoses to keep."""
    rows.drop(columns="malignant").to_csv(out / "data" / f"test_{board}.csv", index=False)
    rows[["id"]].assign(malignant=0.5).to_csv(out / "data" / sample, index=False)
    with_usage(rows).to_csv(out / "private" / f"solution_{board}.csv", index=False)


def write_baselines(out: Path, train: pd.DataFrame, boards: dict[str, pd.DataFrame]) -> None:
    """The predictions of the starter script, so that the board shows what it reaches."""
    predict = runpy.run_path(str(HERE / "baseline.py"))["predict"]
    for board, rows in boards.items():
        answer = predict(train, rows.drop(columns="malignant"))
        answer.to_csv(out / "private" / f"baseline_three_features_{board}.csv", index=False)


def build(out: Path) -> None:
    """Write every file of the challenge's `data/` and `private/` under `out`."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    (out / "private").mkdir(parents=True, exist_ok=True)
    train, a, b = split(masses())
    train.to_csv(out / "data" / "train.csv", index=False)
    write_board(out, "a", "sample_submission.csv", a)
    write_board(out, "b", "sample_submission_b.csv", b)
    write_baselines(out, train, {"a": a, "b": b})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="where data/ and private/ go")
    build(parser.parse_args().out)
