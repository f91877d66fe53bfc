"""Writes of winners: publish them, take them back, and warn of boards that changed since."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from server.boards.rows import Row
from server.challenges.models import Challenge, Phase
from server.challenges.queries import hold_phases
from server.challenges.running import those_who_run
from server.notifications.actions import notify
from server.shared.database import Database, changed_rows
from server.shared.errors import N_, Conflict
from server.shared.events import record
from server.teams.announcements import ask_to_tell
from server.winners.models import Winners, WinningPlace
from server.winners.queries import (
    is_current,
    places_of,
    top_of,
    winners_of,
    winners_to_look_at,
)
from server.winners.rules import Win, check_places, clean_prizes, who_won


def publish(
    session: Session,
    *,
    challenge: Challenge,
    phase: Phase,
    places: int,
    prizes: Mapping[int, str],
    actor_id: int,
    now: datetime,
    named: bool = False,
) -> Winners:
    """Publish who stands in the first places of a final board, and what each rank gets.

    Doing it again publishes them as the board stands then; where that says the same, nothing is
    written. Everybody in the challenge is told the first time, and when other teams won or one has
    another place. `named`: the organiser has agreed to what it says of the teams of a class whose
    board is anonymous.

    Raises:
        Conflict: the result is not revealed, nobody stands on the board, or the board is anonymous
            and it was not agreed to.
        Invalid: so many places can't be had, or a prize is too long.
    """
    hold_phases(session, challenge.id or 0)
    if phase.revealed_at is None:
        raise Conflict(N_("The result of this phase is not revealed."), code="not-revealed")
    if challenge.anonymous and not named:
        raise Conflict(
            N_(
                "The board of this class is anonymous: tick that you want to publish what these "
                "teams reached."
            ),
            code="anonymous",
        )
    rows, words = top_of(session, phase, check_places(places)), clean_prizes(prizes)
    if not rows:
        raise Conflict(N_("Nobody stands on the final board."), code="nobody")
    before, was = winners_of(session, phase.id or 0), places_of(session, phase.id or 0)
    wins = _wins(rows, words)
    if before and _stands(before, places=places) and sorted(was) == sorted(wins):
        return before
    made = _replace(session, before, challenge, phase, places, actor_id, now)
    session.add_all(WinningPlace(phase_id=made.phase_id, **win._asdict()) for win in wins)
    _log(session, "winners.published", challenge, phase, actor_id, now, places=len(rows))
    if before is None or who_won(was) != who_won(wins):
        _tell(session, challenge, "winners_changed" if before else "winners_published", now)
    return made


def _stands(before: Winners, *, places: int) -> bool:
    return before.outdated_at is None and before.places == places


def _wins(rows: Iterable[Row], words: Mapping[int, str]) -> list[Win]:
    return [
        Win(row.team.id or 0, row.rank, row.score, words.get(row.rank, ""))
        for row in rows
        if row.team is not None and row.rank is not None
    ]


def _replace(
    session: Session,
    before: Winners | None,
    challenge: Challenge,
    phase: Phase,
    places: int,
    actor_id: int,
    now: datetime,
) -> Winners:
    session.execute(sa.delete(WinningPlace).where(col(WinningPlace.phase_id) == phase.id))
    made = before or Winners(
        phase_id=phase.id or 0,
        challenge_id=challenge.id or 0,
        places=places,
        published_at=now,
        published_by=actor_id,
    )
    made.places, made.published_at, made.published_by = places, now, actor_id
    made.outdated_at = None
    session.add(made)
    session.flush()
    return made


def _tell(session: Session, challenge: Challenge, kind: str, now: datetime) -> None:
    ask_to_tell(
        session,
        challenge,
        kind=kind,
        said={},
        link=f"/challenges/{challenge.slug}",
        now=now,
    )


def take_back(
    session: Session, *, challenge: Challenge, phase: Phase, actor_id: int, now: datetime
) -> None:
    """Show no winners of a phase any more, and tell everybody. Raises Conflict where none are."""
    published = winners_of(session, phase.id or 0)
    if published is None:
        raise Conflict(N_("No winners of this phase are published."), code="not-published")
    session.execute(sa.delete(WinningPlace).where(col(WinningPlace.phase_id) == phase.id))
    session.delete(published)
    _log(session, "winners.withdrawn", challenge, phase, actor_id, now)
    _tell(session, challenge, "winners_withdrawn", now)


def warn_of_changes(database: Database, *, now: datetime) -> int:
    """Tell organisers, once, whose winners the board no longer has; return of how many phases."""
    with database.reading() as session:
        changed = [
            winners.phase_id
            for winners, phase in winners_to_look_at(session)
            if not is_current(session, winners, phase)
        ]
    return sum(_warn(database, phase_id, now) for phase_id in changed)


def _warn(database: Database, phase_id: int, now: datetime) -> int:
    with database.writing() as session:
        mine = sa.update(Winners).where(
            col(Winners.phase_id) == phase_id, col(Winners.outdated_at).is_(None)
        )
        if not changed_rows(session, mine.values(outdated_at=now)):
            return 0
        phase = session.get_one(Phase, phase_id)
        challenge = session.get_one(Challenge, phase.challenge_id)
        notify(
            session,
            kind="winners_outdated",
            account_ids=those_who_run(challenge.id or 0),
            values={"challenge": challenge.title},
            link=f"/organise/{challenge.slug}/winners",
            now=now,
        )
        session.commit()
    return 1


def _log(
    session: Session,
    kind: str,
    challenge: Challenge,
    phase: Phase,
    actor_id: int,
    now: datetime,
    **data: int,
) -> None:
    record(
        session,
        kind,
        at=now,
        actor_id=actor_id,
        challenge_id=challenge.id,
        subject_id=phase.id,
        **data,
    )
