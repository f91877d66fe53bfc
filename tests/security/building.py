"""Builds the world: people, challenges, texts with a script in them, requests and tokens."""

import hashlib
import pickle
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from server.accounts.links import sign_confirmation, sign_email_change, sign_reset
from server.accounts.models import (
    Account,
    AffiliationRequest,
    ApiToken,
    BrowserSession,
    UniversityManager,
)
from server.accounts.sessions import session_digest
from server.accounts.signin import token_digest
from server.app import create_app
from server.challenges.models import (
    Challenge,
    ChallengeFile,
    ChallengePage,
    Organiser,
    Participation,
    Phase,
)
from server.challenges.rules import Ranking, Reveal, Role, Visibility
from server.portability.models import DataExport
from server.portability.rules import ExportState
from server.profiles.models import Profile
from server.receipts.listing import list_own_key
from server.shared.database import Database
from server.shared.mail import Ending, no_more_link
from server.shared.settings import Settings
from server.shared.signing import Signer
from server.shared.storage import FileStore
from server.standings.actions import create_season
from server.standings.keeping import refresh_standings
from server.standings.ranging import refresh_ranges
from server.teams.models import JoinRequest, Membership, Team
from tests.cast import (
    NOON,
    Cast,
    FrozenClock,
    add_challenge,
    add_people,
    add_teams,
    add_universities,
)
from tests.security.certified import add_certificates
from tests.security.drafting import add_drafts
from tests.security.marks import (
    SCRIPT,
)
from tests.security.results import add_results
from tests.security.sightings import add_reports
from tests.security.talking import add_talk
from tests.security.world import World

# The link that a letter carries is the proof, and needs no sign-in.
UNSUBSCRIBING = ("notifications.unsubscribe", "notifications.confirm_unsubscribe")


def build(folder: Path, database_file: Path) -> World:
    """Make the world in a folder, from a migrated and empty database."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "varsity.db").write_bytes(database_file.read_bytes())
    settings = _settings(folder)
    world = _filled(_opened(settings, Cast(), Database(settings.database)))
    world.keep()
    return world


def build_on(folder: Path, database: Database) -> World:
    """Make the world in an empty database of another kind; it can't be put back or copied."""
    settings = _settings(folder)
    settings.database_url = database.url.render_as_string(hide_password=False)
    return _filled(_opened(settings, Cast(), database))


def _filled(world: World) -> World:
    with world.database.writing() as session:
        _fill(session, world)
        session.commit()
        for row in list(session):
            session.refresh(row)
        session.expunge_all()
    refresh_standings(world.database, now=NOON)
    refresh_ranges(world.database, now=NOON)
    return world


def copied(world: World, folder: Path) -> World:
    """Make the same world again in another folder, with an application of its own."""
    before = world.settings.data_dir
    shutil.copytree(before, folder)
    cast = pickle.loads(pickle.dumps(world.cast))
    settings = _settings(folder)
    made = _opened(settings, cast, Database(settings.database))
    made.solutions = [folder / path.relative_to(before) for path in world.solutions]
    made.ids, made.tokens = dict(world.ids), dict(world.tokens)
    made.keep()
    return made


def _settings(folder: Path) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder,
        secret_key="a-secret-that-only-the-tests-know-0123456789",
        base_url="http://localhost",
        **{
            f"rate_limit_{n}": "100000 per minute"
            for n in (
                *("uploads", "sign_in", "sign_up", "tokens", "codes", "comparisons", "trials"),
                "questions",
            )
        },
    )


def _opened(settings: Settings, cast: Cast, database: Database) -> World:
    """Put an application with a clock of its own over a database."""
    clock = FrozenClock(NOON)
    app = create_app(settings, clock=clock, database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return World(settings, database, clock, cast, app, [])


def _fill(session: Session, world: World) -> None:
    cast = world.cast
    add_universities(session, cast)
    add_people(session, cast)
    add_challenge(session, cast)
    add_teams(session, cast)
    _add_people_of_elsewhere(session, cast)
    _add_tides(session, cast)
    _add_vault(session, cast)
    _add_judge(session, cast)
    _add_content(session, world)
    add_results(session, world)
    add_reports(session, world)
    add_talk(session, world)
    add_drafts(session, world)
    _add_requests(session, world)
    _add_tokens(session, world)
    _add_sessions(session, world)
    _add_export(session, world)
    _sign_links(session, world)
    list_own_key(session, world.settings, now=NOON)
    add_certificates(session, world)
    _add_season(session)


def _add_season(session: Session) -> None:
    create_season(
        session,
        slug="term",
        title=f"Term {SCRIPT}",
        challenges={"digits": 1.0, "tides": 2.0},
        actor_id=None,
        now=NOON,
    )


def _add_people_of_elsewhere(session: Session, cast: Cast) -> None:
    nairobi = cast.universities["nairobi"]
    session.add(UniversityManager(university_id=nairobi.id, account_id=cast.people["amina"].id))
    session.flush()


def _challenge(session: Session, cast: Cast, slug: str, **values: Any) -> Challenge:
    made = Challenge(
        slug=slug,
        title=slug.title(),
        summary=f"About {slug}. {SCRIPT}",
        visibility=values.pop("visibility", Visibility.PUBLIC),
        id_column="id",
        header=["id", "height"],
        max_bytes=1_000_000,
        scorer="rmse",
        higher_is_better=False,
        created_at=NOON - timedelta(days=20),
        updated_at=NOON - timedelta(days=20),
        **values,
    )
    session.add(made)
    session.flush()
    cast.challenges[slug] = made
    chidi = cast.people["chidi"].id
    session.add(Organiser(challenge_id=made.id, account_id=chidi, role=Role.OWNER))
    phase = Phase(
        challenge_id=made.id,
        slug="a",
        title=f"A board of {slug}",
        position=0,
        starts=NOON - timedelta(days=10),
        ends=NOON + timedelta(days=10),
        per_day=5,
        total=100,
        ranking=Ranking.BEST,
        reveal=Reveal.BY_ORGANISER,
    )
    session.add(phase)
    session.flush()
    cast.phases[f"{slug}_a"] = phase
    return made


def _add_tides(session: Session, cast: Cast) -> None:
    tides = _challenge(session, cast, "tides")
    jonas = cast.people["jonas"]
    team = Team(
        challenge_id=tides.id,
        name=f"Moon {SCRIPT}",
        name_key="moon",
        captain_id=jonas.id,
        university_id=jonas.university_id,
        code="code-of-moon",
        created_at=NOON - timedelta(days=5),
    )
    session.add(team)
    session.flush()
    cast.teams["moon"] = team
    seat = {"challenge_id": tides.id, "account_id": jonas.id, "joined_at": NOON}
    session.add(Membership(team_id=team.id, **seat))
    session.add(Participation(**seat))
    # A member of a digits team takes part here too, alone: it sees the public board alone.
    session.add(
        Participation(challenge_id=tides.id, account_id=cast.people["wei"].id, joined_at=NOON)
    )


def _add_vault(session: Session, cast: Cast) -> None:
    _challenge(session, cast, "vault", visibility=Visibility.INVITED)


def _add_judge(session: Session, cast: Cast) -> None:
    judith = Account(
        email="judith@mail.example",
        name="Judith Klein",
        password_hash=cast.people["olga"].password_hash,
        confirmed_at=NOON - timedelta(days=30),
        created_at=NOON - timedelta(days=30),
    )
    session.add(judith)
    session.flush()
    cast.people["judith"] = judith
    digits = cast.challenges["digits"].id
    session.add(Organiser(challenge_id=digits, account_id=judith.id, role=Role.JUDGE))


def _add_content(session: Session, world: World) -> None:
    store, folder = FileStore(world.settings.public_store), world.settings.data_dir
    for slug, text in (("digits", "id,digit\n1,0\n"), ("tides", "id,height\n1,0\n")):
        challenge = world.cast.challenges[slug]
        path = folder / f"{slug}-train.csv"
        path.write_text(text)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        store.put(path, sha256)
        session.add(
            ChallengeFile(
                challenge_id=challenge.id,
                name="train.csv",
                sha256=sha256,
                size=len(text),
                position=0,
            )
        )
        for position, page in enumerate(("overview", "data", "rules")):
            session.add(
                ChallengePage(
                    challenge_id=challenge.id,
                    slug=page,
                    title=page.title(),
                    position=position,
                    markdown=f"# {page}\n\nAbout *{slug}*. {SCRIPT}\n",
                )
            )
    session.flush()


def _add_requests(session: Session, world: World) -> None:
    cast = world.cast
    for name, person in (("munich", "chidi"), ("nairobi", "newt")):
        asked = AffiliationRequest(
            account_id=cast.people[person].id,
            university_id=cast.universities[name].id,
            note=f"I teach there. {SCRIPT}",
            created_at=NOON,
        )
        session.add(asked)
        session.flush()
        world.ids[f"request to {name}"] = asked.id or 0
    join = JoinRequest(
        team_id=cast.teams["isar"].id, account_id=cast.people["manfred"].id, created_at=NOON
    )
    session.add(join)
    session.flush()
    world.ids["request to isar"] = join.id or 0


def _add_tokens(session: Session, world: World) -> None:
    for key, account in world.cast.people.items():
        token = ApiToken(
            account_id=account.id,
            name="tests",
            hint="token-of",
            digest=token_digest(f"token-of-{key}"),
            created_at=NOON,
            used_on=NOON,
        )
        session.add(token)
        session.flush()
        world.ids[f"token of {key}"] = token.id or 0


def _add_sessions(session: Session, world: World) -> None:
    for key, account in world.cast.people.items():
        session.add(
            BrowserSession(
                digest=session_digest(f"session-of-{key}"),
                account_id=account.id,
                created_at=NOON,
                seen_on=NOON,
            )
        )
    session.flush()


def _add_export(session: Session, world: World) -> None:
    """Mei has a copy of her data to fetch, and everybody says something of the own self."""
    kept = FileStore(world.settings.public_store)
    path, digest = world.settings.data_dir / "copy.zip", hashlib.sha256(b"a copy").hexdigest()
    path.write_bytes(b"a copy")
    kept.put(path, digest)
    row = DataExport(
        account_id=world.cast.people["mei"].id or 0,
        state=ExportState.READY,
        asked_at=NOON,
        made_at=NOON,
        sha256=digest,
        size=6,
    )
    session.add(row)
    session.add_all(
        Profile(account_id=account.id or 0, bio=SCRIPT, links=[f"https://x.example/{SCRIPT}"])
        for account in world.cast.people.values()
    )
    session.flush()
    world.ids["export of mei"] = row.id or 0


def _sign_links(session: Session, world: World) -> None:
    signer, people = Signer(world.settings.require_secret()), world.cast.people
    newt: Account = people["newt"]
    ending = no_more_link(world.settings, Ending(people["mei"].id or 0, "announcement"))
    world.tokens |= {
        **dict.fromkeys(UNSUBSCRIBING, ending.rpartition("/")[2]),
        "accounts.confirm": sign_confirmation(signer, newt, "nonce", NOON),
        "accounts.reset": sign_reset(signer, people["mei"], NOON),
        "accounts.confirm_email": sign_email_change(
            signer, people["wei"], "wei@other.example", NOON
        ),
    }
