"""Certificates of the world: one for taking part in each challenge, and a standard."""

from sqlmodel import Session

from server.certificates.defining import define_standard
from server.certificates.definition import define
from server.certificates.models import Certificate, CertificateJob
from server.certificates.rules import JobKind, JobState, Kind, shown_code, typed_code
from server.certificates.schemas import (
    CertificateFacts,
    CertifiedChallenge,
    CertifiedTeam,
    Holder,
    Participation,
)
from server.certificates.signing import Pen
from server.receipts.keys import own_key
from tests.cast import NOON
from tests.security.marks import SCRIPT
from tests.security.world import World


def add_certificates(session: Session, world: World) -> None:
    """Certify that 李梅 took part in `digits`, and Jonas in `tides`; the key is listed by then."""
    pen = Pen(own_key(world.settings), world.settings.base_url)
    for slug, team, person in (("digits", "pandas", "mei"), ("tides", "moon", "jonas")):
        _certify(session, world, pen, slug, team, person)
    levels = {"elementary": [{"test": "scored", "challenges": ["digits"]}]}
    named = {"slug": "skills", "title": f"Skills {SCRIPT}", "issuer": f"Us {SCRIPT}"}
    define_standard(session, define(named | levels), viewer=None, now=NOON)
    munich = world.cast.universities["munich"].id
    job = CertificateJob(
        kind=JobKind.BUNDLE, university_id=munich, state=JobState.DONE, asked_at=NOON, done_at=NOON
    )
    session.add(job)
    session.flush()
    world.ids["bundle"] = job.id or 0


def _certify(session: Session, world: World, pen: Pen, slug: str, team: str, person: str) -> None:
    cast = world.cast
    challenge, holder = cast.challenges[slug], cast.people[person]
    facts = CertificateFacts(
        kind=Kind.PARTICIPATION,
        holder=Holder(account=holder.id or 0, name=f"{holder.name} {SCRIPT}"),
        issued_by=f"Us {SCRIPT}",
        university=None,
        challenge=CertifiedChallenge(slug=slug, title=f"{slug} {SCRIPT}"),
        team=CertifiedTeam(id=cast.teams[team].id, name=f"T {SCRIPT}", members=1, advisers=[]),
        participation=Participation(submissions=1),
        placement=None,
        level=None,
    )
    signed = pen.sign(facts, now=NOON)
    row = Certificate(
        code=typed_code(signed.certificate.code) or "",
        about=f"challenge:{challenge.id}",
        kind=Kind.PARTICIPATION,
        account_id=holder.id,
        challenge_id=challenge.id,
        team_id=cast.teams[team].id,
        university_id=holder.university_id,
        body=signed.certificate.model_dump(mode="json"),
        signature=signed.signature,
        issued_at=NOON,
    )
    session.add(row)
    session.flush()
    world.ids[f"certificate of {slug}"] = row.id or 0
    world.tokens[f"certificate of {slug}"] = shown_code(row.code)
