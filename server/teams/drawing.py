"""Names that are drawn: of every team of a class whose board becomes anonymous."""

from sqlmodel import Session, col, select

from server.accounts.queries import account_by_id
from server.challenges.models import Challenge
from server.teams.models import Team
from server.teams.seats import name_for


def draw_names(session: Session, challenge: Challenge) -> None:
    """Draw a name for each team of an anonymous challenge; the names that they had are lost."""
    query = select(Team).where(Team.challenge_id == challenge.id, col(Team.closed_at).is_(None))
    for team in session.exec(query).all():
        captain = account_by_id(session, team.captain_id)
        chosen = name_for(session, challenge, captain, None)
        team.name, team.name_key = chosen.name, chosen.key
        session.add(team)
        session.flush()
