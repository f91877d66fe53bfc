"""A season reckoned from the lines of its challenges: anew where one changed, else as it was."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from server.standings.contributions import Computed
from server.standings.rules import (
    NO_ACTIVITY,
    Activity,
    Result,
    Rule,
    Season,
    ranges_over_rules,
    rank_universities,
)

Row = dict[str, Any]
Key = tuple[Rule, int]


class SeasonSet(NamedTuple):
    """A season's challenges that have begun, with their weights."""

    season_id: int
    weights: Mapping[int, float]


class Known(NamedTuple):
    """A season as it was ranked last: its challenges, and each university's part in them."""

    weights: Mapping[int, float]
    lines: Mapping[int, Computed]
    universities: Mapping[int, Season]


def reckoned(
    season: SeasonSet,
    lines: Mapping[int, Computed],
    activity: Mapping[int, Activity],
    before: Known | None,
) -> dict[int, Season]:
    """Return each university's part in a season; what is the same as before is taken from there."""
    same = before is not None and list(before.weights.items()) == list(season.weights.items())
    known = before.universities if same and before else {}
    moved = _moved(lines, before.lines) if same and before else set()
    total = sum(season.weights.values())
    made = {}
    for k in sorted({k for found in lines.values() for k in found.lines} | activity.keys()):
        own = known.get(k)
        active = activity.get(k, NO_ACTIVITY)
        if own is None or k in moved or own.activity != active:
            own = Season(_results(season, lines, k), len(season.weights), active, total)
        made[k] = own
    return made


def _moved(lines: Mapping[int, Computed], before: Mapping[int, Computed]) -> set[int]:
    """Return the universities of which some challenge says something else than before."""
    moved = set()
    for challenge_id, found in lines.items():
        old = before[challenge_id]
        if found is not old:
            moved |= {
                k
                for k in found.lines.keys() | old.lines.keys()
                if found.lines.get(k) != old.lines.get(k)
            }
    return moved


def _results(
    season: SeasonSet, lines: Mapping[int, Computed], university_id: int
) -> Sequence[Result]:
    results = []
    for challenge_id, weight in season.weights.items():
        line = lines[challenge_id].lines.get(university_id)
        if line is not None:
            won = line.result
            results.append(won if weight == 1 else won._replace(weight=weight))
    return results


def standing_rows(
    season: SeasonSet, found: Mapping[int, Season], names: Mapping[int, str]
) -> dict[Key, Row]:
    """Return a season's rows by rule and university; equal ranks stand by name."""
    universities = {k: own for k, own in found.items() if k in names}
    ranked = {rule: rank_universities(rule, universities) for rule in Rule}
    spans = ranges_over_rules(ranked.values())
    same = {
        k: {
            "season_id": season.season_id,
            "university_id": k,
            "challenges": len(own.results),
            **own.medals._asdict(),
            **own.activity._asdict(),
            "rules_best": spans[k].best,
            "rules_worst": spans[k].worst,
        }
        for k, own in universities.items()
    }
    rows: dict[Key, Row] = {}
    for rule, places in ranked.items():
        order = sorted(places, key=lambda p: (p.rank, names[p.id]))
        for position, (k, rank, value) in enumerate(order, 1):
            own = {"rule": rule, "position": position, "rank": rank, "value": float(value)}
            rows[rule, k] = same[k] | own
    return rows
