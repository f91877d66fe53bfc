"""Reads of certificates: by code, of a person, of a challenge, of a university; and the jobs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from server.accounts.models import Account
from server.certificates.models import (
    JOBS,
    Certificate,
    CertificateJob,
    Standard,
    StandardChallenge,
)
from server.certificates.rules import ACTIVE, HandOut, JobKind, JobState, State, hand_out_of
from server.challenges.models import Challenge, Organiser
from server.challenges.queries import phases_by_challenge, role_of
from server.challenges.rules import WRITING
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden, NotFound
from server.shared.paging import Page, page_of
from server.submissions.models import Submission

MOST_INTERRUPTIONS = 3
# A file with many certificates names people: it is there for a week.
BUNDLES_LAST = timedelta(days=7)


def about_challenge(challenge_id: int | None) -> str:
    """Return how certificates of a challenge name what they are about."""
    return f"challenge:{challenge_id}"


def about_standard(standard_id: int | None) -> str:
    """Return how certificates of a standard name what they are about."""
    return f"standard:{standard_id}"


def certificate_by_code(session: Session, code: str) -> Certificate | None:
    """Return the certificate of a code as it is kept."""
    return session.exec(select(Certificate).where(Certificate.code == code)).first()


def certificate_by_id(session: Session, certificate_id: int) -> Certificate:
    """Return a certificate. Raises NotFound."""
    found = session.get(Certificate, certificate_id)
    if found is None:
        raise NotFound(N_("There is no such certificate."))
    return found


def successor_of(session: Session, certificate: Certificate) -> Certificate | None:
    """Return the certificate that replaced one."""
    query = select(Certificate).where(Certificate.replaces == certificate.id)
    return session.exec(query).first()


def certificates_of(
    session: Session, account_id: int, *, also_hidden: bool = False
) -> Sequence[Certificate]:
    """Return a person's valid certificates, the newest first; hidden ones only where asked."""
    query = select(Certificate).where(
        Certificate.account_id == account_id, Certificate.state == State.VALID
    )
    if not also_hidden:
        query = query.where(col(Certificate.hidden_at).is_(None))
    return session.exec(query.order_by(col(Certificate.id).desc())).all()


def certificate_of(session: Session, account_id: int, about: str) -> Certificate | None:
    """Return a person's valid certificate of something; the database allows one."""
    query = select(Certificate).where(
        Certificate.account_id == account_id,
        Certificate.about == about,
        Certificate.state == State.VALID,
    )
    return session.exec(query).first()


def every_certificate_of(session: Session, account_id: int) -> Sequence[Certificate]:
    """Return every certificate that a person ever had, the newest first."""
    query = select(Certificate).where(Certificate.account_id == account_id)
    return session.exec(query.order_by(col(Certificate.id).desc())).all()


def found_certificates(session: Session, about: str, *, q: str, page: int) -> Page[Certificate]:
    """Return a page of what was handed out for something, the newest first; `q`: a person."""
    query = select(Certificate).where(Certificate.about == about)
    if q.strip():
        named = select(Account.id).where(col(Account.name).icontains(q.strip(), autoescape=True))
        query = query.where(col(Certificate.account_id).in_(named))
    return page_of(session, query.order_by(col(Certificate.id).desc()), page=page, per_page=25)


def counts_about(session: Session, about: str) -> dict[State, int]:
    """Return how many certificates of something there are in each state."""
    query = (
        sa.select(col(Certificate.state), func.count())
        .where(col(Certificate.about) == about)
        .group_by(col(Certificate.state))
    )
    return dict(session.execute(query).tuples().all())


def of_university(
    session: Session, university_id: int, *, challenge_id: int | None
) -> Sequence[Certificate]:
    """Return the valid certificates of a university's people that their holders show.

    `challenge_id`: of this challenge alone.
    """
    query = select(Certificate).where(
        Certificate.university_id == university_id,
        Certificate.state == State.VALID,
        col(Certificate.hidden_at).is_(None),
    )
    if challenge_id is not None:
        query = query.where(Certificate.challenge_id == challenge_id)
    return session.exec(query.order_by(col(Certificate.id))).all()


class Bundled(NamedTuple):
    """A challenge, and how many certificates a university's people have of it."""

    challenge: Challenge
    certificates: int


def challenges_with_certificates(session: Session, university_id: int) -> list[Bundled]:
    """Return the challenges that people of a university have certificates of, by title."""
    query = (
        select(Challenge, func.count())
        .join(Certificate, col(Certificate.challenge_id) == col(Challenge.id))
        .where(
            Certificate.university_id == university_id,
            Certificate.state == State.VALID,
            col(Certificate.hidden_at).is_(None),
        )
        .group_by(col(Challenge.id))
        .order_by(col(Challenge.title))
    )
    return [Bundled(*row) for row in session.exec(query)]


def last_job(session: Session, **which: object) -> CertificateJob | None:
    """Return the newest job of a kind, of a challenge, standard or university."""
    query = select(CertificateJob).order_by(col(CertificateJob.id).desc()).limit(1)
    for name, value in which.items():
        query = query.where(getattr(CertificateJob, name) == value)
    return session.exec(query).first()


def rules_in_force(session: Session, challenge_id: int | None) -> HandOut | None:
    """Return by which rules a challenge's certificates were handed out, if they were."""
    done = last_job(session, kind=JobKind.HAND_OUT, challenge_id=challenge_id, state=JobState.DONE)
    return hand_out_of(done.rules) if done else None


def rules_at_last(session: Session, challenge_id: int) -> HandOut | None:
    """Return the rules that an organiser chose last: those of a hand-out under way, if there is."""
    job = last_job(session, kind=JobKind.HAND_OUT, challenge_id=challenge_id)
    if job is not None and job.state in ACTIVE:
        return hand_out_of(job.rules)
    return rules_in_force(session, challenge_id)


def job_by_id(session: Session, job_id: int) -> CertificateJob:
    """Return a job. Raises NotFound."""
    found = session.get(CertificateJob, job_id)
    if found is None:
        raise NotFound(N_("There is no such job."))
    return found


def bundles_of(session: Session, university_id: int) -> Sequence[CertificateJob]:
    """Return the files of a university's certificates that were asked for, the newest first."""
    query = (
        select(CertificateJob)
        .where(CertificateJob.kind == JobKind.BUNDLE, CertificateJob.university_id == university_id)
        .order_by(col(CertificateJob.id).desc())
        .limit(20)
    )
    return session.exec(query).all()


def waiting_jobs(session: Session, *, now: datetime) -> list[int]:
    """Return the jobs that nobody does, the oldest first."""
    query = sa.select(col(CertificateJob.id)).where(JOBS.free(now)).order_by(col(CertificateJob.id))
    return [int(found) for found in session.execute(query).scalars()]


def interrupted_jobs(session: Session) -> Sequence[CertificateJob]:
    """Return the jobs that took their worker down too often."""
    query = select(CertificateJob).where(
        CertificateJob.state == JobState.QUEUED,
        CertificateJob.interruptions >= MOST_INTERRUPTIONS,
    )
    return session.exec(query.with_for_update(skip_locked=True)).all()


def old_bundles(session: Session, *, now: datetime) -> Sequence[CertificateJob]:
    """Return the files of certificates that were there long enough."""
    query = select(CertificateJob).where(
        col(CertificateJob.sha256).is_not(None), col(CertificateJob.done_at) <= now - BUNDLES_LAST
    )
    return session.exec(query).all()


def standards(session: Session) -> Sequence[Standard]:
    """Return every standard, by title."""
    return session.exec(select(Standard).order_by(col(Standard.title), col(Standard.id))).all()


def standard_by_slug(session: Session, slug: str) -> Standard:
    """Return a standard. Raises NotFound."""
    found = session.exec(select(Standard).where(Standard.slug == slug[:64])).first()
    if found is None:
        raise NotFound(N_("There is no standard %(slug)s here."), slug=slug[:64])
    return found


def standards_naming(session: Session, challenge_ids: Iterable[int]) -> Sequence[Standard]:
    """Return the standards that name some of the challenges."""
    naming = select(StandardChallenge.standard_id).where(
        col(StandardChallenge.challenge_id).in_(set(challenge_ids))
    )
    query = select(Standard).where(col(Standard.id).in_(naming))
    return session.exec(query.order_by(col(Standard.id))).all()


def challenges_named(session: Session, standard: Standard) -> Sequence[Challenge]:
    """Return the challenges that a standard names, by title."""
    query = (
        select(Challenge)
        .join(StandardChallenge, col(StandardChallenge.challenge_id) == col(Challenge.id))
        .where(StandardChallenge.standard_id == standard.id)
    )
    return session.exec(query.order_by(col(Challenge.title))).all()


class Nameable(NamedTuple):
    """A challenge that somebody may name in a standard, with its phases and its baselines."""

    challenge: Challenge
    phases: list[str]
    baselines: list[str]


def nameable(session: Session, viewer: Viewer) -> list[Nameable]:
    """Return the challenges that a viewer may name in a standard, by title."""
    query = select(Challenge).order_by(col(Challenge.title))
    if not viewer.is_admin:
        mine = select(Organiser.challenge_id).where(
            Organiser.account_id == viewer.id, col(Organiser.role).in_(WRITING)
        )
        query = query.where(col(Challenge.id).in_(mine))
    found = session.exec(query).all()
    ids = [challenge.id or 0 for challenge in found]
    phases, baselines = phases_by_challenge(session, ids), baselines_of(session, ids)
    return [
        Nameable(c, [p.slug for p in phases[c.id or 0]], sorted(baselines.get(c.id or 0, ())))
        for c in found
    ]


def baselines_of(session: Session, challenge_ids: Iterable[int]) -> dict[int, set[str]]:
    """Return the names of the baselines of some challenges."""
    query = select(Submission.challenge_id, Submission.baseline).where(
        col(Submission.challenge_id).in_(set(challenge_ids)), col(Submission.baseline).is_not(None)
    )
    found: dict[int, set[str]] = defaultdict(set)
    for challenge_id, name in session.exec(query.distinct()):
        found[challenge_id].add(name or "")
    return found


def may_define(session: Session, challenges: Iterable[Challenge], viewer: Viewer) -> bool:
    """Whether a viewer runs every one of some challenges, or administers the place."""
    if viewer.is_admin:
        return True
    return viewer.id is not None and all(
        role_of(session, challenge.id or 0, viewer.id) in WRITING for challenge in challenges
    )


def require_defines(session: Session, standard: Standard, viewer: Viewer) -> None:
    """Refuse who may not change a standard. Raises NotSignedIn, Forbidden."""
    assert viewer.account_id
    if not may_define(session, challenges_named(session, standard), viewer):
        raise Forbidden(
            N_("A standard is for administrators, and for organisers of all that it names.")
        )
