"""A new edition of a challenge: a draft with everything of the old one, at another time."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlmodel import Session, col, select

from scorers.metric_files.file import METRIC
from server.archives.definitions import definition_of
from server.archives.editions import edition_of
from server.archives.holdings import held_files
from server.challenges.models import Challenge
from server.challenges.queries import pages_of
from server.drafts.actions import GivenFile, begin_draft
from server.drafts.models import ChallengeDraft
from server.drafts.rules import RESERVED_SLUGS, DraftState, FileKind
from server.folders.definition import as_slug, is_slug
from server.organise.titles import title_after, year_of
from server.shared.errors import N_, Conflict, Invalid

LONGEST_TITLE = 200
MOST_EDITIONS = 100


def begin_edition(
    session: Session,
    challenge: Challenge,
    *,
    title: str,
    slug: str,
    starts: datetime,
    owner_id: int,
    now: datetime,
) -> ChallengeDraft:
    """Begin a draft of a challenge's next edition; its hidden answers go along by name alone.

    Raises:
        Invalid: the title, the address or the start can't be.
        Conflict: the address is taken, or the metric is a file that drafts can't carry.
    """
    _check(session, challenge, title, slug)
    definition = edition_of(definition_of(session, challenge), title=title.strip(), starts=starts)
    return begin_draft(
        session,
        owner_id=owner_id,
        slug=slug,
        definition=definition,
        pages={page.slug: page.markdown for page in pages_of(session, challenge.id or 0)},
        files=[
            GivenFile(
                FileKind(held.kind.value),
                held.name,
                held.sha256,
                held.size,
                held.phase,
                held.title,
                held.description,
            )
            for held in held_files(session, challenge)
        ],
        now=now,
    )


def _check(session: Session, challenge: Challenge, title: str, slug: str) -> None:
    if not title.strip() or len(title) > LONGEST_TITLE or not title.isprintable():
        said = N_("Give the new edition a title, of one line and at most %(most)s letters.")
        raise Invalid(said, field="title", most=LONGEST_TITLE)
    if not is_slug(slug) or slug in RESERVED_SLUGS:
        raise Invalid(
            N_("Use lowercase letters, digits and single hyphens, such as %(example)s."),
            field="slug",
            example=as_slug(slug, otherwise=f"{challenge.slug}-2"),
        )
    if session.exec(select(Challenge.id).where(col(Challenge.slug) == slug)).first() is not None:
        raise Conflict(N_("There is a challenge at this address already."), field="slug")
    if challenge.scorer == METRIC:
        raise Conflict(
            N_(
                "This challenge is scored by a metric file of its own, which the browser can't "
                "carry. On the server, varsity export writes a folder of it: change the times "
                "there, and deploy it under another name."
            )
        )


def read_start(text: str) -> datetime:
    """Read a start as a form sends it, in UTC. Raises Invalid."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        said = N_("Say when the first phase begins, in UTC.")
        raise Invalid(said, field="starts") from None


def next_title(session: Session, title: str) -> str:
    """Suggest a title that no challenge has: the next year, or the next edition."""
    offered, taken = title, True
    for _ in range(MOST_EDITIONS):
        offered = title_after(offered)
        query = select(Challenge.id).where(col(Challenge.title) == offered)
        taken = session.exec(query.limit(1)).first() is not None
        if not taken:
            break
    return offered


def next_slug(session: Session, slug: str, title: str = "") -> str:
    """Suggest an address that no challenge and no open draft has.

    It is the old one with the next number; without one, with the year of the new title.
    """
    head, _, tail = slug.rpartition("-")
    stem, number = (head, int(tail)) if head and tail.isdigit() and len(tail) < 5 else (slug, 1)
    year = year_of(title)
    number = year - 1 if year is not None and number < year else number
    # A challenge has few editions: a hundred numbers on, one is free.
    stem = stem[:52].rstrip("-")
    offered = [f"{stem}-{number + i}" for i in range(1, MOST_EDITIONS)]
    drafts = select(ChallengeDraft.slug).where(
        col(ChallengeDraft.slug).in_(offered), ChallengeDraft.state == DraftState.EDITING
    )
    held = select(Challenge.slug).where(col(Challenge.slug).in_(offered))
    taken = set(session.exec(held)) | set(session.exec(drafts))
    return next(name for name in [*offered, f"{stem}-{uuid4().hex[:7]}"] if name not in taken)
