"""Pages of lists: the same four fields on every page and in every answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

Row = TypeVar("Row")
LARGEST_PAGE = 100
LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows `(page - 1) * per_page + 1` and on, of `total`."""

    total: int
    page: int
    per_page: int
    rows: Sequence[Row]

    @property
    def pages(self) -> int:
        """The number of pages, at least 1."""
        return max(1, -(-self.total // self.per_page))


def clamp(page: int, per_page: int) -> tuple[int, int]:
    """Return a page and a size within what is served."""
    return min(max(1, page), LAST_PAGE), min(max(1, per_page), LARGEST_PAGE)


def page_of(
    session: Session,
    query: Any,
    *,
    page: int,
    per_page: int,
    of: Mapping[str, Any] | None = None,
) -> Page[Any]:
    """Run a select as one page and its count. A single entity comes as itself, else as a row.

    `of` are the values of a select that was made once, for whatever it is asked.
    """
    page, per_page = clamp(page, per_page)
    before = (page - 1) * per_page
    result = session.execute(query.limit(per_page).offset(before), of)
    rows = result.scalars().all() if len(query.column_descriptions) == 1 else result.all()
    # Behind a page that is not full there is nothing to count.
    is_last = len(rows) < per_page and (rows or page == 1)
    total = before + len(rows) if is_last else _count(session, query, of)
    return Page(total=total, page=page, per_page=per_page, rows=rows)


def _count(session: Session, query: Any, of: Mapping[str, Any] | None) -> int:
    counted = sa.select(sa.func.count()).select_from(query.order_by(None).subquery())
    return int(session.execute(counted, of).scalar_one())
