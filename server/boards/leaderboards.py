"""What a leaderboard shows: the phase, the board and the page that somebody asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from server.boards.previews import board_under
from server.boards.reading import (
    Standing,
    every_row,
    found_page,
    part_of,
    standing_of,
    universities_on,
    whole_page,
    with_moves,
)
from server.boards.rows import On, Row, UniversityName
from server.boards.visibility import which_board
from server.challenges.models import Challenge, Phase
from server.challenges.queries import is_organiser, phases_of
from server.challenges.rules import current_phase, phase_state
from server.challenges.views import scorer_title
from server.evaluations.models import Evaluation
from server.evaluations.queries import evaluations_of, live_evaluation
from server.evaluations.rules import Board
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden, NotFound
from server.shared.paging import Page


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

    @property
    def on(self) -> On:
        """The board by its phase and kind."""
        assert self.phase.id is not None
        return On(self.phase.id, self.board)

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
    """A page of a board."""

    chosen: Chosen
    asked: Asked
    page: Page[Row]

    @property
    def as_of(self) -> datetime | None:
        """When the ranges of the page's ranks were computed."""
        return max((r.ranges_at for r in self.page.rows if r.ranges_at), default=None)

    @property
    def has_ranges(self) -> bool:
        """Whether some row says how sure its rank is."""
        return any(row.rank_range for row in self.page.rows)

    @property
    def axis(self) -> tuple[float, float]:
        """The ends of the axis that the page's intervals share."""
        ends = [end for row in self.page.rows for end in row.interval or (row.score,)]
        return (min(ends), max(ends)) if ends else (0.0, 1.0)

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
    phase = phase_asked(phases_of(session, challenge.id), asked.phase, now=now)
    live = live_evaluation(session, phase.id)
    evaluation = live
    if asked.evaluation is not None:
        evaluation = _numbered(session, phase, asked.evaluation, organiser=organiser)
    board = which_board(
        wanted=asked.board,
        revealed=phase.revealed_at is not None,
        has_private=evaluation is not None and evaluation.has_private,
        organiser=organiser,
    )
    same = evaluation is None or (live is not None and live.id == evaluation.id)
    return Chosen(challenge, phase, board, evaluation, is_live=same)


def _numbered(session: Session, phase: Phase, number: int, *, organiser: bool) -> Evaluation:
    if not organiser:
        raise Forbidden(N_("Other evaluations are for the organisers of the challenge."))
    for evaluation in evaluations_of(session, phase.id or 0):
        if evaluation.number == number:
            return evaluation
    raise NotFound(N_("This phase has no evaluation %(number)s."), number=number)


def board_page(session: Session, chosen: Chosen, asked: Asked) -> Leaderboard:
    """Return the page of a board that is asked for."""
    if not chosen.is_live:
        return Leaderboard(chosen, asked, _preview_page(session, chosen, asked))
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
    return Leaderboard(chosen, asked, page)


def _preview_page(session: Session, chosen: Chosen, asked: Asked) -> Page[Row]:
    assert chosen.evaluation is not None
    rows = board_under(
        session,
        phase=chosen.phase,
        evaluation=chosen.evaluation,
        board=chosen.board,
        higher_is_better=chosen.challenge.higher_is_better,
    )
    kept = [row for row in rows if _matches(row, asked)]
    return part_of(kept, page=asked.page, per_page=asked.per_page)


def _matches(row: Row, asked: Asked) -> bool:
    name = row.team.name if row.team else row.baseline or ""
    slug = row.university.slug if row.university else ""
    return asked.q.casefold() in name.casefold() and asked.university in ("", slug)


def whole_board(session: Session, chosen: Chosen) -> Iterator[Row]:
    """Yield every row of a board (for exports)."""
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
    return standing_of(session, chosen.on, team_id, per_page=per_page)


def universities_to_filter(session: Session, chosen: Chosen) -> list[UniversityName]:
    """Return the universities that the board can be narrowed to."""
    return universities_on(session, chosen.on)
