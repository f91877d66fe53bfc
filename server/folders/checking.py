"""What an organiser wants to know before launch: does a folder score as it is meant to?"""

import math
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from scorers.errors import InvalidPredictions, InvalidSolution
from scorers.evaluate import Evaluated, SolutionFacts, check_solution, evaluate_file
from scorers.metric_files.file import read_metric
from scorers.metric_files.scoring import MetricFault, Run
from scorers.metric_files.trial import try_metric
from scorers.registry import get_scorer
from scorers.sentences import as_written, sentence, together
from server.folders.answers import files_with_answers, perfect_submission
from server.folders.boards import is_undefined, lacking_on_boards
from server.folders.contents import BaselineFile, Folder
from server.folders.definition import PhaseDefinition
from server.folders.files import is_served
from server.folders.findings import Finding, Level, passed
from server.folders.ladders import on_ladder
from server.folders.outcomes import cannot_score, scores, values, would_reject
from server.folders.scored import Scored
from server.folders.tables import UnreadableTable, header_of

_CORRECT = sentence("Correct the solution.")
_WANTED_PAGES = {
    "rules": (sentence("There is no rules page."), sentence("Say what is allowed in rules.md.")),
    "data": (sentence("There is no data page."), sentence("Say what the columns mean in data.md.")),
}


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
    for slug, (said, remedy) in _WANTED_PAGES.items():
        if slug not in slugs:
            yield Finding(Level.WARNING, said, remedy, "rules" if slug == "rules" else "pages")
    for page in folder.pages:
        if not page.markdown.strip():
            said = sentence("%(page)s is empty.", page=f"{page.slug}.md")
            yield Finding(Level.WARNING, said, sentence("Write it, or remove it."), "pages")


def _sample_is_served(folder: Folder) -> Iterator[Finding]:
    sample = folder.definition.submission.sample
    if not is_served(folder.path, sample):
        said = sentence(
            "Participants can't download the sample: %(file)s is not in data/.", file=sample
        )
        yield Finding(Level.WARNING, said, sentence("Move it to data/."), "sample-served")


def _quotas(phase: PhaseDefinition) -> Iterator[Finding]:
    if phase.per_day > phase.total:
        said = sentence(
            "Phase %(phase)s: per_day (%(per_day)s) is more than total (%(total)s).",
            phase=phase.slug,
            per_day=str(phase.per_day),
            total=str(phase.total),
        )
        remedy = sentence("Write per_day = %(total)s or less.", total=str(phase.total))
        yield Finding(Level.WARNING, said, remedy, "quotas")


def _phase(scored: Scored, phase: PhaseDefinition) -> Iterator[Finding]:
    folder = scored.folder
    solution = folder.solution_of(phase.slug).path
    try:
        facts = check_solution(solution, folder.spec_for(phase.slug), sample=None)
    except InvalidSolution as error:
        said = sentence(
            "Phase %(phase)s: %(file)s is wrong: %(error)s",
            phase=phase.slug,
            file=phase.solution,
            error=error.said,
        )
        lacking = lacking_on_boards(folder, phase.slug) if is_undefined(error) else None
        told = lacking.told(said) if lacking else (said, _CORRECT)
        yield Finding(Level.ERROR, *told, "solution")
        return
    except MetricFault as error:
        yield cannot_score(phase.slug, sentence("a perfect submission"), error)
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
    said = sentence(
        "Phase %(phase)s: the solution has %(rows)s rows: %(public)s public, %(private)s private,"
        " %(ignored)s ignored.",
        phase=phase.slug,
        rows=facts.rows,
        public=facts.public_rows,
        private=facts.private_rows,
        ignored=facts.ignored_rows,
    )
    yield passed(said, "solution")
    if not facts.private_rows:
        said = sentence(
            "Phase %(phase)s has no private rows: what is shown at once is the final score.",
            phase=phase.slug,
        )
        remedy = sentence("Write public_fraction = 0.3, or give the solution a Usage column.")
        yield Finding(Level.WARNING, said, remedy, "no-private")


def _leaks(folder: Folder, phase: PhaseDefinition) -> Iterator[Finding]:
    for name in files_with_answers(folder, phase.slug):
        said = sentence(
            "%(file)s holds the answers of phase %(phase)s beside the ids.",
            file=f"data/{name}",
            phase=phase.slug,
        )
        remedy = sentence("Take the column out before anybody downloads it.")
        yield Finding(Level.ERROR, said, remedy, "answers-served")


def _metric(folder: Folder, phase: PhaseDefinition, run: Run) -> Iterator[Finding]:
    """Say what the challenge's own metric makes of the answers themselves."""
    spec, solution = folder.spec_for(phase.slug), folder.solution_of(phase.slug).path
    try:
        trial = try_metric(solution, spec, run)
    except (InvalidSolution, MetricFault) as error:
        yield cannot_score(phase.slug, sentence("a perfect submission"), error)
        return
    if trial is not None:
        said = sentence(
            "Phase %(phase)s: a perfect submission scores %(values)s.",
            phase=phase.slug,
            # A loss that is negated has a zero with a sign.
            values=", ".join(f"{value + 0.0:.6g}" for value in trial.perfect),
        )
        yield passed(said, "perfect")
    tried = trial is not None and trial.shuffled
    if not tried and not read_metric(spec.code or "").says_direction:
        said = sentence(
            "Whether higher is better in metric.py could not be tried: it is taken to be so."
        )
        remedy = sentence("Write higher_is_better = True, or False, in metric.py.")
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
            return cannot_score(phase.slug, as_written(name), error)
        else:
            scored.samples[phase.slug] = file
            return passed(scores(phase.slug, name, result), "sample")
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
    another = f"data/sample_submission_{phase.slug}.csv"
    if later and _has_other_rows(error):
        said = sentence(
            "No file in data/ shows a submission that phase %(phase)s would accept.",
            phase=phase.slug,
        )
        return Finding(Level.WARNING, said, sentence("Add %(file)s.", file=another), "sample")
    sample = as_written(folder.definition.submission.sample)
    said = would_reject(phase.slug, sample, error)
    remedy = sentence("Give the sample the solution's ids and allowed values.")
    if later:
        # The same rows but for some: the solution is as likely to be wrong as the sample is.
        or_add = sentence("Or add %(file)s, if its rows are meant.", file=another)
        return Finding(Level.WARNING, said, together(remedy, or_add), "sample")
    return Finding(Level.ERROR, said, remedy, "sample")


def _baseline(scored: Scored, baseline: BaselineFile) -> Finding:
    what = sentence("the baseline “%(name)s”", name=baseline.name)
    try:
        result = scored.of(baseline.phase, baseline.path)
    except InvalidPredictions as error:
        said = would_reject(baseline.phase, what, error)
        remedy = sentence("Correct %(file)s.", file=baseline.path.name)
        return Finding(Level.ERROR, said, remedy, "baseline")
    except (InvalidSolution, MetricFault) as error:
        return cannot_score(baseline.phase, what, error)
    return passed(scores(baseline.phase, what, result), "baseline")


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
        except (InvalidSolution, MetricFault) as error:
            yield cannot_score(phase.slug, sentence("a perfect submission"), error)
            return
    yield _verdict(folder, phase, result)


def _rejected_truth(phase: PhaseDefinition, error: InvalidPredictions) -> Finding:
    said = sentence(
        "Phase %(phase)s would reject the solution itself as a submission: %(error)s",
        phase=phase.slug,
        error=error.said,
    )
    remedy = sentence("See that `labels` and the solution's values agree.")
    return Finding(Level.WARNING, said, remedy, "perfect")


def _verdict(folder: Folder, phase: PhaseDefinition, result: Evaluated) -> Finding:
    scoring = folder.definition.scoring
    scorer = get_scorer(scoring.scorer, **scoring.params)
    perfect = scorer.perfect
    if not (math.isfinite(perfect) and scorer.truth_is_perfect):
        said = sentence(
            "Phase %(phase)s: the answers themselves score %(values)s.", **_places(phase, result)
        )
        return passed(said, "perfect")
    boards = [board for board in (result.public, result.private) if board is not None]
    if all(math.isclose(b.value, perfect, rel_tol=1e-6, abs_tol=1e-6) for b in boards):
        said = sentence(
            "Phase %(phase)s: a perfect submission scores %(perfect)s, as it should.",
            phase=phase.slug,
            perfect=perfect,
        )
        return passed(said, "perfect")
    said = sentence(
        "Phase %(phase)s: a perfect submission scores %(values)s, not %(perfect)s.",
        **_places(phase, result),
        perfect=perfect,
    )
    remedy = sentence("Look at `params` and at the solution's values.")
    return Finding(Level.WARNING, said, remedy, "perfect")


def _places(phase: PhaseDefinition, result: Evaluated) -> dict[str, str]:
    return {"phase": phase.slug, "values": values(result)}
