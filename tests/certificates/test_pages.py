"""Certificates in the browser: looked up, hidden, handed out, checked offline."""

import json

import pytest

from server.accounts.closing import close_account
from server.accounts.models import Account
from server.certificates import pages
from server.certificates.checking import attached_data, confirmed_certificate
from server.certificates.evidence import (
    evidence_of,
    outcomes_by_account,
    outcomes_of,
    teams_of,
)
from server.certificates.models import Certificate
from server.certificates.paper import certificate_pdf
from server.certificates.previewing import reckon
from server.certificates.rules import ALPHABET, DRAWN, State, check_character, shown_code
from server.challenges.models import Organiser
from server.challenges.rules import Role
from server.receipts.checking import NotConfirmed, read_keys
from tests.cast import NOON, sign_in
from tests.certificates.test_issuing import LEVELS, overtake

HAND_OUT = "/organise/digits/certificates"


@pytest.fixture
def code(handed_out):
    return shown_code(handed_out.of("wei").code)


def browser(app, account):
    client = app.test_client()
    sign_in(client, account)
    return client


def test_a_certificate_says_what_it_certifies_to_who_has_its_code(client, code):
    page = client.get(f"/certificates/{code}")
    assert page.status_code == 200
    for words in ("王伟", "Tsinghua University", "rank 1 of 2 teams", "This certificate is valid"):
        assert words in page.text
    assert "signature was checked just now" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert 'src="data:image/svg+xml' in page.text


def test_a_code_is_found_however_it_is_typed(client, code):
    plain = code.replace("-", "").lower()
    assert client.get(f"/certificates/{plain}").location.endswith(f"/certificates/{code}")
    assert client.get(f"/certificates?code={plain}").location.endswith(f"/certificates/{code}")


def test_a_mistyped_code_and_a_forged_one_are_told_apart(client, code):
    wrong = code[:-1] + next(c for c in ALPHABET if c != code[-1])
    page = client.get(f"/certificates/{wrong}")
    assert (page.status_code, "a character is wrong" in page.text) == (404, True)
    forged = "2" * DRAWN + check_character("2" * DRAWN)
    page = client.get(f"/certificates/{forged}")
    assert (page.status_code, "No certificate of this server" in page.text) == (404, True)
    # What was typed is still there to be mended.
    assert forged in page.text
    script = client.get("/certificates?code=<script>")
    assert "&lt;script&gt;" in script.text
    assert client.get(f"/api/v1/certificates/{wrong}").json["code"] == "mistyped"
    for name in ("certificate.pdf", "certificate.json"):
        assert client.get(f"/certificates/{forged}/{name}").status_code == 404


def test_its_holder_can_hide_what_it_says(app, client, cast, code):
    wei, mei = browser(app, cast.wei), browser(app, cast.mei)
    assert mei.post(f"/certificates/{code}/shown", data={"shown": "no"}).status_code == 403
    assert wei.post(f"/certificates/{code}/shown", data={"shown": "no"}).status_code == 303
    page = client.get(f"/certificates/{code}")
    assert "Hidden by its holder" in page.text
    for said in ("王伟", "Giant Pandas", "Tsinghua", "rank 1"):
        assert said not in page.text
    for name in ("certificate.pdf", "certificate.json"):
        assert client.get(f"/certificates/{code}/{name}").status_code == 403
    answer = client.get(f"/api/v1/certificates/{code}").json
    assert (answer["state"], answer["signed"]) == ("valid", None)
    assert "王伟" in wei.get(f"/certificates/{code}").text
    wei.post(f"/certificates/{code}/shown", data={"shown": "yes"})
    assert "王伟" in client.get(f"/certificates/{code}").text


def test_a_closed_account_is_named_nowhere_before_any_job_ran(client, handed_out, cast, code):
    close_account(handed_out.session, account_id=cast.wei.id, actor_id=None, now=NOON)
    handed_out.session.commit()
    page = client.get(f"/certificates/{code}")
    assert "王伟" not in page.text
    assert "closed the account" in page.text
    assert client.get(f"/certificates/{code}/certificate.pdf").status_code == 404
    assert client.get(f"/api/v1/certificates/{code}").json["signed"] is None
    handed_out.follow()
    assert "Withdrawn on" in client.get(f"/certificates/{code}").text


def test_a_superseded_one_says_so_and_where_the_new_one_is(client, handed_out):
    old = shown_code(handed_out.of("lena").code)
    overtake(handed_out)
    handed_out.ranges()
    handed_out.follow()
    new = shown_code(handed_out.of("lena").code)
    page = client.get(f"/certificates/{old}").text
    assert "Replaced on" in page
    assert f'href="/certificates/{new}"' in page
    assert "This certificate is valid" not in page
    answer = client.get(f"/api/v1/certificates/{old}").json
    assert (answer["state"], answer["replaced_by"]) == ("superseded", new)
    assert "an earlier certificate" in client.get(f"/certificates/{new}").text


def test_the_paper_of_one_that_stands_no_more_says_so(client, handed_out, monkeypatch):
    old, said = shown_code(handed_out.of("lena").code), []

    def drawn(signed, *, ended):
        said.append(ended)
        return certificate_pdf(signed, ended=ended)

    monkeypatch.setattr(pages, "certificate_pdf", drawn)
    assert client.get(f"/certificates/{old}/certificate.pdf").status_code == 200
    overtake(handed_out)
    handed_out.ranges()
    handed_out.follow()
    assert client.get(f"/certificates/{old}/certificate.pdf").status_code == 200
    assert said[0] is None
    assert said[1].en.startswith("Replaced on 20 November 2026")
    assert said[1].zh.startswith("已于2026年11月20日被新证书取代")


@pytest.fixture
def keys(client, handed_out):
    return read_keys(client.get("/.well-known/varsity-keys.json").data)


def test_the_data_is_confirmed_offline_and_no_digit_of_it_can_change(client, code, keys):
    data = client.get(f"/certificates/{code}/certificate.json").data
    assert confirmed_certificate(data, keys).holder.name == "王伟"
    for before, after in ((b'"rank": 1', b'"rank": 2'), (b"0.8", b"0.9")):
        assert before in data
        with pytest.raises(NotConfirmed, match="certificate is not what the server signed"):
            confirmed_certificate(data.replace(before, after, 1), keys)
    receipt = json.dumps({"receipt": json.loads(data)["certificate"], "signature": ""})
    with pytest.raises(NotConfirmed, match="no certificate"):
        confirmed_certificate(receipt.encode(), keys)


def test_the_paper_holds_the_data_that_was_signed(client, code, keys):
    answer = client.get(f"/certificates/{code}/certificate.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert len(answer.data) < 150_000
    assert confirmed_certificate(answer.data, keys).code == code
    changed = answer.data.replace(b'"rank": 1', b'"rank": 2')
    with pytest.raises(NotConfirmed, match="not what the server signed"):
        confirmed_certificate(changed, keys)
    other = attached_data(answer.data).replace(b"1", b"2", 1)
    twice = answer.data + b"stream\n" + other + b"\nendstream"
    with pytest.raises(NotConfirmed, match="several"):
        confirmed_certificate(twice, keys)
    with pytest.raises(NotConfirmed, match="no signed data"):
        confirmed_certificate(b"%PDF-1.7\n", keys)


def test_an_organiser_previews_and_hands_out_in_the_browser(app, scene, cast):
    olga = browser(app, cast.olga)
    before = olga.get(HAND_OUT)
    assert "after the result of the last phase is revealed" in before.text
    form = {"participation": "yes", "placing": "top", "top": "1"}
    assert olga.post(HAND_OUT, data=form).status_code == 409
    scene.reveal()
    preview = olga.get(HAND_OUT, query_string=form).text
    assert "Hand out: 3 changes" in preview
    assert olga.post(HAND_OUT, data=form).status_code == 303
    assert olga.get(f"{HAND_OUT}/live").json["state"] == "queued"
    waits = olga.get(HAND_OUT).text
    assert 'id="placing-top" value="top" checked' in waits
    assert "Hand out" not in waits.split("The certificates are being handed out")[-1]
    assert "Nobody has one yet" not in waits
    scene.do(1)
    done = olga.get(f"{HAND_OUT}/live").json
    assert done["state"] == "done"
    assert f'href="{HAND_OUT}#handed-out"' in done["html"]
    page = olga.get(HAND_OUT).text
    assert "Everybody has theirs" in page
    found = scene.of("lena")
    revoke = f"{HAND_OUT}/{found.id}/revoke"
    scene.session.rollback()
    assert olga.post(revoke, data={"reason": ""}).status_code == 422
    assert olga.post(revoke, data={"reason": "<b>shared</b> files"}).status_code == 303
    shown = olga.get(f"/certificates/{shown_code(found.code)}").text
    assert "&lt;b&gt;shared&lt;/b&gt; files" in shown
    assert olga.post(f"{HAND_OUT}/{found.id}/allow").status_code == 303


def test_a_judge_reads_and_an_organiser_of_elsewhere_does_neither(app, scene, cast):
    scene.reveal()
    scene.session.add(
        Organiser(challenge_id=cast.digits.id, account_id=cast.manfred.id, role=Role.JUDGE)
    )
    scene.session.commit()
    judge, chidi = browser(app, cast.manfred), browser(app, cast.chidi)
    page = judge.get(HAND_OUT)
    assert page.status_code == 200
    assert "Hand out:" not in page.text
    for client in (judge, chidi):
        assert client.post(HAND_OUT, data={"placing": "medals"}).status_code == 403
    assert chidi.get(HAND_OUT).status_code == 403


def test_a_certificate_of_another_challenge_is_not_an_organisers(app, scene, cast, handed_out):
    found = handed_out.of("lena")
    found.challenge_id = None
    handed_out.session.add(found)
    handed_out.session.commit()
    answer = browser(app, cast.olga).post(f"{HAND_OUT}/{found.id}/revoke", data={"reason": "x"})
    assert answer.status_code == 404


FORM = {
    "slug": "ml",
    "title": "Machine learning",
    "issuer": "Varsity",
    "advanced-0-test": "surely_beats",
    "advanced-0-challenges": "digits/b = logistic regression\n",
    "advanced-0-at_least": "1",
}


def test_an_organiser_defines_a_standard_in_the_browser(app, client, scene, cast):
    scene.reveal()
    olga = browser(app, cast.olga)
    wrong = olga.post("/standards/new", data=FORM | {"advanced-0-at_least": "2"})
    assert wrong.status_code == 422
    for kept in ("Machine learning", "digits/b = logistic regression", "more challenges than it"):
        assert kept in wrong.text
    more = olga.post("/standards/new", data=FORM | {"add": "yes"})
    assert 'id="advanced-2-challenges"' in more.text
    assert olga.post("/standards/new", data=FORM).status_code == 303
    assert olga.post("/standards/new", data=FORM).status_code == 422
    assert "the result is not out yet" not in browser(app, cast.wei).get("/standards/ml").text
    assert olga.post("/standards/ml/certificates").status_code == 303
    scene.do(1)
    assert len(scene.certificates()) == 3
    scene.session.rollback()
    assert olga.post("/standards/ml/edit", data=FORM | {"title": "ML"}).status_code == 303
    assert olga.post("/standards/ml/delete").status_code == 409
    assert "ML" in client.get("/standards").text
    own = browser(app, cast.wei).get("/certificates").text
    assert "advanced" in own


def test_what_a_hand_out_of_levels_would_change_is_reckoned_by_the_worker(
    app, scene, cast, session
):
    standard = scene.standard(**LEVELS)
    scene.reveal()
    issuer = scene.issuer
    olga = browser(app, cast.olga)
    first = olga.get("/standards/ml/certificates").text
    assert "A worker finds out what a hand-out would change" in first
    assert "Hand out</button>" in first
    assert app.extensions["varsity"].jobs.waiting() == 1
    jobs = issuer.tools.jobs
    jobs.engine.execute(jobs.engine.dequeue())
    issuer.previews.join(30)
    known = olga.get("/standards/ml/certificates").text
    assert "Hand out: 3 changes" in known
    assert cast.lena.name in known
    assert "As of" in known
    assert "this is made anew in a moment" not in known
    assert jobs.waiting() == 0
    scene.give_levels(standard)
    assert "Everybody has theirs" in olga.get("/standards/ml/certificates").text
    scene.standard(**LEVELS | {"title": "Machine learning, anew"})
    assert "this is made anew in a moment" in olga.get("/standards/ml/certificates").text


def test_a_standard_calls_a_phase_by_its_title(client, scene):
    scene.standard(**LEVELS)
    scene.session.rollback()
    assert '<span class="text-muted">B board</span>' in client.get("/standards/ml").text


def test_what_a_hand_out_changes_stands_above_who_keeps_theirs(app, scene, cast, monkeypatch):
    standard = scene.standard(**LEVELS)
    scene.reveal()
    scene.give_levels(standard)
    page = "/standards/ml/certificates"
    olga = browser(app, cast.olga)

    def shown():
        reckon(scene.database, standard.id, now=NOON)
        text = olga.get(page).text
        return text[text.index("Preview</h2>") : text.index('id="handed-out"')]

    unchanged = shown()
    assert "Nothing changes for anybody." in unchanged
    assert "3 people without a change" in unchanged
    # The last of them is to be replaced, and only one is listed at all.
    monkeypatch.setattr("server.certificates.previewing.MOST_PREVIEWED", 1)
    last = scene.session.get_one(Certificate, max(c.id for c in scene.certificates()))
    last.body = last.body | {"level": last.body["level"] | {"level": "elementary"}}
    scene.session.add(last)
    scene.standard(**LEVELS | {"issuer": "Varsity, anew"})
    changed = shown()
    assert "gets a new one for the old" in changed
    assert "has it already" not in changed
    assert "and 2 people more" in changed


def test_a_standard_is_changed_by_who_runs_all_that_it_names(app, scene, cast):
    scene.standard(**LEVELS)
    for who in ("chidi", "wei"):
        somebody = browser(app, cast.people[who])
        assert somebody.get("/standards/ml/edit").status_code == 403
        assert somebody.post("/standards/ml/certificates").status_code == 403
        assert somebody.post("/standards/new", data=FORM | {"slug": "x"}).status_code == 403
    assert browser(app, cast.ada).post("/standards/ml/delete").status_code == 303


def test_progress_says_what_is_missing_for_the_next_level(app, scene, cast):
    hard = {"test": "top", "challenges": ["digits"], "percent": "50"}
    scene.standard(elementary=LEVELS["elementary"], advanced=[hard])
    lena = browser(app, cast.lena)
    assert "You reached no level yet" in lena.get("/standards/ml").text
    scene.reveal()
    page = lena.get("/standards/ml").text
    assert "You reached the elementary level" in page
    assert "1 more challenge is missing" in page
    assert "when the organisers hand it out" in page


def test_who_has_the_certificate_of_a_level_is_led_to_it(app, scene, cast):
    standard = scene.standard(**LEVELS)
    scene.reveal()
    scene.give_levels(standard)
    page = browser(app, cast.lena).get("/standards/ml").text
    assert f'href="/certificates/{scene.of("lena").code}"' in page
    assert "when the organisers hand it out" not in page


def test_names_are_text_wherever_they_stand(app, client, scene, cast):
    scene.session.get_one(Account, cast.wei.id).name = "<script>alert(1)</script>"
    scene.session.commit()
    scene.reveal()
    scene.give()
    code = shown_code(scene.of("wei").code)
    scene.session.rollback()
    for page in (client.get(f"/certificates/{code}"), browser(app, cast.olga).get(HAND_OUT)):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text
    assert client.get(f"/certificates/{code}/certificate.pdf").status_code == 200
    assert scene.certificates(State.VALID)


def test_how_far_one_is_costs_no_board_and_says_what_the_whole_board_says(
    app, database, scene, cast, monkeypatch
):
    standard = scene.standard(**LEVELS)
    scene.reveal()
    with database.reading() as session:
        evidence = evidence_of(session, standard)
        whole = outcomes_by_account(session, evidence)
        for person in (cast.wei, cast.mei, cast.lena, cast.amina):
            teams = teams_of(session, person.id)
            own = outcomes_of(evidence_of(session, standard, teams=teams), teams)
            assert own == whole.get(person.id, {})
        assert len(whole) == 3

    def whole_board(*_arguments):
        raise AssertionError("a board is read whole")

    monkeypatch.setattr("server.certificates.evidence.ranked_on", whole_board)
    for person in (None, cast.lena):
        reader = browser(app, person) if person else app.test_client()
        for path in ("/standards/ml", "/standards", "/certificates"):
            assert reader.get(path).status_code == 200


def test_a_visitor_s_copy_of_a_standard_is_good_until_a_result_or_the_standard_changes(
    app, client, scene, cast
):
    scene.standard(**LEVELS)
    first = client.get("/standards/ml")
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/standards/ml", headers=again).status_code == 304
    in_chinese = again | {"Accept-Language": "zh"}
    assert client.get("/standards/ml", headers=in_chinese).status_code == 200
    assert "ETag" not in browser(app, cast.lena).get("/standards/ml").headers
    scene.reveal()
    scene.standard(**LEVELS | {"title": "Machine learning, anew"})
    changed = client.get("/standards/ml", headers=again)
    assert changed.status_code == 200
    assert "Machine learning, anew" in changed.text


def test_reinstating_a_team_says_that_its_certificates_are_to_be_given_again(app, handed_out, cast):
    olga = browser(app, cast.olga)
    url = f"/organise/digits/teams/{cast.pandas.id}"
    said = "Its certificates stay revoked"

    def judged(verdict):
        return olga.post(f"{url}/{verdict}", data={"reason": "x"}, follow_redirects=True).text

    assert said not in judged("disqualify")
    assert said in judged("reinstate")
