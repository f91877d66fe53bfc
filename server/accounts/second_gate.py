"""Pages of a role that ask for a second factor, where the operator says so."""

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlmodel import Session

from server.accounts.second_factor_queries import factor_in_use
from server.shared.access import Gate, Viewer, Who
from server.shared.errors import N_, SecondFactorNeeded
from server.shared.settings import SecondFactorFor
from server.shared.web import is_api

# What only a role opens. A route that teams and organisers share stays open.
OF_A_ROLE = frozenset(
    {
        Who.JUDGE,
        Who.ORGANISER,
        Who.OWNER,
        Who.ORGANISER_OF_SUBMISSION,
        Who.ORGANISER_OF_TEAM,
        Who.JUDGE_OF_EVALUATION,
        Who.ORGANISER_OF_EVALUATION,
        Who.MANAGER,
        Who.ADMINISTRATOR,
    }
)
ROOMS_OF_A_ROLE = ("/organise", "/admin")


def lacks_second_factor(session: Session, viewer: Viewer, asked_of: SecondFactorFor) -> bool:
    """Whether somebody has a role that asks for a second factor, and has none.

    A program's token is a factor of its own where programs ask: it opens no page of a role.
    """
    by_program = viewer.by_token and is_api()
    if viewer.id is None or by_program or not _is_asked(viewer, asked_of):
        return False
    return factor_in_use(session, viewer.id) is None


def _is_asked(viewer: Viewer, asked_of: SecondFactorFor) -> bool:
    if asked_of == SecondFactorFor.NOBODY:
        return False
    has_role = viewer.organises_any or viewer.manages_any
    return viewer.is_admin or (asked_of == SecondFactorFor.ORGANISERS and has_role)


def asking_for_code(who: Who, gate: Gate) -> Gate:
    """Return a gate that also asks for a second factor, behind what it asks already."""

    def ask(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
        gate(session, viewer, arguments)
        of_a_role = who in OF_A_ROLE or request.path.startswith(ROOMS_OF_A_ROLE)
        if viewer.lacks_second_factor and of_a_role:
            raise SecondFactorNeeded(
                N_("This page asks for two-step sign-in: set it up in your settings first.")
            )

    return ask
