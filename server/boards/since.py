"""What came after a preview of a phase's boards was made: whose rows it tells no longer."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.challenges.models import Phase
from server.evaluations.models import Evaluation
from server.evaluations.queries import Rescoring, rescoring_of
from server.shared.events import Event
from server.submissions.models import Submission
from server.submissions.rules import WAITING

# Numbers of events are given out before they are committed: one that comes late still shows.
LATEST = 1_000
LIVE = "evaluation.live"
# Of more teams than these a board is made anew as a whole.
MOST = 2_000
# They move no row of a board. Whatever is not named here, and names no team, may move any.
IDLE = (
    *("submission.received", "submission.noted", "challenge.joined", "challenge.invited"),
    *("member.", "code.", "join.", "captain.", "account.", "adviser.", "affiliation."),
    *("announcement.", "question.", "registration.", "organiser.", "comparison.", "integrity."),
    *("certificate.", "trial.", "policy.", "draft.", "grades.", "winners.", "university.fixed"),
    *("phase.paused", "phase.resumed", "phase.frozen", "phase.unfrozen", "phase.shaken"),
)


class Version(NamedTuple):
    """What a preview was made of: the challenge's latest events, and how far it was scored."""

    newest: int
    total: int
    rescoring: Rescoring

    def __str__(self) -> str:
        return f"{self.newest}|{self.total}|{','.join(map(str, self.rescoring))}"

    @classmethod
    def read(cls, text: str) -> "Version":
        """Return the version that was written as a text."""
        newest, total, counts = text.split("|")
        return cls(int(newest), int(total), Rescoring(*map(int, counts.split(","))))


def version_of(session: Session, evaluation: Evaluation) -> Version:
    """Return what changes with all that a preview is made from: look-ups in indexes only."""
    challenge_id = _challenge_of(session, evaluation)
    newest = session.execute(
        sa.select(func.max(col(Event.id))).where(col(Event.challenge_id) == challenge_id)
    ).scalar_one()
    total = _total(session, challenge_id, newest or 0)
    return Version(newest or 0, total, rescoring_of(session, evaluation.id or 0))


def changed_since(session: Session, evaluation: Evaluation) -> set[int] | None:
    """Return the teams whose rows may be others than in the preview; None: any may.

    The caller holds the phase and its teams, so that nothing is on its way. That this very
    evaluation goes live moves nothing but what the preview tells.
    """
    if evaluation.compared_version is None:
        return None
    made_of = Version.read(evaluation.compared_version)
    challenge_id = _challenge_of(session, evaluation)
    if made_of.rescoring.waiting or _total(session, challenge_id, made_of.newest) != made_of.total:
        return None
    changed = changed_by(_events_after(session, challenge_id, made_of.newest, evaluation))
    if changed is None:
        return None
    changed |= _waiting(session, evaluation.phase_id)
    return changed if len(changed) <= MOST else None


def changed_by(events: Iterable[Any]) -> set[int] | None:
    """Return the teams whose rows events (kind, team, subject) may move; None: any."""
    teams: set[int] = set()
    for kind, team_id, subject_id in events:
        if kind.startswith(IDLE):
            continue
        if team_id is not None:
            teams.add(team_id)
            if kind == "team.merged" and subject_id is not None:
                teams.add(subject_id)
        elif not kind.startswith(("submission.", "baseline.")):
            return None
    return teams


def _events_after(
    session: Session, challenge_id: int, newest: int, evaluation: Evaluation
) -> Collection[Any]:
    this = sa.and_(col(Event.kind) == LIVE, col(Event.subject_id) == evaluation.id)
    query = sa.select(col(Event.kind), col(Event.team_id), col(Event.subject_id)).where(
        col(Event.challenge_id) == challenge_id, col(Event.id) > newest, ~this
    )
    return session.execute(query).all()


def _total(session: Session, challenge_id: int, newest: int) -> int:
    latest = (
        sa.select(col(Event.id).label("id"))
        .where(col(Event.challenge_id) == challenge_id, col(Event.id) <= newest)
        .order_by(col(Event.id).desc())
        .limit(LATEST)
        .subquery()
    )
    return int(session.execute(sa.select(func.sum(latest.c.id))).scalar() or 0)


def _waiting(session: Session, phase_id: int) -> set[int]:
    """Return the teams of which something waits: a preview counts what it was scored before."""
    query = sa.select(col(Submission.team_id)).where(
        col(Submission.phase_id) == phase_id,
        col(Submission.state).in_(WAITING),
        col(Submission.team_id).is_not(None),
    )
    return set(session.execute(query.distinct()).scalars())


def _challenge_of(session: Session, evaluation: Evaluation) -> int:
    return session.get_one(Phase, evaluation.phase_id).challenge_id
