"""Challenge folders made of scikit-learn's data sets, honest or with something planted."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.linear_model import LinearRegression, LogisticRegression

from server.folders.reading import read_folder
from server.folders.surveying import Survey, survey_folder
from server.folders.times import Clock
from server.preflight.checking import report
from server.preflight.report import Level, Line, Report

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEAD = """title = "Planted"
summary = "Predict y."
licence = "CC BY 4.0"
privacy = { personal_data = false }
"""
PHASE = """slug = "main"
starts = 2026-11-01T00:00:00Z
ends = 2026-12-31T16:00:00Z
solution = "private/solution.csv"
"""


@dataclass
class Data:
    """Rows to make a challenge of; a test changes them before they are written.

    `beside`: further columns of the solution.
    """

    train: pl.DataFrame
    test: pl.DataFrame
    answers: pl.Series
    beside: dict[str, object] = field(default_factory=dict)
    head: str = HEAD
    scoring: str = 'scorer = "accuracy"'
    phase: str = "public_fraction = 0.4"
    sample: object = 0
    baseline: np.ndarray | None = None
    times: str = PHASE

    def write(self, folder: Path) -> Path:
        (folder / "data").mkdir(parents=True)
        (folder / "private").mkdir()
        ids = self.test.select("id")
        self.train.write_csv(folder / "data" / "train.csv")
        self.test.write_csv(folder / "data" / "test.csv")
        sample = self.sample if isinstance(self.sample, pl.Series) else pl.lit(self.sample)
        ids.with_columns(y=sample).write_csv(folder / "data" / "sample_submission.csv")
        solution = ids.with_columns(y=self.answers)
        solution = solution.with_columns(**{n: pl.Series(v) for n, v in self.beside.items()})
        solution.write_csv(folder / "private" / "solution.csv")
        for page in ("overview", "data", "rules"):
            (folder / f"{page}.md").write_text("# Words\n\nSome.\n", "utf-8")
        text = f'{self.head}\n[submission]\nsample = "data/sample_submission.csv"\n'
        text += f"[scoring]\n{self.scoring}\n[[phases]]\n{self.times}{self.phase}\n"
        if self.baseline is not None:
            ids.with_columns(y=pl.Series(self.baseline)).write_csv(folder / "private" / "base.csv")
            text += '[[baselines]]\nname = "linear"\nphase = "main"\nfile = "private/base.csv"\n'
        (folder / "challenge.toml").write_text(text, "utf-8")
        return folder


LOADERS = {"digits": load_digits, "breast": load_breast_cancer, "diabetes": load_diabetes}


def data_of(name: str, *, seed: int = 7) -> Data:
    """One of scikit-learn's data sets in two halves, with random ids and a linear baseline."""
    return deepcopy(_made(name, seed))


@cache
def _made(name: str, seed: int) -> Data:
    x, y = LOADERS[name](return_X_y=True)
    random = np.random.default_rng(seed)
    order = random.permutation(len(y))
    x, y = x[order].round(6), y[order]
    frame = pl.DataFrame({f"x{i}": x[:, i] for i in range(x.shape[1])})
    ids = random.permutation(90_000)[: len(y)] + 10_000
    frame = frame.insert_column(0, pl.Series("id", ids)).with_columns(y=pl.Series(y.astype(int)))
    half = len(y) // 2
    train, test = frame[:half].sort("id"), frame[half:].sort("id")
    model = LinearRegression() if name == "diabetes" else LogisticRegression(max_iter=50, tol=0.1)
    scale = x[:half].std(axis=0) + 1e-9
    model.fit(train.drop("id", "y").to_numpy() / scale, train["y"].to_numpy())
    said = model.predict(test.drop("id", "y").to_numpy() / scale)
    data = Data(train, test.drop("y"), test["y"], baseline=said)
    if name == "diabetes":
        data.scoring, data.sample = 'scorer = "rmse"', 150.0
    return data


def surveyed(folder: Path) -> Survey:
    """A folder looked through, as of the day of the tests."""
    return survey_folder(folder, Clock(NOW, allow_relative_times=True))


def checked(folder: Path, **options: object) -> Report:
    """The report on a folder, as of the day of the tests."""
    read = read_folder(folder, now=NOW, allow_relative_times=True)
    return report(read, now=NOW, **options)


def found(said: Report, code: str) -> Line:
    """The only line of a code."""
    (line,) = [line for line in said.lines if line.code == code]
    return line


def complaints(said: Report) -> Mapping[str, Level]:
    """The codes of all errors and warnings."""
    serious = (Level.ERROR, Level.WARNING)
    return {line.code: line.level for line in said.lines if line.level in serious}
