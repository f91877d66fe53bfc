"""Writes of universities."""

from collections.abc import Callable, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from server.shared import events
from server.shared.errors import N_, Conflict, Invalid, NotFound
from server.universities import rules
from server.universities.models import FormerSlug, University, UniversityDomain
from server.universities.queries import university_by_id

# Points the rows of a room above at another university: (session, gone's id, kept's id).
Mover = Callable[[Session, int, int], None]


def create_university(
    session: Session,
    *,
    slug: str,
    name: str,
    native_name: str = "",
    country: str = "",
    domains: Iterable[str] = (),
    actor_id: int | None = None,
    now: datetime,
) -> University:
    """Add a university with its domains.

    Raises:
        Invalid: a slug, name, country or domain is not one.
        Conflict: the slug or a domain is taken.
    """
    university = University(
        slug=rules.clean_slug(slug),
        name=rules.clean_name(name),
        native_name=rules.clean_name(native_name, field="native_name", required=False),
        country=rules.clean_country(country),
        created_at=now,
    )
    taken = N_("There is a university %(name)s already.")
    if session.get(FormerSlug, university.slug) is not None:
        raise Conflict(taken, field="slug", name=university.slug)
    _add_unless_taken(session, university, taken, "slug", university.slug)
    assert university.id is not None
    events.record(
        session,
        "university.created",
        at=now,
        actor_id=actor_id,
        subject_id=university.id,
        slug=university.slug,
        name=university.name,
    )
    for domain in domains:
        add_domain(session, university=university, domain=domain, actor_id=actor_id, now=now)
    return university


def rename(
    session: Session,
    *,
    university: University,
    name: str,
    native_name: str = "",
    country: str = "",
    actor_id: int | None,
    now: datetime,
) -> None:
    """Change a university's names and country; its slug and so its links stay. Raises Invalid."""
    row = _attached(session, university)
    before = row.name
    row.name = rules.clean_name(name)
    row.native_name = rules.clean_name(native_name, field="native_name", required=False)
    row.country = rules.clean_country(country)
    session.add(row)
    events.record(
        session,
        "university.renamed",
        at=now,
        actor_id=actor_id,
        subject_id=row.id,
        before=before,
        after=row.name,
    )


def add_domain(
    session: Session,
    *,
    university: University,
    domain: str,
    actor_id: int | None = None,
    now: datetime,
) -> str:
    """Let the addresses of a domain belong to a university; return the domain as it is kept.

    Raises:
        Invalid: it is no domain, or is open to anybody.
        Conflict: it is some university's already.
    """
    clean = rules.clean_domain(domain)
    assert university.id is not None
    row = UniversityDomain(domain=clean, university_id=university.id)
    taken = N_("The domain %(name)s belongs to a university already.")
    _add_unless_taken(session, row, taken, "domain", clean)
    events.record(
        session,
        "university.domain_added",
        at=now,
        actor_id=actor_id,
        subject_id=university.id,
        domain=clean,
    )
    return clean


def remove_domain(
    session: Session, *, university: University, domain: str, actor_id: int | None, now: datetime
) -> None:
    """Take a domain from a university; whoever belongs to it by then stays. Raises NotFound."""
    row = session.get(UniversityDomain, domain.strip().lower())
    if row is None or row.university_id != university.id:
        raise NotFound(N_("The university has no domain %(domain)s."), domain=domain)
    session.delete(row)
    events.record(
        session,
        "university.domain_removed",
        at=now,
        actor_id=actor_id,
        subject_id=university.id,
        domain=row.domain,
    )


def merge_universities(
    session: Session,
    *,
    kept: University,
    gone: University,
    movers: Iterable[Mover],
    actor_id: int | None,
    now: datetime,
) -> None:
    """Make one university of two: what points at `gone` then points at `kept`; `gone` is deleted.
    Addresses with its slug lead to `kept`.

    The rooms above hand in their movers. A forgotten one loses nothing: the foreign keys then
    refuse to delete the university.

    Raises:
        Invalid: they are the same university.
    """
    if kept.id is None or gone.id is None or kept.id == gone.id:
        raise Invalid(N_("A university can't be merged with itself."))
    session.flush()
    for move in (move_domains, _move_slugs, *movers):
        move(session, gone.id, kept.id)
    session.add(FormerSlug(slug=gone.slug, university_id=kept.id))
    session.flush()
    session.execute(sa.delete(University).where(col(University.id) == gone.id))
    events.record(
        session,
        "university.merged",
        at=now,
        actor_id=actor_id,
        subject_id=kept.id,
        gone_id=gone.id,
        gone_slug=gone.slug,
        gone_name=gone.name,
    )


def move_domains(session: Session, gone_id: int, kept_id: int) -> None:
    """Give a university's domains to another."""
    session.execute(
        sa.update(UniversityDomain)
        .where(col(UniversityDomain.university_id) == gone_id)
        .values(university_id=kept_id)
    )


def _move_slugs(session: Session, gone_id: int, kept_id: int) -> None:
    session.execute(
        sa.update(FormerSlug)
        .where(col(FormerSlug.university_id) == gone_id)
        .values(university_id=kept_id)
    )


def _attached(session: Session, university: University) -> University:
    assert university.id is not None
    return university_by_id(session, university.id)


def _add_unless_taken(
    session: Session, row: University | UniversityDomain, taken: str, field: str, name: str
) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(taken, field=field, name=name) from error
