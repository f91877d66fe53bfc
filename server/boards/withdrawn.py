"""Teams that a board names as withdrawn by the organiser: without rank, score or reason."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.models import Entry
from server.boards.rows import On, TeamName, UniversityName, on_board
from server.teams.models import Team
from server.universities.models import University


class Withdrawn(NamedTuple):
    """A team that the organisers took off the boards, and chose to say so."""

    team: TeamName
    university: UniversityName | None


def withdrawn_on(session: Session, on: On) -> list[Withdrawn]:
    """Return the teams of a board that are shown as withdrawn by the organiser, by name."""
    query = (
        sa.select(col(Team.id), col(Team.name), col(University.slug), col(University.name))
        .select_from(Entry)
        .join(Team, col(Team.id) == col(Entry.team_id))
        .outerjoin(University, col(University.id) == col(Entry.university_id))
        .where(
            *on_board(on, ranked=False),
            col(Team.disqualified_at).is_not(None),
            col(Team.disqualified_shown).is_(True),
        )
        .order_by(col(Team.name_key))
    )
    return [
        Withdrawn(TeamName(team_id, name), UniversityName(slug, university) if slug else None)
        for team_id, name, slug, university in session.execute(query)
    ]
