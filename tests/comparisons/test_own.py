"""Two submissions of one's own team: what is shown, what is asked for, and who may."""

import re

import pytest
from sqlmodel import select

from server.challenges.rules import Ranking
from server.comparisons.comparing import Comparer
from server.comparisons.models import Comparison
from server.comparisons.own import ask_own, own_pair
from server.comparisons.rules import ComparisonState
from server.evaluations.models import Evaluation, Score
from server.evaluations.tools import Tools
from server.shared.errors import Conflict, Invalid, NotFound
from server.shared.events import Event
from server.shared.storage import FileStore, Stores
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.boards.scored import reveal_now, scored, submitted
from tests.cast import NOON, sign_in
from tests.comparisons.test_comparing import LEASE, Here, Sent, _predictions, put_file, read
from tests.faults.producing import ROWS, solution_text
from tests.scores import SPEC

PAGE = "/challenges/digits/submissions/compare"


@pytest.fixture
def own(session, cast, phase) -> tuple[Submission, Submission]:
    """Two scored submissions of the Giant Pandas; the later is better."""
    team = session.merge(cast.pandas)
    first = scored(session, phase, team, 0.7, 0.8, by=cast.wei)
    second = scored(session, phase, team, 0.9, 0.6, by=cast.mei)
    for row in session.exec(select(Score).where(Score.submission_id == second.id)):
        row.also = {"f1": 0.88}
        session.add(row)
    session.commit()
    return first, second


def address(own) -> str:
    return f"{PAGE}?a={own[1].id}&b={own[0].id}"


def pair_of(session, cast, own):
    return own_pair(session, team_id=cast.pandas.id, a=own[0].id, b=own[1].id)


def test_the_worker_compares_the_public_rows_and_counts_what_differs(
    database, session, cast, own, clock, tmp_path
):
    public, hidden = (FileStore(str(tmp_path / name)) for name in ("public", "hidden"))
    for submission, wrong in zip(own, (30, 6), strict=True):
        row = session.get_one(Submission, submission.id)
        row.sha256 = put_file(tmp_path, public, _predictions(wrong))
        session.add(row)
    evaluation = session.exec(select(Evaluation)).one()
    evaluation.solution_sha256 = put_file(tmp_path, hidden, solution_text())
    evaluation.spec = SPEC
    session.add(evaluation)
    session.commit()
    asked = {"team_id": cast.pandas.id, "actor_id": cast.wei.id, "now": NOON}
    row = ask_own(session, a=own[1].id, b=own[0].id, **asked)
    again = ask_own(session, a=own[0].id, b=own[1].id, **asked)
    session.commit()
    assert row.id == again.id
    tools = Tools(
        database=database,
        stores=Stores(public, hidden),
        jobs=Sent(),
        isolation=Here(),
        clock=clock,
        name="host/1/2",
        lease=LEASE,
    )
    Comparer(tools).compare(row.id)
    found = read(database, row.id)
    assert (found.state, found.found["rows"]) == (ComparisonState.COMPARED, ROWS / 2)
    differing = found.found["differing"]
    assert (differing["rows"], differing["differ"]) == (ROWS, 24)
    with database.reading() as reading:
        here = own_pair(reading, team_id=cast.pandas.id, a=own[0].id, b=own[1].id)
        turned = own_pair(reading, team_id=cast.pandas.id, a=own[1].id, b=own[0].id)
        assert here.difference.difference == pytest.approx(-0.4)
        assert turned.difference.difference == pytest.approx(0.4)
        assert {(c.a, c.b) for c in here.differing.changes} == {
            (c.b, c.a) for c in turned.differing.changes
        }


def test_a_member_asks_on_the_page_and_reads_both_side_by_side(client, session, cast, own):
    reader = sign_in(client, cast.wei)
    page = reader.get(address(own)).text
    assert "Compare them" in page
    assert "0.8800" in page
    assert "0.8000" not in page
    assert "0.6000" not in page
    answer = reader.post(PAGE, data={"a": own[1].id, "b": own[0].id})
    assert answer.status_code == 303
    assert "It is being compared" in reader.get(address(own)).text
    state = reader.get(address(own).replace("compare?", "compare/state?")).json
    assert state["state"] == "queued"
    (row,) = session.exec(select(Comparison))
    assert (row.first_submission_id, row.second_submission_id) == (own[0].id, own[1].id)
    kinds = [e.team_id for e in session.exec(select(Event).where(Event.kind == "comparison.asked"))]
    assert kinds == [cast.pandas.id]


@pytest.mark.parametrize(("person", "status"), [("lena", 404), ("olga", 404), ("amina", 404)])
def test_another_team_s_submissions_are_nobody_else_s(client, cast, own, person, status):
    reader = sign_in(client, cast.people[person])
    for path in (address(own), address(own).replace("compare?", "compare/state?")):
        assert reader.get(path).status_code == status
    assert reader.post(PAGE, data={"a": own[1].id, "b": own[0].id}).status_code == status


def test_one_of_another_team_beside_one_s_own_is_not_there(client, session, cast, phase, own):
    other = scored(session, phase, session.merge(cast.isar), 0.5, 0.5, by=cast.lena)
    session.commit()
    reader = sign_in(client, cast.wei)
    assert reader.get(f"{PAGE}?a={own[0].id}&b={other.id}").status_code == 404
    for wrong in ("a=1&b=999999999999999999999", "a=x&b=1", "a=1"):
        assert reader.get(f"{PAGE}?{wrong}").status_code == 200
    assert "Choose two different" in reader.get(f"{PAGE}?a={own[0].id}&b={own[0].id}").text
    with pytest.raises(Invalid):
        own_pair(session, team_id=cast.pandas.id, a=own[0].id, b=own[0].id)
    with pytest.raises(NotFound):
        own_pair(session, team_id=cast.isar.id, a=own[0].id, b=own[1].id)


def test_a_ladder_is_compared_by_its_released_values_alone(client, session, cast, phase, own):
    phase.ranking = Ranking.LADDER
    session.add(phase)
    session.commit()
    page_of_both = address(own)
    pair = pair_of(session, cast, own)
    assert pair.row is None
    asked = {"team_id": cast.pandas.id, "actor_id": cast.wei.id, "now": NOON}
    with pytest.raises(Conflict):
        ask_own(session, a=own[0].id, b=own[1].id, **asked)
    session.rollback()
    page = sign_in(client, cast.wei).get(page_of_both).text
    assert "This phase has a ladder" in page
    assert "0.9000" not in page
    assert "0.8800" not in page
    assert "Compare them" not in page


def test_after_the_reveal_the_public_rows_are_what_is_compared(session, cast, phase, own):
    reveal_now(session, phase)
    session.commit()
    asked = {"team_id": cast.pandas.id, "actor_id": cast.wei.id, "now": NOON}
    assert ask_own(session, a=own[0].id, b=own[1].id, **asked).board.value == "public"


def test_without_a_score_or_in_another_phase_there_is_nothing_to_compare(session, cast, phase, own):
    team = session.merge(cast.pandas)
    rejected = submitted(session, phase, team, state=SubmissionState.REJECTED)
    elsewhere = submitted(session, session.merge(cast.phase_b), team)
    session.commit()
    for other, word in ((rejected, "score"), (elsewhere, "two phases")):
        pair = own_pair(session, team_id=team.id, a=own[0].id, b=other.id)
        assert (word in pair.why_not, pair.may_be_asked) == (True, False)


def test_the_choices_stand_under_their_phases_with_their_scores(client, session, cast, phase, own):
    team = session.merge(cast.pandas)
    other = session.merge(cast.phase_b)
    later = submitted(session, other, team, by=cast.wei)
    session.commit()
    reader = sign_in(client, cast.wei)
    for beside, first in ((own[0].id, phase.title), (later.id, other.title)):
        page = reader.get(f"{PAGE}?a={beside}").text
        titles = re.findall(r'<optgroup label="([^"]*)"', page)
        assert titles == [first, ({phase.title, other.title} - {first}).pop()] * 2
        for number, said in ((own[0].id, " · 0.7000"), (own[1].id, " · 0.9000"), (later.id, "")):
            assert page.count(f">#{number}{said} · predictions.csv") == 2
