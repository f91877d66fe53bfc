"""The scoring core of Varsity: tables in, numbers out, each with its uncertainty.

Names are loaded when they are asked for: reading and checking a file does not load scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scorers.errors import (
        Fault,
        InvalidParameter,
        InvalidPredictions,
        InvalidSolution,
        ParticipantVisibleError,
        UnknownScorer,
    )
    from scorers.evaluate import (
        BoardResult,
        Evaluated,
        SolutionFacts,
        check_solution,
        evaluate_file,
    )
    from scorers.kinds import InputKind
    from scorers.reading.schema import Schema
    from scorers.registry import SCORERS, get_scorer
    from scorers.scorer import Scorer
    from scorers.spec import EvaluationSpec
    from scorers.tables import read_predictions
    from scorers.uncertainty import Comparison, RankRange, ScoreResult, compare, rank_ranges

__all__ = [
    "SCORERS",
    "BoardResult",
    "Comparison",
    "Evaluated",
    "EvaluationSpec",
    "Fault",
    "InputKind",
    "InvalidParameter",
    "InvalidPredictions",
    "InvalidSolution",
    "ParticipantVisibleError",
    "RankRange",
    "Schema",
    "ScoreResult",
    "Scorer",
    "SolutionFacts",
    "UnknownScorer",
    "check_solution",
    "compare",
    "evaluate_file",
    "get_scorer",
    "rank_ranges",
    "read_predictions",
]

_HOMES = {
    "errors": (
        "Fault",
        "InvalidParameter",
        "InvalidPredictions",
        "InvalidSolution",
        "ParticipantVisibleError",
        "UnknownScorer",
    ),
    "evaluate": ("BoardResult", "Evaluated", "SolutionFacts", "check_solution", "evaluate_file"),
    "kinds": ("InputKind",),
    "registry": ("SCORERS", "get_scorer"),
    "reading.schema": ("Schema",),
    "scorer": ("Scorer",),
    "spec": ("EvaluationSpec",),
    "tables": ("read_predictions",),
    "uncertainty": ("Comparison", "RankRange", "ScoreResult", "compare", "rank_ranges"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
