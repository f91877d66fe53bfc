"""What every member of some teams is told at once, in one transaction: the bell, and letters."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app, url_for
from sqlmodel import Session, col

from server.accounts.models import Account
from server.accounts.queries import language_of_account
from server.challenges.models import Challenge
from server.notifications.actions import Told, notify_each
from server.notifications.letters import NAME
from server.notifications.queries import wanting
from server.notifications.rules import Channel
from server.shared.language import speaking
from server.shared.mail import NO_MORE, Ending, post_all
from server.shared.web import services
from server.teams.models import Membership, Team

# A database takes only so many values in one statement.
TEAMS_AT_ONCE = 500


class Reader(NamedTuple):
    """A member who is told, with the team and the challenge that it is about."""

    team_id: int
    team: str
    challenge: str
    slug: str
    account_id: int
    name: str
    email: str
    language: str


def tell_teams(
    session: Session,
    team_ids: Iterable[int],
    *,
    kind: str,
    template: str,
    subject: Callable[[], str],
    at: datetime,
    said: Mapping[str, Any] | None = None,
    by_team: Mapping[int, Mapping[str, Any]] | None = None,
    **values: Any,
) -> int:
    """Tell every member of the teams, as each wants it; return how many people there are.

    The bell keeps the kind with the names of the challenge and the team, and `said`. The template
    (a path below `templates/`) extends `layout/email.txt` and reads the `name` of its reader, the
    names of the `team` and the `challenge`, `desk` (the address of the team's page), `values`, and
    what `by_team` says of this team alone; it and the subject are written in each reader's
    language. Teams and accounts that are closed are passed over. Needs an application context;
    the caller commits.
    """
    letter = current_app.jinja_env.get_template(template)

    def write(reader: Reader) -> str:
        return letter.render(
            name=NAME,
            base_url=services().settings.base_url,
            no_more=NO_MORE,
            team=reader.team,
            challenge=reader.challenge,
            desk=address("teams.mine", slug=reader.slug),
            **values,
            **(by_team or {}).get(reader.team_id, {}),
        )

    return tell_members(
        session, team_ids, kind=kind, write=write, subject=subject, at=at, said=said
    )


def tell_members(
    session: Session,
    team_ids: Iterable[int],
    *,
    kind: str,
    write: Callable[[Reader], str],
    subject: Callable[[], str],
    at: datetime,
    said: Mapping[str, Any] | None = None,
) -> int:
    """Tell every member of the teams, as each wants it; return how many people there are.

    `write` makes the letter to a team, whose every member's name is put where NAME stands; it and
    the subject are asked for in each reader's language. The rest as `tell_teams`; a worker, which
    has no application, can do this. The caller commits.
    """
    readers = list(_readers(session, sorted(set(team_ids))))
    told = [Told(r.account_id, _kept(r, said or {}), f"/challenges/{r.slug}/team") for r in readers]
    notify_each(session, kind=kind, told=told, now=at)
    ids = (reader.account_id for reader in readers)
    by_mail = wanting(session, ids, kind=kind, channel=Channel.MAIL)
    written = [reader for reader in readers if reader.account_id in by_mail]
    for code, speakers in groupby(sorted(written, key=_language), _language):
        with speaking(code):
            _post(session, kind, _letters(list(speakers), write), subject(), at)
    return len(readers)


def _kept(reader: Reader, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"challenge": reader.challenge, "team": reader.team, **said}


def _language(reader: Reader) -> str:
    return reader.language


def _letters(readers: Sequence[Reader], write: Callable[[Reader], str]) -> list[tuple[Reader, str]]:
    """Write one letter a team, and then a name on each: thousands go in one transaction."""
    letters = []
    for _, group in groupby(sorted(readers), lambda reader: reader.team_id):
        members = list(group)
        body = write(members[0])
        letters += [(reader, body.replace(NAME, reader.name)) for reader in members]
    return letters


def _post(
    session: Session, kind: str, letters: Sequence[tuple[Reader, str]], subject: str, at: datetime
) -> None:
    post_all(
        session,
        [(reader.email, body) for reader, body in letters],
        subject=subject,
        now=at,
        endings=[Ending(reader.account_id, kind) for reader, _ in letters],
    )


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
            col(Account.id),
            col(Account.name),
            col(Account.email),
            language_of_account(),
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
