"""The words of a notification, made when it is read, in its reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.notifications.kinds import KINDS
from server.notifications.rules import Kind
from server.notifications.zones import moment_said
from server.shared.bidi import isolated
from server.shared.catalogues import catalogue_of
from server.shared.errors import N_
from server.shared.language import language


def words_of(kind: str, values: Mapping[str, Any]) -> str:
    """Return the line of a notification; of a kind that is no more, a general one."""
    known = KINDS.get(kind)
    if known is None or not known.places(values) <= values.keys():
        return said(N_("Something changed that concerns you."))
    shown = {name: _shown(known, name, values[name]) for name in known.places(values)}
    return said(known.line_of(values), **shown)


def said(message: str, **values: str) -> str:
    """Return a message in the language that is spoken now; a worker has no request to ask."""
    return str(catalogue_of(language()).ugettext(message)) % values


def _shown(kind: Kind, name: str, value: Any) -> str:
    if name in kind.moments:
        return moment_said(datetime.fromisoformat(str(value)))
    return isolated(str(value))
