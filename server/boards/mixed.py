"""The universities of mixed teams: a board's row names the first and counts the others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.rows import Row, UniversityName
from server.challenges.models import Challenge
from server.teams.models import Team, TeamOrigin
from server.universities.models import University

Among = tuple[UniversityName, ...]


def names_mixed(challenge: Challenge) -> bool:
    """Whether a challenge's boards name teams of several universities: elsewhere none is sought."""
    return not (challenge.same_university or challenge.anonymous)


def with_universities(session: Session, rows: Sequence[Row]) -> list[Row]:
    """Return rows with all universities of each mixed team, in one query."""
    among = universities_among(session, (row.team.id for row in rows if row.team))
    return [_named(row, among) for row in rows] if among else list(rows)


def _named(row: Row, among: Mapping[int, Among]) -> Row:
    found = among.get(row.team.id) if row.team else None
    return row if found is None else row._replace(among=first_of(found, row.university))


def first_of(among: Among, own: UniversityName | None) -> Among:
    """Return the universities of a team with its captain's before the others."""
    return tuple(sorted(among, key=lambda university: university != own))


def universities_among(session: Session, team_ids: Iterable[int]) -> dict[int, Among]:
    """Return the universities, by name, among which teams are split: those of mixed challenges.

    Of a challenge whose board is anonymous there are none.
    """
    query = (
        sa.select(col(TeamOrigin.team_id), col(University.slug), col(University.name))
        .join(University, col(University.id) == col(TeamOrigin.university_id))
        .join(Team, col(Team.id) == col(TeamOrigin.team_id))
        .join(Challenge, col(Challenge.id) == col(Team.challenge_id))
        .where(
            col(TeamOrigin.team_id).in_(list(team_ids)),
            col(Challenge.same_university).is_(False),
            col(Challenge.anonymous).is_(False),
        )
        .distinct()
        .order_by(col(TeamOrigin.team_id), col(University.name), col(University.slug))
    )
    found: dict[int, list[UniversityName]] = defaultdict(list)
    for team_id, slug, name in session.execute(query):
        found[team_id].append(UniversityName(slug, name))
    return {team_id: tuple(universities) for team_id, universities in found.items()}
