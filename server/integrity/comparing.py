"""What runs in the limited child: all files with the solution, answered as JSON."""

import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from scorers.errors import InvalidSolution
from scorers.evaluate import EvaluationSpec
from scorers.sentences import to_json
from scorers.similarity.comparing import Likeness, compare_files

# Behind the scoring of what students wait for.
NICENESS = 10


class ComparingTask(BaseModel):
    """Local paths of the files to compare, of those that everybody was given, and the answers."""

    files: list[str]
    known: list[str]
    solution: str
    spec: str


class ComparingReport(BaseModel):
    """The child's whole answer; `problem`: the solution does not fit (any more), `said` to all."""

    likeness: Likeness | None = None
    problem: str = ""
    said: Any = None


def compare_in_child(task: str) -> str:
    """Compare the files of a `ComparingTask` and return a `ComparingReport`, both as JSON."""
    os.nice(NICENESS)
    asked = ComparingTask.model_validate_json(task)
    spec = EvaluationSpec.from_json(asked.spec)
    try:
        found = compare_files(
            _paths(asked.files), _paths([asked.solution])[0], spec, known=_paths(asked.known)
        )
    except InvalidSolution as error:
        said = to_json(error.said)
        return ComparingReport(problem=str(error), said=said).model_dump_json()
    return ComparingReport(likeness=found).model_dump_json()


def _paths(names: list[str]) -> list[Path]:
    return [Path(name) for name in names]
