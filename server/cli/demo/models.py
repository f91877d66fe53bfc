"""Trains the demo's models and writes their predictions as submission files."""

import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from server.cli.demo.catalogue import ESTIMATORS, UNSCALED, Recipe
from server.cli.demo.features import TASKS, Answer, FeatureSet, Matrix, Task, years
from server.cli.demo.mistakes import Mistake, write


@dataclass(frozen=True)
class ModelPlan:
    """One model to train: what, on which part of the training rows, for which test rows."""

    challenge: str
    phase: str
    recipe: Recipe
    share: float = 1.0  # of the training rows
    seed: int = 0
    mistake: Mistake | None = None
    changed: float = 0.0  # of the answers, by hand: each is another row's


def predictions(challenge_dir: Path, plan: ModelPlan) -> bytes:
    """Train `plan` on `data/train.csv` and write its submission for the phase's test rows.

    Raises: FileNotFoundError where `data/` has not been built.
    """
    task = TASKS[plan.challenge]
    train = training_rows(read_table(challenge_dir / "data" / "train.csv"), plan, task)
    test = read_table(questions_file(challenge_dir, plan.phase))
    # One thread: a demo trains while its server and its workers want the other cores.
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # A student who stops a solver early gets a submission, not an error.
        warnings.simplefilter("ignore", ConvergenceWarning)
        answer = changed(answers(train, test, plan, task), plan)
    return write(test.select("id").hstack(answer), plan.mistake)


@lru_cache(maxsize=32)
def read_table(path: Path) -> pl.DataFrame:
    """A data file, kept in memory: every model of a challenge reads the same ones."""
    return pl.read_csv(path, infer_schema_length=None)


def questions_file(challenge_dir: Path, phase: str) -> Path:
    """The phase's own test rows where it has some, else the challenge's."""
    own = challenge_dir / "data" / f"test_{phase}.csv"
    return own if own.exists() else challenge_dir / "data" / "test.csv"


def training_rows(train: pl.DataFrame, plan: ModelPlan, task: Task) -> pl.DataFrame:
    """The share of the rows that is trained on: the latest of a series, else a random one."""
    wanted = round(plan.share * len(train))
    if wanted == len(train):
        return train
    if task.recent_rows:
        return train.tail(wanted)
    chosen = np.random.default_rng(plan.seed).permutation(len(train))[:wanted]
    return train[np.sort(chosen)]


def answers(train: pl.DataFrame, test: pl.DataFrame, plan: ModelPlan, task: Task) -> pl.DataFrame:
    """The prediction columns, in the sample's order."""
    select = task.features[plan.recipe.features]
    model, asked = make_model(plan), select(test)
    if task.answer is Answer.NUMBER:
        trend = fitted_trend(train, plan, task)
        model.fit(select(train), train[task.target].to_numpy() - trend(train))
        return pl.DataFrame({task.target: (np.ravel(model.predict(asked)) + trend(test)).round(5)})
    model.fit(select(train), train[task.target].to_numpy())
    if task.answer is Answer.LABEL:
        return pl.DataFrame({task.target: model.predict(asked)})
    if task.answer is Answer.PROBABILITY:
        return pl.DataFrame({task.target: probability(model, asked).round(6)})
    shares = floored(model.predict_proba(asked))
    return pl.DataFrame(dict(zip(model.classes_, shares.T, strict=True)))


def changed(answer: pl.DataFrame, plan: ModelPlan) -> pl.DataFrame:
    """The answers, a few of them those of other rows: what hides a copy from a quick look."""
    rng, rows = np.random.default_rng(plan.seed), np.arange(len(answer))
    few = rng.choice(rows, round(plan.changed * len(answer)), replace=False)
    rows[few] = rng.choice(rows, len(few))
    return answer[rows]


def fitted_trend(train: pl.DataFrame, plan: ModelPlan, task: Task) -> FeatureSet:
    """The polynomial in time that a feature set takes for granted; 0 for the others."""
    degree = task.trends.get(plan.recipe.features)
    if degree is None:
        return lambda frame: np.zeros(len(frame))
    truth = train[task.target].to_numpy().astype(np.float64)
    curve = np.polynomial.Polynomial.fit(years(train), truth, degree)
    return lambda frame: np.asarray(curve(years(frame)), dtype=np.float64)


def make_model(plan: ModelPlan) -> Any:
    """The estimator of a recipe, seeded, behind a scaler where it needs one."""
    kind: type[BaseEstimator] = ESTIMATORS[plan.recipe.estimator]
    model = kind(**dict(plan.recipe.params))
    if "random_state" in model.get_params():
        model.set_params(random_state=plan.seed)
    return model if plan.recipe.estimator in UNSCALED else make_pipeline(StandardScaler(), model)


def probability(model: Any, asked: Matrix) -> Matrix:
    """P(class 1); a margin is squeezed into 0 to 1, which keeps its order."""
    if hasattr(model, "predict_proba"):
        shares: NDArray[np.float64] = model.predict_proba(asked)[:, 1]
        return shares
    return np.asarray(expit(model.decision_function(asked)), dtype=np.float64)


def floored(shares: Matrix) -> Matrix:
    """Probabilities of at least a percent, rows summing to one."""
    lifted = np.clip(shares, 0.01, None)
    return np.asarray(lifted / lifted.sum(axis=1, keepdims=True), dtype=np.float64)
