"""A copy of one's own data: all of it, nobody else's, and no score before its time."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from server.accounts.models import Account
from server.accounts.sightings import Seen, sight
from server.challenges.models import Phase
from server.evaluations.tools import Tools
from server.portability.actions import ask_export
from server.portability.exporting import Exporter
from server.portability.models import DataExport
from server.portability.rules import ExportState
from server.shared.events import Event
from server.shared.mail import post
from server.shared.queue import Jobs, make_engine
from server.shared.storage import FileStore, Stores
from server.submissions.models import Submission
from tests.accounts.devices import PROOF, set_up
from tests.boards.scored import evaluate, scored
from tests.cast import NOON, sign_in

PUBLIC, PRIVATE = 0.71234567, 0.61234567
FILE = b"id,digit\n1,0\n"


@pytest.fixture
def exporter(settings, database, clock) -> Exporter:
    return Exporter(
        Tools(
            database=database,
            stores=Stores(FileStore(settings.public_store), FileStore(settings.hidden_store)),
            jobs=Jobs(make_engine("", settings.data_dir)),
            isolation=None,
            clock=clock,
            name="host/1/2",
            lease=timedelta(minutes=5),
        )
    )


@pytest.fixture
def scored_files(session, cast, settings, tmp_path) -> Submission:
    """Wei and Lena each sent a file, and both are scored."""
    phase = session.get_one(Phase, cast.phase_a.id)
    evaluate(session, phase)
    sent = {}
    for who, team in (("wei", cast.pandas), ("lena", cast.isar)):
        digest = _kept(settings, tmp_path, FILE + who.encode())
        sent[who] = scored(session, phase, team, PUBLIC, PRIVATE, by=cast.people[who])
        sent[who].sha256, sent[who].comment = digest, f"=cmd of {who}"
        sent[who].trace = "line 3 of the hidden answers"
        session.add(sent[who])
    sight(
        session, account_id=cast.wei.id, what="sign-in", seen=Seen("192.0.2.7", "Firefox"), now=NOON
    )
    post(session, recipient=cast.wei.email, subject="Hello Wei", body="a letter", now=NOON)
    session.commit()
    return sent["wei"]


def _kept(settings, folder: Path, content: bytes) -> str:
    path, digest = folder / "sent", hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    FileStore(settings.public_store).put(path, digest)
    return digest


def ask(client: FlaskClient, **more: str) -> int:
    return client.post("/settings/data/export", data={**PROOF, **more}).status_code


def only_export(database) -> DataExport:
    with Session(database.read_engine) as session:
        return session.exec(select(DataExport)).one()


def fetched(client: FlaskClient, number: int = 1) -> zipfile.ZipFile:
    answer = client.post(f"/settings/data/export/{number}")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(answer.data))


@pytest.fixture
def archive(app, cast, exporter, scored_files, database) -> zipfile.ZipFile:
    client = sign_in(app.test_client(), cast.wei)
    assert ask(client) == 303
    assert "is being made" in client.get("/settings/data").text
    exporter.make(only_export(database).id)
    assert "is ready" in client.get("/settings/data").text
    return fetched(client)


def part(archive: zipfile.ZipFile, name: str) -> list[dict]:
    return json.loads(archive.read(f"json/{name}.json"))


def test_a_copy_holds_what_is_kept_and_says_why(archive, cast, scored_files) -> None:
    assert part(archive, "account")[0]["email"] == cast.wei.email
    assert part(archive, "sighting")[0]["address"] == "192.0.2.7"
    assert part(archive, "outgoing_mail")[0]["body"] == "a letter"
    assert part(archive, "membership")[0]["team_id"] == cast.pandas.id
    assert {e["kind"] for e in part(archive, "event-actor_id")} >= {"export.asked"}
    assert part(archive, "team-captain_id")[0]["name"] == "Giant Pandas"
    said = archive.read("README.txt").decode()
    assert "sighting (1): Addresses and devices" in said
    assert "90 days" in said


def test_the_own_files_are_in_it_and_nobody_elses(archive, scored_files) -> None:
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert len(files) == 1
    assert files[0].startswith(f"files/{scored_files.id}-")
    assert archive.read(files[0]) == FILE + b"wei"


def test_no_private_score_leaves_before_the_reveal(archive) -> None:
    text = "".join(archive.read(n).decode() for n in archive.namelist() if "files/" not in n)
    assert str(PUBLIC) in text
    assert str(PRIVATE) not in text
    assert "hidden answers" not in text
    assert part(archive, "scores")[0]["private_score"] is None


def test_after_the_reveal_the_private_score_is_in_it(
    app, session, cast, exporter, scored_files, clock
) -> None:
    phase = session.get_one(Phase, cast.phase_a.id)
    phase.revealed_at = NOON
    session.add(phase)
    row = ask_export(session, account_id=cast.wei.id, now=NOON)
    number = row.id
    session.commit()
    exporter.make(number)
    copy = fetched(sign_in(app.test_client(), cast.wei))
    assert part(copy, "scores")[0]["private_score"]["value"] == PRIVATE


def test_nothing_that_opens_the_account_is_in_it(archive, cast) -> None:
    text = "".join(archive.read(n).decode() for n in archive.namelist() if "files/" not in n)
    for secret in ("password_hash", "argon2", "digest", "session_version", "lease_holder"):
        assert secret not in text
    assert cast.lena.email not in text
    assert cast.lena.name not in text


def test_no_letter_to_an_address_is_for_who_never_read_its_mail(
    session, app, cast, exporter, database
) -> None:
    """Else whoever signs up with another's address finds the link here that confirms it."""
    account = session.get_one(Account, cast.wei.id)
    account.confirmed_at = None
    session.add(account)
    post(session, recipient=account.email, subject="Confirm", body="the link", now=NOON)
    session.commit()
    client = sign_in(app.test_client(), cast.wei)
    assert ask(client) == 303
    exporter.make(only_export(database).id)
    assert "Messages to you" not in client.get("/settings/data").text
    names = fetched(client).namelist()
    assert "json/account.json" in names
    assert not [name for name in names if "mail" in name]


def test_the_tables_open_in_excel_and_no_cell_is_a_formula(archive) -> None:
    raw = archive.read("csv/submission.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    row = next(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert row["comment"] == "'=cmd of wei"


def test_a_copy_is_asked_for_with_the_password_and_a_code(client, cast, clock) -> None:
    sign_in(client, cast.wei)
    assert ask(client, own_password="guess") == 422
    device, _paper = set_up(client, clock)
    assert ask(client) == 422
    assert ask(client, own_code=device()) == 303


def test_copies_are_limited_by_those_that_were_made(settings, client, cast, database) -> None:
    settings.rate_limit_exports = "1 per day"
    sign_in(client, cast.wei)
    assert [ask(client, own_password="guess"), ask(client), ask(client)] == [422, 303, 429]


def test_two_that_are_asked_for_at_once_are_one(session, cast) -> None:
    first, second = (ask_export(session, account_id=cast.wei.id, now=NOON).id for _ in range(2))
    assert first == second


def test_a_copy_is_its_owners_alone_and_for_seven_days(
    app, cast, archive, clock, database, exporter, settings
) -> None:
    row = only_export(database)
    store = FileStore(settings.public_store)
    assert store.has(row.sha256)
    assert app.test_client().post(f"/settings/data/export/{row.id}").status_code == 302
    for stranger in ("lena", "ada"):
        browser = sign_in(app.test_client(), cast.people[stranger])
        assert browser.post(f"/settings/data/export/{row.id}").status_code == 404
    clock.forward(days=7)
    owner = sign_in(app.test_client(), cast.wei)
    assert owner.post(f"/settings/data/export/{row.id}").status_code == 404
    exporter.purge()
    assert not store.has(row.sha256)
    with Session(database.read_engine) as session:
        assert session.exec(select(DataExport)).all() == []
        kinds = session.exec(select(Event.kind)).all()
    assert {"export.asked", "export.made", "export.fetched"} <= set(kinds)


def test_a_copy_of_an_account_that_is_deleted_meanwhile_is_dropped(
    app, cast, exporter, scored_files, database, monkeypatch, settings
) -> None:
    client = sign_in(app.test_client(), cast.wei)
    ask(client)
    write = exporter._write

    def deleted_meanwhile(*arguments) -> None:
        write(*arguments)
        data = {**PROOF, "understood": "y"}
        assert client.post("/settings/close", data=data).status_code == 303

    monkeypatch.setattr(exporter, "_write", deleted_meanwhile)
    before = set(FileStore(settings.public_store).keys())
    exporter.make(only_export(database).id)
    assert only_export(database).state is ExportState.EXPIRED
    assert set(FileStore(settings.public_store).keys()) == before
    exporter.purge()
    with Session(database.read_engine) as session:
        assert session.exec(select(DataExport)).all() == []


def test_a_copy_that_can_not_be_made_says_so_and_can_be_asked_for_again(
    client, cast, exporter, database, monkeypatch
) -> None:
    sign_in(client, cast.wei)
    ask(client)
    monkeypatch.setattr(exporter, "_write", lambda *_: 1 / 0)
    exporter.make(only_export(database).id)
    assert only_export(database).state is ExportState.FAILED
    assert "ZeroDivisionError" in (only_export(database).problem or "")
    page = client.get("/settings/data").text
    assert "could not be made" in page
    assert "ZeroDivisionError" not in page
    assert ask(client) == 303


def test_a_copy_whose_worker_died_is_taken_again_and_given_up_in_the_end(
    session, cast, exporter, database, clock
) -> None:
    ask_export(session, account_id=cast.wei.id, now=clock())
    session.commit()
    for _ in range(3):
        with database.writing() as writing:
            from_worker = only_export(database)
            from_worker.state = ExportState.RUNNING
            from_worker.lease_until, from_worker.lease_holder = clock(), "host/9/9/x"
            from_worker.interruptions += 1
            writing.merge(from_worker)
            writing.commit()
        clock.forward(minutes=1)
    exporter.fail_interrupted()
    assert only_export(database).state is ExportState.FAILED


def test_a_copy_is_explained_in_its_owners_language(session, cast, exporter, monkeypatch) -> None:
    account = session.get_one(Account, cast.wei.id)
    account.language_seen = "zh"
    session.add(account)
    session.commit()
    spoken = []
    monkeypatch.setattr(
        "server.portability.exporting.read_me",
        lambda *_, language, at: spoken.append(language) or "x",
    )
    row = ask_export(session, account_id=cast.wei.id, now=NOON)
    number = row.id
    session.commit()
    exporter.make(number)
    assert spoken == ["zh"]


def test_a_worker_knows_every_table_that_holds_something_of_a_person():
    """In a process of its own: here the pages' rooms have been loaded as well."""
    asked = (
        "import server.worker; from sqlmodel import SQLModel; "
        "from server.portability.holdings import HOLDINGS; "
        "print(sorted({h.table for h in HOLDINGS} - SQLModel.metadata.tables.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
