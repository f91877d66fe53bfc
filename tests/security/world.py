"""A small world in which everybody has a role, and everything hidden carries a mark."""

import base64
import hashlib
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from scorers.evaluate import EvaluationSpec
from server.accounts.links import sign_confirmation, sign_email_change, sign_reset
from server.accounts.models import (
    Account,
    AffiliationRequest,
    ApiToken,
    UniversityManager,
)
from server.accounts.signin import COOKIE_KEY, token_digest
from server.app import create_app
from server.boards.actions import record_score
from server.challenges.models import (
    Challenge,
    ChallengeFile,
    ChallengePage,
    Organiser,
    Participation,
    Phase,
)
from server.challenges.rules import Ranking, Reveal, Visibility
from server.evaluations.models import Evaluation
from server.evaluations.rules import EvaluationState
from server.evaluations.scoring import BoardScore, Outcome, Report
from server.shared.database import Database
from server.shared.settings import Settings
from server.shared.signing import Signer
from server.shared.storage import FileStore
from server.submissions.actions import Received, claim, submit
from server.submissions.models import Submission
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
from tests.security.marks import (
    DIGITS_SOLUTION,
    PRIVATE,
    PRIVATE_ELSEWHERE,
    SCRIPT,
    TIDES_SOLUTION,
)

# Who each role is. Olga organises `digits`, Chidi `tides` and the hidden `vault`.
ROLES = {
    "visitor": None,
    "unconfirmed": "newt",
    "other team": "lena",
    "member": "wei",
    "organiser": "olga",
    "organiser elsewhere": "chidi",
    "manager": "manfred",
    "manager elsewhere": "amina",
    "administrator": "ada",
}


@dataclass
class World:
    """An application, the people in it, and the ids that addresses are built from."""

    settings: Settings
    database: Database
    clock: FrozenClock
    cast: Cast
    app: Flask
    solutions: list[Path]
    ids: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    kept: Path = Path()

    def browser(self, role: str) -> FlaskClient:
        """Return a new browser in which a role is signed in."""
        client = self.app.test_client()
        key = ROLES[role]
        if key is not None:
            with client.session_transaction() as cookie:
                cookie[COOKIE_KEY] = [self.cast.people[key].id, 0]
        return client

    def bearer(self, role: str) -> dict[str, str]:
        """Return the header by which a role's program speaks."""
        key = ROLES[role]
        return {} if key is None else {"Authorization": f"Bearer token-of-{key}"}

    def keep(self) -> None:
        """Remember the database as it is."""
        self.kept = self.settings.data_dir / "kept.db"
        _copy(self._file, self.kept)

    def restore(self) -> None:
        """Make the database what it was when it was kept."""
        _copy(self.kept, self._file)

    @property
    def _file(self) -> Path:
        return self.settings.data_dir / "varsity.db"


def _copy(source: Path, target: Path) -> None:
    """Copy a database's content, also under connections that others hold open."""
    with sqlite3.connect(source) as before, sqlite3.connect(target, timeout=30) as after:
        before.backup(after)
    before.close()
    after.close()


def build(folder: Path, database_file: Path) -> World:
    """Make the world in a folder, from a migrated and empty database."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder,
        secret_key="a-secret-that-only-the-tests-know-0123456789",
        base_url="http://localhost",
        **{
            f"rate_limit_{n}": "100000 per minute"
            for n in ("uploads", "sign_in", "sign_up", "tokens")
        },
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "varsity.db").write_bytes(database_file.read_bytes())
    database, clock, cast = Database(settings.database), FrozenClock(NOON), Cast()
    app = create_app(settings, clock=clock, database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    world = World(settings, database, clock, cast, app, [])
    with database.writing() as session:
        _fill(session, world)
        session.commit()
        for row in list(session):
            session.refresh(row)
        session.expunge_all()
    world.keep()
    return world


def _fill(session: Session, world: World) -> None:
    cast = world.cast
    add_universities(session, cast)
    add_people(session, cast)
    add_challenge(session, cast)
    add_teams(session, cast)
    _add_people_of_elsewhere(session, cast)
    _add_tides(session, cast)
    _add_vault(session, cast)
    _add_content(session, world)
    _add_results(session, world)
    _add_requests(session, world)
    _add_tokens(session, world)
    _sign_links(session, world)


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
    session.add(Organiser(challenge_id=made.id, account_id=cast.people["chidi"].id))
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


SPECS = {
    "digits": EvaluationSpec(scorer="accuracy", header=("id", "digit"), replicates=200),
    "tides": EvaluationSpec(scorer="rmse", header=("id", "height"), replicates=200),
}


def _evaluation(session: Session, world: World, slug: str, phase: Phase, text: str) -> Evaluation:
    """Give a phase a live evaluation whose solution holds a text, in the hidden store."""
    path = world.settings.data_dir / f"{slug}-solution.csv"
    path.write_text(text)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    hidden = FileStore(world.settings.hidden_store)
    hidden.put(path, sha256)
    path.unlink()
    with hidden.local(sha256) as kept:
        world.solutions.append(kept)
    spec = SPECS[slug]
    made = Evaluation(
        phase_id=phase.id,
        number=1,
        state=EvaluationState.LIVE,
        solution_sha256=sha256,
        spec={
            "scorer": spec.scorer,
            "header": list(spec.header),
            "params": {},
            "also": [],
            "id_columns": ["id"],
            "replicates": 200,
            "labels": None,
        },
        scorer=spec.scorer,
        scorer_version="1",
        has_private=True,
        rows_public=3,
        rows_private=3,
        created_at=NOON,
        live_at=NOON,
    )
    session.add(made)
    session.flush()
    return made


def _board(value: float, low: float, high: float, also: float) -> BoardScore:
    return BoardScore(
        value=value,
        low=low,
        high=high,
        method="percentile",
        also={"mae": also},
        rows=3,
        replicates=base64.b64encode(b"\0" * 8 * 200).decode(),
    )


def _sent(session: Session, world: World, slug: str, team: Team, by: str) -> Submission:
    text = f"id,{SPECS[slug].header[1]}\n1,0\n"
    path = world.settings.data_dir / f"{by}.csv"
    path.write_text(text + " " * len(by))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    FileStore(world.settings.public_store).put(path, sha256)
    phase = world.cast.phases["phase_a" if slug == "digits" else f"{slug}_a"]
    return submit(
        session,
        account_id=world.cast.people[by].id or 0,
        challenge=world.cast.challenges[slug],
        phase=phase,
        team_id=team.id or 0,
        ended_challenge=False,
        upload=Received(f"of {SCRIPT}.csv", path.stat().st_size, sha256),
        comment=f"note {SCRIPT}",
        now=NOON - timedelta(hours=1),
    ).submission


def record(session: Session, submission: Submission, evaluation: Evaluation, said: Report) -> None:
    """Claim a submission and record what a scorer said of it."""
    assert submission.id is not None
    taken = claim(session, submission.id, holder="h", now=NOON, lease=timedelta(minutes=9))
    assert taken is not None
    assert record_score(
        session, submission=taken, evaluation=evaluation, holder="h", report=said, now=NOON
    )


def _add_results(session: Session, world: World) -> None:
    cast = world.cast
    phases = {"digits": cast.phases["phase_a"], "tides": cast.phases["tides_a"]}
    texts = {"digits": DIGITS_SOLUTION, "tides": TIDES_SOLUTION}
    live = {s: _evaluation(session, world, s, phases[s], texts[s]) for s in phases}
    for key, team, by, public, private in (
        ("digits", "pandas", "wei", 0.75, PRIVATE[0]),
        ("digits", "isar", "lena", 0.5, PRIVATE[1]),
        ("tides", "moon", "jonas", 2.5, PRIVATE_ELSEWHERE),
    ):
        sent = _sent(session, world, key, cast.teams[team], by)
        report = Report(
            outcome=Outcome.SCORED,
            public=_board(public, public - 0.25, public + 0.2, 0.625),
            private=_board(*private),
        )
        record(session, sent, live[key], report)
        world.ids[f"submission of {team}"] = sent.id or 0
    world.ids["evaluation"] = live["digits"].id or 0
    world.ids["evaluation of tides"] = live["tides"].id or 0


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


def _sign_links(session: Session, world: World) -> None:
    signer, people = Signer(world.settings.require_secret()), world.cast.people
    newt: Account = people["newt"]
    world.tokens = {
        "accounts.confirm": sign_confirmation(signer, newt, "nonce", NOON),
        "accounts.reset": sign_reset(signer, people["mei"], NOON),
        "accounts.confirm_email": sign_email_change(
            signer, people["wei"], "wei@other.example", NOON
        ),
    }
