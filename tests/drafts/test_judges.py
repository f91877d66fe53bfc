"""Whoever is let into a draft as a judge reads all of it, and changes nothing by any route."""

import re

import pytest
from sqlmodel import select

from server.challenges.models import Organiser
from server.challenges.rules import Role
from server.drafts.models import ChallengeDraft, DraftFile
from server.shared.access import Who, declared
from tests.cast import sign_in
from tests.drafts.drafting import ABOUT, BASELINE, PHASE, PNG

PAGES = (
    "/about",
    "/pages",
    "/pages/overview",
    "/data",
    "/metric",
    "/metric?list=1",
    "/phases",
    "/phases/final",
    "/solution",
    "/teams",
    "/rules",
    "/baselines",
    "/people",
    "/check",
)
STATES = (
    "/data/state",
    "/baselines/state",
    "/solution/final/state",
    "/check/state",
    "/images/plot.png",
)


@pytest.fixture
def judged(desk, cast, app):
    """A whole draft of Olga's, and the browser of Lena, who judges it."""
    desk.begin()
    desk.fill()
    desk.upload("/images", ("plot.png", PNG))
    desk.upload("/baselines", ("b.csv", BASELINE), title="coin and rule", phase="final")
    desk.post("/people", email=cast.lena.email, role="judge")
    desk.check()
    return sign_in(app.test_client(), cast.lena)


def writes(app, desk) -> list[str]:
    """Every address of the draft's that is there to change something."""
    file = desk.all(select(DraftFile))[0]
    values = {
        "draft_id": desk.id,
        "file_id": file.id,
        "page": "overview",
        "phase": "final",
        "account_id": 1,
        "what": "up",
    }
    adapter = app.url_map.bind("localhost")
    rules = [r for r in app.url_map.iter_rules() if "draft_id" in r.arguments]
    return [
        adapter.build(r.endpoint, {n: values[n] for n in r.arguments}, method="POST")
        for r in rules
        if "POST" in (r.methods or ())
    ]


def main_of(text: str) -> str:
    return text[text.index("<main") : text.index("</main>")]


def test_no_route_of_a_draft_lets_a_judge_change_anything(judged, desk, app):
    before = desk.draft()
    found = writes(app, desk)
    assert len(found) > 20
    for path in found:
        answer = judged.post(path, data=ABOUT | PHASE | {"email": "x", "role": "owner"})
        assert answer.status_code == 403, path
        assert "change" in answer.text or "owner" in answer.text, path
    assert desk.draft().version == before.version
    assert desk.draft().definition == before.definition


def test_a_new_route_of_drafts_is_closed_to_judges_until_it_says_otherwise(app):
    """Whatever names a draft asks its gate, which refuses by the method of the request."""
    views = app.view_functions
    named = {r.endpoint for r in app.url_map.iter_rules() if "draft_id" in r.arguments}
    assert {declared(views[name]) for name in named} == {Who.DRAFT_PERSON, Who.DRAFT_OWNER}


def test_a_judge_reads_every_step_without_a_button_that_would_refuse(judged, desk):
    for rest in (*PAGES, *STATES):
        answer = judged.get(desk.path(rest))
        assert answer.status_code == 200, rest
        if rest in PAGES:
            main = main_of(answer.text)
            assert 'method="post"' not in main, rest
            assert "you read everything and change nothing" in main, rest
    about = judged.get(desk.path("/about")).text
    assert 'value="Two kinds of petals"' in about
    assert "What the check found" in judged.get(desk.path("/check")).text


def test_an_organiser_of_a_draft_writes_it_and_a_second_owner_names_people(desk, cast, app):
    desk.begin()
    desk.post("/people", email=cast.lena.email, role="organiser")
    desk.post("/people", email=cast.jonas.email, role="owner")
    lena, jonas = (sign_in(app.test_client(), p) for p in (cast.lena, cast.jonas))
    assert lena.post(desk.path("/about"), data=ABOUT).status_code == 303
    person = {"email": cast.mei.email, "role": "judge"}
    assert lena.post(desk.path("/people"), data=person).status_code == 403
    assert "Let somebody in" not in lena.get(desk.path("/people")).text
    assert "Let somebody in" in jonas.get(desk.path("/people")).text
    assert jonas.post(desk.path("/people"), data=person).status_code == 303


def test_a_judge_of_a_live_challenge_reads_what_is_about_to_change(desk, cast, app, session):
    desk.begin()
    desk.fill()
    desk.launch()
    made = desk.draft().challenge_id
    session.add(Organiser(challenge_id=made, account_id=cast.lena.id, role=Role.JUDGE))
    session.commit()
    lena = sign_in(app.test_client(), cast.lena)
    assert "Nobody is changing it" in lena.get("/organise/petals/change").text
    assert lena.post("/organise/petals/change").status_code == 403
    desk.client.post("/organise/petals/change")
    desk.id = max(desk.all(select(ChallengeDraft.id)))
    page = lena.get("/organise/petals/change").text
    assert re.search(rf'href="{desk.path("/check")}"', page)
    assert lena.get(desk.path("/about")).status_code == 200
    assert lena.post(desk.path("/about"), data=ABOUT).status_code == 403
    assert sign_in(app.test_client(), cast.mei).get(desk.path("/about")).status_code == 404


def test_the_tabs_of_a_draft_are_called_as_participants_will_see_them(judged, desk):
    pages = judged.get(f"/organise/drafts/{desk.id}/pages").text
    assert "<strong>Overview</strong>" in pages
    chinese = {"Accept-Language": "zh"}
    assert (
        "<strong>概览</strong>"
        in judged.get(f"/organise/drafts/{desk.id}/pages", headers=chinese).text
    )
    assert "概览" in judged.get(f"/organise/drafts/{desk.id}/pages/overview", headers=chinese).text
