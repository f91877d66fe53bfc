"""The challenges that somebody takes part in, with what is left and where one stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from server.boards.team_places import PlaceOn, places_of_teams
from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenges_by_id, phases_by_challenge
from server.challenges.rules import ChallengeState, PhaseState, current_phase
from server.challenges.views import Listing, PhaseView
from server.profiles.queries import joined_by, listings_of
from server.shared.access import Viewer
from server.submissions.entrances import Way, entrance_to
from server.submissions.models import Submission
from server.submissions.queries import quotas_of
from server.submissions.rules import Quota
from server.submissions.times import times_of
from server.teams.models import Membership, Team

# What ended longer ago is on the person's page, and not on the desk.
KEPT_FOR = timedelta(days=30)
MOST_OF_ONES_OWN = 12


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
    way: Way
    late_phase: Phase | None

    @property
    def open_phase(self) -> Phase | None:
        """The phase that takes files of one's team now."""
        takes = self.phase_state is PhaseState.OPEN and self.way is Way.OPEN
        return self.phase if takes and not self.is_off else None

    @property
    def is_off(self) -> bool:
        """Whether one's team is disqualified, and can send nothing more."""
        return self.team is not None and self.team.disqualified_at is not None


def challenges_of(session: Session, viewer: Viewer, *, now: datetime) -> list[Mine]:
    """Return what a viewer takes part in: the same few questions, however many those are."""
    teams = _teams(session, viewer.account_id)
    shown = _shown(session, viewer, {*joined_by(session, viewer.id), *teams}, now=now)
    numbers = [x.challenge.id or 0 for x in shown]
    views = {number: _current(x) for number, x in zip(numbers, shown, strict=True)}
    own = [teams[number] for number in numbers if number in teams]
    ways = _ways(session, views, teams)
    left = _left(session, views, teams, now=now)
    sent, places = _last_sent(session, own), _places(session, own, views)
    return [
        Mine(
            challenge=listing.challenge,
            state=listing.state,
            phase=view.phase if view else None,
            phase_state=view.state if view else None,
            team=teams.get(number),
            left=left.get(number),
            place=places.get(number),
            last_sent=sent.get(teams[number].id) if number in teams else None,
            way=ways[number],
            late_phase=_late_phase(listing, now),
        )
        for listing, (number, view) in zip(shown, views.items(), strict=True)
    ]


def _teams(session: Session, account_id: int) -> dict[int, Team]:
    """Return one's teams by the challenge."""
    query = (
        select(Team)
        .join(Membership, col(Membership.team_id) == col(Team.id))
        .where(Membership.account_id == account_id)
    )
    return {team.challenge_id: team for team in session.exec(query)}


def _shown(session: Session, viewer: Viewer, ids: set[int], *, now: datetime) -> list[Listing]:
    found = [x for x in listings_of(session, viewer, now) if x.challenge.id in ids]
    missing = ids - {x.challenge.id for x in found}
    if missing:
        challenges = challenges_by_id(session, missing)
        phases = phases_by_challenge(session, missing)
        found += [Listing.of(c, phases[number], now=now) for number, c in challenges.items()]
    kept = [x for x in found if x.ends > now - KEPT_FOR]
    return sorted(kept, key=lambda x: x.order)[:MOST_OF_ONES_OWN]


def _current(listing: Listing) -> PhaseView | None:
    views = listing.phases
    return views[current_phase([v.state for v in views])] if views else None


def _late_phase(listing: Listing, now: datetime) -> Phase | None:
    """Return the phase whose late days run, whatever else is open; of several, the last."""
    phases = (view.phase for view in reversed(listing.phases))
    return next((p for p in phases if times_of(listing.challenge, p).takes_late(now)), None)


Views = dict[int, PhaseView | None]


def _ways(session: Session, views: Views, teams: dict[int, Team]) -> dict[int, Way]:
    """Return whether one's team may send to the present phases, by the challenge."""
    own = {number: team.id for number, team in teams.items()}
    return {
        number: entrance_to(session, view.phase, own.get(number)).way if view else Way.OPEN
        for number, view in views.items()
    }


def _left(
    session: Session, views: Views, teams: dict[int, Team], *, now: datetime
) -> dict[int, Quota]:
    """Return what is left of the quotas of the phases that are open, by the challenge."""
    opened = {n: v.phase for n, v in views.items() if v and v.state is PhaseState.OPEN}
    wanted = [(teams[n].id if n in teams else None, phase) for n, phase in opened.items()]
    return dict(zip(opened, quotas_of(session, wanted, now=now), strict=True))


def _last_sent(session: Session, teams: Iterable[Team]) -> dict[int | None, datetime]:
    """Return when each team sent something last."""
    query = (
        select(Submission.team_id, func.max(col(Submission.received_at)))
        .where(col(Submission.team_id).in_([team.id for team in teams]))
        .group_by(col(Submission.team_id))
    )
    return dict(session.exec(query).all())


def _places(session: Session, teams: Sequence[Team], views: Views) -> dict[int, PlaceOn]:
    """Return where teams stand in the present phases; the final board stands above the public."""
    phases = {number: view.phase.id for number, view in views.items() if view}
    places = places_of_teams(session, teams)
    # The last one of a phase is the final board's, where there is one.
    return {
        team.challenge_id: place
        for team in teams
        for place in places.get(team.id or 0, [])
        if place.rank and place.phase.id == phases.get(team.challenge_id)
    }
