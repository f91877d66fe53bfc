"""Whether the sample, the baselines and files that know nothing score where they should."""

import math
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from scorers.errors import (
    InvalidPredictions,
    InvalidSolution,
    MetricFault,
    ParticipantVisibleError,
)
from scorers.evaluate import evaluate_file
from scorers.kinds import InputKind
from scorers.results import BoardResult
from scorers.solutions.splitting import Only
from server.folders.answers import perfect_submission
from server.folders.contents import Folder
from server.preflight.facts import Candidate, PhaseFacts
from server.preflight.report import Fix, Level, Line, Value
from server.shared.errors import N_

_SEED = 0x5652_5348
_CLOSE = 1e-9
BLIND = "blind-metric"


def lines_on_scores(folder: Folder, facts: PhaseFacts) -> Iterator[Line]:
    """Compare what the known files of a phase score."""
    if not facts.baselines:
        yield _no_baseline(facts)
    found = list(_ignorant(folder, facts)) if facts.spec.code is None else []
    yield from found
    if any(line.code == BLIND for line in found):
        # What a file scores says nothing of it then.
        return
    for baseline in facts.baselines:
        yield from _baseline(facts, baseline)
    yield from _sample(facts)


def _no_baseline(facts: PhaseFacts) -> Line:
    return Line(
        Level.NOTE,
        "no-baseline",
        Fix.BASELINES,
        N_("Phase %(phase)s has no baseline."),
        N_("Teams see from it that the challenge can be solved, and what a score is worth."),
        N_("Add the predictions of a simple model; they are shown without a rank."),
        values={"phase": facts.slug},
        phase=facts.slug,
    )


def _is_perfect(facts: PhaseFacts, score: float) -> bool:
    return math.isclose(score, facts.perfect, rel_tol=_CLOSE, abs_tol=_CLOSE)


def _baseline(facts: PhaseFacts, baseline: Candidate) -> Iterator[Line]:
    score, sample = facts.deciding(baseline), facts.sample
    values: dict[str, Value] = {"phase": facts.slug, "name": baseline.name, "score": score}
    if _is_perfect(facts, score):
        yield Line(
            Level.WARNING,
            "perfect-baseline",
            Fix.BASELINES,
            N_("Phase %(phase)s: the baseline “%(name)s” is perfect."),
            N_("There is nothing left to win, or the data give the answers away."),
            N_("Make the task harder, or search the data for what gives the answers away."),
            values=values,
            phase=facts.slug,
        )
    if sample is None or not math.isfinite(facts.deciding(sample)):
        return
    values["sample"] = facts.deciding(sample)
    if facts.better(score, facts.deciding(sample)):
        yield _as_it_should(values, facts)
    else:
        yield _no_better(values, facts)


def _as_it_should(values: dict[str, Value], facts: PhaseFacts) -> Line:
    return Line(
        Level.PASSED,
        "baseline-order",
        Fix.BASELINES,
        N_("Phase %(phase)s: the baseline “%(name)s” (%(score)s) beats the sample (%(sample)s)."),
        values=values,
        phase=facts.slug,
    )


def _no_better(values: dict[str, Value], facts: PhaseFacts) -> Line:
    return Line(
        Level.WARNING,
        "baseline-order",
        Fix.BASELINES,
        N_(
            "Phase %(phase)s: the baseline “%(name)s” (%(score)s) is no better than the sample"
            " submission (%(sample)s)."
        ),
        N_("Its rows may be shifted, its labels swapped, or the metric turned the wrong way."),
        N_("Look at the file and at the direction of the metric."),
        values=values,
        phase=facts.slug,
    )


def _sample(facts: PhaseFacts) -> Iterator[Line]:
    if facts.sample is None or not _is_perfect(facts, facts.deciding(facts.sample)):
        return
    yield Line(
        Level.ERROR,
        "perfect-sample",
        Fix.DATA,
        N_("Phase %(phase)s: the sample submission is perfect: it holds the answers."),
        N_("Everybody can download it."),
        N_("Fill its columns with one value, the same in every row."),
        values={"phase": facts.slug},
        phase=facts.slug,
    )


def _ignorant(folder: Folder, facts: PhaseFacts) -> Iterator[Line]:
    """What a shuffled perfect file and a constant one score: neither knows a row's answer."""
    perfect = _perfect_frame(folder, facts)
    if perfect is None or not facts.scorer or not facts.scorer.truth_is_perfect:
        return
    shuffled = _score(folder, facts, _shuffled(perfect, facts))
    if shuffled is not None and _is_perfect(facts, shuffled):
        yield _blind(facts)
    constant = _constant(perfect, facts)
    score = None if constant is None else _score(folder, facts, constant)
    if score is None:
        return
    yield from _against_constant(facts, score)


def _perfect_frame(folder: Folder, facts: PhaseFacts) -> pl.DataFrame | None:
    try:
        return perfect_submission(folder, facts.slug)
    except InvalidSolution:
        return None


def _shuffled(perfect: pl.DataFrame, facts: PhaseFacts) -> pl.DataFrame:
    ids = list(facts.spec.id_columns)
    order = np.random.default_rng(_SEED).permutation(perfect.height)
    return pl.concat([perfect.select(ids), perfect.drop(ids)[order]], how="horizontal")


def _constant(perfect: pl.DataFrame, facts: PhaseFacts) -> pl.DataFrame | None:
    """The best that one value in every row can do: the commonest label, the mean, the median."""
    first = facts.targets.to_series()
    match facts.kind:
        case InputKind.LABELS:
            value: object = first.cast(pl.String).mode().sort().first()
        case InputKind.NUMBERS if facts.targets.width == 1:
            absolute = facts.scorer is not None and facts.scorer.name in (
                "mae",
                "median_absolute_error",
                "mape",
                "wmape",
            )
            value = first.median() if absolute else first.mean()
        case _:
            return None
    return perfect.select(*facts.spec.id_columns, pl.lit(value).alias(facts.spec.columns[0]))


def _score(folder: Folder, facts: PhaseFacts, frame: pl.DataFrame) -> float | None:
    """The score on the board that decides; None where the file gets none."""
    spec = replace(facts.spec, replicates=0, also=())
    only: Only = "private" if facts.private.any() else "public"
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "tried.csv"
        frame.write_csv(file)
        try:
            found = evaluate_file(file, folder.solution_of(facts.slug).path, spec, only=only)
        except (InvalidPredictions, InvalidSolution, MetricFault, ParticipantVisibleError):
            return None
    board: BoardResult | None = found.private or found.public
    return None if board is None else board.value


def _blind(facts: PhaseFacts) -> Line:
    return Line(
        Level.ERROR,
        BLIND,
        Fix.METRIC,
        N_("Phase %(phase)s: the right answers in the wrong rows still score perfectly."),
        N_("The metric does not see whether a prediction is right: everybody would win."),
        N_("Choose another metric or other parameters, and look at the solution's values."),
        values={"phase": facts.slug},
        phase=facts.slug,
    )


def _against_constant(facts: PhaseFacts, score: float) -> Iterator[Line]:
    values: dict[str, Value] = {"phase": facts.slug, "score": score}
    best = facts.best
    if facts.baselines and best is not None and not facts.better(facts.deciding(best), score):
        yield Line(
            Level.WARNING,
            "weak-baseline",
            Fix.BASELINES,
            N_(
                "Phase %(phase)s: one and the same value in every row scores %(score)s, no worse"
                " than the best baseline (%(best)s)."
            ),
            N_("A baseline that learned nothing tells teams nothing."),
            N_("Give a better baseline; look whether its rows and columns are in order."),
            values={**values, "best": facts.deciding(best)},
            phase=facts.slug,
        )
        return
    yield Line(
        Level.PASSED,
        "constant",
        Fix.METRIC,
        N_("Phase %(phase)s: one and the same value in every row scores %(score)s at best."),
        how=N_("The commonest label, the mean or the median of the answers, in every row."),
        values=values,
        phase=facts.slug,
    )
