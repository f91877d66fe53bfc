"""Writes of mergers: what the teams room decides, with what only submissions and boards know."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.rules import RequestState
from server.boards.entries import rebuild_team
from server.challenges.models import Challenge, Phase
from server.challenges.queries import phases_of
from server.shared.access import Viewer
from server.shared.errors import N_, Conflict
from server.submissions.failures import failed_by_phase
from server.submissions.models import Admission, Submission
from server.submissions.queries import counts_in_quota
from server.submissions.rules import failures_that_count
from server.teams.desks import open_request
from server.teams.merging import check_merger, merge_teams
from server.teams.models import ExtraSubmissions, Team
from server.teams.queries import is_invited, team_by_id, team_to_join
from server.teams.rules import Entrance, entrance
from server.teams.seats import Asked, ask, check_captain, decide, hold


class Merged(NamedTuple):
    """The team that is kept, and the request where its captain has to decide first."""

    into: Team
    asked: Asked | None


def merge_by_code(session: Session, *, team: Team, code: str, by: Viewer, now: datetime) -> Merged:
    """Merge a team into the one that an invite code opens, or ask its captain where that is so.

    Raises:
        NotFound, Forbidden, Conflict: as `queries.team_to_join` and `merging.merge_teams` say.
    """
    into = team_to_join(session, code, by)
    check_captain(team, by)
    if into.challenge_id != team.challenge_id:
        raise Conflict(N_("A team merges with another team of the same challenge."))
    challenge = _hold_all(session, team, into)
    check_captain(team, by)
    invited = is_invited(session, into.id or 0, by.email)
    if entrance(joining=challenge.joining, invited=invited) is Entrance.ASK:
        check_merger(session, team=team, into=into, now=now)
        asked = ask(session, team=into, account_id=by.account_id, merging=team, now=now)
        return Merged(into, asked)
    _merge(session, challenge, team=team, into=into, actor_id=by.id, now=now)
    return Merged(into, None)


def accept_merger(
    session: Session, *, into: Team, request_id: int, by: Viewer, now: datetime
) -> Team:
    """Let in the team that asked to merge; return it, closed.

    Raises:
        NotFound: there is no such request, or the team is no more.
        Forbidden, Conflict: as `merging.merge_teams` says; the request is not one to merge.
    """
    check_captain(into, by)
    request = open_request(session, into.id or 0, request_id)
    if request.merging_team_id is None:
        raise Conflict(N_("This is a person's request: it is accepted as such."))
    team = team_by_id(session, request.merging_team_id)
    challenge = _hold_all(session, team, into)
    check_captain(into, by)
    session.refresh(request)
    if team.captain_id != request.account_id:
        raise Conflict(
            N_("%(team)s has another captain since it asked. Its captain can ask again."),
            team=team.name,
        )
    decide(session, open_request(session, into.id or 0, request_id), RequestState.APPROVED, now)
    _merge(session, challenge, team=team, into=into, actor_id=by.id, now=now)
    return team


def _merge(
    session: Session,
    challenge: Challenge,
    *,
    team: Team,
    into: Team,
    actor_id: int | None,
    now: datetime,
) -> None:
    phases = phases_of(session, challenge.id or 0)

    def move(source: int, target: int) -> None:
        _drop_picks(session, phases, source, target)
        session.execute(
            sa.update(Submission).where(col(Submission.team_id) == source).values(team_id=target)
        )
        _move_admissions(session, source, target)
        given = sa.update(ExtraSubmissions).where(col(ExtraSubmissions.team_id) == source)
        session.execute(given.values(team_id=target))

    merge_teams(
        session,
        team=team,
        into=into,
        counts_by_phase=_counts(session, team.id or 0, into.id or 0),
        phases=phases,
        move=move,
        actor_id=actor_id,
        now=now,
    )
    session.flush()
    for changed in (team, into):
        rebuild_team(session, team_id=changed.id or 0, now=now)


def _hold_all(session: Session, team: Team, into: Team) -> Challenge:
    """Hold the submissions before the teams, as a score on its way does: no ring of waiting."""
    query = (
        select(Submission.id)
        .where(col(Submission.team_id).in_([team.id, into.id]))
        .order_by(col(Submission.id))
        .with_for_update()
    )
    session.exec(query).all()
    return hold(session, team, into)


def _counts(session: Session, team_id: int, into_id: int) -> Mapping[int, tuple[int, int]]:
    """Return the counted submissions of two teams by the phase's id."""
    query = (
        select(
            Submission.phase_id,
            func.sum(sa.case((col(Submission.team_id) == team_id, 1), else_=0)),
            func.sum(sa.case((col(Submission.team_id) == into_id, 1), else_=0)),
        )
        .where(
            col(Submission.team_id).in_([team_id, into_id]),
            col(Submission.late).is_(False),
            counts_in_quota(),
        )
        .group_by(col(Submission.phase_id))
    )
    counts = {phase: (int(brought), int(kept)) for phase, brought, kept in session.exec(query)}
    for (team, phase), failed in failed_by_phase(session, [team_id, into_id]).items():
        brought, kept = counts.get(phase, (0, 0))
        more = failures_that_count(failed, now=failed[-1]).total
        counts[phase] = (brought + more, kept) if team == team_id else (brought, kept + more)
    return _beyond_given(session, counts, team_id, into_id)


def _beyond_given(
    session: Session, counts: dict[int, tuple[int, int]], team_id: int, into_id: int
) -> dict[int, tuple[int, int]]:
    """Leave out what the organisers gave a team beyond the quotas; who used some has one left."""
    query = select(ExtraSubmissions).where(
        col(ExtraSubmissions.team_id).in_([team_id, into_id]),
        col(ExtraSubmissions.phase_id).in_(counts),
    )
    for given in session.exec(query):
        brought, kept = counts[given.phase_id]
        more = max(given.total, given.per_day)
        if given.team_id == team_id:
            counts[given.phase_id] = (max(min(brought, 1), brought - more), kept)
        else:
            counts[given.phase_id] = (brought, max(min(kept, 1), kept - more))
    return counts


def _drop_picks(session: Session, phases: list[Phase], source: int, target: int) -> None:
    """Where the picks of both are more than a team has, those of the kept team stand."""
    for phase in phases:
        picked = select(func.count()).where(
            Submission.phase_id == phase.id,
            col(Submission.team_id).in_([source, target]),
            col(Submission.selected).is_(True),
        )
        if session.exec(picked).one() > phase.select:
            session.execute(
                sa.update(Submission)
                .where(col(Submission.phase_id) == phase.id, col(Submission.team_id) == source)
                .values(selected=False)
            )


def _move_admissions(session: Session, source: int, target: int) -> None:
    """A phase that admitted one of the two admits the team they became."""
    admitted = session.exec(select(Admission).where(Admission.team_id == source)).all()
    for admission in admitted:
        session.merge(Admission(phase_id=admission.phase_id, team_id=target))
        session.delete(admission)
    session.flush()
