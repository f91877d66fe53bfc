"""Turns at work that a process can do little of at once: who comes first is done first.

Twenty threads that make a page each share one interpreter: all of them are done when the last is,
and whatever is quick waits with them. Done a few at a time, most are done in half the time.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# One works while the others wait for the database.
AT_ONCE = 3
# Who has waited so long begins beside the others: something slow holds nobody up for ever.
PATIENCE_SECONDS = 1.0


class Turns:
    """So many at once have a turn; others wait for theirs, but not for ever."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE_SECONDS) -> None:
        self.patience = patience
        self._free = threading.Semaphore(at_once)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have a turn until the block ends. A turn within a turn would wait for itself."""
        had = self._free.acquire(timeout=self.patience)
        try:
            yield
        finally:
            if had:
                self._free.release()
