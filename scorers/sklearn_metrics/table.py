"""What each function of `sklearn.metrics` reads, the range of its values, and what is refused."""

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from scorers.kinds import InputKind

_LABELS = (InputKind.LABELS,)
_SETS = (InputKind.LABELS, InputKind.INDICATORS)
_CHANCES = (InputKind.PROBABILITY, InputKind.PROBABILITIES)
_CURVES = (*_CHANCES, InputKind.SCORES, InputKind.LABEL_SCORES)
_DECISIONS = (InputKind.SCORES, InputKind.CLASS_SCORES)
_FIRST = (InputKind.PROBABILITIES, InputKind.CLASS_SCORES)
_LABEL_SCORES = (InputKind.LABEL_SCORES,)
_NUMBERS = (InputKind.NUMBERS,)
_CLUSTERS = (InputKind.CLUSTERS,)


class Known(NamedTuple):
    """A function's kinds and range; `several`: whether it takes more than one column of numbers.

    `has_perfect`: whether the end of the range is reached whatever the data; `truth_is_perfect`:
    whether the answers themselves reach it. Under `normalize = false` there is no upper end.

    `twin`: Varsity's scorer of the same value, which knows its terms and its interval.
    """

    kinds: tuple[InputKind, ...]
    twin: str | None = None
    lower: float = 0.0
    upper: float = 1.0
    several: bool = False
    has_perfect: bool = True
    truth_is_perfect: bool = True


FUNCTIONS: Mapping[str, Known] = MappingProxyType(
    {
        "accuracy_score": Known(_SETS, "accuracy"),
        "adjusted_mutual_info_score": Known(_CLUSTERS, "adjusted_mutual_info", lower=-1.0),
        "adjusted_rand_score": Known(_CLUSTERS, "adjusted_rand", lower=-0.5),
        "average_precision_score": Known(_CURVES, "average_precision"),
        "balanced_accuracy_score": Known(_LABELS, "balanced_accuracy", lower=-1.0),
        "brier_score_loss": Known(_CHANCES, "brier_score", upper=2.0),
        "cohen_kappa_score": Known(_LABELS, "cohen_kappa", lower=-1.0),
        "completeness_score": Known(_CLUSTERS),
        "coverage_error": Known(_LABEL_SCORES, "coverage_error", upper=inf, has_perfect=False),
        "d2_absolute_error_score": Known(_NUMBERS, "d2_absolute_error", lower=-inf, several=True),
        "d2_brier_score": Known(_CHANCES, lower=-inf),
        "d2_log_loss_score": Known(_CHANCES, "d2_log_loss", lower=-inf),
        "d2_pinball_score": Known(_NUMBERS, "d2_pinball", lower=-inf, several=True),
        "d2_tweedie_score": Known(_NUMBERS, "d2_tweedie", lower=-inf),
        "dcg_score": Known(_NUMBERS, upper=inf, several=True, has_perfect=False),
        "explained_variance_score": Known(_NUMBERS, "explained_variance", -inf, several=True),
        "f1_score": Known(_SETS, "f1"),
        "fbeta_score": Known(_SETS, "fbeta"),
        "fowlkes_mallows_score": Known(_CLUSTERS, "fowlkes_mallows"),
        "hamming_loss": Known(_SETS, "hamming_loss"),
        "hinge_loss": Known(_DECISIONS, "hinge_loss", upper=inf, truth_is_perfect=False),
        "homogeneity_score": Known(_CLUSTERS),
        "jaccard_score": Known(_SETS, "jaccard"),
        "label_ranking_average_precision_score": Known(
            _LABEL_SCORES, "label_ranking_average_precision"
        ),
        "label_ranking_loss": Known(_LABEL_SCORES, "label_ranking_loss"),
        "log_loss": Known(_CHANCES, "log_loss", upper=inf),
        "matthews_corrcoef": Known(_LABELS, "matthews_corrcoef", lower=-1.0),
        "max_error": Known(_NUMBERS, "max_error", upper=inf),
        "mean_absolute_error": Known(_NUMBERS, "mae", upper=inf, several=True),
        "mean_absolute_percentage_error": Known(_NUMBERS, "mape", upper=inf, several=True),
        "mean_gamma_deviance": Known(_NUMBERS, "gamma_deviance", upper=inf),
        "mean_pinball_loss": Known(_NUMBERS, "pinball", upper=inf, several=True),
        "mean_poisson_deviance": Known(_NUMBERS, "poisson_deviance", upper=inf),
        "mean_squared_error": Known(_NUMBERS, "mse", upper=inf, several=True),
        "mean_squared_log_error": Known(_NUMBERS, "msle", upper=inf, several=True),
        "mean_tweedie_deviance": Known(_NUMBERS, "tweedie_deviance", upper=inf),
        "median_absolute_error": Known(_NUMBERS, "median_absolute_error", upper=inf, several=True),
        "mutual_info_score": Known(_CLUSTERS, upper=inf, has_perfect=False),
        "ndcg_score": Known(_NUMBERS, several=True),
        "normalized_mutual_info_score": Known(_CLUSTERS, "normalized_mutual_info"),
        "precision_score": Known(_SETS, "precision"),
        "r2_score": Known(_NUMBERS, "r2", lower=-inf, several=True),
        "rand_score": Known(_CLUSTERS),
        "recall_score": Known(_SETS, "recall"),
        "roc_auc_score": Known(_CURVES, "roc_auc"),
        "root_mean_squared_error": Known(_NUMBERS, "rmse", upper=inf, several=True),
        "root_mean_squared_log_error": Known(_NUMBERS, "rmsle", upper=inf, several=True),
        "top_k_accuracy_score": Known(_FIRST, "top_k_accuracy"),
        "v_measure_score": Known(_CLUSTERS, "v_measure"),
        "zero_one_loss": Known(_SETS, "zero_one_loss"),
    }
)

_CURVE = "it gives a curve, not one number"
_TABLE = "it gives a table, not one number"
_SEVERAL = "it gives several numbers, not one"
_ROWS = "it compares rows of data with each other, not predictions with answers"
_NO_ANSWERS = "it judges clusters by the data alone, without answers"
_HELPER = "it is a helper for estimators, not a metric of predictions"

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "auc": "it takes the points of a curve, not predictions",
        "calinski_harabasz_score": _NO_ANSWERS,
        "check_scoring": _HELPER,
        "class_likelihood_ratios": _SEVERAL,
        "classification_report": "it gives a report, not one number",
        "confusion_matrix": _TABLE,
        "confusion_matrix_at_thresholds": _CURVE,
        "consensus_score": "it compares biclusters, which are not predictions of rows",
        "davies_bouldin_score": _NO_ANSWERS,
        "det_curve": _CURVE,
        "euclidean_distances": _ROWS,
        "get_scorer": _HELPER,
        "get_scorer_names": _HELPER,
        "homogeneity_completeness_v_measure": _SEVERAL,
        "make_scorer": _HELPER,
        "metric_at_thresholds": _CURVE,
        "multilabel_confusion_matrix": _TABLE,
        "nan_euclidean_distances": _ROWS,
        "pair_confusion_matrix": _TABLE,
        "pairwise_distances": _ROWS,
        "pairwise_distances_argmin": _ROWS,
        "pairwise_distances_argmin_min": _ROWS,
        "pairwise_distances_chunked": _ROWS,
        "pairwise_kernels": _ROWS,
        "precision_recall_curve": _CURVE,
        "precision_recall_fscore_support": _SEVERAL,
        "roc_curve": _CURVE,
        "silhouette_samples": _NO_ANSWERS,
        "silhouette_score": _NO_ANSWERS,
    }
)
