"""The cast: the same people and universities in every test."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session

from server.accounts.models import Account, UniversityManager
from server.accounts.sessions import open_session
from server.accounts.signin import COOKIE_KEY
from server.challenges.models import Challenge, Organiser, Participation, Phase
from server.challenges.rules import Ranking, Reveal, Role, Visibility
from server.shared.database import Database
from server.teams.models import Membership, Team
from server.universities.models import University, UniversityDomain

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
# Argon2id of PASSWORD with the cheapest parameters: a test need not pay 170 ms a person.
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$YWFhYWFhYWFhYWFhYWFhYQ$xbZ43za8s4sUxz65mU9Emw"


class FrozenClock:
    """A clock that a test moves by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **delta: float) -> datetime:
        """Move on by a timedelta's arguments and return the new moment."""
        self.moment += timedelta(**delta)
        return self.moment


@dataclass
class Cast:
    """Everybody by a short name; ids and plain values, usable outside any session."""

    universities: dict[str, University] = field(default_factory=dict)
    people: dict[str, Account] = field(default_factory=dict)
    challenges: dict[str, Challenge] = field(default_factory=dict)
    phases: dict[str, Phase] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for kind in ("people", "universities", "challenges", "phases", "teams"):
            if name in self.__dict__.get(kind, {}):
                return self.__dict__[kind][name]
        raise AttributeError(f"nobody in the cast is called {name}")


UNIVERSITIES = {
    "tsinghua": ("Tsinghua University", "清华大学", "CN", "tsinghua.example"),
    "munich": (
        "Technical University of Munich",
        "Technische Universität München",
        "DE",
        "tum.example",
    ),
    "nairobi": ("University of Nairobi", "Chuo Kikuu cha Nairobi", "KE", "uonbi.example"),
}
# name, university, what they are
PEOPLE = {
    "wei": ("王伟", "tsinghua"),
    "mei": ("李梅", "tsinghua"),
    "lena": ("Lena Vogt", "munich"),
    "jonas": ("Jonas Huber", "munich"),
    "amina": ("Amina Otieno", "nairobi"),
    "chidi": ("Chidi Obi", None),
    "olga": ("Olga Petrova", "munich"),
    "manfred": ("Manfred Roth", "munich"),
    "ada": ("Ada Root", None),
    "newt": ("Newt Unconfirmed", None),
}


def add_universities(session: Session, cast: Cast) -> None:
    for slug, (name, native, country, domain) in UNIVERSITIES.items():
        row = University(slug=slug, name=name, native_name=native, country=country, created_at=NOON)
        session.add(row)
        session.flush()
        session.add(UniversityDomain(domain=domain, university_id=row.id))
        cast.universities[slug] = row


def add_people(session: Session, cast: Cast) -> None:
    for key, (name, university) in PEOPLE.items():
        domain = UNIVERSITIES[university][3] if university else "mail.example"
        row = Account(
            email=f"{key}@{domain}",
            name=name,
            password_hash=PASSWORD_HASH,
            confirmed_at=None if key == "newt" else NOON - timedelta(days=30),
            university_id=cast.universities[university].id if university else None,
            is_admin=key == "ada",
            created_at=NOON - timedelta(days=30),
        )
        session.add(row)
        cast.people[key] = row
    session.flush()
    session.add(
        UniversityManager(
            university_id=cast.universities["munich"].id, account_id=cast.people["manfred"].id
        )
    )


def add_challenge(session: Session, cast: Cast) -> None:
    challenge = Challenge(
        slug="digits",
        title="Handwritten digits",
        summary="Read a digit from an 8 x 8 scan.",
        host="Varsity",
        tags=["vision"],
        visibility=Visibility.PUBLIC,
        id_column="id",
        header=["id", "digit"],
        labels=["0", "1", "2"],
        max_bytes=1_000_000,
        scorer="accuracy",
        params={},
        also=[],
        higher_is_better=True,
        max_size=3,
        same_university=True,
        created_at=NOON - timedelta(days=20),
        updated_at=NOON - timedelta(days=20),
    )
    session.add(challenge)
    session.flush()
    cast.challenges["digits"] = challenge
    session.add(
        Organiser(challenge_id=challenge.id, account_id=cast.people["olga"].id, role=Role.OWNER)
    )
    spans = {"a": (-10, 10), "b": (11, 20)}
    for position, (slug, (starts, ends)) in enumerate(spans.items()):
        phase = Phase(
            challenge_id=challenge.id,
            slug=slug,
            title=f"{slug.upper()} board",
            position=position,
            starts=NOON + timedelta(days=starts),
            ends=NOON + timedelta(days=ends),
            per_day=5,
            total=100,
            ranking=Ranking.BEST,
            reveal=Reveal.AT_END,
        )
        session.add(phase)
        cast.phases[f"phase_{slug}"] = phase
    session.flush()


def add_teams(session: Session, cast: Cast) -> None:
    for key, name, captain, others in (
        ("pandas", "Giant Pandas", "wei", ("mei",)),
        ("isar", "Isar Surfers", "lena", ()),
    ):
        people = [cast.people[captain], *(cast.people[o] for o in others)]
        team = Team(
            challenge_id=cast.challenges["digits"].id,
            name=name,
            name_key=name.casefold(),
            captain_id=people[0].id,
            university_id=people[0].university_id,
            code=f"code-of-{key}",
            created_at=NOON - timedelta(days=5),
        )
        session.add(team)
        session.flush()
        for person in people:
            session.add(
                Membership(
                    team_id=team.id,
                    challenge_id=team.challenge_id,
                    account_id=person.id,
                    joined_at=NOON - timedelta(days=5),
                )
            )
            session.add(
                Participation(
                    challenge_id=team.challenge_id,
                    account_id=person.id,
                    joined_at=NOON - timedelta(days=5),
                )
            )
        cast.teams[key] = team


def add_cast(database: Database) -> Cast:
    """Write everybody into an empty database, and return them usable outside any session."""
    made = Cast()
    with database.writing() as session:
        add_universities(session, made)
        add_people(session, made)
        add_challenge(session, made)
        add_teams(session, made)
        session.commit()
        for row in list(session):
            session.refresh(row)
        session.expunge_all()
    return made


def sign_in(client: FlaskClient, account: Account) -> FlaskClient:
    """Put an account's session into a browser's cookie."""
    services = client.application.extensions["varsity"]
    with services.database.writing() as session:
        key = open_session(session, account_id=account.id, browser="", now=services.clock())
        session.commit()
    with client.session_transaction() as cookie:
        cookie[COOKIE_KEY] = key
    return client
