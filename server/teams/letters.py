"""What people are told by mail of their teams: rows of the outbox, in the caller's transaction."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext
from sqlmodel import Session

from server.accounts.models import Account
from server.accounts.queries import account_by_email, accounts_by_id
from server.shared.mail import post
from server.shared.web import services
from server.teams.models import Team
from server.teams.queries import challenge_of


def invite_link(team: Team) -> str:
    """Return the address that lets people into a team."""
    return _address("teams.join", code=team.code)


def mail_invitation(
    session: Session, *, team: Team, email: str, inviter: str, now: datetime
) -> None:
    """Send the invite link to an address, which need not have an account yet."""
    account = account_by_email(session, email)
    subject = gettext(
        "%(person)s invites you into the team %(team)s", person=inviter, team=team.name
    )
    body = _body(session, "invited", team, account, inviter=inviter, link=invite_link(team))
    post(session, recipient=email, subject=subject, body=body, now=now)


def mail_request(session: Session, *, team: Team, comer: str, merging: bool, now: datetime) -> None:
    """Tell the captain that somebody, or a whole team, asks to be let in."""
    captain = accounts_by_id(session, [team.captain_id])[team.captain_id]
    subject = gettext("%(comer)s asks to join %(team)s", comer=comer, team=team.name)
    if merging:
        subject = gettext("%(comer)s asks to merge into %(team)s", comer=comer, team=team.name)
    body = _body(session, "requested", team, captain, comer=comer, merging=merging)
    _tell(session, captain, subject=subject, body=body, now=now)


def mail_decision(
    session: Session, *, team: Team, account: Account, accepted: bool, now: datetime
) -> None:
    """Tell somebody who asked what the captain decided."""
    subject = gettext("You are in the team %(team)s", team=team.name)
    if not accepted:
        subject = gettext("%(team)s did not accept your request", team=team.name)
    body = _body(session, "decided", team, account, accepted=accepted)
    _tell(session, account, subject=subject, body=body, now=now)


def mail_removal(session: Session, *, team: Team, account: Account, now: datetime) -> None:
    """Tell somebody that the captain took him or her out of the team."""
    subject = gettext("You are no longer in the team %(team)s", team=team.name)
    body = _body(session, "removed", team, account)
    _tell(session, account, subject=subject, body=body, now=now)


def mail_captaincy(session: Session, *, team: Team, now: datetime) -> None:
    """Tell a team's new captain."""
    captain = accounts_by_id(session, [team.captain_id])[team.captain_id]
    subject = gettext("You are the captain of %(team)s now", team=team.name)
    body = _body(session, "captain", team, captain)
    _tell(session, captain, subject=subject, body=body, now=now)


def mail_merger(
    session: Session, *, team: Team, merged: str, accounts: list[Account], now: datetime
) -> None:
    """Tell the members that another team became part of theirs."""
    subject = gettext("%(merged)s and %(team)s are one team now", merged=merged, team=team.name)
    for account in accounts:
        body = _body(session, "merged", team, account, merged=merged)
        _tell(session, account, subject=subject, body=body, now=now)


def _tell(session: Session, account: Account, *, subject: str, body: str, now: datetime) -> None:
    if account.closed_at is None:
        post(session, recipient=account.email, subject=subject, body=body, now=now)


def _body(session: Session, letter: str, team: Team, account: Account | None, **values: Any) -> str:
    challenge = challenge_of(session, team)
    return render_template(
        f"teams/mail/{letter}.txt",
        name=account.name if account else None,
        base_url=services().settings.base_url,
        team=team,
        challenge=challenge,
        desk=_address("teams.mine", slug=challenge.slug),
        **values,
    )


def _address(endpoint: str, **values: Any) -> str:
    return f"{services().settings.base_url.rstrip('/')}{url_for(endpoint, **values)}"
