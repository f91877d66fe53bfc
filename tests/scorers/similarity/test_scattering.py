"""Where a pair differs, against a count by hand."""

import numpy as np
import pytest

from scorers.similarity.scattering import Divisions


def test_the_chance_that_two_teams_differ_is_counted_per_row() -> None:
    labels = np.array([[5, 1, 1], [0, 1, 2], [0, 1, 0], [0, 0, 1], [0, 0, 2], [5, 7, 2]])
    found = Divisions(labels).without(0, 5)
    assert found.tolist() == pytest.approx([0, 1 / 2, 1 - (1 + 1 + 4) / 16])


def test_differences_on_quiet_rows_are_evidence_and_on_divided_rows_none() -> None:
    rng = np.random.default_rng(0)
    labels = np.zeros((12, 400), dtype=np.int64)
    labels[:, :40] = rng.integers(0, 2, (12, 40))
    labels[1] = labels[0]
    labels[1, 100:110] = 1
    blind = Divisions(labels).between(0, 1)
    assert (blind.rows, blind.quiet) == (10, 10)
    assert blind.expected_quiet == pytest.approx(10 * 0.2 * 0.9)
    # Each on a quiet row is likelier by 1 / 0.2.
    assert blind.evidence == pytest.approx(10 * np.log(5))
    usual = Divisions(labels).between(2, 3)
    assert usual.quiet == 0
    assert usual.evidence < -10
