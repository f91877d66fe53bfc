from server.challenges.rules import Visibility
from server.submissions.models import Submission
from server.submissions.rules import SubmissionState
from tests.cast import sign_in
from tests.challenges.people import add_hidden


def test_the_list_is_filtered_and_paged(client, cast) -> None:
    answer = client.get("/api/v1/challenges?q=hand&tag=vision&state=open&per_page=10").json
    assert (answer["total"], answer["page"], answer["per_page"]) == (1, 1, 10)
    assert answer["rows"][0]["title"] == "Handwritten digits"
    assert client.get("/api/v1/challenges?state=ended").json["rows"] == []
    assert client.get("/api/v1/challenges?page=2").json["rows"] == []


def test_an_impossible_page_or_state_is_a_problem_that_names_the_field(client, cast) -> None:
    for query, field in (("page=0", "page"), ("state=sleeping", "state")):
        response = client.get(f"/api/v1/challenges?{query}")
        assert (response.status_code, response.mimetype) == (422, "application/problem+json")
        assert field in response.text


def test_a_challenge_has_its_phases_and_scorer(client, cast) -> None:
    answer = client.get("/api/v1/challenges/digits").json
    assert answer["scorer"] == {
        "name": "accuracy",
        "title": "Accuracy",
        "higher_is_better": True,
        "params": {},
    }
    assert [(p["slug"], p["state"]) for p in answer["phases"]] == [("a", "open"), ("b", "upcoming")]
    assert answer["submission"]["header"] == ["id", "digit"]
    assert answer["teams"] == {
        "max_size": 3,
        "same_university": True,
        "join": "open",
        "lock_at": None,
    }


def test_a_visitor_has_no_quota_and_no_team(client, cast) -> None:
    answer = client.get("/api/v1/challenges/digits").json
    assert [phase["quota"] for phase in answer["phases"]] == [None, None]
    assert (answer["joined"], answer["team"]) == (False, None)


def test_a_caller_sees_what_the_team_has_left(client, cast, database, clock) -> None:
    with database.writing() as session:
        for state in (SubmissionState.SCORED, SubmissionState.REJECTED):
            session.add(
                Submission(
                    challenge_id=cast.digits.id,
                    phase_id=cast.phase_a.id,
                    team_id=cast.pandas.id,
                    account_id=cast.wei.id,
                    state=state,
                    filename="p.csv",
                    size=1,
                    sha256="0" * 64,
                    received_at=clock(),
                )
            )
        session.commit()
    answer = sign_in(client, cast.mei).get("/api/v1/challenges/digits").json
    assert (answer["joined"], answer["team"]) == (True, cast.pandas.id)
    assert answer["phases"][0]["quota"] == {
        "left_today": 4,
        "left_total": 99,
        "next_free": "2026-11-20T12:00:00Z",
    }


def test_who_has_no_team_yet_has_the_whole_quota(client, cast) -> None:
    answer = sign_in(client, cast.amina).get("/api/v1/challenges/digits").json
    assert answer["phases"][0]["quota"]["left_today"] == 5


def test_a_hidden_challenge_is_not_found(client, cast, database) -> None:
    slug = add_hidden(database, cast, Visibility.UNIVERSITY)
    assert client.get(f"/api/v1/challenges/{slug}").status_code == 404
    assert sign_in(client, cast.lena).get(f"/api/v1/challenges/{slug}").status_code == 200
