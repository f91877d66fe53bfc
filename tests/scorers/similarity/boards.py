"""Boards of honest teams: other models, each trained on a bootstrap sample of the same data."""

import warnings
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes, load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import (
    BayesianRidge,
    ElasticNet,
    HuberRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    Ridge,
    RidgeClassifier,
)
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestCentroid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

CLASSIFIERS = (
    LogisticRegression(max_iter=300),
    LogisticRegression(C=0.05, max_iter=300),
    LinearSVC(),
    SVC(),
    SVC(C=10),
    SVC(kernel="poly"),
    KNeighborsClassifier(3),
    KNeighborsClassifier(7),
    RandomForestClassifier(30, random_state=1),
    ExtraTreesClassifier(30, random_state=2),
    BaggingClassifier(random_state=3),
    GaussianNB(var_smoothing=1e-2),
    LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1),
    RidgeClassifier(),
    NearestCentroid(),
    DecisionTreeClassifier(random_state=4),
)
REGRESSORS = (
    LinearRegression(),
    Ridge(),
    Lasso(0.5),
    ElasticNet(0.1),
    BayesianRidge(),
    HuberRegressor(max_iter=500),
    SVR(C=50),
    KNeighborsRegressor(7),
    KNeighborsRegressor(12),
    RandomForestRegressor(30, random_state=1),
    ExtraTreesRegressor(30, random_state=2),
    GradientBoostingRegressor(n_estimators=50, random_state=3),
    DecisionTreeRegressor(max_depth=5, random_state=4),
)
Array = NDArray[Any]


def _predictions(models: tuple[Any, ...], data: tuple[Array, Array], seed: int) -> Array:
    rng, (features, targets) = np.random.default_rng(seed), data
    train, test, known, _ = train_test_split(features, targets, test_size=0.5, random_state=seed)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for model in models:
            drawn = rng.integers(0, len(train), len(train))
            fitted = make_pipeline(StandardScaler(), model).fit(train[drawn], known[drawn])
            found.append(np.asarray(fitted.predict(test)).ravel())
    return np.stack(found)


def _truth(data: tuple[Array, Array], seed: int) -> Array:
    return train_test_split(*data, test_size=0.5, random_state=seed)[3]


@cache
def digits(seed: int = 0) -> tuple[Array, Array]:
    """Labels of 16 classifiers, shape (16, 899), and the truth."""
    data = load_digits(return_X_y=True)
    return _predictions(CLASSIFIERS, data, seed).astype(np.int64), _truth(data, seed)


@cache
def diabetes(seed: int = 0) -> Array:
    """Numbers of 13 regressors, shape (13, 221, 1)."""
    return _predictions(REGRESSORS, load_diabetes(return_X_y=True), seed)[:, :, None]


def changed(labels: Array, share: float, *, seed: int = 0) -> Array:
    """A copy with a share of its rows changed to another label, drawn at random."""
    rng, copy = np.random.default_rng(seed), labels.copy()
    at = rng.choice(len(copy), round(share * len(copy)), replace=False)
    copy[at] = (copy[at] + rng.integers(1, 10, len(at))) % 10
    return copy


def redrawn(numbers: Array, share: float, *, seed: int = 0) -> Array:
    """A copy with a share of its rows changed to numbers of other rows."""
    rng, copy = np.random.default_rng(seed), numbers.copy()
    at = rng.choice(len(copy), round(share * len(copy)), replace=False)
    copy[at] = rng.choice(numbers[:, 0], len(at))[:, None]
    return copy
