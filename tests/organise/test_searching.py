"""Submissions found: filters together, orders, pages that keep them, and a table of what is found."""

import csv
import io
import re
from datetime import timedelta

import pytest

from server.submissions.rules import SubmissionState
from tests.boards.scored import scored, submitted
from tests.cast import NOON
from tests.organise.test_organise import token
from tests.shared.test_workbooks import cells_of

LIST = "/organise/digits/submissions"
ALL = "/api/v1/challenges/digits/submissions/all"


@pytest.fixture
def many(session, cast, board):
    """Numbers 5 to 8: disqualified, withdrawn, late, and waiting since yesterday."""
    pandas, isar = session.merge(cast.pandas), session.merge(cast.isar)
    disqualified = scored(session, board, pandas, 0.95, 0.2, by=cast.wei)
    disqualified.disqualified_at = NOON
    withdrawn = scored(session, board, pandas, 0.2, 0.95, by=cast.wei)
    withdrawn.withdrawn_at = NOON
    late = scored(session, board, isar, 0.3, 0.3, by=cast.lena)
    late.late, late.filename = True, "=late.csv"
    stuck = submitted(session, board, isar, state=SubmissionState.QUEUED)
    stuck.received_at = NOON - timedelta(days=1)
    session.add_all([disqualified, withdrawn, late, stuck])
    session.commit()


def found(browser, query: str) -> list[int]:
    text = browser.get(f"{LIST}?{query}").text
    return [int(n) for n in re.findall(r"submissions/(\d+)\">#", text)]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [8, 7, 6, 5, 4, 3, 2, 1]),
        ("state=disqualified", [5]),
        ("state=withdrawn", [6]),
        ("late=yes", [7]),
        ("look=yes", [3, 8]),
        ("university=tsinghua", [6, 5, 1]),
        ("university=Munich", [8, 7, 3, 2]),
        ("university=%E6%B8%85%E5%8D%8E", [6, 5, 1]),
        ("since=2026-11-20", [7, 6, 5, 4, 3, 2, 1]),
        ("until=2026-11-19", [8]),
        ("since=2026-11-19&until=2026-11-19", [8]),
        ("since=soon&until=2026-13-45", [8, 7, 6, 5, 4, 3, 2, 1]),
        ("until=9999-12-31", [8, 7, 6, 5, 4, 3, 2, 1]),
        ("university=tsinghua&state=scored&phase=a&by=public", [5, 1, 6]),
        ("phase=a&by=public", [5, 1, 2, 4, 7, 6]),
        ("phase=a&by=private", [6, 2, 4, 7, 5, 1]),
        ("by=public", [8, 7, 6, 5, 4, 3, 2, 1]),
        ("by=oldest", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("by=oldest&state=scored", [1, 2, 4, 5, 6, 7]),
        ("by=nonsense", [8, 7, 6, 5, 4, 3, 2, 1]),
        ("q=pandas&late=yes", []),
        ("q=features&university=munich", [2]),
        ("q=%25", []),
    ],
)
def test_filters_and_orders_hold_together(as_, cast, many, query, ids):
    assert found(as_(cast.olga), query) == ids


def test_an_order_by_score_without_a_phase_says_what_it_needs(as_, cast, many):
    assert "choose it above" in as_(cast.olga).get(f"{LIST}?by=private").text
    assert "choose it above" not in as_(cast.olga).get(f"{LIST}?by=private&phase=a").text


def test_pages_and_the_table_keep_the_filter(as_, cast, many, monkeypatch):
    monkeypatch.setattr("server.organise.submission_pages.A_PAGE", 1)
    page = as_(cast.olga).get(f"{LIST}?university=munich&state=scored&by=oldest&q=csv").text
    following = re.search(r'rel="next" href="([^"]+)"', page).group(1).replace("&amp;", "&")
    for part in ("university=munich", "state=scored", "by=oldest", "q=csv", "page=2"):
        assert part in following
    table = re.search(r'href="([^"]+submissions\.csv[^"]+)"', page).group(1)
    assert "university=munich" in table
    assert "page" not in table


def test_the_table_has_what_is_found_and_no_formula(as_, cast, many):
    answer = as_(cast.olga).get("/organise/digits/submissions.csv?university=munich")
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [int(row["id"]) for row in rows] == [8, 7, 3, 2]
    assert rows[1]["file"] == "'=late.csv"
    assert (rows[1]["late"], rows[1]["university"]) == ("yes", "munich")
    assert (rows[3]["public_score"], rows[3]["private_score"]) == ("0.8", "0.7")


def test_the_table_is_read_in_parts(as_, cast, many, monkeypatch):
    monkeypatch.setattr("server.archives.tables.AT_ONCE", 3)
    lines = as_(cast.olga).get("/organise/digits/submissions.csv").text.splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == list("87654321")


def test_more_than_a_workbook_holds_is_not_offered_and_refused_at_once(
    as_, cast, many, monkeypatch
):
    book, organiser = "/organise/digits/submissions.xlsx", as_(cast.olga)
    assert book in organiser.get(LIST).text
    assert len(cells_of(organiser.get(book).data)) == 9
    for module in ("server.shared.workbooks", "server.organise.submission_pages"):
        monkeypatch.setattr(f"{module}.MOST_ROWS", 7)
    assert book not in organiser.get(LIST).text
    refused = organiser.get(book)
    assert refused.status_code == 409
    assert "Take it as CSV" in refused.text
    assert organiser.get(f"{book}?university=munich").status_code == 200


def test_the_api_takes_the_same_filters(app, session, cast, many):
    headers = token(session, cast.olga)
    get = app.test_client().get
    answer = get(f"{ALL}?university=tsinghua&by=public&phase=a", headers=headers)
    assert [row["id"] for row in answer.json["rows"]] == [5, 1, 6]
    assert get(f"{ALL}?look=true", headers=headers).json["total"] == 2
    assert get(f"{ALL}?since=soon", headers=headers).status_code == 422
    assert get(f"{ALL}?by=luck", headers=headers).status_code == 422
