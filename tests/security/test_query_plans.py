"""No request walks through a table that grows with contests: every plan is looked at."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.plans import walks_in
from tests.postgres import PostgresTemplate
from tests.security.addresses import addresses
from tests.security.building import build_on, copied
from tests.security.crawling import get
from tests.security.world import World

PEOPLE = ("visitor", "member", "organiser")
ADMINISTER = ("administrator",)
VARIANTS = {
    "leaderboard": ("page=2", "q=an", "university=munich", "board=private", "phase=a"),
    "submissions": ("state=scored", "q=an", "phase=a&state=picked"),
    "universities": ("board=private", "page=2"),
    "events": ("kind=team",),
    "log": ("kind=team",),
    "accounts": ("q=we",),
}
TEAMS = "FROM team \nWHERE team.closed_at IS NULL"
# Counted once a minute and process, for the front page.
FOR_ALL = {TEAMS}
# Who administers the machine looks at all of it: pages of theirs alone may walk, and these do.
FOR_ADMINISTRATORS = {
    "FROM event": "the log is read from its end, page by page, and counted",
    "FROM account \nWHERE account.closed_at IS NULL": "accounts are listed by name and searched",
    "FROM submission UNION SELECT challenge_file": "each stored file is counted once",
}


@pytest.fixture
def world(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_template: PostgresTemplate | None
) -> Iterator[World]:
    """The world of these tests, in PostgreSQL where that is looked at: its plans are others."""
    if postgres_template:
        postgres_template.empty(as_new=True)
        made = build_on(tmp_path / "data", postgres_template.database())
    else:
        made = copied(request.getfixturevalue("first_world"), tmp_path / "data")
    yield made
    made.database.dispose()


def asked_by(world, roles: tuple[str, ...]) -> dict[str, Any]:
    """Return every SELECT of every page and answer, with values it had."""
    seen: dict[str, Any] = {}

    def note(_connection, _cursor, statement, values, *_rest) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            seen.setdefault(statement, values)

    sa.event.listen(world.database.read_engine, "before_cursor_execute", note)
    for role in roles:
        for path in paths(world):
            get(world, role, path)
    sa.event.remove(world.database.read_engine, "before_cursor_execute", note)
    return seen


def paths(world) -> list[str]:
    found = [a.path for a in addresses(world, slug="digits") if "GET" in a.methods]
    more = [f"{p}?{v}" for p in found for word, vs in VARIANTS.items() if word in p for v in vs]
    return [*dict.fromkeys([*found, *more])]


def walks(world, asked: dict[str, Any]) -> dict[str, list[str]]:
    """Return the statements that walk through a table, with the lines that say so."""
    return walks_in(world.database, asked)


def test_no_request_walks_through_what_grows(world):
    asked = asked_by(world, PEOPLE)
    assert len(asked) > 100
    of_people, of_administrators = walks(world, asked), walks(world, asked_by(world, ADMINISTER))
    allowed = {*FOR_ALL, *FOR_ADMINISTRATORS}
    assert not unless(of_people, FOR_ALL)
    assert not unless(of_administrators, allowed)
    # What may walk and does not is no exception any more.
    found = {**of_people, **of_administrators}
    assert all(any(words in statement for statement in found) for words in allowed)


def unless(found: dict[str, list[str]], allowed: Iterable[str]) -> dict[str, list[str]]:
    return {s: lines for s, lines in found.items() if not any(words in s for words in allowed)}
