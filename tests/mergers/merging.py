"""Merging as the tests do it."""

from sqlmodel import Session

from server.accounts.models import Account
from server.mergers.actions import Merged, merge_by_code
from server.shared.access import Viewer
from server.teams.models import Team
from tests.cast import NOON, Cast


def viewer_of(account: Account) -> Viewer:
    """Return somebody as a request would see them."""
    return Viewer(
        id=account.id,
        name=account.name,
        email=account.email,
        confirmed=True,
        is_admin=account.is_admin,
        university_id=account.university_id,
    )


def merge(session: Session, cast: Cast, team: Team, into: Team, who: str = "jonas") -> Merged:
    """Have somebody merge a team into another by its code."""
    by = viewer_of(getattr(cast, who))
    return merge_by_code(session, team=team, code=into.code, by=by, now=NOON)
