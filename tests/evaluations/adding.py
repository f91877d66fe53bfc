"""An evaluation added beside the live one."""

from server.evaluations.actions import add_evaluation
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.evaluations.scoring import SolutionReport
from tests.cast import NOON
from tests.scores import SPEC


def added(session, phase, state=EvaluationState.SCORING) -> Evaluation:
    return add_evaluation(
        session,
        phase=phase,
        state=state,
        solution_sha256="6" * 64,
        spec=SPEC,
        scorer_version="1",
        rows=SolutionReport(rows=10, public_rows=4, private_rows=6),
        reason="two labels were wrong",
        actor_id=None,
        now=NOON,
    )
