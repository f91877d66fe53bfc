"""Rows that are jobs: a worker takes one for a while, and ends it, gives it back, or dies with it.

Every step is a conditional UPDATE, so that two workers never have the same row. A table of such
rows has the columns `state`, `lease_until`, `lease_holder` and `interruptions`; where a row waits,
`lease_until` says from when on it may be taken.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from server.shared.database import changed_rows

IDLE: dict[str, Any] = {"lease_until": None, "lease_holder": None}


@dataclass(frozen=True)
class Leases:
    """A table whose rows workers take: its state of waiting, and its state of being held."""

    table: type[SQLModel]
    waiting: StrEnum
    held: StrEnum

    def free(self, now: datetime) -> sa.ColumnElement[bool]:
        """Return the condition of waiting for a worker, or of having lost one."""
        not_before = self._column("lease_until")
        is_due = sa.or_(not_before.is_(None), not_before <= now)
        return sa.or_(sa.and_(self._column("state") == self.waiting, is_due), self._ran_out(now))

    def claim(
        self,
        session: Session,
        *which: sa.ColumnElement[bool],
        holder: str,
        now: datetime,
        lease: timedelta,
        **more: Any,
    ) -> bool:
        """Take one row, and say whether it was free. `more`: further columns to write with it."""
        # A lease that ran out means that its worker died in the middle.
        died = sa.case((self._ran_out(now), 1), else_=0)
        taken = changed_rows(
            session,
            sa.update(self.table)
            .where(*which, self.free(now))
            .values(
                interruptions=self._column("interruptions") + died,
                state=self.held,
                lease_until=now + lease,
                lease_holder=holder,
                **more,
            ),
        )
        return taken == 1

    def extend(
        self, session: Session, *which: sa.ColumnElement[bool], holder: str, until: datetime
    ) -> bool:
        """Hold a row that was taken for longer, and say whether it was still ours to hold."""
        mine = (self._column("state") == self.held, self._column("lease_holder") == holder)
        held = sa.update(self.table).where(*which, *mine).values(lease_until=until)
        return changed_rows(session, held) == 1

    def end(
        self,
        session: Session,
        *which: sa.ColumnElement[bool],
        holder: str,
        again_at: datetime | None = None,
        **values: Any,
    ) -> bool:
        """Write how a row ended, and say whether it was still ours to end.

        `again_at`: of one that goes back to waiting, when it may be taken again.
        """
        mine = (self._column("state") == self.held, self._column("lease_holder") == holder)
        idle = IDLE | {"lease_until": again_at}
        ended = sa.update(self.table).where(*which, *mine).values(**values, **idle)
        return changed_rows(session, ended) == 1

    def give_back(self, session: Session, holder: str, *, died: bool) -> int:
        """Put back what a worker holds; return how many.

        `died`: in the middle of it, which a row may have brought about; one that stops blames none.
        """
        mine = self._column("lease_holder").startswith(holder, autoescape=True)
        back = sa.update(self.table).where(self._column("state") == self.held, mine)
        interruptions = self._column("interruptions") + int(died)
        return changed_rows(
            session, back.values(state=self.waiting, interruptions=interruptions, **IDLE)
        )

    def holders(self, session: Session) -> set[str]:
        """Return who holds rows now."""
        query = sa.select(self._column("lease_holder")).where(self._column("state") == self.held)
        return {holder for holder in session.execute(query).scalars() if holder}

    def _ran_out(self, now: datetime) -> sa.ColumnElement[bool]:
        return sa.and_(self._column("state") == self.held, self._column("lease_until") < now)

    def _column(self, name: str) -> Any:
        return getattr(self.table, name)
