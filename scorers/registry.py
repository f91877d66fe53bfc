"""All scorers by name: Varsity's own, those of installed plug-ins, and scikit-learn's functions.

A family's module is imported when one of its scorers is asked for: reading a label needs no images.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from scorers.errors import BrokenPlugin, MissingExtra, UnknownScorer, did_you_mean
from scorers.other_names import name_here, said
from scorers.plugging import entries, plugged
from scorers.scorer import SKLEARN, Scorer
from scorers.sentences import Sentence, sentence, together


class Family(NamedTuple):
    """Scorers of one module. `extra`: the optional packages that it needs, as one installs them."""

    title: str
    module: str
    names: tuple[str, ...]
    extra: str | None = None


FAMILIES = (
    Family(
        "Labels",
        "classes.classification",
        ("accuracy", "balanced_accuracy", "zero_one_loss", "hamming_loss"),
    ),
    Family(
        "Precision and recall",
        "classes.precision_recall",
        ("precision", "recall", "f1", "fbeta", "jaccard"),
    ),
    Family("Agreement of labels", "classes.agreement", ("matthews_corrcoef", "cohen_kappa")),
    Family(
        "Probabilities",
        "classes.probability",
        ("log_loss", "d2_log_loss", "brier_score"),
    ),
    Family("Areas under ROC curves", "classes.areas", ("roc_auc",)),
    Family(
        "Areas under precision-recall curves",
        "classes.average_precision",
        ("average_precision",),
    ),
    Family(
        "Rankings of the labels of a row",
        "classes.multilabel",
        ("label_ranking_average_precision", "coverage_error", "label_ranking_loss"),
    ),
    Family("Decision scores", "classes.decisions", ("top_k_accuracy", "hinge_loss")),
    Family("Separation of two classes", "classes.separation", ("gini", "ks_statistic")),
    Family("Calibration", "classes.calibration", ("expected_calibration_error",)),
    Family("Clusters", "clusters.clustering", ("adjusted_rand", "fowlkes_mallows")),
    Family(
        "Information of clusters",
        "clusters.mutual_information",
        ("normalized_mutual_info", "adjusted_mutual_info", "v_measure"),
    ),
    Family(
        "Numbers",
        "numbers.regression",
        ("mse", "rmse", "msle", "rmsle", "mae", "median_absolute_error", "max_error"),
    ),
    Family("Relative errors", "numbers.relative", ("mape", "wmape")),
    Family(
        "Deviances",
        "numbers.deviances",
        ("pinball", "huber", "poisson_deviance", "gamma_deviance", "tweedie_deviance"),
    ),
    Family(
        "Shares that are explained",
        "numbers.explained",
        ("r2", "explained_variance", "d2_absolute_error", "d2_pinball", "d2_tweedie"),
    ),
    Family(
        "Correlations",
        "numbers.correlation",
        ("pearson", "spearman", "kendall", "concordance_correlation"),
    ),
    Family("Survival times", "numbers.survival", ("concordance_index",)),
    Family(
        "Quantiles",
        "forecasts.quantiles",
        (
            "multi_quantile_loss",
            "quantile_crps",
            "weighted_interval_score",
            "interval_coverage_error",
        ),
    ),
    Family("Forecasts", "forecasts.forecasting", ("smape", "mase", "rmsse", "wrmsse")),
    Family("Forecasts beside Naive2", "forecasts.overall_weighted", ("owa",)),
    Family(
        "Rankings",
        "rankings.ranking",
        ("map_at_k", "mrr", "precision_at_k", "recall_at_k", "hit_rate_at_k"),
    ),
    Family("Graded rankings", "rankings.graded_ranking", ("ndcg", "dcg", "err")),
    Family("Answers", "texts.answers", ("exact_match", "token_f1")),
    Family("Translations", "texts.translation", ("bleu", "chrf", "ter"), extra="text"),
    Family("Transcripts", "texts.transcription", ("wer", "cer", "edit_distance"), extra="text"),
    Family("Summaries", "texts.summaries", ("rouge",), extra="text"),
    Family("Masks", "images.segmentation", ("dice", "iou", "mean_iou")),
    Family("Boxes", "images.detection", ("coco_map", "detection_f1"), extra="images"),
    Family("Key points", "images.keypoints", ("pck",)),
    Family("Combinations", "composite", ("weighted", "per_group")),
)
_FAMILY_OF = {name: family for family in FAMILIES for name in family.names}


class Registry(Mapping[str, Scorer]):
    """Every scorer under its defaults; those with parameters that must be given are unbound."""

    def __getitem__(self, name: str) -> Scorer:
        if name in _FAMILY_OF:
            return _load(_FAMILY_OF[name])[name]
        if name not in entries():
            raise KeyError(name)
        return plugged(name)

    def __iter__(self) -> Iterator[str]:
        yield from _FAMILY_OF
        yield from (name for name in entries() if name not in _FAMILY_OF)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in _FAMILY_OF or name in entries()


SCORERS: Mapping[str, Scorer] = Registry()


@cache
def _load(family: Family) -> dict[str, Scorer]:
    """Raises: MissingExtra when the packages of an optional family are not installed."""
    try:
        module = import_module(f"scorers.{family.module}")
    except ModuleNotFoundError as error:
        if family.extra is None or (error.name or "").startswith("scorers"):
            raise
        needed = sentence(
            "The scorers of “%(family)s” need packages that are not installed (%(package)s); "
            "run: %(command)s",
            family=family.title,
            package=error.name,
            command=f"pip install 'varsity[{family.extra}]'",
        )
        raise MissingExtra(needed) from None
    return {scorer.name: scorer.unbound() for scorer in module.SCORERS}


def plugins() -> dict[str, Scorer]:
    """The scorers of installed packages that work; a broken one says why when it is asked for."""
    found = {}
    for name in entries():
        with suppress(BrokenPlugin):
            found[name] = plugged(name)
    return found


def get_unbound(name: str) -> Scorer:
    """The scorer of this name with its defaults, to be looked at. Raises: UnknownScorer."""
    if name.startswith(SKLEARN):
        functions = import_module("scorers.sklearn_metrics.functions")
        scorer: Scorer = functions.scorer_of(name, twin_of=get_unbound)
        return scorer
    if name not in SCORERS:
        raise UnknownScorer(_unknown(name))
    return SCORERS[name]


def _unknown(name: str) -> Sentence:
    here = name_here(name, SCORERS.__contains__)
    if here is not None:
        return said(name, here)
    none = sentence("There is no scorer “%(name)s”.", name=name)
    return together(none, did_you_mean(name, list(SCORERS)))


def get_scorer(name: str, **params: Any) -> Scorer:
    """The scorer of this name under these parameters.

    Raises: UnknownScorer, InvalidParameter; both name the nearest known ones.

    >>> get_scorer("accuracy").score(["cat", "dog"], ["cat", "cat"])
    0.5
    """
    return get_unbound(name).bind(**params)
