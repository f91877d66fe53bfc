"""Seasons: which challenges, with which weights, and what comes of them."""

import re

import pytest
from sqlmodel import select

from server.challenges.models import Challenge, Phase
from server.challenges.rules import Visibility
from server.shared.errors import Conflict, Invalid, NotFound
from server.standings import actions
from server.standings.actions import Weighted, read_weights
from server.standings.models import Season, Snapshot, Standing
from tests.boards.scored import add_team, evaluate, scored
from tests.cast import NOON, sign_in


@pytest.fixture
def tides(session, cast):
    """A second public challenge, with one team of Munich on its board."""
    digits = session.get_one(Challenge, cast.digits.id)
    copied = digits.model_dump(exclude={"id"}) | {"slug": "tides", "title": "Tides"}
    challenge = Challenge(**copied)
    session.add(challenge)
    session.flush()
    of_a = session.get_one(Phase, cast.phase_a.id)
    phase = Phase(**(of_a.model_dump(exclude={"id"}) | {"challenge_id": challenge.id}))
    session.add(phase)
    session.flush()
    for one in (of_a, phase):
        evaluate(session, one)
    scored(session, of_a, session.merge(cast.pandas), 0.9, by=cast.wei)
    scored(session, of_a, session.merge(cast.isar), 0.8, by=cast.lena)
    return challenge


def make(session, slug="winter", **challenges):
    return actions.create_season(
        session,
        slug=slug,
        title="Winter term",
        challenges=challenges or {"digits": 2.0},
        actor_id=None,
        now=NOON,
    )


def test_a_season_weighs_the_points_of_its_challenges(client, session, tides, refresh):
    make(session, digits=2.0, tides=1.0)
    refresh()
    found = client.get("/api/v1/standings?season=winter").json
    everything = client.get("/api/v1/standings").json
    assert found["season"] == "winter"
    assert [row["points"] for row in found["rows"]] == [
        2 * row["points"] for row in everything["rows"]
    ]
    # One of two challenges, with weight 2 of 3: (2 * 1 + 0) / 3 for the first.
    rows = client.get("/api/v1/standings?season=winter&rule=percentile").json["rows"]
    assert [row["points"] for row in rows] == [2 / 3, 1 / 3]
    seasons = client.get("/api/v1/seasons").json
    assert [(s["slug"], [c["weight"] for c in s["challenges"]]) for s in seasons["rows"]] == [
        ("all", [1, 1]),
        ("winter", [2, 1]),
    ]
    page = client.get("/universities?season=winter&rule=percentile").text
    assert "Winter term" in page
    assert "2 × 1.00000" in page


def another(session, cast, slug: str) -> Phase:
    """One more public challenge, scored by an evaluation."""
    copied = session.get_one(Challenge, cast.digits.id).model_dump(exclude={"id"})
    challenge = Challenge(**(copied | {"slug": slug, "title": slug}))
    session.add(challenge)
    session.flush()
    copied = session.get_one(Phase, cast.phase_a.id).model_dump(exclude={"id"})
    phase = Phase(**(copied | {"challenge_id": challenge.id}))
    session.add(phase)
    session.flush()
    evaluate(session, phase)
    return phase


def test_who_adds_up_the_worked_row_comes_to_what_the_table_says(client, session, cast, refresh):
    for slug in ("tides", "winds", "waves"):
        phase = another(session, cast, slug)
        of = cast.universities["munich"]
        team = add_team(session, phase.challenge_id, slug, captain=cast.lena, university=of)
        scored(session, phase, team, 0.9, by=cast.lena)
    refresh()
    page = client.get("/universities").text
    row = page[page.index('id="worked"') :]
    terms, said = re.search(r"<p>([\d. +\s]+) = <strong>([\d.]+)</strong>", row).groups()
    # Of two decimals each, 30.10 three times, it would be 90.30.
    assert round(sum(float(term) for term in terms.split("+")), 2) == float(said) == 90.31


def test_a_season_can_be_changed_and_taken_away(client, session, tides, refresh):
    make(session)
    refresh()
    actions.change_season(
        session, slug="winter", title="Winter", challenges={"tides": 1.0}, actor_id=None, now=NOON
    )
    refresh()
    assert client.get("/api/v1/standings?season=winter").json["rows"] == []
    actions.delete_season(session, slug="winter", actor_id=None, now=NOON)
    refresh()
    assert client.get("/api/v1/standings?season=winter").status_code == 404
    for table in (Standing, Snapshot):
        assert {row.season_id for row in session.exec(select(table))} == {0}


def test_a_challenge_that_is_hidden_later_counts_in_no_season(client, session, tides, refresh):
    make(session, digits=1.0, tides=1.0)
    session.exec(
        select(Challenge).where(Challenge.slug == "digits")
    ).one().visibility = Visibility.INVITED
    refresh()
    assert client.get("/api/v1/standings?season=winter").json["rows"] == []
    names = client.get("/api/v1/seasons").json["rows"][1]["challenges"]
    assert [c["challenge"] for c in names] == ["tides"]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"slug": "Winter term"}, Invalid),
        ({"slug": "all"}, Conflict),
        ({"slug": "winter"}, Conflict),
        ({"title": "  "}, Invalid),
        ({"challenges": {}}, Invalid),
        ({"challenges": {"atlantis": 1.0}}, Invalid),
    ],
)
def test_what_is_no_season_is_refused(session, cast, values, refusal):
    make(session)
    given = {"slug": "summer", "title": "Summer", "challenges": {"digits": 1.0}} | values
    with pytest.raises(refusal):
        actions.create_season(session, **given, actor_id=None, now=NOON)


def test_a_season_that_is_not_there_can_not_be_changed(session, cast):
    with pytest.raises(NotFound):
        actions.delete_season(session, slug="winter", actor_id=None, now=NOON)


def test_weights_are_read_as_they_are_written():
    assert read_weights("digits = 2\n\n  tides\nwind=0.5") == [
        Weighted("digits", 2),
        Weighted("tides", 1),
        Weighted("wind", 0.5),
    ]


@pytest.mark.parametrize(
    "text", ["digits = 0", "digits = -1", "digits = nan", "digits = inf", "digits = 1001", "a = b"]
)
def test_what_is_no_weight_is_refused(text):
    with pytest.raises(Invalid, match="no weight"):
        read_weights(text)


def test_a_challenge_twice_is_refused():
    with pytest.raises(Invalid, match="twice"):
        read_weights("digits\ndigits = 2")


def test_administrators_make_change_and_delete_seasons_on_a_page(app, session, cast):
    ada = sign_in(app.test_client(), cast.ada)
    values = {"slug": "winter", "title": "Winter term", "challenges": "digits = 2"}
    assert ada.post("/admin/seasons", data=values).status_code == 303
    assert "Winter term" in ada.get("/admin/seasons").text
    assert "digits = 2" in ada.get("/admin/seasons/winter").text
    refused = ada.post("/admin/seasons/winter", data=values | {"challenges": "atlantis"})
    assert refused.status_code == 422
    assert "no public challenge atlantis" in refused.text
    assert ada.post("/admin/seasons/winter", data=values | {"title": "W"}).status_code == 303
    session.rollback()
    assert session.exec(select(Season.title)).one() == "W"
    session.rollback()
    assert ada.post("/admin/seasons/winter/delete").status_code == 303
    assert ada.get("/admin/seasons/winter").status_code == 404
    assert sign_in(app.test_client(), cast.olga).get("/admin/seasons").status_code == 403
