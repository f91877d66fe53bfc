"""Reads of corrections: both boards side by side, for the organiser who decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.accounts.queries import accounts_by_id
from server.boards.kept import places_kept, places_now
from server.boards.previews import is_current
from server.boards.rejections import in_own_words
from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenge_by_slug, is_organiser
from server.challenges.roles import NOT_AN_ORGANISER, require_runs
from server.corrections.history import name_of
from server.corrections.rules import Change, Summary, compare, summary
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.queries import (
    Rescoring,
    evaluation_by_id,
    live_evaluation,
    rescoring_of,
)
from server.evaluations.rules import BESIDE, SCORED_BOARDS, Board, RescoreState
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden, NotFound
from server.shared.paging import Page, clamp
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from server.teams.models import Team

NAMES_AT_ONCE = 500


class Comparison(NamedTuple):
    """One board: how many teams it has, and every one whose rank or score would change."""

    board: Board
    teams: int
    changes: list[Change]

    @property
    def summary(self) -> Summary:
        """The changes, counted."""
        return summary(self.changes, teams=self.teams)


def comparisons(session: Session, *, phase: Phase, evaluation: Evaluation) -> list[Comparison]:
    """Return what would change on each board if the evaluation went live.

    The boards under it are those that the worker made last: as of `evaluation.compared_at`.
    """
    if evaluation.compared_at is None or live_evaluation(session, phase.id) is None:
        return []
    return [_compare(session, phase, evaluation, board) for board in SCORED_BOARDS]


def _compare(session: Session, phase: Phase, evaluation: Evaluation, board: Board) -> Comparison:
    before = places_now(session, phase.id or 0, board)
    after = places_kept(session, evaluation.id or 0, board)
    names = team_names(session, before.keys() | after.keys())
    changes = compare(before, after, names=names)
    return Comparison(board, len(before.keys() | after.keys()), changes)


def team_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return teams' names by their ids."""
    wanted = sorted(ids)
    names: dict[int, str] = {}
    for first in range(0, len(wanted), NAMES_AT_ONCE):
        some = col(Team.id).in_(wanted[first : first + NAMES_AT_ONCE])
        query = sa.select(col(Team.id), col(Team.name)).where(some)
        names.update(session.execute(query).tuples().all())
    return names


class Turn(NamedTuple):
    """A submission whose end would be another one, and what is said of it there."""

    submission: Submission
    team: str | None
    before: SubmissionState
    after: RescoreState
    said: Any


class Which(StrEnum):
    """The submissions to list: that would end otherwise, or that could not be scored."""

    REJECTED = "rejected"
    SCORED = "scored"
    FAILED = "failed"


def _turned(evaluation_id: int, which: Which) -> sa.Select[*tuple[Any, ...]]:
    after, before = col(Rescore.state), col(Submission.state)
    lost = (RescoreState.REJECTED, RescoreState.FAILED)
    conditions: dict[Which, tuple[sa.ColumnElement[bool], ...]] = {
        Which.REJECTED: (after.in_(lost), before == SubmissionState.SCORED),
        Which.SCORED: (
            after == RescoreState.SCORED,
            before.in_((SubmissionState.REJECTED, SubmissionState.FAILED)),
        ),
        Which.FAILED: (after == RescoreState.FAILED,),
    }
    return (
        sa.select(Submission, col(Team.name), Rescore)
        .join(Rescore, col(Rescore.submission_id) == col(Submission.id))
        .outerjoin(Team, col(Team.id) == col(Submission.team_id))
        .where(col(Rescore.evaluation_id) == evaluation_id, *conditions[which])
    )


def turns(
    session: Session, evaluation_id: int, which: Which, *, page: int = 1, per_page: int = 50
) -> Page[Turn]:
    """Return a page of the submissions that would end otherwise, or that could not be scored."""
    page, per_page = clamp(page, per_page)
    query = _turned(evaluation_id, which).order_by(col(Submission.id))
    found = session.execute(query.offset((page - 1) * per_page).limit(per_page))
    rows = [Turn(s, team, s.state, then.state, _said(then)) for s, team, then in found]
    return Page(_count(session, evaluation_id, which), page, per_page, rows)


def _said(then: Rescore) -> Any:
    return then.trace_said or in_own_words(then) or then.trace


def _count(session: Session, evaluation_id: int, which: Which) -> int:
    ids = _turned(evaluation_id, which).with_only_columns(col(Submission.id))
    return int(session.execute(sa.select(func.count()).select_from(ids.subquery())).scalar_one())


def new_rejections(session: Session, evaluation_id: int) -> int:
    """Return how many submissions that are scored do not fit an evaluation's solution."""
    return _count(session, evaluation_id, Which.REJECTED)


@dataclass(frozen=True)
class Preview:
    """An evaluation with its progress and, where it is not decided, what it would change."""

    challenge: Challenge
    phase: Phase
    evaluation: Evaluation
    by: str | None
    live: Evaluation | None
    rescoring: Rescoring
    comparisons: list[Comparison]
    rejected: int
    accepted: int
    current: bool

    @property
    def undecided(self) -> bool:
        """Whether it may still be put live or be discarded."""
        return self.evaluation.state in BESIDE

    @property
    def stamp(self) -> str:
        """What a page says that it was made of: a decision on another state is refused."""
        return stamp_of(self.evaluation, self.live)

    @property
    def progress(self) -> str:
        """What the page that waits compares; it changes with all that the page shows."""
        state = self.evaluation.state.value
        if not self.undecided:
            return state
        if self.evaluation.compared_at and self.current and state == "complete":
            return "compared"
        return f"{state} {self.rescoring.done} of {self.rescoring.total}"

    def on(self, board: Board) -> Comparison | None:
        """Return the comparison of one board."""
        return next((c for c in self.comparisons if c.board is board), None)


def stamp_of(evaluation: Evaluation, live: Evaluation | None) -> str:
    """Return a word for what is decided on: this evaluation, its state, and what is live now."""
    return f"{evaluation.number} {evaluation.state.value} {live.number if live else 0}"


def phase_of(session: Session, evaluation: Evaluation) -> Phase:
    """Return the phase that an evaluation scores."""
    return session.get_one(Phase, evaluation.phase_id)


def phase_to_correct(
    session: Session, phases: Sequence[Phase], wanted: str
) -> tuple[Phase | None, Evaluation | None]:
    """Return the phase of this name, else the first that is scored, and its live evaluation."""
    live = {phase.slug: live_evaluation(session, phase.id) for phase in phases}
    chosen = [p for p in phases if p.slug == wanted] or [p for p in phases if live[p.slug]]
    return (chosen[0], live[chosen[0].slug]) if chosen else (None, None)


def evaluation_in(session: Session, slug: str, evaluation_id: int) -> Evaluation:
    """Return an evaluation of a challenge. Raises NotFound, also for that of another one."""
    challenge = challenge_by_slug(session, slug)
    evaluation = evaluation_by_id(session, evaluation_id)
    if session.get_one(Phase, evaluation.phase_id).challenge_id != challenge.id:
        raise NotFound(N_("There is no such evaluation."))
    return evaluation


def preview_of(session: Session, evaluation: Evaluation) -> Preview:
    """Return all that an organiser decides by."""
    phase = session.get_one(Phase, evaluation.phase_id)
    undecided = evaluation.state in BESIDE
    people = accounts_by_id(session, [evaluation.created_by])
    return Preview(
        challenge=session.get_one(Challenge, phase.challenge_id),
        phase=phase,
        evaluation=evaluation,
        by=name_of(people.get(evaluation.created_by or 0)),
        live=live_evaluation(session, phase.id),
        rescoring=rescoring_of(session, evaluation.id or 0),
        comparisons=comparisons(session, phase=phase, evaluation=evaluation) if undecided else [],
        rejected=_count(session, evaluation.id or 0, Which.REJECTED) if undecided else 0,
        accepted=_count(session, evaluation.id or 0, Which.SCORED) if undecided else 0,
        current=undecided and is_current(session, evaluation),
    )


def judge_of_evaluation_gate(
    session: Session, viewer: Viewer, arguments: Mapping[str, Any]
) -> None:
    """Let in who reads as an organiser of the challenge that the route's evaluation is of."""
    account_id = viewer.account_id
    challenge_id = _challenge_of(session, arguments)
    if not viewer.is_admin and not is_organiser(session, challenge_id, account_id):
        raise Forbidden(NOT_AN_ORGANISER)


def organiser_of_evaluation_gate(
    session: Session, viewer: Viewer, arguments: Mapping[str, Any]
) -> None:
    """Let in who may change the challenge that the route's evaluation is of."""
    assert viewer.account_id
    require_runs(session, _challenge_of(session, arguments), viewer)


def _challenge_of(session: Session, arguments: Mapping[str, Any]) -> int:
    evaluation = evaluation_by_id(session, int(arguments["evaluation_id"]))
    return session.get_one(Phase, evaluation.phase_id).challenge_id
