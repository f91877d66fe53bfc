from server.challenges.models import Challenge
from server.challenges.rules import Visibility
from tests.cast import sign_in


def test_a_person_is_shown_with_teams_and_without_the_address(app, client, cast):
    html = client.get(f"/people/{cast.wei.id}").get_data(as_text=True)
    assert "王伟" in html
    assert "Giant Pandas" in html
    assert cast.wei.email not in html


def test_teams_in_challenges_that_are_not_public_are_not_shown(client, session, cast):
    challenge = session.get_one(Challenge, cast.digits.id)
    challenge.visibility = Visibility.UNLISTED
    session.add(challenge)
    session.commit()
    html = client.get(f"/people/{cast.wei.id}").get_data(as_text=True)
    assert "Giant Pandas" not in html


def test_nobody_has_a_page_who_does_not_exist(client, cast):
    assert client.get("/people/4711").status_code == 404
    assert client.get("/universities/atlantis").status_code == 404


def test_a_university_has_a_page_in_its_own_name_too(client, cast):
    assert "清华大学" in client.get("/universities/tsinghua").get_data(as_text=True)


def test_me_says_who_is_asking(app, cast):
    found = sign_in(app.test_client(), cast.wei).get("/api/v1/me").json
    assert found == {
        "id": cast.wei.id,
        "email": "wei@tsinghua.example",
        "name": "王伟",
        "university": {"slug": "tsinghua", "name": "Tsinghua University"},
        "admin": False,
        "teams": [{"id": cast.pandas.id, "name": "Giant Pandas", "challenge": "digits"}],
        "organises": [],
        "manages": [],
    }


def test_me_names_what_one_organises_and_manages(app, cast):
    olga = sign_in(app.test_client(), cast.olga).get("/api/v1/me").json
    assert olga["organises"] == ["digits"]
    assert sign_in(app.test_client(), cast.manfred).get("/api/v1/me").json["manages"] == ["munich"]
    assert app.test_client().get("/api/v1/me").status_code == 401
