"""The privacy notice and the terms: read by everybody, written by administrators, agreed to."""

import html
import re

import pytest
from sqlmodel import Session, select

from server.accounts.models import Account
from server.policies.models import PolicyAcceptance, PolicyVersion
from server.policies.queries import shipped_texts
from server.policies.rules import Policy
from server.shared.events import Event
from server.shared.language import LANGUAGES
from tests.cast import PASSWORD, sign_in

NEW = {
    "name": "Zhang San",
    "email": "zhang@tsinghua.example",
    "password": "seven green kettles",
}


@pytest.fixture
def ada(app, cast):
    return sign_in(app.test_client(), cast.ada)


def write(ada, policy: str = "terms", *, before: int = 1, **more: str):
    data = {"en": "# New\n\nBe *kind*.", "zh": "", "before": str(before), "act": "write", **more}
    return ada.post(f"/admin/policies/{policy}", data=data)


def accepted(database, account_id: int) -> dict[Policy, int]:
    with Session(database.read_engine) as session:
        rows = session.exec(
            select(PolicyAcceptance).where(PolicyAcceptance.account_id == account_id)
        )
        return {row.policy: row.version for row in rows}


def kinds(database) -> list[str]:
    with Session(database.read_engine) as session:
        return list(session.exec(select(Event.kind).order_by(Event.id)))


def test_both_texts_come_with_the_product_in_every_language(client, cast) -> None:
    for policy in Policy:
        assert set(shipped_texts(policy)) == set(LANGUAGES)
        page = client.get(f"/{policy}")
        assert page.status_code == 200
        assert "Version 1" in page.text
        assert f'href="/{policy}"' in client.get("/").text


def test_a_text_is_shown_in_the_readers_language(client, cast) -> None:
    page = client.get("/privacy", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert "我们只保存举办挑战赛" in page
    assert '<html lang="zh-Hans">' in page


def test_every_language_of_a_shipped_text_has_the_same_parts() -> None:
    for policy in Policy:
        shapes = {
            code: (
                len(re.findall(r"^# ", text, re.MULTILINE)),
                len(re.findall(r"^- ", text, re.MULTILINE)),
                len(re.findall(r"^\| ", text, re.MULTILINE)),
                re.findall(r"\]\((.*?)\)", text),
            )
            for code, text in shipped_texts(policy).items()
        }
        assert len({str(shape) for shape in shapes.values()}) == 1, shapes


def test_a_new_version_is_looked_at_before_it_counts(ada, client, database) -> None:
    shown = write(ada, act="preview", zh="# 新\n\n<script>alert(1)</script>")
    assert shown.status_code == 200
    assert "<em>kind</em>" in shown.text
    assert "<script>alert" not in shown.text
    assert "Be *kind*." in shown.text
    with Session(database.read_engine) as session:
        assert session.exec(select(PolicyVersion)).all() == []
    assert "kind" not in client.get("/terms").text


def test_a_preview_of_a_text_names_the_pictures_of_other_sites(ada) -> None:
    shown = write(ada, act="preview", en="![seal](https://other.example/seal.png)").text
    assert "<code>https://other.example/seal.png</code>" in shown


def test_earlier_versions_stay_readable(ada, client, database) -> None:
    assert write(ada).status_code == 303
    page = client.get("/terms").text
    assert "Be <em>kind</em>." in page
    assert "Version 2" in page
    old = client.get("/terms?version=1").text
    assert "earlier version" in old
    assert "Fair play" in old
    assert client.get("/terms?version=3").status_code == 404
    assert "policy.written" in kinds(database)


def test_a_language_without_a_text_gets_the_english_one_and_says_so(ada, client) -> None:
    write(ada)
    page = client.get("/terms", headers={"Accept-Language": "zh"}).text
    assert "Be <em>kind</em>." in page
    assert '<article lang="en">' in page


def test_what_is_wrong_with_a_text_is_said_and_nothing_typed_is_lost(ada, database) -> None:
    empty = write(ada, en="", zh="只有中文")
    assert empty.status_code == 422
    assert "只有中文" in empty.text
    write(ada)
    raced = write(ada, en="Mine, from an older page", before=1)
    assert raced.status_code == 422
    assert "meanwhile" in raced.text
    assert "Mine, from an older page" in raced.text
    assert write(ada, before=2).status_code == 422
    assert ada.get("/admin/policies/cookies").status_code == 404


def test_only_administrators_write(app, client, cast) -> None:
    assert client.get("/admin/policies").status_code == 302
    olga = sign_in(app.test_client(), cast.olga)
    for path in ("/admin/policies", "/admin/policies/terms"):
        assert olga.get(path).status_code == 403
    assert write(olga).status_code == 403


def test_signing_up_takes_the_terms_and_keeps_which(client, cast, database) -> None:
    refused = client.post("/sign-up", data=NEW)
    assert refused.status_code == 422
    assert "can't make an account" in html.unescape(refused.text)
    assert client.post("/sign-up", data={**NEW, "accepts": "y"}).status_code == 200
    with Session(database.read_engine) as session:
        account = session.exec(select(Account).where(Account.email == NEW["email"])).one()
        times = set(session.exec(select(PolicyAcceptance.at)).all())
    assert accepted(database, account.id) == {Policy.PRIVACY: 1, Policy.TERMS: 1}
    assert len(times) == 1
    assert kinds(database).count("policy.accepted") == 2


def test_mended_words_ask_nobody(ada, app, cast) -> None:
    write(ada)
    assert sign_in(app.test_client(), cast.wei).get("/settings").status_code == 200


def test_what_matters_is_asked_at_the_next_page_and_leads_on(
    ada, app, client, cast, database
) -> None:
    write(ada, material="y")
    wanted = "/challenges/digits/submit?phase=a"
    wei = sign_in(app.test_client(), cast.wei)
    asked = wei.get(wanted)
    assert asked.status_code == 303
    assert asked.location == "/agree?next=/challenges/digits/submit?phase%3Da"
    page = wei.get(asked.location).text
    assert "Be <em>kind</em>." in page
    assert "Privacy notice</h2>" not in page
    version = {"version-terms": "2"}
    assert wei.post(asked.location, data=version).status_code == 422
    agreed = wei.post(asked.location, data={**version, "agreed": "y"})
    assert (agreed.status_code, agreed.location) == (303, wanted)
    assert wei.get(wanted).status_code == 200
    assert accepted(database, cast.wei.id) == {Policy.TERMS: 2}
    # Whoever wrote it is not asked, and visitors are asked nothing.
    assert ada.get("/admin/policies").status_code == 200
    assert client.get("/challenges").status_code == 200


def test_nobody_agrees_to_what_was_not_shown(ada, app, cast, database) -> None:
    write(ada, material="y")
    wei = sign_in(app.test_client(), cast.wei)
    write(ada, en="# Harsher", before=2, material="y")
    stale = wei.post("/agree?next=/settings", data={"version-terms": "2", "agreed": "y"})
    assert stale.status_code == 200
    assert "Harsher" in stale.text
    assert accepted(database, cast.wei.id) == {}


def test_whoever_disagrees_can_leave_with_the_data_and_programs_are_not_asked(
    ada, app, cast
) -> None:
    write(ada, material="y")
    wei = sign_in(app.test_client(), cast.wei)
    for path in ("/settings/data", "/settings/close", "/privacy", "/challenges/digits", "/"):
        assert wei.get(path).status_code == 200
    assert wei.get("/api/v1/me").status_code == 200
    part = wei.get("/settings", headers={"Sec-Fetch-Dest": "empty"})
    assert part.status_code == 200
    ask = {"email": cast.wei.email, "password": PASSWORD, "name": "x"}
    assert app.test_client().post("/api/v1/tokens", json=ask).status_code == 201


def test_agreeing_leads_to_no_other_site(ada, app, cast) -> None:
    write(ada, material="y")
    wei = sign_in(app.test_client(), cast.wei)
    data = {"version-terms": "2", "agreed": "y"}
    assert wei.post("/agree?next=//evil.example/", data=data).location == "/"
