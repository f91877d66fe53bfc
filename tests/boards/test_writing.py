"""Rows that are filled into a pattern are those that the template itself writes."""

from functools import partial
from itertools import product

import pytest
from markupsafe import Markup

from server.boards.shown import Interval, Moment, ShownRow, row_macro
from server.boards.writing import Compares, _pattern, _written

NASTY = '<script>alert("%s")</script> 100% & \ue000'


def written(row, *, own=False, compares=None):
    return _written(row, own, compares, partial(_pattern, "en"))


def row(*, university: bool = True, interval: bool = True, method: str = "Wilson", **more):
    ends = Interval("0.1", "0.9", "4.0", "116.0", "60.0", f"by {method}" if method else "")
    words = {
        "rank": 12_345,
        "bracket": "bracket-middle",
        "place": "12,345",
        "beside": Markup("<small>1–9</small>"),
        "team_url": "/teams/",
        "team_id": 17,
        "team": NASTY,
        "university_url": "/universities/",
        "university_slug": "tum" if university else None,
        "university": NASTY if university else "",
        "more": "",
        "others": "",
        "share": Markup("<small>first</small>"),
        "score": "0.5",
        "interval": ends if interval else None,
        "method": method,
        "submissions": "3",
        "last": Moment("2026-01-01T12:00:00+00:00", "1 Jan 2026, 12:00"),
    }
    return ShownRow(**(words | more))


@pytest.mark.parametrize(
    ("university", "interval", "method", "compares"),
    product((True, False), (True, False), ("Wilson", ""), (None, Compares("/compare?b=", "&a=1"))),
)
def test_a_filled_row_is_the_row_of_the_template(app, university, interval, method, compares):
    shown = row(university=university, interval=interval, method=method)
    with app.test_request_context():
        url = compares.url(17) if compares else ""
        filled = written(shown, compares=compares)
        assert filled == row_macro("board_row")(shown, False, url)
    assert "<script>" not in filled
    assert "&lt;script&gt;alert(&#34;%s&#34;)" in filled
    assert ("compare-link" in filled) == bool(compares)


@pytest.mark.parametrize("rank", [3, 12_345])
def test_a_mixed_teams_row_says_how_many_others_and_names_them(app, rank):
    shown = row(more="and 1 other university", others=NASTY, rank=rank)
    with app.test_request_context():
        html = written(shown)
        assert html == row_macro("board_row")(shown, False, "")
    assert html.count("and 1 other university") == 2
    assert html.count("&lt;script&gt;alert(&#34;%s&#34;)") == 1 + 2 * (1 + 2)
    assert "<script>" not in html


@pytest.mark.parametrize("more", [{"rank": 2}, {"rank": None, "last": None, "team_id": None}])
def test_what_is_drawn_in_its_own_way_is_written_by_the_template(app, more):
    with app.test_request_context():
        html = written(row(**more))
    assert ("rank-2" in html) == (more["rank"] == 2)
    assert ("is-baseline" in html) == (more["rank"] is None)


def test_an_own_row_is_marked_and_is_not_compared_with_itself(app):
    with app.test_request_context():
        html = written(row(), own=True, compares=Compares("/compare?b=", ""))
    assert 'id="own"' in html
    assert "compare-link" not in html
