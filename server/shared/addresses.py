"""Addresses of pages: a page names fifty, mostly those that the page before named."""

from functools import lru_cache
from typing import Any

from apiflask import APIFlask
from flask import has_request_context, request

# So many are remembered, each of some hundred bytes.
MOST_ADDRESSES = 20_000
# Values that are equal and of one of these types are written alike: `True == 1`, but is not.
PLAIN = frozenset((str, int, type(None)))
OF_A_REQUEST = frozenset(("_external", "_scheme", "_method"))


class Application(APIFlask):
    """An application that remembers the addresses it has built."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._built = lru_cache(maxsize=MOST_ADDRESSES)(self._build)

    def url_for(  # type: ignore[override]  # Flask names what is passed on here by its names
        self, endpoint: str, /, **values: Any
    ) -> str:
        """Return the address of an endpoint, as Flask does; see `Flask.url_for`.

        One that depends on the request (relative to its room, or with the host in it) is built.
        """
        own = values.keys() & OF_A_REQUEST or endpoint.startswith(".")
        plain = all(type(value) in PLAIN for value in values.values())
        if own or not plain or not has_request_context():
            return super().url_for(endpoint, **values)
        return self._built(request.script_root, endpoint, tuple(values.items()))

    def _build(self, _script_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return super().url_for(endpoint, **dict(values))
