"""An organiser begins an evaluation in the browser, looks at both boards, and decides."""

import hashlib
import io
import re
from itertools import product

import pytest
from sqlmodel import select

from scorers.errors import Fault, InvalidSolution
from scorers.sentences import as_written, to_json
from server.challenges.models import Challenge, Organiser, Phase
from server.evaluations.models import Evaluation, Rescore
from server.evaluations.rules import EvaluationState, RescoreState
from server.shared.mail import waiting_mail
from server.shared.storage import FileStore
from tests.cast import NOON, sign_in
from tests.corrections.correcting import beside, boards, compared, rescored

HOME = "/organise/digits/evaluations"
TRUTH = b"id,digit,Usage\n1,0,Public\n"


@pytest.fixture
def scored(session, cast):
    return boards(session, cast)


@pytest.fixture
def olga(app, cast, scored):
    """The organiser's browser."""
    return sign_in(app.test_client(), cast.olga)


@pytest.fixture
def second(database, session, scored) -> Evaluation:
    """A second evaluation, ready to decide on: it turns the board round, and rejects nothing."""
    phase, _, (pandas, isar) = scored
    made = beside(session, phase)
    rescored(session, made, pandas, (0.5, 0.8))
    rescored(session, made, isar, (0.75, 0.6))
    return compared(database, session, made)


def send(browser, **fields):
    data = {"phase": "a", "reason": "the truth was wrong"} | fields
    return browser.post(f"{HOME}/new", data=data, content_type="multipart/form-data")


def state_of(session, evaluation) -> EvaluationState:
    session.refresh(evaluation)
    session.commit()
    return evaluation.state


def recipients(session) -> list[str]:
    found = [mail.recipient for mail in waiting_mail(session)]
    session.commit()
    return found


def stamp_in(page) -> str:
    return re.search(r'name="stamp" value="([^"]*)"', page.text)[1]


def test_the_evaluations_of_every_phase_are_listed(olga, second):
    page = olga.get(HOME)
    for words in ("Evaluation 2", "Ready to decide", "two rows of the truth were wrong", "Live"):
        assert words in page.text
    assert f'href="{HOME}/{second.id}"' in page.text


def test_a_corrected_solution_begins_the_next_evaluation(olga, session, settings):
    answer = send(olga, solution=(io.BytesIO(TRUTH), "solution.csv"))
    made = session.exec(select(Evaluation).where(Evaluation.number == 2)).one()
    assert (answer.status_code, answer.location) == (303, f"{HOME}/{made.id}")
    assert (made.state, made.taken_in) == (EvaluationState.RECEIVED, False)
    assert made.solution_sha256 == hashlib.sha256(TRUTH).hexdigest()
    assert FileStore(settings.public_store).has(made.solution_sha256)
    page = olga.get(answer.location)
    assert "A worker takes the solution in" in page.text


def test_a_script_is_told_where_to_go_on(olga):
    answer = olga.post(
        f"{HOME}/new",
        data={"phase": "a", "reason": "macro is fairer", "scorer": "f1"},
        content_type="multipart/form-data",
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert answer.json["location"].startswith(f"{HOME}/")


REFUSED = [
    ({}, 422, "Nothing would change"),
    ({"scorer": "acuracy"}, 422, "accuracy"),
    ({"scorer": "rmse"}, 422, "the other way"),
    ({"scorer": "f1", "reason": " "}, 422, "Say why"),
    ({"scorer": "f1", "params": "{broken"}, 422, "line 1, column 2"),
    ({"scorer": "f1", "params": '{"avrage": "macro"}'}, 422, "average"),
    ({"scorer": "f1", "phase": "b"}, 409, "no evaluation yet"),
    ({"scorer": "f1", "phase": "z"}, 404, "no phase z"),
]


def test_what_can_not_begin_one_is_said_beside_what_was_typed(olga):
    for fields, status, words in REFUSED:
        answer = send(olga, **fields)
        assert (answer.status_code, words in answer.text) == (status, True), fields
        if "phase" not in fields:
            assert (fields.get("reason") or "the truth was wrong").strip() in answer.text


def test_of_an_upload_that_is_refused_nothing_stays(olga, settings):
    assert send(olga, reason="", solution=(io.BytesIO(TRUTH), "s.csv")).status_code == 422
    assert not FileStore(settings.public_store).has(hashlib.sha256(TRUTH).hexdigest())


def test_a_solution_larger_than_allowed_is_refused_before_it_is_read(olga, settings):
    settings.max_upload_bytes = 1000
    answer = send(olga, solution=(io.BytesIO(b"1" * 5000), "s.csv"))
    assert answer.status_code == 413


def test_the_form_offers_metrics_that_run_the_same_way(olga):
    page = olga.get(f"{HOME}/new?phase=a").text
    assert '<option value="f1">F1: The harmonic mean of precision and recall.</option>' in page
    assert '<option value="rmse">' not in page


def test_the_page_of_an_evaluation_puts_both_boards_side_by_side(olga, second):
    page = olga.get(f"{HOME}/{second.id}?board=public").text
    assert "<li>2 of 2 teams change rank</li>" in page
    assert "<li>2 change score</li>" in page
    assert "No submission is rejected that was not before." in page
    assert page.index("Isar Surfers") < page.index("Giant Pandas")
    private = olga.get(f"{HOME}/{second.id}").text
    assert "Nothing changes on this board" in private


def test_scores_of_a_column_have_as_many_decimals(olga, database, session, scored):
    phase, _, (pandas, isar) = scored
    made = beside(session, phase)
    rescored(session, made, pandas, (0.90002, 0.8))
    rescored(session, made, isar, (0.75, 0.6))
    compared(database, session, made)
    page = olga.get(f"{HOME}/{made.id}?board=public").text
    told = re.findall(r'data-label="Score (?:now|then)">([^<]*)<', page)
    assert told == ["0.900000", "0.900020", "0.700000", "0.750000"]


def test_progress_is_told_without_a_reload(olga, session, scored):
    phase, _, (pandas, _) = scored
    third = beside(session, phase)
    session.add(Rescore(submission_id=pandas.id, evaluation_id=third.id))
    session.commit()
    page = olga.get(f"{HOME}/{third.id}").text
    assert 'data-state="scoring 0 of 1"' in page
    assert "Files that arrive meanwhile are scored under both at once." in page
    assert olga.get(f"{HOME}/{third.id}/state").json["state"] == "scoring 0 of 1"
    row = session.get_one(Rescore, (pandas.id, third.id))
    row.state = RescoreState.SCORED
    session.add(row)
    session.commit()
    told = olga.get(f"{HOME}/{third.id}/state").json
    assert told["state"] == "scoring 1 of 1"
    assert "1 of 1 submissions are scored under it" in told["html"]


def test_what_is_wrong_with_a_solution_is_said_in_words(olga, session, scored):
    third = beside(session, scored[0])
    third.state, third.problem = EvaluationState.REFUSED, "line 1: “digit” is missing."
    session.add(third)
    session.commit()
    page = olga.get(f"{HOME}/{third.id}").text
    assert "line 1: “digit” is missing." in page
    assert "Begin again" in page


def test_why_a_solution_was_refused_is_said_in_the_language_of_its_reader(olga, session, scored):
    third = beside(session, scored[0])
    said = InvalidSolution(
        [Fault("missing_column", as_written("line 1: “digit” is missing."))]
    ).said
    third.state, third.problem, third.problem_said = EvaluationState.REFUSED, said, to_json(said)
    session.add(third)
    session.commit()
    page = olga.get(f"{HOME}/{third.id}", headers={"Accept-Language": "zh"}).text
    assert "缺少一列" in page
    assert '<pre lang="en">' not in page


def test_going_live_is_asked_with_its_consequences_and_done_once(olga, session, cast, second):
    asked = olga.get(f"{HOME}/{second.id}/live")
    assert "2 of 2 teams change rank" in asked.text
    stamp = stamp_in(asked)
    answer = olga.post(f"{HOME}/{second.id}/live", data={"stamp": stamp})
    assert (answer.status_code, answer.location) == (303, f"{HOME}/{second.id}")
    assert "3 people are told" in olga.get(answer.location).text
    told = [cast.wei.email, cast.mei.email, cast.lena.email]
    assert sorted(recipients(session)) == sorted(told)
    again = olga.post(f"{HOME}/{second.id}/live", data={"stamp": stamp})
    assert again.status_code == 303
    assert "no longer what you decided on" in olga.get(again.location).text
    assert len(recipients(session)) == 3


def test_an_organiser_reads_what_the_solution_says_otherwise_before_it_goes_live(
    olga, session, second
):
    said = {"rows": 900, "columns": ["digit"]}
    said |= {name: {"count": 0, "ids": []} for name in ("changed", "added", "gone")}
    second.solution_changes = said | {
        "changed": {"count": 120, "ids": ["img-7"]},
        "gone": {"count": 3, "ids": ["a", "b", "c"]},
    }
    session.add(second)
    session.commit()
    for rest in ("", "/live"):
        page = olga.get(f"{HOME}/{second.id}{rest}").text
        assert "120 of 900 rows have another answer" in page
        assert "3 rows are gone: files that hold them are rejected" in page
        assert "<code>img-7</code> and 119 more" in page
    # The one it was counted against may be live no more: another organiser was quicker.
    for against, warned in ((1, False), (7, True)):
        second.solution_changes = {**second.solution_changes, "against": against}
        session.add(second)
        session.commit()
        page = olga.get(f"{HOME}/{second.id}").text
        assert (f"against the solution of evaluation {against}" in page) is warned
    found = olga.get(f"/api/v1/evaluations/{second.id}").json["solution_changes"]
    assert (found["changed"]["count"], found["gone"]["ids"]) == (120, ["a", "b", "c"])


def test_a_discarded_one_stays_readable_with_its_board(olga, session, second):
    asked = olga.get(f"{HOME}/{second.id}/discard")
    answer = olga.post(f"{HOME}/{second.id}/discard", data={"stamp": stamp_in(asked)})
    assert answer.status_code == 303
    assert state_of(session, second) is EvaluationState.DISCARDED
    assert "It was given up" in olga.get(f"{HOME}/{second.id}").text
    board = olga.get("/challenges/digits/leaderboard?evaluation=2&board=public").text
    assert board.index("Isar Surfers") < board.index("Giant Pandas")
    assert "stamp" not in olga.get(f"{HOME}/{second.id}/live").text


def test_a_page_that_is_out_of_date_decides_nothing(olga, session, second):
    for verb, stamp in product(("live", "discard"), ("", "2 scoring 1")):
        answer = olga.post(f"{HOME}/{second.id}/{verb}", data={"stamp": stamp})
        assert (answer.status_code, answer.location) == (303, f"{HOME}/{second.id}")
        assert "no longer what you decided on" in olga.get(answer.location).text
    assert state_of(session, second) is EvaluationState.COMPLETE


def test_an_evaluation_of_another_challenge_is_not_found_here(olga, session, cast, second):
    other = Challenge(**session.get_one(Challenge, cast.digits.id).model_dump(exclude={"id"}))
    other.slug = "tides"
    session.add(other)
    session.flush()
    session.add(Organiser(challenge_id=other.id, account_id=cast.olga.id))
    session.commit()
    for path in ("", "/state", "/live", "/discard", "/submissions"):
        address = f"/organise/tides/evaluations/{second.id}{path}"
        assert olga.get(address).status_code == 404
    stamp = stamp_in(olga.get(f"{HOME}/{second.id}/live"))
    for verb in ("live", "discard", "retry"):
        address = f"/organise/tides/evaluations/{second.id}/{verb}"
        assert olga.post(address, data={"stamp": stamp}).status_code == 404


def test_submissions_that_no_longer_fit_are_listed_with_team_and_message(
    database, olga, session, scored
):
    phase, _, (pandas, isar) = scored
    third = beside(session, phase)
    rescored(session, third, pandas, (0.9, 0.8))
    rescored(session, third, isar, None)
    compared(database, session, third)
    page = olga.get(f"{HOME}/{third.id}?board=public").text
    assert "1 submission no longer fits" in page
    assert "1 leaves the board" in page
    listed = olga.get(f"{HOME}/{third.id}/submissions").text
    for words in (f"#{isar.id} predictions.csv", "Isar Surfers", "The id “7” is missing."):
        assert words in listed
    assert "There is none" in olga.get(f"{HOME}/{third.id}/submissions?which=failed").text
    assert olga.get(f"{HOME}/{third.id}/submissions?which=nonsense").status_code == 200


def test_what_failed_is_scored_again_at_a_click(olga, session, scored):
    phase, _, (pandas, _) = scored
    third = beside(session, phase)
    session.add(
        Rescore(
            submission_id=pandas.id,
            evaluation_id=third.id,
            state=RescoreState.FAILED,
            trace="the limit",
        )
    )
    session.commit()
    assert "1 submission could not be scored under it" in olga.get(f"{HOME}/{third.id}").text
    assert "the limit" in olga.get(f"{HOME}/{third.id}/submissions?which=failed").text
    assert olga.post(f"{HOME}/{third.id}/retry").status_code == 303
    row = session.get_one(Rescore, (pandas.id, third.id), populate_existing=True)
    assert row.state is RescoreState.QUEUED


# What everybody sees.


@pytest.fixture
def gone_live(olga, second) -> Evaluation:
    stamp = stamp_in(olga.get(f"{HOME}/{second.id}/live"))
    assert olga.post(f"{HOME}/{second.id}/live", data={"stamp": stamp}).status_code == 303
    return second


def test_the_board_says_since_when_and_why_its_evaluation_is_live(client, gone_live):
    page = client.get("/challenges/digits/leaderboard").text
    assert "Evaluation 2 since" in page
    assert "because: two rows of the truth were wrong" in page
    assert 'href="/challenges/digits/evaluations#a"' in page


def test_a_first_evaluation_needs_no_explanation(client, scored):
    assert "Evaluation 1 since" not in client.get("/challenges/digits/leaderboard").text


def test_the_history_is_public_and_names_a_solution_only_after_the_reveal(
    client, session, gone_live, scored
):
    discarded = beside(session, scored[0], number=3)
    discarded.state, discarded.reason = EvaluationState.DISCARDED, "a mistake of ours"
    session.add(discarded)
    session.commit()
    page = client.get("/challenges/digits/evaluations").text
    assert "two rows of the truth were wrong" in page
    assert "a mistake of ours" not in page
    assert gone_live.solution_sha256 not in page
    phase = session.get_one(Phase, scored[0].id)
    phase.revealed_at = NOON
    session.add(phase)
    session.commit()
    assert gone_live.solution_sha256 in client.get("/challenges/digits/evaluations").text


def test_a_past_board_stays_as_it_stood_and_public(client, session, gone_live, scored):
    past = client.get("/api/v1/challenges/digits/leaderboard?evaluation=1").json
    assert [(r["team"]["name"], r["rank"], r["score"]) for r in past["rows"]] == [
        ("Giant Pandas", 1, 0.9),
        ("Isar Surfers", 2, 0.7),
    ]
    page = client.get("/challenges/digits/leaderboard?evaluation=1").text
    assert "as it stood when another replaced it" in page
    lines = client.get("/challenges/digits/leaderboard.csv?evaluation=1").text.splitlines()
    assert "Giant Pandas" in lines[1]
    private = client.get("/api/v1/challenges/digits/leaderboard?evaluation=1&board=private")
    assert private.status_code == 403


def test_while_the_board_is_frozen_past_boards_are_for_the_organisers(
    client, olga, session, gone_live, scored
):
    phase = session.get_one(Phase, scored[0].id)
    phase.frozen_at = NOON
    session.add(phase)
    session.commit()
    address = "/challenges/digits/leaderboard?evaluation=1"
    assert client.get(address).status_code == 403
    assert olga.get(address).status_code == 200
    assert "not shown" in client.get("/challenges/digits/evaluations").text
