"""Builds the Mauna Loa CO2 forecasting challenge from the series that statsmodels ships."""

import argparse
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.datasets import co2

HERE = Path(__file__).resolve().parent
SEED = 1958
FIRST_TEST_YEAR, FIRST_PRIVATE_YEAR = 1992, 1996


def weeks() -> pd.DataFrame:
    """Every week with a measurement: `date` (a Saturday), `co2` in ppm, opaque ids."""
    frame = co2.load_pandas().data.dropna().rename_axis("date").reset_index()
    numbers = np.random.default_rng(SEED).permutation(90_000)[: len(frame)] + 10_000
    frame.insert(0, "id", [f"w{number}" for number in numbers])
    return frame.assign(co2=frame["co2"].round(1))


def solution(test: pd.DataFrame) -> pd.DataFrame:
    """The hidden weeks: a calendar quarter is one unit, the near years are public."""
    usage = np.where(test["date"].dt.year < FIRST_PRIVATE_YEAR, "Public", "Private")
    quarter = test["date"].dt.year.astype(str) + "Q" + test["date"].dt.quarter.astype(str)
    return test[["id", "co2"]].assign(quarter=quarter, Usage=usage)


def build(out: Path) -> None:
    """Write every file of the challenge's `data/` and `private/` under `out`."""
    (out / "data").mkdir(parents=True, exist_ok=True)
    (out / "private").mkdir(parents=True, exist_ok=True)
    frame = weeks()
    train = frame[frame["date"].dt.year < FIRST_TEST_YEAR]
    test = frame[frame["date"].dt.year >= FIRST_TEST_YEAR].sort_values("id")
    questions = test.drop(columns="co2")
    train.to_csv(out / "data" / "train.csv", index=False)
    questions.to_csv(out / "data" / "test.csv", index=False)
    sample = test[["id"]].assign(co2=train["co2"].iloc[-52:].mean().round(1))
    sample.to_csv(out / "data" / "sample_submission.csv", index=False)
    solution(test).to_csv(out / "private" / "solution.csv", index=False)
    # The board's baseline is the starter script itself, on the same rows.
    answer = runpy.run_path(str(HERE / "baseline.py"))["predict"](train, questions)
    answer.to_csv(out / "private" / "baseline_line_and_season.csv", index=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="where data/ and private/ go")
    build(parser.parse_args().out)
