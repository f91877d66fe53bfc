"""JSON routes of the profiles room: challenges, with what the caller has left in them."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from server.boards.schemas import NamedUniversity
from server.boards.scored_by import metric_of
from server.challenges.listings import visible_challenges
from server.challenges.queries import challenge_frame
from server.challenges.rules import (
    ChallengeState,
    Joining,
    PhaseState,
    Ranking,
    Reveal,
    Visibility,
)
from server.challenges.views import Frame, Listing, PhaseView, page_of_listings
from server.profiles.people import me_of
from server.shared.access import Who, access
from server.shared.web import now, reading, viewer
from server.submissions.queries import quota_of
from server.submissions.rules import Quota
from server.teams.queries import team_of

bp = APIBlueprint("profiles_api", __name__, url_prefix="/api/v1", tag="Profiles")


class ChallengesQuery(BaseModel):
    """Which challenges, and which part of the list."""

    q: str = Field("", max_length=200, description="Words of the title, summary, host or tags.")
    tag: str = Field("", max_length=200)
    state: ChallengeState | None = Field(None, description="`ended` has the revealed ones too.")
    page: int = Field(1, ge=1, description="From 1.")
    per_page: int = Field(50, ge=1, description="At most 100 are given.")


class ChallengeRow(BaseModel):
    """A challenge in a list; `ends` is the next deadline while it is open."""

    slug: str
    title: str
    summary: str
    host: str
    tags: list[str]
    visibility: Visibility
    state: ChallengeState
    starts: datetime
    ends: datetime


class ChallengesOut(BaseModel):
    """A page of challenges: the open by deadline, then those to come, then the ended."""

    total: int
    page: int
    per_page: int
    rows: list[ChallengeRow]


class QuotaOut(BaseModel):
    """What the caller's team has left; days are counted in UTC."""

    model_config = ConfigDict(from_attributes=True)

    left_today: int
    left_total: int
    next_free: datetime | None = Field(description="Null: there will be none in this phase.")


class PhaseOut(BaseModel):
    """A phase, and what the caller has left in it (null for who has not signed in)."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    title: str
    state: PhaseState
    starts: datetime
    ends: datetime
    per_day: int
    total: int
    ranking: Ranking
    select: int
    reveal: Reveal
    revealed_at: datetime | None
    paused_at: datetime | None = Field(description="Since then no files are taken.")
    frozen_at: datetime | None = Field(description="The public board is shown as it was then.")
    extended_from: datetime | None = Field(description="Its end before it was extended.")
    admit_top: int | None
    quota: QuotaOut | None


class ScorerOut(BaseModel):
    """The metric that ranks."""

    name: str
    title: str
    higher_is_better: bool
    params: dict[str, Any]


class SubmissionFormat(BaseModel):
    """What a file of predictions looks like."""

    id_column: str
    header: list[str]
    labels: list[str] | None
    max_bytes: int


class TeamsOut(BaseModel):
    """Who may compete together."""

    max_size: int
    same_university: bool
    join: Joining
    lock_at: datetime | None


class ChallengeOut(ChallengeRow):
    """A challenge with all that a participant's program needs to know."""

    joined: bool
    team: int | None = Field(description="The caller's team.")
    phases: list[PhaseOut]
    scorer: ScorerOut
    also: list[str] = Field(description="Metrics that are shown and rank nobody.")
    submission: SubmissionFormat
    teams: TeamsOut


class OwnTeamOut(BaseModel):
    """A team of the caller's."""

    id: int
    name: str
    challenge: str


class MeOut(BaseModel):
    """The caller; `organises` and `manages` are slugs of challenges and of universities."""

    id: int
    email: str
    name: str
    university: NamedUniversity | None
    admin: bool
    teams: list[OwnTeamOut]
    organises: list[str]
    manages: list[str]


@bp.get("/challenges")
@access(Who.EVERYBODY)
@bp.input(ChallengesQuery, location="query", arg_name="query")
@bp.output(ChallengesOut)
@bp.doc(summary="List challenges", operation_id="listChallenges", tags=["Challenges"])
def challenges(query: ChallengesQuery) -> ChallengesOut:
    """Those that the caller may know of; unlisted ones only for who takes part in them."""
    listings = visible_challenges(reading(), viewer(), now())
    found = [x for x in listings if x.matches(q=query.q, tag=query.tag, state=query.state or "")]
    page = page_of_listings(found, page=query.page, per_page=query.per_page)
    return ChallengesOut(
        total=page.total,
        page=page.page,
        per_page=page.per_page,
        rows=[ChallengeRow(**_row(listing)) for listing in page.rows],
    )


@bp.get("/challenges/<slug>")
@access(Who.SEES_CHALLENGE)
@bp.output(ChallengeOut)
@bp.doc(summary="Get a challenge", operation_id="getChallenge", tags=["Challenges"])
def challenge(slug: str) -> ChallengeOut:
    """With its phases, its scorer and the quotas that the caller has left."""
    frame = challenge_frame(reading(), slug=slug, viewer=viewer(), now=now(), active="")
    return _challenge(frame)


def _challenge(frame: Frame) -> ChallengeOut:
    row = frame.challenge
    team = _team_id(frame)
    current = frame.current_phase
    metric = metric_of(reading(), row, current.phase if current else None)
    return ChallengeOut(
        **_row(frame.listing),
        joined=frame.joined,
        team=team,
        phases=[_phase(phase, team) for phase in frame.phases],
        scorer=ScorerOut(
            name=metric.name,
            title=metric.title,
            higher_is_better=row.higher_is_better,
            params=metric.params,
        ),
        also=row.also,
        submission=SubmissionFormat(
            id_column=row.id_column, header=row.header, labels=row.labels, max_bytes=row.max_bytes
        ),
        teams=TeamsOut(
            max_size=row.max_size,
            same_university=row.same_university,
            join=row.joining,
            lock_at=row.lock_at,
        ),
    )


def _row(listing: Listing) -> dict[str, Any]:
    fields = ("slug", "title", "summary", "host", "tags", "visibility")
    return {name: getattr(listing.challenge, name) for name in fields} | {
        "state": listing.state,
        "starts": listing.starts,
        "ends": listing.ends,
    }


def _team_id(frame: Frame) -> int | None:
    if not viewer().is_authenticated or frame.challenge.id is None:
        return None
    team = team_of(reading(), frame.challenge.id, viewer().account_id)
    return team.id if team else None


def _phase(view: PhaseView, team_id: int | None) -> PhaseOut:
    quota = _quota(view, team_id)
    own = ("state", "quota")
    fields = {n: getattr(view.phase, n) for n in PhaseOut.model_fields if n not in own}
    left = QuotaOut.model_validate(quota) if quota else None
    return PhaseOut(state=view.state, quota=left, **fields)


def _quota(view: PhaseView, team_id: int | None) -> Quota | None:
    if not viewer().is_authenticated:
        return None
    return quota_of(reading(), team_id=team_id, phase=view.phase, now=now())


@bp.get("/me")
@access(Who.SIGNED_IN)
@bp.output(MeOut)
@bp.doc(summary="Who is asking", operation_id="me", responses=[401])
def me() -> MeOut:
    """The caller's own account."""
    found = me_of(reading(), viewer().account_id)
    account = found.account
    university = NamedUniversity.model_validate(found.university) if found.university else None
    return MeOut(
        id=account.id or 0,
        email=account.email,
        name=account.name,
        university=university,
        admin=account.is_admin,
        teams=[OwnTeamOut(id=t.id or 0, name=t.name, challenge=c.slug) for t, c in found.teams],
        organises=found.organises,
        manages=found.manages,
    )
