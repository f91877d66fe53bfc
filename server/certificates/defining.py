"""Writes of standards: define one, change it, take it away."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.certificates.definition import StandardDefinition
from server.certificates.models import (
    Certificate,
    CertificateJob,
    LevelPreview,
    Standard,
    StandardChallenge,
)
from server.certificates.queries import baselines_of, may_define
from server.challenges.models import Challenge
from server.challenges.queries import phases_of
from server.shared.access import Viewer
from server.shared.errors import N_, Conflict, FieldError, Forbidden, Invalid, NotFound
from server.shared.events import record
from server.universities.rules import clean_slug


def define_standard(
    session: Session,
    definition: StandardDefinition,
    *,
    viewer: Viewer | None,
    now: datetime,
) -> Standard:
    """Make a standard, or change the one that has its slug. `viewer` None: the server's own shell.

    Raises:
        Invalid: it names a challenge, a phase or a baseline that is not there.
        Forbidden: the viewer does not run every challenge that it names, before and after.
    """
    slug = clean_slug(definition.slug)
    challenges = _challenges(session, definition)
    row = session.exec(select(Standard).where(Standard.slug == slug).with_for_update()).first()
    before = _named_before(session, row)
    if viewer is not None and not may_define(session, [*challenges, *before], viewer):
        raise Forbidden(
            N_("A standard is for administrators, and for organisers of all that it names.")
        )
    actor_id = viewer.account_id if viewer else None
    kind = "standard.defined" if row is None else "standard.changed"
    row = row or _new(slug, actor_id, now)
    row.title, row.issuer = definition.title, definition.issuer
    row.summary, row.levels, row.updated_at = definition.summary, definition.stored(), now
    session.add(row)
    session.flush()
    _name_challenges(session, row, challenges)
    record(session, kind, at=now, actor_id=actor_id, subject_id=row.id, slug=slug)
    return row


def _new(slug: str, actor_id: int | None, now: datetime) -> Standard:
    return Standard(
        slug=slug,
        title="",
        issuer="",
        levels={},
        created_by=actor_id,
        created_at=now,
        updated_at=now,
    )


def _named_before(session: Session, row: Standard | None) -> Sequence[Challenge]:
    if row is None:
        return ()
    query = select(Challenge).join(
        StandardChallenge, col(StandardChallenge.challenge_id) == col(Challenge.id)
    )
    return session.exec(query.where(StandardChallenge.standard_id == row.id)).all()


def _name_challenges(session: Session, row: Standard, challenges: Iterable[Challenge]) -> None:
    session.execute(
        sa.delete(StandardChallenge).where(col(StandardChallenge.standard_id) == row.id)
    )
    for challenge in challenges:
        session.add(StandardChallenge(standard_id=row.id or 0, challenge_id=challenge.id or 0))
    session.flush()


def _challenges(session: Session, definition: StandardDefinition) -> list[Challenge]:
    """Return the challenges that a standard names. Raises Invalid, with every one that is not."""
    named = definition.named()
    query = select(Challenge).where(col(Challenge.slug).in_({n.challenge for n in named}))
    found = {challenge.slug: challenge for challenge in session.exec(query)}
    faults = []
    for one in dict.fromkeys(named):
        challenge = found.get(one.challenge)
        if challenge is None:
            said = N_("There is no challenge of that name.")
        elif one.phase and one.phase not in {p.slug for p in phases_of(session, challenge.id or 0)}:
            said = N_("The challenge has no such phase.")
        elif one.baseline and one.baseline not in baselines_of(session, [challenge.id or 0]).get(
            challenge.id or 0, ()
        ):
            said = N_("The challenge has no baseline of that name.")
        else:
            continue
        faults.append(FieldError("/".join(filter(None, one)), said))
    if faults:
        raise Invalid(N_("The standard can't be used as it is."), errors=tuple(faults))
    return list(found.values())


def _baselines(session: Session, challenge: Challenge) -> Collection[str]:
    number = challenge.id or 0
    return baselines_of(session, [number]).get(number, ())


def delete_standard(session: Session, *, standard: Standard, actor_id: int, now: datetime) -> None:
    """Take a standard away that nobody has a certificate of. Raises NotFound, Conflict."""
    row = session.get(Standard, standard.id)
    if row is None:
        raise NotFound(N_("There is no such standard."))
    used = select(Certificate.id).where(Certificate.standard_id == row.id).limit(1)
    if session.exec(used).first() is not None:
        raise Conflict(N_("Certificates were handed out by this standard: it stays."))
    for table in (StandardChallenge, CertificateJob, LevelPreview):
        session.execute(sa.delete(table).where(col(table.standard_id) == row.id))
    session.delete(row)
    record(session, "standard.deleted", at=now, actor_id=actor_id, subject_id=row.id)
