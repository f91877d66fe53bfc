"""What a discarded draft leaves behind is deleted, and nothing that somebody else needs."""

import pytest
from sqlmodel import select

from server.challenges.models import Phase
from server.drafts.models import DraftFile
from server.drafts.rules import FileKind
from server.drafts.tidying import tidy_discarded
from tests.drafts.drafting import Desk
from tests.scores import add_live


@pytest.fixture
def filled(desk) -> Desk:
    """A draft with everything that a launch needs, its solution hidden by the worker."""
    desk.begin()
    desk.fill()
    desk.work()
    return desk


def hashes(desk: Desk, *, hidden: bool) -> set[str]:
    files = desk.all(select(DraftFile).where(DraftFile.draft_id == desk.id))
    return {f.sha256 for f in files if (f.kind is FileKind.SOLUTION) is hidden}


def test_files_stay_for_a_day_and_then_go(filled, clock) -> None:
    public, hidden = filled.tools.stores
    shown, answers = hashes(filled, hidden=False), hashes(filled, hidden=True)
    assert shown
    assert answers
    filled.post("/discard")
    assert tidy_discarded(filled.tools) == 0
    clock.forward(days=1, seconds=1)
    assert tidy_discarded(filled.tools) == len(shown) + len(answers)
    assert not any(public.has(sha256) for sha256 in shown | answers)
    assert not any(hidden.has(sha256) for sha256 in answers)
    assert tidy_discarded(filled.tools) == 0


def test_a_draft_that_is_being_written_keeps_its_files(filled, clock) -> None:
    clock.forward(days=30)
    assert tidy_discarded(filled.tools) == 0
    assert hashes(filled, hidden=False)


def test_what_another_draft_or_a_challenge_has_stays(filled, clock) -> None:
    public, hidden = filled.tools.stores
    first, shown, answers = filled.id, hashes(filled, hidden=False), hashes(filled, hidden=True)
    filled.begin("The same petals again")
    filled.fill()
    filled.work()
    filled.id, second = first, filled.id
    filled.post("/discard")
    clock.forward(days=2)
    assert tidy_discarded(filled.tools) == 0
    assert all(public.has(sha256) for sha256 in shown)
    assert all(hidden.has(sha256) for sha256 in answers)
    filled.id = second
    assert hashes(filled, hidden=False) == shown


def test_the_answers_of_a_launched_challenge_stay(filled, clock) -> None:
    _, hidden = filled.tools.stores
    answers = hashes(filled, hidden=True)
    filled.launch()
    filled.begin("Petals, a draft too many")
    filled.fill()
    filled.work()
    filled.post("/discard")
    clock.forward(days=2)
    tidy_discarded(filled.tools)
    assert all(hidden.has(sha256) for sha256 in answers)


def test_what_an_evaluation_keeps_its_rows_by_stays(filled, clock) -> None:
    named = hashes(filled, hidden=True).pop()
    filled.post("/discard")
    with filled.database.writing() as session:
        phase = session.exec(select(Phase)).first()
        live = add_live(session, phase)
        live.spec = {**live.spec, "sides": named}
        session.add(live)
        session.commit()
    clock.forward(days=2)
    tidy_discarded(filled.tools)
    assert filled.tools.stores.hidden_files.has(named)
