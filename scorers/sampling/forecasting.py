"""What chance will do to the order of a field of teams, before there is one."""

from typing import NamedTuple

import numpy as np

from scorers.sampling.intervals import LEVEL
from scorers.sampling.shaking import TOP, Expected, Ranks, ranks_of
from scorers.sampling.terms import Floats

_OURS = 0x5652_4643


class Forecast(NamedTuple):
    """The shake-up between two boards of a field of teams.

    `kendall`: tau between the boards; `within`: the fewest places that 95 % of moves stay within,
    of all teams and of the first board's top 10; `winner_stays`: the probability that who leads the
    first board wins the second.
    """

    kendall: Expected
    within: int
    within_top: int
    winner_stays: float
    fields: int


def forecast_shake(
    *, teams: int, skill: float, noise: tuple[float, float], fields: int = 400, seed: int = 0
) -> Forecast:
    """Simulate fields of teams whose skill is normal and whose two boards have noise of their own.

    `skill`: the standard deviation of the teams' true scores; `noise`: the standard errors of a
    team's score on the one and on the other board, as far as they differ from team to team.
    """
    random = np.random.default_rng([_OURS, seed])
    true = skill * random.standard_normal((teams, fields))
    first, second = (
        ranks_of(true + error * random.standard_normal((teams, fields)), higher_is_better=True)
        for error in noise
    )
    taus = _kendall(first, second)
    low, high = np.quantile(taus, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    moves = np.abs(first - second)
    return Forecast(
        kendall=Expected(float(taus.mean()), float(low), float(high)),
        within=_within(moves.ravel()),
        within_top=_within(moves[first <= TOP]),
        winner_stays=float((second[first.argmin(axis=0), np.arange(fields)] == 1).mean()),
        fields=fields,
    )


def _kendall(first: Ranks, second: Ranks) -> Floats:
    """Kendall's tau of each pair of columns, shape (fields,): the share of pairs in one order."""
    teams, fields = first.shape
    agree = np.zeros(fields)
    for team in range(teams - 1):
        before, after = (np.sign(r[team + 1 :] - r[team]) for r in (first, second))
        agree += (before * after).sum(axis=0)
    taus: Floats = agree / (teams * (teams - 1) / 2)
    return taus


def _within(moves: Ranks) -> int:
    return int(np.quantile(moves, LEVEL, method="inverted_cdf"))
