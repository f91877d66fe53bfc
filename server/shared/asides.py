"""A thread beside the scoring, for what takes long: one thing at a time."""

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class Aside:
    """Does a row's work in a thread of its own; what comes while it is busy is left to a sweep."""

    def __init__(self, failed: str, act: Callable[[int], None]) -> None:
        """`failed`: the name under which an exception of `act` is logged."""
        self._failed = failed
        self._act = act
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.stopping = threading.Event()

    @property
    def stops(self) -> bool:
        """Whether the worker stops: what can be broken off is to end soon."""
        return self.stopping.is_set()

    def begin(self, row_id: int) -> None:
        """Begin with a row, unless another is being worked on."""
        with self._lock:
            busy = self._thread is not None and self._thread.is_alive()
            if busy or self.stops:
                return
            self._thread = threading.Thread(target=self._guarded, args=(row_id,), daemon=True)
            self._thread.start()

    def _guarded(self, row_id: int) -> None:
        try:
            self._act(row_id)
        except Exception:
            log.exception(self._failed, row=row_id)

    def stop(self) -> None:
        """Begin nothing more."""
        self.stopping.set()

    def join(self, seconds: float) -> None:
        """Wait until what was begun has ended, at most so long."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)
