"""Writes of the administration room: each calls the room it concerns and records who did it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from server.accounts import actions as accounts
from server.accounts import affiliation, roles, second_factor
from server.accounts.queries import account_by_email, locked_account
from server.boards.models import Entry
from server.certificates.actions import move_certificates
from server.challenges.models import Challenge, Organiser
from server.challenges.queries import is_organiser
from server.challenges.rules import Role
from server.portability.deleting import delete_account
from server.shared import events, mail
from server.shared.errors import N_, Conflict, Invalid, NotFound
from server.standings.actions import move_standings
from server.submissions import actions as submissions
from server.submissions.queries import submission_by_id
from server.teams.models import Team, TeamOrigin
from server.universities import actions as universities
from server.universities.models import University
from server.universities.queries import university_by_slug


def confirm_account(session: Session, *, account_id: int, actor_id: int, now: datetime) -> None:
    """Confirm an address on the administrator's word. Raises NotFound, Conflict."""
    account = locked_account(session, account_id)
    if account.confirmed_at is not None:
        raise Conflict(N_("The address is confirmed already."))
    accounts.mark_confirmed(session, account, now=now)
    _act(session, "account_confirmed", actor_id, now, subject_id=account_id)


def close_account(session: Session, *, account_id: int, actor_id: int, now: datetime) -> None:
    """Close an account and make it anonymous. Raises NotFound; Conflict for the last one."""
    delete_account(session, account_id=account_id, actor_id=actor_id, now=now)
    _act(session, "account_closed", actor_id, now, subject_id=account_id)


def reset_second_factor(session: Session, *, account_id: int, actor_id: int, now: datetime) -> None:
    """Turn off two-step sign-in for somebody who lost the device. Raises NotFound, Forbidden."""
    second_factor.reset(session, account_id=account_id, actor_id=actor_id, now=now)
    _act(session, "account_second_factor_reset", actor_id, now, subject_id=account_id)


def set_administrator(
    session: Session, *, account_id: int, is_admin: bool, actor_id: int, now: datetime
) -> None:
    """Make an account an administrator, or no longer one. Raises Conflict for the last one."""
    roles.grant_admin(session, account_id=account_id, is_admin=is_admin, actor_id=actor_id, now=now)
    kind = "account_admin_granted" if is_admin else "account_admin_ended"
    _act(session, kind, actor_id, now, subject_id=account_id)


def set_university(
    session: Session, *, account_id: int, slug: str, actor_id: int, now: datetime
) -> None:
    """Put an account into a university, or into none for an empty slug. Raises NotFound."""
    university_id = university_by_slug(session, slug).id if slug else None
    roles.set_university(
        session, account_id=account_id, university_id=university_id, actor_id=actor_id, now=now
    )
    _act(session, "account_university_set", actor_id, now, subject_id=account_id, university=slug)


def end_sessions(session: Session, *, account_id: int, actor_id: int, now: datetime) -> None:
    """End every session of an account. Raises NotFound."""
    accounts.end_sessions(session, locked_account(session, account_id))
    _act(session, "account_sessions_ended", actor_id, now, subject_id=account_id)


def add_university(
    session: Session,
    *,
    slug: str,
    name: str,
    native_name: str,
    country: str,
    actor_id: int,
    now: datetime,
) -> University:
    """Create a university. Raises Invalid, Conflict."""
    made = universities.create_university(
        session,
        slug=slug,
        name=name,
        native_name=native_name,
        country=country,
        actor_id=actor_id,
        now=now,
    )
    _act(session, "university_created", actor_id, now, subject_id=made.id)
    return made


def rename_university(
    session: Session,
    *,
    slug: str,
    name: str,
    native_name: str,
    country: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Change a university's names and country. Raises NotFound, Invalid."""
    university = university_by_slug(session, slug)
    universities.rename(
        session,
        university=university,
        name=name,
        native_name=native_name,
        country=country,
        actor_id=actor_id,
        now=now,
    )
    _act(session, "university_renamed", actor_id, now, subject_id=university.id)


def add_domain(session: Session, *, slug: str, domain: str, actor_id: int, now: datetime) -> None:
    """Give a university a domain. Raises NotFound, Invalid, Conflict."""
    university = university_by_slug(session, slug)
    kept = universities.add_domain(
        session, university=university, domain=domain, actor_id=actor_id, now=now
    )
    _act(session, "university_domain_added", actor_id, now, subject_id=university.id, domain=kept)


def remove_domain(
    session: Session, *, slug: str, domain: str, actor_id: int, now: datetime
) -> None:
    """Take a domain from a university. Raises NotFound."""
    university = university_by_slug(session, slug)
    universities.remove_domain(
        session, university=university, domain=domain, actor_id=actor_id, now=now
    )
    _act(
        session, "university_domain_removed", actor_id, now, subject_id=university.id, domain=domain
    )


def add_manager(session: Session, *, slug: str, email: str, actor_id: int, now: datetime) -> None:
    """Name a manager of a university by address. Raises NotFound, Invalid."""
    university, account_id = university_by_slug(session, slug), _account_id(session, email)
    roles.grant_manager(
        session, university_id=university.id or 0, account_id=account_id, actor_id=actor_id, now=now
    )
    _act(session, "account_manages", actor_id, now, subject_id=account_id, university=slug)


def remove_manager(
    session: Session, *, slug: str, account_id: int, actor_id: int, now: datetime
) -> None:
    """End somebody's management of a university. Raises NotFound."""
    university = university_by_slug(session, slug)
    roles.revoke_manager(
        session, university_id=university.id or 0, account_id=account_id, actor_id=actor_id, now=now
    )
    _act(
        session, "account_manages_no_longer", actor_id, now, subject_id=account_id, university=slug
    )


def merge_universities(
    session: Session, *, gone_slug: str, kept_slug: str, actor_id: int, now: datetime
) -> None:
    """Make one university of two, with members, managers, domains, teams, boards and addresses.

    Raises:
        NotFound, Invalid: there is no such university, or they are the same.
    """
    gone, kept = university_by_slug(session, gone_slug), university_by_slug(session, kept_slug)
    universities.merge_universities(
        session,
        kept=kept,
        gone=gone,
        movers=(
            affiliation.move_university,
            _move_teams,
            _move_entries,
            move_standings,
            move_certificates,
        ),
        actor_id=actor_id,
        now=now,
    )
    _act(session, "university_merged", actor_id, now, subject_id=kept.id, gone=gone_slug)


def _move_teams(session: Session, gone_id: int, kept_id: int) -> None:
    for table in (Team, TeamOrigin):
        of_gone = sa.update(table).where(col(table.university_id) == gone_id)
        session.execute(of_gone.values(university_id=kept_id))


def _move_entries(session: Session, gone_id: int, kept_id: int) -> None:
    of_gone = sa.update(Entry).where(col(Entry.university_id) == gone_id)
    session.execute(of_gone.values(university_id=kept_id))


def add_organiser(
    session: Session, *, challenge: Challenge, email: str, actor_id: int, now: datetime
) -> None:
    """Let an account run a challenge. Raises Invalid, Conflict."""
    account_id, challenge_id = _account_id(session, email), challenge.id or 0
    if is_organiser(session, challenge_id, account_id):
        raise Conflict(N_("This account runs the challenge already."), field="email")
    session.add(Organiser(challenge_id=challenge_id, account_id=account_id, role=Role.OWNER))
    _act(
        session, "organiser_added", actor_id, now, challenge_id=challenge_id, subject_id=account_id
    )


def remove_organiser(
    session: Session, *, challenge: Challenge, account_id: int, actor_id: int, now: datetime
) -> None:
    """Let an account run a challenge no longer. Raises NotFound."""
    row = session.get(Organiser, (challenge.id, account_id))
    if row is None:
        raise NotFound(N_("This account does not run the challenge."))
    session.delete(row)
    _act(
        session,
        "organiser_removed",
        actor_id,
        now,
        challenge_id=challenge.id,
        subject_id=account_id,
    )


def retry_submission(session: Session, *, submission_id: int, actor_id: int, now: datetime) -> None:
    """Queue a failed submission again. Raises NotFound, Conflict."""
    submission = submission_by_id(session, submission_id)
    submissions.retry(session, submission=submission, actor_id=actor_id, now=now)
    _act(
        session,
        "submission_retried",
        actor_id,
        now,
        challenge_id=submission.challenge_id,
        team_id=submission.team_id,
        subject_id=submission_id,
    )


def post_test_mail(
    session: Session, *, recipient: str, subject: str, body: str, actor_id: int, now: datetime
) -> None:
    """Put a message to the administrator into the outbox, on the way that every message goes."""
    mail.post(session, recipient=recipient, subject=subject, body=body, now=now)
    _act(session, "mail_tested", actor_id, now)


def try_mail_again(session: Session, *, actor_id: int, now: datetime) -> int:
    """Have sent what was given up; return how many messages that are."""
    found = mail.try_again(session)
    if found:
        _act(session, "mail_tried_again", actor_id, now, messages=found)
    return found


def _account_id(session: Session, email: str) -> int:
    account = account_by_email(session, email)
    if account is None or account.id is None or account.closed_at is not None:
        raise Invalid(
            N_("There is no account with the address %(email)s."),
            field="email",
            email=email.strip(),
        )
    return account.id


def _act(session: Session, what: str, actor_id: int, now: datetime, **values: Any) -> None:
    events.record(session, f"admin.{what}", at=now, actor_id=actor_id, **values)
