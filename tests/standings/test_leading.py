"""The universities that lead, beside other things: few, in order, and not computed for it."""

import pytest

from server.standings.leading import SHOWN, Leader, leaders
from tests.boards.scored import evaluate, scored


@pytest.fixture
def board(session, cast, refresh):
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    scored(session, phase, session.merge(cast.pandas), 0.9, by=cast.wei)
    scored(session, phase, session.merge(cast.isar), 0.8, by=cast.lena)
    refresh()
    return phase


def test_the_first_are_those_of_the_standings(client, session, board):
    rows = client.get("/api/v1/standings").json["rows"]
    found = leaders(session)
    assert found == [
        Leader(1, "tsinghua", "Tsinghua University", rows[0]["points"]),
        Leader(2, "munich", "Technical University of Munich", rows[1]["points"]),
    ]
    assert len(found) <= SHOWN


def test_the_home_page_shows_them_with_a_way_to_all(client, cast, board):
    page = client.get("/").text
    strip = page[page.index('class="strip"') : page.index("</section>")]
    assert strip.index("Tsinghua University") < strip.index("Technical University of Munich")
    assert 'href="/universities/tsinghua"' in strip
    assert 'href="/universities"' in strip


def test_where_nobody_has_a_result_nothing_is_shown(client, cast):
    assert 'class="strip"' not in client.get("/").text
