"""The body of a request as it arrives: what breaks off, comes too slowly or makes no sense.

The web server ends each in a way of its own (an empty read, an error of its parser); whoever reads
a body here gets a refusal that says what happened.
"""

import socket
import threading
from contextlib import suppress
from typing import Any

from gunicorn.http.errors import NoMoreData, ParseException

from server.shared.errors import N_, DomainError, TooSlow

IN_SECONDS = N_(
    "What you sent did not arrive whole within the %(seconds)s seconds that it may take; nothing "
    "was kept."
)
IN_MINUTES = N_(
    "What you sent did not arrive whole within the %(minutes)s minutes that it may take; nothing "
    "was kept."
)


def too_slow(seconds: float) -> TooSlow:
    """Return the refusal of a body that took longer than so many seconds."""
    if seconds < 120:
        return TooSlow(IN_SECONDS, seconds=round(seconds))
    return TooSlow(IN_MINUTES, minutes=round(seconds / 60))


class Hurry:
    """The time that a body may take; afterwards reading it is broken off, answering it is not."""

    def __init__(self, connection: socket.socket, *, allowed: float, grace: float = 0) -> None:
        self.allowed = allowed
        self.over = False
        self._connection = connection
        self._timer = threading.Timer(allowed + grace, self._end)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Let the body take its time."""
        self._timer.cancel()

    def shorten(self, allowed: float) -> "Hurry":
        """Give what nobody waits for any more no longer than this."""
        self._timer.cancel()
        return Hurry(self._connection, allowed=min(allowed, self.allowed))

    def _end(self) -> None:
        self.over = True
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RD)


class ArrivingBody:
    """A web server's input, whose end before its time is a refusal."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.hurry: Hurry | None = None

    @property
    def unread(self) -> bool:
        """Whether some of the body may still be on its way, in chunks or of a known length."""
        reader = getattr(self._source, "reader", None)
        length = getattr(reader, "length", None)
        if length is not None:
            return int(length) > 0
        return getattr(reader, "parser", None) is not None

    def read(self, size: int = -1) -> bytes:
        """Read on. Raises TooSlow, and DomainError for a body that can't be read."""
        return self._checked(self._source.read, size)

    def readline(self, size: int = -1) -> bytes:
        """Read a line. Raises as `read` does."""
        return self._checked(self._source.readline, size)

    def _checked(self, read: Any, size: int) -> bytes:
        try:
            data: bytes = read(size)
        except (ParseException, NoMoreData) as error:
            self._refuse_late()
            raise DomainError(
                N_("The body broke off, or its chunks are not as HTTP has them; nothing was kept."),
                code="broken-body",
            ) from error
        if not data:
            self._refuse_late()
        return data

    def _refuse_late(self) -> None:
        if self.hurry is not None and self.hurry.over:
            raise too_slow(self.hurry.allowed)
