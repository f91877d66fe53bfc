"""Letters about what people may switch off: their words, and the places filled in on the way."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from server.notifications.rules import Kind
from server.notifications.words import said, words_of
from server.shared.errors import N_
from server.shared.mail import HOME, NO_MORE

# Stands for the reader's name in the one letter that is written; nobody is called so.
NAME = "\ue000"


class Letter(NamedTuple):
    """A subject, and a body in which NAME, where it stands, is its reader's name."""

    subject: str
    body: str


def letter_of(kind: Kind, values: Mapping[str, Any], link: str) -> Letter:
    """Return the letter of a notification that has none of its own: its line and its link."""
    line = words_of(kind.name, values)
    lines = [
        said(N_("Dear %(name)s,"), name=NAME),
        line,
        f"    {HOME}{link}",
        f"-- \nVarsity · {HOME}\n{why()}",
    ]
    return Letter(line, "\n\n".join(lines) + "\n")


def why() -> str:
    """Return the last lines of every such letter: how to get no more of its kind."""
    end = said(N_("To get no more letters of this kind, open this link:"))
    return f"{end}\n{NO_MORE}"


def with_name(body: str, name: Any) -> Any:
    """Return a body with its reader's name in it, as an expression of SQL."""
    before, named, after = body.partition(NAME)
    if not named:
        return sa.literal(body, sa.Text)
    return sa.literal(before, sa.Text) + name + sa.literal(after, sa.Text)
