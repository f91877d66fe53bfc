"""What somebody who is signed in finds at home: what is open, what is due, what changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import Session, col, func, select

from server.accounts.queries import managed_by, requests_to
from server.accounts.rules import RequestState
from server.boards.team_views import PlaceOn, places_of
from server.challenges.models import Challenge, Participation, Phase
from server.challenges.queries import challenges_by_id, phases_by_challenge
from server.challenges.rules import (
    ChallengeState,
    PhaseState,
    Ranking,
    current_phase,
)
from server.challenges.views import Listing
from server.notifications.models import Notification
from server.notifications.queries import notifications_of
from server.notifications.words import words_of
from server.profiles.asking import Asked, asked_of
from server.profiles.first_steps import Step, first_steps
from server.profiles.people import Run, organised_by
from server.shared.access import Viewer
from server.submissions.models import Submission
from server.submissions.queries import quota_of, selected_count
from server.submissions.rules import Quota
from server.teams.models import JoinRequest, Membership, Team
from server.universities.models import University
from server.universities.naming import university_name

# Behind the deadline of a phase that ends sooner than this something is due.
DUE_WITHIN = timedelta(days=3)
# What ended longer ago is on the person's page, and not on the desk.
KEPT_FOR = timedelta(days=30)
MOST_OF_ONES_OWN = 12
MOST_NEWS = 6


@dataclass(frozen=True)
class Mine:
    """A challenge that one takes part in, as the home page shows it."""

    challenge: Challenge
    state: ChallengeState
    phase: Phase | None
    phase_state: PhaseState | None
    team: Team | None
    left: Quota | None
    place: PlaceOn | None
    last_sent: datetime | None

    @property
    def open_phase(self) -> Phase | None:
        """The phase that takes files now."""
        return self.phase if self.phase_state is PhaseState.OPEN else None


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
    teams = _teams(session, viewer.account_id)
    mine = _mine(session, viewer.account_id, teams, now=now)
    news = [
        News(row, words_of(row.kind, row.data))
        for row in notifications_of(
            session, viewer.account_id, unread=True, per_page=MOST_NEWS
        ).rows
    ]
    runs = organised_by(session, viewer.account_id)
    manages = managed_by(session, viewer.account_id) if viewer.manages_any else []
    # Whoever came to organise, or to look after a university, is not led to a first score.
    led = not any(m.last_sent for m in mine) and (mine or not (runs or manages))
    steps = _steps(session, viewer, mine) if led else []
    active = {m.challenge.id or 0 for m in mine if m.last_sent}
    asked = asked_of(session, viewer.account_id, active=active, now=now)
    due = _due(session, viewer, mine, manages, now=now)
    return Desk(mine, due, news, steps, runs, asked, manages)


def _teams(session: Session, account_id: int) -> dict[int, Team]:
    """Return one's teams by the challenge."""
    query = (
        select(Team)
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .where(Membership.account_id == account_id)
    )
    return {team.challenge_id: team for team in session.exec(query)}


def _mine(
    session: Session, account_id: int, teams: dict[int, Team], *, now: datetime
) -> list[Mine]:
    joined = session.exec(
        select(Participation.challenge_id).where(Participation.account_id == account_id)
    )
    ids = {*joined, *teams}
    challenges, phases = challenges_by_id(session, ids), phases_by_challenge(session, ids)
    listings = [Listing.of(c, phases[number], now=now) for number, c in challenges.items()]
    kept = [x for x in listings if x.ends > now - KEPT_FOR]
    shown = sorted(kept, key=lambda x: x.order)[:MOST_OF_ONES_OWN]
    sent = _last_sent(session, teams.values())
    return [_of_one(session, x, teams.get(x.challenge.id or 0), sent, now=now) for x in shown]


def _last_sent(session: Session, teams: Iterable[Team]) -> dict[int | None, datetime]:
    """Return when each team sent something last."""
    query = (
        select(Submission.team_id, func.max(col(Submission.received_at)))
        .where(col(Submission.team_id).in_([team.id for team in teams]))
        .group_by(col(Submission.team_id))
    )
    return dict(session.exec(query).all())


def _of_one(
    session: Session,
    listing: Listing,
    team: Team | None,
    sent: dict[int | None, datetime],
    *,
    now: datetime,
) -> Mine:
    views = listing.phases
    view = views[current_phase([v.state for v in views])] if views else None
    left = None
    if view is not None and view.state is PhaseState.OPEN:
        left = quota_of(session, team_id=team.id if team else None, phase=view.phase, now=now)
    return Mine(
        challenge=listing.challenge,
        state=listing.state,
        phase=view.phase if view else None,
        phase_state=view.state if view else None,
        team=team,
        left=left,
        place=_place(session, team, view.phase) if team and view else None,
        last_sent=sent.get(team.id) if team else None,
    )


def _place(session: Session, team: Team, phase: Phase) -> PlaceOn | None:
    """Return where a team stands in the present phase; the final board stands above the public."""
    found = [p for p in places_of(session, team) if p.phase.id == phase.id and p.rank]
    return found[-1] if found else None


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
