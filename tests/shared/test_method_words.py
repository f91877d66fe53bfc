"""A method that a scorer wrote with its numbers, in another language."""

import numpy as np
import pytest

from scorers.sampling.comparison import ScoreResult, compare
from server.shared.catalogues import catalogue_of
from server.shared.method_words import FORMS, method_words

METHODS = [
    "t from 180 rows",
    "t in Wilson's form with 90 degrees of freedom from 180 rows",
    "t on the logarithmic scale from 9000 rows, in 4096 groups",
    "t in Wilson's form from 1000 outright resamples of 400 of 900 units",
    "t from 30 blocks of 12 consecutive rows",
    "Wilson's of 10 classes, combined (MOVER)",
    "Wilson, from 40 units, as distances from the share promised",
    "order statistics of 90 rows in 12 units",
    "percentiles of 1000 outright resamples of 60 rows",
    "Wilson, from 1 row",
    "t with 1 degree of freedom from 30 blocks of 12 consecutive rows",
    "order statistics of 90 rows in 1 unit",
    "Wilson, from 1 block of 12 consecutive rows",
    "Wilson, from 1 unit",
    "withheld: 4 rows are too few to show how they vary",
    "withheld: without one of the units the metric is not defined",
    "withheld: every resample gives the same value",
    "paired: t interval, p-value by turned signs",
    "paired percentiles",
    "the same for every unit",
    "withheld: 3 units are too few to compare by",
    "withheld: there are no replicates to pair",
    "withheld: not defined on the resamples",
]


@pytest.mark.parametrize("method", METHODS)
def test_every_part_of_a_method_is_said_in_chinese_and_its_numbers_stay(method: str) -> None:
    said = method_words(method, catalogue_of("zh"))
    english = {"rows", "units", "from", "of", "with", "in", "withheld", "groups", "blocks"}
    assert not english & set(said.replace(",", " ").split())
    assert sorted(filter(str.isdigit, said)) == sorted(filter(str.isdigit, method))


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Wilson, from 1 rows", "Wilson, from 1 row"),
        ("Wilson, from 1 row", "Wilson, from 1 row"),
        ("Wilson, from 11 rows", "Wilson, from 11 rows"),
        ("order statistics of 9 rows in 1 units", "order statistics of 9 rows in 1 unit"),
        (
            "Wilson, from 1 blocks of 7 consecutive rows",
            "Wilson, from 1 block of 7 consecutive rows",
        ),
        ("t with 1 degrees of freedom from 6 units", "t with 1 degree of freedom from 6 units"),
    ],
)
def test_what_was_stored_with_the_wrong_plural_is_shown_with_the_right_one(stored, shown) -> None:
    assert method_words(stored, catalogue_of("en")) == shown


def result(values: list[float] | None, influence: list[float] | None = None) -> ScoreResult:
    replicates = None if values is None else np.array(values)
    return ScoreResult(
        0.5, None, "", replicates, None if influence is None else np.array(influence)
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (result(None, [0.1, -0.1] * 9), result(None, [0.3, -0.2] * 9)),
        (result(None, [0.1, -0.1] * 9), result(None, [0.1, -0.1] * 9)),
        (result(None, [0.1]), result(None, [0.2])),
        (result(None), result(None)),
        (result([0.1, 0.2]), result([0.3, 0.5])),
        (result([float("nan")]), result([0.1])),
    ],
)
def test_every_method_of_a_comparison_has_words(a: ScoreResult, b: ScoreResult) -> None:
    method = compare(a, b).method.removeprefix("withheld: ")
    assert any(form.fullmatch(method) for form, _ in FORMS), method


def test_every_form_is_tried_and_what_has_none_stays_as_it_is() -> None:
    used = {form.pattern for form, _ in FORMS if any(form.search(method) for method in METHODS)}
    assert len(used) > len(FORMS) - 3
    assert method_words("by the sortition of herons", catalogue_of("zh")) == (
        "by the sortition of herons"
    )
    assert method_words(METHODS[1], catalogue_of("en")) == METHODS[1]
