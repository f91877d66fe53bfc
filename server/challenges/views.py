"""Challenges as pages and lists show them: plain values made from rows and the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext

from server.accounts.rules import RequestState
from server.challenges.metric_titles import metric_title
from server.challenges.models import Challenge, Participation, Phase
from server.challenges.rules import (
    ChallengeState,
    PhaseState,
    challenge_state,
    current_phase,
    phase_state,
)
from server.challenges.way_in import WayIn, way_in
from server.folders.definition import as_title
from server.shared.paging import Page, clamp

STATE_ORDER = (
    ChallengeState.OPEN,
    ChallengeState.UPCOMING,
    ChallengeState.ENDED,
    ChallengeState.REVEALED,
)


@dataclass(frozen=True)
class PhaseView:
    """A phase and where it stands now; templates read its row's fields through it."""

    phase: Phase
    state: PhaseState

    @classmethod
    def of(cls, phase: Phase, *, now: datetime) -> "PhaseView":
        """Look at a phase now."""
        return cls(phase, phase_state(starts=phase.starts, ends=phase.ends, now=now))

    @property
    def id(self) -> int:
        """The row's id."""
        assert self.phase.id is not None
        return self.phase.id

    @property
    def slug(self) -> str:
        """The phase's name in addresses."""
        return self.phase.slug

    @property
    def title(self) -> str:
        """The phase's name for people."""
        return self.phase.title

    @property
    def starts(self) -> datetime:
        """When it opens."""
        return self.phase.starts

    @property
    def ends(self) -> datetime:
        """The last second at which it is open."""
        return self.phase.ends

    @property
    def revealed(self) -> bool:
        """Whether its private board is out."""
        return self.phase.revealed_at is not None


class PageHead(NamedTuple):
    """A tab of Markdown without its text."""

    slug: str
    title: str


class TabPage(NamedTuple):
    """A tab of Markdown with its text, which is empty where the folder has no such page."""

    slug: str
    is_first: bool
    title: str
    markdown: str

    def body(self, challenge_title: str) -> str:
        """Return the Markdown without a heading that only repeats what stands above it."""
        first, _, rest = self.markdown.lstrip().partition("\n")
        heading = first.removeprefix("# ").strip().casefold()
        repeats = heading in (challenge_title.casefold(), self.title.casefold())
        return rest if first.startswith("# ") and repeats else self.markdown


class Tab(NamedTuple):
    """A tab in a challenge's header."""

    label: str
    url: str
    active: bool


@dataclass(frozen=True)
class Listing:
    """A challenge in a list: what is open now or comes next, and when that begins and ends."""

    challenge: Challenge
    phases: tuple[PhaseView, ...]
    state: ChallengeState

    @classmethod
    def of(cls, challenge: Challenge, phases: Sequence[Phase], *, now: datetime) -> "Listing":
        """Look at a challenge now."""
        views = tuple(PhaseView.of(phase, now=now) for phase in phases)
        return cls.of_views(challenge, views)

    @classmethod
    def of_views(cls, challenge: Challenge, views: tuple[PhaseView, ...]) -> "Listing":
        """Say where a challenge stands whose phases were looked at already."""
        revealed = bool(views) and views[-1].revealed
        state = challenge_state([v.state for v in views], last_revealed=revealed)
        return cls(challenge, views, state)

    @property
    def starts(self) -> datetime:
        """When it opens next, or opened first."""
        upcoming = [p.starts for p in self.phases if p.state is PhaseState.UPCOMING]
        if self.state is ChallengeState.UPCOMING and upcoming:
            return min(upcoming)
        return min((p.starts for p in self.phases), default=self.challenge.created_at)

    @property
    def ends(self) -> datetime:
        """The next deadline while it is open, else its very end."""
        opened = [p.ends for p in self.phases if p.state is PhaseState.OPEN]
        return min(opened) if opened else max((p.ends for p in self.phases), default=self.starts)

    def matches(self, *, q: str = "", tag: str = "", state: str = "") -> bool:
        """Whether a filter by words, a tag and a state leaves it in; revealed is ended too."""
        challenge = self.challenge
        text = " ".join(
            (challenge.title, challenge.summary, challenge.host, challenge.slug, *challenge.tags)
        ).casefold()
        ended = state == ChallengeState.ENDED and self.state is ChallengeState.REVEALED
        return (
            all(word in text for word in q.casefold().split())
            and (not tag or tag in challenge.tags)
            and (not state or state == self.state or ended)
        )

    @property
    def order(self) -> tuple[int, float, str]:
        """Sorts lists: open by deadline, upcoming by start, ended by end, the latest first."""
        moments = {
            ChallengeState.OPEN: self.ends.timestamp(),
            ChallengeState.UPCOMING: self.starts.timestamp(),
        }
        moment = moments.get(self.state, -self.ends.timestamp())
        # Ended and final ones stand in one run by time.
        return min(STATE_ORDER.index(self.state), 2), moment, self.challenge.slug


def page_of_listings(listings: Sequence[Listing], *, page: int, per_page: int) -> Page[Listing]:
    """Return one page of a list that was filtered already."""
    page, per_page = clamp(page, per_page)
    first = (page - 1) * per_page
    return Page(len(listings), page, per_page, listings[first : first + per_page])


@dataclass(frozen=True)
class Frame:
    """What every tab of a challenge shows around its own content."""

    challenge: Challenge
    phases: tuple[PhaseView, ...]
    tabs: list[Tab]
    is_organiser: bool
    participation: Participation | None
    # Where the viewer's own request to take part stands, where the organisers decide.
    asked: RequestState | None = None

    @property
    def joined(self) -> bool:
        """Whether the viewer takes part."""
        return self.participation is not None

    @property
    def open_phase(self) -> PhaseView | None:
        """The phase that takes submissions now; of several, the last."""
        current = self.current_phase
        return current if current and current.state is PhaseState.OPEN else None

    @property
    def current_phase(self) -> PhaseView | None:
        """The phase to show first: the last open, else the last ended, else the first."""
        return self.phases[current_phase([p.state for p in self.phases])] if self.phases else None

    @property
    def listing(self) -> Listing:
        """The challenge as lists show it."""
        return Listing.of_views(self.challenge, self.phases)

    @property
    def way_in(self) -> WayIn:
        """What taking part means now for somebody who does not yet."""
        rows = [view.phase for view in self.phases]
        return way_in(self.listing.state, rows, [view.state for view in self.phases])

    @property
    def higher_is_better(self) -> bool:
        """The direction of the ranking score."""
        return self.challenge.higher_is_better

    @property
    def also_titles(self) -> list[str]:
        """The names of the metrics that are shown and rank nobody."""
        return [metric_title(name) for name in self.challenge.also]

    def context(self) -> dict[str, Any]:
        """Return what layout/challenge.html needs, and the frame itself."""
        return {
            "frame": self,
            "challenge": self.challenge,
            "phases": self.phases,
            "tabs": self.tabs,
        }


def tab_slugs(pages: Sequence[PageHead]) -> list[str]:
    """Return a challenge's own tabs: its pages, and data and rules in any case."""
    slugs = [page.slug for page in pages] or ["overview"]
    return slugs + [slug for slug in ("data", "rules") if slug not in slugs]


def tabs_of(
    slug: str,
    pages: Sequence[PageHead],
    *,
    active: str,
    signed_in: bool,
    graded: bool = False,
) -> list[Tab]:
    """Return a challenge's tabs; one's own are for those who are signed in.

    `graded`: the challenge is a class whose participants get a grade.
    """
    own = tab_slugs(pages)
    labels = {page.slug: page.title for page in pages} | _usual_labels()
    first = Tab(labels[own[0]], url_for("challenges.show", slug=slug), active == own[0])
    others = [
        Tab(labels[tab], url_for("challenges.tab", slug=slug, tab=tab), active == tab)
        for tab in own[1:]
    ]
    fixed = [
        Tab(label, url_for(endpoint, slug=slug), active == name)
        for name, label, endpoint, private in _fixed_tabs()
        if signed_in or not private
    ]
    own_grade = Tab(gettext("My grade"), url_for("classes.grade", slug=slug), active == "grade")
    return [first, *others, *fixed, *([own_grade] if graded and signed_in else [])]


def tab_title(slug: str) -> str:
    """Return what the tab of a page is called when only its slug is known."""
    return _usual_labels().get(slug) or as_title(slug)


def _usual_labels() -> dict[str, str]:
    return {"overview": gettext("Overview"), "data": gettext("Data"), "rules": gettext("Rules")}


def _fixed_tabs() -> list[tuple[str, str, str, bool]]:
    return [
        ("leaderboard", gettext("Leaderboard"), "boards.leaderboard", False),
        ("universities", gettext("Universities"), "boards.universities", False),
        ("news", gettext("News and questions"), "discussions.news", False),
        ("submit", gettext("Submit"), "submissions.submit", False),
        ("submissions", gettext("My submissions"), "boards.submissions", True),
        ("team", gettext("My team"), "teams.mine", True),
    ]
