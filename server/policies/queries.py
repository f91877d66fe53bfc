"""Reads of the texts about the service."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.policies.models import PolicyAcceptance, PolicyVersion
from server.policies.rules import SHIPPED_VERSION, Policy, is_outstanding
from server.shared.errors import N_, NotFound
from server.shared.language import LANGUAGES

FOLDER = Path(__file__).parent / "texts"
# The day the texts that come with the product were written.
SHIPPED_AT = datetime(2026, 11, 22, tzinfo=UTC)


class Text(NamedTuple):
    """A version of a policy in one language. `is_shipped`: nobody here has edited it yet."""

    policy: Policy
    version: int
    language: str
    markdown: str
    at: datetime
    material: bool
    is_shipped: bool


@cache
def shipped_texts(policy: Policy) -> Mapping[str, str]:
    """Return what comes with the product, by language."""
    return {
        language: (FOLDER / f"{policy}.{language}.md").read_text(encoding="utf-8").strip()
        for language in LANGUAGES
    }


def shipped(policy: Policy) -> PolicyVersion:
    """Return the version that comes with the product."""
    return PolicyVersion(
        policy=policy,
        version=SHIPPED_VERSION,
        texts=dict(shipped_texts(policy)),
        created_at=SHIPPED_AT,
    )


def versions(session: Session, policy: Policy) -> list[PolicyVersion]:
    """Return every version, the newest first; the last is the one that was shipped."""
    query = select(PolicyVersion).where(PolicyVersion.policy == policy)
    written = list(session.exec(query.order_by(col(PolicyVersion.version).desc())))
    return [*written, shipped(policy)]


def present(session: Session, policy: Policy) -> PolicyVersion:
    """Return the version in force."""
    query = select(PolicyVersion).where(PolicyVersion.policy == policy)
    found = session.exec(query.order_by(col(PolicyVersion.version).desc()).limit(1)).first()
    return found or shipped(policy)


def version_of(session: Session, policy: Policy, number: int | None) -> PolicyVersion:
    """Return a version by its number, or the one in force. Raises NotFound."""
    if number is None:
        return present(session, policy)
    if number == SHIPPED_VERSION:
        return shipped(policy)
    found = session.get(PolicyVersion, (policy, number))
    if found is None:
        raise NotFound(N_("There is no such version of this text."))
    return found


def text_of(row: PolicyVersion, language: str) -> Text:
    """Return a version in a language, or in another where it was not written in that one."""
    order = [language, *LANGUAGES]
    spoken = next((code for code in order if row.texts.get(code)), LANGUAGES[0])
    return Text(
        policy=row.policy,
        version=row.version,
        language=spoken,
        markdown=row.texts.get(spoken, ""),
        at=row.created_at,
        material=row.material,
        is_shipped=row.version == SHIPPED_VERSION,
    )


def outstanding(session: Session, account_id: int) -> list[Policy]:
    """Return the texts that changed in what matters since an account agreed to them."""
    needed = dict(
        session.execute(
            sa.select(col(PolicyVersion.policy), sa.func.max(col(PolicyVersion.version)))
            .where(col(PolicyVersion.material).is_(True))
            .group_by(col(PolicyVersion.policy))
        )
        .tuples()
        .all()
    )
    if not needed:
        return []
    mine = {row.policy: row.version for row in acceptances(session, account_id)}
    return [
        policy
        for policy in Policy
        if is_outstanding(accepted=mine.get(policy), needed=needed.get(policy, 0))
    ]


def acceptances(session: Session, account_id: int) -> list[PolicyAcceptance]:
    """Return what an account agreed to, and when."""
    query = select(PolicyAcceptance).where(PolicyAcceptance.account_id == account_id)
    return list(session.exec(query.order_by(col(PolicyAcceptance.policy))))
