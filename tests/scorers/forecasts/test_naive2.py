"""Naive2: R's decomposition and the M4 competition's test of a season."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

from scorers.forecasts.naive2 import is_seasonal, naive2, seasonal_indices

# Box and Jenkins' monthly passengers of international airlines, 1949 to 1960, in thousands.
PASSENGERS = np.array(
    [
        "112",
        "118",
        "132",
        "129",
        "121",
        "135",
        "148",
        "148",
        "136",
        "119",
        "104",
        "118",
        "115",
        "126",
        "141",
        "135",
        "125",
        "149",
        "170",
        "170",
        "158",
        "133",
        "114",
        "140",
        "145",
        "150",
        "178",
        "163",
        "172",
        "178",
        "199",
        "199",
        "184",
        "162",
        "146",
        "166",
        "171",
        "180",
        "193",
        "181",
        "183",
        "218",
        "230",
        "242",
        "209",
        "191",
        "172",
        "194",
        "196",
        "196",
        "236",
        "235",
        "229",
        "243",
        "264",
        "272",
        "237",
        "211",
        "180",
        "201",
        "204",
        "188",
        "235",
        "227",
        "234",
        "264",
        "302",
        "293",
        "259",
        "229",
        "203",
        "229",
        "242",
        "233",
        "267",
        "269",
        "270",
        "315",
        "364",
        "347",
        "312",
        "274",
        "237",
        "278",
        "284",
        "277",
        "317",
        "313",
        "318",
        "374",
        "413",
        "405",
        "355",
        "306",
        "271",
        "306",
        "315",
        "301",
        "356",
        "348",
        "355",
        "422",
        "465",
        "467",
        "404",
        "347",
        "305",
        "336",
        "340",
        "318",
        "362",
        "348",
        "363",
        "435",
        "491",
        "505",
        "404",
        "359",
        "310",
        "337",
        "360",
        "342",
        "406",
        "396",
        "420",
        "472",
        "548",
        "559",
        "463",
        "407",
        "362",
        "405",
        "417",
        "391",
        "419",
        "461",
        "472",
        "535",
        "622",
        "606",
        "508",
        "461",
        "390",
        "432",
    ],
    dtype=float,
)
# What R prints for decompose(AirPassengers, "multiplicative")$figure.
FIGURE = [
    0.9102304,
    0.8836253,
    1.0073663,
    0.9759060,
    0.9813780,
    1.1127758,
    1.2265555,
    1.2199110,
    1.0604919,
    0.9217572,
    0.8011781,
    0.8988244,
]


def test_the_season_of_the_passengers_is_the_one_that_r_prints():
    np.testing.assert_allclose(seasonal_indices(PASSENGERS, 12), FIGURE, atol=5e-8)


def test_the_forecast_is_the_last_value_without_its_season_under_the_seasons_to_come():
    steps = np.array([1, 2, 12, 13, 7])
    expected = 432 / FIGURE[11] * np.array(FIGURE)[[0, 1, 11, 0, 6]]
    np.testing.assert_allclose(naive2(PASSENGERS, steps, 12), expected, rtol=1e-6)


def test_a_history_that_ends_within_a_season_goes_on_from_there():
    steps = np.array([1, 2, 3])
    season = seasonal_indices(PASSENGERS[:139], 12)
    expected = PASSENGERS[138] / season[6] * season[[7, 8, 9]]
    np.testing.assert_allclose(naive2(PASSENGERS[:139], steps, 12), expected)


@pytest.mark.parametrize("period", [4, 5, 7, 12])
@pytest.mark.parametrize("n", [60, 61, 74])
def test_the_season_is_that_of_another_library(period, n):
    rng = np.random.default_rng(n * period)
    history = (
        50 + np.arange(n) + 10 * np.sin(np.arange(n) * 2 * np.pi / period) + rng.normal(size=n)
    )
    reference = seasonal_decompose(pd.Series(history), "multiplicative", period=period)
    np.testing.assert_allclose(seasonal_indices(history, period), reference.seasonal[:period])


@pytest.mark.parametrize("seed", range(40))
def test_the_test_of_a_season_is_that_of_the_competition(seed):
    rng = np.random.default_rng(seed)
    n, period = int(rng.integers(20, 90)), int(rng.choice([2, 4, 7, 12]))
    history = 20 + rng.uniform(0, 1.2) * np.sin(np.arange(n) * 2 * np.pi / period)
    history += rng.normal(size=n)
    correlations = acf(history, nlags=period)[1:]
    limit = 1.645 / np.sqrt(n) * np.sqrt(np.cumsum([1, *(2 * correlations**2)]))
    expected = n >= 3 * period and abs(correlations[period - 1]) > limit[period - 1]
    assert is_seasonal(history, period) == expected


def test_both_answers_of_the_test_occur_among_those_tried():
    waves = np.sin(np.arange(48) * 2 * np.pi / 12)
    assert is_seasonal(20 + waves, 12)
    assert not is_seasonal(20 + np.random.default_rng(1).normal(size=48), 12)


@pytest.mark.parametrize(
    ("n", "period"),
    [(48, 1), (35, 12), (100, 24)],
    ids=["no period", "fewer than three seasons", "beyond the lags that R's acf looks at"],
)
def test_without_a_season_that_is_told_the_forecast_is_the_last_value(n, period):
    history = 20 + np.sin(np.arange(n) * 2 * np.pi / max(period, 2))
    assert naive2(history, np.array([1, 5]), period).tolist() == [history[-1]] * 2


def test_a_constant_history_has_no_season():
    assert not is_seasonal(np.full(50, 3.0), 12)


def test_a_season_that_cant_be_divided_by_is_refused():
    history = np.tile([0.0, 0.0, 4.0, 0.0], 12)
    with pytest.raises(ValueError, match="season can't be taken out"):
        naive2(history, np.array([1]), 4)
