"""The demo's cast, read from `cast.toml`: universities, people and the names of teams."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Letters that Unicode does not take apart into a base letter and an accent.
WHOLE_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ı": "i"})


@dataclass(frozen=True)
class Person:
    """Somebody with an account; `university` is its slug."""

    name: str
    email: str
    university: str


@dataclass(frozen=True)
class University:
    """A university: `native_name` in its own language, `country` by ISO 3166-1 alpha-2."""

    slug: str
    name: str
    native_name: str
    country: str
    utc_offset: int  # hours, for the times of day at which its students work
    domain: str
    manager: Person
    students: tuple[Person, ...]
    team_names: tuple[str, ...]  # that only its own students would choose


def ascii_name(name: str) -> str:
    """`Małgorzata Lewandowska` as `malgorzata.lewandowska`."""
    folded = unicodedata.normalize("NFKD", name.translate(WHOLE_LETTERS))
    plain = "".join(letter for letter in folded if letter.isascii())
    return plain.lower().replace(" ", ".")


def person(entry: str, university: str, domain: str) -> Person:
    """A person from `name`, or from `name=mailbox` where the name is not in Latin letters."""
    name, _, mailbox = entry.partition("=")
    return Person(name, f"{mailbox or ascii_name(name)}@{domain}", university)


def university(entry: Mapping[str, Any]) -> University:
    """A university from its table in `cast.toml`."""
    slug, domain = entry["slug"], entry["domain"]
    return University(
        slug=slug,
        name=entry["name"],
        native_name=entry["native_name"],
        country=entry["country"],
        utc_offset=entry["utc_offset"],
        domain=domain,
        manager=person(entry["manager"], slug, domain),
        students=tuple(person(student, slug, domain) for student in entry["students"]),
        team_names=tuple(entry["team_names"]),
    )


CAST = tomllib.loads(Path(__file__).with_name("cast.toml").read_text(encoding="utf-8"))
UNIVERSITIES: tuple[University, ...] = tuple(university(entry) for entry in CAST["universities"])
PEOPLE: tuple[Person, ...] = tuple(one for each in UNIVERSITIES for one in each.students)
TEAM_NAMES: tuple[str, ...] = tuple(CAST["team_names"])

# Those who run the demo belong to no university.
ADMINISTRATOR = Person("Ada Winters", "admin@varsity.example", "")
ORGANISER = Person("Tomas Berg", "organiser@varsity.example", "")
JUDGE = Person("Irene Adeyemi", "judge@varsity.example", "")
# Whoever has signed up with an address of no university, and asks to belong to one.
NEWCOMER = Person("Vera Castellanos", "vera.castellanos@mail.example", "")
