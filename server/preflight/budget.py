"""How much a check may look at, so that it ends within about a minute on any challenge."""

from typing import NamedTuple


class Budget(NamedTuple):
    """Limits in rows and draws, not in seconds: the same folder always gives the same report.

    `bytes`: of a table that is searched. `rows`: that are tried in a permutation or a comparison;
    of more a seeded sample is taken, and the line says so. `columns`: of a table looked at one by
    one. `permutations`: for a p-value. `fields`: of teams in the forecast of the shake-up.
    """

    bytes: int = 1_000_000_000
    rows: int = 20_000
    columns: int = 200
    permutations: int = 499
    fields: int = 300


USUAL = Budget()
