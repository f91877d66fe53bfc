"""Writes of the texts about the service: a new version, and that somebody agreed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from server.policies.models import PolicyAcceptance, PolicyVersion
from server.policies.queries import present
from server.policies.rules import Policy, clean_text
from server.shared import events
from server.shared.errors import N_, Conflict, Invalid
from server.shared.language import LANGUAGES


def write(
    session: Session,
    *,
    policy: Policy,
    texts: Mapping[str, str],
    material: bool,
    before: int,
    actor_id: int,
    now: datetime,
) -> PolicyVersion:
    """Put a new version into force. `before`: the version that the writer changed.

    Raises:
        Invalid: no language has a text, or nothing was changed.
        Conflict: somebody else wrote a version meanwhile.
    """
    clean = {code: clean_text(texts.get(code, ""), field=code) for code in LANGUAGES}
    kept = {code: text for code, text in clean.items() if text}
    latest = present(session, policy)
    if not kept.get(LANGUAGES[0]):
        raise Invalid(
            N_("The English text is needed: it stands where no other is written."),
            field=LANGUAGES[0],
        )
    if latest.version != before:
        raise Conflict(N_("Somebody else wrote a version meanwhile. Copy yours, and look at it."))
    if kept == latest.texts and not material:
        raise Invalid(N_("Nothing was changed."), field=LANGUAGES[0])
    row = PolicyVersion(
        policy=policy,
        version=latest.version + 1,
        texts=kept,
        material=material,
        created_at=now,
        created_by=actor_id,
    )
    _add(session, row)
    events.record(
        session,
        "policy.written",
        at=now,
        actor_id=actor_id,
        policy=policy.value,
        version=row.version,
        material=material,
    )
    return row


def _add(session: Session, row: PolicyVersion) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(
            N_("Somebody else wrote a version meanwhile. Copy yours, and look at it.")
        ) from error


def accept(
    session: Session, *, account_id: int, policy: Policy, version: int, now: datetime
) -> None:
    """Record that an account agreed to a version. Raises Conflict for one not in force."""
    if present(session, policy).version != version:
        raise Conflict(N_("The text was changed this moment. Please read the newest version."))
    row = session.get(PolicyAcceptance, (account_id, policy)) or PolicyAcceptance(
        account_id=account_id, policy=policy, version=version, at=now
    )
    row.version, row.at = version, now
    session.add(row)
    events.record(
        session,
        "policy.accepted",
        at=now,
        actor_id=account_id,
        subject_id=account_id,
        policy=policy.value,
        version=version,
    )


def accept_present(session: Session, *, account_id: int, now: datetime) -> None:
    """Record that an account agreed to what is in force: it signed up under it."""
    for policy in Policy:
        version = present(session, policy).version
        accept(session, account_id=account_id, policy=policy, version=version, now=now)
