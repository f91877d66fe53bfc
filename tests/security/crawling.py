"""A crawler that reads all that a role can get: every route, every link, every variant."""

import contextlib
import html
import io
import logging
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from server.shared.workbooks import TYPE as WORKBOOK
from tests.security.addresses import addresses
from tests.security.marks import Marks
from tests.security.world import World

MOST = 1500
HOST = "http://localhost"
# Every page leads to it in each language, and it leads back: its own address is asked once.
SPOKEN = "/language/"
# What a board can be asked for beside its address.
VARIANTS = (
    "board=private",
    "board=public",
    "evaluation=1",
    "board=private&evaluation=1",
    "phase=a&board=private&per_page=100",
)
BOARDS = ("leaderboard", "universities", "ctftime")
# Where somebody goes afterwards changes nothing of a page but that.
RETURNS = re.compile(r"(^|&)next=")
# One page for each of a hundred metrics: those of one letter stand for all.
ALIKE = re.compile(r"(^|&)metric=[^r]")
# Links as our templates write them: a tenth of a crawl went into taking its pages apart.
LINKING = re.compile(r"<(?:a|form|div)\s[^<>]*>")
TARGET = re.compile(r'\s(?:href|src|action|data-live|poster|srcset|data)="([^"]*)"')
PATH = re.compile(r'"(/api/v1/[^"]*|https?://localhost/[^"]*)"')


class Links(HTMLParser):
    """Collects the addresses that a page leads to, and what a policy would refuse in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.assets: set[str] = set()
        self.forbidden: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        for name, value in attrs:
            self._look(tag, name, value or "")
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.forbidden.append(f"<{tag}> inline")
        if tag in ("iframe", "object", "embed", "base", "meta") and "http-equiv" in dict(attrs):
            self.forbidden.append(f"<{tag}>")

    def _look(self, tag: str, name: str, value: str) -> None:
        if (
            name == "style"
            or name.startswith("on")
            or value.lower().lstrip().startswith("javascript:")
        ):
            self.forbidden.append(f"<{tag} {name}={value[:40]!r}>")
        if name in ("href", "src", "action", "data-live", "poster", "srcset", "data"):
            (self.links if tag in ("a", "form", "div") else self.assets).add(value)


def parsed(page: str) -> Links:
    found = Links()
    found.feed(page)
    return found


def linked(page: str) -> set[str]:
    """Return what the parts of a page lead to that a parser's `links` are of."""
    tags = LINKING.findall(page)
    return {html.unescape(target) for tag in tags for target in TARGET.findall(tag)}


@dataclass
class Answer:
    """What a role got at an address."""

    status: int
    headers: dict[str, str]
    text: str
    kind: str

    @property
    def everything(self) -> str:
        """Headers and body: a mark may hide in either."""
        return "\n".join([*map(": ".join, self.headers.items()), self.text])


@dataclass
class Crawl:
    """All answers of one role by address."""

    role: str
    answers: dict[str, Answer] = field(default_factory=dict)

    def found(self, marks: Marks) -> list[str]:
        """Return the addresses at which a mark is seen, with the mark."""
        hits = (
            (path, marks.search(answer.everything, rounded=answer.kind == "text/html"))
            for path, answer in self.answers.items()
        )
        return [f"{self.role} {path}: {hit}" for path, hit in hits if hit]


class Crawls:
    """What each role reads in a world that nobody changes, read once, and what was logged."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._known: dict[str, Crawl] = {}
        self._said = io.StringIO()

    def __call__(self, role: str) -> Crawl:
        if role not in self._known:
            with listening(self._said):
                self._known[role] = crawl(self.world, role)
        return self._known[role]

    @property
    def said(self) -> str:
        """What was logged and printed meanwhile."""
        return self._said.getvalue()


@contextlib.contextmanager
def listening(heard: io.StringIO) -> Iterator[None]:
    """Write down every line of a log, however little it matters, and what is printed."""
    root, handler = logging.getLogger(), logging.StreamHandler(heard)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
            yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


def crawl(world: World, role: str) -> Crawl:
    """Read every route for both challenges, its variants, and whatever they lead to."""
    made, seen = Crawl(role), set[str]()
    waiting = deque(_seeds(world))
    while waiting:
        path = waiting.popleft()
        if path in seen:
            continue
        seen.add(path)
        assert len(seen) < MOST, f"more than {MOST} addresses: {path}"
        answer = get(world, role, path)
        made.answers[path] = answer
        waiting.extend(_ours(path, answer))
    return made


def get(world: World, role: str, path: str) -> Answer:
    """Ask for an address: a page with the cookie, the API with the token."""
    is_api = path.startswith("/api/v1")
    browser = world.app.test_client() if is_api else world.browser(role)
    headers = world.bearer(role) if is_api else {}
    answer = browser.get(path, headers=headers, buffered=True)
    return Answer(
        answer.status_code,
        dict(answer.headers),
        readable(answer.get_data(), answer.mimetype),
        answer.mimetype,
    )


def readable(body: bytes, kind: str) -> str:
    """Return what an answer says; a workbook is a zip, in which nothing is found as it stands."""
    if kind != WORKBOOK:
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist())


def _seeds(world: World) -> list[str]:
    paths = ["/"]
    for slug in ("digits", "tides", "vault"):
        for address in addresses(world, slug="tides" if slug == "vault" else slug):
            path = address.path.replace("/tides", "/vault", 1) if slug == "vault" else address.path
            if "GET" in address.methods:
                paths.append(path)
                if "compar" in path:
                    paths += [f"{path}?{_teams(world)}{more}" for more in ("", "&board=private")]
                wide = any(word in path for word in BOARDS)
                paths += [f"{path}?{variant}" for variant in VARIANTS if wide]
    return paths


def _teams(world: World) -> str:
    return f"a={world.cast.teams['pandas'].id}&b={world.cast.teams['isar'].id}"


def _ours(path: str, answer: Answer) -> list[str]:
    if answer.kind == "text/html":
        links = linked(answer.text)
    else:
        links = set(PATH.findall(answer.text)) if answer.kind == "application/json" else set()
    if "Location" in answer.headers:
        links.add(answer.headers["Location"])
    parts = [urlsplit(urljoin(HOST + path, link)) for link in links if "{" not in link]
    return [
        part.path + (f"?{part.query}" if part.query and not RETURNS.search(part.query) else "")
        for part in parts
        if part.netloc == "localhost"
        and not part.path.startswith(SPOKEN)
        and not ALIKE.search(part.query)
    ]
