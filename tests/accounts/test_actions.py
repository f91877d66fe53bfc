"""What happens to accounts, whoever asks for it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from server.accounts import actions, affiliation, roles, tokens
from server.accounts.closing import close_account
from server.accounts.models import Account, AffiliationRequest, Sighting
from server.accounts.queries import (
    administrators,
    find_accounts,
    is_manager,
    managed_by,
    managers_of,
    member_counts,
    open_request_of,
)
from server.accounts.rules import RequestState
from server.accounts.sightings import Seen, purge_sightings, sight
from server.shared.errors import Conflict, Invalid, NotFound
from server.shared.events import Event
from server.universities.actions import merge_universities
from tests.cast import NOON, PASSWORD


def kinds(session: Session) -> list[str]:
    return [e.kind for e in session.exec(select(Event).order_by(sa.text("id")))]


def test_an_account_is_created_ready_to_use(session, cast) -> None:
    made = actions.create_account(
        session,
        email="Root@New.example",
        name="Root",
        password="seven green kettles",
        confirmed=True,
        is_admin=True,
        now=NOON,
    )
    assert (made.email, made.confirmed_at, made.is_admin) == ("root@new.example", NOON, True)
    assert actions.verify_password(made, "seven green kettles")
    assert not actions.verify_password(made, "seven green kettle")
    assert kinds(session) == ["account.created", "account.admin_granted", "account.confirmed"]


def test_a_confirmed_account_joins_the_university_of_its_address(session, cast) -> None:
    made = actions.create_account(
        session, email="new@in.tum.example", name="New", confirmed=True, now=NOON
    )
    assert made.university_id == cast.munich.id


def test_a_given_university_goes_before_that_of_the_address(session, cast) -> None:
    made = actions.create_account(
        session,
        email="new@tum.example",
        name="New",
        university_id=cast.nairobi.id,
        confirmed=True,
        now=NOON,
    )
    assert made.university_id == cast.nairobi.id


def test_an_account_without_a_password_can_not_be_entered(session, cast) -> None:
    made = actions.create_account(session, email="new@x.example", name="New", now=NOON)
    assert made.password_hash == ""
    assert not actions.verify_password(made, "")
    assert not actions.verify_password(None, PASSWORD)


def test_a_taken_address_is_refused_and_the_transaction_goes_on(session, cast) -> None:
    with pytest.raises(Conflict, match=r"wei@tsinghua\.example"):
        actions.create_account(session, email="WEI@tsinghua.example", name="Copy", now=NOON)
    actions.create_account(session, email="other@x.example", name="Other", now=NOON)
    session.commit()
    assert find_accounts(session, q="other@x").total == 1


def test_a_weak_password_is_refused_for_a_created_account_too(session, cast) -> None:
    with pytest.raises(Invalid):
        actions.create_account(
            session, email="new@x.example", name="New", password="password12", now=NOON
        )


def test_the_last_administrator_stays(session, cast) -> None:
    with pytest.raises(Conflict):
        roles.grant_admin(
            session, account_id=cast.ada.id, is_admin=False, actor_id=cast.ada.id, now=NOON
        )
    with pytest.raises(Conflict):
        close_account(session, account_id=cast.ada.id, actor_id=cast.ada.id, now=NOON)
    roles.grant_admin(session, account_id=cast.olga.id, actor_id=cast.ada.id, now=NOON)
    roles.grant_admin(
        session, account_id=cast.ada.id, is_admin=False, actor_id=cast.olga.id, now=NOON
    )
    assert [a.name for a in administrators(session)] == ["Olga Petrova"]


def test_a_manager_who_moves_manages_no_longer(session, cast) -> None:
    roles.set_university(
        session,
        account_id=cast.manfred.id,
        university_id=cast.nairobi.id,
        actor_id=cast.ada.id,
        now=NOON,
    )
    assert managers_of(session, cast.munich.id) == []
    assert "university.manager_ended" in kinds(session)


def test_joining_settles_what_was_asked(session, cast) -> None:
    request = AffiliationRequest(
        account_id=cast.chidi.id, university_id=cast.nairobi.id, created_at=NOON
    )
    session.add(request)
    session.flush()
    roles.set_university(
        session,
        account_id=cast.chidi.id,
        university_id=cast.nairobi.id,
        actor_id=cast.ada.id,
        now=NOON,
    )
    session.refresh(request)
    assert (request.state, request.decided_by) == (RequestState.APPROVED, cast.ada.id)


def test_naming_a_manager_twice_is_one_event(session, cast) -> None:
    for _ in range(2):
        roles.grant_manager(
            session, university_id=cast.nairobi.id, account_id=cast.amina.id, now=NOON
        )
    assert kinds(session) == ["university.manager_named"]
    assert [u.slug for u in managed_by(session, cast.amina.id)] == ["nairobi"]
    with pytest.raises(NotFound):
        roles.grant_manager(session, university_id=999, account_id=cast.amina.id, now=NOON)


def test_a_closed_account_is_found_nowhere_and_can_not_be_changed(session, cast) -> None:
    close_account(session, account_id=cast.manfred.id, actor_id=cast.ada.id, now=NOON)
    session.flush()
    assert find_accounts(session, q="Manfred").total == 0
    assert find_accounts(session, university_id=cast.munich.id).total == 3
    assert member_counts(session)[cast.munich.id] == 3
    assert managers_of(session, cast.munich.id) == []
    with pytest.raises(NotFound):
        actions.change_name(session, account_id=cast.manfred.id, name="Back", now=NOON)
    with pytest.raises(NotFound):
        close_account(session, account_id=cast.manfred.id, actor_id=cast.ada.id, now=NOON)


def test_no_event_holds_an_address_or_a_name(session, cast) -> None:
    made = actions.create_account(
        session, email="new@tum.example", name="Newcomer", confirmed=True, now=NOON
    )
    tokens.create_token(session, account_id=made.id, name="laptop", now=NOON)
    actions.change_name(session, account_id=made.id, name="Renamed", now=NOON)
    close_account(session, account_id=made.id, actor_id=made.id, now=NOON)
    session.flush()
    text = " ".join(str(e.data) for e in session.exec(select(Event)))
    for secret in ("tum.example", "Newcomer", "Renamed", "laptop", "var_"):
        assert secret not in text


def test_sightings_older_than_ninety_days_are_purged(session, cast) -> None:
    for age in (timedelta(days=90), timedelta(days=90, microseconds=1), timedelta()):
        sight(
            session,
            account_id=cast.wei.id,
            what="sign-in",
            seen=Seen("10.0.0.1", "Firefox\0" + "x" * 400),
            now=NOON - age,
        )
    session.flush()
    assert purge_sightings(session, now=NOON) == 1
    left = session.exec(select(Sighting)).all()
    assert len(left) == 2
    assert len(left[0].device) == 300
    assert "\0" not in left[0].device


def test_a_search_takes_signs_literally(session, cast) -> None:
    assert find_accounts(session, q="%").total == 0
    assert find_accounts(session, q="_ei").total == 0
    assert find_accounts(session, q="LENA").total == 1


def test_merging_moves_people_managers_and_requests(session, cast) -> None:
    roles.grant_manager(
        session, university_id=cast.nairobi.id, account_id=cast.manfred.id, now=NOON
    )
    roles.grant_manager(session, university_id=cast.nairobi.id, account_id=cast.amina.id, now=NOON)
    for who in (cast.chidi, cast.lena):
        session.add(
            AffiliationRequest(account_id=who.id, university_id=cast.nairobi.id, created_at=NOON)
        )
    session.flush()
    merge_universities(
        session,
        kept=cast.munich,
        gone=cast.nairobi,
        movers=(affiliation.move_university,),
        actor_id=cast.ada.id,
        now=NOON,
    )
    session.expire_all()
    assert session.get_one(Account, cast.amina.id).university_id == cast.munich.id
    managers = [m.name for m in managers_of(session, cast.munich.id)]
    assert managers == ["Amina Otieno", "Manfred Roth"]
    assert open_request_of(session, cast.chidi.id).university.slug == "munich"
    assert open_request_of(session, cast.lena.id) is None
    assert is_manager(session, cast.munich.id, cast.amina.id)
