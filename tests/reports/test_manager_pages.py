"""A university's managers: how it stands, advisers, papers in bulk, tables."""

import csv
import zipfile
from io import BytesIO, StringIO

import pytest
import sqlalchemy as sa
from sqlmodel import select

from server.boards.models import Entry
from server.certificates.actions import show
from server.certificates.models import CertificateJob
from server.challenges.models import Challenge
from server.shared.access import Viewer
from server.shared.errors import Forbidden
from server.standings.keeping import refresh_standings
from server.teams.queries import team_member_gate
from tests.cast import NOON, sign_in
from tests.certificates.test_pages import browser

BASE = "/universities/munich/manage"


@pytest.fixture
def manager(client, cast):
    return sign_in(client, cast.manfred)


def test_the_overview_shows_what_participants_may_see(manager, scene, database):
    refresh_standings(database, now=NOON)
    page = manager.get(f"{BASE}/overview").text
    assert "Isar Surfers" not in page or "0.7" not in page
    scene.reveal()
    refresh_standings(database, now=NOON)
    page = manager.get(f"{BASE}/overview").text
    assert "Isar Surfers" in page
    assert "0.7000" in page
    assert "Giant Pandas" not in page


@pytest.mark.parametrize("path", ["overview", "teams"])
def test_every_rank_stands_over_its_range(manager, scene, database, session, path):
    scene.reveal()
    session.execute(sa.update(Entry).values(rank_best=1, rank_worst=1204))
    session.commit()
    refresh_standings(database, now=NOON)
    assert "1–1,204" in manager.get(f"{BASE}/{path}").text


@pytest.mark.parametrize("path", ["overview", "teams", "certificates", "report", "teams.csv"])
def test_another_university_s_manager_sees_none_of_it(app, cast, path):
    assert browser(app, cast.lena).get(f"{BASE}/{path}").status_code == 403
    assert browser(app, cast.manfred).get(f"{BASE}/{path}").status_code == 200


def test_an_adviser_is_named_shown_told_and_goes(app, manager, cast):
    add, team = f"{BASE}/teams/{cast.isar.id}/advisers", f"/teams/{cast.isar.id}"
    refused = manager.post(add, data={"email": cast.wei.email})
    assert refused.status_code == 422
    # Somebody elsewhere and nobody at all are answered the same; what was typed is still there.
    assert "Nobody of the university has this address" in refused.text
    assert cast.wei.email in refused.text
    assert manager.post(add, data={"email": cast.lena.email}).status_code == 409
    assert manager.post(add, data={"email": cast.olga.email.upper()}).status_code == 303
    assert manager.post(add, data={"email": cast.olga.email}).status_code == 409
    assert "Olga Petrova" in app.test_client().get(team).text
    olga = browser(app, cast.olga)
    assert "Stop advising" in olga.get(team).text
    end = f"{team}/advisers/{cast.olga.id}/end"
    assert browser(app, cast.lena).post(end).status_code == 403
    assert olga.post(end).status_code == 303
    assert "Olga Petrova" not in app.test_client().get(team).text
    assert olga.post(end).status_code == 404


def test_a_team_of_another_university_gets_no_adviser_from_here(manager, cast):
    add = f"{BASE}/teams/{cast.pandas.id}/advisers"
    assert manager.post(add, data={"email": cast.olga.email}).status_code == 404


def test_an_adviser_gets_no_right(database, manager, cast):
    manager.post(f"{BASE}/teams/{cast.isar.id}/advisers", data={"email": cast.jonas.email})
    with database.reading() as session, pytest.raises(Forbidden):
        team_member_gate(session, Viewer(id=cast.jonas.id), {"team_id": cast.isar.id})


def test_the_papers_of_a_university_are_one_file_for_its_managers(
    app,
    manager,
    scene,
    cast,
    clock,
):
    scene.reveal()
    scene.give()
    assert manager.post(f"{BASE}/certificates", data={"challenge": "digits"}).status_code == 303
    scene.do(2)
    assert manager.get(f"{BASE}/certificates/live").json["state"] == "done"
    path = f"{BASE}/certificates/2.zip"
    answer = manager.get(path)
    archive = zipfile.ZipFile(BytesIO(answer.data))
    paper, table = archive.namelist()
    assert paper.startswith("digits-participation-")
    (line,) = csv.DictReader(StringIO(archive.read(table).decode("utf-8-sig")))
    assert (table, line["file"], line["kind"]) == ("certificates.csv", paper, "participation")
    assert (line["person"], line["team"]) == (cast.lena.name, cast.isar.name)
    assert line["code"] in paper
    assert browser(app, cast.lena).get(path).status_code == 403
    other = path.replace("munich", "tsinghua")
    assert browser(app, cast.ada).get(other).status_code == 404
    # After a week it is taken away.
    clock.forward(days=7)
    scene.issuer.sweep()
    assert manager.get(path).status_code == 404


def test_who_hides_the_own_certificate_is_in_no_file(manager, scene, cast):
    scene.reveal()
    scene.give()
    viewer = Viewer(id=cast.lena.id)
    show(scene.session, certificate=scene.of("lena"), shown=False, viewer=viewer, now=NOON)
    scene.session.commit()
    manager.post(f"{BASE}/certificates")
    scene.do(2)
    job = scene.session.get_one(CertificateJob, 2)
    assert (job.state.value, job.sha256) == ("failed", None)


def test_tables_open_in_a_spreadsheet_and_run_nothing(manager, session, cast):
    lena = session.merge(cast.lena)
    lena.name = "=HYPERLINK(1)"
    session.commit()
    answer = manager.get(f"{BASE}/members.csv")
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeffname,email")
    assert "\r\n'=HYPERLINK(1),lena@tum.example,yes,no,no" in text
    assert "王伟" not in text


def test_where_a_board_is_anonymous_managers_learn_neither_names_nor_teams(manager, session, cast):
    for path in ("teams", "teams.csv"):
        page = manager.get(f"{BASE}/{path}").text
        assert cast.isar.name in page
        assert cast.lena.name in page
    challenge = session.exec(select(Challenge)).one()
    challenge.anonymous = True
    session.add(challenge)
    session.commit()
    for path in ("teams", "teams.csv"):
        page = manager.get(f"{BASE}/{path}").text
        assert cast.isar.name not in page
        assert cast.lena.name not in page
