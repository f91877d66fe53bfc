"""Any function of `sklearn.metrics` as a scorer, by its own name: `sklearn:<function>`."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from scorers.classes.average_precision import scores_of
from scorers.classes.placement import of_positive
from scorers.clusters.contingency import group_codes
from scorers.errors import InvalidParameter, UnknownScorer, did_you_mean
from scorers.kinds import InputKind
from scorers.sampling.terms import Sums
from scorers.scorer import SKLEARN, Scorer
from scorers.sentences import Sentence, sentence, together
from scorers.sklearn_metrics.parameters import NOT_TAKEN, parameters_of
from scorers.sklearn_metrics.table import FUNCTIONS, REFUSED, Known
from scorers.uncertainty import Evidence, Interval, withheld

Array = NDArray[Any]
_SOURCE = "https://scikit-learn.org/stable/modules/generated/sklearn.metrics.{}.html"
_HIGHER = ("_score", "_corrcoef")
_LOWER = ("_error", "_loss", "_deviance")


class FunctionScorer(Scorer):
    """A function of scikit-learn under its own parameters."""

    def bind(self, **params: Any) -> Scorer:
        """The same metric under other parameters. Raises: InvalidParameter."""
        for name in params:
            if name in NOT_TAKEN:
                said = sentence(
                    "%(scorer)s takes no “%(name)s” here: %(reason)s.",
                    scorer=self.name,
                    name=name,
                    reason=NOT_TAKEN[name],
                )
                raise InvalidParameter(said)
        bound = super().bind(**params)
        return _counting(bound) if bound.params.get("normalize") is False else bound


def _counting(scorer: Scorer) -> Scorer:
    """The scorer of a count instead of a share: it has no bound above but the number of rows."""
    perfect = math.nan if scorer.higher_is_better else scorer.perfect
    return replace(scorer, upper=math.inf, perfect=perfect)


def scorer_of(name: str, *, twin_of: Callable[[str], Scorer]) -> Scorer:
    """The scorer of this name, under the function's defaults. Raises: UnknownScorer.

    `twin_of` finds the scorer of our own that computes the same.
    """
    function = name.removeprefix(SKLEARN)
    if function in REFUSED:
        said = sentence(
            "“%(name)s” can't score predictions: %(reason)s.", name=name, reason=REFUSED[function]
        )
        raise UnknownScorer(said)
    if function not in FUNCTIONS:
        raise UnknownScorer(_unknown(function))
    if not hasattr(metrics, function):
        raise UnknownScorer(
            sentence("The scikit-learn that is installed has no “%(name)s” yet.", name=function)
        )
    return _build(function, twin_of)


def _unknown(function: str) -> Sentence:
    if inspect.isfunction(getattr(metrics, function, None)):
        return sentence(
            "What “%(name)s” of sklearn.metrics reads is not known here.", name=function
        )
    begun = [known for known in FUNCTIONS if known.startswith(function)]
    hint = did_you_mean(function, begun or list(FUNCTIONS))
    return together(sentence("sklearn.metrics has no metric “%(name)s”.", name=function), hint)


@cache
def _build(name: str, twin_of: Callable[[str], Scorer]) -> Scorer:
    known, function = FUNCTIONS[name], getattr(metrics, name)
    twin = None if known.twin is None else twin_of(known.twin)
    higher = is_higher_better(name)
    parameters = parameters_of(function)
    defaults = {p.name: p.default for p in parameters}
    return FunctionScorer(
        name=f"{SKLEARN}{name}",
        title=f"scikit-learn's {name}",
        summary=_summary(function),
        formula=f"sklearn.metrics.{name}(truth, prediction)",
        source=_SOURCE.format(name),
        higher_is_better=higher,
        lower=known.lower,
        upper=known.upper,
        perfect=_perfect(known, higher),
        kinds=known.kinds,
        compute=_compute(name, function, known),
        decompose=None if twin is None else _decompose(twin, defaults),
        interval=_interval_of(known, twin, defaults),
        interval_of=_from_evidence(twin, defaults),
        parameters=parameters,
        numbers_above=None if twin is None else twin.numbers_above,
        truth_above=None if twin is None else twin.truth_above,
        truth_from=None if twin is None else twin.truth_from,
        several=known.several,
        truth_is_perfect=known.truth_is_perfect,
    ).unbound()


def _perfect(known: Known, higher: bool) -> float:
    if not known.has_perfect:
        return math.nan
    return known.upper if higher else known.lower


def is_higher_better(name: str) -> bool:
    """What the name says, by scikit-learn's own rule. Raises: ValueError where it says nothing."""
    if name.endswith(_HIGHER):
        return True
    if name.endswith(_LOWER):
        return False
    raise ValueError(f"the name “{name}” does not say whether higher is better.")


def _summary(function: Callable[..., Any]) -> str:
    first = (inspect.getdoc(function) or "").split("\n\n", maxsplit=1)[0]
    return " ".join(first.replace("\\", " ").split())


def _compute(name: str, function: Callable[..., Any], known: Known) -> Callable[..., float]:
    def compute(truth: Array, prediction: Array, **params: Any) -> float:
        given = {n: list(v) if isinstance(v, tuple) else v for n, v in params.items()}
        if known.kinds == (InputKind.CLUSTERS,):
            truth, prediction = group_codes(truth), group_codes(prediction)
        if name == "roc_auc_score":
            prediction = of_positive(truth, prediction)
        if name == "average_precision_score":
            prediction = scores_of(truth, prediction, given["pos_label"])
            given["pos_label"] = given["pos_label"] if prediction.ndim == 1 else 1
        return float(function(truth, prediction, **given))

    return compute


def _decompose(twin: Scorer, defaults: Mapping[str, Any]) -> Callable[..., Sums | None]:
    def decompose(truth: Array, prediction: Array, **params: Any) -> Sums | None:
        options = _twin_options(twin, params, defaults)
        if options is None or twin.decompose is None:
            return None
        return twin.decompose(truth, prediction, **options)

    return decompose


def _interval_of(
    known: Known, twin: Scorer | None, defaults: Mapping[str, Any]
) -> Callable[..., Interval | None] | None:
    if twin is not None and twin.interval is not None:
        return _interval(twin, defaults)
    return _withheld_of_clusters if known.kinds == (InputKind.CLUSTERS,) else None


def _withheld_of_clusters(truth: Array, prediction: Array, **params: Any) -> Interval:
    """Withheld: a row that is drawn twice always agrees with itself."""
    return withheld("resampling favours agreement, as a row drawn twice agrees with itself")


def _interval(twin: Scorer, defaults: Mapping[str, Any]) -> Callable[..., Interval | None]:
    def interval(truth: Array, prediction: Array, **params: Any) -> Interval | None:
        """That of Varsity's own scorer of the same value, where the parameters are the same."""
        options = _twin_options(twin, params, defaults)
        if options is None or twin.interval is None:
            return None
        return twin.interval(truth, prediction, **options)

    return interval


def _from_evidence(
    twin: Scorer | None, defaults: Mapping[str, Any]
) -> Callable[..., Interval | None] | None:
    """The interval that Varsity's own scorer makes of all the evidence, where it has one."""
    if twin is None or twin.interval_of is None:
        return None
    own = twin.interval_of

    def interval_of(
        evidence: Evidence, truth: Array, prediction: Array, **params: Any
    ) -> Interval | None:
        options = _twin_options(twin, params, defaults)
        return None if options is None else own(evidence, truth, prediction, **options)

    return interval_of


def _twin_options(
    twin: Scorer, params: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The same parameters as the twin takes them; None where it can't be told the same."""
    known = {parameter.name for parameter in twin.parameters}
    if any(not _same(v, defaults[n]) for n, v in params.items() if n not in known):
        return None
    shared = {n: 0 if v == "warn" else v for n, v in params.items() if n in known}
    try:
        return twin.bind(**shared).options
    except InvalidParameter:
        return None


def _same(one: Any, other: Any) -> bool:
    both_nan = all(isinstance(v, float) and math.isnan(v) for v in (one, other))
    return both_nan or bool(np.array_equal(one, other))
