"""The people whom a challenge meets, and challenges for each kind of visibility."""

from sqlmodel import Session

from server.challenges.models import Challenge, Invitation, Organiser, Participation
from server.challenges.rules import Visibility
from server.shared.access import VISITOR, Viewer
from server.shared.database import Database
from tests.cast import NOON, Cast

ROLES = (
    "visitor",
    "stranger",
    "same university",
    "invited",
    "unproven",
    "joined",
    "organiser",
    "admin",
)


def as_viewer(cast: Cast, role: str) -> Viewer:
    """Olga of Munich organises; Amina is invited, Newt too, but his address is not confirmed."""
    name = {
        "stranger": "wei",
        "same university": "lena",
        "invited": "amina",
        "unproven": "newt",
        "joined": "chidi",
        "organiser": "olga",
        "admin": "ada",
    }.get(role)
    if name is None:
        return VISITOR
    account = cast.people[name]
    return Viewer(
        id=account.id,
        name=account.name,
        email=account.email,
        confirmed=account.confirmed_at is not None,
        is_admin=account.is_admin,
        university_id=account.university_id,
    )


def add_hidden(database: Database, cast: Cast, visibility: Visibility) -> str:
    """Add a challenge of this visibility, and return its slug."""
    slug = f"{visibility}-one"
    with database.writing() as session:
        row = _challenge(session, slug, visibility)
        for name in ("amina", "newt"):
            session.add(Invitation(challenge_id=row.id, email=cast.people[name].email))
        session.add(Organiser(challenge_id=row.id, account_id=cast.olga.id))
        session.add(Participation(challenge_id=row.id, account_id=cast.chidi.id, joined_at=NOON))
        session.commit()
    return slug


def _challenge(session: Session, slug: str, visibility: Visibility) -> Challenge:
    row = Challenge(
        slug=slug,
        title=slug,
        visibility=visibility,
        id_column="id",
        header=["id", "y"],
        max_bytes=1000,
        scorer="accuracy",
        created_at=NOON,
        updated_at=NOON,
    )
    session.add(row)
    session.flush()
    return row
