"""JSON routes of the controls room: an organiser's decisions while a challenge runs."""

from collections.abc import Callable
from datetime import date, datetime

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from server.challenges.models import Phase
from server.challenges.queries import challenge_by_slug
from server.controls import actions
from server.controls.actions import By, Gift
from server.controls.queries import phase_in
from server.controls.rules import LONGEST_REASON, LONGEST_WORDS, MOST_EXTRA
from server.shared.access import Who, access
from server.shared.web import now, viewer, writing
from server.submissions.queries import pause_of, quota_of
from server.teams.queries import challenge_of, team_by_id

bp = APIBlueprint("controls_api", __name__, url_prefix="/api/v1", tag="Organise")
REFUSALS = [400, 401, 403, 404, 409, 415, 422]


class PauseIn(BaseModel):
    """What teams are told while submissions are paused."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field("", max_length=LONGEST_WORDS)


class ExtendIn(BaseModel):
    """A later deadline, and why; teams read both."""

    model_config = ConfigDict(extra="forbid")

    ends: AwareDatetime = Field(description="With a zone. Its second still counts.")
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    was: AwareDatetime | None = Field(
        None, description="The end that you know of: 409 where it was moved meanwhile."
    )


class ExtraIn(BaseModel):
    """Submissions beyond the quotas; both limits hold, so a day may need more in all too."""

    model_config = ConfigDict(extra="forbid")

    phase: str = Field(max_length=64)
    total: int = Field(0, ge=0, le=MOST_EXTRA, description="More in the whole phase.")
    per_day: int = Field(0, ge=0, le=MOST_EXTRA, description="More on `day`.")
    day: date | None = Field(None, description="A day of UTC; needed with `per_day`.")
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class PauseOut(BaseModel):
    """Since when no files are taken, by whom, and in which words."""

    model_config = ConfigDict(from_attributes=True)

    since: datetime
    by: str
    words: str


class ControlsOut(BaseModel):
    """A phase, and what holds in it by an organiser's decision."""

    challenge: str
    phase: str
    ends: datetime
    extended_from: datetime | None = Field(description="Its end before it was first extended.")
    paused: PauseOut | None
    frozen_since: datetime | None


class ExtraOut(BaseModel):
    """What a team was given, and what it has left with it."""

    team: int
    phase: str
    total: int
    per_day: int
    day: date | None
    reason: str
    left_today: int
    left_total: int


def _decide(slug: str, phase: str, act: Callable[[Session, Phase, By], object]) -> ControlsOut:
    with writing() as session:
        chosen = phase_in(session, challenge_by_slug(session, slug), phase)
        act(session, chosen, By(viewer().account_id, now()))
        session.commit()
        pause = pause_of(session, chosen)
    return ControlsOut(
        challenge=slug,
        phase=chosen.slug,
        ends=chosen.ends,
        extended_from=chosen.extended_from,
        paused=PauseOut.model_validate(pause) if pause else None,
        frozen_since=chosen.frozen_at,
    )


@bp.post("/challenges/<slug>/phases/<phase>/pause")
@access(Who.ORGANISER)
@bp.input(PauseIn, arg_name="body")
@bp.output(ControlsOut)
@bp.doc(summary="Pause submissions to a phase", operation_id="pausePhase", responses=REFUSALS)
def pause(slug: str, phase: str, body: PauseIn) -> ControlsOut:
    """Files are refused with 409 `paused`; uploads under way count, and scoring goes on."""
    return _decide(slug, phase, lambda s, p, by: actions.pause(s, p, words=body.words, by=by))


@bp.post("/challenges/<slug>/phases/<phase>/resume")
@access(Who.ORGANISER)
@bp.output(ControlsOut)
@bp.doc(summary="Take submissions again", operation_id="resumePhase", responses=REFUSALS)
def resume(slug: str, phase: str) -> ControlsOut:
    """End the pause of a phase."""
    return _decide(slug, phase, lambda s, p, by: actions.resume(s, p, by=by))


@bp.post("/challenges/<slug>/phases/<phase>/freeze")
@access(Who.ORGANISER)
@bp.output(ControlsOut)
@bp.doc(summary="Freeze the public board", operation_id="freezeBoard", responses=REFUSALS)
def freeze(slug: str, phase: str) -> ControlsOut:
    """Everybody but the organisers sees the board as it is now, until the reveal at the latest."""
    return _decide(slug, phase, lambda s, p, by: actions.freeze(s, p, by=by))


@bp.post("/challenges/<slug>/phases/<phase>/unfreeze")
@access(Who.ORGANISER)
@bp.output(ControlsOut)
@bp.doc(summary="Let the public board move", operation_id="unfreezeBoard", responses=REFUSALS)
def unfreeze(slug: str, phase: str) -> ControlsOut:
    """Everybody sees the board as it stands."""
    return _decide(slug, phase, lambda s, p, by: actions.unfreeze(s, p, by=by))


@bp.post("/challenges/<slug>/phases/<phase>/extend")
@access(Who.ORGANISER)
@bp.input(ExtendIn, arg_name="body")
@bp.output(ControlsOut)
@bp.doc(summary="Extend a deadline", operation_id="extendPhase", responses=REFUSALS)
def extend(slug: str, phase: str, body: ExtendIn) -> ControlsOut:
    """Only to a later moment, and only before the reveal. Every team is told by mail."""

    def act(session: Session, chosen: Phase, by: By) -> None:
        challenge = challenge_by_slug(session, slug)
        actions.extend(
            session,
            challenge,
            chosen,
            until=body.ends,
            reason=body.reason,
            expected=body.was,
            by=by,
        )

    return _decide(slug, phase, act)


@bp.post("/teams/<int:team_id>/extra-submissions")
@access(Who.ORGANISER_OF_TEAM)
@bp.input(ExtraIn, arg_name="body")
@bp.output(ExtraOut)
@bp.doc(summary="Give a team more submissions", operation_id="giveExtra", responses=REFUSALS)
def extra(team_id: int, body: ExtraIn) -> ExtraOut:
    """Its members are told by mail. The very same once more is a 409: give another reason."""
    gift = Gift(body.total, body.per_day, body.day, body.reason)
    with writing() as session:
        team = team_by_id(session, team_id)
        phase = phase_in(session, challenge_of(session, team), body.phase)
        given = actions.give_extra(
            session, phase, team, gift=gift, by=By(viewer().account_id, now())
        )
        session.commit()
        left = quota_of(session, team_id=team_id, phase=phase, now=now())
    return ExtraOut(
        team=team_id,
        phase=phase.slug,
        total=given.total,
        per_day=given.per_day,
        day=given.day.date() if given.day else None,
        reason=given.reason,
        left_today=left.left_today,
        left_total=left.left_total,
    )
