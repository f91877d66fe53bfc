"""What an organiser wants to know before launch: does a folder score as it is meant to?"""

import math
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from scorers.errors import InvalidPredictions, InvalidSolution
from scorers.evaluate import BoardResult, Evaluated, SolutionFacts, check_solution, evaluate_file
from scorers.metric_files.file import METRIC, read_metric
from scorers.metric_files.scoring import MetricFault, Run
from scorers.metric_files.trial import try_metric
from scorers.registry import get_scorer
from server.folders.answers import files_with_answers, perfect_submission
from server.folders.boards import is_undefined, lacking_on_boards
from server.folders.contents import BaselineFile, Folder
from server.folders.definition import PhaseDefinition
from server.folders.files import is_served
from server.folders.findings import Finding, Level, passed
from server.folders.ladders import on_ladder
from server.folders.scored import Scored
from server.folders.tables import UnreadableTable, header_of

_CORRECT = "Correct the solution."
_WANTED_PAGES = {"rules": "what is allowed", "data": "what the columns mean"}


def check_folder(
    folder: Folder, *, run: Run | None = None, scored: Scored | None = None
) -> list[Finding]:
    """Try a folder out: its solutions, its sample, a perfect submission and its baselines.

    `run` is how a metric.py is run; `scored` keeps what is computed on the way.
    """
    scored = scored or Scored(folder, run)
    findings = check_structure(folder)
    for phase in folder.definition.phases:
        findings += [found._replace(phase=phase.slug) for found in _phase(scored, phase)]
    return findings


def check_structure(folder: Folder) -> list[Finding]:
    """Look at what needs no scoring: pages, the sample's place, quotas."""
    findings = [*_pages(folder), *_sample_is_served(folder)]
    for phase in folder.definition.phases:
        findings += [found._replace(phase=phase.slug) for found in _quotas(phase)]
    return findings


def _pages(folder: Folder) -> Iterator[Finding]:
    slugs = {page.slug for page in folder.pages}
    for slug, content in _WANTED_PAGES.items():
        if slug not in slugs:
            remedy = f"Say {content} in {slug}.md."
            code = "rules" if slug == "rules" else "pages"
            yield Finding(Level.WARNING, f"There is no {slug} page.", remedy, code)
    for page in folder.pages:
        if not page.markdown.strip():
            said, remedy = f"{page.slug}.md is empty.", "Write it, or remove it."
            yield Finding(Level.WARNING, said, remedy, "pages")


def _sample_is_served(folder: Folder) -> Iterator[Finding]:
    sample = folder.definition.submission.sample
    if not is_served(folder.path, sample):
        said = f"Participants can't download the sample: {sample} is not in data/."
        yield Finding(Level.WARNING, said, "Move it to data/.", "sample-served")


def _quotas(phase: PhaseDefinition) -> Iterator[Finding]:
    if phase.per_day > phase.total:
        said = f"Phase {phase.slug}: per_day ({phase.per_day}) is more than total ({phase.total})."
        yield Finding(Level.WARNING, said, f"Write per_day = {phase.total} or less.", "quotas")


def _phase(scored: Scored, phase: PhaseDefinition) -> Iterator[Finding]:
    folder = scored.folder
    solution = folder.solution_of(phase.slug).path
    try:
        facts = check_solution(solution, folder.spec_for(phase.slug), sample=None)
    except InvalidSolution as error:
        said = f"Phase {phase.slug}: {phase.solution} is wrong: {error}"
        lacking = lacking_on_boards(folder, phase.slug) if is_undefined(error) else None
        told = lacking.told(said) if lacking else (said, _CORRECT)
        yield Finding(Level.ERROR, *told, "solution")
        return
    yield from _rows(phase, facts)
    yield from _leaks(folder, phase)
    if folder.code is not None and scored.run is not None:
        yield from _metric(folder, phase, scored.run)
    yield _sample(scored, phase)
    if folder.code is None:
        yield from _perfect(scored, phase)
    for baseline in folder.baselines:
        if baseline.phase == phase.slug:
            yield _baseline(scored, baseline)
    if phase.ranking == "ladder":
        yield on_ladder(scored, phase)


def _rows(phase: PhaseDefinition, facts: SolutionFacts) -> Iterator[Finding]:
    counts = [
        f"{facts.public_rows:,} public",
        f"{facts.private_rows:,} private",
        f"{facts.ignored_rows:,} ignored",
    ]
    said = f"Phase {phase.slug}: the solution has {facts.rows:,} rows: {', '.join(counts)}."
    yield passed(said, "solution")
    if not facts.private_rows:
        said = f"Phase {phase.slug} has no private rows: what is shown at once is the final score."
        remedy = "Write public_fraction = 0.3, or give the solution a Usage column."
        yield Finding(Level.WARNING, said, remedy, "no-private")


def _leaks(folder: Folder, phase: PhaseDefinition) -> Iterator[Finding]:
    for name in files_with_answers(folder, phase.slug):
        said = f"data/{name} holds the answers of phase {phase.slug} beside the ids."
        remedy = "Take the column out before anybody downloads it."
        yield Finding(Level.ERROR, said, remedy, "answers-served")


def _metric(folder: Folder, phase: PhaseDefinition, run: Run) -> Iterator[Finding]:
    """Say what the challenge's own metric makes of the answers themselves."""
    spec, solution = folder.spec_for(phase.slug), folder.solution_of(phase.slug).path
    try:
        trial = try_metric(solution, spec, run)
    except (InvalidSolution, MetricFault) as error:
        yield _cannot_score(phase.slug, "a perfect submission", error)
        return
    if trial is not None:
        values = ", ".join(f"{value:.6g}" for value in trial.perfect)
        yield passed(f"Phase {phase.slug}: a perfect submission scores {values}.", "perfect")
    tried = trial is not None and trial.shuffled
    if not tried and not read_metric(spec.code or "").says_direction:
        said = f"Whether higher is better in {METRIC} could not be tried: it is taken to be so."
        remedy = f"Write higher_is_better = True, or False, in {METRIC}."
        yield Finding(Level.WARNING, said, remedy, "direction")


def _sample(scored: Scored, phase: PhaseDefinition) -> Finding:
    folder = scored.folder
    is_first = phase.slug == folder.definition.phases[0].slug
    rejected: list[InvalidPredictions] = []
    # A later phase may have a test set of its own, and a sample of its own beside the first.
    for file in [folder.sample] if is_first else [folder.sample, *_other_samples(folder)]:
        name = file.relative_to(folder.path).as_posix()
        try:
            result = scored.of(phase.slug, file)
        except InvalidPredictions as error:
            rejected.append(error)
        except (InvalidSolution, MetricFault) as error:
            return _cannot_score(phase.slug, name, error)
        else:
            scored.samples[phase.slug] = file
            return passed(f"Phase {phase.slug}: {name} scores {_values(result)}.", "sample")
    return _rejected_sample(folder, phase, rejected[0], later=not is_first)


def _other_samples(folder: Folder) -> Iterator[Path]:
    """Find the data files that have the sample's columns."""
    for file in folder.files:
        with suppress(UnreadableTable):
            if file.path != folder.sample and sorted(header_of(file.path)) == sorted(folder.header):
                yield file.path


def _has_other_rows(error: InvalidPredictions) -> bool:
    """Tell a sample of another test set: it has rows too many, and others are missing."""
    return {"unknown_id", "missing_id"} <= {fault.code for fault in error.faults}


def _rejected_sample(
    folder: Folder, phase: PhaseDefinition, error: InvalidPredictions, *, later: bool
) -> Finding:
    if later and _has_other_rows(error):
        said = f"No file in data/ shows a submission that phase {phase.slug} would accept."
        remedy = f"Add data/sample_submission_{phase.slug}.csv."
        return Finding(Level.WARNING, said, remedy, "sample")
    said = f"Phase {phase.slug} would reject {folder.definition.submission.sample}: {error}"
    remedy = "Give the sample the solution's ids and allowed values."
    if later:
        # The same rows but for some: the solution is as likely to be wrong as the sample is.
        remedy += f" Or add data/sample_submission_{phase.slug}.csv, if its rows are meant."
        return Finding(Level.WARNING, said, remedy, "sample")
    return Finding(Level.ERROR, said, remedy, "sample")


def _baseline(scored: Scored, baseline: BaselineFile) -> Finding:
    what = f'the baseline "{baseline.name}"'
    try:
        result = scored.of(baseline.phase, baseline.path)
    except InvalidPredictions as error:
        said = f"Phase {baseline.phase} would reject {what}: {error}"
        return Finding(Level.ERROR, said, f"Correct {baseline.path.name}.", "baseline")
    except (InvalidSolution, MetricFault) as error:
        return _cannot_score(baseline.phase, what, error)
    return passed(f"Phase {baseline.phase}: {what} scores {_values(result)}.", "baseline")


def _perfect(scored: Scored, phase: PhaseDefinition) -> Iterator[Finding]:
    folder = scored.folder
    frame = perfect_submission(folder, phase.slug)
    if frame is None:
        return
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "perfect.csv"
        frame.write_csv(file)
        try:
            result = evaluate_file(
                file, folder.solution_of(phase.slug).path, folder.spec_for(phase.slug)
            )
        except InvalidPredictions as error:
            yield _rejected_truth(phase, error)
            return
        except InvalidSolution as error:
            yield _cannot_score(phase.slug, "a perfect submission", error)
            return
    yield _verdict(folder, phase, result)


def _rejected_truth(phase: PhaseDefinition, error: InvalidPredictions) -> Finding:
    said = f"Phase {phase.slug} would reject the solution itself as a submission: {error}"
    remedy = "See that `labels` and the solution's values agree."
    return Finding(Level.WARNING, said, remedy, "perfect")


def _verdict(folder: Folder, phase: PhaseDefinition, result: Evaluated) -> Finding:
    scoring = folder.definition.scoring
    scorer = get_scorer(scoring.scorer, **scoring.params)
    perfect = scorer.perfect
    if not (math.isfinite(perfect) and scorer.truth_is_perfect):
        said = f"Phase {phase.slug}: the answers themselves score {_values(result)}."
        return passed(said, "perfect")
    boards = [board for board in (result.public, result.private) if board is not None]
    if all(math.isclose(b.value, perfect, rel_tol=1e-6, abs_tol=1e-6) for b in boards):
        said = f"Phase {phase.slug}: a perfect submission scores {perfect:g}, as it should."
        return passed(said, "perfect")
    said = f"Phase {phase.slug}: a perfect submission scores {_values(result)}, not {perfect:g}."
    return Finding(Level.WARNING, said, "Look at `params` and at the solution's values.", "perfect")


def _cannot_score(phase: str, what: str, error: InvalidSolution | MetricFault) -> Finding:
    said = f"Phase {phase}: {what} can't be scored: {error}"
    if isinstance(error, MetricFault):
        said = f"{said}\n{error.trace}".rstrip()
        return Finding(Level.ERROR, said, f"Correct {METRIC}.", "metric")
    return Finding(Level.ERROR, said, "Correct the solution or `[scoring] params`.", "metric")


def _values(result: Evaluated) -> str:
    boards = {"public": result.public, "private": result.private}
    return ", ".join(f"{_value(board)} {name}" for name, board in boards.items() if board)


def _value(board: BoardResult) -> str:
    if board.interval is None:
        return f"{board.value:.6g}"
    low, high = board.interval
    return f"{board.value:.6g} [{low:.6g}, {high:.6g}]"
