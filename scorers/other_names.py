"""What the field calls its metrics: other names of the scorers, each with the one it has here."""

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from scorers.sentences import Sentence, sentence

Named = tuple[str, Mapping[str, Any]]

_SAME: Mapping[str, str] = MappingProxyType(
    {
        "adjusted_rand_index": "adjusted_rand",
        "ami": "adjusted_mutual_info",
        "ap": "average_precision",
        "ari": "adjusted_rand",
        "area_under_curve": "roc_auc",
        "auc": "roc_auc",
        "auc_pr": "average_precision",
        "auc_roc": "roc_auc",
        "aupr": "average_precision",
        "auprc": "average_precision",
        "auroc": "roc_auc",
        "binary_crossentropy": "log_loss",
        "brier": "brier_score",
        "c_index": "concordance_index",
        "ccc": "concordance_correlation",
        "character_error_rate": "cer",
        "cindex": "concordance_index",
        "coco": "coco_map",
        "coco_ap": "coco_map",
        "coefficient_of_determination": "r2",
        "concordance_correlation_coefficient": "concordance_correlation",
        "coverage": "interval_coverage_error",
        "cross_entropy": "log_loss",
        "crossentropy": "log_loss",
        "crps": "quantile_crps",
        "dice_coefficient": "dice",
        "dice_score": "dice",
        "discounted_cumulative_gain": "dcg",
        "ece": "expected_calibration_error",
        "em": "exact_match",
        "error_rate": "zero_one_loss",
        "expected_reciprocal_rank": "err",
        "fmi": "fowlkes_mallows",
        "gini_coefficient": "gini",
        "gini_normalized": "gini",
        "hit_rate": "hit_rate_at_k",
        "hit_ratio": "hit_rate_at_k",
        "huber_loss": "huber",
        "intersection_over_union": "iou",
        "interval_coverage": "interval_coverage_error",
        "jaccard_index": "jaccard",
        "kappa": "cohen_kappa",
        "kendall_tau": "kendall",
        "kendalltau": "kendall",
        "kolmogorov_smirnov": "ks_statistic",
        "ks": "ks_statistic",
        "levenshtein": "edit_distance",
        "levenshtein_distance": "edit_distance",
        "logloss": "log_loss",
        "lrap": "label_ranking_average_precision",
        "map": "map_at_k",
        "mcc": "matthews_corrcoef",
        "mdae": "median_absolute_error",
        "mean_absolute_scaled_error": "mase",
        "mean_average_precision": "map_at_k",
        "mean_reciprocal_rank": "mrr",
        "medae": "median_absolute_error",
        "miou": "mean_iou",
        "multi_logloss": "log_loss",
        "nll": "log_loss",
        "nmi": "normalized_mutual_info",
        "normalized_discounted_cumulative_gain": "ndcg",
        "normalized_gini": "gini",
        "overall_weighted_average": "owa",
        "pearson_correlation": "pearson",
        "pearsonr": "pearson",
        "percentage_of_correct_keypoints": "pck",
        "pinball_loss": "pinball",
        "ppv": "precision",
        "pr_auc": "average_precision",
        "quantile_loss": "pinball",
        "r_squared": "r2",
        "root_mean_squared_scaled_error": "rmsse",
        "sacrebleu": "bleu",
        "sensitivity": "recall",
        "spearman_correlation": "spearman",
        "spearmanr": "spearman",
        "squad": "token_f1",
        "squad_em": "exact_match",
        "squad_f1": "token_f1",
        "symmetric_mean_absolute_percentage_error": "smape",
        "tpr": "recall",
        "translation_edit_rate": "ter",
        "uar": "balanced_accuracy",
        "unweighted_average_recall": "balanced_accuracy",
        "wape": "wmape",
        "weighted_root_mean_squared_scaled_error": "wrmsse",
        "wis": "weighted_interval_score",
        "word_error_rate": "wer",
    }
)
_UNDER: Mapping[str, Named] = MappingProxyType(
    {
        "bleu4": ("bleu", {"max_ngram_order": 4}),
        "chrf++": ("chrf", {"word_order": 2}),
        "chrfpp": ("chrf", {"word_order": 2}),
        "f0.5": ("fbeta", {"beta": 0.5}),
        "f2": ("fbeta", {"beta": 2.0}),
        "linear_weighted_kappa": ("cohen_kappa", {"weights": "linear"}),
        "qwk": ("cohen_kappa", {"weights": "quadratic"}),
        "quadratic_kappa": ("cohen_kappa", {"weights": "quadratic"}),
        "quadratic_weighted_kappa": ("cohen_kappa", {"weights": "quadratic"}),
        "roc_auc_ovo": ("roc_auc", {"multi_class": "ovo"}),
        "roc_auc_ovo_weighted": ("roc_auc", {"multi_class": "ovo", "average": "weighted"}),
        "roc_auc_ovr": ("roc_auc", {"multi_class": "ovr"}),
        "roc_auc_ovr_weighted": ("roc_auc", {"multi_class": "ovr", "average": "weighted"}),
        "rouge_1": ("rouge", {"variant": "rouge1"}),
        "rouge_2": ("rouge", {"variant": "rouge2"}),
        "rouge_l": ("rouge", {"variant": "rougeL"}),
        "rouge1": ("rouge", {"variant": "rouge1"}),
        "rouge2": ("rouge", {"variant": "rouge2"}),
        "rougel": ("rouge", {"variant": "rougeL"}),
        "rougelsum": ("rouge", {"variant": "rougeLsum"}),
    }
)
_AVERAGED = ("precision", "recall", "f1", "jaccard", "roc_auc", "average_precision")
_AVERAGES = "macro|micro|weighted|samples"
_CUT = ("ndcg", "dcg", "mrr", "err")
_CUT_AT_K = ("map", "precision", "recall", "hit_rate", "hit")


def name_here(name: str, known: Callable[[str], bool]) -> Named | None:
    """The scorer, and the parameters, that another name of the field means; None for no such name.

    `known`: whether a scorer has this name.

    >>> name_here("mean_squared_error", known=lambda name: False)
    ('mse', {})
    >>> name_here("NDCG@10", known=lambda name: False)
    ('ndcg', {'k': 10})
    """
    plain = re.sub(r"[\s@-]+", "_", name.strip().casefold()).removeprefix("neg_")
    if known(plain):
        return plain, {}
    if plain in _UNDER:
        return _UNDER[plain]
    same = _SAME.get(plain) or _of_scikit_learn(plain)
    return (same, {}) if same else _averaged(plain) or _cut(plain)


def _of_scikit_learn(name: str) -> str | None:
    functions = import_module("scorers.sklearn_metrics.table").FUNCTIONS
    if name not in functions:
        return None
    return functions[name].twin or f"sklearn:{name}"


def _averaged(name: str) -> Named | None:
    """`f1_macro`, as scikit-learn has it, or `macro_f1`, as papers do."""
    found = re.fullmatch(rf"(\w+)_({_AVERAGES})|({_AVERAGES})_(\w+)", name)
    if found is None:
        return None
    metric = (found[1] or found[4]).removesuffix("_score")
    average = found[2] or found[3]
    return (metric, {"average": average}) if metric in _AVERAGED else None


def _cut(name: str) -> Named | None:
    """`map@5`, `ndcg_at_10`, `top_5_accuracy`."""
    top = re.fullmatch(r"top_?(\d+)(?:_accuracy)?", name)
    if top is not None:
        return "top_k_accuracy", {"k": int(top[1])}
    found = re.fullmatch(r"(\w+?)_(?:at_)?(\d+|k)", name)
    if found is None or found[1] not in (*_CUT, *_CUT_AT_K):
        return None
    metric = "hit_rate" if found[1] == "hit" else found[1]
    given = {} if found[2] == "k" else {"k": int(found[2])}
    return metric if metric in _CUT else f"{metric}_at_k", given


def said(name: str, here: Named) -> Sentence:
    """A sentence on a name that is another one here."""
    scorer, params = here
    listed = ", ".join(f"{key} = {_toml(value)}" for key, value in params.items())
    if not listed:
        return sentence(
            "There is no scorer “%(name)s”: here it is called “%(other)s”.", name=name, other=scorer
        )
    return sentence(
        "There is no scorer “%(name)s”: here it is called “%(other)s” with %(params)s.",
        name=name,
        other=scorer,
        params=listed,
    )


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
