"""The figure of Blum and Hardt (2015): what a boosting attack gains on `best` and on `ladder`.

    python -m benchmarks.ladder [--rows 4000] [--submissions 1000] [--runs 10]

Takes some minutes of one core; writes its part of results.md, and benchmarks/ladder.svg.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.boosting import Attack
from benchmarks.results import load_average, machine, table, write_section
from scorers import get_scorer
from scorers.ladder import Rung, paired_error, rung_of

FIGURE = Path(__file__).with_name("ladder.svg")
POLICIES = ("best", "ladder", "fresh rows")
COLOURS = ("#c0392b", "#1f618d", "#1e8449")
SIZE, LEFT, RIGHT, TOP, BOTTOM = (640, 400), 60, 110, 40, 50
OTHER_RUNS, OTHER_SUBMISSIONS = 4, 200

Curves = NDArray[np.float64]


def asked(most: int) -> list[int]:
    """Return after how many submissions the board is read."""
    return sorted({1, 2, 5, *range(10, 100, 10), *range(100, most + 1, 50), most})


def curves(at: list[int], *, rows: int, runs: int, metric: str, replicates: int) -> Curves:
    """Return the mean of what is shown, shape (policies, numbers of submissions)."""
    found = []
    for seed in range(runs):
        made = Attack(
            rows=rows, submissions=at[-1], seed=seed, metric=metric, replicates=replicates
        )
        found.append([made.after(k) for k in at])
        print(f"{metric}: run {seed + 1} of {runs}", *found[-1][-1], flush=True)
    means: Curves = np.mean(found, axis=0).T
    return means


def lines(at: list[int], found: Curves) -> list[list[str]]:
    """Return the rows of the table."""
    shown = [k for k in at if k in (1, 10, 50, 100, 200, 500, at[-1])]
    return [[f"{k:,}", *(f"{v:.3f}" for v in found[:, at.index(k)])] for k in shown]


def figure(at: list[int], found: Curves, *, rows: int, runs: int) -> str:
    """Return the curves as SVG, with its axes."""
    low, high = 0.48, max(0.6, float(np.ceil(found.max() * 50) / 50))
    width, height = SIZE[0] - LEFT - RIGHT, SIZE[1] - TOP - BOTTOM

    def x(k: float) -> float:
        return LEFT + width * k / at[-1]

    def y(value: float) -> float:
        return TOP + height * (high - value) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE[0]} {SIZE[1]}" '
        f'width="{SIZE[0]}" height="{SIZE[1]}" font-family="sans-serif" font-size="12">',
        f"<title>A boosting attack on {rows:,} rows: accuracy shown, mean of {runs} runs</title>",
        f'<rect width="{SIZE[0]}" height="{SIZE[1]}" fill="white"/>',
        f'<text x="{LEFT}" y="20">Accuracy shown after a boosting attack with random labels '
        f"({rows:,} rows)</text>",
    ]
    for value in np.arange(low, high + 0.001, 0.02):
        parts.append(
            f'<path d="M{LEFT} {y(value):.1f}h{width}" stroke="#ddd" fill="none"/>'
            f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.2f}</text>'
        )
    for k in range(0, at[-1] + 1, max(1, at[-1] // 5)):
        parts.append(f'<text x="{x(k):.1f}" y="{SIZE[1] - 28}" text-anchor="middle">{k:,}</text>')
    parts.append(
        f'<text x="{LEFT + width / 2}" y="{SIZE[1] - 10}" text-anchor="middle">submissions</text>'
    )
    for name, colour, values in zip(POLICIES, COLOURS, found, strict=True):
        points = "L".join(f"{x(k):.1f} {y(v):.1f}" for k, v in zip(at, values, strict=True))
        parts.append(f'<path d="M{points}" stroke="{colour}" stroke-width="2" fill="none"/>')
        end = y(float(values[-1])) + 4
        parts.append(f'<text x="{x(at[-1]) + 6:.1f}" y="{end:.1f}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def step_milliseconds() -> list[list[str]]:
    """Return what the ladder costs beside the scoring, by the number of rows."""
    found = []
    for rows in (1_000, 100_000, 1_000_000):
        rng = np.random.default_rng(rows)
        truth = rng.integers(0, 2, rows)
        scorer = get_scorer("accuracy")
        pair = [
            rung_of(scorer.evaluate(truth, rng.integers(0, 2, rows), seed=1, replicates=0))
            for _ in range(2)
        ]
        evidence = pair[0].evidence
        size = 0 if evidence is None else evidence.nbytes
        found.append([f"{rows:,}", f"{size / 1024:.0f}", f"{_paired_milliseconds(*pair):.3f}"])
    return found


def _paired_milliseconds(new: Rung, best: Rung, times: int = 200) -> float:
    start = time.perf_counter()
    for _ in range(times):
        paired_error(new, best)
    return 1000 * (time.perf_counter() - start) / times


def report(arguments: argparse.Namespace, load: float) -> str:
    """Return the section for results.md, and write the figure."""
    at, rows, runs = asked(arguments.submissions), arguments.rows, arguments.runs
    found = curves(at, rows=rows, runs=runs, metric="accuracy", replicates=0)
    FIGURE.write_text(figure(at, found, rows=rows, runs=runs), encoding="utf-8")
    few = asked(OTHER_SUBMISSIONS)
    balanced = curves(few, rows=rows, runs=OTHER_RUNS, metric="balanced_accuracy", replicates=200)
    headings = ["submissions", *POLICIES]
    return "\n\n".join(
        [
            f"`python -m benchmarks.ladder`. {machine(load)}",
            f"The attack of Blum and Hardt (2015) on {rows:,} public rows of two classes: so many "
            "random submissions, then the majority of those that improved; on `best` a submission "
            "improved when its score, which is told, is above a half, on `ladder` when a value was "
            "released with it. Shown on the board in the end, and what the file that was built on "
            f"`best` scores on {2 * rows:,} fresh rows. Through the real scorers and the ladder "
            f"that the server climbs. Accuracy, mean of {runs} runs:",
            "![what the attack gains](ladder.svg)",
            table(headings, lines(at, found)),
            "Balanced accuracy, which is no mean of losses of rows, by its 200 resamples; mean of "
            f"{OTHER_RUNS} runs:",
            table(headings, lines(few, balanced)),
            "What a step costs beside the scoring: the evidence that is kept of each submission, "
            "and the comparison of two. A new submission is compared with one other.",
            table(["rows", "kB kept", "ms a comparison"], step_milliseconds()),
        ]
    )


def main() -> None:
    """Simulate, draw, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=10)
    load = load_average()
    write_section("Ladder", report(parser.parse_args(), load))


if __name__ == "__main__":
    main()
