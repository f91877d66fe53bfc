"""Reads of the log: events with the names that their ids stand for."""

from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import account_by_email, accounts_by_id
from server.challenges.models import Challenge
from server.challenges.queries import challenges_by_id
from server.shared.events import Event, latest_events
from server.shared.numbers import row_number
from server.shared.paging import Page
from server.teams.models import Team
from server.teams.queries import teams_by_id
from server.universities.models import University
from server.universities.queries import universities_by_id

NOBODY = -1
# What an event's subject is, by how its kind begins.
OF_ACCOUNTS = (
    "account.",
    "token.",
    "organiser.",
    "university.manager",
    "admin.account",
    "admin.organiser",
)
OF_UNIVERSITIES = ("university.", "admin.university")
OF_SUBMISSIONS = ("submission.", "score.", "admin.submission")


class LogLine(NamedTuple):
    """An event with the rows that it names, as far as they are known."""

    event: Event
    actor: Account | None
    challenge: Challenge | None
    team: Team | None
    account: Account | None
    university: University | None
    submission_id: int | None
    details: list[tuple[str, Any]]


def kinds(session: Session) -> list[str]:
    """Return every kind of event that has happened."""
    return sorted(session.exec(select(col(Event.kind)).distinct()))


def actor_id_of(session: Session, text: str) -> int | None:
    """Return whose events a reader wants: an id or an address; None: everybody's."""
    typed = text.strip()
    if not typed:
        return None
    try:
        return row_number(typed)
    except ValueError:
        account = account_by_email(session, typed)
    return account.id if account and account.id is not None else NOBODY


def log_lines(session: Session, *, kind: str, actor: str, page: int) -> Page[LogLine]:
    """Return a page of the log, newest first, by how a kind begins and by an actor."""
    found = latest_events(session, page=page, kind=kind, actor_id=actor_id_of(session, actor))
    return Page(found.total, found.page, found.per_page, _named(session, found.rows))


def _named(session: Session, events: Any) -> list[LogLine]:
    subjects = [e.subject_id for e in events if _is(e, OF_ACCOUNTS)]
    people = accounts_by_id(session, [*(e.actor_id for e in events), *subjects])
    challenges = challenges_by_id(session, [e.challenge_id for e in events if e.challenge_id])
    teams = teams_by_id(session, [e.team_id for e in events])
    known = universities_by_id(session, [e.subject_id for e in events if _is_university(e)])
    return [
        LogLine(
            event=e,
            actor=people.get(e.actor_id or 0),
            challenge=challenges.get(e.challenge_id or 0),
            team=teams.get(e.team_id or 0),
            account=people.get(e.subject_id or 0) if _is(e, OF_ACCOUNTS) else None,
            university=known.get(e.subject_id or 0) if _is_university(e) else None,
            submission_id=e.subject_id if _is(e, OF_SUBMISSIONS) else None,
            details=[(k, v) for k, v in e.data.items() if v not in (None, "", [], {})],
        )
        for e in events
    ]


def _is(event: Event, beginnings: tuple[str, ...]) -> bool:
    return event.kind.startswith(beginnings)


def _is_university(event: Event) -> bool:
    return _is(event, OF_UNIVERSITIES) and not _is(event, OF_ACCOUNTS)
