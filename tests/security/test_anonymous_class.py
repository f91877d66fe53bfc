"""A class whose board is anonymous: nothing that anybody may read says whose a team is."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from server.accounts.models import Account
from server.accounts.rules import PageSeenBy
from server.boards.actions import reveal
from server.boards.models import Entry
from server.challenges.models import Challenge, Phase
from server.classes.actions import Wanted, set_up
from server.standings.keeping import refresh_standings
from server.teams.models import Adviser, Team
from server.universities.models import University
from server.winners.actions import publish
from tests.security.addresses import addresses
from tests.security.crawling import BOARDS, VARIANTS, get

PERSON, UNIVERSITY, ADVISER = "Canaria Verde", "Canary University of Quito", "Doctor Canario"
# A certificate is shown to whom its holder gives the code; an invite link to whom a member does.
HELD = re.compile(r"^/(api/v1/)?(certificates|teams/join)/")


@pytest.fixture
def hidden_class(world):
    """The class with its result out and winners published; the team `pandas` is the canary's."""
    with world.database.writing() as session:
        challenge = session.get_one(Challenge, world.cast.digits.id)
        team = session.get_one(Team, world.cast.pandas.id)
        university = session.get_one(University, world.cast.tsinghua.id)
        university.name = UNIVERSITY
        for person in (world.cast.wei, world.cast.mei):
            account = session.get_one(Account, person.id)
            account.name, account.page_seen_by = PERSON, PageSeenBy.EVERYBODY
            account.listed_at = world.clock()
        session.get_one(Account, world.cast.amina.id).name = ADVISER
        session.add(
            Adviser(
                team_id=team.id,
                account_id=world.cast.amina.id,
                named_by=world.cast.ada.id,
                named_at=world.clock(),
            )
        )
        session.flush()
        wanted = Wanted(anonymous=True, late_days=0, grading=None)
        by = {"actor_id": world.cast.olga.id, "now": world.clock()}
        set_up(session, challenge=challenge, wanted=wanted, **by)
        phase = session.get_one(Phase, world.cast.phase_a.id)
        world.clock.moment = phase.ends + timedelta(minutes=1)
        now = world.clock()
        reveal(session, phase=phase, actor_id=None, now=now)
        publish(
            session,
            challenge=challenge,
            phase=phase,
            places=3,
            prizes={},
            actor_id=world.cast.olga.id,
            now=now,
            named=True,
        )
        session.commit()
    refresh_standings(world.database, now=world.clock())
    with world.database.reading() as session:
        return session.get_one(Team, world.cast.pandas.id)


def paths_of(world) -> list[str]:
    paths = ["/"]
    for address in addresses(world):
        if "GET" in address.methods and not HELD.match(address.path):
            paths.append(address.path)
            paths += [
                f"{address.path}?{variant}"
                for variant in VARIANTS
                if any(word in address.path for word in BOARDS)
            ]
    teams = f"a={world.cast.pandas.id}&b={world.cast.isar.id}"
    canary = [world.cast.wei.id, world.cast.mei.id]
    return [
        *paths,
        f"/challenges/digits/compare?{teams}",
        f"/api/v1/challenges/digits/comparison?{teams}",
        *(f"{api}/people/{number}" for api in ("", "/api/v1") for number in canary),
        *(f"{api}/universities/tsinghua" for api in ("", "/api/v1")),
        "/challenges/digits/leaderboard?q=Canary",
    ]


def names(team: Team, text: str) -> bool:
    """Whether a text leads to the team, or calls it by its drawn name."""
    return team.name in text or bool(
        re.search(rf'/teams/{team.id}\b|"team":\s*{{"id":\s*{team.id}\b', text)
    )


@pytest.mark.parametrize("role", ["visitor", "other team"])
def test_no_answer_names_a_team_beside_a_person_or_a_university(world, hidden_class, role) -> None:
    told, read = [], 0
    for path in paths_of(world):
        answer = get(world, role, path)
        if answer.status != 200:
            continue
        read += 1
        text = answer.everything
        if f"/teams/{hidden_class.id}" in path or names(hidden_class, text):
            told += [f"{path}: {m}" for m in (PERSON, UNIVERSITY, "tsinghua", ADVISER) if m in text]
    assert read > 60
    assert told == [], chr(10).join(told)


def test_a_board_searched_by_a_university_has_no_team_of_it(world, hidden_class) -> None:
    api = "/api/v1/challenges/digits/leaderboard?university=tsinghua"
    for query in ("", "&board=private", "&evaluation=1"):
        found = world.app.test_client().get(api + query, headers=world.bearer("organiser"))
        assert (found.status_code, found.json["total"]) == (200, 0)


def test_its_own_members_and_its_organisers_see_whose_it_is(world, hidden_class) -> None:
    for role in ("member", "organiser"):
        page = get(world, role, f"/teams/{hidden_class.id}").text
        assert PERSON in page
        assert UNIVERSITY in page


def test_the_board_names_universities_again_once_it_is_no_longer_anonymous(
    world, hidden_class
) -> None:
    def named() -> set[int | None]:
        with world.database.reading() as session:
            entries = session.exec(select(Entry).where(Entry.phase_id == world.cast.phase_a.id))
            return {entry.university_id for entry in entries if entry.team_id}

    assert named() == {None}
    with world.database.writing() as session:
        challenge = session.get_one(Challenge, world.cast.digits.id)
        wanted = Wanted(anonymous=False, late_days=0, grading=None)
        by = {"actor_id": world.cast.olga.id, "now": world.clock()}
        set_up(session, challenge=challenge, wanted=wanted, **by)
        session.commit()
    assert world.cast.tsinghua.id in named()
