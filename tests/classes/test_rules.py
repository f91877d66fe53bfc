"""Late days, and the grade that a score comes to."""

import pytest

from server.classes.rules import (
    Band,
    HandedIn,
    Known,
    Measured,
    Scheme,
    choose,
    grade,
    written,
)
from server.shared.errors import Conflict

LINEAR = Scheme("baseline: forest", "best", 60, 100, 1, (), "F", "0", 5)
BANDS = Scheme(
    None,
    None,
    0,
    100,
    0,
    (Band("baseline: forest", "B"), Band(0.9, "A"), Band(0.5, "D")),
    "F",
    "none",
    1,
)
KNOWN = Known({"forest": 0.8}, 0.96, higher_is_better=True)
ERRORS = Known({"forest": 0.4}, 0.1, higher_is_better=False)


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (0.8, "60.0"),
        (0.96, "100.0"),
        (0.88, "80.0"),
        (0.7, "60.0"),
        (0.99, "100.0"),
        (0.8002, "60.1"),
    ],
)
def test_a_linear_grade_runs_straight_between_the_two_scores(score: float, text: str) -> None:
    assert grade(Measured(score), scheme=LINEAR, known=KNOWN).text == text


@pytest.mark.parametrize(("score", "text"), [(0.4, "60.0"), (0.1, "100.0"), (0.25, "80.0")])
def test_where_lower_is_better_the_scale_runs_the_other_way(score: float, text: str) -> None:
    assert grade(Measured(score), scheme=LINEAR, known=ERRORS).text == text


def test_a_late_day_costs_points_but_never_more_than_the_scale() -> None:
    marks = [grade(Measured(0.88), scheme=LINEAR, known=KNOWN, late=n).text for n in range(6)]
    assert marks == ["80.0", "75.0", "70.0", "65.0", "60.0", "60.0"]


def test_on_a_scale_where_one_is_best_a_late_day_costs_upwards() -> None:
    german = LINEAR._replace(lowest=4.0, highest=1.0, late_cost=0.5)
    assert grade(Measured(0.96), scheme=german, known=KNOWN).text == "1.0"
    assert grade(Measured(0.96), scheme=german, known=KNOWN, late=1).text == "1.5"
    assert grade(Measured(0.1), scheme=german, known=KNOWN, late=3).text == "4.0"


@pytest.mark.parametrize(
    ("score", "text"),
    [(0.95, "A"), (0.9, "A"), (0.8999999, "B"), (0.8, "B"), (0.79, "D"), (0.5, "D"), (0.49, "F")],
)
def test_a_score_that_equals_a_bound_reaches_its_band(score: float, text: str) -> None:
    assert grade(Measured(score), scheme=BANDS, known=KNOWN).text == text


def test_a_bound_is_met_to_the_digits_that_boards_compare() -> None:
    just_below = 0.3 * 3 - 1e-16
    assert just_below < 0.9
    assert grade(Measured(just_below), scheme=BANDS, known=KNOWN).text == "A"


def test_a_late_day_costs_a_band() -> None:
    marks = [grade(Measured(0.95), scheme=BANDS, known=KNOWN, late=n).text for n in range(4)]
    assert marks == ["A", "B", "D", "F"]


def test_the_interval_says_what_else_the_grade_could_have_been() -> None:
    found = grade(Measured(0.88, 0.84, 0.92), scheme=LINEAR, known=KNOWN)
    assert (found.worst, found.text, found.best) == ("70.0", "80.0", "90.0")
    turned = grade(Measured(0.25, 0.1, 0.4), scheme=LINEAR, known=ERRORS)
    assert (turned.worst, turned.best) == ("60.0", "100.0")


def test_who_handed_nothing_in_gets_what_is_said_for_that() -> None:
    assert grade(None, scheme=BANDS, known=KNOWN).text == "none"


def test_a_baseline_without_a_score_is_named() -> None:
    with pytest.raises(Conflict) as refused:
        grade(Measured(0.9), scheme=LINEAR, known=Known({}, 0.9, True))
    assert refused.value.values["anchor"] == "forest"


def test_a_grade_that_rounds_to_nothing_has_no_sign() -> None:
    assert written(-0.3, 0) == "0"
    assert written(-0.004, 2) == "0.00"
    assert written(-1.0, 0) == "-1"


def test_two_equal_scores_are_no_scale() -> None:
    with pytest.raises(Conflict, match="same"):
        grade(Measured(0.9), scheme=LINEAR, known=Known({"forest": 0.9}, 0.9, True))


@pytest.mark.parametrize(
    ("points", "decimals", "text"),
    [(89.95, 1, "90.0"), (2.5, 0, "3"), (0.125, 2, "0.13"), (100.0, 0, "100"), (1.005, 2, "1.01")],
)
def test_a_half_is_rounded_up_as_people_do(points: float, decimals: int, text: str) -> None:
    assert written(points, decimals) == text


def test_a_late_file_is_graded_where_that_gives_the_better_grade() -> None:
    in_time, late = HandedIn(1, Measured(0.88), 0), HandedIn(2, Measured(0.96), 2)
    assert choose(in_time, late, scheme=LINEAR, known=KNOWN).handed_in == late
    costly = LINEAR._replace(late_cost=15)
    assert choose(in_time, late, scheme=costly, known=KNOWN).handed_in == in_time
    assert choose(None, late, scheme=BANDS, known=KNOWN).grade.text == "D"
    assert choose(None, None, scheme=BANDS, known=KNOWN).handed_in is None


@pytest.mark.parametrize(
    "known",
    [
        Known({"forest": 0.8}, 0.7, higher_is_better=True),
        Known({"forest": 0.1}, 0.4, higher_is_better=False),
    ],
)
def test_where_nobody_is_better_than_the_baseline_nobody_gets_the_highest_grade(
    known: Known,
) -> None:
    with pytest.raises(Conflict, match="worse work would get the better grade"):
        grade(Measured(0.6), scheme=LINEAR, known=known)
