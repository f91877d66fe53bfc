"""The models that the demo's students know: estimators, settings and feature sets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from sklearn import (
    cross_decomposition,
    discriminant_analysis,
    ensemble,
    gaussian_process,
    kernel_ridge,
    linear_model,
    naive_bayes,
    neighbors,
    neural_network,
    svm,
    tree,
)
from sklearn.base import BaseEstimator

CLASSES: tuple[type[BaseEstimator], ...] = (
    cross_decomposition.PLSRegression,
    discriminant_analysis.LinearDiscriminantAnalysis,
    discriminant_analysis.QuadraticDiscriminantAnalysis,
    ensemble.AdaBoostClassifier,
    ensemble.AdaBoostRegressor,
    ensemble.BaggingClassifier,
    ensemble.BaggingRegressor,
    ensemble.ExtraTreesClassifier,
    ensemble.ExtraTreesRegressor,
    ensemble.GradientBoostingClassifier,
    ensemble.GradientBoostingRegressor,
    ensemble.HistGradientBoostingClassifier,
    ensemble.HistGradientBoostingRegressor,
    ensemble.RandomForestClassifier,
    ensemble.RandomForestRegressor,
    gaussian_process.GaussianProcessClassifier,
    gaussian_process.GaussianProcessRegressor,
    kernel_ridge.KernelRidge,
    linear_model.BayesianRidge,
    linear_model.ElasticNet,
    linear_model.HuberRegressor,
    linear_model.Lasso,
    linear_model.LinearRegression,
    linear_model.LogisticRegression,
    linear_model.PoissonRegressor,
    linear_model.Ridge,
    linear_model.RidgeClassifier,
    linear_model.SGDClassifier,
    linear_model.SGDRegressor,
    linear_model.TweedieRegressor,
    naive_bayes.BernoulliNB,
    naive_bayes.GaussianNB,
    neighbors.KNeighborsClassifier,
    neighbors.KNeighborsRegressor,
    neighbors.NearestCentroid,
    neural_network.MLPClassifier,
    neural_network.MLPRegressor,
    svm.LinearSVC,
    svm.SVC,
    svm.SVR,
    tree.DecisionTreeClassifier,
    tree.DecisionTreeRegressor,
)
ESTIMATORS: Mapping[str, type[BaseEstimator]] = {kind.__name__: kind for kind in CLASSES}

# These ask about one feature at a time, or about 0 and 1: a scale means nothing to them.
UNSCALED = {name for name in ESTIMATORS if "Tree" in name or "Forest" in name} | {
    "BernoulliNB",
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "HistGradientBoostingClassifier",
    "HistGradientBoostingRegressor",
    "AdaBoostClassifier",
    "AdaBoostRegressor",
    "BaggingClassifier",
    "BaggingRegressor",
}


@dataclass(frozen=True)
class Recipe:
    """An estimator with its settings on one feature set; stage 0 is a first idea, 2 a ripe one."""

    stage: int
    estimator: str
    features: str
    params: tuple[tuple[str, Any], ...] = ()

    def describe(self) -> str:
        """The recipe in a student's words: `SVC C=10 on pixels`."""
        settings = " ".join(f"{name}={value}" for name, value in self.params)
        return f"{self.estimator} {settings}".strip() + f" on {self.features}"


@dataclass(frozen=True)
class Grid:
    """All combinations of the given feature sets and settings of one estimator."""

    stage: int
    estimator: str
    features: tuple[str, ...]
    settings: Mapping[str, tuple[Any, ...]]

    def recipes(self) -> Iterator[Recipe]:
        """A recipe for each combination."""
        for features, *values in product(self.features, *self.settings.values()):
            params = tuple(zip(self.settings, values, strict=True))
            yield Recipe(self.stage, self.estimator, features, params)


def grid(stage: int, estimator: str, *features: str, **settings: tuple[Any, ...]) -> Grid:
    """A `Grid`, written as one would say it."""
    return Grid(stage, estimator, features, settings)


DIGITS = (
    grid(0, "LogisticRegression", "2 x 2 blocks", "row and column sums", C=(0.01, 1.0)),
    grid(0, "GaussianNB", "pixels", "2 x 2 blocks", "edges", var_smoothing=(1e-9, 1e-2)),
    grid(0, "DecisionTreeClassifier", "pixels", "2 x 2 blocks", max_depth=(6, 9, None)),
    grid(0, "NearestCentroid", "2 x 2 blocks", "row and column sums"),
    grid(0, "BernoulliNB", "black and white", alpha=(0.1, 1.0)),
    grid(0, "SGDClassifier", "pixels", "middle columns", alpha=(1e-4, 1e-2)),
    grid(1, "LogisticRegression", "pixels", "middle columns", "edges", C=(0.01, 0.05, 0.3)),
    grid(1, "LinearDiscriminantAnalysis", "pixels", "middle columns", "pixels and edges"),
    grid(1, "RidgeClassifier", "pixels", "edges", alpha=(1.0, 30.0)),
    grid(1, "LinearSVC", "pixels", "middle columns", C=(0.003, 0.03)),
    grid(1, "AdaBoostClassifier", "pixels", n_estimators=(40, 80), learning_rate=(0.5,)),
    grid(1, "BaggingClassifier", "pixels", "edges", n_estimators=(15,)),
    grid(1, "KNeighborsClassifier", "2 x 2 blocks", "row and column sums", n_neighbors=(3, 9)),
    grid(1, "MLPClassifier", "2 x 2 blocks", hidden_layer_sizes=((30,),), max_iter=(120,)),
    grid(1, "RandomForestClassifier", "2 x 2 blocks", "edges", n_estimators=(60, 120)),
    grid(2, "SVC", "pixels", "middle columns", "pixels and edges", C=(2.0, 10.0)),
    grid(2, "SVC", "pixels", "edges", kernel=("poly",), degree=(2, 3)),
    grid(2, "KNeighborsClassifier", "pixels", "middle columns", "edges", n_neighbors=(1, 3, 5)),
    grid(1, "QuadraticDiscriminantAnalysis", "2 x 2 blocks", reg_param=(0.01, 0.1, 0.5)),
    grid(2, "ExtraTreesClassifier", "pixels", "pixels and edges", n_estimators=(100, 200)),
    grid(2, "RandomForestClassifier", "pixels", "pixels and edges", n_estimators=(120,)),
    grid(2, "MLPClassifier", "pixels", hidden_layer_sizes=((48,), (96,)), max_iter=(80,)),
    grid(2, "HistGradientBoostingClassifier", "2 x 2 blocks", max_iter=(25,)),
)
BREAST_CANCER = (
    grid(0, "LogisticRegression", "texture", "size", "shape", C=(0.1, 1.0)),
    grid(0, "DecisionTreeClassifier", "all 30", "means", "worst values", max_depth=(3, 5)),
    grid(0, "GaussianNB", "all 30", "means", "size", "texture"),
    grid(0, "KNeighborsClassifier", "means", "size", "shape", n_neighbors=(5, 15)),
    grid(1, "RandomForestClassifier", "means", "worst values", "all 30", n_estimators=(60, 120)),
    grid(1, "AdaBoostClassifier", "means", "worst values", n_estimators=(30, 60)),
    grid(1, "BaggingClassifier", "means", "all 30", n_estimators=(20, 40)),
    grid(1, "GradientBoostingClassifier", "means", "all 30", n_estimators=(40,)),
    grid(1, "LinearDiscriminantAnalysis", "means", "worst values"),
    grid(1, "QuadraticDiscriminantAnalysis", "means", "worst values", reg_param=(0.2, 0.5)),
    grid(1, "SGDClassifier", "means", "all 30", loss=("log_loss",), alpha=(1e-2, 1e-1)),
    grid(2, "LogisticRegression", "all 30", "means and worst", C=(0.03, 0.1, 0.5)),
    grid(2, "SVC", "all 30", "worst values", "logs of the worst", C=(0.5, 3.0)),
    grid(2, "SVC", "means and worst", kernel=("linear",), C=(0.01, 0.1)),
    grid(2, "ExtraTreesClassifier", "all 30", "worst values", n_estimators=(100, 200)),
    grid(2, "MLPClassifier", "worst values", "all 30", hidden_layer_sizes=((8,),), alpha=(1.0,)),
    grid(2, "GaussianProcessClassifier", "worst values", "logs of the worst"),
    grid(2, "RidgeClassifier", "all 30", "logs of the worst", alpha=(1.0, 10.0)),
    grid(2, "HistGradientBoostingClassifier", "all 30", max_iter=(40,), min_samples_leaf=(8,)),
)
DIABETES = (
    grid(0, "LinearRegression", "bmi only", "vitals", "blood"),
    grid(0, "DecisionTreeRegressor", "all ten", "vitals", "shortlist", max_depth=(3, 4, 6)),
    grid(0, "KNeighborsRegressor", "all ten", "vitals", "blood", n_neighbors=(5, 15)),
    grid(0, "SGDRegressor", "vitals", "blood", alpha=(1e-3, 1e-1)),
    grid(1, "RandomForestRegressor", "all ten", "vitals", "shortlist", n_estimators=(80,)),
    grid(1, "GradientBoostingRegressor", "all ten", "shortlist", n_estimators=(30, 60)),
    grid(1, "AdaBoostRegressor", "all ten", "shortlist", n_estimators=(30,)),
    grid(1, "BaggingRegressor", "all ten", "shortlist", n_estimators=(30,)),
    grid(1, "SVR", "all ten", "shortlist", C=(10.0, 50.0)),
    grid(1, "MLPRegressor", "shortlist", hidden_layer_sizes=((10,),), learning_rate_init=(0.03,)),
    grid(1, "HuberRegressor", "all ten", "shortlist", alpha=(0.01, 1.0)),
    grid(2, "Ridge", "all ten", "shortlist", "shortlist with products", alpha=(5.0, 30.0)),
    grid(2, "Lasso", "all ten", "shortlist with products", alpha=(0.5, 2.0)),
    grid(2, "ElasticNet", "all ten", "shortlist with products", alpha=(0.3,), l1_ratio=(0.2, 0.7)),
    grid(2, "BayesianRidge", "all ten", "shortlist", "shortlist with products"),
    grid(2, "KernelRidge", "all ten", kernel=("polynomial",), alpha=(5.0, 20.0), degree=(2,)),
    grid(2, "PLSRegression", "all ten", "shortlist", n_components=(2, 3)),
    grid(2, "ExtraTreesRegressor", "all ten", "shortlist", min_samples_leaf=(4, 8)),
    grid(2, "PoissonRegressor", "all ten", "shortlist", alpha=(0.1, 1.0)),
)
MAUNA_LOA = (
    grid(0, "LinearRegression", "line", "parabola", "line, one wave"),
    grid(0, "RandomForestRegressor", "year and season", n_estimators=(40,)),
    grid(0, "KNeighborsRegressor", "year and season", n_neighbors=(300,)),
    grid(0, "GradientBoostingRegressor", "year and season", n_estimators=(40,)),
    grid(0, "SGDRegressor", "line, one wave", "line, two waves", alpha=(1e-4, 1e-2)),
    grid(0, "DecisionTreeRegressor", "year and season", max_depth=(6, 10)),
    grid(1, "Ridge", "line, one wave", "line, two waves", alpha=(0.1, 3.0)),
    grid(1, "HuberRegressor", "line, two waves", "parabola, one wave", epsilon=(1.2, 1.6)),
    grid(1, "Lasso", "parabola, one wave", "parabola, two waves", alpha=(0.01, 0.1)),
    grid(1, "ElasticNet", "parabola, two waves", "cubic, three waves", alpha=(0.003, 0.03)),
    grid(1, "ExtraTreesRegressor", "season after a line", n_estimators=(40,)),
    grid(1, "KNeighborsRegressor", "season after a line", n_neighbors=(25,)),
    grid(2, "LinearRegression", "parabola, two waves", "parabola, one wave", "line, two waves"),
    grid(2, "BayesianRidge", "parabola, two waves", "cubic, three waves", "parabola, one wave"),
    grid(2, "KernelRidge", "season after a parabola", kernel=("rbf",), alpha=(0.1, 1.0)),
    grid(2, "SVR", "season after a parabola", "season after a line", C=(1.0, 5.0)),
    grid(2, "HistGradientBoostingRegressor", "season after a parabola", max_iter=(30,)),
    grid(2, "RandomForestRegressor", "season after a parabola", min_samples_leaf=(10,)),
    grid(2, "MLPRegressor", "season after a parabola", hidden_layer_sizes=((12,),)),
    grid(2, "GaussianProcessRegressor", "season after a line", optimizer=(None,), alpha=(0.3,)),
)
DOCTOR_VISITS = (
    grid(0, "LinearRegression", "insurance", "illness", "person"),
    grid(0, "DecisionTreeRegressor", "illness", "person", "everything", max_depth=(4, 6)),
    grid(0, "Ridge", "insurance", "illness and person", alpha=(1.0, 100.0)),
    grid(0, "PoissonRegressor", "insurance", "person", alpha=(0.01, 0.3)),
    grid(1, "PoissonRegressor", "illness", "illness and person", "everything", alpha=(0.01, 0.3)),
    grid(1, "TweedieRegressor", "everything", power=(1.3, 1.7), link=("log",), alpha=(0.01,)),
    grid(1, "ElasticNet", "everything", "illness and person", alpha=(0.03, 0.1)),
    grid(1, "SGDRegressor", "everything", "illness and person", alpha=(1e-3, 1e-1)),
    grid(1, "KNeighborsRegressor", "person", n_neighbors=(50, 150)),
    grid(1, "BayesianRidge", "everything", "illness and person"),
    grid(2, "RandomForestRegressor", "everything", min_samples_leaf=(30,), n_estimators=(25,)),
    grid(2, "ExtraTreesRegressor", "everything", min_samples_leaf=(20, 40), n_estimators=(25,)),
    grid(
        2,
        "HistGradientBoostingRegressor",
        "everything",
        "illness and person",
        loss=("poisson", "squared_error"),
        learning_rate=(0.05, 0.08),
        max_iter=(60,),
    ),
    grid(2, "GradientBoostingRegressor", "illness and person", n_estimators=(30,)),
    grid(2, "BaggingRegressor", "everything", max_samples=(0.05,), n_estimators=(60,)),
)
TRAVEL_MODE = (
    grid(0, "LogisticRegression", "income and party", "prices and times", C=(0.1, 0.5)),
    grid(0, "KNeighborsClassifier", "income and party", "against the car", n_neighbors=(7, 15)),
    grid(1, "LinearDiscriminantAnalysis", "income and party", "against the car"),
    grid(1, "RandomForestClassifier", "against the car", n_estimators=(100,)),
    grid(2, "LogisticRegression", "against the car", C=(0.1, 0.5, 2.0)),
    grid(2, "ExtraTreesClassifier", "against the car", min_samples_leaf=(2, 4)),
    grid(2, "GaussianProcessClassifier", "against the car"),
)

WINE = (
    grid(0, "NearestCentroid", "bitter substances", "alcohol and acids"),
    grid(0, "GaussianNB", "alcohol and ash", "bitter substances"),
    grid(0, "KNeighborsClassifier", "alcohol and ash", "bitter substances", n_neighbors=(1, 7)),
    grid(0, "DecisionTreeClassifier", "alcohol and ash", "alcohol and acids", max_depth=(2, 4)),
    grid(1, "LogisticRegression", "alcohol and acids", "bitter substances", C=(0.1, 1.0)),
    grid(1, "LinearDiscriminantAnalysis", "alcohol and acids", "all seven"),
    grid(1, "KNeighborsClassifier", "all seven", n_neighbors=(3, 9)),
    grid(1, "GaussianNB", "all seven", "alcohol and acids"),
    grid(2, "LogisticRegression", "all seven", C=(0.1, 1.0, 10.0)),
    grid(2, "SVC", "all seven", "alcohol and acids", C=(0.3, 30.0)),
    grid(2, "QuadraticDiscriminantAnalysis", "all seven", reg_param=(0.1, 0.4)),
    grid(2, "ExtraTreesClassifier", "all seven", min_samples_leaf=(1, 3), n_estimators=(60,)),
)


def recipes_of(*grids: Grid) -> tuple[Recipe, ...]:
    """The recipes of several grids, one after the other."""
    return tuple(recipe for one in grids for recipe in one.recipes())


CATALOGUE: Mapping[str, tuple[Recipe, ...]] = {
    "digits": recipes_of(*DIGITS),
    "breast-cancer": recipes_of(*BREAST_CANCER),
    "diabetes": recipes_of(*DIABETES),
    "mauna-loa-co2": recipes_of(*MAUNA_LOA),
    "doctor-visits": recipes_of(*DOCTOR_VISITS),
    "travel-mode": recipes_of(*TRAVEL_MODE),
    "wine-course": recipes_of(*WINE),
}
