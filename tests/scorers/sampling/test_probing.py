"""The best of many tries, and the shake-up to come, against their known values."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kendalltau, norm

from scorers.sampling.forecasting import _kendall, forecast_shake
from scorers.sampling.probing import expected_maximum


@pytest.mark.parametrize(
    ("count", "known"),
    [(1, 0.0), (2, 1 / math.sqrt(math.pi)), (3, 1.5 / math.sqrt(math.pi)), (10, 1.538752731)],
)
def test_the_expected_maximum_has_its_known_values(count: int, known: float) -> None:
    assert expected_maximum(count) == pytest.approx(known, abs=1e-8)


@pytest.mark.parametrize("count", [100, 12_000, 10_000_000])
def test_the_expected_maximum_is_the_integral_over_its_density(count: int) -> None:
    def density(x: float) -> float:
        return x * count * norm.pdf(x) * math.exp((count - 1) * norm.logcdf(x))

    assert expected_maximum(count) == pytest.approx(
        quad(density, -10, 12, limit=400, points=[0, 3, 5])[0], rel=1e-6
    )


def test_the_largest_of_no_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="largest of 0"):
        expected_maximum(0)


def test_boards_without_noise_agree_and_boards_of_noise_alone_do_not() -> None:
    sure = forecast_shake(teams=30, skill=1.0, noise=(0.0, 0.0), fields=20)
    assert (sure.kendall.mean, sure.within, sure.winner_stays) == (1.0, 0, 1.0)
    luck = forecast_shake(teams=30, skill=0.0, noise=(1.0, 1.0), fields=200)
    assert abs(luck.kendall.mean) < 0.05
    assert luck.winner_stays < 0.12


def test_the_forecast_agrees_with_the_correlation_of_normal_scores() -> None:
    skill, noise = 1.0, 0.7
    rho = skill**2 / (skill**2 + noise**2)
    found = forecast_shake(teams=50, skill=skill, noise=(noise, noise), fields=300)
    assert found.kendall.mean == pytest.approx(2 / np.pi * math.asin(rho), abs=0.02)
    assert found == forecast_shake(teams=50, skill=skill, noise=(noise, noise), fields=300)


def test_the_tau_of_many_fields_is_scipys_of_each() -> None:
    random = np.random.default_rng(8)
    first, second = (np.argsort(random.random((20, 5)), axis=0) + 1 for _ in range(2))
    known = [kendalltau(first[:, f], second[:, f]).statistic for f in range(5)]
    np.testing.assert_allclose(_kendall(first, second), known)
