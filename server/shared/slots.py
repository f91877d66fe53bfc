"""How many uploads are under way in this process: slow ones may not take every thread."""

import threading
from collections import Counter

from server.shared.errors import N_, TooFast, Unavailable


class Slots:
    """Counts what is under way, by account and in all."""

    def __init__(self, *, each: int, overall: int) -> None:
        self.each = each
        self.overall = overall
        self._lock = threading.Lock()
        self._taken: Counter[int] = Counter()

    def take(self, account_id: int) -> None:
        """Take a place.

        Raises:
            TooFast: the account has as many uploads under way as allowed.
            Unavailable: all places of this process are taken.
        """
        with self._lock:
            if self._taken[account_id] >= self.each:
                raise TooFast(
                    N_("You have %(most)s uploads under way. Wait until one is complete."),
                    most=self.each,
                    code="uploads-under-way",
                )
            if self._taken.total() >= self.overall:
                raise Unavailable(
                    N_("Very many uploads are under way. Nothing was kept; try again in a minute."),
                    code="uploads-under-way",
                )
            self._taken[account_id] += 1

    def give_back(self, account_id: int) -> None:
        """Give a place back."""
        with self._lock:
            self._taken[account_id] -= 1
            if self._taken[account_id] <= 0:
                del self._taken[account_id]

    def under_way(self) -> int:
        """Return how many places are taken."""
        with self._lock:
            return self._taken.total()
