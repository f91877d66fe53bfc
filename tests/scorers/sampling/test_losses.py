"""The losses behind a metric: their mean is the value to the power that is said."""

import numpy as np
import pytest

from scorers import get_scorer
from scorers.sampling.losses import losses_of
from scorers.sampling.resampling import Resampling

RNG = np.random.default_rng(21)
NUMBERS = RNG.gamma(2, size=120), RNG.gamma(2, size=120)
LABELS = RNG.integers(0, 2, 120), RNG.integers(0, 2, 120)
CHANCES = LABELS[0], RNG.random(120)
IN_TWELVE = {"series": np.repeat(np.arange(12), 10)}


def summed(name: str, pair, context):
    scorer = get_scorer(name)
    terms = scorer.terms(*pair, **context)
    plan = Resampling.of(120, seed=3, replicates=1, units=context.get("series"))
    return scorer.score(*pair, **context), terms, plan.group_sums(terms)


@pytest.mark.parametrize(
    ("name", "pair", "context", "power"),
    [
        ("accuracy", LABELS, {}, 1),
        ("log_loss", CHANCES, {}, 1),
        ("mae", NUMBERS, {}, 1),
        ("wmape", NUMBERS, {}, 1),
        ("rmse", NUMBERS, {}, 2),
        ("rmsle", NUMBERS, {}, 2),
        ("smape", NUMBERS, IN_TWELVE, 1),
    ],
)
def test_the_value_to_its_power_is_the_mean_loss(name, pair, context, power):
    value, terms, sums = summed(name, pair, context)
    found = losses_of(terms, sums)
    assert found.power == terms.power == power
    weight = sums[:, 1 if len(terms.columns) == 2 else -1]
    assert value**power == pytest.approx(sums[:, 0].sum() / weight.sum())
    assert found.spread.sum() == pytest.approx(0, abs=1e-12)
    # The spread is what each group adds to the mean beyond its part of it.
    expected = (sums[:, 0] - value**power * weight) / weight.sum()
    np.testing.assert_allclose(found.spread, expected, atol=1e-12)


def test_zeros_and_ones_are_noticed():
    _, terms, sums = summed("accuracy", LABELS, {})
    assert losses_of(terms, sums).rows == 120
    _, terms, sums = summed("mae", NUMBERS, {})
    assert losses_of(terms, sums).rows is None


@pytest.mark.parametrize("name", ["f1", "r2"])
def test_a_metric_that_is_no_mean_has_no_losses(name):
    _, terms, sums = summed(name, LABELS if name == "f1" else NUMBERS, {})
    assert losses_of(terms, sums) is None


def test_several_columns_under_a_root_have_none():
    truth, prediction = RNG.random((30, 2)), RNG.random((30, 2))
    terms = get_scorer("rmse").terms(truth, prediction)
    plan = Resampling.of(30, seed=3, replicates=1)
    assert losses_of(terms, plan.group_sums(terms)) is None


def test_nothing_is_made_of_nothing():
    assert losses_of(None, None) is None
