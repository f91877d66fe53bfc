"""What runs again and again, and must go on whatever happens in it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from server.shared.clock import Clock

log = structlog.get_logger(__name__)
# On a full disk the log would else take what is freed: a fault lasts for hours, a line is enough.
SAID_AGAIN = timedelta(minutes=1)


class Guard:
    """Runs acts by their names; of one that goes on failing, it logs a line a minute."""

    def __init__(self, failed: str, well: str, clock: Clock) -> None:
        """`failed`, `well`: the names under which a fault, and its end, are logged."""
        self._failed, self._well = failed, well
        self._clock = clock
        self._said_at: dict[str, datetime] = {}

    def run(self, name: str, act: Callable[[], None]) -> None:
        """Run an act; raises nothing."""
        try:
            act()
        except Exception:
            if self._is_news(name):
                log.exception(self._failed, act=name)
            return
        if self._said_at.pop(name, None):
            log.info(self._well, act=name)

    def _is_news(self, name: str) -> bool:
        now, said_at = self._clock(), self._said_at.get(name)
        if said_at is not None and now < said_at + SAID_AGAIN:
            return False
        self._said_at[name] = now
        return True
