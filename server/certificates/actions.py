"""Writes of certificates: ask for a hand-out, revoke, hide, show."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.certificates.awarding import final_board
from server.certificates.issuing import What, end, tell, title_of
from server.certificates.models import (
    Certificate,
    CertificateJob,
    Standard,
)
from server.certificates.queries import last_job
from server.certificates.rules import (
    HandOut,
    JobKind,
    JobState,
    Reason,
    State,
    check_hand_out,
    clean_reason,
)
from server.challenges.models import Challenge
from server.shared.access import Viewer
from server.shared.errors import N_, Conflict, Forbidden
from server.shared.events import record

UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


def hand_out(
    session: Session, *, challenge: Challenge, rules: HandOut, actor_id: int | None, now: datetime
) -> CertificateJob:
    """Have a challenge's certificates handed out; while it is done, asking again finds that job.

    Raises:
        Conflict: the result is not out.
        Invalid: nobody would get anything by the rules.
    """
    check_hand_out(rules)
    final_board(session, challenge)
    # Who asks at the same moment waits here, and then finds the job.
    held = sa.select(col(Challenge.id)).where(col(Challenge.id) == challenge.id)
    session.execute(held.with_for_update(key_share=True))
    return _queued(
        session,
        kind=JobKind.HAND_OUT,
        challenge_id=challenge.id,
        rules=rules.as_json(),
        actor_id=actor_id,
        now=now,
    )


def give_levels(
    session: Session, *, standard: Standard, actor_id: int | None, now: datetime
) -> CertificateJob:
    """Have the certificates of a standard's levels handed out."""
    held = sa.select(col(Standard.id)).where(col(Standard.id) == standard.id)
    session.execute(held.with_for_update(key_share=True))
    return _queued(
        session, kind=JobKind.LEVELS, standard_id=standard.id, actor_id=actor_id, now=now
    )


def bundle(
    session: Session,
    *,
    university_id: int,
    challenge_id: int | None,
    actor_id: int,
    now: datetime,
) -> CertificateJob:
    """Have one file made of the certificates of a university's people; None: of all challenges."""
    return _queued(
        session,
        kind=JobKind.BUNDLE,
        university_id=university_id,
        challenge_id=challenge_id,
        actor_id=actor_id,
        now=now,
    )


def _queued(
    session: Session,
    *,
    kind: JobKind,
    actor_id: int | None,
    now: datetime,
    rules: dict[str, Any] | None = None,
    **which: Any,
) -> CertificateJob:
    present = last_job(session, kind=kind, **which)
    if present is not None and present.state in UNDER_WAY:
        if present.rules != (rules or {}):
            raise Conflict(N_("Another hand-out is under way. Try again when it is done."))
        return present
    job = CertificateJob(kind=kind, rules=rules or {}, asked_by=actor_id, asked_at=now, **which)
    session.add(job)
    session.flush()
    record(
        session,
        "certificate.asked",
        at=now,
        actor_id=actor_id,
        challenge_id=job.challenge_id,
        subject_id=job.id,
        job=kind.value,
    )
    return job


def revoke(
    session: Session, *, certificate: Certificate, reason: str, actor_id: int, now: datetime
) -> None:
    """Revoke a certificate, for a reason that its page says.

    Raises:
        Invalid: no reason is given.
        Conflict: it is not valid any more.
    """
    words = clean_reason(reason)
    ended = end(
        session, certificate, state=State.REVOKED, reason=Reason.BY_HAND, words=words, now=now
    )
    if not ended:
        raise Conflict(N_("This certificate is not valid any more."))
    _note(session, certificate, "revoked", actor_id, now)
    told = {What.REVOKE: [certificate.account_id]}
    tell(session, told, title=title_of(certificate.body), now=now)


def allow_again(
    session: Session, *, certificate: Certificate, actor_id: int, now: datetime
) -> None:
    """Let the next hand-out give a certificate to whom one was revoked by hand."""
    mine = (
        col(Certificate.account_id) == certificate.account_id,
        col(Certificate.about) == certificate.about,
    )
    session.execute(sa.update(Certificate).where(*mine).values(by_hand=False))
    _note(session, certificate, "allowed_again", actor_id, now)


def show(
    session: Session, *, certificate: Certificate, shown: bool, viewer: Viewer, now: datetime
) -> None:
    """Show a certificate's page to everybody who has its code, or to nobody. Raises Forbidden."""
    if viewer.account_id != certificate.account_id:
        raise Forbidden(N_("Only its holder decides who sees a certificate."))
    row = session.get_one(Certificate, certificate.id)
    row.hidden_at = None if shown else now
    session.add(row)
    _note(session, row, "shown" if shown else "hidden", viewer.account_id, now)


def _note(
    session: Session, certificate: Certificate, what: str, actor_id: int, now: datetime
) -> None:
    record(
        session,
        f"certificate.{what}",
        at=now,
        actor_id=actor_id,
        challenge_id=certificate.challenge_id,
        team_id=certificate.team_id,
        subject_id=certificate.id,
    )


def move_certificates(session: Session, gone_id: int, kept_id: int) -> None:
    """Give a merged university's certificates to the one that is kept; what they say stays."""
    for table in (Certificate, CertificateJob):
        moved = sa.update(table).where(col(table.university_id) == gone_id)
        session.execute(moved.values(university_id=kept_id))
