"""Honest teams for the bench of integrity: many models, on the same data or on resamples of it."""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import BaggingClassifier, ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

Array = NDArray[Any]

MODELS = (
    *(LogisticRegression(C=c, max_iter=300) for c in (1.0, 0.05)),
    LinearSVC(),
    *(SVC(C=c) for c in (1.0, 10.0)),
    SVC(kernel="poly"),
    *(KNeighborsClassifier(k) for k in (3, 5, 7)),
    *(RandomForestClassifier(60, max_depth=d, random_state=1) for d in (None, 8)),
    ExtraTreesClassifier(60, random_state=2),
    BaggingClassifier(random_state=3),
    DecisionTreeClassifier(random_state=4),
    *(MLPClassifier((width,), max_iter=60, random_state=5) for width in (50, 100)),
    GaussianNB(var_smoothing=1e-2),
    NearestCentroid(),
    LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1),
    RidgeClassifier(),
    SGDClassifier(random_state=6),
)


class Field(NamedTuple):
    """The labels of teams, shape (teams, rows), and the truth, shape (rows,)."""

    labels: Array
    truth: Array


def _synthetic(classes: int, noise: float) -> Callable[[int], tuple[Array, Array]]:
    def make(seed: int) -> tuple[Array, Array]:
        return make_classification(
            4000, 20, n_informative=8, n_classes=classes, flip_y=noise, random_state=seed
        )

    return make


DATA: dict[str, Callable[[int], tuple[Array, Array]]] = {
    "digits (899 rows, 10 classes)": lambda _: load_digits(return_X_y=True),
    "breast cancer (285 rows, 2 classes)": lambda _: load_breast_cancer(return_X_y=True),
    "synthetic (2,000 rows, 4 classes)": _synthetic(4, 0.1),
    "synthetic (2,000 rows, 2 classes)": _synthetic(2, 0.15),
}


def field(name: str, seed: int, *, resampled: bool) -> Field:
    """Train every model; `resampled`: each on a bootstrap sample of its own."""
    rng, (features, targets) = np.random.default_rng(seed), DATA[name](seed)
    train, test, known, truth = train_test_split(
        features, targets, test_size=0.5, random_state=seed
    )
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for model in MODELS:
            rows = rng.integers(0, len(train), len(train)) if resampled else np.arange(len(train))
            fitted = make_pipeline(StandardScaler(), clone(model)).fit(train[rows], known[rows])
            found.append(fitted.predict(test))
    return Field(np.stack(found).astype(np.int64), truth.astype(np.int64))


def changed(labels: Array, share: float, classes: int, rng: np.random.Generator) -> Array:
    """A copy with a share of its rows changed to another label, drawn blindly."""
    copy = labels.copy()
    at = rng.choice(len(copy), round(share * len(copy)), replace=False)
    copy[at] = (copy[at] + rng.integers(1, classes, len(at))) % classes
    return copy
