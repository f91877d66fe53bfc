"""Counts over pairs: those of the plain double loop."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scorers.numbers.pairs import not_tied, signed_agreement, weight_below

rows = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=40
)


@settings(max_examples=200, deadline=None)
@given(rows=rows)
def test_the_weight_below_is_that_of_every_pair_looked_at(rows):
    x, y, weight = np.array(rows, dtype=float).T
    slow = [
        sum(weight[j] * ((y[j] < y[i]) + (y[j] == y[i]) / 2) for j in range(len(x)) if x[j] < x[i])
        for i in range(len(x))
    ]
    np.testing.assert_array_equal(weight_below(x, y, weight), slow)


@settings(max_examples=200, deadline=None)
@given(rows=rows)
def test_the_agreement_is_that_of_every_pair_looked_at(rows):
    x, y, _ = np.array(rows, dtype=float).T
    slow = (np.sign(x[:, None] - x) * np.sign(y[:, None] - y)).sum(axis=1)
    np.testing.assert_array_equal(signed_agreement(x, y), slow)
    np.testing.assert_array_equal(not_tied(x), (x[:, None] != x).sum(axis=1))


def test_a_hundred_thousand_rows_of_distinct_numbers_are_counted_right():
    rng = np.random.default_rng(0)
    x, y = rng.permutation(100_000), rng.permutation(100_000)
    found = weight_below(x, y, np.ones(100_000))
    for row in range(0, 100_000, 9_000):
        assert found[row] == ((x < x[row]) & (y < y[row])).sum()
