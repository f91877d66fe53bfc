"""Hidden answers and private scores are found nowhere: not by a crawl, not in errors or letters."""

import csv
import io
import itertools
import json
import logging
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from server.boards.actions import reveal
from server.challenges.models import Phase
from server.evaluations.models import Evaluation
from server.evaluations.scoring import Report, score_file, spec_text
from server.shared.events import Event
from server.shared.mail import OutgoingMail
from server.shared.storage import FileStore
from server.submissions.models import Submission
from tests.security.crawling import Crawls, crawl, get
from tests.security.marks import (
    CODE_MARK,
    HIDDEN_LABEL,
    HIDDEN_NUMBERS,
    PRIVATE,
    PRIVATE_MARKS,
    SOLUTION_MARKS,
    Marks,
)
from tests.security.results import record
from tests.security.sightings import PLACES, PLACES_OF_DIGITS
from tests.security.world import ROLES, World

# Who may see private scores of `digits`; the organiser of `tides` may see those of `tides`.
KNOWS = ("organiser", "judge", "organiser elsewhere", "administrator")
OTHERS = [role for role in ROLES if role not in KNOWS]
# Files that are wrong in a way that invites a helpful scorer to say what would be right.
WRONG_DIGITS = {
    "a label near the hidden one": f"id,digit\n1,0\n2,1\n3,{HIDDEN_LABEL[:-1]}\n4,0\n5,2\n",
    "an empty label": "id,digit\n1,0\n2,1\n3,\n4,0\n5,2\n6,1\n",
    "an unknown id": "id,digit\n1,0\n2,1\n3,0\n4,0\n5,2\n7,1\n",
    "the solution's own column": "id,digit,Usage\n1,0,Public\n",
    "no rows": "id,digit\n",
    "a label twice": "id,digit\n1,0\n1,0\n2,1\n3,0\n4,0\n5,2\n6,1\n",
    "another header": "id,label\n1,0\n",
}
WRONG_TIDES = {
    "a word": "id,height\n1,high\n2,0\n3,0\n4,0\n5,0\n6,0\n",
    "not finite": "id,height\n1,inf\n2,nan\n3,0\n4,0\n5,0\n6,0\n",
    "missing rows": "id,height\n1,0\n",
    "too large to square": "id,height\n" + "".join(f"{i},1e200\n" for i in range(1, 7)),
}
UNREVEALED = (
    "/challenges/digits/leaderboard?board=private",
    "/challenges/digits/leaderboard.csv?board=private",
    "/challenges/digits/leaderboard.xlsx?board=private",
    "/challenges/digits/universities.csv?board=private",
    "/challenges/digits/universities.xlsx?board=private",
    "/challenges/digits/ctftime.json?board=private",
    "/challenges/digits/universities?board=private",
    "/api/v1/challenges/digits/leaderboard?board=private",
    "/api/v1/challenges/digits/leaderboard?evaluation=1&board=private",
    "/api/v1/challenges/digits/universities?board=private",
    "/challenges/digits/compare?board=private",
    "/challenges/digits/compare/state?a=1&b=2&board=private",
    "/api/v1/challenges/digits/comparison?a=1&b=2&board=private",
    "/api/v1/challenges/digits/shakeup",
)


def sent(world: World, role: str, slug: str, text: str) -> int:
    """Upload a file through the API."""
    answer = world.app.test_client().post(
        f"/api/v1/challenges/{slug}/submissions",
        headers=world.bearer(role),
        data={"file": (io.BytesIO(text.encode()), "wrong.csv")},
    )
    assert answer.status_code == 202, answer.text
    return int(answer.json["id"])


def scored(world: World, submission_id: int) -> str:
    """Score a submission against the real hidden file, as the worker does; return its state."""
    files, hidden = FileStore(world.settings.public_store), FileStore(world.settings.hidden_store)
    with world.database.writing() as session:
        submission = session.get_one(Submission, submission_id)
        evaluation = session.exec(
            select(Evaluation).where(Evaluation.phase_id == submission.phase_id)
        ).one()
        with (
            files.local(submission.sha256) as prediction,
            hidden.local(evaluation.solution_sha256) as solution,
        ):
            said = score_file(str(prediction), str(solution), spec_text(evaluation.spec))
        record(session, submission, evaluation, Report.model_validate_json(said))
        session.commit()
        return session.get_one(Submission, submission_id).state.value


def upload_wrong_files(world: World) -> dict[str, str]:
    """Send every wrong file and return how each ended."""
    ends = {}
    for role, slug, files in (("member", "digits", WRONG_DIGITS), ("member", "tides", WRONG_TIDES)):
        if slug == "tides":
            world.app.test_client().post(
                f"/api/v1/challenges/{slug}/teams",
                headers=world.bearer(role),
                json={"name": "Wadden"},
            )
        for name, text in files.items():
            ends[name] = scored(world, sent(world, role, slug, text))
    return ends


def everything_kept(session: Session) -> str:
    """Return the letters and the log of events as text."""
    letters = [f"{m.subject}\n{m.body}" for m in session.exec(select(OutgoingMail))]
    events = [f"{e.kind} {json.dumps(e.data)}" for e in session.exec(select(Event))]
    return "\n".join(letters + events)


def reveal_digits(world: World) -> None:
    """Let the phase end and show its private board."""
    with world.database.writing() as session:
        phase = session.get_one(Phase, world.cast.phases["phase_a"].id)
        world.clock.moment = phase.ends + timedelta(minutes=1)
        reveal(session, phase=phase, actor_id=None, now=world.clock.moment)
        session.commit()


@pytest.mark.timeout(300)
def test_nobody_else_finds_hidden_answers_or_private_scores(world: World, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    ends = upload_wrong_files(world)
    assert set(ends.values()) >= {"rejected"}
    found: list[str] = []
    for role in OTHERS:
        seen = crawl(world, role)
        assert len(seen.answers) > 60
        found += seen.found(SOLUTION_MARKS) + seen.found(PRIVATE_MARKS) + seen.found(PLACES)
    # The organiser of another challenge knows the private scores of that one alone.
    elsewhere = crawl(world, "organiser elsewhere")
    found += elsewhere.found(SOLUTION_MARKS) + elsewhere.found(PLACES_OF_DIGITS)
    found += [f for f in elsewhere.found(PRIVATE_MARKS) if "digits" in f]
    with world.database.reading() as session:
        kept = everything_kept(session)
    said = capfd.readouterr()
    for name, text in (("kept", kept), ("log", caplog.text), ("output", said.out + said.err)):
        hits = [m.search(text, rounded=False) for m in (SOLUTION_MARKS, PRIVATE_MARKS)]
        found += [f"{name}: {hit}" for hit in hits if hit]
    assert not found, "\n".join(found)


def test_the_crawl_sees_the_marks_where_they_may_be_seen(crawled: Crawls):
    """Without this, a crawl that reads nothing would pass."""
    for role in ("organiser", "administrator"):
        seen = crawled(role)
        assert any("submissions.xlsx" in hit for hit in seen.found(PRIVATE_MARKS))
        assert not seen.found(SOLUTION_MARKS)


def test_after_the_reveal_the_private_score_is_shown_and_the_solution_is_not(world: World):
    reveal_digits(world)
    seen = {role: crawl(world, role) for role in ("visitor", "member")}
    for each in seen.values():
        assert any("leaderboard" in hit for hit in each.found(PRIVATE_MARKS))
        assert not each.found(SOLUTION_MARKS)
    feed = get(world, "visitor", "/challenges/digits/leaderboard.csv?board=private").text
    rows = list(csv.DictReader(io.StringIO(feed)))
    assert sorted(float(row["score"]) for row in rows) == sorted(s[0] for s in PRIVATE)
    # The other challenge's result is still to come.
    assert not [f for f in seen["visitor"].found(PRIVATE_MARKS) if "tides" in f]


def test_the_private_board_is_refused_before_the_reveal(world: World):
    for role, path in itertools.product(OTHERS, UNREVEALED):
        assert get(world, role, path).status == 403, (role, path)


def test_a_rejection_never_lists_a_label_that_only_the_solution_has(world: World):
    with world.database.writing() as session:
        evaluation = session.get_one(Evaluation, world.ids["evaluation"])
        evaluation.spec = evaluation.spec | {"labels": ["0", "1", "2", "9"]}
        solution = f"id,digit\n{HIDDEN_LABEL},0\n"
        session.add(evaluation)
        session.commit()
    assert HIDDEN_LABEL in solution
    number = sent(world, "member", "digits", WRONG_DIGITS["a label near the hidden one"])
    scored(world, number)
    for path in (f"/submissions/{number}", f"/api/v1/submissions/{number}"):
        assert HIDDEN_LABEL not in get(world, "member", path).text


TRAVERSALS = (
    "/challenges/tides/files/{0}",
    "/challenges/tides/files/private/solution.csv",
    "/challenges/tides/files/../private/solution.csv",
    "/challenges/tides/files/..%2fprivate%2fsolution.csv",
    "/challenges/tides/files/%2e%2e/%2e%2e/hidden/{1}",
    "/challenges/tides/files/..%5c..%5chidden%5c{1}",
    "/challenges/tides/files//{2}",
    "/challenges/tides/files/%00{1}",
    "/challenges/tides/files/train.csv%00{1}",
    "/challenges/tides/files/....//....//hidden/{1}",
    "/static/../../data/hidden/{1}",
    "/static/%2e%2e/%2e%2e/hidden/{1}",
    "/static//{2}",
    "/bootstrap/static/../../../../hidden/{1}",
    "/hidden/{1}",
    "/files/{1}",
    "/submissions/{0}/file",
    "/api/v1/challenges/tides/files/{0}",
    "/api/v1/challenges/tides/files/..%2f..%2fhidden%2f{1}",
    "/api/v1/challenges/tides/files//{2}",
)


def test_no_address_leads_into_the_hidden_store(world: World):
    for attempt, kept in itertools.product(TRAVERSALS, world.solutions):
        path = attempt.format(kept.name, f"{kept.parent.name}/{kept.name}", kept)
        for role in ("visitor", "member", "organiser"):
            answer = get(world, role, path)
            assert answer.status >= 300, path
            assert not SOLUTION_MARKS.search(answer.everything), path


def test_the_web_process_is_given_no_way_to_the_hidden_store(world: World):
    """By contract of the code: what is handed to the rooms names the public store alone."""
    service = world.app.extensions["varsity"]
    assert service.files.root != FileStore(world.settings.hidden_store).root
    stores = [v for v in vars(service).values() if isinstance(v, FileStore)]
    assert stores == [service.files]


def test_the_marks_find_numbers_as_pages_write_them():
    value = HIDDEN_NUMBERS[0]
    for text in (f"{value:,.1f}", repr(value), f"score {PRIVATE[0][0]:.4f}", f"[{value}]"):
        assert SOLUTION_MARKS.search(text) or PRIVATE_MARKS.search(text), text
    for text in ("0.75", "0.12", "10.12345", "class_1", "2026-11-20"):
        assert not SOLUTION_MARKS.search(text)
        assert not PRIVATE_MARKS.search(text)


@pytest.mark.timeout(300)
def test_the_text_of_a_metric_file_is_shown_to_nobody(crawled: Crawls):
    marks = Marks([], (CODE_MARK,))
    for role in ("visitor", "organiser", "administrator"):
        seen = crawled(role)
        assert len(seen.answers) > 60
        assert any("metric.py" in answer.text for answer in seen.answers.values())
        assert seen.found(marks) == []
    with crawled.world.database.reading() as session:
        assert CODE_MARK not in everything_kept(session)
    assert CODE_MARK not in crawled.said
