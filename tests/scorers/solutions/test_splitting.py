"""A seeded share of the rows is public: of each label, and nearly the same rows after a correction."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorers.solutions.splitting import split_by_fraction
from scorers.spec import BY_LABEL, EvaluationSpec

ROWS = 1000
LABELS = 10


def public_of(labels, fraction: float = 0.3, seed: int = 0) -> np.ndarray:
    spec = EvaluationSpec(
        "accuracy", ("id", "y"), public_fraction=fraction, split_seed=seed, draw=BY_LABEL
    )
    ids = pl.DataFrame({"id": np.arange(len(labels))})
    public, private = split_by_fraction(ids, pl.Series(labels), None, spec)
    np.testing.assert_array_equal(private, ~public)
    return public


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=60),
    st.floats(0.05, 0.95),
    st.integers(0, 1 << 30),
)
def test_each_label_gives_its_share_within_one_row_and_all_rows_theirs(labels, fraction, seed):
    public = public_of(labels, fraction, seed)
    assert public.sum() == np.floor(len(labels) * fraction + 0.5)
    for label in set(labels):
        of_label = np.array(labels) == label
        assert abs(public[of_label].sum() - of_label.sum() * fraction) < 1


def test_a_corrected_label_changes_the_sides_of_few_rows():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, LABELS, ROWS)
    before = public_of(labels)
    for row in rng.integers(0, ROWS, 50):
        corrected = labels.copy()
        corrected[row] = (labels[row] + rng.integers(1, LABELS)) % LABELS
        # Its own row, and by rounding one of each label at most.
        assert (public_of(corrected) != before).sum() <= LABELS + 1


@pytest.mark.parametrize("seed", range(3))
def test_another_seed_draws_other_rows(seed):
    labels = np.arange(ROWS) % LABELS
    assert (public_of(labels, seed=seed) != public_of(labels, seed=seed + 1)).any()


def test_the_order_of_the_file_is_of_no_account():
    labels = np.random.default_rng(1).integers(0, LABELS, ROWS)
    spec = EvaluationSpec("accuracy", ("id", "y"), public_fraction=0.3, draw=BY_LABEL)
    turned = pl.DataFrame({"id": np.arange(ROWS)[::-1]})
    public, _ = split_by_fraction(turned, pl.Series(labels[::-1]), None, spec)
    np.testing.assert_array_equal(public[::-1], public_of(labels))


def test_a_spec_that_was_stored_before_draws_the_rows_that_it_always_drew():
    labels = pl.Series(["b", "a", "b", "b", "a", "a", "b", "a", "b", "a"])
    spec = EvaluationSpec("accuracy", ("id", "y"), public_fraction=0.3, split_seed=5)
    public, _ = split_by_fraction(pl.DataFrame({"id": np.arange(10)}), labels, None, spec)
    assert np.flatnonzero(public).tolist() == [5, 7, 8]
