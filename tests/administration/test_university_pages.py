"""What an administrator does with universities."""

from sqlmodel import select

from server.accounts.models import Account
from server.boards.models import Entry
from server.shared.events import Event
from server.teams.models import Team
from server.universities.models import University, UniversityDomain
from server.universities.queries import domains_of, university_by_slug

NEW = {"slug": "oslo", "name": "University of Oslo", "native_name": "", "country": "NO"}


def test_a_university_is_created(ada, database) -> None:
    answer = ada.post("/admin/universities", data=NEW)
    assert answer.status_code == 303
    assert answer.location.endswith("/admin/universities/oslo")
    with database.reading() as session:
        assert university_by_slug(session, "oslo").country == "NO"
        assert session.exec(select(Event).where(Event.kind == "admin.university_created")).one()


def test_a_taken_slug_is_said_at_the_field_and_what_was_typed_is_kept(ada) -> None:
    answer = ada.post("/admin/universities", data={**NEW, "slug": "munich"})
    assert answer.status_code == 422
    assert "University of Oslo" in answer.text
    assert "There is a university munich already." in answer.text


def test_a_name_is_needed(ada) -> None:
    assert ada.post("/admin/universities", data={**NEW, "name": ""}).status_code == 422


def test_a_university_is_renamed_and_keeps_its_address(ada, database, cast) -> None:
    data = {"name": "TU Munich", "native_name": "TU München", "country": "DE"}
    assert ada.post("/admin/universities/munich/name", data=data).status_code == 303
    with database.reading() as session:
        assert university_by_slug(session, "munich").name == "TU Munich"


def test_domains_are_added_and_removed(ada, database, cast) -> None:
    url = "/admin/universities/munich/domains"
    assert ada.post(url, data={"domain": "mytum.example"}).status_code == 303
    taken = ada.post(url, data={"domain": "tsinghua.example"})
    assert taken.status_code == 422
    assert "belongs to a university already" in taken.text
    assert ada.post(f"{url}/remove", data={"domain": "tum.example"}).status_code == 303
    with database.reading() as session:
        assert domains_of(session, cast.munich.id) == ["mytum.example"]


def test_managers_are_named_by_address_and_removed(ada, cast) -> None:
    url = "/admin/universities/munich/managers"
    assert ada.post(url, data={"email": cast.lena.email}).status_code == 303
    assert cast.lena.email in ada.get("/admin/universities/munich").text
    assert ada.post(f"{url}/{cast.lena.id}/remove").status_code == 303
    assert cast.lena.email not in ada.get("/admin/universities/munich").text


def test_an_unknown_address_is_said_at_the_field(ada) -> None:
    answer = ada.post("/admin/universities/munich/managers", data={"email": "no@mail.example"})
    assert answer.status_code == 422
    assert "There is no account with the address no@mail.example." in answer.text


def test_a_merged_university_leaves_nothing_behind(ada, database, cast) -> None:
    gone, kept = cast.munich.id, cast.nairobi.id
    answer = ada.post("/admin/universities/munich/merge", data={"kept": "nairobi"})
    assert answer.status_code == 303
    # What was linked or printed with the old name leads to the one that is kept.
    for path in (
        "/admin/universities/munich",
        "/universities/munich",
        "/api/v1/universities/munich",
    ):
        assert cast.nairobi.name in ada.get(path).text
    with database.reading() as session:
        assert session.get(University, gone) is None
        for table in (Account, Team, Entry, UniversityDomain):
            assert session.exec(select(table).where(table.university_id == gone)).all() == []
        assert session.get(Team, cast.isar.id).university_id == kept
        assert session.get(Account, cast.lena.id).university_id == kept
        assert domains_of(session, kept) == ["tum.example", "uonbi.example"]
        acts = session.exec(select(Event).where(Event.kind == "admin.university_merged")).one()
        assert acts.data == {"gone": "munich"}


def test_a_university_is_not_merged_with_itself(ada) -> None:
    answer = ada.post("/admin/universities/munich/merge", data={"kept": "munich"})
    assert answer.status_code == 422
    assert "merged with itself" in answer.text


def test_entries_on_boards_move_with_a_merged_university(ada, database, cast, entry) -> None:
    ada.post("/admin/universities/munich/merge", data={"kept": "nairobi"})
    with database.reading() as session:
        assert session.get(Entry, entry.id).university_id == cast.nairobi.id
