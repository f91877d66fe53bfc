"""The parameters of the functions of `sklearn.metrics`: what each means, and what it takes."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from scorers.parameters import (
    REQUIRED,
    Parameter,
    is_count,
    is_label,
    is_labels,
    is_number,
    is_positive,
    is_share,
)

_YES_NO = (False, True)
_OF_LABELS = ("micro", "macro", "weighted", "samples")
_OF_COLUMNS = ("uniform_average", "variance_weighted")

NOT_TAKEN: Mapping[str, str] = MappingProxyType(
    {
        "sample_weight": "rows have no weights here: every row of a board counts once",
        "contingency": "the table is made from the predictions",
        "y_pred": "scikit-learn itself gives it up",
    }
)


def _is_number_or_nan(value: Any) -> bool:
    return isinstance(value, float) or is_number(value)


def _is_multioutput(value: Any) -> bool:
    return value in _OF_COLUMNS or (
        isinstance(value, tuple) and len(value) > 0 and all(is_number(v) for v in value)
    )


def _parameter(
    name: str,
    doc: str,
    *choices: Any,
    accepts: Callable[[Any], bool] | None = None,
    expected: str = "",
) -> Parameter:
    return Parameter(name, None, doc, choices=choices, accepts=accepts, expected=expected)


def _labels(name: str, doc: str) -> Parameter:
    return _parameter(name, doc, accepts=is_labels, expected="a list of labels")


_BY_NAME: Mapping[str, Parameter] = MappingProxyType(
    {
        p.name: p
        for p in (
            _parameter("adjusted", "Rescale so that guessing gives 0.", *_YES_NO),
            _parameter("alpha", "The quantile.", accepts=is_share, expected="a share of 0 to 1"),
            _parameter(
                "average", "How classes, labels or rows are put together.",
                "binary", *_OF_LABELS,
            ),
            _parameter(
                "average_method", "Which average of the entropies is compared with.",
                "arithmetic", "geometric", "min", "max",
            ),
            _parameter("beta", "How a weighted harmonic mean leans.", accepts=is_positive,
                       expected="a number above 0"),
            _parameter("force_finite", "Whether a constant truth gives 0 or 1.", *_YES_NO),
            _parameter("ignore_ties", "Whether predictions are taken to be distinct.", *_YES_NO),
            _parameter("k", "How many of the first count.", accepts=is_count,
                       expected="a whole number of at least 1"),
            _labels("labels", "The classes that count, or all classes in the columns' order."),
            _parameter("log_base", "The base of the discount.", accepts=is_positive,
                       expected="a number above 0"),
            _parameter("max_fpr", "The part of the curve up to this false positive rate.",
                       accepts=lambda value: is_number(value) and 0 < value <= 1,
                       expected="a number above 0, at most 1"),
            _parameter("multi_class", "Each class against the rest, or each pair.",
                       "raise", "ovr", "ovo"),
            _parameter("multioutput", "How several columns are put together.",
                       accepts=_is_multioutput,
                       expected="“uniform_average”, “variance_weighted” (of a share that is "
                       "explained), or a list of weights"),
            _parameter("normalize", "The mean over the rows, or their sum.", *_YES_NO),
            _parameter("pos_label", "The positive class.", accepts=is_label, expected="a label"),
            _parameter("power", "The power of the variance.", accepts=is_number,
                       expected="a number"),
            _parameter("replace_undefined_by", "The value where it is not defined.",
                       accepts=_is_number_or_nan, expected="a number"),
            _parameter("scale_by_half", "Whether the sum over all classes is halved.",
                       "auto", True, False),
            _parameter("weights", "How a disagreement grows with the distance of the classes.",
                       "linear", "quadratic"),
            _parameter("zero_division", "The value where nothing is there to divide by.",
                       "warn", 0, 1, 0.0, 1.0),
        )
    }
)  # fmt: skip


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters of a function beside truth and prediction, under its own defaults."""
    signature = list(inspect.signature(function).parameters.values())[2:]
    return tuple(_own(p.name, p.default) for p in signature if p.name not in NOT_TAKEN)


def _own(name: str, default: Any) -> Parameter:
    known = _BY_NAME.get(name)
    given = REQUIRED if default is inspect.Parameter.empty else default
    if known is None:
        return _of_the_defaults_type(name, given)
    if name == "average" and default != "binary":
        known = replace(known, choices=_OF_LABELS)
    return replace(known, default=given)


def _of_the_defaults_type(name: str, default: Any) -> Parameter:
    """A parameter that a later scikit-learn has added: it takes what its default is."""
    kind = type(default)
    doc = f"See scikit-learn's documentation of `{name}`."
    expected = f"a value such as {default!r}"
    return Parameter(name, default, doc, accepts=lambda v: type(v) is kind, expected=expected)
