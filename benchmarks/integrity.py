"""What the integrity report names: honest teams never, copies how often; and what it costs.

    python -m benchmarks.integrity [--boards 5] [--print]

Takes about five minutes of one core; writes its part of results.md.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.integrity_fields import DATA, changed, field
from benchmarks.results import load_average, machine, table, write_section
from scorers.evaluate import EvaluationSpec
from scorers.similarity.comparing import compare_files
from scorers.similarity.judging import judge_labels

TEAMS, ROWS, CLASSES = 200, 10_000, 10
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3)
SMALL = 12
TOP = 8


def detection_rows(boards: int) -> list[list[str]]:
    """Return a line for each data set: pairs named on honest boards, copies named by changes."""
    lines = []
    for name in DATA:
        for resampled in (True, False):
            false, pairs, found = _boards(name, boards, resampled=resampled)
            how = "a bootstrap sample each" if resampled else "the same data"
            shares = [f"{found[share]} of {2 * boards}" for share in SHARES]
            lines.append([name, how, f"{false} of {pairs:,}", *shares])
            print(*lines[-1], sep="  ", flush=True)
    return lines


def _boards(name: str, boards: int, *, resampled: bool) -> tuple[int, int, dict[float, int]]:
    false, pairs, found = 0, 0, dict.fromkeys(SHARES, 0)
    for seed in range(boards):
        labels, truth = field(name, seed, resampled=resampled)
        rng = np.random.default_rng(seed)
        some = np.sort(rng.choice(len(labels), SMALL, replace=False))
        for rows in (np.arange(len(labels)), some):
            false += _named(labels[rows], truth)
            pairs += len(rows) * (len(rows) - 1) // 2
            for share in SHARES:
                found[share] += _is_found(labels[rows], truth, share, rng)
    return false, pairs, found


def _named(labels: np.ndarray, truth: np.ndarray) -> int:
    return sum(pair.named for pair in judge_labels(labels, truth).pairs)


def _is_found(
    labels: np.ndarray, truth: np.ndarray, share: float, rng: np.random.Generator
) -> bool:
    """Whether a copy of one of the better teams is named together with it."""
    best = np.argsort((labels != truth).sum(axis=1))[:TOP]
    source = int(rng.choice(best))
    copy = changed(labels[source], share, len(np.unique(truth)), rng)
    verdict = judge_labels(np.vstack([labels, copy]), truth)
    return any(p.named and (p.one, p.other) == (source, len(labels)) for p in verdict.pairs)


def cost_rows() -> list[list[str]]:
    """Return a line for each kind: seconds and memory to compare 200 files of 10,000 rows."""
    lines = []
    for kind in ("labels", "numbers", "probabilities"):
        with tempfile.TemporaryDirectory() as folder:
            spec = _write(kind, Path(folder))
            context = multiprocessing.get_context("spawn")
            with context.Pool(1) as pool:
                seconds, megabytes = pool.apply(_compare, (folder, spec.to_json()))
        lines.append([kind, f"{seconds:.1f} s", f"{megabytes:,.0f} MB"])
        print(*lines[-1], sep="  ", flush=True)
    return lines


def _compare(folder: str, spec: str) -> tuple[float, float]:
    files = sorted(Path(folder).glob("team-*.csv"))
    before = time.process_time()
    found = compare_files(files, Path(folder) / "solution.csv", EvaluationSpec.from_json(spec))
    if found.judged != TEAMS:
        raise ValueError(f"{found.judged} teams were judged")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - before, peak


def _write(kind: str, folder: Path) -> EvaluationSpec:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, CLASSES, ROWS)
    hard = rng.normal(-1.5, 1.5, ROWS)
    names = [f"class_{c}" for c in range(CLASSES)]
    header = ("id", *names) if kind == "probabilities" else ("id", "y")
    target = [names[t] for t in truth] if kind == "probabilities" else truth
    if kind == "numbers":
        target = rng.normal(size=ROWS)
    _save(folder / "solution.csv", "id,y", np.asarray(target)[:, None])
    for team in range(TEAMS):
        wrong = rng.random(ROWS) < 1 / (1 + np.exp(-(hard + team / 100 - 1)))
        labels = np.where(wrong, rng.integers(0, CLASSES, ROWS), truth)[:, None]
        values = labels
        if kind == "numbers":
            values = np.round(np.asarray(target)[:, None] + rng.normal(size=(ROWS, 1)), 6)
        if kind == "probabilities":
            drawn = rng.random((ROWS, CLASSES)) / CLASSES
            rest = 1 - drawn.sum(axis=1, keepdims=True)
            values = drawn + (np.arange(CLASSES) == labels) * rest
        _save(folder / f"team-{team:03}.csv", ",".join(header), values)
    scorer = {"labels": "accuracy", "numbers": "rmse", "probabilities": "log_loss"}[kind]
    return EvaluationSpec(scorer=scorer, header=header)


def _save(path: Path, header: str, values: np.ndarray) -> None:
    rows = (f"{row}," + ",".join(map(str, cells)) for row, cells in enumerate(values))
    path.write_text("\n".join([header, *rows]) + "\n")


def section(boards: int) -> str:
    """Return the section for results.md."""
    load = load_average()
    cost, found = cost_rows(), detection_rows(boards)
    shares = [f"{100 * share:g} % changed" for share in SHARES]
    head = ["data", "teams trained on", "pairs named on honest boards", *shares]
    return "\n\n".join(
        [
            f"`python -m benchmarks.integrity --boards {boards}`. {machine(load)}",
            "CPU seconds and peak memory of one process that "
            f"compares {TEAMS} files of {ROWS:,} rows, each with each:",
            table(["predictions", "CPU time", "peak memory"], cost),
            f"Twenty-one scikit-learn classifiers on {boards} splits of each data set, all of them "
            f"and {SMALL} drawn from them; then, with a copy of one of the {TOP} best in which "
            "rows were changed blindly, how many copies were named with their source. The rule and "
            "its bounds were chosen on splits of these data sets, these among them:",
            table(head, found),
        ]
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, default=5)
    parser.add_argument("--print", action="store_true", help="leave results.md alone")
    chosen = parser.parse_args()
    text = section(chosen.boards)
    if chosen.print:
        print(text)
    else:
        write_section("Integrity", text)
