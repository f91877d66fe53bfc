"""Two teams become one, where together they submitted no more than one team could have."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from server.challenges.models import Phase
from server.shared.errors import N_, Conflict
from server.teams.models import Membership, Team, TeamOrigin
from server.teams.origins import fix_university
from server.teams.queries import (
    affiliation,
    challenge_of,
    members_of,
    size_of,
    university_id_of,
)
from server.teams.rules import (
    PhaseUse,
    check_final,
    check_merged_quota,
    check_room,
    check_university,
)
from server.teams.seats import check_changeable, drop_requests, log, refuse_requests


def merge_teams(
    session: Session,
    *,
    team: Team,
    into: Team,
    counts_by_phase: Mapping[int, tuple[int, int]],
    phases: Sequence[Phase],
    move: Callable[[int, int], None],
    actor_id: int | None,
    now: datetime,
) -> None:
    """Merge a team into another, which is kept with its name, captain and board entries.

    The caller holds both teams. `counts_by_phase` has the counted submissions of the two by the
    phase's id; `move(from_id, to_id)` gives the one's submissions to the other.

    Raises:
        Conflict, Forbidden: as `check_merger` says, or the quota of a phase is exceeded.
    """
    check_merger(session, team=team, into=into, now=now)
    uses = _uses(phases, counts_by_phase)
    check_final(uses, team=team.name)
    check_merged_quota(uses, now=now)
    assert team.id is not None
    assert into.id is not None
    if into.fixed_at is None and team.fixed_at is not None:
        fix_university(session, team=into, now=now)
    move(team.id, into.id)
    comers = members_of(session, team.id)
    session.execute(
        sa.update(Membership).where(col(Membership.team_id) == team.id).values(team_id=into.id)
    )
    _move_origins(session, team.id, into.id)
    team.merged_into, team.closed_at = into.id, now
    session.add(team)
    for account in comers:
        drop_requests(session, account.id or 0, team.challenge_id, now)
    refuse_requests(session, team, now)
    log(session, "team.merged", into, at=now, actor_id=actor_id, subject_id=team.id)


def _move_origins(session: Session, gone_id: int, kept_id: int) -> None:
    """Split the merged team among the universities of both."""
    known = sa.select(col(TeamOrigin.account_id)).where(col(TeamOrigin.team_id) == kept_id)
    session.execute(
        sa.update(TeamOrigin)
        .where(
            col(TeamOrigin.team_id) == gone_id,
            col(TeamOrigin.account_id).not_in(known.scalar_subquery()),
        )
        .values(team_id=kept_id)
        .execution_options(synchronize_session=False)
    )


def check_merger(session: Session, *, team: Team, into: Team, now: datetime) -> None:
    """Raise the refusal that keeps two teams apart, the quotas aside, if there is one."""
    if team.id == into.id or team.challenge_id != into.challenge_id:
        raise Conflict(N_("A team merges with another team of the same challenge."))
    challenge = challenge_of(session, into)
    check_changeable(session, challenge, team, now)
    check_changeable(session, challenge, into, now)
    check_room(
        members=size_of(session, into.id or 0),
        coming=size_of(session, team.id or 0),
        max_size=challenge.max_size,
    )
    check_university(
        same_university=challenge.same_university,
        team=into.name,
        of_team=affiliation(session, university_id_of(session, into)),
        comer=team.name,
        of_comer=affiliation(session, university_id_of(session, team)),
    )


def _uses(phases: Sequence[Phase], counts: Mapping[int, tuple[int, int]]) -> list[PhaseUse]:
    return [
        PhaseUse(
            title=phase.title,
            per_day=phase.per_day,
            total=phase.total,
            starts=phase.starts,
            ends=phase.ends,
            revealed=phase.revealed_at is not None,
            brought=counts.get(phase.id or 0, (0, 0))[0],
            kept=counts.get(phase.id or 0, (0, 0))[1],
        )
        for phase in phases
    ]
