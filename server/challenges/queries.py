"""Reads of challenges."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.accounts.models import Account
from server.accounts.queries import told_of
from server.challenges.models import (
    Challenge,
    ChallengePage,
    Invitation,
    Organiser,
    Participation,
    Phase,
)
from server.challenges.registration_queries import asked_state
from server.challenges.rules import INCLUSIVE, Reveal, Role, Visibility, may_see
from server.challenges.views import Frame, PageHead, PhaseView, tabs_of
from server.shared.access import Viewer
from server.shared.caching import once, recalled, remember
from server.shared.errors import N_, Forbidden, NotFound

RULES = "rules"
# Statements that nearly every request runs are made once: to build them takes as long as to run
# them.
BY_SLUG = select(Challenge).where(Challenge.slug == sa.bindparam("slug"))
PHASES = (
    select(Phase)
    .where(Phase.challenge_id == sa.bindparam("challenge_id"))
    .order_by(col(Phase.position))
)
# Whether an account organises some challenge: of the account of a row, or of one.
ORGANISES = sa.exists().where(col(Organiser.account_id) == col(Account.id))
ORGANISES_ANY = "organises any"
PAGE_HEADS = (
    select(ChallengePage.slug, ChallengePage.title)
    .where(ChallengePage.challenge_id == sa.bindparam("challenge_id"))
    .order_by(col(ChallengePage.position))
)


def challenge_by_slug(session: Session, slug: str) -> Challenge:
    """Return a challenge. Raises NotFound."""
    asked = {"slug": slug}
    challenge = once(
        session, ("challenge", slug), lambda: session.exec(BY_SLUG, params=asked).first()
    )
    if challenge is None:
        raise NotFound(N_('There is no challenge named "%(slug)s" here.'), slug=slug)
    return challenge


def challenge_by_id(session: Session, challenge_id: int) -> Challenge | None:
    """Return a challenge that is known by its number; a page that asks again finds it."""
    name = ("challenge", challenge_id)
    challenge = once(session, name, lambda: session.get(Challenge, challenge_id))
    if challenge is not None:
        remember(session, ("challenge", challenge.slug), challenge)
    return challenge


def challenges_by_id(session: Session, ids: Iterable[int]) -> dict[int, Challenge]:
    """Return challenges by their ids, in one query."""
    rows = session.exec(select(Challenge).where(col(Challenge.id).in_(set(ids))))
    return {c.id: c for c in rows if c.id is not None}


def phases_of(session: Session, challenge_id: int) -> list[Phase]:
    """Return a challenge's phases in their order."""
    of = {"challenge_id": challenge_id}
    name = ("phases", challenge_id)
    return list(once(session, name, lambda: session.exec(PHASES, params=of).all()))


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
    found = session.exec(PAGE_HEADS, params={"challenge_id": challenge_id})
    return [PageHead(slug, title) for slug, title in found]


def rules_digest(session: Session, challenge_id: int) -> str:
    """Return the sha256 of the rules that joining accepts; empty where there are none."""
    page = page_of_challenge(session, challenge_id, RULES)
    return sha256(page.markdown.encode()).hexdigest() if page else ""


def participation_of(
    session: Session, challenge_id: int, account_id: int | None
) -> Participation | None:
    """Return that an account joined a challenge, if it did."""
    return (account_id and session.get(Participation, (challenge_id, account_id))) or None


def challenge_frame(
    session: Session, *, slug: str, viewer: Viewer, now: datetime, active: str
) -> Frame:
    """Return what every tab of a challenge shows around its own content; `active` is the tab."""
    challenge = challenge_by_slug(session, slug)
    assert challenge.id is not None
    phases = tuple(PhaseView.of(p, now=now) for p in phases_of(session, challenge.id))
    pages = page_heads(session, challenge.id)
    participation = participation_of(session, challenge.id, viewer.id)
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
        participation=participation,
        asked=None if participation else asked_state(session, challenge, viewer.id),
    )


def is_organiser(session: Session, challenge_id: int, account_id: int | None) -> bool:
    """Whether an account reads as an organiser of this challenge: in any role, a judge's too."""
    return role_of(session, challenge_id, account_id) is not None


def role_of(session: Session, challenge_id: int, account_id: int | None) -> Role | None:
    """Return what an account is among a challenge's people."""
    if account_id is None:
        return None
    if recalled(session, (ORGANISES_ANY, account_id)) is False:
        return None
    key = (challenge_id, account_id)
    row = once(session, ("organiser", key), lambda: session.get(Organiser, key))
    return row.role if row is not None else None


def organises_any(session: Session, account_id: int) -> bool:
    """Whether an account organises some challenge."""
    name = (ORGANISES_ANY, account_id)
    return bool(once(session, name, lambda: told_of(session, account_id, ORGANISES)))


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
