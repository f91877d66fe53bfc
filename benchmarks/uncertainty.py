"""How often intervals cover, paired tests reject and ranges of ranks hold, by simulation.

    python -m benchmarks.uncertainty [--runs 200:2000,2000:1000,20000:300]

Takes about twenty minutes of one core; writes its part of results.md.
"""

import argparse
import time

import numpy as np
from numpy.typing import NDArray

from benchmarks.populations import POPULATIONS, Covered, coverage
from benchmarks.results import load_average, machine, table, write_section
from benchmarks.rivals import RIVALS, rejections
from scorers import rank_ranges

RUNS = "200:2000,2000:1000,20000:300"
TRUTH_TIMES = 400
MOST_TRUTH = 6_000_000
SPEED_TEAMS, SPEED_REPLICATES = 100, 1000


def coverage_rows(runs: dict[int, int]) -> list[list[str]]:
    """Return a line for each population: its coverage at each number of rows."""
    lines = []
    for name in POPULATIONS:
        found = [covered(name, n, runs[n]) for n in runs]
        lines.append([name, *(told(c, runs[n]) for c, n in zip(found, runs, strict=True))])
        print(*lines[-1], sep="  ", flush=True)
    return lines


def covered(name: str, n: int, runs: int) -> Covered:
    """Return how the intervals of n rows cover, against a truth of many times as many rows."""
    return coverage(name, n, runs, rows_of_truth=max(1_000_000, min(TRUTH_TIMES * n, MOST_TRUTH)))


def told(found: Covered, runs: int) -> str:
    """Return the percentage, and how many intervals were withheld where there were some."""
    missing = f" ({100 * (1 - found.given / runs):.0f} % withheld)" if found.given < runs else ""
    return f"{100 * found.share:.1f}{missing}"


def rejection_rows(runs: dict[int, int]) -> list[list[str]]:
    """Return a line for each pair of equals: how often each test tells them apart."""
    lines = []
    for name in RIVALS:
        line = [name]
        for n in (200, 2000):
            found = rejections(name, n, runs[n], replicates=400)
            line += [f"{100 * found.by_influence:.1f}", f"{100 * found.by_replicates:.1f}"]
        lines.append(line)
        print(*line, sep="  ", flush=True)
    return lines


def rank_rows(runs: int) -> list[list[str]]:
    """Return a line for each field of teams: how often all their ranges hold at once."""
    fields = ((200, 30, 0.001), (2000, 30, 0.001), (2000, 30, 0.01), (500, 5, 0.005))
    return [
        [f"{teams} teams, {step} apart, {n} rows", *held(n, 0.8 - step * np.arange(teams), runs)]
        for n, teams, step in fields
    ]


def held(n: int, quality: NDArray[np.float64], runs: int) -> tuple[str, str]:
    """Return how often every range holds its team's rank, and how many ranks wide they are."""
    hits, widths = 0, []
    for run in range(runs):
        found = rank_ranges(*related_teams(np.random.default_rng([3, run]), n, quality))
        hits += all(r.best <= rank <= r.worst for rank, r in enumerate(found, start=1))
        widths.append(np.mean([r.worst - r.best + 1 for r in found]))
    return f"{100 * hits / runs:.1f}", f"{np.mean(widths):.1f}"


def related_teams(
    rng: np.random.Generator, n: int, quality: NDArray[np.float64]
) -> tuple[NDArray[np.float64], bool, float, NDArray[np.float64]]:
    """Return the arguments of `rank_ranges` for teams that mostly fail on the same rows."""
    shared = rng.random(n)
    hits = np.stack([np.where(rng.random(n) < 0.7, shared, rng.random(n)) < q for q in quality])
    weights = rng.multinomial(n, np.full(n, 1 / n), size=400)
    return hits @ weights.T / n, True, 0.95, hits.mean(axis=1)


def rank_seconds() -> float:
    """Return how long the ranges of a long board take."""
    matrix = np.random.default_rng(1).normal(size=(SPEED_TEAMS, SPEED_REPLICATES))
    start = time.perf_counter()
    rank_ranges(matrix, True)
    return time.perf_counter() - start


def report(runs: dict[int, int], load: float) -> str:
    """Return the section for results.md."""
    sizes = [f"{n:,} rows" for n in runs]
    told_runs = ", ".join(f"{count:,} of {n:,} rows" for n, count in runs.items())
    tests = ["200 rows", "200, replicates alone", "2,000 rows", "2,000, replicates alone"]
    return "\n\n".join(
        [
            f"`python -m benchmarks.uncertainty`. {machine(load)}",
            f"Seeded runs: {told_runs}. In percent of the intervals that were given; nominal is "
            "95. The populations are those of `benchmarks/populations.py`.",
            table(["intervals at 95 %", *sizes], coverage_rows(runs)),
            "Pairs of equals that a test at 5 % tells apart, in percent.",
            table(["paired tests", *tests], rejection_rows(runs)),
            "Fields of accuracies near 0.8, 0.7 of all hits shared: how often all ranges of ranks "
            "hold at once, in percent, and how many ranks they span in the mean. "
            f"{SPEED_TEAMS} teams of {SPEED_REPLICATES:,} replicates take {rank_seconds():.2f} s.",
            table(["ranges of ranks at 95 %", "hold", "ranks"], rank_rows(runs[2000])),
        ]
    )


def main() -> None:
    """Simulate, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", default=RUNS)
    pairs = (pair.split(":") for pair in parser.parse_args().runs.split(","))
    runs = {int(n): int(count) for n, count in pairs}
    load = load_average()
    write_section("Uncertainty", report(runs, load))


if __name__ == "__main__":
    main()
