"""Two teams scored under the live evaluation, and a second evaluation beside it."""

from sqlmodel import Session

from scorers.errors import Fault
from scorers.sentences import sentence
from server.boards.previews import make_preview
from server.boards.rebuilding import rebuild_board
from server.challenges.models import Phase
from server.evaluations.actions import write_scores
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.rules import EvaluationState, RescoreState
from server.shared.database import Database
from server.submissions.models import Submission
from tests.cast import NOON, Cast
from tests.scores import SPEC, add_live, report, score, submitted


def boards(session: Session, cast: Cast) -> tuple[Phase, Evaluation, list[Submission]]:
    """Pandas ahead of Isar on both boards."""
    phase = session.get_one(Phase, cast.phase_a.id)
    live = add_live(session, phase)
    first = submitted(session, cast)
    second = submitted(session, cast, team="isar", by="lena")
    score(session, first, live, report(0.9, 0.8))
    score(session, second, live, report(0.7, 0.6), holder="host/1/2/second")
    rebuild_board(session, phase=phase, evaluation=live)
    session.commit()
    return phase, live, [first, second]


def beside(
    session: Session, phase: Phase, *, spec: dict | None = None, number: int = 2
) -> Evaluation:
    """An evaluation that is being scored."""
    made = Evaluation(
        phase_id=phase.id,
        number=number,
        state=EvaluationState.SCORING,
        solution_sha256="6" * 64,
        spec=spec or SPEC,
        scorer="accuracy",
        scorer_version="1",
        has_private=True,
        reason="two rows of the truth were wrong",
        created_at=NOON,
    )
    session.add(made)
    session.flush()
    return made


FAULT = Fault(
    "missing_id",
    sentence("The id “%(value)s” is missing.", value="7"),
    line=3,
    column="digit",
    value="x",
    expected="0, 1 or 2",
).to_json()


def rescored(
    session: Session,
    evaluation: Evaluation,
    submission: Submission,
    values: tuple[float, float] | None,
) -> None:
    """What the evaluation says of a submission; None: its file does not fit the solution."""
    said = (
        {"message": "an id is missing", "faults": [FAULT], "fault_count": 7}
        if values is None
        else {}
    )
    session.add(
        Rescore(
            submission_id=submission.id,
            evaluation_id=evaluation.id,
            state=RescoreState.REJECTED if values is None else RescoreState.SCORED,
            **said,
        )
    )
    if values is not None:
        write_scores(
            session,
            submission_id=submission.id,
            evaluation_id=evaluation.id,
            report=report(*values),
            now=NOON,
        )
    session.flush()


def complete(session: Session, evaluation: Evaluation) -> None:
    evaluation.state = EvaluationState.COMPLETE
    session.add(evaluation)
    session.commit()


def compared(database: Database, session: Session, evaluation: Evaluation) -> Evaluation:
    """Everything is scored, and a worker has put the boards side by side."""
    complete(session, evaluation)
    make_preview(database, evaluation, now=NOON)
    session.refresh(evaluation)
    session.commit()
    return evaluation
