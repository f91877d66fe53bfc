"""Joining a team, and what is kept of it."""

from sqlmodel import Session, select

from server.shared.events import Event
from server.teams.models import Team
from server.teams.queries import members_of


def names(session: Session, team: Team) -> list[str]:
    return [member.name for member in members_of(session, team.id)]


def kinds(session: Session) -> list[str]:
    return list(session.exec(select(Event.kind).order_by(Event.id)))


def own(session: Session, team: Team) -> Team:
    return session.get_one(Team, team.id)
