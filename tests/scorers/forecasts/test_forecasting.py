"""Forecasts of many series: the errors of M4 and M5, series by series."""

import re
from dataclasses import replace

import numpy as np
import pytest

from scorers import EvaluationSpec, InvalidSolution, check_solution, evaluate_file, get_scorer
from scorers.errors import InvalidParameter
from scorers.forecasts.naive2 import naive2

# A long table of three series: 24 months of past, and 6 to forecast.
NAMES = ("east", "north", "south")
rng = np.random.default_rng(12)
PAST = {
    name: 50 + 20 * k + 8 * np.sin(np.arange(24) * np.pi / 2) + rng.normal(0, 2, 24)
    for k, name in enumerate(NAMES)
}
SERIES = np.repeat(NAMES, 6)
STEP = np.tile(np.arange(1, 7), 3)
TRUTH = np.concatenate([PAST[name][-6:] + rng.normal(0, 3, 6) for name in NAMES])
PREDICTION = TRUTH + rng.normal(0, 4, 18)
SHUFFLED = rng.permutation(18)


def _slow_smape(truth, forecast) -> float:
    return np.mean(
        [200 * abs(y - f) / (abs(y) + abs(f)) for y, f in zip(truth, forecast, strict=True)]
    )


def _slow_scale(past, period, power) -> float:
    steps = [abs(past[t] - past[t - period]) ** power for t in range(period, len(past))]
    return sum(steps) / len(steps)


def _slow_mase(truth, forecast, past, period) -> float:
    return np.mean(np.abs(truth - forecast)) / _slow_scale(past, period, 1)


def _slow_rmsse(truth, forecast, past, period) -> float:
    while past[0] == 0:
        past = past[1:]
    return np.sqrt(np.mean((truth - forecast) ** 2) / _slow_scale(past, period, 2))


def _by_series(score) -> list[float]:
    rows = [name == SERIES for name in NAMES]
    return [score(name, TRUTH[r], PREDICTION[r]) for name, r in zip(NAMES, rows, strict=True)]


def _slow_owa(period: int) -> float:
    ours = [
        np.mean(_by_series(lambda name, y, f: _slow_smape(y, f))),
        np.mean(_by_series(lambda name, y, f: _slow_mase(y, f, PAST[name], period))),
    ]
    steps = np.arange(1, 7)
    theirs = [
        np.mean(_by_series(lambda name, y, f: _slow_smape(y, naive2(PAST[name], steps, period)))),
        np.mean(
            _by_series(
                lambda name, y, f: _slow_mase(
                    y, naive2(PAST[name], steps, period), PAST[name], period
                )
            )
        ),
    ]
    return (ours[0] / theirs[0] + ours[1] / theirs[1]) / 2


@pytest.mark.parametrize("period", [1, 4])
def test_each_error_is_the_mean_of_the_series_own(period):
    expected = {
        "mase": np.mean(_by_series(lambda name, y, f: _slow_mase(y, f, PAST[name], period))),
        "rmsse": np.mean(_by_series(lambda name, y, f: _slow_rmsse(y, f, PAST[name], period))),
        "owa": _slow_owa(period),
    }
    for name, value in expected.items():
        scorer = get_scorer(name, period=period)
        known = {"series": SERIES[SHUFFLED], "history": PAST}
        known |= {"step": STEP[SHUFFLED]} if name == "owa" else {}
        given = TRUTH[SHUFFLED], PREDICTION[SHUFFLED]
        assert scorer.score(*given, **known) == pytest.approx(value, rel=1e-12)
        assert scorer.terms(*given, **known).value() == pytest.approx(value, rel=1e-9)


def test_the_scaled_errors_are_those_of_a_published_example():
    """The example of sktime's MeanAbsoluteScaledError and MeanSquaredScaledError."""
    past = {"a": np.array([5, 0.5, 4, 6, 3, 5, 2])}
    truth, forecast = np.array([3, -0.5, 2, 7, 2]), np.array([2.5, 0.0, 2, 8, 1.25])
    known = {"series": ["a"] * 5, "history": past}
    assert get_scorer("mase").score(truth, forecast, **known) == pytest.approx(0.18333333333333335)
    assert get_scorer("rmsse").score(truth, forecast, **known) == pytest.approx(0.20568833780186058)


def test_the_symmetric_error_is_in_percent_and_0_where_both_are_0():
    scorer = get_scorer("smape")
    truth, forecast = np.array([0.0, 0.0, 3.0]), np.array([0.0, 5.0, 1.0])
    assert scorer.score(truth, forecast) == pytest.approx((0 + 200 + 100) / 3)
    assert scorer.terms(truth, forecast).value() == pytest.approx(100)
    assert scorer.score(TRUTH, PREDICTION) == pytest.approx(_slow_smape(TRUTH, PREDICTION))


def test_a_long_series_counts_in_the_symmetric_error_no_more_than_a_short_one():
    scorer = get_scorer("smape", series="series")
    truth, forecast = np.array([3.0, 3.0, 3.0, 1.0]), np.array([1.0, 1.0, 1.0, 1.0])
    series = ["long", "long", "long", "short"]
    assert scorer.score(truth, forecast, series=series) == 50
    assert scorer.terms(truth, forecast, series=series).value() == pytest.approx(50)


def test_leading_zeros_are_no_past_unless_they_are_to_be():
    past = {"a": np.array([0.0, 0.0, 0.0, 1.0, 3.0, 0.0])}
    known = {"series": ["a"], "history": past}
    dropped = get_scorer("rmsse").score([2.0], [0.0], **known)
    kept = get_scorer("rmsse", leading_zeros="keep").score([2.0], [0.0], **known)
    assert dropped == pytest.approx(np.sqrt(4 / ((4 + 9) / 2)))
    assert kept == pytest.approx(np.sqrt(4 / ((0 + 0 + 1 + 4 + 9) / 5)))


@pytest.mark.parametrize("name", ["mase", "wrmsse"])
def test_a_series_counts_by_its_weight_and_weights_by_their_share(name):
    slow = _slow_mase if name == "mase" else _slow_rmsse
    values = _by_series(lambda series, y, f: slow(y, f, PAST[series], 1))
    weight = np.repeat([1.0, 0.0, 3.0], 6)
    scorer = get_scorer(name, weight="revenue")
    expected = (values[0] + 3 * values[2]) / 4
    for scale in (1, 10):
        known = {"series": SERIES, "history": PAST, "weight": scale * weight}
        assert scorer.score(TRUTH, PREDICTION, **known) == pytest.approx(expected)
        terms = scorer.terms(TRUTH, PREDICTION, **known)
        assert terms.value() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (np.arange(18.0), "the rows of series “east”, “north”, “south” do not have one weight"),
        (np.repeat([1.0, -1.0, 1.0], 6), "at least 0"),
        (np.zeros(18), "not all 0"),
    ],
)
def test_weights_that_are_none_are_refused(weight, words):
    known = {"series": SERIES, "history": PAST, "weight": weight}
    with pytest.raises(ValueError, match=words):
        get_scorer("wrmsse").score(TRUTH, PREDICTION, **known)


@pytest.mark.parametrize(
    ("past", "period", "words"),
    [
        ({"east": [1.0, 2.0], "south": [1.0, 2.0]}, 1, "comes before series “north”"),
        (
            PAST | {"south": [1.0, 2.0, 1.0]},
            3,
            "past of series “south” is too short.* needs 4 rows",
        ),
        (PAST | {"east": [7.0] * 9}, 1, "past of series “east” does not change"),
        (PAST | {"east": [7.0, 8.0] * 9}, 2, "past of series “east” does not change"),
    ],
)
@pytest.mark.parametrize("name", ["mase", "rmsse", "owa"])
def test_a_past_that_gives_no_scale_is_refused_by_the_name_of_its_series(name, past, period, words):
    known = {"series": SERIES, "history": {k: np.array(v) for k, v in past.items()}}
    known |= {"step": STEP} if name == "owa" else {}
    with pytest.raises(ValueError, match=words):
        get_scorer(name, period=period).score(TRUTH, PREDICTION, **known)


@pytest.mark.parametrize("step", [0.0, 1.5, -1.0])
def test_a_step_that_is_none_is_refused(step):
    known = {"series": SERIES, "history": PAST, "step": np.full(18, step)}
    with pytest.raises(ValueError, match="steps of the rows"):
        get_scorer("owa").score(TRUTH, PREDICTION, **known)


def test_naive2_compared_with_itself_is_1():
    forecast = np.concatenate([naive2(PAST[name], np.arange(1, 7), 4) for name in NAMES])
    known = {"series": SERIES, "history": PAST, "step": STEP}
    assert get_scorer("owa", period=4).score(TRUTH, forecast, **known) == pytest.approx(1)
    with pytest.raises(ValueError, match="Naive2 hits every answer"):
        get_scorer("owa", period=4).score(forecast, TRUTH, **known)


def test_a_period_is_a_whole_number():
    with pytest.raises(InvalidParameter, match="whole number of at least 1"):
        get_scorer("mase", period=0)


def test_series_are_what_is_resampled():
    many = np.repeat([f"s{i:02d}" for i in range(30)], 4)
    past = {name: np.array([1.0, 3.0, 2.0]) for name in set(many)}
    truth = np.random.default_rng(3).normal(size=120)
    forecast = truth + np.repeat(np.random.default_rng(4).normal(size=30), 4)
    found = get_scorer("mase").evaluate(
        truth, forecast, seed=1, replicates=400, series=many, history=past
    )
    assert "30 units" in found.method
    low, high = found.interval
    assert low < found.value < high
    spread = np.abs(forecast - truth).reshape(30, 4).mean(axis=1).std(ddof=1) / 1.5 / np.sqrt(30)
    assert found.replicates.std() == pytest.approx(spread, rel=0.15)


@pytest.mark.parametrize("name", ["smape", "mase", "rmsse", "owa"])
def test_a_single_series_is_resampled_in_blocks(name):
    rng = np.random.default_rng(5)
    truth = 100 + np.cumsum(rng.normal(size=240))
    forecast, known = truth + rng.normal(size=240), {"series": np.repeat("river", 240)}
    known |= {} if name == "smape" else {"history": {"river": 100 + np.cumsum(rng.normal(size=99))}}
    known |= {"step": np.arange(1, 241)} if name == "owa" else {}
    scorer = get_scorer(name, series="series")
    found = scorer.evaluate(truth, forecast, seed=1, replicates=50, **known)
    assert "consecutive rows" in found.method
    assert found.interval[0] < found.value < found.interval[1]
    assert scorer.terms(truth, forecast, **known).value() == pytest.approx(found.value, rel=1e-9)
    short = {key: v if key == "history" else v[:9] for key, v in known.items()}
    found = scorer.evaluate(truth[:9], forecast[:9], seed=1, replicates=50, **short)
    assert found.method.startswith("withheld")


@pytest.fixture
def file(tmp_path):
    def file(name: str, text: str):
        path = tmp_path / name
        path.write_text(text)
        return path

    return file


SOLUTION = """id,sales,series,Usage
n1,10,north,Training
n2,12,north,Training
n3,11,north,Training
n4,13,north,Training
s1,200,south,Training
s2,260,south,Training
s3,210,south,Training
s4,250,south,Training
n5,14,north,Public
s5,220,south,Public
n6,12,north,Private
s6,270,south,Private
"""
PREDICTIONS = "id,sales\nn5,13\ns5,230\nn6,13\ns6,250\n"
MASE = EvaluationSpec(scorer="mase", header=("id", "sales"), replicates=20)


def test_the_past_stands_in_the_solution_and_is_on_no_board(file):
    solution, prediction = file("s.csv", SOLUTION), file("p.csv", PREDICTIONS)
    spec = replace(MASE, also=("rmsse", "smape"))
    assert check_solution(solution, spec, sample=prediction).rows == 4
    found = evaluate_file(prediction, solution, spec)
    assert found.public.value == pytest.approx((1 / (5 / 3) + 10 / 50) / 2)
    assert found.private.value == pytest.approx((1 / (5 / 3) + 20 / 50) / 2)
    assert set(found.public.also) == {"rmsse", "smape"}
    assert found.public.method.startswith("withheld: 2 units are too few")


def test_a_series_without_training_is_named_to_the_organiser(file):
    solution = file("s.csv", re.sub(r"s\d,\d+,south,Training\n", "", SOLUTION))
    prediction = file("p.csv", PREDICTIONS)
    with pytest.raises(InvalidSolution, match="no row of training comes before series “south”"):
        evaluate_file(prediction, solution, MASE)
    with pytest.raises(InvalidSolution, match="no row of training comes before series “south”"):
        check_solution(solution, MASE, sample=prediction)


def test_steps_count_from_the_end_of_the_past_on_both_boards(file):
    lines = [f"p{t},{value:.6f},{t % 4},Training,a" for t, value in enumerate(PAST["east"])]
    boards = ["Public", "Private"] * 3
    answers = TRUTH[SERIES == "east"].round(6)
    for t, (answer, board) in enumerate(zip(answers, boards, strict=True)):
        lines.append(f"q{t},{answer},{t + 1},{board},a")
    solution = file("s.csv", "id,sales,step,Usage,series\n" + "\n".join(lines) + "\n")
    forecast = naive2(PAST["east"].round(6), np.arange(1, 7), 4)
    rows = "".join(f"q{t},{value!r}\n" for t, value in enumerate(forecast.tolist()))
    spec = replace(MASE, scorer="owa", params={"period": 4})
    found = evaluate_file(file("p.csv", "id,sales\n" + rows), solution, spec)
    assert found.public.value == pytest.approx(1)
    assert found.private.value == pytest.approx(1)
