"""The draws stay what they are: replicates are kept, and compared with later ones."""

import hashlib

import numpy as np
import pytest

from scorers.sampling.resampling import Resampling, seeded_ranks
from scorers.sampling.terms import Terms, mean_of

DRAWN = {
    5: "01deac7465bf3e0e",
    100: "20fd87620f25ad4b",
    4097: "1ccb2d15d8644d67",
    30011: "c9327d525feac1b1",
}


def _digest(plan: Resampling) -> str:
    found = hashlib.sha256(plan.group_of_row().astype("<i8").tobytes())
    for weights in plan.weights():
        found.update(weights.astype("<f8").tobytes())
    for _, drawn in zip(range(3), plan.drawn_rows(), strict=False):
        found.update(drawn.astype("<i8").tobytes())
    return found.hexdigest()[:16]


@pytest.mark.parametrize("rows", DRAWN)
def test_groups_weights_and_drawn_rows_are_those_of_the_first_release(rows):
    assert _digest(Resampling.of(rows, seed=rows + 1, replicates=150)) == DRAWN[rows]


@pytest.mark.parametrize(("rows", "seed"), [(7, 1), (4096, 2), (10_001, 3)])
def test_groups_are_shares_of_the_seeded_ranks(rows, seed):
    plan = Resampling.of(rows, seed=seed, replicates=1)
    expected = seeded_ranks(rows, seed) * plan.groups // rows
    np.testing.assert_array_equal(plan.group_of_row(), expected)


@pytest.mark.parametrize("size", [1, 3, 11, 100, 700])
@pytest.mark.parametrize("replicates", [1, 50, 300])
def test_replicates_are_the_weights_times_the_groups_sums(size, replicates):
    codes = np.random.default_rng(6).integers(0, size, 3000)
    plan = Resampling.of(3000, seed=4, replicates=replicates)
    terms = Terms(finish=lambda sums, n: sums @ np.arange(size), cells=(codes,), size=size)
    weights = np.concatenate(list(plan.weights()))
    expected = (weights @ plan.group_sums(terms))[:, :-1] @ np.arange(size)
    np.testing.assert_allclose(plan.replicate_terms(terms), expected, rtol=1e-12)


def test_the_replicates_of_a_mean_are_means_of_the_drawn_groups():
    losses = np.random.default_rng(7).random(9000)
    plan = Resampling.of(9000, seed=5, replicates=20)
    weights = np.concatenate(list(plan.weights()))[:, plan.group_of_row()]
    expected = weights @ losses / weights.sum(axis=1)
    np.testing.assert_allclose(plan.replicate_terms(mean_of(losses)), expected, rtol=1e-12)
