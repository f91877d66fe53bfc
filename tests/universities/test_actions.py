"""Universities are created, renamed, given domains, and merged."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from server.accounts.affiliation import move_university
from server.shared.errors import Conflict, Invalid, NotFound
from server.shared.events import Event
from server.teams.models import Team
from server.universities.actions import (
    add_domain,
    create_university,
    merge_universities,
    remove_domain,
    rename,
)
from server.universities.models import University
from server.universities.queries import (
    domains_of,
    find_universities,
    university_by_slug,
    university_of_address,
)
from tests.cast import NOON


def kinds(session: Session) -> list[str]:
    return [e.kind for e in session.exec(select(Event).order_by(col(Event.id)))]


def move_teams(session: Session, gone_id: int, kept_id: int) -> None:
    session.execute(
        sa.update(Team).where(col(Team.university_id) == gone_id).values(university_id=kept_id)
    )


def test_a_university_is_created_with_its_domains(session, cast) -> None:
    made = create_university(
        session,
        slug="Oxford",
        name=" University of  Oxford",
        country="gb",
        domains=("ox.ac.uk", "@OXFORD.example"),
        now=NOON,
    )
    assert (made.slug, made.name, made.country) == ("oxford", "University of Oxford", "GB")
    assert domains_of(session, made.id) == ["ox.ac.uk", "oxford.example"]
    assert kinds(session) == ["university.created"] + ["university.domain_added"] * 2


def test_a_taken_slug_or_domain_is_refused_and_the_transaction_goes_on(session, cast) -> None:
    with pytest.raises(Conflict) as refused:
        create_university(session, slug="MUNICH", name="Another", now=NOON)
    assert refused.value.field == "slug"
    with pytest.raises(Conflict) as refused:
        add_domain(session, university=cast.munich, domain="Tsinghua.example", now=NOON)
    assert refused.value.field == "domain"
    add_domain(session, university=cast.munich, domain="lmu.example", now=NOON)
    session.commit()
    assert domains_of(session, cast.munich.id) == ["lmu.example", "tum.example"]


def test_public_mail_is_refused_as_a_domain(session, cast) -> None:
    with pytest.raises(Invalid):
        add_domain(session, university=cast.munich, domain="gmail.com", now=NOON)


def test_the_nearest_domain_decides(session, cast) -> None:
    institute = create_university(
        session, slug="institute", name="Institute", domains=["bio.tum.example"], now=NOON
    )
    assert university_of_address(session, "x@lab.bio.tum.example").id == institute.id
    assert university_of_address(session, "x@cs.tum.example").id == cast.munich.id
    assert university_of_address(session, "x@nottum.example") is None
    assert university_of_address(session, "x@example") is None


def test_a_removed_domain_belongs_to_nobody(session, cast) -> None:
    actor = cast.ada.id
    with pytest.raises(NotFound):
        remove_domain(
            session, university=cast.munich, domain="tsinghua.example", actor_id=actor, now=NOON
        )
    remove_domain(session, university=cast.munich, domain="TUM.example", actor_id=actor, now=NOON)
    session.flush()
    assert university_of_address(session, "x@tum.example") is None


def test_renaming_keeps_the_slug(session, cast) -> None:
    rename(
        session,
        university=cast.munich,
        name="TU Munich",
        native_name="TU M\u00fcnchen",
        country="de",
        actor_id=cast.ada.id,
        now=NOON,
    )
    session.commit()
    changed = university_by_slug(session, "munich")
    assert (changed.name, changed.native_name) == ("TU Munich", "TU M\u00fcnchen")
    assert session.exec(select(Event)).one().data["before"] == "Technical University of Munich"


def test_two_become_one(session, cast) -> None:
    merge_universities(
        session,
        kept=cast.munich,
        gone=cast.tsinghua,
        movers=(move_university, move_teams),
        actor_id=cast.ada.id,
        now=NOON,
    )
    session.commit()
    assert session.get(University, cast.tsinghua.id) is None
    assert domains_of(session, cast.munich.id) == ["tsinghua.example", "tum.example"]
    assert session.get_one(Team, cast.pandas.id).university_id == cast.munich.id
    event = session.exec(select(Event)).one()
    assert (event.kind, event.data["gone_slug"]) == ("university.merged", "tsinghua")


def test_a_forgotten_mover_loses_nothing(session, cast) -> None:
    with pytest.raises(IntegrityError):
        merge_universities(
            session,
            kept=cast.munich,
            gone=cast.tsinghua,
            movers=(move_university,),
            actor_id=cast.ada.id,
            now=NOON,
        )
    session.rollback()
    assert session.get_one(Team, cast.pandas.id).university_id == cast.tsinghua.id


def test_a_university_is_not_merged_with_itself(session, cast) -> None:
    with pytest.raises(Invalid):
        merge_universities(
            session, kept=cast.munich, gone=cast.munich, movers=(), actor_id=None, now=NOON
        )
    assert session.get(University, cast.munich.id) is not None


def test_universities_are_found_by_any_of_their_names(session, cast) -> None:
    for q in ("munich", "M\u00fcnchen", "tum.example", " Technical "):
        assert [u.slug for u in find_universities(session, q=q).rows] == ["munich"]
    assert find_universities(session, q="\u6e05\u534e").total == 1
    assert find_universities(session).total == 3
    assert find_universities(session, q="%").total == 0


def merge(session, *, gone, kept) -> None:
    movers = (move_university, move_teams)
    merge_universities(session, kept=kept, gone=gone, movers=movers, actor_id=None, now=NOON)


def test_a_slug_leads_to_what_its_university_became_part_of_however_often(session, cast) -> None:
    merge(session, gone=cast.munich, kept=cast.tsinghua)
    assert university_by_slug(session, "munich").id == cast.tsinghua.id
    merge(session, gone=cast.tsinghua, kept=cast.nairobi)
    session.expire_all()
    session.info.clear()
    for slug in ("munich", "tsinghua", "nairobi"):
        assert university_by_slug(session, slug).id == cast.nairobi.id


def test_a_former_slug_is_given_to_no_other_university(session, cast) -> None:
    merge(session, gone=cast.munich, kept=cast.tsinghua)
    with pytest.raises(Conflict) as refused:
        create_university(session, slug="Munich", name="Another", now=NOON)
    assert refused.value.field == "slug"
