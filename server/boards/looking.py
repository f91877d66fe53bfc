"""Several challenges looked at in one question, for pages that name places on many boards."""

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func

from server.boards.marks import note_phases
from server.boards.versions import LATEST, OF_ALL, final_ranges, name_of, note_present, ranges_at
from server.challenges.models import Challenge, Phase
from server.evaluations.models import LIVE, Evaluation
from server.evaluations.rules import Board
from server.shared.caching import finds_once
from server.shared.events import Event


def look_at_all(session: Session, challenge_ids: Iterable[int]) -> None:
    """Find challenges, their phases and versions, for what asks for them later.

    As `versions.look_at` does for one: the versions are the same. A session that may see changes
    looks when it has to.
    """
    ids = sorted({number for number in challenge_ids if name_of(number) not in session.info})
    if not ids or not finds_once(session):
        return
    found = session.execute(_question(), {"ids": ids}).all()
    phases = [row[1] for row in found if row[1] is not None]
    final = final_ranges(session, phases)
    note_phases(session, phases)
    for _, rows in groupby(found, key=lambda row: row[0].id):
        note_present(session, list(rows), final)


# Made once: to build it would take longer than to run it, in each request.
@cache
def _question() -> sa.Select[*tuple[Any, ...]]:
    """Return the select of challenges, their phases, what each board stands on, and what was last.

    Each phase is a row; what was last is the same in all of a challenge's.
    """
    phase_id = col(Phase.id)
    live = sa.select(col(Evaluation.id)).where(col(Evaluation.phase_id) == phase_id, LIVE)
    ids = sa.bindparam("ids", expanding=True, type_=sa.Integer)
    last = _last(ids)
    said = (column for column in last.c if column.name != "looked")
    return (
        sa.select(
            Challenge, Phase, live.scalar_subquery(), ranges_at(Board.PUBLIC, phase_id), *said
        )
        .select_from(Challenge)
        .outerjoin(Phase, col(Phase.challenge_id) == col(Challenge.id))
        .join(last, col(Challenge.id) == last.c.looked)
        .where(col(Challenge.id).in_(ids))
        .order_by(col(Challenge.id), col(Phase.position))
    )


def _last(ids: Any) -> sa.Subquery:
    looked = sa.inspect(Challenge).local_table.alias("looked").c.id
    latest = (
        sa.select(col(Event.id).label("id"))
        .where(col(Event.challenge_id) == looked)
        .order_by(col(Event.id).desc())
        .limit(sa.literal_column(str(LATEST)))
        .correlate(looked.table)
        .subquery()
    )
    said = [sa.select(f(latest.c.id)).scalar_subquery() for f in (func.max, func.sum)]
    of_all = [
        sa.select(func.max(col(Event.id))).where(col(Event.kind) == kind).scalar_subquery()
        for kind in OF_ALL
    ]
    return sa.select(looked.label("looked"), *said, *of_all).where(looked.in_(ids)).subquery()
