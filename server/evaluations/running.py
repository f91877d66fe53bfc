"""Scores a file in a child of the worker."""

from pathlib import Path

from server.evaluations.models import Evaluation
from server.evaluations.scoring import Report, score_file
from server.evaluations.sides import Truth, truth_of
from server.evaluations.tools import Tools


def run_scorer(tools: Tools, prediction: Path, truth: Truth, *, ladder: bool) -> Report:
    """Return what a child says of a file; `ladder`: also what a rung needs.

    Raises:
        LimitExceeded: the child was stopped.
        NoChildren: none could be started.
    """
    text = tools.isolation.run(
        score_file, str(prediction), str(truth.solution), truth.spec, tools.rules, ladder
    )
    return Report.model_validate_json(text)


def score_stored(tools: Tools, sha256: str, evaluation: Evaluation, *, ladder: bool) -> Report:
    """Score a submitted file by its hash under an evaluation, as `run_scorer` does.

    Raises:
        FileNotFoundError: the file or the answers are not in their store.
    """
    files, hidden = tools.stores
    with (
        files.local(sha256) as prediction,
        truth_of(hidden, evaluation.solution_sha256, evaluation.spec) as truth,
    ):
        return run_scorer(tools, prediction, truth, ladder=ladder)
