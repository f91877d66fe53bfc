"""What a process keeps in memory because it costs more to make than to find: bounded by bytes.

Nothing here grows old by itself. Whoever keeps something names it by all that it depends on, so
that a change makes another name; what nobody asks for any more falls out.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from sqlmodel import Session

Made = TypeVar("Made")
MOST_BYTES = 64_000_000
# A reading session of the web knows its process's cache; one that writes sees its own changes.
IN_SESSION = "cache"
# What a session that only reads, in one transaction, has found already.
FOUND = "found"


class Cache:
    """Values by their names; of several threads that miss one, one makes it and the others wait."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, tuple[threading.Lock, list[None]]] = {}

    def fetch(
        self, name: Hashable, make: Callable[[], Made], *, size: Callable[[Made], int | None]
    ) -> Made:
        """Return what is kept under a name, else make it.

        `size` is about how many bytes it takes; None: it is not to be kept.
        """
        found = self._find(name)
        if found is not None:
            return cast(Made, found[0])
        with self._alone(name):
            found = self._find(name)
            if found is not None:
                return cast(Made, found[0])
            made = make()
            self._keep(name, made, size(made))
            return made

    def _find(self, name: Hashable) -> tuple[Any, int] | None:
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    @contextmanager
    def _alone(self, name: Hashable) -> Iterator[None]:
        with self._lock:
            lock, waiting = self._making.setdefault(name, (threading.Lock(), []))
            waiting.append(None)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                waiting.pop()
                if not waiting:
                    self._making.pop(name, None)

    def _keep(self, name: Hashable, value: Any, size: int | None) -> None:
        if size is None or size > self.most_bytes:
            return
        with self._lock:
            self._kept[name] = (value, size)
            self.bytes += size
            while self.bytes > self.most_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self.bytes -= freed

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self.bytes = 0


def once(session: Session, name: Hashable, find: Callable[[], Made]) -> Made:
    """Return what a page's session has found already under a name, else find it.

    A session that may see changes (one that writes, or reads again after a write) remembers
    nothing.
    """
    found = session.info.get(FOUND)
    if found is None:
        return find()
    if name not in found:
        found[name] = find()
    return cast(Made, found[name])


def finds_once(session: Session) -> bool:
    """Whether a session remembers what it has found: it reads a page, in one transaction."""
    return FOUND in session.info


def recalled(session: Session, name: Hashable) -> object | None:
    """Return what a page's session has found already under a name, if it has."""
    found: dict[Hashable, object] = session.info.get(FOUND, {})
    return found.get(name)


def remember(session: Session, name: Hashable, found: object) -> None:
    """Have a page's session find under a name (`once`) what it has found under another."""
    known = session.info.get(FOUND)
    if known is not None:
        known.setdefault(name, found)


def cache_of(session: Session) -> Cache | None:
    """Return the cache that a session may read from, if it may."""
    return cast(Cache | None, session.info.get(IN_SESSION))
