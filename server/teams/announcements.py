"""What everybody in a challenge is told: one statement, however many teams there are."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlmodel import Session, col

from server.accounts.models import Account
from server.challenges.models import Challenge
from server.shared.database import UTCDateTime, changed_rows
from server.shared.mail import OutgoingMail
from server.shared.web import services
from server.teams.models import Membership, Team

# Stands for the reader's name in the one letter that is written; nobody is called so.
NAME = "\ue000"
LONGEST_SUBJECT = 300


def tell_everybody(
    session: Session,
    challenge: Challenge,
    *,
    template: str,
    subject: str,
    at: datetime,
    **values: Any,
) -> int:
    """Write to every member of every team of a challenge; return how many letters were posted.

    The template (a path below `templates/`) extends `layout/email.txt`; it reads the `name` of
    its reader, the `challenge`, and `values`. Needs an application context; the caller commits.
    """
    letter = current_app.jinja_env.get_template(template)
    base_url = services().settings.base_url
    body = letter.render(name=NAME, base_url=base_url, challenge=challenge, **values)
    before, _, after = body.partition(NAME)
    written = sa.literal(before, sa.Text) + col(Account.name) + sa.literal(after, sa.Text)
    readers = (
        sa.select(
            col(Account.email),
            sa.literal(subject[:LONGEST_SUBJECT], sa.Text),
            written,
            sa.literal(at, UTCDateTime),
            sa.literal(0),
        )
        .select_from(Membership)
        .join(Team, col(Team.id) == col(Membership.team_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            col(Membership.challenge_id) == challenge.id,
            col(Team.closed_at).is_(None),
            col(Account.closed_at).is_(None),
        )
    )
    columns = ["recipient", "subject", "body", "created_at", "attempts"]
    posted = sa.insert(OutgoingMail).from_select(columns, readers)
    return changed_rows(session, posted.execution_options(preserve_rowcount=True))
