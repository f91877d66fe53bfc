"""Pages of lists: counted whole, cut within what is served."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from server.shared.events import Event, record
from server.shared.paging import LARGEST_PAGE, LAST_PAGE, Page, clamp, page_of
from tests.cast import NOON


@pytest.fixture
def seven(session):
    for number in range(7):
        record(session, "test", at=NOON + timedelta(minutes=number), subject_id=number)
    session.flush()
    return session


NEWEST = select(Event).order_by(col(Event.id).desc())


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ((1, 50), (1, 50)),
        ((0, 0), (1, 1)),
        ((-5, -5), (1, 1)),
        ((3, 1000), (3, LARGEST_PAGE)),
        ((10**30, 10), (LAST_PAGE, 10)),
    ],
)
def test_a_page_and_its_size_stay_within_what_is_served(asked, served):
    assert clamp(*asked) == served


@pytest.mark.parametrize(
    ("total", "per_page", "pages"),
    [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (101, 1, 101)],
)
def test_the_last_page_may_be_part_full(total, per_page, pages):
    assert Page(total=total, page=1, per_page=per_page, rows=()).pages == pages


def test_pages_together_are_the_list(seven):
    pages = [page_of(seven, NEWEST, page=number, per_page=3) for number in (1, 2, 3)]
    assert [[row.subject_id for row in page.rows] for page in pages] == [[6, 5, 4], [3, 2, 1], [0]]
    assert {(page.total, page.pages, page.per_page) for page in pages} == {(7, 3, 3)}


def test_the_total_counts_what_the_query_means_and_not_the_table(seven):
    few = NEWEST.where(col(Event.subject_id) >= 5)
    page = page_of(seven, few, page=1, per_page=1)
    assert (page.total, page.pages, len(page.rows)) == (2, 2, 1)


def test_a_page_beyond_the_last_is_empty_and_still_says_the_total(seven):
    page = page_of(seven, NEWEST, page=10**30, per_page=3)
    assert (page.total, page.page, list(page.rows)) == (7, LAST_PAGE, [])


def test_a_wish_for_too_many_rows_is_cut(seven):
    assert page_of(seven, NEWEST, page=1, per_page=10**9).per_page == LARGEST_PAGE


def test_one_entity_comes_as_itself_and_several_columns_as_a_row(seven):
    assert isinstance(page_of(seven, NEWEST, page=1, per_page=1).rows[0], Event)
    two = select(Event.subject_id, Event.kind).order_by(col(Event.id))
    assert page_of(seven, two, page=1, per_page=1).rows == [(0, "test")]


def test_a_joined_query_with_columns_of_one_name_is_counted(seven):
    other = select(Event, Event.id).where(col(Event.subject_id) < 2).order_by(col(Event.id))
    assert page_of(seven, other, page=1, per_page=10).total == 2


def test_nothing_is_counted_behind_a_page_that_is_not_full(seven):
    asked = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    engine = seven.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        totals = [page_of(seven, NEWEST, page=p, per_page=n).total for p, n in ((1, 8), (3, 3))]
        assert (totals, len(asked)) == ([7, 7], 2)
        # A full page and an empty one say nothing of what there is.
        totals = [page_of(seven, NEWEST, page=p, per_page=n).total for p, n in ((1, 7), (4, 3))]
        assert (totals, len(asked)) == ([7, 7], 6)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_an_empty_list_has_nothing(seven):
    nobody = select(Event).where(col(Event.subject_id) == 99)
    assert page_of(seven, nobody, page=1, per_page=3) == Page(0, 1, 3, [])


def test_a_select_that_was_made_once_is_asked_with_its_values(seven):
    later = select(Event).where(col(Event.subject_id) >= sa.bindparam("first"))
    page = page_of(seven, later, page=1, per_page=2, of={"first": 4})
    assert (page.total, [event.subject_id for event in page.rows]) == (3, [4, 5])
