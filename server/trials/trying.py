"""What runs in the limited child: it scores two small files and answers with JSON."""

import json
from pathlib import Path
from typing import Any

from scorers.evaluate import EvaluationSpec
from scorers.sentences import to_json
from server.evaluations.scoring import Outcome, Report, score_file
from server.folders.tables import UnreadableTable, header_of

MOST_UNPACKED = 100_000_000
MOST_ROWS = 1_000_000
REPLICATES = 1000
SEED = 1


def try_in_child(truth: bytes, prediction: bytes, asked: dict[str, Any]) -> str:
    """Score a prediction against a truth; return a `Report` of server.evaluations as JSON.

    `asked`: `scorer`, `params`, `id_columns` and `kind` of an evaluation's spec.
    """
    solution, submission = Path("truth"), Path("prediction")
    solution.write_bytes(truth)
    submission.write_bytes(prediction)
    try:
        header = header_of(submission)
    except UnreadableTable as error:
        report = Report(outcome=Outcome.REJECTED, message=str(error), said=to_json(error.said))
        return report.model_dump_json()
    spec = EvaluationSpec(
        scorer=asked["scorer"],
        params=asked["params"],
        header=tuple(header),
        id_columns=tuple(asked["id_columns"]),
        kind=asked["kind"],
        split_seed=SEED,
        replicate_seed=SEED,
        replicates=REPLICATES,
        max_unpacked_bytes=MOST_UNPACKED,
        max_rows=MOST_ROWS,
    )
    report = Report.model_validate_json(score_file(str(submission), str(solution), spec.to_json()))
    values = report.model_dump(mode="json")
    for board in ("public", "private"):
        if values[board] is not None:
            values[board]["replicates"] = None
    return json.dumps(values)
