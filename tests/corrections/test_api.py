"""An organiser's program starts an evaluation, watches it, and puts it live or gives it up."""

import hashlib
import io

import pytest

from server.accounts.tokens import create_token
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.shared.storage import FileStore
from tests.cast import NOON
from tests.corrections.correcting import beside, boards, compared, complete, rescored

START = "/api/v1/challenges/digits/evaluations"
TRUTH = b"id,digit,Usage\n1,0,Public\n"


@pytest.fixture
def scored(session, cast):
    """The phase, its live evaluation and the two submissions."""
    return boards(session, cast)


@pytest.fixture
def olga(app, session, cast, scored):
    """A program of the organiser's."""
    return program(app, session, cast.olga)


def program(app, session, account):
    _, plain = create_token(session, account_id=account.id, name="test", now=NOON)
    session.commit()
    headers = {"Authorization": f"Bearer {plain}"}

    def ask(method: str, path: str, **more):
        return app.test_client().open(path, method=method, headers=headers, **more)

    return ask


def start(ask, **fields):
    data = {"phase": "a", "reason": "the truth was wrong"} | fields
    return ask("POST", START, data={k: v for k, v in data.items() if v is not None})


def solution():
    return (io.BytesIO(TRUTH), "solution.csv")


def test_a_corrected_solution_starts_the_next_evaluation(olga, session, settings):
    answer = start(olga, solution=solution())
    assert answer.status_code == 202
    assert (answer.json["number"], answer.json["state"]) == (2, "received")
    made = session.get_one(Evaluation, answer.json["id"])
    sha256 = hashlib.sha256(TRUTH).hexdigest()
    assert (made.solution_sha256, made.reason) == (sha256, "the truth was wrong")
    # A worker takes it from there into the store that the web can't read.
    assert FileStore(settings.public_store).has(sha256)


def test_another_metric_starts_one_on_the_same_solution(olga, session, scored):
    answer = start(olga, scorer="f1", params='{"average": "macro"}')
    assert answer.status_code == 202
    made = session.get_one(Evaluation, answer.json["id"])
    assert (made.scorer, made.spec["params"]) == ("f1", {"average": "macro"})
    assert made.solution_sha256 == scored[1].solution_sha256


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"reason": None, "scorer": "f1"}, 422, "Say why"),
        ({"reason": "  ", "scorer": "f1"}, 422, "Say why"),
        ({"phase": None}, 422, "Say which phase"),
        ({"phase": "z"}, 404, "no phase z"),
        ({"phase": "b", "scorer": "f1"}, 409, "no evaluation yet"),
        ({}, 422, "Nothing would change"),
        ({"scorer": "accuracy"}, 422, "Nothing would change"),
        ({"scorer": "acuracy"}, 422, "accuracy"),
        ({"scorer": "rmse"}, 422, "the other way"),
        ({"scorer": "metric.py"}, 422, "never comes through the web"),
        ({"scorer": "/tmp/metric.py"}, 422, "never comes through the web"),
        ({"params": "[1]"}, 422, "JSON object"),
        ({"params": "{broken"}, 422, "JSON object"),
        ({"params": '{"nonsense": 1}'}, 422, "nonsense"),
    ],
)
def test_what_can_not_start_one_is_said(olga, fields, status, words):
    answer = start(olga, **fields)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert words in answer.json["detail"]


def test_of_a_start_that_is_refused_no_solution_stays(olga, settings):
    assert start(olga, reason=None, solution=solution()).status_code == 422
    assert not FileStore(settings.public_store).has(hashlib.sha256(TRUTH).hexdigest())


def test_progress_and_preview_tell_what_going_live_would_change(database, olga, session, scored):
    phase, _, (pandas, isar) = scored
    second = beside(session, phase)
    rescored(session, second, pandas, (0.5, 0.8))
    rescored(session, second, isar, None)
    session.commit()
    path = f"/api/v1/evaluations/{second.id}"
    said = olga("GET", path).json
    assert (said["state"], said["progress"]) == ("scoring", {"done": 2, "total": 2})
    assert (said["new_rejections"], said["preview"], said["preview_as_of"]) == (1, [], None)
    compared(database, session, second)
    said = olga("GET", path).json
    assert (said["state"], said["preview_as_of"]) == ("complete", "2026-11-20T12:00:00Z")
    public = next(b for b in said["preview"] if b["board"] == "public")
    assert [(c["team"]["name"], c["rank_before"], c["rank_after"]) for c in public["changes"]] == [
        ("Giant Pandas", 1, 1),
        ("Isar Surfers", 2, None),
    ]


def test_the_same_is_not_begun_twice(olga, session, scored):
    assert start(olga, scorer="f1").status_code == 202
    again = start(olga, scorer="f1")
    assert (again.status_code, "Evaluation 2 is the same" in again.json["detail"]) == (409, True)
    assert start(olga, scorer="f1", params='{"average": "macro"}').status_code == 202


ODD = [
    *("[" * 5000, '{"a": NaN}', '{"a": 1e999}', '"average"', "{'a': 1}"),
    '{"a": ' + "9" * 20_000 + "}",
]


def test_odd_parameters_are_refused_in_words(olga):
    for params in ODD:
        answer = start(olga, scorer="f1", params=params)
        assert answer.status_code == 422, params[:20]
        assert "arameters" in answer.json["detail"] or "JSON object" in answer.json["detail"]


def test_it_goes_live_when_it_is_complete_and_the_board_follows(client, olga, session, scored):
    phase, live, (pandas, isar) = scored
    second = beside(session, phase)
    rescored(session, second, pandas, (0.5, 0.8))
    rescored(session, second, isar, (0.75, 0.6))
    session.commit()
    path = f"/api/v1/evaluations/{second.id}/live"
    assert olga("POST", path).status_code == 409
    complete(session, second)
    answer = olga("POST", path)
    assert (answer.status_code, answer.json["state"], answer.json["preview"]) == (200, "live", [])
    rows = client.get("/api/v1/challenges/digits/leaderboard").json["rows"]
    assert [(r["team"]["name"], r["score"]) for r in rows] == [
        ("Isar Surfers", 0.75),
        ("Giant Pandas", 0.5),
    ]
    assert olga("POST", path).status_code == 200
    session.refresh(live)
    assert live.state is EvaluationState.PAST
    assert olga("GET", f"/api/v1/evaluations/{live.id}").json["state"] == "past"


def test_a_decision_on_a_preview_beside_another_board_is_refused(database, olga, session, scored):
    phase, _, (pandas, isar) = scored
    made = []
    for number in (2, 3):
        evaluation = beside(session, phase, number=number)
        rescored(session, evaluation, pandas, (0.5, 0.8))
        rescored(session, evaluation, isar, (0.75, 0.6))
        made.append(compared(database, session, evaluation).id)
    second, third = made
    assert olga("GET", f"/api/v1/evaluations/{third}").json["replaces"] == 1
    assert olga("POST", f"/api/v1/evaluations/{second}/live?replaces=1").status_code == 200
    stale = olga("POST", f"/api/v1/evaluations/{third}/live?replaces=1")
    assert (stale.status_code, stale.json["code"]) == (409, "stale")
    assert olga("GET", f"/api/v1/evaluations/{third}").json["replaces"] == 2
    assert olga("POST", f"/api/v1/evaluations/{third}/live?replaces=2").json["state"] == "live"


def test_one_that_is_not_live_is_given_up_and_stays_readable(olga, session, scored):
    phase, live, _ = scored
    second = beside(session, phase)
    session.commit()
    assert olga("DELETE", f"/api/v1/evaluations/{second.id}").status_code == 204
    said = olga("GET", f"/api/v1/evaluations/{second.id}").json
    assert (said["state"], said["preview"]) == ("discarded", [])
    assert olga("POST", f"/api/v1/evaluations/{second.id}/live").status_code == 409
    refused = olga("DELETE", f"/api/v1/evaluations/{live.id}")
    assert (refused.status_code, "is or was live" in refused.json["detail"]) == (409, True)


@pytest.mark.parametrize("who", ["wei", "chidi", "manfred"])
def test_nobody_but_the_organisers_gets_at_an_evaluation(app, session, cast, scored, who):
    ask, live = program(app, session, cast.people[who]), scored[1]
    assert start(ask, scorer="f1").status_code == 403
    for method, path in (("GET", ""), ("POST", "/live"), ("DELETE", "")):
        assert ask(method, f"/api/v1/evaluations/{live.id}{path}").status_code == 403


def test_an_evaluation_that_is_none_is_not_found(olga):
    assert olga("GET", "/api/v1/evaluations/999").status_code == 404


CODE = """
higher_is_better = True
def score(truth, prediction, *, weight: float = 1.0) -> float:
    return weight
"""


@pytest.fixture
def by_code(session, scored):
    """The phase is scored by a metric file that the administrator deployed."""
    live = scored[1]
    live.scorer = "metric.py"
    live.spec = {**live.spec, "scorer": "metric.py", "code": CODE, "numbers": ["digit"]}
    session.add(live)
    session.commit()
    return live


def test_a_new_solution_keeps_the_code_that_the_administrator_deployed(olga, session, by_code):
    answer = start(olga, solution=solution(), params='{"weight": 2}')
    assert answer.status_code == 202
    made = session.get_one(Evaluation, answer.json["id"])
    assert (made.spec["code"], made.spec["params"]) == (CODE, {"weight": 2})
    assert "higher_is_better" not in answer.text


def test_parameters_of_a_metric_file_are_checked_too(olga, by_code):
    answer = start(olga, params='{"wieght": 2}')
    assert answer.status_code == 422
    assert "weight" in answer.json["detail"]


@pytest.mark.parametrize("field", ["code", "numbers"])
def test_code_in_a_request_is_never_taken(olga, session, by_code, field):
    answer = start(olga, params='{"weight": 2}', **{field: "def score(truth, prediction): ..."})
    if answer.status_code == 202:
        made = session.get_one(Evaluation, answer.json["id"])
        assert (made.spec["code"], made.spec["numbers"]) == (CODE, ["digit"])
    else:
        assert answer.status_code in (400, 422)


@pytest.mark.parametrize(("named", "kept"), [("labels", "labels"), ("class scores", None)])
def test_a_kind_of_input_is_kept_where_the_new_scorer_reads_it(olga, session, scored, named, kept):
    live = scored[1]
    live.spec = {**live.spec, "kind": named}
    session.add(live)
    session.commit()
    made = session.get_one(Evaluation, start(olga, scorer="balanced_accuracy").json["id"])
    assert made.spec["kind"] == kept


def test_another_scorer_leaves_the_code_behind(olga, session, by_code):
    made = session.get_one(Evaluation, start(olga, scorer="accuracy").json["id"])
    assert made.scorer == "accuracy"
    assert not {"code", "numbers"} & set(made.spec)
