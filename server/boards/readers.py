"""Readers on sheets: what a page's frame says of somebody who is signed in.

It says their name, address and number, and holds the token of their forms: marks stand in the
places of these, and a frame is drawn once for all who are in the same position. While it is drawn
a stand-in is who asks: nothing that is looked up by its number is a person's.
"""

import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, cast

from flask import current_app, g
from flask import session as cookie
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape
from sqlmodel import Session

from server.boards.versions import kept
from server.challenges.queries import (
    challenge_by_id,
    is_organiser,
    participation_of,
    phases_of,
)
from server.challenges.registration_queries import asked_state
from server.shared.access import Viewer
from server.shared.web import now, viewer
from server.submissions.entrances import Entrance, entrance_now

# As the number of an account stands in addresses; nobody has it, and nobody can guess it.
_NUMBER = 10**17 + secrets.randbelow(10**17)
# Where flask keeps what is to be said once.
FLASHES = "_flashes"
# What templates call to hear of the way into what is open.
WAY = "way_to_submit"


class Reader(NamedTuple):
    """What differs between those who are signed in: their words, and the position they are in."""

    name: Markup
    email: Markup
    number: Markup
    token: Markup
    position: Hashable
    context: Mapping[str, Any]

    @property
    def words(self) -> tuple[Markup, ...]:
        """What is filled in, in the order of the marks."""
        return self.name, self.email, self.number, self.token


# Of whom a page says nothing.
NOBODY = Reader(Markup(), Markup(), Markup(), Markup(), None, {})
WORDS = len(NOBODY.words)


def reader_of(session: Session, challenge_id: int) -> Reader | None:
    """Return who reads a challenge's page; None: it is drawn for them alone.

    That is so for organisers and administrators, who see more, and where something is to be said
    once.
    """
    asker = viewer()
    if cookie.get(FLASHES) or asker.is_admin or is_organiser(session, challenge_id, asker.id):
        return None
    return NOBODY if asker.id is None else _reader(session, challenge_id, asker)


def _reader(session: Session, challenge_id: int, asker: Viewer) -> Reader:
    said = _asked_of_the_context("unread_now", "has_console")
    way = _way(session, challenge_id, asker)
    return Reader(
        name=escape(asker.name),
        email=escape(asker.email),
        number=escape(asker.account_id),
        token=escape(generate_csrf()),
        position=(
            _nameless(asker),
            *said.values(),
            way,
            *_taking_part(session, challenge_id, asker),
        ),
        context={name: partial(_same, value) for name, value in {**said, WAY: way}.items()},
    )


def _nameless(asker: Viewer) -> Viewer:
    return replace(asker, id=0, name="", email="", university_id=None, language="")


def _taking_part(session: Session, challenge_id: int, asker: Viewer) -> tuple[Hashable, ...]:
    challenge = challenge_by_id(session, challenge_id)
    if challenge is None or participation_of(session, challenge_id, asker.id) is not None:
        return (True,)
    return False, asked_state(session, challenge, asker.id)


def _asked_of_the_context(*names: str) -> dict[str, Hashable]:
    """Return what the functions of these names, which every template has, say of the viewer."""
    context: dict[str, Any] = {}
    current_app.update_template_context(context)
    return {name: cast(Callable[[], Hashable], context[name])() for name in names}


def _same(value: Hashable, *_: object) -> Hashable:
    return value


def _way(session: Session, challenge_id: int, asker: Viewer) -> Entrance:
    """Return the way into what is open; mostly there is no phase that admits by a result."""
    admits = kept(
        session,
        ("admits", challenge_id),
        challenge_id,
        lambda: any(p.admit_top is not None for p in phases_of(session, challenge_id)),
        size=lambda _: 1,
    )
    if not admits:
        return Entrance()
    return entrance_now(session, challenge_id, asker=asker.id, at=now())


@contextmanager
def standing_in(reader: Reader, marks: Sequence[Markup]) -> Iterator[dict[str, Any]]:
    """Yield the context of templates in which marks stand in a reader's place."""
    if reader is NOBODY:
        yield {}
        return
    name, email, _, token = marks
    own, own_token = g.viewer, g.csrf_token
    g.viewer = shown = replace(_nameless(own), id=_NUMBER, name=name, email=email)
    g.csrf_token = token
    try:
        yield {**reader.context, "viewer": shown}
    finally:
        g.viewer, g.csrf_token = own, own_token


def with_mark(html: str, marks: Sequence[Markup]) -> str:
    """Return what was drawn with a mark in the place of the number."""
    return html.replace(str(_NUMBER), marks[2])
