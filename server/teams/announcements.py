"""What everybody in a challenge is told: one statement, however many teams there are."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlmodel import Session, col

from server.challenges.models import Challenge
from server.notifications.actions import notify
from server.notifications.letters import NAME, Letter
from server.shared.mail import NO_MORE
from server.shared.web import services
from server.teams.models import Membership, Team


def tell_everybody(
    session: Session,
    challenge: Challenge,
    *,
    kind: str,
    said: Mapping[str, Any],
    link: str,
    template: str,
    subject: Callable[[], str],
    at: datetime,
    **values: Any,
) -> int:
    """Tell every member of every team of a challenge, as each wants it; return how many.

    `kind`, `link` and `said` beside the challenge's title are what `notify` keeps. The template
    (a path below `templates/`) extends `layout/email.txt`; it reads the `name` of its reader, the
    `challenge`, and `values`. It and the subject are written once for each language. Needs an
    application context; the caller commits.
    """
    template_of = current_app.jinja_env.get_template(template)
    base_url = services().settings.base_url

    def write() -> Letter:
        body = template_of.render(
            name=NAME, base_url=base_url, no_more=NO_MORE, challenge=challenge, **values
        )
        return Letter(subject(), body)

    return notify(
        session,
        kind=kind,
        account_ids=everybody(challenge),
        values={"challenge": challenge.title, **said},
        link=link,
        now=at,
        letter=write,
    )


def everybody(challenge: Challenge) -> sa.Select[Any]:
    """Return the ids of the members of every team of a challenge, as a query."""
    return (
        sa.select(col(Membership.account_id))
        .join(Team, col(Team.id) == col(Membership.team_id))
        .where(
            col(Membership.challenge_id) == challenge.id,
            col(Team.closed_at).is_(None),
        )
    )
