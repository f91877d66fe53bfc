"""What an administrator does with accounts."""

from sqlmodel import select

from server.accounts.models import Account
from server.shared.events import Event
from tests.cast import sign_in


def _account(database, account_id) -> Account:
    with database.reading() as session:
        return session.get(Account, account_id)


def _acts(database) -> list[str]:
    with database.reading() as session:
        kinds = session.exec(select(Event.kind).order_by(Event.id))
        return [kind for kind in kinds if kind.startswith("admin.")]


def test_an_account_is_found_by_a_part_of_its_name_or_address(ada) -> None:
    assert "Lena Vogt" in ada.get("/admin/accounts?q=vogt").text
    assert "王伟" in ada.get("/admin/accounts?q=wei%40").text
    assert "Nobody is found" in ada.get("/admin/accounts?q=zzzz").text


def test_a_search_for_a_wildcard_finds_only_the_sign(ada) -> None:
    assert "Nobody is found" in ada.get("/admin/accounts?q=%25").text


def test_the_page_of_an_account_shows_its_teams_and_roles(ada, cast) -> None:
    assert "Giant Pandas" in ada.get(f"/admin/accounts/{cast.wei.id}").text
    assert "organises Handwritten digits" in ada.get(f"/admin/accounts/{cast.olga.id}").text
    assert "manages Technical University" in ada.get(f"/admin/accounts/{cast.manfred.id}").text


def test_an_unknown_account_is_not_found(ada) -> None:
    assert ada.get("/admin/accounts/999").status_code == 404
    assert ada.post("/admin/accounts/999/close").status_code == 404


def test_an_address_is_confirmed_on_the_administrators_word(ada, database, cast) -> None:
    assert ada.post(f"/admin/accounts/{cast.newt.id}/confirm").status_code == 303
    assert _account(database, cast.newt.id).confirmed_at is not None
    assert _acts(database) == ["admin.account_confirmed"]
    assert ada.post(f"/admin/accounts/{cast.newt.id}/confirm").status_code == 409


def test_a_closed_account_is_anonymous_and_its_page_is_gone(ada, database, cast) -> None:
    assert ada.post(f"/admin/accounts/{cast.lena.id}/close").status_code == 303
    row = _account(database, cast.lena.id)
    assert row.closed_at is not None
    assert "Lena" not in row.name
    assert _acts(database) == ["admin.account_closed"]
    assert ada.get(f"/admin/accounts/{cast.lena.id}").status_code == 404


def test_an_administrator_is_made_and_unmade(ada, database, cast) -> None:
    url = f"/admin/accounts/{cast.olga.id}/administrator"
    assert ada.post(url, data={"grant": "yes"}).status_code == 303
    assert _account(database, cast.olga.id).is_admin
    assert ada.post(url, data={"grant": "no"}).status_code == 303
    assert not _account(database, cast.olga.id).is_admin
    assert _acts(database) == ["admin.account_admin_granted", "admin.account_admin_ended"]


def test_the_last_administrator_stays(ada, database, cast) -> None:
    url = f"/admin/accounts/{cast.ada.id}/administrator"
    assert ada.post(url, data={"grant": "no"}).status_code == 409
    assert ada.post(f"/admin/accounts/{cast.ada.id}/close").status_code == 409
    assert _account(database, cast.ada.id).is_admin
    assert _acts(database) == []


def test_an_account_is_moved_to_a_university_and_to_none(ada, database, cast) -> None:
    url = f"/admin/accounts/{cast.chidi.id}/university"
    assert ada.post(url, data={"university": "nairobi"}).status_code == 303
    assert _account(database, cast.chidi.id).university_id == cast.nairobi.id
    assert ada.post(url, data={"university": ""}).status_code == 303
    assert _account(database, cast.chidi.id).university_id is None


def test_an_unknown_university_is_said_at_the_field_and_the_text_is_kept(ada, cast) -> None:
    answer = ada.post(
        f"/admin/accounts/{cast.chidi.id}/university", data={"university": "atlantis"}
    )
    assert answer.status_code == 422
    assert 'value="atlantis"' in answer.text
    assert "There is no university atlantis here." in answer.text


def test_ending_sessions_signs_the_account_out(ada, app, database, cast) -> None:
    before = _account(database, cast.wei.id).session_version
    wei = sign_in(app.test_client(), cast.wei)
    assert wei.get("/settings").status_code == 200
    assert ada.post(f"/admin/accounts/{cast.wei.id}/sessions").status_code == 303
    assert _account(database, cast.wei.id).session_version == before + 1
    assert wei.get("/settings").status_code == 302
    assert _acts(database) == ["admin.account_sessions_ended"]
