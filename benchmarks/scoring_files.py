"""The files that benchmarks/scoring.py scores: a solution, predictions, and how to score them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.spec import EvaluationSpec

CLASSES = 10
PUBLIC = 0.4
SEED = 20_261_122
METRICS = ("roc_auc", "f1", "rmse", "log_loss")
IDS = ("integer", "string")
ORDERS = ("in order", "shuffled")


class Case(NamedTuple):
    """One measurement: the metric, what the ids are, whether the files' orders are the same."""

    metric: str
    ids: str
    order: str

    @property
    def title(self) -> str:
        return f"{TITLES[self.metric]}, {self.ids} ids {self.order}"


TITLES = {
    "roc_auc": "binary AUC",
    "f1": "macro F1, 10 classes",
    "rmse": "RMSE",
    "log_loss": "log loss, 10 columns",
}


def write_case(case: Case, rows: int, folder: Path) -> Path:
    """Write the files of a case: floats with all their digits, as pandas and polars write them."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    truth, predictions = _data(case.metric, rows, random)
    ids = pl.Series("id", _ids(case.ids, rows, random))
    usage = np.where(random.random(rows) < PUBLIC, "Public", "Private")
    solution = pl.DataFrame({"id": ids, "target": truth, "Usage": usage})
    solution.write_csv(folder / "solution.csv")
    table = predictions.insert_column(0, ids)
    if case.order == "shuffled":
        table = table[random.permutation(rows)]
    table.write_csv(folder / "predictions.csv")
    for replicates in (400, 1000):
        spec = _spec(case.metric, tuple(table.columns), replicates)
        name = "spec.json" if replicates == 400 else f"spec_{replicates}.json"
        folder.joinpath(name).write_text(spec.to_json(), encoding="utf-8")
    return folder


def _ids(kind: str, rows: int, random: np.random.Generator) -> NDArray[np.int64] | list[str]:
    if kind == "integer":
        return np.arange(rows, dtype=np.int64)
    return [f"{number:016x}" for number in random.integers(0, 1 << 63, rows)]


def _data(
    metric: str, rows: int, random: np.random.Generator
) -> tuple[NDArray[np.int64] | NDArray[np.float64], pl.DataFrame]:
    if metric == "rmse":
        numbers = random.normal(100, 20, rows)
        return numbers, pl.DataFrame({"target": numbers + random.normal(0, 5, rows)})
    if metric == "roc_auc":
        binary = random.integers(0, 2, rows)
        chances = 1 / (1 + np.exp(-(1.5 * binary - 0.75 + random.normal(size=rows))))
        return binary, pl.DataFrame({"target": chances})
    labels = random.integers(0, CLASSES, rows)
    if metric == "f1":
        guess = np.where(random.random(rows) < 0.7, labels, random.integers(0, CLASSES, rows))
        return labels, pl.DataFrame({"target": guess})
    odds = random.exponential(size=(rows, CLASSES))
    odds[np.arange(rows), labels] += 2
    odds /= odds.sum(axis=1, keepdims=True)
    return labels, pl.DataFrame(odds, schema=[str(label) for label in range(CLASSES)])


def _spec(metric: str, header: tuple[str, ...], replicates: int) -> EvaluationSpec:
    return EvaluationSpec(
        scorer=metric,
        header=header,
        params={"average": "macro"} if metric == "f1" else {},
        labels=tuple(map(str, range(CLASSES))) if metric == "f1" else None,
        replicate_seed=SEED,
        replicates=replicates,
    )
