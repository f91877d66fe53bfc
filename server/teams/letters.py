"""What people are told of their teams, in the caller's transaction: the bell, and letters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

from flask import render_template, url_for
from flask_babel import gettext
from sqlmodel import Session

from server.accounts.models import Account
from server.accounts.queries import account_by_email
from server.notifications.actions import notify
from server.notifications.letters import NAME, Letter
from server.shared.mail import NO_MORE, post
from server.shared.web import services
from server.teams.models import Team
from server.teams.queries import challenge_of


class Answer(StrEnum):
    """What a captain said to who asked; a team that would merge goes on, if refused."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    STAYS_APART = "stays_apart"

    @classmethod
    def of(cls, *, accepted: bool, merging: bool) -> Self:
        """Return the answer to a person, or to a captain for a team; a merger has its own yes."""
        if accepted:
            return cls("accepted")
        return cls("stays_apart" if merging else "declined")


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
    name = account.name if account else None
    body = _body(session, "invited", team, name=name, inviter=inviter, link=invite_link(team))
    post(session, recipient=email, subject=subject, body=body, now=now)


def mail_request(session: Session, *, team: Team, comer: str, merging: bool, now: datetime) -> None:
    """Tell the captain that somebody, or a whole team, asks to be let in."""

    def subject() -> str:
        names = {"comer": comer, "team": team.name}
        joins = gettext("%(comer)s asks to join %(team)s", **names)
        merges = gettext("%(comer)s asks to merge into %(team)s", **names)
        return str(merges if merging else joins)

    news = News("team_requested", "requested", subject, {"comer": comer})
    _tell(session, team, [team.captain_id], news, now=now, comer=comer, merging=merging)


def mail_decision(
    session: Session, *, team: Team, account: Account, answer: Answer, now: datetime
) -> None:
    """Tell somebody who asked what the captain decided."""

    def subject() -> str:
        welcome = gettext("You are in the team %(team)s", team=team.name)
        refusal = gettext("%(team)s did not accept your request", team=team.name)
        return str(welcome if answer is Answer.ACCEPTED else refusal)

    news = News("team_decided", "decided", subject, {"case": answer.value})
    _tell(session, team, [account.id or 0], news, now=now, answer=answer.value)


def mail_removal(session: Session, *, team: Team, account: Account, now: datetime) -> None:
    """Tell somebody that the captain took him or her out of the team."""
    news = News(
        "team_changed",
        "removed",
        lambda: gettext("You are no longer in the team %(team)s", team=team.name),
        {"case": "removed"},
    )
    _tell(session, team, [account.id or 0], news, now=now)


def mail_captaincy(session: Session, *, team: Team, now: datetime) -> None:
    """Tell a team's new captain."""
    news = News(
        "team_changed",
        "captain",
        lambda: gettext("You are the captain of %(team)s now", team=team.name),
        {"case": "captain"},
    )
    _tell(session, team, [team.captain_id], news, now=now)


def mail_merger(
    session: Session, *, team: Team, merged: str, accounts: list[Account], now: datetime
) -> None:
    """Tell the members that another team became part of theirs."""
    news = News(
        "team_changed",
        "merged",
        lambda: gettext("%(merged)s and %(team)s are one team now", merged=merged, team=team.name),
        {"case": "merged"},
    )
    _tell(session, team, [account.id or 0 for account in accounts], news, now=now, merged=merged)


class News(NamedTuple):
    """What members are told: its kind, its letter, and what the bell keeps beside the names."""

    kind: str
    letter: str
    subject: Callable[[], str]
    said: Mapping[str, str] = {}


def _tell(
    session: Session, team: Team, ids: Sequence[int], news: News, *, now: datetime, **values: Any
) -> None:
    challenge = challenge_of(session, team)

    def write() -> Letter:
        body = _body(session, news.letter, team, name=NAME, no_more=NO_MORE, **values)
        return Letter(news.subject(), body)

    notify(
        session,
        kind=news.kind,
        account_ids=ids,
        values={"challenge": challenge.title, "team": team.name, **news.said},
        link=f"/challenges/{challenge.slug}/team",
        now=now,
        letter=write,
    )


def _body(session: Session, letter: str, team: Team, **values: Any) -> str:
    challenge = challenge_of(session, team)
    return render_template(
        f"teams/mail/{letter}.txt",
        base_url=services().settings.base_url,
        team=team,
        challenge=challenge,
        desk=_address("teams.mine", slug=challenge.slug),
        **values,
    )


def _address(endpoint: str, **values: Any) -> str:
    return f"{services().settings.base_url.rstrip('/')}{url_for(endpoint, **values)}"
