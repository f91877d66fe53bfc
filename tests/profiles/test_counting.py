"""The number on the first page follows what is sent, without counting it all again."""

import sqlalchemy as sa

from server.profiles import counting
from server.profiles.counting import Sent
from tests.boards.scored import submitted
from tests.cast import NOON


def test_what_comes_is_added_and_what_comes_late_too(session, cast, monkeypatch):
    monkeypatch.setattr(counting, "LATE", 2)
    phase, team, sent = session.merge(cast.phase_a), session.merge(cast.pandas), Sent()
    assert sent.count(session) == 0
    for number in (10, 11, 12, 14):
        submitted(session, phase, team, id=number, at=NOON)
    assert sent.count(session) == 4
    # Its number was given out before that of the newest, and it was committed after it.
    submitted(session, phase, team, id=13, at=NOON)
    # A baseline of the organisers' is nobody's.
    submitted(session, phase, None, id=15, baseline="mean", at=NOON)
    assert sent.count(session) == 5
    assert sent.count(session) == 5


def test_only_what_came_since_is_counted_again(session, cast, monkeypatch, database):
    monkeypatch.setattr(counting, "LATE", 1)
    phase, team, sent = session.merge(cast.phase_a), session.merge(cast.pandas), Sent()
    for number in range(20, 30):
        submitted(session, phase, team, id=number, at=NOON)
    assert sent.count(session) == 10
    asked = []
    listening = (session.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[3]))
    sa.event.listen(*listening)
    assert sent.count(session) == 10
    sa.event.remove(*listening)
    assert len(asked) == 3
    assert all(28 in (v.values() if isinstance(v, dict) else v) for v in asked[1:])
