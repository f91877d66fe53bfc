"""Reads of what organisers decide: how each phase stands, teams, and the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.accounts.queries import accounts_by_id
from server.boards.queries import count_ranked, private_board_of
from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenge_by_slug, late_days_end, phases_of
from server.challenges.rules import INCLUSIVE, PhaseState, phase_state
from server.controls.rules import DECISIONS
from server.evaluations.models import Evaluation
from server.evaluations.queries import undecided_evaluations
from server.shared.errors import N_, NotFound
from server.shared.events import Event
from server.shared.paging import Page, page_of
from server.submissions.entrances import Way, entrance_to
from server.submissions.models import Arrival, Submission
from server.submissions.queries import pause_of, quota_of
from server.submissions.rules import WAITING, Pause, Quota
from server.teams.given import Given, given_in
from server.teams.models import Team
from server.teams.queries import members_of, teams_by_id
from server.teams.rules import name_key

MOST_FOUND = 20
DECISIONS_A_PAGE = 20


def phase_in(session: Session, challenge: Challenge, slug: str) -> Phase:
    """Return a phase of a challenge. Raises NotFound."""
    for phase in phases_of(session, challenge.id or 0):
        if phase.slug == slug:
            return phase
    raise NotFound(N_("This challenge has no phase %(slug)s."), slug=slug)


def next_admitting(session: Session, phase: Phase) -> datetime | None:
    """Return when the next phase begins, where it admits teams by the result of this one."""
    for other in phases_of(session, phase.challenge_id):
        if other.position == phase.position + 1 and other.admit_top is not None:
            return other.starts
    return None


@dataclass(frozen=True)
class PhaseControls:
    """A phase, and what holds in it by an organiser's decision."""

    phase: Phase
    state: PhaseState
    pause: Pause | None
    following: Phase | None = None

    @property
    def may_change(self) -> bool:
        """Whether its board and its deadline are still open to decisions."""
        return self.phase.revealed_at is None


class RunDesk(NamedTuple):
    """What the page of decisions shows."""

    challenge: Challenge
    phases: list[PhaseControls]
    off: Sequence[Team]
    given: list[Given]
    found: Sequence[Team]

    @property
    def any_paused(self) -> bool:
        """Whether some phase takes no files."""
        return any(phase.pause for phase in self.phases)

    @property
    def all_paused(self) -> bool:
        """Whether no phase takes files."""
        return all(phase.pause for phase in self.phases)


def run_desk(session: Session, slug: str, *, q: str, now: datetime) -> RunDesk:
    """Return how the phases of a challenge stand, and the teams that something was decided on."""
    challenge = challenge_by_slug(session, slug)
    off = select(Team).where(
        Team.challenge_id == challenge.id,
        col(Team.disqualified_at).is_not(None),
        col(Team.closed_at).is_(None),
    )
    return RunDesk(
        challenge=challenge,
        phases=_all_controls(session, phases_of(session, challenge.id or 0), now),
        off=session.exec(off.order_by(col(Team.name_key))).all(),
        given=given_in(session, challenge),
        found=_named(session, challenge, q) if q else (),
    )


def _all_controls(session: Session, phases: Sequence[Phase], now: datetime) -> list[PhaseControls]:
    return [
        PhaseControls(
            phase,
            phase_state(starts=phase.starts, ends=phase.ends, now=now),
            pause_of(session, phase),
            following,
        )
        for phase, following in zip_longest(phases, phases[1:])
    ]


def _named(session: Session, challenge: Challenge, q: str) -> Sequence[Team]:
    query = select(Team).where(
        Team.challenge_id == challenge.id,
        col(Team.closed_at).is_(None),
        col(Team.name_key).contains(name_key(q), autoescape=True),
    )
    return session.exec(query.order_by(col(Team.name_key)).limit(MOST_FOUND)).all()


class Left(NamedTuple):
    """What a team has left in a phase that still takes files, or will."""

    phase: Phase
    quota: Quota


class TeamDesk(NamedTuple):
    """What is decided on one team."""

    challenge: Challenge
    team: Team
    members: list[Account]
    left: list[Left]
    given: list[Given]


def team_desk(session: Session, slug: str, team_id: int, *, now: datetime) -> TeamDesk:
    """Return a team of a challenge for its organisers. Raises NotFound."""
    challenge = challenge_by_slug(session, slug)
    team = session.get(Team, team_id)
    if team is None or team.challenge_id != challenge.id or team.closed_at is not None:
        raise NotFound(N_("There is no such team."))
    open_ones = [
        phase
        for phase in phases_of(session, challenge.id or 0)
        if phase.revealed_at is None
        and now < phase.ends + INCLUSIVE
        and entrance_to(session, phase, team_id).way is not Way.CLOSED
    ]
    return TeamDesk(
        challenge=challenge,
        team=team,
        members=members_of(session, team_id),
        left=[Left(p, quota_of(session, team_id=team_id, phase=p, now=now)) for p in open_ones],
        given=given_in(session, challenge, team),
    )


@dataclass(frozen=True)
class Outlook:
    """What a reveal will do, and what still stands in its way."""

    challenge: Challenge
    phase: Phase
    ended: bool
    # When the late days of a class are over; None where there are none.
    late_until: datetime | None
    late_days_run: bool
    waiting: int
    arriving: int
    ranked: int
    has_private: bool
    admits: int | None
    following: Phase | None
    undecided: Sequence[Evaluation]

    @property
    def may_reveal(self) -> bool:
        """Whether nothing stands in the way."""
        ready = self.ended and not self.late_days_run
        return ready and not self.waiting and not self.arriving and self.phase.revealed_at is None


def outlook_of(session: Session, slug: str, phase_slug: str, *, now: datetime) -> Outlook:
    """Return what revealing a phase will do. Raises NotFound."""
    challenge = challenge_by_slug(session, slug)
    phase = phase_in(session, challenge, phase_slug)
    board = private_board_of(session, phase)
    later = [p for p in phases_of(session, challenge.id or 0) if p.position == phase.position + 1]
    following = later[0] if later and later[0].admit_top is not None else None
    late_until = late_days_end(session, phase)
    return Outlook(
        challenge=challenge,
        phase=phase,
        ended=now >= phase.ends + INCLUSIVE,
        late_until=late_until if challenge.late_days else None,
        late_days_run=now < late_until + INCLUSIVE,
        waiting=_count(session, _waiting(phase)),
        arriving=_count(session, _arriving(phase, now)),
        ranked=count_ranked(session, phase.id or 0, board),
        has_private=board.value == "private",
        admits=following.admit_top if following else None,
        following=following,
        undecided=undecided_evaluations(session, phase.id or 0),
    )


def _count(session: Session, query: sa.Select[int]) -> int:
    return int(session.execute(query).scalar_one())


def _waiting(phase: Phase) -> sa.Select[int]:
    return sa.select(func.count()).where(
        col(Submission.phase_id) == phase.id,
        col(Submission.state).in_(WAITING),
        col(Submission.late).is_(False),
    )


def _arriving(phase: Phase, now: datetime) -> sa.Select[int]:
    return sa.select(func.count()).where(
        col(Arrival.challenge_id) == phase.challenge_id,
        col(Arrival.began_at) < phase.ends + INCLUSIVE,
        col(Arrival.until) > now,
    )


class Decision(NamedTuple):
    """One decision of the history, with what it names."""

    event: Event
    by: Account | None
    team: Team | None
    phase: Phase | None


def decisions_of(
    session: Session, challenge: Challenge, *, page: int = 1, team_id: int | None = None
) -> tuple[Page[Event], list[Decision]]:
    """Return a page of what organisers decided, the newest first."""
    # The kinds are few among all events of a large challenge: their index, not the challenge's.
    of_challenge = (col(Event.challenge_id) + 0) == challenge.id
    query = select(Event).where(of_challenge, col(Event.kind).in_(DECISIONS))
    if team_id is not None:
        query = query.where(Event.team_id == team_id)
    found = page_of(
        session, query.order_by(col(Event.id).desc()), page=page, per_page=DECISIONS_A_PAGE
    )
    people = accounts_by_id(session, (e.actor_id for e in found.rows))
    teams = teams_by_id(session, (e.team_id for e in found.rows))
    phases = {p.id: p for p in phases_of(session, challenge.id or 0)}
    return found, [
        Decision(
            event,
            people.get(event.actor_id or 0),
            teams.get(event.team_id or 0),
            None if event.kind.startswith("submission.") else phases.get(event.subject_id),
        )
        for event in found.rows
    ]
