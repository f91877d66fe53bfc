"""What a child that waits for a file does meanwhile: it scores a small one.

The first file that a process reads costs it about 40 ms more than the second: threads are started,
and each page of memory that is touched first is made the child's own. Here nobody waits for it.
"""

from pathlib import Path

from scorers.evaluate import EvaluationSpec
from server.evaluations.scoring import score_file

ROWS = 50
SPEC = EvaluationSpec("roc_auc", ("id", "target"), replicates=400).to_json()


def warm_up(folder: Path) -> None:
    """Score a table of some rows in a folder of its own."""
    solution, predictions = folder / "solution.csv", folder / "predictions.csv"
    lines = [f"{row},{row % 2},{'Public' if row % 3 else 'Private'}" for row in range(ROWS)]
    solution.write_text("\n".join(["id,target,Usage", *lines]), encoding="utf-8")
    lines = [f"{row},{row * 7 % 50 / 50}" for row in range(ROWS)]
    predictions.write_text("\n".join(["id,target", *lines]), encoding="utf-8")
    score_file(str(predictions), str(solution), SPEC)
