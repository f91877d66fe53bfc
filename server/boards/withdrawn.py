"""Teams that a board names as withdrawn by the organiser: without rank, score or reason."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.mixed import Among, first_of, universities_among
from server.boards.models import Entry
from server.boards.rows import On, TeamName, UniversityName, asked_on, on_asked_board
from server.teams.models import Team
from server.universities.models import University


class Withdrawn(NamedTuple):
    """A team that the organisers took off the boards, and chose to say so."""

    team: TeamName
    university: UniversityName | None
    universities: tuple[UniversityName, ...] = ()


def withdrawn_on(session: Session, on: On) -> list[Withdrawn]:
    """Return the teams of a board that are shown as withdrawn by the organiser, by name."""
    found = [
        Withdrawn(TeamName(team_id, name), UniversityName(slug, university) if slug else None)
        for team_id, name, slug, university in session.execute(_withdrawn(), asked_on(on))
    ]
    among = universities_among(session, [row.team.id for row in found]) if found else {}
    return [row._replace(universities=_all_of(row, among)) for row in found]


@cache
def _withdrawn() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(col(Team.id), col(Team.name), col(University.slug), col(University.name))
        .select_from(Entry)
        .join(Team, col(Team.id) == col(Entry.team_id))
        .outerjoin(University, col(University.id) == col(Entry.university_id))
        .where(
            *on_asked_board(ranked=False),
            col(Team.disqualified_at).is_not(None),
            col(Team.disqualified_shown).is_(True),
        )
        .order_by(col(Team.name_key))
    )


def _all_of(row: Withdrawn, among: Mapping[int, Among]) -> Among:
    own = (row.university,) if row.university else ()
    return first_of(among.get(row.team.id, own), row.university)
