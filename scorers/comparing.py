"""Compare two files of predictions on one board, pair by pair."""

from dataclasses import dataclass, replace
from pathlib import Path

from scorers.evaluate import evaluate_file
from scorers.metric_files.scoring import Run
from scorers.results import BoardResult
from scorers.solutions.splitting import Only
from scorers.spec import EvaluationSpec
from scorers.uncertainty import Comparison, ScoreResult, compare


@dataclass(frozen=True, eq=False)
class Compared:
    """What a board says of two files, and of their difference a - b."""

    a: BoardResult
    b: BoardResult
    difference: Comparison


def compare_files(
    a: Path,
    b: Path,
    solution: Path,
    spec: EvaluationSpec,
    *,
    board: Only,
    run: Run | None = None,
) -> Compared:
    """The scores of two files on a board and their paired difference; see `uncertainty.compare`.

    Nothing is computed from the rows of the other board. `run`: as in `evaluate_file`.
    Raises: as `evaluate_file`; ValueError when the board has no rows.
    """
    alone = replace(spec, also=())

    def scored(path: Path) -> BoardResult:
        both = evaluate_file(path, solution, alone, run=run, only=board)
        result = both.public if board == "public" else both.private
        if result is None:
            raise ValueError(f"the {board} board has no rows.")
        return result

    first, second = scored(a), scored(b)
    return Compared(first, second, compare(_evidence(first), _evidence(second)))


def _evidence(result: BoardResult) -> ScoreResult:
    return ScoreResult(
        result.value, result.interval, result.method, result.replicates, result.influence
    )
