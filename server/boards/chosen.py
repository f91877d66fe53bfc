"""Which board somebody asks for and may see: the phase, the public or the private one, and under
which evaluation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from server.boards.freezing import evaluation_of_copy
from server.boards.ladder import has_ladder
from server.boards.rows import On
from server.boards.versions import kept_rows, note_phases
from server.boards.visibility import served, which_board
from server.challenges.metric_titles import scorer_title
from server.challenges.models import Challenge, Phase
from server.challenges.queries import is_organiser, phases_of
from server.challenges.rules import current_phase, phase_state
from server.evaluations.models import Evaluation
from server.evaluations.queries import (
    evaluation_by_id,
    evaluations_of,
    live_evaluation,
)
from server.evaluations.rules import SHOWN, Board, EvaluationState
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden, NotFound


class Asked(NamedTuple):
    """What somebody wants to see; what is left out has a default. `evaluation` is a number."""

    phase: str | None = None
    board: Board | None = None
    university: str = ""
    q: str = ""
    page: int = 1
    per_page: int = 50
    evaluation: int | None = None

    @property
    def filtered(self) -> bool:
        """Whether a part of the board is wanted and not the whole."""
        return bool(self.university or self.q)


@dataclass(frozen=True)
class Chosen:
    """The board that is shown. Without an evaluation nothing has been scored yet."""

    challenge: Challenge
    phase: Phase
    board: Board
    evaluation: Evaluation | None
    is_live: bool = True
    organiser: bool = False

    @property
    def on(self) -> On:
        """The board whose rows are read: a copy, where it is frozen for who asks."""
        assert self.phase.id is not None
        frozen = self.phase.frozen_at is not None
        return On(self.phase.id, served(self.board, frozen=frozen, organiser=self.organiser))

    @property
    def frozen_since(self) -> datetime | None:
        """Since when everybody but the organisers sees this board as it was then."""
        return self.phase.frozen_at if self.board is Board.PUBLIC else None

    @property
    def is_copy(self) -> bool:
        """Whether the rows are those of the moment when the board was frozen."""
        return self.on.board is Board.FROZEN

    @property
    def is_ladder(self) -> bool:
        """Whether it shows released values, and nothing else of what was scored."""
        return has_ladder(self.phase, self.board)

    @property
    def revealed(self) -> bool:
        """Whether the result of the phase is out."""
        return self.phase.revealed_at is not None

    @property
    def has_private(self) -> bool:
        """Whether the phase has a private board at all."""
        return self.evaluation is not None and self.evaluation.has_private

    @property
    def is_final(self) -> bool:
        """Whether this is the board that counts in the end."""
        return self.revealed and (self.board is Board.PRIVATE or not self.has_private)

    @property
    def shows_moves(self) -> bool:
        """Whether rows say how far each team moved from the public board."""
        return self.revealed and self.board is Board.PRIVATE and self.is_live

    @property
    def scorer_title(self) -> str:
        """The ranking metric's name for people."""
        if self.evaluation is None:
            return scorer_title(self.challenge.scorer, self.challenge.params)
        spec = self.evaluation.spec
        return scorer_title(self.evaluation.scorer, spec.get("params") or {}, spec.get("code"))


def phase_asked(phases: Sequence[Phase], wanted: str | None, *, now: datetime) -> Phase:
    """Return the phase that is wanted, else the open one, else the last begun. Raises NotFound."""
    if wanted:
        found = [phase for phase in phases if phase.slug == wanted]
        if not found:
            raise NotFound(N_("This challenge has no phase %(slug)s."), slug=wanted)
        return found[0]
    if not phases:
        raise NotFound(N_("This challenge has no phase yet."))
    states = [phase_state(starts=p.starts, ends=p.ends, now=now) for p in phases]
    return phases[current_phase(states)]


def choose(
    session: Session, challenge: Challenge, asked: Asked, *, viewer: Viewer, now: datetime
) -> Chosen:
    """Return the board that somebody asks for and may see.

    Raises:
        Forbidden: the private board before the reveal, or an evaluation, to no organiser.
        NotFound: there is no such phase, board or evaluation.
    """
    assert challenge.id is not None
    organiser = viewer.is_admin or is_organiser(session, challenge.id, viewer.id)
    phase = phase_asked(_phases(session, challenge.id), asked.phase, now=now)
    evaluation = live = _live(session, phase)
    if asked.evaluation is not None:
        evaluation = _numbered(session, phase, asked.evaluation, organiser=organiser)
    board = which_board(
        wanted=asked.board,
        revealed=phase.revealed_at is not None,
        has_private=evaluation is not None and evaluation.has_private,
        organiser=organiser,
    )
    same = evaluation is None or (live is not None and live.id == evaluation.id)
    chosen = Chosen(challenge, phase, board, evaluation, is_live=same, organiser=organiser)
    if not chosen.is_copy:
        return chosen
    return replace(chosen, evaluation=_evaluation_of_copy(session, phase) or live)


def _phases(session: Session, challenge_id: int) -> Sequence[Phase]:
    phases = phases_of(session, challenge_id)
    note_phases(session, phases)
    return phases


def _live(session: Session, phase: Phase) -> Evaluation | None:
    """Return the evaluation that a phase's boards stand on."""
    name = ("live evaluation", phase.id)
    found = kept_rows(
        session,
        name,
        phase.challenge_id,
        lambda: filter(None, [live_evaluation(session, phase.id)]),
    )
    return found[0] if found else None


def _evaluation_of_copy(session: Session, phase: Phase) -> Evaluation | None:
    found = evaluation_of_copy(session, phase)
    return None if found is None else evaluation_by_id(session, found)


def _numbered(session: Session, phase: Phase, number: int, *, organiser: bool) -> Evaluation:
    for evaluation in evaluations_of(session, phase.id or 0):
        if evaluation.number == number:
            if organiser or _was_shown(phase, evaluation):
                return evaluation
            raise Forbidden(N_("This evaluation is for the organisers of the challenge."))
    raise NotFound(N_("This phase has no evaluation %(number)s."), number=number)


def _was_shown(phase: Phase, evaluation: Evaluation) -> bool:
    """Whether everybody could see a board of it; while one is frozen, what moved is hidden."""
    return evaluation.state in SHOWN and (
        phase.frozen_at is None or evaluation.state is EvaluationState.LIVE
    )
