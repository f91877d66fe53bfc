"""Replicates that went are computed again where their submission counts after all."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlmodel import select

from server.boards.entries import rebuild_in_phase
from server.boards.lacking import Needed, lacking_on, put_back
from server.boards.models import Entry
from server.boards.replenishing import ASK_AGAIN, PATIENCE, Replenisher
from server.boards.rows import On
from server.boards.schedules import write_rank_ranges
from server.challenges.models import Phase
from server.evaluations.models import NONE_TO_BE_HAD, Replicates, Score
from server.evaluations.queries import replicates_of
from server.evaluations.rules import Board
from server.shared.events import Event
from server.submissions.actions import withdraw
from tests.cast import NOON
from tests.scores import add_live, report, score, submitted


class Field:
    """The Giant Pandas withdraw their best file, so that an older one counts; Isar is second."""

    def __init__(self, session, cast) -> None:
        phase = session.get_one(Phase, cast.phase_a.id)
        live = add_live(session, phase)
        self.older = submitted(session, cast, data="older")
        score(session, self.older, live, report(0.5, 0.5, replicates=True))
        best = submitted(session, cast, data="best")
        score(session, best, live, report(0.9, 0.9, replicates=True), holder="host/1/2/second")
        isar = submitted(session, cast, team="isar", by="lena")
        score(session, isar, live, report(0.4, 0.4, replicates=True), holder="host/1/2/third")
        withdraw(session, submission=best, phase=phase, actor_id=cast.wei.id, now=NOON)
        rebuild_in_phase(session, phase=phase, team_id=cast.pandas.id)
        session.commit()
        self.live, self.public = live, On(phase.id, Board.PUBLIC)
        self.needed = Needed(self.older.id, live.id)


@pytest.fixture
def field(session, cast) -> Field:
    return Field(session, cast)


class Sent(list):
    """Jobs that are noted, and done by nobody."""

    def handle(self, *_arguments) -> None:
        """Nothing is done."""

    def send(self, _name: str, **arguments: int) -> None:
        self.append(Needed(**arguments))


@pytest.fixture
def replenisher(database, clock):
    return Replenisher(SimpleNamespace(database=database, jobs=Sent(), clock=clock))


def lacking(session, field) -> list[Needed]:
    found = lacking_on(session, field.public, ranged=())
    session.commit()
    return found


def ranges(database) -> set[tuple[int | None, int | None]]:
    with database.reading() as session:
        entries = session.exec(select(Entry).where(Entry.board == Board.PUBLIC))
        return {(entry.rank_best, entry.rank_worst) for entry in entries}


def test_what_counts_instead_of_a_withdrawn_file_lacks_its_replicates(session, field):
    assert lacking(session, field) == [field.needed]


def test_the_board_has_ranges_again_once_they_are_back(database, session, field, replenisher):
    write_rank_ranges(database, now=NOON, wait_for=replenisher.ask)
    assert set(replenisher.tools.jobs) == {field.needed}
    assert ranges(database) == {(None, None)}
    assert put_back(session, field.needed, report(0.5, 0.5, replicates=True))
    session.commit()
    write_rank_ranges(database, now=NOON, wait_for=replenisher.ask)
    assert ranges(database) == {(1, 1), (2, 2)}
    assert lacking(session, field) == []


def test_a_board_that_was_given_up_asks_for_them_at_its_next_change(session, field):
    for entry in session.exec(select(Entry)):
        entry.ranges_at = NOON
        session.add(entry)
    session.flush()
    assert lacking_on(session, field.public, ranged=()) == []
    assert lacking_on(session, field.public, ranged={field.older.id}) == [field.needed]


def test_a_score_that_comes_out_otherwise_takes_no_replicates_and_is_asked_for_once(session, field):
    assert not put_back(session, field.needed, report(0.6, 0.6, replicates=True))
    session.commit()
    data = session.exec(
        select(Replicates.data).join(Score).where(Score.submission_id == field.older.id)
    ).all()
    assert set(data) == {NONE_TO_BE_HAD}
    ids = [field.older.id]
    said = replicates_of(session, ids, evaluation_id=field.live.id, board=Board.PUBLIC)
    assert said == {}
    assert lacking(session, field) == []


def test_a_score_without_an_interval_never_had_any(session, field):
    for one in session.exec(select(Score)):
        one.low = one.high = None
        session.add(one)
    session.flush()
    assert lacking(session, field) == []


def test_a_lost_signal_is_sent_again_and_a_file_that_is_gone_is_not_waited_for_for_ever(
    field, replenisher, clock
):
    sent = replenisher.tools.jobs

    def ask() -> bool:
        return replenisher.ask(field.public, [field.needed])

    assert ask()
    assert ask()
    assert len(sent) == 1
    clock.forward(seconds=ASK_AGAIN.total_seconds())
    assert ask()
    assert len(sent) == 2
    clock.forward(seconds=(PATIENCE - ASK_AGAIN).total_seconds())
    assert not ask()
    assert len(sent) == 2


def test_replicates_that_are_back_leave_word_once_and_those_that_are_not_leave_none(
    database, session, field, replenisher, monkeypatch
):
    def words() -> list[int | None]:
        with database.reading() as reader:
            kind = Event.kind == "score.resampled"
            return list(reader.exec(select(Event.subject_id).where(kind)))

    for value in (0.6, 0.5, 0.5):
        if value == 0.5 and not words():
            session.execute(sa.delete(Replicates).where(Replicates.data == NONE_TO_BE_HAD))
            session.commit()
        again = report(value, value, replicates=True)
        monkeypatch.setattr(replenisher, "_report", lambda _needed, again=again: again)
        replenisher.replenish(**field.needed._asdict())
        assert words() == ([] if value == 0.6 else [field.older.id])


def test_what_is_needed_a_second_time_is_asked_for_a_second_time(field, replenisher, clock):
    replenisher.ask(field.public, [field.needed])
    assert not replenisher.ask(field.public, [])
    clock.forward(seconds=(2 * PATIENCE + timedelta(hours=1)).total_seconds())
    assert replenisher.ask(field.public, [field.needed])
    assert len(replenisher.tools.jobs) == 2
