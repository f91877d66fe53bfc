"""Keeps the stored standings what the boards say: the worker's chore, within a second or two."""

from datetime import datetime

from server.shared.database import Database
from server.standings.aggregating import Aggregator
from server.standings.history import keep_days
from server.standings.taking_in import take_in


class Keeper:
    """Refreshes the standings of every season when something they stand on has changed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.aggregator = Aggregator(database)

    def refresh(self, *, now: datetime, everything: bool = False) -> bool:
        """Take in what is new since the last time; return whether a number changed.

        `everything` looks at every board again, whatever the log says.
        """
        changes = take_in(self.database, now=now, everything=everything)
        moved = self.aggregator.run(changes, now=now)
        keep_days(self.database, now=now)
        return moved


def refresh_standings(database: Database, *, now: datetime) -> bool:
    """Bring the stored standings up to date from the boards as they are."""
    return Keeper(database).refresh(now=now, everything=True)
