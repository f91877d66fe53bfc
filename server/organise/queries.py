"""Reads for organisers: how a challenge stands, all its submissions, and what went wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.rules import RequestState
from server.boards.submission_views import SubmissionView, view_of
from server.challenges.models import Challenge, Organiser, Phase
from server.challenges.queries import (
    challenge_by_slug,
    phases_by_challenge,
    phases_of,
)
from server.challenges.registration_queries import registrations_by_state
from server.challenges.roles import require_runs
from server.challenges.rules import INCLUSIVE
from server.challenges.views import Listing
from server.discussions.queries import questions_by_state
from server.discussions.rules import QuestionState
from server.evaluations.models import Evaluation
from server.evaluations.queries import evaluations_of, live_evaluation
from server.organise.dashboard import Figures, Waiting, figures_of, waiting_of
from server.organise.needs import Counts, Need, PhaseFacts, needs_of
from server.shared.access import Viewer
from server.shared.errors import N_, NotFound
from server.submissions.models import Submission
from server.submissions.queries import anything_waits, submission_by_id
from server.submissions.rules import WAITING, SubmissionState
from server.teams.models import Team
from server.teams.queries import team_by_id

FAILURES_SHOWN = 10


def organiser_of_submission_gate(
    session: Session, viewer: Viewer, arguments: Mapping[str, Any]
) -> None:
    """Let in the organisers of the challenge that the route's `submission_id` belongs to."""
    assert viewer.account_id
    submission = submission_by_id(session, int(arguments["submission_id"]))
    require_runs(session, submission.challenge_id, viewer)


def organiser_of_team_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in the organisers of the challenge that the route's `team_id` takes part in."""
    assert viewer.account_id
    team = team_by_id(session, int(arguments["team_id"]))
    require_runs(session, team.challenge_id, viewer)


class Waits(NamedTuple):
    """A challenge of an organiser's, with what waits and what failed in it."""

    listing: Listing
    waiting: int
    failed: int


def own_challenges(session: Session, viewer: Viewer, *, now: datetime) -> list[Waits]:
    """Return the challenges that a viewer organises; to an administrator, all."""
    query = select(Challenge)
    if not viewer.is_admin:
        query = query.join(Organiser, col(Organiser.challenge_id) == col(Challenge.id)).where(
            Organiser.account_id == viewer.account_id
        )
    challenges = list(session.exec(query))
    ids = [c.id for c in challenges if c.id is not None]
    phases = phases_by_challenge(session, ids)
    listings = [Listing.of(c, phases[c.id or 0], now=now) for c in challenges]
    states = _states(session, ids)
    return [
        Waits(x, *_counts(states, x.challenge.id or 0))
        for x in sorted(listings, key=lambda x: x.order)
    ]


def _states(
    session: Session, challenge_ids: Sequence[int]
) -> dict[tuple[int, SubmissionState], int]:
    query = (
        sa.select(col(Submission.challenge_id), col(Submission.state), func.count())
        .where(col(Submission.challenge_id).in_(challenge_ids))
        .group_by(col(Submission.challenge_id), col(Submission.state))
    )
    return {(challenge, state): count for challenge, state, count in session.execute(query)}


def _counts(
    states: Mapping[tuple[int, SubmissionState], int], challenge_id: int
) -> tuple[int, int]:
    waiting = sum(states.get((challenge_id, state), 0) for state in WAITING)
    return waiting, states.get((challenge_id, SubmissionState.FAILED), 0)


class PhaseDesk(NamedTuple):
    """A phase as its organiser sees it; `may_reveal` says that nothing stands in the way."""

    phase: Phase
    evaluation: Evaluation | None
    may_reveal: bool


class Desk(NamedTuple):
    """How a challenge stands: what is to be done, how it goes, and what failed last."""

    challenge: Challenge
    phases: list[PhaseDesk]
    waiting: Waiting
    figures: Figures
    needs: list[Need]
    failures: Sequence[Submission]


def desk_of(session: Session, slug: str, *, now: datetime) -> Desk:
    """Return how a challenge stands. Raises NotFound."""
    challenge = challenge_by_slug(session, slug)
    assert challenge.id is not None
    phases = phases_of(session, challenge.id)
    waiting = waiting_of(session, challenge.id)
    higher = challenge.higher_is_better
    desks = [_phase_desk(session, phase, now) for phase in phases]
    return Desk(
        challenge=challenge,
        phases=desks,
        waiting=waiting,
        figures=figures_of(session, challenge.id, phases, higher=higher, now=now),
        needs=needs_of(
            [_facts(session, desk) for desk in desks],
            waiting=waiting,
            counts=_counts_of(session, challenge.id),
            now=now,
        ),
        failures=_failures(session, challenge.id),
    )


def _phase_desk(session: Session, phase: Phase, now: datetime) -> PhaseDesk:
    ended = phase.revealed_at is None and now >= phase.ends + INCLUSIVE
    return PhaseDesk(
        phase=phase,
        evaluation=live_evaluation(session, phase.id),
        may_reveal=ended and not anything_waits(session, phase, now=now),
    )


def _facts(session: Session, desk: PhaseDesk) -> PhaseFacts:
    return PhaseFacts(
        phase=desk.phase,
        scorable=desk.evaluation is not None,
        may_reveal=desk.may_reveal,
        beside=evaluations_of(session, desk.phase.id or 0),
    )


def _counts_of(session: Session, challenge_id: int) -> Counts:
    failed = select(func.count()).where(
        col(Submission.challenge_id) == challenge_id,
        col(Submission.state) == SubmissionState.FAILED,
    )
    asking = registrations_by_state(session, challenge_id).get(RequestState.OPEN, 0)
    questions = questions_by_state(session, challenge_id).get(QuestionState.OPEN, 0)
    return Counts(session.exec(failed).one(), questions, asking)


def _failures(session: Session, challenge_id: int) -> Sequence[Submission]:
    query = (
        select(Submission)
        .where(
            Submission.challenge_id == challenge_id,
            Submission.state == SubmissionState.FAILED,
        )
        .order_by(col(Submission.received_at).desc(), col(Submission.id).desc())
        .limit(FAILURES_SHOWN)
    )
    return session.exec(query).all()


def phase_to_reveal(session: Session, slug: str, wanted: str | None, *, now: datetime) -> Phase:
    """Return the phase to reveal: the one named, else the first ended one that is not revealed.

    Raises:
        NotFound: there is no such phase, or none to reveal.
    """
    challenge = challenge_by_slug(session, slug)
    phases = phases_of(session, challenge.id or 0)
    if wanted is not None:
        phases = [p for p in phases if p.slug == wanted]
        if not phases:
            raise NotFound(N_("This challenge has no phase %(slug)s."), slug=wanted)
        return phases[0]
    hidden = [p for p in phases if p.revealed_at is None]
    ended = [p for p in hidden if now >= p.ends + INCLUSIVE]
    found = [*ended, *hidden, *phases]
    if not found:
        raise NotFound(N_("This challenge has no phase yet."))
    return found[0]


def submission_in(session: Session, slug: str, submission_id: int) -> SubmissionView:
    """Return a submission of this challenge, with both scores. Raises NotFound."""
    submission = submission_by_id(session, submission_id)
    if submission.challenge_id != challenge_by_slug(session, slug).id:
        raise NotFound(N_("There is no such submission."))
    return view_of(session, submission, for_organisers=True)


def team_in(session: Session, challenge: Challenge, team_id: int | None) -> Team | None:
    """Return a team of this challenge, if it is one."""
    team = session.get(Team, team_id) if team_id is not None else None
    return team if team and team.challenge_id == challenge.id and not team.closed_at else None
