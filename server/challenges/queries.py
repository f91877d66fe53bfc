"""Reads of challenges."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.accounts.models import Account
from server.challenges.models import (
    Challenge,
    ChallengeFile,
    ChallengeImage,
    ChallengePage,
    Invitation,
    Organiser,
    Participation,
    Phase,
)
from server.challenges.rules import INCLUSIVE, Reveal, Role, Visibility, may_see
from server.challenges.views import Frame, Listing, PageHead, PhaseView, tabs_of
from server.shared.access import Viewer
from server.shared.caching import once
from server.shared.errors import N_, Forbidden, NotFound
from server.shared.paging import Page, page_of

RULES = "rules"


def challenge_by_slug(session: Session, slug: str) -> Challenge:
    """Return a challenge. Raises NotFound."""
    query = select(Challenge).where(Challenge.slug == slug)
    challenge = once(session, ("challenge", slug), lambda: session.exec(query).first())
    if challenge is None:
        raise NotFound(N_('There is no challenge named "%(slug)s" here.'), slug=slug)
    return challenge


def challenges_by_id(session: Session, ids: Iterable[int]) -> dict[int, Challenge]:
    """Return challenges by their ids, in one query."""
    rows = session.exec(select(Challenge).where(col(Challenge.id).in_(set(ids))))
    return {c.id: c for c in rows if c.id is not None}


def phases_of(session: Session, challenge_id: int) -> list[Phase]:
    """Return a challenge's phases in their order."""
    query = select(Phase).where(Phase.challenge_id == challenge_id).order_by(col(Phase.position))
    return list(once(session, ("phases", challenge_id), lambda: session.exec(query).all()))


def hold_phases(session: Session, challenge_id: int) -> list[Phase]:
    """Return a challenge's phases as they are now, and keep them so until the transaction ends."""
    query = select(Phase).where(Phase.challenge_id == challenge_id).order_by(col(Phase.id))
    held = query.with_for_update(read=True).execution_options(populate_existing=True)
    return list(session.exec(held))


def phases_by_challenge(session: Session, ids: Iterable[int]) -> dict[int, list[Phase]]:
    """Return the phases of many challenges in their order, in one query."""
    query = select(Phase).where(col(Phase.challenge_id).in_(set(ids))).order_by(col(Phase.position))
    found: dict[int, list[Phase]] = defaultdict(list)
    for phase in session.exec(query):
        found[phase.challenge_id].append(phase)
    return found


def pages_of(session: Session, challenge_id: int) -> list[ChallengePage]:
    """Return a challenge's tabs of Markdown in their order."""
    query = (
        select(ChallengePage)
        .where(ChallengePage.challenge_id == challenge_id)
        .order_by(col(ChallengePage.position))
    )
    return list(session.exec(query))


def page_of_challenge(session: Session, challenge_id: int, slug: str) -> ChallengePage | None:
    """Return one tab of Markdown."""
    query = select(ChallengePage).where(
        ChallengePage.challenge_id == challenge_id, ChallengePage.slug == slug
    )
    return session.exec(query).first()


def page_heads(session: Session, challenge_id: int) -> list[PageHead]:
    """Return a challenge's tabs of Markdown in their order, without their text."""
    query = (
        select(ChallengePage.slug, ChallengePage.title)
        .where(ChallengePage.challenge_id == challenge_id)
        .order_by(col(ChallengePage.position))
    )
    return [PageHead(slug, title) for slug, title in session.exec(query)]


def rules_digest(session: Session, challenge_id: int) -> str:
    """Return the sha256 of the rules that joining accepts; empty where there are none."""
    page = page_of_challenge(session, challenge_id, RULES)
    return sha256(page.markdown.encode()).hexdigest() if page else ""


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


def participation_of(
    session: Session, challenge_id: int, account_id: int | None
) -> Participation | None:
    """Return that an account joined a challenge, if it did."""
    return (account_id and session.get(Participation, (challenge_id, account_id))) or None


def visible_challenges(session: Session, viewer: Viewer, now: datetime) -> list[Listing]:
    """Return the challenges that lists show to a viewer: open, upcoming, ended, each by time."""
    challenges = list(session.exec(select(Challenge).where(_listed_for(viewer))))
    phases = phases_by_challenge(session, [c.id for c in challenges if c.id is not None])
    listings = [Listing.of(c, phases[c.id or 0], now=now) for c in challenges]
    return sorted(listings, key=lambda listing: listing.order)


def challenge_frame(
    session: Session, *, slug: str, viewer: Viewer, now: datetime, active: str
) -> Frame:
    """Return what every tab of a challenge shows around its own content; `active` is the tab."""
    challenge = challenge_by_slug(session, slug)
    assert challenge.id is not None
    phases = tuple(PhaseView.of(p, now=now) for p in phases_of(session, challenge.id))
    pages = page_heads(session, challenge.id)
    return Frame(
        challenge=challenge,
        phases=phases,
        tabs=tabs_of(
            slug,
            pages,
            active=active,
            signed_in=viewer.is_authenticated,
            graded=challenge.grading is not None,
        ),
        is_organiser=viewer.is_admin or is_organiser(session, challenge.id, viewer.id),
        participation=participation_of(session, challenge.id, viewer.id),
    )


def is_organiser(session: Session, challenge_id: int, account_id: int | None) -> bool:
    """Whether an account reads as an organiser of this challenge: in any role, a judge's too."""
    return role_of(session, challenge_id, account_id) is not None


def role_of(session: Session, challenge_id: int, account_id: int | None) -> Role | None:
    """Return what an account is among a challenge's people."""
    if account_id is None:
        return None
    key = (challenge_id, account_id)
    row = once(session, ("organiser", key), lambda: session.get(Organiser, key))
    return row.role if row is not None else None


def organises_any(session: Session, account_id: int) -> bool:
    """Whether an account organises some challenge."""
    query = select(Organiser).where(Organiser.account_id == account_id).limit(1)
    return session.exec(query).first() is not None


def sees(session: Session, challenge: Challenge, viewer: Viewer) -> bool:
    """Whether a viewer may see a challenge."""
    assert challenge.id is not None
    if challenge.visibility in (Visibility.PUBLIC, Visibility.UNLISTED):
        return True
    return may_see(
        visibility=challenge.visibility,
        is_organiser=is_organiser(session, challenge.id, viewer.id),
        is_admin=viewer.is_admin,
        university_id=viewer.university_id,
        open_to_universities=_organisers_universities(session, challenge.id),
        is_invited=_is_invited(session, challenge.id, viewer),
        is_participant=participation_of(session, challenge.id, viewer.id) is not None,
    )


def challenge_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in whoever may see the challenge that the route's `slug` names."""
    slug = str(arguments["slug"])
    if not sees(session, challenge_by_slug(session, slug), viewer):
        raise NotFound(N_('There is no challenge named "%(slug)s" here.'), slug=slug)


def confirmed_gate(session: Session, viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Let in whoever may see the challenge and has confirmed the address."""
    assert viewer.account_id
    challenge_gate(session, viewer, arguments)
    if not viewer.confirmed:
        raise Forbidden(
            N_("Confirm your e-mail address first: follow the link in the message we sent."),
            code="not-confirmed",
        )


def _organisers_universities(session: Session, challenge_id: int) -> frozenset[int]:
    from_accounts = (
        select(Account.university_id)
        .join(Organiser, col(Organiser.account_id) == col(Account.id))
        .where(Organiser.challenge_id == challenge_id)
    )
    return frozenset(u for u in session.exec(from_accounts) if u is not None)


def _listed_for(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Say which challenges lists show: the public, and those that somehow are the viewer's."""
    public = col(Challenge.visibility) == Visibility.PUBLIC
    if viewer.id is None:
        return public
    if viewer.is_admin:
        return sa.true()
    mine = [
        col(Challenge.id).in_(select(model.challenge_id).where(model.account_id == viewer.id))
        for model in (Organiser, Participation)
    ]
    return sa.or_(public, *mine, _for_university(viewer), _for_invited(viewer))


def _for_university(viewer: Viewer) -> sa.ColumnElement[bool]:
    open_to = (
        select(Organiser.challenge_id)
        .join(Account, col(Account.id) == col(Organiser.account_id))
        .where(Account.university_id == viewer.university_id)
    )
    belongs = viewer.university_id is not None
    return sa.and_(
        sa.literal(belongs),
        col(Challenge.visibility) == Visibility.UNIVERSITY,
        col(Challenge.id).in_(open_to),
    )


def _for_invited(viewer: Viewer) -> sa.ColumnElement[bool]:
    invited = select(Invitation.challenge_id).where(Invitation.email == viewer.email)
    return sa.and_(
        sa.literal(viewer.confirmed),
        col(Challenge.visibility) == Visibility.INVITED,
        col(Challenge.id).in_(invited),
    )


def _is_invited(session: Session, challenge_id: int, viewer: Viewer) -> bool:
    # Only a confirmed address proves who was invited.
    return viewer.confirmed and session.get(Invitation, (challenge_id, viewer.email)) is not None


def late_days_end(session: Session, phase: Phase) -> datetime:
    """Return the last second at which late files are taken for a grade: the end without them."""
    return phase.ends + timedelta(days=session.get_one(Challenge, phase.challenge_id).late_days)


def phases_to_reveal(session: Session, *, now: datetime) -> list[Phase]:
    """Return the ended phases that reveal themselves and are not revealed yet."""
    query = (
        select(Phase, Challenge.late_days)
        .join(Challenge, col(Challenge.id) == col(Phase.challenge_id))
        .where(
            Phase.reveal == Reveal.AT_END,
            col(Phase.revealed_at).is_(None),
            col(Phase.ends) <= now - INCLUSIVE,
        )
    )
    # While late files are taken for a grade, nobody may know the private scores.
    found = session.exec(query).all()
    return [p for p, days in found if p.ends + timedelta(days=days) <= now - INCLUSIVE]
