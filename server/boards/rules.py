"""Pure decisions on boards: the key that sorts, ranks, and which submission counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from server.challenges.rules import Ranking

SIGNIFICANT_DIGITS = 12


def sort_key(value: float, *, higher_is_better: bool) -> float:
    """Return a score rounded to 12 significant digits and turned so that lower is better."""
    rounded = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    # 0.0 - x, not -x: a negative zero would be another text for the same score.
    return 0.0 - rounded if higher_is_better else rounded + 0.0


def ranks(keys: Sequence[float], *, first: int = 1, before: float | None = None) -> list[int]:
    """Return the ranks of keys in ascending order: equal ones share, the next is skipped.

    `first` is the place of `keys[0]` in the whole list (1-based); `before` the rank that the
    key before it has, where that key equals `keys[0]`.
    """
    result: list[int] = []
    for index, key in enumerate(keys):
        if index and key == keys[index - 1]:
            result.append(result[-1])
        elif index == 0 and before is not None:
            result.append(int(before))
        else:
            result.append(first + index)
    return result


class Candidate(NamedTuple):
    """A team's scored submission; keys are `sort_key`s (lower is better), None without a score."""

    submission_id: int
    received_at: datetime
    selected: bool
    public: float | None
    private: float | None


def _by_public(candidate: Candidate) -> tuple[float, datetime, int]:
    assert candidate.public is not None
    return candidate.public, candidate.received_at, candidate.submission_id


def counted_in_public(candidates: Iterable[Candidate], ranking: Ranking) -> Candidate | None:
    """Return the submission that counts on the public board, by the phase's policy.

    `latest` is the last one received; the others show the best public score, the earlier one
    among equals.
    """
    scored = [c for c in candidates if c.public is not None]
    if not scored:
        return None
    if ranking is Ranking.LATEST:
        return max(scored, key=lambda c: (c.received_at, c.submission_id))
    return min(scored, key=_by_public)


def counted_in_private(
    candidates: Iterable[Candidate], ranking: Ranking, *, select: int
) -> Candidate | None:
    """Return the submission that counts on the private board, by the phase's policy.

    `best`: the public score alone chooses. `latest`: the last one received. `selected`: the best
    private score among the picked; with none picked, among the `select` best public ones.
    """
    scored = [c for c in candidates if c.public is not None and c.private is not None]
    if ranking is not Ranking.SELECTED:
        return counted_in_public(scored, ranking)
    picked = [c for c in scored if c.selected] or sorted(scored, key=_by_public)[:select]
    return min(picked, key=_by_private, default=None)


def _by_private(candidate: Candidate) -> tuple[float, datetime, int]:
    assert candidate.private is not None
    return candidate.private, candidate.received_at, candidate.submission_id
