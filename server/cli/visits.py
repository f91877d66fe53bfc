"""The pages that a web process asks of itself when it has begun: whoever comes first finds them.

What stands around a board's rows, its marks and its universities are made at the first look and
kept. After a start at five to midnight nobody should wait for that.
"""

from collections.abc import Callable, Iterator
from functools import partial

from flask import Flask, url_for

from server.challenges.listings import visible_challenges
from server.shared.access import VISITOR
from server.shared.language import LANGUAGES
from server.shared.measures import OWN
from server.shared.web import Services

# Of as many challenges; those that are open come first, and then those that ended last.
MOST_BOARDS = 200
FIRST = ("challenges.index", "standings.index")


def first_visits(app: Flask) -> Iterator[Callable[[], object]]:
    """Yield the visits of somebody who looks at every board once, in each language."""
    for path in _paths(app):
        for spoken in LANGUAGES:
            yield partial(_visit, app, path, spoken)


def _paths(app: Flask) -> list[str]:
    service: Services = app.extensions["varsity"]
    with service.database.reading() as session:
        listed = visible_challenges(session, VISITOR, service.clock())[:MOST_BOARDS]
        slugs = [listing.challenge.slug for listing in listed]
    with app.test_request_context():
        boards = [url_for("boards.leaderboard", slug=slug) for slug in slugs]
        return [*map(url_for, FIRST), *boards]


def _visit(app: Flask, path: str, spoken: str) -> None:
    service: Services = app.extensions["varsity"]
    asked = app.test_request_context(
        path,
        base_url=service.settings.base_url,
        headers={"Accept-Language": spoken},
        environ_overrides={OWN: True},
    )
    with asked:
        app.full_dispatch_request()
