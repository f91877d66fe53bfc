"""Who runs a challenge."""

from server.challenges.models import Organiser


def test_organisers_are_added_by_address_and_removed(ada, database, cast) -> None:
    url = "/admin/challenges/digits/organisers"
    assert ada.post(url, data={"digits-email": cast.lena.email}).status_code == 303
    with database.reading() as session:
        assert session.get(Organiser, (cast.digits.id, cast.lena.id)) is not None
    assert ada.post(f"{url}/{cast.lena.id}/remove").status_code == 303
    with database.reading() as session:
        assert session.get(Organiser, (cast.digits.id, cast.lena.id)) is None


def test_an_organiser_is_not_added_twice(ada, cast) -> None:
    url = "/admin/challenges/digits/organisers"
    answer = ada.post(url, data={"digits-email": cast.olga.email})
    assert answer.status_code == 422
    assert "runs the challenge already" in answer.text


def test_an_unknown_address_or_challenge_is_said(ada, cast) -> None:
    url = "/admin/challenges/digits/organisers"
    answer = ada.post(url, data={"digits-email": "no@mail.example"})
    assert answer.status_code == 422
    assert 'value="no@mail.example"' in answer.text
    assert ada.post("/admin/challenges/nothing/organisers").status_code == 404
    assert ada.post(f"{url}/{cast.lena.id}/remove").status_code == 404
