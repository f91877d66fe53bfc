"""Residuals of two teams against the plain computation; numbers to six digits."""

import numpy as np
import pytest

from scorers.similarity.numbers import alike, in_digits


def test_residuals_are_correlated_without_the_pair_itself() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(9, 40, 2))
    numbers[3] = numbers[2] + 0.3 * rng.normal(size=(40, 2))
    middle = np.median(numbers, axis=0)
    spread = 1.4826 * np.median(np.abs(numbers - middle), axis=0)
    spread += 0.1 * np.median(spread, axis=0)
    plain = np.clip((numbers - middle) / spread, -6, 6).reshape(9, -1)
    found = alike(numbers).together
    for one, other in ((2, 3), (0, 5), (1, 8)):
        rest = np.delete(plain, [one, other], axis=0).mean(axis=0)
        due = np.corrcoef(plain[one] - rest, plain[other] - rest)[0, 1]
        assert found[one, other] == pytest.approx(due, rel=1e-9)
        assert found[other, one] == pytest.approx(due, rel=1e-9)


def test_numbers_are_the_same_to_six_digits_whatever_their_size() -> None:
    assert in_digits(np.array([1.2345678e9]))[0] == in_digits(np.array([1.2345681e9]))[0]
    assert in_digits(np.array([1.234567e-9]))[0] != in_digits(np.array([1.234557e-9]))[0]
    assert in_digits(np.array([0.0, -0.0, -2.5])).tolist() == [0.0, 0.0, -2.5]


def test_a_number_that_everybody_has_is_no_sign() -> None:
    rng = np.random.default_rng(1)
    numbers = rng.normal(size=(10, 100, 1))
    numbers[:, :80] = 7.0
    numbers[1, 80:90] = numbers[0, 80:90]
    found = alike(numbers)
    assert found.equal[0, 1] == pytest.approx(0.9)
    assert 0.3 < found.beyond[0, 1] < 0.7
    assert abs(found.beyond[2, 3]) < 0.15
