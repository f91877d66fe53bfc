"""What a university is called in the reader's language: a Chinese one in Chinese."""

from typing import Protocol

import sqlalchemy as sa
from sqlmodel import Session, col

from server.shared.caching import once
from server.shared.language import language
from server.shared.web import reading
from server.universities.models import University
from server.universities.rules import WRITES_CHINESE, is_chinese


class Named(Protocol):
    """A university as rows, boards and papers have it; some know its own name too."""

    @property
    def slug(self) -> str:
        """Its name in addresses."""

    @property
    def name(self) -> str:
        """Its name in English."""


def university_name(university: Named) -> str:
    """Return the name that a page says first: on Chinese pages the Chinese one, if it has one."""
    return _chinese(university) or university.name if language() == "zh" else university.name


def university_other_name(university: Named) -> str:
    """Return the name that stands beside the first where there is room; "" where it has one name.

    On Chinese pages that is the name in English, else the one in its own language.
    """
    first, own = university_name(university), getattr(university, "native_name", "")
    other = university.name if first != university.name else own
    return other if other != first else ""


def _chinese(university: Named) -> str:
    own = getattr(university, "native_name", None)
    if own is None:
        return chinese_names(reading()).get(university.slug, "")
    return own if is_chinese(own, country=getattr(university, "country", "")) else ""


def chinese_names(session: Session) -> dict[str, str]:
    """Return the Chinese names of the universities that have one, by slug; once for a page."""
    query = sa.select(col(University.slug), col(University.native_name), col(University.country))
    own = query.where(
        col(University.native_name) != "", col(University.country).in_([*WRITES_CHINESE, ""])
    )
    return once(
        session,
        "chinese names",
        lambda: {
            slug: name
            for slug, name, country in session.execute(own)
            if is_chinese(name, country=country)
        },
    )
