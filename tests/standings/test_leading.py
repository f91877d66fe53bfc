"""The universities that lead, beside other things: few, in order, and not computed each time."""

from datetime import timedelta

import pytest

from server.standings.leading import KEPT, SHOWN, Leader, Leaders
from server.standings.queries import standings
from server.standings.rules import Rule
from tests.boards.scored import evaluate, scored, statements
from tests.cast import NOON


@pytest.fixture
def board(session, cast):
    phase = session.merge(cast.phase_a)
    evaluate(session, phase)
    scored(session, phase, session.merge(cast.pandas), 0.9, by=cast.wei)
    scored(session, phase, session.merge(cast.isar), 0.8, by=cast.lena)
    session.commit()
    return phase


def test_the_first_are_those_of_the_standings(session, board):
    places = standings(session, Rule.POINTS, now=NOON).places
    found = Leaders().first(session, now=NOON)
    assert found == [
        Leader(1, "tsinghua", "Tsinghua University", places[0].value),
        Leader(2, "munich", "Technical University of Munich", places[1].value),
    ]
    assert len(found) <= SHOWN


def test_they_are_computed_again_after_some_seconds_only(session, board):
    leaders = Leaders()
    first = leaders.first(session, now=NOON)
    with statements(session) as asked:
        assert leaders.first(session, now=NOON + KEPT - timedelta(microseconds=1)) is first
        assert asked == []
        leaders.first(session, now=NOON + KEPT)
        assert asked
    with statements(session) as asked:
        leaders.first(session, now=NOON - timedelta(days=1))
        assert asked


def test_the_home_page_shows_them_with_a_way_to_all(client, cast, board):
    page = client.get("/").text
    strip = page[page.index('class="strip"') : page.index("</section>")]
    assert strip.index("Tsinghua University") < strip.index("Technical University of Munich")
    assert 'href="/universities/tsinghua"' in strip
    assert 'href="/universities"' in strip


def test_where_nobody_has_a_result_nothing_is_shown(client, cast):
    assert 'class="strip"' not in client.get("/").text
