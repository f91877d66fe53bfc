"""Who writes a draft with its owner, or judges it: let in, told of it, and taken off again."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts.queries import account_by_email, account_by_id
from server.challenges.rules import Role
from server.drafts.actions import log_draft, open_draft
from server.drafts.models import ChallengeDraft, DraftPerson
from server.notifications.actions import notify
from server.shared.errors import N_, Invalid


def let_in(
    session: Session, draft_id: int, *, email: str, role: str, actor_id: int, now: datetime
) -> None:
    """Let an account into a draft, and tell them; the same again changes nothing.

    Raises:
        Invalid, Conflict.
    """
    draft = open_draft(session, draft_id)
    account = account_by_email(session, email)
    if account is None or account.id is None or account.closed_at is not None:
        raise Invalid(
            N_("There is no account with this address. Ask them to sign up first."), field="email"
        )
    if account.confirmed_at is None:
        raise Invalid(
            N_("This address is not confirmed yet: whoever signed up may not be who you mean."),
            field="email",
        )
    if account.id == draft.owner_id:
        raise Invalid(N_("This is the owner already."), field="email")
    if role not in (Role.ORGANISER, Role.JUDGE, Role.OWNER):
        raise Invalid(N_("Choose a role."), field="role")
    row = session.get(DraftPerson, (draft_id, account.id))
    if row is not None and row.role == role:
        return
    if row is None:
        row = DraftPerson(draft_id=draft_id, account_id=account.id, role=role)
        _tell(session, draft, account.id, actor_id=actor_id, now=now)
    row.role = role
    session.add(row)
    log_draft(session, "draft.person_added", draft, actor_id=actor_id, now=now, person=account.id)


def _tell(
    session: Session, draft: ChallengeDraft, account_id: int, *, actor_id: int, now: datetime
) -> None:
    actor = account_by_id(session, actor_id)
    title = str(draft.definition.get("title") or draft.slug)
    notify(
        session,
        kind="draft_shared",
        account_ids=[account_id],
        values={"person": actor.name, "challenge": title},
        link=f"/organise/drafts/{draft.id}",
        now=now,
    )


def take_off(
    session: Session, draft_id: int, *, account_id: int, actor_id: int, now: datetime
) -> None:
    """Take somebody off a draft."""
    draft = open_draft(session, draft_id)
    session.execute(
        sa.delete(DraftPerson).where(
            col(DraftPerson.draft_id) == draft_id, col(DraftPerson.account_id) == account_id
        )
    )
    log_draft(session, "draft.person_removed", draft, actor_id=actor_id, now=now, person=account_id)
