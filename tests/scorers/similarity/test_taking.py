"""The share of a team's answers that another team's explain: found again where it is known."""

import numpy as np
import pytest

from scorers.similarity.taking import shares_taken


@pytest.fixture(scope="module")
def drawn():
    """20 teams of other strengths whose mistakes hang on the row alone; and two that took."""
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 5, 1500)
    hard = rng.normal(-1.5, 1.5, 1500)
    labels = []
    for strength in np.linspace(-1, 1, 20):
        wrong = rng.random(1500) < 1 / (1 + np.exp(-(hard - strength)))
        labels.append(np.where(wrong, (truth + rng.choice([1, 1, 2, 3], 1500)) % 5, truth))
    for share in (0.5, 0.9):
        taken = rng.random(1500) < share
        labels.append(np.where(taken, labels[4], labels[int(10 * share)]))
    return np.stack(labels), truth


def test_teams_whose_mistakes_hang_on_the_row_alone_take_nothing(drawn) -> None:
    labels, truth = drawn
    found = shares_taken(labels[:20], truth).either_way()
    pairs = np.triu_indices(20, 1)
    assert np.median(found.share[pairs]) < 0.05
    assert found.share[pairs].max() < 0.25
    # The lower end of a 95 % interval is above 0 for few.
    assert (found.low[pairs] > 0).mean() < 0.12


@pytest.mark.parametrize(("taker", "share"), [(20, 0.5), (21, 0.9)])
def test_the_share_that_was_taken_is_found_again(drawn, taker, share) -> None:
    labels, truth = drawn
    found = shares_taken(labels, truth)
    assert found.share[taker, 4] == pytest.approx(share, abs=0.1)
    assert share - 0.2 < found.low[taker, 4] < found.share[taker, 4]


def test_labels_changed_by_hand_do_not_hide_what_was_taken(drawn) -> None:
    labels, truth = drawn
    copy, rng = labels[4].copy(), np.random.default_rng(1)
    at = rng.choice(len(copy), 150, replace=False)
    copy[at] = (copy[at] + rng.integers(1, 5, 150)) % 5
    found = shares_taken(np.vstack([labels[:20], copy]), truth)
    assert found.share[20, 4] > 0.85
