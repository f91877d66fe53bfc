"""Writes of challenges: joining one, and making one what its folder says."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, select

from server.accounts.addresses import clean_address
from server.accounts.models import Account
from server.accounts.queries import account_by_email
from server.accounts.rules import language_of_letters
from server.challenges.changes import Change, ChangeKind, challenge_values
from server.challenges.deployment import (
    Deployment,
    PhaseUse,
    add_organisers,
    keep_definition,
    record,
    update_challenge,
    update_files,
    update_images,
    update_pages,
    update_phases,
)
from server.challenges.models import Challenge, Invitation, Participation, Phase
from server.challenges.queries import participation_of, phases_of, rules_digest
from server.challenges.registration_queries import check_registered
from server.folders.contents import DataFile, Folder, sha256_of
from server.notifications.words import said
from server.shared import events
from server.shared.errors import N_
from server.shared.language import language, speaking
from server.shared.mail import post
from server.shared.storage import FileStore

INVITED = N_("You are invited to %(title)s")
INVITATION = N_(
    "You are invited to take part in a challenge:\n\n    %(title)s\n    %(url)s\n\n"
    "Sign in, or sign up, with the address %(address)s and confirm it; then you can take part.\n"
)


class DeployResult(NamedTuple):
    """A challenge as deployed, its phases in their order, and what was changed (maybe nothing)."""

    challenge: Challenge
    phases: list[Phase]
    created: bool
    changes: list[Change]


def join(
    session: Session, *, challenge: Challenge, account_id: int, now: datetime
) -> Participation:
    """Let an account take part and keep which rules it accepts by that; again changes nothing.

    Raises:
        Forbidden: the organisers decide who takes part, and did not admit this account.
    """
    assert challenge.id is not None
    # Two first clicks of one person come one after the other.
    session.exec(select(Account.id).where(Account.id == account_id).with_for_update()).first()
    rules = rules_digest(session, challenge.id)
    known = participation_of(session, challenge.id, account_id)
    if known is not None and known.rules_sha256 == rules:
        return known
    check_registered(session, challenge, account_id)
    joined = known or Participation(challenge_id=challenge.id, account_id=account_id, joined_at=now)
    joined.rules_sha256 = rules
    session.add(joined)
    kind = "rules.accepted" if known else "challenge.joined"
    events.record(
        session, kind, at=now, actor_id=account_id, challenge_id=challenge.id, rules=rules
    )
    return joined


def invite(
    session: Session,
    *,
    challenge: Challenge,
    emails: Collection[str],
    base_url: str,
    now: datetime,
) -> list[str]:
    """Put addresses on a challenge's list and write to each; return those that were not on it.

    Raises:
        Invalid: one is no e-mail address; nothing is written then.
    """
    assert challenge.id is not None
    addresses = dict.fromkeys(clean_address(email) for email in emails)
    added = [a for a in addresses if session.get(Invitation, (challenge.id, a)) is None]
    for address in added:
        session.add(Invitation(challenge_id=challenge.id, email=address))
        with speaking(_language_of(session, address)):
            _write_to(session, address, challenge, base_url=base_url, now=now)
    events.record(
        session, "challenge.invited", at=now, challenge_id=challenge.id, people=len(added)
    )
    return added


def _language_of(session: Session, address: str) -> str:
    """Return the language of whoever has the address, else that of whoever invites."""
    known = account_by_email(session, address)
    if known is None:
        return language()
    return language_of_letters(known.language, known.language_seen)


def _write_to(
    session: Session, address: str, challenge: Challenge, *, base_url: str, now: datetime
) -> None:
    values = {
        "title": challenge.title,
        "url": f"{base_url}/challenges/{challenge.slug}",
        "address": address,
    }
    subject, body = said(INVITED, **values), said(INVITATION, **values)
    post(session, recipient=address, subject=subject, body=body, now=now)


def deploy_challenge(
    session: Session,
    folder: Folder,
    *,
    files: FileStore,
    use: PhaseUse,
    organisers: Collection[str] = (),
    allow_breaking: bool = False,
    actor_id: int | None = None,
    now: datetime,
) -> DeployResult:
    """Make a challenge what its folder says: its fields, pages, files, phases and organisers.

    Doing it again changes nothing. `organisers` are addresses of accounts: they are added, never
    taken away. What is hidden (solutions, baselines) is left to the rooms above.

    Raises:
        Conflict: a phase with submissions would go, or what they rely on would change.
        Invalid: an organiser has no account.
    """
    # Before the session is touched: the database's lock is not held while files are copied.
    hashes, pictures = _store_files(folder.files, files), _store_files(folder.images, files)
    challenge, created = _challenge_row(session, folder, now)
    run = Deployment(session, challenge, use, allow_breaking, now)
    if created:
        run.note(ChangeKind.ADDED, f"challenge {folder.slug}")
    else:
        update_challenge(run, folder)
    keep_definition(run, folder)
    update_pages(run, folder)
    update_files(run, folder, hashes)
    update_images(run, folder, pictures)
    update_phases(run, folder)
    add_organisers(run, organisers)
    record(run, created=created, actor_id=actor_id)
    session.flush()
    return DeployResult(challenge, phases_of(session, run.challenge_id), created, run.changes)


def _store_files(given: Sequence[DataFile], files: FileStore) -> dict[str, str]:
    hashes = {file.name: sha256_of(file.path) for file in given}
    for file in given:
        files.put(file.path, hashes[file.name])
    return hashes


def _challenge_row(session: Session, folder: Folder, now: datetime) -> tuple[Challenge, bool]:
    known = session.exec(select(Challenge).where(Challenge.slug == folder.slug)).first()
    if known is not None:
        return known, False
    made = Challenge(slug=folder.slug, created_at=now, updated_at=now, **challenge_values(folder))
    session.add(made)
    session.flush()
    return made, True
