"""From a request to a queued submission: the same steps for pages and for the API."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import NamedTuple

from flask import g, request
from sqlmodel import Session

from server.accounts.sightings import Seen, sight
from server.challenges.models import Challenge, Phase
from server.challenges.queries import challenge_by_slug, phases_of
from server.shared.bodies import too_slow
from server.shared.errors import N_, Conflict, Forbidden
from server.shared.uploads import received
from server.shared.web import now, reading, services, viewer, writing
from server.submissions.actions import (
    Received,
    Submitted,
    forget_arrival,
    note_arrival,
    submit,
)
from server.submissions.entrances import require_entrance
from server.submissions.queries import near_a_deadline, pause_of, quota_of
from server.submissions.rules import (
    choose_phase,
    has_ended,
    require_quota,
    require_running,
)
from server.submissions.times import times_of
from server.teams.actions import ensure_team
from server.teams.queries import team_of

MULTIPART_OVERHEAD = 100_000
TO_THE_SECOND = "%Y-%m-%d %H:%M:%S"


class Target(NamedTuple):
    """Where a file goes."""

    challenge: Challenge
    phase: Phase
    ended_challenge: bool
    team_id: int | None


def admit_upload(session: Session, arguments: dict[str, str]) -> int:
    """Return how many bytes an upload's body may have; asked before any of it is read.

    What is sure to be refused is refused here, before a slow line has carried the file.

    Raises:
        Conflict: no phase is open or all are paused, or the team's quota is used up.
    """
    challenge = challenge_by_slug(session, arguments["slug"])
    _refuse_early(session, challenge)
    seconds = services().settings.upload_seconds
    within = timedelta(seconds=seconds)
    if near_a_deadline(session, challenge.id or 0, now=now(), within=within):
        with writing() as writer:
            arrival = note_arrival(
                writer, challenge_id=challenge.id or 0, now=now(), seconds=seconds
            )
            writer.commit()
        g.arrival_id = arrival.id
    most = min(challenge.max_bytes, services().settings.max_upload_bytes)
    return most + MULTIPART_OVERHEAD


def _refuse_early(session: Session, challenge: Challenge) -> None:
    phases = phases_of(session, challenge.id or 0)
    # Which one a file is for is known when it has arrived: refused is what none would take.
    times = {p.slug: times_of(challenge, p) for p in phases}
    running = [p for p in phases if times[p.slug].is_open(now()) or times[p.slug].takes_late(now())]
    if not running and (not phases or phases[-1].revealed_at is None):
        raise _nothing_open(phases)
    team = team_of(session, challenge.id or 0, viewer().account_id)
    if running and all(phase.paused_at is not None for phase in running):
        require_running(pause_of(session, running[0]), now=now())
    if len(running) == 1 and team is not None:
        left = quota_of(session, team_id=team.id, phase=running[0], now=now())
        require_quota(left, late=False)
        require_entrance(session, running[0], team.id or 0)


def _nothing_open(phases: Sequence[Phase]) -> Conflict:
    """Return the refusal, which says by how much somebody came too late."""
    over = [phase for phase in phases if phase.ends < now()]
    if not over:
        return Conflict(N_("No phase of this challenge is open now."), code="closed")
    last = max(over, key=lambda phase: phase.ends)
    return Conflict(
        N_(
            "No phase of this challenge is open now: %(phase)s closed at %(closed)s, and your file "
            "began to arrive at %(arrived)s (UTC)."
        ),
        code="closed",
        phase=last.title,
        closed=f"{last.ends.astimezone(UTC):{TO_THE_SECOND}}",
        arrived=f"{now().astimezone(UTC):{TO_THE_SECOND}}",
    )


def end_arrival(_error: BaseException | None = None) -> None:
    """Forget the upload that this request was; a reveal need not wait for it any more."""
    arrival_id = g.pop("arrival_id", None)
    if arrival_id is not None:
        with writing() as session:
            forget_arrival(session, arrival_id)
            session.commit()


def target_of(session: Session, slug: str, wanted: str | None) -> Target:
    """Return the challenge, the phase and the team that a file of the viewer's goes to."""
    challenge = challenge_by_slug(session, slug)
    phases = phases_of(session, challenge.id or 0)
    times = [times_of(challenge, phase) for phase in phases]
    chosen = choose_phase(times, wanted=wanted, now=now())
    team = team_of(session, challenge.id or 0, viewer().account_id)
    return Target(
        challenge=challenge,
        phase=next(p for p in phases if p.slug == chosen),
        ended_challenge=has_ended(times, now=now()),
        team_id=team.id if team else None,
    )


def receive(slug: str, *, alone: bool) -> Submitted:
    """Store the request's file, queue it and tell the engine, in this order.

    `alone`: whoever is in no team competes alone from here on.

    Raises:
        Forbidden: in no team, and `alone` is false.
        TooSlow: the file took longer to arrive than an upload may.
        DomainError: as `actions.submit` says.
    """
    upload = received(request)
    target = target_of(reading(), slug, request.form.get("phase") or None)
    if target.team_id is None and not alone:
        raise Forbidden(
            N_("You are in no team of this challenge. Create one, even of one, or join one."),
            code="no-team",
        )
    _require_in_time()
    upload.store()
    with writing() as session:
        team_id = target.team_id or _alone(session, target)
        submitted = submit(
            session,
            account_id=viewer().account_id,
            challenge=target.challenge,
            phase=target.phase,
            team_id=team_id,
            ended_challenge=target.ended_challenge,
            upload=Received(upload.filename, upload.size, upload.sha256),
            comment=request.form.get("comment", "").replace("\0", "").strip(),
            now=now(),
        )
        if g.get("arrival_id") is not None:
            forget_arrival(session, g.pop("arrival_id"))
        seen = Seen(request.remote_addr or "", request.user_agent.string)
        sight(session, account_id=viewer().account_id, what="submission", seen=seen, now=now())
        session.commit()
    services().jobs.send("score", submission_id=submitted.submission.id)
    return submitted


def _alone(session: Session, target: Target) -> int:
    team = ensure_team(
        session, challenge=target.challenge, account_id=viewer().account_id, now=now()
    )
    assert team.id is not None
    return team.id


def _require_in_time() -> None:
    seconds = services().settings.upload_seconds
    if services().clock() - now() > timedelta(seconds=seconds):
        raise too_slow(seconds)
