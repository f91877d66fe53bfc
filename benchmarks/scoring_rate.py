"""How fast is scoring? `python -m benchmarks.scoring_rate` (about a minute).

Submissions a second that the embedded worker with two scoring children brings from the queue to
a recorded score and an entry on the board, on 1,000 rows with macro F1 and 1,000 resamples. The
baseline in the same run is a fresh Python process for each file, two at a time, that imports
scikit-learn, reads, aligns, scores, and writes JSON: no checks, no interval, no database.
"""

import json
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sqlmodel import Session, col, func, select

from benchmarks.instance import instance, processor_seconds, running
from benchmarks.results import load_average, machine, table, write_section
from server.accounts.actions import create_account
from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.deployments.actions import deploy
from server.evaluations.models import Score
from server.evaluations.rules import Board
from server.folders.reading import read_folder
from server.shared.database import Database
from server.shared.settings import Settings
from server.shared.storage import FileStore, Stores
from server.submissions.actions import Received, submit
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.actions import ensure_team

ROWS, CLASSES, CHILDREN = 1_000, 5, 2
TEAMS, EACH = 30, 8
BASELINES = 24
MOST_SECONDS, BASELINE_SECONDS = 50, 25
NOW = datetime.now(UTC).replace(microsecond=0)
RANDOM = np.random.default_rng(11)
TRUTH = RANDOM.integers(0, CLASSES, ROWS)
DEFINITION = f"""
title = "Benchmark"
[submission]
sample = "data/sample_submission.csv"
labels = {json.dumps([str(label) for label in range(CLASSES)])}
[scoring]
scorer = "f1"
params = {{ average = "macro" }}
[teams]
max_size = 1
[[phases]]
slug = "main"
starts = {NOW - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}
ends = {NOW + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}
solution = "private/solution.csv"
per_day = {EACH}
"""


def write_table(path: Path, labels: np.ndarray, *, usage: bool = False) -> Path:
    """Write a table of ids and labels, and say for every second row that it is private."""
    boards = ("Public", "Private")
    lines = ["id,label,Usage" if usage else "id,label"]
    for row, label in enumerate(labels):
        lines.append(f"{row},{label},{boards[row % 2]}" if usage else f"{row},{label}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_folder(folder: Path) -> Path:
    """Make a challenge folder."""
    write_table(folder / "data" / "sample_submission.csv", np.zeros(ROWS, dtype=int))
    write_table(folder / "private" / "solution.csv", TRUTH, usage=True)
    (folder / "overview.md").write_text("A benchmark.\n", encoding="utf-8")
    (folder / "challenge.toml").write_text(DEFINITION, encoding="utf-8")
    return folder


def write_predictions(folder: Path) -> list[Path]:
    """Write files of different strength, none like another."""
    files = []
    for number in range(TEAMS * EACH):
        guess = RANDOM.integers(0, CLASSES, ROWS)
        right = RANDOM.random(ROWS) < 0.5 + 0.4 * number / (TEAMS * EACH)
        files.append(write_table(folder / f"{number}.csv", np.where(right, TRUTH, guess)))
    return files


def queue_all(session: Session, stores: Stores, folder: Path, files: list[Path]) -> None:
    """Deploy the challenge, and have every team submit its files as if they had arrived."""
    deploy(session, read_folder(folder, now=NOW), stores=stores, now=NOW)
    challenge = session.exec(select(Challenge)).one()
    phase = session.exec(select(Phase)).one()
    for number, path in enumerate(files):
        if number % EACH == 0:
            account = create_account(
                session, email=f"p{number}@mail.example", name=f"P{number}", confirmed=True, now=NOW
            )
            team = ensure_team(session, challenge=challenge, account_id=account.id or 0, now=NOW)
        received = stored(stores.public_files, path)
        submit(
            session,
            account_id=account.id or 0,
            challenge=challenge,
            phase=phase,
            team_id=team.id or 0,
            ended_challenge=False,
            upload=received,
            comment="",
            now=NOW + timedelta(milliseconds=number),
        )


def stored(store: FileStore, path: Path) -> Received:
    """Put a file into the store under its sha256."""
    digest = subprocess.run(
        ["sha256sum", str(path)], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    store.put(path, digest)
    return Received(path.name, path.stat().st_size, digest)


class Worked(NamedTuple):
    """What the worker did: from the first score to the last, and its processor time for each."""

    scored: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Submissions a second; the first one ends the start and is not counted."""
        return (self.scored - 1) / self.seconds


def work(settings: Settings, database: Database) -> Worked:
    """Run the worker until everything is scored, or the time is over."""
    until = time.monotonic() + MOST_SECONDS
    with running(settings, "worker", "--workers", str(CHILDREN)) as worker:
        worked, at_first = processor_seconds(worker), 0
        while (done := count(database)) < TEAMS * EACH and time.monotonic() < until:
            if done and not at_first:
                worked, at_first = processor_seconds(worker), done
            time.sleep(0.05)
        cpu = (processor_seconds(worker) - worked) / max(1, count(database) - at_first)
    with database.reading() as session:
        moments = session.exec(
            select(Submission.scored_at).where(Submission.state == SubmissionState.SCORED)
        ).all()
    known = [moment for moment in moments if moment is not None]
    return Worked(len(known), (max(known) - min(known)).total_seconds(), cpu)


def count(database: Database) -> int:
    """Return how many submissions are scored."""
    with database.reading() as session:
        query = select(func.count()).select_from(Submission)
        return int(session.exec(query.where(Submission.state == SubmissionState.SCORED)).one())


class Baseline(NamedTuple):
    """Files a second, processor seconds for each, and the public score of each file's name."""

    rate: float
    cpu: float
    scores: dict[str, float]


def one_process_each(folder: Path, files: list[Path]) -> Baseline:
    """Score files in a process each, as many as the time allows."""
    script = Path(__file__).with_name("one_process_each.py")
    solution = folder / "private" / "solution.csv"
    until = time.monotonic() + BASELINE_SECONDS

    def score(path: Path) -> float | None:
        if time.monotonic() > until:
            return None
        result = path.with_suffix(".json")
        command = [sys.executable, str(script), str(path), str(solution), str(result)]
        subprocess.run(command, check=True)
        return float(json.loads(result.read_text(encoding="utf-8"))["public"])

    score(files[0])
    began, worked = time.perf_counter(), children_seconds()
    with ThreadPoolExecutor(CHILDREN) as pool:
        found = zip(files, pool.map(score, files), strict=True)
        scores = {path.name: score for path, score in found if score is not None}
    elapsed, worked = time.perf_counter() - began, children_seconds() - worked
    return Baseline(len(scores) / elapsed, worked / len(scores), scores)


def children_seconds() -> float:
    """Return the processor time of the processes that this one waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def require_equal(database: Database, scores: dict[str, float]) -> None:
    """Make sure that both did the same work: equal scores, and an entry for each team."""
    with database.reading() as session:
        query = select(Submission.filename, Score.value).join(
            Score, col(Score.submission_id) == col(Submission.id)
        )
        published = dict(session.exec(query.where(Score.board == Board.PUBLIC)).all())
        entries = session.exec(select(func.count()).select_from(Entry)).one()
    for name, score in scores.items():
        if name in published and abs(published[name] - score) > 1e-12:
            raise RuntimeError(f"{name}: {published[name]} is not {score}")
    if len(published) == TEAMS * EACH and entries != 2 * TEAMS:
        raise RuntimeError(f"{entries} entries for {TEAMS} teams")


def row(name: str, rate: float, cpu: float, baseline: Baseline) -> list[str]:
    numbers = (rate, rate / baseline.rate)
    work = (f"{cpu * 1000:,.0f}", f"{cpu / baseline.cpu:.3f}")
    return [name, *(f"{number:.2f}" for number in numbers), *work]


def report(worked: Worked, baseline: Baseline, load: float) -> str:
    """Return the section for results.md."""
    rows = [
        row("one fresh Python process a file (baseline)", baseline.rate, baseline.cpu, baseline),
        row("Varsity's worker", worked.rate, worked.cpu, baseline),
    ]
    head = ["", "submissions/s", "against the baseline", "CPU ms each", "against the baseline"]
    return "\n\n".join(
        [
            f"`python -m benchmarks.scoring_rate`. {machine(load)}",
            f"{worked.scored} submissions of {TEAMS} teams, {ROWS:,} rows of {CLASSES} classes, "
            f"macro F1 on a public and a private half, {CHILDREN} at a time, on SQLite with the "
            "embedded queue. The worker's time runs from the first recorded score to the last: "
            "claim, a forked child with limits, strict reading, alignment, both scores, 1,000 "
            "resamples and an interval for each, the team's entries, one durable commit. The "
            "baseline imports scikit-learn, reads, aligns, computes both scores and writes JSON; "
            "it checks nothing, and knows no interval and no database. It scored "
            f"{len(baseline.scores)} of the same files, {CHILDREN} at a time; the scores are "
            "equal. The time on a processor depends little on what else the machine does, the "
            "rates much.",
            table(head, rows),
        ]
    )


def main() -> None:
    load = load_average()
    with instance() as (settings, database):
        folder = write_folder(settings.data_dir / "benchmark")
        files = write_predictions(settings.data_dir / "predictions")
        stores = Stores(FileStore(settings.public_store), FileStore(settings.hidden_store))
        with database.writing() as session:
            queue_all(session, stores, folder, files)
            session.commit()
        chosen = files[:: len(files) // BASELINES][:BASELINES]
        baseline = one_process_each(folder, chosen)
        worked = work(settings, database)
        require_equal(database, baseline.scores)
        write_section("Scoring", report(worked, baseline, load))


if __name__ == "__main__":
    main()
