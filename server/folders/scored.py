"""What the files of a folder score, each computed once."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from scorers.errors import InvalidPredictions, InvalidSolution
from scorers.evaluate import Evaluated, evaluate_file
from scorers.metric_files.scoring import MetricFault, Run
from server.folders.contents import Folder

_REPLICATES_OF_A_METRIC = 100
_Answer = Evaluated | InvalidPredictions | InvalidSolution | MetricFault


@dataclass
class Scored:
    """The scores of a folder's files, kept as they are asked for.

    `run`: how a metric.py is run. `samples`: the file that shows a submission of each phase.
    """

    folder: Folder
    run: Run | None = None
    samples: dict[str, Path] = field(default_factory=dict)
    _known: dict[tuple[str, Path], _Answer] = field(default_factory=dict)

    def of(self, phase: str, file: Path) -> Evaluated:
        """Return what a file scores; the refusal of a file is the same each time.

        Raises: InvalidPredictions, InvalidSolution, MetricFault.
        """
        if (phase, file) not in self._known:
            self._known[phase, file] = self._evaluate(phase, file)
        found = self._known[phase, file]
        if isinstance(found, Evaluated):
            return found
        raise found

    def known(self, phase: str, file: Path) -> Evaluated | None:
        """Return what a file scores, None where it can't be scored."""
        try:
            return self.of(phase, file)
        except (InvalidPredictions, InvalidSolution, MetricFault):
            return None

    def _evaluate(self, phase: str, file: Path) -> _Answer:
        # A metric of one's own is run anew for each resample: a check needs no fine interval.
        spec = self.folder.spec_for(phase)
        spec = spec if spec.code is None else replace(spec, replicates=_REPLICATES_OF_A_METRIC)
        try:
            return evaluate_file(file, self.folder.solution_of(phase).path, spec, run=self.run)
        except (InvalidPredictions, InvalidSolution, MetricFault) as error:
            return error
