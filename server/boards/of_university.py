"""A university's part of a board: a team of several universities is in each one's."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.challenges.models import Challenge, Phase
from server.teams.models import TeamOrigin
from server.universities.models import FormerSlug, University


def is_of_university(
    session: Session, phase_id: int, slug: str, *, team: Any, university: Any
) -> sa.ColumnElement[bool]:
    """Return the condition of being a university's, on columns that hold team and university.

    By numbers: then the index gives a university's teams in the order of the board. On an
    anonymous board nobody is.
    """
    of_phase = col(Phase.challenge_id) == col(Challenge.id)
    query = sa.select(col(Challenge.same_university), col(Challenge.anonymous))
    query = query.join(Phase, of_phase).where(col(Phase.id) == phase_id)
    same, anonymous = session.execute(query).one()
    if anonymous:
        return sa.false()
    number = session.execute(_numbers(slug)).scalar()
    if same:
        return col(university) == number
    among = sa.select(col(TeamOrigin.team_id)).where(col(TeamOrigin.university_id) == number)
    return col(team).in_(among)


def _numbers(slug: str) -> sa.CompoundSelect[Any]:
    named = sa.select(col(University.id)).where(col(University.slug) == slug)
    former = sa.select(col(FormerSlug.university_id)).where(col(FormerSlug.slug) == slug)
    return named.union_all(former)
