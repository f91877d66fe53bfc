"""Reads of universities."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Session, col, select

from server.shared.caching import once
from server.shared.errors import N_, NotFound
from server.shared.paging import Page, page_of
from server.universities.models import FormerSlug, University, UniversityDomain
from server.universities.rules import domains_above, is_slug


def university_by_slug(session: Session, slug: str) -> University:
    """Return a university, also by a slug that it took over. Raises NotFound."""
    university = None
    if is_slug(slug):
        university = once(session, ("university", slug), lambda: _called(session, slug))
    if university is None:
        raise NotFound(N_("There is no university %(slug)s here."), slug=slug)
    return university


def _called(session: Session, slug: str) -> University | None:
    named = session.exec(select(University).where(University.slug == slug)).first()
    if named is not None:
        return named
    former = session.get(FormerSlug, slug)
    return session.get(University, former.university_id) if former else None


def university_by_id(session: Session, university_id: int) -> University:
    """Return a university. Raises NotFound."""
    university = session.get(University, university_id)
    if university is None:
        raise NotFound(N_("There is no such university."))
    return university


def universities_by_id(session: Session, ids: Iterable[int | None]) -> dict[int, University]:
    """Return universities by their ids, in one query."""
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    rows = session.exec(select(University).where(col(University.id).in_(wanted)))
    return {u.id: u for u in rows if u.id is not None}


def all_universities(session: Session) -> list[University]:
    """Return every university by name."""
    return list(session.exec(select(University).order_by(col(University.name))))


def find_universities(
    session: Session, *, q: str = "", page: int = 1, per_page: int = 50
) -> Page[University]:
    """Return a page of the universities whose name, slug or domain holds `q`, by name."""
    query = select(University).order_by(col(University.name), col(University.id))
    text = q.replace("\0", "").strip()
    if text:
        at_domain = select(UniversityDomain.university_id).where(
            col(UniversityDomain.domain).icontains(text, autoescape=True)
        )
        query = query.where(
            sa.or_(
                col(University.name).icontains(text, autoescape=True),
                col(University.native_name).icontains(text, autoescape=True),
                col(University.slug).icontains(text, autoescape=True),
                col(University.id).in_(at_domain),
            )
        )
    return page_of(session, query, page=page, per_page=per_page)


def domains_of(session: Session, university_id: int) -> list[str]:
    """Return a university's domains, by name."""
    query = (
        select(UniversityDomain.domain)
        .where(UniversityDomain.university_id == university_id)
        .order_by(UniversityDomain.domain)
    )
    return list(session.exec(query))


def university_of_address(session: Session, email: str) -> University | None:
    """Return the university that an address's domain, or the nearest domain above it, is of."""
    query = (
        select(University)
        .join(UniversityDomain, col(UniversityDomain.university_id) == col(University.id))
        .where(col(UniversityDomain.domain).in_(domains_above(email)))
        .order_by(sa.func.length(UniversityDomain.domain).desc())
    )
    return session.exec(query).first()
