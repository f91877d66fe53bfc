"""For which university a team competes: decided at its first submission, and kept."""

from datetime import datetime

from sqlmodel import Session

from server.teams.models import Team, TeamOrigin
from server.teams.queries import challenge_of, members_of, university_id_of
from server.teams.seats import log


def fix_university(session: Session, *, team: Team, now: datetime) -> None:
    """At its first submission a team's university is its captain's, from then on for good."""
    if team.fixed_at is not None:
        return
    team.university_id = university_id_of(session, team)
    team.fixed_at = now
    session.add(team)
    if not challenge_of(session, team).same_university:
        _keep_origins(session, team)
    log(session, "university.fixed", team, at=now, actor_id=None, university=team.university_id)


def _keep_origins(session: Session, team: Team) -> None:
    """Keep whom each member of a mixed team competes for: it is split equally among them."""
    team_id = team.id or 0
    for member in members_of(session, team_id):
        if member.id and member.university_id:
            origin = TeamOrigin(
                team_id=team_id, account_id=member.id, university_id=member.university_id
            )
            session.add(origin)
