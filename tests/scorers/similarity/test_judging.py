"""Honest strong models are accused of nothing; what was copied and edited stands out."""

import numpy as np
import pytest

from scorers.similarity.judging import FEWEST_TEAMS, judge_labels, judge_numbers
from tests.scorers.similarity.boards import changed, diabetes, digits, redrawn


def named(verdict) -> list[tuple[int, int]]:
    return [(pair.one, pair.other) for pair in verdict.pairs if pair.named]


def test_sixteen_honest_classifiers_are_accused_of_nothing() -> None:
    labels, truth = digits()
    verdict = judge_labels(labels, truth)
    assert len(labels) >= 12
    assert (labels == truth).mean(axis=1).max() > 0.95
    assert named(verdict) == []
    assert verdict.pairs_of_teams == 120 == sum(verdict.by_labels)


@pytest.mark.parametrize(("share", "source"), [(0.01, 3), (0.05, 8), (0.1, 3)])
def test_a_copy_with_some_rows_changed_is_named_and_nobody_else(share, source) -> None:
    labels, truth = digits()
    copy = changed(labels[source], share)
    verdict = judge_labels(np.vstack([labels, copy]), truth)
    assert named(verdict) == [(source, len(labels))]
    said = verdict.pairs[0].labels
    assert said.differences.rows == round(share * len(truth))
    assert said.share > 0.7
    assert said.shared > 1.5 * said.expected
    assert said.differences.quiet > 2 * said.differences.expected_quiet
    assert said.evidence > said.needed


def test_two_copies_of_one_source_are_both_named_with_it() -> None:
    labels, truth = digits()
    ring = [changed(labels[3], 0.05, seed=1), changed(labels[3], 0.05, seed=2)]
    found = named(judge_labels(np.vstack([labels, *ring]), truth))
    assert {(3, 16), (3, 17)} <= set(found) <= {(3, 16), (3, 17), (16, 17)}


def test_a_weak_team_that_shares_all_mistakes_of_a_strong_one_is_not_named() -> None:
    labels, truth = digits()
    strong = labels[3]
    # It errs wherever the others do: all mistakes of the strong team are among its own.
    weak = strong.copy()
    divided = (labels != truth).sum(axis=0) > 0
    rng = np.random.default_rng(0)
    at = np.flatnonzero(divided & (strong == truth))
    weak[at] = labels[rng.integers(0, len(labels), len(at)), at]
    assert named(judge_labels(np.vstack([labels, weak]), truth)) == []


def test_a_twin_that_differs_where_all_teams_differ_is_close_but_not_named() -> None:
    labels, truth = digits()
    # As a second model of the same recipe: it changes its mind on divided rows alone.
    divided = np.flatnonzero((labels != labels[3]).sum(axis=0) >= 5)
    twin = labels[3].copy()
    twin[divided[::4]] = labels[8][divided[::4]]
    verdict = judge_labels(np.vstack([labels, twin]), truth)
    assert named(verdict) == []
    assert (verdict.pairs[0].one, verdict.pairs[0].other) == (3, 16)


def test_thirteen_honest_regressors_are_accused_of_nothing() -> None:
    numbers = diabetes()
    assert named(judge_numbers(numbers)) == []


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1])
def test_numbers_that_were_copied_are_named_and_nobody_else(share) -> None:
    numbers = diabetes()
    copy = redrawn(numbers[9], share)[None]
    verdict = judge_numbers(np.concatenate([numbers, copy]))
    assert named(verdict) == [(9, 13)]
    assert verdict.pairs[0].numbers.equal == pytest.approx(1 - share, abs=0.01)


def test_numbers_with_a_little_noise_everywhere_head_the_close_pairs_and_are_not_named() -> None:
    numbers = diabetes()
    noise = np.random.default_rng(0).normal(0, 0.01 * numbers[9].std(), numbers[9].shape)
    verdict = judge_numbers(np.concatenate([numbers, (numbers[9] + noise)[None]]))
    assert named(verdict) == []
    assert (verdict.pairs[0].one, verdict.pairs[0].other) == (9, 13)
    assert verdict.pairs[0].numbers.together > 0.99


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 7))
def test_other_honest_boards_of_all_sizes_are_accused_of_nothing_either(seed) -> None:
    labels, truth = digits(seed)
    rng = np.random.default_rng(seed)
    for teams in (FEWEST_TEAMS, 12, len(labels)):
        some = np.sort(rng.choice(len(labels), teams, replace=False))
        assert named(judge_labels(labels[some], truth)) == []
        copy = changed(labels[some[2]], 0.1, seed=seed)
        assert named(judge_labels(np.vstack([labels[some], copy]), truth)) == [(2, teams)]
    assert named(judge_numbers(diabetes(seed))) == []
