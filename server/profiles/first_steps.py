"""The way to the first score, for whoever has none yet."""

from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlmodel import Session

from server.accounts.queries import open_request_of
from server.shared.access import Viewer


class Step(NamedTuple):
    """A step on the way to the first score."""

    title: str
    text: str
    link: str | None
    done: bool


def first_steps(session: Session, viewer: Viewer, slug: str | None) -> list[Step]:
    """Return the steps, with those that are done; `slug`: of a challenge that was joined."""
    join = Step(
        _("Join a challenge"),
        _("Read what it is about, and take part by one button."),
        url_for("challenges.index", state="open"),
        slug is not None,
    )
    return [*_own_steps(session, viewer), join, *_file_steps(slug)]


def _own_steps(session: Session, viewer: Viewer) -> list[Step]:
    asked = viewer.university_id is None and open_request_of(session, viewer.account_id)
    waits = _("Your request waits for one of its managers.")
    why = _("Your team competes for it. You can also take part without one.")
    return [
        Step(
            _("Confirm your address"),
            _("Follow the link in the message that we sent to %(email)s.", email=viewer.email),
            None,
            viewer.confirmed,
        ),
        Step(
            _("Say which university you are of"),
            waits if asked else why,
            url_for("accounts.settings") + "#university",
            viewer.university_id is not None or bool(asked),
        ),
    ]


def _file_steps(slug: str | None) -> list[Step]:
    return [
        Step(
            _("Get the starter kit"),
            _("The data, the sample, and a script that writes a first submission."),
            url_for("challenges.tab", slug=slug, tab="data") if slug else None,
            False,
        ),
        Step(
            _("Submit"),
            _("Drop the file on the page: the score is there within seconds."),
            url_for("submissions.submit", slug=slug) if slug else None,
            False,
        ),
    ]
