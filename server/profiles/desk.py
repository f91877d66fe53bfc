"""What somebody who is signed in finds at home: what is open, what is due, what changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import Session, col, func, select

from server.accounts.queries import managed_by, requests_to
from server.accounts.rules import RequestState
from server.challenges.rules import (
    Ranking,
)
from server.notifications.models import Notification
from server.notifications.queries import notifications_of
from server.notifications.words import words_of
from server.profiles.asking import Asked, asked_of
from server.profiles.first_steps import Step, first_steps
from server.profiles.mine import Mine, challenges_of
from server.profiles.people import Run, organised_by
from server.shared.access import Viewer
from server.submissions.queries import selected_count
from server.teams.models import JoinRequest
from server.universities.models import University
from server.universities.naming import university_name

# Behind the deadline of a phase that ends sooner than this something is due.
DUE_WITHIN = timedelta(days=3)
MOST_NEWS = 6


class Due(NamedTuple):
    """Something to do; `moment`: until when, where there is an end. `urgent` ends within a day."""

    text: str
    link: str
    action: str
    moment: datetime | None = None
    urgent: bool = False


class News(NamedTuple):
    """Something that changed, and when."""

    row: Notification
    text: str


class Desk(NamedTuple):
    """What the home page shows to somebody who is signed in."""

    mine: list[Mine]
    due: list[Due]
    news: list[News]
    steps: list[Step]
    runs: list[Run]
    asked: list[Asked]
    manages: list[University]


def desk_of(session: Session, viewer: Viewer, now: datetime) -> Desk:
    """Return the desk of a viewer: a few indexed queries for each of the viewer's teams."""
    mine = challenges_of(session, viewer, now=now)
    news = [
        News(row, words_of(row.kind, row.data))
        for row in notifications_of(
            session, viewer.account_id, unread=True, per_page=MOST_NEWS
        ).rows
    ]
    runs = organised_by(session, viewer.account_id) if viewer.organises_any else []
    manages = managed_by(session, viewer.account_id) if viewer.manages_any else []
    # Whoever came to organise, or to look after a university, is not led to a first score.
    led = not any(m.last_sent for m in mine) and (mine or not (runs or manages))
    steps = _steps(session, viewer, mine) if led else []
    active = {m.challenge.id or 0 for m in mine if m.last_sent}
    asked = asked_of(session, viewer.account_id, active=active, now=now)
    due = _due(session, viewer, mine, manages, now=now)
    return Desk(mine, due, news, steps, runs, asked, manages)


def _due(
    session: Session,
    viewer: Viewer,
    mine: Sequence[Mine],
    manages: Sequence[University],
    *,
    now: datetime,
) -> list[Due]:
    found = [*_deadlines(mine, now=now), *_picks(session, mine, now=now)]
    found.sort(key=lambda due: due.moment or now)
    return [*_asked_of_me(session, viewer, mine), *_affiliations(session, manages), *found]


def _deadlines(mine: Sequence[Mine], *, now: datetime) -> Iterable[Due]:
    for one in mine:
        phase = one.open_phase
        if phase is None or phase.ends - now > DUE_WITHIN or not (one.left and one.left.left):
            continue
        text = _(
            "%(phase)s of %(challenge)s closes", phase=phase.title, challenge=one.challenge.title
        )
        link = url_for("submissions.submit", slug=one.challenge.slug)
        yield Due(text, link, _("Submit"), phase.ends, phase.ends - now <= timedelta(days=1))


def _picks(session: Session, mine: Sequence[Mine], *, now: datetime) -> Iterable[Due]:
    for one in mine:
        phase, team = one.open_phase, one.team
        if phase is None or team is None or phase.ranking is not Ranking.SELECTED:
            continue
        picked = selected_count(session, team_id=team.id, phase_id=phase.id)
        if one.last_sent is None or picked >= phase.select:
            continue
        text = _(
            "%(challenge)s: %(picked)s of %(most)s final picks are made, and the choice closes",
            picked=picked,
            most=phase.select,
            challenge=one.challenge.title,
        )
        link = url_for("boards.submissions", slug=one.challenge.slug, phase=phase.slug)
        yield Due(text, link, _("Pick"), phase.ends, phase.ends - now <= timedelta(days=1))


def _asked_of_me(session: Session, viewer: Viewer, mine: Sequence[Mine]) -> Iterable[Due]:
    """Return who waits at the doors of the teams of which the viewer is captain."""
    led = {m.team.id: m for m in mine if m.team and m.team.captain_id == viewer.id}
    if not led:
        return
    query = (
        select(JoinRequest.team_id, func.count())
        .where(col(JoinRequest.team_id).in_(led), JoinRequest.state == RequestState.OPEN)
        .group_by(col(JoinRequest.team_id))
    )
    for team_id, count in session.exec(query):
        one = led[team_id]
        text = ngettext(
            "%(num)s request waits at your team in %(challenge)s",
            "%(num)s requests wait at your team in %(challenge)s",
            count,
            challenge=one.challenge.title,
        )
        yield Due(text, url_for("teams.mine", slug=one.challenge.slug), _("Decide"))


def _affiliations(session: Session, manages: Iterable[University]) -> Iterable[Due]:
    """Return who waits to be confirmed by the manager of these universities."""
    for university in manages:
        waiting = len(requests_to(session, university.id or 0))
        if waiting:
            text = ngettext(
                "%(num)s person asks to belong to %(university)s",
                "%(num)s people ask to belong to %(university)s",
                waiting,
                university=university_name(university),
            )
            yield Due(text, url_for("accounts.manage", slug=university.slug), _("Decide"))


def _steps(session: Session, viewer: Viewer, mine: Sequence[Mine]) -> list[Step]:
    first = next((m for m in mine if m.open_phase), mine[0] if mine else None)
    return first_steps(session, viewer, first.challenge.slug if first else None)
