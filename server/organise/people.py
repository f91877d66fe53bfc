"""Who runs a challenge: owners, organisers and judges; named by the owners."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import account_by_email, account_by_id
from server.challenges.models import Challenge, Organiser
from server.challenges.rules import Role
from server.notifications.actions import notify
from server.shared import events
from server.shared.errors import N_, Conflict, Invalid, NotFound

THE_LAST_OWNER = N_(
    "This is the only owner. Make somebody else an owner first: a challenge without one could be "
    "given to nobody."
)


class Person(NamedTuple):
    """One of a challenge's people."""

    account: Account
    role: Role


def people_of(session: Session, challenge_id: int) -> list[Person]:
    """Return a challenge's people: owners, organisers, judges, each by name."""
    query = (
        select(Account, Organiser.role)
        .join(Organiser, col(Organiser.account_id) == col(Account.id))
        .where(Organiser.challenge_id == challenge_id)
    )
    order = list(Role)
    found = [Person(account, Role(role)) for account, role in session.exec(query)]
    return sorted(found, key=lambda p: (order.index(p.role), p.account.name, p.account.id or 0))


def add_person(
    session: Session, *, challenge_id: int, email: str, role: Role, actor_id: int, now: datetime
) -> Account:
    """Let an account run a challenge, or judge it, and tell them.

    Raises:
        Invalid: no account has this address, or its address is not confirmed.
        Conflict: it is one of the challenge's people already.
    """
    account = account_by_email(session, email)
    if account is None or account.id is None or account.closed_at is not None:
        raise Invalid(
            N_("Nobody has an account here with this address. Let them sign up first, then add."),
            field="email",
        )
    if account.confirmed_at is None:
        raise Invalid(
            N_("This address is not confirmed yet: whoever signed up may not be who you mean."),
            field="email",
        )
    # Of two owners who add the same person at once the second waits here, and sees the first's.
    held = select(Challenge).where(Challenge.id == challenge_id)
    challenge = session.exec(held.with_for_update(key_share=True)).one()
    if session.get(Organiser, (challenge_id, account.id)) is not None:
        raise Conflict(
            N_("%(name)s is one of this challenge's people already; change the role in the list."),
            field="email",
            name=account.name,
        )
    session.add(Organiser(challenge_id=challenge_id, account_id=account.id, role=role))
    _record(session, "organiser.added", challenge_id, account.id, actor_id, now, role=role.value)
    if account.id != actor_id:
        _tell(session, challenge, account.id, actor_id=actor_id, now=now)
    return account


def _tell(
    session: Session, challenge: Challenge, account_id: int, *, actor_id: int, now: datetime
) -> None:
    actor = account_by_id(session, actor_id)
    notify(
        session,
        kind="role_given",
        account_ids=[account_id],
        values={"person": actor.name, "challenge": challenge.title},
        link=f"/organise/{challenge.slug}",
        now=now,
    )


def change_role(
    session: Session,
    *,
    challenge_id: int,
    account_id: int,
    role: Role,
    actor_id: int,
    now: datetime,
) -> None:
    """Give one of a challenge's people another role; the same again changes nothing.

    Raises:
        NotFound: the account is none of them.
        Conflict: it is the only owner.
    """
    row = _row(session, challenge_id, account_id)
    if row.role is role:
        return
    before = row.role
    _keep_an_owner(session, row)
    row.role = role
    said = {"before": before.value, "role": role.value}
    _record(session, "organiser.role_changed", challenge_id, account_id, actor_id, now, **said)


def remove_person(
    session: Session, *, challenge_id: int, account_id: int, actor_id: int, now: datetime
) -> None:
    """Take somebody off a challenge's people. Raises as `change_role` does."""
    row = _row(session, challenge_id, account_id)
    _keep_an_owner(session, row)
    session.delete(row)
    _record(session, "organiser.removed", challenge_id, account_id, actor_id, now)


def _row(session: Session, challenge_id: int, account_id: int) -> Organiser:
    """Return the row of one of a challenge's people, as it stands once all others have written.

    All rows are locked, in one order: of two who take each other's ownership away at once, the
    second sees what the first did.
    """
    rows = _locked(session, challenge_id)
    found = next((row for row in rows if row.account_id == account_id), None)
    if found is None:
        raise NotFound(N_("This account is none of the challenge's people."))
    return found


def _locked(session: Session, challenge_id: int) -> Sequence[Organiser]:
    query = (
        select(Organiser)
        .where(Organiser.challenge_id == challenge_id)
        .order_by(col(Organiser.account_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.exec(query).all()


def _keep_an_owner(session: Session, row: Organiser) -> None:
    """Refuse to let the last owner go who could still sign in. Raises Conflict."""
    if row.role is not Role.OWNER:
        return
    others = (
        select(Organiser.account_id)
        .join(Account, col(Account.id) == col(Organiser.account_id))
        .where(
            Organiser.challenge_id == row.challenge_id,
            Organiser.role == Role.OWNER,
            Organiser.account_id != row.account_id,
            col(Account.closed_at).is_(None),
        )
        .limit(1)
    )
    if session.exec(others).first() is None:
        raise Conflict(THE_LAST_OWNER, code="last-owner")


def _record(
    session: Session,
    kind: str,
    challenge_id: int,
    account_id: int,
    actor_id: int,
    now: datetime,
    **said: Any,
) -> None:
    events.record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=challenge_id,
        subject_id=account_id,
        **said,
    )
