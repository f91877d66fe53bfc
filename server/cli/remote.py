"""A Varsity server over HTTP; whatever it refuses, and whatever fails, becomes a Refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx2

from server.cli.credentials import current
from server.cli.output import Refusal
from server.cli.words import N_, _, asked_language

LARGEST_PAGE = 100
# Who just gave a wrong password or no code is signing in: that is another refusal.
NOT_SIGNED_IN = "not-signed-in"
TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
NO_ADDRESS = N_("%(url)s is not an address: %(error)s")
UNREACHABLE = N_("%(url)s can't be reached (%(error)s). Is the address right, and the server up?")
BROKE = N_("The connection to %(url)s broke: %(error)s. Try again.")
STRANGER = N_(
    "%(url)s does not answer like a Varsity server (status %(status)s). Check the address."
)
MOVED = N_(
    "%(url)s does not answer like a Varsity server (status %(status)s). It sends to %(where)s. "
    "Check the address."
)
SIGN_IN = N_("Run `varsity login URL`, or set VARSITY_TOKEN.")


class Problem(Refusal):
    """A refusal that the server sent: its status, its code and its words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Remote:
    """A connection to one server, with the caller's token."""

    def __init__(self, url: str, token: str = "") -> None:
        headers = {"Accept": "application/json", "User-Agent": "varsity-cli"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if language := asked_language():
            headers["Accept-Language"] = language
        self.url = url
        try:
            self.client = httpx2.Client(
                base_url=f"{url}/api/v1", headers=headers, timeout=TIMEOUT, follow_redirects=False
            )
        except httpx2.InvalidURL as error:
            raise Refusal(_(NO_ADDRESS, url=url, error=error)) from error

    @classmethod
    def current(cls) -> Self:
        """Return a connection to the server that `varsity login` or VARSITY_URL chose."""
        return cls(*current())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the JSON of a GET; parameters that are None are left out."""
        return self.request("GET", path, params=_given(parameters))

    def post(self, path: str, **content: Any) -> Any:
        """Return the JSON of a POST."""
        return self.request("POST", path, **content)

    def request(self, method: str, path: str, **content: Any) -> Any:
        """Return the JSON of an answer. Raises Refusal, Problem."""
        with self.reachable():
            response = self.client.request(method, path, **content)
        return self.answer(response)

    def every(self, path: str, **parameters: Any) -> list[Any]:
        """Return the rows of every page of a list."""
        rows: list[Any] = []
        for page in range(1, LARGEST_PAGE * LARGEST_PAGE):
            found = self.get(path, page=page, per_page=LARGEST_PAGE, **parameters)
            rows += found["rows"]
            if not found["rows"] or len(rows) >= found["total"]:
                break
        return rows

    def answer(self, response: httpx2.Response) -> Any:
        """Return an answer's JSON. Raises Problem where it is a refusal."""
        try:
            body = response.json() if response.content else None
        except ValueError as error:
            raise self._stranger(response) from error
        if response.is_success:
            return body
        if not isinstance(body, dict):
            raise self._stranger(response)
        raise _problem(response.status_code, body)

    @contextmanager
    def reachable(self) -> Iterator[None]:
        """Say in plain words what goes wrong on the way to the server."""
        try:
            yield
        except httpx2.ConnectError as error:
            raise Refusal(_(UNREACHABLE, url=self.url, error=error)) from error
        except httpx2.TimeoutException as error:
            raise Refusal(_("%(url)s did not answer in time. Try again.", url=self.url)) from error
        except httpx2.InvalidURL as error:
            raise Refusal(_(NO_ADDRESS, url=self.url, error=error)) from error
        except httpx2.HTTPError as error:
            why = str(error) or type(error).__name__
            raise Refusal(_(BROKE, url=self.url, error=why)) from error

    def _stranger(self, response: httpx2.Response) -> Refusal:
        where, status = response.headers.get("Location", ""), response.status_code
        said = _(MOVED if where else STRANGER, url=self.url, status=status, where=where)
        return Refusal(said)


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value not in (None, "")}


def _problem(status: int, body: dict[str, Any]) -> Problem:
    code = str(body.get("code", ""))
    detail = str(body.get("detail") or body.get("title") or f"status {status}")
    lines = [detail]
    for error in body.get("errors") or ():
        message = str(error.get("message", ""))
        if message != detail:
            lines.append(f"  {error.get('field', '')}: {message}")
    if code == NOT_SIGNED_IN:
        lines.append(_(SIGN_IN))
    return Problem(status, code, "\n".join(lines))
