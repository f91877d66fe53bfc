"""What the first visitors of a web process would wait for, made ready while it answers already."""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from time import monotonic

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from scorers.registry import FAMILIES, SCORERS

log = structlog.get_logger()
TEMPLATES = (".html", ".txt", ".xml")
# A request that waits for the interpreter, as it does at each question to the database, gets it
# after so many seconds: a tenth of what is usual.
SWITCHED_AFTER = 0.0005
# Seconds: a start has enough to do.
BEGINS_AFTER = 2.0


class Warming:
    """A thread that makes an application ready, step by step, until it is told to stop."""

    def __init__(
        self,
        app: Flask,
        *,
        visits: Callable[[Flask], Iterable[Callable[[], object]]] | None = None,
        after: float = BEGINS_AFTER,
    ) -> None:
        self._app = app
        self._visits = visits
        self._after = after
        self._stop = Event()
        self._thread = Thread(target=self._run, name="warming")

    def begin(self) -> None:
        """Begin, beside the requests."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the present step: the process ends."""
        self._stop.set()

    def wait(self) -> None:
        """Wait until all is ready."""
        self._thread.join()

    def _run(self) -> None:
        if self._stop.wait(self._after):
            return
        try:
            with _giving_way():
                self._take_steps()
            # What was made is kept long: whoever collects garbage need not go through it again.
            gc.collect()
            gc.freeze()
        except SQLAlchemyError as error:
            # Whoever asks first makes ready what is left.
            log.warning("warming_stopped", error=str(error))

    def _take_steps(self) -> None:
        for load in self._steps():
            began = monotonic()
            load()
            # Half of the time is the requests' alone.
            if self._stop.wait(monotonic() - began):
                return

    def _steps(self) -> Iterator[Callable[[], object]]:
        # The libraries of all metrics but those of optional packages take a second.
        for family in FAMILIES:
            if family.extra is None:
                yield partial(SCORERS.__getitem__, family.names[0])
        loader = self._app.jinja_loader
        for name in loader.list_templates() if loader else []:
            if name.endswith(TEMPLATES):
                yield partial(self._app.jinja_env.get_template, name)
        if self._visits is not None:
            yield from self._visits(self._app)


@contextmanager
def _giving_way() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCHED_AFTER)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
