"""A score for each label: scikit-learn's values, row by row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from scorers import get_scorer
from scorers.classes import row_standing as standing_module
from scorers.classes.row_standing import row_areas, row_precisions

CASES = [
    ("label_ranking_average_precision", metrics.label_ranking_average_precision_score),
    ("coverage_error", metrics.coverage_error),
    ("label_ranking_loss", metrics.label_ranking_loss),
]
shapes = st.tuples(st.integers(1, 12), st.integers(2, 5))
columns = shapes.flatmap(
    lambda shape: st.tuples(
        arrays(float, shape, elements=st.sampled_from([0.0, 1.0])),
        arrays(float, shape, elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0])),
    )
)


@pytest.mark.parametrize(("name", "function"), CASES)
@settings(max_examples=60, deadline=None)
@given(given_columns=columns)
def test_the_value_is_scikit_learns_and_so_is_that_of_the_sums(name, function, given_columns):
    truth, scores = given_columns
    scorer, expected = get_scorer(name), function(truth, scores)
    assert scorer.score(truth, scores) == expected
    assert scorer.terms(truth, scores).value() == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_each_row_has_the_area_and_the_precision_that_it_has_alone():
    rng = np.random.default_rng(1)
    truth = np.array([rng.permutation([True, True, False, False, False]) for _ in range(40)])
    scores = rng.integers(0, 4, (40, 5)).astype(float)
    areas = [metrics.roc_auc_score(t, s) for t, s in zip(truth, scores, strict=True)]
    precisions = [metrics.average_precision_score(t, s) for t, s in zip(truth, scores, strict=True)]
    np.testing.assert_allclose(row_areas(truth, scores), areas)
    np.testing.assert_allclose(row_precisions(truth, scores), precisions)


def test_blocks_of_rows_give_what_all_rows_give_at_once(monkeypatch):
    rng = np.random.default_rng(2)
    truth, scores = rng.random((50, 4)) < 0.5, rng.normal(size=(50, 4))
    whole = row_precisions(truth, scores)
    monkeypatch.setattr(standing_module, "_CELLS_AT_ONCE", 12)
    np.testing.assert_array_equal(row_precisions(truth, scores), whole)
