"""Two organisers at once, a second click, a stale page: one live evaluation, one whole board."""

from threading import Barrier, Thread

import pytest
from sqlmodel import Session, select

from server.boards.models import Entry
from server.challenges.models import Phase
from server.corrections.actions import begin_again, give_up, put_live
from server.corrections.queries import stamp_of
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.rules import EvaluationState, RescoreState
from server.shared.errors import Conflict
from server.shared.events import Event
from server.shared.mail import waiting_mail
from tests.cast import NOON
from tests.corrections.correcting import beside, boards, complete, rescored


@pytest.fixture
def two(session, cast):
    """Two complete evaluations beside the live one, that say different things."""
    phase, live, submissions = boards(session, cast)
    made = []
    for number, value in ((2, 0.2), (3, 0.3)):
        evaluation = beside(session, phase, number=number)
        for submission in submissions:
            rescored(session, evaluation, submission, (value, value))
        complete(session, evaluation)
        made.append(evaluation)
    return phase, live, made


def at_once(app, database, *decisions) -> list[object]:
    """Take decisions in threads that begin together; give what each ended with."""
    together, ends = Barrier(len(decisions)), [None] * len(decisions)

    def run(index, decide) -> None:
        with app.test_request_context(), database.writing() as session:
            together.wait()
            try:
                ends[index] = decide(session)
                session.commit()
            except Conflict as refused:
                ends[index] = refused

    threads = [Thread(target=run, args=pair) for pair in enumerate(decisions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def deciding(verb, evaluation: Evaluation, cast, stamp: str | None):
    def decide(session: Session):
        found = session.get_one(Evaluation, evaluation.id)
        phase = session.get_one(Phase, found.phase_id)
        return verb(
            session,
            evaluation=found,
            phase=phase,
            actor_id=cast.olga.id,
            now=NOON,
            stamp=stamp,
        )

    return decide


def states(session) -> dict[int, EvaluationState]:
    session.expire_all()
    return {e.number: e.state for e in session.exec(select(Evaluation))}


def whole_board(session) -> set[tuple[int, float]]:
    return {(e.evaluation_id, e.value) for e in session.exec(select(Entry))}


def test_two_organisers_put_two_evaluations_live_and_one_wins(app, database, session, cast, two):
    _, live, (second, third) = two
    # Each decides on what the page said: that the first evaluation is the live one.
    ends = at_once(
        app,
        database,
        deciding(put_live, second, cast, stamp_of(second, live)),
        deciding(put_live, third, cast, stamp_of(third, live)),
    )
    assert sorted(type(end).__name__ for end in ends) == ["Conflict", "int"]
    found = states(session)
    assert sorted(s.value for s in found.values()) == ["complete", "live", "past"]
    winner = next(e for e in (second, third) if found[e.number] is EvaluationState.LIVE)
    assert whole_board(session) == {(winner.id, 0.2 if winner is second else 0.3)}


def test_a_second_click_changes_nothing_and_writes_to_nobody_again(
    app, database, session, cast, two
):
    _, _, (second, _) = two
    ends = at_once(app, database, *[deciding(put_live, second, cast, None)] * 2)
    assert sorted(ends) == [0, 3]
    assert len(waiting_mail(session)) == 3
    events = select(Event).where(Event.kind == "evaluation.live")
    assert len(session.exec(events).all()) == 1


def test_one_discards_what_the_other_puts_live(app, database, session, cast, two):
    _, live, (second, _) = two
    stamp = stamp_of(second, live)
    ends = at_once(
        app,
        database,
        deciding(put_live, second, cast, stamp),
        deciding(give_up, second, cast, stamp),
    )
    assert sum(isinstance(end, Conflict) for end in ends) == 1
    found = states(session)
    if found[2] is EvaluationState.LIVE:
        assert found[1] is EvaluationState.PAST
        assert whole_board(session) == {(second.id, 0.2)}
    else:
        assert (found[1], found[2]) == (EvaluationState.LIVE, EvaluationState.DISCARDED)
        assert {evaluation for evaluation, _ in whole_board(session)} == {live.id}


@pytest.mark.parametrize("verb", [put_live, give_up])
def test_a_page_of_another_state_decides_nothing(session, cast, two, verb):
    phase, _, (second, _) = two
    said = {"evaluation": second, "phase": phase, "actor_id": cast.olga.id, "now": NOON}
    for stamp in ("", "2 scoring 1", "2 complete 9", "3 complete 1"):
        with pytest.raises(Conflict) as refused:
            verb(session, stamp=stamp, **said)
        assert refused.value.code == "stale"
    assert states(session)[2] is EvaluationState.COMPLETE


def test_what_could_not_be_scored_is_tried_again(session, cast, two):
    phase, _, (second, _) = two
    row = session.exec(select(Rescore).where(Rescore.evaluation_id == second.id)).first()
    row.state, row.attempts, row.trace = RescoreState.FAILED, 3, "Traceback"
    session.add(row)
    session.flush()
    assert begin_again(session, evaluation=second, actor_id=cast.olga.id, now=NOON) == 1
    session.refresh(row)
    assert (row.state, row.attempts, row.trace) == (RescoreState.QUEUED, 0, None)
    assert second.state is EvaluationState.SCORING
    with pytest.raises(Conflict):
        put_live(session, evaluation=second, phase=phase, actor_id=cast.olga.id, now=NOON)


def test_what_is_decided_is_not_tried_again(session, cast, two):
    _, live, _ = two
    with pytest.raises(Conflict):
        begin_again(session, evaluation=live, actor_id=cast.olga.id, now=NOON)
