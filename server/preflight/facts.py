"""What is known of a phase before it is judged: its answers, its boards, its scores."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scorers.binding import bind_scorers, kind_of
from scorers.errors import InvalidSolution, MetricFault
from scorers.evaluate import Evaluated
from scorers.facts import facts_of
from scorers.inputs import INPUTS
from scorers.kinds import InputKind
from scorers.metric_files.reading import read_answers
from scorers.scorer import Scorer
from scorers.solutions.solution import read_solution
from scorers.solutions.splitting import Mask
from scorers.spec import EvaluationSpec
from server.folders.contents import Folder
from server.folders.definition import PhaseDefinition
from server.folders.scored import Scored


@dataclass(frozen=True, eq=False)
class Candidate:
    """A file whose score is known: the sample, or a baseline."""

    name: str
    path: Path
    result: Evaluated


class Entrants(NamedTuple):
    """The teams of a phase that runs: the files of its first ones, and every public score."""

    files: tuple[tuple[str, Path], ...] = ()
    scores: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class PhaseFacts:
    """One phase, read and scored.

    `targets`: the answers, a row a test row in the solution's order; `classes`: empty for anything
    but labels. `scorer`, `kind`: None for a metric.py. `perfect`: NaN where it is not known.
    `teams`: the first of the board, where the phase runs; `field`: every team's public score.
    """

    phase: PhaseDefinition
    spec: EvaluationSpec
    ids: pl.DataFrame
    targets: pl.DataFrame
    public: Mask
    private: Mask
    units: NDArray[Any] | None
    classes: tuple[str, ...]
    scorer: Scorer | None
    kind: InputKind | None
    higher_is_better: bool
    perfect: float
    sample: Candidate | None
    baselines: tuple[Candidate, ...]
    teams: tuple[Candidate, ...] = ()
    field: tuple[float, ...] = ()

    @property
    def slug(self) -> str:
        """The phase's slug."""
        return self.phase.slug

    def better(self, a: float, b: float) -> bool:
        """Whether the one score is better than the other."""
        return a > b if self.higher_is_better else a < b

    def deciding(self, candidate: Candidate) -> float:
        """A candidate's score on the board that decides: the private one, where there is one."""
        board = candidate.result.private or candidate.result.public
        return math.nan if board is None else board.value

    @property
    def best(self) -> Candidate | None:
        """The best baseline; without any the sample."""
        known = self.in_order(self.baselines)
        return known[0] if known else self.sample

    @property
    def rivals(self) -> list[Candidate]:
        """Whose scores tell how noisy the boards are, the best first: two teams, else baselines."""
        teams = self.in_order(self.teams)
        return teams if len(teams) > 1 else self.in_order(self.baselines)

    def in_order(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those whose score is known, the best first."""
        known = [c for c in candidates if math.isfinite(self.deciding(c))]
        return sorted(known, key=self.deciding, reverse=self.higher_is_better)

    @property
    def reach(self) -> float | None:
        """How far the best known file is from a perfect one; None where that is not known."""
        if self.best is None or not math.isfinite(self.perfect):
            return None
        distance = abs(self.perfect - self.deciding(self.best))
        return distance if distance > 0 else None


def facts_of_phase(
    scored: Scored, phase: PhaseDefinition, entrants: Entrants | None = None
) -> PhaseFacts | None:
    """Read a phase; None where its solution is wrong, which is said elsewhere."""
    there = entrants or Entrants()
    folder, spec = scored.folder, scored.folder.spec_for(phase.slug)
    try:
        answers = _of_metric(folder, spec, phase) if spec.code else _of_scorer(folder, spec, phase)
    except (InvalidSolution, MetricFault):
        return None
    code = facts_of(spec.scorer, spec.params, spec.code)
    sample = scored.samples.get(phase.slug)
    return PhaseFacts(
        phase=phase,
        spec=spec,
        higher_is_better=code.higher_is_better,
        sample=None if sample is None else _candidate(scored, phase, sample.name, sample),
        baselines=_candidates(
            scored, phase, [(b.name, b.path) for b in folder.baselines if b.phase == phase.slug]
        ),
        teams=_candidates(scored, phase, there.files),
        field=there.scores,
        **answers,
    )


def _candidates(
    scored: Scored, phase: PhaseDefinition, files: Sequence[tuple[str, Path]]
) -> tuple[Candidate, ...]:
    found = [_candidate(scored, phase, name, path) for name, path in files]
    return tuple(candidate for candidate in found if candidate is not None)


def _candidate(scored: Scored, phase: PhaseDefinition, name: str, path: Path) -> Candidate | None:
    result = scored.known(phase.slug, path)
    return None if result is None else Candidate(name, path, result)


def _of_scorer(folder: Folder, spec: EvaluationSpec, phase: PhaseDefinition) -> dict[str, Any]:
    scorer, also = bind_scorers(spec)
    kind = kind_of(scorer, spec)
    path = folder.solution_of(phase.slug).path
    answers = read_solution(path, spec, kind, [scorer, *also])
    known = scorer.truth_is_perfect and INPUTS[kind].matched
    return {
        "ids": answers.ids,
        "targets": answers.targets,
        "public": answers.public,
        "private": answers.private,
        "units": answers.units,
        "classes": answers.classes,
        "scorer": scorer,
        "kind": kind,
        "perfect": scorer.perfect if known or answers.classes else math.nan,
    }


def _of_metric(folder: Folder, spec: EvaluationSpec, phase: PhaseDefinition) -> dict[str, Any]:
    answers = read_answers(folder.solution_of(phase.slug).path, spec)
    named = [name for name in spec.columns if name in answers.columns.columns]
    targets = answers.columns.select(named or answers.columns.columns[:1])
    first = targets.to_series()
    classes = tuple(map(str, first.unique().sort())) if first.dtype == pl.String else ()
    return {
        "ids": answers.ids,
        "targets": targets,
        "public": answers.public,
        "private": answers.private,
        "units": answers.units,
        "classes": classes,
        "scorer": None,
        "kind": None,
        "perfect": math.nan,
    }


def some_rows(count: int, most: int, seed: int = 0) -> NDArray[np.int64]:
    """All rows, or a seeded sample of so many, in their order."""
    if count <= most:
        return np.arange(count)
    drawn = np.random.default_rng([0x5652_5052, seed]).choice(count, size=most, replace=False)
    rows: NDArray[np.int64] = np.sort(drawn)
    return rows
