"""A draft made a challenge, or a live challenge made what its draft says: the worker's writes."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from server.accounts.queries import account_by_id
from server.accounts.rules import language_of_letters
from server.challenges.actions import invite
from server.challenges.models import Challenge, Organiser
from server.challenges.rules import Role
from server.deployments.actions import deploy
from server.deployments.run import Deployed
from server.drafts.actions import hold_draft
from server.drafts.models import ChallengeDraft, DraftJob
from server.drafts.queries import people_of_draft, slug_taken
from server.drafts.rules import RESERVED_SLUGS, DraftState
from server.folders.contents import Folder
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.shared.language import speaking
from server.shared.storage import Stores


class Circumstances(NamedTuple):
    """What a launch needs beside the draft."""

    stores: Stores
    replicates: int
    base_url: str


def preview(
    session: Session,
    draft: ChallengeDraft,
    folder: Folder,
    circumstances: Circumstances,
    *,
    now: datetime,
) -> Deployed:
    """Deploy what a draft says, for the caller to look at and to roll back. Raises Conflict."""
    _refuse_address(session, draft)
    return _deploy(session, draft, folder, circumstances, draft.owner_id, now)


def launch(
    session: Session,
    job: DraftJob,
    folder: Folder,
    circumstances: Circumstances,
    *,
    now: datetime,
) -> Deployed:
    """Make the challenge of a draft, in the caller's one transaction.

    Raises:
        Conflict: the draft was changed since, its address is taken, or a running phase would be
            scored otherwise.
    """
    draft = hold_draft(session, job.draft_id)
    if draft.state is not DraftState.EDITING or draft.version != job.version:
        raise Conflict(
            N_("The draft was changed since this page was made. Check it once more."), code="stale"
        )
    _refuse_address(session, draft)
    deployed = _deploy(session, draft, folder, circumstances, job.asked_by, now)
    challenge = deployed.result.challenge
    if draft.challenge_id is None:
        _people(session, draft, challenge)
    if draft.invited:
        _invite(session, draft, challenge, circumstances.base_url, now)
    draft.challenge_id, draft.state, draft.updated_at = challenge.id, DraftState.LAUNCHED, now
    session.add(draft)
    record(
        session,
        "draft.launched",
        at=now,
        actor_id=job.asked_by,
        challenge_id=challenge.id,
        subject_id=draft.id,
    )
    session.flush()
    return deployed


def _invite(
    session: Session, draft: ChallengeDraft, challenge: Challenge, base_url: str, now: datetime
) -> None:
    """Write to whom the draft invites; strangers in the language of whoever wrote it."""
    owner = account_by_id(session, draft.owner_id)
    with speaking(language_of_letters(owner.language, owner.language_seen)):
        invite(session, challenge=challenge, emails=draft.invited, base_url=base_url, now=now)


def _refuse_address(session: Session, draft: ChallengeDraft) -> None:
    if slug_taken(session, draft):
        raise Conflict(
            N_("Another challenge has the address %(slug)s. Choose another in the step About."),
            code="slug-taken",
            slug=draft.slug,
        )
    if draft.slug in RESERVED_SLUGS and draft.challenge_id is None:
        raise Conflict(
            N_("The address %(slug)s is one of Varsity's own. Choose another in the step About."),
            code="slug-taken",
            slug=draft.slug,
        )


def _deploy(
    session: Session,
    draft: ChallengeDraft,
    folder: Folder,
    circumstances: Circumstances,
    actor_id: int,
    now: datetime,
) -> Deployed:
    owner = account_by_id(session, draft.owner_id)
    return deploy(
        session,
        folder,
        stores=circumstances.stores,
        # Who runs a live challenge is decided among its people, not by its drafts.
        organisers=[owner.email] if draft.challenge_id is None else (),
        replicates=circumstances.replicates,
        actor_id=actor_id,
        now=now,
    )


def _people(session: Session, draft: ChallengeDraft, challenge: Challenge) -> None:
    """Give everybody who wrote the draft the role that it names."""
    roles = {draft.owner_id: Role.OWNER.value}
    roles |= {p.account.id or 0: p.role for p in people_of_draft(session, draft.id or 0)}
    for account_id, role in roles.items():
        key = (challenge.id, account_id)
        row = session.get(Organiser, key) or Organiser(
            challenge_id=challenge.id or 0, account_id=account_id
        )
        row.role = Role(role)
        session.add(row)
