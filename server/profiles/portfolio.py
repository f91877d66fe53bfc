"""What others see of a person: the page that the person controls."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from server.accounts.models import Account
from server.accounts.queries import account_by_id
from server.accounts.rules import PageSeenBy
from server.boards.team_places import PlaceOn, places_of_teams
from server.certificates.models import Certificate
from server.certificates.queries import certificates_of
from server.challenges.models import Challenge
from server.challenges.queries import challenges_by_id
from server.challenges.rules import Visibility
from server.profiles.models import Profile
from server.profiles.people import teams_of_account, university_of_account
from server.profiles.rules import share_beaten
from server.shared.access import Viewer
from server.shared.charts import Form, LineChart, Point, Series, line_chart
from server.shared.errors import N_, NotFound
from server.teams.models import Team
from server.universities.models import University

# Two results are no way that one could look at.
FEWEST_FOR_CHART = 3


class Result(NamedTuple):
    """A team of the person's, and its place on the last board that everybody may see."""

    team: Team
    challenge: Challenge
    place: PlaceOn | None

    @property
    def is_final(self) -> bool:
        """Whether the board can't change any more but by a correction."""
        return self.place is not None and self.place.phase.revealed_at is not None

    @property
    def rank_range(self) -> tuple[int, int] | None:
        """The ranks that chance alone would let the team have, if they are known."""
        entry = self.place.entry if self.place and self.place.rank else None
        if entry is None or entry.rank_best is None or entry.rank_worst is None:
            return None
        return entry.rank_best, entry.rank_worst


class PersonPage(NamedTuple):
    """What somebody may see of a person. `is_own`: it is the person who looks."""

    account: Account
    profile: Profile
    university: University | None
    results: list[Result]
    certificates: Sequence[Certificate]
    chart: LineChart | None
    is_own: bool


def profile_of(session: Session, account_id: int) -> Profile:
    """Return what a person chose, or what holds for who chose nothing."""
    return session.get(Profile, account_id) or Profile(account_id=account_id)


def check_seen(account: Account, viewer: Viewer) -> None:
    """Refuse whoever the person does not show the page to, as if there were none.

    Raises:
        NotFound: the viewer may not know of the page.
    """
    seen_by = account.page_seen_by
    if viewer.is_admin or viewer.id == account.id or seen_by is PageSeenBy.EVERYBODY:
        return
    if seen_by is PageSeenBy.SIGNED_IN and viewer.is_authenticated:
        return
    raise NotFound(N_("There is no such account."))


def person_page(session: Session, account_id: int, viewer: Viewer) -> PersonPage:
    """Return a person's page as somebody may see it. Raises NotFound."""
    account = account_by_id(session, account_id)
    check_seen(account, viewer)
    return page_with(session, account, profile_of(session, account_id), viewer)


def page_with(session: Session, account: Account, profile: Profile, viewer: Viewer) -> PersonPage:
    """Return a person's page with these choices: a preview shows those that are not kept yet."""
    left_out = set(profile.left_out)
    results = [r for r in results_of(session, account.id or 0) if r.challenge.id not in left_out]
    certificates = certificates_of(session, account.id or 0) if profile.shows_certificates else []
    return PersonPage(
        account=account,
        profile=profile,
        university=university_of_account(session, account) if profile.shows_university else None,
        results=results,
        certificates=_shown(session, certificates, left_out),
        chart=_chart(results),
        is_own=viewer.id == account.id,
    )


def results_of(session: Session, account_id: int) -> list[Result]:
    """Return a person's teams in public challenges, the newest first, where boards name them."""
    shown = [
        one
        for one in teams_of_account(session, account_id)
        if one.challenge.visibility is Visibility.PUBLIC and not one.challenge.anonymous
    ]
    places = places_of_teams(session, [one.team for one in shown])
    # The last one stands on the board that says most.
    return [
        Result(one.team, one.challenge, next(reversed(places.get(one.team.id or 0, [])), None))
        for one in shown
    ]


def _shown(
    session: Session, certificates: Sequence[Certificate], left_out: set[int]
) -> list[Certificate]:
    """Return certificates that may stand here: the rank of one would name an anonymous team."""
    challenges = challenges_by_id(session, [c.challenge_id for c in certificates if c.challenge_id])
    anonymous = {number for number, challenge in challenges.items() if challenge.anonymous}
    return [c for c in certificates if c.challenge_id not in anonymous | left_out]


def _chart(results: Sequence[Result]) -> LineChart | None:
    """Return the share of other teams that were beaten, by the day of the final board."""
    points = sorted(
        (point for point in map(_point, results) if point is not None), key=lambda p: p[0]
    )
    if len(points) < FEWEST_FOR_CHART:
        return None
    drawn = [Point(moment, share, label=title) for moment, share, title in points]
    return line_chart([Series("", drawn, Form.LINE)], from_zero=True)


def _point(result: Result) -> tuple[datetime, float, str] | None:
    place = result.place
    if place is None or place.rank is None or place.phase.revealed_at is None:
        return None
    share = share_beaten(rank=place.rank, teams=place.teams)
    if share is None:
        return None
    return place.phase.revealed_at, 100 * share, result.challenge.title
