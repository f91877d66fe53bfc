"""What every member of some teams is told at once: rows of the outbox, in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app, url_for
from sqlmodel import Session, col

from server.accounts.models import Account
from server.challenges.models import Challenge
from server.shared.mail import post_all
from server.shared.web import services
from server.teams.models import Membership, Team

# A database takes only so many values in one statement.
TEAMS_AT_ONCE = 500


# Stands for a reader's name; no name has this character.
NAME = "\ue000"


class Reader(NamedTuple):
    """A member who is written to, with the team and the challenge that it is about."""

    team_id: int
    team: str
    challenge: str
    slug: str
    name: str
    email: str


def tell_teams(
    session: Session,
    team_ids: Iterable[int],
    *,
    template: str,
    subject: str,
    at: datetime,
    by_team: Mapping[int, Mapping[str, Any]] | None = None,
    **values: Any,
) -> int:
    """Write to every member of the teams, and return how many letters were posted.

    The template (a path below `templates/`) extends `layout/email.txt` and reads the `name` of
    its reader, the names of the `team` and the `challenge`, `desk` (the address of the team's
    page), `values`, and what `by_team` says of this team alone. Teams and accounts that are
    closed are passed over. Needs an application context; the caller commits.
    """
    letter = current_app.jinja_env.get_template(template)
    base_url = services().settings.base_url
    letters: list[tuple[str, str]] = []
    for team_id, readers in groupby(_readers(session, sorted(set(team_ids))), lambda r: r.team_id):
        members = list(readers)
        first = members[0]
        # One letter a team, and then a name on each: thousands are written in one transaction.
        body = letter.render(
            name=NAME,
            base_url=base_url,
            team=first.team,
            challenge=first.challenge,
            desk=address("teams.mine", slug=first.slug),
            **values,
            **(by_team or {}).get(team_id, {}),
        )
        letters += [(reader.email, body.replace(NAME, reader.name)) for reader in members]
    post_all(session, letters, subject=subject, now=at)
    return len(letters)


def address(endpoint: str, **values: Any) -> str:
    """Return a page's address as people use it, and not as this request came by."""
    return f"{services().settings.base_url.rstrip('/')}{url_for(endpoint, **values)}"


def _readers(session: Session, team_ids: Sequence[int]) -> Iterator[Reader]:
    query = (
        sa.select(
            col(Team.id),
            col(Team.name),
            col(Challenge.title),
            col(Challenge.slug),
            col(Account.name),
            col(Account.email),
        )
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .join(Challenge, col(Challenge.id) == col(Team.challenge_id))
        .where(col(Team.closed_at).is_(None), col(Account.closed_at).is_(None))
        .order_by(col(Team.id), col(Account.id))
    )
    for first in range(0, len(team_ids), TEAMS_AT_ONCE):
        some = team_ids[first : first + TEAMS_AT_ONCE]
        for row in session.execute(query.where(col(Team.id).in_(some))).all():
            yield Reader(*row)
