"""Reads of a challenge's files and pictures, and who may have them."""

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.challenges.models import (
    Challenge,
    ChallengeFile,
    ChallengeImage,
)
from server.challenges.queries import challenge_by_slug, is_organiser, participation_of
from server.shared.access import Viewer
from server.shared.errors import N_, Forbidden, NotFound
from server.shared.paging import Page, page_of


def files_of(session: Session, challenge_id: int) -> list[ChallengeFile]:
    """Return the files that participants download, in their order."""
    return list(session.exec(_files_query(challenge_id)))


def images_of(session: Session, challenge_id: int) -> list[ChallengeImage]:
    """Return the pictures of a challenge's pages, by name."""
    query = select(ChallengeImage).where(ChallengeImage.challenge_id == challenge_id)
    return list(session.exec(query.order_by(col(ChallengeImage.name))))


def image_by_name(session: Session, challenge_id: int, name: str) -> ChallengeImage:
    """Return a picture of a challenge's pages. Raises NotFound."""
    query = select(ChallengeImage).where(
        ChallengeImage.challenge_id == challenge_id, ChallengeImage.name == name
    )
    image = session.exec(query).first()
    if image is None:
        raise NotFound(N_("This challenge has no picture %(name)s."), name=name)
    return image


def files_page(
    session: Session, challenge: Challenge, *, page: int, per_page: int
) -> Page[ChallengeFile]:
    """Return a page of the files that participants download."""
    assert challenge.id is not None
    return page_of(session, _files_query(challenge.id), page=page, per_page=per_page)


def _files_query(challenge_id: int) -> SelectOfScalar[ChallengeFile]:
    return (
        select(ChallengeFile)
        .where(ChallengeFile.challenge_id == challenge_id)
        .order_by(col(ChallengeFile.position))
    )


def file_to_download(session: Session, *, slug: str, name: str, viewer: Viewer) -> ChallengeFile:
    """Return a file for somebody who takes part in its challenge, or organises it.

    Raises:
        NotSignedIn: nobody is signed in.
        Forbidden: the challenge was not joined yet.
        NotFound: it has no file of this name.
    """
    challenge = challenge_by_slug(session, slug)
    require_files(session, challenge, viewer)
    query = select(ChallengeFile).where(
        ChallengeFile.challenge_id == challenge.id, ChallengeFile.name == name
    )
    file = session.exec(query).first()
    if file is None:
        raise NotFound(N_("This challenge has no file %(name)s."), name=name)
    return file


def require_files(session: Session, challenge: Challenge, viewer: Viewer) -> None:
    """Let in who takes part in a challenge, or organises it. Raises NotSignedIn, Forbidden."""
    account_id = viewer.account_id
    assert challenge.id is not None
    runs = viewer.is_admin or is_organiser(session, challenge.id, account_id)
    if not runs and participation_of(session, challenge.id, account_id) is None:
        raise Forbidden(
            N_("Join the challenge %(slug)s first: its files are for those who take part."),
            code="not-joined",
            slug=challenge.slug,
        )
