"""What a leaderboard shows: the phase, the board and the page that somebody asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from server.boards.finding import found_page
from server.boards.freezing import evaluation_of_copy
from server.boards.kept import every_kept, kept_page
from server.boards.ladder import has_ladder
from server.boards.marks import kept_of, note_phases
from server.boards.reading import (
    ROW_BYTES,
    Standing,
    brackets_over,
    every_row,
    standing_of,
    whole_page,
    with_moves,
)
from server.boards.rows import On, Row
from server.boards.versions import kept, kept_rows
from server.boards.visibility import served, which_board
from server.boards.withdrawn import Withdrawn, withdrawn_on
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
from server.shared.caching import remember
from server.shared.errors import N_, Forbidden, NotFound
from server.shared.paging import Page

# About what a team's place takes in memory.
STANDING_BYTES = 1_000
# So many times the middle half of the intervals' ends an axis goes beyond it.
AXIS_REACH = 3.0


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


@dataclass(frozen=True)
class Leaderboard:
    """A page of a board; `withdrawn` stand below its last row, whatever the page."""

    chosen: Chosen
    asked: Asked
    page: Page[Row]
    withdrawn: Sequence[Withdrawn] = ()

    @property
    def shows_withdrawn(self) -> bool:
        """Whether this page ends the board, so that the withdrawn stand below it."""
        pages = max(1, -(-self.page.total // self.page.per_page))
        return bool(self.withdrawn) and self.page.page == pages and not self.asked.filtered

    @property
    def as_of(self) -> datetime | None:
        """When the ranges of the page's ranks were computed."""
        return max((r.ranges_at for r in self.page.rows if r.ranges_at), default=None)

    @property
    def has_ranges(self) -> bool:
        """Whether some row says how sure its rank is."""
        return any(row.rank_range for row in self.page.rows)

    @property
    def brackets(self) -> Sequence[str]:
        """Where each row stands in the bracket over the teams that can't be told from its first.

        Parts of a board and boards that were kept have none.
        """
        rows = self.page.rows
        drawn = self.chosen.is_live and not self.asked.filtered
        return brackets_over(rows) if drawn else [""] * len(rows)

    @property
    def axis(self) -> tuple[float, float]:
        """The ends of the axis that the page's intervals share; outliers lie beyond them."""
        ends = sorted(end for row in self.page.rows for end in row.interval or (row.score,))
        if not ends:
            return 0.0, 1.0
        lower, upper = ends[len(ends) // 4], ends[-1 - len(ends) // 4]
        reach = AXIS_REACH * (upper - lower)
        return max(ends[0], lower - reach), min(ends[-1], upper + reach)

    @property
    def decimals(self) -> int:
        """How many decimals keep the page's scores in a column."""
        largest = max((abs(row.score) for row in self.page.rows), default=0)
        return 4 if largest < 10 else 3 if largest < 100 else 2 if largest < 1000 else 1


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
    name = ("phases", challenge_id)
    phases = kept_rows(session, name, challenge_id, lambda: phases_of(session, challenge_id))
    # Its frame asks again.
    remember(session, name, phases)
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


def board_page(
    session: Session, chosen: Chosen, asked: Asked, *, again: bool = True
) -> Leaderboard:
    """Return the page of a board that is asked for.

    `again`: its rows may be needed again; those of a page that is kept itself are not.
    """
    if not chosen.is_live:
        return Leaderboard(chosen, asked, _kept_page(session, chosen, asked))
    page = kept(
        session,
        ("rows", chosen.on, asked),
        chosen.challenge.id or 0,
        lambda: _page(session, chosen, asked),
        size=lambda found: ROW_BYTES * (1 + len(found.rows)) if again else None,
    )
    withdrawn = kept_of(
        session, "withdrawn", chosen.on, lambda: withdrawn_on(session, chosen.on), ROW_BYTES
    )
    return Leaderboard(chosen, asked, page, withdrawn)


def _page(session: Session, chosen: Chosen, asked: Asked) -> Page[Row]:
    if asked.filtered:
        page = found_page(
            session,
            chosen.on,
            q=asked.q,
            university=asked.university,
            page=asked.page,
            per_page=asked.per_page,
        )
    else:
        page = whole_page(session, chosen.on, page=asked.page, per_page=asked.per_page)
    if chosen.shows_moves:
        page = replace(page, rows=with_moves(session, chosen.on.phase_id, page.rows))
    return page


def _kept_page(session: Session, chosen: Chosen, asked: Asked) -> Page[Row]:
    assert chosen.evaluation is not None
    return kept_page(
        session,
        chosen.evaluation,
        chosen.board,
        q=asked.q,
        university=asked.university,
        page=asked.page,
        per_page=asked.per_page,
    )


def whole_board(session: Session, chosen: Chosen) -> Iterator[Row]:
    """Yield every row of a board (for exports)."""
    if not chosen.is_live:
        assert chosen.evaluation is not None
        yield from every_kept(session, chosen.evaluation, chosen.board)
        return
    rows = list(every_row(session, chosen.on))
    if not chosen.shows_moves:
        yield from rows
        return
    for first in range(0, len(rows), 500):
        yield from with_moves(session, chosen.on.phase_id, rows[first : first + 500])


def own_standing(
    session: Session, chosen: Chosen, team_id: int | None, *, per_page: int
) -> Standing | None:
    """Return where the viewer's team stands on the board that is shown."""
    if team_id is None or not chosen.is_live:
        return None
    found = kept_of(
        session,
        f"standing of {team_id} by {per_page}",
        chosen.on,
        lambda: [standing_of(session, chosen.on, team_id, per_page=per_page)],
        STANDING_BYTES,
    )
    return found[0]
